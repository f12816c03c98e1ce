//! [`judge`]: whether a pair and the engine did the same, or differ as is meant.

use cenote_pool::{Amount, BurnError, FlowsError, MintError, PairError, Shares};
use primitive_types::{U256, U512};

use super::call::{Asked, Call, Refused};

/// What two answers amount to. There is no other difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Both did it, with the same amounts.
    Done,
    /// Both refused, for the same reason.
    Refused,
    /// A withdrawal of one token alone, which the engine pays and the contract refuses.
    OneLeg,
    /// A balance of zero beside another, which the contract counts and the engine refuses.
    OneBalance,
    /// More than 2^112 - 1 shares or a payment above it, which the engine has no type for; the
    /// contract may do it, or find another reason later.
    BeyondTypes,
    /// Both refused: the engine first because a reserve would exceed 2^112 - 1, which the contract
    /// asks last, after something else that it refuses too.
    OtherReason,
}

impl Verdict {
    /// The name of a difference; `None` where there is none.
    pub const fn difference(self) -> Option<&'static str> {
        match self {
            Self::Done | Self::Refused => None,
            Self::OneLeg => Some("one leg"),
            Self::OneBalance => Some("one balance"),
            Self::BeyondTypes => Some("beyond types"),
            Self::OtherReason => Some("other reason"),
        }
    }
}

/// Compares what the engine gave and what the contract did, amounts or its reason in its words.
///
/// A division by zero and another invalid instruction have the reason `invalid opcode`. `None` where
/// the two differ in what is not meant to.
pub fn judge(
    asked: &Asked<'_>,
    given: &Result<Vec<U256>, Refused>,
    due: &Result<Vec<U256>, String>,
) -> Option<Verdict> {
    match (given, due) {
        (Ok(given), Ok(due)) => (given == due).then_some(Verdict::Done),
        (Ok(given), Err(due)) => one_leg(asked, given, due),
        (Err(given), Ok(due)) => only_refused_here(asked, *given, due),
        (Err(given), Err(due)) => both_refused(asked, *given, due),
    }
}

fn above(units: &U512) -> bool {
    *units > U512::from(Amount::MAX.get())
}

fn one_leg(asked: &Asked<'_>, given: &[U256], due: &str) -> Option<Verdict> {
    let Call::Burn { shares } = *asked.call else { return None };
    let worth = asked.before.worth(shares, asked.fee);
    let one = worth[0].is_zero() != worth[1].is_zero();
    let same = given.iter().map(|units| U512::from(*units)).eq(worth);
    (one && same && due == "UniswapV2: INSUFFICIENT_LIQUIDITY_BURNED").then_some(Verdict::OneLeg)
}

fn only_refused_here(asked: &Asked<'_>, given: Refused, due: &[U256]) -> Option<Verdict> {
    match given {
        Refused::Burn(BurnError::ReserveOverflow) => {
            due.iter().any(|paid| above(&U512::from(*paid))).then_some(Verdict::BeyondTypes)
        }
        Refused::Pair(PairError::OneBalanceZero) => {
            let [first, second] = asked.before.balance;
            ((first == 0) != (second == 0)).then_some(Verdict::OneBalance)
        }
        _ => too_many_shares(asked, given),
    }
}

/// Whether the shares that a call would make have no type.
fn too_many_shares(asked: &Asked<'_>, given: Refused) -> Option<Verdict> {
    let supply = match given {
        Refused::Mint(MintError::SharesOverflow) => asked.before.minted(asked.fee),
        Refused::Burn(BurnError::SharesOverflow) => asked.before.accrued(asked.fee),
        _ => return None,
    };
    above(&supply).then_some(Verdict::BeyondTypes)
}

fn both_refused(asked: &Asked<'_>, given: Refused, due: &str) -> Option<Verdict> {
    if reason(asked, given) == Some(due) {
        return Some(Verdict::Refused);
    }
    let overflow = matches!(
        given,
        Refused::Swap(FlowsError::ReserveOverflow)
            | Refused::Mint(MintError::ReserveOverflow)
            | Refused::Burn(BurnError::ReserveOverflow)
    );
    if overflow {
        let other = asked.before.holds_too_much() && is_asked_before_overflow(asked, due);
        return other.then_some(Verdict::OtherReason);
    }
    too_many_shares(asked, given)
}

