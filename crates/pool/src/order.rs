//! Orders: swaps that somebody wants, as plain data.

use core::ops::Range;

use cenote_kernel::prefetch;

use crate::amount::Amount;
use crate::market::Market;
use crate::path::{self, Hop, MAX_HOPS};
use crate::pool::{Direction, Pool};
use crate::swap::{Fill, Leg, PathError, SwapError};

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

/// What an order says but where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Which side `amount` fixes.
    pub exact: Exact,
    /// The fixed amount.
    pub amount: Amount,
    /// The least output or the most input accepted.
    pub limit: Amount,
}

impl Terms {
    /// Checks what one swap does against the limit.
    ///
    /// # Errors
    ///
    /// `InsufficientOutput` of an exact input, `ExcessiveInput` of an exact output.
    #[inline]
    pub fn within(self, fill: Fill) -> Result<Fill, SwapError> {
        match self.exact {
            Exact::In => fill.at_least(self.limit),
            Exact::Out => fill.at_most(self.limit),
        }
    }
}

impl Order<'_> {
    /// What the order would do on pools, which its hops name by their places: one fill for each of
    /// its hops, written to `fills`, within its limit. Nothing of the pools changes.
    ///
    /// # Errors
    ///
    /// Those of [`Market::fill_path_exact_in`] or [`Market::fill_path_exact_out`], then
    /// `InsufficientOutput` or `ExcessiveInput`.
    #[inline]
    pub fn fill(self, pools: &[Pool], fills: &mut [Fill]) -> Result<(), SwapError> {
        match self.exact {
            Exact::In => {
                path::fill_exact_in(pools, self.hops, self.amount, fills)?;
                fills.last().map_or(Ok(()), |fill| fill.at_least(self.limit).map(drop))
            }
            Exact::Out => {
                let fill_exact_out = Pool::fill_exact_out;
                path::fill_exact_out_by(pools, self.hops, self.amount, fills, fill_exact_out)?;
                fills.first().map_or(Ok(()), |fill| fill.at_most(self.limit).map(drop))
            }
        }
    }

    /// Runs the order on pools: all of its hops, within its limit, or none. Writes one fill for
    /// each hop to `fills`.
    ///
    /// # Errors
    ///
    /// Those of [`fill`](Self::fill); the pools are then as they were.
    pub fn run(self, pools: &mut [Pool], fills: &mut [Fill]) -> Result<(), SwapError> {
        self.fill(pools, fills)?;
        for (hop, fill) in self.hops.iter().zip(fills) {
            if let Some(pool) = pools.get_mut(hop.pool.index()) {
                pool.settle(fill.reserves);
            }
        }
        Ok(())
    }
}

impl Market {
    /// What an order would do: one fill for each of its hops, written to `fills`, within its
    /// limit. Nothing of the market changes.
    ///
    /// # Errors
    ///
    /// Those of [`Order::fill`].
    #[inline]
    pub fn fill_order(&self, order: Order<'_>, fills: &mut [Fill]) -> Result<(), SwapError> {
        order.fill(self.pools(), fills)
    }

    /// Runs an order: all of its hops, within its limit, or none. Gives what was paid into the
    /// first pool and what the last one paid.
    ///
    /// # Errors
    ///
    /// Those of [`fill_order`](Self::fill_order); the market is then as it was.
    pub fn run_order(&mut self, order: Order<'_>) -> Result<Leg, SwapError> {
        let mut fills = vec![Fill::default(); order.hops.len().min(MAX_HOPS)];
        self.fill_order(order, &mut fills)?;
        for (hop, fill) in order.hops.iter().zip(&fills) {
            self.settle(hop.pool, fill);
        }
        match (fills.first(), fills.last()) {
            (Some(first), Some(last)) => {
                Ok(Leg { amount_in: first.amount_in, amount_out: last.amount_out })
            }
            _ => Err(PathError::Empty.into()),
        }
    }
}

impl Pool {
    /// What an order's one hop would do on this pool, within the order's limit.
    ///
    /// # Errors
    ///
    /// Those of [`fill_exact_in`](Self::fill_exact_in) or
    /// [`fill_exact_out`](Self::fill_exact_out), then `InsufficientOutput` or `ExcessiveInput`.
    #[inline]
    pub fn fill_order(&self, direction: Direction, order: Order<'_>) -> Result<Fill, SwapError> {
        match order.exact {
            Exact::In => self.fill_exact_in(direction, order.amount)?.at_least(order.limit),
            Exact::Out => self.fill_exact_out(direction, order.amount)?.at_most(order.limit),
        }
    }

    /// Runs an order's one hop on this pool, within the order's limit.
    ///
    /// # Errors
    ///
    /// Those of [`fill_order`](Self::fill_order); the pool is then as it was.
    #[inline]
    pub fn run_order(&mut self, direction: Direction, order: Order<'_>) -> Result<Fill, SwapError> {
        let fill = self.fill_order(direction, order)?;
        self.settle(fill.reserves);
        Ok(fill)
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

    /// The hops of all orders, one after the other.
    #[inline]
    pub fn hops(&self) -> &[Hop] {
        &self.hops
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
        let Entry { exact, amount, limit, .. } = *entry;
        Some(Order { exact, amount, limit, hops: self.hops.get(self.hop_range(at))? })
    }

    /// What the order at a place says, without its hops.
    #[inline]
    pub fn terms(&self, at: usize) -> Option<Terms> {
        let Entry { exact, amount, limit, .. } = *self.entries.get(at)?;
        Some(Terms { exact, amount, limit })
    }

    /// Where the hops of the order at a place stand among the hops of all; empty where there is
    /// no order.
    #[inline]
    pub fn hop_range(&self, at: usize) -> Range<usize> {
        let end = |at: usize| {
            let end = self.entries.get(at).map_or(0, |entry| entry.hops_end);
            usize::try_from(end).unwrap_or_default()
        };
        let start = at.checked_sub(1).map_or(0, end);
        start..end(at).max(start)
    }

    /// All orders, in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Order<'_>> + Clone {
        self.range(0..self.len())
    }

