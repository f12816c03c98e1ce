//! The command line of Cenote.
//!
//! Exit codes: 0 when all went well, or the reader of our output went away; 1 when a
//! verification failed; 2 for bad input, and for a quote or a route that cannot be.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod files;
mod print;
mod progress;

use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::process::{self, ExitCode};

use clap::Parser;

use args::{Args, Command};

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// All is well.
    Good,
    /// A verification failed.
    Failed,
}

fn main() -> ExitCode {
    let done = match parse().command {
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Replay(args) => commands::replay::run(&args),
        Command::Generate(args) => commands::generate::run(&args),
        Command::Quote(args) => commands::quote::run(&args),
        Command::Route(args) => commands::route::run(&args),
        Command::Certify(args) => commands::certify::run(&args),
        Command::Scenario(args) => commands::scenario::run(&args),
        #[cfg(feature = "chain")]
        Command::Sync(args) => commands::sync::run(&args),
        #[cfg(feature = "chain")]
        Command::Follow(args) => commands::follow::run(&args),
    };
    match done {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Failed) => ExitCode::from(1),
        // Whoever read our output has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If there is nobody to tell, the exit code still does.
            let _: io::Result<()> = writeln!(io::stderr(), "cenote: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// What was said on the command line; where that is nothing to be done, this ends the program.
fn parse() -> Args {
    Args::try_parse().unwrap_or_else(|error| {
        let steers = |argument: OsString| {
            print::escaped(&argument.to_string_lossy()) != argument.to_string_lossy()
        };
        if !error.use_stderr() || !env::args_os().any(steers) {
            error.exit();
        }
        // The message quotes the arguments, and a script may have them from anywhere.
        for line in error.render().to_string().lines() {
            let _: io::Result<()> = writeln!(io::stderr(), "{}", print::escaped(line));
        }
        process::exit(error.exit_code())
    })
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|io| io.kind() == ErrorKind::BrokenPipe)
    })
}
