//! [`Split`]: a question for the best plan over all pools.

use std::borrow::Cow;
use std::time::Instant;

use cenote_pool::{Amount, Exact, Hop, Market, Route, Step};

use crate::bound::{Trade, bound_at};
use crate::curve::{Curve, to_f64};
use crate::dual::Dual;
use crate::nearest::nearest;
use crate::plan::Plan;
use crate::query::Query;
use crate::rounding::{round, units};
use crate::router::RoutingError;
use crate::trim::trim;

/// A question for the best plan, which may divide the amount among as many pools as help.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Split<'a> {
    query: Query<'a>,
    deadline: Option<Instant>,
}

/// Steps of Newton's method; more are needed only where arbitrage is everywhere.
const MOST_STEPS: usize = 400;

/// How far prices may move in the first step, relatively; each later one may move them twice as
/// far. Pools that begin to trade on the way are noticed before the prices have left them behind.
const FIRST_MOVE: f64 = 1e-3;

/// Inputs tried for an exact output.
const TRIES: usize = 12;

/// Inputs tried in whole units: each adds twice as much as the one before it.
const MOST_TRIES: usize = 120;

impl<'a> Split<'a> {
    pub(crate) fn new(query: Query<'a>) -> Self {
        Self { query, deadline: None }
    }

    /// Stops at a time, with the best plan so far and its honest gap.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// The plan: the most output less gas, or the least input plus gas, up to rounding.
    ///
    /// Executable as it stands: [`Market::execute`] on the same state takes the route's
    /// `amount_in` and gives its `amount_out`.
    ///
    /// # Errors
    ///
    /// [`RoutingError`], in the order of its variants.
    pub fn best(self) -> Result<Plan, RoutingError> {
        self.query.check()?;
        let curves = self.query.curves();
        let trade = self.query.trade();
        let path = self.path(&curves)?;
        let solver = Solver { split: &self, curves: &curves, trade };
        match trade.exact {
            Exact::In => solver.sell(&path),
            Exact::Out => solver.buy(&path),
        }
    }

    fn path(&self, curves: &[Curve]) -> Result<Vec<Hop>, RoutingError> {
        let Query { router, token_in, token_out, max_hops, .. } = self.query;
        nearest((&router.graph, curves), &router.fair, (token_in, token_out))
            .ok_or(RoutingError::Unconnected { max_hops })
    }
}

struct Solver<'s, 'a> {
    split: &'s Split<'a>,
    curves: &'s [Curve],
    trade: Trade,
}

impl<'s> Solver<'s, '_> {
    fn market(&self) -> &'s Market {
        self.split.query.market
    }

    fn is_late(&self) -> bool {
        self.split.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    fn dual(&self, path: &[Hop]) -> Dual<'s> {
        let Query { router, token_in, token_out, .. } = self.split.query;
        let part = (&router.graph, self.curves);
        Dual::new(part, &router.fair, (token_in, token_out), path)
    }

    fn minimise(&self, dual: &mut Dual<'_>, first_move: f64) {
        let mut trust = first_move;
        for _ in 0..MOST_STEPS {
            let is_still = dual.descend(trust);
            trust *= 2.0;
            if !dual.widen() && is_still || self.is_late() {
                break;
            }
        }
    }

    fn sell(&self, path: &[Hop]) -> Result<Plan, RoutingError> {
        let supply = self.trade.amount;
        let mut dual = self.dual(path);
        dual.supply = to_f64(supply.get());
        self.minimise(&mut dual, FIRST_MOVE);
        let (steps, amount_out) = round(self.market(), &dual, supply);
        self.plan(&dual, steps, (supply, amount_out))
    }

    /// Looks for the input of which the best plan buys the output: Newton's method on the concave
    /// output of an input, the slope of which is the price of the token paid.
    fn buy(&self, path: &[Hop]) -> Result<Plan, RoutingError> {
        let wanted = to_f64(self.trade.amount.get());
        let mut dual = self.dual(path);
        let mut first_move = FIRST_MOVE;
        let mut supply = wanted / dual.rate();
        for _ in 0..TRIES {
            if !(0.0 < supply && supply < to_f64(Amount::MAX.get())) {
                return Err(self.refused());
            }
            dual.supply = supply;
            self.minimise(&mut dual, first_move);
            first_move = 1.0;
            let missing = wanted - dual.output();
            supply += missing / dual.rate();
            if missing.abs() <= 1e-12 * wanted || self.is_late() {
                break;
            }
        }
        let supply = units(supply.max(1.0));
        let (input, steps, output) =
            self.least(&dual, supply).ok_or(self.refused())?;
        self.plan(&dual, steps, (input, output))
    }

    /// The least input found with which the flows of these prices, in whole units, buy what is
    /// wanted.
    fn least(&self, dual: &Dual<'_>, supply: Amount) -> Option<(Amount, Vec<Step>, Amount)> {
        let Trade { amount: wanted, token_in, token_out, .. } = self.trade;
        let rate = dual.rate();
        let (mut input, mut more) = (supply, 1.0);
        for _ in 0..MOST_TRIES {
            let (mut steps, output) = round(self.market(), dual, input);
            if wanted <= output {
                let trimmed = trim(self.market(), &mut steps, (token_in, token_out), wanted);
                let (input, output) = trimmed.unwrap_or((input, output));
                return Some((input, steps, output));
            }
            // What is missing, and twice as much again each time, where units are coarse.
            let missing = to_f64(wanted.checked_sub(output)?.get()) / rate;
            input = input.checked_add(units(missing * more + more))?;
            more *= 2.0;
        }
        None
    }

    fn refused(&self) -> RoutingError {
        RoutingError::NoRoute { amount: self.trade.amount, max_hops: self.split.query.max_hops }
    }

    fn plan(
        &self,
        dual: &Dual<'_>,
        steps: Vec<Step>,
        (amount_in, amount_out): (Amount, Amount),
    ) -> Result<Plan, RoutingError> {
        if amount_out.is_zero() || steps.is_empty() {
            return Err(self.refused());
        }
        let Trade { token_in, token_out, exact, .. } = self.trade;
        let bound = bound_at(self.curves, &dual.roots, &self.trade);
        let unit = dual.roots[self.trade.counted().index()];
        let prices = dual.roots.iter().map(|root| (root / unit) * (root / unit)).collect();
        let route = Route { token_in, token_out, amount_in, amount_out, steps };
        Ok(Plan { route, exact, gas: Amount::ZERO, bound, prices })
    }
}

/// The curves of a market: the router's own while they are those of this state.
pub(crate) fn curves_of<'a>(query: &Query<'a>) -> Cow<'a, [Curve]> {
    if query.market.version() == query.router.version {
        Cow::Borrowed(&query.router.curves)
    } else {
        Cow::Owned(Curve::of(query.market))
    }
}
