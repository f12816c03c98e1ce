//! [`Claim`]: shares of a pool as a value.

use cenote_pool::{PoolId, Shares};

use super::id::ExchangeId;

/// A number of shares of one pool, owned by whoever has it.
///
/// It moves and cannot be copied: made by adding liquidity, consumed by redeeming it. It is no
/// coin, so it can neither be swapped nor be put into a pool.
#[must_use = "a dropped claim is lost"]
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    exchange: ExchangeId,
    pool: PoolId,
    shares: Shares,
}

impl Claim {
    /// Makes a claim; the vault has already taken its equivalent.
    pub(super) fn new(exchange: ExchangeId, pool: PoolId, shares: Shares) -> Self {
        Self { exchange, pool, shares }
    }

    /// The exchange it belongs to.
    pub(super) fn exchange(&self) -> ExchangeId {
        self.exchange
    }

    /// The pool.
    pub fn pool(&self) -> PoolId {
        self.pool
    }

    /// How many shares.
    pub fn shares(&self) -> Shares {
        self.shares
    }

    /// Takes `shares` out of this claim, which keeps the rest.
    ///
    /// `None`, and the claim as it was, if it holds fewer.
    #[must_use = "a dropped claim is lost"]
    pub fn split(&mut self, shares: Shares) -> Option<Self> {
        self.shares = self.shares.checked_sub(shares)?;
        Some(Self { shares, ..*self })
    }

    /// Puts another claim on the same pool into this one.
    ///
    /// # Errors
    ///
    /// Hands `other` back if it is on another pool or of another exchange.
    pub fn join(&mut self, other: Self) -> Result<(), Self> {
        let same = self.exchange == other.exchange && self.pool == other.pool;
        // All claims on a pool together are at most its shares.
        match self.shares.checked_add(other.shares) {
            Some(sum) if same => self.shares = sum,
            _ => return Err(other),
        }
        Ok(())
    }
}
