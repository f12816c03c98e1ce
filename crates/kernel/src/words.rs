//! Numbers of several 64-bit words: products and quotients of known length.
//!
//! A number of 128 bits is a `u128`, or its two words with the upper one first. The division is
//! Knuth's algorithm D (The Art of Computer Programming, vol. 2, 4.3.1) with 64-bit digits.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::inline_always,
    reason = "digit arithmetic: each expression stands beside the bound that keeps it exact"
)]

/// The 256-bit product as (upper, lower) halves.
///
/// Never a call, which would hand four words over through memory, to be compared in other pieces
/// than they were written in.
#[inline(always)]
pub(crate) fn mul_wide(a: u128, b: u128) -> (u128, u128) {
    let ((a1, a0), (b1, b0)) = (split(a), split(b));
    // Each product of two words is at most (2^64 - 1)^2, which leaves room for two words more.
    let low = mul(a0, b0);
    let middle = mul(a1, b0) + (low >> 64);
    let cross = mul(a0, b1) + (middle & WORD);
    let high = mul(a1, b1) + (middle >> 64) + (cross >> 64);
    (high, (cross << 64) | (low & WORD))
}

/// Quotient and remainder of `part * y` by `whole`, for `part < whole`: the quotient is below `y`.
///
/// The two shorter factors are shifted until the divisor's top bit is set, not their product.
#[inline]
pub(crate) fn part_of(part: u128, whole: u128, y: u128) -> (u128, u128) {
    debug_assert!(part < whole, "the quotient would not be below y");
    let ((whole1, whole0), (y1, y0)) = (split(whole), split(y));
    if whole1 == 0 {
        let part = part as u64;
        let low = mul(part, y0);
        if y1 == 0 {
            // quotient < y < 2^64, hence the upper word is below the divisor.
            let (quotient, rest) = div((low >> 64) as u64, low as u64, whole0);
            return (u128::from(quotient), u128::from(rest));
        }
        // At most (2^64 - 1)^2 + 2^64 - 1.
        let high = mul(part, y1) + (low >> 64);
        // quotient < 2^128, hence the upper word is below the divisor; and then each rest is.
        let (first, rest) = div((high >> 64) as u64, high as u64, whole0);
        let (second, rest) = div(rest, low as u64, whole0);
        return (join(first, second), u128::from(rest));
    }
    // part < whole: neither loses a bit.
    let shift = whole1.leading_zeros();
    let (part, whole) = (shift_left(part, shift), shift_left(whole, shift));
    let (part1, part0) = split(part);
    let low = mul(part0, y0);
    let middle = mul(part1, y0) + (low >> 64);
    if y1 == 0 {
        let (quotient, rest) = digit(middle, low as u64, whole);
        return (u128::from(quotient), rest >> shift);
    }
    let cross = mul(part0, y1) + (middle & WORD);
    let high = mul(part1, y1) + (middle >> 64) + (cross >> 64);
    if high >> 64 == 0 && join(high as u64, cross as u64) < whole {
        // A quotient of one word, as in many a chain of swaps on one pool.
        let (quotient, rest) = digit(join(high as u64, cross as u64), low as u64, whole);
        return (u128::from(quotient), rest >> shift);
    }
    let (first, rest) = digit(high, cross as u64, whole);
    let (second, rest) = digit(rest, low as u64, whole);
    (join(first, second), rest >> shift)
}

/// Quotient and remainder of `high * 2^128 + low` by `divisor`; needs `high < divisor`, so that
/// the quotient fits.
#[inline]
pub(crate) fn div_wide(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    debug_assert!(high < divisor, "the quotient would not fit");
    let ((_, divisor0), (low1, low0)) = (split(divisor), split(low));
    if divisor >> 64 == 0 {
        // high < divisor: it is one word, and so is each rest.
        let (first, rest) = div(high as u64, low1, divisor0);
        let (second, rest) = div(rest, low0, divisor0);
        return (join(first, second), u128::from(rest));
    }
    // Shifting until the divisor's top bit is set loses nothing of `high`, which is smaller.
    let shift = divisor.leading_zeros();
    let divisor = shift_left(divisor, shift);
    // Two shifts, since one by 64 would be no shift.
    let carried = low1 >> 1 >> (63 - shift);
    let high = shift_left(high, shift) | u128::from(carried);
    let (low1, low0) = split(low << shift);
    let (first, rest) = digit(high, low1, divisor);
    let (second, rest) = digit(rest, low0, divisor);
    (join(first, second), rest >> shift)
}

