//! The bound that prices prove, in whole numbers that cannot overflow.
//!
//! At prices `p` of what goes in and `q` of what comes out, nobody takes more value from a pool of
//! `x` and `y` than `(sqrt(q y) - sqrt(p x / gamma))^2`, and nothing where the difference is
//! negative; however often the pool is used, and whichever way. So the value of what a plan ends
//! with is at most that of what it began with and the sum of this over all pools and both ways.
//! With a charge for each pool used, each term is lower by it, and not below nothing.
//!
//! This shares no code with the router, and no float is computed with: a price is a mantissa and
//! an exponent.

use cenote_pool::{Direction, Exact, Market};
use num_bigint::BigUint;

use crate::question::Question;

/// Binary digits behind the point, in units of the least price's last digit.
const DIGITS: u64 = 64;

/// What no executable plan beats: the most of the token bought, less the charge for pools, or the
/// least of the token paid and the charge. Rounded to the tighter whole number.
pub(crate) fn bound(market: &Market, question: &Question, prices: &[f64]) -> BigUint {
    assert_eq!(prices.len(), market.token_count(), "a price for each token");
    let prices = whole_prices(prices);
    let [paid, bought] =
        [question.token_in, question.token_out].map(|token| &prices[token.index()]);
    let counted = if question.exact == Exact::In { bought } else { paid };
    let charge = (counted * question.gas_per_pool.get()) << DIGITS;
    let taken = taken(market, &prices, &charge);
    match question.exact {
        Exact::In => {
            let value = ((paid * question.amount.get()) << DIGITS) + taken;
            value / (bought << DIGITS)
        }
        Exact::Out => {
            let value = (bought * question.amount.get()) << DIGITS;
            let left = if taken < value { value - taken } else { BigUint::ZERO };
            left.div_ceil_of(&(paid << DIGITS))
        }
    }
}

/// What all pools give away together at these prices, rounded up.
fn taken(market: &Market, prices: &[BigUint], charge: &BigUint) -> BigUint {
    let mut taken = BigUint::ZERO;
    for pool in market.pools().iter().filter(|pool| !pool.is_empty()) {
        for direction in Direction::BOTH {
            let (token_in, token_out) = pool.tokens(direction);
            let held = pool.reserves().oriented(direction);
            let kept = 1_000_000 - pool.fee(direction).pips();
            let out = &prices[token_out.index()] * held.reserve_out.get();
            let scaled_in = &prices[token_in.index()] * held.reserve_in.get() * 1_000_000_u32;
            if &out * kept <= scaled_in {
                continue;
            }
            let root = ((&out * &scaled_in) << (2 * DIGITS)) / kept;
            let sum = (&out << DIGITS) + (&scaled_in << DIGITS).div_ceil_of(&kept.into());
            let gain = sum - root.sqrt() * 2_u32;
            if charge < &gain {
                taken += gain - charge;
            }
        }
    }
    taken
}

/// The prices times one power of two, exactly.
fn whole_prices(prices: &[f64]) -> Vec<BigUint> {
    let parts = prices.iter().map(|price| {
        assert!(price.is_normal() && 0.0 < *price, "a price of {price}");
        let bits = price.to_bits();
        (bits >> 52, bits & ((1 << 52) - 1) | 1 << 52)
    });
    let parts = parts.collect::<Vec<_>>();
    let least = parts.iter().map(|(exponent, _)| *exponent).min().unwrap();
    parts
        .iter()
        .map(|(exponent, mantissa)| BigUint::from(*mantissa) << (exponent - least))
        .collect()
}

trait DivCeil {
    /// The quotient, rounded up.
    fn div_ceil_of(&self, divisor: &BigUint) -> BigUint;
}

impl DivCeil for BigUint {
    fn div_ceil_of(&self, divisor: &BigUint) -> BigUint {
        (self + divisor - 1_u32) / divisor
    }
}
