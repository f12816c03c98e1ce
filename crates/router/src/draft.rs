//! [`Draft`]: steps in whole units, to be compared with others.
#![expect(
    clippy::float_arithmetic,
    reason = "floats choose what is tried, integers tell what it is worth"
)]

use std::collections::HashMap;

use cenote_pool::{Amount, Exact, Market, Step};

use crate::bound::Trade;
use crate::curve::to_f64;
use crate::dual::Dual;
use crate::rounding::{Rounding, units};

/// Steps that can be executed, what they need and what they give.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) steps: Vec<Step>,
    pub(crate) amount_in: Amount,
    pub(crate) amount_out: Amount,
    /// What the pools used cost.
    pub(crate) gas: u128,
}

/// Inputs tried in whole units: each adds twice as much as the one before it.
const MOST_TRIES: usize = 120;

/// Times that what was left of an input is spent again.
const REFINEMENTS: usize = 4;

/// Plans of so many steps are refined more than once.
const FEW: usize = 64;

/// Plans of more steps are left as rounding makes them: their gap is a fraction of a millionth.
const MOST_REFINED: usize = 1024;

impl Draft {
    /// The flows of a dual's prices in whole units.
    pub(crate) fn new(
        market: &Market,
        dual: &Dual<'_>,
        trade: &Trade,
        supply: Amount,
    ) -> Option<Self> {
        match trade.exact {
            Exact::In => Self::selling(market, dual, trade),
            Exact::Out => Self::buying(market, dual, trade, supply),
        }
    }

    /// Steps with their cost.
    pub(crate) fn of(
        steps: Vec<Step>,
        (amount_in, amount_out): (Amount, Amount),
        trade: &Trade,
    ) -> Self {
        let mut pools = steps.iter().map(|step| step.pool).collect::<Vec<_>>();
        pools.sort_unstable();
        pools.dedup();
        let count = u128::try_from(pools.len()).unwrap_or(u128::MAX);
        let gas = trade.gas.get().saturating_mul(count);
        Self { steps, amount_in, amount_out, gas }
    }

    /// How many pools a unit passes on its longest way.
    pub(crate) fn hops(&self) -> usize {
        let mut depths = HashMap::new();
        let mut longest = 0_usize;
        for step in &self.steps {
            let depth = depths.get(&step.token_in).copied().unwrap_or(0_usize).saturating_add(1);
            let reached = depths.entry(step.token_out).or_insert(0_usize);
            *reached = depth.max(*reached);
            longest = longest.max(depth);
        }
        longest
    }

    /// Whether it leaves more, or costs less, than another.
    pub(crate) fn beats(&self, other: &Self, exact: Exact) -> bool {
        let sum = |amount: Amount, gas: u128| amount.get().saturating_add(gas);
        match exact {
            // Both sides without a difference, which may be negative.
            Exact::In => sum(other.amount_out, self.gas) < sum(self.amount_out, other.gas),
            Exact::Out => sum(self.amount_in, self.gas) < sum(other.amount_in, other.gas),
        }
    }

    /// Spends the input; then, again and again, buys the same with less and spends what is left.
    fn selling(market: &Market, dual: &Dual<'_>, trade: &Trade) -> Option<Self> {
        let supply = trade.amount;
        let rounding = Rounding::new(market, dual);
        let (steps, output) = rounding.spend(supply);
        let (mut best, mut most) = (steps.clone(), output);
        if steps.len() <= MOST_REFINED {
            let mut same = steps;
            let mut left = trim(market, dual, &mut same, output)
                .and_then(|(needed, _)| supply.checked_sub(needed))
                .unwrap_or_default();
            let times = if same.len() <= FEW { REFINEMENTS } else { 1 };
            for _ in 0..times {
                let more = units(to_f64(left.get()) * dual.rate());
                let (Some(wanted), false) = (most.checked_add(more), more.is_zero()) else { break };
                let Some(richer) = supply.checked_add(left).and_then(|sum| sum.checked_add(left))
                else {
                    break;
                };
                let (mut steps, output) = rounding.spend(richer);
                let wanted = wanted.min(output);
                let Some((needed, bought)) = trim(market, dual, &mut steps, wanted) else { break };
                if needed <= supply && most < bought {
                    left = supply.checked_sub(needed)?;
                    (best, most) = (steps, bought);
                } else {
                    left = units(to_f64(left.get()) / 2.0);
                }
            }
        }
        most = spend_rest(market, &mut best, trade, most).unwrap_or(most);
        Some(Self::of(best, (supply, most), trade))
    }

