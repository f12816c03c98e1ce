//! The protocol fee of Uniswap v2: a sixth of what the fees earned, taken in shares.
//!
//! A pair that pays it remembers the product of its reserves after the last deposit or
//! withdrawal, `k_last`. Before the next one, the growth of `sqrt(k)` since then is divided: the
//! protocol gets as many new shares as make it the owner of a sixth of the growth.
//!
//! Exchanges of this project have no protocol fee: nobody is there to receive it.

use core::fmt;

use cenote_kernel::{reference, scalar};
use primitive_types::{U256, U512};
use thiserror::Error;

use crate::amount::Amount;
use crate::pool::{Pool, Reserves};
use crate::shares::Shares;

pub use encapsulate::Product;

/// The only code that can build a [`Product`], so that its bound holds everywhere.
mod encapsulate {
    use primitive_types::U256;

    use super::ProductError;

    /// The product of two reserves, from 0 to 2^224 - 1.
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Product(U256);

    impl Product {
        /// Of an empty pool; as `k_last`, no protocol fee.
        pub const ZERO: Self = Self(U256::zero());

        /// A product of this value.
        ///
        /// # Errors
        ///
        /// [`ProductError`] from 2^224 on.
        pub fn new(value: U256) -> Result<Self, ProductError> {
            if value.bits() <= 224 { Ok(Self(value)) } else { Err(ProductError) }
        }

        /// Its value.
        pub const fn get(self) -> U256 {
            self.0
        }
    }
}

/// A number is above 2^224 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("product exceeds 2^224 - 1")]
pub struct ProductError;

