//! `cenote replay`

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Folder, Ran, keys, real_pools};

/// The files of the block that stands in this repository.
fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mainnet-10760440");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Two pools at the beginning and the end of block 7.
const POOLS: &str = "\
block,pool,token0,token1,reserve0,reserve1,fee_bps,total_supply,end_reserve0,end_total_supply
7,a/b,a,b,1000000,1000000,30,1000000,1101000,1099900
7,b/c,b,c,5000,5000,30,,,
";

/// A swap, a deposit with its shares, and reserves that nothing explains.
const EVENTS: &str = "\
block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,amount1_out,amount0,amount1,lp,reserve0,reserve1
7,100,0,a/b,sync,,,,,,,,1001000,999004
7,100,1,a/b,swap,1000,0,0,996,,,,,
7,100,2,a/b,sync,,,,,,,,1101000,1099004
7,100,3,a/b,mint,,,,,100000,100000,99900,,
7,100,5,b/c,sync,,,,,,,,6000,5000
";

pub(crate) fn replay(pools: &str, events: &str, rest: &str) -> Ran {
    let folder = Folder::with("p.csv", pools).and("e.csv", events);
    folder.run(&format!("replay --pools p.csv --events e.csv {rest}"))
}

/// The one document of a replay, whatever its exit code.
#[track_caller]
pub(crate) fn document(ran: &Ran, code: i32) -> Value {
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_block_in_this_repository_follows_to_the_last_unit() {
    let ran = replay(&sample("pools.csv"), &sample("events.csv"), "--format json");
    assert_eq!(
        ran.json(),
        json!({
            "events": 58, "syncs_checked": 29, "syncs_matched": 29, "syncs_adopted": 0,
            "end_states_checked": 16, "end_states_matched": 16,
            "accumulators_checked": 32, "accumulators_matched": 32, "mismatches": [],
        })
    );
    let page = replay(&sample("pools.csv"), &sample("events.csv"), "").result();
    let (page, time) = page.split_once("time").unwrap();
    assert_eq!(
        page,
        "58 events\n\n\
         \x20                                 checked      matched\n\
         swaps, deposits, withdrawals           29           29\n\
         pools at the end of a block            16           16\n\
         price accumulators                     32           32\n\
         reserves taken over as told             0\n\n\
         Everything follows from the rules of the pools, to the last unit.\n\n"
    );
    assert!(time.ends_with(" events/s\n"), "{time}");
}

/// One unit more in every fifth log of the block is noticed with exit code 1.
#[test]
fn a_unit_off_anywhere_in_the_block_is_noticed() {
    let (pools, events) = (sample("pools.csv"), sample("events.csv"));
    let folder = Folder::with("p.csv", &pools);
    let lines = events.lines().map(str::to_owned).collect::<Vec<_>>();
    for (at, line) in lines.iter().enumerate().skip(1).step_by(5) {
        let fields = line.split(',').collect::<Vec<_>>();
        let field = (5..fields.len()).find(|field| !matches!(fields[*field], "" | "0")).unwrap();
        let more = (fields[field].parse::<u128>().unwrap() + 1).to_string();
        let mut changed = lines.clone();
        changed[at] = [&fields[..field], &[more.as_str()], &fields[field + 1..]].concat().join(",");
        fs::write(folder.path("e.csv"), changed.join("\n")).unwrap();
        let ran = folder.run("replay --pools p.csv --events e.csv --format json");
        let found = document(&ran, 1);
        let first = found["mismatches"][0]["line"].as_u64().unwrap();
        assert!(usize::try_from(first).unwrap().abs_diff(at + 1) <= 1, "{line}: {found}");
    }
}

#[test]
fn json_says_where_and_what() {
    assert_eq!(document(&replay(POOLS, EVENTS, "--format json"), 0)["syncs_adopted"], 1);
    let events = EVENTS.replace(",99900,", ",99901,").replace("1101000,1099004", "1101001,1099004");
    let events = format!("{events}7,100,6,\u{78}yz,sync,,,,,,,,1,1\n");
    let found = document(&replay(POOLS, &events, "--format json"), 1);
    let entry = |line, log: Value, pool, field, expected, found| {
        json!({
            "line": line, "block": 7, "log_index": log, "pool": pool,
            "field": field, "expected": expected, "found": found,
        })
    };
    let state = "a state of this pool in this block";
    assert_eq!(
        found["mismatches"],
        json!([
            entry(4, json!(2), "a/b", "reserve0", "1101000", "1101001"),
            entry(7, json!(6), "xyz", "pool", state, "none"),
            entry(2, Value::Null, "a/b", "end_reserve0", "1101000", "1101001"),
        ])
    );
    assert_eq!(
        keys(&found),
        [
            "accumulators_checked",
            "accumulators_matched",
            "end_states_checked",
            "end_states_matched",
            "events",
            "mismatches",
            "syncs_adopted",
            "syncs_checked",
            "syncs_matched",
        ]
    );
}

#[test]
fn people_are_shown_the_first_mismatches() {
    let events = EVENTS.replace("7,100,1,a/b,swap,1000,0,0,996", "7,100,1,a/b,swap,1000,0,0,997");
    let ran = replay(POOLS, &events, "");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains(
            "1 mismatch\n\
             e.csv: line 3: block 7, log 1, pool a/b\n\
             \x20   k: expected at least 1000000000000, found 999999005991\n"
        ),
        "{}",
        ran.stdout
    );
    let header = EVENTS.lines().next().unwrap();
    let strangers = (0..30).map(|at| format!("7,1,{at},x,sync,,,,,,,,1,1\n"));
    let events = format!("{header}\n{}", strangers.collect::<String>());
    let shown = replay("pool,token0,token1,reserve0,reserve1,fee_bps\n", &events, "").stdout;
    assert!(shown.contains("30 mismatches\n"), "{shown}");
    assert_eq!(shown.matches("    pool: expected a state").count(), 20);
    assert!(shown.contains("and 10 more (--format json lists up to 100,000)\n"), "{shown}");
}

