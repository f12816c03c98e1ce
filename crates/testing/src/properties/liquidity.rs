//! L0 to L8: what must hold of deposits, withdrawals and the protocol fee.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "512-bit sums and products of at most two numbers of 129 bits; shares are taken only \
              from those held"
)]

use primitive_types::U512;

use crate::case::Case;
use crate::constant_product::{ConstantProduct, Minted, State};
use crate::laws::{part_floor, product, shares_are_backed, shares_keep_value, something_stays};
use crate::violation::{Violation, at_most, equal, holds};

type Judged = Result<(), Violation>;

const LOCKED: u128 = 1000;

/// An empty pool with the case's fee.
fn empty<P: ConstantProduct>(case: &Case) -> Option<P> {
    P::open(State::default(), case.fee_pips)
}

/// Whether both reserves have room for the case's deposit.
fn has_room<P: ConstantProduct>(state: &State, case: &Case) -> bool {
    let fits =
        |reserve: u128, amount: u128| reserve.checked_add(amount).is_some_and(|sum| sum <= P::MAX);
    fits(state.reserve0, case.amount0) && fits(state.reserve1, case.amount1)
}

pub(super) fn l0<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = empty::<P>(case) else {
        return Ok(());
    };
    let product = U512::from(case.amount0) * U512::from(case.amount1);
    let locked = U512::from(LOCKED);
    let enough = (locked + 1) * (locked + 1) <= product;
    let due = enough && has_room::<P>(&State::default(), case);
    let minted = pool.mint(case.amount0, case.amount1);
    holds(
        ("L0", "accepted if and only if isqrt(a b) > 1000"),
        due == minted.is_some(),
        case.amount0,
    )?;
    let Some(Minted { shares, .. }) = minted else {
        return Ok(());
    };
    let total = U512::from(pool.state().total_shares);
    at_most(("L0", "S^2 <= a b"), total * total, product)?;
    at_most(("L0", "a b + 1 <= (S+1)^2"), product + 1, (total + 1) * (total + 1))?;
    equal(("L0", "shares + 1000 = S"), U512::from(shares) + locked, total)?;
    let all = pool.burn(pool.state().total_shares);
    holds(("L0", "the locked shares stay"), all.is_none(), shares)
}

pub(super) fn l1<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = case.shared_pool::<P>() else {
        return Ok(());
    };
    let before = case.state();
    let State { reserve0, reserve1, total_shares } = before;
    let due = part_floor(case.amount0, total_shares, reserve0).min(part_floor(
        case.amount1,
        total_shares,
        reserve1,
    ));
    let Some(Minted { amounts: [taken0, taken1], shares }) = pool.mint(case.amount0, case.amount1)
    else {
        // Shares that would not fit are refused as well, and so are reserves.
        let fits = due + U512::from(total_shares) <= U512::from(P::MAX);
        let due = !due.is_zero() && fits && has_room::<P>(&before, case);
        return holds(("L1", "a deposit that makes shares is not refused"), !due, case.amount0);
    };
    equal(("L1", "shares = min(a S/x, b S/y)"), shares, due)?;
    let after = pool.state();
    equal(("L1", "S + shares = S'"), U512::from(total_shares) + due, after.total_shares)?;
    at_most(("L1", "taken <= offered of token 0"), taken0.into(), case.amount0.into())?;
    at_most(("L1", "taken <= offered of token 1"), taken1.into(), case.amount1.into())?;
    for (taken, reserve) in [(taken0, reserve0), (taken1, reserve1)] {
        let brought = U512::from(taken) * U512::from(total_shares);
        at_most(("L1", "l x <= a S"), U512::from(shares) * U512::from(reserve), brought)?;
    }
    shares_keep_value("L1", &before, &after)
}

pub(super) fn l2<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(mut pool), Some(shares)) = (case.shared_pool::<P>(), case.shares()) else {
        return Ok(());
    };
    let before = case.state();
    let Some([paid0, paid1]) = pool.burn(shares) else {
        return Ok(());
    };
    let State { reserve0, reserve1, total_shares } = before;
    equal(("L2", "p = l x/S"), paid0, part_floor(shares, reserve0, total_shares))?;
    equal(("L2", "q = l y/S"), paid1, part_floor(shares, reserve1, total_shares))?;
    let after = pool.state();
    equal(("L2", "x = x' + p"), reserve0, U512::from(after.reserve0) + U512::from(paid0))?;
    equal(("L2", "y = y' + q"), reserve1, U512::from(after.reserve1) + U512::from(paid1))?;
    equal(("L2", "S = S' + l"), total_shares, U512::from(after.total_shares) + U512::from(shares))?;
    shares_keep_value("L2", &before, &after)
}

pub(super) fn l3<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = case.shared_pool::<P>() else {
        return Ok(());
    };
    let Some(Minted { amounts: [taken0, taken1], shares }) = pool.mint(case.amount0, case.amount1)
    else {
        return Ok(());
    };
    let [back0, back1] = pool.burn(shares).unwrap_or_default();
    at_most(("L3", "back <= deposit of token 0"), back0.into(), taken0.into())?;
    at_most(("L3", "back <= deposit of token 1"), back1.into(), taken1.into())
}

