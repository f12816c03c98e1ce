//! [`Books`]: everything that can be seen of an exchange.

use cenote_pool::Direction;

use super::act::Hop;
use crate::constant_product::State;

/// Everything that can be seen of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// All units of each token.
    pub issued: Vec<u128>,
    /// The pools in the order in which they were opened.
    pub pools: Vec<PoolBook>,
    /// What each customer has of each token.
    pub wallets: Vec<Vec<u128>>,
    /// What shares each customer has of each pool.
    pub shares: Vec<Vec<u128>>,
}

/// A pool and its tokens, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolBook {
    /// Its tokens.
    pub tokens: [usize; 2],
    /// What it holds, and its shares.
    pub state: State,
}

impl Books {
    /// What a customer has of a token; nothing where there is no such customer or token.
    pub fn balance(&self, trader: usize, token: usize) -> u128 {
        let wallet = self.wallets.get(trader);
        wallet.and_then(|wallet| wallet.get(token)).copied().unwrap_or(0)
    }

    /// What shares a customer has of a pool; none where there is no such customer or pool.
    pub fn claim(&self, trader: usize, pool: usize) -> u128 {
        let shares = self.shares.get(trader);
        shares.and_then(|shares| shares.get(pool)).copied().unwrap_or(0)
    }

    /// The tokens that come in and go out; places of none where there is no such pool.
    pub fn tokens(&self, hop: Hop) -> [usize; 2] {
        let pool = self.pools.get(usize::from(hop.pool));
        let [token0, token1] = pool.map_or([usize::MAX; 2], |pool| pool.tokens);
        match hop.direction {
            Direction::ZeroForOne => [token0, token1],
            Direction::OneForZero => [token1, token0],
        }
    }

    /// The reserves of the tokens that come in and go out; nothing where there is no such pool.
    pub fn oriented(&self, hop: Hop) -> [u128; 2] {
        let pool = self.pools.get(usize::from(hop.pool));
        pool.map_or([0; 2], |pool| pool.state.oriented(hop.direction))
    }
}
