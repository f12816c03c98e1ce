//! `cenote sync` and `cenote follow` beside a node.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use cenote::{Market, PoolsOptions, StateBlock, read_pools_of_block};
use cenote_chain::Header;
use cenote_conformance_node::{PairAt, Traffic, World, name};
use serde_json::Value;

use crate::{say, seed, world};

/// How long the program may take for its next line.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program, built with the feature `chain`; or a line that says that there is none.
fn program() -> Option<PathBuf> {
    let path = env::var_os("CENOTE_PROGRAM").map(PathBuf::from);
    if path.is_none() {
        say("conformance: no program named by CENOTE_PROGRAM, not tried (conformance/run node)");
    }
    path
}

/// The program with the node and both factories.
fn command(program: &Path, world: &World, name: &str) -> Command {
    let mut command = Command::new(program);
    command.args([name, "--rpc", &world.node.url(), "--proof", "receipts"]);
    for exchange in world.exchanges {
        command.args(["--factory", &exchange.factory.to_string()]);
    }
    command
}

/// Runs `sync` with these options, and gives what it wrote.
fn sync(program: &Path, world: &World, file: &str, options: &[&str]) -> (PathBuf, Market, Header) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    let mut command = command(program, world, "sync");
    let output = command.arg("--out").arg(&path).args(options).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let read = read_pools_of_block(File::open(&path).unwrap(), &PoolsOptions::default());
    let (market, block) = read.unwrap();
    let StateBlock { number, hash } = block.unwrap();
    let hash = cenote_chain::BlockHash(hash);
    (path, market, Header { number, hash, parent: hash, timestamp: 0 })
}

async fn mine(world: &World, pairs: &[PairAt], own: u64, blocks: u64) -> Vec<Header> {
    let mut traffic = Traffic::new(world, seed(own), pairs);
    traffic.act().await;
    let mut headers = vec![world.node.mine(own).await];
    for _ in 1..blocks {
        headers.push(traffic.block().await);
    }
    headers
}

#[tokio::test]
async fn what_sync_writes_is_what_the_pairs_say() {
    let Some(world) = world([true, false]).await else { return };
    let Some(program) = program() else { return };
    let pairs = world.create_pools().await;
    let headers = mine(&world, &pairs, 71, 12).await;
    let head = headers[headers.len() - 1];
    let (path, market, at) = sync(&program, &world, "head.csv", &[]);
    assert_eq!((at.number, at.hash), (head.number, head.hash));
    let mut compared = world.assert_equal(&market, head).await;

    let earlier = headers[4];
    let number = earlier.number.to_string();
    let (_, market, at) = sync(&program, &world, "earlier.csv", &["--block", &number]);
    assert_eq!((at.number, at.hash), (earlier.number, earlier.hash));
    compared += world.assert_equal(&market, earlier).await;

    let headers = mine(&world, &pairs, 72, 9).await;
    let head = headers[headers.len() - 1];
    let (_, market, at) =
        sync(&program, &world, "resumed.csv", &["--resume", &path.display().to_string()]);
    assert_eq!((at.number, at.hash), (head.number, head.hash));
    compared += world.assert_equal(&market, head).await;
    say(&format!("three files of `sync` with {compared} states of pairs"));
}

/// The program while it runs, and the lines that it prints.
struct Running {
    child: Child,
    lines: Receiver<Value>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let (say, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _heard = say.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, lines }
    }

    /// The lines up to the one after which so many blocks have been told of.
    fn until(&self, blocks: usize) -> Vec<Value> {
        let (mut lines, mut told) = (vec![], 0);
        while told < blocks {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            told += usize::from(line["kind"] == "block");
            lines.push(line);
        }
        lines
    }

    /// The lines to the end, which must be a good one.
    fn end(mut self) -> Vec<Value> {
        let lines = self.lines.iter().collect();
        assert!(self.child.wait().unwrap().success());
        lines
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all is well.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

fn numbered(header: &Header) -> (u64, String) {
    (header.number, header.hash.to_string())
}

#[tokio::test]
async fn follow_tells_what_happens_and_what_did_not() {
    let Some(world) = world([true, false]).await else { return };
    let Some(program) = program() else { return };
    let pairs = world.create_pools().await;
    let (path, _, begin) = sync(&program, &world, "begin.csv", &[]);
    let snapshot = world.node.snapshot().await;
    let mut command = command(&program, &world, "follow");
    command.arg("--pools").arg(&path).args(["--blocks", "11", "--poll-ms", "10"]);
    let running = Running::start(command);
    let gone = mine(&world, &pairs, 73, 4).await;
    let mut lines = running.until(4);
    assert_eq!(lines[0]["kind"], "start");
    assert_eq!(lines[0]["block"], begin.number);

    world.node.revert(snapshot).await;
    let stayed = mine(&world, &pairs, 74, 7).await;
    lines.extend(running.end());
    let told = of_kind(&lines, "block").into_iter();
    let told = told
        .map(|line| (line["block"].as_u64().unwrap(), line["hash"].as_str().unwrap().to_owned()));
    let mined: Vec<_> = gone.iter().chain(&stayed).map(numbered).collect();
    assert_eq!(told.collect::<Vec<_>>(), mined);
    let undone = of_kind(&lines, "reorg");
    assert_eq!(undone.iter().map(|line| line["depth"].as_u64().unwrap()).sum::<u64>(), 4);
    assert_eq!(undone[undone.len() - 1]["to"]["hash"], begin.hash.to_string());
    assert!(of_kind(&lines, "flag").is_empty());

    // The last that was told of each pool since the other branch began is what it holds.
    let begins = lines.iter().rposition(|line| line["kind"] == "reorg").unwrap();
    let head = stayed[stayed.len() - 1];
    let listed = world.pairs(head.hash).await;
    let mut updated = 0;
    for (pair, state) in listed.iter().zip(world.states(head.hash, &listed).await) {
        let of_pair = |line: &&&Value| line["pool"] == *name(pair.address);
        let updates = of_kind(&lines[begins..], "update");
        let Some(last) = updates.iter().rev().find(of_pair) else { continue };
        let units = |key: &str| last[key].as_str().unwrap().parse::<u128>().unwrap();
        let held = [units("reserve0"), units("reserve1")];
        assert_eq!(held, state.reserves);
        updated += 1;
    }
    assert!(0 < updated);
    say(&format!("`follow` told of {} blocks and of {updated} pools", mined.len()));
}
