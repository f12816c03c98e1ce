//! Bad input of every kind: exit code 2, a message that names file, line, column and reason, and
//! nothing written.

use crate::{Folder, POOLS};

const SIMULATE: &str = "simulate --pools p.csv --swaps s.csv --out o.csv";

const SWAPS: &str = "pool,token_in,amount_in\neth/usd,eth,10\n";

/// Good files, of which a case spoils one.
fn good() -> Folder {
    Folder::with("p.csv", POOLS).and("s.csv", SWAPS)
}

/// Refused with this message, and nothing is there that was not there before.
#[track_caller]
fn refused(folder: &Folder, message: &str) {
    let names = folder.names();
    folder.run(SIMULATE).refused(message);
    assert_eq!(folder.names(), names);
}

#[track_caller]
fn pools_refused(pools: impl AsRef<[u8]>, message: &str) {
    refused(&good().and("p.csv", pools), &format!("p.csv: {message}"));
}

#[track_caller]
fn swaps_refused(swaps: impl AsRef<[u8]>, message: &str) {
    refused(&good().and("s.csv", swaps), &format!("s.csv: {message}"));
}

#[test]
fn the_good_files_are_good() {
    good().run(SIMULATE).result();
}

/// The message about a name that is none.
fn not_allowed(place: &str, at: usize) -> String {
    // The place in the text is counted from 0, that in the message from 1.
    format!("{place}: identifier with a character that is not allowed at position {}", at + 1)
}

#[test]
fn a_header_of_pools_has_its_columns_once() {
    let rest = "token0,token1,reserve0,reserve1";
    for (header, message) in [
        (format!("{rest},fee_bps"), "line 1: no column pool, address or pair"),
        (format!("Pool,{rest},fee_bps"), "line 1: no column pool, address or pair"),
        ("p,a,b,5,6,30".into(), "line 1: no column pool, address or pair"),
        (
            format!("pool,{rest},fee_bps,pair"),
            "line 1, column 7 (pair): column besides pool, only one of them may be there",
        ),
        (
            format!("address,{rest},fee_bps,pool"),
            "line 1, column 1 (address): column besides pool, only one of them may be there",
        ),
        (
            format!("pool,{rest},fee_bps,fee_pips"),
            "line 1, column 7 (fee_pips): column besides fee_bps, only one of them may be there",
        ),
        (
            format!("pool,{rest}"),
            "line 1: no column fee_bps or fee_pips, and no default fee is given",
        ),
        ("pool,token1,reserve0,reserve1,fee_bps".into(), "line 1: no column token0"),
        ("pool,token0,reserve0,reserve1,fee_bps".into(), "line 1: no column token1"),
        ("pool,token0,token1,reserve1,fee_bps".into(), "line 1: no column reserve0"),
        ("pool,token0,token1,reserve0,fee_bps".into(), "line 1: no column reserve1"),
        (format!("pool;{}", rest.replace(',', ";")), "line 1: no column pool, address or pair"),
    ] {
        pools_refused(format!("{header}\np,a,b,5,5,30\n"), message);
    }
}

#[test]
fn a_row_of_pools_is_a_pool() {
    let long = "x".repeat(129);
    let fee = "a fee of 1000000 pips is not below 1,000,000, the whole input";
    for (rows, message) in [
        ("p,a,b,0,5,30", "line 2, column 4 (reserve0): one reserve is zero and the other is not"),
        ("p,a,b,5,0,30", "line 2, column 5 (reserve1): one reserve is zero and the other is not"),
        ("p,a,b,5,5,10000", &format!("line 2, column 6 (fee_bps): {fee}")),
        (",a,b,5,5,30", "line 2, column 1 (pool): empty identifier"),
        ("p,,b,5,5,30", "line 2, column 2 (token0): empty identifier"),
        ("p,a,,5,5,30", "line 2, column 3 (token1): empty identifier"),
        (
            &format!("{long},a,b,5,5,30"),
            "line 2, column 1 (pool): identifier of 129 bytes, the limit is 128",
        ),
        (
            &format!("p,{long},b,5,5,30"),
            "line 2, column 2 (token0): identifier of 129 bytes, the limit is 128",
        ),
        (
            &format!("p,a,{long},5,5,30"),
            "line 2, column 3 (token1): identifier of 129 bytes, the limit is 128",
        ),
        ("p>q,a,b,5,5,30", &not_allowed("line 2, column 1 (pool)", 1)),
        ("\"p,q\",a,b,5,5,30", &not_allowed("line 2, column 1 (pool)", 1)),
        ("\"p\"\"\",a,b,5,5,30", &not_allowed("line 2, column 1 (pool)", 1)),
        ("p, a,b,5,5,30", &not_allowed("line 2, column 2 (token0)", 0)),
        ("p,a,\u{431},5,5,30", &not_allowed("line 2, column 3 (token1)", 0)),
        ("p,a,b\u{7f},5,5,30", &not_allowed("line 2, column 3 (token1)", 1)),
    ] {
        pools_refused(format!("pool,token0,token1,reserve0,reserve1,fee_bps\n{rows}\n"), message);
    }
    let pips = "pool,token0,token1,reserve0,reserve1,fee_pips\np,a,b,5,5,1000000\n";
    pools_refused(pips, &format!("line 2, column 6 (fee_pips): {fee}"));
}

