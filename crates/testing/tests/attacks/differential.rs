//! Random operations on a pair, beside the contract's statements.
//!
//! Amounts, reserves, balances, shares, `k_last`, accumulators and reasons must agree. Where the
//! two are meant to differ is counted, and each difference is asserted to be one of these:
//!
//! - a burn that pays one token only is paid here and refused by v2;
//! - a sync to one balance of zero is refused here;
//! - more than 2^112 - 1 shares, or a payment above that, has no type here and is refused. It
//!   takes balances that a token lowered by itself, or raised beyond every reserve.
//!
//! A market that hears of all that succeeds comes to the same pool and past. It refuses, as said
//! of [`Market::apply`], what happened while a token had taken some back.

use std::cell::Cell;

use cenote_pool::{
    Action, Amount, Balances, BurnError, Event, EventError, Fee, Fees, FlowsError, History,
    Liquidity, Market, MintError, Pair, PairError, Pool, PoolId, Product, ProtocolFee, Reserves,
    Shares,
};
use cenote_testing::inputs;
use primitive_types::{U256, U512};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

use crate::textbook_pair::{Legs, Revert, TextbookPair, uint112_max};

const MAX: u128 = Amount::MAX.get();

/// One call from random bits, resolved against what the pair then holds.
#[derive(Debug, Clone, Copy)]
struct Call {
    kind: u8,
    first: (u8, u128),
    second: (u8, u128),
    clock: u8,
    fee_to: ProtocolFee,
}

/// How often what happened.
#[derive(Debug, Default)]
struct Tally {
    calls: Cell<u32>,
    done: Cell<u32>,
    refused: Cell<u32>,
    one_leg: Cell<u32>,
    one_balance: Cell<u32>,
    beyond_types: Cell<u32>,
    protocol_shares: Cell<u32>,
    events: Cell<u32>,
    unexplained: Cell<u32>,
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

/// Both, and a market that hears of every success.
struct Table<'a> {
    pair: Pair,
    book: TextbookPair,
    market: Market,
    id: PoolId,
    now: u32,
    /// The pair before what may be refused; a payment comes before its call.
    before: Pair,
    tally: &'a Tally,
}

fn wide(units: [u128; 2]) -> [U512; 2] {
    units.map(U512::from)
}

fn narrow(units: U512) -> u128 {
    u128::try_from(units).unwrap()
}

/// A number near something that matters.
fn near((choice, bits): (u8, u128), whole: u128) -> u128 {
    match choice % 8 {
        0 | 1 => {
            inputs::units(u8::try_from(bits >> 120).unwrap(), bits.rotate_left(17)) >> (bits % 16)
        }
        2 | 3 => narrow(U512::from(whole) * U512::from(bits % (1 << 16)) / U512::from(1 << 16)),
        4 => whole,
        5 => bits % 4,
        6 => whole.saturating_sub(bits % 3),
        _ => whole.saturating_add(bits % 3),
    }
}

impl<'a> Table<'a> {
    fn new(pips: [u32; 2], now: u32, tally: &'a Tally) -> Self {
        let fees = pips.map(|pips| Fee::from_pips(pips).unwrap());
        let mut market = Market::new();
        let tokens = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let pool = Pool::new(tokens[0], tokens[1], Fees::new(fees[0], fees[1])).unwrap();
        let id = market.add_pool("a/b", pool).unwrap();
        let history = History {
            price0_cum: Some(U256::zero()),
            price1_cum: Some(U256::zero()),
            k_last: Some(Product::ZERO),
            ts_last: Some(now),
        };
        market.set_history(id, history).unwrap();
        let (pair, book) = (Pair::new(pool, history), TextbookPair::new(pips, now));
        Self { pair, book, market, id, now, before: pair, tally }
    }

