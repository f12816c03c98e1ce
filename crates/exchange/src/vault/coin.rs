//! [`Coin`]: an amount of a token as a value.

use cenote_pool::{Amount, TokenId};

use super::id::ExchangeId;

/// An amount of a token, owned by whoever has it.
///
/// It moves and cannot be copied. Only the vault makes one: from the token's [`Mint`], or
/// against another coin or a claim.
///
/// [`Mint`]: crate::Mint
// Without the four bytes that would fill it up a coin and its owner are 32 bytes, half a cache line.
#[must_use = "a dropped coin is lost"]
#[derive(Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub struct Coin {
    exchange: ExchangeId,
    token: TokenId,
    amount: Amount,
}

impl Coin {
    /// Makes a coin; the vault has already taken its equivalent.
    #[inline]
    pub(super) fn new(exchange: ExchangeId, token: TokenId, amount: Amount) -> Self {
        Self { exchange, token, amount }
    }

    /// The exchange it belongs to.
    #[inline]
    pub(super) fn exchange(&self) -> ExchangeId {
        self.exchange
    }

    /// The token.
    #[inline]
    pub fn token(&self) -> TokenId {
        self.token
    }

    /// How much of it.
    #[inline]
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Takes `amount` out of this coin, which keeps the rest.
    ///
    /// `None`, and the coin as it was, if it holds less.
    #[inline]
    #[must_use = "a dropped coin is lost"]
    pub fn split(&mut self, amount: Amount) -> Option<Self> {
        self.amount = self.amount.checked_sub(amount)?;
        Some(Self { amount, ..*self })
    }

    /// Puts another coin of the same token and exchange into this one.
    ///
    /// # Errors
    ///
    /// Hands `other` back if it is of another token or exchange.
    #[inline]
    pub fn join(&mut self, other: Self) -> Result<(), Self> {
        let same = self.exchange() == other.exchange() && self.token == other.token;
        // All coins of a token together are at most its supply, so their sum is an amount.
        match self.amount.checked_add(other.amount) {
            Some(sum) if same => self.amount = sum,
            _ => return Err(other),
        }
        Ok(())
    }
}
