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

use cenote_pool::{
    Amount, Direction, Exact, Fill, Hop, Leg, MAX_HOPS, Market, Order, Orders, Pool, PoolId,
    SwapError,
};
use rayon::prelude::*;

use crate::outcome::Outcomes;

/// Orders of one window: as many as keep its records in the second-level cache.
const WINDOW: usize = 16_384;

/// Orders of a level that are worth waking other threads for: some hundred microseconds of work.
const PARALLEL: usize = 2048;

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
    /// Where each group ends in `tasks`.
    ends: Vec<usize>,
    /// The window's orders, group by group, each with what running it needs.
    tasks: Vec<Task>,
    /// What became of them, in the places of `tasks`.
    done: Vec<Done>,
    /// For each order of the window, its place in `tasks`.
    places: Vec<usize>,
}

/// An order of one hop, or of several, which is then found by its place.
#[derive(Debug, Clone, Copy)]
struct Task {
    amount: Amount,
    limit: Amount,
    hop: Hop,
    exact: Exact,
    place: usize,
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
        self.group(orders, window.clone());
        self.done.resize(self.tasks.len(), Ok(Leg::default()));
        let mut first = 0;
        for level in self.ends.chunks(self.groups) {
            let last = level.last().copied().unwrap_or(first);
            let single = level.iter().rev().nth(1).copied().unwrap_or(first);
            run_ranges(
                (market.pools_mut(), self.range),
                (self.tasks.get(first..single).unwrap_or_default(), first, level),
                self.done.get_mut(first..single).unwrap_or_default(),
            );
            let paths = self.tasks.get(single..last).unwrap_or_default();
            let done = self.done.get_mut(single..last).unwrap_or_default();
            for (task, done) in paths.iter().zip(done) {
                let legs = outcomes.legs_mut(orders, task.place);
                *done = run_path(market, orders, task.place, legs).map(|()| Leg::default());
            }
            first = last;
        }
        // In the order of the orders, so that refusals come in theirs.
        for (order, place) in window.zip(&self.places) {
            match self.done.get(*place) {
                Some(Err(error)) => outcomes.refuse(orders, order, (*error).into()),
                Some(Ok(done)) => {
                    // A path has written its legs.
                    if let [leg] = outcomes.legs_mut(orders, order) {
                        *leg = *done;
                    }
                }
                None => {}
            }
        }
    }

    /// Sorts a window's orders by group, stably.
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
        self.tasks.resize(self.keys.len(), Task::NONE);
        self.places.clear();
        for (place, key) in window.zip(&self.keys) {
            let Some(end) = self.ends.get_mut(*key) else { continue };
            if let Some(slot) = self.tasks.get_mut(*end) {
                *slot = Task::of(orders, place);
            }
            self.places.push(*end);
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

impl Task {
    /// Room for a task.
    const NONE: Self = Self {
        amount: Amount::ZERO,
        limit: Amount::ZERO,
        hop: Hop { pool: PoolId::FIRST, direction: Direction::ZeroForOne },
        exact: Exact::In,
        place: 0,
    };

    #[inline]
    fn of(orders: &Orders, place: usize) -> Self {
        let Some(Order { exact, amount, limit, hops }) = orders.get(place) else {
            return Self::NONE;
        };
        Self { amount, limit, hop: hops.first().copied().unwrap_or(Self::NONE.hop), exact, place }
    }
}

/// Runs a level's orders of one hop: each range of pools its own, side by side if there are
/// enough of them.
fn run_ranges(
    (pools, range): (&mut [Pool], usize),
    (mut tasks, mut start, ends): (&[Task], usize, &[usize]),
    mut done: &mut [Done],
) {
    let parallel = PARALLEL <= tasks.len();
    let mut ranges = Vec::with_capacity(ends.len());
    for (at, (pools, end)) in pools.chunks_mut(range).zip(ends).enumerate() {
        let count = end.saturating_sub(start);
        let (own, rest) = tasks.split_at(count.min(tasks.len()));
        let (own_done, rest_done) = done.split_at_mut(count.min(done.len()));
        ranges.push((pools, at.saturating_mul(range), own, own_done));
        (tasks, done, start) = (rest, rest_done, *end);
    }
    if parallel {
        ranges.into_par_iter().for_each(|(pools, first, own, done)| {
            run_range(pools, first, own, done);
        });
    } else {
        for (pools, first, own, done) in ranges {
            run_range(pools, first, own, done);
        }
    }
}

/// Runs orders of one hop on a range of pools.
fn run_range(pools: &mut [Pool], first: usize, tasks: &[Task], done: &mut [Done]) {
    for (task, done) in tasks.iter().zip(done) {
        let Task { amount, limit, hop, exact, .. } = *task;
        let order = Order { exact, amount, limit, hops: &[] };
        let pool = pools.get_mut(hop.pool.index().saturating_sub(first));
        *done = run_hop(pool, hop, order);
    }
}

/// Runs one order of one hop.
#[inline]
fn run_hop(pool: Option<&mut Pool>, hop: Hop, order: Order<'_>) -> Done {
    let pool = pool.ok_or(SwapError::UnknownPool { pool: hop.pool })?;
    pool.run_order(hop.direction, order).map(|fill| Leg::from(&fill))
}

/// Runs one order: this is what all the rest must equal.
#[inline]
fn run_order(market: &mut Market, orders: &Orders, place: usize, outcomes: &mut Outcomes) {
    let Some(order) = orders.get(place) else { return };
    let legs = outcomes.legs_mut(orders, place);
    let done = match (order.hops, &mut *legs) {
        ([hop], [leg]) => {
            let pool = market.pools_mut().get_mut(hop.pool.index());
            run_hop(pool, *hop, order).map(|done| *leg = done)
        }
        _ => run_path(market, orders, place, legs),
    };
    if let Err(error) = done {
        outcomes.refuse(orders, place, error.into());
    }
}

/// Runs one order of several hops and writes its legs.
fn run_path(
    market: &mut Market,
    orders: &Orders,
    place: usize,
    legs: &mut [Leg],
) -> Result<(), SwapError> {
    let Some(order) = orders.get(place) else { return Ok(()) };
    let mut fills = [Fill::default(); MAX_HOPS];
    let fills = fills.get_mut(..order.hops.len()).unwrap_or_default();
    market.fill_order(order, fills)?;
    for ((hop, fill), leg) in order.hops.iter().zip(fills).zip(legs) {
        market.settle(hop.pool, fill);
        *leg = Leg::from(&*fill);
    }
    Ok(())
}
