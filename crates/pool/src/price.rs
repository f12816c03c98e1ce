//! Prices: what a pool asks now, what a swap paid, and how far a swap moves a pool.
//!
//! A price is what one unit of the token that comes in buys of the one that goes out. All are
//! exact fractions ([`Ratio`]); no price is rounded.

use cenote_kernel::reference;
use primitive_types::{U256, U512};
use thiserror::Error;

use crate::amount::Amount;
use crate::pool::{Direction, Oriented, Pool, Reserves};
use crate::ratio::Ratio;
use crate::swap::{Fill, SwapError};

/// Why a pool cannot be moved to a price, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PriceError {
    /// The pool holds nothing, and so has no price.
    #[error("the pool is empty")]
    EmptyPool,
    /// Before the price is reached, a reserve would exceed 2^112 - 1 or nothing would be left.
    #[error("the price is out of the pool's reach")]
    OutOfReach,
}

impl Fill {
    /// What was bought for one unit: `amount_out / amount_in`; `None` if nothing was paid.
    #[must_use]
    pub fn price(&self) -> Option<Ratio> {
        Ratio::of(self.amount_out, self.amount_in).ok()
    }

    /// How much worse than the spot price before it this was, as a part of one:
    /// `1 - (out / a) / (y / x) = (a * y - out * x) / (a * y)`. The fee is part of it.
    ///
    /// Never below zero for a fill that a pool computed (invariant S10), `None` for one that no
    /// pool did. Source: v2-sdk, `computePriceImpact`.
    #[must_use]
    pub fn price_impact(&self) -> Option<Ratio> {
        let after = self.reserves.oriented(self.direction);
        let x = after.reserve_in.checked_sub(self.amount_in)?;
        let y = after.reserve_out.checked_add(self.amount_out)?;
        let product = |a: Amount, b: Amount| U256::from(a).checked_mul(U256::from(b));
        let whole = product(self.amount_in, y)?;
        Ratio::new(whole.checked_sub(product(self.amount_out, x)?)?, whole).ok()
    }
}

impl Pool {
    /// The price of an input too small to move it, before the fee: `y / x`; `None` for an empty
    /// pool.
    #[must_use]
    pub fn spot_price(&self, direction: Direction) -> Option<Ratio> {
        let Oriented { reserve_in, reserve_out } = self.reserves().oriented(direction);
        Ratio::of(reserve_out, reserve_in).ok().filter(|_| !reserve_out.is_zero())
    }

