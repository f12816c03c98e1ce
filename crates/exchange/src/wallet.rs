//! [`Wallet`]: the coins and claims of one trader.

use cenote_pool::{Amount, PoolId, Shares, TokenId};

use crate::refused::WalletError;
use crate::vault::claim::Claim;
use crate::vault::coin::Coin;

/// What a trader holds: one coin for each token and one claim for each pool, in their order.
#[derive(Debug, Default)]
pub(crate) struct Wallet {
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
        let at = self.coins.binary_search_by_key(&token, Coin::token).ok();
        at.and_then(|at| self.coins.get(at)).map_or(Amount::ZERO, Coin::amount)
    }

    pub(crate) fn shares(&self, pool: PoolId) -> Shares {
        let at = self.claims.binary_search_by_key(&pool, Claim::pool).ok();
        at.and_then(|at| self.claims.get(at)).map_or(Shares::ZERO, Claim::shares)
    }

    /// Takes a coin out.
    #[inline]
    pub(crate) fn take(&mut self, token: TokenId, amount: Amount) -> Result<Coin, WalletError> {
        let at = self.coins.binary_search_by_key(&token, Coin::token).ok();
        let coin = at.and_then(|at| self.coins.get_mut(at));
        let held = coin.as_ref().map_or(Amount::ZERO, |coin| coin.amount());
        coin.and_then(|coin| coin.split(amount))
            .ok_or(WalletError::InsufficientFunds { amount, held })
    }

    /// Puts a coin of this exchange in.
    #[inline]
    pub(crate) fn put(&mut self, coin: Coin) {
        let at = match self.coins.binary_search_by_key(&coin.token(), Coin::token) {
            Ok(at) => at,
            Err(at) => return self.coins.insert(at, coin),
        };
        // Joining cannot fail, being of one token and exchange; if it did, both would be kept.
        if let Some(Err(coin)) = self.coins.get_mut(at).map(|held| held.join(coin)) {
            self.coins.insert(at, coin);
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
        let at = match self.claims.binary_search_by_key(&claim.pool(), Claim::pool) {
            Ok(at) => at,
            Err(at) => return self.claims.insert(at, claim),
        };
        if let Some(Err(claim)) = self.claims.get_mut(at).map(|held| held.join(claim)) {
            self.claims.insert(at, claim);
        }
    }
}
