//! Circles on markets that joined other tokens, by brute force, and at the bounds.

use cenote_pool::{Amount, Direction, Fee, Fees, Hop, Market, Pool, PoolId, Reserves, TokenId};
use cenote_router::Router;

fn add(market: &mut Market, [a, b]: [TokenId; 2], [x, y]: [u128; 2], fees: Fees) -> PoolId {
    let name = format!("p{}", market.pools().len());
    let reserves =
        Reserves { reserve0: Amount::new(x).unwrap(), reserve1: Amount::new(y).unwrap() };
    market.add_pool(&name, Pool::new(a, b, fees).unwrap().with_reserves(reserves).unwrap()).unwrap()
}

fn fees(pips: u32) -> Fees {
    let fee = Fee::from_pips(pips).unwrap();
    Fees::new(fee, fee)
}

fn tokens(market: &mut Market, count: usize) -> Vec<TokenId> {
    (0..count).map(|at| market.add_token(&format!("t{at}")).unwrap()).collect()
}

/// As after a rollback and another block: the last pool joins other tokens, the numbers are same.
#[test]
fn a_router_of_a_left_branch_gives_no_profit_in_another_token() {
    let mut market = Market::new();
    let t = tokens(&mut market, 3);
    add(&mut market, [t[0], t[1]], [1_000_000, 1_000_000], fees(3000));
    let mut fork = market.fork();
    add(&mut fork, [t[0], t[1]], [1_000_000, 1_000_000], fees(3000));
    let router = Router::new(&fork);
    drop(fork);
    add(&mut market, [t[2], t[1]], [900_000_000, 1_000_000], fees(3000));
    match router.arbitrage(&market, t[0]).find() {
        Err(_) => {}
        Ok(found) => {
            for found in found {
                let route = found.route;
                assert_eq!(route.token_in, route.token_out, "profit {}: {route:?}", found.profit);
            }
        }
    }
}

#[test]
fn a_router_of_a_left_branch_gives_no_route_to_another_token() {
    let mut market = Market::new();
    let t = tokens(&mut market, 3);
    add(&mut market, [t[0], t[1]], [1_000_000, 1_000_000], fees(3000));
    let mut fork = market.fork();
    add(&mut fork, [t[0], t[1]], [100_000_000, 100_000_000], fees(3000));
    let router = Router::new(&fork);
    drop(fork);
    add(&mut market, [t[0], t[2]], [100_000_000, 100_000_000], fees(3000));
    for hops in 1..4 {
        if let Ok(route) =
            router.sell(&market, t[0], Amount::from_u64(1000)).to(t[1]).max_hops(hops).best()
        {
            assert_eq!(route.token_out, t[1], "{route:?}");
            assert_eq!(market.judge_route(&route).map(|_| ()), Ok(()));
        }
    }
    // The new pool is a fact of the market; a router that does not know it must say so.
    let unknown = router.sell(&market, t[0], Amount::from_u64(1000)).to(t[2]).best();
    assert!(unknown.is_err());
}

/// Pools of 2 and 38 units: 14 in give 23, which is found and then lost, since no input buys 24.
#[test]
fn what_the_walk_found_is_kept_where_no_more_can_be_bought() {
    let mut market = Market::new();
    let t = tokens(&mut market, 3);
    add(&mut market, [t[0], t[1]], [14, 2], fees(0));
    add(&mut market, [t[1], t[2]], [3, 36], fees(3000));
    add(&mut market, [t[2], t[0]], [5, 39], fees(3000));
    let hops =
        [0, 1, 2].map(|pool: u32| Hop { pool: pool.into(), direction: Direction::ZeroForOne });
    let by_hand = market.route_exact_in(&hops, Amount::from_u64(14)).unwrap();
    assert_eq!(by_hand.amount_out, Amount::from_u64(23));
    let found = Router::new(&market).arbitrage(&market, t[0]).find().unwrap();
    assert_eq!(found.first().map(|one| one.profit), Some(Amount::from_u64(9)));
}

#[test]
fn scale_of_112_bits() {
    let max = (1_u128 << 112) - 1;
    let grid = [1, 2, 1000, 1 << 56, 1 << 100, max / 3, max - 1, max];
    for fee in [0, 1, 3000, 999_999] {
        for x0 in grid {
            for y0 in grid {
                for (x1, y1) in
                    [(max, max), (max, 1), (1, max), (max / 2, max / 3), (1000, 1 << 100)]
                {
                    let mut market = Market::new();
                    let t = tokens(&mut market, 2);
                    add(&mut market, [t[0], t[1]], [x0, y0], fees(fee));
                    add(&mut market, [t[0], t[1]], [x1, y1], fees(fee));
                    let router = Router::new(&market);
                    let found = router.arbitrage(&market, t[0]).find().unwrap();
                    for one in &found {
                        market.clone().execute(&one.route).unwrap();
                    }
                    // Any power of two as input.
                    for hops in [[0, 1], [1, 0]] {
                        let hops = [
                            Hop { pool: hops[0].into(), direction: Direction::ZeroForOne },
                            Hop { pool: hops[1].into(), direction: Direction::OneForZero },
                        ];
                        let best = (0..112)
                            .filter_map(|bit| {
                                let route =
                                    market.route_exact_in(&hops, Amount::new(1 << bit).unwrap());
                                let route = route.ok()?;
                                Some(route.amount_out.checked_sub(route.amount_in)?.get())
                            })
                            .max()
                            .unwrap_or(0);
                        let ours = found
                            .iter()
                            .find(|one| one.route.steps[0].pool == hops[0].pool)
                            .map_or(0, |one| one.profit.get());
                        assert!(best <= ours, "fee {fee} {x0}/{y0} {x1}/{y1}: {ours} < {best}");
                    }
                }
            }
        }
    }
}
