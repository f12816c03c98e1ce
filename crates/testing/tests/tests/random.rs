//! Random cases of every magnitude, every property on each.

use cenote_pool::Pool;
use cenote_testing::properties::{PROPERTIES, table};
use cenote_testing::{Case, ConstantProduct, Within, inputs};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn holds(case: &Case) -> Result<(), TestCaseError> {
    for property in PROPERTIES {
        property.check(case).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }
    for property in table::<Within>().iter().filter(|property| property.is_of_shares()) {
        property.check(case).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::config(30_000))]

    #[test]
    fn every_property_holds_at_every_magnitude(case in inputs::cases()) {
        holds(&case)?;
    }

    #[test]
    fn every_property_holds_for_even_deposits(case in inputs::even_deposits()) {
        holds(&case)?;
    }
}

/// A property that is never tried holds. Of the random cases, most are swaps and deposits that
/// happen, and exact outputs that can be had.
#[test]
fn most_random_cases_are_possible() {
    let mut runner = TestRunner::deterministic();
    let (mut swaps, mut outputs, mut burns, mut mints) = (0, 0, 0, 0);
    let (cases, even) = (inputs::cases(), inputs::even_deposits());
    for _ in 0..10_000 {
        let case = cases.new_tree(&mut runner).unwrap().current();
        let mut pool = case.pool::<Pool>().unwrap();
        let quoted = ConstantProduct::quote_exact_in(&pool, case.direction, case.amount0);
        let wanted = case.wanted().unwrap_or(0);
        let cost = ConstantProduct::quote_exact_out(&pool, case.direction, wanted);
        swaps += u32::from(quoted.is_some());
        outputs += u32::from(cost.is_some());
        let shares = case.shares().filter(|_| 0 < case.total_shares);
        burns +=
            u32::from(shares.and_then(|shares| ConstantProduct::burn(&mut pool, shares)).is_some());
        let case = even.new_tree(&mut runner).unwrap().current();
        let mut pool = case.pool::<Pool>().unwrap();
        let open = 0 < case.total_shares;
        mints += u32::from(
            open && ConstantProduct::mint(&mut pool, case.amount0, case.amount1).is_some(),
        );
    }
    println!("of 10,000: {swaps} swaps, {outputs} exact outputs, {burns} burns, {mints} mints");
    assert!(5_000 < swaps && 5_000 < outputs && 5_000 < burns && 4_000 < mints);
}
