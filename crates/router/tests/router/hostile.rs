//! What random hostile markets found in splits, one case each.

use std::time::Instant;

use cenote_pool::{Amount, Fee, MAX_HOPS, Market, Pool, Reserves, TokenId};
use cenote_router::{Plan, Router, RoutingError};

const MAX: u128 = Amount::MAX.get();

/// Pools without a fee: two tokens, and what is held of them.
fn market(tokens: u32, pools: &[(u32, u32, u128, u128)]) -> Market {
    let mut market = Market::new();
    for token in 0..tokens {
        market.add_token(&format!("t{token}")).unwrap();
    }
    for (at, (token0, token1, reserve0, reserve1)) in pools.iter().enumerate() {
        let [reserve0, reserve1] = [*reserve0, *reserve1].map(|held| Amount::new(held).unwrap());
        let pool = Pool::new((*token0).into(), (*token1).into(), Fee::ZERO).unwrap();
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
        market.add_pool(&format!("p{at}"), pool).unwrap();
    }
    market
}

fn amount(units: u128) -> Amount {
    Amount::new(units).unwrap()
}

fn token(place: u32) -> TokenId {
    place.into()
}

/// What every plan must be.
fn check(market: &Market, router: &Router, plan: &Plan) {
    let done = market.fill_route(&plan.route).unwrap();
    let bought = done.holdings.iter().find(|(token, _)| *token == plan.route.token_out);
    assert!(bought.is_some_and(|(_, bought)| plan.route.amount_out <= *bought));
    assert!(plan.prices().iter().all(|price| 0.0 < *price && price.is_finite()));
    let query = router.sell(market, plan.route.token_in, plan.route.amount_in);
    if plan.exact == cenote_pool::Exact::In && plan.gas.is_zero() {
        assert_eq!(query.to(plan.route.token_out).bound(plan.prices()), Ok(plan.bound));
    }
}

#[test]
fn one_hop_stays_one_hop_where_circles_pay() {
    let market = market(
        2,
        &[
            (1, 0, 2_046_814_351_425_689, 474_303_413_247_331),
            (0, 1, 3_385_760_093_538_873, 743_237_534_389_756),
        ],
    );
    let router = Router::new(&market);
    let query = router.sell(&market, token(0), amount(43_847_876_950)).to(token(1));
    let plan = query.split().max_hops(1).best().unwrap();
    check(&market, &router, &plan);
    assert!(plan.route.steps.iter().all(|step| step.token_in == token(0)));
}

#[test]
fn a_market_that_joins_other_tokens_is_refused() {
    let pools = |shift: u32| {
        [(3, 1, 3, MAX - 2), (5, 1, 21_062, 21_867), (2, 1, 2, MAX - 1), (5, 3, 94_322, 14_013)]
            .map(|(a, b, x, y)| ((a + shift) % 8, (b + shift) % 8, x, y))
    };
    let router = Router::new(&market(8, &pools(0)));
    let other = market(8, &pools(1));
    let asked = router.sell(&other, token(1), amount(118_359)).to(token(3)).split().best();
    assert!(matches!(asked, Err(RoutingError::StaleGraph { .. })), "{asked:?}");
}

#[test]
fn nobody_holds_more_than_the_largest_amount_on_the_way() {
    let pools = [
        (1, 2, 2, MAX),
        (0, 1, 2, MAX - 1),
        (1, 2, 1, MAX - 2),
        (3, 2, 808_967, 3_848_709),
        (3, 2, 808_967, 3_848_709),
    ];
    let market = market(4, &pools);
    let router = Router::new(&market);
    let query = router.sell(&market, token(1), amount(273_131)).to(token(3));
    if let Ok(plan) = query.split().best() {
        check(&market, &router, &plan);
    }
}

#[test]
fn dust_buys_no_plan_without_steps() {
    let market = market(2, &[(0, 1, 112, 112)]);
    let router = Router::new(&market);
    let asked = router.sell(&market, token(0), amount(1)).to(token(1)).split().best();
    assert_eq!(asked, Err(RoutingError::NoRoute { amount: amount(1), max_hops: MAX_HOPS }));
}

#[test]
fn prices_are_numbers_where_reserves_are_at_both_ends() {
    let pools = [
        (3, 1, 2, MAX - 2),
        (1, 2, 2, MAX),
        (2, 3, 302_011_763_775_739_859_714_984, 4_394_115_835_216_617_032_984_360),
        (2, 4, 2_790_319_929_965_754_004_665_684, 4_466_000_737_488_204_586_271_252),
    ];
    let market = market(7, &pools);
    let router = Router::new(&market);
    let plan = router.sell(&market, token(3), amount(527_282)).to(token(4)).split().best().unwrap();
    check(&market, &router, &plan);
}

#[test]
fn a_deadline_that_is_over_still_leaves_the_best_path() {
    let whole = 6_552_695_720_213_944_646_552_044;
    let market = market(2, &[(0, 1, whole, whole), (1, 0, whole / 18, whole / 18)]);
    let router = Router::new(&market);
    let query = router.buy(&market, token(1), amount(whole / 2)).from(token(0));
    let plan = query.split().deadline(Instant::now()).best().unwrap();
    check(&market, &router, &plan);
}

#[test]
fn a_cost_near_the_largest_amount_is_paid_once() {
    let pool = (1, 0, 252_910_843_721_578_284, 252_910_843_721_578_284);
    let market = market(2, &[pool, pool]);
    let router = Router::new(&market);
    let query = router.buy(&market, token(1), amount(160_083_017_840_214)).from(token(0));
    let plan = query.gas_per_pool(amount(MAX - 7)).split().best().unwrap();
    assert_eq!(plan.route.steps.len(), 1);
}
