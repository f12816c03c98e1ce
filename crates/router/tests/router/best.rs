//! The best route is the best, and it is what happens.

use cenote_pool::{Exact, Market, Route};
use cenote_router::{Router, RoutingError};
use proptest::prelude::*;

use crate::market::{Ask, amount, enumerate, market, markets, units};

fn ask(market: &Market, ask: Ask) -> Result<Route, RoutingError> {
    let router = Router::new(market);
    let query = match ask.exact {
        Exact::In => router.sell(market, ask.from, ask.amount).to(ask.to),
        Exact::Out => router.buy(market, ask.to, ask.amount).from(ask.from),
    };
    query.max_hops(ask.max_hops).best()
}

fn check(market: &Market, question: Ask) {
    let answer = ask(market, question);
    assert_eq!(answer, enumerate(market, question), "{question:?}");
    let Ok(route) = answer else { return };
    let mut after = market.clone();
    let done = after.execute(&route).unwrap();
    let held = done.holdings.iter().find(|(token, _)| *token == question.to).unwrap().1;
    match question.exact {
        Exact::In => {
            assert_eq!(done.holdings, [(question.to, route.amount_out)]);
            assert_eq!(route.amount_in, question.amount);
        }
        Exact::Out => {
            assert!(question.amount <= held && route.amount_out == question.amount);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60_000))]

    #[test]
    fn no_simple_path_is_better(
        (tokens, pools) in markets(),
        units in units(),
        max_hops in 1..=7_usize,
    ) {
        let market = market(tokens, &pools);
        for exact in [Exact::In, Exact::Out] {
            let (from, to) = (0.into(), 1.into());
            check(&market, Ask { exact, amount: amount(units), from, to, max_hops });
        }
    }

    /// Few units in every pool: most paths have the same amount, which is what ties are made of.
    #[test]
    fn ties_go_to_short_paths_and_early_pools(
        (tokens, mut pools) in markets(),
        units in 1..20_u128,
        max_hops in 1..=6_usize,
    ) {
        for (_, _, x, y, _) in &mut pools {
            (*x, *y) = (*x % 25 + 1, *y % 25 + 1);
        }
        let market = market(tokens, &pools);
        for exact in [Exact::In, Exact::Out] {
            let (from, to) = (0.into(), 1.into());
            check(&market, Ask { exact, amount: amount(units), from, to, max_hops });
        }
    }

    /// Reserves next to 2^112: an input that is too good for the next pool is no use.
    #[test]
    fn pools_without_room_do_not_mislead(
        (tokens, mut pools) in markets(),
        units in 90..112_u32,
        max_hops in 1..=6_usize,
    ) {
        for (_, _, x, y, _) in &mut pools {
            (*x, *y) = (*x % 1000 + 1, *y % 1000 + 1);
            (*x, *y) = (((1 << 112) - 1) / *x, ((1 << 112) - 1) / *y);
        }
        let market = market(tokens, &pools);
        for exact in [Exact::In, Exact::Out] {
            let (from, to) = (0.into(), 1.into());
            let amount = amount((1 << units) - 1);
            check(&market, Ask { exact, amount, from, to, max_hops });
        }
    }
}

/// The walk that visits token 2 twice is better than any simple path: the pools of 2 and 3
/// disagree about the price, and give more of 2 than they take.
#[test]
fn a_gain_on_the_way_does_not_make_a_path() {
    let (a, b, big) = (1_000_000, 2_000_000, 1_u128 << 80);
    let pools = [
        (0, 2, big, big, 30),
        (2, 3, a, b, 0),
        (2, 3, b, a, 0),
        (2, 1, big, big, 30),
        (0, 1, big, big / 2, 30),
    ];
    let market = market(4, &pools);
    for (exact, max_hops) in [(Exact::In, 4), (Exact::Out, 4), (Exact::In, 16), (Exact::Out, 16)] {
        let question = Ask { exact, amount: amount(1000), from: 0.into(), to: 1.into(), max_hops };
        check(&market, question);
        assert_eq!(ask(&market, question).unwrap().steps.len(), 2);
    }
}

/// The better pool of the first hop gives more than the second hop has room for.
#[test]
fn less_is_more_where_the_next_pool_is_nearly_full() {
    let (max, much) = ((1_u128 << 112) - 1, 1_u128 << 100);
    let pools = [(0, 2, much, much, 0), (0, 2, much, much / 2, 0), (2, 1, max - much / 3, much, 0)];
    let market = market(3, &pools);
    let question =
        Ask { exact: Exact::In, amount: amount(much), from: 0.into(), to: 1.into(), max_hops: 2 };
    check(&market, question);
    assert_eq!(ask(&market, question).unwrap().steps[0].pool.index(), 1);
}

#[test]
fn the_same_question_has_the_same_answer() {
    let pools = (0..40_u32)
        .map(|at| (at % 9, (at % 9 + 1 + at % 5) % 9, 1000, 1000, 30))
        .filter(|(a, b, ..)| a != b)
        .collect::<Vec<_>>();
    let market = market(9, &pools);
    let (one, two) = (Router::new(&market), Router::new(&market.clone()));
    for units in [1, 5, 50, 500] {
        let ask =
            |router: &Router| router.sell(&market, 0.into(), amount(units)).to(7.into()).best();
        assert_eq!(ask(&one), ask(&two));
        assert_eq!(ask(&one), ask(&one.clone()));
    }
}
