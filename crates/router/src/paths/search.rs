//! [`Search`]: simple paths of a fixed length, depth first.

use core::slice::Iter;

use cenote_pool::{Amount, Direction, Hop, Pool, TokenId};

use crate::graph::Edge;
use crate::paths::labels::{Labels, Scene};

/// What a swap gives to a search that goes from the token paid to the token bought.
pub(crate) type Pay = fn(&Pool, Direction, Amount) -> Option<Amount>;

/// Simple paths of exactly so many hops, in the lexicographic order of their pools.
///
/// The labels of [`Backward`](crate::paths::labels::Backward) say how much of each token some walk needs
/// to reach the wanted output in the hops that are left. A path that has less has no use. One
/// that has enough may still fail, when every such walk comes back to a token of the path.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    scene: Scene<'a>,
    pay: Pay,
    hops: usize,
    /// The path so far, at most 17 tokens.
    frames: Vec<Frame<'a>>,
}

/// A token of the path, how much of it there is, and where to go on from it.
#[derive(Debug)]
struct Frame<'a> {
    token: TokenId,
    amount: Amount,
    /// How it was reached; nothing for the first.
    hop: Option<Hop>,
    edges: Iter<'a, Edge>,
}

impl<'a> Search<'a> {
    /// A search that has not begun, for paths of `hops` hops from `amount`.
    pub(crate) fn new(scene: Scene<'a>, pay: Pay, amount: Amount, hops: usize) -> Self {
        let mut frames = Vec::with_capacity(hops.saturating_add(1));
        let edges = scene.graph.edges(scene.from).iter();
        frames.push(Frame { token: scene.from, amount, hop: None, edges });
        Self { scene, pay, hops, frames }
    }

    /// Goes on to the next path that meets the needs, which may have risen since the last one.
    pub(crate) fn advance(&mut self, needs: &Labels) -> bool {
        while !self.frames.is_empty() {
            if let Some(frame) = self.child(needs) {
                self.frames.push(frame);
                if self.hops < self.frames.len() {
                    return true;
                }
            } else {
                self.frames.pop();
            }
        }
        false
    }

    /// The pools of the path found.
    pub(crate) fn path(&self) -> Vec<Hop> {
        self.frames.iter().filter_map(|frame| frame.hop).collect()
    }

    /// What the path found gives.
    pub(crate) fn amount(&self) -> Amount {
        self.frames.last().map_or(Amount::ZERO, |frame| frame.amount)
    }

    /// Goes on from where it stands as if it had begun with another amount.
    pub(crate) fn restart_with(&mut self, mut amount: Amount) {
        let Self { scene, pay, frames, .. } = self;
        for frame in frames {
            if let Some(hop) = frame.hop {
                let pool = scene.market.pool(hop.pool).ok();
                // Zero buys nothing, so a refused path is left at once.
                amount = pool.and_then(|pool| pay(pool, hop.direction, amount)).unwrap_or_default();
            }
            frame.amount = amount;
        }
    }

    /// The next token to which the path can go on, if there is one.
    fn child(&mut self, needs: &Labels) -> Option<Frame<'a>> {
        // None at the end of a complete path.
        let left = self.hops.checked_sub(self.frames.len())?;
        let (last, earlier) = self.frames.split_last_mut()?;
        if last.amount < needs.get(left.saturating_add(1), last.token)? {
            return None;
        }
        for edge in last.edges.by_ref() {
            let Some(need) = needs.get(left, edge.to) else { continue };
            if earlier.iter().any(|frame| frame.token == edge.to) {
                continue;
            }
            // Every frame is left once there is no work left.
            let work = self.scene.work;
            work.set(work.get().checked_sub(1)?);
            let Some(pool) = self.scene.pool(edge.pool) else { continue };
            match (self.pay)(pool, edge.direction, last.amount) {
                Some(amount) if need <= amount => {
                    // A complete path goes nowhere.
                    let further = if left == 0 { &[] } else { self.scene.graph.edges(edge.to) };
                    let (token, hop) = (edge.to, Some(edge.hop()));
                    return Some(Frame { token, amount, hop, edges: further.iter() });
                }
                _ => {}
            }
        }
        None
    }
}
