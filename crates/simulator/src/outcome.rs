//! [`Outcomes`]: what each order did, or why it was refused.

use core::ops::Range;

use cenote_exchange::{IssueError, TradeError};
use cenote_pool::{Leg, Order, Orders, SwapError};
use thiserror::Error;

/// Why an order was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A pool refused, or the order's limit did.
    #[error(transparent)]
    Swap(#[from] SwapError),
    /// The world could not fund it: the mint refused.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The exchange refused.
    #[error(transparent)]
    Trade(#[from] TradeError),
}

impl Refusal {
    /// The reason without its numbers, one word for scripts: `insufficient_output`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Swap(error) => error.code(),
            Self::Issue(_) => "supply_overflow",
            Self::Trade(error) => error.code(),
        }
    }
}

/// What became of orders, in their order: one leg for each hop, zero where the order was refused,
/// and the refusals apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcomes {
    pub(crate) legs: Vec<Leg>,
    /// By the place of the order, rising.
    pub(crate) refused: Vec<(usize, Refusal)>,
}

impl Outcomes {
    /// Room for outcomes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every order with its legs, one for each hop, or the reason of its refusal.
    pub fn iter<'a>(
        &'a self,
        orders: &'a Orders,
    ) -> impl Iterator<Item = (Order<'a>, Result<&'a [Leg], Refusal>)> {
        let mut legs = self.legs.as_slice();
        let mut refused = self.refused.iter().peekable();
        orders.iter().enumerate().map(move |(at, order)| {
            let (own, rest) = legs.split_at(order.hops.len().min(legs.len()));
            legs = rest;
            match refused.next_if(|(place, _)| *place == at) {
                Some((_, refusal)) => (order, Err(*refusal)),
                None => (order, Ok(own)),
            }
        })
    }

    /// How many orders were refused.
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Makes room for the outcomes of these orders and forgets all others.
    ///
    /// The room is not cleared: who writes outcomes writes every leg.
    pub(crate) fn prepare(&mut self, orders: &Orders) {
        self.refused.clear();
        self.legs.resize(orders.hops().len(), Leg::default());
    }

    /// The legs of an order, to be written.
    #[inline]
    pub(crate) fn legs_mut(&mut self, orders: &Orders, place: usize) -> &mut [Leg] {
        self.legs.get_mut(orders.hop_range(place)).unwrap_or_default()
    }

    /// The legs of orders in a row, to be written.
    pub(crate) fn legs_of_window(&mut self, orders: &Orders, window: &Range<usize>) -> &mut [Leg] {
        let end = window.end.checked_sub(1).map_or(0, |last| orders.hop_range(last).end);
        let start = orders.hop_range(window.start).start;
        self.legs.get_mut(start.min(end)..end).unwrap_or_default()
    }

    /// Takes over refusals of orders that come after all others, whose legs are zero.
    pub(crate) fn refuse_all(&mut self, refused: &mut Vec<(usize, SwapError)>) {
        self.refused.extend(refused.drain(..).map(|(place, error)| (place, error.into())));
    }

    /// Writes that an order was refused.
    pub(crate) fn refuse(&mut self, orders: &Orders, place: usize, refusal: Refusal) {
        self.legs_mut(orders, place).fill(Leg::default());
        self.refused.push((place, refusal));
    }
}
