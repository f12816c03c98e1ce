//! [`Batch`]: orders in parallel, with exactly the outcome of one after the other.
//!
//! All that matters is that each pool sees its orders in their order. Within a window of orders that
//! is used twice. The orders are put into levels, in each of which no two touch one pool, and those
//! of a level are quoted together by the processor's vectors (`runner.rs`). And the pools are divided
//! among the threads (`division.rs`), each of which runs the orders on its own pools (`share.rs`).
//! Orders of several hops may touch the pools of several threads: all pools that such an order
//! touches within a window belong to one owner more. No two touch one pool, and nobody waits for
//! anybody while orders run. Where many swaps are of such orders, one thread runs
//! the window.
//!
//! What is left is to hand out the orders and to collect what they did; each thread does so for
//! orders that stand in a row (`part.rs`).

mod division;
mod part;
mod provision;
mod runner;
mod share;

use core::ops::Range;

use cenote_pool::{Isa, Market, Orders, Pool, SwapError};

use crate::outcome::Outcomes;
use crate::threads;
use division::Division;
use part::Part;
use runner::{Item, Runner, Work};
use share::Share;

pub use provision::{Provided, Provision, ProvisionError, Supply};

/// Orders of one window on one thread: what they touch stays in the caches near a core.
const WINDOW: usize = 8_192;

/// Orders of one window for each thread, where there are several. Many of them wake the threads
/// seldom; few of them leave most pools without an order of several hops.
const SHARE: usize = 16_384;

/// The most threads that share a window.
const MOST_THREADS: usize = 16;

/// Owners of pools for each thread: whoever is done early takes another one's.
const OWNERS: usize = 1;

/// Windows with more hops than so many fourths of their orders run on one thread: nearly all of their
/// swaps are on shared pools, so there is nothing to be gained from the others.
const CROSSING: usize = 5;

/// Windows until the pools are divided anew.
const DIVIDED: usize = 32;

/// Fewer orders than this are not worth waking the threads.
const FEW: usize = 1_024;

/// Runs orders on markets; keeps its room from one run to the next.
///
/// It uses the threads of the rayon pool that it is called in; without the feature `rayon` it uses
/// one.
#[derive(Debug, Clone)]
pub struct Batch {
    isa: Isa,
    window: Option<usize>,
    /// What one thread needs.
    runner: Runner,
    items: Vec<Item>,
    refused: Vec<(usize, SwapError)>,
    /// What several threads need.
    division: Division,
    parts: Vec<Part>,
    shares: Vec<Share>,
    /// Where orders on shared pools run.
    side: Vec<Pool>,
}

impl Default for Batch {
    fn default() -> Self {
        Self::with(Isa::best())
    }
}

impl Batch {
    /// Room for batches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Room for batches that are quoted on this instruction set. All give the same outcome.
    pub fn with(isa: Isa) -> Self {
        Self {
            isa,
            window: None,
            runner: Runner::with(isa),
            items: Vec::new(),
            refused: Vec::new(),
            division: Division::default(),
            parts: Vec::new(),
            shares: Vec::new(),
            side: Vec::new(),
        }
    }

    /// The same with windows of so many orders, at least one. All give the same outcome.
    #[must_use]
    pub fn windows_of(self, orders: usize) -> Self {
        Self { window: Some(orders.max(1)), ..self }
    }

    /// Runs all orders on the market and writes what became of each to `outcomes`.
    ///
    /// An order that is refused changes nothing; one of a pool that the market does not have is
    /// refused.
    pub fn run(&mut self, market: &mut Market, orders: &Orders, outcomes: &mut Outcomes) {
        outcomes.prepare(orders);
        self.run_places(market.pools_mut(), orders, 0..orders.len(), outcomes);
    }

    /// Runs the orders of these places.
    fn run_places(
        &mut self,
        pools: &mut [Pool],
        orders: &Orders,
        places: Range<usize>,
        outcomes: &mut Outcomes,
    ) {
        // More threads than this would each have too little of a window.
        let threads = threads::count().min(MOST_THREADS);
        let few = self.window.unwrap_or(FEW).min(FEW);
        if threads < 2 || pools.len() < 2 || places.len() < few {
            return self.run_alone(pools, orders, places, outcomes);
        }
        threads::scope(|_| self.run_together(pools, orders, places, outcomes));
    }

    /// Runs orders on the calling thread.
    fn run_alone(
        &mut self,
        pools: &mut [Pool],
        orders: &Orders,
        places: Range<usize>,
        outcomes: &mut Outcomes,
    ) {
        for window in windows(places, self.window.unwrap_or(WINDOW)) {
            let legs = outcomes.legs_of_window(orders, &window);
            self.items.clear();
            part::read(orders, window.clone(), 0, &mut self.items);
            let refused = &mut self.refused;
            let (items, start) = (self.items.as_slice(), window.start);
            self.runner.run(Work { orders, start, items, pools, first: 0, legs, refused });
            self.refused.sort_unstable_by_key(|(place, _)| *place);
            outcomes.refuse_all(&mut self.refused);
        }
    }

