//! Random plans never beat the bound of random prices.

use cenote_pool::{Exact, TokenId};
use proptest::prelude::*;

use crate::bound::bound;
use crate::ledger::Ledger;
use crate::question::Question;
use crate::random::{large_markets, market, markets, play, prices, trades};

const ENDS: (TokenId, TokenId) = (TokenId::FIRST, TokenId::SECOND);

fn question(exact: Exact, amount: u128, gas: u128) -> Question {
    let ((token_in, token_out), amount) = (ENDS, amount.try_into().unwrap());
    Question { exact, token_in, token_out, amount, gas_per_pool: gas.try_into().unwrap() }
}

/// At the rate of the last unit the bound is the trade itself.
#[test]
fn the_bound_of_one_pool_is_its_trade() {
    let market = market(2, &[(0, 1, (1_000_000, 1_000_000), 0)]);
    // 10^6 * 10^6 / (10^6 + 10^6)^2
    let prices = [0.25, 1.0];
    let of = |question| u64::try_from(bound(&market, &question, &prices)).unwrap();
    assert_eq!(of(question(Exact::In, 1_000_000, 0)), 500_000);
    assert_eq!(of(question(Exact::In, 1_000_000, 7)), 499_993);
    assert_eq!(of(question(Exact::Out, 500_000, 0)), 1_000_000);
    assert_eq!(of(question(Exact::Out, 500_000, 7)), 1_000_007);
    // The pool is not worth that much: better to do nothing with it, for 250,000 at these prices.
    assert_eq!(of(question(Exact::In, 1_000_000, 300_000)), 250_000);
}

/// Judges one plan against the bound, from either end.
fn check(
    (tokens, pools): &(u32, Vec<crate::random::Spec>),
    amount: u128,
    (trades, prices, gas): (&[crate::random::Trade], &[f64], u128),
) -> Result<(), TestCaseError> {
    let market = market(*tokens, pools);
    let prices = &prices[..market.token_count()];
    let ledger = Ledger::new(&market, ENDS.0, amount);
    let (bought, used) = play(ledger, &market, trades, ENDS.1);
    let gas_paid = gas * u128::try_from(used).unwrap();
    let most = bound(&market, &question(Exact::In, amount, gas), prices);
    prop_assert!(num_bigint::BigUint::from(bought.saturating_sub(gas_paid)) <= most);
    if let Ok(bought) = cenote_pool::Amount::new(bought) {
        let least = bound(&market, &question(Exact::Out, bought.get(), gas), prices);
        prop_assert!(least <= num_bigint::BigUint::from(amount + gas_paid));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn small_plans_stay_within(
        made in markets(5), amount in 1..60_u128, trades in trades(), prices in prices(),
        gas in prop_oneof![2 => Just(0_u128), 1 => 0..9_u128],
    ) {
        check(&made, amount, (&trades, &prices, gas))?;
    }

    #[test]
    fn large_plans_stay_within(
        made in large_markets(), amount in 1..1_u128 << 112, trades in trades(),
        prices in prices(), gas in prop_oneof![2 => Just(0_u128), 1 => 0..1_u128 << 80],
    ) {
        check(&made, amount, (&trades, &prices, gas))?;
    }
}
