//! [`Quotes`]: many independent quotes at once.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "all lists are of one length, and places are counted up to it"
)]

use core::ops::Range;

use crate::isa::Isa;
use crate::lanes::{LONGEST, Open, Tile, words, words_mut};
use crate::scalar;

/// What stands for no answer, where [`reference`](mod@crate::reference) says `None`.
///
/// An answer of this size can be only where a reserve is.
pub const NONE: u128 = u128::MAX;

/// Quotes that are computed together: the numbers of each stand at one place of all lists.
///
/// ```
/// use cenote_kernel::{Fees, Isa, Quotes};
///
/// let (x, y, amounts) = ([1_000; 3], [4_000_000; 3], [10, 20, 0]);
/// let quotes = Quotes::new(&x, &y, &amounts, Fees::Same([997, 1000]))?;
/// let mut answers = [0; 3];
/// quotes.exact_in_floor(Isa::best(), &mut answers)?;
/// assert_eq!(answers, [39_486, 78_200, 0]);
/// # Ok::<(), cenote_kernel::Uneven>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Quotes<'a> {
    x: &'a [u128],
    y: &'a [u128],
    amounts: &'a [u128],
    fees: Fees<'a>,
}

/// What is kept of an input for trading, and of how much: 997 of 1000.
#[derive(Debug, Clone, Copy)]
pub enum Fees<'a> {
    /// The same everywhere.
    Same([u32; 2]),
    /// One for each quote.
    Each(&'a [[u32; 2]]),
}

/// Lists of different lengths where one number of each makes a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uneven;

impl core::fmt::Display for Uneven {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the lists have different lengths")
    }
}

impl core::error::Error for Uneven {}

/// What is asked of each quote.
#[derive(Debug, Clone, Copy)]
enum Question {
    Bought,
    Cost,
    RouterCost,
}

/// Quotes whose answers are looked at together.
const TILE: usize = 256;

impl<'a> Quotes<'a> {
    /// Quotes by the reserves of what comes in, `x`, and of what goes out, `y`.
    ///
    /// # Errors
    ///
    /// [`Uneven`] lists.
    pub fn new(
        x: &'a [u128],
        y: &'a [u128],
        amounts: &'a [u128],
        fees: Fees<'a>,
    ) -> Result<Self, Uneven> {
        let count = x.len();
        let fee_count = if let Fees::Each(fees) = fees { fees.len() } else { count };
        if [y.len(), amounts.len(), fee_count] != [count; 3] {
            return Err(Uneven);
        }
        Ok(Self { x, y, amounts, fees })
    }

    /// What each amount buys: [`reference::exact_in_floor`](crate::reference::exact_in_floor), or
    /// [`NONE`].
    ///
    /// # Errors
    ///
    /// [`Uneven`] unless there is a place for each answer; nothing is written then.
    pub fn exact_in_floor(&self, isa: Isa, answers: &mut [u128]) -> Result<(), Uneven> {
        self.answer(isa, Question::Bought, answers)
    }

    /// What each amount costs: [`reference::exact_out_ceil`](crate::reference::exact_out_ceil), or
    /// [`NONE`].
    ///
    /// # Errors
    ///
    /// [`Uneven`] unless there is a place for each answer; nothing is written then.
    pub fn exact_out_ceil(&self, isa: Isa, answers: &mut [u128]) -> Result<(), Uneven> {
        self.answer(isa, Question::Cost, answers)
    }

    /// What each amount costs at Uniswap v2's router:
    /// [`reference::exact_out_plus_one`](crate::reference::exact_out_plus_one), or [`NONE`].
    ///
    /// # Errors
    ///
    /// [`Uneven`] unless there is a place for each answer; nothing is written then.
    pub fn exact_out_plus_one(&self, isa: Isa, answers: &mut [u128]) -> Result<(), Uneven> {
        self.answer(isa, Question::RouterCost, answers)
    }

    fn answer(&self, isa: Isa, question: Question, answers: &mut [u128]) -> Result<(), Uneven> {
        if answers.len() != self.x.len() {
            return Err(Uneven);
        }
        let mut long = false;
        for (number, answers) in answers.chunks_mut(TILE).enumerate() {
            let start = number * TILE;
            let tile = self.part(start..start + answers.len());
            // Long numbers come together: what follows them is not tried with short ones.
            if !long {
                let open = tile.answer_by_floats(isa, question, answers);
                long = open.long != 0;
                if open.doubt != 0 && !long {
                    tile.answer_open(question, answers);
                }
            }
            if long {
                long = tile.answer_long(question, answers);
            }
        }
        Ok(())
    }

    fn part(&self, places: Range<usize>) -> Self {
        let fees = match self.fees {
            Fees::Same(fee) => Fees::Same(fee),
            Fees::Each(fees) => Fees::Each(&fees[places.clone()]),
        };
        let [x, y, amounts] = [self.x, self.y, self.amounts].map(|list| &list[places.clone()]);
        Self { x, y, amounts, fees }
    }

    /// Writes what floats can decide, and [`NONE`] elsewhere.
    fn answer_by_floats(&self, isa: Isa, question: Question, answers: &mut [u128]) -> Open {
        let tile = Tile { x: words(self.x), y: words(self.y), amounts: words(self.amounts) };
        let answers = words_mut(answers);
        match (question, self.fees) {
            (Question::Bought, Fees::Same([kept, scale])) => {
                isa.exact_in_each(tile, (f64::from(kept), f64::from(scale)), answers)
            }
            (Question::Bought, Fees::Each(fees)) => isa.exact_in_each(tile, fees, answers),
            (_, Fees::Same([kept, scale])) => {
                isa.exact_out_each(tile, (f64::from(kept), f64::from(scale)), answers)
            }
            (_, Fees::Each(fees)) => isa.exact_out_each(tile, fees, answers),
        }
    }

    /// Writes what floats left open.
    #[cold]
    fn answer_open(&self, question: Question, answers: &mut [u128]) {
        for (place, answer) in answers.iter_mut().enumerate().filter(|(_, answer)| **answer == NONE)
        {
            *answer = self.answer_one(question, place);
        }
    }

    /// Writes the answers of a tile that has long numbers, as far as is known; gives whether it does.
    fn answer_long(&self, question: Question, answers: &mut [u128]) -> bool {
        let mut all = 0;
        for (place, answer) in answers.iter_mut().enumerate() {
            all |= self.x[place] | self.y[place] | self.amounts[place];
            *answer = self.answer_one(question, place);
        }
        LONGEST < all
    }

    fn answer_one(&self, question: Question, place: usize) -> u128 {
        let [kept, scale] = match self.fees {
            Fees::Same(fee) => fee,
            Fees::Each(fees) => fees[place],
        };
        let quote = match question {
            Question::Bought => scalar::exact_in_floor,
            Question::Cost => scalar::exact_out_ceil,
            Question::RouterCost => scalar::exact_out_plus_one,
        };
        quote(self.x[place], self.y[place], self.amounts[place], kept, scale).unwrap_or(NONE)
    }
}
