//! [`Wallet`]: the coins and claims of one trader.

use cenote_pool::{Amount, PoolId, Shares, TokenId};

use crate::refused::WalletError;
use crate::vault::claim::Claim;
use crate::vault::coin::Coin;

/// What a trader holds: one coin for each token and one claim for each pool, in their order.
///
/// The tokens of the coins stand beside them: a search looks at four bytes a coin, and few cache
/// lines.
#[derive(Debug, Default)]
pub(crate) struct Wallet {
    tokens: Vec<TokenId>,
    coins: Vec<Coin>,
    claims: Vec<Claim>,
}

impl Wallet {
    pub(crate) fn coins(&self) -> &[Coin] {
        &self.coins
    }

    pub(crate) fn claims(&self) -> &[Claim] {
        &self.claims
    }

    #[inline]
    pub(crate) fn balance(&self, token: TokenId) -> Amount {
        let at = self.tokens.binary_search(&token).ok();
        at.and_then(|at| self.coins.get(at)).map_or(Amount::ZERO, Coin::amount)
    }

    pub(crate) fn shares(&self, pool: PoolId) -> Shares {
        let at = self.claims.binary_search_by_key(&pool, Claim::pool).ok();
        at.and_then(|at| self.claims.get(at)).map_or(Shares::ZERO, Claim::shares)
    }

    /// Takes a coin out.
    #[inline]
    pub(crate) fn take(&mut self, token: TokenId, amount: Amount) -> Result<Coin, WalletError> {
        let at = self.tokens.binary_search(&token).ok();
        let coin = at.and_then(|at| self.coins.get_mut(at));
        let held = coin.as_ref().map_or(Amount::ZERO, |coin| coin.amount());
        coin.and_then(|coin| coin.split(amount))
            .ok_or(WalletError::InsufficientFunds { amount, held })
    }

    /// Puts a coin of this exchange in.
    #[inline]
    pub(crate) fn put(&mut self, coin: Coin) {
        match self.tokens.binary_search(&coin.token()) {
            Ok(at) => {
                // Both are of one token and exchange, and all coins of a token together are at
                // most its supply: they join.
                let joined = self.coins.get_mut(at).map(|held| held.join(coin));
                debug_assert!(matches!(joined, Some(Ok(()))), "coins of one token join");
            }
            Err(at) => {
                self.tokens.insert(at, coin.token());
                self.coins.insert(at, coin);
            }
        }
    }

    /// Takes a claim out.
    pub(crate) fn take_claim(
        &mut self,
        pool: PoolId,
        shares: Shares,
    ) -> Result<Claim, WalletError> {
        let at = self.claims.binary_search_by_key(&pool, Claim::pool).ok();
        let claim = at.and_then(|at| self.claims.get_mut(at));
        let held = claim.as_ref().map_or(Shares::ZERO, |claim| claim.shares());
        claim
            .and_then(|claim| claim.split(shares))
            .ok_or(WalletError::InsufficientShares { shares, held })
    }

    /// Puts a claim of this exchange in.
    pub(crate) fn put_claim(&mut self, claim: Claim) {
        match self.claims.binary_search_by_key(&claim.pool(), Claim::pool) {
            Ok(at) => {
                let joined = self.claims.get_mut(at).map(|held| held.join(claim));
                debug_assert!(matches!(joined, Some(Ok(()))), "claims on one pool join");
            }
            Err(at) => self.claims.insert(at, claim),
        }
    }
}
