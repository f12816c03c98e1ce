//! [`Node::advance`]: a follower goes where the node's chain is.

use thiserror::Error;

use super::block::{Block, BlockError};
use super::limits::Proof;
use super::node::Node;
use super::records::{Odd, Records, RecordsError};
use crate::applied::Applied;
use crate::block::Header;
use crate::follower::{Follower, PushError, RollbackError};

/// The most blocks before the head whose logs are proven by their receipts where that is not
/// required.
const NEAR: usize = 16;

/// How a follower moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// The newest block that the node knows.
    pub head: Header,
    /// The blocks that were undone, the newest first.
    pub undone: Vec<Header>,
    /// The blocks that were taken over, the oldest first.
    pub pushed: Vec<Pushed>,
    /// How many blocks are left to the one that was aimed at.
    pub behind: u64,
}

/// A block that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What it did.
    pub applied: Applied,
    /// Logs of followed pools and factories that have the topic of a pair or a factory and another
    /// form: these contracts are no Uniswap v2 pairs. Nothing of them was taken over.
    pub odd: Vec<Odd>,
    /// Whether its logs are proven to be all there are.
    pub proven: bool,
}

/// Why a follower does not move, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdvanceError {
    /// A block is not to be had.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The chain has other blocks now than a moment ago; it will settle.
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
    /// The follower does not go back.
    #[error(transparent)]
    Rollback(#[from] RollbackError),
    /// The follower does not take a block over. It stands at the block before it.
    #[error("block {number} is not taken over: {error}")]
    Push {
        /// The block.
        number: u64,
        /// Why not.
        error: PushError,
        /// What was done until then.
        before: Box<Advanced>,
    },
}

/// Where a follower goes.
#[derive(Debug)]
struct Plan {
    /// The newest block that the node knows.
    head: Header,
    /// The number of the block that is aimed at.
    aim: u64,
    /// The blocks to be taken over, the oldest first. The one before them is known.
    blocks: Vec<Block>,
}

impl Node {
    /// Moves a follower towards the newest block that the node knows: back to the last block that
    /// both have, then on, block by block.
    ///
    /// At most [`Limits::blocks_per_query`](super::Limits::blocks_per_query) blocks above the
    /// follower's head are taken over at once; [`Advanced::behind`] says how many are left. A node
    /// whose newest block the follower has already, as one of a group that lags, moves nothing.
    ///
    /// All that is needed is fetched and checked first; then the follower moves without waiting for
    /// anything. So an error, or a future that is dropped, leaves it where it was; only after
    /// [`AdvanceError::Push`] it stands at the block before the one that was refused.
    ///
    /// # Errors
    ///
    /// [`AdvanceError`], in the order of its variants.
    pub async fn advance(&self, follower: &mut Follower) -> Result<Advanced, AdvanceError> {
        self.advance_to(follower, u64::MAX).await
    }

    /// [`advance`](Self::advance), and no further than to the block of this number.
    ///
    /// # Errors
    ///
    /// [`AdvanceError`], in the order of its variants.
    pub async fn advance_to(
        &self,
        follower: &mut Follower,
        last: u64,
    ) -> Result<Advanced, AdvanceError> {
        let plan = self.plan(follower, last).await?;
        let records = self.records_of(&plan).await?;
        carry_out(follower, &plan, records)
    }

    /// Finds the way from the follower to the node's head.
    async fn plan(&self, follower: &Follower, last: u64) -> Result<Plan, AdvanceError> {
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
                return Err(AdvanceError::Moved { number: after.header().number });
            }
        }
        let mut back = self.walk_back(follower, blocks.first().unwrap_or(&target)).await?;
        back.reverse();
        back.extend(blocks);
        Ok(Plan { head, aim, blocks: back })
    }

    /// The blocks before this one, the newest first, down to the one after a block that the
    /// follower knows.
    async fn walk_back(
        &self,
        follower: &Follower,
        from: &Block,
    ) -> Result<Vec<Block>, AdvanceError> {
        let oldest = follower.headers().last().unwrap_or(follower.head()).number;
        let (mut blocks, mut first) = (Vec::new(), from.header());
        while follower.header(first.parent).is_none() {
            // A known block before this one would be older than the oldest.
            if first.number <= oldest.saturating_add(1) {
                return Err(AdvanceError::TooDeep { oldest });
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
    async fn records_of(&self, plan: &Plan) -> Result<Vec<Records>, AdvanceError> {
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

/// Moves a follower. Nothing is waited for.
fn carry_out(
    follower: &mut Follower,
    plan: &Plan,
    records: Vec<Records>,
) -> Result<Advanced, AdvanceError> {
    let left = |at: u64| plan.aim.saturating_sub(at);
    let mut done = Advanced {
        head: plan.head,
        undone: Vec::new(),
        pushed: Vec::with_capacity(records.len()),
        behind: left(follower.head().number),
    };
    let Some(first) = plan.blocks.first() else { return Ok(done) };
    done.undone = follower.rollback(first.header().parent)?;
    for (block, Records { records, odd, proven }) in plan.blocks.iter().zip(records) {
        let header = block.header();
        match follower.push(&header, &records) {
            Ok(applied) => {
                let odd = odd.into_iter().filter(|odd| is_followed(follower, odd)).collect();
                done.pushed.push(Pushed { applied, odd, proven });
                done.behind = left(header.number);
            }
            Err(error) => {
                let (number, before) = (header.number, Box::new(done));
                return Err(AdvanceError::Push { number, error, before });
            }
        }
    }
    Ok(done)
}

/// Whether a log is of a contract that is followed.
fn is_followed(follower: &Follower, odd: &Odd) -> bool {
    let mut factories = follower.factories().iter();
    follower.pool(&odd.address).is_some() || factories.any(|factory| factory.address == odd.address)
}
