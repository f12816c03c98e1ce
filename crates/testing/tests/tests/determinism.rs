//! One outcome, whoever computes it.

use cenote_pool::{Market, Orders};
use cenote_simulator::{Batch, Outcomes};
use cenote_testing::custody::Act;
use cenote_testing::determinism::{LAWS, one_outcome};
use cenote_testing::inputs;
use proptest::prelude::*;

fn check(acts: &[Act]) -> Result<(), TestCaseError> {
    let judged = LAWS.iter().try_for_each(|law| law.check(acts));
    judged.map_err(|violation| TestCaseError::fail(violation.to_string()))
}

proptest! {
    #![proptest_config(crate::config(100))]

    #[test]
    fn any_orders_have_one_outcome(acts in inputs::acts(200)) {
        check(&acts)?;
    }
}

#[test]
fn every_small_batch_has_one_outcome() {
    let acts = Act::each().collect::<Vec<_>>();
    check(&acts).unwrap();
    for batch in acts.chunks(20) {
        check(batch).unwrap();
    }
}

/// Runs the last order first, as a batch would that does not wait for the orders before.
fn hasty(market: &mut Market, orders: &Orders, outcomes: &mut Outcomes) {
    let mut hasty = Orders::new();
    let (first, last) = (orders.iter(), orders.iter().last());
    let others = first.take(orders.len().saturating_sub(1));
    last.into_iter().chain(others).for_each(|order| hasty.push(order).unwrap());
    Batch::new().run(market, &hasty, outcomes);
}

#[test]
fn an_order_that_does_not_wait_is_noticed() {
    let acts = Act::each().collect::<Vec<_>>();
    let noticed = acts.chunks(20).filter(|batch| one_outcome(batch, hasty).is_err()).count();
    assert!(20 < noticed, "{noticed}");
}
