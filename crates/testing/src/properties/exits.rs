//! B1 to B4 of one case: three providers leave, in each order.

use crate::bank_run::{Exit, at_least_its_part, at_most_its_part, leave, residue};
use crate::case::Case;
use crate::constant_product::ConstantProduct;
use crate::laws::shares_are_backed;
use crate::violation::{Violation, holds};

type Judged = Result<(), Violation>;

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// The three providers' shares, all that can be redeemed together; `None` where there are none or
/// they are not backed, of which nothing is promised.
fn providers(case: &Case) -> Option<[u128; 3]> {
    shares_are_backed(&case.state()).ok()?;
    let redeemable = case.total_shares.checked_sub(1000).filter(|shares| 0 < *shares)?;
    let first = case.shares()?;
    let rest = redeemable.checked_sub(first)?;
    let second = case.amount1.checked_rem(rest.checked_add(1)?)?;
    Some([first, second, rest.checked_sub(second)?])
}

/// Lets the providers leave in each order, and judges what each run left.
fn each_order<P: ConstantProduct>(case: &Case, judge: impl Fn(&P, &[Exit; 3]) -> Judged) -> Judged {
    let (Some(pool), Some(shares)) = (case.shared_pool::<P>(), providers(case)) else {
        return Ok(());
    };
    ORDERS.iter().try_for_each(|order| {
        let mut pool = pool.clone();
        let leaving = order.map(|at| shares.get(at).copied().unwrap_or(0));
        let exits = leave(&mut pool, leaving);
        judge(&pool, &exits)
    })
}

pub(super) fn b1<P: ConstantProduct>(case: &Case) -> Judged {
    each_order::<P>(case, |_, exits| {
        exits.iter().try_for_each(|exit| at_least_its_part(&case.state(), exit))
    })
}

pub(super) fn b2<P: ConstantProduct>(case: &Case) -> Judged {
    each_order::<P>(case, |_, exits| {
        exits.iter().try_for_each(|exit| at_most_its_part(&case.state(), exit))
    })
}

pub(super) fn b3<P: ConstantProduct>(case: &Case) -> Judged {
    each_order::<P>(case, |pool, exits| {
        let left = exits.iter().filter(|exit| 0 < exit.shares).count();
        residue(&case.state(), &pool.state(), left)
    })
}

/// Between exits somebody swaps and somebody deposits.
pub(super) fn b4<P: ConstantProduct>(case: &Case) -> Judged {
    let (Some(mut pool), Some(shares)) = (case.shared_pool::<P>(), providers(case)) else {
        return Ok(());
    };
    let mut direction = case.direction;
    for shares in shares.into_iter().filter(|shares| 0 < *shares) {
        let paid = pool.burn(shares);
        holds(("B4", "nobody is refused"), paid.is_some(), shares)?;
        pool.swap_exact_in(direction, case.amount0);
        direction = direction.reverse();
        if let Some(minted) = pool.mint(case.amount1, case.amount0) {
            let paid = pool.clone().burn(minted.shares);
            holds(("B4", "whoever came may leave"), paid.is_some(), minted.shares)?;
        }
    }
    Ok(())
}
