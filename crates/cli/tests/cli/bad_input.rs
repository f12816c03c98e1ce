//! Bad input of every kind: exit code 2, a message that names file, line, column and reason, and
//! nothing written.

use std::fs;
#[cfg(unix)]
use std::process::Command;

use crate::{Folder, POOLS, Ran};

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

/// What is no number, as it may stand in a field, and what is wrong with it.
const NO_NUMBERS: [(&str, &str); 20] = [
    ("-5", "unexpected character at position 1"),
    ("\u{2212}5", "unexpected character at position 1"),
    ("+5", "unexpected character at position 1"),
    ("05", "leading zero"),
    ("00", "leading zero"),
    (" 5", "unexpected character at position 1"),
    ("5 ", "unexpected character at position 2"),
    ("1e3", "unexpected character at position 2"),
    ("0x10", "unexpected character at position 2"),
    ("1_000", "unexpected character at position 2"),
    ("\"1,000\"", "unexpected character at position 2"),
    ("\u{663}", "unexpected character at position 1"),
    ("5.", "unexpected character at position 2"),
    (".5", "unexpected character at position 1"),
    ("5.0000001", "unexpected character at position 2"),
    ("5\t", "unexpected character at position 2"),
    ("NaN", "unexpected character at position 1"),
    ("inf", "unexpected character at position 1"),
    ("\u{feff}5", "unexpected character at position 1"),
    ("\u{1b}[2J", "unexpected character at position 1"),
];

/// Every numeric column of pools.csv with a number above its bound, and what is said of that.
const POOL_NUMBERS: [(&str, &str, &str); 12] = [
    ("reserve0", "5192296858534827628530496329220096", MAX_112),
    ("reserve1", "1111111111111111111111111111111111111111", MAX_112),
    ("fee_bps", "4294967296", MAX_32),
    ("fee_pips", "4294967296", MAX_32),
    ("total_supply", "5192296858534827628530496329220096", MAX_112),
    (
        "k_last",
        "26959946667150639794667015087019630673637144422540572481103610249216",
        "number too large, the bound is 2^224 - 1",
    ),
    ("ts_last", "4294967296", MAX_32),
    ("price0_cum", ABOVE_256, MAX_256),
    ("price1_cum", ABOVE_256, MAX_256),
    ("decimals0", "256", "number too large, the bound is 255"),
    ("decimals1", "256", "number too large, the bound is 255"),
    ("block", "18446744073709551616", MAX_64),
];

const MAX_112: &str = "number too large, the bound is 5192296858534827628530496329220095";
const MAX_32: &str = "number too large, the bound is 4294967295";
const MAX_64: &str = "number too large, the bound is 18446744073709551615";
const MAX_256: &str = "number too large, the bound is 2^256 - 1";
const ABOVE_256: &str =
    "115792089237316195423570985008687907853269984665640564039457584007913129639936";

/// A file of one pool in which `column` has this text: the column's place, and the file.
fn pool_with(column: &str, text: &str) -> (usize, String) {
    let mut fields = vec![("pool", "p"), ("token0", "a"), ("token1", "b")];
    fields.extend([("reserve0", "5"), ("reserve1", "5")]);
    if column != "fee_pips" {
        fields.push(("fee_bps", "30"));
    }
    match fields.iter_mut().find(|(name, _)| *name == column) {
        Some((_, field)) => *field = text,
        None => fields.push((column, text)),
    }
    file_of(&fields, column)
}

/// A file of one order in which `column` has this text.
fn swap_with(column: &str, text: &str) -> (usize, String) {
    let fixed = if column.starts_with("amount_in") && column != "amount_in" {
        "amount_out"
    } else {
        "amount_in"
    };
    let mut fields = vec![("pool", "eth/usd"), ("token_in", "eth")];
    if column == "amount_out" {
        fields.push((column, text));
    } else {
        fields.push((fixed, if column == fixed { text } else { "1" }));
        if column != fixed {
            fields.push((column, text));
        }
    }
    file_of(&fields, column)
}

fn file_of(fields: &[(&str, &str)], column: &str) -> (usize, String) {
    let place = fields.iter().position(|(name, _)| *name == column).unwrap();
    let names = fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    let texts = fields.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(",");
    (place + 1, format!("{names}\n{texts}\n"))
}

