//! Who owns what: what must hold of an exchange, whatever its customers do.
//!
//! [`Custody`] is an exchange in plain numbers, [`Act`] what a customer does there, [`Books`]
//! everything that can be seen. A law is judged on a list of acts, on a new exchange each time;
//! what it may look at is the books before and after each act, and whether the act happened.

mod act;
mod books;
mod house;
mod laws;
mod textbook;

pub use act::{Act, Hop};
pub use books::{Books, PoolBook};
pub use house::House;
pub use laws::{LAWS, table};
pub use textbook::{BookCustody, CustodyRules, TextbookCustody};

/// How many customers there are; more act, and must be refused.
pub const TRADERS: usize = 3;

/// How many tokens there are.
pub const TOKENS: usize = 3;

/// The tokens of the pools that are founded, and their fees in hundredths of a basis point.
pub const POOLS: [([usize; 2], u32); 2] = [([0, 1], 0), ([1, 2], 3_000)];

/// The fee of a pool that [`Act::Open`] opens, in hundredths of a basis point.
pub const OPENED_FEE_PIPS: u32 = 3_000;

/// What an exchange opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founding {
    /// What the first customer deposits in each pool, and gets all shares for.
    pub reserves: [u128; 2],
    /// What each customer has of each token then.
    pub balance: u128,
}

/// Dust, unlike lengths, and whales.
pub const FOUNDINGS: [Founding; 3] = [
    Founding { reserves: [1_001, 1_500], balance: 40 },
    Founding { reserves: [1_000_000_000_000, 3_000_000], balance: 10_000_000_000 },
    Founding { reserves: [1 << 100, 1 << 90], balance: 1 << 109 },
];

/// An exchange in plain numbers: what the laws of custody judge.
///
/// Customers, tokens and pools are named by their places. Methods must not panic, whatever the
/// numbers. All laws but E1 hold of an exchange with rules of its own; E1 says that acts move what
/// those of [`TextbookCustody`] do: swaps at the pool's quote, deposits of no more than their shares
/// need (rounded up) by customers who have all that they offer, withdrawals of `floor(l x / S)`.
/// To send nothing, or to give up no shares, is done and changes nothing.
pub trait Custody: Sized {
    /// A new exchange with [`TRADERS`] customers, [`TOKENS`] tokens and [`POOLS`]; `None` if it
    /// cannot be opened.
    fn open(founding: &Founding) -> Option<Self>;

    /// All that it holds, and for whom.
    fn books(&self) -> Books;

    /// Does what a customer wants, and says whether it was done. What is refused must change nothing.
    fn act(&mut self, act: &Act<u128>) -> bool;
}
