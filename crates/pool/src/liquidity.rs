//! Deposits and withdrawals: shares against both tokens.
//!
//! A pool of `x` and `y` has `S` shares. Shares made and amounts paid are rounded down; what a
//! deposit must bring is rounded up. The dust stays in the pool, with those who hold shares.

use cenote_kernel::{reference, scalar};
use thiserror::Error;

use crate::amount::Amount;
use crate::id::PoolId;
use crate::pool::{Pool, Reserves};
use crate::shares::Shares;

/// What one deposit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deposit {
    /// What the pool receives of `token0`.
    pub amount0: Amount,
    /// What the pool receives of `token1`.
    pub amount1: Amount,
    /// The shares made for the depositor.
    pub shares: Shares,
    /// All shares after it, the locked ones included.
    pub total_shares: Shares,
    /// What the pool then holds.
    pub reserves: Reserves,
}

/// What one withdrawal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Withdrawal {
    /// The shares given up.
    pub shares: Shares,
    /// What the pool pays of `token0`.
    pub amount0: Amount,
    /// What the pool pays of `token1`.
    pub amount1: Amount,
    /// All shares after it, the locked ones included.
    pub total_shares: Shares,
    /// What the pool then holds.
    pub reserves: Reserves,
}

/// Why a deposit cannot be, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MintError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool asked for.
        pool: PoolId,
    },
    /// How many shares the pool has is not known.
    #[error("the number of shares of this pool is not known")]
    UnknownShares,
    /// The deposit would raise a reserve above 2^112 - 1.
    #[error("a reserve would exceed 2^112 - 1")]
    ReserveOverflow,
    /// The deposit is too small, or one-sided, and would make no share; a first one must make
    /// more than the 1,000 that are locked.
    #[error("the deposit makes no share")]
    ZeroShares,
    /// There would be more than 2^112 - 1 shares.
    #[error("the number of shares would exceed 2^112 - 1")]
    SharesOverflow,
    /// The shares are fewer than the least that the depositor accepts.
    #[error("{shares} shares are below the minimum {shares_min}")]
    InsufficientShares {
        /// What the deposit would make.
        shares: Shares,
        /// The least accepted.
        shares_min: Shares,
    },
}

/// Why a withdrawal cannot be, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BurnError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool asked for.
        pool: PoolId,
    },
    /// How many shares the pool has is not known.
    #[error("the number of shares of this pool is not known")]
    UnknownShares,
    /// No share was given up.
    #[error("zero shares")]
    ZeroShares,
    /// More shares than anybody can hold: 1,000 are locked for ever.
    #[error("{shares} shares given up, {redeemable} can be")]
    TooManyShares {
        /// The shares given up.
        shares: Shares,
        /// All but the locked ones.
        redeemable: Shares,
    },
    /// With what the protocol fee makes, there would be more than 2^112 - 1 shares.
    #[error("the number of shares would exceed 2^112 - 1")]
    SharesOverflow,
    /// What a chain's pair holds, or what would be left, is above 2^112 - 1; see
    /// [`Pair`](crate::Pair).
    #[error("a reserve would exceed 2^112 - 1")]
    ReserveOverflow,
    /// The shares are worth less than one unit of either token. It cannot happen in a pool whose
    /// shares came about by deposits, where `S <= sqrt(x * y)`.
    #[error("the shares are worth less than one unit of either token")]
    ZeroOutput,
}

impl Deposit {
    /// Checks the least number of shares that a depositor accepts.
    ///
    /// # Errors
    ///
    /// [`MintError::InsufficientShares`].
    pub fn at_least(self, shares_min: Shares) -> Result<Self, MintError> {
        let shares = self.shares;
        if shares < shares_min {
            return Err(MintError::InsufficientShares { shares, shares_min });
        }
        Ok(self)
    }
}

