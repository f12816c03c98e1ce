//! The best route after what its pools cost.

use cenote_pool::Exact;
use cenote_router::Router;
use proptest::prelude::*;

use crate::market::{Ask, amount, enumerate_with_gas, market, markets, units};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_simple_path_is_better_after_gas(
        (tokens, mut pools) in markets(),
        units in units(),
        gas in prop_oneof![0..20_u128, units()],
        is_coarse in any::<bool>(),
        max_hops in 1..=6_usize,
    ) {
        for (_, _, x, y, _) in pools.iter_mut().filter(|_| is_coarse) {
            (*x, *y) = (*x % 100, *y % 100);
            (*x, *y) = if *x == 0 || *y == 0 { (0, 0) } else { (*x, *y) };
        }
        let market = market(tokens, &pools);
        let router = Router::new(&market);
        let (from, to, amount, gas) = (0.into(), 1.into(), amount(units), amount(gas));
        for exact in [Exact::In, Exact::Out] {
            let query = match exact {
                Exact::In => router.sell(&market, from, amount).to(to),
                Exact::Out => router.buy(&market, to, amount).from(from),
            };
            let ask = Ask { exact, amount, from, to, max_hops };
            let expected = enumerate_with_gas(&market, ask, gas.get());
            assert_eq!(query.max_hops(max_hops).gas_per_pool(gas).best(), expected, "{ask:?}");
        }
    }
}

/// The pool that joins the two gives 9 units less than the path over the third token.
#[test]
fn a_longer_path_must_earn_its_gas() {
    let pools = [(0, 1, 1000, 1000, 0), (0, 2, 1000, 1000, 0), (2, 1, 1000, 1210, 0)];
    let market = market(3, &pools);
    let router = Router::new(&market);
    let sell = |gas| {
        let query = router.sell(&market, 0.into(), amount(100)).to(1.into());
        query.gas_per_pool(amount(gas)).best().unwrap()
    };
    let earned = sell(0).amount_out.checked_sub(sell(1000).amount_out).unwrap().get();
    assert!(1 < earned);
    assert_eq!([sell(earned - 1), sell(earned)].map(|route| route.steps.len()), [2, 1]);
    let buy = |gas| {
        let query = router.buy(&market, 1.into(), amount(90)).from(0.into());
        query.gas_per_pool(amount(gas)).best().unwrap()
    };
    let saved = buy(1000).amount_in.checked_sub(buy(0).amount_in).unwrap().get();
    assert!(1 < saved);
    assert_eq!([buy(saved - 1), buy(saved)].map(|route| route.steps.len()), [2, 1]);
}
