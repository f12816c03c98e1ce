//! [`Way`]: the blocks between a follower and the node's head, fetched and checked.

use std::collections::VecDeque;

use thiserror::Error;

use super::advance::Pushed;
use super::block::{Block, BlockError};
use super::limits::Proof;
use super::node::Node;
use super::records::{Odd, Records, RecordsError};
use crate::block::Header;
use crate::follower::{Follower, PushError, RollbackError};

/// The most blocks before the head whose logs are proven by their receipts where that is not
/// required.
const NEAR: usize = 16;

/// The blocks between a follower and the node's head, with all that their logs say: what a follower
/// needs to move, one step after the other, without waiting for anything.
#[derive(Debug, Clone)]
pub struct Way {
    head: Header,
    aim: u64,
    /// The oldest first.
    blocks: VecDeque<(Header, Records)>,
}

/// One step of a follower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It went back: the blocks that were undone, the newest first.
    Undone(Vec<Header>),
    /// It took a block over.
    Pushed(Pushed),
}

/// Why there is no way to the node's head, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WayError {
    /// A block is not to be had.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The chain has other blocks now than a moment ago.
    #[error("block {number} was replaced while the blocks were read")]
    Moved {
        /// The first block that does not follow from the one before it.
        number: u64,
    },
    /// The chain has left the follower's before the first block that it can go back to.
    #[error("the chain has other blocks since block {oldest}, the first that can be gone back to")]
    TooDeep {
        /// The number of that block.
        oldest: u64,
    },
    /// The logs of a block are not to be had.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

impl WayError {
    /// Whether there may be a way a little later: the chain has moved, or something that passes has
    /// lasted longer than a request is tried.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Moved { .. }
            | Self::Block(BlockError::Unknown { .. })
            | Self::Records(
                RecordsError::Moved { .. }
                | RecordsError::NoReceipts { .. }
                | RecordsError::OtherBlock { .. }
                | RecordsError::Block(BlockError::Unknown { .. }),
            ) => true,
            Self::Block(BlockError::Request(error))
            | Self::Records(
                RecordsError::Request(error) | RecordsError::Block(BlockError::Request(error)),
            ) => error.fault.may_pass(),
            _ => false,
        }
    }
}

/// Why a follower does not make a step, in the order of the checks. It stands where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StepError {
    /// It does not go back.
    #[error(transparent)]
    Rollback(#[from] RollbackError),
    /// It does not take a block over.
    #[error("block {number} is not taken over: {error}")]
    Push {
        /// The block.
        number: u64,
        /// Why not.
        error: PushError,
    },
}

/// The blocks that a follower needs.
#[derive(Debug)]
struct Plan {
    head: Header,
    aim: u64,
    /// The oldest first; the one before them is known.
    blocks: Vec<Block>,
}

impl Way {
    /// The newest block that the node knows.
    pub fn head(&self) -> Header {
        self.head
    }

    /// How many blocks a follower is away from the one that was aimed at.
    pub fn behind(&self, follower: &Follower) -> u64 {
        self.aim.saturating_sub(follower.head().number)
    }

    /// Moves the follower by one step: back, where the way begins before its head, else on by one
    /// block. `None` at the end of the way.
    ///
    /// # Errors
    ///
    /// [`StepError`], in the order of its variants; the follower then stands where it stood.
    pub fn step(&mut self, follower: &mut Follower) -> Result<Option<Step>, StepError> {
        let Some((header, _)) = self.blocks.front() else { return Ok(None) };
        if follower.header(header.parent).is_some() && header.parent != follower.head().hash {
            return Ok(Some(Step::Undone(follower.rollback(header.parent)?)));
        }
        let Some((header, records)) = self.blocks.pop_front() else { return Ok(None) };
        let Records { records, odd, proven } = records;
        let applied = follower.push(&header, &records);
        let applied = applied.map_err(|error| StepError::Push { number: header.number, error })?;
        let odd = odd.into_iter().filter(|odd| is_followed(follower, odd)).collect();
        Ok(Some(Step::Pushed(Pushed { applied, odd, proven })))
    }
}

