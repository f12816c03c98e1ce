//! [`Split`]: a question for the best plan over all pools.

use std::borrow::Cow;
use std::time::Instant;

use crate::curve::Curve;
use crate::nearest::nearest;
use crate::plan::Plan;
use crate::query::Query;
use crate::router::{DEFAULT_HOPS, Router, RoutingError};
use crate::solver::Solver;

/// A question for the best plan, which may divide the amount among as many pools as help.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Split<'a> {
    query: Query<'a>,
    max_hops: Option<usize>,
    deadline: Option<Instant>,
}

impl<'a> Split<'a> {
    pub(crate) fn new(query: Query<'a>) -> Self {
        Self { query, max_hops: None, deadline: None }
    }

    /// Limits the number of pools that any unit passes on its way; without it there is no limit.
    ///
    /// The bound is then still that of all plans.
    pub fn max_hops(self, max_hops: usize) -> Self {
        Self { max_hops: Some(max_hops), ..self }
    }

    /// Stops at a time, with the best plan so far and its honest gap.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// The plan: the most output less gas, or the least input plus gas, up to rounding.
    ///
    /// Executable as it stands: [`Market::execute`](cenote_pool::Market::execute) on the same state takes the route's
    /// `amount_in` and gives its `amount_out`.
    ///
    /// # Errors
    ///
    /// [`RoutingError`], in the order of its variants.
    pub fn best(self) -> Result<Plan, RoutingError> {
        let query = self.query.max_hops(self.max_hops.unwrap_or(DEFAULT_HOPS));
        query.check()?;
        let curves = query.curves();
        // A market of as many pools that join other tokens, which the graph does not know.
        let same = |(a, b): (&Curve, &Curve)| a.tokens == b.tokens;
        let is_known = query.market.version() == query.router.version;
        if !is_known && !curves.iter().zip(&query.router.curves).all(same) {
            return Err(query.router.stale());
        }
        let (max_hops, deadline) = (self.max_hops, self.deadline);
        let (query, curves) = (&query, curves.as_ref());
        let solver = Solver { query, max_hops, deadline, curves, trade: query.trade() };
        let ends = (query.token_in, query.token_out);
        let Router { graph, fair, .. } = query.router;
        let path = nearest((graph, curves), fair, ends);
        solver.plan(&path.ok_or(RoutingError::Unconnected { max_hops: query.max_hops })?)
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
