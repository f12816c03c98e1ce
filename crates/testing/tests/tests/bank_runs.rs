//! Everybody leaves: random runs, and every order of a few.

use cenote_pool::{Direction, Pool};
use cenote_testing::{Case, Textbook, bank_run, inputs};
use proptest::prelude::*;

proptest! {
    #![proptest_config(crate::config(10_000))]

    #[test]
    fn nobody_gets_less_for_leaving_late((case, leaving) in inputs::bank_runs(24)) {
        bank_run::check::<Pool>(&case, &leaving)
            .map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }
}

/// Every order in which the holders of few shares can leave, by Heap's algorithm.
fn orders(shares: &mut Vec<u128>, among: usize, visit: &mut dyn FnMut(&[u128])) {
    if among <= 1 {
        return visit(shares);
    }
    for at in 0..among {
        orders(shares, among - 1, visit);
        let other = if among.is_multiple_of(2) { at } else { 0 };
        shares.swap(other, among - 1);
    }
}

#[test]
fn every_order_of_six_is_fair() {
    let pools = [(1, 1_034_289), (2, 520_000), (7, 150_000), (1017, 1017), (1020, 1100)];
    for (reserve0, reserve1) in pools {
        let case = Case {
            reserve0,
            reserve1,
            total_shares: 1017,
            fee_pips: 0,
            direction: Direction::ZeroForOne,
            amount0: 0,
            amount1: 0,
        };
        let mut count = 0;
        orders(&mut vec![1, 1, 2, 3, 4, 5], 6, &mut |leaving| {
            bank_run::check::<Pool>(&case, leaving).unwrap();
            bank_run::check::<Textbook>(&case, leaving).unwrap();
            count += 1;
        });
        assert_eq!(count, 720);
    }
}

/// Sixteen hundred providers, each of whom leaves.
#[test]
fn a_long_run_is_fair() {
    let case = Case {
        reserve0: 987_654_321,
        reserve1: 1_234_567_890_123,
        total_shares: 34_000_000_000,
        fee_pips: 0,
        direction: Direction::ZeroForOne,
        amount0: 0,
        amount1: 0,
    };
    let shares = (1..=1600_u128).map(|nth| nth * nth * 7 % 20_000_003 + 1).collect::<Vec<_>>();
    bank_run::check::<Pool>(&case, &shares).unwrap();
}
