//! [`Wallet`]: the claims of one trader; its coins are in [`Cells`](crate::cells::Cells).

use cenote_pool::{PoolId, Shares};

use crate::refused::WalletError;
use crate::vault::claim::Claim;

/// A trader's claims, one for each pool, in their order.
#[derive(Debug, Default)]
pub(crate) struct Wallet {
    claims: Vec<Claim>,
}

impl Wallet {
    pub(crate) fn claims(&self) -> &[Claim] {
        &self.claims
    }

    pub(crate) fn shares(&self, pool: PoolId) -> Shares {
        let at = self.claims.binary_search_by_key(&pool, Claim::pool).ok();
        at.and_then(|at| self.claims.get(at)).map_or(Shares::ZERO, Claim::shares)
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
