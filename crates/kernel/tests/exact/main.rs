//! Every way to compute a quote beside the definition, on inputs made to find a wrong one.
//!
//! `CENOTE_QUOTES` sets how many inputs there are, 10^6 unless it is set, and `CENOTE_SEED` which.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a test stops where it stands"
)]

mod inputs;
mod lanes;
mod twins;