pub(super) fn l4<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(mut pool), Some(shares)) = (case.shared_pool::<P>(), case.shares()) else {
        return Ok(());
    };
    let Some([paid0, paid1]) = pool.burn(shares) else {
        return Ok(());
    };
    let minted = pool.mint(paid0, paid1).map_or(0, |minted| minted.shares);
    at_most(("L4", "shares again <= shares"), minted.into(), shares.into())
}

pub(super) fn l5<P: ConstantProduct>(case: &Case) -> Judged {
    if let Some(mut pool) = empty::<P>(case)
        && pool.mint(case.amount0, case.amount1).is_some()
    {
        shares_are_backed(&pool.state())?;
    }
    let Some(pool) = case.shared_pool::<P>() else {
        return Ok(());
    };
    // Where shares were not backed before, nothing is promised.
    if shares_are_backed(&case.state()).is_err() {
        return Ok(());
    }
    let mut changed = pool.clone();
    if changed.mint(case.amount0, case.amount1).is_some() {
        shares_are_backed(&changed.state())?;
    }
    let mut changed = pool.clone();
    if changed.swap_exact_in(case.direction, case.amount0).is_some() {
        shares_are_backed(&changed.state())?;
    }
    let mut changed = pool;
    let Some(shares) = case.shares() else {
        return Ok(());
    };
    let [paid0, paid1] = changed.burn(shares).unwrap_or_default();
    holds(("L5", "shares are worth something"), 0 < paid0 || 0 < paid1, shares)?;
    shares_are_backed(&changed.state())
}

pub(super) fn l6<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.shared_pool::<P>() else {
        return Ok(());
    };
    let total = case.total_shares;
    for shares in [0, total.saturating_sub(LOCKED - 1), total, total.saturating_add(1)] {
        let burned = pool.clone().burn(shares);
        holds(("L6", "no shares, and locked ones, are refused"), burned.is_none(), shares)?;
    }
    for shares in [case.shares(), total.checked_sub(LOCKED)].into_iter().flatten() {
        let mut left = pool.clone();
        if left.burn(shares).is_some() {
            something_stays("L6", &left.state())?;
        }
    }
    Ok(())
}

/// Somebody deposits; then that deposit's shares leave, then all others.
pub(super) fn l7<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = case.shared_pool::<P>() else {
        return Ok(());
    };
    let all = U512::from(case.total_shares);
    let minted = pool.mint(case.amount0, case.amount1).map_or(0, |minted| minted.shares);
    equal(("L7", "S' = S + shares made"), pool.state().total_shares, all + U512::from(minted))?;
    let others = case.total_shares.saturating_sub(LOCKED);
    let mut held = U512::from(minted) + U512::from(others);
    for leaving in [minted, others] {
        if pool.burn(leaving).is_some() {
            held -= U512::from(leaving);
        }
        let total = held + U512::from(LOCKED.min(case.total_shares));
        equal(("L7", "S = shares held + 1000"), pool.state().total_shares, total)?;
    }
    // Of a pool with unbacked shares some may be worth nothing, and then they stay.
    let locked = pool.clone().burn(u128::try_from(held + 1).unwrap_or(u128::MAX));
    holds(("L7", "the locked shares stay"), locked.is_none(), case.total_shares)
}

/// The case's reserves are those after the last deposit or withdrawal; its amounts are what the
/// pool has earned since.
pub(super) fn l8<P: ConstantProduct>(case: &Case) -> Judged {
    let sum = |reserve: u128, amount: u128| reserve.checked_add(amount);
    let earned = sum(case.reserve0, case.amount0).zip(sum(case.reserve1, case.amount1));
    let Some((reserve0, reserve1)) = earned else {
        return Ok(());
    };
    let now = Case { reserve0, reserve1, ..*case };
    let (last, before) = (case.state(), now.state());
    let Some(pool) = now.shared_pool::<P>() else {
        return Ok(());
    };
    let none = pool.protocol_shares([0, 0]).unwrap_or(0);
    holds(("L8", "nothing is due where nothing is remembered"), none == 0, none)?;
    let shares = pool.protocol_shares([last.reserve0, last.reserve1]);
    let after = shares.and_then(|shares| shares.checked_add(before.total_shares));
    let (Some(shares), Some(total_shares)) = (shares, after) else {
        return Ok(());
    };
    // Where shares were not backed then, nothing is promised of what they are worth.
    if shares_are_backed(&last).is_ok() {
        shares_keep_value("L8", &last, &State { total_shares, ..before })?;
    }
    let (root, then) = (product(&before).integer_sqrt(), product(&last).integer_sqrt());
    if then.is_zero() {
        return equal(("L8", "nothing is due where k_last is zero"), shares, 0);
    }
    let due = U512::from(before.total_shares) * root.saturating_sub(then) / (root * 5 + then);
    equal(("L8", "shares = S (root - last) / (5 root + last)"), shares, due)
}
