//! `campaign [OPERATION..]`: a table of many cases of each operation; `vectors FOLDER`: what the
//! contracts answered, as files.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for a terminal")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use cenote_conformance::operations::OPERATIONS;
use cenote_conformance::{Contracts, Engine, Operation, Plan, Vectors};

/// How many cases of each operation a campaign has; a sequence counts by its calls.
const CAMPAIGN: u64 = 1_000_000;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(contracts) = Contracts::load() else {
        println!("conformance: the contracts are not there (conformance/run fetches them)");
        return ExitCode::FAILURE;
    };
    match &*words {
        ["campaign", names @ ..] => campaign(&contracts, names),
        ["vectors", folder] => vectors(&contracts, Path::new(folder)),
        _ => {
            println!("usage: campaign [OPERATION..] | vectors FOLDER");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn campaign(contracts: &Contracts, names: &[&str]) {
    let mut chosen: Vec<_> =
        names.iter().map(|name| Operation::named(name).expect("an operation's name")).collect();
    if chosen.is_empty() {
        chosen = OPERATIONS.iter().collect();
    }
    println!("| operation | cases | calls | agreed | refused alike | edge | dust | differs |");
    println!("|---|---|---|---|---|---|---|---|");
    for operation in chosen {
        let plan = Plan::of(CAMPAIGN.div_ceil(operation.calls));
        let tally = operation.compare(contracts, Engine::CENOTE, plan);
        println!("| {} | {} |", operation.name, tally.row());
    }
}

fn vectors(contracts: &Contracts, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder to write to");
    for (name, text) in Vectors::published(contracts).files() {
        fs::write(folder.join(&name), &text).expect("a file to write");
        println!("{name}: {} bytes", text.len());
    }
}
