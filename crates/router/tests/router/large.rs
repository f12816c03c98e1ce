//! Large markets.

use cenote_pool::Exact;
use cenote_router::{Router, RoutingError};

use crate::market::{Ask, amount, enumerate, market};

/// Numbers that look random and are the same everywhere (xorshift64).
fn numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

#[test]
fn a_star_of_nine_thousand_tokens() {
    let mut draw = numbers(7);
    let pools = (1..9000_u32)
        .map(|leaf| {
            let (x, y) = (1_000_000 + draw(1_000_000), 1_000_000 + draw(1_000_000));
            (0, leaf, u128::from(x), u128::from(y), 30)
        })
        .collect::<Vec<_>>();
    let market = market(9000, &pools);
    let router = Router::new(&market);
    for leaf in 2..100_u32 {
        let route = router.sell(&market, 1.into(), amount(5000)).to(leaf.into()).best().unwrap();
        let pools = route.steps.iter().map(|step| step.pool.get()).collect::<Vec<_>>();
        assert_eq!(pools, [0, leaf - 1]);
        let back = router.buy(&market, leaf.into(), route.amount_out).from(1.into()).best();
        assert!(back.unwrap().amount_in <= route.amount_in);
        let one = router.sell(&market, 1.into(), amount(5000)).to(leaf.into()).max_hops(1).best();
        assert_eq!(one, Err(RoutingError::Unconnected { max_hops: 1 }));
    }
}

/// Sixty tokens, each traded with each other at a price of its own: arbitrage everywhere.
#[test]
fn a_complete_graph_full_of_arbitrage() {
    let mut draw = numbers(11);
    let mut pools = Vec::new();
    for a in 0..60_u32 {
        for b in 0..a {
            let (x, y) = (1_000_000 + draw(1_000_000), 1_000_000 + draw(1_000_000));
            pools.push((a, b, u128::from(x), u128::from(y), 30));
        }
    }
    let market = market(60, &pools);
    let router = Router::new(&market);
    for units in [3_u128, 1000, 100_000] {
        let (from, to, amount) = (0.into(), 1.into(), amount(units));
        let sold = router.sell(&market, from, amount).to(to).max_hops(3).best();
        let ask = Ask { exact: Exact::In, amount, from, to, max_hops: 3 };
        assert_eq!(sold, enumerate(&market, ask));
        let bought = router.buy(&market, to, amount).from(from).max_hops(3).best();
        assert_eq!(bought, enumerate(&market, Ask { exact: Exact::Out, ..ask }));
        // More hops: the walks repeat tokens, and the search must still come to an end.
        for max_hops in 4..=6 {
            let longer = router.sell(&market, from, amount).to(to).max_hops(max_hops).best();
            assert!(sold.as_ref().unwrap().amount_out <= longer.unwrap().amount_out);
            let longer = router.buy(&market, to, amount).from(from).max_hops(max_hops).best();
            assert!(longer.unwrap().amount_in <= bought.as_ref().unwrap().amount_in);
        }
    }
}
