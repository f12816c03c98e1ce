//! Quotients of long numbers, eight at a time: guesses by floats, made exact by their remainders.
//!
//! Swaps ask for `part * factor / whole`, where `part` and `whole` are products of a number of at most
//! 112 bits with a part of a fee of at most 20, or the sum of two. A guess that is too small by less
//! than 2^14 ([`Double::guess_by`](crate::double::Double::guess_by)) leaves a remainder
//! `part * factor - guess * whole` between zero and `2^14 * whole < 2^147`: it is exact modulo 2^156,
//! however long the products are. How often the divisor still fits into it is a number that a float
//! has room for.
//!
//! Numbers are three limbs of 52 bits, the lowest first: what the processor's multiply-add of integers
//! takes. It sees the lower 52 bits of a limb only; limbs are cut to that length where it matters.

#![allow(
    clippy::wildcard_imports,
    reason = "the instructions' names say whose they are (and tests may import what they like)"
)]
#![expect(clippy::cast_ptr_alignment, reason = "what loads and stores here takes any alignment")]

use core::arch::x86_64::*;

use crate::double::power;
use crate::guesses::{Guesses, LANES};
use crate::isa::Avx512;
use crate::lanes::{Question, Tile, Words};

/// The longest number here, of 112 bits.
pub(crate) const LONGEST: u128 = u128::MAX >> 16;

/// The largest part of a fee here, of 20 bits.
pub(crate) const LARGEST_PART: u32 = u32::MAX >> 12;

/// Numbers modulo 2^156.
#[derive(Clone, Copy)]
struct Limbs([__m512i; 3]);

/// Numbers of 128 bits.
#[derive(Clone, Copy)]
struct Pair {
    low: __m512i,
    high: __m512i,
}

/// `part * factor / whole`.
#[derive(Clone, Copy)]
struct Ratio {
    part: Limbs,
    factor: Limbs,
    whole: Limbs,
    /// Where it has no answer.
    none: __mmask8,
}

/// An integer part, an integer that is added to it, and about one part of the divisor.
#[derive(Clone, Copy)]
struct Guess {
    integer: __m512d,
    rest: __m512d,
    inverse: __m512d,
}

impl Avx512 {
    /// The answer to each quote of a whole group of [`LANES`], by its guess; in doubt where there is
    /// none below 2^112.
    #[expect(unsafe_code, reason = "a function for some processors only")]
    #[expect(clippy::unused_self, reason = "the witness is all that is needed of it")]
    pub(crate) fn divide_each(
        self,
        question: Question,
        (tile, fees): (Tile<'_>, &[[u32; 2]]),
        guesses: &Guesses,
        answers: &mut [Words],
    ) {
        let numbers = tile.x.as_chunks().0.iter().zip(tile.y.as_chunks().0);
        let numbers = numbers.zip(tile.amounts.as_chunks().0).zip(fees.as_chunks().0);
        let results = guesses.groups().zip(answers.as_chunks_mut().0);
        for ((((x, y), amounts), fees), (guess, answers)) in numbers.zip(results) {
            // SAFETY: the witness exists, so this processor has these features.
            unsafe { divide(question, ([x, y, amounts], fees), guess, answers) }
        }
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn divide(
    question: Question,
    (numbers, fees): ([&[Words; LANES]; 3], &[[u32; 2]; LANES]),
    guess: [&[f64; LANES]; 3],
    answers: &mut [Words; LANES],
) {
    let [x, y, amounts] = [load(numbers[0]), load(numbers[1]), load(numbers[2])];
    let [kept, scale] = load_fees(fees);
    let ratio = match question {
        Question::Bought => Ratio::bought(x, y, amounts, [kept, scale]),
        Question::Cost | Question::RouterCost => Ratio::cost(x, y, amounts, [kept, scale]),
    };
    let [integer, rest, inverse] =
        [load_floats(guess[0]), load_floats(guess[1]), load_floats(guess[2])];
    let (quotient, is_rest) = ratio.divide(Guess { integer, rest, inverse });
    let one = _mm512_set1_epi64(1);
    let answer = match question {
        Question::Bought => quotient,
        Question::Cost => quotient.plus(_mm512_maskz_mov_epi64(is_rest, one)),
        Question::RouterCost => quotient.plus(one),
    };
    // What is no number is not below anything.
    let is_small = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(integer, _mm512_set1_pd(power(112)));
    store(answer.doubted(!is_small | ratio.none), answers);
}

impl Ratio {
    /// `a * kept * y / (x * scale + a * kept)`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn bought(x: Pair, y: Pair, a: Pair, [kept, scale]: [__m512i; 2]) -> Self {
        let part = a.limbs().scaled(kept);
        let whole = part.plus(x.limbs().scaled(scale)).carried();
        Self { part: part.carried(), factor: y.limbs(), whole, none: 0 }
    }

    /// `x * scale * out / ((y - out) * kept)`; none where `out > y`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn cost(x: Pair, y: Pair, out: Pair, [kept, scale]: [__m512i; 2]) -> Self {
        let left = y.minus(out);
        let part = x.limbs().scaled(scale).carried();
        let whole = left.limbs().scaled(kept).carried();
        // Both have 112 bits: the difference is negative where its first bit is set.
        Self { part, factor: out.limbs(), whole, none: _mm512_movepi64_mask(left.high) }
    }

    /// The quotient rounded down, and where something is left.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn divide(self, guess: Guess) -> (Pair, __mmask8) {
        let guessed = guess.pair();
        let left = self.part.times(self.factor).minus(self.whole.times(guessed.limbs())).carried();
        // The float is off by less than 2^-30, and 2^-20 is taken away: it is not too large, and too
        // small by one at most.
        let more = _mm512_fmsub_pd(left.floats(), guess.inverse, _mm512_set1_pd(power(-20)));
        let more = _mm512_cvttpd_epi64(_mm512_max_pd(more, _mm512_setzero_pd()));
        let left = left.minus(self.whole.scaled(more)).carried();
        let last = left.minus(self.whole);
        let is_enough = !last.negative();
        let last = last.carried();
        let [l0, l1, l2] = left.0;
        let [r0, r1, r2] = last.0;
        let rest = Limbs([
            _mm512_mask_mov_epi64(l0, is_enough, r0),
            _mm512_mask_mov_epi64(l1, is_enough, r1),
            _mm512_mask_mov_epi64(l2, is_enough, r2),
        ]);
        let one = _mm512_maskz_mov_epi64(is_enough, _mm512_set1_epi64(1));
        (guessed.plus(_mm512_add_epi64(more, one)), rest.not_zero())
    }
}

