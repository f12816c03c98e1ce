//! `cenote generate`

use std::fs;
use std::path::Path;

use crate::{Folder, POOLS, Ran, real_pools};

/// Runs and gives both files.
#[track_caller]
fn made(folder: &Folder, line: &str, out: &str) -> [String; 2] {
    let ran = folder.run(&format!("generate {line} --out {out}"));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    ["pools.csv", "swaps.csv"].map(|name| folder.read(&format!("{out}/{name}")))
}

#[test]
fn the_same_seed_makes_the_same_files() {
    let folder = Folder::new();
    let first = made(&folder, "--pools 100 --swaps 2000 --seed 5", "a");
    assert_eq!(first, made(&folder, "--pools 100 --swaps 2000 --seed 5", "b"));
    let other = made(&folder, "--pools 100 --swaps 2000 --seed 6", "c");
    assert!(first[0] != other[0] && first[1] != other[1]);
    // Without a seed it is 1.
    let usual = made(&folder, "--pools 100 --swaps 2000", "d");
    assert_eq!(usual, made(&folder, "--pools 100 --swaps 2000 --seed 1", "e"));
}

#[test]
fn every_row_is_written_and_read_back() {
    let folder = Folder::new();
    let [pools, swaps] = made(&folder, "--pools 300 --swaps 70000", "m");
    assert_eq!((pools.lines().count(), swaps.lines().count()), (301, 70_001));
    let line = "simulate --pools m/pools.csv --swaps m/swaps.csv --out o.csv --format json";
    let document = folder.run(line).json();
    assert_eq!((&document["pools"], &document["swaps"]), (&300.into(), &70_000.into()));
    assert_eq!(document["audit"]["holds"], true);
    // Each outcome has its line, also behind the first window of the reader.
    let outcomes = folder.read("o.csv");
    let lines = outcomes.lines().skip(1).map(|row| row.split(',').next().unwrap());
    assert!(lines.eq((2..=70_001).map(|line| line.to_string())));
}

/// More swaps are the same swaps first: a longer run begins as the shorter one.
#[test]
fn traffic_does_not_depend_on_its_length() {
    let folder = Folder::new();
    let [_, short] = made(&folder, "--pools 50 --swaps 100", "a");
    let [_, long] = made(&folder, "--pools 50 --swaps 1000", "b");
    assert!(long.starts_with(&short));
}

#[test]
fn the_message_counts_what_was_written() {
    let folder = Folder::new();
    let ran = folder.run("generate --pools 1000 --swaps 2000 --out a/b/c");
    assert_eq!(ran.stderr, "wrote 1,000 pools and 2,000 swaps to a/b/c\n");
    assert_eq!(folder.names(), ["a"]);
}

#[test]
fn nothing_can_be_made_of_nothing() {
    let folder = Folder::new();
    assert_eq!(made(&folder, "--pools 0 --swaps 0", "a").map(|text| text.lines().count()), [1, 1]);
    let none = "no pool holds anything, so no swap can be made";
    folder.run("generate --pools 0 --swaps 1 --out b").refused(none);
    let empty =
        Folder::with("p.csv", "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,0,0,0\n");
    empty.run("generate --over p.csv --swaps 1 --out b").refused(none);
    assert_eq!(empty.names(), ["p.csv"]);
}

