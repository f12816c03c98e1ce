//! [`Pool`]: two reserves, their fee and their shares.

use core::hint::select_unpredictable;

use thiserror::Error;

use crate::amount::Amount;
use crate::fee::{Fee, Fees};
use crate::id::TokenId;
use crate::shares::Shares;
use crate::swap::{Fill, SwapError};

/// A constant-product pool as numbers: what it holds, what it charges, how it is shared.
///
/// One cache line. A pool knows no owners: it is the same record whether it mirrors a chain or
/// stands for what an exchange holds.
///
/// ```
/// use cenote_pool::{Amount, Fee, Pool, Reserves, TokenId};
///
/// let (eth, usd) = (TokenId::from(0), TokenId::from(1));
/// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
/// let pool = Pool::new(eth, usd, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
///
/// let fill = pool.quote_exact_in(eth, Amount::from_u64(10))?;
/// assert_eq!(fill.amount_out, Amount::from_u64(39_486));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Pool {
    /// Of `token0` and of `token1`: like the tokens themselves to be found by the place of a
    /// direction, without a branch, since nobody can guess where the next swap goes.
    reserves: [Amount; 2],
    /// The number of shares, or any number above [`Shares::MAX`] where it is not known.
    total_shares: u128,
    fees: Fees,
    tokens: [TokenId; 2],
}

const _: () = assert!(size_of::<Pool>() == 64, "a pool is one cache line");

/// What a pool holds of its two tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Reserves {
    /// Of `token0`.
    pub reserve0: Amount,
    /// Of `token1`.
    pub reserve1: Amount,
}

/// Which way a swap goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// `token0` in, `token1` out.
    #[default]
    ZeroForOne,
    /// `token1` in, `token0` out.
    OneForZero,
}

impl Direction {
    /// Both ways.
    pub const BOTH: [Self; 2] = [Self::ZeroForOne, Self::OneForZero];

    /// 0, or 1 for the way from the second token.
    #[inline]
    const fn place(self) -> usize {
        match self {
            Self::ZeroForOne => 0,
            Self::OneForZero => 1,
        }
    }

    /// The way back.
    #[inline]
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::ZeroForOne => Self::OneForZero,
            Self::OneForZero => Self::ZeroForOne,
        }
    }
}

/// The reserves as one swap sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Oriented {
    /// Of the token that comes in.
    pub reserve_in: Amount,
    /// Of the token that goes out.
    pub reserve_out: Amount,
}

impl Reserves {
    /// The reserves seen in the direction of a swap.
    #[inline]
    pub fn oriented(self, direction: Direction) -> Oriented {
        let (reserve_in, reserve_out) = turned(direction, self.reserve0, self.reserve1);
        Oriented { reserve_in, reserve_out }
    }
}

impl Oriented {
    /// The same reserves by token; the inverse of [`Reserves::oriented`].
    #[inline]
    pub fn reserves(self, direction: Direction) -> Reserves {
        let (reserve0, reserve1) = turned(direction, self.reserve_in, self.reserve_out);
        Reserves { reserve0, reserve1 }
    }
}

/// The first two as they are seen in a direction, or as they are by token where they were seen so.
///
/// Which way a swap goes is a toss of a coin, which no branch predictor guesses.
#[inline]
fn turned(direction: Direction, first: Amount, second: Amount) -> (Amount, Amount) {
    let back = direction == Direction::OneForZero;
    (select_unpredictable(back, second, first), select_unpredictable(back, first, second))
}

/// Why a pool cannot be, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PoolError {
    /// Both sides are one token.
    #[error("a pool needs two different tokens")]
    SameToken,
    /// One reserve is zero and the other is not.
    #[error("one reserve is zero and the other is not")]
    OneReserveZero,
    /// There are shares of nothing.
    #[error("shares without reserves")]
    SharesWithoutReserves,
    /// There are shares, and fewer than the first deposit locks.
    #[error("{total} shares are fewer than the 1000 that the first deposit locks")]
    FewerThanLocked {
        /// The number of shares given.
        total: Shares,
    },
}

impl Pool {
    /// An empty pool of two tokens, in which only the first deposit is possible; one [`Fee`] is
    /// charged in both directions, [`Fees`] may differ.
    ///
    /// # Errors
    ///
    /// [`PoolError::SameToken`].
    pub fn new(token0: TokenId, token1: TokenId, fees: impl Into<Fees>) -> Result<Self, PoolError> {
        if token0 == token1 {
            return Err(PoolError::SameToken);
        }
        let reserves = [Amount::ZERO; 2];
        Ok(Self { reserves, total_shares: 0, fees: fees.into(), tokens: [token0, token1] })
    }

