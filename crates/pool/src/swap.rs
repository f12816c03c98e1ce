//! Swaps: one token in, the other out, and the product of the reserves no smaller.
//!
//! A pool holds `x` of the token that comes in and `y` of the one that goes out, and keeps
//! `kept / scale` of an input for trading ([`Fee`](crate::Fee)). The whole input joins `x`.
//!
//! What leaves a pool is rounded down and what enters is rounded up, so the dust always stays
//! with the pool, that is with the holders of its shares.

#![expect(
    clippy::inline_always,
    reason = "an answer that is handed over through memory is read in pieces that do not fit those \
              in which it was written (`cargo bench -p benches --bench swap`)"
)]

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;
use crate::id::{PoolId, TokenId};
use crate::pool::{Direction, Oriented, Pool, Reserves};

/// What one swap does: both legs, and the reserves after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fill {
    /// Which way it goes.
    pub direction: Direction,
    /// What the pool receives, the fee included.
    pub amount_in: Amount,
    /// What the pool pays.
    pub amount_out: Amount,
    /// What the pool then holds.
    pub reserves: Reserves,
}

/// The two amounts of a swap, without the reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Leg {
    /// What is paid.
    pub amount_in: Amount,
    /// What is bought.
    pub amount_out: Amount,
}

impl From<&Fill> for Leg {
    #[inline]
    fn from(fill: &Fill) -> Self {
        Self { amount_in: fill.amount_in, amount_out: fill.amount_out }
    }
}

/// Why a swap cannot be, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SwapError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool asked for.
        pool: PoolId,
    },
    /// The pool does not trade this token.
    #[error("{token} is not in this pool")]
    TokenNotInPool {
        /// The token asked for.
        token: TokenId,
    },
    /// The path is empty, too long, does not connect, or would use one pool twice where that has
    /// no answer.
    #[error(transparent)]
    Path(#[from] PathError),
    /// An amount of zero was given or asked for.
    #[error("zero amount")]
    ZeroAmount,
    /// The pool holds nothing.
    #[error("the pool is empty")]
    EmptyPool,
    /// More was asked for than can leave the pool: something must stay.
    #[error("{amount_out} asked for, the pool holds {reserve_out}")]
    InsufficientReserve {
        /// The output asked for.
        amount_out: Amount,
        /// What the pool holds of it.
        reserve_out: Amount,
    },
    /// The input would raise a reserve above 2^112 - 1.
    #[error("the reserve of the token that comes in would exceed 2^112 - 1")]
    ReserveOverflow,
    /// The input is too small to buy one unit.
    #[error("{amount_in} buys less than one unit")]
    ZeroOutput {
        /// The input given.
        amount_in: Amount,
    },
    /// The output is more than the input buys: the product of the reserves would fall.
    #[error("{amount_in} does not pay for {amount_out}: k would fall")]
    BreaksK {
        /// The input given.
        amount_in: Amount,
        /// The output asked for.
        amount_out: Amount,
    },
    /// The output is below the least that the trader accepts.
    #[error("output {amount_out} is below the minimum {amount_out_min}")]
    InsufficientOutput {
        /// What the swap would give.
        amount_out: Amount,
        /// The least accepted.
        amount_out_min: Amount,
    },
    /// The input is above the most that the trader accepts.
    #[error("input {amount_in} is above the maximum {amount_in_max}")]
    ExcessiveInput {
        /// What the swap would take.
        amount_in: Amount,
        /// The most accepted.
        amount_in_max: Amount,
    },
}

/// Why a list of hops is no path, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no hop.
    #[error("a path needs at least one pool")]
    Empty,
    /// There are more than [`MAX_HOPS`](crate::MAX_HOPS) hops.
    #[error("a path of {hops} hops, the limit is 16")]
    TooLong {
        /// The number of hops given.
        hops: usize,
    },
    /// There is not one leg, or one place for a fill, for each hop.
    #[error("{hops} hops and {legs} legs")]
    Uneven {
        /// The number of hops given.
        hops: usize,
        /// The number of legs given.
        legs: usize,
    },
    /// A hop does not take the token that the one before it gives.
    #[error("hop {at} does not take what the hop before it gives")]
    Disconnected {
        /// Which hop, counted from 0.
        at: usize,
    },
    /// An exact output through a pool that the path uses twice: its price depends on itself.
    #[error("an exact output cannot use one pool twice")]
    RepeatedPool,
}