impl Guess {
    /// The integers, from 0 to below 2^112 or minus one; anything where they are larger.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn pair(self) -> Pair {
        let upper = _mm512_mul_pd(self.integer, _mm512_set1_pd(power(-60)));
        let upper = _mm512_cvttpd_epi64(upper);
        // Exact, from 0 to below 2^60; the rest is less than 2^62.2 in size.
        let above = _mm512_cvtepi64_pd(upper);
        let lower = _mm512_fnmadd_pd(above, _mm512_set1_pd(power(60)), self.integer);
        let lower = _mm512_add_epi64(_mm512_cvttpd_epi64(lower), _mm512_cvttpd_epi64(self.rest));
        let pair =
            Pair { low: _mm512_slli_epi64::<60>(upper), high: _mm512_srli_epi64::<4>(upper) };
        let sign = _mm512_srai_epi64::<63>(lower);
        Pair { high: _mm512_add_epi64(pair.high, sign), ..pair }.plus(lower)
    }
}

impl Pair {
    /// The same number; a negative one has a negative upper limb.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn limbs(self) -> Limbs {
        let Self { low, high } = self;
        let middle = _mm512_or_si512(_mm512_srli_epi64::<52>(low), _mm512_slli_epi64::<12>(high));
        Limbs([low, middle, _mm512_srai_epi64::<40>(high)])
    }

    /// The sum with a word.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn plus(self, word: __m512i) -> Self {
        let low = _mm512_add_epi64(self.low, word);
        let carry = _mm512_cmplt_epu64_mask(low, word);
        let high = _mm512_mask_add_epi64(self.high, carry, self.high, _mm512_set1_epi64(1));
        Self { low, high }
    }

    /// The difference.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn minus(self, other: Self) -> Self {
        let borrow = _mm512_cmplt_epu64_mask(self.low, other.low);
        let high = _mm512_sub_epi64(self.high, other.high);
        let high = _mm512_mask_sub_epi64(high, borrow, high, _mm512_set1_epi64(1));
        Self { low: _mm512_sub_epi64(self.low, other.low), high }
    }

    /// The same, but [in doubt](crate::lanes::in_doubt) in these places.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn doubted(self, places: __mmask8) -> Self {
        Self { high: _mm512_mask_set1_epi64(self.high, places, -1), ..self }
    }
}

/// The lower bits of each product are added to `sum`.
macro_rules! low {
    ($sum:expr, $a:expr, $b:expr) => {
        _mm512_madd52lo_epu64($sum, $a, $b)
    };
}

/// The upper bits of each product are added to `sum`.
macro_rules! high {
    ($sum:expr, $a:expr, $b:expr) => {
        _mm512_madd52hi_epu64($sum, $a, $b)
    };
}

