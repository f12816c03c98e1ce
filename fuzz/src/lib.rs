//! What libFuzzer runs: for each target one function from bytes to a verdict.
//!
//! Four words: a *target* is such a function; a *finding* is what it says of bytes that show a
//! fault; a *seed* is an input to begin with; a *regression* is an input that was a finding once.
//!
//! Bytes that stand for nothing are no finding. The functions are ordinary ones, so that
//! `cargo test` runs seeds and regressions through them without libFuzzer.

#![forbid(unsafe_code)]

pub mod arithmetic;
pub mod canary;
pub mod custody;
pub mod events;
pub mod events_csv;
pub mod exchange_ops;
mod finding;
pub mod forks;
mod input;
pub mod market_json;
pub mod numbers;
pub mod pool_ops;
pub mod pools_csv;
pub mod route_json;
pub mod routes;
pub mod swaps_csv;
mod text;

pub use finding::{Finding, Verdict, report};

/// A function from bytes to a verdict, and its name.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its module, of its program, and of the folder of its seeds.
    pub name: &'static str,
    /// Judges an input.
    pub run: fn(&[u8]) -> Verdict,
}

/// All targets that must find nothing.
pub const TARGETS: &[Target] = &[
    Target { name: "arithmetic", run: arithmetic::run },
    Target { name: "pool_ops", run: pool_ops::run },
    Target { name: "forks", run: forks::run },
    Target { name: "exchange_ops", run: exchange_ops::run },
    Target { name: "custody", run: custody::run },
    Target { name: "events", run: events::run },
    Target { name: "routes", run: routes::run },
    Target { name: "pools_csv", run: pools_csv::run },
    Target { name: "swaps_csv", run: swaps_csv::run },
    Target { name: "events_csv", run: events_csv::run },
    Target { name: "market_json", run: market_json::run },
    Target { name: "route_json", run: route_json::run },
    Target { name: "numbers", run: numbers::run },
];
