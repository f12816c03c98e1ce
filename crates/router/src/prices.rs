//! Prices at which no swap earns, to begin with.
#![expect(clippy::float_arithmetic, reason = "prices decide no amount")]

use cenote_pool::{Direction, TokenId};

use crate::curve::Curve;
use crate::graph::{Edge, Graph};

/// The roots of prices, one for each token, at which no pool lets anybody earn: in the middle of
/// what the pools' fees leave open. Where there is arbitrage no such prices are, and these are near.
pub(crate) fn fair(graph: &Graph, curves: &[Curve]) -> Vec<f64> {
    let mut roots = spread(graph, curves);
    for _ in 0..SWEEPS {
        average(graph, curves, &mut roots);
    }
    let start = roots;
    let (mut high, mut low) = (start.clone(), start.clone());
    correct(graph, &start, &mut high, |edge, roots| {
        let lane = curves.get(edge.pool.index())?.lane(edge.direction);
        let limit = lane.wall * root_of(roots, lane.token_in) / lane.root;
        (lane.root > 0.0 && limit < root_of(roots, lane.token_out)).then_some(limit)
    });
    correct(graph, &start, &mut low, |edge, roots| {
        let lane = curves.get(edge.pool.index())?.lane(edge.direction.reverse());
        let limit = lane.root * root_of(roots, lane.token_out) / lane.wall;
        (lane.wall > 0.0 && root_of(roots, lane.token_in) < limit).then_some(limit)
    });
    high.iter().zip(&low).map(|(high, low)| (high * low).sqrt()).collect()
}

/// Rounds of averaging; a few suffice, since each begins where the last one ended.
const SWEEPS: usize = 4;

/// Visits of a token before it is left as it is: only arbitrage needs more.
const VISITS: u8 = 16;

#[inline]
pub(crate) fn root_of(roots: &[f64], token: TokenId) -> f64 {
    roots.get(token.index()).copied().unwrap_or(1.0)
}

/// From the token with most pools of each component outwards, each token by the deepest pool that
/// joins it to the one before it.
fn spread(graph: &Graph, curves: &[Curve]) -> Vec<f64> {
    let mut roots = vec![0.0; graph.token_count()];
    let mut order = graph.tokens().collect::<Vec<_>>();
    order.sort_by_key(|token| core::cmp::Reverse(graph.edges(*token).len()));
    let mut reached = Vec::new();
    for start in order {
        if root_of(&roots, start) > 0.0 {
            continue;
        }
        set(&mut roots, start, 1.0);
        reached.push(start);
        while let Some(token) = reached.pop() {
            let mut edges = graph.edges(token).iter().collect::<Vec<_>>();
            let depth = |edge: &&Edge| lane(curves, edge).map_or(0.0, |(held, _)| held);
            edges.sort_by(|a, b| depth(b).total_cmp(&depth(a)));
            for edge in edges {
                match lane(curves, edge) {
                    Some((held, other)) if held > 0.0 && root_of(&roots, edge.to) == 0.0 => {
                        let root = root_of(&roots, token) * held / other;
                        set(&mut roots, edge.to, root);
                        reached.push(edge.to);
                    }
                    _ => {}
                }
            }
        }
    }
    roots
}

/// Moves each token to the mean of what its pools say, by the root of their depth.
fn average(graph: &Graph, curves: &[Curve], roots: &mut [f64]) {
    for token in graph.tokens() {
        let (mut sum, mut weights) = (0.0, 0.0);
        let root = root_of(roots, token);
        for edge in graph.edges(token) {
            if let Some((held, other)) = lane(curves, edge).filter(|(held, _)| *held > 0.0) {
                let weight = held * root;
                sum += weight * (root_of(roots, edge.to) * other / (held * root)).ln();
                weights += weight;
            }
        }
        if weights > 0.0 {
            set(roots, token, root * (sum / weights).exp());
        }
    }
}

/// The roots of what a pool holds of the token at which an edge is listed, and of the other one.
fn lane(curves: &[Curve], edge: &Edge) -> Option<(f64, f64)> {
    let [root0, root1] = curves.get(edge.pool.index())?.roots;
    match edge.direction {
        Direction::ZeroForOne => Some((root0, root1)),
        Direction::OneForZero => Some((root1, root0)),
    }
}

/// Moves tokens to the limits that their neighbours set, until all keep them.
fn correct(
    graph: &Graph,
    start: &[f64],
    roots: &mut [f64],
    limit: impl Fn(&Edge, &[f64]) -> Option<f64>,
) {
    let mut visits = vec![0_u8; graph.token_count()];
    let mut waiting = graph.tokens().collect::<std::collections::VecDeque<_>>();
    while let Some(token) = waiting.pop_front() {
        for edge in graph.edges(token) {
            let Some(limit) = limit(edge, roots) else { continue };
            let is_near = (limit / root_of(roots, edge.to) - 1.0).abs() < NEAR;
            let is_far = FAR <= (limit / root_of(start, edge.to) - 1.0).abs();
            match visits.get_mut(edge.to.index()) {
                Some(visits) if !is_near && !is_far && *visits < VISITS => {
                    *visits = visits.saturating_add(1);
                    set(roots, edge.to, limit);
                    waiting.push_back(edge.to);
                }
                _ => {}
            }
        }
    }
}

/// How far a root may be corrected, relatively: further only arbitrage drives it, without end.
const FAR: f64 = 0.1;

/// Corrections not worth making.
const NEAR: f64 = 1e-14;

fn set(roots: &mut [f64], token: TokenId, root: f64) {
    if let Some(place) = roots.get_mut(token.index()) {
        *place = root.clamp(*ROOTS.start(), *ROOTS.end());
    }
}

/// Roots of prices stay in here, so that what is computed from them is finite and not zero.
const ROOTS: core::ops::RangeInclusive<f64> = 1e-80..=1e80;