    /// The pool with observed reserves; how many shares there are is then not known, unless
    /// there is nothing to share.
    ///
    /// # Errors
    ///
    /// [`PoolError::OneReserveZero`]. Both zero is an empty pool.
    pub fn with_reserves(self, reserves: Reserves) -> Result<Self, PoolError> {
        let Reserves { reserve0, reserve1 } = reserves;
        if reserve0.is_zero() != reserve1.is_zero() {
            return Err(PoolError::OneReserveZero);
        }
        let total_shares = if reserve0.is_zero() { 0 } else { u128::MAX };
        Ok(Self { reserves: [reserve0, reserve1], total_shares, ..self })
    }

    /// The pool with an observed number of shares, the locked ones included.
    ///
    /// Zero shares of positive reserves is a pool that was sent tokens before its first deposit.
    ///
    /// # Errors
    ///
    /// [`PoolError::SharesWithoutReserves`], [`PoolError::FewerThanLocked`].
    pub fn with_total_shares(self, total: Shares) -> Result<Self, PoolError> {
        if self.is_empty() && !total.is_zero() {
            return Err(PoolError::SharesWithoutReserves);
        }
        if !total.is_zero() && total < Shares::LOCKED {
            return Err(PoolError::FewerThanLocked { total });
        }
        Ok(Self { total_shares: total.get(), ..self })
    }

    /// The first token.
    #[inline]
    pub const fn token0(&self) -> TokenId {
        let [token0, _] = self.tokens;
        token0
    }

    /// The second token.
    #[inline]
    pub const fn token1(&self) -> TokenId {
        let [_, token1] = self.tokens;
        token1
    }

    /// The part of an input in this direction that does not trade.
    pub fn fee(&self, direction: Direction) -> Fee {
        self.fees.of(direction)
    }

    /// The parts of an input that do not trade, in both directions.
    pub const fn fees(&self) -> Fees {
        self.fees
    }

    /// What trades of an input in this direction, and of how much: 997 and 1000.
    #[inline]
    pub(crate) fn kept(&self, direction: Direction) -> (u32, u32) {
        self.fees.part(direction)
    }

    /// What the pool holds.
    #[inline]
    pub const fn reserves(&self) -> Reserves {
        let [reserve0, reserve1] = self.reserves;
        Reserves { reserve0, reserve1 }
    }

