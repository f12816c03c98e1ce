//! The bound in big integers, and the referee that uses it: by hand, on random markets, and on the
//! worst of numbers.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

#[cfg(feature = "exact")]
mod exact;
mod market;
mod referee;
