//! Many orders, many cores, one outcome.
//!
//! Five words: a *batch* runs orders on a market in parallel, with exactly the outcome of
//! running them one after the other; a *world* runs them from wallets through an exchange;
//! *outcomes* are what each order did or why it was refused; a *tally* adds them up; *traffic*
//! is made from a seed.
//!
//! ```
//! use cenote_pool::Orders;
//! use cenote_simulator::{Batch, Outcomes, Tally, Traffic, generate_market, market_hash};
//!
//! let mut market = generate_market(100, 7);
//! let mut traffic = Traffic::new(&market, 10, 7);
//! let (mut orders, mut traders) = (Orders::new(), Vec::new());
//! traffic.write(1000, &mut orders, &mut traders);
//!
//! let mut outcomes = Outcomes::new();
//! Batch::new().run(&mut market, &orders, &mut outcomes);
//!
//! let mut tally = Tally::new(&market);
//! tally.add(&market, &orders, &outcomes);
//! assert_eq!(tally.accepted() + tally.refused(), 1000);
//! println!("{}", market_hash(&market));
//! ```
//!
//! The same orders give the same outcomes and the same state hash for every number of threads.
//! The crate reads no file and no clock, and draws no random number but from the seed it is
//! given.

#![forbid(unsafe_code)]

mod batch;
mod mismatch;
mod moves;
mod outcome;
mod random;
mod replay;
mod state_hash;
mod tally;
mod threads;
mod timeline;
mod traffic;
mod world;

pub use batch::{Batch, Provided, Provision, ProvisionError, Supply};
pub use mismatch::Mismatch;
pub use moves::{PriceMove, largest_moves};
pub use outcome::{Outcomes, Refusal};
pub use random::Random;
pub use replay::{MAX_MISMATCHES, Replay, ReplayError, ReplayReport};
pub use state_hash::{StateHash, market_hash, world_hash};
pub use tally::{Tally, Volume};
pub use timeline::Timeline;
pub use traffic::{Traffic, generate_market};
pub use world::{OpenError, Opening, UnevenError, World, WorldError};
