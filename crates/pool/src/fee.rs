//! [`Fee`]: the part of an input that does not trade.

use core::fmt;

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;

/// The part of a swap's input that stays in the pool without trading: from 0 to below 1, in
/// hundredths of a basis point (pips, 10^-6).
///
/// Kept as a reduced fraction, 997 / 1000 for Uniswap's 0.3 %: the same rational number gives
/// the same floor whatever its scale, and small numbers make fast products.
///
/// ```
/// use cenote_pool::Fee;
///
/// assert_eq!(Fee::from_bps(30), Ok(Fee::UNISWAP_V2));
/// assert_eq!((Fee::UNISWAP_V2.kept(), Fee::UNISWAP_V2.scale()), (997, 1000));
/// assert!(Fee::from_pips(1_000_000).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fee {
    kept: u32,
    scale: u32,
}

/// A fee of one or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a fee of {pips} pips is not below 1,000,000, the whole input")]
pub struct FeeError {
    /// The fee asked for, in hundredths of a basis point.
    pub pips: u32,
}

impl Fee {
    /// Pips in one: 1,000,000.
    pub const SCALE: u32 = 1_000_000;

    /// No fee.
    pub const ZERO: Self = Self { kept: 1, scale: 1 };

    /// Uniswap v2's 0.3 %.
    pub const UNISWAP_V2: Self = Self { kept: 997, scale: 1000 };

    /// A fee in hundredths of a basis point: 3,000 is 0.3 %.
    ///
    /// # Errors
    ///
    /// [`FeeError`] from 1,000,000 on.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "pips < SCALE was tested, and a common divisor of the positive SCALE is positive"
    )]
    pub const fn from_pips(pips: u32) -> Result<Self, FeeError> {
        if pips >= Self::SCALE {
            return Err(FeeError { pips });
        }
        let kept = Self::SCALE - pips;
        let divisor = greatest_common_divisor(Self::SCALE, kept);
        Ok(Self { kept: kept / divisor, scale: Self::SCALE / divisor })
    }

    /// A fee in basis points: 30 is 0.3 %.
    ///
    /// # Errors
    ///
    /// [`FeeError`] from 10,000 on.
    pub const fn from_bps(bps: u32) -> Result<Self, FeeError> {
        Self::from_pips(bps.saturating_mul(100))
    }

    /// The fee in hundredths of a basis point.
    #[expect(clippy::arithmetic_side_effects, reason = "scale divides SCALE and kept <= scale")]
    pub const fn pips(self) -> u32 {
        (self.scale - self.kept) * (Self::SCALE / self.scale)
    }

    /// The part of an input that this fee takes: `amount - floor(amount * kept / scale)`,
    /// rounded up. It stays in the pool; swaps do not compute it, reports do.
    pub fn charged_ceil(self, amount: Amount) -> Amount {
        let (kept, scale) = (u128::from(self.kept), u128::from(self.scale));
        scalar::mul_div_floor(amount.get(), kept, scale)
            .and_then(|trades| amount.checked_sub(Amount::new(trades).ok()?))
            .unwrap_or_default()
    }

    /// The numerator of what trades: 997 in 997 / 1000. Never zero.
    #[inline]
    pub const fn kept(self) -> u32 {
        self.kept
    }

    /// The denominator: 1000 in 997 / 1000. Divides 1,000,000.
    #[inline]
    pub const fn scale(self) -> u32 {
        self.scale
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "the loop ends before it divides by zero")]
const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// In per cent, without trailing zeros: `0.3 %`.
impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pips = self.pips();
        let (whole, part) = (pips.div_euclid(10_000), pips.rem_euclid(10_000));
        let decimals = format!("{part:04}");
        let decimals = decimals.trim_end_matches('0');
        if decimals.is_empty() { write!(f, "{whole} %") } else { write!(f, "{whole}.{decimals} %") }
    }
}

impl fmt::Debug for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fee({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pip_survives_the_reduction() {
        for pips in 0..Fee::SCALE {
            let fee = Fee::from_pips(pips).unwrap();
            assert_eq!(fee.pips(), pips);
            assert!(0 < fee.kept() && fee.kept() <= fee.scale());
        }
    }

    #[test]
    fn a_fee_of_one_is_refused() {
        assert_eq!(Fee::from_pips(1_000_000), Err(FeeError { pips: 1_000_000 }));
        assert_eq!(Fee::from_bps(10_000), Err(FeeError { pips: 1_000_000 }));
        assert!(Fee::from_bps(u32::MAX).is_err());
        assert!(Fee::from_bps(9_999).is_ok());
    }

    #[test]
    fn what_is_charged_and_what_trades_make_the_whole() {
        let charged = |units| Fee::UNISWAP_V2.charged_ceil(Amount::from_u64(units)).get();
        assert_eq!([charged(0), charged(1), charged(1000), charged(1001)], [0, 1, 3, 4]);
        assert_eq!(Fee::ZERO.charged_ceil(Amount::MAX), Amount::ZERO);
    }

    #[test]
    fn it_reads_as_a_percentage() {
        let shown = |pips| Fee::from_pips(pips).unwrap().to_string();
        assert_eq!(
            [shown(0), shown(3000), shown(1), shown(300_000)],
            ["0 %", "0.3 %", "0.0001 %", "30 %"]
        );
    }
}
