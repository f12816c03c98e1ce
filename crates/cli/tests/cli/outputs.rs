//! What is written, where, and when: whole or not at all.

use std::fs;
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

/// The rows that were right are on stdout by then, and the exit code says that it is not all.
#[test]
fn a_failure_behind_rows_on_stdout_is_a_failure() {
    let swaps = format!("pool,token_in,amount_in\n{}eth/usd,eth,x\n", ROW.repeat(70_000));
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    let ran = folder.run(&format!("{SIMULATE} --out -"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("cenote: s.csv: line 70002, column 3 (amount_in)"));
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
