//! Quotes four at a time.
//!
//! The program is that of [`lanes`](mod@crate::lanes); what is written by hand is how numbers come
//! from memory and go there. Four numbers of two words are brought into an order that takes the fewest
//! instructions, the same for all lists, and go back from it. A compiler keeps the order of the list,
//! which takes ten instructions more of some hundred and twenty.

#![allow(
    clippy::wildcard_imports,
    reason = "the instructions' names say whose they are (and tests may import what they like)"
)]
#![expect(
    clippy::cast_ptr_alignment,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "what loads and stores here takes any alignment; lanes are counted up to four, groups up to \
              the length of a list; the one difference of floats is exact"
)]

use core::arch::x86_64::*;

use crate::double::{Verdict, power};
use crate::isa::Avx2;
use crate::lanes::{self, Fee, Open, Tile, Words};

/// Words of four numbers, of the first, the third, the second and the fourth.
type Four = [u64; 4];

impl Avx2 {
    /// `floor(a * kept * y / (x * scale + a * kept))` of each quote.
    #[expect(unsafe_code, reason = "a function for some processors only")]
    #[expect(clippy::unused_self, reason = "the witness is all that is needed of it")]
    pub(crate) fn exact_in_each(
        self,
        tile: Tile<'_>,
        fee: impl Fee,
        answers: &mut [Words],
    ) -> Open {
        // SAFETY: the witness exists, so this processor has these features.
        unsafe { each(tile, fee, answers, lanes::exact_in_words) }
    }

    /// `ceil(x * out * scale / ((y - out) * kept))` of each quote.
    #[expect(unsafe_code, reason = "a function for some processors only")]
    #[expect(clippy::unused_self, reason = "the witness is all that is needed of it")]
    pub(crate) fn exact_out_each(
        self,
        tile: Tile<'_>,
        fee: impl Fee,
        answers: &mut [Words],
    ) -> Open {
        // SAFETY: the witness exists, so this processor has these features.
        unsafe { each(tile, fee, answers, lanes::exact_out_words) }
    }
}

#[target_feature(enable = "avx2,fma")]
fn each(
    tile: Tile<'_>,
    fee: impl Fee,
    answers: &mut [Words],
    quote: impl Fn(Words, Words, Words, [f64; 2]) -> Verdict + Copy,
) -> Open {
    let whole = answers.len() / 4 * 4;
    let (groups, rest) = answers.as_chunks_mut::<4>();
    let (mut doubt, mut upper) = ([0; 4], [0; 4]);
    let numbers = tile.x.as_chunks().0.iter().zip(tile.y.as_chunks().0);
    let numbers = numbers.zip(tile.amounts.as_chunks().0).zip(groups);
    for (group, (((x, y), amounts), answers)) in numbers.enumerate() {
        let ((x0, x1), (y0, y1), (a0, a1)) = (load(x), load(y), load(amounts));
        let (kept, scale) = fees(&fee, group);
        let (mut low, mut high) = ([0; 4], [0; 4]);
        for lane in 0..4 {
            let (x, y, a) = ([x0[lane], x1[lane]], [y0[lane], y1[lane]], [a0[lane], a1[lane]]);
            let verdict = quote(x, y, a, [kept[lane], scale[lane]]);
            [low[lane], high[lane]] = verdict.words;
            doubt[lane] |= verdict.doubt;
            upper[lane] |= x[1] | y[1] | a[1];
        }
        store(low, high, answers);
    }
    let mut open = lanes::each(tile.from(whole), fee.from(whole), rest, quote);
    for lane in 0..4 {
        open.doubt |= doubt[lane];
        open.upper |= upper[lane];
    }
    open
}

/// What is kept of four inputs, and of how much.
#[inline]
#[target_feature(enable = "avx2")]
fn fees(fee: &impl Fee, group: usize) -> ([f64; 4], [f64; 4]) {
    let Some(pairs) = fee.four(group) else {
        let [kept, scale] = fee.at(0);
        return ([kept; 4], [scale; 4]);
    };
    let (low, high) = load_pairs(pairs);
    let (mut kept, mut scale) = ([0.0; 4], [0.0; 4]);
    for lane in 0..4 {
        // Below 2^32: it is the end of the mantissa, and the difference is exact.
        kept[lane] = f64::from_bits(power(52).to_bits() | low[lane]) - power(52);
        scale[lane] = f64::from_bits(power(52).to_bits() | high[lane]) - power(52);
    }
    (kept, scale)
}

/// The first parts of four fees, and the second ones.
#[inline]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "loads take pointers")]
fn load_pairs(fees: &[[u32; 2]; 4]) -> (Four, Four) {
    let (mut low, mut high) = ([0; 4], [0; 4]);
    // SAFETY: four pairs of 32 bits are a vector, at any alignment, and so are the two lists.
    unsafe {
        let pairs =
            _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_loadu_si256(fees.as_ptr().cast()));
        let first = _mm256_and_si256(pairs, _mm256_set1_epi64x(u32::MAX.into()));
        _mm256_storeu_si256(low.as_mut_ptr().cast(), first);
        _mm256_storeu_si256(high.as_mut_ptr().cast(), _mm256_srli_epi64::<32>(pairs));
    }
    (low, high)
}

/// The lower words of four numbers, and the upper ones.
#[inline]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "loads take pointers")]
fn load(numbers: &[Words; 4]) -> (Four, Four) {
    let from = numbers.as_ptr().cast::<__m256i>();
    let (mut low, mut high) = ([0; 4], [0; 4]);
    // SAFETY: four numbers of two words are two vectors of four words, at any alignment, and so are
    // the two lists.
    unsafe {
        let (first, second) = (_mm256_loadu_si256(from), _mm256_loadu_si256(from.add(1)));
        _mm256_storeu_si256(low.as_mut_ptr().cast(), _mm256_unpacklo_epi64(first, second));
        _mm256_storeu_si256(high.as_mut_ptr().cast(), _mm256_unpackhi_epi64(first, second));
    }
    (low, high)
}

/// Four numbers of these lower and upper words.
#[inline]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "stores take pointers")]
fn store(low: Four, high: Four, numbers: &mut [Words; 4]) {
    let to = numbers.as_mut_ptr().cast::<__m256i>();
    // SAFETY: four numbers of two words are two vectors of four words, at any alignment, and so are
    // the two lists.
    unsafe {
        let low = _mm256_loadu_si256(low.as_ptr().cast());
        let high = _mm256_loadu_si256(high.as_ptr().cast());
        _mm256_storeu_si256(to, _mm256_unpacklo_epi64(low, high));
        _mm256_storeu_si256(to.add(1), _mm256_unpackhi_epi64(low, high));
    }
}
