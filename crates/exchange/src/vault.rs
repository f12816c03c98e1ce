//! The vault: the only code that changes what pools hold, and the only code that makes coins.
//!
//! This file is the trusted base. Each operation checks, then passes a line after which nothing
//! can fail, then moves both legs. The amounts of a swap may have been computed by anybody: the
//! vault pays what the pool's own rule allows ([`fill_exact`](cenote_pool::Pool::fill_exact)),
//! which shares no code with the quotes. What mints do is in `supply`; it writes no reserves.

use cenote_pool::{Amount, Hop, Market, MintError, PoolId, Route, Shares};

use crate::exchange::Added;
use crate::refused::{AddReason, Foreign, Refused, RouteReason};
use {claim::Claim, coin::Coin, id::ExchangeId};

pub(crate) mod claim;
pub(crate) mod coin;
mod id;
pub(crate) mod mint;
mod supply;

/// Everything that an exchange holds for its pools, and the supply of every token.
#[derive(Debug)]
pub(crate) struct Vault {
    id: ExchangeId,
    market: Market,
    issued: Vec<Amount>,
}

impl Vault {
    pub(crate) fn new() -> Self {
        Self { id: ExchangeId::fresh(), market: Market::new(), issued: Vec::new() }
    }

    /// What the pools hold, to read.
    #[inline]
    pub(crate) fn market(&self) -> &Market {
        &self.market
    }

    /// Trades a coin for `amount_out` of the token that a hop gives: both legs or none.
    #[inline]
    pub(crate) fn swap(
        &mut self,
        hop: Hop,
        paid: Coin,
        amount_out: Amount,
    ) -> Result<Coin, Refused> {
        // The write is the last thing that can fail.
        let swapped = match self.own(paid.exchange()) {
            Ok(()) => self.market.swap_exact(hop, paid.token(), [paid.amount(), amount_out]),
            Err(foreign) => return Err(Refused { reason: foreign.into(), paid }),
        };
        let token_out = match swapped {
            Ok(token_out) => token_out,
            Err(error) => return Err(Refused { reason: error.into(), paid }),
        };
        drop(paid); // The pool keeps what was paid,
        Ok(Coin::new(self.id, token_out, amount_out)) // and the trader leaves with what it bought.
    }

    /// Trades a coin along a route whose steps name the exact amounts: every leg or none.
    pub(crate) fn execute(
        &mut self,
        route: &Route,
        paid: Coin,
    ) -> Result<Vec<Coin>, Refused<RouteReason>> {
        let checked = self.own(paid.exchange()).map_err(RouteReason::from).and_then(|()| {
            if paid.token() != route.token_in || paid.amount() != route.amount_in {
                return Err(RouteReason::WrongCoin);
            }
            Ok(self.market.judge_route(route)?)
        });
        let done = match checked {
            Ok(done) => done,
            Err(reason) => return Err(Refused { reason, paid }),
        };
        // From here on nothing can fail.
        for (step, fill) in route.steps.iter().zip(&done.fills) {
            self.market.settle(step.pool, fill);
        }
        drop(paid);
        let coin = |(token, amount)| Coin::new(self.id, token, amount);
        Ok(done.holdings.into_iter().map(coin).collect())
    }

    /// Takes what shares need of both coins into a pool; the rest comes back.
    pub(crate) fn deposit(
        &mut self,
        pool: PoolId,
        mut paid: [Coin; 2],
        shares_min: Shares,
    ) -> Result<Added, Refused<AddReason, [Coin; 2]>> {
        let [coin0, coin1] = &mut paid;
        let own = self.own(coin0.exchange()).and(self.own(coin1.exchange()));
        let deposited = own.map_err(AddReason::from).and_then(|()| {
            let entry = self.market.pool(pool).map_err(|_| MintError::UnknownPool { pool })?;
            if [entry.token0(), entry.token1()] != [coin0.token(), coin1.token()] {
                return Err(AddReason::WrongTokens);
            }
            let needed = entry.quote_mint_within(coin0.amount(), coin1.amount())?;
            // The write is the last thing that can fail.
            Ok(self.market.mint(pool, needed.amount0, needed.amount1, shares_min)?)
        });
        let deposit = match deposited {
            Ok(deposit) => deposit,
            Err(reason) => return Err(Refused { reason, paid }),
        };
        // What is needed was at most what was there, so the pool has both parts.
        let _kept = (coin0.split(deposit.amount0), coin1.split(deposit.amount1));
        Ok(Added { claim: Claim::new(self.id, pool, deposit.shares), change: paid })
    }

    /// Pays a claim its part of both reserves. A claim of this exchange is always paid.
    pub(crate) fn redeem(&mut self, claim: Claim) -> Result<[Coin; 2], Refused<Foreign, Claim>> {
        let (Ok(()), Ok(pool)) = (self.own(claim.exchange()), self.market.pool(claim.pool()))
        else {
            return Err(Refused { reason: Foreign, paid: claim });
        };
        let [token0, token1] = [pool.token0(), pool.token1()];
        // From here on nothing can fail: claims on a pool are at most its shares less the locked
        // ones, and each share is worth at least one unit of a token (L5). What is left is a
        // claim on no shares, which is worth nothing.
        let (amount0, amount1) = self
            .market
            .burn(claim.pool(), claim.shares())
            .map_or_else(|_| (Amount::ZERO, Amount::ZERO), |paid| (paid.amount0, paid.amount1));
        drop(claim);
        Ok([Coin::new(self.id, token0, amount0), Coin::new(self.id, token1, amount1)])
    }

    /// Whether a coin is this exchange's.
    #[inline]
    pub(crate) fn check(&self, coin: &Coin) -> Result<(), Foreign> {
        self.own(coin.exchange())
    }

    /// Whether a claim is this exchange's.
    pub(crate) fn check_claim(&self, claim: &Claim) -> Result<(), Foreign> {
        self.own(claim.exchange())
    }

    #[inline]
    fn own(&self, exchange: ExchangeId) -> Result<(), Foreign> {
        if exchange == self.id { Ok(()) } else { Err(Foreign) }
    }
}
