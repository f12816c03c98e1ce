//! The definition of the right answer: textbook formulas in 512-bit integers.
//!
//! All functions are total. They take any `u128` as an amount or a reserve and any `u32` as a
//! part of the fee, so a reserve and an amount times parts of a fee have 161 bits together, the
//! widest product, that of two such sums, has 322, and no intermediate can overflow 512. `None` means that the formula divides by zero or that its result does not
//! fit `u128`.
//!
//! Notation: a pool holds `x` of the token that comes in and `y` of the one that goes out; of an
//! input `a` the part `a * kept / scale` trades.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "every intermediate is shorter than 512 bits, as the module's documentation shows; \
              divisors are tested for zero first; the one subtraction has its bound beside it"
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

/// What a swap of an exact input does: what it pays out, [`exact_in_floor`], and the reserves after
/// it, `[x + a, y - out]`.
///
/// That it keeps k needs no second look: `out <= a * kept * y / (x * scale + a * kept)` is the same
/// inequality as [`keeps_k`], multiplied out. `None` also where `x + a` does not fit.
pub fn swap_exact_in(
    x: u128,
    y: u128,
    a: u128,
    kept: u32,
    scale: u32,
) -> Option<(u128, [u128; 2])> {
    let out = exact_in_floor(x, y, a, kept, scale)?;
    Some((out, [x.checked_add(a)?, y.checked_sub(out)?]))
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

/// What Uniswap v2's router asks for an output: `floor(x * out * scale / ((y - out) * kept)) + 1`.
///
/// One unit above [`exact_out_ceil`] whenever the division is exact, and equal to it otherwise.
/// Source: `UniswapV2Library.getAmountIn`.
pub fn exact_out_plus_one(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    let left = y.checked_sub(out)?;
    div_floor(product(x, out) * scale, U512::from(left) * kept)?.checked_add(1)
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
    // taken <= scale, so a * taken <= (x + a) * scale.
    let adjusted = (U512::from(x) + U512::from(a)) * scale - U512::from(a) * taken;
    adjusted * U512::from(left) >= product(x, y) * scale
}

/// Whether what is left of both reserves after paying out, and what comes in, have no smaller
/// product than the reserves, the fees set aside: with `b_i = left_i * scale + in_i * kept_i`,
/// whether `b_0 * b_1 >= r_0 * r_1 * scale^2`.
///
/// Source: the k check of `UniswapV2Pair.swap`, whose `balance * 1000 - amountIn * 3` is the same
/// number as `b_i`, the balance being `left_i + in_i`.
pub fn keeps_k_both(
    reserves: [u128; 2],
    left: [u128; 2],
    amounts_in: [u128; 2],
    kept: [u32; 2],
    scale: u32,
) -> bool {
    let [r0, r1] = reserves;
    let [left0, left1] = left;
    let [in0, in1] = amounts_in;
    let [kept0, kept1] = kept;
    let adjusted0 = U512::from(left0) * scale + U512::from(in0) * kept0;
    let adjusted1 = U512::from(left1) * scale + U512::from(in1) * kept1;
    adjusted0 * adjusted1 >= product(r0, r1) * scale * scale
}

/// `floor(y * 2^112 / x)`: the price of what the pool holds `x` of, in units of what it holds `y`
/// of, as a binary fixed-point number with 112 bits behind the point.
///
/// Source: Uniswap v2, `UQ112x112.encode` and `uqdiv`.
pub fn price_floor(x: u128, y: u128) -> Option<U256> {
    let price = (U512::from(y) << 112).checked_div(U512::from(x))?;
    U256::try_from(price).ok()
}

/// `sum + price * elapsed` modulo 2^256, where `price` is [`price_floor`]: a price accumulator
/// after `elapsed` seconds. It wraps by design: only differences mean something.
///
/// `None` where `x` is zero. Source: `UniswapV2Pair._update`.
pub fn accumulate(sum: &U256, x: u128, y: u128, elapsed: u32) -> Option<U256> {
    let grown = U512::from(*sum) + U512::from(price_floor(x, y)?) * elapsed;
    U256::try_from(grown & U512::from(U256::MAX)).ok()
}

/// `floor(sqrt(value))`.
pub fn sqrt_floor(value: &U256) -> u128 {
    // The root of 256 bits has 128.
    value.integer_sqrt().low_u128()
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
