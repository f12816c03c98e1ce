//! `cenote replay`

use std::cell::Cell;
use std::fmt::Write;
use std::io::Read;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cenote::{
    EventBatch, EventReader, Mismatch, Replay, ReplayError, ReplayReport, Stranger, printable,
};
use serde::Serialize;

use super::generate::WINDOW;
use super::summary::per_second;
use crate::Verdict;
use crate::args::{self, Format};
use crate::files::{self, read_snapshots};
use crate::print::{self, thousands};
use crate::progress::{Counted, bar};

/// Mismatches that people are shown.
const ROWS: usize = 20;

/// A replay as JSON.
#[derive(Serialize)]
struct Document<'a> {
    events: u64,
    syncs_checked: u64,
    syncs_matched: u64,
    syncs_adopted: u64,
    end_states_checked: u64,
    end_states_matched: u64,
    accumulators_checked: u64,
    accumulators_matched: u64,
    mismatches: Vec<Entry<'a>>,
    /// Those beyond the most that are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatches_left_out: Option<u64>,
}

#[derive(Serialize)]
struct Entry<'a> {
    line: u64,
    block: Option<u64>,
    log_index: Option<u64>,
    pool: &'a str,
    field: &'a str,
    expected: &'a str,
    found: &'a str,
}

pub(crate) fn run(args: &args::Replay) -> Result<Verdict> {
    files::refuse_two_from_stdin(&[("--pools", &args.pools), ("--events", &args.events)])?;
    let states = read_snapshots(&args.pools, &args.options)?;
    let started = Instant::now();
    let report = replay(args, Replay::new(states.market, states.snapshots))?;
    match args.format {
        Format::Json => print::json(&document(&report))?,
        Format::Text => print::text(&describe(&report, args, started.elapsed())?)?,
    }
    Ok(if report.mismatch_count == 0 { Verdict::Good } else { Verdict::Failed })
}

/// Reads and replays window by window, so that memory does not grow with the events.
fn replay(args: &args::Replay, mut replay: Replay) -> Result<ReplayReport> {
    let (input, length) = files::open(&args.events)?;
    let (input, read): (_, Rc<Cell<u64>>) = Counted::new(input);
    let named = || files::name(&args.events);
    let mut reader: EventReader<Counted<Box<dyn Read>>> =
        EventReader::new(input).with_context(named)?;
    let progress = bar(length, "events");
    let mut batch = EventBatch::new();
    loop {
        batch.clear();
        reader.read(replay.market(), &mut batch, WINDOW).with_context(named)?;
        if batch.logs.is_empty() {
            break;
        }
        if let Some(block) = args.options.block {
            batch = only(batch, block);
        }
        push(&mut replay, &batch).with_context(named)?;
        progress.set_position(read.get());
        progress.set_message(thousands(replay.report().events));
    }
    progress.finish_and_clear();
    Ok(replay.finish().0)
}

/// What a batch has of one block.
fn only(batch: EventBatch, block: u64) -> EventBatch {
    let mut kept = EventBatch::new();
    let mut strangers = batch.strangers.into_iter().peekable();
    for (place, (log, line)) in batch.logs.into_iter().zip(batch.lines).enumerate() {
        let stranger = strangers.next_if(|stranger| stranger.place == place);
        if log.block == block {
            let place = kept.logs.len();
            kept.strangers.extend(stranger.map(|stranger| Stranger { place, ..stranger }));
            kept.logs.push(log);
            kept.lines.push(line);
        }
    }
    kept
}

/// Pushes all logs of a batch, those of pairs that the market does not have by their names.
fn push(replay: &mut Replay, batch: &EventBatch) -> Result<(), ReplayError> {
    let mut next = 0;
    for Stranger { place, name } in &batch.strangers {
        let known = next..*place;
        let logs = batch.logs.get(known.clone()).unwrap_or_default();
        replay.run(logs, batch.lines.get(known).unwrap_or_default())?;
        if let (Some(log), Some(line)) = (batch.logs.get(*place), batch.lines.get(*place)) {
            replay.push_stranger(*line, log, name)?;
        }
        next = place.saturating_add(1);
    }
    let logs = batch.logs.get(next..).unwrap_or_default();
    replay.run(logs, batch.lines.get(next..).unwrap_or_default())
}

