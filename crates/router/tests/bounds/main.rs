//! No executable plan beats the bound that prices prove: random plans and prices, and every plan
//! of markets that are small enough to try them all.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

#[path = "../support/bound.rs"]
mod bound;
#[path = "../support/ledger.rs"]
mod ledger;
#[path = "../support/question.rs"]
mod question;

mod enumeration;
mod plans;
mod random;
mod soundness;
