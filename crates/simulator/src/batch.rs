//! [`Batch`]: orders in parallel, with exactly the outcome of one after the other.
//!
//! All that matters is that each pool sees its orders in their order. So the pools are divided
//! among the threads, and each thread walks through the orders and runs those on its own pools.
//! Orders of several hops may touch the pools of several threads: all pools that such an order
//! touches, within a window of orders, belong to one more thread. No two touch one pool, and
//! nobody waits for anybody within a window.

use core::ops::Range;

use cenote_pool::{Fill, Leg, MAX_HOPS, Market, Order, Orders, PathError, Pool, SwapError};

use crate::outcome::Outcomes;
use crate::threads;

/// Orders of one window. Many of them wake the threads seldom; few of them leave most pools
/// without an order of several hops.
const WINDOW: usize = 16_384;

/// The most threads that share a window.
const MOST_THREADS: usize = 16;

/// Runs orders on markets; keeps its room from one run to the next.
///
/// It uses the threads of the rayon pool that it is called in; without the feature `rayon` it uses
/// one.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// For each pool the last window in which an order of several hops touched it.
    shared: Vec<u32>,
    window: u32,
    /// Whose each order of the window is.
    owners: Vec<usize>,
    /// Where orders on shared pools run.
    side: Market,
    /// What the orders of each thread did, the one with the shared pools last.
    shares: Vec<Share>,
}

/// What the orders of one thread did in a window, in their order.
#[derive(Debug, Clone, Default)]
struct Share {
    /// The places of the orders.
    places: Vec<usize>,
    /// One for each hop.
    legs: Vec<Leg>,
    /// By the place of the order.
    refused: Vec<(usize, SwapError)>,
}

/// Which pools are whose in a window.
#[derive(Debug, Clone, Copy)]
struct Division<'a> {
    shared: &'a [u32],
    window: u32,
    /// Pools of each thread.
    range: usize,
    /// Who has the last ones.
    last_range: usize,
    /// Who has the shared ones.
    last_share: usize,
}

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
        // More threads than this would each have too little of a window.
        let threads = threads::count().min(MOST_THREADS);
        if threads < 2 || market.pools().len() < 2 {
            for place in 0..orders.len() {
                let legs = outcomes.legs_mut(orders, place);
                let done = run_order(market, orders, place, legs);
                if let Err(error) = done {
                    outcomes.refuse(orders, place, error.into());
                }
            }
            return;
        }
        self.side = market.clone();
        self.shared.clear();
        self.shared.resize(market.pools().len(), 0);
        self.shares.resize_with(threads.saturating_add(1), Share::default);
        self.window = 0;
        let mut start = 0;
        while start < orders.len() {
            let end = start.saturating_add(WINDOW).min(orders.len());
            self.run_window(market, orders, start..end);
            self.collect(orders, start..end, outcomes);
            start = end;
        }
    }

    fn run_window(&mut self, market: &mut Market, orders: &Orders, window: Range<usize>) {
        let shared = self.share_pools(market, orders, window.clone());
        let division = Division::new(&self.shared, self.window, self.shares.len());
        let owner = |place| orders.get(place).map_or(0, |order| division.owner(order));
        self.owners.clear();
        self.owners.extend(window.clone().map(owner));
        let (side, owners, start) = (&mut self.side, self.owners.as_slice(), window.start);
        let Some((last, own)) = self.shares.split_last_mut() else { return };
        threads::scope(|scope| {
            let parts = market.pools_mut().chunks_mut(division.range).zip(own);
            for (owner, (pools, share)) in parts.enumerate() {
                scope.spawn(move |_| {
                    share.take(owners, owner, start);
                    share.run_own(orders, pools, owner.saturating_mul(division.range));
                });
            }
            last.take(owners, division.last_share, start);
            last.run_shared(orders, side);
        });
        for pool in shared {
            copy(self.side.pools(), market.pools_mut(), pool);
        }
    }

    /// Marks the pools that the window's orders of several hops touch, and brings them up to
    /// date where those orders run. Gives their places.
    fn share_pools(
        &mut self,
        market: &Market,
        orders: &Orders,
        window: Range<usize>,
    ) -> Vec<usize> {
        // The number would wrap after 2^32 windows, of 2^46 orders: more than fit the memory.
        self.window = self.window.saturating_add(1);
        let mut places = Vec::new();
        let hops = hop_count(orders, &window);
        if hops == window.len() {
            return places;
        }
        for order in window.filter_map(|place| orders.get(place)) {
            for hop in order.hops.iter().filter(|_| order.hops.len() > 1) {
                let pool = hop.pool.index();
                if let Some(mark) = self.shared.get_mut(pool).filter(|mark| **mark != self.window) {
                    *mark = self.window;
                    places.push(pool);
                }
            }
        }
        for pool in &places {
            copy(market.pools(), self.side.pools_mut(), *pool);
        }
        places
    }

    /// Writes what the threads did in the order of the orders.
    fn collect(&self, orders: &Orders, window: Range<usize>, outcomes: &mut Outcomes) {
        let shares = self.shares.iter();
        let shares = shares.map(|share| (share.legs.iter(), share.refused.iter().peekable()));
        let mut shares = shares.collect::<Vec<_>>();
        for (place, owner) in window.zip(&self.owners) {
            let Some((done, refused)) = shares.get_mut(*owner) else { continue };
            // The share has a leg for each hop.
            for (leg, done) in outcomes.legs_mut(orders, place).iter_mut().zip(done) {
                *leg = *done;
            }
            if let Some((_, error)) = refused.next_if(|(refused, _)| *refused == place) {
                outcomes.refuse(orders, place, (*error).into());
            }
        }
    }
}