impl SwapError {
    /// The reason without its numbers, one word for scripts: `insufficient_output`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPool { .. } => "unknown_pool",
            Self::TokenNotInPool { .. } => "token_not_in_pool",
            Self::Path(PathError::Empty) => "empty_path",
            Self::Path(PathError::TooLong { .. }) => "path_too_long",
            Self::Path(PathError::Uneven { .. }) => "uneven_path",
            Self::Path(PathError::Disconnected { .. }) => "disconnected_path",
            Self::Path(PathError::RepeatedPool) => "repeated_pool",
            Self::ZeroAmount => "zero_amount",
            Self::EmptyPool => "empty_pool",
            Self::InsufficientReserve { .. } => "insufficient_reserve",
            Self::ReserveOverflow => "reserve_overflow",
            Self::ZeroOutput { .. } => "zero_output",
            Self::BreaksK { .. } => "breaks_k",
            Self::InsufficientOutput { .. } => "insufficient_output",
            Self::ExcessiveInput { .. } => "excessive_input",
        }
    }
}

impl Fill {
    /// Checks the least output that a trader accepts.
    ///
    /// # Errors
    ///
    /// [`SwapError::InsufficientOutput`].
    #[inline]
    pub fn at_least(self, amount_out_min: Amount) -> Result<Self, SwapError> {
        let amount_out = self.amount_out;
        if amount_out < amount_out_min {
            return Err(SwapError::InsufficientOutput { amount_out, amount_out_min });
        }
        Ok(self)
    }

    /// Checks the greatest input that a trader accepts.
    ///
    /// # Errors
    ///
    /// [`SwapError::ExcessiveInput`].
    #[inline]
    pub fn at_most(self, amount_in_max: Amount) -> Result<Self, SwapError> {
        let amount_in = self.amount_in;
        if amount_in_max < amount_in {
            return Err(SwapError::ExcessiveInput { amount_in, amount_in_max });
        }
        Ok(self)
    }
}

impl Pool {
    /// What paying `amount_in` of `token_in` would do:
    /// `amount_out = floor(a * kept * y / (x * scale + a * kept))`.
    ///
    /// The largest output that keeps the product; the dust stays in the pool. Source: Uniswap
    /// v2, `UniswapV2Library.getAmountOut`.
    ///
    /// # Errors
    ///
    /// [`SwapError`]: `TokenNotInPool`, then those of [`fill_exact_in`](Self::fill_exact_in).
    #[inline(always)]
    pub fn quote_exact_in(&self, token_in: TokenId, amount_in: Amount) -> Result<Fill, SwapError> {
        self.fill_exact_in(self.direction(token_in)?, amount_in)
    }

    /// What buying exactly `amount_out` of `token_out` would do:
    /// `amount_in = ceil(x * out * scale / ((y - out) * kept))`.
    ///
    /// The least input that the pool accepts for it, a true ceiling; Uniswap v2's router charges
    /// one unit more when the division is exact. The pool pays `amount_out` even where the input
    /// would buy a little more.
    ///
    /// # Errors
    ///
    /// [`SwapError`]: `TokenNotInPool`, then those of [`fill_exact_out`](Self::fill_exact_out).
    #[inline]
    pub fn quote_exact_out(
        &self,
        token_out: TokenId,
        amount_out: Amount,
    ) -> Result<Fill, SwapError> {
        self.fill_exact_out(self.direction(token_out)?.reverse(), amount_out)
    }

    /// [`quote_exact_in`](Self::quote_exact_in) by direction.
    ///
    /// # Errors
    ///
    /// `ZeroAmount`, `EmptyPool`, `ReserveOverflow`, `ZeroOutput`.
    #[inline(always)]
    pub fn fill_exact_in(
        &self,
        direction: Direction,
        amount_in: Amount,
    ) -> Result<Fill, SwapError> {
        self.asked(direction, amount_in).exact_in(scalar::exact_in_floor)
    }

    /// [`quote_exact_out`](Self::quote_exact_out) by direction.
    ///
    /// # Errors
    ///
    /// `ZeroAmount`, `EmptyPool`, `InsufficientReserve`, `ReserveOverflow`.
    #[inline]
    pub fn fill_exact_out(
        &self,
        direction: Direction,
        amount_out: Amount,
    ) -> Result<Fill, SwapError> {
        self.fill_exact_out_by(direction, amount_out, scalar::exact_out_ceil)
    }

    /// An exact output by the formula that says what it costs.
    #[inline]
    pub(crate) fn fill_exact_out_by(
        &self,
        direction: Direction,
        amount_out: Amount,
        cost: impl Fn(u128, u128, u128, u32, u32) -> Option<u128>,
    ) -> Result<Fill, SwapError> {
        self.asked(direction, amount_out).exact_out(cost)
    }