#[test]
fn a_number_of_a_pool_has_one_spelling_and_a_bound() {
    let folder = good();
    for (column, above, bound) in POOL_NUMBERS {
        let spellings =
            NO_NUMBERS.map(|(text, why)| (text, format!("not a decimal number: {why}")));
        for (text, why) in spellings.into_iter().chain([(above, bound.to_owned())]) {
            let (place, file) = pool_with(column, text);
            let message = format!("line 2, column {place} ({column}): {why}");
            fs::write(folder.path("p.csv"), file).unwrap();
            refused(&folder, &format!("p.csv: {message}"));
        }
    }
}

#[test]
fn a_number_of_a_swap_has_one_spelling_and_a_bound() {
    let folder = good();
    let above_112 = "5192296858534827628530496329220096";
    for (column, above, bound) in [
        ("amount_in", above_112, MAX_112),
        ("amount_out", "1111111111111111111111111111111111111111", MAX_112),
        ("amount_out_min", above_112, MAX_112),
        ("amount_in_max", above_112, MAX_112),
        ("timestamp", "18446744073709551616", MAX_64),
        ("seq", "18446744073709551616", MAX_64),
    ] {
        let spellings =
            NO_NUMBERS.map(|(text, why)| (text, format!("not a decimal number: {why}")));
        for (text, why) in spellings.into_iter().chain([(above, bound.to_owned())]) {
            let (place, file) = swap_with(column, text);
            let message = format!("line 2, column {place} ({column}): {why}");
            fs::write(folder.path("s.csv"), file).unwrap();
            refused(&folder, &format!("s.csv: {message}"));
        }
    }
}

#[test]
fn a_blank_is_no_number_where_one_is_needed() {
    for column in ["reserve0", "reserve1"] {
        let (place, file) = pool_with(column, "");
        pools_refused(
            file,
            &format!("line 2, column {place} ({column}): empty, expected a number"),
        );
    }
    for column in ["fee_bps", "fee_pips"] {
        let (_, file) = pool_with(column, "");
        let why = "no fee, and no default fee is given";
        pools_refused(file, &format!("line 2, column 6 ({column}): {why}"));
    }
    for column in ["amount_in", "amount_out"] {
        let (place, file) = swap_with(column, "");
        swaps_refused(
            file,
            &format!("line 2, column {place} ({column}): empty, expected a number"),
        );
    }
}

/// An unquoted separator of thousands makes a row longer, not a number shorter.
#[test]
fn a_comma_in_a_number_is_a_ragged_row() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,000,5,30\n";
    pools_refused(pools, "line 2, column 7: 7 fields, the header has 6");
    let swaps = "pool,token_in,amount_in\neth/usd,eth,1,000\n";
    swaps_refused(swaps, "line 2, column 4: 4 fields, the header has 3");
}

/// The message about a name that is none.
fn not_allowed(place: &str, at: usize) -> String {
    // The place in the text is counted from 0, that in the message from 1.
    format!("{place}: identifier with a character that is not allowed at position {}", at + 1)
}

/// A table, to be spoiled.
#[derive(Clone, Copy)]
struct Table {
    header: &'static str,
    row: &'static str,
}

const POOL_TABLE: Table =
    Table { header: "pool,token0,token1,reserve0,reserve1,fee_bps", row: "p,a,b,5,5,30" };

const SWAP_TABLE: Table = Table { header: "pool,token_in,amount_in", row: "eth/usd,eth,10" };

impl Table {
    fn text(self) -> String {
        format!("{}\n{}\n", self.header, self.row)
    }

    fn width(self) -> usize {
        self.header.split(',').count()
    }

