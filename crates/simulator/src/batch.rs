//! [`Batch`]: orders in parallel, with exactly the outcome of one after the other.
//!
//! All that matters is that each pool sees its orders in their order. So the pools are divided
//! into ranges, and orders of one hop are run range by range, side by side. An order of several
//! hops may touch several ranges: it ends a *level* of each pool that it touches. Of each level
//! first the orders of one hop are run, then those of several, which touch disjoint pools. Most
//! traffic has few levels, and traffic of single hops has one.
//!
//! Orders are taken in windows, so that memory does not grow with their number.

use core::ops::Range;

use cenote_pool::{Fill, Leg, MAX_HOPS, Market, Order, Orders, Pool, SwapError};
use rayon::prelude::*;

use crate::outcome::Outcomes;

/// Orders of one window: as many as keep its records in the second-level cache.
const WINDOW: usize = 32_768;

/// Orders of a level that are worth waking other threads for: some hundred microseconds of work.
const PARALLEL: usize = 4096;

/// Ranges of pools for each thread: with more than one, the busy ones even out.
const RANGES: usize = 4;

/// Runs orders on markets; keeps its room from one run to the next.
///
/// It uses the threads of the rayon pool that it is called in.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// For each pool, the window in which it was touched last, and its level there.
    touched: Vec<(u32, u32)>,
    window: u32,
    /// Pools in a range.
    range: usize,
    /// Ranges, and one for orders that belong to none.
    groups: usize,
    /// For each order of the window its group: level by level, range by range.
    keys: Vec<usize>,
    /// Where each group ends in `sequence`.
    ends: Vec<usize>,
    /// The window's orders, group by group: the place of each and that of its first leg.
    sequence: Vec<(usize, usize)>,
    /// What the orders of one hop did, in the places of `sequence`.
    done: Vec<Done>,
}

type Done = Result<Leg, SwapError>;

impl Batch {
    /// Room for batches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs all orders on the market and writes what became of each to `outcomes`.
    ///
    /// An order that is refused changes nothing; one of a pool that the market does not have is
    /// refused.
    pub fn run(&mut self, market: &mut Market, orders: &Orders, outcomes: &mut Outcomes) {
        outcomes.prepare(orders);
        let threads = rayon::current_num_threads();
        if threads < 2 {
            for place in 0..orders.len() {
                run_order(market, orders, place, outcomes);
            }
            return;
        }
        let pools = market.pools().len();
        let ranges = threads.saturating_mul(RANGES);
        self.range = pools.div_ceil(ranges).max(1);
        self.groups = pools.div_ceil(self.range).saturating_add(1);
        self.touched.resize(pools, (0, 0));
        let mut start = 0;
        while start < orders.len() {
            let end = start.saturating_add(WINDOW).min(orders.len());
            self.run_window(market, orders, start..end, outcomes);
            start = end;
        }
    }

    fn run_window(
        &mut self,
        market: &mut Market,
        orders: &Orders,
        window: Range<usize>,
        outcomes: &mut Outcomes,
    ) {
        let refused = outcomes.refused.len();
        self.group(orders, window);
        self.done.resize(self.sequence.len(), Ok(Leg::default()));
        let mut first = 0;
        for level in self.ends.chunks(self.groups) {
            let last = level.last().copied().unwrap_or(first);
            let single = level.iter().rev().nth(1).copied().unwrap_or(first);
            let (places, done) = (self.sequence.as_slice(), self.done.as_mut_slice());
            run_ranges(
                (market.pools_mut(), self.range),
                orders,
                (places.get(first..single).unwrap_or_default(), first, level),
                done.get_mut(first..single).unwrap_or_default(),
            );
            for ((place, leg), done) in places.iter().zip(done.iter()).take(single).skip(first) {
                match (done, outcomes.legs.get_mut(*leg)) {
                    (Ok(done), Some(leg)) => *leg = *done,
                    (Err(error), _) => outcomes.refuse(orders, *place, (*error).into()),
                    (Ok(_), None) => {}
                }
            }
            for (place, _) in places.get(single..last).unwrap_or_default() {
                run_order(market, orders, *place, outcomes);
            }
            first = last;
        }
        // Refusals were met group by group.
        outcomes.refused.get_mut(refused..).unwrap_or_default().sort_unstable_by_key(|r| r.0);
    }

    /// Sorts the places of a window's orders by group, stably.
    fn group(&mut self, orders: &Orders, window: Range<usize>) {
        // Marks of other windows are void. The number wraps after 2^32 windows; the marks are
        // then cleared.
        self.window = self.window.checked_add(1).unwrap_or_else(|| {
            self.touched.fill((0, 0));
            1
        });
        self.keys.clear();
        self.ends.clear();
        for place in window.clone() {
            let key = self.key(orders, place);
            self.keys.push(key);
            if self.ends.len() <= key {
                let levels = key.checked_div(self.groups).unwrap_or_default().saturating_add(1);
                self.ends.resize(levels.saturating_mul(self.groups), 0);
            }
            if let Some(count) = self.ends.get_mut(key) {
                *count = count.saturating_add(1);
            }
        }
        // Counts become the places where groups start, and move to where they end.
        let mut start = 0_usize;
        for end in &mut self.ends {
            start = start.saturating_add(core::mem::replace(end, start));
        }
        self.sequence.resize(self.keys.len(), (0, 0));
        for (place, key) in window.zip(&self.keys) {
            let Some(end) = self.ends.get_mut(*key) else { continue };
            if let Some(slot) = self.sequence.get_mut(*end) {
                *slot = (place, orders.hop_range(place).start);
            }
            *end = end.saturating_add(1);
        }
    }

