//! The contract `UniswapV2Pair` in 512-bit integers, statement by statement: slow, obvious, and
//! sharing no code with the engine.
//!
//! Tokens are honest: a transfer of what is there succeeds. The fee, which the contract has as 3
//! of 1000, is a number of millionths for each token.

use cenote_pool::ProtocolFee;
use primitive_types::{U256, U512};

/// Why a call reverts, in the contract's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revert {
    InsufficientOutputAmount,
    InsufficientLiquidity,
    TransferFailed,
    InsufficientInputAmount,
    K,
    Overflow,
    Underflow,
    DivisionByZero,
    InsufficientLiquidityMinted,
    InsufficientLiquidityBurned,
    /// Nobody holds these shares, so nobody can have sent them to the pair.
    NobodyHasThem,
}

/// Whether a withdrawal may pay nothing of one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Legs {
    /// As the contract has it.
    Both,
    /// As Cenote's pools have it.
    One,
}

/// All that a pair stores, and what its two tokens say that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextbookPair {
    pub(crate) balance: [U512; 2],
    pub(crate) reserve: [U512; 2],
    pub(crate) total_supply: U512,
    pub(crate) k_last: U512,
    pub(crate) price_cumulative_last: [U256; 2],
    pub(crate) block_timestamp_last: u32,
    pub(crate) fee: [U512; 2],
}

const MINIMUM_LIQUIDITY: u64 = 1000;
const ONE: u64 = 1_000_000;

/// The largest reserve.
pub(crate) fn uint112_max() -> U512 {
    (U512::one() << 112) - 1
}

fn zero() -> U512 {
    U512::zero()
}

fn sub(a: U512, b: U512) -> Result<U512, Revert> {
    a.checked_sub(b).ok_or(Revert::Underflow)
}

fn div(a: U512, b: U512) -> Result<U512, Revert> {
    a.checked_div(b).ok_or(Revert::DivisionByZero)
}

/// The greatest number whose square is at most `value`, by halving.
pub(crate) fn sqrt(value: U512) -> U512 {
    let (mut low, mut high) = (zero(), U512::one() << 128);
    while low + 1 < high {
        let middle = (low + high) >> 1;
        if middle * middle <= value { low = middle } else { high = middle }
    }
    low
}

impl TextbookPair {
    pub(crate) fn new(fee_pips: [u32; 2], timestamp: u32) -> Self {
        Self {
            balance: [zero(); 2],
            reserve: [zero(); 2],
            total_supply: zero(),
            k_last: zero(),
            price_cumulative_last: [U256::zero(); 2],
            block_timestamp_last: timestamp,
            fee: fee_pips.map(U512::from),
        }
    }

