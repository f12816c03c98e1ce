//! Constant-product pools, one and many, as exact numbers.
//!
//! Five words: an *amount* is a count of a token's smallest unit; a *pool* holds reserves of two
//! tokens and is divided into *shares*; a *fill* is what one swap does; a *market* is many pools
//! and the names of their tokens.
//!
//! Three laws hold everywhere:
//!
//! - Amounts are bounded integers ([`Amount`]) without operators. Nothing wraps, nothing panics,
//!   no floating point decides an amount.
//! - What leaves a pool is rounded down, what enters is rounded up; the dust stays in the pool.
//! - An error is typed, and leaves everything as it was.
//!
//! This crate does not know who owns anything. It does no input or output, reads no clock and
//! draws no random number.

#![forbid(unsafe_code)]

mod amount;
pub mod decimal;
mod event;
mod fee;
mod flows;
mod fork;
mod history;
mod id;
mod journal;
mod liquidity;
mod log;
mod market;
mod names;
mod order;
mod pair;
mod path;
mod paths;
mod pool;
mod price;
mod protocol_fee;
mod ratio;
mod route;
#[cfg(feature = "ruint")]
mod ruint;
#[cfg(feature = "serde")]
mod serde;
mod shares;
mod snapshot;
mod swap;
mod tile;
mod v2_router;
mod version;

pub use amount::{Amount, AmountError};
pub use event::{Action, Event, EventError, Liquidity};
pub use fee::{Fee, FeeError, Fees};
pub use flows::{Flows, FlowsError};
pub use fork::{Fork, Undo, UndoError};
pub use history::{History, Observation};
pub use id::{PoolId, TokenId};
pub use liquidity::{BurnError, Deposit, MintError, Withdrawal};
pub use log::{Log, Paired, Pairing, Report};
pub use market::{Label, Market, MarketError, RestoreError, SyncError, UnknownError};
pub use names::{MAX_NAME, NameError, check_name};
pub use order::{Exact, Order, Orders, Terms};
pub use pair::{Balances, Pair, PairError, ProtocolFee};
pub use path::{Hop, MAX_HOPS};
pub use paths::Paths;
pub use pool::{Direction, Oriented, Pool, PoolError, Reserves};
pub use price::PriceError;
pub use protocol_fee::{Product, ProductError};
pub use ratio::{Ratio, RatioError};
pub use route::{MAX_STEPS, Route, RouteError, RouteFill, Step};
#[cfg(feature = "ruint")]
pub use ruint::{wide_from_ruint, wide_to_ruint};
pub use shares::Shares;
pub use snapshot::{End, Snapshot};
pub use swap::{Fill, Leg, PathError, SwapError};
pub use tile::Tile;
pub use version::Version;

#[doc(no_inline)]
pub use cenote_kernel::{Isa, prefetch};
