//! [`Call`]: what may be asked of a pair.

use cenote_pool::{Amount, BurnError, FlowsError, MintError, Pair, PairError, ProtocolFee, Shares};
use primitive_types::U256;

use super::state::PairState;

/// One call of a pair. What it is paid with is already there; the shares of a withdrawal come with
/// the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `swap`.
    Swap {
        /// `amount0Out`, `amount1Out`.
        out: [Amount; 2],
    },
    /// `mint`.
    Mint,
    /// `burn`.
    Burn {
        /// The shares sent to the pair for it.
        shares: Shares,
    },
    /// `skim`.
    Skim,
    /// `sync`.
    Sync,
}

/// A call, and of what pair it was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What.
    pub call: &'a Call,
    /// The pair before it.
    pub before: &'a PairState,
    /// Whether the protocol fee is on.
    pub fee: ProtocolFee,
}

/// Why the engine refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A swap.
    Swap(FlowsError),
    /// A deposit.
    Mint(MintError),
    /// A withdrawal.
    Burn(BurnError),
    /// A skim or a sync.
    Pair(PairError),
}

impl Call {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Swap { .. } => "swap",
            Self::Mint => "mint",
            Self::Burn { .. } => "burn",
            Self::Skim => "skim",
            Self::Sync => "sync",
        }
    }

    /// Asks it of the engine. Gives what flowed: the inputs and the outputs of a swap, the amounts
    /// and the shares of a deposit, the amounts of a withdrawal or a skim, the reserves of a sync.
    ///
    /// # Errors
    ///
    /// [`Refused`]; the pair is then as it was.
    pub fn act(
        &self,
        pair: &mut Pair,
        fee: ProtocolFee,
        timestamp: u32,
    ) -> Result<Vec<U256>, Refused> {
        let units = match *self {
            Self::Swap { out: [out0, out1] } => {
                let flows = pair.swap(out0, out1, timestamp).map_err(Refused::Swap)?;
                let paid = [flows.amount0_in, flows.amount1_in];
                paid.into_iter().chain([out0, out1]).map(Amount::get).collect()
            }
            Self::Mint => {
                let made = pair.mint(fee, timestamp).map_err(Refused::Mint)?;
                vec![made.amount0.get(), made.amount1.get(), made.shares.get()]
            }
            Self::Burn { shares } => {
                let paid = pair.burn(shares, fee, timestamp).map_err(Refused::Burn)?;
                vec![paid.amount0.get(), paid.amount1.get()]
            }
            Self::Skim => {
                let beyond = pair.skim().map_err(Refused::Pair)?;
                vec![beyond.balance0, beyond.balance1]
            }
            Self::Sync => {
                let counted = pair.sync(timestamp).map_err(Refused::Pair)?;
                vec![counted.reserve0.get(), counted.reserve1.get()]
            }
        };
        Ok(units.into_iter().map(U256::from).collect())
    }
}
