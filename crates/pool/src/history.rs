//! [`History`]: what a pair keeps of its past; [`Observation`]: its price accumulators at a time.

use cenote_kernel::scalar;
use primitive_types::U256;

use crate::pool::Reserves;
use crate::protocol_fee::Product;
use crate::ratio::Ratio;

/// What a Uniswap v2 pair keeps of its past, as far as it is known. A swap needs none of it, so
/// it stands beside the [`Pool`](crate::Pool) and not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(align(128))]
pub struct History {
    /// The sum over time of the price of `token0` in `token1`; see [`Observation`].
    pub price0_cum: Option<U256>,
    /// The sum over time of the price of `token1` in `token0`.
    pub price1_cum: Option<U256>,
    /// The product of the reserves after the last deposit or withdrawal; zero where no protocol
    /// fee was on.
    pub k_last: Option<Product>,
    /// When the reserves were last written, in seconds modulo 2^32.
    pub ts_last: Option<u32>,
}

/// The price accumulators of a pair at a time.
///
/// Each is the sum over all seconds of the price in that second, a whole number over 2^112,
/// modulo 2^256. One reading means nothing; the difference of two, divided by the seconds between
/// them, is the mean price over that time, which nobody can move in one block.
///
/// ```
/// use cenote_pool::{Observation, Ratio, Reserves};
///
/// let at = |reserve0: u64, reserve1: u64| {
///     Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
/// };
/// let first = Observation { price0_cum: 0.into(), price1_cum: 0.into(), timestamp: 100 };
/// let second = first.at(at(1, 4), 110).at(at(1, 1), 120);
/// let [price0, _] = second.mean_prices_since(&first).ok_or("no time between them")?;
/// assert_eq!(price0, Ratio::new(5.into(), 2.into())?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Observation {
    /// Of the price of `token0` in `token1`.
    pub price0_cum: U256,
    /// Of the price of `token1` in `token0`.
    pub price1_cum: U256,
    /// When, in seconds modulo 2^32.
    pub timestamp: u32,
}

const _: () = assert!(size_of::<History>() == 128, "two cache lines, fetched together");

impl History {
    /// Nothing is known.
    pub const UNKNOWN: Self =
        Self { price0_cum: None, price1_cum: None, k_last: None, ts_last: None };

    /// Both accumulators and their time, where all three are known.
    pub fn observation(&self) -> Option<Observation> {
        Some(Observation {
            price0_cum: self.price0_cum?,
            price1_cum: self.price1_cum?,
            timestamp: self.ts_last?,
        })
    }

    /// Lets time pass until the reserves are written anew: with these reserves before it, each
    /// accumulator grows by `floor(price * 2^112)` for each second.
    ///
    /// Time is counted modulo 2^32 and sums modulo 2^256, as the contract does. Without a known
    /// beginning the sums become unknown and the time stays so. Source: `UniswapV2Pair._update`.
    #[inline]
    pub fn advance(&mut self, before: Reserves, timestamp: u32) {
        let Some(ts_last) = self.ts_last else {
            (self.price0_cum, self.price1_cum) = (None, None);
            return;
        };
        let elapsed = timestamp.wrapping_sub(ts_last);
        if elapsed == 0 {
            return;
        }
        let (r0, r1) = (before.reserve0.get(), before.reserve1.get());
        if r0 != 0 && r1 != 0 {
            self.price0_cum = self.price0_cum.and_then(|sum| grown(&sum, r0, r1, elapsed));
            self.price1_cum = self.price1_cum.and_then(|sum| grown(&sum, r1, r0, elapsed));
        }
        self.ts_last = Some(timestamp);
    }
}

impl Observation {
    /// What the accumulators would be at another time, if the pair held these reserves since.
    ///
    /// Source: `UniswapV2OracleLibrary.currentCumulativePrices`.
    #[must_use]
    pub fn at(&self, reserves: Reserves, timestamp: u32) -> Self {
        let (r0, r1) = (reserves.reserve0.get(), reserves.reserve1.get());
        let elapsed = timestamp.wrapping_sub(self.timestamp);
        // Of nothing there is no price, and the price in nothing is zero: neither sum grows.
        let price0_cum = grown(&self.price0_cum, r0, r1, elapsed).unwrap_or(self.price0_cum);
        let price1_cum = grown(&self.price1_cum, r1, r0, elapsed).unwrap_or(self.price1_cum);
        Self { price0_cum, price1_cum, timestamp }
    }

