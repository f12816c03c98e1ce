//! [`Quotes`]: many independent quotes at once.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "all lists are of one length, and places are counted up to it"
)]

use core::ops::Range;

#[cfg(target_arch = "x86_64")]
use crate::guesses::{Guesses, LANES};
#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::isa::Isa;
use crate::lanes::{LONGEST, Open, Question, TILE, Tile, in_doubt, words, words_mut};
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
        // Long numbers come together: what follows them is not tried with short ones.
        let mut long = !isa.has_floats();
        for (number, answers) in answers.chunks_mut(TILE).enumerate() {
            let start = number * TILE;
            let tile = self.part(start..start + answers.len());
            if !long {
                let open = tile.answer_by_floats(isa, question, answers);
                long = open.has_long();
                if open.doubt != 0 && !long {
                    tile.answer_open(question, answers);
                }
            }
            if long {
                long = tile.answer_long(isa, question, answers) || !isa.has_floats();
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

    /// Writes what floats can decide; elsewhere what is [`in_doubt`].
    fn answer_by_floats(&self, isa: Isa, question: Question, answers: &mut [u128]) -> Open {
        let (tile, answers) = (self.tile(), words_mut(answers));
        match (question, self.fees) {
            (Question::Bought, Fees::Same(fee)) => {
                isa.exact_in_each(tile, fee.map(f64::from), answers)
            }
            (Question::Bought, Fees::Each(fees)) => isa.exact_in_each(tile, fees, answers),
            (_, Fees::Same(fee)) => isa.exact_out_each(tile, fee.map(f64::from), answers),
            (_, Fees::Each(fees)) => isa.exact_out_each(tile, fees, answers),
        }
    }

    fn tile(&self) -> Tile<'a> {
        Tile { x: words(self.x), y: words(self.y), amounts: words(self.amounts) }
    }

    /// Writes what floats left open.
    #[cold]
    fn answer_open(&self, question: Question, answers: &mut [u128]) {
        for (place, answer) in
            answers.iter_mut().enumerate().filter(|(_, answer)| in_doubt(**answer))
        {
            self.part(place..place + 1).answer_each(question, core::slice::from_mut(answer));
        }
    }

    /// Writes the answers of a tile that has long numbers, as far as is known; gives whether it does.
    fn answer_long(&self, isa: Isa, question: Question, answers: &mut [u128]) -> bool {
        let longest = |list: &[u128]| list.iter().fold(0, |all, number| all | number);
        let all = longest(self.x) | longest(self.y) | longest(self.amounts);
        let answered = self.answer_vectors(isa, question, (all, answers));
        if answered != 0 {
            self.answer_open(question, answers);
        }
        let rest = self.part(answered..answers.len());
        rest.answer_each(question, &mut answers[answered..]);
        LONGEST < all
    }

    /// Writes the answers of whole vectors of long numbers where there are instructions for them; what has
    /// no short answer is [`in_doubt`]. Gives how many were written.
    #[cfg(target_arch = "x86_64")]
    fn answer_vectors(
        &self,
        isa: Isa,
        question: Question,
        (all, answers): (u128, &mut [u128]),
    ) -> usize {
        let same;
        let fees = match self.fees {
            Fees::Each(fees) => fees,
            Fees::Same(fee) => {
                same = [fee; TILE];
                &same[..answers.len()]
            }
        };
        let part = fees.iter().flatten().fold(0, |all, part| all | part);
        let Some(isa) = isa.avx512().filter(|_| all <= ifma::LONGEST && part <= ifma::LARGEST_PART)
        else {
            return 0;
        };
        let mut guesses = Guesses::NONE;
        match question {
            Question::Bought => isa.guess_in_each(self.tile(), fees, &mut guesses),
            Question::Cost | Question::RouterCost => {
                isa.guess_out_each(self.tile(), fees, &mut guesses);
            }
        }
        isa.divide_each(question, (self.tile(), fees), &guesses, words_mut(answers));
        answers.len() / LANES * LANES
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[expect(clippy::unused_self, reason = "the twin of the one above")]
    fn answer_vectors(&self, _: Isa, _: Question, _: (u128, &mut [u128])) -> usize {
        0
    }

    /// Writes answers, one at a time.
    fn answer_each(&self, question: Question, answers: &mut [u128]) {
        match question {
            Question::Bought => self.answer_each_by(answers, scalar::exact_in_floor),
            Question::Cost => self.answer_each_by(answers, scalar::exact_out_ceil),
            Question::RouterCost => self.answer_each_by(answers, scalar::exact_out_plus_one),
        }
    }

    #[inline]
    fn answer_each_by(
        &self,
        answers: &mut [u128],
        quote: impl Fn(u128, u128, u128, u32, u32) -> Option<u128>,
    ) {
        for (place, answer) in answers.iter_mut().enumerate() {
            let [kept, scale] = self.fee(place);
            let answered = quote(self.x[place], self.y[place], self.amounts[place], kept, scale);
            *answer = answered.unwrap_or(NONE);
        }
    }

    #[inline]
    fn fee(&self, place: usize) -> [u32; 2] {
        match self.fees {
            Fees::Same(fee) => fee,
            Fees::Each(fees) => fees[place],
        }
    }
}
