//! [`Provision`]: deposits and withdrawals between the orders of a batch.

use cenote_pool::{
    Amount, BurnError, Deposit, Market, MintError, Orders, PoolId, Shares, Withdrawal,
};
use thiserror::Error;

use super::Batch;
use crate::outcome::Outcomes;

/// A deposit or a withdrawal, and where it stands among the orders of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provision {
    /// The place of the order that it comes before; one that there is not yet is after the last.
    pub before: usize,
    /// The pool.
    pub pool: PoolId,
    /// What is done.
    pub supply: Supply,
}

/// What is done with the liquidity of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// A deposit of both amounts; see [`Market::mint`].
    Mint {
        /// Of `token0`.
        amount0: Amount,
        /// Of `token1`.
        amount1: Amount,
        /// The fewest shares accepted.
        shares_min: Shares,
    },
    /// A withdrawal; see [`Market::burn`].
    Burn {
        /// The shares given up.
        shares: Shares,
    },
}

/// What a [`Provision`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provided {
    /// A deposit.
    Mint(Deposit),
    /// A withdrawal.
    Burn(Withdrawal),
}

/// Why a [`Provision`] was refused; nothing is changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProvisionError {
    /// The deposit was.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The withdrawal was.
    #[error(transparent)]
    Burn(#[from] BurnError),
}

impl Provision {
    /// Does it on a market.
    ///
    /// # Errors
    ///
    /// [`ProvisionError`]; the market is then as it was.
    pub fn run(&self, market: &mut Market) -> Result<Provided, ProvisionError> {
        Ok(match self.supply {
            Supply::Mint { amount0, amount1, shares_min } => {
                Provided::Mint(market.mint(self.pool, amount0, amount1, shares_min)?)
            }
            Supply::Burn { shares } => Provided::Burn(market.burn(self.pool, shares)?),
        })
    }
}

impl Batch {
    /// [Runs](Self::run) orders with deposits and withdrawals between them, and gives what became of
    /// those, in their order.
    ///
    /// Provisions that come before the same order run in the order of their list. The list rises by
    /// `before`; where it falls, a place that is passed is the place that was reached. A provision
    /// ends a window, so where they come thick the orders between them gain less.
    pub fn run_with(
        &mut self,
        market: &mut Market,
        orders: &Orders,
        provisions: &[Provision],
        outcomes: &mut Outcomes,
    ) -> Vec<Result<Provided, ProvisionError>> {
        outcomes.prepare(orders);
        let mut start = 0;
        let mut run_to = |end: usize, batch: &mut Self, market: &mut Market| {
            if start < end {
                batch.run_places(market.pools_mut(), orders, start..end, outcomes);
                start = end;
            }
        };
        let provided = provisions.iter().map(|provision| {
            run_to(provision.before.min(orders.len()), self, market);
            provision.run(market)
        });
        let provided = provided.collect();
        run_to(orders.len(), self, market);
        provided
    }
}
