//! Quotients of products by floating point, with a proof that the integer is the right one.
//!
//! A [`Double`] is a number as the sum of two `f64`, the second one small: 106 bits. The quotient
//! of a swap is computed in them, its error is bounded, and the integer below it is taken where
//! the bound cannot reach another one (Ziv's test). Where it can, the caller is told to use
//! integers: every exact division, and one quotient in 2^46 or so of the others.
//!
//! There is no branch, no table and no division of integers, so that a compiler makes one program
//! for one quote and for eight beside each other. The steps that comments name are those of the proof in
//! [`float`](crate::float).

#![expect(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::inline_always,
    reason = "the module's documentation proves each float operation; what is inlined takes on the \
              caller's instruction set"
)]

/// A sum of two floats of which the second is at most about 2^-51 of the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Double {
    high: f64,
    low: f64,
}

/// An integer, if it is not in doubt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    /// Its words, the lower one first; the upper one is all ones where it is in doubt, and never
    /// elsewhere.
    pub(crate) words: [u64; 2],
    /// All ones where it is in doubt, else zero.
    pub(crate) doubt: u64,
}

/// A quotient from below, of long numbers.
#[cfg(any(target_arch = "x86_64", test))]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Guess {
    /// An integer.
    pub(crate) integer: f64,
    /// An integer that is added to it.
    pub(crate) rest: f64,
    /// About one part of the divisor.
    pub(crate) inverse: f64,
}

/// The bits of a mantissa.
const MANTISSA: u64 = (1 << 52) - 1;

/// The bits of an upper word that belong to a number below 2^104.
#[cfg(any(target_arch = "x86_64", test))]
const LONG_HIGH: u64 = (1 << 40) - 1;

impl Verdict {
    /// The same, but in doubt where these bits are all ones; they are zero elsewhere.
    #[inline(always)]
    pub(crate) fn doubted(self, doubt: u64) -> Self {
        let [low, high] = self.words;
        Self { words: [low, high | doubt], doubt: self.doubt | doubt }
    }
}

impl Double {
    /// A number below 2^104 by its words, the lower one first.
    #[inline(always)]
    pub(crate) fn exact(number: [u64; 2]) -> Self {
        let (upper, lower) = parts(number);
        // Exact: a multiple of 2^52 below 2^104.
        Self::normal(upper - (power(104) + power(52)), lower)
    }

    /// Any number by its words, up to `3u^2` of it.
    #[cfg(any(target_arch = "x86_64", test))]
    #[inline(always)]
    pub(crate) fn near(number: [u64; 2]) -> Self {
        let (upper, lower) = parts([number[0], number[1] & LONG_HIGH]);
        let top = f64::from_bits(power(156).to_bits() | number[1] >> 40) - power(156);
        // Exact: the first is zero or 2^104 at least. What is rounded then is zero, or a multiple of
        // 2^52 that is at most `u` of the number, and less than 2^53.
        let above = Self::normal(top, upper - (power(104) + power(52)));
        Self::normal(above.high, above.low + lower)
    }

    /// The difference of two numbers below 2^104, exact.
    #[inline(always)]
    pub(crate) fn difference(a: [u64; 2], b: [u64; 2]) -> Self {
        let ((a1, a0), (b1, b0)) = (parts(a), parts(b));
        // Both are exact, and so is their sum: the upper one is zero or not the smaller one.
        Self::normal(a1 - b1, a0 - b0)
    }

    /// The sum of two floats, exact: either the exponent of the first is not the smaller one, or
    /// their sum is a float (Dekker, A floating-point technique for extending the available
    /// precision, 1971).
    #[inline(always)]
    fn normal(large: f64, small: f64) -> Self {
        let high = large + small;
        Self { high, low: small - (high - large) }
    }

    /// Step 2 of the bound.
    #[inline(always)]
    pub(crate) fn scaled(self, factor: f64) -> Self {
        let high = self.high * factor;
        let low = self.low.mul_add(factor, self.high.mul_add(factor, -high));
        Self { high, low }
    }

