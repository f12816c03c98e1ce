//! Many calls of one pair, from its first deposit on; both sides are compared after each.

use cenote_pool::{Amount, Direction, Shares};
use cenote_testing::contract::{Call, PairState};

use crate::draw::{Draw, MAX, Size};
use crate::seat::{Case, Seat};
use crate::table::Table;

/// How many calls one pair sees.
pub(super) const STEPS: u64 = 16;

pub(super) fn sequence(seat: &mut Seat, case: &mut Case) {
    let ts_last = u32::try_from(case.draw.next_u64() >> 32).unwrap();
    let mut table = Table::new(seat, &PairState { ts_last, ..PairState::EMPTY });
    table.set_fee(case.draw.fee());
    for _ in 0..STEPS {
        // Within one life a pair sees all sizes, mostly its own.
        let other = case.draw.one_in(10);
        let size = if other { Size::of(case.draw.next_u64()) } else { case.size };
        step(&mut table, &mut case.draw, size);
    }
}

fn amount(units: u128) -> Amount {
    Amount::new(units.min(MAX)).unwrap()
}

/// What may change a pair without a call of it, and then a call.
fn step(table: &mut Table<'_>, draw: &mut Draw, size: Size) {
    table.wait(draw);
    if draw.one_in(12) {
        table.set_fee(draw.fee());
    }
    match draw.below(16) {
        0 => {
            let gift = table.state().reserve.map(|reserve| draw.near(reserve.get() >> 3, size));
            table.transfer(gift);
        }
        1 => {
            let balance = table.state().balance.map(|units| retold(draw, units, size));
            table.observe(balance);
        }
        _ => {}
    }
    let call = call(table, draw, size);
    table.ask(&call);
}

/// A token takes some back, or gives some.
fn retold(draw: &mut Draw, units: u128, size: Size) -> u128 {
    match draw.below(6) {
        0 => units - draw.up_to(units),
        1 => draw.bits() % 3,
        2 => (units + draw.amount(size)).min(2 * MAX),
        _ => units,
    }
}

fn call(table: &mut Table<'_>, draw: &mut Draw, size: Size) -> Call {
    let state = table.state();
    let reserve = state.reserve.map(Amount::get);
    if state.total.is_zero() && !draw.one_in(6) {
        table.transfer([draw.amount(size), draw.amount(size)]);
        return Call::Mint;
    }
    match draw.below(14) {
        0..=5 => pay(table, draw, size),
        6 => Call::Swap { out: reserve.map(|units| amount(draw.near(units, size))) },
        7..=9 => {
            let shift = draw.below(12);
            table.transfer(reserve.map(|units| (units >> shift) + draw.bits() % 3));
            Call::Mint
        }
        10 | 11 => {
            let held = state.total.as_u128().saturating_sub(Shares::LOCKED.get());
            Call::Burn { shares: Shares::new(draw.near(held, size)).unwrap() }
        }
        12 => Call::Skim,
        _ => Call::Sync,
    }
}

/// A payment, and what it buys, a unit more or a unit less.
fn pay(table: &mut Table<'_>, draw: &mut Draw, size: Size) -> Call {
    let (state, at) = (table.state(), draw.at(2));
    let reserve = state.reserve[at].get();
    let mut amounts = [0; 2];
    let part = reserve >> draw.below(9);
    amounts[at] = draw.near(part, size);
    table.transfer(amounts);
    let paid = amount(table.state().balance[at].saturating_sub(reserve));
    let fill = table.pair.pool().fill_exact_in(Direction::BOTH[at], paid);
    let quoted = fill.map_or(1, |fill| fill.amount_out.get()) + table.generosity();
    let mut out = [Amount::ZERO; 2];
    out[1 - at] = amount(match draw.below(8) {
        0 => quoted + 1,
        1 => quoted - 1,
        _ => quoted,
    });
    Call::Swap { out }
}
