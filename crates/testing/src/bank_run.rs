//! B1 to B4: everybody leaves a pool, in whatever order.
//!
//! B1: each gets at least `floor(l x0 / S0)` of both tokens, whoever left before. B2: and at most
//! one unit more for each who left before. B3: what stays is the locked shares' part and less
//! than one unit more for each who left. B4: nobody is refused.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "512-bit sums and products of two numbers of at most 129 bits"
)]

use primitive_types::U512;

use crate::case::Case;
use crate::constant_product::{ConstantProduct, State};
use crate::laws::{part_floor, shares_are_backed};
use crate::violation::{Violation, at_most, below, holds};

/// Lets the holders of these shares leave the case's pool one after the other, and then whoever
/// has the rest.
///
/// Says nothing of a pool without shares, with shares that are not backed, or of more shares
/// than can be redeemed.
///
/// # Errors
///
/// [`Violation`] `B1`, `B2`, `B3` or `B4`.
pub fn check<P: ConstantProduct>(case: &Case, leaving: &[u128]) -> Result<(), Violation> {
    let (Some(mut pool), Ok(())) = (case.shared_pool::<P>(), shares_are_backed(&case.state()))
    else {
        return Ok(());
    };
    let taken = leaving.iter().try_fold(0_u128, |sum, shares| sum.checked_add(*shares));
    let redeemable = case.total_shares.checked_sub(1000);
    let Some(rest) = redeemable.zip(taken).and_then(|(all, taken)| all.checked_sub(taken)) else {
        return Ok(());
    };
    let (first, mut before) = (case.state(), 0);
    for shares in leaving.iter().copied().chain([rest]).filter(|shares| 0 < *shares) {
        let exit = Exit::of(&mut pool, shares, before);
        holds(("B4", "nobody is refused"), exit.paid.is_some(), shares)?;
        fair(&first, &exit)?;
        before = before.saturating_add(1);
    }
    residue(&first, &pool.state(), before)
}

/// What somebody got who left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The shares given up.
    pub shares: u128,
    /// What they paid of each token; `None` for a refusal.
    pub paid: Option<[u128; 2]>,
    /// How many left before.
    pub before: usize,
}

impl Exit {
    fn of<P: ConstantProduct>(pool: &mut P, shares: u128, before: usize) -> Self {
        Self { shares, paid: pool.burn(shares), before }
    }

    fn paid_and_due(&self, first: &State) -> [(U512, U512); 2] {
        let [paid0, paid1] = self.paid.unwrap_or_default();
        let due = |reserve: u128| part_floor(self.shares, reserve, first.total_shares);
        [(paid0.into(), due(first.reserve0)), (paid1.into(), due(first.reserve1))]
    }
}

/// Lets the holders of these shares leave one after the other; those of none stay away.
pub(crate) fn leave<P: ConstantProduct>(pool: &mut P, leaving: [u128; 3]) -> [Exit; 3] {
    let mut before = 0;
    leaving.map(|shares| {
        let exit = Exit::of(pool, shares, before);
        before = before.saturating_add(usize::from(0 < shares));
        exit
    })
}

/// B1 and B2 of one exit: what it was paid, by what its shares were worth at first.
///
/// # Errors
///
/// [`Violation`] `B1` or `B2`.
pub fn fair(first: &State, exit: &Exit) -> Result<(), Violation> {
    at_least_its_part(first, exit)?;
    at_most_its_part(first, exit)
}

/// B1: `floor(l x0 / S0) <= paid`, of each token.
pub(crate) fn at_least_its_part(first: &State, exit: &Exit) -> Result<(), Violation> {
    for (paid, due) in exit.paid_and_due(first) {
        at_most(("B1", "l x0/S0 <= paid"), due, paid)?;
    }
    Ok(())
}

/// B2: `paid <= floor(l x0 / S0) + exits before`, of each token.
pub(crate) fn at_most_its_part(first: &State, exit: &Exit) -> Result<(), Violation> {
    for (paid, due) in exit.paid_and_due(first) {
        let most = due + U512::from(exit.before);
        at_most(("B2", "paid <= l x0/S0 + exits before"), paid, most)?;
    }
    Ok(())
}

/// B3: `1000 x0 / S0 <= r < 1000 x0 / S0 + n`, as `1000 x0 <= r S0 < 1000 x0 + n S0`, with
/// equality to the left where nobody was there to leave.
pub(crate) fn residue(first: &State, left: &State, exits: usize) -> Result<(), Violation> {
    let total = U512::from(first.total_shares);
    let reserves = [(first.reserve0, left.reserve0), (first.reserve1, left.reserve1)];
    for (before, after) in reserves {
        let locked = U512::from(before) * U512::from(1000);
        let stays = U512::from(after) * total;
        at_most(("B3", "1000 x0 <= r S0"), locked, stays)?;
        if 0 < exits {
            below(("B3", "r S0 < 1000 x0 + n S0"), stays, locked + total * U512::from(exits))?;
        }
    }
    Ok(())
}
