//! Sequences of operations on one pool of a market, next to the textbook.
//!
//! The first deposit founds the pool. All that follows is done by one attacker, who starts with
//! no shares. After each step: T5 (no reserve above 2^112 - 1), the pool is where the textbook
//! is, S1, S2, S3 and S13 or L1, L2, L5 and L6 hold, and A1: were the attacker to give all shares
//! back now, it would not have gained in one token without having lost in the other. What is
//! refused is refused by both, and changes nothing (T1).

use cenote_pool::{Amount, Direction, Fee, Market, Pool, PoolId, Shares};
use primitive_types::U512;

use crate::account::Account;
use crate::constant_product::{ConstantProduct, State};
use crate::laws::{passes_k, product_grows, shares_are_backed, shares_keep_value, something_stays};
use crate::quantity::Quantity;
use crate::textbook::Textbook;
use crate::violation::{Violation, at_most, holds, same};

/// One operation on a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolOp {
    /// A swap of an exact input.
    SwapIn {
        /// Which way it goes.
        direction: Direction,
        /// Its input; parts are of what the attacker has gained of the token, or of the reserve
        /// if nothing was.
        amount_in: Quantity,
    },
    /// A swap for an exact output.
    SwapOut {
        /// Which way it goes.
        direction: Direction,
        /// Its output; parts are of the reserve.
        amount_out: Quantity,
    },
    /// A deposit; parts are of the reserves.
    Mint {
        /// Of the first token.
        amount0: Quantity,
        /// Of the second token.
        amount1: Quantity,
    },
    /// A withdrawal; parts are of the attacker's shares.
    Burn {
        /// The shares given up.
        shares: Quantity,
    },
}

/// The fees at which every sequence is run: none, the least, Uniswap's, and nearly all.
pub const FEES_PIPS: [u32; 4] = [0, 1, 3_000, 999_999];

/// Runs operations on an empty pool, once at each of [`FEES_PIPS`].
///
/// # Errors
///
/// [`Violation`], of the first step at which something did not hold.
pub fn run(ops: &[PoolOp]) -> Result<(), Violation> {
    FEES_PIPS.into_iter().try_for_each(|fee_pips| run_at(fee_pips, ops))
}

/// Runs operations on an empty pool with this fee; one that cannot be is refused silently.
///
/// # Errors
///
/// [`Violation`], of the first step at which something did not hold.
pub fn run_at(fee_pips: u32, ops: &[PoolOp]) -> Result<(), Violation> {
    let Some(mut table) = Table::new(fee_pips) else {
        return Ok(());
    };
    ops.iter().try_for_each(|op| table.step(*op))
}

/// A pool, the textbook beside it, and what the attacker paid, got and holds.
#[derive(Debug)]
struct Table {
    market: Market,
    pool: PoolId,
    fee_pips: u32,
    book: Textbook,
    account: Account,
    shares: u128,
}

impl Table {
    fn new(fee_pips: u32) -> Option<Self> {
        let mut market = Market::new();
        let (token0, token1) = (market.add_token("a").ok()?, market.add_token("b").ok()?);
        let pool = Pool::new(token0, token1, Fee::from_pips(fee_pips).ok()?).ok()?;
        let pool = market.add_pool("a/b", pool).ok()?;
        let book = Textbook::open(State::default(), fee_pips)?;
        Some(Self { market, pool, fee_pips, book, account: Account::default(), shares: 0 })
    }

    fn entry(&self) -> Result<&Pool, Violation> {
        let law = ("T1", "a pool stays where it was added");
        self.market.pool(self.pool).map_err(|_| Violation::new(law, U512::zero(), U512::zero()))
    }

    fn step(&mut self, op: PoolOp) -> Result<(), Violation> {
        let before = self.book.state();
        let market = self.market.clone();
        let done = match op {
            PoolOp::SwapIn { direction, amount_in } => self.swap_in(direction, amount_in)?,
            PoolOp::SwapOut { direction, amount_out } => self.swap_out(direction, amount_out)?,
            PoolOp::Mint { amount0, amount1 } => self.mint(amount0, amount1)?,
            PoolOp::Burn { shares } => self.burn(shares)?,
        };
        let after = self.entry()?.state();
        let law = ("T5", "the pool is where the textbook is");
        same(law, Some(numbers(&after)), Some(numbers(&self.book.state())))?;
        if !done {
            return holds(("T1", "a refusal changes nothing"), self.market == market, 0);
        }
        for number in numbers(&after) {
            at_most(("T5", "a number <= 2^112 - 1"), number.into(), Amount::MAX.get().into())?;
        }
        something_stays("L6", &after)?;
        shares_are_backed(&after)?;
        shares_keep_value("L1", &before, &after)?;
        self.attacker_gains_nothing()
    }

    /// Whether the swap happened; S1, S2, S3 and S13 if it did.
    fn swap_in(&mut self, direction: Direction, amount_in: Quantity) -> Result<bool, Violation> {
        let amount_in = amount_in.of(self.purse(direction));
        let before = self.book.state();
        let due = self.book.swap_exact_in(direction, amount_in);
        let (token_in, _) = self.entry()?.tokens(direction);
        let given = Amount::new(amount_in).ok().and_then(|amount_in| {
            self.market.swap_exact_in(self.pool, token_in, amount_in, Amount::ZERO).ok()
        });
        let given = given.map(|fill| [fill.amount_in.get(), fill.amount_out.get()]);
        same(("S7", "out = the textbook's"), given, due.map(|out| [amount_in, out]))?;
        self.swapped(direction, &before, given)
    }

