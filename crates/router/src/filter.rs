//! [`Filter`]: which pools a question leaves out.

use cenote_pool::{PoolId, TokenId};

use crate::graph::Graph;

/// Pools and tokens that a route may or may not use. The ends of the trade are always allowed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) only_pools: Option<&'a [PoolId]>,
    pub(crate) without_pools: &'a [PoolId],
    pub(crate) only_tokens: Option<&'a [TokenId]>,
    pub(crate) without_tokens: &'a [TokenId],
}

impl Filter<'_> {
    /// For each pool whether it is left out; nothing where no filter is set.
    ///
    /// A token that is left out takes all its pools with it.
    pub(crate) fn closed(&self, graph: &Graph, ends: [TokenId; 2]) -> Option<Vec<bool>> {
        let Self { only_pools, without_pools, only_tokens, without_tokens } = *self;
        let is_set = only_pools.is_some()
            || only_tokens.is_some()
            || !(without_pools.is_empty() && without_tokens.is_empty());
        if !is_set {
            return None;
        }
        let pools = graph.pool_count();
        let mut closed = only_pools.map_or_else(
            || vec![false; pools],
            |only| marked(pools, true, only.iter().map(|pool| pool.index())),
        );
        for pool in without_pools {
            close(&mut closed, *pool);
        }
        let is_end = |token: &TokenId| ends.contains(token);
        if let Some(only) = only_tokens {
            let allowed = only.iter().chain(&ends).map(|token| token.index());
            let shut = marked(graph.token_count(), true, allowed);
            for token in graph.tokens().filter(|token| shut.get(token.index()) == Some(&true)) {
                graph.edges(token).iter().for_each(|edge| close(&mut closed, edge.pool));
            }
        }
        for token in without_tokens.iter().filter(|token| !is_end(token)) {
            graph.edges(*token).iter().for_each(|edge| close(&mut closed, edge.pool));
        }
        Some(closed)
    }
}

/// So many marks, those at the places the other way.
fn marked(count: usize, mark: bool, places: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut marks = vec![mark; count];
    for place in places {
        if let Some(place) = marks.get_mut(place) {
            *place = !mark;
        }
    }
    marks
}

fn close(closed: &mut [bool], pool: PoolId) {
    if let Some(place) = closed.get_mut(pool.index()) {
        *place = true;
    }
}