/// What a contract refuses, too, before it counts its balances.
fn is_asked_before_overflow(asked: &Asked<'_>, due: &str) -> bool {
    match (asked.call, due) {
        // Two such balances have no product in 256 bits; then k does not fall.
        (Call::Swap { .. }, "ds-math-mul-overflow")
        | (Call::Mint, "UniswapV2: INSUFFICIENT_LIQUIDITY_MINTED")
        | (Call::Burn { .. }, "UniswapV2: INSUFFICIENT_LIQUIDITY_BURNED") => true,
        (Call::Mint, "ds-math-sub-underflow") => {
            asked.before.misses_some() || asked.before.total.is_zero()
        }
        (Call::Mint, "invalid opcode") => asked.before.divides_by_nothing(),
        _ => false,
    }
}

/// The contract's word for a reason of the engine.
fn reason(asked: &Asked<'_>, given: Refused) -> Option<&'static str> {
    match given {
        Refused::Swap(error) => Some(swap_reason(asked, error)),
        Refused::Mint(error) => mint_reason(asked, error),
        Refused::Burn(error) => burn_reason(asked, error),
        Refused::Pair(PairError::BalanceBelowReserve) => Some("ds-math-sub-underflow"),
        Refused::Pair(PairError::BalanceOverflow) => Some("UniswapV2: OVERFLOW"),
        Refused::Pair(PairError::OneBalanceZero) => None,
    }
}

fn swap_reason(asked: &Asked<'_>, error: FlowsError) -> &'static str {
    match error {
        FlowsError::NoOutput => "UniswapV2: INSUFFICIENT_OUTPUT_AMOUNT",
        // A reserve is asked first, what a token then has of it last.
        FlowsError::InsufficientReserve { .. } => match asked.call {
            Call::Swap { out } if asked.before.reserve.iter().zip(out).any(|(r, o)| r <= o) => {
                "UniswapV2: INSUFFICIENT_LIQUIDITY"
            }
            _ => "UniswapV2: TRANSFER_FAILED",
        },
        FlowsError::NoInput => "UniswapV2: INSUFFICIENT_INPUT_AMOUNT",
        FlowsError::BreaksK => "UniswapV2: K",
        FlowsError::ReserveOverflow => "UniswapV2: OVERFLOW",
    }
}

fn mint_reason(asked: &Asked<'_>, error: MintError) -> Option<&'static str> {
    let before = asked.before;
    match error {
        MintError::ReserveOverflow => Some("UniswapV2: OVERFLOW"),
        MintError::ZeroShares if before.misses_some() => Some("ds-math-sub-underflow"),
        MintError::ZeroShares if before.total.is_zero() => {
            let too_few = before.first_root() < U512::from(Shares::LOCKED.get());
            let made = "UniswapV2: INSUFFICIENT_LIQUIDITY_MINTED";
            Some(if too_few { "ds-math-sub-underflow" } else { made })
        }
        MintError::ZeroShares if before.divides_by_nothing() => Some("invalid opcode"),
        MintError::ZeroShares => Some("UniswapV2: INSUFFICIENT_LIQUIDITY_MINTED"),
        _ => None,
    }
}

fn burn_reason(asked: &Asked<'_>, error: BurnError) -> Option<&'static str> {
    match error {
        // A share of none.
        BurnError::ZeroShares if asked.before.total.is_zero() => Some("invalid opcode"),
        BurnError::ZeroShares | BurnError::ZeroOutput => {
            Some("UniswapV2: INSUFFICIENT_LIQUIDITY_BURNED")
        }
        // Nobody has them to send.
        BurnError::TooManyShares { .. } => Some("ds-math-sub-underflow"),
        BurnError::ReserveOverflow => Some("UniswapV2: OVERFLOW"),
        _ => None,
    }
}
