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
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` below zero.
    #[inline]
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