    /// A swap that is asked of this pool.
    #[inline]
    pub(crate) fn asked(&self, direction: Direction, amount: Amount) -> Asked {
        let (before, fee) = (self.oriented(direction), self.kept(direction));
        Asked { before, fee, direction, amount }
    }

    /// What a swap of these two amounts would do, if the pool's rule allows it:
    /// `(scale * (x + a) - (scale - kept) * a) * (y - out) >= x * y * scale`.
    ///
    /// This is how a pair judges a swap: whoever computed the amounts, the product of the
    /// reserves must not fall, with the fee set aside. It shares no code with the quotes, and
    /// accepts less than the quoted output, never a unit more. Source: `UniswapV2Pair.swap`.
    ///
    /// # Errors
    ///
    /// `ZeroAmount`, `EmptyPool`, `InsufficientReserve`, `ReserveOverflow`, `BreaksK`.
    #[inline]
    pub fn fill_exact(
        &self,
        direction: Direction,
        amount_in: Amount,
        amount_out: Amount,
    ) -> Result<Fill, SwapError> {
        let left = self.left_by_exact(direction, amount_in, amount_out)?;
        Ok(Fill { direction, amount_in, amount_out, reserves: left.reserves(direction) })
    }

    /// What a swap of these two amounts leaves, if the pool's rule allows it.
    #[inline(always)]
    fn left_by_exact(
        &self,
        direction: Direction,
        amount_in: Amount,
        amount_out: Amount,
    ) -> Result<Oriented, SwapError> {
        let before = self.tradable(direction, amount_in.min(amount_out))?;
        let reserve_out = left(before, amount_out)?;
        let reserve_in =
            before.reserve_in.checked_add(amount_in).ok_or(SwapError::ReserveOverflow)?;
        let Oriented { reserve_in: x, reserve_out: y } = before;
        let fee = self.kept(direction);
        if !scalar::keeps_k(x.get(), y.get(), amount_in.get(), amount_out.get(), fee) {
            return Err(SwapError::BreaksK { amount_in, amount_out });
        }
        Ok(Oriented { reserve_in, reserve_out })
    }

    /// Swaps `amount_in` of `token_in` for at least `amount_out_min`.
    ///
    /// # Errors
    ///
    /// Those of [`quote_exact_in`](Self::quote_exact_in), then `InsufficientOutput`; the pool is
    /// then as it was.
    #[inline(always)]
    pub fn swap_exact_in(
        &mut self,
        token_in: TokenId,
        amount_in: Amount,
        amount_out_min: Amount,
    ) -> Result<Fill, SwapError> {
        let fill = self.quote_exact_in(token_in, amount_in)?.at_least(amount_out_min)?;
        self.settle(fill.reserves);
        Ok(fill)
    }

    /// Swaps at most `amount_in_max` for exactly `amount_out` of `token_out`.
    ///
    /// # Errors
    ///
    /// Those of [`quote_exact_out`](Self::quote_exact_out), then `ExcessiveInput`; the pool is
    /// then as it was.
    #[inline]
    pub fn swap_exact_out(
        &mut self,
        token_out: TokenId,
        amount_out: Amount,
        amount_in_max: Amount,
    ) -> Result<Fill, SwapError> {
        let fill = self.quote_exact_out(token_out, amount_out)?.at_most(amount_in_max)?;
        self.settle(fill.reserves);
        Ok(fill)
    }

    /// Swaps these two amounts, if the pool's rule allows it.
    ///
    /// # Errors
    ///
    /// Those of [`fill_exact`](Self::fill_exact); the pool is then as it was.
    #[inline(always)]
    pub fn swap_exact(
        &mut self,
        direction: Direction,
        amount_in: Amount,
        amount_out: Amount,
    ) -> Result<(), SwapError> {
        let left = self.left_by_exact(direction, amount_in, amount_out)?;
        self.settle_oriented(direction, left);
        Ok(())
    }

    /// The checks that every swap begins with.
    #[inline]
    pub(crate) fn tradable(
        &self,
        direction: Direction,
        amount: Amount,
    ) -> Result<Oriented, SwapError> {
        tradable(self.oriented(direction), amount)
    }
}

/// A swap that is asked of a pool: what it sees of the pool, and its exact side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) before: Oriented,
    /// What is kept of an input, and its scale.
    pub(crate) fee: (u32, u32),
    pub(crate) direction: Direction,
    pub(crate) amount: Amount,
}

