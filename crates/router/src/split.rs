//! [`Split`]: a question for the best plan over all pools.

use std::borrow::Cow;
use std::time::Instant;

use cenote_pool::Hop;

use crate::curve::Curve;
use crate::nearest::nearest;
use crate::plan::Plan;
use crate::query::Query;
use crate::router::RoutingError;
use crate::solver::Solver;

/// A question for the best plan, which may divide the amount among as many pools as help.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Split<'a> {
    query: Query<'a>,
    deadline: Option<Instant>,
}

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
        let (query, deadline) = (&self.query, self.deadline);
        Solver { query, deadline, curves: &curves, trade }.plan(&path)
    }

    fn path(&self, curves: &[Curve]) -> Result<Vec<Hop>, RoutingError> {
        let Query { router, token_in, token_out, max_hops, .. } = self.query;
        nearest((&router.graph, curves), &router.fair, (token_in, token_out))
            .ok_or(RoutingError::Unconnected { max_hops })
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