/// One step of long division: the digit of `(rest * 2^64 + next) / divisor` and what is left.
///
/// Needs `rest < divisor` and the divisor's top bit set.
#[inline]
fn digit(rest: u128, next: u64, divisor: u128) -> (u64, u128) {
    let ((rest1, rest0), (divisor1, divisor0)) = (split(rest), split(divisor));
    let (guess, over) = if rest1 < divisor1 {
        div(rest1, rest0, divisor1)
    } else if let Some(over) = largest_guess(rest0, divisor1) {
        (u64::MAX, over)
    } else {
        // What is left over is 2^128 or more before a product below that is taken from it: the
        // guess is right, and the difference, below the divisor, is exact modulo 2^128.
        let taken = divisor.wrapping_mul(WORD);
        return (u64::MAX, (rest << 64 | u128::from(next)).wrapping_sub(taken));
    };
    let (left, too_large) = join(over, next).overflowing_sub(mul(guess, divisor0));
    // It is by one or two, since the divisor's top bit is set (Knuth, theorem B), and so it is at
    // least one or two itself. What is left is exact modulo 2^128. Whether it is too large is a toss
    // of a coin, which no branch predictor guesses; by two it hardly ever is.
    let mask = 0_u128.wrapping_sub(too_large.into());
    let (corrected, enough) = left.overflowing_add(divisor & mask);
    if enough == too_large {
        return (guess - u64::from(too_large), corrected);
    }
    (guess - 2, corrected.wrapping_add(divisor))
}

/// What the largest digit as a guess leaves of two equal upper words and a lower one, if it is one
/// word: `divisor1 * 2^64 + rest0 - (2^64 - 1) * divisor1`.
#[cold]
#[inline(never)]
fn largest_guess(rest0: u64, divisor1: u64) -> Option<u64> {
    rest0.checked_add(divisor1)
}

/// Quotient and remainder of `high * 2^64 + low` by `divisor`; needs `high < divisor`, so that the
/// quotient is one word.
#[inline]
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[expect(
    unsafe_code,
    reason = "the processor divides two words by one, and Rust has no name for it"
)]
fn div(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    assert!(high < divisor, "the quotient would not fit");
    let (quotient, remainder);
    // SAFETY: `div` faults where the divisor is zero or the quotient does not fit a word, and the
    // line above excludes both. It touches no memory, and leaves flags that are taken as lost.
    unsafe {
        core::arch::asm!(
            "div {}", in(reg) divisor, inout("rax") low => quotient, inout("rdx") high => remainder,
            options(pure, nomem, nostack),
        );
    }
    (quotient, remainder)
}

/// Quotient and remainder of `high * 2^64 + low` by `divisor`; needs `high < divisor`, so that the
/// quotient is one word.
#[inline]
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
fn div(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    let number = join(high, low);
    let quotient = number / u128::from(divisor);
    (quotient as u64, (number - quotient * u128::from(divisor)) as u64)
}

/// `value << shift` for a shift below 64 that loses nothing.
///
/// In two halves, with a sum where an `or` would do: the compiler makes one instruction of the
/// plain form, `shld`, which is among the slowest that some processors have.
#[inline]
fn shift_left(value: u128, shift: u32) -> u128 {
    let (high, low) = split(value);
    // Two shifts, since one by 64 would be no shift.
    join((high << shift).wrapping_add(low >> 1 >> (63 - shift)), low << shift)
}

/// The bits of a word.
const WORD: u128 = u64::MAX as u128;

/// The product of two words.
#[inline]
pub(crate) fn mul(a: u64, b: u64) -> u128 {
    // At most (2^64 - 1)^2.
    u128::from(a) * u128::from(b)
}

/// The number of an upper and a lower word.
#[inline]
pub(crate) fn join(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

#[inline]
fn split(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}
