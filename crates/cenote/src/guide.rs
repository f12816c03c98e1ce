//! The guide: short pages, each with complete programs that assert what they say.
//!
//! | to | read |
//! |---|---|
//! | load pools, quote, route and ask what if, in five minutes | [`start`] |
//! | know what a swap gives and costs, to the unit | [`quoting`] |
//! | ask what if, deeper and deeper, and take it back | [`forking`] |
//! | find the best trade over many pools, and prove it | [`routing`] |
//! | follow a chain through its blocks and reorganisations | [`following`] |
//! | run millions of orders, or what a chain did | [`simulating`] |
//! | turn the numbered laws on a pool of your own | `testing`, with the feature `testing` |
//!
//! Amounts are counts of a token's smallest unit everywhere: 10^18 of them are one ETH. The programs
//! are tests: they are compiled and run with the library, so their numbers are true.

#[doc = include_str!("guide/start.md")]
pub mod start {}

#[doc = include_str!("guide/quoting.md")]
pub mod quoting {}

#[doc = include_str!("guide/forking.md")]
pub mod forking {}

#[doc = include_str!("guide/routing.md")]
pub mod routing {}

#[doc = include_str!("guide/following.md")]
pub mod following {}

#[doc = include_str!("guide/simulating.md")]
pub mod simulating {}

#[cfg(feature = "testing")]
#[doc = include_str!("guide/testing.md")]
pub mod testing {}
