//! The same answers as [`mod@reference`], one at a time, in integers: what a chain of swaps on one
//! pool is made of, where each waits for the one before it.
//!
//! The fast path runs in 128-bit words with 256-bit products. It applies wherever the bits of
//! `max(x, a)` and of `scale` add up to at most 127: always for 112-bit reserves with Uniswap's 997 / 1000,
//! and up to 2^107 with a fee in hundredths of a basis point that does not reduce. Everything
//! else is handed to the reference, so that each function has one domain: all integers.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "digit arithmetic: each expression stands beside the bound that keeps it exact"
)]

use primitive_types::U256;

use crate::reference;
use crate::words::{div_wide, mul_wide, part_of};

/// Twin of [`reference::exact_in_floor`].
#[inline]
pub fn exact_in_floor(x: u128, y: u128, a: u128, kept: u32, scale: u32) -> Option<u128> {
    if !is_narrow(x | a, scale) || kept > scale {
        return reference::exact_in_floor(x, y, a, kept, scale);
    }
    // kept <= scale: both products are below 2^127.
    let traded = a * u128::from(kept);
    let divisor = x * u128::from(scale) + traded;
    if divisor == 0 {
        return None;
    }
    // traded <= divisor, so the quotient is at most y and the upper half below the divisor
    // (but for traded == divisor, where x is 0 and the answer is all of y).
    if traded == divisor {
        return Some(y);
    }
    Some(part_of(traded, divisor, y).0)
}

/// Twin of [`reference::swap_exact_in`].
#[inline]
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

/// Twin of [`reference::exact_out_ceil`].
#[inline]
pub fn exact_out_ceil(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    let left = y.checked_sub(out)?;
    if !is_narrow(out | left, scale.max(kept)) {
        return reference::exact_out_ceil(x, y, out, kept, scale);
    }
    // Both products are below 2^127.
    mul_div_ceil(x, out * u128::from(scale), left * u128::from(kept))
}

/// Twin of [`reference::exact_out_plus_one`].
#[inline]
pub fn exact_out_plus_one(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    let left = y.checked_sub(out)?;
    if !is_narrow(out | left, scale.max(kept)) {
        return reference::exact_out_plus_one(x, y, out, kept, scale);
    }
    // Both products are below 2^127.
    mul_div_floor(x, out * u128::from(scale), left * u128::from(kept))?.checked_add(1)
}

/// Twin of [`reference::keeps_k`].
///
/// With `A = a * kept` the inequality becomes `out * (x * scale + A) <= A * y`: two products of
/// 256 bits and no division.
#[inline]
pub fn keeps_k(x: u128, y: u128, a: u128, out: u128, fee: (u32, u32)) -> bool {
    let (kept, scale) = fee;
    if !is_narrow(x | a, scale) || kept > scale {
        return reference::keeps_k(x, y, a, out, fee);
    }
    // kept <= scale: both products are below 2^127.
    let traded = a * u128::from(kept);
    let divisor = x * u128::from(scale) + traded;
    out <= y && mul_wide(out, divisor) <= mul_wide(traded, y)
}

/// Twin of [`reference::keeps_k_both`]: two products of 256 bits.
#[inline]
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
    if !is_narrow(r0 | r1 | left0 | left1 | in0 | in1, scale.max(kept0).max(kept1)) {
        return reference::keeps_k_both(reserves, left, amounts_in, kept, scale);
    }
    // Each product is below 2^127.
    let scale = u128::from(scale);
    let adjusted0 = left0 * scale + in0 * u128::from(kept0);
    let adjusted1 = left1 * scale + in1 * u128::from(kept1);
    mul_wide(r0 * scale, r1 * scale) <= mul_wide(adjusted0, adjusted1)
}

/// Twin of [`reference::price_floor`].
#[inline]
pub fn price_floor(x: u128, y: u128) -> Option<U256> {
    price_parts(x, y).map(|(whole, part)| {
        let (high, low) = fixed_point(whole, part);
        join(high, low)
    })
}

/// Twin of [`reference::accumulate`].
#[inline]
pub fn accumulate(sum: &U256, x: u128, y: u128, elapsed: u32) -> Option<U256> {
    let (whole, part) = price_parts(x, y)?;
    let (high, low) = fixed_point(whole, part);
    let elapsed = u128::from(elapsed);
    let (carried, low) = mul_wide(low, elapsed);
    // Modulo 2^256 by definition.
    let high = high.wrapping_mul(elapsed).wrapping_add(carried);
    let U256([s0, s1, s2, s3]) = *sum;
    let (low, carry) = low.overflowing_add(u128::from(s1) << 64 | u128::from(s0));
    let high = high.wrapping_add(u128::from(s3) << 64 | u128::from(s2));
    Some(join(high.wrapping_add(u128::from(carry)), low))
}

/// The whole part and the 112 bits behind the point of `y / x`.
#[inline]
fn price_parts(x: u128, y: u128) -> Option<(u128, u128)> {
    if x == 0 {
        return None;
    }
    // One of the two prices of a pool is below one.
    let (whole, rest) = if y < x { (0, y) } else { div(y, x) };
    // rest < x: the part is below 2^112, and rest >> 16 below x.
    Some((whole, div_wide(rest >> 16, rest << 112, x).0))
}

/// `whole * 2^112 + part` as (upper, lower) halves.
#[inline]
fn fixed_point(whole: u128, part: u128) -> (u128, u128) {
    (whole >> 16, whole << 112 | part)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it takes numbers apart into digits")]
fn join(high: u128, low: u128) -> U256 {
    U256([low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64])
}

/// Twin of [`reference::mul_div_floor`].
#[inline]
pub fn mul_div_floor(a: u128, b: u128, divisor: u128) -> Option<u128> {
    let (high, low) = mul_wide(a, b);
    (high < divisor).then(|| div_wide(high, low, divisor).0)
}

/// Twin of [`reference::mul_div_ceil`].
#[inline]
pub fn mul_div_ceil(a: u128, b: u128, divisor: u128) -> Option<u128> {
    let (high, low) = mul_wide(a, b);
    if high >= divisor {
        return None;
    }
    let (quotient, remainder) = div_wide(high, low, divisor);
    if remainder == 0 { Some(quotient) } else { quotient.checked_add(1) }
}

/// Whether `value * scale` is below 2^127, so that the sum of two such products fits 128 bits.
#[inline]
fn is_narrow(value: u128, scale: u32) -> bool {
    // Reserves of 112 bits and a scale of 15 need no counting.
    (value >> 112 == 0 && scale >> 15 == 0) || value.leading_zeros() + scale.leading_zeros() > 32
}

/// Quotient and remainder with one division: for 128 bits the compiler makes two calls of `/`
/// and `%`. Needs `b > 0`; the quotient times `b` is at most `a`.
#[inline]
fn div(a: u128, b: u128) -> (u128, u128) {
    let quotient = a / b;
    (quotient, a - quotient * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fast path applies where the module's documentation says, and not a bit further.
    #[test]
    fn numbers_of_127_bits_together_are_narrow() {
        assert!(is_narrow((1 << 112) - 1, 1000));
        assert!(is_narrow((1 << 107) - 1, 1_000_000) && !is_narrow(1 << 107, 1_000_000));
        assert!(is_narrow((1 << 126) - 1, 1) && !is_narrow(1 << 126, 1));
        assert!(is_narrow((1 << 95) - 1, u32::MAX) && !is_narrow(1 << 95, u32::MAX));
    }
}