    /// Both hold and remember the same.
    fn agree(&self) {
        let (pool, history) = (self.pair.pool(), self.pair.history());
        let Reserves { reserve0, reserve1 } = pool.reserves();
        let Balances { balance0, balance1 } = self.pair.balances();
        assert_eq!(wide([reserve0.get(), reserve1.get()]), self.book.reserve);
        assert_eq!(wide([balance0, balance1]), self.book.balance);
        assert_eq!(U512::from(pool.total_shares().unwrap().get()), self.book.total_supply);
        assert_eq!(U512::from(history.k_last.unwrap().get()), self.book.k_last);
        let sums = [history.price0_cum.unwrap(), history.price1_cum.unwrap()];
        assert_eq!(sums, self.book.price_cumulative_last);
        assert_eq!(history.ts_last, Some(self.book.block_timestamp_last));
    }

    fn run(&mut self, call: &Call) {
        self.now = match call.clock {
            0..=99 => self.now,
            100..=239 => self.now.wrapping_add(u32::from(call.clock)),
            _ => self.now.wrapping_add(u32::try_from(call.first.1 >> 96).unwrap()),
        };
        count(&self.tally.calls);
        self.before = self.pair;
        let done = match call.kind % 16 {
            0 | 1 => self.transfer(call),
            2..=5 => self.pay_and_swap(call),
            6 => self.swap(call, call.first, call.second),
            7..=9 => self.deposit(call),
            10 => self.mint(call),
            11 | 12 => self.burn(call),
            13 => self.observe(call),
            14 => self.sync(),
            _ => self.skim(),
        };
        if done {
            count(&self.tally.done);
        } else {
            count(&self.tally.refused);
            assert_eq!(self.pair, self.before, "a refusal changes nothing");
        }
        self.agree();
    }

    fn transfer(&mut self, call: &Call) -> bool {
        let Balances { balance0, balance1 } = self.pair.balances();
        // Now and then exactly up to the bound, which is where a reserve ends.
        let part = |draw: (u8, u128), balance: u128| match draw.0 {
            250.. => MAX.saturating_sub(balance).saturating_add(draw.1 % 2),
            choice => near((choice, draw.1), balance >> (draw.1 % 7)),
        };
        self.send([part(call.first, balance0), part(call.second, balance1)])
    }

    fn send(&mut self, amounts: [u128; 2]) -> bool {
        let sum = [0, 1].map(|at| self.book.balance[at] + wide(amounts)[at]);
        let fits = sum.iter().all(|sum| sum.bits() <= 128);
        let sent = self.pair.transfer(amounts[0], amounts[1]);
        assert_eq!(sent, if fits { Ok(()) } else { Err(PairError::BalanceOverflow) });
        if fits {
            self.book.balance = sum;
            self.before = self.pair;
        }
        fits
    }

    fn observe(&mut self, call: &Call) -> bool {
        // A token that takes some back, or gives some.
        let seen = |draw: (u8, u128), balance: u128| match draw.0 {
            0..=199 => balance,
            200..=229 => near(draw, balance),
            230..=239 => balance / 2,
            _ => draw.1 % 3,
        };
        let Balances { balance0, balance1 } = self.pair.balances();
        let balances = [seen(call.first, balance0), seen(call.second, balance1)];
        self.pair.observe(Balances { balance0: balances[0], balance1: balances[1] });
        self.book.balance = wide(balances);
        true
    }

    /// A payment, and what it buys, a unit more or a unit less.
    fn pay_and_swap(&mut self, call: &Call) -> bool {
        let at = usize::from(call.kind & 1);
        let [x, y] = [narrow(self.book.reserve[at]), narrow(self.book.reserve[1 - at])];
        let mut amounts = [0; 2];
        amounts[at] = near(call.first, x >> (call.second.1 % 9));
        if !self.send(amounts) {
            return false;
        }
        let paid = self.book.balance[at].saturating_sub(self.book.reserve[at]);
        let traded = paid * (U512::from(1_000_000) - self.book.fee[at]);
        let divisor = U512::from(x) * 1_000_000 + traded;
        let quoted = (traded * U512::from(y)).checked_div(divisor).unwrap_or_default();
        let quoted = quoted.min(U512::from(MAX)).low_u128();
        let mut out = [0; 2];
        out[1 - at] = match call.second.0 {
            0..=99 => quoted,
            100..=179 => quoted.saturating_add(1),
            180..=239 => quoted.saturating_sub(1),
            _ => near(call.second, y),
        };
        self.judge_swap(out.map(|units| units.min(MAX)))
    }

