//! An exchange in which custody and trading are one piece of code.
//!
//! Five words: a [`Coin`] is an amount of a token as a value; a [`Claim`] is a number of shares
//! of a pool as a value; the *vault* holds what the pools own and is the only code that changes
//! it; a *wallet* is the coins and claims in it; an [`Audit`] counts everything again.
//!
//! A debt is a claim that was duplicated. Coins and claims move and cannot be copied, so a pool
//! that has been paid has the coin, a share that has been redeemed is gone, and the exchange can
//! never owe:
//!
//! ```
//! use cenote_exchange::Exchange;
//! use cenote_pool::{Amount, Fee, Shares};
//!
//! let mut exchange = Exchange::new();
//! let eth = exchange.create_token("eth")?;
//! let usd = exchange.create_token("usd")?;
//! let pool = exchange.create_pool("eth/usd", &eth, &usd, Fee::UNISWAP_V2)?;
//!
//! let coins = [exchange.issue(&eth, 1_000_u64.into())?, exchange.issue(&usd, 4_000_000_u64.into())?];
//! let added = exchange.add_liquidity(pool, coins, Shares::ZERO).map_err(|refused| refused.reason)?;
//!
//! let paid = exchange.issue(&eth, 10_u64.into())?;
//! let bought = exchange.swap(pool, paid, Amount::ZERO).map_err(|refused| refused.reason)?;
//! assert_eq!(bought.amount(), Amount::from_u64(39_486));
//!
//! // Nobody's leave is needed; `added.claim` moves in, so it cannot be redeemed twice.
//! let [eth_back, usd_back] = exchange.redeem(added.claim).map_err(|refused| refused.reason)?;
//! assert!(!eth_back.amount().is_zero() && !usd_back.amount().is_zero());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the types promise, and what they do not
//!
//! Coins come only from the [`Mint`] of their token and out of a pool against another coin or a
//! claim. They cannot be cloned, made by default, or deserialised. They can be dropped: a
//! dropped coin is lost, as if burned, and the audit shows it as *outside*. Redemption is in
//! kind: whoever provides liquidity can always leave, and may leave with little value. Wallets
//! are named by data: possession of the exchange is possession of its wallets. And the code can
//! be wrong, hence its tests.
//!
//! This crate knows nothing of files, routes' search, prices or time.

#![forbid(unsafe_code)]

mod audit;
mod cells;
mod exchange;
mod refused;
mod trader;
mod vault;
mod wallet;

pub use audit::{Audit, AuditError, ShareAudit, TokenAudit};
pub use exchange::{Added, Exchange, Proceeds};
pub use refused::{AddReason, CreateError, Foreign, IssueError, ProvideError, PutReason, Refused};
pub use refused::{RouteReason, SwapReason, TradeError, WalletError};
pub use trader::TraderId;
pub use vault::claim::Claim;
pub use vault::coin::Coin;
pub use vault::mint::Mint;
