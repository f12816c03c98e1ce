//! [`Snapshot`]: a pool at the beginning of a block, and what is known of its end.

use primitive_types::U256;

use crate::amount::Amount;
use crate::history::History;
use crate::id::PoolId;
use crate::pool::Pool;
use crate::protocol_fee::Product;
use crate::shares::Shares;

/// The state of one pool at one time, as a file lists it, and what is known of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// Which pool.
    pub id: PoolId,
    /// The block at whose beginning it holds; `None` if it holds at the beginning of everything.
    pub block: Option<u64>,
    /// Where it was read, for messages.
    pub line: u64,
    /// The pool.
    pub pool: Pool,
    /// Its past.
    pub history: History,
    /// What is known of the end of the block, or of everything.
    pub end: End,
}

/// What is known of a pool at the end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct End {
    /// What it holds of `token0`.
    pub reserve0: Option<Amount>,
    /// What it holds of `token1`.
    pub reserve1: Option<Amount>,
    /// All its shares.
    pub total_shares: Option<Shares>,
    /// The product of the reserves after the last deposit or withdrawal.
    pub k_last: Option<Product>,
    /// When the reserves were last written.
    pub ts_last: Option<u32>,
    /// The accumulator of the price of `token0`.
    pub price0_cum: Option<U256>,
    /// The accumulator of the price of `token1`.
    pub price1_cum: Option<U256>,
}
