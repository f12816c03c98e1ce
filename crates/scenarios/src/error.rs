//! [`ScenarioError`]: why a scenario could not be set up.

use cenote_exchange::{CreateError, IssueError, ProvideError, PutReason, SwapReason, WalletError};
use cenote_pool::{BurnError, MarketError, UnknownError};
use thiserror::Error;

use crate::custodian::{LendError, OpenError};

/// Why a scenario could not be set up. A run itself cannot fail: what an institution does not
/// pay is an outcome, and no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A token was not created.
    #[error("a token was not created")]
    Token(#[from] MarketError),
    /// A pool was not created.
    #[error("a pool was not created")]
    Pool(#[from] CreateError),
    /// A coin was not issued.
    #[error("a coin was not issued")]
    Issue(#[from] IssueError),
    /// The exchange has no place for another wallet.
    #[error("no place for another wallet")]
    WalletsFull,
    /// A coin was not put into a wallet.
    #[error("a coin was not put into a wallet")]
    Put(#[from] PutReason),
    /// A coin was not taken from a wallet.
    #[error("a coin was not taken from a wallet")]
    Take(#[from] WalletError),
    /// Liquidity was not added.
    #[error("liquidity was not added")]
    Provide(#[from] ProvideError),
    /// A swap was refused.
    #[error("a swap was refused")]
    Swap(#[from] SwapReason),
    /// A pool is not there.
    #[error("a pool of the scenario is missing")]
    Missing(#[from] UnknownError),
    /// A withdrawal on a fork was refused.
    #[error("a withdrawal on a fork was refused")]
    Burn(#[from] BurnError),
    /// A custodian could not open.
    #[error("a custodian could not open")]
    Open(#[from] OpenError),
    /// A loan was refused.
    #[error("the loan was refused")]
    Lend(#[from] LendError),
    /// A value exceeds 2^112 - 1, or a product of reserves 2^128 - 1.
    #[error("a value or a product of reserves is too large")]
    ValueOverflow,
}