    fn swap(&mut self, call: &Call, first: (u8, u128), second: (u8, u128)) -> bool {
        let [x, y] = self.book.reserve.map(narrow);
        let one = |draw, reserve: u128| near(draw, reserve).min(MAX);
        let out = match call.clock % 3 {
            0 => [one(first, x), 0],
            1 => [0, one(second, y)],
            _ => [one(first, x), one(second, y)],
        };
        self.judge_swap(out)
    }

    fn judge_swap(&mut self, out: [u128; 2]) -> bool {
        let amounts = out.map(|units| Amount::new(units).unwrap());
        let given = self.pair.swap(amounts[0], amounts[1], self.now);
        let due = self.book.swap(wide(out), self.now);
        let flows = match (given, due) {
            (Ok(flows), Ok(paid)) => {
                assert_eq!(wide([flows.amount0_in.get(), flows.amount1_in.get()]), paid);
                assert_eq!([flows.amount0_out, flows.amount1_out], amounts);
                flows
            }
            (Err(error), Err(revert)) => {
                assert_eq!(swap_word(error), revert_of_swap(revert), "{out:?}");
                return false;
            }
            (given, due) => panic!("{given:?} and {due:?} for {out:?} from {:?}", self.book),
        };
        self.report(Some(Action::Swap(flows)));
        true
    }

    /// A deposit near the proportion.
    fn deposit(&mut self, call: &Call) -> bool {
        let [x, y] = self.book.reserve.map(narrow);
        let founding = self.book.total_supply.is_zero();
        let shift = call.second.1 % 40;
        let more = |draw: (u8, u128)| draw.1 % 3;
        let amounts = if founding {
            [near(call.first, 1 << 80), near(call.second, 1 << 90)]
        } else {
            [(x >> shift) + more(call.first), (y >> shift) + more(call.second)]
        };
        self.send(amounts) && self.mint(call)
    }

    fn mint(&mut self, call: &Call) -> bool {
        let (total, book) = (self.book.total_supply, self.book);
        let due = self.book.mint(call.fee_to, self.now);
        let given = self.pair.mint(call.fee_to, self.now);
        let deposit = match (given, due) {
            (Ok(deposit), Ok((amounts, shares))) => {
                assert_eq!(wide([deposit.amount0.get(), deposit.amount1.get()]), amounts);
                assert_eq!(U512::from(deposit.shares.get()), shares);
                deposit
            }
            (Err(MintError::SharesOverflow), Ok(_)) => {
                assert!(uint112_max() < self.book.total_supply, "the shares have no type");
                self.book = book;
                count(&self.tally.beyond_types);
                return false;
            }
            (Err(error), Err(revert)) => {
                self.same_mint_refusal(error, revert);
                return false;
            }
            (given, due) => panic!("{given:?} and {due:?} from {book:?}"),
        };
        // The first deposit makes the locked shares, and no fee.
        if !total.is_zero() {
            self.see_protocol_shares(total + deposit.shares.get());
        }
        let (amount0, amount1) = (deposit.amount0, deposit.amount1);
        let made = Liquidity { amount0, amount1, shares: Some(deposit.shares) };
        self.report_liquidity(Action::Mint(made), call.fee_to);
        true
    }

    fn same_mint_refusal(&self, error: MintError, revert: Revert) {
        let [first, second] = self.book.balance;
        let too_much = uint112_max() < first.max(second);
        match error {
            MintError::ReserveOverflow => assert!(too_much, "{revert:?}"),
            MintError::ZeroShares => {
                assert!(!too_much && revert != Revert::Overflow, "{revert:?}");
            }
            // Where v2 goes on to find a balance too large, or shares too few.
            MintError::SharesOverflow => count(&self.tally.beyond_types),
            other => panic!("{other} and {revert:?}"),
        }
    }

