//! [`Shares`]: parts of a pool's liquidity.

use core::fmt;
use core::str::FromStr;

use crate::amount::{Amount, AmountError};
use crate::decimal::DecimalError;

/// A number of shares of one pool (what Uniswap calls liquidity tokens), from 0 to 2^112 - 1.
///
/// The bound follows from that of [`Amount`]: a pool's shares never exceed the geometric mean of
/// its reserves.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shares(Amount);

impl Shares {
    /// None.
    pub const ZERO: Self = Self(Amount::ZERO);

    /// 2^112 - 1, the largest number of shares.
    pub const MAX: Self = Self(Amount::MAX);

    /// The shares that the first deposit locks for ever: 1,000.
    ///
    /// They make it expensive to inflate the price of a share by a donation. Source:
    /// `UniswapV2Pair.MINIMUM_LIQUIDITY`.
    pub const LOCKED: Self = Self(Amount::from_u64(1000));

    /// A number of shares.
    ///
    /// # Errors
    ///
    /// [`AmountError`] above [`Shares::MAX`].
    #[inline]
    pub const fn new(count: u128) -> Result<Self, AmountError> {
        match Amount::new(count) {
            Ok(count) => Ok(Self(count)),
            Err(error) => Err(error),
        }
    }

    /// How many shares these are.
    #[inline]
    pub const fn get(self) -> u128 {
        self.0.get()
    }

    /// Whether these are none.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The sum, or `None` above [`Shares::MAX`].
    #[inline]
    #[must_use = "numbers have no `+=`: this gives another one"]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` below zero.
    #[inline]
    #[must_use = "numbers have no `+=`: this gives another one"]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads the strict grammar of [`decimal`](crate::decimal).
impl FromStr for Shares {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        text.parse().map(Self)
    }
}

impl From<u64> for Shares {
    #[inline]
    fn from(count: u64) -> Self {
        Self(count.into())
    }
}

impl TryFrom<u128> for Shares {
    type Error = AmountError;

    #[inline]
    fn try_from(count: u128) -> Result<Self, AmountError> {
        Self::new(count)
    }
}

impl From<Shares> for u128 {
    #[inline]
    fn from(shares: Shares) -> Self {
        shares.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_like_amounts() {
        let [two, five] = [2, 5].map(|count: u64| Shares::from(count));
        assert_eq!((five.get(), u128::from(five)), (5, 5));
        assert_eq!([Shares::ZERO.is_zero(), two.is_zero()], [true, false]);
        assert_eq!(
            [two.checked_add(five), five.checked_sub(two)],
            [7, 3].map(|n: u64| Some(n.into()))
        );
        assert_eq!(two.checked_sub(five), None);
        assert_eq!(Shares::MAX.checked_add(Shares::from(1)), None);
        assert_eq!(Shares::try_from(Shares::MAX.get()), Ok(Shares::MAX));
        assert_eq!(Shares::new(1 << 112), Err(AmountError));
    }

    #[test]
    fn text_goes_through_the_strict_grammar() {
        assert_eq!("1000".parse(), Ok(Shares::LOCKED));
        assert!("01".parse::<Shares>().is_err());
        assert_eq!(
            (Shares::LOCKED.to_string(), format!("{:?}", Shares::LOCKED)),
            ("1000".into(), "1000".into())
        );
    }
}
