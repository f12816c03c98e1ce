//! What a market may make of an event, by the textbook's rules.

use cenote_kernel::reference;
use cenote_pool::{
    Action, Direction, Event, EventError, Flows, History, Liquidity, Market, Pool, Product,
    Reserves, Shares,
};
use cenote_testing::{Right, Rules, U512};

use crate::Verdict;
use crate::finding::{holds, same};

/// A fee of everything, in hundredths of a basis point.
const ONE: u32 = 1_000_000;

/// Judges a market before and after an event.
pub(super) fn judge(
    (before, after): (&Market, &Market),
    event: &Event,
    judged: Result<(), EventError>,
) -> Verdict {
    if let Some(Action::Swap(flows)) = &event.action {
        let possible = before.pool(event.pool).is_ok_and(|pool| may_swap(pool, flows, event));
        same("a swap is believed if and only if the rule allows it", &judged.is_ok(), &possible)?;
    }
    if judged.is_err() {
        return same("a refused event changes nothing", before, after);
    }
    for (id, pool) in before.pools_with_id().filter(|(id, _)| *id != event.pool) {
        same("no other pool changes", &Ok(pool), &after.pool(id))?;
        same("no other past changes", &before.history(id), &after.history(id))?;
    }
    let (Ok(pool), Ok(now)) = (before.pool(event.pool), after.pool(event.pool)) else {
        return holds("only of known pools anything is believed", false);
    };
    same("the reserves are the reported ones", &now.reserves(), &event.reserves)?;
    same("the fees stay", &now.fees(), &pool.fees())?;
    let history = before.history(event.pool);
    let total = match &event.action {
        None | Some(Action::Swap(_)) => pool.total_shares(),
        Some(Action::Mint(made)) => minted(pool, &history, made, event.reserves)?,
        Some(Action::Burn(given)) => burned(pool, &history, given, event.reserves)?,
    };
    same("the shares are the textbook's", &now.total_shares(), &total)?;
    past(&history, pool.reserves(), event, &after.history(event.pool))
}

/// Whether the k check of `UniswapV2Pair.swap` lets these amounts through to these reserves.
fn may_swap(pool: &Pool, flows: &Flows, event: &Event) -> bool {
    let [r0, r1] = units(pool.reserves());
    let (in0, in1) = (flows.amount0_in.get(), flows.amount1_in.get());
    let (out0, out1) = (flows.amount0_out.get(), flows.amount1_out.get());
    let kept = Direction::BOTH.map(|way| ONE.saturating_sub(pool.fee(way).pips()));
    let left = [r0.saturating_sub(out0), r1.saturating_sub(out1)];
    let after = [left[0].saturating_add(in0), left[1].saturating_add(in1)];
    (0 < out0 || 0 < out1)
        && (0 < in0 || 0 < in1)
        && out0 < r0
        && out1 < r1
        && reference::keeps_k_both([r0, r1], left, [in0, in1], kept, ONE)
        && after == units(event.reserves)
}

/// All shares after a deposit.
fn minted(
    pool: &Pool,
    history: &History,
    made: &Liquidity,
    after: Reserves,
) -> Result<Option<Shares>, crate::Finding> {
    let before = units(pool.reserves());
    let amounts = [made.amount0.get(), made.amount1.get()];
    let sums = [before[0].saturating_add(amounts[0]), before[1].saturating_add(amounts[1])];
    same("a deposit joins the reserves", &units(after), &sums)?;
    let Some(total) = accrued(pool, history) else {
        return Ok(None);
    };
    let amounts = amounts.map(U512::from);
    let [shares, all] = if total.is_zero() {
        Right::first_shares(&amounts[0], &amounts[1]).unwrap_or_default()
    } else {
        let shares = Right::shares(&amounts, &before.map(U512::from), &total);
        [shares, total.saturating_add(shares)]
    };
    holds("a deposit makes shares", !shares.is_zero())?;
    let reported = made.shares.map_or(shares, |shares| shares.get().into());
    same("the shares made are the reported ones", &reported, &shares)?;
    Ok(counted(all))
}

/// All shares after a withdrawal, unknown where those given up are.
fn burned(
    pool: &Pool,
    history: &History,
    given: &Liquidity,
    after: Reserves,
) -> Result<Option<Shares>, crate::Finding> {
    let (before, left) = (units(pool.reserves()), units(after));
    let paid = [given.amount0.get(), given.amount1.get()];
    holds("a withdrawal pays something", paid != [0, 0])?;
    let held = [paid[0].saturating_add(left[0]), paid[1].saturating_add(left[1])];
    let (Some(shares), Some(total)) = (given.shares, accrued(pool, history)) else {
        same("what was paid is gone", &held, &before)?;
        holds("something stays", 0 < left[0] && 0 < left[1])?;
        return Ok(None);
    };
    holds("nothing is missing", before[0] <= held[0] && before[1] <= held[1])?;
    let shares = U512::from(shares.get());
    for (paid, held) in paid.into_iter().zip(held) {
        let due = Right::paid(&shares, &held.into(), &total);
        same("shares pay their part", &U512::from(paid), &due)?;
    }
    Ok(total.checked_sub(shares).and_then(counted))
}

/// All shares with those of the protocol fee.
fn accrued(pool: &Pool, history: &History) -> Option<U512> {
    let total = U512::from(pool.total_shares()?.get());
    let [x, y] = units(pool.reserves()).map(U512::from);
    let k_last = history.k_last.unwrap_or_default();
    let (root, last) =
        (x.saturating_mul(y).integer_sqrt(), U512::from(k_last.get()).integer_sqrt());
    if last.is_zero() || root <= last || total.is_zero() {
        return Some(total);
    }
    Some(total.saturating_add(Right::protocol_shares(&root, &last, &total)))
}

/// What a pool keeps of its past after an event.
fn past(before: &History, reserves: Reserves, event: &Event, after: &History) -> Verdict {
    let elapsed = event.timestamp.wrapping_sub(before.ts_last.unwrap_or(event.timestamp));
    let [x, y] = units(reserves);
    let grown = |sum, x, y| reference::accumulate(sum, x, y, elapsed).unwrap_or(*sum);
    same("time passes", &after.ts_last, &before.ts_last.map(|_| event.timestamp))?;
    let price0 = before.price0_cum.as_ref().map(|sum| grown(sum, x, y));
    same("the first price is summed up", &after.price0_cum, &price0)?;
    let price1 = before.price1_cum.as_ref().map(|sum| grown(sum, y, x));
    same("the second price is summed up", &after.price1_cum, &price1)?;
    let settles = matches!(event.action, Some(Action::Mint(_) | Action::Burn(_)));
    let on = before.k_last.filter(|k_last| settles && !k_last.is_zero());
    let k_last = on.map_or(before.k_last, |_| Some(Product::of(event.reserves)));
    same("k_last is the product of the reserves", &after.k_last, &k_last)
}

fn counted(shares: U512) -> Option<Shares> {
    u128::try_from(shares).ok().and_then(|shares| Shares::new(shares).ok())
}

fn units(reserves: Reserves) -> [u128; 2] {
    [reserves.reserve0.get(), reserves.reserve1.get()]
}