    fn burn(&mut self, call: &Call) -> bool {
        let book = self.book;
        let held = narrow(book.total_supply).saturating_sub(1000);
        let shares = near(call.first, held >> (call.second.1 % 5)).min(MAX);
        let burned = Shares::new(shares).unwrap();
        let given = self.pair.burn(burned, call.fee_to, self.now);
        let mut due = self.book.burn(shares.into(), Legs::Both, call.fee_to, self.now);
        if due == Err(Revert::InsufficientLiquidityBurned) && given.is_ok() {
            due = self.book.burn(shares.into(), Legs::One, call.fee_to, self.now);
            count(&self.tally.one_leg);
        }
        let withdrawal = match (given, due) {
            (Ok(withdrawal), Ok(amounts)) => {
                assert_eq!(wide([withdrawal.amount0.get(), withdrawal.amount1.get()]), amounts);
                withdrawal
            }
            (Err(error), Ok(amounts)) => {
                // More than an amount would be paid, or more shares than there can be remembered.
                let payment = uint112_max() < amounts[0].max(amounts[1]);
                let supply = uint112_max() < self.book.total_supply + shares;
                let expected = match error {
                    BurnError::ReserveOverflow => payment,
                    BurnError::SharesOverflow => supply,
                    _ => false,
                };
                assert!(expected, "{error} and {amounts:?} from {book:?}");
                self.book = book;
                count(&self.tally.beyond_types);
                return false;
            }
            (Err(error), Err(revert)) => {
                same_burn_refusal(error, revert, &book);
                if error == BurnError::ZeroOutput && book.balance.iter().all(|sum| !sum.is_zero()) {
                    let paid = book.clone().burn(shares.into(), Legs::One, call.fee_to, self.now);
                    assert_eq!(paid, Err(revert), "one token would be paid");
                }
                return false;
            }
            (Ok(given), Err(revert)) => panic!("{given:?} and {revert:?} from {book:?}"),
        };
        self.see_protocol_shares(book.total_supply - shares);
        let (amount0, amount1) = (withdrawal.amount0, withdrawal.amount1);
        let given_up = Liquidity { amount0, amount1, shares: Some(burned) };
        self.report_liquidity(Action::Burn(given_up), call.fee_to);
        true
    }

    fn see_protocol_shares(&self, without: U512) {
        if without != self.book.total_supply {
            count(&self.tally.protocol_shares);
        }
    }

    fn skim(&mut self) -> bool {
        let (given, due) = (self.pair.skim(), self.book.skim());
        match (given, due) {
            (Ok(beyond), Ok(amounts)) => {
                assert_eq!(wide([beyond.balance0, beyond.balance1]), amounts);
                true
            }
            (Err(PairError::BalanceBelowReserve), Err(Revert::Underflow)) => false,
            (given, due) => panic!("{given:?} and {due:?}"),
        }
    }

    fn sync(&mut self) -> bool {
        let before = self.book;
        let (given, due) = (self.pair.sync(self.now), self.book.sync(self.now));
        match (given, due) {
            (Ok(_), Ok(())) => {
                self.report(None);
                true
            }
            (Err(PairError::BalanceOverflow), Err(Revert::Overflow)) => false,
            (Err(PairError::OneBalanceZero), Ok(())) => {
                assert_ne!(before.balance[0].is_zero(), before.balance[1].is_zero());
                count(&self.tally.one_balance);
                self.book = before;
                false
            }
            (given, due) => panic!("{given:?} and {due:?}"),
        }
    }

