//! Guesses of quotients: what floats know of numbers that are too long for them to decide.

#![expect(
    clippy::inline_always,
    clippy::indexing_slicing,
    reason = "what is inlined takes on the caller's instruction set; all slices are cut to one \
              length first, which a compiler sees and an iterator hides from it"
)]

use crate::double::{Double, Guess};
use crate::lanes::{Fee, TILE, Tile, Words, in_order};

/// How many quotes a vector of eight words belongs to.
pub(crate) const LANES: usize = 8;

/// Guesses of at most [`TILE`] quotients.
#[derive(Debug)]
pub(crate) struct Guesses {
    integers: [f64; TILE],
    rests: [f64; TILE],
    inverses: [f64; TILE],
}

impl Guesses {
    /// Room for guesses.
    pub(crate) const NONE: Self =
        Self { integers: [0.0; TILE], rests: [0.0; TILE], inverses: [0.0; TILE] };

    /// The guesses, group by group: integers, what is added to each, and inverses.
    pub(crate) fn groups(&self) -> impl Iterator<Item = [&[f64; LANES]; 3]> {
        let groups = self.integers.as_chunks().0.iter().zip(self.rests.as_chunks().0);
        groups
            .zip(self.inverses.as_chunks().0)
            .map(|((integers, rests), inverses)| [integers, rests, inverses])
    }
}

/// `a * kept * y / (x * scale + a * kept)` or less, of each quote; at most [`TILE`] of them.
#[inline(always)]
pub(crate) fn guess_in_each(tile: Tile<'_>, fee: impl Fee, guesses: &mut Guesses) {
    guess_each(tile, fee, guesses, |x, y, a, [kept, scale]| {
        let traded = Double::near(a).scaled(kept);
        let divisor = Double::near(x).scaled(scale).plus(traded);
        traded.times(Double::near(y)).guess_by(divisor)
    });
}

/// `x * scale * out / ((y - out) * kept)` or less, of each quote; at most [`TILE`] of them.
#[inline(always)]
pub(crate) fn guess_out_each(tile: Tile<'_>, fee: impl Fee, guesses: &mut Guesses) {
    guess_each(tile, fee, guesses, |x, [y0, y1], out, [kept, scale]| {
        // Where it is below zero nobody asks.
        let (left0, borrow) = y0.overflowing_sub(out[0]);
        let left1 = y1.wrapping_sub(out[1]).wrapping_sub(u64::from(borrow));
        let left = Double::near([left0, left1]).scaled(kept);
        Double::near(x).scaled(scale).times(Double::near(out)).guess_by(left)
    });
}

#[inline(always)]
fn guess_each(
    tile: Tile<'_>,
    fee: impl Fee,
    guesses: &mut Guesses,
    guess: impl Fn(Words, Words, Words, [f64; 2]) -> Guess,
) {
    let count = tile.x.len().min(TILE);
    let (x, y, amounts) = (&tile.x[..count], &tile.y[..count], &tile.amounts[..count]);
    let fee = fee.first(count);
    for place in 0..count {
        let (x, y, amount) = (in_order(x[place]), in_order(y[place]), in_order(amounts[place]));
        let guess = guess(x, y, amount, fee.at(place));
        guesses.integers[place] = guess.integer;
        guesses.rests[place] = guess.rest;
        guesses.inverses[place] = guess.inverse;
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "tests: a panic is a failure, and overflow is checked"
    )]

    use primitive_types::U512;

    use super::*;
    use crate::lanes::words;

    /// Never too large, and too small by less than 2^14.
    #[test]
    fn guesses_are_as_close_as_proven() {
        let spread = |seed: u128| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let number = |seed: u128| spread(seed) >> (16 + seed * 7 % 60);
        for start in (0..if cfg!(miri) { 1 } else { 100 }).map(|tile| tile * 1000) {
            let list = |from: u128| (from..from + 256).map(number).collect::<Vec<_>>();
            let (x, y, amounts) = (list(start), list(start + 300), list(start + 600));
            let mut guesses = Guesses::NONE;
            let tile = Tile { x: words(&x), y: words(&y), amounts: words(&amounts) };
            guess_in_each(tile, [997.0, 1000.0], &mut guesses);
            for place in 0..TILE {
                let traded: U512 = U512::from(amounts[place]) * 997;
                let divisor: U512 = U512::from(x[place]) * 1000 + traded;
                let product: U512 = traded * U512::from(y[place]);
                let Some(floor) = product.checked_div(divisor) else {
                    continue;
                };
                let (integer, rest) = (guesses.integers[place], guesses.rests[place]);
                let less = floor.low_u128().cast_signed() - integer as i128 - rest as i128;
                assert!(
                    (0..1 << 14).contains(&less),
                    "{} {} {}",
                    x[place],
                    y[place],
                    amounts[place]
                );
            }
        }
    }
}
