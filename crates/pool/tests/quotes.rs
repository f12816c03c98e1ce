//! Many quotes at once are those that each gives by itself.

#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may fail")]

use cenote_pool::{
    Amount, Direction, Exact, Fee, Fees, Hop, Isa, Market, Order, Orders, Paths, Pool, PoolId,
    Reserves, Tile,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn amount() -> impl Strategy<Value = Amount> {
    let units = prop_oneof![
        1 => 0_u128..4,
        4 => (0_u32..112, any::<u128>()).prop_map(|(shift, bits)| bits >> 16 >> shift),
        1 => Amount::MAX.get() - 3..=Amount::MAX.get(),
    ];
    units.prop_map(|units| Amount::new(units).unwrap())
}

/// A pool of two of four tokens, also an empty one.
fn pool() -> impl Strategy<Value = Pool> {
    let fee = || (0..Fee::SCALE).prop_map(|pips| Fee::from_pips(pips).unwrap());
    let fees = (fee(), fee()).prop_map(|(fee0, fee1)| Fees::new(fee0, fee1));
    (0..4_u32, 1..4_u32, fees, amount(), amount()).prop_map(
        |(token0, step, fees, reserve0, reserve1)| {
            let token1 = (token0 + step) % 4;
            let pool = Pool::new(token0.into(), token1.into(), fees).unwrap();
            pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap_or(pool)
        },
    )
}

fn market() -> impl Strategy<Value = Market> {
    vec(pool(), 1..12).prop_map(|pools| {
        let mut market = Market::new();
        for token in ["a", "b", "c", "d"] {
            market.add_token(token).unwrap();
        }
        for (place, pool) in pools.into_iter().enumerate() {
            market.add_pool(&format!("p{place}"), pool).unwrap();
        }
        market
    })
}

fn hop() -> impl Strategy<Value = Hop> {
    (0..13_u32, 0..2_usize).prop_map(|(pool, way)| Hop {
        pool: PoolId::from(pool),
        direction: if way == 0 { Direction::ZeroForOne } else { Direction::OneForZero },
    })
}

/// Lets hops join as long as any pool takes what the last one gives, and go on from there.
fn join(market: &Market, hops: &mut [Hop]) {
    let mut token = None;
    for hop in hops {
        let count = u32::try_from(market.pools().len()).unwrap();
        let mut places = (0..count).map(|step| (hop.pool.get() + step) % count);
        let takes = |place: &u32| {
            let pool = market.pool((*place).into()).unwrap();
            token.is_none_or(|token| pool.direction(token).is_ok())
        };
        if let Some(place) = places.find(takes) {
            hop.pool = place.into();
            let pool = market.pool(hop.pool).unwrap();
            hop.direction = token.map_or(hop.direction, |token| pool.direction(token).unwrap());
        }
        token = market.pool(hop.pool).ok().map(|pool| pool.tokens(hop.direction).1);
    }
}

fn exact() -> impl Strategy<Value = Exact> {
    prop_oneof![Just(Exact::In), Just(Exact::Out)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 400 }))]

    #[test]
    fn swaps_quoted_together_are_quoted_as_each_by_itself(
        market in market(),
        swaps in vec((hop(), amount()), 0..500),
        exact in exact(),
    ) {
        let expected = swaps.iter().map(|(hop, amount)| {
            let unknown = cenote_pool::SwapError::UnknownPool { pool: hop.pool };
            let pool = market.pool(hop.pool).map_err(|_| unknown)?;
            match exact {
                Exact::In => pool.fill_exact_in(hop.direction, *amount),
                Exact::Out => pool.fill_exact_out(hop.direction, *amount),
            }
        });
        let expected = expected.collect::<Vec<_>>();
        for isa in Isa::available() {
            let (mut tile, mut fills) = (Tile::with(isa), Vec::new());
            // What is left in a tile is forgotten.
            tile.push(&market.pools()[0], Direction::ZeroForOne, Amount::MAX);
            market.quote_swaps(exact, &swaps, &mut tile, &mut fills);
            prop_assert_eq!(&fills, &expected);
            prop_assert!(tile.is_empty());
        }
    }

    #[test]
    fn orders_quoted_together_are_run_as_each_on_a_fork(
        mut market in market(),
        list in vec((vec(hop(), 1..6), any::<bool>(), exact(), amount(), amount(), 0..3), 0..300),
    ) {
        let mut orders = Orders::new();
        for (hops, joins, exact, amount, limit, open) in &list {
            let mut hops = hops.clone();
            if *joins {
                join(&market, &mut hops);
            }
            let all = if *exact == Exact::Out { Amount::MAX } else { Amount::ZERO };
            let limit = if *open == 0 { *limit } else { all };
            orders.push(Order { exact: *exact, amount: *amount, limit, hops: &hops }).unwrap();
        }
        let expected = orders.iter().map(|order| market.fork().run_order(order));
        let expected = expected.collect::<Vec<_>>();
        for isa in Isa::available() {
            let (mut paths, mut done) = (Paths::with(isa), Vec::new());
            market.quote_orders(&orders, &mut paths, &mut done);
            prop_assert_eq!(&done, &expected);
        }
    }
}

/// A tile takes so many swaps and no more.
#[test]
fn a_tile_that_is_full_takes_nothing() {
    let pool = Pool::new(0.into(), 1.into(), Fee::ZERO).unwrap();
    let mut tile = Tile::new();
    for _ in 0..Tile::SIZE {
        assert!(tile.push(&pool, Direction::ZeroForOne, Amount::MAX));
    }
    assert!(!tile.push(&pool, Direction::ZeroForOne, Amount::MAX));
    assert_eq!(tile.len(), Tile::SIZE);
    assert_eq!(tile.exact_in().len(), Tile::SIZE);
    assert!(tile.is_empty());
}
