//! What the commands of chains share: the node, and a saved state gone on from.

use core::time::Duration;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use cenote::Fee;
use cenote::chain::rpc::{At, LeftOut, Limits, Node};
use cenote::chain::{Address, BlockHash, Follower};
use tokio::runtime::{Builder, Runtime};

use crate::args::chain::Node as Args;
use crate::files;
use crate::progress::bar;

/// The most pairs whose reasons are printed.
const REASONS: usize = 10;

/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);

/// What waits for the node, on this thread.
pub(super) fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// The node that the arguments name.
pub(super) fn node(args: &Args) -> Result<Node> {
    if args.timeout_ms == 0 || args.calls_per_request == 0 || args.blocks_per_query == 0 {
        bail!("--timeout-ms, --calls-per-request and --blocks-per-query must not be zero");
    }
    let defaults = Limits::default();
    let limits = Limits {
        timeout: Duration::from_millis(args.timeout_ms),
        retries: u32::try_from(args.retries).unwrap_or(u32::MAX),
        calls_per_multicall: args.calls_per_request,
        requests_per_batch: args.calls_per_request.min(defaults.requests_per_batch),
        blocks_per_query: args.blocks_per_query,
        multicall: args.multicall.unwrap_or(defaults.multicall),
        proof: args.proof.into(),
        ..defaults
    };
    Node::http(&args.url, limits).context("--rpc")
}

/// Factories of one fee.
pub(super) fn of_fee(addresses: &[Address], fee: Fee) -> Vec<(Address, Fee)> {
    addresses.iter().map(|address| (*address, fee)).collect()
}

/// A saved state with the block that it is of, as long as that is on the node's chain.
///
/// The protocol fees are those of now: nodes keep the state of the last blocks only.
pub(super) async fn resumed(
    node: &Node,
    path: &Path,
    factories: &[(Address, Fee)],
    depth: usize,
) -> Result<Follower> {
    let (market, block) = files::read_market_of_block(path)?;
    let saved = node.resume(block.number, BlockHash(block.hash)).await;
    let header = saved.with_context(|| files::name(path))?.header();
    let now = node.head().await?.header().hash;
    let factories = node.factories(factories, now).await?;
    let mut follower = Follower::new(market, header, factories, depth)?;
    node.learn_protocol_fees(&mut follower, now).await?;
    Ok(follower)
}

/// Waits, and shows how many requests were sent meanwhile.
pub(super) async fn shown<T>(node: &Node, work: impl Future<Output = T>) -> T {
    let bar = bar(None, "requests");
    let mut work = core::pin::pin!(work);
    loop {
        match tokio::time::timeout(TICK, &mut work).await {
            Ok(done) => {
                bar.finish_and_clear();
                return done;
            }
            Err(_) => bar.set_message(node.requests().to_string()),
        }
    }
}

/// Says on stderr which pairs are no pools.
pub(super) fn tell_left_out(left_out: &[LeftOut]) {
    let mut stderr = io::stderr().lock();
    for LeftOut { pair, fault } in left_out.iter().take(REASONS) {
        // The summary counts them whether or not somebody hears of it here.
        let _: io::Result<()> = writeln!(stderr, "left out {pair}: {fault}");
    }
    let more = left_out.len().saturating_sub(REASONS);
    if more > 0 {
        let _: io::Result<()> = writeln!(stderr, "left out {more} more");
    }
}

/// The block of this number, or the newest one.
pub(super) fn at(block: Option<u64>) -> At {
    block.map_or(At::Head, At::Number)
}
