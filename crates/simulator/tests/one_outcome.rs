//! One outcome: for every number of threads, in a market and in a world, and equal to running
//! the orders one after the other by hand.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use cenote_pool::{Amount, Direction, Exact, Fill, Hop, Leg, Market, Order, Orders};
use cenote_simulator::{
    Batch, Outcomes, StateHash, Tally, Traffic, UnevenError, World, generate_market, world_hash,
};
use rayon::ThreadPoolBuilder;

/// Enough orders for several windows.
const ORDERS: usize = 60_000;

fn traffic(market: &Market, seed: u64) -> (Orders, Vec<u32>) {
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    Traffic::new(market, 50, seed).write(ORDERS, &mut orders, &mut traders);
    (orders, traders)
}

fn run_market(market: &Market, orders: &Orders, threads: usize) -> (Market, Outcomes) {
    let (mut market, mut outcomes) = (market.clone(), Outcomes::new());
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| Batch::new().run(&mut market, orders, &mut outcomes));
    (market, outcomes)
}

/// The definition: each order on the market that the ones before it left.
fn run_by_hand(market: &Market, orders: &Orders) -> (Market, Vec<Option<Vec<Leg>>>) {
    let mut market = market.clone();
    let outcomes = orders.iter().map(|order| {
        let mut fills = vec![Fill::default(); order.hops.len()];
        market.fill_order(order, &mut fills).ok()?;
        for (hop, fill) in order.hops.iter().zip(&fills) {
            market.settle(hop.pool, fill);
        }
        Some(fills.iter().map(Leg::from).collect())
    });
    let outcomes = outcomes.collect();
    (market, outcomes)
}

fn legs(outcomes: &Outcomes, orders: &Orders) -> Vec<Option<Vec<Leg>>> {
    outcomes.iter(orders).map(|(_, legs)| legs.ok().map(<[Leg]>::to_vec)).collect()
}

#[test]
fn every_number_of_threads_gives_what_one_after_the_other_gives() {
    for (pools, seed) in [(3, 1), (40, 2), (3000, 3)] {
        let market = generate_market(pools, seed);
        let (orders, _) = traffic(&market, seed);
        let (expected, by_hand) = run_by_hand(&market, &orders);
        assert!(by_hand.iter().any(Option::is_none), "some orders must be refused");
        for threads in [1, 2, 4, 8] {
            let (after, outcomes) = run_market(&market, &orders, threads);
            assert_eq!(after, expected, "{pools} pools, {threads} threads");
            assert_eq!(legs(&outcomes, &orders), by_hand, "{pools} pools, {threads} threads");
        }
    }
}

/// One pool takes every order, so every level holds one.
#[test]
fn a_hot_pool_keeps_its_order() {
    let market = generate_market(1, 5);
    let (orders, _) = traffic(&market, 5);
    let (expected, _) = run_by_hand(&market, &orders);
    assert_eq!(run_market(&market, &orders, 4).0, expected);
}

#[test]
fn orders_of_unknown_pools_are_refused() {
    let market = generate_market(2, 5);
    let mut orders = Orders::new();
    let stray = Hop { pool: 7.into(), direction: Direction::OneForZero };
    let own = Hop { pool: 0.into(), direction: Direction::ZeroForOne };
    for hops in [&[stray][..], &[own, stray], &[own]] {
        let amount = market.pools()[0].reserves().reserve0;
        orders.push(Order { exact: Exact::In, amount, limit: Amount::ZERO, hops }).unwrap();
    }
    for threads in [1, 2] {
        let (_, outcomes) = run_market(&market, &orders, threads);
        let codes = outcomes.iter(&orders).map(|(_, done)| done.err().map(|why| why.code()));
        let unknown = Some("unknown_pool");
        assert_eq!(codes.collect::<Vec<_>>(), [unknown, unknown, None]);
    }
}

