//! The engine beside a node that runs the published contracts of Uniswap v2.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this package is a test, which stops at the first thing it does not expect"
)]

pub mod abi;
mod anvil;
mod market;
mod node;
mod state;
mod traffic;
mod world;

pub use anvil::{Anvil, GENESIS};
pub use market::{DEPTH, Difference, name};
pub use node::{Node, Reverted};
pub use state::{NUMBERS, PairState};
pub use traffic::Traffic;
pub use world::{Exchange, MULTICALL3, PairAt, World, compiled};
