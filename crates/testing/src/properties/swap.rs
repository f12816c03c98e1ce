//! S1 to S13, S7v and C1: what must hold of swaps.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "512-bit sums and products of at most three numbers of 128 bits; U512 differences are \
              of numbers compared first"
)]

use primitive_types::U512;

use crate::case::Case;
use crate::constant_product::{ConstantProduct, State};
use crate::laws::{SCALE, keeps_k, passes_k, product, product_grows, something_stays};
use crate::violation::{Violation, at_most, equal, holds};

type Judged = Result<(), Violation>;

/// The reserves after `amount_in` came and `amount_out` went; `None` where more went than there
/// is, or more came than fits 128 bits.
fn after(case: &Case, amount_in: u128, amount_out: u128) -> Option<State> {
    let [x, y] = case.oriented();
    let reserves = [x.checked_add(amount_in)?, y.checked_sub(amount_out)?];
    Some(case.state().with_oriented(case.direction, reserves))
}

/// The quoted output, zero where the pool refuses.
fn out<P: ConstantProduct>(pool: &P, case: &Case, amount_in: u128) -> u128 {
    pool.quote_exact_in(case.direction, amount_in).unwrap_or(0)
}

/// Whether the pool has room for this input.
fn has_room<P: ConstantProduct>(case: &Case, amount_in: u128) -> bool {
    let [x, _] = case.oriented();
    x.checked_add(amount_in).is_some_and(|sum| sum <= P::MAX)
}

/// S1 of one swap, or its violation where more went than there is.
fn keeps_product(case: &Case, amount_in: u128, amount_out: u128) -> Judged {
    let law = ("S1", "out <= y");
    match after(case, amount_in, amount_out) {
        Some(after) => product_grows(&case.state(), &after, case.fee_pips),
        None => holds(law, false, amount_out),
    }
}

pub(super) fn s1<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = case.pool::<P>() else {
        return Ok(());
    };
    let (amount_in, wanted) = (case.amount0, case.amount1);
    if pool.accepts(case.direction, amount_in, wanted) {
        keeps_product(case, amount_in, wanted)?;
    }
    let Some(amount_out) = pool.swap_exact_in(case.direction, amount_in) else {
        return Ok(());
    };
    keeps_product(case, amount_in, amount_out)?;
    at_most(("S1", "x y <= x' y' as written"), product(&case.state()), product(&pool.state()))
}

pub(super) fn s2<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let (amount_in, wanted) = (case.amount0, case.amount1);
    let [x, y] = case.oriented();
    let may = 0 < amount_in && has_room::<P>(case, amount_in);
    let quoted = pool.quote_exact_in(case.direction, amount_in);
    if let Some(amount_out) = quoted {
        passes_k(&case.state(), case.direction, [amount_in, amount_out], case.fee_pips)?;
        let law = ("S2", "the pool accepts what it quotes");
        holds(law, pool.accepts(case.direction, amount_in, amount_out), amount_out)?;
    }
    // The quote, its neighbours and any other output: the k check and nothing else decides.
    let quoted = quoted.unwrap_or(0);
    for amount_out in [quoted.saturating_sub(1), quoted.saturating_add(1), wanted] {
        let kept = keeps_k([x, y], amount_in, amount_out, case.fee_pips);
        let due = may && 0 < amount_out && amount_out < y && kept;
        let law = ("S2", "the pool accepts what keeps k, and only that");
        holds(law, due == pool.accepts(case.direction, amount_in, amount_out), amount_out)?;
    }
    Ok(())
}

pub(super) fn s3<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let [_, y] = case.oriented();
    let law = ("S3", "nothing gives the whole reserve");
    for amount_out in [y, y.saturating_add(1)] {
        holds(law, pool.quote_exact_out(case.direction, amount_out).is_none(), amount_out)?;
        holds(law, !pool.accepts(case.direction, case.amount0, amount_out), amount_out)?;
    }
    let mut swapped = pool.clone();
    if let Some(amount_out) = swapped.swap_exact_in(case.direction, case.amount0) {
        holds(("S3", "out < y"), amount_out < y, amount_out)?;
        something_stays("S3", &swapped.state())?;
    }
    let mut swapped = pool;
    match case.wanted().and_then(|wanted| swapped.swap_exact_out(case.direction, wanted)) {
        Some(_) => something_stays("S3", &swapped.state()),
        None => Ok(()),
    }
}

