//! What is asked of nodes, against a small chain served over loopback that can lie, stall and break.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod advance;
mod contracts;
mod faults;
mod load;
mod record;
mod records;
mod requests;
mod server;
mod world;

use core::time::Duration;

use cenote_chain::rpc::{Limits, Node};

use server::Server;

/// Runs what waits for a node.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Limits for a node that answers at once, or not at all.
fn limits() -> Limits {
    Limits {
        timeout: Duration::from_secs(30),
        retries: 2,
        back_off: Duration::from_millis(1),
        back_off_max: Duration::from_millis(2),
        ..Limits::default()
    }
}

fn node(server: &Server, limits: Limits) -> Node {
    Node::http(&server.url(), limits).unwrap()
}