#[test]
fn the_longest_name_is_a_name() {
    let [pool, token] = ["p", "t"].map(|letter| letter.repeat(128));
    let pools = format!("pool,token0,token1,reserve0,reserve1,fee_bps\n{pool},{token},b,5,5,30\n");
    let swaps = format!("pool,token_in,amount_in,trader\n{pool},{token},5,{token}\n");
    good().and("p.csv", pools).and("s.csv", swaps).run(SIMULATE).result();
}

#[test]
fn a_header_of_swaps_says_where_with_what_and_how_much() {
    for (header, message) in [
        ("token_in,amount_in", "line 1: no column pool, pools or path"),
        ("pool,amount_in", "line 1: no column token_in"),
        ("pools,amount_in", "line 1: no column token_in"),
        ("pool,token_in", "line 1: no column amount_in or amount_out"),
        ("path", "line 1: no column amount_in or amount_out"),
        ("eth/usd,eth,10", "line 1: no column pool, pools or path"),
    ] {
        swaps_refused(format!("{header}\n"), message);
    }
}

#[test]
fn a_row_of_swaps_names_what_the_pools_have() {
    for (rows, message) in [
        ("eth/usd,,10", "line 2, column 2 (token_in): empty identifier"),
        (",eth,10", "line 2, column 1 (pool): blank, one of pool, pools or path is needed"),
        ("ETH/usd,eth,10", "line 2, column 1 (pool): unknown pool ETH/usd"),
        ("eth/usd ,eth,10", &not_allowed("line 2, column 1 (pool)", 7)),
        ("eth/usd>usd/dai,eth,10", &not_allowed("line 2, column 1 (pool)", 7)),
        ("eth/usd,eth,10\neth/usd,\u{1b}[2J,10", &not_allowed("line 3, column 2 (token_in)", 0)),
        (
            &format!("{},eth,10", "x".repeat(128)),
            &format!("line 2, column 1 (pool): unknown pool {}...", "x".repeat(64)),
        ),
        (
            &format!("{},eth,10", "x".repeat(129)),
            "line 2, column 1 (pool): identifier of 129 bytes, the limit is 128",
        ),
    ] {
        swaps_refused(format!("pool,token_in,amount_in\n{rows}\n"), message);
    }
    let named = |trader: &str| format!("pool,token_in,amount_in,trader\neth/usd,eth,1,{trader}\n");
    swaps_refused(named(""), "line 2, column 4 (trader): empty identifier");
    let message = "identifier with a character that is not allowed at position 1";
    swaps_refused(named("\u{202e}x"), &format!("line 2, column 4 (trader): {message}"));
}

