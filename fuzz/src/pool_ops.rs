//! Operations on one pool, next to the textbook: see [`cenote_testing::pool_ops`].

use arbitrary::Unstructured;
use cenote_testing::{inputs, pool_ops};

use crate::Verdict;

/// The longest sequence. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 24;

/// Runs the operations that follow a fee.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first law that does not hold.
pub fn run(bytes: &[u8]) -> Verdict {
    let mut bytes = Unstructured::new(bytes);
    let (Ok(fee_pips), Ok(ops)) =
        (inputs::decode_fee_pips(&mut bytes), inputs::decode_sequence(&mut bytes, OPS_MAX))
    else {
        return Ok(());
    };
    Ok(pool_ops::run_at(fee_pips, &ops)?)
}