    /// What does not even begin as a text, and what is said of its first column.
    fn as_no_text(self) -> Vec<(Vec<u8>, &'static str)> {
        let text = self.text();
        let utf16 = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
        };
        let gzip = [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], text.as_bytes()].concat();
        vec![
            (format!("\u{feff}{text}").into(), "byte order mark, expected UTF-8 without one"),
            (utf16(u16::to_le_bytes, "\u{feff}"), "UTF-16, expected UTF-8"),
            (utf16(u16::to_be_bytes, "\u{feff}"), "UTF-16, expected UTF-8"),
            (utf16(u16::to_le_bytes, ""), "NUL character"),
            (utf16(u16::to_be_bytes, ""), "NUL character"),
            (gzip, "gzip, expected plain text"),
            (vec![0; 4096], "NUL character"),
            (b"\xff\xfd,\x80".into(), "not UTF-8"),
        ]
    }

    /// Headers that are none: the file, and the message behind its line.
    fn with_no_header(self) -> Vec<(String, String)> {
        let Self { header, .. } = self;
        let (width, last) = (self.width(), header.rsplit(',').next().unwrap());
        let carriage = "carriage return that does not end a line";
        let many = ",".repeat(1_000_000);
        vec![
            (String::new(), ": no header, the file is empty".into()),
            (self.text().replace('\n', "\r"), format!(", column {width}: {carriage}")),
            (format!("{header}\r\r\n"), format!(", column {width}: {carriage}")),
            (
                format!("{header},{last}\n"),
                format!(", column {}: column {last} is repeated", width + 1),
            ),
            (format!("{header},x,x\n"), format!(", column {}: column x is repeated", width + 2)),
            (format!("{header},,\n"), format!(", column {}: column  is repeated", width + 2)),
            (format!("{header}{many}\n"), ", column 1025: more than 1024 fields".into()),
        ]
    }

    /// Second lines that are no rows: the line, and the message behind its number.
    fn with_no_row(self) -> Vec<(String, String)> {
        let Self { header, row } = self;
        let (first, rest) = row.split_once(',').unwrap();
        let names = header.split(',').collect::<Vec<_>>();
        let width = names.len();
        let at = |why: &str| format!(", column 1 ({}): {why}", names[0]);
        let few = format!(", column 2 ({}): 1 fields, the header has {width}", names[1]);
        let more = width + 1;
        vec![
            (format!("{first}\0,{rest}"), at("NUL character")),
            (format!("{first}\r,{rest}"), at("carriage return that does not end a line")),
            (format!("\"{first},{rest}"), at("quote that is not closed on its line")),
            (format!("\"{first}\n\",{rest}"), at("quote that is not closed on its line")),
            (format!("\"{first}\"x,{rest}"), at("text after a closing quote")),
            (format!("{first}\"\",{rest}"), at("quote inside an unquoted field")),
            (format!("\n{row}"), at("empty line")),
            (first.to_owned(), few),
            (format!("{row},"), format!(", column {more}: {more} fields, the header has {width}")),
            (
                row.to_owned() + &",".repeat(1_000_000),
                ", column 1025: more than 1024 fields".into(),
            ),
            (row.to_owned() + &"0".repeat(1 << 20), ": line of more than 1048576 bytes".into()),
        ]
    }

    /// Every spoiled file and its message.
    fn spoiled(self) -> Vec<(Vec<u8>, String)> {
        let texts = self.as_no_text().into_iter();
        let texts = texts.map(|(bytes, why)| (bytes, format!("line 1, column 1: {why}")));
        let headers = self.with_no_header().into_iter();
        let headers = headers.map(|(file, rest)| (file.into_bytes(), format!("line 1{rest}")));
        let rows = self.with_no_row().into_iter().map(|(row, rest)| {
            (format!("{}\n{row}\n", self.header).into_bytes(), format!("line 2{rest}"))
        });
        texts.chain(headers).chain(rows).collect()
    }
}

#[test]
fn what_is_no_table_is_no_pools() {
    for (bytes, message) in POOL_TABLE.spoiled() {
        pools_refused(bytes, &message);
    }
    pools_refused(POOL_TABLE.text() + "\n", "line 3, column 1 (pool): empty line");
}

