//! What the benchmarks have in common: inputs, and what a naive program would do.
//!
//! Inputs are many and different (at least 10^5, of routes 10^3, each of which looks at thousands
//! of pools), since a branch predictor learns small sets by heart. Speeds are compared within one run; the machine may be shared.

use cenote_pool::{Direction, Exact, Hop, Market, Orders, Pool};
use cenote_router::{Query, Router};
use cenote_simulator::{Traffic, generate_market};
use cenote_testing::networks::{Family, Network, Task};
use primitive_types::U256;

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

/// A pool as a naive program would write it: wide integers and their operators.
#[derive(Debug, Clone, Copy)]
pub struct NaivePool {
    /// The reserves.
    pub reserves: [U256; 2],
    /// What is kept of an input, and its scale.
    pub fee: (u32, u32),
}

impl From<&Pool> for NaivePool {
    fn from(pool: &Pool) -> Self {
        let reserves = pool.reserves();
        Self {
            reserves: [reserves.reserve0.into(), reserves.reserve1.into()],
            fee: {
                let fee = pool.fee(Direction::ZeroForOne);
                (fee.kept(), fee.scale())
            },
        }
    }
}

impl NaivePool {
    /// The textbook quote.
    #[expect(clippy::arithmetic_side_effects, reason = "this is the naive program")]
    #[inline]
    pub fn quote(&self, direction: Direction, amount_in: U256) -> U256 {
        let [reserve0, reserve1] = self.reserves;
        let (reserve_in, reserve_out) = match direction {
            Direction::ZeroForOne => (reserve0, reserve1),
            Direction::OneForZero => (reserve1, reserve0),
        };
        let traded = amount_in * self.fee.0;
        traded * reserve_out / (reserve_in * self.fee.1 + traded)
    }

    /// The textbook swap, with the k check of a pair.
    #[expect(clippy::arithmetic_side_effects, reason = "this is the naive program")]
    #[inline]
    pub fn swap(&mut self, hop: Hop, amount_in: U256) -> U256 {
        let amount_out = self.quote(hop.direction, amount_in);
        let [reserve0, reserve1] = self.reserves;
        let (reserve_in, reserve_out) = match hop.direction {
            Direction::ZeroForOne => (reserve0, reserve1),
            Direction::OneForZero => (reserve1, reserve0),
        };
        let after_in = reserve_in + amount_in;
        if amount_out.is_zero() || after_in.bits() > 112 {
            return U256::zero();
        }
        let after_out = reserve_out - amount_out;
        let (kept, scale) = self.fee;
        let adjusted = after_in * scale - amount_in * (scale - kept);
        if adjusted * after_out < reserve_in * reserve_out * scale {
            return U256::zero();
        }
        self.reserves = match hop.direction {
            Direction::ZeroForOne => [after_in, after_out],
            Direction::OneForZero => [after_out, after_in],
        };
        amount_out
    }
}