impl Asked {
    /// What paying the amount would do, by the formula that says what it buys.
    #[inline]
    pub(crate) fn exact_in(
        self,
        bought: impl FnOnce(u128, u128, u128, u32, u32) -> Option<u128>,
    ) -> Result<Fill, SwapError> {
        let Self { before, fee: (kept, scale), direction, amount: amount_in } = self;
        let Oriented { reserve_in: x, reserve_out: y } = before;
        let amount_out = bought(x.get(), y.get(), amount_in.get(), kept, scale)
            .and_then(|out| Amount::new(out).ok())
            .unwrap_or_default();
        // Nothing buys nothing, and there is nothing to be bought where there is none: so what
        // passes here passes every check.
        match (x.checked_add(amount_in), y.checked_sub(amount_out)) {
            (Some(reserve_in), Some(reserve_out))
                if !amount_out.is_zero() && !reserve_out.is_zero() && !x.is_zero() =>
            {
                let after = Oriented { reserve_in, reserve_out };
                Ok(Fill { direction, amount_in, amount_out, reserves: after.reserves(direction) })
            }
            _ => Err(self.why_not_in(amount_out)),
        }
    }

    /// Why an exact input cannot be.
    #[cold]
    fn why_not_in(self, amount_out: Amount) -> SwapError {
        let Self { before, amount: amount_in, .. } = self;
        if let Err(error) = tradable(before, amount_in) {
            return error;
        }
        if before.reserve_in.checked_add(amount_in).is_none() {
            return SwapError::ReserveOverflow;
        }
        // A formula keeps something in the pool: all that is left is to buy nothing.
        left(before, amount_out).err().unwrap_or(SwapError::ZeroOutput { amount_in })
    }

    /// What buying the amount would do, by the formula that says what it costs.
    #[inline]
    pub(crate) fn exact_out(
        self,
        cost: impl FnOnce(u128, u128, u128, u32, u32) -> Option<u128>,
    ) -> Result<Fill, SwapError> {
        let Self { before, fee: (kept, scale), direction, amount: amount_out } = self;
        let Oriented { reserve_in: x, reserve_out: y } = tradable(before, amount_out)?;
        let reserve_out = left(before, amount_out)?;
        // The only way to have no quotient is one that is too large.
        let amount_in = cost(x.get(), y.get(), amount_out.get(), kept, scale)
            .and_then(|input| Amount::new(input).ok())
            .ok_or(SwapError::ReserveOverflow)?;
        let reserve_in = x.checked_add(amount_in).ok_or(SwapError::ReserveOverflow)?;
        let after = Oriented { reserve_in, reserve_out };
        Ok(Fill { direction, amount_in, amount_out, reserves: after.reserves(direction) })
    }
}

/// The checks that every swap begins with.
#[inline]
fn tradable(before: Oriented, amount: Amount) -> Result<Oriented, SwapError> {
    if amount.is_zero() {
        return Err(SwapError::ZeroAmount);
    }
    if before.reserve_in.is_zero() || before.reserve_out.is_zero() {
        return Err(SwapError::EmptyPool);
    }
    Ok(before)
}