#[test]
fn a_path_of_swaps_joins() {
    let again = ["usd/dai"; 17].join(">");
    let there_and_back = ["usd>dai"; 9].join(">");
    for (header, row, message) in [
        (
            "pools",
            "eth/usd>void,eth",
            "column 1 (pools): hop 1 does not take what the hop before it gives",
        ),
        ("pools", "eth/usd>,eth", "column 1 (pools): empty identifier"),
        ("pools", "eth/usd>none,eth", "column 1 (pools): unknown pool none"),
        ("pools", "eth/usd,dai", "column 2 (token_in): token dai is not in this pool"),
        ("pools", &format!("{again},usd"), "column 1 (pools): a path of 17 hops, the limit is 16"),
        ("path", "usd>eth>usd>none,", "column 1 (path): unknown token none"),
        ("path", "usd>btc,", "column 1 (path): hop 0 has no pool that joins its tokens"),
        ("path", "usd>usd,", "column 1 (path): hop 0 has no pool that joins its tokens"),
        ("path", "usd,", "column 1 (path): a path needs at least one pool"),
        (
            "path",
            &format!("{there_and_back},"),
            "column 1 (path): a path of 17 hops, the limit is 16",
        ),
        ("path", "usd>dai,dai", "column 2 (token_in): the path begins with another token"),
        ("path", "usd>dai,none", "column 2 (token_in): unknown token none"),
    ] {
        swaps_refused(
            format!("{header},token_in,amount_in\n{row},1\n"),
            &format!("line 2, {message}"),
        );
    }
    let folder = good()
        .and("p.csv", format!("{POOLS}second,usd,eth,5,5,3000,,,,\n"))
        .and("s.csv", "path,amount_in\ndai>usd>eth,1\n");
    let message = "hop 1 has several pools that join its tokens, name the pools";
    refused(&folder, &format!("s.csv: line 2, column 1 (path): {message}"));
}

#[test]
fn a_row_of_swaps_says_each_thing_once() {
    let header = "pool,pools,path,token_in,amount_in,amount_out,amount_out_min,amount_in_max";
    for (row, message) in [
        ("usd/dai,usd/dai,,usd,1,,,", "column 2 (pools): given together with pool"),
        ("usd/dai,,usd>dai,usd,1,,,", "column 3 (path): given together with pool"),
        (",usd/dai,usd>dai,usd,1,,,", "column 3 (path): given together with pools"),
        (",,,usd,1,,,", "column 1 (pool): blank, one of pool, pools or path is needed"),
        ("usd/dai,,,usd,1,1,,", "column 6 (amount_out): given together with amount_in"),
        (
            "usd/dai,,,usd,,,,",
            "column 5 (amount_in): blank, one of amount_in or amount_out is needed",
        ),
        ("usd/dai,,,usd,1,,,1", "column 8 (amount_in_max): a limit on the amount that is fixed"),
        ("usd/dai,,,usd,,1,1,", "column 7 (amount_out_min): a limit on the amount that is fixed"),
    ] {
        swaps_refused(format!("{header}\n{row}\n"), &format!("line 2, {message}"));
    }
}

#[test]
fn seq_rises() {
    let swaps = |seqs: [u32; 3]| {
        let rows = seqs.map(|seq| format!("eth/usd,eth,1,{seq}\n"));
        format!("pool,token_in,amount_in,seq\n{}", rows.concat())
    };
    good().and("s.csv", swaps([0, 7, 9])).run(SIMULATE).result();
    swaps_refused(swaps([1, 2, 2]), "line 4, column 4 (seq): 2 does not rise above 2");
    swaps_refused(swaps([5, 4, 6]), "line 3, column 4 (seq): 4 does not rise above 5");
    // What a message without a line number would hide: a row far behind the first window.
    let many = "eth/usd,eth,1\n".repeat(70_000);
    let last = format!("pool,token_in,amount_in\n{many}eth/usd,eth,x\n");
    swaps_refused(
        last,
        "line 70002, column 3 (amount_in): not a decimal number: unexpected character at \
         position 1",
    );
}

/// A file is read by one reader, whatever the command does with it.
#[test]
fn every_command_that_reads_pools_says_the_same() {
    let folder = good().and("p.csv", POOLS.replace("1000,", "01000,"));
    for line in [
        SIMULATE,
        "generate --over p.csv --swaps 5 --out made",
        "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 1",
        "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 1 --format json",
        "route --pools p.csv --token-in eth --token-out dai --amount-in 1",
        "route --pools p.csv --token-in eth --token-out dai --amount-in 1 --format json",
        "route --pools p.csv --token-in eth --token-out dai --amount-in 1 --split",
        "route --pools p.csv --queries s.csv",
        "certify --pools p.csv --plan s.csv",
    ] {
        let message = "line 2, column 4 (reserve0): not a decimal number: leading zero";
        folder.run(line).refused(&format!("p.csv: {message}"));
    }
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
}
