//! `cenote simulate`

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use cenote::{
    Batch, Market, OpenError, Outcome, OutcomeWriter, Outcomes, PoolId, StateHash, SwapBatch,
    SwapReader, Tally, Timeline, TraderId, Traffic, World, generate_market, market_hash,
    world_hash,
};
use indicatif::ProgressBar;

use super::generate::{TRADERS, WINDOW};
use super::summary::{Audited, Summary};
use crate::Verdict;
use crate::args::{Format, Simulate};
use crate::files::{self, Output, is_dash, read_market};
use crate::print;
use crate::progress::{Counted, bar};

/// The built-in run.
const POOLS: usize = 10_000;
const SWAPS: u64 = 1_000_000;

pub(crate) fn run(args: &Simulate) -> Result<Verdict> {
    check(args)?;
    let market = match &args.pools {
        Some(path) => read_market(path, &args.options)?,
        None => generate_market(POOLS, args.seed),
    };
    let source = match &args.swaps {
        Some(path) => Source::file(path)?,
        None => Source::traffic(&market, args.seed),
    };
    let rows = args.out.as_deref().map(Rows::create).transpose()?;
    let mut builder = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = args.threads {
        builder = builder.num_threads(threads);
    }
    // The error says the same of itself and of its cause.
    let threads = builder.build().map_err(|error| anyhow!("--threads: {error}"))?;
    let mut run = Run::new(&market, source, rows)?;
    run.run(&threads)?;
    let mut summary = run.finish(&market)?;
    summary.seed = args.swaps.is_none().then_some(args.seed);
    report(args, &summary)?;
    Ok(if summary.holds() { Verdict::Good } else { Verdict::Failed })
}

fn check(args: &Simulate) -> Result<()> {
    let inputs = [args.pools.as_deref(), args.swaps.as_deref()];
    let inputs = inputs.into_iter().flatten().collect::<Vec<_>>();
    if inputs.is_empty() {
        args.options.refuse("without --pools")?;
    }
    if inputs.len() > 1 && inputs.iter().all(|path| is_dash(path)) {
        bail!("--pools and --swaps cannot both be stdin");
    }
    if let Some(out) = &args.out {
        if is_dash(out) && args.format == Format::Json {
            bail!("--out - and --format json cannot both have stdout");
        }
        files::refuse_overwriting(out, &inputs)?;
    }
    Ok(())
}

fn report(args: &Simulate, summary: &Summary<'_>) -> Result<()> {
    if args.format == Format::Json {
        return print::json(&summary.document());
    }
    let text = summary.text()?;
    // Rows and summary do not share stdout.
    if args.out.as_deref().is_some_and(is_dash) {
        return Ok(io::stderr().write_all(text.as_bytes())?);
    }
    print::text(&text)
}

/// Where swaps come from.
enum Source {
    File {
        reader: Box<SwapReader<Counted<Box<dyn Read>>>>,
        read: Rc<Cell<u64>>,
        length: Option<u64>,
        /// For messages.
        name: String,
    },
    Traffic {
        traffic: Box<Traffic>,
        left: u64,
    },
}

impl Source {
    fn file(path: &Path) -> Result<Self> {
        let (input, length) = files::open(path)?;
        let (input, read) = Counted::new(input);
        let name = files::name(path);
        let reader = Box::new(SwapReader::new(input).with_context(|| name.clone())?);
        Ok(Self::File { reader, read, length, name })
    }

    fn traffic(market: &Market, seed: u64) -> Self {
        Self::Traffic { traffic: Box::new(Traffic::new(market, TRADERS, seed)), left: SWAPS }
    }

    fn has_traders(&self) -> bool {
        match self {
            Self::File { reader, .. } => reader.has_traders(),
            Self::Traffic { .. } => true,
        }
    }

    fn has_timestamps(&self) -> bool {
        match self {
            Self::File { reader, .. } => reader.has_timestamps() && !reader.has_traders(),
            Self::Traffic { .. } => false,
        }
    }

    fn progress(&self) -> ProgressBar {
        match self {
            Self::File { length, .. } => bar(*length, "swaps"),
            Self::Traffic { left, .. } => bar(Some(*left), "swaps"),
        }
    }

    /// Fills the batch with the next orders; none at the end. Gives how far it is.
    fn read(&mut self, market: &Market, batch: &mut SwapBatch) -> Result<u64> {
        batch.clear();
        match self {
            Self::File { reader, read, name, .. } => {
                reader.read(market, batch, WINDOW).with_context(|| name.clone())?;
                Ok(read.get())
            }
            Self::Traffic { traffic, left } => {
                let count = usize::try_from(*left).unwrap_or(usize::MAX).min(WINDOW);
                traffic.write(count, &mut batch.orders, &mut batch.traders);
                *left = left.saturating_sub(u64::try_from(count).unwrap_or(*left));
                Ok(SWAPS.saturating_sub(*left))
            }
        }
    }
}

/// What swaps run on.
enum Venue {
    Market(Box<Market>, Box<Batch>),
    World(Box<World>, Vec<TraderId>),
}

impl Venue {
    fn market(&self) -> &Market {
        match self {
            Self::Market(market, _) => market,
            Self::World(world, _) => world.exchange().market(),
        }
    }

    fn state_hash(&self) -> StateHash {
        match self {
            Self::Market(market, _) => market_hash(market),
            Self::World(world, _) => world_hash(world.exchange()),
        }
    }