    /// The least input that a swap can take after which the spot price is at most `price`:
    /// the least `a` with `(y - out(a)) / (x + a) <= price`; zero if it is already.
    ///
    /// Exact: the fee stays in the pool and makes `k` grow, and outputs are whole, as a swap of
    /// that input leaves them. Paying one unit less would leave the price above, or buy nothing.
    ///
    /// # Errors
    ///
    /// [`PriceError`], in the order of its variants.
    pub fn input_to_price(
        &self,
        direction: Direction,
        price: &Ratio,
    ) -> Result<Amount, PriceError> {
        let before = self.reserves().oriented(direction);
        if self.is_empty() {
            return Err(PriceError::EmptyPool);
        }
        if is_at_most(before, price) {
            return Ok(Amount::ZERO);
        }
        // What buys one unit is the least that a swap takes.
        let least = self.fill_exact_out(direction, Amount::from_u64(1));
        let least = least.map_err(|_| PriceError::OutOfReach)?.amount_in;
        let room = Amount::MAX.checked_sub(before.reserve_in).unwrap_or_default();
        let reaches = |amount_in| match self.fill_exact_in(direction, amount_in) {
            Ok(fill) => is_at_most(fill.reserves.oriented(direction), price),
            Err(_) => false,
        };
        if !reaches(room) {
            return Err(PriceError::OutOfReach);
        }
        // With the input x + a rises and y - out(a) does not, so the price falls with every unit:
        // halving finds where it passes the target.
        let (mut low, mut high) = (least.get(), room.get());
        while low < high {
            let middle = low.midpoint(high);
            // Between two amounts there are only amounts.
            if Amount::new(middle).is_ok_and(reaches) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        Amount::new(high).map_err(|_| PriceError::OutOfReach)
    }

    /// The swap that gains most where one unit of `token0` is worth `price` of `token1`
    /// elsewhere, whichever way it then goes; `None` where none gains.
    ///
    /// Its input is `floor(sqrt(floor(k * scale / (p * kept)))) - floor(x * scale / kept)`, with
    /// `p` the worth of what goes out in what comes in: where the pool's price after the fee
    /// meets the one outside. Source: `UniswapV2LiquidityMathLibrary.computeProfitMaximizingTrade`,
    /// to the unit; its roundings may miss the best whole input by a little, and where they make
    /// it a swap that gains nothing, none is given.
    ///
    /// # Errors
    ///
    /// [`PriceError`], in the order of its variants.
    pub fn fill_arbitrage(&self, price: &Ratio) -> Result<Option<Fill>, PriceError> {
        let sold = self.spot_price(Direction::ZeroForOne).ok_or(PriceError::EmptyPool)?;
        let (direction, worth) = match price.cmp(&sold) {
            // The pool pays more for token0 than it is worth outside.
            core::cmp::Ordering::Less => (Direction::ZeroForOne, price.inverse()),
            _ => (Direction::OneForZero, Some(*price)),
        };
        let worth = worth.ok_or(PriceError::OutOfReach)?;
        let amount_in = self.arbitrage_input(direction, &worth).ok_or(PriceError::OutOfReach)?;
        let gains =
            |fill: &Fill| Ratio::of(fill.amount_in, fill.amount_out).is_ok_and(|paid| paid < worth);
        match self.fill_exact_in(direction, amount_in) {
            Ok(fill) => Ok(Some(fill).filter(gains)),
            Err(SwapError::ZeroAmount | SwapError::ZeroOutput { .. }) => Ok(None),
            Err(_) => Err(PriceError::OutOfReach),
        }
    }

    /// What the pool holds after [`fill_arbitrage`](Self::fill_arbitrage).
    ///
    /// Source: `UniswapV2LiquidityMathLibrary.getReservesAfterArbitrage`.
    ///
    /// # Errors
    ///
    /// [`PriceError`], in the order of its variants.
    pub fn reserves_after_arbitrage(&self, price: &Ratio) -> Result<Reserves, PriceError> {
        let fill = self.fill_arbitrage(price)?;
        Ok(fill.map_or(self.reserves(), |fill| fill.reserves))
    }

    /// The input of an arbitrage where what goes out is worth `worth` of what comes in; zero
    /// where none gains, `None` above every amount.
    fn arbitrage_input(&self, direction: Direction, worth: &Ratio) -> Option<Amount> {
        let Oriented { reserve_in, reserve_out } = self.reserves().oriented(direction);
        let (kept, scale) = self.kept(direction);
        // At most 112 + 112 + 20 + 224 bits.
        let upper = U512::from(reserve_in.get())
            .checked_mul(reserve_out.get().into())?
            .checked_mul(scale.into())?
            .checked_mul(worth.numerator().into())?;
        let lower = U512::from(worth.denominator()).checked_mul(kept.into())?;
        let target = upper.checked_div(lower)?;
        let root = match U256::try_from(target) {
            Ok(target) => U512::from(reference::sqrt_floor(&target)),
            Err(_) => target.integer_sqrt(),
        };
        // With nearly all of an input charged, above 128 bits.
        let own =
            U512::from(reserve_in.get()).checked_mul(scale.into())?.checked_div(kept.into())?;
        u128::try_from(root.saturating_sub(own)).ok().and_then(|units| Amount::new(units).ok())
    }
}

/// Whether the spot price of these reserves is at most `price`.
fn is_at_most(reserves: Oriented, price: &Ratio) -> bool {
    Ratio::of(reserves.reserve_out, reserves.reserve_in).is_ok_and(|spot| spot <= *price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::id::TokenId;

    fn pool(reserve0: u128, reserve1: u128, fee: Fee) -> Pool {
        let reserves = Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) };
        Pool::new(TokenId::FIRST, TokenId::SECOND, fee).unwrap().with_reserves(reserves).unwrap()
    }

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    fn ratio(numerator: u128, denominator: u128) -> Ratio {
        Ratio::new(numerator.into(), denominator.into()).unwrap()
    }

    #[test]
    fn a_fill_knows_its_price_and_impact() {
        let pool = pool(5_000, 10_000, Fee::ZERO);
        assert_eq!(pool.spot_price(Direction::ZeroForOne), Some(ratio(2, 1)));
        let fill = pool.fill_exact_in(Direction::ZeroForOne, amount(5_000)).unwrap();
        assert_eq!((fill.price(), fill.price_impact()), (Some(ratio(1, 1)), Some(ratio(1, 2))));
        assert_eq!(Fill::default().price(), None);
        assert_eq!(Fill::default().price_impact(), None);
    }

