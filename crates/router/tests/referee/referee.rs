//! Anybody's routes, judged.

use cenote_pool::{Amount, Direction, Hop, Market, PoolId, Route, RouteError, Step, SwapError};
use cenote_router::{Certified, CertifyError, Router, RoutingError, certify, certify_with};
use proptest::prelude::*;

use crate::market::{amount, market, markets, prices, units};

/// A triangle, and a second pool between 0 and 1.
fn triangle() -> Market {
    let much = 1_000_000_000;
    market(
        3,
        &[
            (0, 1, much, 2 * much, 30),
            (0, 2, much, much, 30),
            (2, 1, much, 2 * much, 30),
            (0, 1, much, 2 * much, 5),
        ],
    )
}

fn step(pool: u32, token_in: u32, amount_in: u128, token_out: u32, amount_out: u128) -> Step {
    Step {
        pool: pool.into(),
        token_in: token_in.into(),
        amount_in: amount(amount_in),
        token_out: token_out.into(),
        amount_out: amount(amount_out),
    }
}

/// A sale of token 0 for token 1.
fn route(amount_in: u128, amount_out: u128, steps: Vec<Step>) -> Route {
    let (token_in, token_out) = (0.into(), 1.into());
    Route {
        token_in,
        token_out,
        amount_in: amount(amount_in),
        amount_out: amount(amount_out),
        steps,
    }
}

/// The split's route, and its certificate.
fn split(market: &Market, units: u128) -> (Route, Certified) {
    let router = Router::new(market);
    let plan = router.sell(market, 0.into(), amount(units)).to(1.into()).split().best().unwrap();
    let certified = certify(market, &plan.route).unwrap();
    assert_eq!(certified.prices, plan.prices());
    (plan.route, certified)
}

#[test]
fn a_split_is_as_good_as_it_says() {
    let market = triangle();
    let (route, certified) = split(&market, 30_000_000);
    assert_eq!(certified.amount_out, route.amount_out);
    assert_eq!(certified.holdings, []);
    assert!(certified.gap_units() <= amount(8), "{certified:?}");
    assert!(certified.gap_ppm() < 1.0, "{certified:?}");
    let gap = certified.bound.checked_sub(certified.amount_out);
    assert_eq!(gap, Some(certified.gap_units()));
}

#[test]
fn a_path_is_told_how_much_a_split_would_gain() {
    let market = triangle();
    let (split, best) = split(&market, 30_000_000);
    let hop = Hop { pool: PoolId::from(3), direction: Direction::ZeroForOne };
    let path = market.route_exact_in(&[hop], amount(30_000_000)).unwrap();
    let certified = certify(&market, &path).unwrap();
    assert_eq!(certified.bound, best.bound);
    let missing = split.amount_out.checked_sub(path.amount_out).unwrap();
    assert!(missing <= certified.gap_units() && 10_000.0 < certified.gap_ppm());
}

/// One unit more asked for anywhere is a unit that is not there.
#[test]
fn a_plan_with_one_unit_more_is_refused_at_its_step() {
    let market = triangle();
    let (good, _) = split(&market, 30_000_000);
    assert!(3 < good.steps.len());
    let one = Amount::from_u64(1);
    for at in 0..good.steps.len() {
        let mut route = good.clone();
        let steps = &mut route.steps;
        steps[at].amount_out = steps[at].amount_out.checked_add(one).unwrap();
        let refused = certify(&market, &route);
        let short = |error: &SwapError| matches!(error, SwapError::InsufficientOutput { .. });
        let Err(CertifyError::Route(RouteError::Step { at: place, error })) = refused else {
            panic!("{refused:?}");
        };
        assert!(place == at && short(&error), "{error:?}");
    }
    let mut route = good.clone();
    route.amount_out = route.amount_out.checked_add(one).unwrap();
    let (amount_out, amount_out_min) = (good.amount_out, route.amount_out);
    let short = RouteError::InsufficientOutput { amount_out, amount_out_min };
    assert_eq!(certify(&market, &route), Err(CertifyError::Route(short)));
    let mut route = good.clone();
    route.amount_in = route.amount_in.checked_sub(one).unwrap();
    let overdrawn = certify(&market, &route);
    assert!(matches!(overdrawn, Err(CertifyError::Route(RouteError::Overdrawn { .. }))));
}

