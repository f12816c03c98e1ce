//! What is written, where, and when: whole or not at all.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::{Folder, POOLS, Ran};

const SIMULATE: &str = "simulate --pools p.csv --swaps s.csv";

const OUTCOMES: &str = "line,pool,token_in,amount_in,token_out,amount_out,status\n\
                        2,eth/usd,eth,10,usd,39486,accepted\n";

/// An order that is refused and costs nothing.
const ROW: &str = "eth/usd,eth,0\n";

fn small() -> Folder {
    Folder::with("p.csv", POOLS).and("s.csv", "pool,token_in,amount_in\neth/usd,eth,10\n")
}

/// Files whose outcomes are many times what a pipe holds.
fn large() -> Folder {
    let swaps = format!("pool,token_in,amount_in\n{}", ROW.repeat(50_000));
    Folder::with("p.csv", POOLS).and("s.csv", swaps)
}

/// Lines that print something, for whoever does not want it.
const PRINTING: [&str; 10] = [
    "simulate --pools p.csv --swaps s.csv",
    "simulate --pools p.csv --swaps s.csv --format json",
    "simulate --pools p.csv --swaps s.csv --out -",
    "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10",
    "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10 --format json",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10",
    "route --pools p.csv --token-in eth --token-out dai --amount-in 10 --format json",
    "scenario bank-run",
    "scenario bank-run --format json",
    "--help",
];

/// As in `cenote ... | true`: SIGPIPE is ignored, so that a write fails instead of killing the
/// process, and the program takes that for a reader who has seen enough.
#[test]
fn nobody_reads_and_nothing_is_said() {
    let folder = small();
    for line in PRINTING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(folder.command(line).stdout(writer));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{line}");
    }
}