/// Without a `block` column a state carries over from block to block.
#[test]
fn states_of_no_block_carry_over() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\na/b,a,b,1000000,1000000,30\n";
    let swaps = "\
block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,amount1_out,amount0,amount1,reserve0,reserve1
1,1,0,a/b,sync,,,,,,,1001000,999004
1,1,1,a/b,swap,1000,0,0,996,,,,
3,9,0,a/b,sync,,,,,,,1002000,998010
3,9,1,a/b,swap,1000,0,0,994,,,,
";
    let found = replay(pools, swaps, "--format json").json();
    assert_eq!((&found["syncs_matched"], &found["end_states_checked"]), (&json!(2), &json!(0)));
    let by_block = pools.replace("pool,", "block,pool,").replace("a/b,a", "1,a/b,a");
    let found = document(&replay(&by_block, swaps, "--format json"), 1);
    assert_eq!(found["syncs_matched"], 1, "its state is one of block 1");
}

#[test]
fn a_block_that_comes_again_is_refused() {
    let (header, rows) = EVENTS.split_once('\n').unwrap();
    let events = format!("{header}\n{rows}8,100,0,a/b,sync,,,,,,,,1,1\n{rows}");
    replay(POOLS, &events, "").refused("e.csv: line 8: block 7 comes again after it ended");
}

/// With `--block` the states and the events of the others are left out.
#[test]
fn one_block_may_be_replayed() {
    let pools = format!("{POOLS}8,a/b,a,b,5,5,30,,6,\n");
    let lone = "8,100,0,a/b,sync,,,,,,,,7,5\n9,100,0,x,sync,,,,,,,,7,5\n";
    let events = format!("{EVENTS}{lone}");
    let found = replay(&pools, &events, "--block 7 --format json").json();
    assert_eq!((&found["events"], &found["end_states_checked"]), (&json!(5), &json!(1)));
    let found = document(&replay(&pools, &events, "--block 8 --format json"), 1);
    assert_eq!((&found["events"], &found["mismatches"][0]["expected"]), (&json!(1), &json!("6")));
}

#[test]
fn either_file_may_come_from_stdin_and_not_both() {
    let folder = Folder::with("p.csv", POOLS).and("e.csv", EVENTS);
    let from = |line: &str, text: &str| folder.feed(&format!("{line} --format json"), text.into());
    assert_eq!(from("replay --pools - --events e.csv", POOLS).json()["events"], 5);
    assert_eq!(from("replay --pools p.csv --events -", EVENTS).json()["events"], 5);
    from("replay --pools - --events -", "").refused("--pools and --events cannot both be stdin");
    folder.run("replay --pools p.csv").refused_with("--events <FILE>");
}

#[test]
fn whole_blocks_of_mainnet_follow_to_the_last_unit() {
    let file = |name: &str| real_pools(&format!("mainnet_v2_blocks/{name}"));
    let (Some(pools), Some(events)) = (file("pools.csv"), file("events.csv")) else { return };
    let run = |events: &Path| {
        let (pools, events) = (pools.to_str().unwrap(), events.to_str().unwrap());
        Folder::new().run(&format!("replay --pools {pools} --events {events} --format json"))
    };
    assert_eq!(
        run(&events).json(),
        json!({
            "events": 507, "syncs_checked": 253, "syncs_matched": 253, "syncs_adopted": 1,
            "end_states_checked": 196, "end_states_matched": 196,
            "accumulators_checked": 392, "accumulators_matched": 392, "mismatches": [],
        })
    );
    // The events of contracts that are no pairs are flagged, each with its line.
    let Some(excluded) = file("events_excluded_nonstandard_forks.csv") else { return };
    let found = document(&run(&excluded), 1);
    let lines = found["mismatches"].as_array().unwrap().iter();
    let strangers = lines.filter(|entry| entry["field"] == "pool").map(|entry| &entry["line"]);
    assert_eq!(strangers.collect::<Vec<_>>(), [&json!(2), &json!(3)]);
}
