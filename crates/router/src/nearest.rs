//! [`nearest`]: the path with the best rate for very little.
#![expect(
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "prices decide no amount, and there are two sides"
)]

use core::cmp::Ordering;
use std::collections::BinaryHeap;

use cenote_pool::{Direction, Hop, TokenId};

use crate::curve::Curve;
use crate::graph::Graph;
use crate::prices::root_of;

/// Finds the path on which an amount that moves no price loses least, from both ends at once.
///
/// At prices `w^2` a hop loses the factor `wall * w_in / (root * w_out)`, at least one where nothing
/// is to be earned; where something is, one is taken.
pub(crate) fn nearest(
    (graph, curves): (&Graph, &[Curve]),
    roots: &[f64],
    (from, to): (TokenId, TokenId),
) -> Option<Vec<Hop>> {
    let mut sides = [Side::new(graph, from), Side::new(graph, to)];
    let mut best: Option<(f64, TokenId)> = None;
    loop {
        let [ahead, behind] = [sides[0].least(), sides[1].least()];
        let (Some(ahead), Some(behind)) = (ahead, behind) else { break };
        if best.is_some_and(|(loss, _)| loss <= ahead * behind) {
            break;
        }
        let way = usize::from(behind < ahead);
        let (near, far) = sides.split_at_mut(1);
        let (near, far) = if way == 0 { (&mut near[0], &far[0]) } else { (&mut far[0], &near[0]) };
        let Some((loss, token)) = near.settle() else { continue };
        for edge in graph.edges(token) {
            let Some(curve) = curves.get(edge.pool.index()) else { continue };
            let direction = if way == 0 { edge.direction } else { edge.direction.reverse() };
            let lane = curve.lane(direction);
            let pays = lane.root * root_of(roots, lane.token_out);
            if pays <= 0.0 {
                continue;
            }
            let factor = (lane.wall * root_of(roots, lane.token_in) / pays).max(1.0);
            let reached = loss * factor;
            let bound = best.map_or(f64::INFINITY, |(loss, _)| loss);
            if reached < bound && near.reach(edge.to, reached, Hop { pool: edge.pool, direction }) {
                let whole = reached * far.loss(edge.to);
                if whole < bound {
                    best = Some((whole, edge.to));
                }
            }
        }
    }
    let (_, middle) = best?;
    let mut hops = sides[0].trace(curves, middle, Direction::reverse);
    hops.reverse();
    hops.extend(sides[1].trace(curves, middle, |direction| direction));
    Some(hops)
}

/// What one end knows.
struct Side {
    /// The loss to each token reached, minus one; nothing is stored for the end itself.
    losses: Vec<f64>,
    hops: Vec<Option<Hop>>,
    end: TokenId,
    waiting: BinaryHeap<Waiting>,
}

/// A token with its loss, the least first.
struct Waiting(f64, TokenId);

impl Side {
    fn new(graph: &Graph, end: TokenId) -> Self {
        let count = graph.token_count();
        let mut side =
            Self { losses: vec![0.0; count], hops: Vec::new(), end, waiting: BinaryHeap::new() };
        side.hops.resize(count, None);
        if let Some(place) = side.losses.get_mut(end.index()) {
            *place = 1.0;
        }
        side.waiting.push(Waiting(1.0, end));
        side
    }

    /// The loss to a token as far as it is known.
    fn loss(&self, token: TokenId) -> f64 {
        match self.losses.get(token.index()) {
            Some(loss) if *loss > 0.0 => *loss,
            _ => f64::INFINITY,
        }
    }

    /// The least loss of what waits.
    fn least(&mut self) -> Option<f64> {
        while let Some(Waiting(loss, token)) = self.waiting.peek() {
            if *loss <= self.loss(*token) {
                return Some(*loss);
            }
            self.waiting.pop();
        }
        None
    }

    fn settle(&mut self) -> Option<(f64, TokenId)> {
        self.least()?;
        self.waiting.pop().map(|Waiting(loss, token)| (loss, token))
    }

    /// Whether a token is reached with less loss than before.
    fn reach(&mut self, token: TokenId, loss: f64, hop: Hop) -> bool {
        if self.loss(token) <= loss {
            return false;
        }
        if let (Some(place), Some(way)) =
            (self.losses.get_mut(token.index()), self.hops.get_mut(token.index()))
        {
            *place = loss;
            *way = Some(hop);
        }
        self.waiting.push(Waiting(loss, token));
        true
    }

    /// The hops from a token to the end.
    fn trace(
        &self,
        curves: &[Curve],
        mut token: TokenId,
        towards: impl Fn(Direction) -> Direction,
    ) -> Vec<Hop> {
        let mut hops = Vec::new();
        // No path passes more tokens than there are.
        for _ in 0..self.hops.len() {
            if token == self.end {
                break;
            }
            let Some(hop) = self.hops.get(token.index()).copied().flatten() else { break };
            let Some(curve) = curves.get(hop.pool.index()) else { break };
            hops.push(hop);
            token = curve.lane(towards(hop.direction)).token_out;
        }
        hops
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then_with(|| other.1.cmp(&self.1))
    }
}