    /// Runs orders on all threads.
    fn run_together(
        &mut self,
        pools: &mut [Pool],
        orders: &Orders,
        places: Range<usize>,
        outcomes: &mut Outcomes,
    ) {
        let threads = threads::count().min(MOST_THREADS);
        let window = self.window.unwrap_or(SHARE.saturating_mul(threads));
        self.parts.resize_with(threads, Part::default);
        if self.side.len() != pools.len() {
            self.side = pools.to_vec();
        }
        let owners = threads.saturating_mul(OWNERS);
        let mut last = None;
        for (count, window) in windows(places.clone(), window).enumerate() {
            if count.checked_rem(DIVIDED) == Some(0) {
                // What is still to be collected was done by the owners of before.
                self.collect(orders, last.take().as_ref(), None, outcomes);
                let end = window.len().saturating_mul(DIVIDED).saturating_add(window.start);
                let coming = window.start..end.min(places.end);
                self.division.cut(pools.len(), owners, orders, coming);
                self.shares.resize_with(self.division.owners(), || Share::with(self.isa));
            }
            if part::hops_of(orders, &window).len()
                > window.len().saturating_mul(CROSSING).div_ceil(4)
            {
                self.collect(orders, last.take().as_ref(), None, outcomes);
                self.run_alone(pools, orders, window, outcomes);
                continue;
            }
            self.collect(orders, last.take().as_ref(), Some(&window), outcomes);
            self.share_pools(pools);
            self.run_shares(pools, orders, window.start);
            self.refused.clear();
            for share in &mut self.shares {
                self.refused.append(&mut share.refused);
            }
            // Each owner's refusals rise, and a stable sort merges what rises.
            self.refused.sort_by_key(|(place, _)| *place);
            outcomes.refuse_all(&mut self.refused);
            last = Some(window);
        }
        self.collect(orders, last.as_ref(), None, outcomes);
    }

    /// Writes what was done in one window, and hands out the orders of the next one.
    fn collect(
        &mut self,
        orders: &Orders,
        done: Option<&Range<usize>>,
        next: Option<&Range<usize>>,
        outcomes: &mut Outcomes,
    ) {
        let Self { parts, shares, division, .. } = self;
        let (shares, division) = (shares.as_slice(), &*division);
        let mut legs = done.map_or(&mut [][..], |done| outcomes.legs_of_window(orders, done));
        let size = next.map_or(0, |next| next.len().div_ceil(parts.len().max(1)));
        let paths = next.is_some_and(|next| part::hops_of(orders, next).len() != next.len());
        let mut first = next.map_or(0, |next| next.start);
        threads::scope(|scope| {
            for part in parts {
                let count = if done.is_some() { part.legs().min(legs.len()) } else { 0 };
                let (own, rest) = core::mem::take(&mut legs).split_at_mut(count);
                legs = rest;
                let (places, start) = match next {
                    Some(next) => {
                        let end = first.saturating_add(size).min(next.end);
                        (Some(core::mem::replace(&mut first, end)..end), next.start)
                    }
                    None => (None, 0),
                };
                let done = done.is_some();
                scope.spawn(move |_| {
                    if done {
                        part.collect(shares, own);
                    }
                    if let Some(places) = places {
                        part.take(orders, start, places);
                        if !paths {
                            part.divide(division);
                        }
                    }
                });
            }
        });
        if paths {
            self.divide_paths(orders, next.map_or(0, |next| next.start));
        }
    }

    /// Shares the pools of orders of several hops, and divides the orders then.
    fn divide_paths(&mut self, orders: &Orders, start: usize) {
        let Self { parts, division, .. } = self;
        for pool in parts.iter().flat_map(|part| part.shared(orders, start)) {
            division.share(pool);
        }
        let division = &*division;
        threads::scope(|scope| {
            for part in parts {
                scope.spawn(move |_| part.divide(division));
            }
        });
    }

    /// Brings shared pools up to date where their orders run, and counts the legs of all owners.
    fn share_pools(&mut self, pools: &[Pool]) {
        self.division.copy_shared(pools, &mut self.side);
        let mut legs = vec![0_u32; self.division.owners()];
        for part in &mut self.parts {
            for (list, legs) in part.lists_mut().iter_mut().zip(&mut legs) {
                list.start = *legs;
                *legs = legs.saturating_add(list.legs);
            }
        }
    }

    /// Runs the orders of all owners.
    fn run_shares(&mut self, pools: &mut [Pool], orders: &Orders, start: usize) {
        let Self { parts, shares, division, side, .. } = self;
        let (parts, side) = (parts.as_slice(), side.as_mut_slice());
        let Some((last, own)) = shares.split_last_mut() else { return };
        let last_owner = own.len();
        threads::scope(|scope| {
            scope.spawn(move |_| last.run(last_owner, parts, (orders, start), (side, 0)));
            for (owner, (share, pools)) in own.iter_mut().zip(division.ranges(pools)).enumerate() {
                scope.spawn(move |_| share.run(owner, parts, (orders, start), pools));
            }
        });
        self.division.copy_shared(&self.side, pools);
        self.division.unshare();
    }
}

/// Places in windows of so many.
fn windows(places: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = places.end;
    places.step_by(size).map(move |start| start..start.saturating_add(size).min(end))
}
