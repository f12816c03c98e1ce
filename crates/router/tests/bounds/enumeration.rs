//! [`Enumeration`]: the best of all plans, by trying them.

use std::collections::HashMap;

use cenote_pool::{Amount, Direction, Market, Pool, Reserves, TokenId};

/// Below this balance every amount is tried, above it a few.
const EVERY: u128 = 24;
/// States after which a market is too large to try everything.
const LIMIT: usize = 20_000;

/// What is left to do: what is held of each token, and the pools with how often each may still be
/// used; one that may not is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    held: Vec<u128>,
    pools: Vec<(u8, Reserves)>,
}

/// A depth-first search over all plans that use each pool at most so often, either way.
#[derive(Debug)]
pub(crate) struct Enumeration<'a> {
    market: &'a Market,
    /// How often each pool may be used.
    uses: u8,
    gas_per_pool: u128,
    to: TokenId,
    /// The best that was found for the states seen: what is bought, less the charge for pools.
    best: HashMap<State, i128>,
}

impl<'a> Enumeration<'a> {
    pub(crate) fn new(market: &'a Market, to: TokenId, uses: u8, gas_per_pool: u128) -> Self {
        Self { market, uses, gas_per_pool, to, best: HashMap::new() }
    }

    /// The most of the token bought, less the charge for pools, from so much of another one; 0 by
    /// doing nothing. `None` where there are too many plans to try.
    pub(crate) fn most(&mut self, from: TokenId, amount: u128) -> Option<u128> {
        let mut held = vec![0; self.market.token_count()];
        held[from.index()] = amount;
        let pools = self.market.pools().iter().map(|pool| (self.uses, pool.reserves()));
        let most = self.best(State { held, pools: pools.collect() })?;
        Some(most.try_into().unwrap())
    }

    fn best(&mut self, state: State) -> Option<i128> {
        if let Some(best) = self.best.get(&state) {
            return Some(*best);
        }
        if self.best.len() == LIMIT {
            return None;
        }
        let used = state.pools.iter().filter(|(left, _)| *left < self.uses).count();
        let gas = self.gas_per_pool * u128::try_from(used).unwrap();
        let mut best =
            i128::try_from(state.held[self.to.index()]).unwrap() - i128::try_from(gas).unwrap();
        for at in 0..state.pools.len() {
            for direction in Direction::BOTH {
                best = best.max(self.best_after(&state, at, direction)?);
            }
        }
        self.best.insert(state, best);
        Some(best)
    }

    /// The best of all that begins with one pool in one direction.
    fn best_after(&mut self, state: &State, at: usize, direction: Direction) -> Option<i128> {
        let (left, reserves) = state.pools[at];
        let pool = self.market.pools()[at];
        let Some(left_after) = left.checked_sub(1) else { return Some(i128::MIN) };
        let (token_in, token_out) = pool.tokens(direction);
        let pool = Pool::new(pool.token0(), pool.token1(), pool.fees()).unwrap();
        let pool = pool.with_reserves(reserves).unwrap();
        let (mut best, mut last) = (i128::MIN, Amount::ZERO);
        for amount in amounts(state.held[token_in.index()]) {
            let Ok(amount_in) = Amount::new(amount) else { continue };
            let Ok(fill) = pool.fill_exact_in(direction, amount_in) else { continue };
            // A pool's last use never pays more than the same output costs.
            if left_after == 0 && fill.amount_out == last {
                continue;
            }
            last = fill.amount_out;
            let mut next = state.clone();
            next.held[token_in.index()] -= amount;
            next.held[token_out.index()] += fill.amount_out.get();
            let empty = Reserves { reserve0: Amount::ZERO, reserve1: Amount::ZERO };
            next.pools[at] = (left_after, if left_after == 0 { empty } else { fill.reserves });
            best = best.max(self.best(next)?);
        }
        Some(best)
    }
}

/// Every amount up to what is held, or some of them where that is much.
fn amounts(held: u128) -> Vec<u128> {
    if held <= EVERY {
        return (1..=held).collect();
    }
    vec![1, 2, 3, held / 3, held / 2, held / 2 + 1, held - 1, held]
}
