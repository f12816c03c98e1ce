//! [`Ledger`]: what an exchange must hold, kept independently of it.

use cenote_pool::{Direction, Hop, Route, Step};
use primitive_types::U512;

use crate::constant_product::ConstantProduct;
use crate::textbook::Textbook;
use crate::violation::Violation;

/// Balances in plain integers and pools in textbook formulas.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub(super) books: Vec<Book>,
    pub(super) issued: Vec<u128>,
    pub(super) dropped: Vec<u128>,
    pub(super) dropped_shares: Vec<u128>,
    /// One list of balances for each wallet.
    pub(super) wallets: Vec<Vec<u128>>,
    /// One list of shares for each wallet.
    pub(super) shares: Vec<Vec<u128>>,
}

/// A pool and its two tokens, by their places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Book {
    pub(super) tokens: [usize; 2],
    pub(super) pool: Textbook,
}

impl Book {
    /// The places of the token that comes in and of the one that goes out.
    pub(super) fn tokens(&self, direction: Direction) -> [usize; 2] {
        let [token0, token1] = self.tokens;
        match direction {
            Direction::ZeroForOne => [token0, token1],
            Direction::OneForZero => [token1, token0],
        }
    }

    /// The direction of a swap that pays with a token; `None` if it is not traded here.
    pub(super) fn direction(&self, token_in: usize) -> Option<Direction> {
        let directions = [Direction::ZeroForOne, Direction::OneForZero];
        directions.into_iter().find(|direction| self.tokens(*direction)[0] == token_in)
    }
}

/// How much a step takes from its pool.
#[derive(Debug, Clone, Copy)]
pub(super) enum Take {
    /// All that its input buys, at least its output.
    All,
    /// Exactly its output.
    Exactly,
}

/// What a route leaves: the pools after it, and what is held of each token.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) books: Vec<Book>,
    pub(super) held: Vec<u128>,
}

/// What a path costs and gives, and the pools after it.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) books: Vec<Book>,
    pub(super) token_in: usize,
    pub(super) token_out: usize,
    pub(super) amount_in: u128,
    pub(super) amount_out: u128,
}

impl Ledger {
    pub(super) fn balance(&self, trader: usize, token: usize) -> u128 {
        entry(self.wallets.get(trader), token)
    }

    pub(super) fn claim(&self, trader: usize, pool: usize) -> u128 {
        entry(self.shares.get(trader), pool)
    }

    /// Puts units into a wallet.
    pub(super) fn put(&mut self, trader: usize, token: usize, units: u128) -> Judged {
        credit(self.wallets.get_mut(trader).and_then(|wallet| wallet.get_mut(token)), units)
    }

    /// Takes units out of a wallet.
    pub(super) fn take(&mut self, trader: usize, token: usize, units: u128) -> Judged {
        debit(self.wallets.get_mut(trader).and_then(|wallet| wallet.get_mut(token)), units)
    }

    /// Puts shares into a wallet.
    pub(super) fn put_shares(&mut self, trader: usize, pool: usize, shares: u128) -> Judged {
        credit(self.shares.get_mut(trader).and_then(|wallet| wallet.get_mut(pool)), shares)
    }

    /// Takes shares out of a wallet.
    pub(super) fn take_shares(&mut self, trader: usize, pool: usize, shares: u128) -> Judged {
        debit(self.shares.get_mut(trader).and_then(|wallet| wallet.get_mut(pool)), shares)
    }

    /// What a route gives to one who holds its input; `None` where it cannot be.
    pub(super) fn route(&self, route: &Route, take: Take) -> Option<Outcome> {
        let mut books = self.books.clone();
        let mut held = vec![0_u128; self.issued.len()];
        *held.get_mut(route.token_in.index())? = route.amount_in.get();
        if route.steps.is_empty() {
            return None;
        }
        for step in &route.steps {
            let amount_out = take_step(&mut books, step, take)?;
            let spent = held.get_mut(step.token_in.index())?;
            *spent = spent.checked_sub(step.amount_in.get())?;
            let bought = held.get_mut(step.token_out.index())?;
            *bought = bought.checked_add(amount_out)?;
        }
        let least = route.amount_out.get();
        (least <= *held.get(route.token_out.index())?).then_some(Outcome { books, held })
    }

