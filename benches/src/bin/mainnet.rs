//! How the router does on the pools of mainnet, where their files lie beside the repository:
//!
//! ```text
//! cargo run --release -p benches --bin mainnet [SNAPSHOT]
//! ```
//!
//! A thousand questions to each market: what is the best split of 10^-5 to 1 % of what all pools
//! hold of a token? Tokens come up as often as they are traded. Each is asked once, on one core.
//!
//! Real markets hold arbitrage, mostly dust. The bound allows a plan that borrows what a circle of
//! swaps needs; the plan never owes. So a gap here may be what no plan without a debt can have.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "times, ratios and counts for people"
)]

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use benches::{QUERIES, quantile};
use cenote_formats::{FormatError, PoolsOptions, read_pools};
use cenote_pool::{Amount, Fee, Market, Route};
use cenote_router::{DEFAULT_HOPS, Plan, Query, Router, RoutingError};
use cenote_testing::networks::Task;

/// The snapshots, each a market of its own.
const FILES: [&str; 5] = [
    "pools_2020/pools.csv",
    "pools_2023/pools_A_uniswap_sushi.csv",
    "pools_2023/pools_B_five_venues.csv",
    "pools_2023/pools_C_forks.csv",
    "pools_2024_block_20440688/pools.csv",
];

const WETH: &str = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const USDC: &str = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";

/// The least and the largest share sold, as powers of ten.
const POWERS: [f64; 2] = [-5.0, -2.0];

/// What a pool costs: 100,000 gas at 20 gwei.
const GAS: Amount = Amount::from_u64(2_000_000_000_000_000);

/// How the questions are asked.
#[derive(Clone, Copy)]
enum Way {
    Free,
    Short,
    Costly,
}

const WAYS: [Way; 3] = [Way::Free, Way::Short, Way::Costly];

/// What was measured on one market.
#[derive(Default)]
struct Measured {
    micros: Vec<f64>,
    gaps_ppm: Vec<f64>,
    steps: Vec<f64>,
    /// What the split buys beyond the best path, in millionths of what the path buys, where it is
    /// more.
    gains_ppm: Vec<f64>,
    /// Plans at their bound; less than rounding can cost from it; worse than the best path.
    proven: usize,
    rounded: usize,
    worse: usize,
    /// Not worth their gas, whatever the plan.
    lost: usize,
    refused: BTreeMap<String, usize>,
}

fn main() -> Result<(), FormatError> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    for name in FILES.into_iter().filter(|name| name.contains(&wanted)) {
        let Ok(input) = File::open(folder.join(name)) else {
            println!("{name} is not here, so it is not asked");
            continue;
        };
        // Some pools of 2023 name no fee.
        let options =
            PoolsOptions { default_fee: Some(Fee::UNISWAP_V2), ..PoolsOptions::default() };
        let market = read_pools(input, &options)?;
        println!("{name}: {} pools, {} tokens", traded(&market).0, traded(&market).1);
        let router = Router::new(&market);
        show_arbitrage(&router, &market);
        let tasks = Task::sales(&market, POWERS, (QUERIES, 1));
        for way in WAYS {
            let mut measured = Measured::default();
            for task in &tasks {
                let query = router.sell(&market, task.token_in, task.amount).to(task.token_out);
                measured.ask(query, way, way.gas(&router, &market, task));
            }
            println!(" {}", way.name());
            measured.show();
        }
    }
    Ok(())
}

/// What all circles of swaps are worth, as the bound of a trade that brings next to nothing.
fn show_arbitrage(router: &Router, market: &Market) {
    let (Ok(weth), Ok(usdc)) = (market.token(WETH), market.token(USDC)) else { return };
    let unit = Amount::from_u64(1);
    if let Ok(plan) = router.sell(market, usdc, unit).to(weth).split().best() {
        let [bound, bought] =
            [plan.bound, plan.route.amount_out].map(|amount| amount.get() as f64 / 1e18);
        println!("  for 0.000001 USDC at most {bound:.4} WETH, found {bought:.4} WETH");
    }
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Free => "any number of pools in a row",
            Self::Short => "at most 4 pools in a row",
            Self::Costly => "any number of pools in a row, 0.002 WETH for each pool used",
        }
    }

    /// What a pool costs in the token bought, as the market itself tells.
    fn gas(self, router: &Router, market: &Market, task: &Task) -> Amount {
        match (self, market.token(WETH)) {
            (Self::Costly, Ok(weth)) if weth == task.token_out => GAS,
            (Self::Costly, Ok(weth)) => {
                let cost = router.sell(market, weth, GAS).to(task.token_out).best();
                cost.map(|route| route.amount_out).unwrap_or_default()
            }
            _ => Amount::ZERO,
        }
    }
}

