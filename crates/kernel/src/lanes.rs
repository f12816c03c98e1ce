//! Quotes beside each other: the programs that [`isa`](mod@crate::isa) compiles for each
//! instruction set.
//!
//! Each is a loop without a branch over numbers that lie beside each other, which compilers turn
//! into vector instructions of whatever width there is. What stays in doubt is marked by all ones.

#![expect(
    clippy::inline_always,
    clippy::indexing_slicing,
    reason = "what is inlined takes on the caller's instruction set; all slices are cut to one \
              length first, which a compiler sees and an iterator hides from it"
)]

use crate::double::{Double, Verdict};

/// What is asked of each quote.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    /// `floor(a * kept * y / (x * scale + a * kept))`.
    Bought,
    /// `ceil(x * scale * out / ((y - out) * kept))`.
    Cost,
    /// `floor(x * scale * out / ((y - out) * kept)) + 1`.
    RouterCost,
}

/// A number by its words, the lower one first; [`in_order`] where they come from memory.
pub(crate) type Words = [u64; 2];

/// The longest number that floats decide on, of 104 bits.
pub(crate) const LONGEST: u128 = u128::MAX >> 24;

/// Quotes whose answers are looked at together.
pub(crate) const TILE: usize = 256;

/// Numbers of many quotes, all equally many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tile<'a> {
    pub(crate) x: &'a [Words],
    pub(crate) y: &'a [Words],
    pub(crate) amounts: &'a [Words],
}

impl Tile<'_> {
    /// All but so many quotes.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn from(self, place: usize) -> Self {
        let Self { x, y, amounts } = self;
        Self { x: &x[place..], y: &y[place..], amounts: &amounts[place..] }
    }
}

/// What is left open of many quotes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Open {
    /// All bits of upper words.
    pub(crate) upper: u64,
    /// Not zero if an answer is in doubt.
    pub(crate) doubt: u64,
}

impl Open {
    /// Whether there is a number that is too long for [`Double`].
    pub(crate) fn has_long(self) -> bool {
        self.upper >> 40 != 0
    }
}

/// The parts of a fee as floats, for each quote.
pub(crate) trait Fee: Copy {
    /// What is kept, and of how much.
    fn at(self, place: usize) -> [f64; 2];

    /// The fees of so many quotes.
    fn first(self, count: usize) -> Self;

    /// The fees of all but so many quotes.
    #[cfg(target_arch = "x86_64")]
    fn from(self, place: usize) -> Self;

    /// The parts of each fee of four quotes, unless they are the same everywhere.
    #[cfg(target_arch = "x86_64")]
    fn four(&self, group: usize) -> Option<&[[u32; 2]; 4]>;
}

/// One fee for all.
impl Fee for [f64; 2] {
    #[inline(always)]
    fn at(self, _: usize) -> Self {
        self
    }

    #[inline(always)]
    fn first(self, _: usize) -> Self {
        self
    }

    #[cfg(target_arch = "x86_64")]
    fn from(self, _: usize) -> Self {
        self
    }

    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    fn four(&self, _: usize) -> Option<&[[u32; 2]; 4]> {
        None
    }
}

/// One fee for each.
impl Fee for &[[u32; 2]] {
    #[inline(always)]
    fn at(self, place: usize) -> [f64; 2] {
        let [kept, scale] = self[place];
        [f64::from(kept), f64::from(scale)]
    }

    #[inline(always)]
    fn first(self, count: usize) -> Self {
        &self[..count]
    }

    #[cfg(target_arch = "x86_64")]
    fn from(self, place: usize) -> Self {
        &self[place..]
    }

    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    fn four(&self, group: usize) -> Option<&[[u32; 2]; 4]> {
        self.as_chunks().0.get(group)
    }
}

/// `floor(a * kept * y / (x * scale + a * kept))` of numbers below 2^104.
#[inline(always)]
pub(crate) fn exact_in_words(x: Words, y: Words, a: Words, [kept, scale]: [f64; 2]) -> Verdict {
    let traded = Double::exact(a).scaled(kept);
    let divisor = Double::exact(x).scaled(scale).plus(traded);
    traded.times(Double::exact(y)).floor_by(divisor, 0.0)
}

/// `ceil(x * out * scale / ((y - out) * kept))` of numbers below 2^104.
#[inline(always)]
pub(crate) fn exact_out_words(x: Words, y: Words, out: Words, [kept, scale]: [f64; 2]) -> Verdict {
    let left = Double::difference(y, out).scaled(kept);
    let cost = Double::exact(x).scaled(scale).times(Double::exact(out));
    cost.floor_by(left, 1.0).doubted(left.not_positive())
}

/// [`exact_in_words`] of one quote, or what is [`in_doubt`].
#[inline(always)]
pub(crate) fn exact_in(x: u128, y: u128, a: u128, kept: f64, scale: f64) -> u128 {
    join(exact_in_words(split(x), split(y), split(a), [kept, scale]))
}

/// [`exact_out_words`] of one quote, or what is [`in_doubt`].
#[inline(always)]
pub(crate) fn exact_out(x: u128, y: u128, out: u128, kept: f64, scale: f64) -> u128 {
    join(exact_out_words(split(x), split(y), split(out), [kept, scale]))
}

