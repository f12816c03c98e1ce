//! [`Fee`]: the part of an input that does not trade.

use core::fmt;

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;
use crate::pool::Direction;

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
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "scale divides SCALE, and so is positive, and kept <= scale: at most SCALE"
    )]
    pub const fn pips(self) -> u32 {
        (self.scale - self.kept) * (Self::SCALE / self.scale)
    }

    /// The part of an input that this fee takes: `amount - floor(amount * kept / scale)`,
    /// rounded up. It stays in the pool; swaps do not compute it, reports do.
    #[must_use]
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

/// The fees of a pool: one for each direction, often the same.
///
/// Kept as two parts of one scale, the least one, so that a fee for both directions stays a
/// reduced fraction.
///
/// ```
/// use cenote_pool::{Direction, Fee, Fees};
///
/// assert_eq!(Fees::from(Fee::UNISWAP_V2).of(Direction::OneForZero), Fee::UNISWAP_V2);
/// let fees = Fees::new(Fee::ZERO, Fee::UNISWAP_V2);
/// assert_eq!(fees.of(Direction::ZeroForOne), Fee::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fees {
    /// From the lowest bit: what is kept of `token0`, what is kept of `token1`, the scale. Each
    /// is at most 1,000,000 and has 20 bits.
    packed: u64,
}

const PART: u32 = 20;
const MASK: u64 = (1 << PART) - 1;
const _: () = assert!(Fee::SCALE < 1 << PART, "a part of a fee fits its bits");

impl Fees {
    /// The fees on what comes in of `token0` and of `token1`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "both scales divide SCALE, and so does their least common multiple, which is at \
                  most SCALE; what is kept is at most that, and no divisor is zero"
    )]
    pub fn new(fee0: Fee, fee1: Fee) -> Self {
        let scale = fee0.scale / greatest_common_divisor(fee0.scale, fee1.scale) * fee1.scale;
        let part = |fee: Fee| u64::from(fee.kept * (scale / fee.scale));
        Self { packed: part(fee0) | part(fee1) << PART | u64::from(scale) << (2 * PART) }
    }

    /// What is kept of an input in this direction, and the scale; not always reduced.
    #[inline]
    #[expect(clippy::as_conversions, reason = "each part has 20 bits, which fit 32")]
    pub(crate) fn part(self, direction: Direction) -> (u32, u32) {
        let shift = PART & 0_u32.wrapping_sub(u32::from(direction == Direction::OneForZero));
        ((self.packed >> shift & MASK) as u32, (self.packed >> (2 * PART)) as u32)
    }

    /// The fee in this direction.
    #[expect(clippy::arithmetic_side_effects, reason = "a scale is positive, and so a divisor")]
    pub fn of(self, direction: Direction) -> Fee {
        let (kept, scale) = self.part(direction);
        let divisor = greatest_common_divisor(scale, kept);
        Fee { kept: kept / divisor, scale: scale / divisor }
    }
}

/// The same in both directions.
impl From<Fee> for Fees {
    fn from(fee: Fee) -> Self {
        Self::new(fee, fee)
    }
}

impl fmt::Debug for Fees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [fee0, fee1] = Direction::BOTH.map(|direction| self.of(direction));
        if fee0 == fee1 { fee0.fmt(f) } else { write!(f, "({fee0:?}, {fee1:?})") }
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
        // An interpreter sees one in ten thousand, the last one too.
        for pips in (0..Fee::SCALE).rev().step_by(if cfg!(miri) { 9_999 } else { 1 }) {
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
        assert_eq!((Fee::UNISWAP_V2.kept(), Fee::UNISWAP_V2.scale()), (997, 1000));
    }

    #[test]
    fn what_is_charged_and_what_trades_make_the_whole() {
        let charged = |units| Fee::UNISWAP_V2.charged_ceil(Amount::from_u64(units)).get();
        assert_eq!([charged(0), charged(1), charged(1000), charged(1001)], [0, 1, 3, 4]);
        assert_eq!(Fee::ZERO.charged_ceil(Amount::MAX), Amount::ZERO);
    }

    #[test]
    fn two_fees_share_a_scale_and_stay_what_they_are() {
        let fees = [0, 1, 3_000, 2_500, 5, 999_999, 500_000, 700_000, 15_625];
        for (pips0, pips1) in fees.into_iter().flat_map(|a| fees.map(|b| (a, b))) {
            let [fee0, fee1] = [pips0, pips1].map(|pips| Fee::from_pips(pips).unwrap());
            let both = Fees::new(fee0, fee1);
            assert_eq!(both.of(Direction::ZeroForOne), fee0);
            assert_eq!(both.of(Direction::OneForZero), fee1);
        }
        let v2 = Fees::new(Fee::UNISWAP_V2, Fee::UNISWAP_V2);
        assert_eq!(v2.part(Direction::OneForZero), (997, 1000));
    }

    #[test]
    fn it_reads_as_a_percentage() {
        let shown = |pips| Fee::from_pips(pips).unwrap().to_string();
        assert_eq!(
            [shown(0), shown(3000), shown(1), shown(300_000)],
            ["0 %", "0.3 %", "0.0001 %", "30 %"]
        );
        assert_eq!(format!("{:?}", Fees::from(Fee::UNISWAP_V2)), "Fee(0.3 %)");
        let fees = Fees::new(Fee::ZERO, Fee::UNISWAP_V2);
        assert_eq!(format!("{fees:?}"), "(Fee(0 %), Fee(0.3 %))");
    }
}
