//! Going on from a saved state.

use thiserror::Error;

use super::block::{Block, BlockError};
use super::node::Node;
use crate::block::BlockHash;

/// Why a saved state cannot be gone on from, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResumeError {
    /// The block is not to be had.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The chain has another block of this number: the saved state is of a block that was undone, or
    /// of another chain.
    #[error("the state is of block {number} {saved}, the node's chain has {found}")]
    OtherChain {
        /// The number.
        number: u64,
        /// The hash that was saved.
        saved: BlockHash,
        /// The hash on the node's chain.
        found: BlockHash,
    },
}

impl Node {
    /// The block that a saved state is of, where it is still on the node's chain.
    ///
    /// # Errors
    ///
    /// [`ResumeError`], in the order of its variants.
    pub async fn resume(&self, number: u64, saved: BlockHash) -> Result<Block, ResumeError> {
        let block = self.block_at(number).await?;
        let found = block.header().hash;
        if found == saved {
            Ok(block)
        } else {
            Err(ResumeError::OtherChain { number, saved, found })
        }
    }
}
