//! The bound in big integers, and the referee that uses it: on random markets, on the worst of
//! numbers, and on networks whose bounds were computed apart.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

#[cfg(feature = "exact")]
mod exact;
#[cfg(feature = "exact")]
mod instances;
mod market;
mod referee;
