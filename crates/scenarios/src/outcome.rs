//! [`Outcome`]: what a queue got, in a few numbers.

use cenote_pool::Amount;

use crate::institution::{Exit, Payment};

/// What a run came to: one column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Outcome {
    /// The institution.
    pub name: &'static str,
    /// How many stood in the queue.
    pub customers: usize,
    /// What all of them were due before the run.
    pub due: Payment,
    /// What all of them got.
    pub paid: Payment,
    /// How many got at least what they were due, in both tokens.
    pub paid_in_full: usize,
    /// How many got something, and less than they were due.
    pub paid_partly: usize,
    /// How many were due something and got nothing.
    pub paid_nothing: usize,
    /// What those who were paid partly got, together.
    pub partial_payments: Payment,
    /// What all were due and did not get, measured on the payments.
    pub shortfall: Payment,
    /// How many claims the institution still owes.
    pub unpaid_claims: usize,
    /// The most that anybody got beyond what it was due, of either token.
    pub windfall: Amount,
    /// How much better the first in the queue fared than the last.
    pub first_minus_last: Difference,
    /// What the first in the queue was due: the measure of that difference.
    pub first_due: Payment,
}

/// A difference of two payments, each taken less what was due: positive if the first got more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Difference {
    /// Of `token0`, in its smallest units.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_string"))]
    pub amount0: i128,
    /// Of `token1`, in its smallest units.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_string"))]
    pub amount1: i128,
}

/// A number that programs must not read through a float.
#[cfg(feature = "serde")]
pub(crate) fn as_string<S: serde::Serializer>(
    number: &impl core::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl Outcome {
    /// Counts a run. Sums stay at 2^112 - 1 once they are there.
    pub fn of<L>(name: &'static str, exits: &[Exit<L>]) -> Self {
        let full = |exit: &&Exit<L>| exit.paid.covers(exit.due);
        let nothing = |exit: &&Exit<L>| !full(exit) && exit.paid.is_zero();
        let partly = |exit: &&Exit<L>| !full(exit) && !exit.paid.is_zero();
        Self {
            name,
            customers: exits.len(),
            due: sum(exits.iter().map(|exit| exit.due)),
            paid: sum(exits.iter().map(|exit| exit.paid)),
            paid_in_full: exits.iter().filter(full).count(),
            paid_partly: exits.iter().filter(partly).count(),
            paid_nothing: exits.iter().filter(nothing).count(),
            partial_payments: sum(exits.iter().filter(partly).map(|exit| exit.paid)),
            shortfall: sum(exits.iter().map(|exit| excess(exit.due, exit.paid))),
            unpaid_claims: exits.iter().filter(|exit| exit.unpaid.is_some()).count(),
            windfall: exits.iter().map(windfall).max().unwrap_or_default(),
            first_minus_last: first_minus_last(exits),
            first_due: exits.first().map_or(Payment::default(), |exit| exit.due),
        }
    }
}

fn sum(payments: impl Iterator<Item = Payment>) -> Payment {
    let add = |a: Amount, b: Amount| a.checked_add(b).unwrap_or(Amount::MAX);
    payments.fold(Payment::default(), |sum, next| Payment {
        amount0: add(sum.amount0, next.amount0),
        amount1: add(sum.amount1, next.amount1),
    })
}

/// What `a` is more than `b`, token by token; nothing where it is less.
pub(crate) fn excess(a: Payment, b: Payment) -> Payment {
    let more = |a: Amount, b: Amount| a.checked_sub(b).unwrap_or_default();
    Payment { amount0: more(a.amount0, b.amount0), amount1: more(a.amount1, b.amount1) }
}

fn windfall<L>(exit: &Exit<L>) -> Amount {
    let Payment { amount0, amount1 } = excess(exit.paid, exit.due);
    amount0.max(amount1)
}

/// Each one's payment less what it was due, so that unequal claims can be compared; of equal
/// claims it is the plain difference of the payments.
fn first_minus_last<L>(exits: &[Exit<L>]) -> Difference {
    let (Some(first), Some(last)) = (exits.first(), exits.last()) else {
        return Difference::default();
    };
    // Amounts have 112 bits, so the four of them cannot exceed an i128.
    let units = |amount: Amount| i128::try_from(amount.get()).unwrap_or(i128::MAX);
    let gain = |paid, due| units(paid).saturating_sub(units(due));
    let gains = |exit: &Exit<L>| {
        let Exit { paid, due, .. } = exit;
        (gain(paid.amount0, due.amount0), gain(paid.amount1, due.amount1))
    };
    let ((first0, first1), (last0, last1)) = (gains(first), gains(last));
    Difference { amount0: first0.saturating_sub(last0), amount1: first1.saturating_sub(last1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(due: u64, paid: u64) -> Exit<()> {
        let payment = |units: u64| Payment::of_one(units.into());
        let unpaid = (paid < due).then_some(());
        Exit { due: payment(due), paid: payment(paid), unpaid }
    }

    #[test]
    fn it_counts_who_got_what() {
        let outcome = Outcome::of("bank", &[exit(10, 11), exit(10, 10), exit(10, 4), exit(10, 0)]);
        let counts = (outcome.paid_in_full, outcome.paid_partly, outcome.paid_nothing);
        assert_eq!((counts, outcome.unpaid_claims), ((2, 1, 1), 2));
        assert_eq!(outcome.shortfall.amount0, Amount::from_u64(16));
        assert_eq!(outcome.partial_payments.amount0, Amount::from_u64(4));
        assert_eq!(outcome.windfall, Amount::from_u64(1));
        assert_eq!(outcome.first_minus_last, Difference { amount0: 11, amount1: 0 });
    }

    #[test]
    fn an_empty_queue_is_an_outcome() {
        let outcome = Outcome::of::<()>("bank", &[]);
        assert_eq!((outcome.customers, outcome.due), (0, Payment::default()));
    }
}
