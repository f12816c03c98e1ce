//! [`Amount`]: a count of a token's smallest unit.

use core::fmt;
use core::str::FromStr;

use primitive_types::U256;
use thiserror::Error;

use crate::decimal::{self, DecimalError};

pub use encapsulate::Amount;

/// The only code that can build an [`Amount`], so that its bound holds everywhere.
mod encapsulate {
    use super::AmountError;

    /// A count of a token's smallest unit, from 0 to 2^112 - 1.
    ///
    /// The bound is Uniswap v2's own for a reserve (`uint112`). It is what lets swap arithmetic
    /// be exact in 256 bits: amount x reserve x fee scale has at most 112 + 112 + 20 = 244.
    ///
    /// There are no operators; sums and differences are checked.
    ///
    /// ```
    /// use cenote_pool::Amount;
    ///
    /// let coffee = Amount::from_u64(350);
    /// assert_eq!(coffee.checked_add(Amount::from_u64(50)), Some(Amount::from_u64(400)));
    /// assert_eq!(coffee.checked_sub(Amount::from_u64(351)), None);
    /// assert_eq!(Amount::MAX.checked_add(Amount::from_u64(1)), None);
    /// assert!("1e3".parse::<Amount>().is_err());
    /// ```
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Amount(u128);

    impl Amount {
        /// Nothing.
        pub const ZERO: Self = Self(0);

        /// 2^112 - 1, the largest amount.
        pub const MAX: Self = Self((1 << 112) - 1);

        /// The amount of `units` smallest units.
        ///
        /// # Errors
        ///
        /// [`AmountError`] above [`Amount::MAX`].
        #[inline]
        pub const fn new(units: u128) -> Result<Self, AmountError> {
            if units <= Self::MAX.0 { Ok(Self(units)) } else { Err(AmountError) }
        }

        /// The amount of `units` smallest units; every `u64` is one.
        #[inline]
        #[expect(clippy::as_conversions, reason = "u128::from is not const; this widens")]
        pub const fn from_u64(units: u64) -> Self {
            Self(units as u128)
        }

        /// The number of smallest units.
        #[inline]
        pub const fn get(self) -> u128 {
            self.0
        }
    }
}

/// A number is above 2^112 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("amount exceeds 2^112 - 1")]
pub struct AmountError;

impl Amount {
    /// Whether this is nothing.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.get() == 0
    }

    /// The sum, or `None` above [`Amount::MAX`].
    #[inline]
    #[must_use = "numbers have no `+=`: this gives another one"]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.get().checked_add(other.get()) {
            Some(sum) => match Self::new(sum) {
                Ok(sum) => Some(sum),
                Err(AmountError) => None,
            },
            None => None,
        }
    }

    /// The difference, or `None` below zero.
    #[inline]
    #[must_use = "numbers have no `+=`: this gives another one"]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.get().checked_sub(other.get()) {
            Some(difference) => match Self::new(difference) {
                Ok(difference) => Some(difference),
                Err(AmountError) => None,
            },
            None => None,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Reads the strict grammar of [`decimal`], up to [`Amount::MAX`].
impl FromStr for Amount {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let max = Self::MAX.get();
        Self::new(decimal::parse(text.as_bytes(), max)?)
            .map_err(|AmountError| DecimalError::TooLarge { max })
    }
}

impl From<u32> for Amount {
    #[inline]
    fn from(units: u32) -> Self {
        Self::from_u64(units.into())
    }
}

impl From<u64> for Amount {
    #[inline]
    fn from(units: u64) -> Self {
        Self::from_u64(units)
    }
}

impl TryFrom<u128> for Amount {
    type Error = AmountError;

    #[inline]
    fn try_from(units: u128) -> Result<Self, AmountError> {
        Self::new(units)
    }
}

impl TryFrom<U256> for Amount {
    type Error = AmountError;

    fn try_from(units: U256) -> Result<Self, AmountError> {
        u128::try_from(units).map_err(|_| AmountError).and_then(Self::new)
    }
}

impl From<Amount> for u128 {
    #[inline]
    fn from(amount: Amount) -> Self {
        amount.get()
    }
}

impl From<Amount> for U256 {
    fn from(amount: Amount) -> Self {
        amount.get().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_exact() {
        assert_eq!(Amount::new((1 << 112) - 1), Ok(Amount::MAX));
        assert_eq!(Amount::new(1 << 112), Err(AmountError));
        assert_eq!(Amount::new(u128::MAX), Err(AmountError));
        assert_eq!(Amount::try_from(U256::from(1) << 112), Err(AmountError));
        assert_eq!(Amount::try_from(U256::MAX), Err(AmountError));
        assert_eq!(Amount::try_from(U256::from(Amount::MAX)), Ok(Amount::MAX));
    }

    #[test]
    fn numbers_go_in_and_come_out_as_they_are() {
        let seven = Amount::from_u64(7);
        assert_eq!([Amount::from(7_u32), Amount::from(7_u64)], [seven; 2]);
        assert_eq!(Amount::try_from(7_u128), Ok(seven));
        assert_eq!((u128::from(seven), U256::from(seven)), (7, 7.into()));
        assert_eq!([Amount::ZERO.is_zero(), seven.is_zero()], [true, false]);
        assert_eq!(format!("{seven:?}"), "7");
    }

    #[test]
    fn text_goes_through_the_strict_grammar() {
        assert_eq!("5192296858534827628530496329220095".parse(), Ok(Amount::MAX));
        assert!("5192296858534827628530496329220096".parse::<Amount>().is_err());
        assert!("+5".parse::<Amount>().is_err());
        assert_eq!(Amount::MAX.to_string(), "5192296858534827628530496329220095");
    }
}
