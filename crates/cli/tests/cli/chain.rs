//! `sync` and `follow`, against a node on loopback.

mod server;

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::{Folder, Ran, keys};
use server::{Mood, Server};

const FACTORY: &str = "0xfafafafafafafafafafafafafafafafafafafafa";
const PAIRS: [&str; 2] =
    ["0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "0xa2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2"];

fn honest(schedule: &[usize]) -> Server {
    Server::start(schedule, Mood::Honest)
}

fn sync(folder: &Folder, server: &Server, rest: &str) -> Ran {
    folder.run(&format!("sync --rpc {} --out p.csv {rest}", server.url()))
}

fn follow(folder: &Folder, server: &Server, rest: &str) -> Vec<Value> {
    let line = format!("follow --rpc {} --poll-ms 1 {rest}", server.url());
    let printed = folder.run(&line).result();
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

#[test]
fn a_factorys_pools_are_written_with_their_block() {
    let folder = Folder::new();
    let summary =
        sync(&folder, &honest(&[0]), &format!("--factory {FACTORY} --format json")).json();
    assert_eq!(
        keys(&summary),
        ["block", "empty_pools", "hash", "left_out", "pools", "requests", "resumed_from", "tokens"]
    );
    assert_eq!(
        [&summary["block"], &summary["pools"], &summary["empty_pools"], &summary["tokens"]],
        [101, 3, 1, 3]
    );
    let written = folder.read("p.csv");
    let row = written.lines().nth(1).unwrap();
    let hash = summary["hash"].as_str().unwrap();
    assert!(row.starts_with(PAIRS[0]) && row.ends_with(&format!(",101,{hash}")), "{row}");
    assert!(row.contains(",1005000,3980159,3000,2000000,0,2012,77,"), "{row}");
    assert_eq!(folder.names(), ["p.csv"]);
    // The other commands read it.
    let quoted = folder.run(&format!(
        "quote --pools p.csv --pool {} --token-in 0x{} --amount-in 1000 --format json",
        PAIRS[0],
        "01".repeat(20)
    ));
    assert_eq!(quoted.json()["amount_out"], json!("3944"));
}

#[test]
fn listed_pairs_are_written_from_a_list_or_a_file_of_the_block_asked_for() {
    let list = PAIRS.join(",");
    let folder = Folder::with("pairs.txt", format!("{}\n{}\n", PAIRS[0], PAIRS[1]));
    for pairs in [list.as_str(), "pairs.txt"] {
        let ran = sync(&folder, &honest(&[1]), &format!("--pairs {pairs} --block 101"));
        let said = ran.result();
        assert!(said.starts_with("wrote 2 pools (0 empty) of 3 tokens to p.csv\nblock 101 0x"));
        assert_eq!(folder.read("p.csv").lines().count(), 3);
    }
}

#[test]
fn a_saved_state_is_gone_on_from_to_the_same_state() {
    let folder = Folder::new();
    sync(&folder, &honest(&[0]), &format!("--factory {FACTORY}")).result();
    let resume = format!("--resume p.csv --factory {FACTORY} --format json");
    let summary = sync(&folder, &honest(&[1]), &resume).json();
    assert_eq!([&summary["resumed_from"], &summary["block"]], [101, 103]);
    let resumed = folder.read("p.csv");
    // Another chain's block 103.
    let refused = sync(&folder, &honest(&[2]), "--resume p.csv");
    refused.refused_with("p.csv: the state is of block 103 0x");
    assert_eq!(folder.read("p.csv"), resumed);
    let refused = sync(&folder, &honest(&[1]), "--resume p.csv --block 102");
    refused.refused("p.csv is of block 103, after --block 102");
}

#[test]
fn a_chain_is_followed_on_and_back() {
    let folder = Folder::new();
    // The newest block is asked for once to load, then once for each look.
    let server = honest(&[0, 0, 1, 2]);
    let lines = follow(&folder, &server, &format!("--factory {FACTORY} --blocks 5"));
    let blocks = of_kind(&lines, "block");
    let numbers = blocks.iter().map(|line| line["block"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers, [102, 103, 102, 103, 104]);
    assert!(blocks.iter().all(|line| line["events"] == 1 && line["proven"] == true));
    assert_eq!(of_kind(&lines, "start")[0]["pools"], 3);
    let reorg = of_kind(&lines, "reorg")[0];
    assert_eq!([&reorg["depth"], &reorg["from"]["block"], &reorg["to"]["block"]], [2, 103, 101]);
    let updates = of_kind(&lines, "update");
    assert_eq!(updates.len(), 7);
    assert_eq!((&updates[0]["pool"], &updates[1]["pool"]), (&json!(PAIRS[1]), &json!(PAIRS[0])));
    // What the undone blocks did is told back.
    assert_eq!([&updates[2]["block"], &updates[3]["block"]], [101, 101]);
    assert_eq!(
        (&updates[2]["pool"], &updates[2]["reserve0"]),
        (&json!(PAIRS[0]), &json!("1005000"))
    );
    assert_eq!(updates[3]["pool"], json!(PAIRS[1]));
    // Reserves are those after each block, not those after all that were fetched at once.
    let reserves = updates[4..].iter().map(|line| line["reserve0"].clone()).collect::<Vec<_>>();
    assert_eq!(reserves, ["1006000", "1008000", "1011000"]);
    assert_eq!(of_kind(&lines, "flag").len() + of_kind(&lines, "created").len(), 0);
}

#[test]
fn a_saved_state_is_followed() {
    let folder = Folder::new();
    sync(&folder, &honest(&[0]), &format!("--factory {FACTORY}")).result();
    let rest = format!("--pools p.csv --factory {FACTORY} --blocks 2");
    let lines = follow(&folder, &honest(&[1]), &rest);
    assert_eq!(of_kind(&lines, "start")[0]["block"], 101);
    assert_eq!(of_kind(&lines, "block").len(), 2);
}

/// Whoever reads the lines goes away, or ends it with Ctrl-C.
#[cfg(unix)]
#[test]
fn following_ends_quietly() {
    let folder = Folder::new();
    let server = honest(&[0, 0, 1]);
    let line = format!("follow --rpc {} --factory {FACTORY} --poll-ms 1", server.url());
    let start = |server: &Server| {
        let line = line.replace(&line[13..line.find(" --factory").unwrap()], &server.url());
        folder.command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut child = start(&server);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(first.contains("\"start\""), "{first}");

    let mut child = start(&honest(&[0]));
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::with("old.csv", crate::POOLS);
    let server = honest(&[0]);
    let url = server.url();
    let cases = [
        ("sync --out p.csv".to_owned(), "--rpc"),
        (format!("sync --rpc {url} --out p.csv"), "--factory"),
        (format!("follow --rpc {url}"), "--factory"),
        (format!("sync --rpc ftp://x --factory {FACTORY} --out p.csv"), "--rpc: not an address"),
        (format!("sync --rpc {url} --factory 0x12 --out p.csv"), "not an address"),
        (format!("sync --rpc {url} --pairs 0x12,0x13 --out p.csv"), "--pairs: not an address"),
        (format!("sync --rpc {url} --pairs none.txt --out p.csv"), "none.txt"),
        (format!("sync --rpc {url} --pairs old.csv --out p.csv"), "old.csv: line 1"),
        (format!("sync --rpc {url} --factory {FACTORY} --fee-pips 1000000 --out p.csv"), "fee"),
        (format!("sync --rpc {url} --resume old.csv --out p.csv"), "old.csv: state_block"),
        (format!("follow --rpc {url} --pools old.csv"), "old.csv: state_block"),
        (format!("sync --rpc {url} --factory {} --out p.csv", PAIRS[0]), "no answer to"),
        (format!("sync --rpc {url} --factory {FACTORY} --out x/p.csv"), "x/p.csv: its folder"),
        (format!("sync --rpc {url} --factory {FACTORY} --out - --format json"), "stdout"),
        (format!("sync --rpc {url} --factory {FACTORY} --timeout-ms 0 --out p.csv"), "zero"),
    ];
    for (line, part) in cases {
        folder.run(&line).refused_with(part);
    }
    assert_eq!(folder.names(), ["old.csv"]);
}

#[test]
fn a_poor_node_is_named_and_nothing_is_written() {
    let folder = Folder::with("p.csv", "old rows\n");
    for (mood, part) in [
        (Mood::Limited, "rate limit"),
        (Mood::Silent, "no answer within 80ms (tries: 2)"),
        (Mood::Rude, "error -32602:  [2J  no"),
    ] {
        let server = Server::start(&[0], mood);
        let rest = format!("--factory {FACTORY} --timeout-ms 80 --retries 1");
        sync(&folder, &server, &rest).refused_with(part);
        let line = format!("follow --rpc {} {rest}", server.url());
        folder.run(&line).refused_with(part);
    }
    assert_eq!(
        (folder.read("p.csv").as_str(), folder.names()),
        ("old rows\n", vec!["p.csv".into()])
    );
}
