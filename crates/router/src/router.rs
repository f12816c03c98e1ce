//! [`Router`]: the graph of one market's pools, ready to be asked.

use cenote_pool::{Amount, Exact, Market, TokenId, Version};
use thiserror::Error;

use crate::curve::Curve;
use crate::graph::Graph;
use crate::paths::chart::Chart;
use crate::prices;
use crate::query::{Buy, Sell};
use crate::solver::settle;

/// The hop limit of a query that sets none: 4 pools.
pub const DEFAULT_HOPS: usize = 4;

/// Finds routes through the pools of a market.
///
/// Owns what it knows, which pool trades which tokens, and holds no borrow of the market.
/// Reserves are read from the market given with each query, so one router serves a market, its
/// later states and its forks, from any number of threads.
///
/// ```
/// use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
/// use cenote_router::Router;
///
/// let mut market = Market::new();
/// let (weth, dai) = (market.add_token("weth")?, market.add_token("dai")?);
/// let usdc = market.add_token("usdc")?;
/// for (name, token0, token1, reserve0, reserve1) in [
///     ("weth/usdc", weth, usdc, 1_000_u64, 3_900_000_u64),
///     ("weth/dai", weth, dai, 50_000, 200_000_000),
///     ("dai/usdc", dai, usdc, 80_000_000, 80_000_000),
/// ] {
///     let reserves = Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() };
///     let pool = Pool::new(token0, token1, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
///     market.add_pool(name, pool)?;
/// }
///
/// let router = Router::new(&market);
/// let route = router.sell(&market, weth, Amount::from_u64(100)).to(usdc).max_hops(3).best()?;
/// assert_eq!(route.steps.len(), 2);
/// assert_eq!(route.amount_out, Amount::from_u64(394_853));
///
/// let want = Amount::from_u64(394_853);
/// let route = router.buy(&market, usdc, want).from(weth).max_hops(3).best()?;
/// assert_eq!(route.amount_in, Amount::from_u64(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Router {
    pub(crate) graph: Graph,
    /// The state that the numbers below are of.
    pub(crate) version: Version,
    pub(crate) curves: Vec<Curve>,
    /// The roots of prices at which, or near which, nothing is to be earned.
    pub(crate) fair: Vec<f64>,
    /// For an exact input and for an exact output.
    charts: [Chart; 2],
}

/// Why there is no route, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RoutingError {
    /// The token paid is the token bought.
    #[error("a route needs two different tokens")]
    SameToken,
    /// The market does not have the token.
    #[error("unknown {token}")]
    UnknownToken {
        /// The token asked for.
        token: TokenId,
    },
    /// An amount of zero was given or asked for.
    #[error("zero amount")]
    ZeroAmount,
    /// The market has more or fewer pools or tokens than the one that the router was built for.
    /// One that has as many and joins other tokens is not recognised for certain.
    #[error("not the market of this router, which has {pools} pools and {tokens} tokens")]
    StaleGraph {
        /// The number of pools that the router knows.
        pools: usize,
        /// The number of tokens that the router knows.
        tokens: usize,
    },
    /// The hop limit is zero or above [`MAX_HOPS`](cenote_pool::MAX_HOPS).
    #[error("a limit of {max_hops} hops, expected 1 to 16")]
    HopLimit {
        /// The limit given.
        max_hops: usize,
    },
    /// No path of pools that hold something joins the tokens within the hop limit.
    #[error("no path of at most {max_hops} pools joins the two tokens")]
    Unconnected {
        /// The hop limit.
        max_hops: usize,
    },
    /// Finding the best path would take too long: where arbitrage makes walks repeat tokens, the
    /// search grows with each hop allowed.
    #[error("finding the best path of at most {max_hops} pools takes too long, allow fewer")]
    SearchLimit {
        /// The hop limit.
        max_hops: usize,
    },
    /// There are paths, and every one refuses: the amount is dust to it, or more than its pools
    /// hold or have room for.
    #[error("every path of at most {max_hops} pools refuses {amount}")]
    NoRoute {
        /// The amount given or asked for.
        amount: Amount,
        /// The hop limit.
        max_hops: usize,
    },
}

impl Router {
    /// A router for a market's pools, as many as there are now.
    ///
    /// Time and memory in proportion to the number of pools and tokens; to be built anew when
    /// pools or tokens are added.
    pub fn new(market: &Market) -> Self {
        let (graph, curves) = (Graph::new(market), Curve::of(market));
        let fair = settle(&graph, &curves, prices::fair(&graph, &curves));
        let charts = [Exact::In, Exact::Out].map(|exact| Chart::new(market, &graph, &fair, exact));
        Self { graph, version: market.version(), curves, fair, charts }
    }

    /// Asks for the route that buys the most with exactly `amount_in` of `token_in`.
    pub fn sell<'a>(
        &'a self,
        market: &'a Market,
        token_in: TokenId,
        amount_in: Amount,
    ) -> Sell<'a> {
        Sell { router: self, market, token_in, amount_in }
    }

    /// Asks for the route that pays the least for exactly `amount_out` of `token_out`.
    pub fn buy<'a>(
        &'a self,
        market: &'a Market,
        token_out: TokenId,
        amount_out: Amount,
    ) -> Buy<'a> {
        Buy { router: self, market, token_out, amount_out }
    }

    /// How many pools trade a token.
    pub fn degree(&self, token: TokenId) -> usize {
        self.graph.edges(token).len()
    }

    /// The chart of a market, if it is in the state that the router knows.
    pub(crate) fn chart(&self, market: &Market, exact: Exact) -> Option<&Chart> {
        let [sell, buy] = &self.charts;
        let chart = match exact {
            Exact::In => sell,
            Exact::Out => buy,
        };
        (market.version() == self.version).then_some(chart)
    }

    /// The error of a market that is not the router's.
    pub(crate) fn stale(&self) -> RoutingError {
        let (pools, tokens) = (self.graph.pool_count(), self.graph.token_count());
        RoutingError::StaleGraph { pools, tokens }
    }
}
