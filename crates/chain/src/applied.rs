//! [`Applied`]: what a block did; [`Flag`]: what a pair cannot have done.

use cenote_pool::{EventError, PoolId, Shares};
use thiserror::Error;

use crate::block::Header;

/// What a block did to a market.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Which block.
    pub header: Header,
    /// How many reports of reserves were taken over, with what led to them where it was said.
    pub events: usize,
    /// The pools of which something was reported, in the order of their places.
    pub touched: Vec<PoolId>,
    /// The pools that are new, in their order.
    pub created: Vec<PoolId>,
    /// What cannot have been, in the order of the logs.
    pub flags: Vec<Flag>,
}

/// A contract that is listed as a pair did what a pair cannot do. Its reserves are what it said,
/// and nothing that follows from its rules is to be believed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Which pool.
    pub pool: PoolId,
    /// The place of the log in its block.
    pub log_index: u64,
    /// What is wrong with it.
    pub reason: FlagReason,
}

/// Why a contract is not what it is listed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FlagReason {
    /// The rules of a pair do not allow it.
    #[error(transparent)]
    Event(#[from] EventError),
    /// An action without a report of reserves before it.
    #[error("an action without a report of reserves before it")]
    NoSync,
    /// Shares were made or given up without a deposit or a withdrawal in the same block.
    #[error("shares were made or given up without a deposit or a withdrawal")]
    StrayShares,
    /// More or fewer shares were made or given up than the pair's rules say.
    #[error("{found} shares after it, not {expected}")]
    Shares {
        /// How many there are by the rules.
        expected: Shares,
        /// How many there are by what was made and given up.
        found: Shares,
    },
}
