//! [`Node::advance`]: a follower goes where the node's chain is.

use thiserror::Error;

use super::node::Node;
use super::records::Odd;
use super::way::{Step, StepError, WayError};
use crate::applied::Applied;
use crate::block::Header;
use crate::follower::Follower;

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
    /// form, of which nothing was taken over: these contracts are no Uniswap v2 pairs, but for what
    /// [`decode`](crate::decode) says of a `Burn`.
    pub odd: Vec<Odd>,
    /// Whether its logs are proven to be all there are.
    pub proven: bool,
}

/// Why a follower does not move, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdvanceError {
    /// There is no way to the node's head; nothing moved.
    #[error(transparent)]
    Way(#[from] WayError),
    /// The follower refuses a step of it, and stands before that.
    #[error("{error}")]
    Step {
        /// Why.
        error: StepError,
        /// What was done until then.
        before: Box<Advanced>,
    },
}

impl Node {
    /// Moves a follower towards the newest block that the node knows: back to the last block that
    /// both have, then on, block by block. [`way`](Self::way) lets look at the market after each.
    ///
    /// At most [`Limits::blocks_per_query`](super::Limits::blocks_per_query) blocks above the
    /// follower's head are taken over at once; [`Advanced::behind`] says how many are left. A node
    /// whose newest block the follower has already, as one of a group that lags, moves nothing.
    ///
    /// All that is needed is fetched and checked first; then the follower moves without waiting for
    /// anything. So an error, or a future that is dropped, leaves it where it was; only after
    /// [`AdvanceError::Step`] it stands before the step that it refused.
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
        let mut way = self.way(follower, last).await?;
        let (head, behind) = (way.head(), way.behind(follower));
        let mut done = Advanced { head, undone: Vec::new(), pushed: Vec::new(), behind };
        loop {
            match way.step(follower) {
                Ok(Some(Step::Undone(undone))) => done.undone = undone,
                Ok(Some(Step::Pushed(pushed))) => done.pushed.push(pushed),
                Ok(None) => return Ok(done),
                Err(error) => return Err(AdvanceError::Step { error, before: Box::new(done) }),
            }
            done.behind = way.behind(follower);
        }
    }
}
