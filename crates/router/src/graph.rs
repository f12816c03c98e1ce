//! [`Graph`]: which pool trades which tokens.

use cenote_pool::{Direction, Hop, Market, PoolId, TokenId};

use crate::curve::Curve;

/// A pool as seen from one of its tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) pool: PoolId,
    /// The swap that pays the token at which the edge is listed.
    pub(crate) direction: Direction,
    /// The token that this swap buys.
    pub(crate) to: TokenId,
}

impl Edge {
    pub(crate) fn hop(&self) -> Hop {
        Hop { pool: self.pool, direction: self.direction }
    }
}

/// Lists by token, in one piece of memory.
#[derive(Debug, Clone)]
struct Rows<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Rows<T> {
    /// The rows of a list that is sorted by token.
    fn new(tokens: impl Iterator<Item = TokenId>, sorted: Vec<(TokenId, T)>) -> Self {
        let starts = tokens.map(|token| sorted.partition_point(|(at, _)| *at < token)).collect();
        Self { starts, items: sorted.into_iter().map(|(_, item)| item).collect() }
    }

    #[inline]
    fn row(&self, token: TokenId) -> &[T] {
        let start = self.starts.get(token.index()).copied().unwrap_or(self.items.len());
        let end = self.starts.get(token.index().saturating_add(1)).copied();
        self.items.get(start..end.unwrap_or(self.items.len())).unwrap_or_default()
    }
}

/// The pools of a market by token, without their reserves.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    pools: usize,
    /// For each token its pools in the order of their places, hence searches go in that order.
    edges: Rows<Edge>,
    /// What [`distances`](Self::distances) begins with: [`OPEN`] or [`CLOSED`] for each token.
    core: Vec<u8>,
    /// The neighbour through which a token outside the core is left.
    parents: Vec<Option<TokenId>>,
}

/// A token that a simple path may pass, at a distance not known yet; beyond any hop limit.
const OPEN: u8 = 254;

/// A token that no simple path passes.
const CLOSED: u8 = 255;

impl Graph {
    pub(crate) fn new(market: &Market) -> Self {
        let mut edges = Vec::with_capacity(market.pools().len().saturating_mul(2));
        for (id, pool) in market.pools_with_id() {
            for direction in [Direction::ZeroForOne, Direction::OneForZero] {
                let (token_in, to) = pool.tokens(direction);
                edges.push((token_in, Edge { pool: id, direction, to }));
            }
        }
        // A stable sort: the pools of a token stay in the order of their places.
        edges.sort_by_key(|(token, _)| *token);
        let mut pairs = edges.iter().map(|(token, edge)| (*token, edge.to)).collect::<Vec<_>>();
        pairs.sort_unstable();
        pairs.dedup();
        let (core, parents) = peel(market, &Rows::new(market.tokens(), pairs));
        let edges = Rows::new(market.tokens(), edges);
        Self { pools: market.pools().len(), edges, core, parents }
    }

    pub(crate) fn pool_count(&self) -> usize {
        self.pools
    }

    pub(crate) fn token_count(&self) -> usize {
        self.core.len()
    }

    /// All tokens, in the order of their places.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = TokenId> + use<> {
        (0..self.token_count()).filter_map(TokenId::from_index)
    }

    /// The pools that trade a token, in the order of their places.
    #[inline]
    pub(crate) fn edges(&self, token: TokenId) -> &[Edge] {
        self.edges.row(token)
    }

    /// Whether a simple path may go on from one token to another that it has a pool with, unless
    /// it ends in the branch that begins there: into the core, or towards it.
    pub(crate) fn leads_on(&self, token: TokenId, to: TokenId) -> bool {
        self.core.get(to.index()) == Some(&OPEN) || self.parent(token) == Some(to)
    }

    /// The neighbour through which a token outside the core is left.
    pub(crate) fn parent(&self, token: TokenId) -> Option<TokenId> {
        self.parents.get(token.index()).copied().flatten()
    }

    /// The tokens from this one to the core that are outside the core, each with its parent.
    pub(crate) fn branch(&self, end: TokenId) -> impl Iterator<Item = (TokenId, TokenId)> {
        let with_parent = |token| self.parent(token).map(|parent| (token, parent));
        core::iter::successors(with_parent(end), move |(_, parent)| with_parent(*parent))
    }

    /// The number of hops from every token to `goal` through pools that hold something, as far as
    /// `hops` and as useful on a simple path from `start`; anything larger elsewhere.
    pub(crate) fn distances(
        &self,
        (start, goal): (TokenId, TokenId),
        hops: usize,
        holds: impl Fn(PoolId) -> bool,
    ) -> Vec<u8> {
        let mut distances = self.core.clone();
        self.open_branches(&mut distances, [start, goal], hops);
        if let Some(distance) = distances.get_mut(goal.index()) {
            *distance = 0;
        }
        let (mut frontier, mut next) = (vec![goal], Vec::new());
        for far in (1..OPEN).take(hops) {
            // Beyond the start no simple path has anything to look for.
            for token in frontier.drain(..).filter(|token| *token != start) {
                for edge in self.edges(token) {
                    match distances.get_mut(edge.to.index()) {
                        Some(distance) if *distance == OPEN && holds(edge.pool) => {
                            *distance = far;
                            next.push(edge.to);
                        }
                        _ => {}
                    }
                }
            }
            core::mem::swap(&mut frontier, &mut next);
        }
        distances
    }

    /// For each token how many pools that hold something it is from another, as far as `hops`;
    /// one more than that elsewhere.
    pub(crate) fn hops_from(&self, curves: &[Curve], start: TokenId, hops: usize) -> Vec<u32> {
        let far = u32::try_from(hops).unwrap_or(u32::MAX).saturating_add(1);
        let mut distances = vec![far; self.token_count()];
        let (mut frontier, mut next) = (vec![start], Vec::new());
        if let Some(distance) = distances.get_mut(start.index()) {
            *distance = 0;
        }
        for near in 1..far {
            for edge in frontier.drain(..).flat_map(|token| self.edges(token)) {
                let holds = curves.get(edge.pool.index()).is_some_and(Curve::holds);
                match distances.get_mut(edge.to.index()) {
                    Some(distance) if *distance == far && holds => {
                        *distance = near;
                        next.push(edge.to);
                    }
                    _ => {}
                }
            }
            core::mem::swap(&mut frontier, &mut next);
        }
        distances
    }

    /// Opens the way from each end to the core.
    ///
    /// A path enters and leaves what hangs on a token outside the core through that token alone,
    /// so it passes the token only if it begins or ends there.
    fn open_branches(&self, distances: &mut [u8], ends: [TokenId; 2], hops: usize) {
        for end in ends {
            let mut branch = Some(end);
            for _ in 0..=hops {
                let Some(token) = branch else { break };
                if let Some(distance) = distances.get_mut(token.index()) {
                    *distance = OPEN;
                }
                branch = self.parent(token);
            }
        }
    }
}

