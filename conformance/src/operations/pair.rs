//! One call of a pair in any state.

use cenote_pool::{Amount, Direction, Shares};
use cenote_testing::contract::{Call, PairState, Verdict};

use crate::draw::{Draw, MAX, Size};
use crate::seat::{Case, Seat};
use crate::table::Table;

/// A pair in a random state, the fee on or off, some time later.
fn table<'a>(seat: &'a mut Seat, case: &mut Case) -> Table<'a> {
    let state = case.draw.state(case.size);
    let mut table = Table::new(seat, &state);
    table.set_fee(case.draw.fee());
    table.wait(&mut case.draw);
    table
}

fn amount(units: u128) -> Amount {
    Amount::new(units.min(MAX)).unwrap()
}

fn reserves(table: &Table<'_>) -> [u128; 2] {
    table.state().reserve.map(Amount::get)
}

fn swap_out(at: usize, units: u128) -> Call {
    Call::Swap { out: one_sided(at, units).map(amount) }
}

fn one_sided(at: usize, units: u128) -> [u128; 2] {
    let mut amounts = [0; 2];
    amounts[at] = units;
    amounts
}

/// The contract pays what the engine quotes, and not one unit more.
pub(super) fn swap_exact_in(seat: &mut Seat, case: &mut Case) {
    let mut table = table(seat, case);
    let draw = &mut case.draw;
    let (at, reserve) = (draw.at(2), reserves(&table));
    let paid = draw.near(reserve[at], case.size);
    table.transfer(one_sided(at, paid));
    match table.pair.pool().fill_exact_in(Direction::BOTH[at], amount(paid)) {
        Ok(fill) => {
            let quoted = fill.amount_out.get() + table.generosity();
            let more = table.ask(&swap_out(1 - at, quoted + 1));
            assert_eq!(more, Verdict::Refused, "one unit more than quoted");
            let due = table.ask(&swap_out(1 - at, quoted));
            assert_eq!(due, Verdict::Done, "what was quoted");
        }
        Err(error) => {
            table.see(&format!("no quote: {}", error.code()));
            table.ask(&swap_out(1 - at, draw.near(reserve[1 - at], case.size)));
        }
    }
}

/// The contract sells for the least input that the engine finds, and not for one unit less.
pub(super) fn swap_exact_out(seat: &mut Seat, case: &mut Case) {
    let mut table = table(seat, case);
    let draw = &mut case.draw;
    let (at, reserve) = (draw.at(2), reserves(&table));
    let y = reserve[1 - at];
    let out = if draw.one_in(2) { draw.up_to(y) } else { draw.near(y, case.size) };
    let call = swap_out(1 - at, out);
    match table.pair.pool().fill_exact_out(Direction::BOTH[at], amount(out)) {
        Ok(fill) => {
            let least = fill.amount_in.get();
            table.transfer(one_sided(at, least - 1));
            assert_eq!(table.ask(&call), Verdict::Refused, "one unit less");
            table.transfer(one_sided(at, 1));
            assert_eq!(table.ask(&call), Verdict::Done, "the least");
        }
        Err(error) => {
            table.see(&format!("no quote: {}", error.code()));
            table.transfer(one_sided(at, draw.near(reserve[at], case.size)));
            table.ask(&call);
        }
    }
}

/// Any amounts in and out, with balances that may be above, at or below the reserves.
pub(super) fn swap_two_legs(seat: &mut Seat, case: &mut Case) {
    let mut table = table(seat, case);
    let (draw, size, reserve) = (&mut case.draw, case.size, reserves(&table));
    // Both pay for one, one comes back in itself, both for both, and what a token took back.
    let pays = match draw.below(4) {
        0 => [draw.near(reserve[0], size), 0],
        1 => [0, draw.near(reserve[1], size)],
        _ => [draw.near(reserve[0], size), draw.near(reserve[1], size)],
    };
    let balance = [0, 1].map(|at: usize| {
        let above = reserve[at] + pays[at];
        if draw.one_in(12) { draw.up_to(above) } else { above }
    });
    table.observe(balance);
    let first = if draw.one_in(3) { 0 } else { draw.up_to(reserve[0].saturating_sub(1)) };
    let out = |second: u128| Call::Swap { out: [amount(first), amount(second)] };
    match most_out(&table, first) {
        Some(most) => {
            assert_eq!(table.ask(&out(most + 1)), Verdict::Refused, "one unit more");
            assert_eq!(table.ask(&out(most)), Verdict::Done, "the most");
            table.see(kind([0, 1].map(|at| reserve[at] < balance[at]), first, most));
        }
        None => {
            table.ask(&out(draw.near(reserve[1], size)));
        }
    }
}

