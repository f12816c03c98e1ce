//! [`Ratio`]: an exact fraction, such as a price.

use core::cmp::Ordering;
use core::fmt;

use primitive_types::{U256, U512};
use thiserror::Error;

use crate::amount::Amount;

/// An exact fraction of two whole numbers below 2^224.
///
/// Two are equal where their values are: 1/2 and 2/4. The bound has room for the product of two
/// amounts, and for Uniswap's prices, which are whole numbers over 2^112.
///
/// ```
/// use cenote_pool::{Amount, Ratio};
///
/// let price = Ratio::of(Amount::from_u64(4_000), Amount::from_u64(3))?;
/// assert_eq!(price.mul_floor(Amount::from_u64(10)), Some(Amount::from_u64(13_333)));
/// assert!(Ratio::of(Amount::from_u64(1_333), Amount::from_u64(1))? < price);
/// # Ok::<(), cenote_pool::RatioError>(())
/// ```
#[derive(Clone, Copy)]
#[must_use]
pub struct Ratio {
    numerator: U256,
    denominator: U256,
}

/// Why two numbers are no [`Ratio`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RatioError {
    /// The denominator is zero.
    #[error("the denominator is zero")]
    ZeroDenominator,
    /// In lowest terms, one of the two is not below 2^224.
    #[error("a part of the fraction exceeds 2^224 - 1")]
    TooLong,
}

impl Ratio {
    /// The bits of a numerator or a denominator.
    pub const BITS: usize = 224;

    /// The fraction of two numbers, reduced where they are too long.
    ///
    /// # Errors
    ///
    /// [`RatioError`], in the order of its variants.
    pub fn new(numerator: U256, denominator: U256) -> Result<Self, RatioError> {
        if denominator.is_zero() {
            return Err(RatioError::ZeroDenominator);
        }
        let fits =
            |ratio: &Self| ratio.numerator.bits().max(ratio.denominator.bits()) <= Self::BITS;
        let whole = Self { numerator, denominator };
        Some(whole)
            .filter(fits)
            .or_else(|| Some(whole.reduced()).filter(fits))
            .ok_or(RatioError::TooLong)
    }

    /// The fraction of two amounts.
    ///
    /// # Errors
    ///
    /// [`RatioError::ZeroDenominator`].
    pub fn of(numerator: Amount, denominator: Amount) -> Result<Self, RatioError> {
        Self::new(numerator.into(), denominator.into())
    }

    /// The upper number.
    pub const fn numerator(&self) -> U256 {
        self.numerator
    }

    /// The lower number, never zero.
    pub const fn denominator(&self) -> U256 {
        self.denominator
    }

    /// One divided by it; `None` for zero.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        Self::new(self.denominator, self.numerator).ok()
    }

    /// `floor(amount * numerator / denominator)`; `None` above [`Amount::MAX`].
    #[must_use]
    pub fn mul_floor(&self, amount: Amount) -> Option<Amount> {
        let product = U512::from(amount.get()).checked_mul(self.numerator.into())?;
        let quotient = product.checked_div(self.denominator.into())?;
        u128::try_from(quotient).ok().and_then(|units| Amount::new(units).ok())
    }

    /// The nearest that a binary float comes, within a few units in its last place: to be shown
    /// or plotted. No amount is decided by it.
    #[expect(clippy::float_arithmetic, reason = "a value for people, as its documentation says")]
    pub fn to_f64(&self) -> f64 {
        float(&self.numerator) / float(&self.denominator)
    }

    /// In lowest terms.
    fn reduced(&self) -> Self {
        let (mut a, mut b) = (self.numerator, self.denominator);
        while let Some(rest) = a.checked_rem(b) {
            (a, b) = (b, rest);
        }
        // The last divisor that is not zero divides both.
        let divided = |part: &U256| part.checked_div(a).unwrap_or(*part);
        Self { numerator: divided(&self.numerator), denominator: divided(&self.denominator) }
    }

    /// The products that compare two fractions; 448 bits at most.
    fn cross(&self, other: &Self) -> [U512; 2] {
        let product = |a: &U256, b: &U256| U512::from(*a).saturating_mul(U512::from(*b));
        [product(&self.numerator, &other.denominator), product(&other.numerator, &self.denominator)]
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "rounding is what it is for"
)]
fn float(value: &U256) -> f64 {
    const DIGIT: f64 = 18_446_744_073_709_551_616.0;
    value.0.iter().rev().fold(0.0, |sum, digit| sum * DIGIT + *digit as f64)
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let [left, right] = self.cross(other);
        left.cmp(&right)
    }
}

/// As `4000/3`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: u64, denominator: u64) -> Ratio {
        Ratio::new(numerator.into(), denominator.into()).unwrap()
    }

    #[test]
    fn values_are_compared_not_digits() {
        assert_eq!(ratio(1, 2), ratio(2, 4));
        assert!(ratio(1, 3) < ratio(334, 1000) && ratio(333, 1000) < ratio(1, 3));
        let most = Ratio::new(U256::one(), (U256::one() << 224) - 1).unwrap();
        assert!(ratio(0, 1) < most && most < ratio(1, u64::MAX));
        assert_eq!(most.inverse().unwrap().inverse(), Some(most));
        assert_eq!(ratio(0, 7).inverse(), None);
        assert_ne!(ratio(1, 2), ratio(2, 3));
    }

    #[test]
    fn long_numbers_are_reduced_or_refused() {
        let long = U256::MAX;
        assert_eq!(Ratio::new(long, long), Ok(ratio(1, 1)));
        assert_eq!(Ratio::new(long, long - 1), Err(RatioError::TooLong));
        assert_eq!(Ratio::new(long, U256::zero()), Err(RatioError::ZeroDenominator));
        let bound = U256::one() << 224;
        assert!(Ratio::new(bound - 1, U256::one()).is_ok());
        assert_eq!(Ratio::new(bound, U256::one()), Err(RatioError::TooLong));
        assert_eq!(Ratio::new(bound, bound << 1), Ok(ratio(1, 2)));
    }

    #[test]
    fn what_is_shown_is_near_and_finite() {
        assert!((ratio(1, 3).to_f64() - 0.333_333_333_333_333_3).abs() < 1e-15);
        let widest = Ratio::of(Amount::MAX, Amount::from_u64(1)).unwrap();
        assert!(widest.to_f64() > 5e33 && widest.inverse().unwrap().to_f64() > 0.0);
        assert_eq!(
            (ratio(10, 3).to_string(), format!("{:?}", ratio(10, 3))),
            ("10/3".into(), "10/3".into())
        );
        let long = Ratio::new((U256::one() << 200) + 1, U256::one() << 199).unwrap();
        assert!((long.to_f64() - 2.0).abs() < 1e-15);
        assert_eq!(ratio(0, 7).to_f64().to_string(), "0", "not -0");
    }

    #[test]
    fn products_are_rounded_down_and_bounded() {
        assert_eq!(ratio(2, 3).mul_floor(Amount::from_u64(5)), Some(Amount::from_u64(3)));
        assert_eq!(ratio(1, 1).mul_floor(Amount::MAX), Some(Amount::MAX));
        assert_eq!(ratio(2, 1).mul_floor(Amount::MAX), None);
    }
}
