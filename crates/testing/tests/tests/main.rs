//! The properties, driven three ways: by enumeration, by random cases, by random sequences; and
//! the faults that show that each property can fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod bank_runs;
mod custody;
mod determinism;
mod faults;
mod random;
mod real_pools;
mod sequences;
mod small_scope;
