//! [`Runner`]: orders of one thread, in levels.

use cenote_kernel::{Levels, prefetch};
use cenote_pool::{
    Direction, Exact, Fill, Isa, Leg, MAX_HOPS, Orders, Paths, Pool, SwapError, Terms, Tile,
};

use super::division::index;

/// Levels with fewer orders than this are not worth a tile.
const FEW: usize = 8;

/// How many orders ahead a pool is asked for.
const AHEAD: usize = 16;

/// Runs orders on pools that nobody else touches, with the outcome of one after the other.
///
/// The orders of a level touch different pools, so none sees what another one does: they are
/// quoted together.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    levels: Levels,
    paid: Group,
    bought: Group,
    paths: Paths,
    /// The orders in `paths`.
    walkers: Vec<Item>,
}

/// Orders of one hop that are quoted together.
#[derive(Debug, Clone)]
struct Group {
    exact: Exact,
    tile: Tile,
    items: Vec<Item>,
}

/// An order as a runner finds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// The place of the order, from the window's first on.
    pub(crate) place: u32,
    /// The place of its first leg.
    pub(crate) leg: u32,
    /// The place of its first pool, from the runner's first on.
    pub(crate) pool: u32,
    pub(crate) direction: Direction,
    pub(crate) kind: Kind,
}

/// How an order is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One hop, with an exact input.
    Paid,
    /// One hop, with an exact output.
    Bought,
    /// Several hops.
    Path,
}

/// Orders and where they run.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    pub(crate) orders: &'a Orders,
    /// The place of the window's first order.
    pub(crate) start: usize,
    pub(crate) items: &'a [Item],
    /// The pools, of which the first one has the place `first` in the market.
    pub(crate) pools: &'a mut [Pool],
    pub(crate) first: u32,
    /// Room for one leg of each hop.
    pub(crate) legs: &'a mut [Leg],
    /// The refusals, by the place of the order.
    pub(crate) refused: &'a mut Vec<(usize, SwapError)>,
}

impl Runner {
    pub(crate) fn with(isa: Isa) -> Self {
        let group = |exact| Group { exact, tile: Tile::with(isa), items: Vec::new() };
        let (paid, bought) = (group(Exact::In), group(Exact::Out));
        let (paths, walkers) = (Paths::with(isa), Vec::new());
        Self { levels: Levels::new(), paid, bought, paths, walkers }
    }

    /// Runs the orders.
    pub(crate) fn run(&mut self, mut work: Work<'_>) {
        let Self { levels, paid, bought, paths, walkers } = self;
        levels.begin(work.pools.len());
        if work.items.len() == work.legs.len() {
            levels.push_each(work.items.iter().map(|item| item.pool));
        } else {
            for item in work.items {
                let hops = work.orders.get(work.start.saturating_add(index(item.place)));
                let hops = hops.map_or(&[][..], |order| order.hops);
                levels.push(hops.iter().map(|hop| hop.pool.get().wrapping_sub(work.first)));
            }
        }
        if work.items.len() < levels.depth().saturating_mul(FEW) {
            for item in work.items {
                work.run_one(*item);
            }
            return;
        }
        for level in levels.sort() {
            if level.len() < FEW {
                work.each(level, Work::run_one);
                continue;
            }
            work.each(level, |work, item| match item.kind {
                Kind::Paid => paid.push(work, item),
                Kind::Bought => bought.push(work, item),
                Kind::Path => {
                    paths.push(work.pools, work.orders, work.place(item));
                    walkers.push(item);
                    if walkers.len() == Paths::SIZE {
                        work.run_paths(paths, walkers);
                    }
                }
            });
            paid.run(&mut work);
            bought.run(&mut work);
            work.run_paths(paths, walkers);
        }
    }
}

impl Group {
    /// Adds an order of one hop, and runs all when there is room for no more.
    #[inline]
    fn push(&mut self, work: &mut Work<'_>, item: Item) {
        let Some(terms) = work.terms(item) else { return };
        let Some(pool) = work.pools.get(index(item.pool)) else { return work.run_one(item) };
        self.tile.push(pool, item.direction, terms.amount);
        self.items.push(item);
        if self.tile.len() == Tile::SIZE {
            self.run(work);
        }
    }

    /// Runs the orders.
    fn run(&mut self, work: &mut Work<'_>) {
        match self.exact {
            Exact::In => work.settle_each(&self.items, self.tile.exact_in()),
            Exact::Out => work.settle_each(&self.items, self.tile.exact_out()),
        }
        self.items.clear();
    }
}

