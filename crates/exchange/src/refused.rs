//! Refusals: the reason, and what was handed in, handed back.

use cenote_pool::{Amount, MarketError, MintError, PoolError, RouteError, Shares, SwapError};
use thiserror::Error;

use crate::trader::TraderId;
use crate::vault::coin::Coin;

/// An operation that did not happen, with what was paid for it.
///
/// It is no error and does not become one: `?` would lose the coin. Take `paid` back, then
/// treat `reason`, which is a `Copy` error, as you like.
#[must_use = "a refusal holds what was paid; dropping it loses the coin"]
#[derive(Debug)]
pub struct Refused<R = SwapReason, P = Coin> {
    /// Why.
    pub reason: R,
    /// What was paid, untouched.
    pub paid: P,
}

/// A coin, claim or mint belongs to another exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it belongs to another exchange")]
pub struct Foreign;

/// Why nothing was put into a wallet, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PutReason {
    /// The coin or claim belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The exchange has no such wallet.
    #[error("unknown {trader}")]
    UnknownTrader {
        /// The trader named.
        trader: TraderId,
    },
}

/// Why a swap did not happen, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SwapReason {
    /// The coin belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The pool refuses.
    #[error(transparent)]
    Swap(#[from] SwapError),
}

/// Why a route did not happen, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RouteReason {
    /// The coin belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The coin is not of the token, or not the amount, that the route spends.
    #[error("the coin is not what the route spends")]
    WrongCoin,
    /// The route cannot be executed.
    #[error(transparent)]
    Route(#[from] RouteError),
}

/// Why liquidity was not added, in the order of the checks; an unknown pool is told before wrong
/// tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddReason {
    /// A coin belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The coins are not of the pool's two tokens.
    #[error("the coins are not of the pool's two tokens")]
    WrongTokens,
    /// The pool refuses.
    #[error(transparent)]
    Mint(#[from] MintError),
}

/// Why a pool was not created, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CreateError {
    /// A mint belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// The pool cannot be.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The pool cannot be added.
    #[error(transparent)]
    Market(#[from] MarketError),
}

/// Why a mint issued nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The mint belongs to another exchange.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// More than 2^112 - 1 units of the token would exist.
    #[error("{amount} more would raise the supply above 2^112 - 1")]
    SupplyOverflow {
        /// What was asked for.
        amount: Amount,
    },
}

/// Why a wallet gives nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WalletError {
    /// The exchange has no such wallet.
    #[error("unknown {trader}")]
    UnknownTrader {
        /// The trader named.
        trader: TraderId,
    },
    /// The wallet holds less than was asked for.
    #[error("{amount} asked for, the wallet holds {held}")]
    InsufficientFunds {
        /// What was asked for.
        amount: Amount,
        /// What there is.
        held: Amount,
    },
    /// The wallet holds fewer shares than were asked for.
    #[error("{shares} shares asked for, the wallet holds {held}")]
    InsufficientShares {
        /// What was asked for.
        shares: Shares,
        /// What there is.
        held: Shares,
    },
}

/// Why an order from a wallet did not happen. What the pools' numbers refuse is told first, then
/// what the wallet does not pay, then what the vault refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TradeError {
    /// A pool refuses, or the trader's limit does.
    #[error(transparent)]
    Swap(#[from] SwapReason),
    /// The wallet does not pay.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The path cannot be executed.
    #[error(transparent)]
    Route(#[from] RouteReason),
}

impl From<SwapError> for TradeError {
    fn from(error: SwapError) -> Self {
        Self::Swap(error.into())
    }
}

impl TradeError {
    /// The reason without its numbers, one word for scripts: `insufficient_output`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Swap(SwapReason::Swap(error))
            | Self::Route(RouteReason::Route(RouteError::Step { error, .. })) => error.code(),
            Self::Swap(SwapReason::Foreign(_)) | Self::Route(RouteReason::Foreign(_)) => "foreign",
            Self::Wallet(WalletError::UnknownTrader { .. }) => "unknown_trader",
            Self::Wallet(WalletError::InsufficientFunds { .. }) => "insufficient_funds",
            Self::Wallet(WalletError::InsufficientShares { .. }) => "insufficient_shares",
            Self::Route(RouteReason::WrongCoin | RouteReason::Route(_)) => "route",
        }
    }
}

/// Why liquidity was not added from a wallet: an unknown pool is told first, then what the wallet
/// does not pay, then what the pool refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProvideError {
    /// The wallet does not pay.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The pool refuses.
    #[error(transparent)]
    Add(#[from] AddReason),
}
