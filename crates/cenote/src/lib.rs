//! Cenote: an exact constant-product exchange (AMM, `x * y = k`).
//!
//! A cenote is a natural pool of clear water, open to the sky: anyone can see to the bottom.
//! This is the front door: everything a program needs, under one name. The [`guide`] shows how to do
//! things, one short page for each; the [`prelude`] has what a bot needs in most of its files.
//!
//! ```
//! use cenote::{Amount, Exchange, Fee, Market, PoolsOptions, Router, Shares, read_pools};
//!
//! // Knowledge: what is known of pools, to quote, to route, and to ask what if.
//! let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\n\
//!              eth/usd,eth,usd,1000000,4000000000,30\n\
//!              btc/eth,btc,eth,50000,1000000,30\n";
//! let mut market: Market = read_pools(pools.as_bytes(), &PoolsOptions::default())?;
//! let (btc, usd) = (market.token("btc")?, market.token("usd")?);
//!
//! let router = Router::new(&market);
//! let route = router.sell(&market, btc, Amount::from_u64(10)).to(usd).max_hops(3).best()?;
//! assert_eq!(route.amount_out, Amount::from_u64(793_454));
//!
//! let mut what_if = market.fork();
//! what_if.execute(&route)?;
//! drop(what_if); // it never was
//!
//! // Property: coins that move and cannot be copied, in an exchange that can never owe.
//! let mut exchange = Exchange::new();
//! let (gold, silver) = (exchange.create_token("gold")?, exchange.create_token("silver")?);
//! let pool = exchange.create_pool("gold/silver", &gold, &silver, Fee::UNISWAP_V2)?;
//! let coins = [exchange.issue(&gold, 1_000_u64.into())?, exchange.issue(&silver, 80_000_u64.into())?];
//! let added = exchange.add_liquidity(pool, coins, Shares::ZERO).map_err(|refused| refused.reason)?;
//! let paid = exchange.issue(&gold, 10_u64.into())?;
//! let bought = exchange.swap(pool, paid, Amount::ZERO).map_err(|refused| refused.reason)?;
//! assert_eq!(bought.amount(), Amount::from_u64(789));
//! let [gold_back, silver_back] = exchange.redeem(added.claim).map_err(|refused| refused.reason)?;
//! assert!(exchange.audit()?.every_share_backed());
//! # Ok::<(), cenote::Error>(())
//! ```
//!
//! # Where things are
//!
//! | to | use |
//! |---|---|
//! | hold numbers | [`Amount`], [`Shares`], [`Fee`] |
//! | quote and swap in one pool | [`Pool`], [`Fill`] |
//! | quote many swaps or orders at once | [`Market::quote_swaps`], [`Market::quote_orders`] |
//! | know many pools, and ask what if | [`Market`], [`Fork`], [`Undo`] |
//! | follow a chain and its reorganisations | [`chain::Follower`] |
//! | judge what a chain reports, event by event | [`Market::apply`], [`Log`], [`Pairing`], [`Replay`] |
//! | value shares, the protocol fee included | [`Market::worth_floor`] |
//! | have a whole Uniswap v2 pair, balances and all | [`Pair`] |
//! | compare prices exactly | [`Ratio`], [`Fill::price_impact`], [`Pool::input_to_price`], [`Observation`] |
//! | find the best path, or the best split and its bound | [`Router`], [`Route`], [`Plan`] |
//! | judge a route that somebody else made | [`certify`](crate::certify()), [`Certified`] |
//! | own what is traded | [`Exchange`], [`Coin`], [`Claim`], [`Mint`] |
//! | run many orders on many cores | [`Batch`], [`Provision`], [`World`], [`Traffic`] |
//! | read and write files | [`read_pools`], [`SwapReader`] and what stands beside them |
//! | see why a custodian can suffer a run and this cannot | [`scenarios`] |
//!
//! Every error converts into [`Error`] with `?`. A [`Refused`] does not: it holds a coin.
//!
//! # Features
//!
//! | feature | as it comes | what it adds |
//! |---|---|---|
//! | `rayon` | on | batches on many threads; without it on one, with the same outcome |
//! | `serde` | off | amounts (as strings), pools, markets and routes as data; routes as JSON documents |
//! | `exact` | off | bounds of plans in big integers |
//! | `testing` | off | the numbered laws and input strategies, for pools of one's own |

#![forbid(unsafe_code)]

mod error;
pub mod guide;
pub mod prelude;

pub use cenote_exchange::*;
pub use cenote_formats::*;
pub use cenote_pool::*;
pub use cenote_router::*;
pub use cenote_simulator::*;

pub use error::Error;
/// 256 bits, for products and accumulators. Its own `parse` reads hexadecimal: decimal text goes
/// through [`decimal::parse_wide`].
pub use primitive_types::U256;

/// What a chain says: blocks, logs, and a market that follows them and goes back with them.
pub mod chain {
    pub use cenote_chain::*;
}

/// The contrast: custodians beside the exchange.
pub mod scenarios {
    pub use cenote_scenarios::*;
}

/// What must always hold, as numbered properties: for testing pools, one's own included.
#[cfg(feature = "testing")]
pub mod testing {
    pub use cenote_testing::*;
}
