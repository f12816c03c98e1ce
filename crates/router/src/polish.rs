//! Moving single units where units are coarse.

use cenote_pool::{Amount, Market, Pool, Step};

use crate::bound::Trade;
use crate::draft::{Draft, trim};
use crate::dual::Dual;
use crate::rounding::{Lot, sequence};

/// Divisions of small amounts that are tried.
const TRIALS: usize = 4000;

/// Pools among which single units are moved.
const MOST_LOTS: usize = 16;

/// How many units are moved at a time.
const UNITS: [u128; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256];

/// A division of the input among lots, in the order of execution, and what comes of it.
#[derive(Debug, Clone)]
struct Division {
    /// What each lot is paid; the last one of each token is paid what is left of it.
    amounts: Vec<u128>,
    output: Amount,
    /// What the same output does not need of the input.
    spare: Amount,
    steps: Vec<Step>,
}

/// Looks for a better plan by moving units from pool to pool, where there are few pools: rounding
/// to whole units may be far from the best whole numbers where a unit is worth much.
///
/// Of two divisions the one that buys more is better, and of those that buy the same the one of
/// which more could be taken away.
pub(crate) fn polish(market: &Market, dual: &Dual<'_>, trade: &Trade) -> Option<Draft> {
    let lots = sequence(dual);
    if lots.is_empty() || MOST_LOTS < lots.len() {
        return None;
    }
    let pools = lots.iter().map(|lot| market.pool(lot.hop.pool).ok().copied());
    let pools = pools.collect::<Option<Vec<_>>>()?;
    let bench = Bench { market, lots: &lots, pools: &pools, trade, dual };
    let mut best = bench.try_out(lots.iter().map(|lot| units(lot.pays)).collect())?;
    let mut trials = 0;
    while let Some(better) = bench.step(&best, &mut trials) {
        best = better;
    }
    Some(Draft::of(best.steps, (trade.amount, best.output), trade))
}

struct Bench<'a> {
    market: &'a Market,
    lots: &'a [Lot],
    pools: &'a [Pool],
    trade: &'a Trade,
    dual: &'a Dual<'a>,
}

impl Bench<'_> {
    /// A better division one move away.
    fn step(&self, best: &Division, trials: &mut usize) -> Option<Division> {
        for (from, giver) in self.lots.iter().enumerate() {
            for (to, taker) in self.lots.iter().enumerate() {
                if giver.src != taker.src || from == to {
                    continue;
                }
                for moved in UNITS {
                    let given = best.amounts.get(from).and_then(|held| held.checked_sub(moved));
                    let taken = best.amounts.get(to).and_then(|held| held.checked_add(moved));
                    let (Some(given), Some(taken)) = (given, taken) else { break };
                    if TRIALS <= *trials {
                        return None;
                    }
                    *trials = trials.saturating_add(1);
                    let mut amounts = best.amounts.clone();
                    for (place, amount) in [(from, given), (to, taken)] {
                        if let Some(held) = amounts.get_mut(place) {
                            *held = amount;
                        }
                    }
                    let other = self.try_out(amounts);
                    let is_better =
                        |other: &Division| (best.output, best.spare) < (other.output, other.spare);
                    if let Some(other) = other.filter(is_better) {
                        return Some(other);
                    }
                }
            }
        }
        None
    }

    /// What a division buys.
    fn try_out(&self, mut amounts: Vec<u128>) -> Option<Division> {
        let mut balances = vec![0_u128; self.dual.tokens.len()];
        *balances.get_mut(Dual::FROM)? = self.trade.amount.get();
        let mut steps = Vec::with_capacity(self.lots.len());
        for (at, (lot, pool)) in self.lots.iter().zip(self.pools).enumerate() {
            let is_last =
                self.lots.iter().skip(at.saturating_add(1)).all(|later| later.src != lot.src);
            let held = *balances.get(lot.src)?;
            let planned = amounts.get_mut(at)?;
            *planned = if is_last { held } else { held.min(*planned) };
            let (token_in, token_out) = pool.tokens(lot.hop.direction);
            let amount_in = Amount::new(*planned).ok()?;
            // Too little to buy anything is spent in vain, or kept.
            let Ok(fill) = pool.fill_exact_in(lot.hop.direction, amount_in) else { continue };
            let amount_out = fill.amount_out;
            *balances.get_mut(lot.src)? = held.checked_sub(*planned)?;
            let bought = balances.get_mut(lot.dst)?;
            *bought = bought.checked_add(amount_out.get())?;
            steps.push(Step { pool: lot.hop.pool, token_in, amount_in, token_out, amount_out });
        }
        let output = Amount::new(*balances.get(Dual::TO)?).ok()?;
        let mut least = steps.clone();
        let (needed, _) = trim(self.market, self.dual, &mut least, output)?;
        let spare = self.trade.amount.checked_sub(needed)?;
        Some(Division { amounts, output, spare, steps })
    }
}

/// A number of units, rounded down.
fn units(number: f64) -> u128 {
    crate::rounding::units(number).get()
}
