//! [`Division`]: whose each pool is.

use core::ops::Range;

use cenote_pool::{Orders, Pool};

/// Orders that are looked at to divide the pools by their traffic.
const SAMPLES: usize = 4096;

/// Pools by their owners. Each has a range of them, and all ranges see about the same traffic; pools
/// that an order of several hops touches within a window are shared, and belong to one owner more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Division {
    /// For each pool its owner.
    owners: Vec<u8>,
    /// Where the range of each owner but the last ends.
    ends: Vec<usize>,
    /// The shared pools, and whose they are otherwise.
    shared: Vec<(u32, u8)>,
    /// For each pool how many of the samples touch it, and one.
    traffic: Vec<u32>,
}

impl Division {
    /// Cuts pools into so many ranges, by a sample of the orders that are to come.
    pub(crate) fn cut(&mut self, pools: usize, ranges: usize, orders: &Orders, of: Range<usize>) {
        self.traffic.clear();
        self.traffic.resize(pools, 1);
        let step = of.len().div_ceil(SAMPLES).max(1);
        for order in of.step_by(step).filter_map(|place| orders.get(place)) {
            for hop in order.hops {
                if let Some(count) = self.traffic.get_mut(hop.pool.index()) {
                    // So much that pools without traffic weigh little beside it.
                    *count = count.saturating_add(64);
                }
            }
        }
        let all = self.traffic.iter().fold(0_u64, |sum, count| sum.saturating_add((*count).into()));
        self.ends.clear();
        self.owners.clear();
        let (mut seen, mut owner) = (0_u64, 0_u8);
        for (place, count) in self.traffic.iter().enumerate() {
            // A range ends where its part of the traffic is reached.
            let parts = seen.saturating_mul(ranges.try_into().unwrap_or(u64::MAX));
            if parts >= all.saturating_mul(u64::from(owner).saturating_add(1)) {
                self.ends.push(place);
                owner = owner.saturating_add(1);
            }
            self.owners.push(owner);
            seen = seen.saturating_add((*count).into());
        }
        self.ends.push(pools);
        self.shared.clear();
    }

    /// How many owners there are, the one of shared pools included, which is the last one.
    pub(crate) fn owners(&self) -> usize {
        self.ends.len().saturating_add(1)
    }

    /// The owner of shared pools.
    fn last(&self) -> u8 {
        u8::try_from(self.ends.len()).unwrap_or(u8::MAX)
    }

    /// Whose a pool is. One that there is not belongs to the owner of shared pools, who has room for
    /// every pool and refuses it like anybody.
    #[inline]
    pub(crate) fn owner(&self, pool: u32) -> u8 {
        self.owners.get(index(pool)).copied().unwrap_or_else(|| self.last())
    }

    /// Shares a pool, and gives whether it was not yet.
    pub(crate) fn share(&mut self, pool: u32) -> bool {
        let last = self.last();
        match self.owners.get_mut(index(pool)) {
            Some(owner) if *owner != last => {
                self.shared.push((pool, core::mem::replace(owner, last)));
                true
            }
            _ => false,
        }
    }

    /// Copies what is shared from one copy of the pools to another.
    pub(crate) fn copy_shared(&self, from: &[Pool], to: &mut [Pool]) {
        for (pool, _) in &self.shared {
            if let (Some(from), Some(to)) = (from.get(index(*pool)), to.get_mut(index(*pool))) {
                *to = *from;
            }
        }
    }

    /// Gives all shared pools back to their owners.
    pub(crate) fn unshare(&mut self) {
        for (pool, owner) in self.shared.drain(..) {
            if let Some(place) = self.owners.get_mut(index(pool)) {
                *place = owner;
            }
        }
    }

    /// The pools of each owner but the last, with the place of the first one.
    pub(crate) fn ranges<'a>(
        &'a self,
        pools: &'a mut [Pool],
    ) -> impl Iterator<Item = (&'a mut [Pool], u32)> {
        let (mut rest, mut start) = (pools, 0_usize);
        self.ends.iter().map(move |end| {
            let count = end.saturating_sub(start).min(rest.len());
            let (own, others) = core::mem::take(&mut rest).split_at_mut(count);
            rest = others;
            (own, u32::try_from(core::mem::replace(&mut start, *end)).unwrap_or(u32::MAX))
        })
    }
}

/// A place that was counted in 32 bits.
#[inline]
pub(crate) fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
