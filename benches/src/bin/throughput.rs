//! How many swaps a second a batch runs, by the number of pools and of threads:
//!
//! ```text
//! cargo run --release -p benches --bin throughput | scripts/charts -
//! ```
//!
//! Four million swaps of exact inputs over pools of mixed decimals, all alike popular; the naive program
//! runs the first million of them. Outputs are compared first. Work on one thread is measured by the
//! thread's time, on two by the wall's; each line has the median of five rounds, in which everything is
//! measured in turn.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "lines for a file")]
#![expect(clippy::float_arithmetic, reason = "rates for people")]

use std::process::ExitCode;

use benches::measure::{Clock, Variant, Whose, compare};
use benches::workloads::{Popularity, Swaps, Workload};
use benches::{naive, ours};

const POOLS: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];
const SWAPS: usize = 1 << 22;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    println!("who,threads,pools,clock,ns_per_swap,million_swaps_per_second");
    for pools in POOLS {
        if let Err(wrong) = measure(pools) {
            eprintln!("throughput: {pools} pools: {wrong}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Measures one number of pools and prints a line for each way.
fn measure(pools: usize) -> Result<(), String> {
    let work = Workload::Swaps(Swaps::traffic(pools, SWAPS, Popularity::Even));
    let mut variants = ours::traffic(&work, 1)?;
    variants.extend(ours::traffic(&work, 2)?);
    variants.extend(naive::variants(&work));
    compare(&mut variants)?;
    for _ in 0..ROUNDS {
        for variant in &mut variants {
            variant.pass(clock(variant).0);
        }
    }
    for variant in &variants {
        let ((_, clock), threads, nanos) = (clock(variant), threads(variant), variant.nanos());
        let who = if variant.whose == Whose::Ours { "cenote" } else { variant.name };
        println!("\"{who}\",{threads},{pools},{clock},{nanos:.2},{:.2}", 1e3 / nanos);
    }
    Ok(())
}

fn threads(variant: &Variant) -> usize {
    if variant.name.ends_with("2 threads") { 2 } else { 1 }
}

fn clock(variant: &Variant) -> (Clock, &'static str) {
    if threads(variant) == 2 { (Clock::Wall, "wall") } else { (Clock::Thread, "thread") }
}
