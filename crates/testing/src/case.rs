//! [`Case`]: one input of a property.

use cenote_pool::Direction;

use crate::constant_product::{ConstantProduct, State};

/// One input of a property: a pool, a direction and two amounts, as plain numbers.
///
/// Any numbers may be given. A property of pools says nothing of a case that is no pool, and one
/// of deposits nothing of a pool without shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Case {
    /// What the pool holds of its first token.
    pub reserve0: u128,
    /// What the pool holds of its second token.
    pub reserve1: u128,
    /// All shares of the pool, the locked ones included; zero before the first deposit.
    pub total_shares: u128,
    /// The fee in hundredths of a basis point, below 1,000,000.
    pub fee_pips: u32,
    /// Which way a swap goes.
    pub direction: Direction,
    /// The input of a swap; what a deposit brings of the first token.
    pub amount0: u128,
    /// A second input, or the output of a swap; what a deposit brings of the second token.
    pub amount1: u128,
}

impl Case {
    /// The pool's numbers.
    pub const fn state(&self) -> State {
        State { reserve0: self.reserve0, reserve1: self.reserve1, total_shares: self.total_shares }
    }

    /// The case with the swap going the other way.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { direction: self.direction.reverse(), ..self }
    }

    /// What the pool holds of the token that comes in and of the one that goes out.
    pub const fn oriented(&self) -> [u128; 2] {
        self.state().oriented(self.direction)
    }

    /// The pool; `None` where the numbers are no pool, or one that holds nothing.
    pub fn pool<P: ConstantProduct>(&self) -> Option<P> {
        let holds = 0 < self.reserve0 && 0 < self.reserve1;
        P::open(self.state(), self.fee_pips).filter(|_| holds)
    }

    /// The pool, if it has shares.
    pub fn shared_pool<P: ConstantProduct>(&self) -> Option<P> {
        self.pool().filter(|_| 0 < self.total_shares)
    }

    /// A number of shares that somebody may hold: `1 + amount0 mod (S - 1000)`.
    pub fn shares(&self) -> Option<u128> {
        let redeemable = self.total_shares.checked_sub(1000)?;
        self.amount0.checked_rem(redeemable)?.checked_add(1)
    }

    /// An output that the pool may pay: `1 + amount1 mod (y - 1)`.
    pub fn wanted(&self) -> Option<u128> {
        let [_, y] = self.oriented();
        self.amount1.checked_rem(y.checked_sub(1)?)?.checked_add(1)
    }
}

impl State {
    /// The reserves as a swap sees them: of the token that comes in, of the one that goes out.
    pub const fn oriented(self, direction: Direction) -> [u128; 2] {
        match direction {
            Direction::ZeroForOne => [self.reserve0, self.reserve1],
            Direction::OneForZero => [self.reserve1, self.reserve0],
        }
    }

    /// The state with reserves as a swap sees them; the inverse of [`oriented`](Self::oriented).
    #[must_use]
    pub const fn with_oriented(self, direction: Direction, reserves: [u128; 2]) -> Self {
        let [reserve_in, reserve_out] = reserves;
        let (reserve0, reserve1) = match direction {
            Direction::ZeroForOne => (reserve_in, reserve_out),
            Direction::OneForZero => (reserve_out, reserve_in),
        };
        Self { reserve0, reserve1, ..self }
    }
}