    /// The orders of some places, in turn.
    #[inline]
    pub fn range(&self, places: Range<usize>) -> impl ExactSizeIterator<Item = Order<'_>> + Clone {
        let start = self.hop_range(places.start).start;
        let mut hops = self.hops.get(start..).unwrap_or_default();
        let mut start = u32::try_from(start).unwrap_or(u32::MAX);
        self.entries.get(places).unwrap_or_default().iter().map(move |entry| {
            let Entry { exact, amount, limit, hops_end } = *entry;
            let count = hops_end.saturating_sub(core::mem::replace(&mut start, hops_end));
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(hops.len());
            let (own, rest) = hops.split_at(count);
            hops = rest;
            Order { exact, amount, limit, hops: own }
        })
    }

    /// Asks for what the order at a place says, and does not wait. It changes nothing but the time
    /// that it then takes.
    #[inline]
    pub fn prefetch(&self, at: usize) {
        self.entries.get(at).inspect(|entry| prefetch(*entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::pool::Reserves;

    const SELL: Hop = Hop { pool: crate::PoolId::FIRST, direction: Direction::ZeroForOne };
    const BACK: Hop = Hop { pool: crate::PoolId::FIRST, direction: Direction::OneForZero };

    fn amount(units: u64) -> Amount {
        units.into()
    }

    fn order(exact: Exact, units: u64, limit: u64, hops: &[Hop]) -> Order<'_> {
        Order { exact, amount: amount(units), limit: amount(limit), hops }
    }

    fn market() -> Market {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let reserves = Reserves { reserve0: amount(1000), reserve1: amount(1000) };
        let pool = Pool::new(a, b, Fee::ZERO).unwrap().with_reserves(reserves).unwrap();
        market.add_pool("a/b", pool).unwrap();
        market
    }

    /// 1000 for 1000 without a fee: 100 buys 90, and 90 costs 99.
    #[test]
    fn an_order_is_run_within_its_limit_or_not_at_all() {
        let cases = [
            (Exact::In, 100, 90, Ok((100, 90))),
            (Exact::In, 100, 91, Err("insufficient_output")),
            (Exact::Out, 90, 99, Ok((99, 90))),
            (Exact::Out, 90, 98, Err("excessive_input")),
        ];
        for (exact, units, limit, expected) in cases {
            let order = order(exact, units, limit, &[SELL]);
            let mut market = market();
            let mut pool = market.pools()[0];
            let before = (market.clone(), pool);
            let leg = |leg: Leg| (leg.amount_in.get(), leg.amount_out.get());
            assert_eq!(market.run_order(order).map(leg).map_err(|error| error.code()), expected);
            let filled = pool.run_order(SELL.direction, order);
            assert_eq!(
                filled.as_ref().map(|fill| leg(fill.into())).map_err(SwapError::code),
                expected
            );
            match expected {
                Ok((paid, bought)) => {
                    let reserves = pool.reserves();
                    assert_eq!(market.pools()[0].reserves(), reserves);
                    let held = (reserves.reserve0.get(), reserves.reserve1.get());
                    assert_eq!(held, (1000 + paid, 1000 - bought));
                }
                Err(_) => assert_eq!((market, pool), before),
            }
        }
    }

    /// There and back through one pool: the second hop sees what the first one left.
    #[test]
    fn an_order_of_two_hops_moves_both() {
        let mut market = market();
        let leg = market.run_order(order(Exact::In, 100, 0, &[SELL, BACK])).unwrap();
        assert_eq!((leg.amount_in, leg.amount_out), (amount(100), amount(99)));
        assert_eq!(market.pools()[0].reserves().reserve0, amount(1001));
        assert_eq!(market.run_order(order(Exact::In, 1, 0, &[])), Err(PathError::Empty.into()));
    }

    #[test]
    fn orders_are_given_back_as_they_were_pushed() {
        let hops = [SELL; MAX_HOPS + 1];
        let pushed = [
            order(Exact::In, 7, 8, &hops[..1]),
            order(Exact::Out, 9, 10, &hops[..MAX_HOPS]),
            order(Exact::In, 11, 12, &[SELL, BACK]),
        ];
        let mut orders = Orders::new();
        assert!(orders.is_empty());
        for order in pushed {
            orders.push(order).unwrap();
        }
        assert_eq!(orders.push(order(Exact::In, 1, 1, &[])), Err(PathError::Empty.into()));
        let long = PathError::TooLong { hops: MAX_HOPS + 1 };
        assert_eq!(orders.push(order(Exact::In, 1, 1, &hops)), Err(long.into()));
        assert_eq!((orders.len(), orders.is_empty(), orders.hops().len()), (3, false, 19));
        assert_eq!(orders.iter().collect::<Vec<_>>(), pushed);
        assert_eq!(orders.get(1), Some(pushed[1]));
        assert_eq!([0, 1, 2].map(|at| orders.hop_range(at)), [0..1, 1..17, 17..19]);
        assert_eq!((orders.get(3), orders.hop_range(3).len()), (None, 0));
        orders.clear();
        assert_eq!(orders, Orders::new());
    }
}
