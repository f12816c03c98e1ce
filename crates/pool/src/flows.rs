//! [`Flows`]: a swap as a pair sees it, by what comes in and goes out of both tokens.

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;
use crate::pool::{Direction, Pool, Reserves};
use crate::swap::Fill;

/// What comes into a pool and goes out of it, of both tokens: one swap of a Uniswap v2 pair.
///
/// Usually one comes in and the other goes out. A pair allows all four: what was borrowed may
/// come back in the same token, and a swap may be paid in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flows {
    /// What the pool receives of `token0`.
    pub amount0_in: Amount,
    /// What the pool receives of `token1`.
    pub amount1_in: Amount,
    /// What the pool pays of `token0`.
    pub amount0_out: Amount,
    /// What the pool pays of `token1`.
    pub amount1_out: Amount,
}

/// Why a pair refuses a swap, in the order of the checks; in brackets the word of
/// `UniswapV2Pair.swap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FlowsError {
    /// Nothing is asked for (`INSUFFICIENT_OUTPUT_AMOUNT`).
    #[error("nothing goes out")]
    NoOutput,
    /// More is asked for than can leave the pool: something must stay
    /// (`INSUFFICIENT_LIQUIDITY`).
    #[error("{amount_out} asked for, the pool holds {reserve_out}")]
    InsufficientReserve {
        /// The output asked for.
        amount_out: Amount,
        /// What the pool holds of it.
        reserve_out: Amount,
    },
    /// Nothing is paid (`INSUFFICIENT_INPUT_AMOUNT`).
    #[error("nothing comes in")]
    NoInput,
    /// The product of the reserves would fall, the fees set aside (`K`).
    #[error("what comes in does not pay for what goes out: k would fall")]
    BreaksK,
    /// A reserve would rise above 2^112 - 1 (`OVERFLOW`).
    #[error("a reserve would exceed 2^112 - 1")]
    ReserveOverflow,
}

impl FlowsError {
    /// The reason without its numbers, one word for scripts: `breaks_k`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoOutput => "no_output",
            Self::InsufficientReserve { .. } => "insufficient_reserve",
            Self::NoInput => "no_input",
            Self::BreaksK => "breaks_k",
            Self::ReserveOverflow => "reserve_overflow",
        }
    }
}

/// One in, one out.
impl From<&Fill> for Flows {
    fn from(fill: &Fill) -> Self {
        let (paid, bought, none) = (fill.amount_in, fill.amount_out, Amount::ZERO);
        match fill.direction {
            Direction::ZeroForOne => {
                Self { amount0_in: paid, amount1_out: bought, amount1_in: none, amount0_out: none }
            }
            Direction::OneForZero => {
                Self { amount1_in: paid, amount0_out: bought, amount0_in: none, amount1_out: none }
            }
        }
    }
}

impl Pool {
    /// What a pool then holds, if its rule allows these amounts: with
    /// `b_i = (r_i - out_i) * scale + in_i * kept_i`, the rule is `b_0 * b_1 >= r_0 * r_1 * scale^2`.
    ///
    /// Nothing is rounded. [`fill_exact`](Self::fill_exact) is the same rule for one token in
    /// and the other out. Source: `UniswapV2Pair.swap`.
    ///
    /// # Errors
    ///
    /// [`FlowsError`], in the order of its variants.
    #[inline]
    pub fn fill_flows(&self, flows: &Flows) -> Result<Reserves, FlowsError> {
        let Flows { amount0_in, amount1_in, amount0_out, amount1_out } = *flows;
        let Reserves { reserve0, reserve1 } = self.reserves();
        if amount0_out.is_zero() && amount1_out.is_zero() {
            return Err(FlowsError::NoOutput);
        }
        let left0 = left(reserve0, amount0_out)?;
        let left1 = left(reserve1, amount1_out)?;
        if amount0_in.is_zero() && amount1_in.is_zero() {
            return Err(FlowsError::NoInput);
        }
        let paid = [amount0_in.get(), amount1_in.get()];
        if !self.keeps_k([left0.get(), left1.get()], paid) {
            return Err(FlowsError::BreaksK);
        }
        match (left0.checked_add(amount0_in), left1.checked_add(amount1_in)) {
            (Some(reserve0), Some(reserve1)) => Ok(Reserves { reserve0, reserve1 }),
            _ => Err(FlowsError::ReserveOverflow),
        }
    }

    /// Whether these amounts, left after paying out and paid in, keep the product.
    #[inline]
    pub(crate) fn keeps_k(&self, left: [u128; 2], paid: [u128; 2]) -> bool {
        let Reserves { reserve0, reserve1 } = self.reserves();
        let (kept0, scale) = self.kept(Direction::ZeroForOne);
        let (kept1, _) = self.kept(Direction::OneForZero);
        scalar::keeps_k_both([reserve0.get(), reserve1.get()], left, paid, [kept0, kept1], scale)
    }

