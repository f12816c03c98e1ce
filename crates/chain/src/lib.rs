//! What an Ethereum chain says of Uniswap v2 pairs.

#![forbid(unsafe_code)]

mod address;
mod applied;
mod block;
mod book;
#[cfg(feature = "alloy")]
mod bundle;
#[cfg(feature = "alloy")]
mod calldata;
#[cfg(feature = "alloy")]
mod convert;
#[cfg(feature = "alloy")]
mod decode;
mod dust;
mod follower;
mod hex;
mod record;
#[cfg(feature = "rpc")]
pub mod rpc;
#[cfg(feature = "alloy")]
mod v2_router;
mod work;

pub use address::{Address, AddressError};
pub use applied::{Applied, Flag, FlagReason};
pub use block::{BlockHash, BlockHashError, Header};
#[cfg(feature = "alloy")]
pub use bundle::Bundle;
#[cfg(feature = "alloy")]
pub use calldata::{Call, Calldata, CalldataError, ToCalldata};
#[cfg(feature = "alloy")]
pub use decode::{DecodeError, TOPICS, decode, decode_record};
pub use follower::{Factory, Follower, FollowerError, PushError, RollbackError};
pub use record::{Notice, Record};
#[cfg(feature = "alloy")]
pub use v2_router::V2Router;
