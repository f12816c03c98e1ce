//! [`Query`]: one question to a router.

use core::cell::Cell;
use std::borrow::Cow;

use cenote_pool::{Amount, Exact, MAX_HOPS, Market, PoolId, Route, SwapError, TokenId};

use crate::bound::{Trade, bound};
use crate::curve::Curve;
use crate::filter::Filter;
use crate::paths::judge::Judge;
use crate::paths::labels::Scene;
use crate::paths::objective::{Found, Input, Output, best};
use crate::paths::screen::Screen;
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
    filter: Filter<'a>,
    gas: Amount,
}

impl<'a> Sell<'a> {
    /// Names the token to buy.
    pub fn to(self, token_out: TokenId) -> Query<'a> {
        let Self { router, market, token_in, amount_in: amount } = self;
        Query::new((router, market), Exact::In, amount, (token_in, token_out))
    }
}

impl<'a> Buy<'a> {
    /// Names the token to pay with.
    pub fn from(self, token_in: TokenId) -> Query<'a> {
        let Self { router, market, token_out, amount_out: amount } = self;
        Query::new((router, market), Exact::Out, amount, (token_in, token_out))
    }
}

/// Swaps that a search tries before it gives up: a second or two of work. Only markets full of
/// arbitrage, with many hops, need more.
const SEARCH_LIMIT: u64 = 1 << 25;

impl<'a> Query<'a> {
    fn new(
        (router, market): (&'a Router, &'a Market),
        exact: Exact,
        amount: Amount,
        (token_in, token_out): (TokenId, TokenId),
    ) -> Self {
        let (max_hops, filter, gas) = (DEFAULT_HOPS, Filter::default(), Amount::ZERO);
        Self { router, market, exact, amount, token_in, token_out, max_hops, filter, gas }
    }

    /// Limits the number of pools in a row; [`DEFAULT_HOPS`] unless it is set.
    pub fn max_hops(self, max_hops: usize) -> Self {
        Self { max_hops, ..self }
    }

    /// Uses no other pools than these. What several filters leave out is left out by all of them.
    pub fn only_pools(mut self, pools: &'a [PoolId]) -> Self {
        self.filter.only_pools = Some(pools);
        self
    }

    /// Leaves out these pools. Places that the market does not have are passed over.
    pub fn without_pools(mut self, pools: &'a [PoolId]) -> Self {
        self.filter.without_pools = pools;
        self
    }

    /// Passes through no other tokens than these. The two ends of the trade are always allowed.
    pub fn only_tokens(mut self, tokens: &'a [TokenId]) -> Self {
        self.filter.only_tokens = Some(tokens);
        self
    }

    /// Passes through none of these tokens. The two ends of the trade are always allowed.
    pub fn without_tokens(mut self, tokens: &'a [TokenId]) -> Self {
        self.filter.without_tokens = tokens;
        self
    }

    /// What each pool used costs beside the trade: in units of the token bought for an exact
    /// input, of the token paid for an exact output. Nothing unless it is set.
    ///
    /// The best route then has the largest `amount_out - gas * pools`, which may be below zero, or
    /// the smallest `amount_in + gas * pools`. The amounts of a route do not contain it.
    pub fn gas_per_pool(self, gas: Amount) -> Self {
        Self { gas, ..self }
    }

