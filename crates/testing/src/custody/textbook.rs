//! [`TextbookCustody`]: an exchange in plain lists of numbers.
//!
//! Its rules are one trait, so that a fault can be one rule gone wrong.

use core::marker::PhantomData;

use super::act::Hop;
use super::{Act, Books, Custody, Founding, OPENED_FEE_PIPS, POOLS, PoolBook, TOKENS, TRADERS};
use crate::constant_product::{ConstantProduct, State};
use crate::textbook::Textbook;

/// The rules of an exchange about who may do what.
pub trait CustodyRules: Clone {
    /// Whether a pool of two tokens may be opened: of two different ones.
    fn may_open(tokens: [usize; 2]) -> bool {
        tokens[0] != tokens[1]
    }

    /// Whose act it is; nobody's where there is no such customer.
    fn actor(by: usize) -> Option<usize> {
        (by < TRADERS).then_some(by)
    }

    /// Whose units are spent: those of the one who acts, if there are enough.
    fn payer(books: &Books, by: usize, token: usize, units: u128) -> Option<usize> {
        (units <= books.balance(by, token)).then_some(by)
    }

    /// What is taken from a wallet that pays: all of it.
    fn debited(units: u128) -> u128 {
        units
    }

    /// Whose shares are given up: those of the one who acts, if there are enough.
    fn giver(books: &Books, by: usize, pool: usize, shares: u128) -> Option<usize> {
        (shares <= books.claim(by, pool)).then_some(by)
    }

    /// The shares that a depositor gets: those that were made.
    fn credited(shares: u128) -> u128 {
        shares
    }

    /// What shares pay of one token: what they are worth.
    fn redeemed(worth: u128) -> u128 {
        worth
    }

    /// The pool that sends units as if it were a customer: none.
    fn pool_account(_by: usize) -> Option<usize> {
        None
    }

    /// Whether what was given is enough: not less than the least.
    fn is_enough(given: u128, least: u128) -> bool {
        least <= given
    }

    /// What an act leaves that was refused: what was before it, not what it had done by then.
    fn after_refusal<R>(before: BookCustody<R>, _half: BookCustody<R>) -> BookCustody<R> {
        before
    }
}

/// The rules as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightCustody {}

impl CustodyRules for RightCustody {}

/// The obvious exchange: right, slow, and sharing no code with Cenote's.
pub type TextbookCustody = BookCustody<RightCustody>;

/// An exchange of rules about who may do what, over pools from a textbook.
#[derive(Debug, Clone)]
pub struct BookCustody<R> {
    books: Books,
    pools: Vec<Textbook>,
    rules: PhantomData<R>,
}

impl<R: CustodyRules> BookCustody<R> {
    fn open_pool(&mut self, tokens: [usize; 2], fee_pips: u32) -> Option<()> {
        let known = tokens.iter().all(|token| *token < TOKENS);
        let pool = Textbook::open(State::default(), fee_pips)?;
        if !known || !R::may_open(tokens) {
            return None;
        }
        self.books.pools.push(PoolBook { tokens, state: pool.state() });
        self.pools.push(pool);
        self.books.shares.iter_mut().for_each(|shares| shares.push(0));
        Some(())
    }

    /// Writes a pool, in both places that show it.
    fn write(&mut self, at: usize, pool: Textbook) -> Option<()> {
        self.books.pools.get_mut(at)?.state = pool.state();
        *self.pools.get_mut(at)? = pool;
        Some(())
    }

    /// Gives a pool other numbers; its fee stays.
    fn rewrite(&mut self, at: usize, state: State) -> Option<()> {
        let fee_pips = POOLS.get(at).map_or(OPENED_FEE_PIPS, |(_, fee_pips)| *fee_pips);
        self.write(at, Textbook::open(state, fee_pips)?)
    }

    fn credit(&mut self, trader: usize, token: usize, units: u128) -> Option<()> {
        let balance = self.books.wallets.get_mut(trader)?.get_mut(token)?;
        *balance = balance.checked_add(units)?;
        Some(())
    }

    fn debit(&mut self, by: usize, token: usize, units: u128) -> Option<()> {
        let payer = R::payer(&self.books, by, token, units)?;
        let balance = self.books.wallets.get_mut(payer)?.get_mut(token)?;
        *balance = balance.checked_sub(R::debited(units))?;
        Some(())
    }

    /// Sells to one pool; gives what it paid.
    fn sell(&mut self, by: usize, hop: Hop, amount_in: u128) -> Option<u128> {
        let at = usize::from(hop.pool);
        let [token_in, token_out] = self.books.tokens(hop);
        let mut pool = *self.pools.get(at)?;
        let amount_out = pool.swap_exact_in(hop.direction, amount_in)?;
        self.debit(by, token_in, amount_in)?;
        self.write(at, pool)?;
        self.credit(by, token_out, amount_out)?;
        Some(amount_out)
    }

    fn sell_twice(
        &mut self,
        by: usize,
        hops: [Hop; 2],
        amount_in: u128,
        least: u128,
    ) -> Option<()> {
        let joined = self.books.tokens(hops[0])[1] == self.books.tokens(hops[1])[0];
        let between = self.sell(by, hops[0], amount_in).filter(|_| joined)?;
        let given = self.sell(by, hops[1], between)?;
        R::is_enough(given, least).then_some(())
    }

    fn buy(&mut self, by: usize, hop: Hop, amount_out: u128, most: u128) -> Option<()> {
        let at = usize::from(hop.pool);
        let [token_in, token_out] = self.books.tokens(hop);
        let mut pool = *self.pools.get(at)?;
        let cost = pool.swap_exact_out(hop.direction, amount_out)?;
        // A limit that is no amount is refused like any amount that is none.
        (most <= Textbook::MAX && R::is_enough(most, cost)).then_some(())?;
        self.debit(by, token_in, cost)?;
        self.write(at, pool)?;
        self.credit(by, token_out, amount_out)
    }

