//! The program from outside: its files, its streams and its exit codes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod attacks;
mod bad_input;
mod certify;
#[cfg(feature = "chain")]
mod chain;
mod generate;
mod outputs;
mod queries;
mod quote;
mod replay;
mod route;
mod scenario;
mod simulate;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// Pools with known answers: deep, without much fee, empty, and of dust.
const POOLS: &str = "\
pool,token0,token1,reserve0,reserve1,fee_pips,decimals0,decimals1,symbol0,symbol1
eth/usd,eth,usd,1000,4000000,3000,0,2,ETH,USD
usd/dai,usd,dai,1000000,1000000,500,2,,USD,
void,eth,dai,0,0,3000,,,,
dust,eth,btc,1,1000000,3000,,,,
";

/// A folder of its own, in which the program runs; it goes away with the value.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self::new().and(name, bytes)
    }

    fn and(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// What is in it, in alphabetical order.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names = entries.map(|entry| name(entry.unwrap())).collect::<Vec<_>>();
        names.sort();
        names
    }

    /// The program with these arguments, which have no spaces.
    fn command(&self, line: &str) -> Command {
        self.spawn_in(env!("CARGO_BIN_EXE_cenote"), line.split_whitespace())
    }

    /// A shell that may set what a process inherits, and then runs `"$0"`, the program.
    #[cfg(unix)]
    fn shell(&self, script: &str) -> Command {
        self.spawn_in("sh", ["-c", script, env!("CARGO_BIN_EXE_cenote")])
    }

    fn spawn_in<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Ran {
        Ran::of(&mut self.command(line))
    }

    /// Runs with this on stdin; the program may stop reading before the end.
    fn feed(&self, line: &str, bytes: Vec<u8>) -> Ran {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = thread::spawn(move || stdin.write_all(&bytes).is_ok());
        let ran = Ran::from(child.wait_with_output().unwrap());
        writer.join().unwrap();
        ran
    }
}

/// A run that has ended.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    fn of(command: &mut Command) -> Self {
        command.output().unwrap().into()
    }

    /// It went well and had nothing to say besides its result, which this is.
    #[track_caller]
    fn result(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        self.stdout
    }

    /// Its result, as one JSON document.
    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.result()).unwrap()
    }

    /// It refused to work, printed no result, and gave this reason.
    #[track_caller]
    fn reason(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        let steers = |character: char| character.is_control() && character != '\n';
        assert!(!self.stderr.contains(steers), "{:?}", self.stderr);
        self.stderr
    }

    /// It refused with exactly this message.
    #[track_caller]
    fn refused(self, message: &str) {
        assert_eq!(self.reason(), format!("cenote: {message}\n"));
    }

    /// It refused, and this is part of the reason.
    #[track_caller]
    fn refused_with(self, part: &str) {
        let reason = self.reason();
        assert!(reason.contains(part), "{reason}");
    }
}

/// A file of real pools; `None` with a line on stderr where there are none.
fn real_pools(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.is_file() {
        return Some(path);
    }
    // Unlike `eprintln!`, this is shown for a test that passes.
    let _shown =
        writeln!(std::io::stderr(), "no file of real pools {name}, nothing is checked with it");
    None
}

/// The keys of a JSON object, in the order of the alphabet.
#[track_caller]
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
