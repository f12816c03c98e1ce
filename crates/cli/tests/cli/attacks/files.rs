//! Attacks 57 to 64: where outputs go, and the circumstances of a run.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{EVENTS_FILE, INPUTS, POOLS_FILE, QUOTE, REPLAY, SIMULATE, SWAPS_FILE, good};
use crate::{Folder, POOLS, Ran};

const RUN: &str = "simulate --pools p.csv --swaps s.csv";

/// An order that is refused and costs nothing.
const ROW: &str = "eth/usd,eth,0\n";

/// Files whose outcomes are many times what a pipe holds.
fn large() -> Folder {
    let swaps = format!("{}\n{}", SWAPS_FILE.header, ROW.repeat(50_000));
    good().and("s.csv", swaps)
}

#[test]
fn attack_57_an_output_is_no_input() {
    let folder = good();
    fs::create_dir(folder.path("d")).unwrap();
    for (out, shown) in [
        ("p.csv", "p.csv"),
        ("s.csv", "s.csv"),
        ("./p.csv", "./p.csv"),
        ("d/../s.csv", "d/../s.csv"),
    ] {
        let line = format!("{RUN} --out {out}");
        folder.run(&line).refused(&format!("{shown}: is also an input"));
    }
    assert_eq!(folder.read("p.csv"), POOLS);
    assert_eq!(folder.names(), ["d", "e.csv", "p.csv", "s.csv"]);
}

#[test]
fn attack_57_a_place_that_is_none_is_refused_before_the_run() {
    let folder = good();
    fs::create_dir(folder.path("d")).unwrap();
    let out = |out: &str| folder.run(&format!("{RUN} --out {out}"));
    out("d").refused("d: is a directory");
    out("d/").refused("d/: is a directory");
    out("..").refused("..: is a directory");
    out("absent/o.csv").refused("absent/o.csv: its folder does not exist");
    out("p.csv/o.csv").refused("p.csv/o.csv: its folder does not exist");
    assert_eq!(folder.names(), ["d", "e.csv", "p.csv", "s.csv"]);
}

#[cfg(unix)]
#[test]
fn attack_57_a_symbolic_link_is_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = good().and("target", "precious\n");
    symlink("target", folder.path("link")).unwrap();
    symlink("absent", folder.path("dangling")).unwrap();
    symlink("p.csv", folder.path("input")).unwrap();
    for link in ["link", "dangling"] {
        let message = format!("{link}: is a symbolic link, which is not written through");
        folder.run(&format!("{RUN} --out {link}")).refused(&message);
    }
    folder.run(&format!("{RUN} --out input")).refused("input: is also an input");
    assert_eq!(
        (folder.read("target").as_str(), folder.read("p.csv").as_str()),
        ("precious\n", POOLS)
    );
    assert_eq!(folder.names(), ["dangling", "e.csv", "input", "link", "p.csv", "s.csv", "target"]);
    // Reading through one harms nobody.
    folder.run(&RUN.replace("p.csv", "input")).result();
    folder.run(&REPLAY.replace("p.csv", "input")).result();
}

/// Thousands of rows were written by the time that the last one is refused.
#[test]
fn attack_57_a_failure_leaves_what_was_there() {
    let swaps = format!("{}\n{}eth/usd,eth,x\n", SWAPS_FILE.header, ROW.repeat(100_000));
    let folder = good().and("s.csv", swaps).and("o.csv", "old rows\n");
    let message = "s.csv: line 100002, column 3 (amount_in): not a decimal number: unexpected \
                   character at position 1";
    folder.run(&format!("{RUN} --out o.csv")).refused(message);
    assert_eq!(folder.read("o.csv"), "old rows\n");
    folder.run(&format!("{RUN} --out new.csv")).refused(message);
    assert_eq!(folder.names(), ["e.csv", "o.csv", "p.csv", "s.csv"]);
}