    /// Attack 13: a ratio of 2^111 to one.
    #[test]
    fn extreme_prices_are_fractions_like_others() {
        let pool = pool(1, Amount::MAX.get(), Fee::UNISWAP_V2);
        let price = pool.spot_price(Direction::ZeroForOne).unwrap();
        assert_eq!(price, ratio(Amount::MAX.get(), 1));
        assert!(price.to_f64().is_finite());
        let fill = pool.fill_exact_in(Direction::ZeroForOne, Amount::from_u64(u64::MAX)).unwrap();
        assert!(fill.price_impact().unwrap() < ratio(1, 1));
    }

    /// The least input on every small pool, against trying all of them.
    #[test]
    fn the_input_to_a_price_is_the_least() {
        for (x, y, pips) in [(30, 50, 3_000), (50, 30, 0), (1, 48, 30), (48, 2, 300_000)] {
            let pool = pool(x, y, Fee::from_pips(pips).unwrap());
            let parts = || (1..12).step_by(if cfg!(miri) { 5 } else { 1 });
            for (upper, lower) in parts().flat_map(|upper| parts().map(move |lower| (upper, lower)))
            {
                let price = ratio(upper, lower);
                let found = pool.input_to_price(Direction::ZeroForOne, &price);
                let tried = (1..5_000).find(|units| {
                    pool.fill_exact_in(Direction::ZeroForOne, amount(*units)).is_ok_and(|fill| {
                        is_at_most(fill.reserves.oriented(Direction::ZeroForOne), &price)
                    })
                });
                let met = y * lower <= x * upper;
                let expected = if met { Some(0) } else { tried };
                assert_eq!(found.ok().map(Amount::get), expected, "{x} {y} {pips} {price}");
            }
        }
    }

    #[test]
    fn a_price_out_of_reach_is_an_error() {
        let pool = pool(1 << 100, 5, Fee::UNISWAP_V2);
        let zero = ratio(0, 1);
        assert_eq!(pool.input_to_price(Direction::ZeroForOne, &zero), Err(PriceError::OutOfReach));
        let empty = Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::ZERO).unwrap();
        let refused = Err(PriceError::EmptyPool);
        assert_eq!(empty.input_to_price(Direction::ZeroForOne, &zero), refused);
        assert_eq!(empty.reserves_after_arbitrage(&zero), Err(PriceError::EmptyPool));
        assert_eq!(pool.fill_arbitrage(&zero), Err(PriceError::OutOfReach));
    }

    /// The closed form against its neighbours: what is gained outside, within what its roundings
    /// may miss.
    #[test]
    fn an_arbitrage_gains_about_the_most_that_can_be() {
        let pool = pool(1_000_000_000, 2_000_000_000, Fee::UNISWAP_V2);
        let price = ratio(19, 10);
        let fill = pool.fill_arbitrage(&price).unwrap().unwrap();
        assert_eq!(fill.direction, Direction::ZeroForOne);
        let gain = |units: u128| {
            let fill = pool.fill_exact_in(Direction::ZeroForOne, amount(units)).unwrap();
            fill.amount_out.get() * 10 - units * 19
        };
        let units = fill.amount_in.get();
        for other in (units - 20_000..units + 20_000).step_by(997) {
            assert!(gain(other) <= gain(units) + 20, "{other}");
        }
        assert_eq!(pool.fill_arbitrage(&ratio(2, 1)), Ok(None), "the fee is more than the gain");
    }

    #[test]
    fn an_arbitrage_that_gains_nothing_is_none() {
        // The best input is below a unit; the formula's is one, for which one is given.
        let small = pool(1, 4, Fee::UNISWAP_V2);
        assert_eq!(small.fill_arbitrage(&ratio(1, 1)), Ok(None));
        let dear = pool(Amount::MAX.get(), 7, Fee::from_pips(999_999).unwrap());
        let own = dear.spot_price(Direction::ZeroForOne).unwrap();
        assert_eq!(dear.fill_arbitrage(&own), Ok(None));
        let below = ratio(6, Amount::MAX.get());
        assert_eq!(dear.fill_arbitrage(&below), Ok(None), "not beyond reach");
    }
}
