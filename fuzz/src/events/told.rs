//! Stories of a pool: near what may have happened, and false now and then.

use cenote_pool::{
    Action, Amount, Direction, Event, Flows, Liquidity, Log, Paired, Pairing, Pool, PoolId, Report,
    Reserves, Shares,
};

use super::Scene;
use crate::Verdict;
use crate::finding::same;
use crate::input::Input;

impl Scene {
    /// Tells of the second pool, or of one that is not there.
    pub(super) fn story(&mut self, input: &mut Input<'_>) -> Verdict {
        let [_, known] = self.pools;
        let Ok(pool) = self.market.pool(known).copied() else {
            return Ok(());
        };
        let (action, after) = match input.number::<u8>() & 7 {
            0..=2 => swap(&pool, input),
            3 => flows(&pool, input),
            4 => mint(&pool, input),
            5 | 6 => self.burn(&pool, input),
            _ => (None, [input.units(x(&pool)), input.units(y(&pool))]),
        };
        let flaw = input.number::<u8>();
        let [Ok(reserve0), Ok(reserve1)] = flawed(after, flaw).map(Amount::new) else {
            return Ok(());
        };
        let reserves = Reserves { reserve0, reserve1 };
        let id = if flaw == 255 { PoolId::from(2) } else { known };
        let event = self.reported(id, reserves, action, flaw)?;
        self.tell(&event).map(drop)
    }

    /// The event that the logs of an action make: none of it where a place lies between them.
    fn reported(
        &self,
        pool: PoolId,
        reserves: Reserves,
        action: Option<Action>,
        flaw: u8,
    ) -> Result<Event, crate::Finding> {
        let (block, timestamp) = (7, u64::from(self.now));
        let log = |log_index, report| Log { block, timestamp, log_index, pool, report };
        let mut pairing = Pairing::new();
        let sync = pairing.push(&log(0, Report::Sync(reserves)));
        same("a sync waits", &sync, &[None, None])?;
        let alone = Event { pool, timestamp: self.now, reserves, action: None };
        let Some(action) = action else {
            same("and stands alone", &pairing.finish(), &Some(Paired::Event(alone)))?;
            return Ok(alone);
        };
        let apart = flaw == 254;
        let log = log(if apart { 2 } else { 1 }, Report::Action(action));
        let event = Event { action: Some(action), ..alone };
        let due = if apart {
            [Some(Paired::Event(alone)), Some(Paired::Orphan(log))]
        } else {
            [None, Some(Paired::Event(event))]
        };
        same("a sync belongs to the next log", &pairing.push(&log), &due)?;
        Ok(if apart { alone } else { event })
    }

    /// A withdrawal of what the shares are worth, a unit more or less, or of unknown shares.
    fn burn(&self, pool: &Pool, input: &mut Input<'_>) -> (Option<Action>, [u128; 2]) {
        let [_, id] = self.pools;
        let held = pool.total_shares().map_or(u128::MAX, Shares::get).saturating_sub(1000);
        let shares = Shares::new(input.units(held)).unwrap_or(Shares::MAX);
        let worth = self.market.worth_floor(id, shares).unwrap_or_default();
        let known = input.number::<u8>() < 192;
        let (amount0, amount1) = if known && pool.total_shares().is_some() {
            (moved(worth.0.get(), input), moved(worth.1.get(), input))
        } else {
            let part = input.amount(x(pool));
            let other = part.get().checked_mul(y(pool)).and_then(|both| both.checked_div(x(pool)));
            (part, moved(other.unwrap_or(0), input))
        };
        let given = Liquidity { amount0, amount1, shares: known.then_some(shares) };
        let more = if input.number::<u8>() < 192 { [0, 0] } else { input.number::<[u8; 2]>() };
        let left = |reserve: u128, paid: Amount, more: u8| {
            reserve.saturating_sub(paid.get()).saturating_add(more.into())
        };
        let after = [left(x(pool), amount0, more[0]), left(y(pool), amount1, more[1])];
        (Some(Action::Burn(given)), after)
    }
}