    /// What paying an amount into a path gives; `None` where it cannot be.
    pub(super) fn path_exact_in(&self, hops: &[Hop], amount_in: u128) -> Option<Passage> {
        let [token_in, token_out] = self.ends(hops)?;
        let mut books = self.books.clone();
        let mut amount = amount_in;
        for hop in hops {
            let book = books.get_mut(hop.pool.index())?;
            amount = book.pool.swap_exact_in(hop.direction, amount)?;
        }
        Some(Passage { books, token_in, token_out, amount_in, amount_out: amount })
    }

    /// What buying an amount from a path costs; `None` where it cannot be.
    pub(super) fn path_exact_out(&self, hops: &[Hop], amount_out: u128) -> Option<Passage> {
        let [token_in, token_out] = self.ends(hops)?;
        let mut books = self.books.clone();
        let mut amount = amount_out;
        let mut used = Vec::new();
        for hop in hops.iter().rev() {
            let place = hop.pool.index();
            if used.contains(&place) {
                return None;
            }
            used.push(place);
            amount = books.get_mut(place)?.pool.swap_exact_out(hop.direction, amount)?;
        }
        Some(Passage { books, token_in, token_out, amount_in: amount, amount_out })
    }

    /// The first and the last token of a path whose hops join.
    fn ends(&self, hops: &[Hop]) -> Option<[usize; 2]> {
        let mut ends: Option<[usize; 2]> = None;
        for hop in hops {
            let [token_in, token_out] = self.books.get(hop.pool.index())?.tokens(hop.direction);
            let first = match ends {
                None => token_in,
                Some([first, given]) if given == token_in => first,
                Some(_) => return None,
            };
            ends = Some([first, token_out]);
        }
        ends
    }
}

fn take_step(books: &mut [Book], step: &Step, take: Take) -> Option<u128> {
    let book = books.get_mut(step.pool.index())?;
    let direction = book.direction(step.token_in.index())?;
    if book.tokens(direction)[1] != step.token_out.index() {
        return None;
    }
    let (amount_in, amount_out) = (step.amount_in.get(), step.amount_out.get());
    match take {
        Take::All => {
            let given = book.pool.swap_exact_in(direction, amount_in)?;
            (amount_out <= given).then_some(given)
        }
        Take::Exactly => {
            book.pool.swap_exact(direction, [amount_in, amount_out])?;
            Some(amount_out)
        }
    }
}

pub(super) type Judged = Result<(), Violation>;

/// One entry of a list, zero where there is none.
pub(super) fn entry(list: Option<&Vec<u128>>, at: usize) -> u128 {
    list.and_then(|list| list.get(at)).copied().unwrap_or(0)
}

/// Adds to an entry; C1 forbids that it wraps.
pub(super) fn credit(entry: Option<&mut u128>, units: u128) -> Judged {
    let absent = Violation::new(("C1", "every balance fits"), units.into(), U512::MAX);
    let entry = entry.ok_or_else(|| absent.clone())?;
    *entry = entry.checked_add(units).ok_or(absent)?;
    Ok(())
}

/// Takes from an entry; C2 forbids that it goes below zero.
pub(super) fn debit(entry: Option<&mut u128>, units: u128) -> Judged {
    let held = entry.as_ref().map_or(0, |entry| **entry);
    let short = Violation::new(("C2", "taken <= held"), units.into(), held.into());
    let entry = entry.ok_or_else(|| short.clone())?;
    *entry = entry.checked_sub(units).ok_or(short)?;
    Ok(())
}
