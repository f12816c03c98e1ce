//! Traffic over the pools of mainnet, every law asserted at every swap.
//!
//! The files are not part of the repository: where they are absent, one line says so.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use cenote_formats::{PoolsOptions, read_pools};
use cenote_pool::{Fee, Fill, Hop, Market, Orders, Pool};
use cenote_simulator::{Outcomes, Traffic, World, generate_market};
use cenote_testing::properties::PROPERTIES;
use cenote_testing::{Case, ConstantProduct, laws};

/// Files and how many swaps run over each: a million together.
const FILES: [(&str, usize); 5] = [
    ("pools_2020/pools.csv", 600_000),
    ("pools_2023/pools_A_uniswap_sushi.csv", 100_000),
    ("pools_2023/pools_B_five_venues.csv", 100_000),
    ("pools_2023/pools_C_forks.csv", 100_000),
    ("pools_2024_block_20440688/pools.csv", 100_000),
];

fn market(file: &str) -> Option<Market> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let Ok(input) = File::open(folder.join(file)) else {
        // Unlike `eprintln!`, this is shown for a test that passes.
        let _shown = writeln!(io::stderr(), "{file} is not here, so it is not run");
        return None;
    };
    // Some pools of 2023 name no fee.
    let options = PoolsOptions { default_fee: Some(Fee::UNISWAP_V2), ..PoolsOptions::default() };
    Some(read_pools(input, &options).unwrap())
}

/// Runs orders one after the other; before each hop its pool and amounts are a case of every
/// property, the pool with the shares that its reserves would have made at a first deposit.
fn run_judged(market: &mut Market, orders: &Orders) -> usize {
    let mut judged = 0;
    for order in orders.iter() {
        let mut fills = vec![Fill::default(); order.hops.len()];
        if market.fill_order(order, &mut fills).is_err() {
            continue;
        }
        for (hop, fill) in order.hops.iter().zip(&fills) {
            let case = case(market.pool(hop.pool).unwrap(), *hop, fill);
            for property in PROPERTIES {
                property.check(&case).unwrap_or_else(|violation| panic!("{violation}: {case:?}"));
            }
            market.settle(hop.pool, fill);
            judged += 1;
        }
    }
    judged
}

fn case(pool: &Pool, hop: Hop, fill: &Fill) -> Case {
    let state = ConstantProduct::state(pool);
    Case {
        reserve0: state.reserve0,
        reserve1: state.reserve1,
        total_shares: root_floor(state.reserve0, state.reserve1),
        fee_pips: pool.fee(hop.direction).pips(),
        direction: hop.direction,
        amount0: fill.amount_in.get(),
        amount1: fill.amount_out.get(),
    }
}

fn root_floor(a: u128, b: u128) -> u128 {
    (primitive_types::U256::from(a) * primitive_types::U256::from(b)).integer_sqrt().as_u128()
}

/// Runs the same orders from wallets through an exchange, and closes its books.
fn run_world(market: &Market, orders: &Orders, traders: &[u32]) {
    let mut world = World::open(market).unwrap().world;
    let wallets = (0..100).map(|_| world.open_wallet().unwrap()).collect::<Vec<_>>();
    let traders = traders.iter().map(|trader| *wallets.get(index(*trader)).unwrap());
    let traders = traders.collect::<Vec<_>>();
    let mut outcomes = Outcomes::new();
    world.run(orders, &traders, &mut outcomes).unwrap();
    assert!(outcomes.refused() < orders.len() / 2, "most orders must run");
    let audit = world.exchange().audit().unwrap();
    assert!(audit.nothing_outside(), "issued = in pools + in wallets, for each token");
    assert!(audit.every_share_backed());
    let shared = audit.shares.iter().filter(|shares| !shares.in_wallets.is_zero()).count();
    assert_eq!(world.redeem_everything(), shared, "every share can be redeemed");
}

fn index(trader: u32) -> usize {
    usize::try_from(trader).unwrap()
}

fn run(market: &Market, swaps: usize) {
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    Traffic::new(market, 100, 7).write(swaps, &mut orders, &mut traders);
    run_world(market, &orders, &traders);
    let judged = run_judged(&mut market.clone(), &orders);
    assert!(swaps / 2 < judged, "most orders must run");
}

#[test]
fn every_law_holds_at_every_swap_over_real_pools() {
    for (file, swaps) in FILES {
        if let Some(market) = market(file) {
            run(&market, swaps);
        }
    }
}

#[test]
fn every_law_holds_at_every_swap_over_made_pools() {
    run(&generate_market(200, 3), 20_000);
}

/// The check can fail: a swap that takes one unit more than its quote is noticed.
#[test]
fn a_greedy_swap_is_noticed() {
    let market = generate_market(1, 3);
    let pool = market.pools().first().unwrap();
    let fill = pool.quote_exact_in(pool.token0(), pool.reserves().reserve0).unwrap();
    let before = ConstantProduct::state(pool);
    let amounts = [fill.amount_in.get(), fill.amount_out.get() + 1];
    let judged = laws::passes_k(&before, fill.direction, amounts, pool.fee(fill.direction).pips());
    assert!(judged.is_err());
}
