//! Dense identifiers: places in a market's lists, not interchangeable.

use core::fmt;

/// Defines an identifier as a place in a list.
macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident, $noun:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(u32);

        impl $name {
            /// The identifier of the first place.
            pub const FIRST: Self = Self(0);

            /// The identifier of the second place.
            pub const SECOND: Self = Self(1);

            /// The identifier of place `index`, or `None` from 2^32 on.
            #[inline]
            pub fn from_index(index: usize) -> Option<Self> {
                u32::try_from(index).ok().map(Self)
            }

            /// The place in the list.
            #[inline]
            pub fn index(self) -> usize {
                // Where a usize is shorter than 32 bits no list reaches such a place.
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }

            /// The place as it is stored: 32 bits.
            #[inline]
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl From<u32> for $name {
            #[inline]
            fn from(place: u32) -> Self {
                Self(place)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($noun, " {}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

identifiers! {
    /// A token of a market.
    TokenId, "token";
    /// A pool of a market.
    PoolId, "pool";
}
