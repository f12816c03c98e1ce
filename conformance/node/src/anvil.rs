//! [`Anvil`]: a node of a test's own.

use std::env::consts::{ARCH, OS};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// How long a node may take until it listens.
const START: Duration = Duration::from_mins(1);

/// When the chain begins.
pub const GENESIS: u64 = 1_700_000_000;

/// A node that runs as long as this value lives, alone on a port of its own.
///
/// Blocks are mined on demand, transactions in the order in which they came.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    port: u16,
}

impl Anvil {
    /// Starts a node; `None` where none was fetched, as on platforms without one.
    pub fn start() -> Option<Self> {
        let program = program()?;
        let mut child = Command::new(&program)
            .args(["--host", "127.0.0.1", "--port", "0", "--no-mining", "--order", "fifo"])
            .args(["--timestamp", &GENESIS.to_string(), "--gas-limit", "1000000000"])
            // Ether for any number of acts.
            .args(["--balance", "1000000000000"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let (say, said) = mpsc::channel();
        let output = child.stdout.take().unwrap();
        // It stops when it cannot write, so somebody reads until its end.
        thread::spawn(move || read(output, &say));
        match port(&said) {
            Ok(port) => Some(Self { child, port }),
            Err(words) => {
                stop(&mut child);
                panic!("the node does not listen, and says: {words}");
            }
        }
    }

    /// Where it is asked.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// The fetched program for this platform.
fn program() -> Option<PathBuf> {
    let system = if OS == "macos" { "darwin" } else { OS };
    let machine = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let folder = format!("@foundry-rs/anvil-{system}-{machine}/bin/anvil");
    let path = cenote_conformance_contracts::fetched().join(folder);
    path.is_file().then_some(path)
}

/// Ends the process and waits for its end. One that has ended by itself is as good.
fn stop(child: &mut Child) {
    let _ended = child.kill();
    let _status = child.wait();
}

/// Says all lines until somebody stops listening, then goes on reading.
fn read(output: ChildStdout, say: &Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let _heard = say.send(line);
    }
}

/// The port that it says; otherwise all that it said.
fn port(said: &Receiver<String>) -> Result<u16, String> {
    let mut words = String::new();
    while let Ok(line) = said.recv_timeout(START) {
        if let Some(address) = line.strip_prefix("Listening on ") {
            return Ok(address.rsplit(':').next().unwrap().trim().parse().unwrap());
        }
        words.push_str(&line);
        words.push('\n');
    }
    Err(words)
}
