//! The engine beside a node: what it follows, predicts and sends is what the chain then says.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test, which stops at the first thing it does not expect"
)]

mod faults;
mod follow;
mod forks;
mod odd;
mod program;
mod reorganisations;
mod rpc;
mod scene;
mod trades;

use std::env;
use std::io::{self, Write};

use cenote_conformance_node::World;

/// Says something in a test that passes.
fn say(line: &str) {
    writeln!(io::stderr().lock(), "{line}").unwrap();
}

/// The world, or a line that says that there is none.
async fn world(protocol_fee: [bool; 2]) -> Option<World> {
    let world = World::new(protocol_fee).await;
    if world.is_none() {
        say("conformance: no node or no contracts here, nothing asked (conformance/run node)");
    }
    world
}

/// So many, or `CONFORMANCE_TIMES` as many.
fn times(many: u64) -> u64 {
    many * setting("CONFORMANCE_TIMES", 1)
}

/// This seed, or another one for each `CONFORMANCE_SEED`.
fn seed(own: u64) -> u64 {
    own + 1_000_000 * setting("CONFORMANCE_SEED", 0)
}

/// A number of the environment, or this one.
fn setting(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}
