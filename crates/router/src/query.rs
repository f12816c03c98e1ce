//! [`Query`]: one question to a router.

use core::cell::Cell;
use std::borrow::Cow;

use cenote_pool::{Amount, Exact, MAX_HOPS, Market, Route, SwapError, TokenId};

use crate::bound::{Trade, bound};
use crate::curve::Curve;
use crate::labels::Scene;
use crate::objective::{Found, Input, Output, best};
use crate::router::{DEFAULT_HOPS, Router, RoutingError};
use crate::split::{Split, curves_of};

/// An exact amount to sell, for a token still to be named.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Sell<'a> {
    pub(crate) router: &'a Router,
    pub(crate) market: &'a Market,
    pub(crate) token_in: TokenId,
    pub(crate) amount_in: Amount,
}

/// An exact amount to buy, with a token still to be named.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Buy<'a> {
    pub(crate) router: &'a Router,
    pub(crate) market: &'a Market,
    pub(crate) token_out: TokenId,
    pub(crate) amount_out: Amount,
}

/// A question for the best route between two tokens.
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Query<'a> {
    pub(crate) router: &'a Router,
    pub(crate) market: &'a Market,
    /// Which side `amount` fixes.
    exact: Exact,
    amount: Amount,
    pub(crate) token_in: TokenId,
    pub(crate) token_out: TokenId,
    pub(crate) max_hops: usize,
}

impl<'a> Sell<'a> {
    /// Names the token to buy.
    pub fn to(self, token_out: TokenId) -> Query<'a> {
        let Self { router, market, token_in, amount_in: amount } = self;
        let (exact, max_hops) = (Exact::In, DEFAULT_HOPS);
        Query { router, market, exact, amount, token_in, token_out, max_hops }
    }
}

impl<'a> Buy<'a> {
    /// Names the token to pay with.
    pub fn from(self, token_in: TokenId) -> Query<'a> {
        let Self { router, market, token_out, amount_out: amount } = self;
        let (exact, max_hops) = (Exact::Out, DEFAULT_HOPS);
        Query { router, market, exact, amount, token_in, token_out, max_hops }
    }
}

/// Swaps that a search tries before it gives up: a second or two of work. Only markets full of
/// arbitrage, with many hops, need more.
const SEARCH_LIMIT: u64 = 1 << 25;

impl<'a> Query<'a> {
    /// Limits the number of pools in a row; [`DEFAULT_HOPS`] unless it is set.
    pub fn max_hops(self, max_hops: usize) -> Self {
        Self { max_hops, ..self }
    }

    /// The best route: the largest output or the smallest input, then the fewest hops, then the
    /// lexicographically smallest list of pool places.
    ///
    /// Exact: [`Market::execute`] on the same state takes the route's `amount_in`, and gives its
    /// `amount_out` for an exact input, at least that for an exact output (each pool is paid the
    /// least that it accepts, which may buy a little more). What rounding leaves stays in the
    /// pools, or with the trader where a step buys more than the next one spends.
    ///
    /// # Errors
    ///
    /// [`RoutingError`], in the order of its variants.
    pub fn best(self) -> Result<Route, RoutingError> {
        self.check()?;
        let (from, to, max_hops) = (self.token_in, self.token_out, self.max_hops);
        let work = Cell::new(SEARCH_LIMIT);
        let graph = &self.router.graph;
        let scene = Scene { market: self.market, graph, from, to, work: &work };
        let (start, goal) = match self.exact {
            Exact::In => (from, to),
            Exact::Out => (to, from),
        };
        let distances = scene.graph.distances(self.market, start, goal, max_hops);
        let distance = distances.get(start.index()).copied().map_or(usize::MAX, usize::from);
        if max_hops < distance {
            return Err(RoutingError::Unconnected { max_hops });
        }
        let found = match self.exact {
            Exact::In => best(&mut Output::new(scene, self.amount, &distances, max_hops), max_hops),
            Exact::Out => best(&mut Input::new(scene, self.amount, &distances, max_hops), max_hops),
        };
        if work.get() == 0 {
            return Err(RoutingError::SearchLimit { max_hops });
        }
        let found = found.ok_or(RoutingError::NoRoute { amount: self.amount, max_hops })?;
        self.route(&found).ok().flatten().ok_or(self.router.stale())
    }

    /// Asks for the best plan over all pools at once instead, divided among as many as help.
    ///
    /// A limit on hops does not hold for it.
    pub fn split(self) -> Split<'a> {
        Split::new(self)
    }

    pub(crate) fn curves(&self) -> Cow<'a, [Curve]> {
        curves_of(self)
    }

    pub(crate) fn trade(&self) -> Trade {
        let Self { exact, amount, token_in, token_out, .. } = *self;
        Trade { exact, amount, token_in, token_out, gas: Amount::ZERO }
    }

    /// The bound that a list of prices proves, one for each token: at most so much can be bought
    /// of an exact input, at least so much must be paid for an exact output.
    ///
    /// # Errors
    ///
    /// [`RoutingError`]: those of a question that makes no sense.
    pub fn bound(&self, prices: &[f64]) -> Result<Amount, RoutingError> {
        self.check()?;
        Ok(bound(&self.curves(), prices, &self.trade()))
    }

    pub(crate) fn check(&self) -> Result<(), RoutingError> {
        if self.token_in == self.token_out {
            return Err(RoutingError::SameToken);
        }
        for token in [self.token_in, self.token_out] {
            if self.market.token_count() <= token.index() {
                return Err(RoutingError::UnknownToken { token });
            }
        }
        if self.amount.is_zero() {
            return Err(RoutingError::ZeroAmount);
        }
        let graph = &self.router.graph;
        if self.market.pools().len() != graph.pool_count()
            || self.market.token_count() != graph.token_count()
        {
            return Err(self.router.stale());
        }
        if self.max_hops == 0 || MAX_HOPS < self.max_hops {
            return Err(RoutingError::HopLimit { max_hops: self.max_hops });
        }
        Ok(())
    }

    /// The route along a path, computed anew by the market, if it is what the search saw.
    ///
    /// It is, unless the market has as many pools as the router's and joins other tokens.
    fn route(&self, found: &Found) -> Result<Option<Route>, SwapError> {
        let (route, amount) = match self.exact {
            Exact::In => {
                let route = self.market.route_exact_in(&found.hops, self.amount)?;
                let amount = route.amount_out;
                (route, amount)
            }
            Exact::Out => {
                let route = self.market.route_exact_out(&found.hops, self.amount)?;
                let amount = route.amount_in;
                (route, amount)
            }
        };
        let ends = (route.token_in, route.token_out) == (self.token_in, self.token_out);
        Ok((ends && amount == found.amount).then_some(route))
    }
}
