//! What a chain that lies may say to a replay, and what an honest one says that looks like a lie.

use serde_json::{Value, json};

use crate::replay::{document, replay};

const HEADER: &str = "block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,\
                      amount1_out,amount0,amount1,lp,reserve0,reserve1\n";

/// Two pairs; of the second nobody knows the shares.
const PAIRS: &str = "\
pool,token0,token1,reserve0,reserve1,fee_bps,total_supply
p,a,b,1000000,2000000,30,1000000
q,b,c,1000000,2000000,30,
";

/// Events of block 7, as `log_index pool kind amounts`; a dash is a blank.
fn block(lines: &[&str]) -> String {
    let row = |line: &&str| {
        let words = line.split(' ').collect::<Vec<_>>();
        let (blanks, behind) = match words[2] {
            "sync" => (7, 0),
            "swap" => (0, 5),
            _ => (4, 2),
        };
        let amounts = words[3..].iter().map(|word| word.replace('-', "")).collect::<Vec<_>>();
        let [log, pool, kind] = [words[0], words[1], words[2]];
        let (blanks, behind) = (",".repeat(blanks), ",".repeat(behind));
        format!("7,100,{log},{pool},{kind},{blanks}{}{behind}\n", amounts.join(","))
    };
    lines.iter().map(row).collect()
}

/// What a replay says.
fn report(pools: &str, rows: &str) -> Value {
    let ran = replay(pools, &format!("{HEADER}{rows}"), "--format json");
    let code = i32::from(!ran.stdout.contains("\"mismatches\": []"));
    document(&ran, code)
}

/// The things that do not fit, as `line field`.
fn lies(pools: &str, rows: &str) -> Vec<String> {
    let report = report(pools, rows);
    let entries = report["mismatches"].as_array().unwrap().iter();
    let shown = |entry: &Value| format!("{} {}", entry["line"], entry["field"].as_str().unwrap());
    entries.map(shown).collect()
}

/// Whatever the number of shares, a withdrawal takes one part of both reserves and not all.
#[test]
fn a_withdrawal_takes_one_part_of_both_reserves() {
    for pair in ["p", "q"] {
        for (paid, left, found) in [
            ("999999 0", "1 2000000", "3 amount1"),
            ("0 1999999", "1000000 1", "3 amount1"),
            ("500000 2", "500000 1999998", "3 amount1"),
            ("500 998", "999500 1999002", "3 amount1"),
            ("500 1003", "999500 1998997", "3 amount1"),
            ("0 2", "1000000 1999998", "3 amount1"),
        ] {
            let sync = format!("0 {pair} sync {left}");
            let burn = format!("1 {pair} burn {paid} -");
            assert_eq!(lies(PAIRS, &block(&[&sync, &burn])), [found], "{burn}");
        }
        for (paid, left) in [
            ("500 1000", "999500 1999000"),
            ("500 1001", "999500 1998999"),
            ("0 1", "1000000 1999999"),
            ("999999 1999998", "1 2"),
        ] {
            let sync = format!("0 {pair} sync {left}");
            let burn = format!("1 {pair} burn {paid} -");
            assert!(lies(PAIRS, &block(&[&sync, &burn])).is_empty(), "{burn}");
        }
    }
}

/// All that a withdrawal leaves is more than nothing, and a deposit is one of both tokens.
#[test]
fn deposits_and_withdrawals_that_cannot_be_are_noticed() {
    for pair in ["p", "q"] {
        for (action, after) in [
            ("burn 1000000 2000000 -", "0 0"),
            ("burn 0 0 -", "1000000 2000000"),
            ("mint 0 0 -", "1000000 2000000"),
            ("mint 1000 0 -", "1001000 2000000"),
            ("mint 0 5 7", "1000000 2000005"),
        ] {
            let sync = format!("0 {pair} sync {after}");
            let action = format!("1 {pair} {action}");
            assert!(!lies(PAIRS, &block(&[&sync, &action])).is_empty(), "{action}");
        }
    }
}

/// A sync belongs to the line after it, of the same pair at the next place; every other action
/// has none and is noticed, and every other sync stands alone and is counted.
#[test]
fn an_action_without_its_own_sync_is_noticed() {
    let (sync, swap) = ("0 p sync 1001000 1998008", "swap 1000 0 0 1992");
    let at = |log: &str| format!("{log} p {swap}");
    assert!(lies(PAIRS, &block(&[sync, &at("1")])).is_empty());
    for log in ["0", "2", "18446744073709551615"] {
        assert_eq!(lies(PAIRS, &block(&[sync, &at(log)])), ["3 sync"], "{log}");
    }
    let between = "1 q sync 1000000 2000000";
    assert_eq!(lies(PAIRS, &block(&[sync, between, &at("1")])), ["4 sync"]);
    assert_eq!(lies(PAIRS, &block(&[sync, between, &at("2")])), ["4 sync"]);
    assert_eq!(lies(PAIRS, &block(&[&at("1"), sync])), ["2 sync"]);
    assert_eq!(lies(PAIRS, &block(&[sync, &at("1"), &at("2")])), ["4 sync"]);
    let stranger = "1 x sync 1 1";
    assert_eq!(lies(PAIRS, &block(&[sync, stranger, &at("1")])), ["3 pool", "4 sync"]);
    // In the next block.
    let later = block(&[&at("1")]).replace("7,100", "8,112");
    assert_eq!(lies(PAIRS, &(block(&[sync]) + &later)), ["3 sync"]);
}

