//! To and from the integers of `ruint`, which `alloy` uses: the same numbers, by `into` and
//! `try_into`.
//!
//! `Uint::from(amount)` does not compile, since `ruint` has a function of its own there, for its
//! own types. Wide integers, both of whose types are foreign here, have two functions.

use ::ruint::Uint;
use primitive_types::U256;

use crate::amount::{Amount, AmountError};
use crate::protocol_fee::{Product, ProductError};
use crate::shares::Shares;

/// The limbs of a number of 128 bits, the lowest first.
fn limbs(units: u128) -> [u64; 2] {
    let U256([low, high, ..]) = units.into();
    [low, high]
}

/// The number of these limbs.
fn units([low, high]: [u64; 2]) -> u128 {
    U256([low, high, 0, 0]).low_u128()
}

macro_rules! counts {
    ($($count:ty),*) => {$(
        impl From<$count> for Uint<112, 2> {
            fn from(count: $count) -> Self {
                Self::from_limbs(limbs(count.get()))
            }
        }

        impl From<$count> for Uint<128, 2> {
            fn from(count: $count) -> Self {
                Self::from_limbs(limbs(count.get()))
            }
        }

        impl From<$count> for Uint<256, 4> {
            fn from(count: $count) -> Self {
                let [low, high] = limbs(count.get());
                Self::from_limbs([low, high, 0, 0])
            }
        }

        /// Each number of 112 bits is one.
        impl From<Uint<112, 2>> for $count {
            fn from(wide: Uint<112, 2>) -> Self {
                Self::new(units(wide.into_limbs())).unwrap_or(Self::MAX)
            }
        }

        impl TryFrom<Uint<128, 2>> for $count {
            type Error = AmountError;

            fn try_from(wide: Uint<128, 2>) -> Result<Self, AmountError> {
                Self::new(units(wide.into_limbs()))
            }
        }

        impl TryFrom<Uint<256, 4>> for $count {
            type Error = AmountError;

            fn try_from(wide: Uint<256, 4>) -> Result<Self, AmountError> {
                match wide.into_limbs() {
                    [low, high, 0, 0] => Self::new(units([low, high])),
                    _ => Err(AmountError),
                }
            }
        }
    )*};
}

counts!(Amount, Shares);

impl From<Product> for Uint<256, 4> {
    fn from(product: Product) -> Self {
        wide_to_ruint(&product.get())
    }
}

impl TryFrom<Uint<256, 4>> for Product {
    type Error = ProductError;

    fn try_from(wide: Uint<256, 4>) -> Result<Self, ProductError> {
        Self::new(wide_from_ruint(&wide))
    }
}

/// The same number as `ruint` has it: a price accumulator, say.
pub const fn wide_to_ruint(wide: &U256) -> Uint<256, 4> {
    Uint::from_limbs(wide.0)
}

/// The same number as this crate has it: a price accumulator, say.
pub const fn wide_from_ruint(wide: &Uint<256, 4>) -> U256 {
    U256(*wide.as_limbs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wide<const BITS: usize, const LIMBS: usize>(units: u128) -> Uint<BITS, LIMBS> {
        Uint::from(units)
    }

    #[test]
    fn the_bound_is_exact() {
        let most = Amount::MAX.get();
        assert_eq!(Uint::<112, 2>::from(most), Uint::<112, 2>::MAX);
        assert_eq!(Amount::from(Uint::<112, 2>::MAX), Amount::MAX);
        assert_eq!(Shares::from(Uint::<112, 2>::MAX), Shares::MAX);
        assert_eq!(Amount::try_from(wide::<128, 2>(most)), Ok(Amount::MAX));
        assert_eq!(Amount::try_from(wide::<256, 4>(most)), Ok(Amount::MAX));
        assert_eq!(Shares::try_from(wide::<256, 4>(most)), Ok(Shares::MAX));
        for above in [most + 1, u128::MAX] {
            assert_eq!(Amount::try_from(wide::<128, 2>(above)), Err(AmountError));
            assert_eq!(Shares::try_from(wide::<128, 2>(above)), Err(AmountError));
        }
        for bit in 112..256 {
            let above = Uint::<256, 4>::ONE << bit;
            assert_eq!(Amount::try_from(above), Err(AmountError));
            assert_eq!(Shares::try_from(above), Err(AmountError));
        }
        let bound = Uint::<256, 4>::ONE << 224;
        assert_eq!(Product::try_from(bound), Err(ProductError));
        assert_eq!(Product::try_from(Uint::<256, 4>::MAX), Err(ProductError));
        let most = Product::try_from(bound - Uint::ONE).unwrap();
        assert_eq!(Uint::from_limbs(most.get().0), bound - Uint::ONE);
    }

    proptest! {
        #[test]
        fn numbers_go_there_and_come_back(units in 0..=Amount::MAX.get(), limbs: [u64; 4]) {
            let (amount, shares) = (Amount::new(units).unwrap(), Shares::new(units).unwrap());
            let [narrow, narrow_shares]: [Uint<112, 2>; 2] = [amount.into(), shares.into()];
            let [middle, middle_shares]: [Uint<128, 2>; 2] = [amount.into(), shares.into()];
            let [long, long_shares]: [Uint<256, 4>; 2] = [amount.into(), shares.into()];
            // As `ruint` itself reads the number.
            prop_assert_eq!([narrow, narrow_shares], [wide(units); 2]);
            prop_assert_eq!([middle, middle_shares], [wide(units); 2]);
            prop_assert_eq!([long, long_shares], [wide(units); 2]);
            prop_assert_eq!([narrow.into(), amount], [amount, middle.try_into().unwrap()]);
            prop_assert_eq!([narrow.into(), shares], [shares, middle.try_into().unwrap()]);
            prop_assert_eq!(Amount::try_from(long), Ok(amount));
            prop_assert_eq!(Shares::try_from(long), Ok(shares));

            let there = wide_to_ruint(&U256(limbs));
            prop_assert_eq!(there, Uint::from_limbs(limbs));
            prop_assert_eq!(there.to_string(), U256(limbs).to_string());
            prop_assert_eq!(wide_from_ruint(&there), U256(limbs));
            let product = Product::try_from(there);
            prop_assert_eq!(product.is_ok(), there.bit_len() <= 224);
            let [first, second, third, fourth] = limbs;
            let there = Uint::from_limbs([first, second, third, fourth >> 32]);
            let product = Product::try_from(there).unwrap();
            prop_assert_eq!(wide_to_ruint(&product.get()), there);
            prop_assert_eq!(<Uint<256, 4> as From<Product>>::from(product), there);
        }
    }
}