    /// A market that hears of it comes to the same pool and past, if it can be explained: where
    /// a token took some back, the amounts do not lead to the reserves.
    fn report(&mut self, action: Option<Action>) {
        let reserves = self.pair.pool().reserves();
        let event = Event { pool: self.id, timestamp: self.now, reserves, action };
        let before = self.market.pool(self.id).unwrap().reserves();
        let Balances { balance0, balance1 } = self.before.balances();
        let missing = balance0 < before.reserve0.get() || balance1 < before.reserve1.get();
        let judged = self.market.apply(&event);
        if missing && action.is_some() {
            assert!(matches!(judged, Err(EventError::Reserves { .. })), "{judged:?} {event:?}");
            let (pool, history) = (*self.pair.pool(), *self.pair.history());
            self.market.restore(self.id, pool, history).unwrap();
            count(&self.tally.unexplained);
        } else {
            assert_eq!(judged, Ok(()), "{event:?} after {:?}", self.before);
            count(&self.tally.events);
        }
        assert_eq!(self.market.pool(self.id).unwrap(), self.pair.pool());
        let history = self.market.history(self.id);
        let remembered = History { k_last: self.pair.history().k_last, ..history };
        assert_eq!(remembered, *self.pair.history());
        // Whether the fee is on is not among what pairs report.
        self.market.set_history(self.id, remembered).unwrap();
    }

    /// Reports a deposit or a withdrawal at which the fee was on or off.
    fn report_liquidity(&mut self, action: Action, fee_to: ProtocolFee) {
        let known = self.market.history(self.id);
        if fee_to == ProtocolFee::Off {
            let off = History { k_last: Some(Product::ZERO), ..known };
            self.market.set_history(self.id, off).unwrap();
        }
        self.report(Some(action));
    }
}

fn swap_word(error: FlowsError) -> &'static str {
    error.code()
}

fn revert_of_swap(revert: Revert) -> &'static str {
    match revert {
        Revert::InsufficientOutputAmount => "no_output",
        Revert::InsufficientLiquidity | Revert::TransferFailed => "insufficient_reserve",
        Revert::InsufficientInputAmount => "no_input",
        Revert::K => "breaks_k",
        Revert::Overflow => "reserve_overflow",
        other => panic!("{other:?} in a swap"),
    }
}

fn same_burn_refusal(error: BurnError, revert: Revert, book: &TextbookPair) {
    let agrees = match error {
        BurnError::ZeroShares => revert != Revert::Overflow,
        BurnError::TooManyShares { .. } => revert == Revert::NobodyHasThem,
        BurnError::ReserveOverflow => uint112_max() < book.balance[0].max(book.balance[1]),
        BurnError::ZeroOutput => revert == Revert::InsufficientLiquidityBurned,
        _ => false,
    };
    assert!(agrees, "{error} and {revert:?} from {book:?}");
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let draw = || (any::<u8>(), any::<u128>());
    let call = (any::<u8>(), draw(), draw(), any::<u8>(), 0..4_u8);
    let call = call.prop_map(|(kind, first, second, clock, fee_to)| {
        let fee_to = if fee_to == 0 { ProtocolFee::Off } else { ProtocolFee::On };
        Call { kind, first, second, clock, fee_to }
    });
    proptest::collection::vec(call, 1..=60)
}

#[test]
fn a_pair_is_the_contract_but_for_the_differences_that_are_meant() {
    let tally = Tally::default();
    let fees = (inputs::fees_pips(), inputs::fees_pips(), any::<bool>());
    let config = ProptestConfig { source_file: Some(file!()), ..crate::config(8_000) };
    let result = TestRunner::new(config).run(&(fees, any::<u32>(), calls()), |drawn| {
        let ((pips0, pips1, same), now, calls) = drawn;
        let pips = if same { [pips0; 2] } else { [pips0, pips1] };
        let mut table = Table::new(pips, now, &tally);
        for call in &calls {
            table.run(call);
        }
        Ok(())
    });
    if let Err(TestError::Fail(reason, drawn)) = result {
        panic!("{reason}: {drawn:#?}");
    }
    println!("{tally:?}");
    assert!(100_000 <= tally.calls.get() && tally.refused.get() <= tally.done.get());
    assert!(1_000 <= tally.protocol_shares.get() && 50_000 <= tally.events.get());
    // Each difference that is meant occurs, and no other passes.
    let meant = [&tally.one_leg, &tally.one_balance, &tally.beyond_types, &tally.unexplained];
    assert!(meant.into_iter().all(|cell| 0 < cell.get()));
}
