//! The creation code of published contracts, as `npm ci` left it, checked by its hashes.

#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "all of this package is a test, which stops at the first thing it does not expect"
)]

mod artifacts;
mod extras;

use std::path::Path;

pub use artifacts::{Contracts, creation_code_hashes};
pub use extras::Extras;

/// Where `npm ci` puts what it fetches.
pub fn fetched() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../node_modules"))
}
