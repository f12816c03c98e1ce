//! [`Dust`]: what pairs count of one token alone.

use std::collections::BTreeMap;

use cenote_pool::{PoolId, Reserves};

/// What pairs that have no shares count, where it is of one token alone.
///
/// Anybody may send a unit of one token to a new pair and call its `sync`. No pool of a market holds
/// that: it is empty there, as nothing can be swapped in the pair either. The first deposit is what
/// came in since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dust {
    counted: BTreeMap<PoolId, Reserves>,
}

/// What pairs count after it, `None` where it is not dust.
pub(crate) type DustChanges = BTreeMap<PoolId, Option<Reserves>>;

impl Dust {
    pub(crate) fn of(&self, pool: PoolId) -> Option<Reserves> {
        self.counted.get(&pool).copied()
    }

    /// Takes changes over, and gives those that lead back.
    pub(crate) fn change(&mut self, changes: DustChanges) -> DustChanges {
        let change = |(pool, counted)| match counted {
            Some(counted) => (pool, self.counted.insert(pool, counted)),
            None => (pool, self.counted.remove(&pool)),
        };
        changes.into_iter().map(change).collect()
    }
}

/// Reserves as dust; `None` where both are zero or neither is.
pub(crate) fn as_dust(reserves: Reserves) -> Option<Reserves> {
    let Reserves { reserve0, reserve1 } = reserves;
    (reserve0.is_zero() != reserve1.is_zero()).then_some(reserves)
}