    fn deposit(&mut self, by: usize, at: usize, most: [u128; 2], least: u128) -> Option<()> {
        let mut pool = *self.pools.get(at)?;
        let tokens = self.books.pools.get(at)?.tokens;
        // All that may be needed must be there, though what is not needed stays.
        for (token, units) in tokens.into_iter().zip(most) {
            R::payer(&self.books, by, token, units)?;
        }
        let minted = pool.mint_within(most[0], most[1])?;
        R::is_enough(minted.shares, least).then_some(())?;
        for (token, units) in tokens.into_iter().zip(minted.amounts) {
            self.debit(by, token, units)?;
        }
        self.write(at, pool)?;
        let shares = self.books.shares.get_mut(by)?.get_mut(at)?;
        *shares = shares.checked_add(R::credited(minted.shares))?;
        Some(())
    }

    fn redeem(&mut self, by: usize, at: usize, shares: u128) -> Option<()> {
        // No shares are given up anywhere.
        if shares == 0 {
            return Some(());
        }
        let giver = R::giver(&self.books, by, at, shares)?;
        let mut pool = *self.pools.get(at)?;
        let State { reserve0, reserve1, .. } = pool.state();
        let paid = pool.burn(shares)?.map(R::redeemed);
        let reserve0 = reserve0.checked_sub(paid[0])?;
        let reserve1 = reserve1.checked_sub(paid[1])?;
        self.rewrite(at, State { reserve0, reserve1, ..pool.state() })?;
        let tokens = self.books.pools.get(at)?.tokens;
        let held = self.books.shares.get_mut(giver)?.get_mut(at)?;
        *held = held.checked_sub(shares)?;
        tokens.into_iter().zip(paid).try_for_each(|(token, units)| self.credit(by, token, units))
    }

    fn send(&mut self, by: usize, to: usize, token: usize, units: u128) -> Option<()> {
        (token < TOKENS && to < TRADERS).then_some(())?;
        self.debit(by, token, units)?;
        self.credit(to, token, units)
    }

    /// A pool sends units of its own; for exchanges where that can be.
    fn send_from_pool(&mut self, at: usize, to: usize, token: usize, units: u128) -> Option<()> {
        let book = *self.books.pools.get(at)?;
        let State { mut reserve0, mut reserve1, .. } = book.state;
        let reserve = if book.tokens[0] == token { &mut reserve0 } else { &mut reserve1 };
        *reserve = reserve.checked_sub(units)?;
        self.rewrite(at, State { reserve0, reserve1, ..book.state })?;
        self.credit(to, token, units)
    }

    fn perform(&mut self, act: &Act<u128>) -> Option<()> {
        let by = match act.by() {
            None => 0,
            Some(by) => match (R::actor(by), R::pool_account(by), act) {
                (Some(by), ..) => by,
                (None, Some(pool), Act::Send { to, token, amount, .. }) => {
                    return self.send_from_pool(pool, (*to).into(), (*token).into(), *amount);
                }
                _ => return None,
            },
        };
        match act {
            Act::Sell { hop, amount_in, least, .. } => {
                let given = self.sell(by, *hop, *amount_in)?;
                R::is_enough(given, *least).then_some(())
            }
            Act::SellTwice { hops, amount_in, least, .. } => {
                self.sell_twice(by, *hops, *amount_in, *least)
            }
            Act::Buy { hop, amount_out, most, .. } => self.buy(by, *hop, *amount_out, *most),
            Act::Deposit { pool, most, least, .. } => {
                self.deposit(by, (*pool).into(), *most, *least)
            }
            Act::Redeem { pool, shares, .. } => self.redeem(by, (*pool).into(), *shares),
            Act::Send { to, token, amount, .. } => {
                self.send(by, (*to).into(), (*token).into(), *amount)
            }
            Act::Open { tokens: [token0, token1] } => {
                self.open_pool([(*token0).into(), (*token1).into()], OPENED_FEE_PIPS)
            }
        }
    }
}

impl<R: CustodyRules> Custody for BookCustody<R> {
    fn open(founding: &Founding) -> Option<Self> {
        let wallets = vec![vec![founding.balance; TOKENS]; TRADERS];
        let shares = vec![Vec::new(); TRADERS];
        let all = founding.balance.checked_mul(u128::try_from(TRADERS).ok()?)?;
        let books = Books { issued: vec![all; TOKENS], pools: Vec::new(), wallets, shares };
        let mut custody = Self { books, pools: Vec::new(), rules: PhantomData };
        for (at, (tokens, fee_pips)) in POOLS.into_iter().enumerate() {
            custody.open_pool(tokens, fee_pips)?;
            let mut pool = *custody.pools.get(at)?;
            let minted = pool.mint(founding.reserves[0], founding.reserves[1])?;
            custody.write(at, pool)?;
            *custody.books.shares.first_mut()?.get_mut(at)? = minted.shares;
            for (token, units) in tokens.into_iter().zip(founding.reserves) {
                let issued = custody.books.issued.get_mut(token)?;
                *issued = issued.checked_add(units)?;
            }
        }
        Some(custody)
    }

    fn books(&self) -> Books {
        self.books.clone()
    }

    fn act(&mut self, act: &Act<u128>) -> bool {
        let mut changed = self.clone();
        let done = changed.perform(act).is_some();
        let before = self.clone();
        *self = if done { changed } else { R::after_refusal(before, changed) };
        done
    }
}
