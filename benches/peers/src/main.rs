//! Cenote beside other exact implementations of Uniswap v2's arithmetic:
//!
//! ```text
//! benches/peers/run              # fetches the contracts first, and leaves out what cannot be built
//! benches/peers/run "quote, "    # rows whose names hold this
//! ```
//!
//! The answers of all of them to all inputs of a row are compared with ours; then they do the row's work
//! in turn, one right after the other, round after round. The table gives the medians of the rounds.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a program for a terminal, which stops where it stands if a peer answers something else"
)]

#[cfg(feature = "amms")]
mod amms_crate;
mod bytecode;
mod sdk;
mod wide;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::measure::{Variant, compare};
use benches::rows::{ROWS, Row};
use benches::table::Table;
use benches::workloads::Workload;

/// How long a row is measured, and at least so many rounds.
const LONG: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let mut table = Table::default();
    let mut all_agree = true;
    for row in ROWS.iter().filter(|row| row.name.join(", ").contains(&wanted)) {
        let workload = row.workload();
        let mut variants = match row.variants(&workload) {
            Ok(variants) => variants,
            Err(reason) => {
                table.add_note(row, &format!("not measured: {reason}"));
                continue;
            }
        };
        add_peers(row, &workload, &mut variants, &mut table);
        if let Err(wrong) = compare(&mut variants) {
            eprintln!("{}: {wrong}", row.name.join(", "));
            all_agree = false;
            continue;
        }
        let names = variants.iter().map(|variant| variant.name).collect::<Vec<_>>();
        println!("{}: agree on all inputs: {}", row.name.join(", "), names.join(", "));
        measure(row, &mut variants);
        table.add(row, &variants);
    }
    println!("\n{table}");
    if all_agree { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Adds the peers that do this work, and why the others do not.
fn add_peers(row: &Row, work: &Workload, variants: &mut Vec<Variant>, table: &mut Table) {
    variants.extend(wide::variant::<ruint::aliases::U256>(work));
    variants.extend(wide::variant::<ethnum::U256>(work));
    #[cfg(feature = "amms")]
    let amms = ("amms", amms_crate::variant(work));
    #[cfg(not(feature = "amms"))]
    let amms = ("amms", Err("it was not built, which needs m4 and make"));
    for (name, made) in
        [amms, ("uniswap-v2-sdk", sdk::variant(work)), ("revm", bytecode::variant(work))]
    {
        match made {
            Ok(variant) => {
                if name == "amms" && matches!(work, Workload::Swaps(_)) {
                    table.add_note(row, "amms: checks neither k nor 112 bits");
                }
                variants.push(variant);
            }
            Err(reason) => table.add_note(row, &format!("{name}: {reason}")),
        }
    }
}

fn measure(row: &Row, variants: &mut [Variant]) {
    let start = Instant::now();
    for round in 0.. {
        if ROUNDS <= round && LONG < start.elapsed() {
            break;
        }
        for variant in &mut *variants {
            variant.pass(row.clock);
        }
    }
}