fn document(report: &ReplayReport) -> Document<'_> {
    let left_out = left_out(report, report.mismatches.len());
    Document {
        events: report.events,
        syncs_checked: report.syncs_checked,
        syncs_matched: report.syncs_matched,
        syncs_adopted: report.syncs_adopted,
        end_states_checked: report.end_states_checked,
        end_states_matched: report.end_states_matched,
        accumulators_checked: report.accumulators_checked,
        accumulators_matched: report.accumulators_matched,
        mismatches: report.mismatches.iter().map(Entry::from).collect(),
        mismatches_left_out: Some(left_out).filter(|count| *count > 0),
    }
}

impl<'a> From<&'a Mismatch> for Entry<'a> {
    fn from(mismatch: &'a Mismatch) -> Self {
        Self {
            line: mismatch.line,
            block: mismatch.block,
            log_index: mismatch.log_index,
            pool: &mismatch.pool,
            field: mismatch.field,
            expected: &mismatch.expected,
            found: &mismatch.found,
        }
    }
}

/// How many mismatches are not among the first `listed`.
fn left_out(report: &ReplayReport, listed: usize) -> u64 {
    report.mismatch_count.saturating_sub(u64::try_from(listed).unwrap_or(u64::MAX))
}

/// The whole page for people.
fn describe(report: &ReplayReport, args: &args::Replay, elapsed: Duration) -> Result<String> {
    let mut page = String::new();
    writeln!(page, "{} events\n", thousands(report.events))?;
    let header = ["", "checked", "matched"];
    let [label, checked, matched] = header;
    writeln!(page, "{label:<28} {checked:>12} {matched:>12}")?;
    let rows = [
        ("swaps, deposits, withdrawals", report.syncs_checked, report.syncs_matched),
        ("pools at the end of a block", report.end_states_checked, report.end_states_matched),
        ("price accumulators", report.accumulators_checked, report.accumulators_matched),
    ];
    for (label, checked, matched) in rows {
        writeln!(page, "{label:<28} {:>12} {:>12}", thousands(checked), thousands(matched))?;
    }
    let adopted = thousands(report.syncs_adopted);
    writeln!(page, "{:<28} {adopted:>12}\n", "reserves taken over as told")?;
    write_mismatches(&mut page, report, args)?;
    let seconds = elapsed.as_secs_f64();
    let speed = thousands(per_second(report.events, elapsed));
    writeln!(page, "time  {seconds:.3} s, {speed} events/s")?;
    Ok(page)
}

fn write_mismatches(page: &mut String, report: &ReplayReport, args: &args::Replay) -> Result<()> {
    if report.mismatch_count == 0 {
        // What was taken over as told follows from nothing.
        let what = if report.syncs_adopted == 0 { "Everything" } else { "Everything else" };
        writeln!(page, "{what} follows from the rules of the pools, to the last unit.\n")?;
        return Ok(());
    }
    let plural = if report.mismatch_count == 1 { "" } else { "es" };
    writeln!(page, "{} mismatch{plural}", thousands(report.mismatch_count))?;
    for mismatch in report.mismatches.iter().take(ROWS) {
        let Mismatch { line, block, log_index, pool, field, expected, found, .. } = mismatch;
        // The state at the end of a block stands in the other file.
        let file = if log_index.is_some() { &args.events } else { &args.pools };
        let block = block.map(|block| format!("block {block}, ")).unwrap_or_default();
        let log = log_index.map(|log| format!("log {log}, ")).unwrap_or_default();
        let (file, pool) = (files::name(file), printable(pool));
        writeln!(page, "{file}: line {line}: {block}{log}pool {pool}")?;
        writeln!(page, "    {field}: expected {expected}, found {found}")?;
    }
    let rest = left_out(report, ROWS.min(report.mismatches.len()));
    if rest > 0 {
        writeln!(page, "and {} more (--format json lists up to 100,000)", thousands(rest))?;
    }
    writeln!(page)?;
    Ok(())
}
