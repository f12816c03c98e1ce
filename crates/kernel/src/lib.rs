//! Constant-product arithmetic on plain integers.
//!
//! Five words are enough here: *reserves* (what a pool holds of each of its two tokens), an
//! *amount* (what goes in or comes out), the *kept* part of an input (`kept / scale`, what is
//! left of it after the fee), *shares* (of a pool's liquidity) and *rounding*, which every
//! function names: `_floor` or `_ceil`.
//!
//! [`mod@reference`] is the definition: each formula as it stands in a textbook, in integers wide
//! enough that nothing can overflow. [`scalar`] has the same functions with the same answers for
//! every input, faster. Whatever is added here later is compared with it.
//!
//! This crate knows nothing of tokens, pools, owners, errors or files. It is the only crate of
//! the workspace that may hold `unsafe` code; today that is one line, in [`prefetch`].

mod batch;
mod double;
pub mod float;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod isa;
mod lanes;
mod prefetch;
pub mod reference;
pub mod scalar;
mod words;

pub use batch::{Fees, NONE, Quotes, Uneven};
pub use isa::Isa;
pub use prefetch::prefetch;

#[cfg(test)]
mod tests;
