//! Orders: swaps that somebody wants, as plain data.

use crate::amount::Amount;
use crate::market::Market;
use crate::path::{Hop, MAX_HOPS};
use crate::swap::{Fill, PathError, SwapError};

/// Which side of a swap is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exact {
    /// The input; the limit is the least output.
    In,
    /// The output; the limit is the most input.
    Out,
}

/// One order: swap along a path, with one side fixed and a limit on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// Which side `amount` fixes.
    pub exact: Exact,
    /// The fixed amount.
    pub amount: Amount,
    /// The least output or the most input accepted.
    pub limit: Amount,
    /// The pools to go through; one for a plain swap.
    pub hops: &'a [Hop],
}

impl Market {
    /// What an order would do: one fill for each of its hops, written to `fills`, within its
    /// limit. Nothing of the market changes.
    ///
    /// # Errors
    ///
    /// Those of [`fill_path_exact_in`](Self::fill_path_exact_in) or
    /// [`fill_path_exact_out`](Self::fill_path_exact_out), then `InsufficientOutput` or
    /// `ExcessiveInput`.
    #[inline]
    pub fn fill_order(&self, order: Order<'_>, fills: &mut [Fill]) -> Result<(), SwapError> {
        match order.exact {
            Exact::In => {
                self.fill_path_exact_in(order.hops, order.amount, fills)?;
                fills.last().map_or(Ok(()), |fill| fill.at_least(order.limit).map(drop))
            }
            Exact::Out => {
                self.fill_path_exact_out(order.hops, order.amount, fills)?;
                fills.first().map_or(Ok(()), |fill| fill.at_most(order.limit).map(drop))
            }
        }
    }
}

/// Many orders, kept flat: no allocation for each.
///
/// ```
/// use cenote_pool::{Amount, Direction, Exact, Hop, Order, Orders};
///
/// let hop = Hop { pool: 7.into(), direction: Direction::ZeroForOne };
/// let amount = Amount::from_u64(1000);
/// let mut orders = Orders::new();
/// orders.push(Order { exact: Exact::In, amount, limit: Amount::ZERO, hops: &[hop] })?;
/// assert_eq!(orders.iter().next().unwrap().hops, [hop]);
/// # Ok::<(), cenote_pool::SwapError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    entries: Vec<Entry>,
    hops: Vec<Hop>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    amount: Amount,
    limit: Amount,
    /// Where its hops end in the list of all hops; they begin where those before it end.
    hops_end: u32,
    exact: Exact,
}

impl Orders {
    /// No orders.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an order.
    ///
    /// # Errors
    ///
    /// [`SwapError::Path`]: a path of no hop, or of more than [`MAX_HOPS`]. Whether the hops
    /// join is checked when the order is run.
    pub fn push(&mut self, order: Order<'_>) -> Result<(), SwapError> {
        let hops = order.hops.len();
        if hops == 0 {
            return Err(PathError::Empty.into());
        }
        // The list is full at 2^32 hops, 32 GiB of them.
        let end = self.hops.len().checked_add(hops).and_then(|end| u32::try_from(end).ok());
        let (true, Some(hops_end)) = (hops <= MAX_HOPS, end) else {
            return Err(PathError::TooLong { hops }.into());
        };
        let Order { exact, amount, limit, .. } = order;
        self.hops.extend_from_slice(order.hops);
        self.entries.push(Entry { amount, limit, hops_end, exact });
        Ok(())
    }

    /// How many orders there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets all orders and keeps the room.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.hops.clear();
    }

    /// The order at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Order<'_>> {
        let entry = self.entries.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.entries.get(before));
        let start = before.map_or(0, |before| before.hops_end);
        let range = usize::try_from(start).ok()?..usize::try_from(entry.hops_end).ok()?;
        let Entry { exact, amount, limit, .. } = *entry;
        Some(Order { exact, amount, limit, hops: self.hops.get(range)? })
    }

    /// All orders, in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Order<'_>> + Clone {
        // Every place below `len` holds an order.
        const NONE: Order<'_> =
            Order { exact: Exact::In, amount: Amount::ZERO, limit: Amount::ZERO, hops: &[] };
        (0..self.len()).map(|at| self.get(at).unwrap_or(NONE))
    }
}
