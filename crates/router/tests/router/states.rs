//! A router knows one state of a market; of others it reads what they are. Two searches, one answer.

use cenote_pool::{Amount, Exact, Market, Route};
use cenote_router::{Router, RoutingError};
use proptest::prelude::*;

use crate::market::{Ask, Spec, amount, enumerate, market, markets, units};

fn ask(router: &Router, market: &Market, ask: Ask, gas: Amount) -> Result<Route, RoutingError> {
    let query = match ask.exact {
        Exact::In => router.sell(market, ask.from, ask.amount).to(ask.to),
        Exact::Out => router.buy(market, ask.to, ask.amount).from(ask.from),
    };
    query.max_hops(ask.max_hops).gas_per_pool(gas).best()
}

/// Of like pools there are many, hence of like paths.
fn kinds() -> impl Strategy<Value = Vec<(u128, u128, u32)>> {
    let fee = prop_oneof![Just(0_u32), Just(30), Just(100), Just(3000)];
    let reserves = prop_oneof![
        2 => (1..30_u128, 1..30_u128),
        2 => (1000..1100_u128, 1000..1100_u128),
        3 => (1_000_000..1_020_000_u128, 1_000_000..1_020_000_u128),
        1 => (units(), units()),
    ];
    prop::collection::vec((reserves, fee).prop_map(|((x, y), fee)| (x, y, fee)), 1..6)
}

/// Up to 60 pools among up to 16 tokens, with a few hubs and branches.
fn networks() -> impl Strategy<Value = (u32, Vec<Spec>)> {
    (4..=16_u32, kinds()).prop_flat_map(|(tokens, kinds)| {
        let hubs = 1 + tokens / 5;
        let pool = (0..tokens, 1..tokens, prop::sample::select(kinds), any::<bool>()).prop_map(
            move |(a, by, (x, y, fee), to_hub)| {
                let b = (a + by) % tokens;
                let hub = b % hubs;
                if to_hub && hub != a { (a, hub, x, y, fee) } else { (a, b, x, y, fee) }
            },
        );
        (Just(tokens), prop::collection::vec(pool, 3..=60))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_search_in_whole_units_is_exact_alone(
        (tokens, pools) in markets(),
        units in units(),
        max_hops in 1..=6_usize,
    ) {
        let market = market(tokens, &pools);
        let (router, other) = (Router::new(&market), market.clone());
        for exact in [Exact::In, Exact::Out] {
            let (from, to, amount) = (0.into(), 1.into(), amount(units));
            let question = Ask { exact, amount, from, to, max_hops };
            assert_eq!(ask(&router, &other, question, Amount::ZERO), enumerate(&other, question));
        }
    }

    #[test]
    fn both_searches_find_the_same(
        (tokens, pools) in networks(),
        units in prop_oneof![1..40_u128, 1000..100_000_u128, units()],
        gas in prop_oneof![3 => Just(0), 1 => 0..50_u128],
        (from, to) in (0..16_u32, 1..16_u32),
        max_hops in 1..=6_usize,
    ) {
        let market = market(tokens, &pools);
        let (router, other) = (Router::new(&market), market.clone());
        let (from, to) = (from % tokens, (from % tokens + 1 + to % (tokens - 1)) % tokens);
        for exact in [Exact::In, Exact::Out] {
            let (amount, gas) = (amount(units), amount(gas));
            let question = Ask { exact, amount, from: from.into(), to: to.into(), max_hops };
            let found = ask(&router, &market, question, gas);
            let expected = ask(&router, &other, question, gas);
            // Where whole units alone give up, the other search may still be through.
            if expected != Err(RoutingError::SearchLimit { max_hops }) {
                assert_eq!(found, expected, "{question:?}");
            }
        }
    }
}

#[test]
fn a_router_sees_what_changed() {
    let pools = [(0, 1, 1000, 1000, 30), (0, 2, 1000, 1000, 30), (2, 1, 1000, 1000, 30)];
    let mut market = market(3, &pools);
    let router = Router::new(&market);
    let best = |market: &Market| {
        let route = router.sell(market, 0.into(), amount(100)).to(1.into()).best().unwrap();
        route.steps.len()
    };
    assert_eq!(best(&market), 1);
    let drained = market.pool(0.into()).unwrap().quote_exact_in(0.into(), amount(1000)).unwrap();
    assert_eq!(drained.reserves.reserve0, amount(2000));
    market.settle(0.into(), &drained);
    assert_eq!(best(&market), 2);
}
