//! What an Ethereum chain says of Uniswap v2 pairs.

#![forbid(unsafe_code)]

mod address;
mod applied;
mod block;
mod book;
mod follower;
mod hex;
mod record;
mod work;

pub use address::{Address, AddressError};
pub use applied::{Applied, Flag, FlagReason};
pub use block::{BlockHash, BlockHashError, Header};
pub use follower::{Factory, Follower, FollowerError, PairReason, PushError, RollbackError};
pub use record::{Notice, Record};
