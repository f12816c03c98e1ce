//! Forks of a market beside copies of it: see [`cenote_testing::forks`].

use arbitrary::Unstructured;
use cenote_testing::{forks, inputs};

use crate::Verdict;

/// The longest script. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 40;

/// Runs the script that the bytes are.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first step at which a fork is not what a copy is.
pub fn run(bytes: &[u8]) -> Verdict {
    match inputs::decode_sequence(&mut Unstructured::new(bytes), OPS_MAX) {
        Ok(ops) => Ok(forks::run(&ops)?),
        Err(_) => Ok(()),
    }
}
