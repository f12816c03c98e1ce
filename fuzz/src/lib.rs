//! What libFuzzer runs: for each target one function from bytes to a verdict.
//!
//! Four words: a *target* is such a function; a *finding* is what it says of bytes that show a
//! fault; a *seed* is an input to begin with; a *regression* is an input that was a finding once.
//!
//! Bytes that stand for nothing are no finding. The functions are ordinary ones, so that
//! `cargo test` runs seeds and regressions through them without libFuzzer.

#![forbid(unsafe_code)]

pub mod arithmetic;
pub mod exchange_ops;
mod finding;
pub mod pool_ops;

pub use finding::{Finding, Verdict, report};

/// A function from bytes to a verdict, and its name.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its module, of its program, and of the folder of its seeds.
    pub name: &'static str,
    /// Judges an input.
    pub run: fn(&[u8]) -> Verdict,
}

/// All targets that must find nothing.
pub const TARGETS: &[Target] = &[
    Target { name: "arithmetic", run: arithmetic::run },
    Target { name: "pool_ops", run: pool_ops::run },
    Target { name: "exchange_ops", run: exchange_ops::run },
];
