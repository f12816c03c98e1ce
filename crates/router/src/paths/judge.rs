//! [`Judge`]: compares paths in whole units.

use cenote_pool::{Amount, Exact, Hop, PoolId, TokenId};

use crate::curve::to_f64;
use crate::paths::labels::{Backward, Forward, Scene, Way, signed};
use crate::paths::objective::Found;

/// Knows the best path it was shown, as the crate's documentation defines it.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    scene: Scene<'a>,
    exact: Exact,
    amount: Amount,
    gas: Amount,
    best: Option<Found>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(scene: Scene<'a>, (exact, amount): (Exact, Amount), gas: Amount) -> Self {
        Self { scene, exact, amount, gas, best: None }
    }

    /// The amount that is fixed.
    pub(crate) fn given(&self) -> f64 {
        to_f64(self.amount.get())
    }

    pub(crate) fn counts_gas(&self) -> bool {
        !self.gas.is_zero()
    }

    /// The amount with which a path of so many hops might be better than the best one.
    pub(crate) fn wanted(&self, hops: usize) -> Option<f64> {
        let spent = self.spent(hops);
        let worth = self.best.as_ref().map(|best| {
            let more = i128::from(best.hops.len() < hops);
            self.worth(best).saturating_add(more)
        });
        let amount = match (worth, self.exact) {
            (None, Exact::In) => Forward::next(Forward::WORST),
            (None, Exact::Out) => Backward::next(Backward::WORST),
            (Some(worth), Exact::In) => Forward::worst_of(worth, spent),
            (Some(worth), Exact::Out) => Backward::worst_of(worth, spent),
        };
        amount.map(|amount| to_f64(amount.get()))
    }

    /// Judges a path by its pools, each with the token on the side of the start, from the goal to
    /// the start. Whether it is worth more than the best one was.
    pub(crate) fn consider(&mut self, trail: &[(TokenId, PoolId)]) -> bool {
        let Some(amount) = self.carry(trail) else { return false };
        let order = self.best.as_ref().map(|best| {
            let pools = best.hops.iter().map(|hop| hop.pool);
            let worth = self.worth_of(amount, trail.len());
            let order = self.worth(best).cmp(&worth);
            let rest = trail.len().cmp(&best.hops.len());
            (order, rest.then_with(|| self.pools(trail).cmp(pools)))
        });
        let is_better = order.is_none_or(|(order, rest)| order.then(rest).is_lt());
        if is_better {
            self.best = Some(Found { amount, hops: self.hops(trail) });
        }
        order.is_none_or(|(order, _)| order.is_lt())
    }

    pub(crate) fn best(self) -> Option<Found> {
        self.best
    }

    /// What the amount that is fixed becomes.
    fn carry(&self, trail: &[(TokenId, PoolId)]) -> Option<Amount> {
        trail.iter().rev().try_fold(self.amount, |amount, (token, pool)| {
            let pool = self.scene.pool(*pool)?;
            let direction = pool.direction(*token).ok()?;
            match self.exact {
                Exact::In => pool.fill_exact_in(direction, amount).ok().map(|fill| fill.amount_out),
                Exact::Out => {
                    let fill = pool.fill_exact_out(direction.reverse(), amount).ok();
                    fill.map(|fill| fill.amount_in)
                }
            }
        })
    }

    /// The pools in the order of the path, from the token paid.
    fn pools<'t>(&self, trail: &'t [(TokenId, PoolId)]) -> impl Iterator<Item = PoolId> + use<'t> {
        let is_reversed = self.exact == Exact::In;
        (0..trail.len()).filter_map(move |at| {
            let at = if is_reversed { trail.len().checked_sub(at)?.checked_sub(1)? } else { at };
            trail.get(at).map(|(_, pool)| *pool)
        })
    }

    fn hops(&self, trail: &[(TokenId, PoolId)]) -> Vec<Hop> {
        let mut hops = Vec::with_capacity(trail.len());
        for (token, id) in trail {
            let direction = self.scene.pool(*id).and_then(|pool| pool.direction(*token).ok());
            let Some(direction) = direction else { continue };
            let direction = match self.exact {
                Exact::In => direction,
                Exact::Out => direction.reverse(),
            };
            hops.push(Hop { pool: *id, direction });
        }
        if self.exact == Exact::In {
            hops.reverse();
        }
        hops
    }

    fn worth(&self, found: &Found) -> i128 {
        self.worth_of(found.amount, found.hops.len())
    }

    fn worth_of(&self, amount: Amount, hops: usize) -> i128 {
        match self.exact {
            Exact::In => Forward::worth(amount, self.spent(hops)),
            Exact::Out => Backward::worth(amount, self.spent(hops)),
        }
    }

    fn spent(&self, hops: usize) -> i128 {
        signed(self.gas).saturating_mul(i128::try_from(hops).unwrap_or(i128::MAX))
    }
}
