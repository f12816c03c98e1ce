//! One file for each command: parse was before, print is after, the work is the library's.

pub(crate) mod certify;
#[cfg(feature = "chain")]
mod chain;
#[cfg(feature = "chain")]
pub(crate) mod follow;
pub(crate) mod generate;
#[cfg(feature = "chain")]
mod opportunities;
pub(crate) mod quote;
pub(crate) mod replay;
pub(crate) mod route;
pub(crate) mod scenario;
pub(crate) mod simulate;
mod summary;
#[cfg(feature = "chain")]
pub(crate) mod sync;