impl Pool {
    /// What a deposit of both amounts would do; the pool keeps all of both.
    ///
    /// The first makes `S = floor(sqrt(amount0 * amount1))` shares, of which 1,000 are locked;
    /// a later one `floor(min(amount0 * S / x, amount1 * S / y))`. What the larger side brings
    /// beyond the proportion is a gift to all. Source: `UniswapV2Pair.mint`.
    ///
    /// # Errors
    ///
    /// [`MintError`], in the order of its variants.
    pub fn quote_mint(&self, amount0: Amount, amount1: Amount) -> Result<Deposit, MintError> {
        let total = self.total_shares().ok_or(MintError::UnknownShares)?;
        let reserves = self.reserves_with(amount0, amount1)?;
        let (shares, total_shares) = if total.is_zero() {
            first_shares(amount0, amount1)?
        } else {
            let shares = self.shares_floor(amount0, amount1, total)?;
            (shares, total.checked_add(shares).ok_or(MintError::SharesOverflow)?)
        };
        if shares.is_zero() {
            return Err(MintError::ZeroShares);
        }
        Ok(Deposit { amount0, amount1, shares, total_shares, reserves })
    }

    /// What a deposit of at most both amounts would do, bringing no more than its shares need:
    /// `ceil(shares * x / S)` and `ceil(shares * y / S)`.
    ///
    /// It makes as many shares as [`quote_mint`](Self::quote_mint) and gives nothing away but
    /// the rounding. The first deposit brings everything.
    ///
    /// # Errors
    ///
    /// [`MintError`], in the order of its variants.
    pub fn quote_mint_within(&self, most0: Amount, most1: Amount) -> Result<Deposit, MintError> {
        let whole = self.quote_mint(most0, most1)?;
        let total = self.total_shares().unwrap_or_default();
        if total.is_zero() {
            return Ok(whole);
        }
        // shares <= floor(most * S / reserve), so what they need is at most what is there.
        let need = |reserve: Amount, most: Amount| {
            scalar::mul_div_ceil(whole.shares.get(), reserve.get(), total.get())
                .and_then(|need| Amount::new(need).ok())
                .map_or(most, |need| need.min(most))
        };
        let Reserves { reserve0, reserve1 } = self.reserves();
        let (amount0, amount1) = (need(reserve0, most0), need(reserve1, most1));
        let reserves = self.reserves_with(amount0, amount1)?;
        Ok(Deposit { amount0, amount1, reserves, ..whole })
    }

    /// What giving up `shares` would do: it pays `floor(shares * x / S)` and
    /// `floor(shares * y / S)`.
    ///
    /// One of the two may be zero, which Uniswap v2 refuses (`UniswapV2Pair.burn`): there some
    /// shares cannot be redeemed, here all can.
    ///
    /// # Errors
    ///
    /// [`BurnError`], in the order of its variants.
    pub fn quote_burn(&self, shares: Shares) -> Result<Withdrawal, BurnError> {
        let (_, total_shares) = self.shares_after_burn(shares)?;
        let (amount0, amount1) = self.worth_floor(shares);
        if amount0.is_zero() && amount1.is_zero() {
            return Err(BurnError::ZeroOutput);
        }
        let Reserves { reserve0, reserve1 } = self.reserves();
        let reserves = Reserves {
            reserve0: reserve0.checked_sub(amount0).unwrap_or_default(),
            reserve1: reserve1.checked_sub(amount1).unwrap_or_default(),
        };
        Ok(Withdrawal { shares, amount0, amount1, total_shares, reserves })
    }

    /// All shares before and after some are given up.
    pub(crate) fn shares_after_burn(&self, shares: Shares) -> Result<(Shares, Shares), BurnError> {
        let total = self.total_shares().ok_or(BurnError::UnknownShares)?;
        if shares.is_zero() {
            return Err(BurnError::ZeroShares);
        }
        let redeemable = total.checked_sub(Shares::LOCKED).unwrap_or_default();
        match total.checked_sub(shares) {
            Some(rest) if shares <= redeemable => Ok((total, rest)),
            _ => Err(BurnError::TooManyShares { shares, redeemable }),
        }
    }

    /// What `shares` are worth in both tokens: `floor(shares * x / S)` and
    /// `floor(shares * y / S)`; nothing where there are no shares or their number is not known.
    ///
    /// At most the reserves, also for more shares than there are.
    #[must_use]
    pub fn worth_floor(&self, shares: Shares) -> (Amount, Amount) {
        self.reserves().worth_floor(shares, self.total_shares().unwrap_or_default())
    }

