//! The laws between two states of a pool, in 512-bit integers.
//!
//! Reserves and shares are any `u128`, so four of them multiplied fit.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "products of four numbers of 128 bits, or of three and the fee's 20, are below 2^512; \
              a difference is taken only where it was compared first"
)]

use cenote_pool::Direction;
use primitive_types::U512;

use crate::constant_product::State;
use crate::violation::{Violation, at_most, below, holds};

/// Hundredths of a basis point in one.
pub const SCALE: u32 = 1_000_000;

/// `x * y`.
pub fn product(state: &State) -> U512 {
    U512::from(state.reserve0) * U512::from(state.reserve1)
}

/// S1: no swap makes the product of the reserves smaller, and with a fee each makes it larger.
///
/// # Errors
///
/// [`Violation`] `S1`.
pub fn product_grows(before: &State, after: &State, fee_pips: u32) -> Result<(), Violation> {
    let (kept, now) = (product(before), product(after));
    at_most(("S1", "x y <= x' y'"), kept, now)?;
    if fee_pips == 0 { Ok(()) } else { below(("S1", "x y < x' y' with a fee"), kept, now) }
}

/// Whether `(D (x + a) - f a) D (y - out) >= x y D^2`, which is Uniswap v2's k check, for a fee
/// of `f / D`; false where `out > y` or `f > D`.
pub fn keeps_k([x, y]: [u128; 2], amount_in: u128, amount_out: u128, fee_pips: u32) -> bool {
    let (Some(left), Some(kept)) = (y.checked_sub(amount_out), SCALE.checked_sub(fee_pips)) else {
        return false;
    };
    let (x, a, scale) = (U512::from(x), U512::from(amount_in), U512::from(SCALE));
    // D (x + a) - f a is D x + (D - f) a.
    let adjusted = x * scale + a * U512::from(kept);
    x * U512::from(y) * scale * scale <= adjusted * scale * U512::from(left)
}

/// S2: a swap passes the k check with the fee set aside.
///
/// # Errors
///
/// [`Violation`] `S2`.
pub fn passes_k(
    before: &State,
    direction: Direction,
    [amount_in, amount_out]: [u128; 2],
    fee_pips: u32,
) -> Result<(), Violation> {
    let kept = keeps_k(before.oriented(direction), amount_in, amount_out, fee_pips);
    holds(("S2", "the swap passes the k check"), kept, amount_out)
}

/// S3, L6: something stays of both tokens.
///
/// # Errors
///
/// [`Violation`] with the number given.
pub fn something_stays(id: &'static str, after: &State) -> Result<(), Violation> {
    let least = after.reserve0.min(after.reserve1);
    below((id, "0 < a reserve"), U512::zero(), least.into())
}

/// L1, L2, L8: no deposit, withdrawal or protocol fee makes a share worth less:
/// `x' y' S^2 >= x y S'^2`.
///
/// # Errors
///
/// [`Violation`] with the number given.
pub fn shares_keep_value(id: &'static str, before: &State, after: &State) -> Result<(), Violation> {
    let (shares, shares_after) = (U512::from(before.total_shares), U512::from(after.total_shares));
    let kept = product(before) * shares_after * shares_after;
    at_most((id, "x y S'^2 <= x' y' S^2"), kept, product(after) * shares * shares)
}

/// L5: `S <= isqrt(x y)`, so that every share is worth a unit of at least one token.
///
/// # Errors
///
/// [`Violation`] `L5`.
pub fn shares_are_backed(state: &State) -> Result<(), Violation> {
    let shares = U512::from(state.total_shares);
    at_most(("L5", "S^2 <= x y"), shares * shares, product(state))
}

/// `floor(a * b / divisor)`; zero where the divisor is.
pub fn part_floor(a: u128, b: u128, divisor: u128) -> U512 {
    let product = U512::from(a) * U512::from(b);
    product.checked_div(divisor.into()).unwrap_or_default()
}
