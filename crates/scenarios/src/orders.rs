//! [`ExitOrders`]: whether it matters who leaves first.

use cenote_pool::{Amount, Market, Pool, PoolId, Reserves, Shares, Withdrawal};

use crate::error::ScenarioError;
use crate::institution::Payment;
use crate::outcome::excess;

/// What providers of one pool get when they leave in many different orders, all from the same
/// state: numbers on forks of a market, since what an exchange holds cannot be copied.
///
/// Each provider of `l` of the `S` shares gets at least `floor(l * x / S)` of a reserve `x`
/// whatever the order, and at most one unit more for each who left before: the dust that earlier
/// roundings left in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ExitOrders {
    /// How many providers leave.
    pub providers: usize,
    /// How many orders were tried.
    pub orders: usize,
    /// How many exits paid less than `floor(l * x / S)` of a token.
    pub below_floor: usize,
    /// How many exits paid more beyond it than there were exits before.
    pub beyond_bound: usize,
    /// The most that an exit paid beyond it, of either token.
    pub windfall: Amount,
    /// The least that stayed in the pool of each token, over all orders.
    pub residual_least: Payment,
    /// The most that stayed in the pool of each token, over all orders.
    pub residual_most: Payment,
    /// The shares that stayed: those that the first deposit locked.
    pub shares_left: Shares,
}

impl ExitOrders {
    /// Lets the holders of `shares` leave a pool in each of `orders`, which are lists of places
    /// in `shares`; places that are not there are passed over.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`]: `Missing` for an unknown pool, `Burn` for shares that nobody can hold.
    pub fn study(
        market: &Market,
        pool: PoolId,
        shares: &[Shares],
        orders: impl IntoIterator<Item = Vec<usize>>,
    ) -> Result<Self, ScenarioError> {
        let start = market.pool(pool)?;
        let claims: Vec<(Shares, Payment)> =
            shares.iter().map(|&shares| (shares, worth(start, shares))).collect();
        let mut study = Self::of(shares.len());
        for order in orders {
            let mut fork = market.clone();
            let leaving = order.iter().filter_map(|&place| claims.get(place));
            for (earlier, &(shares, due)) in leaving.enumerate() {
                study.count_exit(due, fork.burn(pool, shares)?, earlier);
            }
            study.count_order(fork.pool(pool)?);
        }
        Ok(study)
    }

    fn of(providers: usize) -> Self {
        Self {
            providers,
            orders: 0,
            below_floor: 0,
            beyond_bound: 0,
            windfall: Amount::ZERO,
            residual_least: Payment { amount0: Amount::MAX, amount1: Amount::MAX },
            residual_most: Payment::default(),
            shares_left: Shares::ZERO,
        }
    }

    fn count_exit(&mut self, due: Payment, withdrawal: Withdrawal, earlier: usize) {
        let Withdrawal { amount0, amount1, .. } = withdrawal;
        let paid = Payment { amount0, amount1 };
        let beyond = excess(paid, due);
        let windfall = beyond.amount0.max(beyond.amount1);
        let bound = u128::try_from(earlier).unwrap_or(u128::MAX);
        self.below_floor = self.below_floor.saturating_add(usize::from(!paid.covers(due)));
        self.beyond_bound = self.beyond_bound.saturating_add(usize::from(bound < windfall.get()));
        self.windfall = self.windfall.max(windfall);
    }

    fn count_order(&mut self, end: &Pool) {
        let Reserves { reserve0, reserve1 } = end.reserves();
        let (least, most) = (&mut self.residual_least, &mut self.residual_most);
        (least.amount0, least.amount1) = (least.amount0.min(reserve0), least.amount1.min(reserve1));
        (most.amount0, most.amount1) = (most.amount0.max(reserve0), most.amount1.max(reserve1));
        self.shares_left = end.total_shares().unwrap_or_default();
        self.orders = self.orders.saturating_add(1);
    }
}

fn worth(pool: &Pool, shares: Shares) -> Payment {
    let (amount0, amount1) = pool.worth_floor(shares);
    Payment { amount0, amount1 }
}

/// Every order of `0..length`.
pub(crate) fn all_orders(length: usize) -> Vec<Vec<usize>> {
    (0..length).fold(vec![Vec::new()], |orders, next| {
        let longer = |order: &Vec<usize>, at| {
            let mut order = order.clone();
            order.insert(at, next);
            order
        };
        let orders = orders.iter();
        orders.flat_map(|order| (0..=order.len()).map(move |at| longer(order, at))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_are_all_permutations() {
        let mut orders = all_orders(5);
        assert_eq!(orders.len(), 120);
        for order in &orders {
            let mut places = order.clone();
            places.sort_unstable();
            assert_eq!(places, [0, 1, 2, 3, 4]);
        }
        orders.sort_unstable();
        orders.dedup();
        assert_eq!(orders.len(), 120);
    }
}
