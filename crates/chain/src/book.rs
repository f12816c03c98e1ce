//! [`Book`]: which pool or token stands at an address.

use std::collections::HashMap;

use cenote_pool::{Market, PoolId, TokenId};
use foldhash::fast::RandomState;

use crate::address::Address;
use crate::follower::FollowerError;

/// Which pools and tokens of a market stand at which addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    // Each log is looked up: SipHash would take longer than all that it is taken over for.
    pools: HashMap<Address, PoolId, RandomState>,
    tokens: HashMap<Address, TokenId, RandomState>,
}

impl Book {
    /// The addresses by which a market names its pools and tokens.
    pub(crate) fn of(market: &Market) -> Result<Self, FollowerError> {
        let mut book = Self::default();
        for token in market.tokens() {
            let address = market.token_name(token).parse::<Address>();
            let address = address.map_err(|_| FollowerError::TokenName { token })?;
            if book.tokens.insert(address, token).is_some() {
                return Err(FollowerError::TokenName { token });
            }
        }
        for (pool, _) in market.pools_with_id() {
            let address = market.pool_name(pool).parse::<Address>();
            let address = address.map_err(|_| FollowerError::PoolName { pool })?;
            if book.pools.insert(address, pool).is_some() {
                return Err(FollowerError::PoolName { pool });
            }
        }
        Ok(book)
    }

    #[inline]
    pub(crate) fn pool(&self, address: &Address) -> Option<PoolId> {
        self.pools.get(address).copied()
    }

    pub(crate) fn token(&self, address: &Address) -> Option<TokenId> {
        self.tokens.get(address).copied()
    }

    pub(crate) fn add_pool(&mut self, address: Address, pool: PoolId) {
        self.pools.insert(address, pool);
    }

    pub(crate) fn add_token(&mut self, address: Address, token: TokenId) {
        self.tokens.insert(address, token);
    }

    /// Leaves out what a market does not have any more.
    pub(crate) fn cut(&mut self, market: &Market) {
        let (tokens, pools) = (market.token_count(), market.pools().len());
        if self.pools.len() != pools {
            self.pools.retain(|_, pool| pool.index() < pools);
        }
        if self.tokens.len() != tokens {
            self.tokens.retain(|_, token| token.index() < tokens);
        }
    }
}
