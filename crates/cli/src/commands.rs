//! One file for each command: parse was before, print is after, the work is the library's.

pub(crate) mod certify;
pub(crate) mod generate;
pub(crate) mod quote;
pub(crate) mod replay;
pub(crate) mod route;
pub(crate) mod scenario;
pub(crate) mod simulate;
mod summary;
