//! The bound in whole numbers of any length, where only the prices themselves are floats.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "a BigUint grows as needed; each subtraction says why it does not go below zero, the \
              divisors are a price, a power of two and a part of a fee, none of them zero, and an \
              exponent is within a few thousand of zero"
)]

use cenote_pool::{Amount, Direction, Exact, Fee, Pool, TokenId};
use num_bigint::BigUint;

use crate::bound::Trade;
use crate::query::Query;
use crate::router::RoutingError;

/// Bits behind the point, at least, of one unit of either token of the trade at its price.
const BITS: i32 = 96;

/// The least and the largest price; others are moved here, as the bound in floats does.
const LEAST: f64 = 1e-120;
const LARGEST: f64 = 1e120;

impl Query<'_> {
    /// The bound that a list of prices proves, as [`bound`](Self::bound) but computed in whole
    /// numbers throughout. It is the closer one of the two, takes about a microsecond for each
    /// pool, and anybody can check it by hand.
    ///
    /// With prices `p`, taken as the binary fractions that they are, and for each pool
    ///
    /// ```text
    /// u = p_out * reserve_out    v = p_in * reserve_in / kept    earned = u + v - 2 * sqrt(u * v)
    /// ```
    ///
    /// in the direction in which `u > v`, if there is one, and with `A` the sum over all pools of
    /// `earned - gas * p_counted` where that is positive:
    ///
    /// ```text
    /// output - gas <= floor((amount_in * p_in + A) / p_out)
    /// input + gas  >= ceil((amount_out * p_out - A) / p_in)
    /// ```
    ///
    /// Rounding: sums are of multiples of 2^-96 of one unit of the cheaper token of the two, or
    /// finer; roots and gas are rounded down, the other terms of `A` up, so the bound is on the side
    /// that cannot be reached, by less than `4 * pools` such multiples. A price below 1e-120, above 1e120 or no
    /// number at all is moved to the nearest of the two, the least for what is no number, and one
    /// that is missing is 1: whatever the list, what comes out is a bound.
    ///
    /// Pools that a filter leaves out are left out, and the gas is that of the question. Why no plan
    /// beats it stands with [`Plan`](crate::Plan).
    ///
    /// # Errors
    ///
    /// [`RoutingError`]: those of a question that makes no sense.
    pub fn bound_exactly(&self, prices: &[f64]) -> Result<Amount, RoutingError> {
        self.check()?;
        let closed = self.closed().unwrap_or_default();
        let is_open = |place: usize| !closed.get(place).copied().unwrap_or(false);
        let pools = self.market.pools().iter().enumerate();
        let open = pools.filter(|(place, _)| is_open(*place)).map(|(_, pool)| pool);
        Ok(Ledger::new(prices, self.trade()).bound(open))
    }
}

/// A number of the form `mantissa * 2^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dyadic {
    mantissa: BigUint,
    exponent: i32,
}

/// A trade and prices, in multiples of a power of two.
#[derive(Debug)]
struct Ledger<'a> {
    prices: &'a [f64],
    trade: Trade,
    /// What is added to every exponent.
    shift: i32,
    /// What the counted token costs, and what a pool does.
    unit: BigUint,
    gas: BigUint,
}

impl<'a> Ledger<'a> {
    fn new(prices: &'a [f64], trade: Trade) -> Self {
        let (unit, gas) = (BigUint::ZERO, BigUint::ZERO);
        let mut ledger = Self { prices, trade, shift: 0, unit, gas };
        let exponent = |token| ledger.worth(UNIT, token).exponent;
        let cheaper = exponent(trade.token_in).min(exponent(trade.token_out));
        // A mantissa has 53 bits, and none of them is cut off below.
        ledger.shift = BITS - (cheaper + 52);
        ledger.unit = ledger.worth(UNIT, trade.counted()).floor();
        ledger.gas = ledger.worth(trade.gas, trade.counted()).floor();
        ledger
    }

    fn bound<'p>(&self, pools: impl Iterator<Item = &'p Pool>) -> Amount {
        let Trade { exact, amount, token_in, token_out, .. } = self.trade;
        let earned = pools.map(|pool| self.earnings(pool)).sum::<BigUint>();
        match exact {
            Exact::In => to_amount(&((self.worth(amount, token_in).ceil() + earned) / &self.unit)),
            Exact::Out => {
                let least = less(self.worth(amount, token_out).floor(), &earned);
                to_amount(&ceil_div(least, &self.unit))
            }
        }
    }

    /// What units of a token are worth at its price.
    fn worth(&self, units: Amount, token: TokenId) -> Dyadic {
        let price = self.prices.get(token.index()).copied().unwrap_or(1.0);
        let price = if price >= LEAST { price.min(LARGEST) } else { LEAST };
        // A normal number, so its mantissa begins with a one that is not stored.
        let bits = price.to_bits();
        let mantissa = bits & ((1 << 52) - 1) | (1 << 52);
        let exponent = i32::try_from(bits >> 52).unwrap_or_default() - 1075 + self.shift;
        Dyadic { mantissa: BigUint::from(mantissa) * units.get(), exponent }
    }

    /// What trading in a pool earns at most, less the gas, rounded up.
    fn earnings(&self, pool: &Pool) -> BigUint {
        let best = Direction::BOTH.map(|direction| {
            let (token_in, token_out) = pool.tokens(direction);
            let seen = pool.reserves().oriented(direction);
            let held = self.worth(seen.reserve_out, token_out);
            earned(&held, &self.worth(seen.reserve_in, token_in), pool.fee(direction))
        });
        // Both are positive only by what is rounded up.
        let [there, back] = best;
        less(there.max(back), &self.gas)
    }
}

const UNIT: Amount = Amount::from_u64(1);

/// `u + v - 2 * sqrt(u * v)` with `v = paid / kept` where `u > v`, rounded up; zero elsewhere.
fn earned(u: &Dyadic, paid: &Dyadic, fee: Fee) -> BigUint {
    let kept = BigUint::from(fee.kept());
    let paid = Dyadic { mantissa: &paid.mantissa * fee.scale(), exponent: paid.exponent };
    let up = u.ceil();
    if up <= paid.floor() / &kept {
        return BigUint::ZERO;
    }
    let product =
        Dyadic { mantissa: &u.mantissa * &paid.mantissa, exponent: u.exponent + paid.exponent };
    let root = (product.floor() / &kept).sqrt();
    // Not below zero: a sum of two numbers is at least twice the root of their product.
    up + ceil_div(paid.ceil(), &kept) - root * 2_u32
}

impl Dyadic {
    fn floor(&self) -> BigUint {
        let by = self.exponent.unsigned_abs();
        if self.exponent < 0 { &self.mantissa >> by } else { &self.mantissa << by }
    }

    fn ceil(&self) -> BigUint {
        if self.exponent < 0 {
            let by = self.exponent.unsigned_abs();
            (&self.mantissa + (BigUint::from(1_u32) << by) - 1_u32) >> by
        } else {
            self.floor()
        }
    }
}

/// A quotient rounded up.
fn ceil_div(number: BigUint, divisor: &BigUint) -> BigUint {
    (number + divisor - 1_u32) / divisor
}

/// A difference, or zero where there is none.
fn less(number: BigUint, other: &BigUint) -> BigUint {
    if number > *other { number - other } else { BigUint::ZERO }
}

/// No plan pays or gets more than [`Amount::MAX`].
fn to_amount(number: &BigUint) -> Amount {
    u128::try_from(number).ok().and_then(|units| Amount::new(units).ok()).unwrap_or(Amount::MAX)
}
