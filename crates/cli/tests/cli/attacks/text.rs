//! Attacks 42 to 47: texts that are no tables, and tables that cannot be.

use std::fs;
#[cfg(unix)]
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{
    EVENTS, EVENTS_FILE, INPUTS, Input, POOLS_FILE, QUOTE, REPLAY, SIMULATE, SWAPS_FILE, good,
};
use crate::{Folder, POOLS, Ran};

/// What is no number, as it may stand in a field, and what is wrong with it.
const NO_NUMBERS: [(&str, &str); 24] = [
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
    ("1e999", "unexpected character at position 2"),
    ("-0", "unexpected character at position 1"),
    ("1.0", "unexpected character at position 2"),
    ("0005", "leading zero"),
    ("inf", "unexpected character at position 1"),
    ("\u{feff}5", "unexpected character at position 1"),
    ("\u{1b}[2J", "unexpected character at position 1"),
];

const MAX_112: &str = "number too large, the bound is 5192296858534827628530496329220095";
const MAX_32: &str = "number too large, the bound is 4294967295";
const MAX_64: &str = "number too large, the bound is 18446744073709551615";
const MAX_256: &str = "number too large, the bound is 2^256 - 1";
const ABOVE_256: &str =
    "115792089237316195423570985008687907853269984665640564039457584007913129639936";

const ABOVE_112: &str = "5192296858534827628530496329220096";
const DIGITS_40: &str = "1111111111111111111111111111111111111111";
const ABOVE_224: &str = "26959946667150639794667015087019630673637144422540572481103610249216";
const MAX_224: &str = "number too large, the bound is 2^224 - 1";
const MAX_8: &str = "number too large, the bound is 255";

/// Every column of pools.csv that holds a number, a number above its bound, and what is said of
/// that.
const POOL_NUMBERS: [(&str, &str, &str); 14] = [
    ("reserve0", ABOVE_112, MAX_112),
    ("reserve1", DIGITS_40, MAX_112),
    ("fee_bps", "4294967296", MAX_32),
    ("fee_pips", "4294967296", MAX_32),
    ("fee0_pips", "4294967296", MAX_32),
    ("fee1_pips", "4294967296", MAX_32),
    ("total_supply", ABOVE_112, MAX_112),
    ("k_last", ABOVE_224, MAX_224),
    ("ts_last", "4294967296", MAX_32),
    ("price0_cum", ABOVE_256, MAX_256),
    ("price1_cum", ABOVE_256, MAX_256),
    ("decimals0", "256", MAX_8),
    ("decimals1", "256", MAX_8),
    ("block", "18446744073709551616", MAX_64),
];

/// Those that only a replay reads.
const END_NUMBERS: [(&str, &str, &str); 7] = [
    ("end_reserve0", ABOVE_112, MAX_112),
    ("end_reserve1", DIGITS_40, MAX_112),
    ("end_total_supply", ABOVE_112, MAX_112),
    ("end_k_last", ABOVE_224, MAX_224),
    ("end_ts_last", "4294967296", MAX_32),
    ("end_price0_cum", ABOVE_256, MAX_256),
    ("end_price1_cum", ABOVE_256, MAX_256),
];

/// The same of swaps.csv.
const SWAP_NUMBERS: [(&str, &str, &str); 6] = [
    ("amount_in", ABOVE_112, MAX_112),
    ("amount_out", DIGITS_40, MAX_112),
    ("amount_out_min", ABOVE_112, MAX_112),
    ("amount_in_max", ABOVE_112, MAX_112),
    ("timestamp", "18446744073709551616", MAX_64),
    ("seq", "18446744073709551616", MAX_64),
];

/// The same of events.csv.
const EVENT_NUMBERS: [(&str, &str, &str); 12] = [
    ("block", "18446744073709551616", MAX_64),
    ("timestamp", "18446744073709551616", MAX_64),
    ("log_index", "18446744073709551616", MAX_64),
    ("reserve0", ABOVE_112, MAX_112),
    ("reserve1", DIGITS_40, MAX_112),
    ("amount0_in", ABOVE_112, MAX_112),
    ("amount1_in", DIGITS_40, MAX_112),
    ("amount0_out", ABOVE_112, MAX_112),
    ("amount1_out", ABOVE_256, MAX_112),
    ("amount0", ABOVE_112, MAX_112),
    ("amount1", DIGITS_40, MAX_112),
    ("lp", ABOVE_112, MAX_112),
];

