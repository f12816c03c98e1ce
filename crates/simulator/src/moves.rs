//! [`PriceMove`]: how far a pool's price went, to be shown.

#![expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "prices are shown and ranked here; they decide no amount"
)]

use cenote_pool::{Market, Pool, PoolId};

/// How far the price of a pool's `token0` in `token1` went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceMove {
    /// The pool.
    pub pool: PoolId,
    /// The price after divided by the price before.
    pub ratio: f64,
}

impl PriceMove {
    /// The same in per cent of the price before: -50 for a half, +100 for the double.
    pub fn percent(&self) -> f64 {
        (self.ratio - 1.0) * 100.0
    }
}

/// The pools whose prices went furthest up or down, as ratios, the furthest first; at most
/// `count`, none that did not move.
pub fn largest_moves(before: &Market, after: &Market, count: usize) -> Vec<PriceMove> {
    let pairs = before.pools_with_id().zip(after.pools());
    let mut moves = pairs
        .filter(|((_, before), after)| !before.is_empty() && !after.is_empty())
        .map(|((pool, before), after)| PriceMove { pool, ratio: price(after) / price(before) })
        .filter(|price| price.ratio.is_finite() && price.ratio.ln().abs() > 0.0)
        .collect::<Vec<_>>();
    moves.sort_by(|a, b| {
        b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()).then(a.pool.cmp(&b.pool))
    });
    moves.truncate(count);
    moves
}

/// The marginal price without the fee, in smallest units: `reserve1 / reserve0`.
fn price(pool: &Pool) -> f64 {
    let reserves = pool.reserves();
    reserves.reserve1.get() as f64 / reserves.reserve0.get() as f64
}
