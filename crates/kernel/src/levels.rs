//! [`Levels`]: which of many items may go side by side.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a level is at most one above those that were counted, and there are fewer than 2^31"
)]

/// A window of items by their levels.
///
/// Each item touches some pools, which are named by their places. Its level is one above the
/// highest level of any earlier item that shares a pool with it, and 0 where there is none; so
/// items of one pool each have their rank on that pool. The items of one level touch different
/// pools, and whoever goes through the levels one after the other meets the items of each pool in
/// their order.
///
/// A pool that there is not is touched by nobody. The room stays from one window to the next.
///
/// ```
/// use cenote_kernel::Levels;
///
/// let mut levels = Levels::new();
/// levels.begin(4);
/// for pools in [&[1_u32, 2][..], &[3], &[2], &[3, 0]] {
///     levels.push(pools.iter().copied());
/// }
/// assert!(levels.sort().eq([&[0, 1][..], &[2, 3]]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// For each pool, `base` and one above the level of its last item; what is not above `base` is
    /// from an earlier window. So a window costs nothing for the pools that it leaves alone.
    next: Vec<u32>,
    base: u32,
    /// For each item its level.
    of_items: Vec<u32>,
    /// For each level how many items it has, and where it ends when they are sorted.
    counts: Vec<u32>,
    ends: Vec<u32>,
    sorted: Vec<u32>,
}

/// The most items of a window, so that `base` and a level never wrap.
const MOST: usize = 1 << 31;

/// From here on `base` begins again.
const LAST_BASE: u32 = u32::MAX >> 1;

impl Levels {
    /// Room for windows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a window over so many pools.
    pub fn begin(&mut self, pools: usize) {
        // The levels of the last window are at most as many as its items.
        let depth = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.base = self.base.saturating_add(depth);
        if LAST_BASE <= self.base {
            self.next.fill(0);
            self.base = 0;
        }
        self.next.resize(pools, 0);
        self.of_items.clear();
        self.counts.clear();
    }

    /// Adds an item by the pools that it touches. A window has at most 2^31 items; what comes
    /// after them is not taken.
    #[inline]
    pub fn push(&mut self, pools: impl Iterator<Item = u32> + Clone) {
        if self.of_items.len() < MOST {
            let next = |pool: u32| self.next.get(place(pool)).copied().unwrap_or_default();
            let level = pools.clone().map(next).fold(self.base, u32::max);
            for pool in pools {
                if let Some(next) = self.next.get_mut(place(pool)) {
                    *next = level + 1;
                }
            }
            self.count(level - self.base);
        }
    }

    /// [`push`](Self::push) of items that touch one pool each.
    pub fn push_each(&mut self, pools: impl ExactSizeIterator<Item = u32>) {
        let room = MOST.saturating_sub(self.of_items.len()).min(pools.len());
        self.of_items.reserve(room);
        for pool in pools.take(room) {
            let mut level = self.base;
            if let Some(next) = self.next.get_mut(place(pool)) {
                level = level.max(*next);
                *next = level + 1;
            }
            self.count(level - self.base);
        }
    }

    #[inline]
    fn count(&mut self, level: u32) {
        self.of_items.push(level);
        if self.counts.len() == place(level) {
            self.counts.push(0);
        }
        self.counts[place(level)] += 1;
    }

    /// How many levels there are.
    pub fn depth(&self) -> usize {
        self.counts.len()
    }

    /// The items of each level, by their places in the window, rising.
    pub fn sort(&mut self) -> impl Iterator<Item = &[u32]> {
        self.ends.clear();
        self.ends.extend(
            self.counts
                .iter()
                .scan(0, |start, count| Some(core::mem::replace(start, *start + *count))),
        );
        self.sorted.resize(self.of_items.len(), 0);
        for (item, level) in (0..).zip(&self.of_items) {
            let end = &mut self.ends[place(*level)];
            self.sorted[place(*end)] = item;
            *end += 1;
        }
        let (sorted, mut start) = (self.sorted.as_slice(), 0);
        self.ends.iter().map(move |end| {
            let end = place(*end);
            &sorted[core::mem::replace(&mut start, end)..end]
        })
    }
}

/// A number of 32 bits as a place; where a place is shorter no list reaches it.
#[inline]
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The definition.
    fn levels(pools: u32, items: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut levels: Vec<usize> = Vec::new();
        let mut sorted = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let shares = |other: &Vec<u32>| other.iter().any(|p| *p < pools && item.contains(p));
            let earlier = items.iter().take(at).zip(&levels).filter(|(other, _)| shares(other));
            let level = earlier.map(|(_, level)| level + 1).max().unwrap_or(0);
            levels.push(level);
            sorted.resize_with(sorted.len().max(level + 1), Vec::new);
            sorted[level].push(u32::try_from(at).unwrap());
        }
        sorted
    }

    fn check(room: &mut Levels, pools: u32, items: &[Vec<u32>]) {
        room.begin(usize::try_from(pools).unwrap());
        if items.iter().all(|item| item.len() == 1) {
            room.push_each(items.iter().map(|item| item[0]));
        } else {
            for item in items {
                room.push(item.iter().copied());
            }
        }
        let expected = levels(pools, items);
        for _ in 0..2 {
            let sorted = room.sort();
            assert!(sorted.eq(expected.iter().map(Vec::as_slice)), "{pools} pools: {items:?}");
        }
    }

    fn window(hops: usize) -> impl Strategy<Value = (u32, Vec<Vec<u32>>)> {
        (0_u32..9, vec(vec(prop_oneof![9 => 0_u32..9, 1 => Just(u32::MAX)], 1..=hops), 0..40))
    }

    proptest! {
        /// Windows one after the other, over markets that grow and shrink, also where the base
        /// begins again.
        #[test]
        fn the_levels_are_those_of_the_definition(
            windows in vec(prop_oneof![window(1), window(4)], 1..6),
            base in prop_oneof![Just(0), LAST_BASE - 60..=LAST_BASE],
        ) {
            let mut room = Levels { base, ..Levels::new() };
            for (pools, items) in &windows {
                check(&mut room, *pools, items);
            }
        }
    }

    #[test]
    fn items_of_nothing_are_on_the_first_level() {
        let mut room = Levels::new();
        assert_eq!(room.sort().count(), 0);
        check(&mut room, 0, &[]);
        check(&mut room, 2, &[vec![], vec![7], vec![7], vec![1, 7]]);
        check(&mut room, 2, &[vec![1, 1], vec![1]]);
    }
}