    /// Deposits both amounts for at least `shares_min` shares.
    ///
    /// # Errors
    ///
    /// Those of [`quote_mint`](Self::quote_mint), then `InsufficientShares`; the pool is then as
    /// it was.
    pub fn mint(
        &mut self,
        amount0: Amount,
        amount1: Amount,
        shares_min: Shares,
    ) -> Result<Deposit, MintError> {
        let deposit = self.quote_mint(amount0, amount1)?.at_least(shares_min)?;
        self.settle_shares(deposit.reserves, deposit.total_shares);
        Ok(deposit)
    }

    /// Gives up shares for their part of both reserves.
    ///
    /// # Errors
    ///
    /// Those of [`quote_burn`](Self::quote_burn); the pool is then as it was.
    pub fn burn(&mut self, shares: Shares) -> Result<Withdrawal, BurnError> {
        let withdrawal = self.quote_burn(shares)?;
        self.settle_shares(withdrawal.reserves, withdrawal.total_shares);
        Ok(withdrawal)
    }

    /// Whether `S <= sqrt(x * y)`, so that each share is worth at least one unit of a token.
    ///
    /// True of every pool whose reserves changed only by deposits, withdrawals and swaps, and
    /// true where the number of shares is not known.
    pub fn shares_are_backed(&self) -> bool {
        let Reserves { reserve0, reserve1 } = self.reserves();
        let root = reference::sqrt_product_floor(reserve0.get(), reserve1.get());
        self.total_shares().is_none_or(|total| total.get() <= root)
    }

    pub(crate) fn reserves_with(
        &self,
        amount0: Amount,
        amount1: Amount,
    ) -> Result<Reserves, MintError> {
        let Reserves { reserve0, reserve1 } = self.reserves();
        match (reserve0.checked_add(amount0), reserve1.checked_add(amount1)) {
            (Some(reserve0), Some(reserve1)) => Ok(Reserves { reserve0, reserve1 }),
            _ => Err(MintError::ReserveOverflow),
        }
    }

    fn shares_floor(
        &self,
        amount0: Amount,
        amount1: Amount,
        total: Shares,
    ) -> Result<Shares, MintError> {
        // A pool that has shares and lost a reserve (as an observed chain state may) makes none.
        if self.is_empty() {
            return Err(MintError::ZeroShares);
        }
        let Reserves { reserve0, reserve1 } = self.reserves();
        let of = |amount: Amount, reserve: Amount| {
            scalar::mul_div_floor(amount.get(), total.get(), reserve.get())
        };
        // A side whose shares do not fit 128 bits is not the smaller one, or both overflow.
        let least = match (of(amount0, reserve0), of(amount1, reserve1)) {
            (Some(first), Some(second)) => first.min(second),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => return Err(MintError::SharesOverflow),
        };
        Shares::new(least).map_err(|_| MintError::SharesOverflow)
    }
}

