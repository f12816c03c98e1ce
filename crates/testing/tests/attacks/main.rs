//! What an attacker or a bad file tries, as numbered cases, and what the pair is beside the
//! contract that it follows.
//!
//! A case passes when the exact reason is given and nothing has changed: the whole pool, pair or
//! market is compared, of an exchange all its numbers and its audit.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

use proptest::prelude::ProptestConfig;

/// What the numbered cases share: pools, pairs and an exchange in a few words.
mod bench;
/// Random operations on a pair, beside the textbook's; every event of it, beside a market.
mod differential;
/// Attacks 14 to 23: shares, donations and the protocol fee.
mod liquidity;
/// What is reported of a pool, judged by a market.
mod market;
/// Attacks 1 to 13: the arithmetic of one pool.
mod pool;
/// Prices, ratios, accumulators and arbitrage against brute force.
mod prices;
/// A Uniswap v2 pair in big integers, statement by statement.
mod textbook_pair;

/// So many random cases at every run, and in a campaign `CENOTE_TIMES` as many.
fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("CENOTE_TIMES").map_or(1, |times| times.parse().unwrap());
    ProptestConfig::with_cases(cases.checked_mul(times).unwrap())
}
