//! Operations on an exchange, next to an independent ledger: see
//! [`cenote_testing::exchange_ops`].

use arbitrary::Unstructured;
use cenote_testing::exchange_ops::{self, FOUNDINGS};
use cenote_testing::inputs;

use crate::Verdict;

/// The longest sequence. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 16;

/// Runs the operations that follow a byte, which says what the pools are founded with.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first law that does not hold.
pub fn run(bytes: &[u8]) -> Verdict {
    let mut bytes = Unstructured::new(bytes);
    let (Ok(choice), Ok(ops)) =
        (bytes.arbitrary::<u8>(), inputs::decode_sequence(&mut bytes, OPS_MAX))
    else {
        return Ok(());
    };
    let founding = usize::from(choice).checked_rem(FOUNDINGS.len()).unwrap_or(0);
    match FOUNDINGS.get(founding) {
        Some(founding) => Ok(exchange_ops::run_from(*founding, &ops)?),
        None => Ok(()),
    }
}
