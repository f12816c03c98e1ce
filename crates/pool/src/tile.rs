//! [`Tile`]: swaps that are quoted together.

#![expect(
    clippy::indexing_slicing,
    reason = "all lists have a place for each of the SIZE swaps, and there are at most so many"
)]

use core::ops::Range;

use cenote_kernel::{Fees, Isa, Quotes};

use crate::amount::Amount;
use crate::order::Exact;
use crate::pool::{Direction, Oriented, Pool};
use crate::swap::{Asked, Fill, SwapError};

/// Independent swaps that are quoted together, several times as fast as one after the other.
///
/// Each is computed on its pool as it was when the swap was [pushed](Self::push): no swap of a tile
/// sees what another one does. A tile is room to be used again and again.
///
/// ```
/// use cenote_pool::{Amount, Direction, Fee, Pool, Reserves, Tile, TokenId};
///
/// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
/// let pool = Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
///
/// let mut tile = Tile::new();
/// for units in [10, 0] {
///     tile.push(&pool, Direction::ZeroForOne, Amount::from_u64(units));
/// }
/// let bought = tile.exact_in().map(|fill| Ok(fill?.amount_out)).collect::<Vec<_>>();
/// assert_eq!(bought, [Ok(39_486_u64.into()), Err(cenote_pool::SwapError::ZeroAmount)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tile {
    isa: Isa,
    len: usize,
    lists: Box<Lists>,
}

/// One number of each swap, list by list, as the kernel reads them.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Lists {
    x: [u128; Tile::SIZE],
    y: [u128; Tile::SIZE],
    amounts: [u128; Tile::SIZE],
    answers: [u128; Tile::SIZE],
    fees: [[u32; 2]; Tile::SIZE],
    directions: [Direction; Tile::SIZE],
}

impl Default for Tile {
    fn default() -> Self {
        Self::with(Isa::best())
    }
}

impl Tile {
    /// How many swaps a tile has room for. Not a power of two, by which all lists would lie in one
    /// set of the cache.
    pub const SIZE: usize = 120;

    /// Room for swaps, on the fastest instruction set that there is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Room for swaps, on this instruction set. All give the same answers.
    pub fn with(isa: Isa) -> Self {
        let none = [0; Self::SIZE];
        let lists = Lists {
            x: none,
            y: none,
            amounts: none,
            answers: none,
            fees: [[1; 2]; Self::SIZE],
            directions: [Direction::default(); Self::SIZE],
        };
        Self { isa, len: 0, lists: Box::new(lists) }
    }

    /// How many swaps wait for their answers.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no swap waits for an answer.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets the swaps that wait.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds a swap: of this amount, in this direction, on the pool as it is now. Gives whether there
    /// was room for it.
    #[inline]
    pub fn push(&mut self, pool: &Pool, direction: Direction, amount: Amount) -> bool {
        self.extend([(pool, direction, amount)]) == 1
    }

    /// Adds as many swaps as there is room for, and gives how many.
    #[inline]
    pub fn extend<'a>(
        &mut self,
        swaps: impl IntoIterator<Item = (&'a Pool, Direction, Amount)>,
    ) -> usize {
        let Lists { x, y, amounts, fees, directions, .. } = &mut *self.lists;
        let start = self.len;
        for (at, (pool, direction, amount)) in (start..Self::SIZE).zip(swaps) {
            let swap = pool.asked(direction, amount);
            x[at] = swap.before.reserve_in.get();
            y[at] = swap.before.reserve_out.get();
            amounts[at] = amount.get();
            fees[at] = swap.fee.into();
            directions[at] = direction;
            self.len = at.saturating_add(1);
        }
        self.len.saturating_sub(start)
    }

    /// What paying each amount would do, in the order in which the swaps were pushed: for each what
    /// [`Pool::fill_exact_in`] gives. The tile is then empty.
    #[inline]
    pub fn exact_in(&mut self) -> impl ExactSizeIterator<Item = Result<Fill, SwapError>> {
        let swaps = self.answer(Exact::In);
        let lists = &*self.lists;
        swaps.map(move |at| lists.asked(at).exact_in(|_, _, _, _, _| Some(lists.answers[at])))
    }

    /// What buying each amount would do, in the order in which the swaps were pushed: for each what
    /// [`Pool::fill_exact_out`] gives. The tile is then empty.
    #[inline]
    pub fn exact_out(&mut self) -> impl ExactSizeIterator<Item = Result<Fill, SwapError>> {
        let swaps = self.answer(Exact::Out);
        let lists = &*self.lists;
        swaps.map(move |at| lists.asked(at).exact_out(|_, _, _, _, _| Some(lists.answers[at])))
    }

    /// Computes all answers, and gives the places of the swaps. Where there is no answer stands
    /// [`NONE`](cenote_kernel::NONE), which is no amount.
    fn answer(&mut self, exact: Exact) -> Range<usize> {
        let swaps = 0..core::mem::take(&mut self.len);
        let Lists { x, y, amounts, answers, fees, .. } = &mut *self.lists;
        let (x, y) = (&x[swaps.clone()], &y[swaps.clone()]);
        let (amounts, fees) = (&amounts[swaps.clone()], Fees::Each(&fees[swaps.clone()]));
        let answers = &mut answers[swaps.clone()];
        let quoted = Quotes::new(x, y, amounts, fees);
        let quoted = quoted.and_then(|quotes| match exact {
            Exact::In => quotes.exact_in_floor(self.isa, answers),
            Exact::Out => quotes.exact_out_ceil(self.isa, answers),
        });
        debug_assert_eq!(quoted, Ok(()), "all lists are equally long");
        swaps
    }
}

impl Lists {
    /// The swap at a place.
    #[inline]
    fn asked(&self, at: usize) -> Asked {
        // What was an amount when it was pushed is one now.
        let amount = |units| Amount::new(units).unwrap_or_default();
        let before = Oriented { reserve_in: amount(self.x[at]), reserve_out: amount(self.y[at]) };
        let (fee, direction) = (self.fees[at].into(), self.directions[at]);
        Asked { before, fee, direction, amount: amount(self.amounts[at]) }
    }
}
