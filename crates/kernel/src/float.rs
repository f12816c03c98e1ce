//! The same answers as [`reference`](mod@crate::reference), one at a time, in floats: quotes that do
//! not wait for each other.
//!
//! It takes the same time for all numbers below 2^104 and no branch depends on them, so that a
//! processor works on several at once; where each answer is the next one's input,
//! [`scalar`](mod@crate::scalar) is faster. What floats cannot decide is decided there.
//!
//! The quotient of a swap is computed in sums of two floats, the second one small: 106 bits. Its error
//! is bounded, and the integer below it is taken where the bound cannot reach another one (Ziv's test).
//! That is nowhere where the division is exact, and else everywhere but for one quotient in 2^46 or so,
//! or in 2^(96 - n) for quotients of `n` bits where that is more.
//! [`Quotes`](crate::Quotes) are the same program for many at once.
//!
//! # The bound
//!
//! Let `u = 2^-53`. Each operation rounds to nearest, with a relative error of at most `u`; nothing
//! overflows, and nothing but zero is near the smallest normal number. `O(u^3)` terms are left out
//! until the end. Capital letters are the true values:
//! `A = a * kept`, `X = x * scale`, `D = X + A`, `N = A * y`, `Q = N / D`.
//!
//! 1. **Integers below 2^104 are exact** (`exact`): `high` is the number rounded and
//!    `low` the rest, at most `u * high`.
//! 2. **Times a factor below 2^53** (`scaled`). `p = high * m` rounded; the inner
//!    multiply-add gives the error of `p` exactly; the outer one adds `low * m` and rounds a number
//!    of at most `2u * A`. So `A = p + e` up to `2u^2 * A`, with `|e| <= 2u * A`; the same for `X`.
//! 3. **The sum** (`plus`). The error of `s`, the rounded sum of the high parts, is exact
//!    (Dekker: larger one first) and at most `u * D`. The sum of the low parts is at most
//!    `2u * (X + A) = 2u * D`, rounded to `2u^2 * D`; both together are at most `3u * D`, rounded
//!    to `3u^2 * D`. With step 2 `D = s + d` up to `(2 + 2 + 3) u^2 * D`, and `|d| <= 3u * D`.
//! 4. **The product** (`times`). `n` is the product of the high parts, rounded; its error
//!    is exact, at most `u * N`. Adding `p * low` makes at most `2u * N`, rounded to `2u^2 * N`;
//!    adding `e * high` makes at most `4u * N`, rounded to `4u^2 * N`. Left out is `e * low`, at
//!    most `2u^2 * N`. With step 2 `N = n + m` up to `(2 + 4 + 2 + 2) u^2 * N`, `|m| <= 4u * N`.
//! 5. **The first quotient.** `z = 1 / s` and `q1 = n * z`, each rounded: `n` is `N` up to `4u`, `s`
//!    is `D` up to `3u`, so `z` is `1 / D` up to `4u` and `q1` is `Q` up to `9u`.
//! 6. **The rest.** `n - q1 * s` is at most `2u * N` and rounded to `2u^2 * N`; `m - q1 * d` at most
//!    `7u * N` and rounded to `7u^2 * N`; their sum `r` at most `9u * N` and rounded to
//!    `9u^2 * N`. It stands for `N - q1 * D`, in which steps 4 and 3 left out `10u^2 * N` and
//!    `7u^2 * N`: in all `35u^2 * N`.
//! 7. **The second quotient.** `r * z` for `(N - q1 * D) / D`: `35u^2 * Q` by step 6, and `4u` of
//!    `9u * Q` for `z`, `36u^2 * Q`. Taking a half away rounds a number of at most
//!    `9u * Q + 1/2`: to `9u^2 * Q + 2^-54`.
//!
//! So `Q - 1/2 = q1 + q2` up to `80u^2 * Q + 2^-54 < 2^-99.6 * Q + 2^-54`. The terms left out are
//! products of three errors of at most `9u` each: far below a hundredth of that.
//!
//! An exact output has `N = (x * scale) * out` and `D = (y - out) * kept`: the difference is exact, and
//! so the divisor goes through step 2 alone, which is closer than step 3.
//!
//! # The test
//!
//! `i1` is `q1` rounded to an integer, `v = (q1 - i1) + q2`, `i2` is `v` rounded to an integer and
//! `rest = v - i2`. Below `2^52` the difference is exact and at most a half, and `v`, at most
//! `9u * q1 + 1 < 16`, is rounded to `2^-50`; from `2^52` on the difference is zero and `v = q2`.
//! The last difference is exact. Hence `Q - 1/2 = i1 + i2 + rest` up to
//! `2^-99.6 * Q + 2^-54 + 2^-50`. The test
//!
//! `|rest| < 1/2 - 2^-48 - 2^-98 * q1`
//!
//! allows `2^-98` and `2^-48`: three and almost four times the bound, which is the margin. Where it
//! holds, `i1 + i2 < Q < i1 + i2 + 1`: the sum is `floor(Q)`, and `Q` is no integer, so that
//! `ceil(Q)` is one more. It cannot hold where `q1 >= 2^97`, nor where `q1` is no number, which is
//! what becomes of a divisor of zero.
//!
//! # Long numbers
//!
//! Numbers from 2^104 on are known up to `3u^2` (`near`). This adds `3u^2` to both products of
//! step 2 and to the second factor of step 4, so `D` is known up to `10u^2`, `N` up to `16u^2`, and
//! `Q = q1 + q2` up to `89u^2 * Q < 2^-99.5 * Q`. `guess_by` takes `2^-99 * q1` and `2^-40` away, more
//! than that and the roundings of the test: the guess is never above `floor(Q)`, and below `2^112` never
//! further below it than `(2^-99 + 2^-99.5) * 2^112 + 2 < 2^14`.

use crate::lanes::{LONGEST, in_doubt};
use crate::{isa, scalar};

/// Twin of [`reference::exact_in_floor`](crate::reference::exact_in_floor).
#[inline]
pub fn exact_in_floor(x: u128, y: u128, a: u128, kept: u32, scale: u32) -> Option<u128> {
    if x | y | a <= LONGEST {
        let out = isa::exact_in(x, y, a, kept.into(), scale.into());
        if !in_doubt(out) {
            return Some(out);
        }
    }
    scalar::exact_in_floor(x, y, a, kept, scale)
}

/// Twin of [`reference::exact_out_ceil`](crate::reference::exact_out_ceil).
#[inline]
pub fn exact_out_ceil(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    exact_out(x, y, out, (kept, scale)).or_else(|| scalar::exact_out_ceil(x, y, out, kept, scale))
}

/// Twin of [`reference::exact_out_plus_one`](crate::reference::exact_out_plus_one).
#[inline]
pub fn exact_out_plus_one(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    exact_out(x, y, out, (kept, scale))
        .or_else(|| scalar::exact_out_plus_one(x, y, out, kept, scale))
}

/// What an output costs, if floats decide it; then the division is not exact, and both formulas give
/// the same.
#[inline]
fn exact_out(x: u128, y: u128, out: u128, (kept, scale): (u32, u32)) -> Option<u128> {
    if x | y | out > LONGEST {
        return None;
    }
    let cost = isa::exact_out(x, y, out, kept.into(), scale.into());
    (!in_doubt(cost)).then_some(cost)
}