    /// The mean prices of `token0` and `token1` in each other between two readings:
    /// `floor(difference / seconds)` over 2^112.
    ///
    /// `None` where no time passed between them, or where they cannot be readings of one pair.
    /// Source: `ExampleOracleSimple.update`.
    pub fn mean_prices_since(&self, earlier: &Self) -> Option<[Ratio; 2]> {
        let elapsed = U256::from(self.timestamp.wrapping_sub(earlier.timestamp));
        let mean = |now: &U256, then: &U256| {
            let (difference, _wrapped) = now.overflowing_sub(*then);
            Ratio::new(difference.checked_div(elapsed)?, U256([0, 1 << 48, 0, 0])).ok()
        };
        let price0 = mean(&self.price0_cum, &earlier.price0_cum)?;
        let price1 = mean(&self.price1_cum, &earlier.price1_cum)?;
        Some([price0, price1])
    }
}

/// An accumulator after some seconds at the price `y / x`.
#[inline]
fn grown(sum: &U256, x: u128, y: u128, elapsed: u32) -> Option<U256> {
    scalar::accumulate(sum, x, y, elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::Amount;

    fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
        Reserves { reserve0: Amount::from_u64(reserve0), reserve1: Amount::from_u64(reserve1) }
    }

    fn beginning(timestamp: u32) -> Observation {
        Observation { price0_cum: U256::MAX, price1_cum: U256::MAX, timestamp }
    }

    #[test]
    fn time_and_sums_wrap() {
        let before = beginning(u32::MAX);
        let after = before.at(reserves(1, 2), 9);
        assert_eq!(after.price0_cum, (U256::from(20) << 112) - 1);
        let prices = after.mean_prices_since(&before).unwrap();
        let ratio = |a: u64, b: u64| Ratio::new(a.into(), b.into()).unwrap();
        assert_eq!(prices, [ratio(2, 1), ratio(1, 2)]);
        assert_eq!(after.mean_prices_since(&after), None);
    }

    #[test]
    fn an_empty_pair_only_grows_older() {
        for nothing in [reserves(0, 0), reserves(0, 7), reserves(7, 0)] {
            let older = Observation { timestamp: 6, ..beginning(5) };
            assert_eq!(beginning(5).at(nothing, 6), older);
            let mut history = History {
                price0_cum: Some(U256::MAX),
                price1_cum: Some(U256::MAX),
                ts_last: Some(5),
                ..History::UNKNOWN
            };
            history.advance(nothing, 6);
            assert_eq!(history.observation(), Some(older), "its sums stay known");
        }
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let mut history = History::UNKNOWN;
        history.advance(reserves(1, 1), 7);
        assert_eq!(history, History::UNKNOWN);
        history.price0_cum = Some(U256::one());
        history.advance(reserves(1, 1), 7);
        assert_eq!(history, History::UNKNOWN, "a sum whose time is not known says nothing");
        history.ts_last = Some(7);
        history.advance(reserves(1, 1), 8);
        assert_eq!(history, History { ts_last: Some(8), ..History::UNKNOWN });
    }

    #[test]
    fn a_history_advances_as_an_observation_does() {
        let mut history = History {
            price0_cum: Some(U256::from(3)),
            price1_cum: Some(U256::from(4)),
            ts_last: Some(10),
            k_last: Some(Product::ZERO),
        };
        let before = history.observation().unwrap();
        history.advance(reserves(3, 7), 10);
        assert_eq!(history.observation(), Some(before), "no time has passed");
        history.advance(reserves(3, 7), 25);
        assert_eq!(history.observation(), Some(before.at(reserves(3, 7), 25)));
        assert_eq!(history.k_last, Some(Product::ZERO));
    }
}