/// Pools that hold something, and the tokens that they trade.
fn traded(market: &Market) -> (usize, usize) {
    let pools = market.pools().iter().filter(|pool| !pool.is_empty());
    let tokens = pools.clone().flat_map(|pool| [pool.token0(), pool.token1()]);
    (pools.clone().count(), tokens.collect::<HashSet<_>>().len())
}

fn split(query: Query<'_>, way: Way) -> Result<Plan, RoutingError> {
    match way {
        Way::Short => query.split().max_hops(DEFAULT_HOPS).best(),
        Way::Free | Way::Costly => query.split().best(),
    }
}

impl Measured {
    fn ask(&mut self, query: Query<'_>, way: Way, gas: Amount) {
        let query = query.gas_per_pool(gas);
        let start = Instant::now();
        let plan = split(query, way);
        self.micros.push(start.elapsed().as_secs_f64() * 1e6);
        let path = query.best().map(|path| net(&path, gas));
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => {
                let beside = if path.is_ok() { ", though a path is there" } else { "" };
                *self.refused.entry(format!("{}{beside}", reason(&error))).or_default() += 1;
                return;
            }
        };
        self.gaps_ppm.push(plan.gap_ppm());
        self.steps.push(plan.route.steps.len() as f64);
        self.proven += usize::from(plan.gap_units().is_zero());
        self.rounded += usize::from(plan.gap_units().get() as f64 <= roundings(&plan));
        let Ok(path) = path else { return };
        let [split, single] = [plan.net(), path].map(|amount| amount.get() as f64);
        if path < plan.net() && 0.0 < single {
            self.gains_ppm.push((split / single - 1.0) * 1e6);
        }
        self.lost += usize::from(plan.bound.is_zero());
        self.worse += usize::from(plan.net() < path);
    }

    fn show(&mut self) {
        let Self { micros, gaps_ppm, steps, gains_ppm, .. } = self;
        line("microseconds", micros, 1);
        line("gap, ppm", gaps_ppm, 4);
        line("steps", steps, 0);
        line("gain over the best path, ppm", gains_ppm, 1);
        let Self { proven, rounded, worse, lost, .. } = self;
        let (answered, better) = (self.gaps_ppm.len(), self.gains_ppm.len());
        println!("  of {answered} answers: gap 0 {proven}, within rounding {rounded}");
        println!("  better than the best path of 4 pools {better}, worse {worse}");
        if 0 < *lost {
            println!("  proven not to be worth their gas {lost}");
        }
        for (reason, count) in &self.refused {
            println!("  refused, {reason}: {count}");
        }
    }
}

/// What a path brings after its gas; nothing where that is more.
fn net(path: &Route, gas: Amount) -> Amount {
    let pools = path.steps.iter();
    pools.fold(path.amount_out, |left, _| left.checked_sub(gas).unwrap_or_default())
}

/// What rounding to whole units costs a plan at most, in units of the token bought: of each step one
/// unit of what it buys, and one of the bound.
fn roundings(plan: &Plan) -> f64 {
    let price = |token: cenote_pool::TokenId| plan.prices().get(token.index()).copied();
    let steps = plan.route.steps.iter().filter_map(|step| price(step.token_out));
    steps.sum::<f64>() + 1.0
}

/// An error's kind, without its numbers.
fn reason(error: &RoutingError) -> String {
    format!("{error:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
}

fn line(name: &str, numbers: &mut [f64], digits: usize) {
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| quantile(numbers, part));
    println!("  {name:30}p50 {p50:>12.digits$}  p90 {p90:>12.digits$}  p99 {p99:>14.digits$}");
}
