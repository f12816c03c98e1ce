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
        let mut closed = vec![only_pools.is_some(); graph.pool_count()];
        for pool in only_pools.unwrap_or_default() {
            if let Some(closed) = closed.get_mut(pool.index()) {
                *closed = false;
            }
        }
        for pool in without_pools {
            close(&mut closed, *pool);
        }
        let mut shut = vec![only_tokens.is_some(); graph.token_count()];
        for token in only_tokens.unwrap_or_default() {
            if let Some(shut) = shut.get_mut(token.index()) {
                *shut = false;
            }
        }
        for token in without_tokens {
            if let Some(shut) = shut.get_mut(token.index()) {
                *shut = true;
            }
        }
        let is_shut =
            |token: &TokenId| shut.get(token.index()) == Some(&true) && !ends.contains(token);
        for token in graph.tokens().filter(is_shut) {
            graph.edges(token).iter().for_each(|edge| close(&mut closed, edge.pool));
        }
        Some(closed)
    }
}

fn close(closed: &mut [bool], pool: PoolId) {
    if let Some(place) = closed.get_mut(pool.index()) {
        *place = true;
    }
}