    /// Whether the pool holds nothing.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        let [reserve0, reserve1] = self.reserves;
        reserve0.is_zero() || reserve1.is_zero()
    }

    /// How many shares there are, the locked ones included; `None` where it is not known.
    #[inline]
    pub fn total_shares(&self) -> Option<Shares> {
        Shares::new(self.total_shares).ok()
    }

    /// The direction of a swap that pays `token_in`.
    ///
    /// # Errors
    ///
    /// [`SwapError::TokenNotInPool`].
    #[inline]
    pub fn direction(&self, token_in: TokenId) -> Result<Direction, SwapError> {
        let second = token_in == self.token1();
        let direction = if second { Direction::OneForZero } else { Direction::ZeroForOne };
        if self.tokens(direction).0 == token_in {
            Ok(direction)
        } else {
            Err(SwapError::TokenNotInPool { token: token_in })
        }
    }

    /// The token that comes in and the one that goes out.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the place is 0 or 1")]
    pub const fn tokens(&self, direction: Direction) -> (TokenId, TokenId) {
        (self.tokens[direction.place()], self.tokens[direction.reverse().place()])
    }

    /// Takes over what a swap left, as computed on this state.
    #[inline]
    pub fn settle_fill(&mut self, fill: &Fill) {
        self.settle(fill.reserves);
    }

    /// Writes what a swap left.
    #[inline]
    pub(crate) fn settle(&mut self, reserves: Reserves) {
        self.reserves = [reserves.reserve0, reserves.reserve1];
    }

    /// What the pool holds, seen in the direction of a swap.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the place is 0 or 1")]
    pub fn oriented(&self, direction: Direction) -> Oriented {
        Oriented {
            reserve_in: self.reserves[direction.place()],
            reserve_out: self.reserves[direction.reverse().place()],
        }
    }

    /// Writes what a swap in a direction left.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the place is 0 or 1")]
    pub(crate) fn settle_oriented(&mut self, direction: Direction, left: Oriented) {
        self.reserves[direction.place()] = left.reserve_in;
        self.reserves[direction.reverse().place()] = left.reserve_out;
    }

    /// Writes what a deposit or a withdrawal left.
    pub(crate) fn settle_shares(&mut self, reserves: Reserves, total_shares: Shares) {
        self.settle(reserves);
        self.settle_total_shares(Some(total_shares));
    }

    /// Writes how many shares there are, or that it is not known.
    #[inline]
    pub(crate) fn settle_total_shares(&mut self, total_shares: Option<Shares>) {
        self.total_shares = total_shares.map_or(u128::MAX, Shares::get);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(units: u64) -> Amount {
        units.into()
    }

    fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
        Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) }
    }

    fn empty() -> Pool {
        Pool::new(3.into(), 4.into(), Fees::new(Fee::UNISWAP_V2, Fee::ZERO)).unwrap()
    }

    #[test]
    fn a_pool_is_what_it_was_built_from() {
        let pool = empty().with_reserves(reserves(5, 7)).unwrap();
        assert_eq!([pool.token0(), pool.token1()], [3.into(), 4.into()]);
        assert_eq!((pool.reserves(), pool.is_empty()), (reserves(5, 7), false));
        assert_eq!(pool.fees(), Fees::new(Fee::UNISWAP_V2, Fee::ZERO));
        assert_eq!(Direction::BOTH.map(|way| pool.fee(way)), [Fee::UNISWAP_V2, Fee::ZERO]);
        assert!(empty().is_empty());
        assert_eq!(Pool::new(3.into(), 3.into(), Fee::ZERO), Err(PoolError::SameToken));
    }

    #[test]
    fn the_way_back_is_the_other_way() {
        let pool = empty();
        let [there, back] = Direction::BOTH;
        assert_eq!([there.reverse(), back.reverse()], [back, there]);
        assert_eq!(pool.tokens(there), (3.into(), 4.into()));
        assert_eq!(pool.tokens(back), (4.into(), 3.into()));
        assert_eq!([3, 4].map(|token| pool.direction(token.into())), [Ok(there), Ok(back)]);
        let stranger = Err(SwapError::TokenNotInPool { token: 5.into() });
        assert_eq!(pool.direction(5.into()), stranger);
        let seen = reserves(5, 7).oriented(back);
        assert_eq!(seen, Oriented { reserve_in: amount(7), reserve_out: amount(5) });
        for way in Direction::BOTH {
            assert_eq!(reserves(5, 7).oriented(way).reserves(way), reserves(5, 7));
        }
    }

    #[test]
    fn a_pool_has_both_reserves_or_none() {
        for one in [reserves(0, 1), reserves(1, 0)] {
            assert_eq!(empty().with_reserves(one), Err(PoolError::OneReserveZero));
        }
        let none = empty().with_reserves(reserves(0, 0)).unwrap();
        assert_eq!((none, none.total_shares()), (empty(), Some(Shares::ZERO)));
        assert_eq!(empty().with_reserves(reserves(1, 1)).unwrap().total_shares(), None);
    }

    /// Reserves that somebody wrote for a swap may be anything.
    #[test]
    fn a_pool_without_one_of_its_tokens_is_empty() {
        for one in [reserves(0, 7), reserves(7, 0)] {
            let mut pool = empty();
            pool.settle(one);
            assert!(pool.is_empty(), "{one:?}");
            for way in Direction::BOTH {
                assert_eq!(pool.fill_exact_in(way, amount(1)), Err(SwapError::EmptyPool));
            }
        }
    }

    #[test]
    fn shares_are_none_or_at_least_the_locked_ones() {
        let held = empty().with_reserves(reserves(5, 7)).unwrap();
        let total = |pool: Pool, count: u64| pool.with_total_shares(count.into());
        for count in [0, 1000, 1001] {
            let pool = total(held, count).unwrap();
            assert_eq!(pool.total_shares(), Some(count.into()));
            assert_eq!(Pool { total_shares: held.total_shares, ..pool }, held);
        }
        for count in [1, 999] {
            let few = PoolError::FewerThanLocked { total: count.into() };
            assert_eq!(total(held, count), Err(few));
            assert_eq!(total(empty(), count), Err(PoolError::SharesWithoutReserves));
        }
        assert_eq!(total(empty(), 0), Ok(empty()));
        assert_eq!(total(empty(), 1000), Err(PoolError::SharesWithoutReserves));
    }
}