/// The depositor's shares and all shares of a first deposit.
fn first_shares(amount0: Amount, amount1: Amount) -> Result<(Shares, Shares), MintError> {
    let root = reference::sqrt_product_floor(amount0.get(), amount1.get());
    let total = Shares::new(root).map_err(|_| MintError::SharesOverflow)?;
    let shares = total.checked_sub(Shares::LOCKED).ok_or(MintError::ZeroShares)?;
    Ok((shares, total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::id::TokenId;

    fn empty() -> Pool {
        Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::UNISWAP_V2).unwrap()
    }

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    fn shares(count: u64) -> Shares {
        count.into()
    }

    /// Source: `UniswapV2Pair.spec.ts`, "mint": 1 and 4 tokens make 2 * 10^18 shares.
    #[test]
    fn the_first_deposit_makes_the_geometric_mean_and_locks_a_thousand() {
        let mut pool = empty();
        let e18 = 10_u128.pow(18);
        let deposit = pool.mint(amount(e18), amount(4 * e18), Shares::ZERO).unwrap();
        assert_eq!(deposit.total_shares.get(), 2 * e18);
        assert_eq!(deposit.shares.get(), 2 * e18 - 1000);
        assert_eq!(pool.total_shares(), Some(deposit.total_shares));
    }

    #[test]
    fn a_first_deposit_must_exceed_the_locked_shares() {
        let mut pool = empty();
        let refused = pool.mint(amount(1000), amount(1000), Shares::ZERO);
        assert_eq!(refused, Err(MintError::ZeroShares));
        assert_eq!(pool, empty());
        let deposit = pool.mint(amount(1001), amount(1001), Shares::ZERO).unwrap();
        assert_eq!(deposit.shares, shares(1));
    }

    #[test]
    fn the_largest_deposit_fits_and_one_more_does_not() {
        let mut pool = empty();
        let deposit = pool.mint(Amount::MAX, Amount::MAX, Shares::ZERO).unwrap();
        assert_eq!(deposit.total_shares, Shares::MAX);
        let refused = pool.mint(amount(1), amount(1), Shares::ZERO);
        assert_eq!(refused, Err(MintError::ReserveOverflow));
        let all = Shares::MAX.checked_sub(Shares::LOCKED).unwrap();
        assert_eq!(pool.burn(all).unwrap().reserves.reserve0, amount(1000));
    }

    #[test]
    fn a_one_sided_deposit_makes_no_share() {
        let mut pool = empty();
        pool.mint(amount(10_000), amount(10_000), Shares::ZERO).unwrap();
        let refused = pool.mint(amount(5), Amount::ZERO, Shares::ZERO);
        assert_eq!(refused, Err(MintError::ZeroShares));
    }

    #[test]
    fn a_deposit_within_bounds_brings_what_its_shares_need() {
        let mut pool = empty();
        pool.mint(amount(10_000), amount(20_000), Shares::ZERO).unwrap();
        let whole = pool.quote_mint(amount(500), amount(5_000)).unwrap();
        let within = pool.quote_mint_within(amount(500), amount(5_000)).unwrap();
        assert_eq!(within.shares, whole.shares);
        assert_eq!((within.amount0, within.amount1), (amount(500), amount(1_000)));
        let reserves = Reserves { reserve0: amount(10_500), reserve1: amount(21_000) };
        assert_eq!(within.reserves, reserves);
        // The same with too much of the other token.
        let within = pool.quote_mint_within(amount(501), amount(1_000)).unwrap();
        assert_eq!((within.amount0, within.amount1), (amount(500), amount(1_000)));
        assert_eq!((within.shares, within.reserves), (whole.shares, reserves));
    }

    #[test]
    fn as_many_shares_as_the_depositor_asks_for_are_enough() {
        let mut pool = empty();
        pool.mint(amount(10_000), amount(10_000), Shares::ZERO).unwrap();
        let refused =
            MintError::InsufficientShares { shares: shares(500), shares_min: shares(501) };
        assert_eq!(pool.mint(amount(500), amount(500), shares(501)), Err(refused));
        let deposit = pool.mint(amount(500), amount(500), shares(500)).unwrap();
        assert_eq!(deposit.shares, shares(500));
    }

    #[test]
    fn a_withdrawal_pays_when_one_leg_is_positive() {
        let mut pool = empty();
        pool.mint(amount(1_000_001), amount(4), Shares::ZERO).unwrap();
        let withdrawal = pool.burn(shares(1)).unwrap();
        assert_eq!((withdrawal.amount0, withdrawal.amount1), (amount(500), Amount::ZERO));
    }

    #[test]
    fn locked_shares_stay() {
        let mut pool = empty();
        pool.mint(amount(5_000), amount(5_000), Shares::ZERO).unwrap();
        let refused = BurnError::TooManyShares { shares: shares(4001), redeemable: shares(4000) };
        assert_eq!(pool.burn(shares(4001)), Err(refused));
        assert_eq!(pool.burn(Shares::ZERO), Err(BurnError::ZeroShares));
        pool.burn(shares(4000)).unwrap();
        // Everybody left; the next deposit uses the normal path.
        let deposit = pool.mint(amount(1000), amount(1000), Shares::ZERO).unwrap();
        assert_eq!(deposit.shares, shares(1000));
    }

    #[test]
    fn unknown_shares_are_neither_made_nor_burnt() {
        let reserves = Reserves { reserve0: amount(10_000), reserve1: amount(10_000) };
        let mut pool = empty().with_reserves(reserves).unwrap();
        let minted = pool.mint(amount(1), amount(1), Shares::ZERO);
        assert_eq!(minted, Err(MintError::UnknownShares));
        assert_eq!(pool.burn(shares(1)), Err(BurnError::UnknownShares));
        assert!(pool.with_total_shares(shares(10_000)).unwrap().shares_are_backed());
        assert!(!pool.with_total_shares(shares(10_001)).unwrap().shares_are_backed());
    }
}
