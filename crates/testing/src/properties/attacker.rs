//! A1: nobody takes from a pool by any order of its operations.

use cenote_pool::Direction;

use crate::account::Account;
use crate::case::Case;
use crate::constant_product::ConstantProduct;
use crate::violation::Violation;

/// What an attacker does, in every order.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// Sells the first amount in the case's direction.
    There,
    /// Sells back what selling gave, or the second amount if nothing was sold yet.
    Back,
    /// Deposits both amounts.
    Deposit,
}

const ORDERS: [[Move; 3]; 6] = {
    use Move::{Back, Deposit, There};
    [
        [There, Back, Deposit],
        [There, Deposit, Back],
        [Back, There, Deposit],
        [Back, Deposit, There],
        [Deposit, There, Back],
        [Deposit, Back, There],
    ]
};

/// A pool and what an attacker paid, got and holds.
struct Attack<P> {
    pool: P,
    account: Account,
    shares: u128,
    /// What the last sale gave.
    gained: Option<u128>,
}

/// The attacker starts without shares, and gives all back in the end.
pub(super) fn a1<P: ConstantProduct>(case: &Case) -> Result<(), Violation> {
    let Some(pool) = case.pool::<P>() else {
        return Ok(());
    };
    ORDERS.iter().try_for_each(|order| {
        let pool = pool.clone();
        let mut attack = Attack { pool, account: Account::default(), shares: 0, gained: None };
        for step in order {
            attack.make(case, *step);
        }
        attack.leave();
        attack.account.gains_nothing()
    })
}

impl<P: ConstantProduct> Attack<P> {
    fn make(&mut self, case: &Case, step: Move) {
        match step {
            Move::There => self.sell(case.direction, case.amount0),
            Move::Back => {
                self.sell(case.direction.reverse(), self.gained.unwrap_or(case.amount1));
            }
            // Whoever deposits first where something lies and nobody has shares may keep it.
            Move::Deposit if self.pool.state().total_shares == 0 => {}
            Move::Deposit => {
                if let Some(minted) = self.pool.mint(case.amount0, case.amount1) {
                    self.shares = self.shares.saturating_add(minted.shares);
                    self.account.moved(minted.amounts, [0, 0]);
                }
            }
        }
    }

    fn sell(&mut self, direction: Direction, amount_in: u128) {
        let Some(amount_out) = self.pool.swap_exact_in(direction, amount_in) else {
            return;
        };
        self.gained = Some(amount_out);
        match direction {
            Direction::ZeroForOne => self.account.moved([amount_in, 0], [0, amount_out]),
            Direction::OneForZero => self.account.moved([0, amount_in], [amount_out, 0]),
        }
    }

    fn leave(&mut self) {
        let paid = self.pool.burn(self.shares).unwrap_or_default();
        self.account.moved([0, 0], paid);
    }
}