/// What is left of other tokens is listed, and nothing that counts.
#[test]
fn only_the_token_bought_counts() {
    let market = triangle();
    let bought = |units| {
        let fill =
            market.pool(0.into()).unwrap().fill_exact_in(Direction::ZeroForOne, amount(units));
        fill.unwrap().amount_out
    };
    let (out, aside) = (bought(500), 500);
    let route = route(1500, 0, vec![step(1, 0, aside, 2, 0), step(0, 0, 500, 1, 0)]);
    let certified = certify(&market, &route).unwrap();
    assert_eq!(certified.amount_out, out);
    assert_eq!(certified.holdings, [(0.into(), amount(500)), (2.into(), amount(498))]);
    let nothing = Route { steps: vec![step(1, 0, aside, 2, 0)], ..route };
    let certified = certify(&market, &nothing).unwrap();
    assert_eq!((certified.amount_out, certified.gap_units()), (Amount::ZERO, certified.bound));
}

/// Back and forth and the same pool twice: all of it counts as it happens.
#[test]
fn a_pool_used_again_is_as_it_was_left() {
    let market = triangle();
    let there = step(0, 0, 1_000_000, 1, 0);
    let mut fork = market.clone();
    let once = fork.execute(&route(1_000_000, 0, vec![there])).unwrap().fills[0].amount_out;
    let back = step(0, 1, once.get(), 0, 0);
    let returned =
        fork.execute(&Route { token_in: 1.into(), amount_in: once, ..route(0, 0, vec![back]) });
    let returned = returned.unwrap().fills[0].amount_out;
    let again = step(0, 0, returned.get(), 1, 0);
    let certified = certify(&market, &route(1_000_000, 0, vec![there, back, again])).unwrap();
    assert!(certified.amount_out < once && certified.gap_ppm() > 5000.0, "{certified:?}");
    let spent = certify(&market, &route(1_000_000, 0, vec![there, back, back]));
    assert!(matches!(spent, Err(CertifyError::Route(RouteError::Overdrawn { at: 2, .. }))));
}

#[test]
fn what_is_no_route_is_refused_with_its_reason() {
    let market = triangle();
    let cases = [
        (route(10, 0, vec![]), RouteError::Empty),
        (route(10, 0, vec![step(1, 0, 10, 1, 0)]), RouteError::WrongToken { at: 0 }),
        (
            route(10, 0, vec![step(9, 0, 10, 1, 0)]),
            RouteError::Step { at: 0, error: SwapError::UnknownPool { pool: 9.into() } },
        ),
        (
            route(0, 0, vec![step(0, 0, 0, 1, 0)]),
            RouteError::Step { at: 0, error: SwapError::ZeroAmount },
        ),
    ];
    for (route, error) in cases {
        assert_eq!(certify(&market, &route), Err(CertifyError::Route(error)));
    }
    let circle = Route { token_out: 0.into(), ..route(1000, 0, vec![step(0, 0, 10, 1, 0)]) };
    let same = Err(CertifyError::Routing(RoutingError::SameToken));
    assert_eq!(certify(&market, &circle), same);
    assert_eq!(certify_with(&market, &circle, Vec::new()), same);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// Any steps in any order, any prices: nothing passes a bound.
    #[test]
    fn no_steps_beat_a_bound(
        (tokens, pools) in markets(),
        units in units(),
        ways in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 1..=8_u32), 1..20),
        prices in prices(),
    ) {
        let market = market(tokens, &pools);
        let mut fork = market.clone();
        let mut held = [Amount::ZERO; 6];
        held[0] = amount(units);
        let mut steps = Vec::new();
        for (pool, is_forth, part) in ways {
            let id = PoolId::from_index(pool.index(pools.len())).unwrap();
            let direction = if is_forth { Direction::ZeroForOne } else { Direction::OneForZero };
            let (token_in, token_out) = fork.pool(id).unwrap().tokens(direction);
            let paid = amount(held[token_in.index()].get() / u128::from(part));
            let Ok(fill) = fork.swap_exact_in(id, token_in, paid, Amount::ZERO) else { continue };
            let Some(sum) = held[token_out.index()].checked_add(fill.amount_out) else { break };
            held[token_in.index()] = held[token_in.index()].checked_sub(paid).unwrap();
            held[token_out.index()] = sum;
            let amount_out = fill.amount_out;
            steps.push(Step { pool: id, token_in, amount_in: paid, token_out, amount_out });
        }
        if steps.is_empty() {
            return Ok(());
        }
        let route = route(units, held[1].get(), steps);
        for certified in [certify(&market, &route), certify_with(&market, &route, prices)] {
            let certified = certified.unwrap();
            assert_eq!(certified.amount_out, held[1]);
            let rest = certified.holdings.iter().map(|(_, amount)| amount.get()).sum::<u128>();
            let other = held.iter().map(|amount| amount.get()).sum::<u128>();
            assert_eq!(rest + held[1].get(), other);
        }
    }
}