    /// A call changes everything or nothing.
    pub(crate) fn call<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, Revert>,
    ) -> Result<T, Revert> {
        let mut state = *self;
        let result = body(&mut state)?;
        *self = state;
        Ok(result)
    }

    fn update(&mut self, balance: [U512; 2], timestamp: u32) -> Result<(), Revert> {
        if uint112_max() < balance[0] || uint112_max() < balance[1] {
            return Err(Revert::Overflow);
        }
        let elapsed = timestamp.wrapping_sub(self.block_timestamp_last);
        let [r0, r1] = self.reserve;
        if elapsed > 0 && !r0.is_zero() && !r1.is_zero() {
            let prices = [(r1 << 112) / r0, (r0 << 112) / r1];
            for (sum, price) in self.price_cumulative_last.iter_mut().zip(prices) {
                let grown = U512::from(*sum) + price * elapsed;
                *sum = U256::try_from(grown % (U512::one() << 256)).unwrap();
            }
        }
        self.reserve = balance;
        self.block_timestamp_last = timestamp;
        Ok(())
    }

    fn mint_fee(&mut self, fee_to: ProtocolFee) {
        if fee_to == ProtocolFee::Off {
            self.k_last = zero();
            return;
        }
        if self.k_last.is_zero() {
            return;
        }
        let root_k = sqrt(self.reserve[0] * self.reserve[1]);
        let root_k_last = sqrt(self.k_last);
        if root_k > root_k_last {
            let numerator = self.total_supply * (root_k - root_k_last);
            let denominator = root_k * 5 + root_k_last;
            self.total_supply += numerator / denominator;
        }
    }

    pub(crate) fn mint(
        &mut self,
        fee_to: ProtocolFee,
        timestamp: u32,
    ) -> Result<([U512; 2], U512), Revert> {
        self.call(|pair| {
            let balance = pair.balance;
            let amount0 = sub(balance[0], pair.reserve[0])?;
            let amount1 = sub(balance[1], pair.reserve[1])?;
            pair.mint_fee(fee_to);
            let total = pair.total_supply;
            let liquidity = if total.is_zero() {
                let liquidity = sub(sqrt(amount0 * amount1), MINIMUM_LIQUIDITY.into())?;
                pair.total_supply += MINIMUM_LIQUIDITY.into();
                liquidity
            } else {
                let first = div(amount0 * total, pair.reserve[0])?;
                first.min(div(amount1 * total, pair.reserve[1])?)
            };
            if liquidity.is_zero() {
                return Err(Revert::InsufficientLiquidityMinted);
            }
            pair.total_supply += liquidity;
            pair.update(balance, timestamp)?;
            if fee_to == ProtocolFee::On {
                pair.k_last = pair.reserve[0] * pair.reserve[1];
            }
            Ok(([amount0, amount1], liquidity))
        })
    }

    pub(crate) fn burn(
        &mut self,
        liquidity: U512,
        legs: Legs,
        fee_to: ProtocolFee,
        timestamp: u32,
    ) -> Result<[U512; 2], Revert> {
        self.call(|pair| {
            // The locked shares belong to nobody, and those of this call's fee to somebody else.
            if pair.total_supply < liquidity + MINIMUM_LIQUIDITY && !liquidity.is_zero() {
                return Err(Revert::NobodyHasThem);
            }
            pair.mint_fee(fee_to);
            let total = pair.total_supply;
            let amount0 = div(liquidity * pair.balance[0], total)?;
            let amount1 = div(liquidity * pair.balance[1], total)?;
            let enough = match legs {
                Legs::Both => !amount0.is_zero() && !amount1.is_zero(),
                Legs::One => !amount0.is_zero() || !amount1.is_zero(),
            };
            if !enough {
                return Err(Revert::InsufficientLiquidityBurned);
            }
            pair.total_supply -= liquidity;
            pair.balance = [pair.balance[0] - amount0, pair.balance[1] - amount1];
            pair.update(pair.balance, timestamp)?;
            if fee_to == ProtocolFee::On {
                pair.k_last = pair.reserve[0] * pair.reserve[1];
            }
            Ok([amount0, amount1])
        })
    }

    pub(crate) fn swap(&mut self, out: [U512; 2], timestamp: u32) -> Result<[U512; 2], Revert> {
        self.call(|pair| {
            if out[0].is_zero() && out[1].is_zero() {
                return Err(Revert::InsufficientOutputAmount);
            }
            let reserve = pair.reserve;
            if reserve[0] <= out[0] || reserve[1] <= out[1] {
                return Err(Revert::InsufficientLiquidity);
            }
            for (balance, out) in pair.balance.iter_mut().zip(out) {
                *balance = balance.checked_sub(out).ok_or(Revert::TransferFailed)?;
            }
            let balance = pair.balance;
            let amount_in = [0, 1].map(|at| {
                let left = reserve[at] - out[at];
                if balance[at] > left { balance[at] - left } else { zero() }
            });
            if amount_in[0].is_zero() && amount_in[1].is_zero() {
                return Err(Revert::InsufficientInputAmount);
            }
            let adjusted = [0, 1].map(|at| balance[at] * ONE - amount_in[at] * pair.fee[at]);
            let one = U512::from(ONE);
            if adjusted[0] * adjusted[1] < reserve[0] * reserve[1] * one * one {
                return Err(Revert::K);
            }
            pair.update(balance, timestamp)?;
            Ok(amount_in)
        })
    }

    pub(crate) fn skim(&mut self) -> Result<[U512; 2], Revert> {
        self.call(|pair| {
            let beyond0 = sub(pair.balance[0], pair.reserve[0])?;
            let beyond1 = sub(pair.balance[1], pair.reserve[1])?;
            pair.balance = pair.reserve;
            Ok([beyond0, beyond1])
        })
    }

    pub(crate) fn sync(&mut self, timestamp: u32) -> Result<(), Revert> {
        self.call(|pair| pair.update(pair.balance, timestamp))
    }
}