    /// The least input found with which the flows of these prices buy what is wanted.
    fn buying(market: &Market, dual: &Dual<'_>, trade: &Trade, supply: Amount) -> Option<Self> {
        let (wanted, rate) = (trade.amount, dual.rate());
        let rounding = Rounding::new(market, dual);
        let (mut input, mut more) = (supply, 1.0);
        for _ in 0..MOST_TRIES {
            let (steps, output) = rounding.spend(input);
            if wanted <= output {
                let mut trimmed = steps.clone();
                return Some(match trim(market, dual, &mut trimmed, wanted) {
                    Some(amounts) => Self::of(trimmed, amounts, trade),
                    None => Self::of(steps, (input, output), trade),
                });
            }
            // What is missing, and twice as much again each time, where units are coarse.
            let missing = to_f64(wanted.checked_sub(output)?.get()) / rate;
            input = input.checked_add(units(missing * more + more))?;
            more *= 2.0;
        }
        None
    }
}

/// Adds what a plan leaves of its input to its largest first step, if that uses its pool alone.
fn spend_rest(
    market: &Market,
    steps: &mut [Step],
    trade: &Trade,
    output: Amount,
) -> Option<Amount> {
    let (mut rest, mut largest) = (trade.amount, None);
    for (at, step) in steps.iter().enumerate() {
        if step.token_out == trade.token_in {
            return None;
        }
        if step.token_in == trade.token_in {
            rest = rest.checked_sub(step.amount_in)?;
            largest = largest.max(Some((step.amount_in, at)));
        }
    }
    let (_, at) = largest.filter(|_| !rest.is_zero())?;
    let used = steps.get(at)?.pool;
    if steps.iter().filter(|step| step.pool == used).count() > 1 {
        return None;
    }
    let step = steps.get_mut(at)?;
    let amount_in = step.amount_in.checked_add(rest)?;
    let fill = market.pool(step.pool).ok()?.quote_exact_in(step.token_in, amount_in).ok()?;
    let gained = fill.amount_out.checked_sub(step.amount_out)?;
    let all = if step.token_out == trade.token_out { output.checked_add(gained)? } else { output };
    (step.amount_in, step.amount_out) = (fill.amount_in, fill.amount_out);
    Some(all)
}

/// Lets the steps of a plan buy no more than the later ones and `wanted` of the token bought need,
/// and pay the least that this costs; steps that are not needed go. What the plan then needs of the
/// token paid, and what it buys.
///
/// A plan that uses a pool twice, or that goes round, stays as it is: what a step costs there
/// depends on the others. So does one of other tokens than the dual's. Where there is no answer the
/// steps may be half changed, and are of no use.
pub(crate) fn trim(
    market: &Market,
    dual: &Dual<'_>,
    steps: &mut Vec<Step>,
    wanted: Amount,
) -> Option<(Amount, Amount)> {
    let mut is_used = vec![false; market.pools().len()];
    for step in steps.iter() {
        if core::mem::replace(is_used.get_mut(step.pool.index())?, true) {
            return None;
        }
    }
    // What is bought of each token beyond what is needed: negative never, for what can be executed.
    let mut spare = vec![Amount::ZERO; dual.tokens.len()];
    for step in steps.iter() {
        let bought = spare.get_mut(dual.place(step.token_out)?)?;
        *bought = bought.checked_add(step.amount_out)?;
    }
    if !spare.get(Dual::FROM)?.is_zero() {
        return None;
    }
    for step in steps.iter() {
        match dual.place(step.token_in)? {
            Dual::FROM => {}
            Dual::TO => return None,
            place => {
                let bought = spare.get_mut(place)?;
                *bought = bought.checked_sub(step.amount_in)?;
            }
        }
    }
    let last = spare.get_mut(Dual::TO)?;
    *last = last.checked_sub(wanted)?;
    let mut paid = Amount::ZERO;
    for step in steps.iter_mut().rev() {
        let place = dual.place(step.token_out)?;
        let extra = (*spare.get(place)?).min(step.amount_out);
        let least = least(market, step, step.amount_out.checked_sub(extra)?)?;
        let saved = step.amount_in.checked_sub(least.0)?;
        let bought = spare.get_mut(place)?;
        *bought = bought.checked_sub(step.amount_out.checked_sub(least.1)?)?;
        match dual.place(step.token_in)? {
            Dual::FROM => paid = paid.checked_add(least.0)?,
            place => {
                let bought = spare.get_mut(place)?;
                *bought = bought.checked_add(saved)?;
            }
        }
        (step.amount_in, step.amount_out) = least;
    }
    steps.retain(|step| !step.amount_in.is_zero());
    let bought = spare.get(Dual::TO)?.checked_add(wanted)?;
    Some((paid, bought))
}

/// The least that a step pays for an output, and what it then buys; nothing for nothing.
fn least(market: &Market, step: &Step, amount_out: Amount) -> Option<(Amount, Amount)> {
    if amount_out.is_zero() {
        return Some((Amount::ZERO, Amount::ZERO));
    }
    let pool = market.pool(step.pool).ok()?;
    let direction = pool.direction(step.token_in).ok()?;
    let least = pool.fill_exact_out(direction, amount_out).ok()?;
    // It may buy a little more than was asked for.
    let fill = pool.fill_exact_in(direction, least.amount_in).ok()?;
    Some((fill.amount_in, fill.amount_out))
}
