//! `cenote sync`

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cenote::chain::rpc::{LeftOut, Node, Selection};
use cenote::chain::{Address, Header};
use cenote::{Market, StateBlock, write_pools_of_block};
use serde::Serialize;

use super::chain::{at, node, of_fee, resumed, runtime, shown, tell_left_out};
use crate::Verdict;
use crate::args::Format;
use crate::args::chain::Sync;
use crate::files::{self, Output};
use crate::print::{self, thousands};

/// The most bytes of a list of pairs.
const LIST: u64 = 64 << 20;

/// What was written.
#[derive(Debug, Serialize)]
struct Summary {
    block: u64,
    hash: String,
    pools: usize,
    empty_pools: usize,
    tokens: usize,
    resumed_from: Option<u64>,
    requests: u64,
    left_out: Vec<LeftOutLine>,
}

#[derive(Debug, Serialize)]
struct LeftOutLine {
    pair: String,
    reason: String,
}

/// A state to be written.
struct State {
    market: Market,
    header: Header,
    resumed_from: Option<u64>,
    left_out: Vec<LeftOut>,
}

pub(crate) fn run(args: &Sync) -> Result<Verdict> {
    let node = node(&args.node)?;
    if files::is_dash(&args.out) && args.format == Format::Json {
        bail!("--out and --format json cannot both print on stdout");
    }
    let pairs = args.pairs.as_deref().map(read_pairs).transpose()?.unwrap_or_default();
    let output = Output::create(&args.out)?;
    let work = async {
        match &args.resume {
            Some(path) => resume(&node, args, path).await,
            None => load(&node, args, &pairs).await,
        }
    };
    let state = runtime()?.block_on(shown(&node, work))?;
    tell_left_out(&state.left_out);
    if state.market.pools().is_empty() {
        bail!("there is no pool to write");
    }
    let block = StateBlock { number: state.header.number, hash: state.header.hash.0 };
    let written = write_pools_of_block(&state.market, &block, output);
    written.with_context(|| files::output_name(&args.out))?.finish()?;
    summarise(args, &state, node.requests())?;
    Ok(Verdict::Good)
}

async fn load(node: &Node, args: &Sync, pairs: &[Address]) -> Result<State> {
    let selection = Selection {
        factories: of_fee(&args.factory, args.fee_pips),
        pairs: of_fee(pairs, args.fee_pips),
        labels: !args.no_labels,
    };
    let loaded = node.load(&selection, at(args.block)).await?;
    let (market, header) = (loaded.market, loaded.header);
    Ok(State { market, header, resumed_from: None, left_out: loaded.left_out })
}

async fn resume(node: &Node, args: &Sync, path: &Path) -> Result<State> {
    let factories = of_fee(&args.factory, args.fee_pips);
    // What was undone since is fetched with what replaced it: nothing needs to be gone back.
    let mut follower = resumed(node, path, &factories, 0).await?;
    let from = follower.head().number;
    if let Some(block) = args.block.filter(|block| *block < from) {
        bail!("{} is of block {from}, after --block {block}", files::name(path));
    }
    while node.advance_to(&mut follower, args.block.unwrap_or(u64::MAX)).await?.behind > 0 {}
    if let Some(block) = args.block.filter(|block| follower.head().number < *block) {
        bail!("the node has no block {block} yet");
    }
    let header = follower.head();
    let (resumed_from, left_out) = (Some(from), Vec::new());
    Ok(State { market: follower.into_market(), header, resumed_from, left_out })
}

/// Addresses joined by commas, or those of a file, one in each line.
fn read_pairs(list: &str) -> Result<Vec<Address>> {
    if list.starts_with("0x") {
        let parse = |text: &str| text.parse::<Address>().context("--pairs");
        return list.split(',').map(parse).collect();
    }
    let path = Path::new(list);
    let (input, _) = files::open(path)?;
    let mut text = String::new();
    input.take(LIST).read_to_string(&mut text).with_context(|| files::name(path))?;
    let line = |(at, line): (usize, &str)| {
        let place = || format!("{}: line {}", files::name(path), at.saturating_add(1));
        line.parse::<Address>().with_context(place)
    };
    let pairs = text.lines().enumerate().map(line).collect::<Result<Vec<_>>>()?;
    if pairs.is_empty() {
        bail!("{}: no pairs", files::name(path));
    }
    Ok(pairs)
}

fn summarise(args: &Sync, state: &State, requests: u64) -> Result<()> {
    let State { market, header, resumed_from, left_out } = state;
    let line = |LeftOut { pair, fault }: &LeftOut| LeftOutLine {
        pair: pair.to_string(),
        reason: fault.to_string(),
    };
    let summary = Summary {
        block: header.number,
        hash: header.hash.to_string(),
        pools: market.pools().len(),
        empty_pools: market.pools().iter().filter(|pool| pool.is_empty()).count(),
        tokens: market.token_count(),
        resumed_from: *resumed_from,
        requests,
        left_out: left_out.iter().map(line).collect(),
    };
    if args.format == Format::Json {
        return print::json(&summary);
    }
    if files::is_dash(&args.out) {
        return Ok(());
    }
    let many = |count: usize| thousands(u64::try_from(count).unwrap_or(u64::MAX));
    print::text(&format!(
        "wrote {} pools ({} empty) of {} tokens to {}\nblock {} {}\n{} requests, {} pairs left out\n",
        many(summary.pools),
        many(summary.empty_pools),
        many(summary.tokens),
        files::name(&args.out),
        summary.block,
        summary.hash,
        thousands(requests),
        many(summary.left_out.len()),
    ))
}
