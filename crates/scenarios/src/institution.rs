//! [`Institution`]: whatever holds what belongs to others, and the run on it.

use core::convert::Infallible;

use cenote_exchange::{Exchange, TraderId};
use cenote_pool::{Amount, PoolId};

/// An institution that holds what belongs to its customers.
pub trait Institution {
    /// Who can withdraw.
    type Customer: Copy;

    /// What it can still owe to a customer whom it did not pay in full.
    ///
    /// This is where institutions differ. A type without values says that there is nothing it
    /// can owe; that is a statement which the compiler checks, and no promise.
    type Liability;

    /// What a customer is to get: nothing for one who has no claim.
    fn due(&self, customer: Self::Customer) -> Payment;

    /// Pays a customer what it can, all at once, and says what it still owes.
    fn withdraw(&mut self, customer: Self::Customer) -> (Payment, Option<Self::Liability>);
}

/// A bank run: everybody withdraws everything, in queue order.
///
/// What each is due is written down before the first leaves.
pub fn run<I: Institution>(institution: &mut I, queue: &[I::Customer]) -> Vec<Exit<I::Liability>> {
    let due: Vec<Payment> = queue.iter().map(|&customer| institution.due(customer)).collect();
    let leave = |(&customer, due)| {
        let (paid, unpaid) = institution.withdraw(customer);
        Exit { due, paid, unpaid }
    };
    queue.iter().zip(due).map(leave).collect()
}

/// What happened to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit<L> {
    /// What the customer was due before the run.
    pub due: Payment,
    /// What the customer got.
    pub paid: Payment,
    /// What the institution still owes.
    pub unpaid: Option<L>,
}

/// An amount of each of two tokens. Custodians keep one, so their second is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Payment {
    /// Of `token0`, which is USD in all these scenarios.
    pub amount0: Amount,
    /// Of `token1`.
    pub amount1: Amount,
}

impl Payment {
    /// An amount of the first token alone.
    pub const fn of_one(amount0: Amount) -> Self {
        Self { amount0, amount1: Amount::ZERO }
    }

    /// Whether it is at least `other` in both tokens.
    pub fn covers(self, other: Self) -> bool {
        other.amount0 <= self.amount0 && other.amount1 <= self.amount1
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.amount0.is_zero() && self.amount1.is_zero()
    }
}

/// A liquidity provider of an exchange: whose wallet holds shares of which pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Provider {
    /// The wallet.
    pub trader: TraderId,
    /// The pool.
    pub pool: PoolId,
}

/// The exchange itself, not a model of it. A provider's claim is its shares; to withdraw is to
/// redeem them.
impl Institution for Exchange {
    type Customer = Provider;
    type Liability = Infallible;

    /// `floor(shares * reserve / total)` of both reserves.
    fn due(&self, Provider { trader, pool }: Provider) -> Payment {
        let shares = self.shares(trader, pool);
        let worth = self.market().pool(pool).map(|pool| pool.worth_floor(shares));
        let (amount0, amount1) = worth.unwrap_or_default();
        Payment { amount0, amount1 }
    }

    /// Redeems all shares. Whoever asks for no more than it holds is never refused, so the only
    /// refusal left is that of a wallet which does not exist and is due nothing.
    fn withdraw(&mut self, Provider { trader, pool }: Provider) -> (Payment, Option<Infallible>) {
        let shares = self.shares(trader, pool);
        let [amount0, amount1] = self.redeem_from(trader, pool, shares).unwrap_or_default();
        (Payment { amount0, amount1 }, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_due_nothing_and_gets_nothing() {
        let mut exchange = Exchange::new();
        let stranger = Provider { trader: 7_u32.into(), pool: PoolId::FIRST };
        let exits = run(&mut exchange, &[stranger]);
        let nothing = Payment::default();
        assert_eq!(exits, [Exit { due: nothing, paid: nothing, unpaid: None }]);
    }
}