/// As in `cenote ... | head -1`.
#[test]
fn a_reader_may_leave_after_the_first_line() {
    let made = Folder::new();
    let line = "generate --pools 5000 --swaps 20000 --out made";
    assert_eq!(made.run(line).code, Some(0));
    let json = "simulate --pools made/pools.csv --swaps made/swaps.csv --format json";
    let rows = format!("{SIMULATE} --out -");
    for (folder, line, first) in
        [(&large(), rows.as_str(), OUTCOMES.lines().next().unwrap()), (&made, json, "{")]
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

/// If there is nobody to tell why, the exit code still says that it failed.
#[test]
fn a_refusal_needs_no_listener() {
    let folder = small();
    for line in ["quote --pools p.csv --pool x --token-in eth --amount-in 10", "quote"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(folder.command(line).stderr(writer));
        assert_eq!(ran.code, Some(2), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let full = std::io::Error::from_raw_os_error(28);
    for folder in [small(), large()] {
        let line = format!("{SIMULATE} --out /dev/full");
        folder.run(&line).refused(&format!("/dev/full: cannot be written: {full}"));
        let json = format!("{line} --format json");
        folder.run(&json).refused(&format!("/dev/full: cannot be written: {full}"));
    }
    let built_in = Folder::new().run("simulate --out /dev/full");
    built_in.refused(&format!("/dev/full: cannot be written: {full}"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_named() {
    let full = std::io::Error::from_raw_os_error(28);
    let folder = small();
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

#[test]
fn a_file_is_made_whole() {
    let folder = small();
    folder.run(&format!("{SIMULATE} --out o.csv")).result();
    assert_eq!(folder.read("o.csv"), OUTCOMES);
    assert_eq!(folder.names(), ["o.csv", "p.csv", "s.csv"]);
}

/// Whoever has the old file open, or another name for it, keeps the old rows.
#[test]
fn a_file_is_replaced_and_not_rewritten() {
    let folder = small().and("o.csv", "old rows\n");
    fs::hard_link(folder.path("o.csv"), folder.path("kept.csv")).unwrap();
    folder.run(&format!("{SIMULATE} --out o.csv")).result();
    assert_eq!(
        (folder.read("o.csv").as_str(), folder.read("kept.csv").as_str()),
        (OUTCOMES, "old rows\n")
    );
    assert_eq!(folder.names(), ["kept.csv", "o.csv", "p.csv", "s.csv"]);
}

/// Thousands of rows were written by the time that the last one is refused.
#[test]
fn a_failure_leaves_what_was_there() {
    let swaps = format!("pool,token_in,amount_in\n{}eth/usd,eth,x\n", ROW.repeat(100_000));
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps).and("o.csv", "old rows\n");
    let message = "s.csv: line 100002, column 3 (amount_in): not a decimal number: unexpected \
                   character at position 1";
    folder.run(&format!("{SIMULATE} --out o.csv")).refused(message);
    assert_eq!(folder.read("o.csv"), "old rows\n");
    folder.run(&format!("{SIMULATE} --out new.csv")).refused(message);
    assert_eq!(folder.names(), ["o.csv", "p.csv", "s.csv"]);
}

/// The rows that were right are on stdout by then, and the exit code says that it is not all.
#[test]
fn a_failure_behind_rows_on_stdout_is_a_failure() {
    let swaps = format!("pool,token_in,amount_in\n{}eth/usd,eth,x\n", ROW.repeat(70_000));
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    let ran = folder.run(&format!("{SIMULATE} --out -"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("cenote: s.csv: line 70002, column 3 (amount_in)"));
}

#[test]
fn an_output_is_no_input() {
    let folder = small();
    fs::create_dir(folder.path("d")).unwrap();
    for (out, shown) in [
        ("p.csv", "p.csv"),
        ("s.csv", "s.csv"),
        ("./p.csv", "./p.csv"),
        ("d/../s.csv", "d/../s.csv"),
    ] {
        let line = format!("{SIMULATE} --out {out}");
        folder.run(&line).refused(&format!("{shown}: is also an input"));
    }
    assert_eq!(folder.read("p.csv"), POOLS);
    assert_eq!(folder.names(), ["d", "p.csv", "s.csv"]);
}

#[test]
fn a_place_that_is_none_is_refused_before_the_run() {
    let folder = small();
    fs::create_dir(folder.path("d")).unwrap();
    let out = |out: &str| folder.run(&format!("{SIMULATE} --out {out}"));
    out("d").refused("d: is a directory");
    out("d/").refused("d/: is a directory");
    out("..").refused("..: is a directory");
    out("absent/o.csv").refused("absent/o.csv: its folder does not exist");
    out("p.csv/o.csv").refused("p.csv/o.csv: its folder does not exist");
    assert_eq!(folder.names(), ["d", "p.csv", "s.csv"]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = small().and("target", "precious\n");
    symlink("target", folder.path("link")).unwrap();
    symlink("absent", folder.path("dangling")).unwrap();
    symlink("p.csv", folder.path("input")).unwrap();
    for link in ["link", "dangling"] {
        let message = format!("{link}: is a symbolic link, which is not written through");
        folder.run(&format!("{SIMULATE} --out {link}")).refused(&message);
    }
    folder.run(&format!("{SIMULATE} --out input")).refused("input: is also an input");
    assert_eq!(
        (folder.read("target").as_str(), folder.read("p.csv").as_str()),
        ("precious\n", POOLS)
    );
    assert_eq!(folder.names(), ["dangling", "input", "link", "p.csv", "s.csv", "target"]);
    // Reading through one harms nobody.
    let line = "simulate --pools input --swaps s.csv";
    folder.run(line).result();
}

/// Two files or none: what stands in the way of the second keeps the first from appearing.
#[cfg(unix)]
#[test]
fn generate_writes_both_files_or_none() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new().and("target", "precious\n");
    let line = "generate --pools 3 --swaps 3 --out made";
    fs::create_dir(folder.path("made")).unwrap();
    symlink("../target", folder.path("made/swaps.csv")).unwrap();
    folder.run(line).refused("made/swaps.csv: is a symbolic link, which is not written through");
    fs::remove_file(folder.path("made/swaps.csv")).unwrap();
    fs::create_dir(folder.path("made/swaps.csv")).unwrap();
    folder.run(line).refused("made/swaps.csv: is a directory");
    let names = fs::read_dir(folder.path("made")).unwrap().count();
    assert_eq!((names, folder.read("target").as_str()), (1, "precious\n"));
    fs::remove_dir(folder.path("made/swaps.csv")).unwrap();
    assert_eq!(folder.run(line).code, Some(0));
    assert_eq!(fs::read_dir(folder.path("made")).unwrap().count(), 2);
}

/// As any program would: what the user lets others read they may read.
#[cfg(unix)]
#[test]
fn a_new_file_has_the_permissions_that_the_user_chose() {
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let folder = small();
        let run = |line: &str| {
            let script = format!("umask {umask} && exec \"$0\" {line}");
            assert_eq!(Ran::of(&mut folder.shell(&script)).code, Some(0));
        };
        run(&format!("{SIMULATE} --out o.csv"));
        run("generate --pools 2 --swaps 2 --out made");
        for name in ["o.csv", "made/pools.csv", "made/swaps.csv"] {
            assert_eq!(mode_of(&folder, name), mode, "{name} with umask {umask}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    for mode in [0o600, 0o640, 0o666] {
        let folder = small().and("o.csv", "");
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path("o.csv"), permissions).unwrap();
        folder.run(&format!("{SIMULATE} --out o.csv")).result();
        assert_eq!((mode_of(&folder, "o.csv"), folder.read("o.csv").as_str()), (mode, OUTCOMES));
    }
}

#[cfg(unix)]
fn mode_of(folder: &Folder, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = small();
    fs::create_dir(folder.path("d")).unwrap();
    fs::set_permissions(folder.path("d"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::File::create(folder.path("d/probe")).is_ok() {
        eprintln!("this user may write everywhere, a read-only folder is not checked");
        return;
    }
    folder.run(&format!("{SIMULATE} --out d/o.csv")).refused_with("d/o.csv: Permission denied");
    folder
        .run("generate --pools 1 --swaps 1 --out d/made")
        .refused_with("d/made: Permission denied");
    assert_eq!(fs::read_dir(folder.path("d")).unwrap().count(), 0);
}

/// A device or a pipe is no file that could be replaced: rows go into it.
#[cfg(unix)]
#[test]
fn a_pipe_gets_the_rows() {
    let folder = small();
    let made = std::process::Command::new("mkfifo").arg(folder.path("f")).status().unwrap();
    assert!(made.success());
    let child = folder.command(&format!("{SIMULATE} --out f")).stdout(Stdio::null()).spawn();
    assert_eq!(folder.read("f"), OUTCOMES);
    assert!(child.unwrap().wait().unwrap().success());
    folder.run(&format!("{SIMULATE} --out /dev/null")).result();
    assert_eq!(folder.names(), ["f", "p.csv", "s.csv"]);
}

#[test]
fn the_environment_does_not_change_the_result() {
    let folder = small();
    let line = "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10";
    let usual = folder.run(line).result();
    let bare = Ran::of(folder.command(line).env_clear());
    let foreign = [("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu"), ("CLICOLOR_FORCE", "1")];
    let other = Ran::of(folder.command(line).envs(foreign));
    assert_eq!((bare.result(), other.result()), (usual.clone(), usual));
}
