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
    let mut exits = 0_u32;
    for shares in leaving.iter().copied().chain([rest]).filter(|shares| 0 < *shares) {
        let paid = pool.burn(shares);
        holds(("B4", "nobody is refused"), paid.is_some(), shares)?;
        fair(&case.state(), shares, paid.unwrap_or_default(), exits)?;
        exits = exits.saturating_add(1);
    }
    residue(&case.state(), &pool.state(), exits)
}

/// B1 and B2 of one exit: what it was paid, by what its shares were worth at first.
///
/// # Errors
///
/// [`Violation`] `B1` or `B2`.
pub fn fair(
    first: &State,
    shares: u128,
    paid: [u128; 2],
    exits_before: u32,
) -> Result<(), Violation> {
    for (paid, reserve) in paid.into_iter().zip([first.reserve0, first.reserve1]) {
        let due = part_floor(shares, reserve, first.total_shares);
        at_most(("B1", "l x0/S0 <= paid"), due, paid.into())?;
        let most = due + U512::from(exits_before);
        at_most(("B2", "paid <= l x0/S0 + exits before"), paid.into(), most)?;
    }
    Ok(())
}

/// B3: `1000 x0 / S0 <= r < 1000 x0 / S0 + n`, as `1000 x0 <= r S0 < 1000 x0 + n S0`, with
/// equality to the left where nobody was there to leave.
fn residue(first: &State, left: &State, exits: u32) -> Result<(), Violation> {
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
