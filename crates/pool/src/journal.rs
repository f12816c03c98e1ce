//! [`Journal`]: what a market was before it was written to.

use std::collections::HashSet;
use std::hash::Hash;

use crate::history::History;
use crate::id::{PoolId, TokenId};
use crate::market::Label;
use crate::pool::Pool;
use crate::version::Version;

/// For each fork that is open, what was overwritten since, so that it can be as it was.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    levels: Vec<Level>,
    /// The memory of the level that was closed last, for the next one.
    spare: Saved,
}

/// A state of a market and the way back to it.
#[derive(Debug, Clone)]
pub(crate) struct Level {
    pub(crate) mark: Mark,
    pub(crate) saved: Saved,
}

/// A state to which a market may go back: what is newer is cut off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) version: Version,
    pub(crate) tokens: usize,
    pub(crate) pools: usize,
    pub(crate) histories: usize,
}

/// Former values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saved {
    pub(crate) pools: Values<PoolId, Pool>,
    pub(crate) histories: Values<PoolId, History>,
    pub(crate) labels: Values<TokenId, Label>,
}

/// Places and what stood there, in the order in which it was overwritten.
#[derive(Debug, Clone)]
pub(crate) struct Values<K, T> {
    places: Vec<K>,
    values: Vec<T>,
}

impl Journal {
    /// How many levels are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The state at which a level was opened, counted from 0.
    #[inline]
    pub(crate) fn opened(&self, level: usize) -> Option<Version> {
        self.levels.get(level).map(|level| level.mark.version)
    }

    /// The level that is told of writes.
    #[inline]
    pub(crate) fn top(&mut self) -> Option<&mut Saved> {
        self.levels.last_mut().map(|level| &mut level.saved)
    }

    /// Opens a level at a state.
    #[inline]
    pub(crate) fn open(&mut self, mark: Mark) {
        let saved = core::mem::take(&mut self.spare);
        self.levels.push(Level { mark, saved });
    }

    /// Closes the top level if there are more than so many.
    #[inline]
    pub(crate) fn close_above(&mut self, depth: usize) -> Option<Level> {
        if self.levels.len() <= depth { None } else { self.levels.pop() }
    }

    /// Takes back the memory of a level that is of no more use.
    #[inline]
    pub(crate) fn recycle(&mut self, mut saved: Saved) {
        saved.clear();
        self.spare = saved;
    }
}

/// A copy of a market has no forks.
impl Clone for Journal {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Saved {
    /// Adds what was saved later, in a market of so many pools and tokens.
    pub(crate) fn append(&mut self, later: &mut Self, [pools, tokens]: [usize; 2]) {
        self.pools.append(&mut later.pools, pools);
        self.histories.append(&mut later.histories, pools);
        self.labels.append(&mut later.labels, tokens);
    }

    #[inline]
    fn clear(&mut self) {
        self.pools.clear();
        self.histories.clear();
        self.labels.clear();
    }
}

impl<K: Copy + Eq + Hash, T> Values<K, T> {
    /// Saves the value in one of so many places. One that was saved just before is not saved again.
    #[inline]
    pub(crate) fn save(&mut self, place: K, value: T, of: usize) {
        if self.places.last() == Some(&place) {
            return;
        }
        self.make_room(of);
        self.places.push(place);
        self.values.push(value);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The places and their values, the latest first.
    pub(crate) fn latest_first(&self) -> impl Iterator<Item = (K, &T)> {
        self.places.iter().copied().zip(&self.values).rev()
    }

    /// Whatever is written how often: memory for two values of each of so many places, or a few.
    #[inline]
    fn make_room(&mut self, of: usize) {
        if self.places.len() > of.saturating_mul(2).saturating_add(16) {
            self.compact();
        }
    }

    /// Keeps the oldest value of each place.
    #[cold]
    fn compact(&mut self) {
        let mut seen = HashSet::with_capacity(self.places.len());
        let mut is_oldest = self.places.iter().map(|place| seen.insert(*place)).collect::<Vec<_>>();
        let mut kept = is_oldest.iter();
        self.values.retain(|_| kept.next() == Some(&true));
        let mut kept = is_oldest.drain(..);
        self.places.retain(|_| kept.next() == Some(true));
    }

    fn append(&mut self, later: &mut Self, of: usize) {
        self.places.append(&mut later.places);
        self.values.append(&mut later.values);
        self.make_room(of);
    }

    #[inline]
    fn clear(&mut self) {
        self.places.clear();
        self.values.clear();
    }
}

impl<K, T> Default for Values<K, T> {
    fn default() -> Self {
        Self { places: Vec::new(), values: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_by_the_number_of_places() {
        let mut values = Values::<u32, u32>::default();
        for write in 0..10_000_u32 {
            values.save(write % 7, write, 7);
        }
        assert!(values.places.len() <= 31, "{}", values.places.len());
        assert_eq!(values.places.len(), values.values.len());
        let mut oldest = std::collections::BTreeMap::new();
        for (place, value) in values.latest_first() {
            oldest.insert(place, *value);
        }
        assert!(oldest.into_iter().eq((0..7).map(|place| (place, place))));
    }

    #[test]
    fn a_place_that_was_just_saved_is_not_saved_again() {
        let mut values = Values::<u32, u32>::default();
        for (place, value) in [(1, 10), (1, 11), (2, 20), (1, 12)] {
            values.save(place, value, 3);
        }
        let saved = values.latest_first().map(|(place, value)| (place, *value));
        assert_eq!(saved.collect::<Vec<_>>(), [(1, 12), (2, 20), (1, 10)]);
    }
}
