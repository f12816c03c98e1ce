//! Random sequences of operations, on one pool and on an exchange.

use cenote_pool::Direction;
use cenote_testing::exchange_ops::{self, ExchangeOp};
use cenote_testing::forks::{self, ForkOp};
use cenote_testing::pool_ops::{self, PoolOp};
use cenote_testing::{Quantity, inputs};
use proptest::prelude::*;

proptest! {
    #![proptest_config(crate::config(1_000))]

    #[test]
    fn a_pool_holds_through_any_sequence(ops in inputs::pool_ops(100)) {
        pool_ops::run(&ops).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }

    #[test]
    fn an_exchange_holds_through_any_sequence(ops in inputs::exchange_ops(100)) {
        exchange_ops::run(&ops).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }

    #[test]
    fn a_fork_is_a_copy_that_can_be_undone(ops in proptest::collection::vec(fork_op(), 0..200)) {
        forks::run(&ops).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
    }
}

fn fork_op() -> impl Strategy<Value = ForkOp> {
    let units = prop_oneof![0..100_u32, 0..1_000_000_u32, any::<u32>()];
    (any::<u8>(), any::<u8>(), units).prop_map(|(kind, place, units)| ForkOp { kind, place, units })
}

/// Bunni: 44 burns of next to nothing in a row; Balancer: down to a few units, 65 steps, and back.
#[test]
fn the_sequences_that_robbed_others_gain_nothing() {
    let found =
        PoolOp::Mint { amount0: Quantity::Units(1_000_000), amount1: Quantity::Units(30_000) };
    let join = PoolOp::Mint { amount0: Quantity::All, amount1: Quantity::All };
    let burn = PoolOp::Burn { shares: Quantity::Units(1) };
    let mut ops = vec![found, join];
    ops.extend([burn; 44]);
    pool_ops::run(&ops).unwrap();

    let direction = Direction::OneForZero;
    let drain = PoolOp::SwapIn { direction, amount_in: Quantity::Units(300_000_000) };
    let nibble =
        PoolOp::SwapOut { direction: Direction::ZeroForOne, amount_out: Quantity::Units(1) };
    let back = PoolOp::SwapIn { direction: Direction::ZeroForOne, amount_in: Quantity::All };
    let mut ops = vec![found, drain];
    ops.extend([nibble; 65]);
    ops.extend([back; 3]);
    pool_ops::run(&ops).unwrap();
}

/// Every operation has a number: the first one's comes again after all 21.
#[test]
fn every_operation_is_drawn() {
    let pick = exchange_ops::Pick {
        places: [0; 4],
        direction: Direction::ZeroForOne,
        first: Quantity::All,
        second: Quantity::All,
    };
    let first = ExchangeOp::of(0, pick);
    let again = (1..=255).find(|kind| ExchangeOp::of(*kind, pick) == first);
    assert_eq!(again, Some(21));
}