impl<'a> Division<'a> {
    /// Divides pools among all shares but the last, which has the shared ones.
    fn new(shared: &'a [u32], window: u32, shares: usize) -> Self {
        let last_share = shares.saturating_sub(1);
        let range = shared.len().div_ceil(last_share.max(1)).max(1);
        let last_range = shared.len().div_ceil(range).saturating_sub(1);
        Self { shared, window, range, last_range, last_share }
    }

    /// Whose an order is.
    #[inline]
    fn owner(&self, order: Order<'_>) -> usize {
        let [hop] = order.hops else { return self.last_share };
        let pool = hop.pool.index();
        if self.shared.get(pool) == Some(&self.window) {
            return self.last_share;
        }
        // A pool that the market does not have is refused by whoever has the last ones.
        pool.checked_div(self.range).unwrap_or_default().min(self.last_range)
    }
}

impl Share {
    /// Begins a window, with the orders of one owner.
    fn take(&mut self, owners: &[usize], owner: usize, start: usize) {
        self.legs.clear();
        self.refused.clear();
        // Every place is written and only the owner's are kept: who owns an order is a toss of a
        // coin, which no branch predictor guesses.
        self.places.resize(owners.len(), 0);
        let mut count = 0_usize;
        for (at, other) in owners.iter().enumerate() {
            if let Some(place) = self.places.get_mut(count) {
                *place = start.saturating_add(at);
            }
            count = count.saturating_add(usize::from(*other == owner));
        }
        self.places.truncate(count);
    }

    /// Runs orders of one hop on one thread's pools, of which the first has this place.
    fn run_own(&mut self, orders: &Orders, pools: &mut [Pool], first: usize) {
        let places = core::mem::take(&mut self.places);
        for &place in &places {
            let Some(order) = orders.get(place) else { continue };
            let Some(hop) = order.hops.first() else { continue };
            let pool = pools.get_mut(hop.pool.index().saturating_sub(first));
            match run_hop(pool, order) {
                Ok(leg) => self.legs.push(leg),
                Err(error) => self.refuse(place, 1, error),
            }
        }
        self.places = places;
    }

    /// Runs orders on shared pools.
    fn run_shared(&mut self, orders: &Orders, side: &mut Market) {
        let mut legs = [Leg::default(); MAX_HOPS];
        let places = core::mem::take(&mut self.places);
        for &place in &places {
            let hops = orders.hop_range(place).len();
            let legs = legs.get_mut(..hops).unwrap_or_default();
            match run_order(side, orders, place, legs) {
                Ok(()) => self.legs.extend_from_slice(legs),
                Err(error) => self.refuse(place, hops, error),
            }
        }
        self.places = places;
    }

    #[cold]
    fn refuse(&mut self, place: usize, hops: usize, error: SwapError) {
        self.legs.resize(self.legs.len().saturating_add(hops), Leg::default());
        self.refused.push((place, error));
    }
}

/// How many hops the orders of a window have together.
fn hop_count(orders: &Orders, window: &Range<usize>) -> usize {
    let last = window.end.checked_sub(1).map_or(0, |last| orders.hop_range(last).end);
    last.saturating_sub(orders.hop_range(window.start).start)
}

/// Copies one pool of a market to another of the same pools.
fn copy(from: &[Pool], to: &mut [Pool], place: usize) {
    if let (Some(from), Some(to)) = (from.get(place), to.get_mut(place)) {
        *to = *from;
    }
}

/// Runs an order of one hop.
#[inline]
fn run_hop(pool: Option<&mut Pool>, order: Order<'_>) -> Result<Leg, SwapError> {
    let hop = order.hops.first().ok_or(PathError::Empty)?;
    let pool = pool.ok_or(SwapError::UnknownPool { pool: hop.pool })?;
    pool.run_order(hop.direction, order).map(|fill| Leg::from(&fill))
}

/// Runs one order and writes its legs: this is what all the rest must equal.
#[inline]
fn run_order(
    market: &mut Market,
    orders: &Orders,
    place: usize,
    legs: &mut [Leg],
) -> Result<(), SwapError> {
    let Some(order) = orders.get(place) else { return Ok(()) };
    match (order.hops, &mut *legs) {
        ([hop], [leg]) => {
            let pool = market.pools_mut().get_mut(hop.pool.index());
            run_hop(pool, order).map(|done| *leg = done)
        }
        _ => run_path(market, order, legs),
    }
}

/// Runs one order of several hops and writes its legs.
fn run_path(market: &mut Market, order: Order<'_>, legs: &mut [Leg]) -> Result<(), SwapError> {
    let mut fills = [Fill::default(); MAX_HOPS];
    let fills = fills.get_mut(..order.hops.len()).unwrap_or_default();
    market.fill_order(order, fills)?;
    for ((hop, fill), leg) in order.hops.iter().zip(fills).zip(legs) {
        market.settle(hop.pool, fill);
        *leg = Leg::from(&*fill);
    }
    Ok(())
}
