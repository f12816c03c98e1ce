//! What the benchmarks have in common: inputs, and what a naive program would do.
//!
//! Inputs are many and different (at least 10^5, of routes 10^3, each of which looks at thousands
//! of pools), since a branch predictor learns small sets by heart. Speeds are compared within one run; the machine may be shared.

use cenote_exchange::{Exchange, TraderId};
use cenote_pool::{Amount, Exact, Market, Orders, Shares};
use cenote_router::{Query, Router};
use cenote_simulator::{Traffic, generate_market};
use cenote_testing::networks::{Family, Network, Task};

pub mod buffer;
pub mod measure;
pub mod naive;
pub mod ours;
pub mod rows;
pub mod table;
pub mod workloads;

/// Different inputs of each benchmark.
pub const INPUTS: usize = 1 << 17;

/// The market of the benchmarks: 10,000 pools.
pub fn market() -> Market {
    generate_market(10_000, 1)
}

/// Orders of one hop on a market.
pub fn single_hop_orders(market: &Market, count: usize) -> Orders {
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    Traffic::new(market, 1000, 2).without_paths().write(count, &mut orders, &mut traders);
    orders
}

/// An exchange with the pools of a market and one trader who holds plenty of everything.
#[expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop where it stands"
)]
pub fn exchange_of(market: &Market) -> (Exchange, TraderId) {
    let mut exchange = Exchange::new();
    let trader = exchange.open_wallet().unwrap();
    let mints = market.tokens().map(|token| exchange.create_token(market.token_name(token)));
    let mints = mints.collect::<Result<Vec<_>, _>>().unwrap();
    for (id, pool) in market.pools_with_id() {
        let (mint0, mint1) = (&mints[pool.token0().index()], &mints[pool.token1().index()]);
        let created =
            exchange.create_pool(market.pool_name(id), mint0, mint1, pool.fees()).unwrap();
        let reserves = pool.reserves();
        let coins = [
            exchange.issue(mint0, reserves.reserve0).unwrap(),
            exchange.issue(mint1, reserves.reserve1).unwrap(),
        ];
        let _claim = exchange.add_liquidity(created, coins, Shares::ZERO).unwrap();
    }
    for mint in &mints {
        let coin = exchange.issue(mint, Amount::new(1 << 110).unwrap()).unwrap();
        exchange.put(trader, coin).unwrap();
    }
    (exchange, trader)
}

/// The networks on which routers are timed: families and numbers of pools.
pub const NETWORKS: [(Family, usize); 10] = [
    (Family::Hub, 100),
    (Family::Hub, 1_000),
    (Family::Hub, 10_000),
    (Family::Hub, 100_000),
    (Family::Dense, 100),
    (Family::Dense, 1_000),
    (Family::Dense, 10_000),
    (Family::Dense, 100_000),
    (Family::Layered, 100),
    (Family::Layered, 1_000),
];

/// Different questions of each kind to a router.
pub const QUERIES: usize = 1_000;

/// A part of what all pools hold of a token, as people trade it.
pub const RETAIL: f64 = 1e-5;

/// A network with its router, warm.
#[derive(Debug)]
pub struct Routed {
    /// The network.
    pub network: Network,
    /// Its router.
    pub router: Router,
}

impl Routed {
    /// The network of this family and size.
    pub fn new(family: Family, pools: usize) -> Self {
        let network = Network::new(family, pools, 1);
        let router = Router::new(&network.market);
        Self { network, router }
    }

    /// Its name in reports, as `hub 1000`.
    pub fn name(&self) -> String {
        format!("{} {}", self.network.family.name(), self.network.market.pools().len())
    }

    /// Different questions, between tokens and for amounts of their own, for some `share` of what
    /// all pools hold of the exact side's token.
    pub fn tasks(&self, exact: Exact, share: f64) -> Vec<Task> {
        self.network.queries(exact, share, (QUERIES, 2))
    }

    /// A task as a question to the router.
    pub fn query(&self, task: &Task) -> Query<'_> {
        let market = &self.network.market;
        match task.exact {
            Exact::In => self.router.sell(market, task.token_in, task.amount).to(task.token_out),
            Exact::Out => self.router.buy(market, task.token_out, task.amount).from(task.token_in),
        }
    }
}

/// The number that this part of all are at most; 0 of none.
#[expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in the list"
)]
pub fn quantile(numbers: &mut [f64], part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let at = (numbers.len().saturating_sub(1) as f64 * part).round() as usize;
    numbers.get(at).copied().unwrap_or_default()
}
