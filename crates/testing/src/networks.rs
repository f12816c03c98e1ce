//! Networks of pools made from a seed: what routers are judged and timed on.
//!
//! A [`Network`] is a market together with what its maker knows: the price of every token, and
//! whether the pools leave room for a gain in a circle. The same family, size and seed give the
//! same network on one machine; exponentials and logarithms are those of the platform, so another
//! one may round a reserve otherwise.
//!
//! A pool that is worth `V` holds `V / 2` of each side at the tokens' prices, tilted: with a
//! *noise* `n` in log price, it holds `V / (2 p0) * exp(n / 2)` of the first token and
//! `V / (2 p1) * exp(-n / 2)` of the second. With `gamma` the part that is left of an input after
//! the fee, nobody gains from a pool at those prices if and only if `|n| <= -ln(gamma)`, which is
//! the *band* of its fee. Where all pools keep within their bands, no circle pays, whatever its
//! length: the prices prove it. Fees are 0.3 % (three in seven), 0.25, 0.05, 0.1 and 1 %.
//!
//! ```
//! use cenote_testing::networks::{Family, Network};
//!
//! let network = Network::new(Family::Hub, 100, 1);
//! assert_eq!(network.market.pools().len(), 100);
//! assert_eq!(network.market.token_count(), network.prices.len());
//! assert_eq!(network.tasks(3).len(), 15);
//! ```

mod builder;
mod draw;
mod families;
mod task;

use cenote_pool::Market;

pub use task::Task;

/// How a network is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// What a chain's market looks like. There are 0.6 tokens for each pool; the first five are
    /// hubs, each other one has a first pool with a hub, worth 2,000 to 3 * 10^7 (Pareto 0.8). A
    /// quarter of the other pools joins hubs (Pareto 0.7 from 10^5), two thirds join a hub and
    /// another token, the rest two others. Free of arbitrage.
    Hub,
    /// The same with prices that are off by 1 % (normal): full of arbitrage.
    NoisyHub,
    /// `2 sqrt(pools)` tokens, and pools of two random ones, worth some 2 * 10^5 (log-normal, sigma
    /// 1.5): the shape on which convex flow solvers publish their times. Free of arbitrage.
    Dense,
    /// The same with prices that are off by 1 % (normal): full of arbitrage.
    NoisyDense,
    /// From the first token to the second through three layers of `k` tokens, a pool between each
    /// token of a layer and each of the next: `2 k^2 + 2 k` pools, at most as many as asked for,
    /// worth some 10^5 (log-normal, sigma 1). Very many paths are nearly as good as the best one.
    /// Free of arbitrage.
    Layered,
    /// `1.5 sqrt(pools)` tokens whose units' prices span 25 orders of magnitude, and pools of two
    /// random ones, worth 10^3 to 10^9, with reserves from 1,000 up to 2^112 - 1 and fees from
    /// none and one pip to 30 %. All pools keep within their bands before reserves are rounded;
    /// where a fee is next to nothing, rounding leaves arbitrage of a few units.
    Extreme,
    /// Pools of the first token and the second, of every depth. Free of arbitrage.
    Parallel,
    /// Three tokens and pools that hold 100 to 16,383 units of each, at prices that have little to
    /// do with each other: rounding decides, and there is arbitrage.
    TinySplit,
    /// A pool between every two tokens: `n (n - 1) / 2` pools, at most as many as asked for and at
    /// least one, worth as in [`Dense`](Self::Dense). Free of arbitrage.
    Complete,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Hub,
        Self::NoisyHub,
        Self::Dense,
        Self::NoisyDense,
        Self::Layered,
        Self::Extreme,
        Self::Parallel,
        Self::TinySplit,
        Self::Complete,
    ];

    /// Its name in reports and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::NoisyHub => "hub-noisy",
            Self::Dense => "dense",
            Self::NoisyDense => "dense-noisy",
            Self::Layered => "layered",
            Self::Extreme => "extreme",
            Self::Parallel => "parallel",
            Self::TinySplit => "tinysplit",
            Self::Complete => "complete",
        }
    }

    /// Whether no circle of swaps pays in any network of this family.
    pub const fn is_arbitrage_free(self) -> bool {
        match self {
            Self::Hub | Self::Dense | Self::Layered | Self::Parallel | Self::Complete => true,
            Self::NoisyHub | Self::NoisyDense | Self::Extreme | Self::TinySplit => false,
        }
    }
}

/// A market made from a seed, and what its maker knows of it.
#[derive(Debug, Clone)]
pub struct Network {
    /// How it was made.
    pub family: Family,
    /// The pools, `P0`, `P1`, ..., and tokens, `T0`, `T1`, ...
    pub market: Market,
    /// What one smallest unit of each token is worth, in the order of their places; positive.
    ///
    /// In a network that [is free of arbitrage](Family::is_arbitrage_free) these prices prove it.
    pub prices: Vec<f64>,
    seed: u64,
}

impl Network {
    /// The network of this family with so many pools and this seed.
    ///
    /// Layered and complete networks have fewer pools where no such network has just as many. At
    /// least one pool is made, and a layered network has at least four.
    pub fn new(family: Family, pools: usize, seed: u64) -> Self {
        let (market, prices) = families::build(family, pools.max(1), seed).finish();
        Self { family, market, prices, seed }
    }
}

#[cfg(test)]
mod tests;