/// What is taken over as told was judged by nobody, and the page does not say that it was.
#[test]
fn reserves_as_told_are_not_called_a_consequence() {
    let rows = block(&["0 p sync 1 1", "2 p sync 5 7", "3 p swap 1 0 0 1", "9 q sync 1 1"]);
    let report = report(PAIRS, &rows);
    let counts = ["syncs_checked", "syncs_matched", "syncs_adopted"].map(|key| &report[key]);
    assert_eq!(counts, [&json!(1), &json!(0), &json!(2)]);
    let page = |rows: &str| replay(PAIRS, &format!("{HEADER}{rows}"), "").result();
    let told = page(&block(&["0 p sync 1 1"]));
    assert!(told.contains("reserves taken over as told             1\n"), "{told}");
    assert!(told.contains("Everything else follows from the rules of the pools"), "{told}");
    let judged = page(&block(&["0 p sync 1001000 1998008", "1 p swap 1000 0 0 1992"]));
    assert!(judged.contains("Everything follows from the rules of the pools"), "{judged}");
}

/// A state that says how its block ended says so too where no event of the block is there.
#[test]
fn a_block_that_nobody_speaks_of_ends_as_it_began() {
    let pools = "block,pool,token0,token1,reserve0,reserve1,fee_bps,price0_cum,ts_last,\
                 end_reserve0,end_price0_cum\n\
                 7,p,a,b,1000000,2000000,30,5,1,1001000,5\n\
                 8,p,a,b,1001000,1998008,30,5,1,1001000,6\n\
                 8,q,a,b,5,5,30,,,5,\n";
    assert_eq!(lies(pools, ""), ["2 end_reserve0", "3 end_price0_cum"]);
    let rows = block(&["0 p sync 1001000 1998008", "1 p swap 1000 0 0 1992"]);
    let rows = rows.replace("7,100,", "7,1,");
    let report = report(pools, &rows);
    assert_eq!(
        (&report["end_states_checked"], &report["end_states_matched"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(lies(pools, &rows), ["3 end_price0_cum"]);
}

/// Time is that of the sync: it is the sync that writes the reserves.
#[test]
fn accumulators_advance_by_the_time_of_the_sync() {
    let pools = |ts_last: &str, end: &str| {
        format!(
            "pool,token0,token1,reserve0,reserve1,fee_bps,ts_last,price0_cum,price1_cum,\
             end_ts_last,end_price1_cum\np,a,b,1000000,2000000,30,{ts_last},0,0,{end}\n"
        )
    };
    let rows = block(&["0 p sync 1001000 1998008", "1 p swap 1000 0 0 1992"]);
    // Half of 2^112 a second.
    let half = 1_u128 << 111;
    assert!(lies(&pools("90", &format!("100,{}", half * 10)), &rows).is_empty());
    let other = rows.replace("7,100,1", "7,200,1");
    assert!(lies(&pools("90", &format!("100,{}", half * 10)), &other).is_empty());
    // The clock of a pair has 32 bits.
    let wrapped = pools("4294967290", &format!("100,{}", half * 106));
    assert!(lies(&wrapped, &rows).is_empty());
    assert!(lies(&wrapped, &rows.replace(",100,", ",4294967396,")).is_empty());
    let found = lies(&pools("101", "100,0"), &rows);
    assert_eq!(found, ["2 end_price1_cum"], "it cannot stand still for 2^32 - 1 seconds");
}

/// With states that belong to blocks, nothing is known of a pair in any other block.
#[test]
fn a_state_holds_in_its_block_alone() {
    let pools = "block,pool,token0,token1,reserve0,reserve1,fee_bps\n\
                 7,p,a,b,1000000,2000000,30\n9,p,a,b,1001000,1998008,30\n";
    let rows = block(&["0 p sync 1001000 1998008", "1 p swap 1000 0 0 1992"]);
    assert!(lies(pools, &rows).is_empty());
    for other in ["6,100", "8,100", "18446744073709551615,100", "0,100"] {
        let rows = rows.replace("7,100", other);
        assert_eq!(lies(pools, &rows), ["2 pool", "3 pool"], "{other}");
    }
    // In the state of block 9 the swap cannot happen again.
    assert_eq!(lies(pools, &rows.replace("7,100", "9,100")), ["3 k"]);
    // Blocks may come in any order, and each once.
    let ninth = block(&["0 p sync 1 1"]).replace("7,100", "9,100");
    assert!(lies(pools, &format!("{ninth}{rows}")).is_empty());
    let ran = replay(pools, &format!("{HEADER}{rows}{ninth}{rows}"), "");
    ran.refused("e.csv: line 5: block 7 comes again after it ended");
}

/// The first deposit makes the root of both amounts, of which a thousand are locked for ever.
#[test]
fn a_pool_begins_with_its_first_deposit_and_keeps_the_locked_shares() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps,total_supply,end_total_supply\n\
                 p,a,b,0,0,30,0,1000\n";
    let first = ["0 p sync 4000 9000", "1 p mint 4000 9000 5000"];
    let all = ["2 p sync 667 1500", "3 p burn 3333 7500 5000"];
    let whole = [first, all].concat();
    assert!(lies(pools, &block(&whole)).is_empty());
    let shares = |lp: &str| block(&whole).replace(",4000,9000,5000,", &format!(",4000,9000,{lp},"));
    assert!(lies(pools, &shares("")).is_empty());
    for lp in ["4999", "5001", "6000", "0"] {
        assert_eq!(lies(pools, &shares(lp))[0], "3 lp", "{lp}");
    }
    let locked = ["2 p sync 1 1", "3 p burn 3999 8999 5001"];
    assert_eq!(lies(pools, &block(&[first, locked].concat()))[0], "5 burn");
    // No swap before it.
    let early = ["0 p sync 10 5", "1 p swap 10 0 0 5"];
    assert_eq!(lies(pools, &block(&early))[0], "3 amount0_out");
}

/// Where `k_last` is known and not zero, a sixth of the growth belongs to the protocol.
#[test]
fn the_protocol_fee_is_on_where_k_last_is_there() {
    let pools = |k_last: &str, end: &str| {
        format!(
            "pool,token0,token1,reserve0,reserve1,fee_bps,total_supply,k_last,end_total_supply,\
             end_k_last\np,a,b,1000000,1000000,30,1000000,{k_last},{end}\n"
        )
    };
    let mint =
        |lp: &str| block(&["0 p sync 1100000 1100000", &format!("1 p mint 100000 100000 {lp}")]);
    // 10^6 * 200,000 / 5,800,000 = 34,482 shares for the protocol.
    assert!(lies(&pools("640000000000", "1137930,1210000000000"), &mint("103448")).is_empty());
    assert!(lies(&pools("0", "1100000,0"), &mint("100000")).is_empty());
    assert_eq!(lies(&pools("0", "1137930,0"), &mint("103448"))[0], "3 lp");
    assert_eq!(lies(&pools("640000000000", ","), &mint("100000")), ["3 lp"]);
    let end = pools("640000000000", "1137930,640000000000");
    assert_eq!(lies(&end, &mint("103448")), ["2 end_k_last"]);
}

/// Each side has its own fee, and k is judged with that of what comes in.
#[test]
fn a_fee_is_that_of_what_comes_in() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee0_pips,fee1_pips\n\
                 p,a,b,1000000,1000000,0,500000\n";
    let swap = |after: &str, flows: &str| {
        block(&[&format!("0 p sync {after}"), &format!("1 p swap {flows}")])
    };
    assert!(lies(pools, &swap("1001000 999001", "1000 0 0 999")).is_empty());
    assert_eq!(lies(pools, &swap("1001000 999000", "1000 0 0 1000")), ["3 k"]);
    assert!(lies(pools, &swap("999501 1001000", "0 1000 499 0")).is_empty());
    assert_eq!(lies(pools, &swap("999500 1001000", "0 1000 500 0")), ["3 k"]);
    // Nothing in, nothing out, and one for nothing.
    assert_eq!(lies(pools, &swap("1000000 1000000", "0 0 0 0")), ["3 amount_out"]);
    assert_eq!(lies(pools, &swap("1000000 999999", "0 0 0 1")), ["3 amount_in"]);
    assert_eq!(lies(pools, &swap("1000001 1000000", "1 0 0 0")), ["3 amount_out"]);
}

/// The end of a state without a block is the end of everything.
#[test]
fn the_end_of_no_block_is_the_end_of_everything() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps,end_reserve0\n\
                 p,a,b,1000000,2000000,30,1001000\nq,a,b,5,5,30,6\n";
    let rows = block(&["0 p sync 1001000 1998008", "1 p swap 1000 0 0 1992"]);
    assert_eq!(lies(pools, &rows), ["3 end_reserve0"]);
    assert_eq!(lies(pools, ""), ["2 end_reserve0", "3 end_reserve0"]);
    let later = block(&["0 p sync 1 1"]).replace("7,100", "3,1");
    assert_eq!(lies(pools, &(rows + &later)), ["2 end_reserve0", "3 end_reserve0"]);
}
