//! [`Curve`]: a pool as the dual sees it, in square roots.
#![expect(clippy::float_arithmetic, reason = "prices decide no amount")]

use cenote_pool::{Direction, Fee, Market, Pool, TokenId};

/// The square roots that decide what a pool is worth at given prices.
///
/// With `root0 = sqrt(reserve0)`, `toll0 = sqrt(1 / kept0)` and prices `w^2`, the most that a swap
/// of `token0` for `token1` earns is the square of
///
/// ```text
/// root1 * w1 - root0 * toll0 * w0
/// ```
///
/// where that is positive, and nothing elsewhere. Each number is within 2^-52 of the true one,
/// relatively.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Curve {
    pub(crate) roots: [f64; 2],
    /// The roots of the reserves that an input has to overcome, fee included: `root * toll`.
    pub(crate) walls: [f64; 2],
    pub(crate) tokens: [TokenId; 2],
}

/// One direction of a curve: pays the token at `src`, buys the one at `dst`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lane {
    /// `sqrt(reserve_in / kept)`
    pub(crate) wall: f64,
    /// `sqrt(reserve_out)`
    pub(crate) root: f64,
    pub(crate) token_in: TokenId,
    pub(crate) token_out: TokenId,
}

impl Curve {
    pub(crate) fn new(pool: &Pool) -> Self {
        let reserves = pool.reserves();
        let roots = [reserves.reserve0, reserves.reserve1].map(|held| to_f64(held.get()).sqrt());
        let [root0, root1] = roots;
        let [toll0, toll1] = Direction::BOTH.map(|direction| toll(pool.fee(direction)));
        Self {
            roots,
            walls: [root0 * toll0, root1 * toll1],
            tokens: [pool.token0(), pool.token1()],
        }
    }

    /// All pools of a market.
    pub(crate) fn of(market: &Market) -> Vec<Self> {
        market.pools().iter().map(Self::new).collect()
    }

    /// Whether the pool holds something.
    pub(crate) fn holds(&self) -> bool {
        self.roots[0] > 0.0
    }

    #[inline]
    pub(crate) fn lane(&self, direction: Direction) -> Lane {
        let Self { roots: [root0, root1], walls: [wall0, wall1], tokens: [token0, token1] } = *self;
        match direction {
            Direction::ZeroForOne => {
                Lane { wall: wall0, root: root1, token_in: token0, token_out: token1 }
            }
            Direction::OneForZero => {
                Lane { wall: wall1, root: root0, token_in: token1, token_out: token0 }
            }
        }
    }
}

/// `sqrt(1 / kept)`
fn toll(fee: Fee) -> f64 {
    (f64::from(fee.scale()) / f64::from(fee.kept())).sqrt()
}

/// The nearest binary float.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "rounding is what it is for"
)]
#[inline]
pub(crate) fn to_f64(units: u128) -> f64 {
    units as f64
}