    /// Step 3 of the bound; neither is negative.
    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        let high = self.high + other.high;
        let (large, small) =
            if self.high > other.high { (self.high, other.high) } else { (other.high, self.high) };
        Self { high, low: (small - (high - large)) + (self.low + other.low) }
    }

    /// Step 4 of the bound.
    #[inline(always)]
    pub(crate) fn times(self, other: Self) -> Self {
        let high = self.high * other.high;
        let error = self.high.mul_add(other.high, -high);
        let low = self.low.mul_add(other.high, self.high.mul_add(other.low, error));
        Self { high, low }
    }

    /// `floor(self / divisor) + more`, in doubt where `self / divisor` may be an integer: steps 5
    /// to 7 of the bound, and the test.
    #[inline(always)]
    pub(crate) fn floor_by(self, divisor: Self, more: f64) -> Verdict {
        let (inverse, first, rest) = self.divide(divisor);
        let second = rest.mul_add(inverse, -0.5);
        let integer = first.round_ties_even();
        let part = (first - integer) + second;
        let nearest = part.round_ties_even();
        let bound = first.mul_add(-power(-98), 0.5 - power(-48));
        // Not the other way round: what is no number is in doubt.
        let doubt = if (part - nearest).abs() < bound { 0 } else { !0 };
        let [low, high] = words(integer, nearest, more);
        Verdict { words: [low, high | doubt], doubt }
    }

    #[cfg(any(target_arch = "x86_64", test))]
    /// `floor(self / divisor)` or less, by less than 2^14 where the quotient is below 2^112.
    #[inline(always)]
    pub(crate) fn guess_by(self, divisor: Self) -> Guess {
        let (inverse, first, rest) = self.divide(divisor);
        let second = rest.mul_add(inverse, first * -power(-99));
        let integer = first.round_ties_even();
        let rest = (((first - integer) + second) - power(-40)).floor();
        Guess { integer, rest, inverse }
    }

    /// Steps 5 and 6 of the bound: `1 / divisor`, the first quotient and the rest.
    #[inline(always)]
    fn divide(self, divisor: Self) -> (f64, f64, f64) {
        let inverse = 1.0 / divisor.high;
        let first = self.high * inverse;
        let rest =
            (-first).mul_add(divisor.high, self.high) + (-first).mul_add(divisor.low, self.low);
        (inverse, first, rest)
    }

    /// All ones unless this is above zero.
    #[inline(always)]
    pub(crate) fn not_positive(self) -> u64 {
        if self.high > 0.0 { 0 } else { !0 }
    }
}

/// The two halves of a number below 2^104, as floats: `2^104 + upper * 2^52` and `2^52 + lower`.
#[inline(always)]
fn parts([low, high]: [u64; 2]) -> (f64, f64) {
    let upper = f64::from_bits(power(104).to_bits() | (high << 12 | low >> 52));
    let lower = f64::from_bits(power(52).to_bits() | (low & MANTISSA));
    (upper, lower)
}

/// The words of `integer + nearest + more`, the lower one first.
///
/// For a sum from 0 to below 2^98, integers all, of which `nearest` is below 2^48. No conversion,
/// which some instruction sets do not have: adding about `3 * 2^101` to a number below that moves its
/// multiples of 2^50 to the end of the mantissa, and adding `3 * 2^51` its ones.
#[inline(always)]
fn words(integer: f64, nearest: f64, more: f64) -> [u64; 2] {
    /// The bits of multiples of 2^50 in the floats from `LOWER` on.
    const ABOVE: u64 = LOWER.to_bits() >> 50;
    const LOWER: f64 = 1.5 * power(52);
    // Less by what the bits of the lower sum bring with them.
    const UPPER: f64 = f64::from_bits((1.5 * power(102)).to_bits() - ABOVE);
    let upper = integer + UPPER;
    // At most 2^49 in size, exact like the sum that follows, which stays between 2^52 and 2^53.
    let rest = integer - (upper - UPPER);
    let lower = ((rest + (LOWER + more)) + nearest).to_bits();
    let upper = upper.to_bits().wrapping_add(lower >> 50);
    // The exponent and the first bit of the mantissa are those of `3 * 2^101`.
    [upper << 50 | (lower & ((1 << 50) - 1)), (upper & (MANTISSA >> 1)) >> 14]
}

/// `2^exponent`.
#[expect(clippy::as_conversions, clippy::cast_sign_loss, reason = "an exponent of a normal number")]
pub(crate) const fn power(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}