impl Limbs {
    /// The product with a factor below 2^20, whose limbs are below 2^54.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn scaled(self, factor: __m512i) -> Self {
        let ([l0, l1, l2], zero) = (self.0, _mm512_setzero_si512());
        let p0 = low!(zero, l0, factor);
        let p1 = low!(high!(zero, l0, factor), l1, factor);
        let p2 = low!(high!(zero, l1, factor), l2, factor);
        Self([p0, p1, p2])
    }

    /// The product, whose limbs are below 2^55.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn times(self, other: Self) -> Self {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.0, other.0);
        let zero = _mm512_setzero_si512();
        let p0 = low!(zero, a0, b0);
        let p1 = low!(low!(high!(zero, a0, b0), a0, b1), a1, b0);
        let p2 = high!(high!(zero, a0, b1), a1, b0);
        // Two sums beside each other, since each waits for the one before it.
        let more = low!(low!(low!(zero, a0, b2), a1, b1), a2, b0);
        Self([p0, p1, _mm512_add_epi64(p2, more)])
    }

    /// The sum, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn plus(self, other: Self) -> Self {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.0, other.0);
        Self([_mm512_add_epi64(a0, b0), _mm512_add_epi64(a1, b1), _mm512_add_epi64(a2, b2)])
    }

    /// The difference, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn minus(self, other: Self) -> Self {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.0, other.0);
        Self([_mm512_sub_epi64(a0, b0), _mm512_sub_epi64(a1, b1), _mm512_sub_epi64(a2, b2)])
    }

    /// The same number modulo 2^156, in limbs of 52 bits.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn carried(self) -> Self {
        let [l0, l1, l2] = self.0;
        let l1 = _mm512_add_epi64(l1, _mm512_srai_epi64::<52>(l0));
        let l2 = _mm512_add_epi64(l2, _mm512_srai_epi64::<52>(l1));
        let limb = _mm512_set1_epi64((1 << 52) - 1);
        Self([_mm512_and_si512(l0, limb), _mm512_and_si512(l1, limb), _mm512_and_si512(l2, limb)])
    }

    /// Where a difference of numbers in limbs of 52 bits is below zero.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn negative(self) -> __mmask8 {
        let [l0, l1, l2] = self.0;
        let l1 = _mm512_add_epi64(l1, _mm512_srai_epi64::<52>(l0));
        _mm512_movepi64_mask(_mm512_add_epi64(l2, _mm512_srai_epi64::<52>(l1)))
    }

    /// Where any limb is not zero.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn not_zero(self) -> __mmask8 {
        let [l0, l1, l2] = self.0;
        let any = _mm512_or_si512(_mm512_or_si512(l0, l1), l2);
        _mm512_test_epi64_mask(any, any)
    }

    /// About the same number of limbs of 52 bits.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn floats(self) -> __m512d {
        let ([l0, l1, l2], limb) = (self.0, _mm512_set1_pd(power(52)));
        let upper = _mm512_fmadd_pd(_mm512_cvtepu64_pd(l2), limb, _mm512_cvtepu64_pd(l1));
        _mm512_fmadd_pd(upper, limb, _mm512_cvtepu64_pd(l0))
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
#[expect(unsafe_code, reason = "loads take pointers")]
fn load(numbers: &[Words; LANES]) -> Pair {
    let from = numbers.as_ptr().cast::<__m512i>();
    // SAFETY: eight numbers of two words are two vectors of eight words, at any alignment.
    let (first, second) = unsafe { (_mm512_loadu_si512(from), _mm512_loadu_si512(from.add(1))) };
    let even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
    let odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    Pair {
        low: _mm512_permutex2var_epi64(first, even, second),
        high: _mm512_permutex2var_epi64(first, odd, second),
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
#[expect(unsafe_code, reason = "stores take pointers")]
fn store(Pair { low, high }: Pair, numbers: &mut [Words; LANES]) {
    let first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
    let second = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    let to = numbers.as_mut_ptr().cast::<__m512i>();
    // SAFETY: eight numbers of two words are two vectors of eight words, at any alignment.
    unsafe {
        _mm512_storeu_si512(to, _mm512_permutex2var_epi64(low, first, high));
        _mm512_storeu_si512(to.add(1), _mm512_permutex2var_epi64(low, second, high));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
#[expect(unsafe_code, reason = "loads take pointers")]
fn load_fees(fees: &[[u32; 2]; LANES]) -> [__m512i; 2] {
    // SAFETY: eight pairs of 32 bits are a vector, at any alignment.
    let fees = unsafe { _mm512_loadu_si512(fees.as_ptr().cast()) };
    // The first of each pair is the lower half of a word: this processor puts lower bytes first.
    [_mm512_and_si512(fees, _mm512_set1_epi64(u32::MAX.into())), _mm512_srli_epi64::<32>(fees)]
}

#[inline]
#[target_feature(enable = "avx512f")]
#[expect(unsafe_code, reason = "loads take pointers")]
fn load_floats(floats: &[f64; LANES]) -> __m512d {
    // SAFETY: eight floats are a vector, at any alignment.
    unsafe { _mm512_loadu_pd(floats.as_ptr()) }
}