impl Product {
    /// `reserve0 * reserve1`.
    pub fn of(reserves: Reserves) -> Self {
        let [r0, r1] = [reserves.reserve0, reserves.reserve1].map(U256::from);
        // Two numbers of 112 bits have a product of 224.
        Self::new(r0.saturating_mul(r1)).unwrap_or_default()
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// `floor(sqrt(k))`.
    pub fn root_floor(self) -> u128 {
        reference::sqrt_floor(&self.get())
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl Reserves {
    /// The shares that the protocol fee would make now:
    /// `floor(S * (root - last) / (5 * root + last))`, where `root = floor(sqrt(k))` and
    /// `last = floor(sqrt(k_last))`.
    ///
    /// Zero where `k_last` is zero, which means that no fee is due, or where `k` did not grow.
    /// At most a fifth of all shares. Rounded down, for those who hold shares.
    /// Source: `UniswapV2Pair._mintFee`.
    pub fn protocol_shares_floor(self, k_last: Product, total: Shares) -> Shares {
        if k_last.is_zero() {
            return Shares::ZERO;
        }
        let (root, last) = (Product::of(self).root_floor(), k_last.root_floor());
        // Roots have 112 bits, so the divisor has 115.
        let divisor = root.saturating_mul(5).saturating_add(last);
        root.checked_sub(last)
            .and_then(|growth| scalar::mul_div_floor(total.get(), growth, divisor))
            .and_then(|shares| Shares::new(shares).ok())
            .unwrap_or_default()
    }

    /// What `shares` of `total` are worth in both tokens: `floor(shares * x / S)` and
    /// `floor(shares * y / S)`; nothing where there are none.
    ///
    /// At most the reserves, also for more shares than there are. Source:
    /// `UniswapV2LiquidityMathLibrary.computeLiquidityValue`.
    pub fn worth_floor(self, shares: Shares, total: Shares) -> (Amount, Amount) {
        let part = |reserve: Amount| {
            scalar::mul_div_floor(shares.min(total).get(), reserve.get(), total.get())
                .and_then(|part| Amount::new(part).ok())
                .unwrap_or_default()
        };
        (part(self.reserve0), part(self.reserve1))
    }
}

impl Pool {
    /// The pool as the next deposit or withdrawal will find it, with the shares that the
    /// protocol fee makes first; as it is where the number of shares is not known.
    ///
    /// `None` where there would be more than 2^112 - 1 shares, which deposits cannot lead to.
    ///
    /// ```
    /// use cenote_pool::{Amount, Fee, Pool, Product, Reserves, Shares, TokenId};
    ///
    /// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 1_000_u64.into() };
    /// let pool = Pool::new(TokenId::from(0), TokenId::from(1), Fee::UNISWAP_V2)?
    ///     .with_reserves(reserves)?
    ///     .with_total_shares(Shares::from(1_000))?;
    /// let accrued = pool.accrued(Product::new(250_000.into())?).ok_or("too many shares")?;
    /// assert_eq!(accrued.total_shares(), Some(Shares::from(1_090)));
    /// assert_eq!(accrued.worth_floor(Shares::from(1_000)).0, Amount::from_u64(917));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn accrued(&self, k_last: Product) -> Option<Self> {
        let Some(total) = self.total_shares() else { return Some(*self) };
        let total = total.checked_add(self.reserves().protocol_shares_floor(k_last, total))?;
        let mut pool = *self;
        pool.settle_shares(self.reserves(), total);
        Some(pool)
    }

    /// Whether `k / S^2` is at least `k_last / before^2`: what a share is worth did not fall by
    /// the protocol fee.
    ///
    /// It holds after [`accrued`](Self::accrued) where `before <= sqrt(k_last)`, and is unknown,
    /// hence true, where the number of shares is. Invariant L8.
    pub fn is_worth_at_least(&self, k_last: Product, before: Shares) -> bool {
        let square = |shares: Shares| U512::from(shares.get()).saturating_mul(shares.get().into());
        let of = |k: Product, shares| U512::from(k.get()).checked_mul(square(shares));
        self.total_shares()
            .is_none_or(|total| of(Product::of(self.reserves()), before) >= of(k_last, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::id::TokenId;

    fn reserves(reserve0: u128, reserve1: u128) -> Reserves {
        let [reserve0, reserve1] = [reserve0, reserve1].map(|units| Amount::new(units).unwrap());
        Reserves { reserve0, reserve1 }
    }

    #[test]
    fn the_bound_is_exact() {
        let bound = U256::one() << 224;
        assert_eq!(Product::new(bound), Err(ProductError));
        assert_eq!(Product::new(bound - 1).unwrap().root_floor(), Amount::MAX.get());
        let most = reserves(Amount::MAX.get(), Amount::MAX.get());
        assert_eq!(Product::of(most).root_floor(), Amount::MAX.get());
        let six = Product::of(reserves(2, 3));
        assert_eq!((six.get(), six.is_zero(), Product::ZERO.is_zero()), (6.into(), false, true));
        assert_eq!((six.to_string(), format!("{six:?}")), ("6".to_owned(), "6".to_owned()));
    }

    #[test]
    fn nothing_is_due_without_growth_or_with_the_fee_off() {
        let total = Shares::from(1_000_000);
        let now = reserves(2_000_000, 2_000_000);
        assert_eq!(now.protocol_shares_floor(Product::ZERO, total), Shares::ZERO);
        assert_eq!(now.protocol_shares_floor(Product::of(now), total), Shares::ZERO);
        let higher = Product::of(reserves(3_000_000, 3_000_000));
        assert_eq!(now.protocol_shares_floor(higher, total), Shares::ZERO);
        let lower = Product::of(reserves(1_000_000, 1_000_000));
        // A sixth of the growth from one to two: x / (1000000 + x) = 1 / 12.
        assert_eq!(now.protocol_shares_floor(lower, total), Shares::from(90_909));
    }

    /// 1,000 shares of 1,000 and 1,000 are worth what 500 of 500 and 500 were, 1,001 are not.
    #[test]
    fn what_a_share_is_worth_is_the_root_of_k() {
        let pool = Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::ZERO).unwrap();
        let pool = pool.with_reserves(reserves(1_000, 1_000)).unwrap();
        let k_last = Product::of(reserves(500, 500));
        let worth = |total: u64| {
            let pool = pool.with_total_shares(total.into()).unwrap();
            pool.is_worth_at_least(k_last, Shares::from(500))
        };
        assert_eq!([worth(1_000), worth(1_001)], [true, false]);
        assert!(pool.is_worth_at_least(k_last, Shares::ZERO), "nobody knows");
    }

    #[test]
    fn what_overflows_is_refused() {
        let pool = Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::ZERO)
            .unwrap()
            .with_reserves(reserves(10, 10))
            .unwrap()
            .with_total_shares(Shares::MAX)
            .unwrap();
        assert_eq!(pool.accrued(Product::new(1.into()).unwrap()), None);
        assert_eq!(pool.accrued(Product::ZERO), Some(pool));
    }
}
