//! Exchanges that are wrong on purpose.

use super::Fault;
use crate::custody::{Act, BookCustody, Books, Custody, CustodyRules, POOLS, TRADERS, table};

pub(super) const FAULTS: &[Fault] = &[
    fault::<AnyTokens>(15, "token_in == token_out accepted: a pool of one token", "C5"),
    fault::<AnyWallet>(16, "another's balance is spent", "C2"),
    fault::<AnyShares>(17, "another's shares are given up", "C3"),
    fault::<SpentTwice>(18, "what is spent stays spendable (an allowance not lowered)", "C1w"),
    fault::<AnyActor>(19, "a stranger's act is taken for a customer's", "C2"),
    fault::<PoolSpends>(20, "a pool's account spends like a customer's", "V1"),
    fault::<NoLimit>(33, "limits are not looked at", "T6"),
    fault::<HalfKept>(34, "the first half of a refused act stays", "T1w"),
    fault::<Gated>(35, "redeeming waits for something else: as many units of a token", "B4w"),
    fault::<ShareMore>(43, "a depositor gets one share more than was made", "L7w"),
    fault::<HalfPaid>(
        44,
        "shares pay half of what they are worth, and the pool keeps the rest",
        "E1",
    ),
];

const fn fault<R: CustodyRules>(
    number: u8,
    story: &'static str,
    noticed_by: &'static str,
) -> Fault {
    Fault { number, story, noticed_by, hunt: hunt::<BookCustody<R>> }
}

/// The number of acts, and then of pairs of them, until a law of custody notices.
fn hunt<C: Custody>(id: &str) -> Option<usize> {
    let law = table::<C>().into_iter().find(|law| law.id == id)?;
    let first = Act::each().step_by(7);
    let pairs = first.flat_map(|first| Act::each().map(move |second| vec![first, second]));
    let mut lists = Act::each().map(|act| vec![act]).chain(pairs);
    lists.position(|acts| law.check(&acts).is_err())?.checked_add(1)
}

/// Defines rule books that differ from the right one by what follows.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident { $($rule:item)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum $name {}

        impl CustodyRules for $name {
            $($rule)*
        }
    )*};
}

/// Whoever has enough of something.
fn whoever(has: impl Fn(usize) -> u128, units: u128) -> Option<usize> {
    (0..TRADERS).find(|trader| units <= has(*trader))
}

rules! {
    /// Fault 15.
    AnyTokens {
        fn may_open(_tokens: [usize; 2]) -> bool {
            true
        }
    }

    /// Fault 16.
    AnyWallet {
        fn payer(books: &Books, _by: usize, token: usize, units: u128) -> Option<usize> {
            whoever(|trader| books.balance(trader, token), units)
        }
    }

    /// Fault 17.
    AnyShares {
        fn giver(books: &Books, _by: usize, pool: usize, shares: u128) -> Option<usize> {
            whoever(|trader| books.claim(trader, pool), shares)
        }
    }

    /// Fault 18.
    SpentTwice {
        fn debited(_units: u128) -> u128 {
            0
        }
    }

    /// Fault 19.
    AnyActor {
        fn actor(by: usize) -> Option<usize> {
            by.checked_rem(TRADERS)
        }
    }

    /// Fault 20.
    PoolSpends {
        fn pool_account(by: usize) -> Option<usize> {
            by.checked_sub(TRADERS).filter(|pool| *pool < POOLS.len())
        }
    }

    /// Fault 33.
    NoLimit {
        fn is_enough(_given: u128, _least: u128) -> bool {
            true
        }
    }

    /// Fault 34.
    HalfKept {
        fn after_refusal<R>(_before: BookCustody<R>, half: BookCustody<R>) -> BookCustody<R> {
            half
        }
    }

    /// Fault 35.
    Gated {
        fn giver(books: &Books, by: usize, pool: usize, shares: u128) -> Option<usize> {
            let solvent = shares <= books.balance(by, 0);
            (solvent && shares <= books.claim(by, pool)).then_some(by)
        }
    }

    /// Fault 43.
    ShareMore {
        fn credited(shares: u128) -> u128 {
            shares.saturating_add(1)
        }
    }

    /// Fault 44.
    HalfPaid {
        fn redeemed(worth: u128) -> u128 {
            worth.div_ceil(2)
        }
    }
}
