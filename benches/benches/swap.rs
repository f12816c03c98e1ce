//! One quote and one swap, bare, with coins, and from wallets.

#![expect(missing_docs, reason = "a benchmark, not a library")]

fn main() {}
