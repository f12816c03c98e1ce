//! The definition of the right answer: textbook formulas in 512-bit integers.
//!
//! All functions are total. They take any `u128` as an amount or a reserve and any `u32` as a
//! part of the fee, so the widest product has 128 + 128 + 32 + 32 = 320 bits and no intermediate
//! can overflow 512. `None` means that the formula divides by zero or that its result does not
//! fit `u128`.
//!
//! Notation: a pool holds `x` of the token that comes in and `y` of the one that goes out; of an
//! input `a` the part `a * kept / scale` trades.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "every intermediate is shorter than 512 bits, as the module's documentation shows; \
              divisors are tested for zero first"
)]

use primitive_types::{U256, U512};

/// What a swap pays out: `floor(a * kept * y / (x * scale + a * kept))`.
///
/// The largest output that passes the pair's k check; the dust stays in the pool. Source:
/// Uniswap v2, `UniswapV2Library.getAmountOut`, with 997 / 1000 for `kept / scale`.
pub fn exact_in_floor(x: u128, y: u128, a: u128, kept: u32, scale: u32) -> Option<u128> {
    let traded = U512::from(a) * kept;
    let divisor = U512::from(x) * scale + traded;
    div_floor(traded * U512::from(y), divisor)
}

/// What a swap asks for an output `out`: `ceil(x * out * scale / ((y - out) * kept))`.
///
/// The least input for which [`exact_in_floor`] gives at least `out`; `None` unless `out < y`.
/// Uniswap v2's `UniswapV2Library.getAmountIn` charges `floor(...) + 1` instead, one unit more
/// whenever the division is exact.
pub fn exact_out_ceil(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    let left = y.checked_sub(out)?;
    div_ceil(product(x, out) * scale, U512::from(left) * kept)
}

/// Whether a swap of `a` for `out` leaves the product of the reserves no smaller, the fee set
/// aside: `(scale * (x + a) - (scale - kept) * a) * (y - out) >= x * y * scale`.
///
/// False where `out > y` or `kept > scale`. Source: the k check of `UniswapV2Pair.swap`, divided
/// by `scale`.
pub fn keeps_k(x: u128, y: u128, a: u128, out: u128, fee: (u32, u32)) -> bool {
    let (kept, scale) = fee;
    let (Some(left), Some(taken)) = (y.checked_sub(out), scale.checked_sub(kept)) else {
        return false;
    };
    let adjusted = (U512::from(x) + U512::from(a)) * scale - U512::from(a) * taken;
    adjusted * U512::from(left) >= product(x, y) * scale
}

/// `floor(a * b / divisor)`, without losing the product's upper half.
pub fn mul_div_floor(a: u128, b: u128, divisor: u128) -> Option<u128> {
    div_floor(product(a, b), U512::from(divisor))
}

/// `ceil(a * b / divisor)`, without losing the product's upper half.
pub fn mul_div_ceil(a: u128, b: u128, divisor: u128) -> Option<u128> {
    div_ceil(product(a, b), U512::from(divisor))
}

/// `floor(sqrt(a * b))`, the geometric mean: the shares of a first deposit.
///
/// Source: `UniswapV2Pair.mint`. The result always fits, being at most `max(a, b)`.
pub fn sqrt_product_floor(a: u128, b: u128) -> u128 {
    (U256::from(a) * U256::from(b)).integer_sqrt().low_u128()
}

fn product(a: u128, b: u128) -> U512 {
    U512::from(a) * U512::from(b)
}

fn div_floor(numerator: U512, divisor: U512) -> Option<u128> {
    u128::try_from(numerator.checked_div(divisor)?).ok()
}

fn div_ceil(numerator: U512, divisor: U512) -> Option<u128> {
    let (quotient, remainder) = (numerator.checked_div(divisor)?, numerator % divisor);
    let quotient = if remainder.is_zero() { quotient } else { quotient + 1 };
    u128::try_from(quotient).ok()
}