    fn swap_out(&mut self, direction: Direction, amount_out: Quantity) -> Result<bool, Violation> {
        let [_, reserve_out] = self.book.state().oriented(direction);
        let amount_out = amount_out.of(reserve_out);
        let before = self.book.state();
        let due = self.book.swap_exact_out(direction, amount_out);
        let (_, token_out) = self.entry()?.tokens(direction);
        let given = Amount::new(amount_out).ok().and_then(|amount_out| {
            self.market.swap_exact_out(self.pool, token_out, amount_out, Amount::MAX).ok()
        });
        let given = given.map(|fill| [fill.amount_in.get(), fill.amount_out.get()]);
        same(("S7", "in = the textbook's"), given, due.map(|cost| [cost, amount_out]))?;
        self.swapped(direction, &before, given)
    }

    fn swapped(
        &mut self,
        direction: Direction,
        before: &State,
        amounts: Option<[u128; 2]>,
    ) -> Result<bool, Violation> {
        let Some([amount_in, amount_out]) = amounts else {
            return Ok(false);
        };
        let after = self.entry()?.state();
        product_grows(before, &after, self.fee_pips)?;
        passes_k(before, direction, [amount_in, amount_out], self.fee_pips)?;
        something_stays("S3", &after)?;
        holds(("S13", "0 < out"), 0 < amount_out, amount_in)?;
        match direction {
            Direction::ZeroForOne => self.account.moved([amount_in, 0], [0, amount_out]),
            Direction::OneForZero => self.account.moved([0, amount_in], [amount_out, 0]),
        }
        Ok(true)
    }

    fn mint(&mut self, amount0: Quantity, amount1: Quantity) -> Result<bool, Violation> {
        let State { reserve0, reserve1, total_shares } = self.book.state();
        let founding = total_shares == 0;
        // Parts of nothing found nothing, so they are of a middling pool.
        let whole = |reserve: u128| if founding { 1 << 56 } else { reserve };
        let (amount0, amount1) = (amount0.of(whole(reserve0)), amount1.of(whole(reserve1)));
        let due = self.book.mint(amount0, amount1);
        let offered = Amount::new(amount0).ok().zip(Amount::new(amount1).ok());
        let given = offered.and_then(|(amount0, amount1)| {
            self.market.mint(self.pool, amount0, amount1, Shares::ZERO).ok()
        });
        let given = given
            .map(|deposit| [deposit.amount0, deposit.amount1].map(Amount::get))
            .zip(given.map(|deposit| deposit.shares.get()));
        let given = given.map(|([taken0, taken1], shares)| [taken0, taken1, shares]);
        let due = due.map(|minted| [minted.amounts[0], minted.amounts[1], minted.shares]);
        same(("L1", "shares = the textbook's"), given, due)?;
        let Some([taken0, taken1, shares]) = given else {
            return Ok(false);
        };
        if !founding {
            self.shares = self.shares.saturating_add(shares);
            self.account.moved([taken0, taken1], [0, 0]);
        }
        Ok(true)
    }

    fn burn(&mut self, shares: Quantity) -> Result<bool, Violation> {
        let shares = shares.of(self.shares);
        let held = shares <= self.shares;
        // The attacker cannot burn what it has not; how the pool refuses more than anybody can
        // have is seen on a fork, through the same code.
        let due = held.then(|| self.book.burn(shares)).flatten();
        let given = Shares::new(shares).ok().filter(|_| held);
        let given = given.and_then(|shares| self.market.burn(self.pool, shares).ok());
        let given =
            given.map(|withdrawal| [withdrawal.amount0, withdrawal.amount1].map(Amount::get));
        same(("L2", "paid = the textbook's"), given, due)?;
        if held && 0 < shares {
            holds(("L5", "shares are redeemable"), given.is_some(), shares)?;
        }
        let Some(paid) = given else {
            return Ok(false);
        };
        self.shares = self.shares.saturating_sub(shares);
        self.account.moved([0, 0], paid);
        Ok(true)
    }

    /// What an input's part is of: the gain of the token that comes in, or the reserve.
    fn purse(&self, direction: Direction) -> u128 {
        let [reserve_in, _] = self.book.state().oriented(direction);
        let gained = match direction {
            Direction::ZeroForOne => self.account.got[0].saturating_sub(self.account.paid[0]),
            Direction::OneForZero => self.account.got[1].saturating_sub(self.account.paid[1]),
        };
        if gained.is_zero() { reserve_in } else { u128::try_from(gained).unwrap_or(reserve_in) }
    }

    /// A1, as if the attacker gave its shares back now.
    fn attacker_gains_nothing(&self) -> Result<(), Violation> {
        let [back0, back1] = self.book.clone().burn(self.shares).unwrap_or_default();
        let mut account = self.account;
        account.moved([0, 0], [back0, back1]);
        account.gains_nothing()
    }
}

fn numbers(state: &State) -> [u128; 3] {
    [state.reserve0, state.reserve1, state.total_shares]
}