/// A file of one row in which `column` has this text: the column's place, and the file.
type With = fn(column: &str, text: &str) -> (usize, String);

/// A file of one pool.
fn pool_with(column: &str, text: &str) -> (usize, String) {
    let mut fields = vec![("pool", "p"), ("token0", "a"), ("token1", "b")];
    fields.extend([("reserve0", "5"), ("reserve1", "5")]);
    fields.extend(match column {
        "fee_pips" => None,
        "fee0_pips" => Some(("fee1_pips", "1")),
        "fee1_pips" => Some(("fee0_pips", "1")),
        _ => Some(("fee_bps", "30")),
    });
    file_of(fields, column, text)
}

/// A file of one order.
fn swap_with(column: &str, text: &str) -> (usize, String) {
    let fixed =
        if matches!(column, "amount_in_max" | "amount_out") { "amount_out" } else { "amount_in" };
    file_of(vec![("pool", "eth/usd"), ("token_in", "eth"), (fixed, "1")], column, text)
}

/// A file of one event, of a kind that has the column.
fn event_with(column: &str, text: &str) -> (usize, String) {
    let (kind, own): (_, &[&str]) = match column {
        "amount0" | "amount1" | "lp" => ("mint", &["amount0", "amount1"]),
        _ if column.starts_with("amount") => {
            ("swap", &["amount0_in", "amount1_in", "amount0_out", "amount1_out"])
        }
        _ => ("sync", &["reserve0", "reserve1"]),
    };
    let names = EVENTS_FILE.header.split(',');
    let fields = names.map(|name| match name {
        "pool" => (name, "eth/usd"),
        "kind" => (name, kind),
        "block" | "timestamp" | "log_index" => (name, "7"),
        _ => (name, if own.contains(&name) { "5" } else { "" }),
    });
    file_of(fields.collect(), column, text)
}

fn file_of<'a>(
    mut fields: Vec<(&'a str, &'a str)>,
    column: &'a str,
    text: &'a str,
) -> (usize, String) {
    match fields.iter_mut().find(|(name, _)| *name == column) {
        Some((_, field)) => *field = text,
        None => fields.push((column, text)),
    }
    let place = fields.iter().position(|(name, _)| *name == column).unwrap();
    let names = fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    let texts = fields.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(",");
    (place + 1, format!("{names}\n{texts}\n"))
}

/// Every spelling but the one, and the number above the bound, are refused with their place.
#[track_caller]
fn refuses_numbers(input: &Input, numbers: &[(&str, &str, &str)], with: With) {
    let folder = good();
    for &(column, above, bound) in numbers {
        let spellings =
            NO_NUMBERS.map(|(text, why)| (text, format!("not a decimal number: {why}")));
        for (text, why) in spellings.into_iter().chain([(above, bound.to_owned())]) {
            let (place, file) = with(column, text);
            input.refuses(&folder, file, &format!("line 2, column {place} ({column}): {why}"));
        }
    }
}

#[test]
fn attack_42_a_number_of_a_pool_has_one_spelling_and_a_bound() {
    refuses_numbers(&POOLS_FILE, &POOL_NUMBERS, pool_with);
    // Other commands ignore these columns.
    refuses_numbers(&Input { lines: &[REPLAY], ..POOLS_FILE }, &END_NUMBERS, pool_with);
}

#[test]
fn attack_42_a_number_of_a_swap_has_one_spelling_and_a_bound() {
    refuses_numbers(&SWAPS_FILE, &SWAP_NUMBERS, swap_with);
}

#[test]
fn attack_42_a_number_of_an_event_has_one_spelling_and_a_bound() {
    refuses_numbers(&EVENTS_FILE, &EVENT_NUMBERS, event_with);
}