pub(super) fn s4<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let more = case.amount0.saturating_add(1);
    // One more in `a` or in `x` fits as well.
    if !has_room::<P>(case, more) {
        return Ok(());
    }
    let quoted = U512::from(out(&pool, case, case.amount0));
    let [x, y] = case.oriented();
    let with = |reserves: [u128; 2]| {
        let State { reserve0, reserve1, .. } = case.state().with_oriented(case.direction, reserves);
        Case { reserve0, reserve1, total_shares: 0, ..*case }
    };
    let of = |other: &Case| {
        let pool = other.pool::<P>();
        pool.map(|pool| U512::from(out(&pool, other, other.amount0)))
    };
    at_most(("S4", "out(a) <= out(a+1)"), quoted, out(&pool, case, more).into())?;
    if let Some(scarcer) = of(&with([x.saturating_add(1), y])) {
        at_most(("S4", "out at x+1 <= out at x"), scarcer, quoted)?;
    }
    if let Some(richer) = of(&with([x, y.saturating_add(1)])) {
        at_most(("S4", "out at y <= out at y+1"), quoted, richer)?;
    }
    match of(&Case { fee_pips: case.fee_pips.saturating_add(1), ..*case }) {
        Some(dearer) => at_most(("S4", "out at f+1 <= out at f"), dearer, quoted),
        None => Ok(()),
    }
}

pub(super) fn s5<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(pool), Some(less)) = (case.pool::<P>(), case.amount0.checked_sub(1)) else {
        return Ok(());
    };
    let more = case.amount0.saturating_add(1);
    if !has_room::<P>(case, more) {
        return Ok(());
    }
    let [before, at, after] = [less, case.amount0, more].map(|a| out(&pool, case, a));
    let [before, at, after] = [U512::from(before), U512::from(at), U512::from(after)];
    at_most(("S5", "out(a+1) + out(a-1) <= 2 out(a) + 1"), after + before, at + at + 1)
}

pub(super) fn s6<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(mut pool) = case.pool::<P>() else {
        return Ok(());
    };
    let there = pool.swap_exact_in(case.direction, case.amount0);
    let back = there.and_then(|there| pool.swap_exact_in(case.direction.reverse(), there));
    at_most(("S6", "back <= a"), back.unwrap_or(0).into(), case.amount0.into())
}

pub(super) fn s7<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(pool), Some(wanted)) = (case.pool::<P>(), case.wanted()) else {
        return Ok(());
    };
    let (amount_in, reserves) = (case.amount0, case.oriented());
    let cost = pool.quote_exact_out(case.direction, wanted);
    if let Some(cost) = cost {
        holds(("S7", "in(o) is enough"), wanted <= out(&pool, case, cost), cost)?;
        let less = cost.saturating_sub(1);
        let kept = keeps_k(reserves, less, wanted, case.fee_pips);
        holds(("S7", "one less than in(o) breaks k"), !kept, cost)?;
    }
    if amount_in == 0 || !has_room::<P>(case, amount_in) {
        return Ok(());
    }
    let quoted = out(&pool, case, amount_in);
    let affordable = cost.is_some_and(|cost| cost <= amount_in);
    holds(
        ("S7", "in(o) <= a if and only if o <= out(a)"),
        affordable == (wanted <= quoted),
        quoted,
    )?;
    let kept = keeps_k(reserves, amount_in, quoted.saturating_add(1), case.fee_pips);
    holds(("S7", "one more than out(a) breaks k"), !kept, quoted)
}

pub(super) fn s7v<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(pool), Some(wanted)) = (case.pool::<P>(), case.wanted()) else {
        return Ok(());
    };
    let asked_for = |amount_out| pool.quote_exact_out_v2_router(case.direction, amount_out);
    let cost = pool.quote_exact_out(case.direction, wanted);
    match (cost, asked_for(wanted)) {
        (Some(cost), Some(asked)) => {
            holds(("S7v", "o <= out(in_v2(o))"), wanted <= out(&pool, case, asked), asked)?;
            let more = asked.checked_sub(cost);
            holds(("S7v", "in_v2(o) is in(o) or one more"), more.is_some_and(|n| n <= 1), asked)?;
        }
        // One unit more than the largest input.
        (Some(cost), None) => {
            let fits = has_room::<P>(case, cost.saturating_add(1));
            holds(("S7v", "in_v2(o) is refused where it does not fit"), !fits, cost)?;
        }
        (None, asked) => {
            holds(("S7v", "in_v2(o) is refused where in(o) is"), asked.is_none(), wanted)?;
        }
    }
    let quoted = pool.quote_exact_in(case.direction, case.amount0);
    let Some(asked) = quoted.and_then(asked_for) else {
        return Ok(());
    };
    let law = ("S7v", "in_v2(out(a)) <= a + 1");
    at_most(law, asked.into(), U512::from(case.amount0) + 1)
}