/// A swap at the quote, a unit more or less.
fn swap(pool: &Pool, input: &mut Input<'_>) -> (Option<Action>, [u128; 2]) {
    let direction = input.direction();
    let [reserve_in, _] = match direction {
        Direction::ZeroForOne => [x(pool), y(pool)],
        Direction::OneForZero => [y(pool), x(pool)],
    };
    let paid = input.amount(reserve_in);
    let quoted = pool.fill_exact_in(direction, paid).map(|fill| fill.amount_out);
    let bought = moved(quoted.unwrap_or_default().get(), input);
    let none = Amount::ZERO;
    let flows = match direction {
        Direction::ZeroForOne => {
            Flows { amount0_in: paid, amount1_out: bought, amount1_in: none, amount0_out: none }
        }
        Direction::OneForZero => {
            Flows { amount1_in: paid, amount0_out: bought, amount0_in: none, amount1_out: none }
        }
    };
    (Some(Action::Swap(flows)), traded(pool, &flows))
}

/// Any four amounts.
fn flows(pool: &Pool, input: &mut Input<'_>) -> (Option<Action>, [u128; 2]) {
    let (amount0_in, amount1_in) = (input.amount(x(pool)), input.amount(y(pool)));
    let (amount0_out, amount1_out) = (input.amount(x(pool)), input.amount(y(pool)));
    let flows = Flows { amount0_in, amount1_in, amount0_out, amount1_out };
    (Some(Action::Swap(flows)), traded(pool, &flows))
}

fn traded(pool: &Pool, flows: &Flows) -> [u128; 2] {
    let moved = |reserve: u128, paid: Amount, bought: Amount| {
        reserve.saturating_sub(bought.get()).saturating_add(paid.get())
    };
    let after0 = moved(x(pool), flows.amount0_in, flows.amount0_out);
    [after0, moved(y(pool), flows.amount1_in, flows.amount1_out)]
}

/// A deposit of anything, with the shares that it makes, one more or less, or unknown ones.
fn mint(pool: &Pool, input: &mut Input<'_>) -> (Option<Action>, [u128; 2]) {
    let (amount0, amount1) = (input.amount(x(pool)), input.amount(y(pool)));
    let made = pool.quote_mint(amount0, amount1).map(|deposit| deposit.shares.get());
    let shares = Shares::new(moved(made.unwrap_or(0), input).get()).ok();
    let shares = shares.filter(|_| input.number::<u8>() < 192);
    let after = [x(pool).saturating_add(amount0.get()), y(pool).saturating_add(amount1.get())];
    (Some(Action::Mint(Liquidity { amount0, amount1, shares })), after)
}

/// A number, or one beside it, now and then.
fn moved(units: u128, input: &mut Input<'_>) -> Amount {
    let moved = match input.number::<u8>() {
        0..=191 => units,
        192..=215 => units.saturating_add(1),
        216..=239 => units.saturating_sub(1),
        240..=255 => input.units(units),
    };
    Amount::new(moved).unwrap_or(Amount::MAX)
}

/// Reserves that are not quite what the amounts lead to, now and then.
fn flawed([reserve0, reserve1]: [u128; 2], flaw: u8) -> [u128; 2] {
    match flaw {
        240 => [reserve0.saturating_add(1), reserve1],
        241 => [reserve0.saturating_sub(1), reserve1],
        242 => [reserve0, reserve1.saturating_add(1)],
        243 => [reserve0, reserve1.saturating_sub(1)],
        244 => [reserve1, reserve0],
        _ => [reserve0, reserve1],
    }
}

fn x(pool: &Pool) -> u128 {
    pool.reserves().reserve0.get()
}

fn y(pool: &Pool) -> u128 {
    pool.reserves().reserve1.get()
}
