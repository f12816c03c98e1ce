//! The published bytecode of Uniswap v2, run in an EVM beside Cenote's engine.
//!
//! The package `@uniswap/v2-core` holds the very code that the factory deploys on chains: the hash
//! of its pair is the one that the router has built in. Here it is deployed in memory and called as
//! anybody would call it, and the engine must do the same to the unit, refusals included.
//!
//! A [`Table`] is one pair on both sides; a [`Draw`] makes the numbers. The contracts are fetched
//! by `npm ci` and are no part of this repository.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this package is a test, which stops at the first thing it does not expect"
)]

mod chain;
mod draw;
mod engine;
pub mod operations;
mod seat;
mod table;
mod tally;
mod vectors;
mod venue;

pub use cenote_conformance_contracts::{Contracts, creation_code_hashes};
pub use chain::{Answer, Chain, Refusal, Word};
pub use draw::{Draw, MAX, Size};
pub use engine::Engine;
pub use operations::Operation;
pub use seat::{Case, Plan, Seat};
pub use table::Table;
pub use tally::Tally;
pub use vectors::Vectors;
pub use venue::{COLLECTOR, PAIRS, PairAt, TRADER, Venue};