    /// Swaps these amounts.
    ///
    /// # Errors
    ///
    /// Those of [`fill_flows`](Self::fill_flows); the pool is then as it was.
    pub fn swap_flows(&mut self, flows: &Flows) -> Result<Reserves, FlowsError> {
        let reserves = self.fill_flows(flows)?;
        self.settle(reserves);
        Ok(reserves)
    }
}

/// What stays of a reserve: at least one unit.
#[inline]
pub(crate) fn left(reserve_out: Amount, amount_out: Amount) -> Result<Amount, FlowsError> {
    match reserve_out.checked_sub(amount_out) {
        Some(left) if !left.is_zero() => Ok(left),
        _ => Err(FlowsError::InsufficientReserve { amount_out, reserve_out }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::{Fee, Fees};
    use crate::id::TokenId;

    fn pool(reserve0: u128, reserve1: u128, fees: impl Into<Fees>) -> Pool {
        let reserves = Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) };
        Pool::new(TokenId::FIRST, TokenId::SECOND, fees).unwrap().with_reserves(reserves).unwrap()
    }

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    fn flows(units: [u128; 4]) -> Flows {
        let [amount0_in, amount1_in, amount0_out, amount1_out] = units.map(amount);
        Flows { amount0_in, amount1_in, amount0_out, amount1_out }
    }

    /// In one token and back in it: the fee is all that is asked, 1003/1000 rounded up.
    #[test]
    fn what_was_borrowed_may_come_back_in_the_same_token() {
        let pool = pool(1_000_000, 5, Fee::UNISWAP_V2);
        assert_eq!(pool.fill_flows(&flows([1_003, 0, 1_000, 0])), Err(FlowsError::BreaksK));
        let after = pool.fill_flows(&flows([1_004, 0, 1_000, 0])).unwrap();
        assert_eq!((after.reserve0.get(), after.reserve1.get()), (1_000_004, 5));
    }

    #[test]
    fn a_swap_may_be_paid_in_both_tokens() {
        let pool = pool(10_000, 10_000, Fee::ZERO);
        assert!(pool.fill_flows(&flows([500, 500, 0, 952])).is_ok());
        assert!(pool.fill_flows(&flows([500, 500, 0, 977])).is_err());
    }

    #[test]
    fn each_side_charges_its_own_fee() {
        let half = Fee::from_bps(5_000).unwrap();
        let pool = pool(1_000, 1_000, Fees::new(half, Fee::ZERO));
        let zero = pool.fill_exact_in(Direction::ZeroForOne, amount(100)).unwrap();
        let one = pool.fill_exact_in(Direction::OneForZero, amount(100)).unwrap();
        assert_eq!((zero.amount_out.get(), one.amount_out.get()), (47, 90));
        for fill in [zero, one] {
            assert_eq!(pool.fill_flows(&Flows::from(&fill)), Ok(fill.reserves));
        }
        assert!(pool.fill_flows(&flows([100, 0, 0, 48])).is_err());
        assert!(pool.fill_flows(&flows([0, 100, 91, 0])).is_err());
    }

    #[test]
    fn refusals_come_in_the_documented_order_and_change_nothing() {
        let mut pool = pool(100, Amount::MAX.get(), Fee::UNISWAP_V2);
        let before = pool;
        let cases = [
            ([0, 0, 0, 0], FlowsError::NoOutput),
            ([1, 0, 0, 0], FlowsError::NoOutput),
            (
                [0, 0, 100, 0],
                FlowsError::InsufficientReserve {
                    amount_out: amount(100),
                    reserve_out: amount(100),
                },
            ),
            ([0, 0, 99, 0], FlowsError::NoInput),
            ([0, 1, 99, 0], FlowsError::BreaksK),
            ([10, 1, 1, 0], FlowsError::ReserveOverflow),
        ];
        for (units, error) in cases {
            assert_eq!(pool.swap_flows(&flows(units)), Err(error), "{units:?}");
        }
        assert_eq!(pool, before);
        assert!(pool.swap_flows(&flows([1_000, 0, 0, 1])).is_ok());
    }

    /// Scripts read these words; they stay.
    #[test]
    fn each_reason_has_its_word() {
        let [amount_out, reserve_out] = [amount(1); 2];
        let words = [
            (FlowsError::NoOutput, "no_output"),
            (FlowsError::InsufficientReserve { amount_out, reserve_out }, "insufficient_reserve"),
            (FlowsError::NoInput, "no_input"),
            (FlowsError::BreaksK, "breaks_k"),
            (FlowsError::ReserveOverflow, "reserve_overflow"),
        ];
        for (reason, word) in words {
            assert_eq!(reason.code(), word);
        }
    }
}