fn run_world(market: &Market, threads: usize) -> (StateHash, Tally, Vec<Option<Vec<Leg>>>) {
    let (orders, traders) = traffic(market, 9);
    let opening = World::open(market).unwrap();
    assert!(opening.refused.is_empty());
    let mut world = opening.world;
    let wallets = (0..50).map(|_| world.open_wallet().unwrap()).collect::<Vec<_>>();
    let wallet = |trader: &u32| *wallets.get(usize::try_from(*trader).unwrap()).unwrap();
    let traders = traders.iter().map(wallet).collect::<Vec<_>>();
    let mut outcomes = Outcomes::new();
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| world.run(&orders, &traders, &mut outcomes)).unwrap();
    let audit = world.exchange().audit().unwrap();
    assert!(audit.nothing_outside() && audit.every_share_backed());
    let mut tally = Tally::new(market);
    tally.add(market, &orders, &outcomes);
    let state = world_hash(world.exchange());
    assert_eq!(world.redeem_everything(), market.pools().len());
    (state, tally, legs(&outcomes, &orders))
}

#[test]
fn a_world_moves_what_the_market_computes() {
    let market = generate_market(300, 4);
    let (orders, _) = traffic(&market, 9);
    let (_, by_hand) = run_by_hand(&market, &orders);
    let (state, tally, moved) = run_world(&market, 1);
    assert_eq!(moved, by_hand);
    for threads in [2, 4, 8] {
        assert_eq!(run_world(&market, threads), (state, tally.clone(), moved.clone()));
    }
}

/// A token whose supply is nearly exhausted by its pools: orders that cannot be funded are
/// refused by the mint, and those after them still run as they should.
#[test]
fn orders_that_cannot_be_funded_are_refused_one_by_one() {
    use cenote_pool::{Fee, Pool, Reserves};
    let mut market = Market::new();
    let (scarce, usd) = (market.add_token("scarce").unwrap(), market.add_token("usd").unwrap());
    let reserve0 = Amount::MAX.checked_sub(Amount::from_u64(1000)).unwrap();
    let reserve1 = Amount::MAX.checked_sub(Amount::from_u64(100_000)).unwrap();
    let reserves = Reserves { reserve0, reserve1 };
    let pool = Pool::new(scarce, usd, Fee::ZERO).unwrap().with_reserves(reserves).unwrap();
    let pool = market.add_pool("p", pool).unwrap();
    let mut orders = Orders::new();
    let sell = Hop { pool, direction: Direction::ZeroForOne };
    let buy = Hop { pool, direction: Direction::OneForZero };
    for (hop, amount) in [(sell, 600), (buy, 5000), (sell, 600), (buy, 5000), (sell, 400)] {
        let amount = Amount::new(amount).unwrap();
        orders.push(Order { exact: Exact::In, amount, limit: Amount::ZERO, hops: &[hop] }).unwrap();
    }
    let mut world = World::open(&market).unwrap().world;
    let trader = world.open_wallet().unwrap();
    let mut outcomes = Outcomes::new();
    let uneven = world.run(&orders, &[trader; 4], &mut outcomes);
    assert_eq!(uneven, Err(UnevenError { orders: 5, traders: 4 }));
    world.run(&orders, &[trader; 5], &mut outcomes).unwrap();
    let codes = outcomes.iter(&orders).map(|(_, done)| done.err().map(|why| why.code()));
    let codes = codes.collect::<Vec<_>>();
    assert_eq!(codes[2], Some("supply_overflow"));
    assert_eq!((codes[1], codes[3]), (None, None));
    assert!(world.exchange().audit().unwrap().nothing_outside());
}

/// An order of a trader who has no wallet is refused, and what it was funded with goes back.
#[test]
fn a_refused_order_leaves_nothing_issued() {
    let market = generate_market(1, 5);
    let mut orders = Orders::new();
    let hop = Hop { pool: 0.into(), direction: Direction::ZeroForOne };
    let amount = market.pools()[0].reserves().reserve0;
    orders.push(Order { exact: Exact::In, amount, limit: Amount::ZERO, hops: &[hop] }).unwrap();
    let mut world = World::open(&market).unwrap().world;
    let before = world.exchange().audit().unwrap();
    let mut outcomes = Outcomes::new();
    world.run(&orders, &[7.into()], &mut outcomes).unwrap();
    assert_eq!(outcomes.refused(), 1);
    assert_eq!(world.exchange().audit().unwrap(), before);
    // What was planned for it is void, and the next order sees the pool as it is.
    let trader = world.open_wallet().unwrap();
    world.run(&orders, &[trader], &mut outcomes).unwrap();
    assert_eq!(outcomes.refused(), 0);
}