impl Node {
    /// Finds the way from a follower to the newest block that the node knows, and no further than to
    /// the block of the number `last`, and fetches what is needed to go it.
    ///
    /// It has at most [`Limits::blocks_per_query`](super::Limits::blocks_per_query) blocks above the
    /// follower's head. Where the follower knows the node's newest block already, as with one of a
    /// group of nodes that lags, it is empty.
    ///
    /// # Errors
    ///
    /// [`WayError`], in the order of its variants.
    pub async fn way(&self, follower: &Follower, last: u64) -> Result<Way, WayError> {
        let plan = self.plan(follower, last).await?;
        let records = self.records_of(&plan).await?;
        let Plan { head, aim, blocks } = plan;
        let headers = blocks.iter().map(Block::header);
        Ok(Way { head, aim, blocks: headers.zip(records).collect() })
    }

    /// Finds the way from the follower to the node's head.
    async fn plan(&self, follower: &Follower, last: u64) -> Result<Plan, WayError> {
        let newest = self.head().await?;
        let (head, ours) = (newest.header(), follower.head());
        let aim = head.number.min(last);
        let stay = Plan { head, aim: ours.number, blocks: Vec::new() };
        if follower.header(head.hash).is_some() {
            return Ok(stay);
        }
        let most = u64::try_from(self.limits().blocks_per_query.max(1)).unwrap_or(u64::MAX);
        let to = aim.min(ours.number.saturating_add(most));
        let target = if to == head.number { newest } else { self.block_at(to).await? };
        if follower.header(target.header().hash).is_some() {
            return Ok(stay);
        }
        // Above the follower's head by number, all at once; then back by hash, one by one.
        let numbers = (ours.number.saturating_add(1)..to).collect::<Vec<_>>();
        let mut blocks = self.blocks_at(&numbers).await?;
        blocks.push(target);
        for pair in blocks.windows(2) {
            if let [before, after] = pair
                && after.header().parent != before.header().hash
            {
                return Err(WayError::Moved { number: after.header().number });
            }
        }
        let mut back = self.walk_back(follower, blocks.first().unwrap_or(&target)).await?;
        back.reverse();
        back.extend(blocks);
        Ok(Plan { head, aim, blocks: back })
    }

    /// The blocks before this one, the newest first, down to the one after a block that the
    /// follower knows.
    async fn walk_back(&self, follower: &Follower, from: &Block) -> Result<Vec<Block>, WayError> {
        let oldest = follower.headers().last().unwrap_or(follower.head()).number;
        let (mut blocks, mut first) = (Vec::new(), from.header());
        while follower.header(first.parent).is_none() {
            // A known block before this one would be older than the oldest.
            if first.number <= oldest.saturating_add(1) {
                return Err(WayError::TooDeep { oldest });
            }
            let asked = first.number.saturating_sub(1);
            let block = self.block(first.parent).await?;
            let found = block.header().number;
            if found != asked {
                return Err(BlockError::OtherNumber { asked, found }.into());
            }
            first = block.header();
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// What the logs of the blocks say: near the head block by block, else many blocks at once.
    async fn records_of(&self, plan: &Plan) -> Result<Vec<Records>, WayError> {
        let near = match self.limits().proof {
            Proof::Required => usize::MAX,
            Proof::WhereOffered => NEAR,
            Proof::Bloom => 1,
        };
        let reaches = plan.blocks.last().is_some_and(|block| block.header().number == plan.aim);
        let near = if reaches || near == usize::MAX { near } else { 0 };
        let (far, near) = plan.blocks.split_at(plan.blocks.len().saturating_sub(near));
        let mut records = self.records_between(far).await?;
        for block in near {
            records.push(self.records(block).await?);
        }
        Ok(records)
    }
}

/// Whether a log is of a contract that is followed.
fn is_followed(follower: &Follower, odd: &Odd) -> bool {
    let mut factories = follower.factories().iter();
    follower.pool(&odd.address).is_some() || factories.any(|factory| factory.address == odd.address)
}
