//! [`Audit`]: everything counted again.

use cenote_pool::{Amount, PoolId, Shares, TokenId};
use thiserror::Error;

use crate::exchange::Exchange;

/// Where every unit and every share is, counted from the pools and the wallets themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// One entry for each token, in their order.
    pub tokens: Vec<TokenAudit>,
    /// One entry for each pool, in their order.
    pub shares: Vec<ShareAudit>,
}

/// Where the units of a token are: `issued = in_pools + in_wallets + outside`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenAudit {
    /// The token.
    pub token: TokenId,
    /// What its mint issued and has not burned.
    pub issued: Amount,
    /// What pools hold.
    pub in_pools: Amount,
    /// What wallets hold.
    pub in_wallets: Amount,
    /// The rest: coins in the hands of code, or dropped.
    pub outside: Amount,
}

/// Where the shares of a pool are: `total = locked + in_wallets + outside`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareAudit {
    /// The pool.
    pub pool: PoolId,
    /// All its shares.
    pub total: Shares,
    /// Those that the first deposit locked.
    pub locked: Shares,
    /// What wallets hold.
    pub in_wallets: Shares,
    /// The rest: claims in the hands of code, or dropped.
    pub outside: Shares,
    /// Whether each share is worth at least one unit of a token, so that every claim can be
    /// redeemed for something: `total <= sqrt(reserve0 * reserve1)`.
    pub backed: bool,
}

/// The books do not balance. It would be an error in the exchange, whatever was done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AuditError {
    /// More of a token was found than was issued.
    #[error("more of {token} was found than the {issued} issued")]
    Token {
        /// The token.
        token: TokenId,
        /// What was issued.
        issued: Amount,
    },
    /// More shares of a pool were found than it has.
    #[error("more shares of {pool} were found than its {total}")]
    Shares {
        /// The pool.
        pool: PoolId,
        /// All its shares.
        total: Shares,
    },
}

impl Audit {
    /// Whether every unit and every share is in a pool or a wallet, as in a world that keeps
    /// everything in wallets.
    pub fn nothing_outside(&self) -> bool {
        self.tokens.iter().all(|token| token.outside.is_zero())
            && self.shares.iter().all(|shares| shares.outside.is_zero())
    }

    /// Whether every share can be redeemed for something.
    pub fn every_share_backed(&self) -> bool {
        self.shares.iter().all(|shares| shares.backed)
    }

    /// Counts an exchange.
    pub(crate) fn of(exchange: &Exchange) -> Result<Self, AuditError> {
        let market = exchange.market();
        let mut in_pools = vec![0_u128; market.token_count()];
        for pool in market.pools() {
            let reserves = pool.reserves();
            add(&mut in_pools, pool.token0().index(), reserves.reserve0.get());
            add(&mut in_pools, pool.token1().index(), reserves.reserve1.get());
        }
        let mut in_wallets = vec![0_u128; market.token_count()];
        let mut claimed = vec![0_u128; market.pools().len()];
        // Sums do not depend on the order.
        for (_, coin) in exchange.cells.iter() {
            add(&mut in_wallets, coin.token().index(), coin.amount().get());
        }
        for wallet in &exchange.wallets {
            for claim in wallet.claims() {
                add(&mut claimed, claim.pool().index(), claim.shares().get());
            }
        }
        let held = market.tokens().zip(in_pools.into_iter().zip(in_wallets));
        let tokens = held.map(|(token, (pools, wallets))| {
            let issued = exchange.issued(token);
            count_token(token, issued, (pools, wallets)).ok_or(AuditError::Token { token, issued })
        });
        let tokens = tokens.collect::<Result<_, _>>()?;
        let shares = market.pools_with_id().zip(claimed).map(|((id, pool), wallets)| {
            let total = pool.total_shares().unwrap_or_default();
            count_shares(id, total, wallets)
                .map(|shares| ShareAudit { backed: pool.shares_are_backed(), ..shares })
                .ok_or(AuditError::Shares { pool: id, total })
        });
        Ok(Self { tokens, shares: shares.collect::<Result<_, _>>()? })
    }
}

/// Adds to a sum that stays at the top once it is there: more than any supply.
fn add(sums: &mut [u128], at: usize, part: u128) {
    if let Some(sum) = sums.get_mut(at) {
        *sum = sum.saturating_add(part);
    }
}

fn count_token(
    token: TokenId,
    issued: Amount,
    (in_pools, in_wallets): (u128, u128),
) -> Option<TokenAudit> {
    let (in_pools, in_wallets) = (Amount::new(in_pools).ok()?, Amount::new(in_wallets).ok()?);
    let outside = issued.checked_sub(in_pools)?.checked_sub(in_wallets)?;
    Some(TokenAudit { token, issued, in_pools, in_wallets, outside })
}

fn count_shares(pool: PoolId, total: Shares, in_wallets: u128) -> Option<ShareAudit> {
    let locked = total.min(Shares::LOCKED);
    let in_wallets = Shares::new(in_wallets).ok()?;
    let outside = total.checked_sub(locked)?.checked_sub(in_wallets)?;
    Some(ShareAudit { pool, total, locked, in_wallets, outside, backed: true })
}