/// [`exact_in_words`] of each quote.
#[inline(always)]
pub(crate) fn exact_in_each(tile: Tile<'_>, fee: impl Fee, answers: &mut [Words]) -> Open {
    each(tile, fee, answers, exact_in_words)
}

/// [`exact_out_words`] of each quote.
#[inline(always)]
pub(crate) fn exact_out_each(tile: Tile<'_>, fee: impl Fee, answers: &mut [Words]) -> Open {
    each(tile, fee, answers, exact_out_words)
}

/// A quote of each.
#[inline(always)]
pub(crate) fn each(
    tile: Tile<'_>,
    fee: impl Fee,
    answers: &mut [Words],
    quote: impl Fn(Words, Words, Words, [f64; 2]) -> Verdict,
) -> Open {
    let count = answers.len();
    let (x, y, amounts) = (&tile.x[..count], &tile.y[..count], &tile.amounts[..count]);
    let fee = fee.first(count);
    let mut open = Open::default();
    for place in 0..count {
        let (x, y, amount) = (in_order(x[place]), in_order(y[place]), in_order(amounts[place]));
        let verdict = quote(x, y, amount, fee.at(place));
        answers[place] = in_order(verdict.words);
        open.doubt |= verdict.doubt;
        open.upper |= x[1] | y[1] | amount[1];
    }
    open
}

/// Whether an answer by floats is none: they give none of so many bits.
#[inline]
pub(crate) fn in_doubt(answer: u128) -> bool {
    answer >> 64 == u128::from(u64::MAX)
}

#[inline(always)]
fn join(verdict: Verdict) -> u128 {
    let [low, high] = verdict.words;
    u128::from(high) << 64 | u128::from(low)
}

#[inline(always)]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "it takes a number apart"
)]
fn split(number: u128) -> Words {
    [number as u64, (number >> 64) as u64]
}

/// Words of this machine's memory with the lower one first, or the other way round.
#[inline(always)]
pub(crate) fn in_order([first, second]: Words) -> Words {
    if cfg!(target_endian = "little") { [first, second] } else { [second, first] }
}

/// The words of numbers, in the order of this machine's memory.
#[expect(unsafe_code, reason = "a number is its words, and Rust has no name for that")]
pub(crate) fn words(numbers: &[u128]) -> &[Words] {
    // SAFETY: a number has the size of two words, which have a smaller alignment and no invalid
    // bits; so this many of one stand where this many of the other do. The borrow is the same.
    unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) }
}

/// The words of numbers, in the order of this machine's memory, to be written.
#[expect(unsafe_code, reason = "a number is its words, and Rust has no name for that")]
pub(crate) fn words_mut(numbers: &mut [u128]) -> &mut [Words] {
    // SAFETY: a number has the size of two words, which have a smaller alignment and no invalid
    // bits, in either direction; the borrow is the same and the only one.
    unsafe { core::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), numbers.len()) }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests: a panic is a failure, and overflow is checked"
    )]

    use super::*;
    use crate::scalar;

    /// Amounts of many lengths, beside reserves of many.
    fn numbers(longest: u32) -> Vec<[u128; 3]> {
        let spread = |seed: u128| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let number =
            |seed: u128| spread(seed) >> (128 - longest + u32::try_from(seed * 7 % 60).unwrap());
        let count = if cfg!(miri) { 20 } else { 2_000 };
        (1..count).map(|seed| [number(seed), number(seed + 1000), number(3 * seed)]).collect()
    }

    fn tile(numbers: &[[u128; 3]], check: impl Fn(Tile<'_>)) {
        let list = |of: usize| numbers.iter().map(|number| number[of]).collect::<Vec<_>>();
        let [x, y, amounts] = [0, 1, 2].map(list);
        check(Tile { x: words(&x), y: words(&y), amounts: words(&amounts) });
    }

    /// The same program that is compiled for instruction sets, as it stands.
    #[test]
    fn floats_are_right_or_in_doubt() {
        let numbers = numbers(104);
        tile(&numbers, |tile| {
            let mut answers = vec![0_u128; numbers.len()];
            for (program, quote) in [
                (
                    exact_in_each as fn(Tile<'_>, [f64; 2], &mut [Words]) -> Open,
                    scalar::exact_in_floor as fn(u128, u128, u128, u32, u32) -> Option<u128>,
                ),
                (exact_out_each, scalar::exact_out_ceil),
            ] {
                let open = program(tile, [997.0, 1000.0], words_mut(&mut answers));
                assert!(!open.has_long());
                let mut doubts = 0;
                for (answer, [x, y, amount]) in answers.iter().zip(&numbers) {
                    if in_doubt(*answer) {
                        doubts += 1;
                    } else {
                        assert_eq!(
                            quote(*x, *y, *amount, 997, 1000),
                            Some(*answer),
                            "{x} {y} {amount}"
                        );
                    }
                }
                assert_eq!(doubts != 0, open.doubt != 0);
                // Quotients above 2^97, and outputs that are more than there is.
                assert!(doubts < numbers.len() * 3 / 4, "{doubts}");
            }
        });
    }
}
