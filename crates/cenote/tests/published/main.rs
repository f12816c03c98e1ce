//! What others published, reproduced to the unit: the numbers of Uniswap v2's own tests, routes
//! of a bot, and what mainnet's routers answered.
//!
//! The files are not part of the repository: where one is absent, a line says so.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod arbitrage;
mod data;
mod router_calls;
mod v2_core;
mod v2_periphery;
mod v2_sdk;