    /// The best route: the largest output or the smallest input after gas, then the fewest hops,
    /// then the lexicographically smallest list of pool places.
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
        let (from, to) = (self.token_in, self.token_out);
        let work = Cell::new(SEARCH_LIMIT);
        let (market, graph, closed) = (self.market, &self.router.graph, self.closed());
        let closed = closed.as_deref();
        let scene = Scene { market, graph, closed, from, to, work: &work };
        let ends = match self.exact {
            Exact::In => [from, to],
            Exact::Out => [to, from],
        };
        let found = match self.screen(scene, ends) {
            Some(judge) => judge.best(),
            None => self.search(scene, ends)?,
        };
        let found = found.ok_or_else(|| self.refusal(scene, ends))?;
        self.route(&found).ok().flatten().ok_or(self.router.stale())
    }

    /// A judge who has seen every path that may be the best, by the chart of the market. Nothing
    /// where there is no chart of its state, or where there are too many such paths.
    fn screen<'s>(&'s self, scene: Scene<'s>, ends: [TokenId; 2]) -> Option<Judge<'s>> {
        let chart = self.router.chart(self.market, self.exact)?;
        let mut judge = Judge::new(scene, (self.exact, self.amount), self.gas);
        Screen::new(scene, chart, ends, self.max_hops).judge(&mut judge)?;
        Some(judge)
    }

    /// The best path in whole units alone.
    fn search(&self, scene: Scene<'_>, ends: [TokenId; 2]) -> Result<Option<Found>, RoutingError> {
        let (amount, hops, gas) = (self.amount, self.max_hops, self.gas);
        let distances = self.distances(scene, ends);
        let found = match self.exact {
            Exact::In => best(&mut Output::new(scene, amount, &distances, hops), hops, gas),
            Exact::Out => best(&mut Input::new(scene, amount, &distances, hops), hops, gas),
        };
        if scene.work.get() == 0 {
            return Err(RoutingError::SearchLimit { max_hops: hops });
        }
        Ok(found)
    }

    /// Why there is no path.
    fn refusal(&self, scene: Scene<'_>, ends: [TokenId; 2]) -> RoutingError {
        let (amount, max_hops, [start, _]) = (self.amount, self.max_hops, ends);
        let distances = self.distances(scene, ends);
        let distance = distances.get(start.index()).copied().map_or(usize::MAX, usize::from);
        if max_hops < distance {
            RoutingError::Unconnected { max_hops }
        } else {
            RoutingError::NoRoute { amount, max_hops }
        }
    }

    fn distances(&self, scene: Scene<'_>, [start, goal]: [TokenId; 2]) -> Vec<u8> {
        let holds = |pool| scene.pool(pool).is_some_and(|pool| !pool.is_empty());
        scene.graph.distances((start, goal), self.max_hops, holds)
    }

    /// Asks for the best plan over all pools at once instead, divided among as many as help.
    ///
    /// A limit on hops does not hold for it; see [`Split::max_hops`].
    ///
    /// ```
    /// use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
    /// use cenote_router::Router;
    ///
    /// let mut market = Market::new();
    /// let (weth, dai) = (market.add_token("weth")?, market.add_token("dai")?);
    /// for (name, reserve0, reserve1) in [("a", 1_000_u64, 3_900_000_u64), ("b", 50_000, 200_000_000)] {
    ///     let reserves = Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() };
    ///     let pool = Pool::new(weth, dai, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
    ///     market.add_pool(name, pool)?;
    /// }
    /// let router = Router::new(&market);
    /// let plan = router.sell(&market, weth, Amount::from_u64(9_000)).to(dai).split().best()?;
    /// assert_eq!(plan.route.steps.len(), 2);
    /// assert!(plan.gap_units() < Amount::from_u64(100));
    /// let done = market.execute(&plan.route)?;
    /// assert_eq!(done.holdings, [(dai, plan.route.amount_out)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn split(self) -> Split<'a> {
        Split::new(self)
    }

    /// The same question about what is left of the amount, beside pools that are taken.
    pub(crate) fn rest<'b>(&self, amount: Amount, taken: &'b mut Vec<PoolId>) -> Query<'b>
    where
        'a: 'b,
    {
        taken.extend_from_slice(self.filter.without_pools);
        Query { amount, filter: Filter { without_pools: taken, ..self.filter }, ..*self }
    }

    /// For each pool whether the filters leave it out; nothing where no filter is set.
    pub(crate) fn closed(&self) -> Option<Vec<bool>> {
        self.filter.closed(&self.router.graph, [self.token_in, self.token_out])
    }

    /// The curves of the market, in which a pool that is left out looks like an empty one.
    pub(crate) fn curves(&self) -> Cow<'a, [Curve]> {
        let mut curves = curves_of(self);
        if let Some(closed) = self.closed() {
            for (curve, closed) in curves.to_mut().iter_mut().zip(closed) {
                if closed {
                    (curve.roots, curve.walls) = ([0.0; 2], [0.0; 2]);
                }
            }
        }
        curves
    }

    pub(crate) fn trade(&self) -> Trade {
        let Self { exact, amount, token_in, token_out, gas, .. } = *self;
        Trade { exact, amount, token_in, token_out, gas }
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
