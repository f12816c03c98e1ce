//! [`Mint`]: the right to issue a token.

use cenote_pool::TokenId;

use super::id::ExchangeId;

/// The right to issue and to burn one token. There is one for each, it cannot be copied, and
/// dropping it fixes the supply for ever.
#[derive(Debug, PartialEq, Eq)]
pub struct Mint {
    exchange: ExchangeId,
    token: TokenId,
}

impl Mint {
    /// Makes the mint of a token that was created now.
    pub(super) fn new(exchange: ExchangeId, token: TokenId) -> Self {
        Self { exchange, token }
    }

    /// The exchange it belongs to.
    pub(super) fn exchange(&self) -> ExchangeId {
        self.exchange
    }

    /// The token.
    pub fn token(&self) -> TokenId {
        self.token
    }
}