#[test]
fn attack_42_a_blank_is_no_number_where_one_is_needed() {
    let folder = good();
    let refuses = |input: &Input, column: &str, (place, file): (usize, String), why: &str| {
        input.refuses(&folder, file, &format!("line 2, column {place} ({column}): {why}"));
    };
    let why = "empty, expected a number";
    for column in ["reserve0", "reserve1"] {
        refuses(&POOLS_FILE, column, pool_with(column, ""), why);
    }
    for column in ["fee_bps", "fee_pips", "fee0_pips", "fee1_pips"] {
        let why = "no fee, and no default fee is given";
        refuses(&POOLS_FILE, column, pool_with(column, ""), why);
    }
    for column in ["amount_in", "amount_out"] {
        refuses(&SWAPS_FILE, column, swap_with(column, ""), why);
    }
    // Of all numbers only shares may be unknown.
    for (column, ..) in EVENT_NUMBERS.iter().filter(|(column, ..)| *column != "lp") {
        refuses(&EVENTS_FILE, column, event_with(column, ""), why);
    }
}

/// An unquoted separator of thousands makes a row longer, not a number shorter.
#[test]
fn attack_42_a_comma_in_a_number_is_a_ragged_row() {
    let folder = good();
    for input in INPUTS {
        let Input { header, row, .. } = input;
        let width = header.split(',').count();
        let message = format!("line 2, column {0}: {0} fields, the header has {width}", width + 1);
        input.refuses(&folder, format!("{header}\n{row},000\n"), &message);
    }
}

/// Numbers that a double cannot hold come out of our JSON as they went in: as strings.
#[test]
fn attack_43_no_amount_in_json_is_a_number() {
    let most = "5192296858534827628530496329220095";
    let pools = format!(
        "pool,token0,token1,reserve0,reserve1,fee_bps\n\
         p,a,b,9007199254740993,{most},0\nq,a,b,{most},18446744073709551617,0\n"
    );
    let folder = good().and("p.csv", pools);
    let line = "quote --pools p.csv --pool q --token-in b --amount-in 9007199254740993";
    let quote = folder.run(&format!("{line} --format json")).json();
    assert_eq!(quote["amount_in"], "9007199254740993");
    let swaps = "pool,token_in,amount_in\np,a,9007199254740993\n";
    let run = |folder: &Folder| folder.run(&format!("{SIMULATE} --format json")).json();
    let summary = run(&folder.and("s.csv", swaps));
    assert_eq!(summary["volumes"][0]["volume"], "9007199254740993");
    let events = format!(
        "{}\np,1,1,1,sync,,,,,,,9007199254740993,1\np,1,1,2,swap,9007199254740993,0,0,{most},,,,\n",
        EVENTS_FILE.header
    );
    let folder = good().and("e.csv", events).and(
        "p.csv",
        format!("pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,9007199254740993,{most},0\n"),
    );
    let ran = folder.run(&format!("{REPLAY} --format json"));
    let replay: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &replay["mismatches"][0]["found"]), (Some(1), &most.into()));
    for document in [quote, summary, replay] {
        small_numbers(&document);
    }
}

/// Every number is one that a double holds exactly, or the ratio or the time that it says it is.
#[track_caller]
fn small_numbers(value: &Value) {
    match value {
        Value::Number(number) if number.is_u64() => assert!(number.as_u64().unwrap() < 1 << 53),
        Value::Array(list) => list.iter().for_each(small_numbers),
        Value::Object(fields) => fields.values().for_each(small_numbers),
        _ => {}
    }
}

impl Input {
    fn table(&self) -> String {
        format!("{}\n{}\n", self.header, self.row)
    }

    fn width(&self) -> usize {
        self.header.split(',').count()
    }

