//! The creation code of published contracts, as `npm ci` left it, checked by its hashes.

#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "all of this package is a test, which stops at the first thing it does not expect"
)]

mod artifacts;

pub use artifacts::{Contracts, creation_code_hashes};