fn kind(paid: [bool; 2], first: u128, second: u128) -> &'static str {
    match (paid, [0 < first, 0 < second]) {
        ([true, false], [true, false]) | ([false, true], [false, true]) => "same token back",
        ([true, true], [true, true]) => "both in, both out",
        ([true, true], _) => "both in, one out",
        (_, [true, true]) => "one in, both out",
        _ => "one in, the other out",
    }
}

/// The most of `token1` that the engine pays besides so much of `token0`.
fn most_out(table: &Table<'_>, first: u128) -> Option<u128> {
    let pays = |second: u128| {
        let mut pair = table.pair;
        pair.swap(amount(first), amount(second), 0).is_ok()
    };
    let mut low = u128::from(!pays(0));
    if !pays(low) {
        return None;
    }
    let mut high = reserves(table)[1].max(2);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if pays(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

/// What the tokens may say that a pair holds: any number of 128 bits.
fn any_balance(draw: &mut Draw, reserve: u128, size: Size) -> u128 {
    match draw.below(12) {
        0..=2 => reserve,
        3 | 4 => reserve + draw.near(reserve, size),
        5 => draw.near(reserve, size),
        6 => draw.up_to(reserve),
        7 => MAX - draw.bits() % 3,
        8 => MAX + 1 + draw.bits() % 3,
        9 => draw.bits() % 3,
        10 if draw.one_in(4) => draw.bits(),
        _ => reserve + draw.up_to(reserve),
    }
}

fn deposit(draw: &mut Draw, state: &PairState, size: Size) -> [u128; 2] {
    let [x, y] = state.reserve.map(Amount::get);
    let shift = draw.below(40);
    match draw.below(8) {
        // Near the proportion.
        0..=3 if !state.total.is_zero() => {
            [(x >> shift) + draw.bits() % 3, (y >> shift) + draw.bits() % 3]
        }
        4 => [MAX - x + draw.bits() % 2, draw.near(y, size)],
        5 => [draw.near(x, size), draw.bits() % 3],
        _ => [draw.near(x.max(2_000), size), draw.near(y.max(2_000), size)],
    }
}

/// The pair holds whatever its tokens say.
fn observe_any(table: &mut Table<'_>, draw: &mut Draw, size: Size) {
    let reserve = reserves(table);
    table.observe(reserve.map(|reserve| any_balance(draw, reserve, size)));
}

pub(super) fn mint(seat: &mut Seat, case: &mut Case) {
    let mut table = table(seat, case);
    let state = table.state();
    if case.draw.one_in(8) {
        observe_any(&mut table, &mut case.draw, case.size);
    } else {
        table.transfer(deposit(&mut case.draw, &state, case.size));
    }
    table.ask(&Call::Mint);
}

pub(super) fn burn(seat: &mut Seat, case: &mut Case) {
    let mut table = table(seat, case);
    if case.draw.one_in(3) {
        observe_any(&mut table, &mut case.draw, case.size);
    }
    let (draw, total) = (&mut case.draw, table.state().total.as_u128());
    let held = total.saturating_sub(Shares::LOCKED.get());
    let shares = if draw.one_in(2) { draw.up_to(held) } else { draw.near(held, case.size) };
    table.ask(&Call::Burn { shares: Shares::new(shares).unwrap() });
}

pub(super) fn skim(seat: &mut Seat, case: &mut Case) {
    count_or_skim(seat, case, &Call::Skim);
}

/// Reserves and both accumulators, over any time.
pub(super) fn sync(seat: &mut Seat, case: &mut Case) {
    count_or_skim(seat, case, &Call::Sync);
}

fn count_or_skim(seat: &mut Seat, case: &mut Case, call: &Call) {
    let mut table = table(seat, case);
    observe_any(&mut table, &mut case.draw, case.size);
    table.ask(call);
    // What was read of the contracts' storage is what their functions tell.
    if case.draw.one_in(64) {
        table.check_told();
    }
}
