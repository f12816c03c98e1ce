//! What must always hold of a constant-product pool and of an exchange, as code.
//!
//! Five words: a *property* is a numbered law and the function that judges it; a [`Case`] is one
//! input of a property; a [`Violation`] is a law that did not hold, with its numbers; the
//! *textbook* is a slow pool in big integers, whose formulas can be read; a *fault* is a pool
//! that is wrong on purpose, and names the property that must notice.
//!
//! # Your own pool
//!
//! Implement [`ConstantProduct`], in plain `u128`; the crate's example `wrong_pool` is one of a
//! hundred lines. [`survey`] then lists every law that it breaks, with the first small case:
//!
//! ```no_run
//! use cenote_testing::{BookPool, Rules, Terms, U512, survey};
//!
//! /// The textbook's pool, but for one rule: an exact output is quoted rounded down.
//! #[derive(Debug, Clone)]
//! enum Cheap {}
//!
//! impl Rules for Cheap {
//!     fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
//!         terms.x * *amount_out * terms.scale / ((terms.y - *amount_out) * terms.kept)
//!     }
//! }
//!
//! let findings = survey::<BookPool<Cheap>>(0);
//! assert!(findings.iter().any(|finding| finding.property.id == "S8"));
//! ```
//!
//! A pool with one fixed fee refuses the others in [`open`](ConstantProduct::open); what is refused
//! there is no case of any law. A pool that refuses all numbers there breaks no law, so assert
//! that yours opens. One without shares of its own breaks laws of L and B, and says nothing by it.
//!
//! Laws can be judged one at a time, on cases of your own ([`scope`] enumerates, [`inputs`] draws
//! for proptest):
//!
//! ```
//! use cenote_testing::{Textbook, properties, scope};
//!
//! for case in scope::swaps(3, 9) {
//!     for property in properties::table::<Textbook>() {
//!         property.check(&case)?;
//!     }
//! }
//! # Ok::<(), cenote_testing::Violation>(())
//! ```
//!
//! # Your own exchange
//!
//! Implement [`custody::Custody`], three functions, and judge lists of what customers do:
//!
//! ```
//! use cenote_testing::custody::{Act, TextbookCustody, table};
//!
//! for act in Act::each() {
//!     for law in table::<TextbookCustody>() {
//!         law.check(&[act])?;
//!     }
//! }
//! # Ok::<(), cenote_testing::Violation>(())
//! ```
//!
//! # Your own fuzz target
//!
//! With the feature `arbitrary`, a [`Case`] and the acts of customers are made from bytes:
//!
//! ```text
//! libfuzzer_sys::fuzz_target!(|case: cenote_testing::Case| {
//!     for property in cenote_testing::properties::table::<MyPool>() {
//!         if let Err(violation) = property.check(&case) {
//!             panic!("{violation}: {case:?}");
//!         }
//!     }
//! });
//! ```
//!
//! # What the numbers mean
//!
//! All properties are exact: none has a tolerance but S5, whose +1 is part of the law. They are
//! asserted in 512-bit integers. S1, L1, A1 and the others are
//! [`properties::PROPERTIES`], [`custody::LAWS`], [`determinism::LAWS`] and [`texts::LAWS`]; beside
//! them [`pool_ops`], [`exchange_ops`], [`forks`] and [`bank_run`] judge sequences. T7 says that a new exchange
//! can be opened, without which no law of custody says anything.
//!
//! [`contract`] judges what the contracts of Uniswap v2 answered beside what Cenote's engine does.
//!
//! [`networks`] are markets made from a seed, for those who judge routers.
//!
//! This crate knows nothing of files or time, and nothing here panics.

#![forbid(unsafe_code)]

mod account;
pub mod bank_run;
mod case;
mod constant_product;
pub mod contract;
pub mod custody;
pub mod determinism;
pub mod exchange_ops;
pub mod faults;
mod finding;
pub mod forks;
pub mod inputs;
pub mod laws;
pub mod networks;
pub mod pool_ops;
pub mod properties;
mod property;
mod quantity;
pub mod scope;
mod textbook;
pub mod texts;
mod violation;

pub use case::Case;
pub use cenote_pool::Direction;
pub use constant_product::{ConstantProduct, Minted, State, Within};
pub use finding::{Finding, first_violation, survey};
pub use primitive_types::U512;
pub use property::Property;
pub use quantity::Quantity;
pub use textbook::{BookPool, Right, Rules, Terms, Textbook};
pub use violation::Violation;
