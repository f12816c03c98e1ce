//! `cenote follow`

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{self, StdoutLock, Write};

use anyhow::{Context, Result};
use cenote::chain::rpc::{Node, Pushed, Selection, Step};
use cenote::chain::{Applied, Follower, Header};
use cenote::{Market, PoolId};
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
    /// A pool is no more: the block that made it was undone.
    Removed { block: u64, pool: &'a str },
    /// What a pool holds after a block in which something was reported of it, or was undone.
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
    let mut told = Told::default();
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
                Step::Undone(undone) => told.undone(&undone, &follower)?,
                Step::Pushed(pushed) => {
                    tell_block(follower.market(), &pushed)?;
                    told.note(follower.market(), &pushed.applied, args.depth);
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

/// What was told of blocks that may be undone, the oldest first.
#[derive(Debug, Default)]
struct Told(VecDeque<Block>);

#[derive(Debug)]
struct Block {
    number: u64,
    touched: Vec<PoolId>,
    /// The names of its new pools, which nobody knows once it is undone.
    created: Vec<String>,
}

impl Told {
    fn note(&mut self, market: &Market, applied: &Applied, depth: usize) {
        let created = applied.created.iter().map(|pool| market.pool_name(*pool).to_owned());
        let (number, touched) = (applied.header.number, applied.touched.clone());
        self.0.push_back(Block { number, touched, created: created.collect() });
        if depth < self.0.len() {
            self.0.pop_front();
        }
    }

    /// Tells how far the chain went back, and what is now of what the undone blocks did.
    fn undone(&mut self, undone: &[Header], follower: &Follower) -> Result<()> {
        let (Some(newest), head) = (undone.first(), follower.head()) else { return Ok(()) };
        print(&Line::Reorg { depth: undone.len(), from: (*newest).into(), to: head.into() })?;
        let stays = self.0.partition_point(|block| block.number <= head.number);
        let mut changed = Vec::new();
        for block in self.0.drain(stays..) {
            for pool in &block.created {
                print(&Line::Removed { block: head.number, pool })?;
            }
            changed.extend(block.touched);
        }
        changed.sort_unstable();
        changed.dedup();
        tell_pools(follower.market(), head.number, &changed)
    }
}

/// Tells what pools hold; those that are no more are passed over.
fn tell_pools(market: &Market, block: u64, pools: &[PoolId]) -> Result<()> {
    for id in pools {
        let Ok(pool) = market.pool(*id) else { continue };
        let reserves = pool.reserves();
        let [reserve0, reserve1] =
            [reserves.reserve0, reserves.reserve1].map(|reserve| reserve.to_string());
        print(&Line::Update { block, pool: market.pool_name(*id), reserve0, reserve1 })?;
    }
    Ok(())
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
    tell_pools(market, block, &applied.touched)?;
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
