//! What no plan can beat, from a list of prices.

#![expect(
    clippy::float_arithmetic,
    reason = "each rounding is on the side that cannot be reached, by a guard wider than all of them"
)]

use cenote_pool::{Amount, Exact, TokenId};

use crate::curve::{Curve, to_f64};
use crate::rounding::units;

/// What a bound is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trade {
    /// Which side `amount` fixes.
    pub(crate) exact: Exact,
    pub(crate) amount: Amount,
    pub(crate) token_in: TokenId,
    pub(crate) token_out: TokenId,
    /// What each pool used costs: of the token bought for an exact input, of the token paid for
    /// an exact output.
    pub(crate) gas: Amount,
}

impl Trade {
    /// The token in which plans are compared.
    pub(crate) fn counted(&self) -> TokenId {
        match self.exact {
            Exact::In => self.token_out,
            Exact::Out => self.token_in,
        }
    }
}

/// Rounding of the numbers below, taken together: a root, a wall and a price are each within four
/// units of 2^-53 of the true one, a product adds one, and a guard is one product more.
const GUARD: f64 = 4.0 * f64::EPSILON;

/// Prices outside this range are moved into it, so that nothing here overflows or vanishes: a
/// bound from other prices is a bound all the same.
const ROOTS: core::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// The most net output of an exact input, or the least input with gas of an exact output, that any
/// plan can have, whatever the prices are; the better they are the closer it is.
///
/// With prices `p`, and over all pools and both directions the sum `A` of
/// `(sqrt(p_out * reserve_out) - sqrt(p_in * reserve_in / kept))_+^2` less the gas, where that is
/// positive:
///
/// ```text
/// out <= (amount_in * p_in + A) / p_out        in >= (amount_out * p_out - A) / p_in
/// ```
///
/// Every rounding is towards the side that cannot be reached. `prices` has one for each token;
/// what is no positive number counts as the least or the largest price that there is.
pub(crate) fn bound(curves: &[Curve], prices: &[f64], trade: &Trade) -> Amount {
    let roots = prices.iter().map(|price| root(*price)).collect::<Vec<_>>();
    bound_at(curves, &roots, trade)
}

/// The root of a price, within one unit of 2^-53 of it.
pub(crate) fn root(price: f64) -> f64 {
    let root = price.sqrt();
    if root.is_nan() { *ROOTS.start() } else { root.clamp(*ROOTS.start(), *ROOTS.end()) }
}

/// The bound from the roots of prices, which are taken as they are.
pub(crate) fn bound_at(curves: &[Curve], roots: &[f64], trade: &Trade) -> Amount {
    let of = |token: TokenId| roots.get(token.index()).copied().unwrap_or(1.0);
    let squared = |token: TokenId| of(token) * of(token);
    let (up, down) = (1.0 + GUARD, 1.0 - GUARD);
    let gas = to_f64(trade.gas.get()) * squared(trade.counted()) * down * down;
    let earned = earnings(curves, roots, gas);
    let (paid, bought) = (squared(trade.token_in), squared(trade.token_out));
    let amount = to_f64(trade.amount.get());
    match trade.exact {
        Exact::In => units((amount * paid * up * up + earned) / (bought * down) * up),
        Exact::Out => {
            let least = (amount * bought * down * down - earned) / (paid * up) * down;
            // An input is whole: what is more than a number of units is at least one unit more.
            let whole = units(least);
            if to_f64(whole.get()) < least {
                whole.checked_add(UNIT).unwrap_or(whole)
            } else {
                whole
            }
        }
    }
}

const UNIT: Amount = Amount::from_u64(1);

/// The sum of what swaps could earn at these prices, rounded up.
fn earnings(curves: &[Curve], roots: &[f64], gas: f64) -> f64 {
    let mut sum = 0.0;
    for curve in curves {
        let [root0, root1] = curve.roots;
        let [wall0, wall1] = curve.walls;
        let [w0, w1] = curve.tokens.map(|token| roots.get(token.index()).copied().unwrap_or(1.0));
        let there = root1 * w1 * (1.0 + GUARD) - wall0 * w0 * (1.0 - GUARD);
        let back = root0 * w0 * (1.0 + GUARD) - wall1 * w1 * (1.0 - GUARD);
        let earned = there.max(back);
        if earned > 0.0 {
            sum += (earned * earned * (1.0 + GUARD) - gas).max(0.0);
        }
    }
    // Each of the additions rounded, by half a unit of 2^-52 of the sum at most.
    let additions = u128::try_from(curves.len()).unwrap_or(u128::MAX);
    sum * (1.0 + to_f64(additions) * f64::EPSILON + GUARD)
}

/// A gap in millionths of a bound; infinite where there is a gap and the bound is zero.
pub(crate) fn ppm(gap: Amount, bound: Amount) -> f64 {
    if gap.is_zero() { 0.0 } else { to_f64(gap.get()) / to_f64(bound.get()) * 1e6 }
}
