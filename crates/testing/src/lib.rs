//! What must always hold of a constant-product pool and of an exchange, as code.
//!
//! Five words: a *property* is a numbered law and the function that judges it; a [`Case`] is one
//! input of a property; a [`Violation`] is a law that did not hold, with its numbers; the
//! *textbook* is a slow pool in big integers, whose formulas can be read; a *fault* is a pool
//! that is wrong on purpose, and names the property that must notice.
//!
//! Properties judge any pool that implements [`ConstantProduct`], so they can be turned on a pool
//! that is not Cenote's:
//!
//! ```
//! use cenote_testing::{Case, Textbook, properties, scope};
//!
//! for case in scope::swaps(3, 9) {
//!     for property in properties::table::<Textbook>() {
//!         property.check(&case)?;
//!     }
//! }
//! # Ok::<(), cenote_testing::Violation>(())
//! ```
//!
//! All properties are exact: none has a tolerance but S5, whose +1 is part of the law. They are
//! asserted in 512-bit integers. What the numbers mean (S1, L1, A1, ...) is in
//! [`properties::PROPERTIES`], in [`pool_ops`], [`exchange_ops`] and [`bank_run`].
//!
//! [`contract`] judges what the contracts of Uniswap v2 answered beside what Cenote's engine does.
//!
//! This crate knows nothing of files, prices, time or threads, and nothing here panics.

#![forbid(unsafe_code)]

pub mod bank_run;
mod case;
mod constant_product;
pub mod contract;
pub mod custody;
pub mod determinism;
pub mod exchange_ops;
pub mod faults;
mod finding;
pub mod inputs;
pub mod laws;
pub mod pool_ops;
pub mod properties;
mod property;
mod quantity;
pub mod scope;
mod textbook;
pub mod texts;
mod violation;

pub use case::Case;
pub use constant_product::{ConstantProduct, Minted, State, Within};
pub use finding::{Finding, first_violation, survey};
pub use primitive_types::U512;
pub use property::Property;
pub use quantity::Quantity;
pub use textbook::{BookPool, Right, Rules, Terms, Textbook};
pub use violation::Violation;
