//! Where the exact search would take too long it says so.

use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
use cenote_router::{Router, RoutingError};

/// Every two of 20 tokens are joined by a pool whose price has nothing to do with the others'.
fn arbitrage_everywhere() -> Market {
    let mut market = Market::new();
    let tokens = (0..20).map(|at| market.add_token(&format!("t{at}")).unwrap()).collect::<Vec<_>>();
    let mut seed = 1_u64;
    let mut reserve = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Amount::from_u64(1_000 + (seed >> (20 + (seed >> 59))))
    };
    for (at, first) in tokens.iter().enumerate() {
        for second in tokens.iter().skip(at + 1) {
            let reserves = Reserves { reserve0: reserve(), reserve1: reserve() };
            let pool = Pool::new(*first, *second, Fee::ZERO).unwrap();
            let name = format!("p{}", market.pools().len());
            market.add_pool(&name, pool.with_reserves(reserves).unwrap()).unwrap();
        }
    }
    market
}

#[test]
fn a_search_that_would_take_too_long_is_given_up() {
    let market = arbitrage_everywhere();
    let router = Router::new(&market);
    let (first, second) = (market.token("t0").unwrap(), market.token("t1").unwrap());
    let amount = Amount::from_u64(1000);
    let best = |market, hops| router.sell(market, first, amount).to(second).max_hops(hops).best();
    // A router does more for the state of a market that it was built for.
    let (known, other) = (&market, &market.clone());
    assert_eq!(best(known, 4), best(other, 4));
    assert!(best(known, 4).unwrap().amount_out <= best(known, 16).unwrap().amount_out);
    assert_eq!(best(other, 16), Err(RoutingError::SearchLimit { max_hops: 16 }));
}
