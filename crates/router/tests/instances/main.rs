//! Plans for networks of which the answers are known, judged in whole numbers by code that shares
//! nothing with the router.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

#[path = "../support/bound.rs"]
mod bound;
#[path = "../support/instance.rs"]
mod instance;
#[path = "../support/ledger.rs"]
mod ledger;
#[path = "../support/question.rs"]
mod question;

#[cfg(feature = "exact")]
mod certificates;
mod plans;
mod reference;
