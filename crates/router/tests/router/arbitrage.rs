//! Circles that gain something, against all inputs into all circles of small markets.

use cenote_pool::{Amount, Fee, Hop, Market, Pool, PoolId, Reserves, TokenId};
use cenote_router::{Arbitrage, Router, RoutingError};
use proptest::prelude::*;

/// Pools of up to a few hundred units between four tokens, some side by side.
fn markets() -> impl Strategy<Value = Market> {
    let pool = (0..4_u32, 1..4_u32, 2..200_u64, 2..200_u64, prop_oneof![Just(0), Just(3_000)]);
    proptest::collection::vec(pool, 2..7).prop_map(|pools| {
        let mut market = Market::new();
        for name in ["a", "b", "c", "d"] {
            market.add_token(name).unwrap();
        }
        for (at, (token0, away, reserve0, reserve1, fee)) in pools.into_iter().enumerate() {
            let tokens = [token0, (token0 + away) % 4].map(TokenId::from);
            let pool = Pool::new(tokens[0], tokens[1], Fee::from_pips(fee).unwrap()).unwrap();
            let reserves = Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() };
            let pool = pool.with_reserves(reserves).unwrap();
            market.add_pool(&format!("p{at}"), pool).unwrap();
        }
        market
    })
}

/// All circles of two and three different pools from a token.
fn circles(market: &Market, token: TokenId) -> Vec<Vec<Hop>> {
    let mut found = Vec::new();
    let mut open = vec![(token, Vec::new())];
    while let Some((at, hops)) = open.pop() {
        for (pool, entry) in market.pools_with_id() {
            let Ok(direction) = entry.direction(at) else { continue };
            if hops.iter().any(|hop: &Hop| hop.pool == pool) {
                continue;
            }
            let mut hops = hops.clone();
            hops.push(Hop { pool, direction });
            let (_, to) = entry.tokens(direction);
            if to == token {
                found.push(hops);
            } else if hops.len() < 3 {
                open.push((to, hops));
            }
        }
    }
    found.retain(|hops| hops.len() > 1);
    found
}

/// What a circle gains at most, over all inputs; more than 200 is never given back.
fn most(market: &Market, hops: &[Hop]) -> u128 {
    let gain = |units: u64| {
        let route = market.route_exact_in(hops, units.into()).ok()?;
        route.amount_out.get().checked_sub(units.into())
    };
    (1..200).filter_map(gain).max().unwrap_or_default()
}

fn hops(market: &Market, arbitrage: &Arbitrage) -> Vec<Hop> {
    market.hops_of(&arbitrage.route).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// None that gains is missed, none that loses is found, and each gains what it says.
    #[test]
    fn all_circles_that_gain_are_found(market in markets()) {
        let router = Router::new(&market);
        let token = TokenId::from(0);
        let found = router.arbitrage(&market, token).find().unwrap();
        let mut left = circles(&market, token);
        for arbitrage in &found {
            let hops = hops(&market, arbitrage);
            let gains = most(&market, &hops);
            prop_assert_eq!(arbitrage.profit.get(), gains, "{:?} of {:?}", arbitrage, market);
            let mut after = market.clone();
            let done = after.execute(&arbitrage.route).unwrap();
            let held = arbitrage.route.amount_in.checked_add(arbitrage.profit).unwrap();
            prop_assert_eq!(done.holdings, vec![(token, held)]);
            left.retain(|circle| *circle != hops);
        }
        for hops in left {
            prop_assert_eq!(most(&market, &hops), 0, "{:?} of {:?}", hops, market);
        }
        prop_assert!(found.windows(2).all(|two| two[1].profit <= two[0].profit));
    }

    /// Those through some pools are those of all that use one of them.
    #[test]
    fn circles_through_pools_are_some_of_all(market in markets(), through in 0..3_u32) {
        let router = Router::new(&market);
        let query = router.arbitrage(&market, TokenId::from(0));
        let through = [PoolId::from(through)];
        let uses = |arbitrage: &Arbitrage| {
            arbitrage.route.steps.iter().any(|step| step.pool == through[0])
        };
        let mut some = query.find().unwrap();
        let mut others = some.clone();
        some.retain(uses);
        others.retain(|arbitrage| !uses(arbitrage));
        prop_assert_eq!(query.through(&through).find().unwrap(), some);
        prop_assert_eq!(query.without_pools(&through).find().unwrap(), others);
    }
}

#[test]
fn gas_and_lengths_leave_circles_out() {
    let market =
        markets_of(&[(0, 1, 1_000, 2_000), (0, 1, 1_000, 3_000), (1, 2, 50, 9), (2, 0, 9, 90)]);
    let router = Router::new(&market);
    let query = router.arbitrage(&market, TokenId::from(0));
    let all = query.find().unwrap();
    let two = query.max_hops(2).find().unwrap();
    assert!(two.len() == 1 && all.len() > 1, "{all:?}");
    let dear = Amount::new(all[0].profit.get() / 3).unwrap();
    let left = query.gas_per_pool(dear).find().unwrap();
    assert!(left.iter().all(|arbitrage| {
        dear.get() * u128::try_from(arbitrage.route.steps.len()).unwrap() < arbitrage.profit.get()
    }));
    assert!(left.len() < all.len());
    for max_hops in [0, 1, 4] {
        let refused = query.max_hops(max_hops).find();
        assert_eq!(refused, Err(RoutingError::HopLimit { max_hops }));
    }
    let token = TokenId::from(7);
    assert_eq!(router.arbitrage(&market, token).find(), Err(RoutingError::UnknownToken { token }));
    let stranger = Market::new();
    assert!(router.arbitrage(&stranger, TokenId::from(0)).find().is_err());
}

fn markets_of(pools: &[(u32, u32, u64, u64)]) -> Market {
    let mut market = Market::new();
    for name in ["a", "b", "c"] {
        market.add_token(name).unwrap();
    }
    for (at, (token0, token1, reserve0, reserve1)) in pools.iter().enumerate() {
        let reserves = Reserves { reserve0: (*reserve0).into(), reserve1: (*reserve1).into() };
        let pool = Pool::new((*token0).into(), (*token1).into(), Fee::UNISWAP_V2).unwrap();
        market.add_pool(&format!("p{at}"), pool.with_reserves(reserves).unwrap()).unwrap();
    }
    market
}