#[test]
fn what_is_no_table_is_no_swaps() {
    for (bytes, message) in SWAP_TABLE.spoiled() {
        swaps_refused(bytes, &message);
    }
    swaps_refused(SWAP_TABLE.text() + "\n", "line 3, column 1 (pool): empty line");
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
fn a_row_of_pools_is_a_pool_and_comes_once() {
    let long = "x".repeat(129);
    let fee = "a fee of 1000000 pips is not below 1,000,000, the whole input";
    for (rows, message) in [
        ("p,a,b,5,5,30\np,c,d,5,5,30", "line 3, column 1 (pool): pool p is listed twice"),
        ("p,a,b,5,5,30\np,a,b,5,5,30", "line 3, column 1 (pool): pool p is listed twice"),
        ("p,a,a,5,5,30", "line 2, column 3 (token1): a pool needs two different tokens"),
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
        ("none,eth,10", "line 2, column 1 (pool): unknown pool none"),
        ("eth/usd,none,10", "line 2, column 2 (token_in): unknown token none"),
        ("eth/usd,dai,10", "line 2, column 2 (token_in): token dai is not in this pool"),
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

#[test]
fn a_file_that_was_doubled_is_refused() {
    let why = "not a decimal number: unexpected character at position 1";
    pools_refused(POOLS.repeat(2), &format!("line 6, column 4 (reserve0): {why}"));
    swaps_refused(SWAPS.repeat(2), "line 3, column 1 (pool): unknown pool pool");
}

/// Wherever a file is cut off, the answer is a result or a reason.
#[test]
fn a_file_that_was_cut_off_is_read_or_refused() {
    let folder = good();
    for (name, text) in [("p.csv", POOLS), ("s.csv", SWAPS)] {
        for end in 0..text.len() {
            fs::write(folder.path(name), &text[..end]).unwrap();
            let ran = folder.run("simulate --pools p.csv --swaps s.csv");
            match ran.code {
                Some(0) => drop(ran.result()),
                _ => drop(ran.reason()),
            }
        }
        fs::write(folder.path(name), text).unwrap();
    }
}

#[test]
fn random_bytes_are_refused() {
    let mut state = 1_u64;
    let mut random = || {
        // Knuth's generator; the high bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    let folder = good();
    for _ in 0..100 {
        let bytes = (0..500).map(|_| random()).collect::<Vec<_>>();
        fs::write(folder.path("p.csv"), &bytes).unwrap();
        folder.run(SIMULATE).refused_with("p.csv: line 1");
        fs::write(folder.path("p.csv"), POOLS).unwrap();
        fs::write(folder.path("s.csv"), &bytes).unwrap();
        folder.run(SIMULATE).refused_with("s.csv: line 1");
    }
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
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
    ] {
        let message = "line 2, column 4 (reserve0): not a decimal number: leading zero";
        folder.run(line).refused(&format!("p.csv: {message}"));
    }
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
}

/// Whoever makes a file chooses the names in it, and its own.
#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let hostile = "\u{1b}[2J\u{7}\u{9b}1m\u{202e}\u{200b}";
    let shown = r"\u{1b}[2J\u{7}\u{9b}1m\u{202e}\u{200b}";
    let header = format!("{},{hostile},{hostile}", POOLS.lines().next().unwrap());
    pools_refused(header, &format!("line 1, column 12: column {shown} is repeated"));
    let symbol = POOLS.lines().next().unwrap().replace("symbol0", hostile);
    let ragged = format!("{symbol}\np,a,b,5,5,30,,\n");
    pools_refused(ragged, &format!("line 2, column 9 ({shown}): 8 fields, the header has 10"));

    let run = |folder: &Folder, pools: &str, swaps: &str| {
        let arguments = ["simulate", "--pools", pools, "--swaps", swaps];
        Ran::of(&mut folder.spawn_in(env!("CARGO_BIN_EXE_cenote"), arguments))
    };
    let folder = good().and(hostile, "");
    run(&folder, hostile, "s.csv")
        .refused(&format!("{shown}: line 1: no header, the file is empty"));
    run(&folder, "p.csv", hostile)
        .refused(&format!("{shown}: line 1: no header, the file is empty"));
    run(&folder, "p.csv", "no\r\nsuch").refused_with("no\\u{d}\\u{a}such: ");
    let [pool, token] = [["--pool", hostile], ["--token-in", hostile]];
    for [name, value] in [pool, token, ["--amount-in", hostile], [hostile, hostile]] {
        let line = "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 1";
        let given = line.split(' ').position(|argument| argument == name);
        let mut arguments = line.split(' ').collect::<Vec<_>>();
        match given {
            Some(at) => arguments[at + 1] = value,
            None => arguments.push(value),
        }
        Ran::of(&mut folder.spawn_in(env!("CARGO_BIN_EXE_cenote"), arguments)).reason();
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = good();
    let absent = std::io::Error::from_raw_os_error(2);
    let line = |pools: &str, swaps: &str| {
        folder.run(&format!("simulate --pools {pools} --swaps {swaps} --out o.csv"))
    };
    line("absent.csv", "s.csv").refused(&format!("absent.csv: {absent}"));
    line("p.csv", "absent.csv").refused(&format!("absent.csv: {absent}"));
    line("p.csv/x", "s.csv").refused_with("p.csv/x: ");
    line(".", "s.csv").refused_with("cenote: .: ");
    line("p.csv", ".").refused_with("cenote: .: ");
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
}

#[test]
fn an_empty_stdin_is_an_empty_file() {
    let folder = good();
    let message = "stdin: line 1: no header, the file is empty";
    folder.run("simulate --pools - --swaps s.csv").refused(message);
    folder.run("simulate --pools p.csv --swaps -").refused(message);
    folder.run("generate --over - --swaps 5 --out made").refused(message);
    folder.run("quote --pools - --pool p --token-in a --amount-in 1").refused(message);
    folder.run("route --pools - --token-in a --token-out b --amount-in 1").refused(message);
}

/// A closed stdin is no stdin of others: a file opened later must not take its place.
#[cfg(unix)]
#[test]
fn a_closed_stdin_is_an_empty_file() {
    let folder = good();
    Ran::of(&mut folder.shell(r#"exec "$0" simulate --pools - --swaps s.csv <&-"#))
        .refused("stdin: line 1: no header, the file is empty");
}

/// The program stops at the limit of a line, and does not wait for the rest.
#[test]
fn a_row_of_64_mib_is_refused_at_its_first() {
    let long = |header: &str| {
        let mut bytes = header.as_bytes().to_vec();
        bytes.resize(64 << 20, b'7');
        bytes
    };
    let folder = good();
    let message = "stdin: line 2: line of more than 1048576 bytes";
    let pools = long("pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,5,");
    folder.feed("simulate --pools - --swaps s.csv --out o.csv", pools).refused(message);
    let swaps = long("pool,token_in,amount_in\neth/usd,eth,");
    folder.feed("simulate --pools p.csv --swaps - --out o.csv", swaps).refused(message);
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_closed_at_once_is_an_empty_file() {
    for (line, name) in [("--pools f --swaps s.csv", "f"), ("--pools p.csv --swaps f", "f")] {
        let folder = good();
        let made = Command::new("mkfifo").arg(folder.path(name)).status().unwrap();
        assert!(made.success());
        let mut command = folder.command(&format!("simulate {line} --out o.csv"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        // Opening waits for the reader.
        drop(fs::File::options().write(true).open(folder.path(name)).unwrap());
        let ran = Ran::from(child.wait_with_output().unwrap());
        ran.refused("f: line 1: no header, the file is empty");
        assert_eq!(folder.names(), ["f", "p.csv", "s.csv"]);
    }
}

/// Endless input in an address space of 256 MiB: without a limit of its own the program would
/// fail to allocate, which is another exit code.
#[cfg(target_os = "linux")]
#[test]
fn endless_input_is_refused_in_bounded_memory() {
    let folder = good();
    let run = |rest: &str| {
        let script = format!("ulimit -v 262144 && {rest}");
        Ran::of(&mut folder.shell(&script))
    };
    let zero = "/dev/zero: line 1, column 1: NUL character";
    run(r#"exec "$0" simulate --pools /dev/zero --swaps s.csv --out o.csv"#).refused(zero);
    run(r#"exec "$0" simulate --pools p.csv --swaps /dev/zero --out o.csv"#).refused(zero);
    run(r#"exec "$0" generate --over /dev/zero --swaps 1 --out made"#).refused(zero);
    run(r#"exec "$0" quote --pools /dev/zero --pool p --token-in a --amount-in 1"#).refused(zero);
    run(r#"{ cat s.csv; cat /dev/zero; } | "$0" simulate --pools p.csv --swaps - --out o.csv"#)
        .refused("stdin: line 3: line of more than 1048576 bytes");
    run(r#"tr '\0' , </dev/zero | "$0" simulate --pools - --swaps s.csv --out o.csv"#)
        .refused("stdin: line 1: line of more than 1048576 bytes");
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
}