pub(super) fn s8<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(pool), Some(wanted)) = (case.pool::<P>(), case.wanted()) else {
        return Ok(());
    };
    let mut swapped = pool;
    let Some(cost) = swapped.swap_exact_out(case.direction, wanted) else {
        return Ok(());
    };
    let renamed = |violation: Violation| Violation { id: "S8", ..violation };
    keeps_product(case, cost, wanted).map_err(renamed)?;
    passes_k(&case.state(), case.direction, [cost, wanted], case.fee_pips).map_err(renamed)
}

pub(super) fn s9<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    split_in(&pool, case)?;
    split_out(&pool, case)
}

fn split_in<P: ConstantProduct>(pool: &P, case: &Case) -> Judged {
    let (a, b) = (case.amount0, case.amount1);
    let Some(whole) = a.checked_add(b).filter(|whole| has_room::<P>(case, *whole)) else {
        return Ok(());
    };
    let mut parts = pool.clone();
    let first = parts.swap_exact_in(case.direction, a).unwrap_or(0);
    let second = parts.swap_exact_in(case.direction, b).unwrap_or(0);
    let parts = U512::from(first) + U512::from(second);
    at_most(("S9", "out(a) + out'(b) <= out(a+b)"), parts, out(pool, case, whole).into())
}

fn split_out<P: ConstantProduct>(pool: &P, case: &Case) -> Judged {
    let mut parts = pool.clone();
    let asked = case.wanted().and_then(|whole| {
        let first = case.amount0.checked_rem(whole)?;
        let second = whole.checked_sub(first).filter(|_| 0 < first)?;
        let cost = parts.swap_exact_out(case.direction, first)?;
        Some((whole, U512::from(cost), parts.swap_exact_out(case.direction, second)?))
    });
    let Some((whole, first, second)) = asked else {
        return Ok(());
    };
    let law = ("S9", "in(p+q) <= in(p) + in'(q)");
    match pool.quote_exact_out(case.direction, whole) {
        Some(cost) => at_most(law, cost.into(), first + U512::from(second)),
        None => holds(law, false, whole),
    }
}

pub(super) fn s10<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let [x, y] = [case.oriented()[0], case.oriented()[1]].map(U512::from);
    let got = U512::from(out(&pool, case, case.amount0));
    at_most(("S10", "out x <= a y"), got * x, U512::from(case.amount0) * y)
}

/// The second pool holds `y` of what the first one gives and `amount1` of what is wanted, of
/// which `1 + amount0 mod amount1` is.
pub(super) fn s11<P: ConstantProduct>(case: &Case) -> Judged {
    let [_, y] = case.oriented();
    let next = case.state().with_oriented(case.direction, [y, case.amount1]);
    let next = Case {
        reserve0: next.reserve0,
        reserve1: next.reserve1,
        total_shares: 0,
        amount1: case.amount0,
        ..*case
    };
    let (Some(first), Some(second)) = (case.pool::<P>(), next.pool::<P>()) else {
        return Ok(());
    };
    let Some(wanted) = next.wanted() else {
        return Ok(());
    };
    let between = second.quote_exact_out(case.direction, wanted);
    let cost = between.and_then(|between| first.quote_exact_out(case.direction, between));
    let Some(cost) = cost else {
        return Ok(());
    };
    // What in(o) buys may be more than is needed between, and then too much for the second pool.
    if !has_room::<P>(&next, out(&first, case, cost)) {
        return Ok(());
    }
    let through = |amount_in: u128| out(&second, &next, out(&first, case, amount_in));
    holds(("S11", "in(o) buys o"), wanted <= through(cost), cost)?;
    let less = cost.saturating_sub(1);
    holds(("S11", "one less than in(o) does not"), through(less) < wanted, cost)
}

