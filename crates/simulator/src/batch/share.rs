//! [`Share`]: what one owner of pools does in a window.

use cenote_pool::{Isa, Leg, Orders, Pool, SwapError};

use super::division::index;
use super::part::Part;
use super::runner::{Item, Runner, Work};

/// The orders of one owner of pools, and what they did.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    runner: Runner,
    items: Vec<Item>,
    /// One for each hop.
    pub(crate) legs: Vec<Leg>,
    /// By the place of the order, rising.
    pub(crate) refused: Vec<(usize, SwapError)>,
}

impl Share {
    pub(crate) fn with(isa: Isa) -> Self {
        let (items, legs, refused) = (Vec::new(), Vec::new(), Vec::new());
        Self { runner: Runner::with(isa), items, legs, refused }
    }

    /// Runs the orders of one owner on its pools, of which the first has this place.
    pub(crate) fn run(
        &mut self,
        owner: usize,
        parts: &[Part],
        (orders, start): (&Orders, usize),
        (pools, first): (&mut [Pool], u32),
    ) {
        self.items.clear();
        self.refused.clear();
        let mut legs = 0_u32;
        for list in parts.iter().filter_map(|part| part.list(owner)) {
            self.items.extend(list.items.iter().map(|item| Item {
                leg: item.leg.saturating_add(list.start),
                pool: item.pool.wrapping_sub(first),
                ..*item
            }));
            legs = legs.saturating_add(list.legs);
        }
        // Who runs orders writes every leg.
        self.legs.resize(index(legs), Leg::default());
        self.runner.run(Work {
            orders,
            start,
            items: &self.items,
            pools,
            first,
            legs: &mut self.legs,
            refused: &mut self.refused,
        });
        self.refused.sort_unstable_by_key(|(place, _)| *place);
    }
}
