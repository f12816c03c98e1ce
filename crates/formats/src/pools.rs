//! pools.csv: the states of many pools.
//!
//! A row has a pool's name, its tokens, reserves and fee (`fee_bps`, `fee_pips`, or `fee0_pips` and
//! `fee1_pips`), and what is known of its shares, its past, its tokens' labels and its block. As a
//! snapshot it has the columns `end_*` besides: what is known of the end of the block.

use cenote_pool::Fee;

mod columns;
mod fees;
mod history;
mod read;
mod snapshots;
mod state_block;
mod write;

pub(crate) use columns::pool_column;
pub use read::{read_pools, read_pools_of_block};
pub use snapshots::{Snapshots, read_snapshots};
pub use state_block::StateBlock;
pub use write::{write_pools, write_pools_of_block};

/// What the reader of a file decides that the file leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolsOptions {
    /// The fee of pools whose row has none; without it they are refused.
    pub default_fee: Option<Fee>,
    /// The block whose states are read, where a file has several; without it a pool may have
    /// one state only.
    pub block: Option<u64>,
}

impl PoolsOptions {
    /// Whether a row of this block is not the one that was chosen.
    fn leave_out(&self, block: Option<u64>) -> bool {
        self.block.is_some() && self.block != block
    }
}
