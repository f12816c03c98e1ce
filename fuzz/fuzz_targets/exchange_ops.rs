//! Operations on an exchange, next to an independent ledger: see `cenote_testing::exchange_ops`.

#![no_main]
#![expect(clippy::panic, reason = "a panic is how libFuzzer is told")]

use cenote_testing::exchange_ops::{self, ExchangeOp};
use libfuzzer_sys::fuzz_target;

/// The longest sequence. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 64;

fuzz_target!(|ops: Vec<ExchangeOp>| {
    if let Err(violation) = exchange_ops::run(ops.get(..OPS_MAX).unwrap_or(&ops)) {
        panic!("{violation}");
    }
});
