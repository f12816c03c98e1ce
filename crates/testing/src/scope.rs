//! The small scope: every small case, in order.
//!
//! Where amounts are a few units, rounding is everything; that is where pools were robbed.

use cenote_pool::Direction;

use crate::case::Case;

/// The fees of the scope in hundredths of a basis point: 0, 1, 5, 30, 100, 3,000 and 9,999 bp.
pub const FEES_PIPS: [u32; 7] = [0, 100, 500, 3_000, 10_000, 300_000, 999_900];

const DIRECTIONS: [Direction; 2] = [Direction::ZeroForOne, Direction::OneForZero];

/// A pool without shares.
fn pool(reserve0: u128, reserve1: u128) -> Case {
    Case {
        reserve0,
        reserve1,
        total_shares: 0,
        fee_pips: 0,
        direction: Direction::ZeroForOne,
        amount0: 0,
        amount1: 0,
    }
}

/// Every fee, in both directions.
fn each_way(case: Case) -> impl Iterator<Item = Case> {
    let with_fee = move |fee_pips| Case { fee_pips, ..case };
    let fees = FEES_PIPS.into_iter().map(with_fee);
    fees.flat_map(|case| DIRECTIONS.map(|direction| Case { direction, ..case }))
}

/// Every pool of up to `reserve_max` of both tokens with every first amount up to `amount_max`;
/// the second amount runs along, so that outputs below, at and above the quote occur.
pub fn swaps(reserve_max: u128, amount_max: u128) -> impl Iterator<Item = Case> {
    let pools = (1..=reserve_max).flat_map(move |x| (1..=reserve_max).map(move |y| pool(x, y)));
    pools.flat_map(move |pool| {
        (0..=amount_max).flat_map(move |amount0| {
            let amount1 = amount0.checked_rem(7).unwrap_or(0);
            each_way(Case { amount0, amount1, ..pool })
        })
    })
}

/// Every pool of up to `reserve_max` of both tokens with every two amounts up to `amount_max`.
pub fn pairs(reserve_max: u128, amount_max: u128) -> impl Iterator<Item = Case> {
    let amounts = move || (0..=amount_max).flat_map(move |a| (0..=amount_max).map(move |b| (a, b)));
    let pools = (1..=reserve_max).flat_map(move |x| (1..=reserve_max).map(move |y| pool(x, y)));
    pools.flat_map(move |pool| {
        amounts().flat_map(move |(amount0, amount1)| each_way(Case { amount0, amount1, ..pool }))
    })
}

/// A small scope for finding faults: deposits, and swaps in pools of up to 12 of both tokens.
pub fn small() -> impl Iterator<Item = Case> {
    swaps(12, 36).chain(deposits(8))
}

/// Pools of few shares more than are locked, with no more behind them than must be, from evenly
/// to as unevenly as can be; deposits of up to `amount_max` of the first token, and of the second
/// token in proportion, a little less and a little more. First deposits around the least as well.
pub fn deposits(amount_max: u128) -> impl Iterator<Item = Case> {
    let shared = [1001, 1000, 1003, 1010, 1024, 1500].into_iter().flat_map(shared_pools);
    let later = shared.flat_map(move |pool| {
        (0..=amount_max).flat_map(move |amount0| {
            let whole = amount0.checked_mul(pool.reserve1);
            let even = whole.and_then(|whole| whole.checked_div(pool.reserve0)).unwrap_or(0);
            let near = [even.saturating_sub(1), even, even.saturating_add(1), 0, amount_max];
            near.into_iter().flat_map(move |amount1| each_way(Case { amount0, amount1, ..pool }))
        })
    });
    first_deposits().chain(later)
}

/// Pools of `total_shares` shares with reserves from `(1, S^2)` to `(S^2, 1)`.
fn shared_pools(total_shares: u128) -> impl Iterator<Item = Case> {
    let square = total_shares.saturating_mul(total_shares);
    let uneven = [1, 2, 3, 7, 24, 500, 999];
    let even = [0, 1, 24].map(|more| total_shares.saturating_add(more));
    let of = move |x: u128| {
        (0..=2).filter_map(move |more| {
            // The least that backs the shares, rounded up, and a little more.
            let y = square.checked_next_multiple_of(x)?.checked_div(x)?.checked_add(more)?;
            Some([Case { total_shares, ..pool(x, y) }, Case { total_shares, ..pool(y, x) }])
        })
    };
    uneven.into_iter().chain(even).flat_map(of).flatten()
}

fn first_deposits() -> impl Iterator<Item = Case> {
    let least = || [0, 1, 2, 72].into_iter().chain(995..=1012);
    let amounts = least().flat_map(move |a| least().map(move |b| (a, b)));
    let uneven = (1..=24_u128).flat_map(|a| (999_990..=1_000_010).map(move |ab| (a, ab)));
    amounts.chain(uneven).map(|(amount0, amount1)| Case { amount0, amount1, ..pool(1, 1) })
}