#[cfg(unix)]
#[test]
fn attack_57_a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = good();
    fs::create_dir(folder.path("d")).unwrap();
    fs::set_permissions(folder.path("d"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::File::create(folder.path("d/probe")).is_ok() {
        eprintln!("this user may write everywhere, a read-only folder is not checked");
        return;
    }
    folder.run(&format!("{RUN} --out d/o.csv")).refused_with("d/o.csv: Permission denied");
    folder
        .run("generate --pools 1 --swaps 1 --out d/made")
        .refused_with("d/made: Permission denied");
    assert_eq!(fs::read_dir(folder.path("d")).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn attack_57_a_full_device_is_named() {
    let full = std::io::Error::from_raw_os_error(28);
    for folder in [good(), large()] {
        let line = format!("{RUN} --out /dev/full");
        folder.run(&line).refused(&format!("/dev/full: cannot be written: {full}"));
        let json = format!("{line} --format json");
        folder.run(&json).refused(&format!("/dev/full: cannot be written: {full}"));
    }
    let built_in = Folder::new().run("simulate --out /dev/full");
    built_in.refused(&format!("/dev/full: cannot be written: {full}"));
}

#[cfg(target_os = "linux")]
#[test]
fn attack_57_a_full_stdout_is_named() {
    let full = std::io::Error::from_raw_os_error(28);
    let folder = good();
    for line in PRINTING {
        // The parser of the command line prints its help and asks no questions.
        if line == "--help" {
            continue;
        }
        let device = fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = Ran::of(folder.command(line).stdout(device));
        let reason = ran.reason();
        assert!(reason.starts_with("cenote: stdout: "), "{line}: {reason}");
        assert_eq!(reason.matches(&full.to_string()).count(), 1, "{line}: {reason}");
    }
}

/// Lines that print something, for whoever does not want it.
const PRINTING: [&str; 14] = [
    "simulate --pools p.csv --swaps s.csv",
    "simulate --pools p.csv --swaps s.csv --format json",
    "simulate --pools p.csv --swaps s.csv --out -",
    "replay --pools p.csv --events e.csv",
    "replay --pools p.csv --events e.csv --format json",
    "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10",
    "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10 --format json",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10 --format json",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10 --split --prices",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10 --split --format json",
    "scenario bank-run",
    "scenario bank-run --format json",
    "--help",
];

/// As in `cenote ... | true`: SIGPIPE is ignored, so that a write fails instead of killing the
/// process, and the program takes that for a reader who has seen enough.
#[test]
fn attack_58_nobody_reads_and_nothing_is_said() {
    let folder = good();
    for line in PRINTING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(folder.command(line).stdout(writer));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{line}");
    }
}

/// As in `cenote ... | head -1`.
#[test]
fn attack_58_a_reader_may_leave_after_the_first_line() {
    let made = Folder::new();
    let line = "generate --pools 5000 --swaps 20000 --out made";
    assert_eq!(made.run(line).code, Some(0));
    let json = "simulate --pools made/pools.csv --swaps made/swaps.csv --format json";
    let rows = format!("{RUN} --out -");
    let header = "line,pool,token_in,amount_in,token_out,amount_out,status";
    // Each row is a mismatch and has nine lines.
    let strangers = "stranger,7,100,0,sync,,,,,,,1,1\n".repeat(10_000);
    let replayed = good().and("e.csv", format!("{}\n{strangers}", EVENTS_FILE.header));
    let replay = format!("{REPLAY} --format json");
    for (folder, line, first) in
        [(&large(), rows.as_str(), header), (&made, json, "{"), (&replayed, &replay, "{")]
    {
        let mut command = folder.command(line);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut read = String::new();
        stdout.read_line(&mut read).unwrap();
        drop(stdout);
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((read.trim_end(), ran.code, ran.stderr.as_str()), (first, Some(0), ""));
    }
}

/// A command that is in the middle of its input: of four megabytes it took all but what a pipe
/// holds, and it waits for more.
#[cfg(unix)]
fn in_the_middle(folder: &Folder, line: &str, header: &str, row: &str) -> (Child, impl Write) {
    let mut command = folder.command(line);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let rows = format!("{row}\n").repeat((4 << 20) / row.len());
    stdin.write_all(format!("{header}\n{rows}").as_bytes()).unwrap();
    (child, stdin)
}

/// Whether this process, and so the ones that it starts, ignores a signal. Linux tells.
#[cfg(unix)]
fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}

/// A signal kills, as the caller wants; what was not finished is not there. The temporary file
/// may stay: nothing is left that could remove it.
#[cfg(unix)]
#[test]
fn attack_58_a_signal_kills_and_leaves_no_part() {
    use std::os::unix::process::ExitStatusExt;
    let simulate = "simulate --pools p.csv --swaps - --out o.csv";
    let replay = "replay --pools p.csv --events - --format json";
    for (name, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        if is_ignored(number) {
            eprintln!("SIG{name} is ignored here, as in the background of a shell, and not tried");
            continue;
        }
        for old in [None, Some("old rows\n")] {
            let folder = old.iter().fold(good(), |folder, old| folder.and("o.csv", old));
            for (line, input) in [(simulate, SWAPS_FILE), (replay, EVENTS_FILE)] {
                let (child, stdin) = in_the_middle(&folder, line, input.header, input.row);
                let mut kill = std::process::Command::new("kill");
                kill.args(["-s", name, &child.id().to_string()]);
                assert!(kill.status().unwrap().success());
                let output = child.wait_with_output().unwrap();
                drop(stdin);
                assert_eq!((output.status.signal(), output.stdout), (Some(number), vec![]));
            }
            let there = fs::read_to_string(folder.path("o.csv")).ok();
            assert_eq!(there.as_deref(), old);
            let names = folder.names().into_iter().filter(|name| !name.starts_with(".tmp"));
            let inputs = INPUTS.iter().map(|input| input.file);
            let mut expected = inputs.chain(old.map(|_| "o.csv")).collect::<Vec<_>>();
            expected.sort_unstable();
            assert_eq!(names.collect::<Vec<_>>(), expected);
        }
    }
}

/// Runs in an address space of 256 MiB, with this row a million times behind the header.
#[cfg(target_os = "linux")]
fn a_million(folder: &Folder, header: &str, row: &str, line: &str) -> Ran {
    fs::write(folder.path("head"), format!("{header}\n")).unwrap();
    fs::write(folder.path("row"), format!("{row}\n").repeat(1000)).unwrap();
    let rows = "{ cat head; for i in $(seq 1000); do cat row; done; }";
    let script = format!(r#"ulimit -v 262144 && {rows} | "$0" {line} --format json"#);
    Ran::of(&mut folder.shell(&script))
}

/// More than 250 MB of rows.
#[cfg(target_os = "linux")]
#[test]
fn attack_59_memory_does_not_grow_with_the_rows() {
    let [pool, token] = ["p", "t"].map(|letter| letter.repeat(128));
    let pools = format!("{}\n{pool},{token},b,5,5,0\n", POOLS_FILE.header);
    let folder = good().and("p.csv", pools);
    let simulate = "simulate --threads 1 --pools p.csv --swaps -";
    let swap = format!("{pool},{token},0");
    let summary = a_million(&folder, SWAPS_FILE.header, &swap, simulate).json();
    assert_eq!((&summary["swaps"], &summary["refused"]), (&1_000_000.into(), &1_000_000.into()));
    // Without a fee, what goes in may come out again.
    let swap = format!("{pool},7,1,1,sync,,,,,,,5,5\n{pool},7,1,2,swap,1,0,1,0,,,,");
    let replay = "replay --pools p.csv --events -";
    let report = a_million(&folder, EVENTS_FILE.header, &swap, replay).json();
    assert_eq!(
        (&report["events"], &report["syncs_matched"]),
        (&2_000_000.into(), &1_000_000.into())
    );
}

/// All mismatches are counted; only the first are kept.
#[cfg(target_os = "linux")]
#[test]
fn attack_59_memory_does_not_grow_with_the_mismatches() {
    let most = "5192296858534827628530496329220095";
    let pool = "p".repeat(128);
    let pools = format!("{}\n{pool},a,b,{most},{most},0\n", POOLS_FILE.header);
    let folder = good().and("p.csv", pools);
    let replay = "replay --pools p.csv --events -";
    let stranger = format!("{},7,1,1,sync,,,,,,,1,1", "x".repeat(128));
    let greedy = format!("{pool},7,1,2,swap,1,1,{most},{most},,,,");
    for row in [stranger, greedy] {
        let ran = a_million(&folder, EVENTS_FILE.header, &row, replay);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(report["events"], 1_000_000);
        assert_eq!(report["mismatches"].as_array().unwrap().len(), 100_000);
        assert_eq!(report["mismatches_left_out"], 900_000);
    }
}

/// Too little memory for so many threads is a reason, not a panic.
#[cfg(target_os = "linux")]
#[test]
fn attack_60_threads_that_cannot_be_started_are_named() {
    let folder = good();
    let script = format!(r#"ulimit -v 262144 && exec "$0" {SIMULATE} --threads 1024"#);
    let reason = Ran::of(&mut folder.shell(&script)).reason();
    assert!(reason.starts_with("cenote: --threads: "), "{reason}");
    assert_eq!(reason.matches("os error").count(), 1, "{reason}");
    assert_eq!(folder.names(), ["e.csv", "p.csv", "s.csv"]);
    // More of them than there are cores change nothing.
    let hash = |threads| {
        let line = format!("{RUN} --threads {threads} --format json");
        folder.run(&line).json()["state_hash"].clone()
    };
    assert_eq!(hash(1), hash(64));
}

/// 131,072 names that all have one and the same value under the hash `31 * h + byte`, and share
/// the length and most of their beginnings: where the hash can be foreseen, each look-up would
/// go through all of them.
#[test]
fn attack_61_chosen_names_do_not_slow_a_run() {
    let name = |at: u32| {
        let part = |bit: u32| if at >> bit & 1 == 0 { "Aa" } else { "BB" };
        (0..17).map(part).collect::<String>()
    };
    let names = (0..1 << 17).map(name).collect::<Vec<_>>();
    let rows = |header: &str, row: &dyn Fn(&str) -> String| {
        format!("{header}\n{}", names.iter().map(|name| row(name)).collect::<String>())
    };
    let pools = rows(POOLS_FILE.header, &|name| format!("{name},{name},t,5,5,30\n"));
    let swaps = rows(SWAPS_FILE.header, &|name| format!("{name},t,1\n"));
    let events = rows(EVENTS_FILE.header, &|name| format!("{name},7,1,1,sync,,,,,,,5,5\n"));
    let folder = Folder::with("p.csv", pools).and("s.csv", swaps).and("e.csv", events);
    let json = |line: &str| folder.run(&format!("{line} --format json")).json();
    assert_eq!(json(RUN)["swaps"], 131_072);
    assert_eq!(json(REPLAY)["syncs_adopted"], 131_072);
    let last = names.last().unwrap();
    let quote = json(&format!("quote --pools p.csv --pool {last} --token-in t --amount-in 2"));
    assert_eq!(quote["amount_out"], "1");
}

/// Commands whose whole JSON says nothing of time, and one of which it is taken away.
fn documents(run: impl Fn(&str) -> Ran) -> Vec<Value> {
    let document = |line: &str| {
        let mut document = run(&format!("{line} --format json")).json();
        for time in ["seconds", "swaps_per_second"] {
            document.as_object_mut().unwrap().remove(time);
        }
        document
    };
    [RUN, REPLAY, QUOTE].map(document).into()
}

#[test]
fn attack_62_the_environment_does_not_change_the_result() {
    let folder = good();
    let usual = documents(|line| folder.run(line));
    assert_eq!(documents(|line| Ran::of(folder.command(line).env_clear())), usual);
    let foreign = [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu"), ("CLICOLOR_FORCE", "1")];
    let abroad = documents(|line| Ran::of(folder.command(line).envs(foreign).env_remove("HOME")));
    assert_eq!(abroad, usual);
    let page = |ran: Ran| ran.result().split("time").next().unwrap().to_owned();
    let abroad = page(Ran::of(folder.command(REPLAY).envs(foreign).env_remove("HOME")));
    assert_eq!(abroad, page(folder.run(REPLAY)));
}

/// With the fewest open files that let the program start, it reads and writes, or says why not.
#[cfg(target_os = "linux")]
#[test]
fn attack_62_few_open_files_are_enough_or_named() {
    let folder = good();
    let run = |limit: u8, line: &str| {
        Ran::of(&mut folder.shell(&format!(r#"ulimit -n {limit} && exec "$0" {line}"#)))
    };
    for line in [REPLAY, QUOTE, SIMULATE] {
        // The system's loader needs a fourth where it has libraries to load; we always do.
        let ran = run(3, line);
        assert!(ran.stdout.is_empty() && matches!(ran.code, Some(127 | 2)), "{ran:?}");
    }
    assert_eq!(folder.names(), ["e.csv", "p.csv", "s.csv"]);
    for limit in 4..=8 {
        run(limit, REPLAY).result();
        run(limit, QUOTE).result();
        let ran = run(limit, SIMULATE);
        if ran.code == Some(2) {
            let names = folder.names();
            ran.refused_with("Too many open files");
            assert_eq!(names, ["e.csv", "p.csv", "s.csv"]);
        } else {
            ran.result();
            fs::remove_file(folder.path("o.csv")).unwrap();
        }
    }
}

/// Steers a terminal, turns the direction of writing, and hides.
const HOSTILE: &str = "\u{1b}[2J\u{7}\u{9b}1m\u{202e}\u{200b}";
const SHOWN: &str = r"\u{1b}[2J\u{7}\u{9b}1m\u{202e}\u{200b}";

/// Whether a text has a character that steers or hides.
fn steers(text: &str) -> bool {
    let harmful = |character: char| {
        character.is_control() && character != '\n'
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.contains(harmful)
}

/// Whoever makes a file chooses the names in it.
#[test]
fn attack_64_hostile_names_in_files_do_not_reach_the_terminal() {
    let folder = good();
    for input in INPUTS {
        let width = input.header.split(',').count();
        let repeated = format!("{},{HOSTILE},{HOSTILE}\n", input.header);
        let message = format!("line 1, column {}: column {SHOWN} is repeated", width + 2);
        input.refuses(&folder, repeated, &message);
        let ragged = format!("{},{HOSTILE}\n{}\n", input.header, input.row);
        let place = format!("column {} ({SHOWN})", width + 1);
        let message = format!("line 2, {place}: {width} fields, the header has {}", width + 1);
        input.refuses(&folder, ragged, &message);
        let (pool, rest) = input.row.split_once(',').unwrap();
        let named = format!("{}\n{pool}{HOSTILE},{rest}\n", input.header);
        let why = "identifier with a character that is not allowed at position";
        let message = format!("line 2, column 1 (pool): {why} {}", pool.len() + 1);
        input.refuses(&folder, named, &message);
    }
}

/// Symbols may be any text, and are shown to people without what steers a terminal.
#[test]
fn attack_64_hostile_symbols_are_escaped() {
    let folder =
        good().and("p.csv", POOLS.replace("ETH", HOSTILE).replace("USD", "\u{202e}\u{2066}"));
    for line in [RUN, QUOTE, "route --pools p.csv --token-in eth --token-out dai --amount-in 10"] {
        let page = folder.run(line).result();
        assert!(!steers(&page), "{page:?}");
        folder.run(&format!("{line} --format json")).json();
    }
}

/// A pool that nobody knows may be called anything that is an identifier; the document stays a
/// document, and the page a page.
#[test]
fn attack_64_hostile_names_of_unknown_pools_are_quoted() {
    let names = [
        r"\u001b[2J",
        r"\",
        r"\x1b[31m",
        "=cmd|'/c'!A1",
        "</script",
        "'};--",
        "{}",
        "%s%n",
        "$(id)",
        "`id`",
    ];
    let rows = names.map(|name| format!("{name},7,100,0,sync,,,,,,,1,1\n")).concat();
    let folder = good().and("e.csv", format!("{}\n{rows}", EVENTS_FILE.header));
    let ran = folder.run(&format!("{REPLAY} --format json"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = report["mismatches"].as_array().unwrap().iter().map(|entry| &entry["pool"]);
    assert_eq!(found.collect::<Vec<_>>(), names);
    let ran = folder.run(REPLAY);
    assert!(!steers(&ran.stdout) && ran.stderr.is_empty(), "{ran:?}");
    for name in names {
        assert!(ran.stdout.contains(&format!("log 0, pool {name}\n")), "{name}: {ran:?}");
    }
}

/// Whoever starts the program from a script may have its arguments from anywhere.
#[test]
fn attack_64_hostile_arguments_do_not_reach_the_terminal() {
    let folder = good().and(HOSTILE, "");
    let run = |arguments: &[&str]| {
        Ran::of(&mut folder.spawn_in(env!("CARGO_BIN_EXE_cenote"), arguments.iter().copied()))
    };
    for input in INPUTS {
        for line in input.lines {
            let with = |file| {
                let named =
                    line.split(' ').map(|word| if word == input.file { file } else { word });
                run(&named.collect::<Vec<_>>())
            };
            with(HOSTILE).refused(&format!("{SHOWN}: line 1: no header, the file is empty"));
            with("no\r\nsuch").refused_with("no\\u{d}\\u{a}such: ");
        }
    }
    for name in ["--pool", "--token-in", "--amount-in", HOSTILE] {
        let mut arguments = QUOTE.split(' ').collect::<Vec<_>>();
        match arguments.iter().position(|argument| *argument == name) {
            Some(at) => arguments[at + 1] = HOSTILE,
            None => arguments.push(HOSTILE),
        }
        let reason = run(&arguments).reason();
        assert!(!steers(&reason), "{reason:?}");
    }
}