/// Takes away tokens with at most one neighbour until none is left: what stays is the core, and
/// each token that went has the neighbour it still had as its parent.
fn peel(market: &Market, neighbours: &Rows<TokenId>) -> (Vec<u8>, Vec<Option<TokenId>>) {
    let count = market.token_count();
    let (mut core, mut parents) = (vec![OPEN; count], vec![None; count]);
    let mut degrees = market.tokens().map(|token| neighbours.row(token).len()).collect::<Vec<_>>();
    let is_loose = |degrees: &[usize], token: TokenId| {
        degrees.get(token.index()).is_some_and(|degree| *degree <= 1)
    };
    let mut loose = market.tokens().filter(|token| is_loose(&degrees, *token)).collect::<Vec<_>>();
    while let Some(token) = loose.pop() {
        if let Some(state) = core.get_mut(token.index()) {
            *state = CLOSED;
        }
        let is_left = |other: &&TokenId| core.get(other.index()) == Some(&OPEN);
        let Some(parent) = neighbours.row(token).iter().find(is_left).copied() else { continue };
        if let Some(place) = parents.get_mut(token.index()) {
            *place = Some(parent);
        }
        let Some(degree) = degrees.get_mut(parent.index()) else { continue };
        *degree = degree.saturating_sub(1);
        // At zero it had been loose before, and waits in the list already.
        if *degree == 1 {
            loose.push(parent);
        }
    }
    (core, parents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenote_pool::{Fee, Pool, Reserves};

    fn market(tokens: u32, pairs: &[(u32, u32)]) -> Market {
        let mut market = Market::new();
        for token in 0..tokens {
            market.add_token(&format!("t{token}")).unwrap();
        }
        for (at, (a, b)) in pairs.iter().enumerate() {
            let reserves = Reserves { reserve0: 9_u32.into(), reserve1: 9_u32.into() };
            let pool = Pool::new((*a).into(), (*b).into(), Fee::ZERO).unwrap();
            market.add_pool(&format!("p{at}"), pool.with_reserves(reserves).unwrap()).unwrap();
        }
        market
    }

    /// A triangle 0-1-2 with the branch 2-3-4 and the leaf 5 at 0; a pair 6-7; 8 alone.
    #[test]
    fn the_core_is_what_has_two_ways_out() {
        let pairs = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (3, 4), (5, 0), (6, 7)];
        let graph = Graph::new(&market(9, &pairs));
        let open = graph.core.iter().map(|state| *state == OPEN).collect::<Vec<_>>();
        assert_eq!(open, [true, true, true, false, false, false, false, false, false]);
        let parent = |token: usize| graph.parents[token].map(TokenId::get);
        assert_eq!([parent(3), parent(4), parent(5)], [Some(2), Some(3), Some(0)]);
        assert!(parent(6).is_some() != parent(7).is_some());
        assert_eq!(parent(8), None);
    }

    #[test]
    fn distances_open_the_branches_of_both_ends_and_no_other() {
        let market = market(8, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (3, 4), (5, 0), (6, 7)]);
        let graph = Graph::new(&market);
        let from = |start: u32, goal: u32, hops| {
            graph.distances((start.into(), goal.into()), hops, |_| true)
        };
        assert_eq!(from(4, 1, 4), [1, 0, 1, 2, 3, CLOSED, CLOSED, CLOSED]);
        assert_eq!(from(4, 1, 2), [1, 0, 1, 2, OPEN, CLOSED, CLOSED, CLOSED]);
        assert_eq!(from(0, 1, 4), [1, 0, 1, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED]);
        assert_eq!(from(6, 7, 4)[6..], [1, 0]);
        assert!(from(6, 1, 4)[6..].iter().all(|distance| OPEN <= *distance));
    }
}
