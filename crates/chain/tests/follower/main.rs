//! A market that follows a chain of made pairs: equal at every block, through every reorganisation.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "tests: a panic is a failure, overflow is checked, and numbers are small"
)]

mod chain;
mod dust;
mod hostile;
mod odd;
mod order;
mod random;
