//! The properties, driven three ways: by enumeration, by random cases, by random sequences; and
//! the faults that show that each property can fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

use proptest::prelude::ProptestConfig;

mod bank_runs;
mod custody;
mod determinism;
mod faults;
mod random;
mod real_pools;
mod sequences;
mod small_scope;
mod texts;

/// So many random cases at every run, and in a campaign `CENOTE_TIMES` as many.
fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("CENOTE_TIMES").map_or(1, |times| times.parse().unwrap());
    ProptestConfig::with_cases(cases.checked_mul(times).unwrap())
}
