//! [`Part`]: what one thread divides and collects of a window.

use core::ops::Range;

use cenote_pool::{Direction, Exact, Hop, Leg, Orders, PoolId};

use super::division::{Division, index};
use super::runner::{Item, Kind};
use super::share::Share;

/// Orders in a row of a window, by whose they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// The orders, with their legs counted from the part's first on.
    items: Vec<Item>,
    /// How many legs they have.
    legs: u32,
    /// The owner of each.
    owners: Vec<u8>,
    /// The orders of each owner.
    lists: Vec<List>,
}

/// The orders of one owner.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Item>,
    /// How many legs they have.
    pub(crate) legs: u32,
    /// Where their legs begin among all legs of the owner.
    pub(crate) start: u32,
}

impl Part {
    /// Begins with the orders of these places, in a window that starts at `start`.
    pub(crate) fn take(&mut self, orders: &Orders, start: usize, places: Range<usize>) {
        self.items.clear();
        let first = u32::try_from(places.start.saturating_sub(start)).unwrap_or(u32::MAX);
        self.legs = read(orders, places, first, &mut self.items);
    }

    /// The places of the pools that orders of several hops touch.
    pub(crate) fn shared<'a>(
        &'a self,
        orders: &'a Orders,
        start: usize,
    ) -> impl Iterator<Item = u32> + 'a {
        let paths = self.items.iter().filter(|item| item.kind == Kind::Path);
        let paths = paths.filter_map(move |item| {
            let place = start.saturating_add(index(item.place));
            orders.hops().get(orders.hop_range(place))
        });
        paths.flatten().map(|hop| hop.pool.get())
    }

    /// Divides the orders among the owners of their pools.
    pub(crate) fn divide(&mut self, division: &Division) {
        self.lists.resize_with(division.owners(), List::default);
        for list in &mut self.lists {
            list.items.clear();
            list.legs = 0;
        }
        self.owners.clear();
        let mut items = self.items.iter().peekable();
        while let Some(item) = items.next() {
            // All pools of an order of several hops are shared.
            let owner = division.owner(item.pool);
            let end = items.peek().map_or(self.legs, |next| next.leg);
            self.owners.push(owner);
            if let Some(list) = self.lists.get_mut(usize::from(owner)) {
                list.items.push(Item { leg: list.legs, ..*item });
                list.legs = list.legs.saturating_add(end.saturating_sub(item.leg));
            }
        }
    }

    /// The orders of each owner.
    pub(crate) fn lists_mut(&mut self) -> &mut [List] {
        &mut self.lists
    }

    /// The orders of an owner.
    pub(crate) fn list(&self, owner: usize) -> Option<&List> {
        self.lists.get(owner)
    }

    /// How many legs the orders have.
    pub(crate) fn legs(&self) -> usize {
        index(self.legs)
    }

    /// Writes what the owners did in the order of the orders.
    pub(crate) fn collect(&mut self, shares: &[Share], legs: &mut [Leg]) {
        let start = |(list, share): (&List, _)| (index(list.start), share);
        let mut done = self.lists.iter().zip(shares).map(start).collect::<Vec<_>>();
        if legs.len() == self.owners.len() {
            for (leg, owner) in legs.iter_mut().zip(&self.owners) {
                let Some((next, share)) = done.get_mut(usize::from(*owner)) else { continue };
                *leg = share.legs.get(*next).copied().unwrap_or_default();
                *next = next.saturating_add(1);
            }
            return;
        }
        let ends = self.items.iter().skip(1).map(|item| item.leg).chain([self.legs]);
        for ((item, end), owner) in self.items.iter().zip(ends).zip(&self.owners) {
            let Some((next, share)) = done.get_mut(usize::from(*owner)) else { continue };
            let own = legs.get_mut(index(item.leg)..index(end)).unwrap_or_default();
            for leg in own {
                *leg = share.legs.get(*next).copied().unwrap_or_default();
                *next = next.saturating_add(1);
            }
        }
    }
}

/// Reads orders in a row, of which the first is at the place `first` of its window; gives how many
/// legs they have.
pub(crate) fn read(
    orders: &Orders,
    places: Range<usize>,
    first: u32,
    items: &mut Vec<Item>,
) -> u32 {
    let kind = |exact| if exact == Exact::In { Kind::Paid } else { Kind::Bought };
    let hops = hops_of(orders, &places);
    if hops.len() == places.len() {
        // The usual case: one hop each.
        let terms = places.filter_map(|place| orders.terms(place));
        items.extend(hops.iter().zip(terms).zip(first..).zip(0..).map(
            |(((hop, terms), place), leg)| {
                let Hop { pool, direction } = *hop;
                Item { place, leg, pool: pool.get(), direction, kind: kind(terms.exact) }
            },
        ));
        return u32::try_from(hops.len()).unwrap_or(u32::MAX);
    }
    let mut leg = 0_u32;
    items.extend(orders.range(places).zip(first..).map(|(order, place)| {
        // Every order has a hop.
        let (hop, kind) = match order.hops {
            [hop] => (*hop, kind(order.exact)),
            hops => (hops.first().copied().unwrap_or(NOWHERE), Kind::Path),
        };
        let Hop { pool, direction } = hop;
        let hops = u32::try_from(order.hops.len()).unwrap_or(u32::MAX);
        let end = leg.saturating_add(hops);
        let leg = core::mem::replace(&mut leg, end);
        Item { place, leg, pool: pool.get(), direction, kind }
    }));
    leg
}

/// The hops of orders in a row.
pub(crate) fn hops_of<'a>(orders: &'a Orders, places: &Range<usize>) -> &'a [Hop] {
    let end = places.end.checked_sub(1).map_or(0, |last| orders.hop_range(last).end);
    let start = orders.hop_range(places.start).start.min(end);
    orders.hops().get(start..end).unwrap_or_default()
}

const NOWHERE: Hop = Hop { pool: PoolId::FIRST, direction: Direction::ZeroForOne };
