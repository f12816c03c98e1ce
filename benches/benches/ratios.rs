//! How many times as fast as a naive program, row by row, against the goals:
//!
//! ```text
//! cargo bench -p benches --bench ratios              # all, some four minutes
//! cargo bench -p benches --bench ratios -- quote     # rows whose names hold this
//! ```
//!
//! Criterion measures each row's first way; every other way of the row does the same work in the same
//! round, one right after the other, and the table at the end gives the median of the rounds' ratios. So
//! what slows the machine down for a while slows all of them. Work on one thread is measured by the time
//! that the thread computed, which leaves out whoever else uses the machine.

#![expect(clippy::print_stdout, reason = "a table for people")]

use std::time::Duration;

use benches::measure::{Clock, Variant, compare};
use benches::rows::{OWN, ROWS, Row};
use benches::table::Table;
use criterion::{Criterion, SamplingMode};

/// What was measured of a row, or why it was not.
type Measured = Result<Vec<Variant>, String>;

fn main() {
    let mut table = Table::default();
    for row in ROWS.iter().chain(&OWN) {
        let mut criterion = Criterion::default()
            .with_measurement(row.clock)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2))
            .sample_size(10)
            .configure_from_args();
        match measure(row, &mut criterion) {
            Some(Ok(variants)) => table.add(row, &variants),
            Some(Err(reason)) => table.add_note(row, &format!("not measured: {reason}")),
            None => {}
        }
    }
    Criterion::default().configure_from_args().final_summary();
    println!("\n{table}");
}

/// Measures a row; nothing if it is not asked for.
fn measure(row: &Row, criterion: &mut Criterion<Clock>) -> Option<Measured> {
    let [kind, name] = row.name;
    let mut group = criterion.benchmark_group(kind);
    group.sampling_mode(SamplingMode::Flat);
    // Made only if the row is asked for, and what is slow to make only once.
    let mut measured = None;
    group.bench_function(name, |bencher| {
        let variants = measured.get_or_insert_with(|| prepare(row));
        let Ok(variants) = variants else { return bencher.iter(|| ()) };
        bencher.iter_custom(|rounds| (0..rounds).map(|_| round(row, variants)).sum());
    });
    group.finish();
    measured
}

/// The ways of a row, whose answers agree.
fn prepare(row: &Row) -> Measured {
    let mut variants = row.variants(&row.workload())?;
    compare(&mut variants)?;
    Ok(variants)
}

/// Does the work of a row in every way, and gives what the first one took.
fn round(row: &Row, variants: &mut [Variant]) -> Duration {
    let mut times = variants.iter_mut().map(|variant| variant.pass(row.clock));
    let first = times.next().unwrap_or_default();
    times.for_each(drop);
    first
}
