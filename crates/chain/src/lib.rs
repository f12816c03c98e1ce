//! What an Ethereum chain says of Uniswap v2 pairs.

#![forbid(unsafe_code)]

mod address;
mod block;
mod hex;
mod record;

pub use address::{Address, AddressError};
pub use block::{BlockHash, BlockHashError, Header};
pub use record::{Notice, Record};
