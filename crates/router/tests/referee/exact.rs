//! The bound in big integers beside the one in floats.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "tests: a tolerance, and a number that is read"
)]

use cenote_pool::{Amount, Direction, Exact, Market, PoolId};
use cenote_router::{Query, Router};
use proptest::prelude::*;

use crate::market::{amount, market, markets, prices, units};

/// Both questions about one amount of token 0 against token 1.
fn questions<'a>(router: &'a Router, market: &'a Market, units: u128) -> [(Query<'a>, Exact); 2] {
    let sell = router.sell(market, 0.into(), amount(units)).to(1.into());
    [(sell, Exact::In), (router.buy(market, 1.into(), amount(units)).from(0.into()), Exact::Out)]
}

/// The terms that are added and subtracted, in units of the token that is counted; the difference
/// of two bounds is measured by them.
fn gross(market: &Market, prices: &[f64], units: u128, exact: Exact) -> f64 {
    let price = |token: usize| match prices.get(token) {
        Some(price) if *price >= 1e-120 => price.min(1e120),
        Some(_) => 1e-120,
        None => 1.0,
    };
    let (given, counted) = match exact {
        Exact::In => (0, 1),
        Exact::Out => (1, 0),
    };
    let mut sum = units as f64 * price(given);
    for pool in market.pools() {
        let held = pool.reserves();
        let tolls = Direction::BOTH
            .map(|way| f64::from(pool.fee(way).scale()) / f64::from(pool.fee(way).kept()));
        let worth0 = held.reserve0.get() as f64 * price(pool.token0().index());
        let worth1 = held.reserve1.get() as f64 * price(pool.token1().index());
        sum += 2.0 * (worth0 * tolls[0] + worth1 * tolls[1]);
    }
    sum / price(counted)
}

fn compare(query: &Query<'_>, prices: &[f64], exact: Exact, gross: f64) {
    let exactly = query.bound_exactly(prices).unwrap();
    let nearly = query.bound(prices).unwrap();
    let (tight, loose) = match exact {
        Exact::In => (exactly, nearly),
        Exact::Out => (nearly, exactly),
    };
    assert!(tight <= loose, "{exactly} against {nearly}");
    let apart = (loose.get() - tight.get()) as f64;
    assert!(apart <= 1.0 + 1e-12 * gross, "{exactly} against {nearly}, of {gross}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn whole_numbers_are_never_looser_than_floats_and_close(
        (tokens, pools) in markets(),
        prices in prices(),
        units in units(),
        gas in prop_oneof![Just(0), self::units()],
    ) {
        let market = market(tokens, &pools);
        let router = Router::new(&market);
        for (query, exact) in questions(&router, &market, units) {
            let query = query.gas_per_pool(amount(gas));
            compare(&query, &prices, exact, gross(&market, &prices, units, exact));
        }
    }

    /// At good prices the two are as close as the amounts themselves can be told apart.
    #[test]
    fn at_the_prices_of_a_plan_both_say_the_same(
        (tokens, pools) in markets(),
        units in units(),
    ) {
        let market = market(tokens, &pools);
        let router = Router::new(&market);
        for (query, exact) in questions(&router, &market, units) {
            let Ok(plan) = query.split().best() else { continue };
            let bound = query.bound_exactly(plan.prices()).unwrap();
            let worth = gross(&market, plan.prices(), units, exact);
            compare(&query, plan.prices(), exact, worth);
            let net = plan.net();
            assert!(match exact { Exact::In => net <= bound, Exact::Out => bound <= net }, "{net} against {bound}");
        }
    }
}

/// Gas for each pool, and pools left out: the same in both.
#[test]
fn gas_and_filters_are_those_of_the_question() {
    let market = market(2, &[(0, 1, 1000, 1000, 0), (0, 1, 1000, 1000, 0)]);
    let router = Router::new(&market);
    let two = questions(&router, &market, 1000).map(|(query, _)| query.gas_per_pool(amount(50)));
    let [sell, buy] = two.map(|query| query.bound_exactly(&[0.25, 1.0]).unwrap().get());
    // 250 of the input, and 250 less 50 of each pool; 1000 less twice (1000 - 50), by hand.
    assert_eq!((sell, buy), (250 + 2 * 200, (1000 - 2 * 250) * 4 + 2 * 50));
    let (first, second) = ([PoolId::from(0)], [PoolId::from(1)]);
    for query in two {
        let less = [query.without_pools(&second), query.only_pools(&first)];
        let [one, alone] = less.map(|query| query.bound_exactly(&[0.25, 1.0]));
        assert_eq!(one, alone);
        assert_ne!(one, query.bound_exactly(&[0.25, 1.0]));
        assert_eq!(one, query.without_pools(&first).bound(&[0.25, 1.0]));
    }
}

/// A pool of 1000 and 1000 without a fee, in which 1000 more buy 500 and the price is then 1 / 4;
/// and the same backwards: all by hand, to the last unit.
#[test]
fn a_bound_by_hand() {
    let market = market(2, &[(0, 1, 1000, 1000, 0)]);
    let router = Router::new(&market);
    let [(sell, _), _] = questions(&router, &market, 1000);
    assert_eq!(sell.bound_exactly(&[0.25, 1.0]), Ok(amount(500)));
    assert_eq!(sell.bound_exactly(&[1.0, 4.0]), Ok(amount(500)));
    assert_eq!(sell.bound(&[0.25, 1.0]), Ok(amount(500)));
    let [_, (buy, _)] = questions(&router, &market, 500);
    assert_eq!(buy.bound_exactly(&[0.25, 1.0]), Ok(amount(1000)));
    // At a price of 1 nothing is earned, and everybody gets as much as they pay.
    assert_eq!(sell.bound_exactly(&[1.0, 1.0]), Ok(amount(1000)));
    // The pool sells the other way: 16000 + 9000 - 2 * 12000 is earned.
    let [(small, _), _] = questions(&router, &market, 1);
    assert_eq!(small.bound_exactly(&[16.0, 9.0]), Ok(amount((16 + 1000) / 9)));
}

/// Where a float has not enough digits, 2^112 - 1 is told from 2^112 - 2.
#[test]
fn every_unit_counts() {
    let market = market(2, &[(0, 1, 1, 1, 0)]);
    let router = Router::new(&market);
    for less in 0..3 {
        let units = Amount::MAX.get() - less;
        let [(sell, _), (buy, _)] = questions(&router, &market, units);
        assert_eq!(sell.bound_exactly(&[1.0, 1.0]), Ok(amount(units)));
        assert_eq!(buy.bound_exactly(&[1.0, 1.0]), Ok(amount(units)));
        assert_eq!(sell.bound_exactly(&[2.0, 1.0]), Ok(Amount::MAX));
        assert_eq!(buy.bound_exactly(&[1.0, 2.0]), Ok(Amount::MAX));
    }
}

#[test]
fn a_question_that_makes_no_sense_has_no_bound() {
    let market = market(2, &[(0, 1, 1, 1, 0)]);
    let router = Router::new(&market);
    let same = router.sell(&market, 0.into(), amount(1)).to(0.into());
    assert_eq!(same.bound_exactly(&[]), same.bound(&[]));
    assert!(same.bound_exactly(&[]).is_err());
}
