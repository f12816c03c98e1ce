//! `cenote follow`

use core::time::Duration;
use std::io::{self, StdoutLock, Write};

use anyhow::{Context, Result};
use cenote::Market;
use cenote::chain::rpc::{Node, Pushed, Selection, Step};
use cenote::chain::{Follower, Header};
use serde::Serialize;

use super::chain::{at, node, of_fee, resumed, runtime, shown, tell_left_out};
use super::opportunities::Opportunities;
use crate::Verdict;
use crate::args::chain::Follow;

/// How often in a row the node may have no way to its head.
const PATIENCE: u32 = 10;

/// What happened, one document a line.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    /// The followed state, before anything happened.
    Start { block: u64, hash: String, pools: usize },
    /// A block was taken over.
    Block { block: u64, hash: String, events: usize, touched: usize, proven: bool },
    /// A pool is new.
    Created { block: u64, pool: &'a str, token0: &'a str, token1: &'a str },
    /// What a pool holds after a block in which something was reported of it.
    Update { block: u64, pool: &'a str, reserve0: String, reserve1: String },
    /// A contract did what no pair does.
    Flag { block: u64, pool: &'a str, log_index: u64, reason: String },
    /// Blocks were undone, the newest one first, down to one that stays.
    Reorg { depth: usize, from: Place, to: Place },
}

/// A block.
#[derive(Debug, Serialize)]
struct Place {
    block: u64,
    hash: String,
}

impl From<Header> for Place {
    fn from(header: Header) -> Self {
        Self { block: header.number, hash: header.hash.to_string() }
    }
}

pub(crate) fn run(args: &Follow) -> Result<Verdict> {
    let node = node(&args.node)?;
    runtime()?.block_on(async {
        tokio::select! {
            ended = follow(&node, args) => ended,
            // Whoever stops it has seen enough.
            interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        }
    })?;
    Ok(Verdict::Good)
}

async fn follow(node: &Node, args: &Follow) -> Result<()> {
    let mut follower = shown(node, start(node, args)).await?;
    let first = follower.head();
    let pools = follower.market().pools().len();
    let Place { block, hash } = first.into();
    print(&Line::Start { block, hash, pools })?;
    let mut opportunities = Opportunities::new(&follower, args);
    let (mut left, mut failures) = (args.blocks, 0_u32);
    while left != Some(0) {
        let last = left.map_or(u64::MAX, |left| follower.head().number.saturating_add(left));
        let mut way = match node.way(&follower, last).await {
            Ok(way) => way,
            Err(error) if error.may_pass() && failures < PATIENCE => {
                failures = failures.saturating_add(1);
                wait(args).await;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        failures = 0;
        while let Some(step) = way.step(&mut follower)? {
            match step {
                Step::Undone(undone) => tell_undone(&undone, follower.head())?,
                Step::Pushed(pushed) => {
                    tell_block(follower.market(), &pushed)?;
                    for opportunity in opportunities.of(&follower, &pushed)? {
                        print(&opportunity)?;
                    }
                    left = left.map(|left| left.saturating_sub(1));
                }
            }
        }
        if way.behind(&follower) == 0 && left != Some(0) {
            wait(args).await;
        }
    }
    Ok(())
}

/// The state to begin with.
async fn start(node: &Node, args: &Follow) -> Result<Follower> {
    let factories = of_fee(&args.factory, args.fee_pips);
    if let Some(path) = &args.pools {
        return resumed(node, path, &factories, args.depth).await;
    }
    let selection = Selection { factories, ..Selection::default() };
    let loaded = node.load(&selection, at(None)).await?;
    tell_left_out(&loaded.left_out);
    Ok(loaded.follow(args.depth)?)
}

async fn wait(args: &Follow) {
    tokio::time::sleep(Duration::from_millis(args.poll_ms)).await;
}

fn tell_undone(undone: &[Header], head: Header) -> Result<()> {
    let Some(newest) = undone.first() else { return Ok(()) };
    print(&Line::Reorg { depth: undone.len(), from: (*newest).into(), to: head.into() })
}

fn tell_block(market: &Market, pushed: &Pushed) -> Result<()> {
    let Pushed { applied, odd, proven } = pushed;
    let Place { block, hash } = applied.header.into();
    let (events, touched, proven) = (applied.events, applied.touched.len(), *proven);
    print(&Line::Block { block, hash, events, touched, proven })?;
    for id in &applied.created {
        let pool = market.pool(*id)?;
        let [token0, token1] = [pool.token0(), pool.token1()].map(|token| market.token_name(token));
        print(&Line::Created { block, pool: market.pool_name(*id), token0, token1 })?;
    }
    for id in &applied.touched {
        let reserves = market.pool(*id)?.reserves();
        let [reserve0, reserve1] =
            [reserves.reserve0, reserves.reserve1].map(|reserve| reserve.to_string());
        print(&Line::Update { block, pool: market.pool_name(*id), reserve0, reserve1 })?;
    }
    for flag in &applied.flags {
        let (pool, reason) = (market.pool_name(flag.pool), flag.reason.to_string());
        print(&Line::Flag { block, pool, log_index: flag.log_index, reason })?;
    }
    for odd in odd {
        let (pool, reason) = (odd.address.to_string(), odd.error.to_string());
        print(&Line::Flag { block, pool: &pool, log_index: odd.log_index, reason })?;
    }
    Ok(())
}

/// Prints a line whole and at once: whoever reads it wants it now.
fn print(line: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let send = |mut stdout: StdoutLock<'_>| -> io::Result<()> {
        stdout.write_all(&text)?;
        stdout.flush()
    };
    send(io::stdout().lock()).context("stdout")
}