/// The pools that traffic is made for are those of the file, to the unit.
#[test]
fn over_keeps_the_pools() {
    let folder = Folder::with("p.csv", POOLS);
    let [pools, _] = made(&folder, "--over p.csv --swaps 50", "a");
    assert_eq!(
        pools,
        "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,decimals0,decimals1,\
         symbol0,symbol1\n\
         eth/usd,eth,usd,1000,4000000,3000,,0,2,ETH,USD\n\
         usd/dai,usd,dai,1000000,1000000,500,,2,,USD,\n\
         void,eth,dai,0,0,3000,0,0,,ETH,\n\
         dust,eth,btc,1,1000000,3000,,0,,ETH,\n"
    );
    assert_eq!(made(&folder, "--over a/pools.csv --swaps 50", "b")[0], pools);
    let line = "generate --over - --swaps 50 --out c";
    assert_eq!(folder.feed(line, POOLS.into()).code, Some(0));
    assert_eq!(folder.read("c/pools.csv"), pools);
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let folder = Folder::with("pools.csv", POOLS);
    for line in [
        "generate --swaps 1 --out a",
        "generate --pools 1 --over pools.csv --swaps 1 --out a",
        "generate --pools 1 --out a",
        "generate --pools 1 --swaps 1",
        "generate --pools 4294967296 --swaps 1 --out a",
        "generate --pools 01 --swaps 1 --out a",
        "generate --pools 1 --swaps -1 --out a",
    ] {
        folder.run(line).reason();
    }
    folder.run("generate --pools 1 --swaps 1 --out -").refused("--out names a folder, not stdout");
    let over_itself = "generate --over pools.csv --swaps 1 --out .";
    folder.run(over_itself).refused("./pools.csv: is also an input");
    assert_eq!((folder.read("pools.csv").as_str(), folder.names().len()), (POOLS, 1));
    folder.run("generate --pools 1 --swaps 1 --out pools.csv").refused_with("pools.csv: ");
}

/// Makes 20,000 swaps over real pools and runs them with coins.
#[track_caller]
fn runs_over(path: &Path, fee: &str) {
    let folder = Folder::new();
    let line = format!("generate --swaps 20000 --out m {fee} --over");
    let ran = Ran::of(folder.command(&line).arg(path));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let source = fs::read_to_string(path).unwrap();
    let rows = source.lines().count();
    assert_eq!(folder.read("m/pools.csv").lines().count(), rows);
    let line = "simulate --pools m/pools.csv --swaps m/swaps.csv --format json";
    let document = folder.run(line).json();
    assert_eq!((&document["swaps"], &document["audit"]["holds"]), (&20_000.into(), &true.into()));
    assert!(document["accepted"].as_u64() > Some(10_000), "{}", document["accepted"]);
    // What was written reads back equal, so that it makes the same traffic.
    let again = "--over m/pools.csv --swaps 20000";
    assert_eq!(
        made(&folder, again, "n"),
        ["pools.csv", "swaps.csv"].map(|name| { folder.read(&format!("m/{name}")) })
    );
}

#[test]
fn real_pools_take_traffic_and_their_books_balance() {
    for name in [
        "pools_2020/pools.csv",
        "pools_2023/pools_A_uniswap_sushi.csv",
        "pools_2024_block_20440688/pools.csv",
    ] {
        if let Some(path) = real_pools(name) {
            runs_over(&path, "");
        }
    }
}

#[test]
fn real_pools_of_unknown_fee_need_a_default() {
    for name in ["pools_2023/pools_B_five_venues.csv", "pools_2023/pools_C_forks.csv"] {
        let Some(path) = real_pools(name) else { continue };
        runs_over(&path, "--default-fee-pips 3000");
        let folder = Folder::new();
        let line = "generate --swaps 1 --out m --over";
        Ran::of(folder.command(line).arg(path)).refused_with("no default fee is given");
        assert!(folder.names().is_empty());
    }
}

/// The built-in market, written to files and read again, is the same world.
#[test]
fn the_built_in_run_can_be_repeated_from_files() {
    let folder = Folder::new();
    let built_in = folder.run("simulate --seed 3 --format json").json();
    made(&folder, "--pools 10000 --swaps 1000000 --seed 3", "made");
    let line = "simulate --pools made/pools.csv --swaps made/swaps.csv --format json";
    let from_files = folder.run(line).json();
    for key in ["state_hash", "accepted", "refused_by_reason"] {
        assert_eq!(built_in[key], from_files[key], "{key}");
    }
}
