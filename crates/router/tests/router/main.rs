//! The router against an enumeration of all simple paths that shares no code with it.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod arbitrage;
mod best;
mod circles;
mod filters;
mod gas;
mod hostile;
mod large;
mod limit;
mod market;
mod refusals;
mod states;
