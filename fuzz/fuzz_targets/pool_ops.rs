//! Operations on one pool, next to the textbook: see `cenote_testing::pool_ops`.

#![no_main]
#![expect(clippy::panic, reason = "a panic is how libFuzzer is told")]

use cenote_testing::pool_ops::{self, PoolOp};
use libfuzzer_sys::fuzz_target;

/// The longest sequence. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 64;

fuzz_target!(|ops: Vec<PoolOp>| {
    if let Err(violation) = pool_ops::run(ops.get(..OPS_MAX).unwrap_or(&ops)) {
        panic!("{violation}");
    }
});
