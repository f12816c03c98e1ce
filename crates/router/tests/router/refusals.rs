//! Refusals, in the order of the checks.

use cenote_pool::{Amount, Fee, Pool, TokenId};
use cenote_router::{Router, RoutingError};

use crate::market::{amount, market};

#[test]
fn refusals_come_in_the_documented_order() {
    let pools = [(0, 1, 1000, 1000, 30), (1, 2, 0, 0, 30)];
    let mut market = market(4, &pools);
    let router = Router::new(&market);
    let (zero, one): (TokenId, TokenId) = (0.into(), 1.into());
    let stranger = TokenId::from(9);

    let same = router.sell(&market, stranger, Amount::ZERO).to(stranger).max_hops(0);
    assert_eq!(same.best(), Err(RoutingError::SameToken));
    for (from, to) in [(zero, stranger), (stranger, zero)] {
        let unknown = Err(RoutingError::UnknownToken { token: stranger });
        assert_eq!(router.sell(&market, from, Amount::ZERO).to(to).max_hops(0).best(), unknown);
        assert_eq!(router.buy(&market, to, Amount::ZERO).from(from).max_hops(0).best(), unknown);
    }
    for max_hops in [0, 17, usize::MAX] {
        let query = router.sell(&market, zero, amount(10)).to(one).max_hops(max_hops);
        assert_eq!(query.best(), Err(RoutingError::HopLimit { max_hops }));
    }
    for to in [2, 3] {
        let query = router.sell(&market, zero, amount(10)).to(to.into());
        assert_eq!(query.best(), Err(RoutingError::Unconnected { max_hops: 4 }));
    }
    let dust = RoutingError::NoRoute { amount: amount(1), max_hops: 4 };
    assert_eq!(router.sell(&market, zero, amount(1)).to(one).best(), Err(dust));
    let all = RoutingError::NoRoute { amount: amount(1000), max_hops: 4 };
    assert_eq!(router.buy(&market, one, amount(1000)).from(zero).best(), Err(all));
    let room = RoutingError::NoRoute { amount: Amount::MAX, max_hops: 4 };
    assert_eq!(router.sell(&market, zero, Amount::MAX).to(one).best(), Err(room));
    assert!(router.sell(&market, zero, amount(10)).to(one).max_hops(16).best().is_ok());

    market.add_token("late").unwrap();
    let stale = Err(RoutingError::StaleGraph { pools: 2, tokens: 4 });
    let query = router.sell(&market, zero, Amount::ZERO).to(one).max_hops(0);
    assert_eq!(query.best(), Err(RoutingError::ZeroAmount));
    assert_eq!(router.sell(&market, zero, amount(10)).to(one).max_hops(0).best(), stale);
    let market = {
        market.add_pool("late", Pool::new(zero, one, Fee::ZERO).unwrap()).unwrap();
        market
    };
    assert_eq!(router.sell(&market, zero, amount(10)).to(one).best(), stale);
    let router = Router::new(&market);
    assert!(router.sell(&market, zero, amount(10)).to(one).best().is_ok());
}

/// As many pools and tokens, joined otherwise: no wrong route and no panic.
#[test]
fn another_market_of_the_same_size_is_not_believed() {
    let one = market(3, &[(0, 1, 1000, 1000, 30), (1, 2, 1000, 1000, 30)]);
    let other = market(3, &[(1, 2, 1000, 1000, 30), (1, 0, 1000, 1000, 30)]);
    let router = Router::new(&one);
    let stale = Err(RoutingError::StaleGraph { pools: 2, tokens: 3 });
    assert_eq!(router.sell(&other, 0.into(), amount(10)).to(2.into()).best(), stale);
    assert_eq!(router.buy(&other, 2.into(), amount(10)).from(0.into()).best(), stale);
}