impl Work<'_> {
    /// Visits the orders of a level, whose pools are under way when they are needed.
    #[inline]
    fn each(&mut self, level: &[u32], mut visit: impl FnMut(&mut Self, Item)) {
        let items = self.items;
        let item = |at: &u32| items.get(index(*at)).copied();
        for (at, order) in level.iter().enumerate() {
            if let Some(coming) = level.get(at.saturating_add(AHEAD)).and_then(item) {
                self.pools.get(index(coming.pool)).inspect(|pool| prefetch(*pool));
            }
            if let Some(item) = item(order) {
                visit(self, item);
            }
        }
    }

    #[inline]
    fn place(&self, item: Item) -> usize {
        self.start.saturating_add(index(item.place))
    }

    #[inline]
    fn terms(&self, item: Item) -> Option<Terms> {
        self.orders.terms(self.place(item))
    }

    /// Settles what orders of one hop do.
    #[inline]
    fn settle_each(
        &mut self,
        items: &[Item],
        fills: impl Iterator<Item = Result<Fill, SwapError>>,
    ) {
        for (item, fill) in items.iter().zip(fills) {
            let Some(terms) = self.terms(*item) else { continue };
            match fill {
                Ok(fill) => self.settle(*item, terms, fill),
                Err(error) => self.refuse(*item, error),
            }
        }
    }

    /// Settles what an order of one hop does, if it is within its limit.
    #[inline]
    fn settle(&mut self, item: Item, terms: Terms, fill: Fill) {
        match terms.within(fill) {
            Ok(fill) => {
                if let Some(pool) = self.pools.get_mut(index(item.pool)) {
                    pool.settle_fill(&fill);
                }
                if let Some(leg) = self.legs.get_mut(index(item.leg)) {
                    *leg = Leg::from(&fill);
                }
            }
            Err(error) => self.refuse(item, error),
        }
    }

    /// Runs an order as if there were no other.
    #[inline]
    fn run_one(&mut self, item: Item) {
        let Some(terms) = self.terms(item) else { return };
        let fill = match (item.kind, self.pools.get(index(item.pool))) {
            (Kind::Path, _) => return self.run_path(item),
            (Kind::Paid, Some(pool)) => pool.fill_exact_in(item.direction, terms.amount),
            (Kind::Bought, Some(pool)) => pool.fill_exact_out(item.direction, terms.amount),
            (_, None) => {
                let pool = self.first.wrapping_add(item.pool).into();
                Err(SwapError::UnknownPool { pool })
            }
        };
        match fill {
            Ok(fill) => self.settle(item, terms, fill),
            Err(error) => self.refuse(item, error),
        }
    }

    /// Runs an order of several hops as if there were no other.
    fn run_path(&mut self, item: Item) {
        let Some(order) = self.orders.get(self.place(item)) else { return };
        let mut fills = [Fill::default(); MAX_HOPS];
        let fills = fills.get_mut(..order.hops.len()).unwrap_or_default();
        match order.run(self.pools, fills) {
            Ok(()) => {
                for (leg, fill) in self.legs_of(item).iter_mut().zip(fills) {
                    *leg = Leg::from(&*fill);
                }
            }
            Err(error) => self.refuse(item, error),
        }
    }

    /// Runs orders of several hops that touch different pools.
    fn run_paths(&mut self, paths: &mut Paths, items: &mut Vec<Item>) {
        paths.fill(self.pools, self.orders);
        for (item, (_, fills)) in items.iter().zip(paths.fills()) {
            // Why an order cannot be is found out by itself.
            let Some(fills) = fills else {
                self.run_path(*item);
                continue;
            };
            let hops = self.orders.hops().get(self.orders.hop_range(self.place(*item)));
            for (hop, fill) in hops.unwrap_or_default().iter().zip(fills) {
                if let Some(pool) = self.pools.get_mut(hop.pool.index()) {
                    pool.settle_fill(fill);
                }
            }
            for (leg, fill) in self.legs_of(*item).iter_mut().zip(fills) {
                *leg = Leg::from(fill);
            }
        }
        paths.clear();
        items.clear();
    }

    fn legs_of(&mut self, item: Item) -> &mut [Leg] {
        let hops = self.orders.hop_range(self.place(item)).len();
        let start = index(item.leg);
        self.legs.get_mut(start..start.saturating_add(hops)).unwrap_or_default()
    }

    #[cold]
    fn refuse(&mut self, item: Item, error: SwapError) {
        self.legs_of(item).fill(Leg::default());
        self.refused.push((self.place(item), error));
    }
}
