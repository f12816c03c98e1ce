//! [`Records`]: what the logs of a block say.

use alloy_primitives::{BloomInput, Log};
use thiserror::Error;

use super::block::{Block, BlockError};
use super::fault::{RequestError, RequestFault};
use super::limits::Proof;
use super::logs::Found;
use super::node::Node;
use super::receipts;
use crate::address::Address;
use crate::block::BlockHash;
use crate::decode::{DecodeError, TOPICS, decode_record};
use crate::record::Record;

/// What the logs of a block say of pairs, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// What they say.
    pub records: Vec<Record>,
    /// Logs with the topic of a pair or a factory and another form; of contracts that are neither,
    /// or that are not followed, they mean nothing.
    pub odd: Vec<Odd>,
    /// Whether they are proven to be all there are.
    pub proven: bool,
}

/// A log with the topic of a pair or a factory and another form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    /// Its place in its block.
    pub log_index: u64,
    /// The contract that says it.
    pub address: Address,
    /// What is wrong with it.
    pub error: DecodeError,
}

/// Why the logs of blocks are not to be had, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordsError {
    /// No answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The node does not have the block's receipts.
    #[error("the node has no receipts of block {number}")]
    NoReceipts {
        /// The block.
        number: u64,
    },
    /// The receipts are not those of the block: some are left out, invented or changed.
    #[error("the receipts of block {number} are not those that its header commits to")]
    ReceiptsRoot {
        /// The block.
        number: u64,
    },
    /// A log of a block that was undone.
    #[error("a log that was removed")]
    Removed,
    /// A log without a block or without a place in it.
    #[error("a log without its block or its place in it")]
    Placeless,
    /// A log of a block that was not asked for.
    #[error("a log of another block: {number} {hash}")]
    OtherBlock {
        /// The block's number.
        number: u64,
        /// The block's hash.
        hash: BlockHash,
    },
    /// A log that does not match the filter.
    #[error("log {index} of block {number} is not one of those asked for")]
    NotAskedFor {
        /// The block.
        number: u64,
        /// The log's place in it.
        index: u64,
    },
    /// A log that the block cannot have.
    #[error("log {index} of block {number} is not in the block's bloom")]
    NotInBloom {
        /// The block.
        number: u64,
        /// The log's place in it.
        index: u64,
    },
    /// A log that comes twice, or before one that it follows.
    #[error("log {index} of block {number} does not follow the one before it")]
    Order {
        /// The block.
        number: u64,
        /// The log's place in it.
        index: u64,
    },
    /// Two answers have different logs at one place.
    #[error("two different logs {index} of block {number}")]
    Contradiction {
        /// The block.
        number: u64,
        /// The logs' place in it.
        index: u64,
    },
    /// The block that shows that the chain is still the same is not to be had.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The chain has other blocks now than when the headers were read.
    #[error("block {number} was replaced while its logs were read")]
    Moved {
        /// The last block asked for.
        number: u64,
    },
}

impl Node {
    /// What the logs of a block say.
    ///
    /// Proven by the receipts' root as [`Limits::proof`](super::Limits::proof) says; otherwise each
    /// log is one of the block, asked for, in the bloom and in order.
    ///
    /// # Errors
    ///
    /// [`RecordsError`], in the order of its variants.
    pub async fn records(&self, block: &Block) -> Result<Records, RecordsError> {
        // Only a header of the hash of its fields says anything of a block.
        let is_bound = self.limits().header_hashes;
        if is_bound
            && TOPICS
                .iter()
                .all(|topic| !block.logs_bloom.contains_input(BloomInput::Raw(&topic.0)))
        {
            // A bloom has no false absences.
            return Ok(Records { records: Vec::new(), odd: Vec::new(), proven: true });
        }
        if self.limits().proof != Proof::Bloom {
            match self.proven(block).await {
                Err(RecordsError::Request(error)) if self.may_do_without(&error) => {}
                proven => return proven,
            }
        }
        let found = self.logs_of(block).await?;
        Ok(read(found.into_iter().map(|((_, index), log)| (index, log))))
    }

    /// What the logs of blocks that follow one another say, for each of them; not proven complete.
    pub(super) async fn records_between(
        &self,
        blocks: &[Block],
    ) -> Result<Vec<Records>, RecordsError> {
        let mut found = self.logs_between(blocks).await?;
        // Logs by numbers are those of the chain of the moment: it must be the one of the headers.
        if let Some(last) = blocks.last().map(Block::header)
            && self.block_at(last.number).await?.header().hash != last.hash
        {
            return Err(RecordsError::Moved { number: last.number });
        }
        Ok(blocks.iter().map(|block| take(&mut found, block.header().number)).collect())
    }

    async fn proven(&self, block: &Block) -> Result<Records, RecordsError> {
        let number = block.header().number;
        let receipts = self.receipts(block.header().hash).await?;
        let receipts = receipts.ok_or(RecordsError::NoReceipts { number })?;
        if receipts::root(&receipts) != block.receipts_root {
            return Err(RecordsError::ReceiptsRoot { number });
        }
        let proven = self.limits().header_hashes;
        Ok(Records { proven, ..read(receipts::logs(receipts)) })
    }

    /// Whether a node that refuses its receipts is asked for logs instead.
    fn may_do_without(&self, error: &RequestError) -> bool {
        let refused = match &error.fault {
            RequestFault::Status { status, .. } => *status < 500,
            RequestFault::UnknownMethod(_)
            | RequestFault::Refused { .. }
            | RequestFault::TooMuch(_)
            | RequestFault::TooLong { .. } => true,
            _ => false,
        };
        refused && self.limits().proof == Proof::WhereOffered
    }
}

/// Takes the logs of one block out of those found.
fn take(found: &mut Found, number: u64) -> Records {
    let mut logs = Vec::new();
    while let Some(first) = found.first_entry()
        && first.key().0 <= number
    {
        let ((_, index), log) = first.remove_entry();
        logs.push((index, log));
    }
    read(logs.into_iter())
}

/// Reads logs in their order, of which nothing is proven.
fn read(logs: impl Iterator<Item = (u64, Log)>) -> Records {
    let mut read = Records { records: Vec::new(), odd: Vec::new(), proven: false };
    for (log_index, log) in logs {
        match decode_record(&log, log_index) {
            Ok(record) => read.records.extend(record),
            Err(error) => {
                read.odd.push(Odd { log_index, address: log.address.into(), error });
            }
        }
    }
    read
}
