//! [`Record`]: a log of a chain, decoded; [`Notice`]: what it says.

use cenote_pool::{Amount, Flows, Reserves, Shares};

use crate::address::Address;

/// A log of a contract, decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    /// Its place in its block.
    pub log_index: u64,
    /// The contract that says it.
    pub address: Address,
    /// What it says.
    pub notice: Notice,
}

/// What a pair or a factory says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// What the pair holds. `Sync`.
    Sync(Reserves),
    /// A swap. `Swap`.
    Swap(Flows),
    /// A deposit: what came in. `Mint`.
    Mint {
        /// Of `token0`.
        amount0: Amount,
        /// Of `token1`.
        amount1: Amount,
    },
    /// A withdrawal: what went out. `Burn`.
    Burn {
        /// Of `token0`.
        amount0: Amount,
        /// Of `token1`.
        amount1: Amount,
    },
    /// Shares of the pair that came from nobody: they were made. `Transfer` from the zero address.
    SharesMade {
        /// Whose they are.
        to: Address,
        /// How many.
        shares: Shares,
    },
    /// Shares of the pair that the pair itself sent to nobody: they were given up. `Transfer` from
    /// the pair's own address to the zero address.
    SharesGivenUp {
        /// How many.
        shares: Shares,
    },
    /// A factory has a new pair. `PairCreated`.
    PairCreated {
        /// The pair.
        pair: Address,
        /// Its token with the smaller address.
        token0: Address,
        /// The other one.
        token1: Address,
    },
}
