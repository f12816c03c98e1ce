//! [`Runner`]: orders of one thread, in levels.

use cenote_kernel::{Levels, prefetch};
use cenote_pool::{
    Amount, Direction, Exact, Fill, Isa, Leg, MAX_HOPS, Orders, Paths, Pool, SwapError, Terms, Tile,
};

use super::division::index;

/// Levels with fewer orders than this are not worth a tile.
const FEW: usize = 8;

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
        let group =
            |exact| Group { exact, tile: Tile::with(isa), items: Vec::with_capacity(Tile::SIZE) };
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
                for item in items_of(work.items, level) {
                    work.run_one(*item);
                }
                continue;
            }
            for tile in level.chunks(Tile::SIZE) {
                for item in items_of(work.items, tile) {
                    match item.kind {
                        // One of a pool that there is not is refused by itself.
                        _ if !work.prefetch(item) => work.run_one(*item),
                        Kind::Paid => paid.items.push(*item),
                        Kind::Bought => bought.items.push(*item),
                        Kind::Path => walkers.push(*item),
                    }
                }
                paid.run(&mut work);
                bought.run(&mut work);
                work.run_paths(paths, walkers);
            }
        }
    }
}

impl Group {
    /// Runs the orders, of which there are at most as many as a tile has room for.
    fn run(&mut self, work: &mut Work<'_>) {
        let Self { exact, tile, items } = self;
        tile.extend(items.iter().filter_map(|item| {
            Some((work.pools.get(index(item.pool))?, item.direction, work.terms(*item)?.amount))
        }));
        match exact {
            Exact::In => {
                let bought = |fill: &Fill, limit| limit <= fill.amount_out;
                work.settle_each(items, tile.exact_in(), bought);
            }
            Exact::Out => {
                let paid = |fill: &Fill, limit| fill.amount_in <= limit;
                work.settle_each(items, tile.exact_out(), paid);
            }
        }
        items.clear();
    }
}

impl Work<'_> {
    /// Asks for what an order will need soon; gives whether there is its first pool.
    #[inline]
    fn prefetch(&self, item: &Item) -> bool {
        self.orders.prefetch(self.place(*item));
        self.legs.get(index(item.leg)).inspect(|leg| prefetch(*leg));
        self.pools.get(index(item.pool)).inspect(|pool| prefetch(*pool)).is_some()
    }

    #[inline]
    fn place(&self, item: Item) -> usize {
        self.start.saturating_add(index(item.place))
    }

    #[inline]
    fn terms(&self, item: Item) -> Option<Terms> {
        self.orders.terms(self.place(item))
    }

    /// Settles what orders of one hop do, if it is within their limits.
    #[inline]
    fn settle_each(
        &mut self,
        items: &[Item],
        fills: impl Iterator<Item = Result<Fill, SwapError>>,
        within: impl Fn(&Fill, Amount) -> bool,
    ) {
        for (item, fill) in items.iter().zip(fills) {
            let Some(terms) = self.terms(*item) else { continue };
            match fill {
                Ok(fill) if within(&fill, terms.limit) => self.settle(*item, &fill),
                _ => self.refuse_one(*item),
            }
        }
    }

    /// Finds out by itself why an order cannot be.
    #[cold]
    #[inline(never)]
    fn refuse_one(&mut self, item: Item) {
        self.run_one(item);
    }

    /// Settles what an order of one hop does.
    #[inline]
    fn settle(&mut self, item: Item, fill: &Fill) {
        if let Some(pool) = self.pools.get_mut(index(item.pool)) {
            pool.settle_fill(fill);
        }
        if let Some(leg) = self.legs.get_mut(index(item.leg)) {
            *leg = Leg::from(fill);
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
        match fill.and_then(|fill| terms.within(fill)) {
            Ok(fill) => self.settle(item, &fill),
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
        for item in &*items {
            paths.push(self.pools, self.orders, self.place(*item));
        }
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

/// The orders of a level.
#[inline]
fn items_of<'a>(items: &'a [Item], level: &'a [u32]) -> impl Iterator<Item = &'a Item> + 'a {
    level.iter().filter_map(|at| items.get(index(*at)))
}
