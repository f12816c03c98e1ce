//! What a bot needs in most of its files, no more: `use cenote::prelude::*;`.
//!
//! Numbers, pools and markets, what they answer, routes, and a market that follows a chain. Coins and
//! claims, batches, files and errors of single operations are named where they are used.
//!
//! [`Error`](crate::Error) is not in it, since a program most often has one of its own.

pub use crate::chain::{Address, BlockHash, Follower, Header, Notice, Record};
pub use crate::{
    Amount, Certified, Direction, Exact, Fee, Fill, Fork, Hop, Market, Order, Plan, Pool, PoolId,
    Ratio, Reserves, Route, Router, Shares, Step, TokenId, certify,
};