/// What stays of the token that goes out: at least one unit.
#[inline]
fn left(before: Oriented, amount_out: Amount) -> Result<Amount, SwapError> {
    let reserve_out = before.reserve_out;
    match reserve_out.checked_sub(amount_out) {
        Some(left) if !left.is_zero() => Ok(left),
        _ => Err(SwapError::InsufficientReserve { amount_out, reserve_out }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;

    fn pool(reserve0: u128, reserve1: u128) -> Pool {
        let reserves = Reserves {
            reserve0: reserve0.try_into().unwrap(),
            reserve1: reserve1.try_into().unwrap(),
        };
        Pool::new(ETH, USD, Fee::UNISWAP_V2).unwrap().with_reserves(reserves).unwrap()
    }

    const ETH: TokenId = TokenId::FIRST;
    const USD: TokenId = TokenId::SECOND;

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    #[test]
    fn a_quote_is_what_the_swap_does() {
        let mut pool = pool(1_000_000, 4_000_000_000);
        let quoted = pool.quote_exact_in(ETH, amount(1000)).unwrap();
        assert_eq!(quoted.amount_out, amount(3_984_027));
        assert_eq!(pool.swap_exact_in(ETH, amount(1000), quoted.amount_out), Ok(quoted));
        assert_eq!(pool.reserves(), quoted.reserves);
        assert_eq!(pool.reserves().reserve0, amount(1_001_000));
    }

    #[test]
    fn refusals_come_in_the_documented_order_and_change_nothing() {
        let mut pool = pool(100, Amount::MAX.get());
        let before = pool;
        let stranger = TokenId::from(9);
        let (zero, max) = (Amount::ZERO, Amount::MAX);
        let token = SwapError::TokenNotInPool { token: stranger };
        assert_eq!(pool.swap_exact_in(stranger, zero, zero), Err(token));
        assert_eq!(pool.swap_exact_in(ETH, zero, zero), Err(SwapError::ZeroAmount));
        assert_eq!(pool.swap_exact_in(ETH, max, zero), Err(SwapError::ReserveOverflow));
        let dust = SwapError::ZeroOutput { amount_in: amount(1 << 100) };
        let mut reversed = Pool::new(USD, ETH, Fee::UNISWAP_V2)
            .unwrap()
            .with_reserves(Reserves { reserve0: amount(1 << 111), reserve1: amount(1) })
            .unwrap();
        assert_eq!(reversed.swap_exact_in(USD, amount(1 << 100), zero), Err(dust));
        let least = SwapError::InsufficientOutput {
            amount_out: pool.quote_exact_in(ETH, amount(1)).unwrap().amount_out,
            amount_out_min: max,
        };
        assert_eq!(pool.swap_exact_in(ETH, amount(1), max), Err(least));
        let all = SwapError::InsufficientReserve { amount_out: max, reserve_out: max };
        assert_eq!(pool.swap_exact_out(USD, max, max), Err(all));
        let most = SwapError::ExcessiveInput { amount_in: amount(1), amount_in_max: zero };
        assert_eq!(pool.swap_exact_out(USD, amount(1), zero), Err(most));
        assert_eq!(pool, before);

        let mut empty = Pool::new(ETH, USD, Fee::ZERO).unwrap();
        assert_eq!(empty.swap_exact_in(ETH, amount(1), zero), Err(SwapError::EmptyPool));
        assert_eq!(empty.swap_exact_out(USD, amount(1), max), Err(SwapError::EmptyPool));
    }

    /// A reserve of 2^112 - 1 takes nothing more in and still pays out.
    #[test]
    fn the_largest_reserve_can_be_left() {
        let mut pool = pool(Amount::MAX.get(), 1000);
        assert_eq!(
            pool.swap_exact_in(ETH, amount(1), Amount::ZERO),
            Err(SwapError::ReserveOverflow)
        );
        assert!(pool.swap_exact_in(USD, amount(1), Amount::ZERO).is_ok());
    }

    #[test]
    fn a_pair_judges_a_swap_by_its_amounts() {
        let pool = pool(5_000, 10_000);
        let direction = Direction::ZeroForOne;
        let fill = pool.fill_exact_in(direction, amount(1000)).unwrap();
        let out = fill.amount_out.get();
        assert_eq!(pool.fill_exact(direction, amount(1000), fill.amount_out), Ok(fill));
        assert!(pool.fill_exact(direction, amount(1000), amount(out - 1)).is_ok());
        let greedy = SwapError::BreaksK { amount_in: amount(1000), amount_out: amount(out + 1) };
        assert_eq!(pool.fill_exact(direction, amount(1000), amount(out + 1)), Err(greedy));
        assert_eq!(
            pool.fill_exact(direction, amount(1000), Amount::ZERO),
            Err(SwapError::ZeroAmount)
        );
    }

    /// Scripts read these words; they stay.
    #[test]
    fn each_reason_has_its_word() {
        let (pool, token) = (PoolId::FIRST, TokenId::FIRST);
        let [amount_in, amount_in_max, amount_out, amount_out_min, reserve_out] = [Amount::ZERO; 5];
        let words = [
            (SwapError::UnknownPool { pool }, "unknown_pool"),
            (SwapError::TokenNotInPool { token }, "token_not_in_pool"),
            (PathError::Empty.into(), "empty_path"),
            (PathError::TooLong { hops: 17 }.into(), "path_too_long"),
            (PathError::Uneven { hops: 1, legs: 2 }.into(), "uneven_path"),
            (PathError::Disconnected { at: 1 }.into(), "disconnected_path"),
            (PathError::RepeatedPool.into(), "repeated_pool"),
            (SwapError::ZeroAmount, "zero_amount"),
            (SwapError::EmptyPool, "empty_pool"),
            (SwapError::InsufficientReserve { amount_out, reserve_out }, "insufficient_reserve"),
            (SwapError::ReserveOverflow, "reserve_overflow"),
            (SwapError::ZeroOutput { amount_in }, "zero_output"),
            (SwapError::BreaksK { amount_in, amount_out }, "breaks_k"),
            (SwapError::InsufficientOutput { amount_out, amount_out_min }, "insufficient_output"),
            (SwapError::ExcessiveInput { amount_in, amount_in_max }, "excessive_input"),
        ];
        for (reason, word) in words {
            assert_eq!(reason.code(), word);
        }
    }
}