    fn run(&mut self, batch: &SwapBatch, outcomes: &mut Outcomes) -> Result<()> {
        match self {
            Self::Market(market, runner) => runner.run(market, &batch.orders, outcomes),
            Self::World(world, wallets) => {
                let traders = batch.traders.iter().map(|trader| {
                    let at = usize::try_from(*trader).unwrap_or(usize::MAX);
                    while wallets.len() <= at {
                        wallets.push(world.open_wallet().context("too many traders")?);
                    }
                    wallets.get(at).copied().context("too many traders")
                });
                let traders = traders.collect::<Result<Vec<_>>>()?;
                world.run(&batch.orders, &traders, outcomes)?;
            }
        }
        Ok(())
    }
}

/// Where the outcomes go.
struct Rows {
    writer: OutcomeWriter<Output>,
    /// For messages.
    name: String,
}

impl Rows {
    fn create(path: &Path) -> Result<Self> {
        let writer = OutcomeWriter::new(Output::create(path)?);
        Ok(Self { writer, name: files::output_name(path) })
    }

    fn finish(self) -> Result<()> {
        self.writer.finish().with_context(|| self.name)?.finish()
    }
}

/// A run under way.
struct Run {
    venue: Venue,
    source: Source,
    rows: Option<Rows>,
    tally: Tally,
    /// Where the pools' past is known and the swaps have times.
    timeline: Option<Timeline>,
    closed: Vec<(PoolId, OpenError)>,
    elapsed: Duration,
}

impl Run {
    fn new(market: &Market, source: Source, rows: Option<Rows>) -> Result<Self> {
        let (venue, closed) = if source.has_traders() {
            let opening = World::open(market)?;
            (Venue::World(Box::new(opening.world), Vec::new()), opening.refused)
        } else {
            (Venue::Market(Box::new(market.clone()), Box::default()), Vec::new())
        };
        let tally = Tally::new(market);
        let timeline = Some(market).filter(|_| source.has_timestamps()).and_then(Timeline::new);
        Ok(Self { venue, source, rows, tally, timeline, closed, elapsed: Duration::ZERO })
    }

    /// Reads, runs and writes window by window, so that memory does not grow with the swaps.
    fn run(&mut self, threads: &rayon::ThreadPool) -> Result<()> {
        let progress = self.source.progress();
        let (mut batch, mut outcomes) = (SwapBatch::new(), Outcomes::new());
        loop {
            let reading = Instant::now();
            let position = self.source.read(self.venue.market(), &mut batch)?;
            // Making traffic is not part of the run; reading it is.
            if matches!(self.source, Source::File { .. }) {
                self.elapsed = self.elapsed.saturating_add(reading.elapsed());
            }
            if batch.orders.is_empty() {
                break;
            }
            let running = Instant::now();
            threads.install(|| self.venue.run(&batch, &mut outcomes))?;
            self.tally.add(self.venue.market(), &batch.orders, &outcomes);
            if let Some(timeline) = &mut self.timeline {
                timeline.pass(&batch.orders, &outcomes, &batch.timestamps);
            }
            self.write(&batch, &outcomes)?;
            self.elapsed = self.elapsed.saturating_add(running.elapsed());
            progress.set_position(position);
            let done = self.tally.accepted().saturating_add(self.tally.refused());
            progress.set_message(print::thousands(done));
        }
        progress.finish_and_clear();
        Ok(())
    }

    fn write(&mut self, batch: &SwapBatch, outcomes: &Outcomes) -> Result<()> {
        let Some(Rows { writer, name }) = &mut self.rows else { return Ok(()) };
        // The built-in traffic has no lines: its swaps are counted from 1.
        let first = self.tally.accepted().saturating_add(self.tally.refused());
        let count = u64::try_from(batch.orders.len()).unwrap_or_default();
        let mut lines = first.saturating_sub(count);
        for (at, (order, outcome)) in outcomes.iter(&batch.orders).enumerate() {
            lines = lines.saturating_add(1);
            let line = batch.lines.get(at).copied().unwrap_or(lines);
            let outcome = match outcome {
                Ok(legs) => {
                    let ends = legs.first().zip(legs.last()).context("an order without hops")?;
                    let (amount_in, amount_out) = (ends.0.amount_in, ends.1.amount_out);
                    Outcome::Accepted { amount_in, amount_out }
                }
                Err(refusal) => Outcome::Refused { code: refusal.code() },
            };
            let written = writer.write(self.venue.market(), line, order, outcome);
            written.with_context(|| name.clone())?;
        }
        Ok(())
    }

    /// Closes the books.
    fn finish(mut self, before: &Market) -> Result<Summary<'_>> {
        if let Some(rows) = self.rows.take() {
            rows.finish()?;
        }
        if let (Venue::Market(market, _), Some(timeline)) = (&mut self.venue, self.timeline) {
            **market = timeline.finish();
        }
        let state_hash = self.venue.state_hash();
        let after = self.venue.market().clone();
        let audit = match self.venue {
            Venue::Market(..) => None,
            Venue::World(mut world, wallets) => Some(Audited {
                audit: world.exchange().audit(),
                wallets: wallets.len(),
                redeemed: world.redeem_everything(),
            }),
        };
        let (tally, closed, elapsed) = (self.tally, self.closed, self.elapsed);
        Ok(Summary { seed: None, before, after, tally, closed, audit, elapsed, state_hash })
    }
}
