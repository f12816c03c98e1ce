//! T1, T5 and N1: what is refused, what that leaves, and what an answer depends on.

use crate::case::Case;
use crate::constant_product::{ConstantProduct, Minted};
use crate::violation::{Violation, holds};

type Judged = Result<(), Violation>;

/// Whether an operation was refused and left something behind.
fn left_a_trace<P: ConstantProduct, T>(pool: &P, operation: impl Fn(&mut P) -> Option<T>) -> bool {
    let mut changed = pool.clone();
    operation(&mut changed).is_none() && changed.state() != pool.state()
}

pub(super) fn t1<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let [_, reserve_out] = case.oriented();
    let law = ("T1", "what is refused changes nothing");
    for amount in [0, case.amount0, case.amount1, reserve_out, P::MAX, u128::MAX] {
        let traces = [
            left_a_trace(&pool, |pool| pool.swap_exact_in(case.direction, amount)),
            left_a_trace(&pool, |pool| pool.swap_exact_out(case.direction, amount)),
            left_a_trace(&pool, |pool| pool.mint(amount, case.amount1)),
            left_a_trace(&pool, |pool| pool.mint(case.amount0, amount)),
            left_a_trace(&pool, |pool| pool.burn(amount)),
        ];
        holds(law, !traces.contains(&true), amount)?;
    }
    Ok(())
}

pub(super) fn t5<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let [reserve_in, _] = case.oriented();
    let Some(room) = P::MAX.checked_sub(reserve_in) else {
        return Ok(());
    };
    let mut filled = pool.clone();
    if filled.swap_exact_in(case.direction, room).is_some() {
        let [reached, _] = filled.state().oriented(case.direction);
        holds(("T5", "a reserve may reach the bound"), reached == P::MAX, reached)?;
    }
    for beyond in [room.saturating_add(1), P::MAX.saturating_add(1), u128::MAX] {
        let swapped = pool.clone().swap_exact_in(case.direction, beyond);
        holds(("T5", "no reserve passes the bound"), swapped.is_none(), beyond)?;
    }
    let amounts = (case.amount0, case.amount1);
    for (amount0, amount1) in [amounts, (room.saturating_add(1), amounts.1), (amounts.0, P::MAX)] {
        let mut changed = pool.clone();
        changed.mint(amount0, amount1);
        within::<P>(&changed)?;
    }
    let mut changed = pool;
    changed.swap_exact_out(case.direction, case.amount1);
    within::<P>(&changed)
}

fn within<P: ConstantProduct>(pool: &P) -> Judged {
    let state = pool.state();
    let largest = state.reserve0.max(state.reserve1);
    holds(("T5", "no reserve passes the bound"), largest <= P::MAX, largest)
}

/// What a pool says and does: both quotes, a deposit and a withdrawal.
type Answers = (Option<u128>, Option<u128>, Option<Minted>, Option<[u128; 2]>);

fn answers<P: ConstantProduct>(pool: &P, case: &Case) -> Answers {
    (
        pool.quote_exact_in(case.direction, case.amount0),
        pool.quote_exact_out(case.direction, case.amount1),
        pool.clone().mint(case.amount0, case.amount1),
        pool.clone().burn(case.shares().unwrap_or(case.amount0)),
    )
}

pub(super) fn n1<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let mut changed = [(); 4].map(|()| pool.clone());
    let [sold, bought, deposited, withdrawn] = &mut changed;
    sold.swap_exact_in(case.direction, case.amount0);
    bought.swap_exact_out(case.direction, case.wanted().unwrap_or(0));
    deposited.mint(case.amount0, case.amount1);
    withdrawn.burn(case.shares().unwrap_or(0));
    for pool in changed {
        let state = pool.state();
        let same = P::open(state, case.fee_pips)
            .is_some_and(|opened| answers(&opened, case) == answers(&pool, case));
        holds(("N1", "it answers like a pool opened with its numbers"), same, state.reserve0)?;
    }
    Ok(())
}