    /// The group of one order.
    #[inline]
    fn key(&mut self, orders: &Orders, place: usize) -> usize {
        let hops = orders.get(place).map_or(&[][..], |order| order.hops);
        let level = |touched: &[(u32, u32)], pool: usize| match touched.get(pool) {
            Some((window, level)) if *window == self.window => *level,
            _ => 0,
        };
        let of_level =
            |level: u32| usize::try_from(level).unwrap_or_default().saturating_mul(self.groups);
        if let [hop] = hops {
            let pool = hop.pool.index();
            if pool < self.touched.len() {
                let range = pool.checked_div(self.range).unwrap_or_default();
                return of_level(level(&self.touched, pool)).saturating_add(range);
            }
        }
        let last = hops.iter().map(|hop| level(&self.touched, hop.pool.index())).max();
        let last = last.unwrap_or_default();
        for hop in hops {
            if let Some(mark) = self.touched.get_mut(hop.pool.index()) {
                *mark = (self.window, last.saturating_add(1));
            }
        }
        // The last group of the level.
        of_level(last).saturating_add(self.groups.saturating_sub(1))
    }
}

/// Runs a level's orders of one hop: each range of pools its own, side by side if there are
/// enough of them.
fn run_ranges(
    (pools, range): (&mut [Pool], usize),
    orders: &Orders,
    (mut places, mut start, ends): (&[(usize, usize)], usize, &[usize]),
    mut done: &mut [Done],
) {
    let parallel = PARALLEL <= places.len();
    let mut tasks = Vec::with_capacity(ends.len());
    for (at, (pools, end)) in pools.chunks_mut(range).zip(ends).enumerate() {
        let count = end.saturating_sub(start);
        let (own, rest) = places.split_at(count.min(places.len()));
        let (own_done, rest_done) = done.split_at_mut(count.min(done.len()));
        tasks.push((pools, at.saturating_mul(range), own, own_done));
        (places, done, start) = (rest, rest_done, *end);
    }
    if parallel {
        tasks.into_par_iter().for_each(|(pools, first, own, done)| {
            run_range(pools, first, orders, (own, done));
        });
    } else {
        for (pools, first, own, done) in tasks {
            run_range(pools, first, orders, (own, done));
        }
    }
}

/// Runs orders of one hop on a range of pools.
fn run_range(
    pools: &mut [Pool],
    first: usize,
    orders: &Orders,
    (places, done): (&[(usize, usize)], &mut [Done]),
) {
    for ((place, _), done) in places.iter().zip(done) {
        let Some(order) = orders.get(*place) else { continue };
        let Some(hop) = order.hops.first() else { continue };
        let pool = pools.get_mut(hop.pool.index().saturating_sub(first));
        let unknown = Err(SwapError::UnknownPool { pool: hop.pool });
        *done = pool.map_or(unknown, |pool| {
            pool.run_order(hop.direction, order).map(|fill| Leg::from(&fill))
        });
    }
}

/// Runs one order: this is what all the rest must equal.
#[inline]
fn run_order(market: &mut Market, orders: &Orders, place: usize, outcomes: &mut Outcomes) {
    let Some(order) = orders.get(place) else { return };
    if let [hop] = order.hops {
        let pool = market.pools_mut().get_mut(hop.pool.index());
        let unknown = Err(SwapError::UnknownPool { pool: hop.pool });
        match pool.map_or(unknown, |pool| pool.run_order(hop.direction, order)) {
            Ok(fill) => outcomes.legs_mut(orders, place).fill(Leg::from(&fill)),
            Err(error) => outcomes.refuse(orders, place, error.into()),
        }
        return;
    }
    run_path(market, orders, (place, order), outcomes);
}

/// Runs one order of several hops.
fn run_path(
    market: &mut Market,
    orders: &Orders,
    (place, order): (usize, Order<'_>),
    outcomes: &mut Outcomes,
) {
    let mut fills = [Fill::default(); MAX_HOPS];
    let fills = fills.get_mut(..order.hops.len()).unwrap_or_default();
    if let Err(error) = market.fill_order(order, fills) {
        outcomes.refuse(orders, place, error.into());
        return;
    }
    let legs = outcomes.legs_mut(orders, place);
    for ((hop, fill), leg) in order.hops.iter().zip(fills).zip(legs) {
        market.settle(hop.pool, fill);
        *leg = Leg::from(&*fill);
    }
}