/// What follows an operation is judged by the textbook's formula on the reserves that it left.
pub(super) fn s12<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let mut swapped = pool.clone();
    swaps_as_quoted(&mut swapped, case, case.amount0)?;
    let mut bought = pool.clone();
    let wanted = case.wanted().unwrap_or(0);
    let quoted = bought.quote_exact_out(case.direction, wanted);
    let charged = bought.swap_exact_out(case.direction, wanted);
    equal(("S12", "quoted = charged"), quoted.unwrap_or(0), charged.unwrap_or(0))?;
    let mut deposited = pool.clone();
    deposited.mint(case.amount0, case.amount1);
    let mut redeemed = pool;
    redeemed.burn(case.shares().unwrap_or(0));
    for mut changed in [swapped, bought, deposited, redeemed] {
        swaps_as_quoted(&mut changed, case, case.amount1)?;
    }
    Ok(())
}

/// Swaps, for the quote, which must be the formula on the reserves that the pool has by now.
fn swaps_as_quoted<P: ConstantProduct>(pool: &mut P, case: &Case, amount_in: u128) -> Judged {
    let State { reserve0, reserve1, .. } = pool.state();
    let left = Case { reserve0, reserve1, ..*case };
    let quoted = pool.quote_exact_in(case.direction, amount_in);
    let given = pool.swap_exact_in(case.direction, amount_in);
    equal(("S12", "quoted = given"), quoted.unwrap_or(0), given.unwrap_or(0))?;
    if has_room::<P>(&left, amount_in) {
        let due = out_floor(&left, amount_in);
        equal(("S12", "given = out on the reserves that were left"), given.unwrap_or(0), due)?;
    }
    Ok(())
}

pub(super) fn s13<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let none = pool.quote_exact_in(case.direction, 0).is_none()
        && pool.quote_exact_out(case.direction, 0).is_none()
        && !pool.accepts(case.direction, case.amount0, 0)
        && !pool.accepts(case.direction, 0, case.amount1);
    holds(("S13", "an amount of zero is refused"), none, 0)?;
    let quoted = pool.quote_exact_in(case.direction, case.amount0);
    holds(("S13", "0 < out"), quoted != Some(0), case.amount0)?;
    let buys = has_room::<P>(case, case.amount0) && !out_floor(case, case.amount0).is_zero();
    holds(("S13", "refused if and only if out is 0"), quoted.is_some() == buys, case.amount0)
}

pub(super) fn c1<P: ConstantProduct>(case: &Case) -> Judged {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    let mut swapped = pool.clone();
    let given = swapped.swap_exact_in(case.direction, case.amount0);
    moved(case, &swapped, given.map(|amount_out| [case.amount0, amount_out]))?;
    let mut swapped = pool.clone();
    let wanted = case.wanted().unwrap_or(0);
    let cost = swapped.swap_exact_out(case.direction, wanted);
    moved(case, &swapped, cost.map(|cost| [cost, wanted]))?;
    let mut deposited = pool;
    let before = case.state();
    let Some(minted) = deposited.mint(case.amount0, case.amount1) else {
        return unchanged(&before, &deposited.state());
    };
    let (now, [taken0, taken1]) = (deposited.state(), minted.amounts);
    let law = ("C1", "x + a = x' for a deposit");
    equal(law, U512::from(before.reserve0) + U512::from(taken0), now.reserve0)?;
    equal(law, U512::from(before.reserve1) + U512::from(taken1), now.reserve1)
}

/// C1 of one swap: the reserves changed by the amounts given, or not at all.
fn moved<P: ConstantProduct>(case: &Case, swapped: &P, amounts: Option<[u128; 2]>) -> Judged {
    let (before, now) = (case.state(), swapped.state());
    let Some([amount_in, amount_out]) = amounts else {
        return unchanged(&before, &now);
    };
    let [x, y] = before.oriented(case.direction);
    let [x_after, y_after] = now.oriented(case.direction);
    equal(("C1", "x + a = x'"), U512::from(x) + U512::from(amount_in), x_after)?;
    equal(("C1", "y = y' + out"), y, U512::from(y_after) + U512::from(amount_out))
}

fn unchanged(before: &State, now: &State) -> Judged {
    holds(("C1", "what is refused changes nothing"), before == now, now.reserve0)
}

/// `floor(a (D-f) y / (x D + a (D-f)))`, written out once more; needs a pool that holds something.
fn out_floor(case: &Case, amount_in: u128) -> U512 {
    let [x, y] = [case.oriented()[0], case.oriented()[1]].map(U512::from);
    let traded = U512::from(amount_in) * U512::from(SCALE.saturating_sub(case.fee_pips));
    let divisor = x * U512::from(SCALE) + traded;
    (traded * y).checked_div(divisor).unwrap_or_default()
}
