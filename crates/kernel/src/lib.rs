//! Constant-product arithmetic on plain integers.
//!
//! Five words are enough here: *reserves* (what a pool holds of each of its two tokens), an
//! *amount* (what goes in or comes out), the *kept* part of an input (`kept / scale`, what is
//! left of it after the fee), *shares* (of a pool's liquidity) and *rounding*, which every
//! function names: `_floor` or `_ceil`.
//!
//! [`mod@reference`] is the definition: each formula as it stands in a textbook, in integers wide
//! enough that nothing can overflow. Everything else here gives the same answers for every input,
//! faster, and is compared with it.
//!
//! | for | use | how |
//! |---|---|---|
//! | a chain of swaps, each waiting for the one before it | [`scalar`] | words of 64 bits, two by one divided by the processor |
//! | one quote that waits for nothing | [`float`] | a quotient of two floats each, with a bound that is proven |
//! | many quotes | [`Quotes`] | the same for eight or four at once; long numbers by their remainder |
//!
//! The proof stands in [`float`]; `ifma.rs` has that of the long numbers. No float decides an amount that the proof does not cover: what is in doubt is computed in
//! integers.
//!
//! This crate knows nothing of tokens, pools, owners, errors or files. It is the only crate of
//! the workspace that may hold `unsafe` code: calls of what is compiled for an instruction set, which
//! take a witness that the processor has it, loads and stores, a prefetch and a division.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod batch;
mod double;
pub mod float;
#[cfg(any(target_arch = "x86_64", test))]
mod guesses;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod isa;
mod lanes;
mod levels;
mod prefetch;
pub mod reference;
pub mod scalar;
mod words;

pub use batch::{Fees, NONE, Quotes, Uneven};
pub use isa::Isa;
pub use levels::Levels;
pub use prefetch::prefetch;

#[cfg(test)]
mod tests;
