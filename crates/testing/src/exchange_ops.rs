//! Sequences of operations on an exchange, next to an independent ledger.
//!
//! The ledger keeps balances in plain integers and pools in textbook formulas; it says in advance
//! whether an operation is possible and what it gives. After each step everything that can be
//! seen of the exchange is compared with it: C1 (issued = in pools + in wallets + outside, for
//! every token and for shares), C2 (nothing below zero), T1 (a refusal changes nothing and hands
//! back what was paid), S12 (a quote is what execution gives). At the end everybody redeems
//! everything: nobody is refused (B4) and each gets its part (B1, B2).

mod ledger;
mod world;

use cenote_pool::Direction;

use crate::quantity::Quantity;
use crate::violation::Violation;
use world::World;

/// What an operation is about: places in lists, counted around, a direction and two quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Which coin, claim, token, trader or pool; each operation says which is which.
    pub places: [u8; 4],
    /// Which way the first swap goes.
    pub direction: Direction,
    /// How much.
    pub first: Quantity,
    /// How much of the other, or how much at least or at most.
    pub second: Quantity,
}

/// Defines the operations and counts them.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One operation on an exchange.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ExchangeOp {
            $($(#[$doc])* $name(Pick),)*
        }

        /// Every operation in turn.
        const KINDS: &[fn(Pick) -> ExchangeOp] = &[$(ExchangeOp::$name),*];
    };
}

operations! {
    /// Issues a coin of a token (place 0).
    Issue,
    /// Burns a coin (place 0) at a token's mint (place 1), which may be another token's.
    Burn,
    /// Splits a coin (place 0).
    Split,
    /// Joins a coin (place 1) to another (place 0), which may be of another token.
    Join,
    /// Takes a coin of a token (place 1) out of a wallet (place 0).
    Take,
    /// Puts a coin (place 1) into a wallet (place 0).
    Put,
    /// Takes a claim on a pool (place 1) out of a wallet (place 0).
    TakeClaim,
    /// Puts a claim (place 1) into a wallet (place 0).
    PutClaim,
    /// Loses a coin (place 0).
    DropCoin,
    /// Loses a claim (place 0).
    DropClaim,
    /// Swaps a coin (place 0) in a pool (place 1).
    Swap,
    /// Buys an exact amount from a pool (place 1) out of a coin (place 0).
    SwapExactOut,
    /// Sells from a wallet (place 0) along a path of up to three pools (places 1, 2, 3).
    TradeExactIn,
    /// Buys into a wallet (place 0) along a path of up to three pools (places 1, 2, 3).
    TradeExactOut,
    /// Settles made-up amounts from a wallet (place 0) in one or two pools (places 1, 2).
    Settle,
    /// Sends a coin (place 0) along a route of up to three steps (places 1, 2, 3), one pool twice
    /// now and then, with flaws.
    Execute,
    /// Adds two coins (places 0, 1) to a pool (place 2).
    Add,
    /// Adds liquidity from a wallet (place 0) to a pool (place 1).
    AddFrom,
    /// Redeems a claim (place 0).
    Redeem,
    /// Redeems shares of a pool (place 1) from a wallet (place 0).
    RedeemFrom,
    /// Offers what belongs to another exchange everywhere.
    Foreign,
}

impl ExchangeOp {
    /// The operation of a number, counted around.
    pub fn of(kind: u8, pick: Pick) -> Self {
        let at = usize::from(kind).checked_rem(KINDS.len());
        at.and_then(|at| KINDS.get(at)).map_or(Self::Swap(pick), |kind| kind(pick))
    }
}

/// What each side of the founded pools holds at first: dust, unlike lengths, and whales.
pub const FOUNDINGS: [[u128; 2]; 3] =
    [[1_001, 1_500], [1_000_000_000_000, 3_000_000], [1 << 100, 1 << 90]];

/// Runs operations on a new exchange with three founded pools and an empty one, once with dust in
/// the pools, once with reserves of unlike lengths, and once with 2^100 units.
///
/// # Errors
///
/// [`Violation`], of the first step at which something did not hold.
pub fn run(ops: &[ExchangeOp]) -> Result<(), Violation> {
    FOUNDINGS.into_iter().try_for_each(|founding| run_from(founding, ops))
}

/// Runs operations on a new exchange whose three founded pools hold this of both their tokens.
///
/// # Errors
///
/// [`Violation`], of the first step at which something did not hold, or of the first of all where
/// no pool can be founded with so little.
pub fn run_from(founding: [u128; 2], ops: &[ExchangeOp]) -> Result<(), Violation> {
    let mut world = World::new(founding)?;
    for op in ops {
        world.step(*op)?;
        world.check()?;
    }
    world.everybody_leaves(ops.len())
}