    /// What does not even begin as a text, and what is said of its first column.
    fn as_no_text(&self) -> Vec<(Vec<u8>, &'static str)> {
        let text = self.table();
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
    fn with_no_header(&self) -> Vec<(String, String)> {
        let header = self.header;
        let (width, last) = (self.width(), header.rsplit(',').next().unwrap());
        let carriage = "carriage return that does not end a line";
        let many = ",".repeat(1_000_000);
        vec![
            (String::new(), ": no header, the file is empty".into()),
            (self.table().replace('\n', "\r"), format!(", column {width}: {carriage}")),
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
    fn with_no_row(&self) -> Vec<(String, String)> {
        let (header, row) = (self.header, self.row);
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
    fn spoiled(&self) -> Vec<(Vec<u8>, String)> {
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
fn attack_44_what_is_no_table_is_refused() {
    let folder = good();
    for input in INPUTS {
        for (bytes, message) in input.spoiled() {
            input.refuses(&folder, bytes, &message);
        }
        let first = input.header.split(',').next().unwrap();
        let message = format!("line 3, column 1 ({first}): empty line");
        input.refuses(&folder, input.table() + "\n", &message);
        // The bytes of an encoding that is not UTF-8, where a name is expected.
        let message = "identifier with a character that is not allowed at position 1";
        let latin = [input.header.as_bytes(), b"\n\xe9", input.row.as_bytes(), b"\n"].concat();
        input.refuses(&folder, latin, &format!("line 2, column 1 ({first}): {message}"));
    }
}

#[test]
fn attack_44_a_column_that_is_needed_is_missed() {
    let folder = good();
    for input in INPUTS {
        let names = input.header.split(',').collect::<Vec<_>>();
        for name in &names {
            let called = match *name {
                "pool" if input.file == "s.csv" => "pool, pools or path",
                "pool" => "pool, address or pair",
                "fee_bps" => "fee_bps or fee_pips, and no default fee is given",
                "amount_in" => "amount_in or amount_out",
                name => name,
            };
            // Names are compared with their case.
            let other = names.iter().map(|other| if other == name { "KIND" } else { other });
            let header = other.collect::<Vec<_>>().join(",");
            let file = format!("{header}\n{}\n", input.row);
            input.refuses(&folder, file, &format!("line 1: no column {called}"));
        }
    }
}

/// Columns may stand in any order, between others, and lines may end as elsewhere.
#[test]
fn attack_44_the_order_of_columns_says_nothing() {
    let backwards = |text: &str| {
        let line = |line: &str| {
            let fields =
                line.split(',').rev().map(|field| format!("\"{field}\"")).collect::<Vec<_>>();
            format!("{},=x\r\n", fields.join(","))
        };
        text.lines().map(line).collect::<String>()
    };
    for input in INPUTS {
        let result = |folder: &Folder| {
            let line = format!("{} --format json", input.lines[0]);
            let mut document = folder.run(&line).json();
            for time in ["seconds", "swaps_per_second"] {
                document.as_object_mut().unwrap().remove(time);
            }
            document
        };
        let folder = good();
        let usual = result(&folder);
        assert_eq!(result(&folder.and(input.file, backwards(input.text))), usual);
    }
}

/// What is made as it is read, in an address space of 256 MiB: without a limit of its own the
/// program would wait for all of it, or fail to allocate, which is another exit code.
#[cfg(target_os = "linux")]
#[test]
fn attack_44_a_row_of_a_gigabyte_is_refused_in_bounded_memory() {
    let folder = good();
    let names = folder.names();
    for input in INPUTS {
        fs::write(folder.path("head"), format!("{}\n{}", input.header, input.row)).unwrap();
        for line in input.lines_with("-") {
            let rows = "{ cat head; head -c 1073741824 /dev/zero | tr '\\0' 7; }";
            let script = format!(r#"ulimit -v 262144 && {rows} | "$0" {line}"#);
            let message = "stdin: line 2: line of more than 1048576 bytes";
            Ran::of(&mut folder.shell(&script)).refused(message);
        }
    }
    fs::remove_file(folder.path("head")).unwrap();
    assert_eq!(folder.names(), names);
}

/// There are no series of prices, but there are times: they are numbers of the one grammar, and
/// may stand still, go back and jump.
#[test]
fn attack_45_times_are_numbers_and_need_no_order() {
    let folder = good();
    for text in ["NaN", "inf", "-inf", "1e999", "-1", "1e-999", "infinity"] {
        for input in [SWAPS_FILE, EVENTS_FILE] {
            let with = if input.file == "s.csv" { swap_with } else { event_with };
            let (place, file) = with("timestamp", text);
            let at = text.find(|digit: char| !digit.is_ascii_digit()).unwrap() + 1;
            let why = format!("not a decimal number: unexpected character at position {at}");
            input.refuses(&folder, file, &format!("line 2, column {place} (timestamp): {why}"));
        }
    }
    let times = [0, u64::MAX, 1, 1 << 32, u64::from(u32::MAX), 5, 5];
    let rows = times.map(|time| format!("eth/usd,eth,1,{time}\n")).concat();
    let swaps = format!("pool,token_in,amount_in,timestamp\n{rows}");
    let rows = times.map(|time| format!("usd/dai,{time},{time},{time},sync,,,,,,,5,5\n")).concat();
    let events = format!("{}\n{rows}", EVENTS_FILE.header);
    let folder = folder.and("s.csv", swaps).and("e.csv", events);
    folder.run(SIMULATE).result();
    let report = folder.run(&format!("{REPLAY} --format json")).json();
    assert_eq!((&report["events"], &report["syncs_adopted"]), (&7.into(), &7.into()));
}

#[test]
fn attack_46_a_header_alone_is_a_table_without_rows() {
    let folder = good();
    for end in ["", "\n", "\r\n"] {
        let header = |input: &Input| format!("{}{end}", input.text.lines().next().unwrap());
        let report = |folder: &Folder| folder.run(&format!("{REPLAY} --format json"));
        fs::write(folder.path("e.csv"), header(&EVENTS_FILE)).unwrap();
        assert_eq!(report(&folder).json()["events"], 0);
        fs::write(folder.path("e.csv"), EVENTS).unwrap();
        fs::write(folder.path("s.csv"), header(&SWAPS_FILE)).unwrap();
        assert_eq!(folder.run(&format!("{SIMULATE} --format json")).json()["swaps"], 0);
        fs::write(folder.path("p.csv"), header(&POOLS_FILE)).unwrap();
        // Nothing is known of any pool.
        let ran = report(&folder);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((ran.code, report["mismatches"].as_array().unwrap().len()), (Some(1), 6));
        folder.run(QUOTE).refused_with("--pool eth/usd: unknown pool");
        fs::write(folder.path("p.csv"), POOLS).unwrap();
    }
}

#[test]
fn attack_46_a_file_that_was_doubled_is_refused() {
    let why = "not a decimal number: unexpected character at position 1";
    let folder = good();
    let doubled = |input: &Input, message: &str| {
        input.refuses(&folder, input.text.repeat(2), message);
    };
    doubled(&POOLS_FILE, &format!("line 6, column 4 (reserve0): {why}"));
    doubled(&SWAPS_FILE, "line 4, column 1 (pool): unknown pool pool");
    doubled(&EVENTS_FILE, &format!("line 8, column 1 (block): {why}"));
}

/// Wherever a file is cut off, the answer is a result or a reason; of events, a result of the
/// lines that are there.
#[test]
fn attack_46_a_file_that_was_cut_off_is_read_or_refused() {
    let folder = good();
    for input in INPUTS {
        for end in 0..input.text.len() {
            fs::write(folder.path(input.file), &input.text[..end]).unwrap();
            for line in input.lines {
                let ran = folder.run(&format!("{line} --format json"));
                if ran.code == Some(2) {
                    ran.reason();
                    continue;
                }
                assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
                assert_eq!(ran.stderr, "");
                let document: Value = serde_json::from_str(&ran.stdout).unwrap();
                if input.file == "e.csv" {
                    let rows = input.text[..end].lines().count() - 1;
                    assert_eq!(document["events"], rows, "{document}");
                    let whole = input.text[..=end].ends_with('\n');
                    assert!(!whole || ran.code == Some(0), "{document}");
                }
            }
        }
        fs::write(folder.path(input.file), input.text).unwrap();
    }
}

#[test]
fn attack_46_random_bytes_are_refused() {
    let mut state = 1_u64;
    let mut random = || {
        // Knuth's generator; the high bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    let folder = good();
    for _ in 0..20 {
        let bytes = (0..500).map(|_| random()).collect::<Vec<_>>();
        for input in INPUTS {
            // Behind a good header, the reason is one of the first row.
            let behind = [input.header.as_bytes(), b"\n", &bytes].concat();
            for (bytes, place) in [(&bytes, "line 1"), (&behind, "line 2")] {
                fs::write(folder.path(input.file), bytes).unwrap();
                for line in input.lines {
                    folder.run(line).refused_with(&format!("{}: {place}", input.file));
                }
            }
            fs::write(folder.path(input.file), input.text).unwrap();
        }
    }
    assert_eq!(folder.names(), ["e.csv", "p.csv", "s.csv"]);
}

#[test]
fn attack_46_what_is_no_file_is_refused() {
    let folder = good();
    let absent = std::io::Error::from_raw_os_error(2);
    for input in INPUTS {
        for line in input.lines_with("absent.csv") {
            folder.run(&line).refused(&format!("absent.csv: {absent}"));
        }
        for line in input.lines_with("s.csv/x") {
            folder.run(&line).refused_with("s.csv/x: ");
        }
        for line in input.lines_with(".") {
            folder.run(&line).refused_with("cenote: .: ");
        }
    }
    assert_eq!(folder.names(), ["e.csv", "p.csv", "s.csv"]);
}

const EMPTY: &str = "line 1: no header, the file is empty";

/// Further commands that read pools.
const POOLS_LINES: [&str; 2] = [
    "generate --over p.csv --swaps 5 --out made",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 1",
];

#[test]
fn attack_46_an_empty_stdin_is_an_empty_file() {
    let folder = good();
    let others = POOLS_LINES.map(|line| line.replace("p.csv", "-"));
    for line in INPUTS.iter().flat_map(|input| input.lines_with("-")).chain(others) {
        folder.run(&line).refused(&format!("stdin: {EMPTY}"));
    }
}

/// A closed stdin is no stdin of others: a file opened later must not take its place.
#[cfg(unix)]
#[test]
fn attack_46_a_closed_stdin_is_an_empty_file() {
    let folder = good();
    for line in INPUTS.iter().flat_map(|input| input.lines_with("-")) {
        Ran::of(&mut folder.shell(&format!(r#"exec "$0" {line} <&-"#)))
            .refused(&format!("stdin: {EMPTY}"));
    }
}

#[cfg(unix)]
#[test]
fn attack_46_a_pipe_that_is_closed_at_once_is_an_empty_file() {
    for input in INPUTS {
        let folder = good();
        let made = Command::new("mkfifo").arg(folder.path("f")).status().unwrap();
        assert!(made.success());
        for line in input.lines_with("f") {
            let mut command = folder.command(&line);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = command.spawn().unwrap();
            // Opening waits for the reader.
            drop(fs::File::options().write(true).open(folder.path("f")).unwrap());
            Ran::from(child.wait_with_output().unwrap()).refused(&format!("f: {EMPTY}"));
        }
        assert_eq!(folder.names(), ["e.csv", "f", "p.csv", "s.csv"]);
    }
}

/// Endless input in an address space of 256 MiB.
#[cfg(target_os = "linux")]
#[test]
fn attack_46_endless_input_is_refused_in_bounded_memory() {
    let folder = good();
    let run = |rest: &str| Ran::of(&mut folder.shell(&format!("ulimit -v 262144 && {rest}")));
    let others = POOLS_LINES.map(|line| line.replace("p.csv", "/dev/zero"));
    for line in INPUTS.iter().flat_map(|input| input.lines_with("/dev/zero")).chain(others) {
        run(&format!(r#"exec "$0" {line}"#)).refused("/dev/zero: line 1, column 1: NUL character");
    }
    for input in INPUTS {
        let rows = input.text.lines().count() + 1;
        for line in input.lines_with("-") {
            let file = input.file;
            run(&format!(r#"{{ cat {file}; cat /dev/zero; }} | "$0" {line}"#))
                .refused(&format!("stdin: line {rows}: line of more than 1048576 bytes"));
            run(&format!(r#"tr '\0' , </dev/zero | "$0" {line}"#))
                .refused("stdin: line 1: line of more than 1048576 bytes");
        }
    }
    assert_eq!(folder.names(), ["e.csv", "p.csv", "s.csv"]);
}

#[test]
fn attack_47_a_pool_comes_once_and_is_no_pool_of_itself() {
    let folder = good();
    let header = POOLS_FILE.header;
    for (rows, message) in [
        ("p,a,b,5,5,30\np,c,d,5,5,30", "line 3, column 1 (pool): pool p is listed twice"),
        ("p,a,b,5,5,30\np,a,b,5,5,30", "line 3, column 1 (pool): pool p is listed twice"),
        (
            "p,a,b,5,5,30\nq,a,b,5,5,30\np,b,a,5,5,30",
            "line 4, column 1 (pool): pool p is listed twice",
        ),
        ("p,a,a,5,5,30", "line 2, column 3 (token1): a pool needs two different tokens"),
    ] {
        POOLS_FILE.refuses(&folder, format!("{header}\n{rows}\n"), message);
    }
    // In one block once, and everywhere of the same tokens.
    let replay = Input { lines: &[REPLAY], ..POOLS_FILE };
    let twice = "line 4, column 2 (pool): pool p is listed twice for block 7";
    for (rows, message) in [
        ("7,p,a,b,5,5,30\n8,p,a,b,5,5,30\n7,p,a,b,5,5,30", twice),
        (
            "7,p,a,b,5,5,30\n8,p,b,a,5,5,30",
            "line 3, column 3 (token0): pool p has other tokens in a row before",
        ),
        (
            ",p,a,b,5,5,30",
            "line 2, column 1 (block): blank, each state of this file needs its block",
        ),
    ] {
        replay.refuses(&folder, format!("block,{header}\n{rows}\n"), message);
    }
}

#[test]
fn attack_47_what_the_pools_do_not_have_is_named() {
    let folder = good();
    let swaps = |row: &str| format!("{}\n{row}\n", SWAPS_FILE.header);
    for (row, message) in [
        ("none,eth,10", "line 2, column 1 (pool): unknown pool none"),
        ("eth/usd,none,10", "line 2, column 2 (token_in): unknown token none"),
        ("eth/usd,dai,10", "line 2, column 2 (token_in): token dai is not in this pool"),
    ] {
        SWAPS_FILE.refuses(&folder, swaps(row), message);
    }
    // Whether a chain may speak of a pool is what a replay is for.
    let events = EVENTS.replace("usd/dai", "usd/DAI");
    let ran = folder.and("e.csv", events).run(&format!("{REPLAY} --format json"));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let named = report["mismatches"].as_array().unwrap().iter().map(|entry| &entry["pool"]);
    assert_eq!((ran.code, named.collect::<Vec<_>>()), (Some(1), vec![&Value::from("usd/DAI"); 4]));
}

#[test]
fn attack_47_an_event_is_of_a_kind_and_says_nothing_else() {
    let folder = good();
    let file = |row: &str| format!("{},lp\n{row}\n", EVENTS_FILE.header);
    for kind in ["SYNC", "Sync", " sync", "sync ", "transfer", "", "sync\u{200b}", "\u{1b}[2J"] {
        let row = format!("eth/usd,7,100,0,{kind},,,,,,,1,1,");
        let message = "line 2, column 5 (kind): not one of sync, swap, mint and burn";
        EVENTS_FILE.refuses(&folder, file(&row), message);
    }
    let names = EVENTS_FILE.header.split(',').chain(["lp"]).collect::<Vec<_>>();
    for (kind, own) in [("sync", 11..13), ("swap", 5..9), ("mint", 9..11), ("burn", 9..11)] {
        let lp = matches!(kind, "mint" | "burn");
        for other in (5..14).filter(|place| !(own.contains(place) || lp && *place == 13)) {
            let fields = (0..14).map(|place| match place {
                0 => "eth/usd",
                1..4 => "7",
                4 => kind,
                // A zero is not blank.
                _ if own.contains(&place) || place == other => "0",
                _ => "",
            });
            let row = fields.collect::<Vec<_>>().join(",");
            let (place, name) = (other + 1, names[other]);
            let why = format!("not blank, a {kind} does not have it");
            EVENTS_FILE.refuses(
                &folder,
                file(&row),
                &format!("line 2, column {place} ({name}): {why}"),
            );
        }
    }
}

/// A million rows of each input that is read as a stream.
#[cfg(unix)]
#[test]
fn attack_47_a_million_rows_are_read() {
    let folder = good();
    let rows = |header: &str, row: &str, line: &str| {
        fs::write(folder.path("head"), format!("{header}\n")).unwrap();
        let script = format!(r#"{{ cat head; yes '{row}' | head -n 1000000; }} | "$0" {line}"#);
        Ran::of(&mut folder.shell(&script)).json()
    };
    let simulate = "simulate --pools p.csv --swaps - --format json";
    assert_eq!(rows(SWAPS_FILE.header, SWAPS_FILE.row, simulate)["swaps"], 1_000_000);
    let replay = "replay --pools p.csv --events - --format json";
    let report = rows(EVENTS_FILE.header, EVENTS_FILE.row, replay);
    assert_eq!(report["syncs_adopted"], 1_000_000);
}
