//! [`Replay`]: what a chain reported, line by line, against what the pools' rules allow.

use core::ops::Range;

use cenote_pool::{Event, History, Log, Market, Paired, Pairing, Pool, PoolId, Report, Snapshot};
use thiserror::Error;

use crate::mismatch::{self, Finding, Mismatch};

/// The most mismatches that are kept; the rest is counted.
pub const MAX_MISMATCHES: usize = 100_000;

/// How many logs ahead a pool is asked for.
const AHEAD: usize = 16;

/// Takes over the logs of a chain in their order and keeps a record of what does not fit.
///
/// A state that belongs to a block holds at its beginning and is compared with what is known of
/// its end, also where the block has no logs; pools without a state in that block are not known
/// there. States of no block carry over from block to block, and are compared at the end of
/// everything; a file has states of one kind only. What is known of an end is compared where the
/// replay knows it too. What does not fit is reported once: the replay goes on from the reserves
/// that the chain said, where a pool may hold them.
///
/// ```
/// use cenote_pool::{Fee, Flows, Log, Market, Pool, Report, Action, Reserves};
/// use cenote_simulator::Replay;
///
/// let mut market = Market::new();
/// let (eth, usd) = (market.add_token("eth")?, market.add_token("usd")?);
/// let reserves = |reserve0: u64, reserve1: u64| {
///     Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
/// };
/// let pool = Pool::new(eth, usd, Fee::UNISWAP_V2)?.with_reserves(reserves(1_000, 4_000_000))?;
/// let pool = market.add_pool("eth/usd", pool)?;
///
/// let flows = Flows { amount0_in: 10_u64.into(), amount1_out: 39_486_u64.into(), ..Flows::default() };
/// let log = |log_index, report| Log { block: 1, timestamp: 0, log_index, pool, report };
/// let mut replay = Replay::new(market, Vec::new());
/// replay.push(2, &log(0, Report::Sync(reserves(1_010, 3_960_514))))?;
/// replay.push(3, &log(1, Report::Action(Action::Swap(flows))))?;
/// let (report, market) = replay.finish();
/// assert_eq!((report.syncs_matched, report.mismatch_count), (1, 0));
/// assert_eq!(market.pool(pool)?.reserves(), reserves(1_010, 3_960_514));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Replay {
    market: Market,
    /// In the order of their blocks.
    snapshots: Vec<Snapshot>,
    /// For each pool the stage in which its state holds.
    known: Vec<u32>,
    /// The one that is on; states of no block hold in stage 0.
    stage: u32,
    block: Option<u64>,
    /// Whether each state was in force.
    begun: Vec<bool>,
    /// The states that hold since the block began.
    current: Range<usize>,
    pairing: Pairing,
    /// Where the sync that waits for its action was read.
    waiting: Option<Source>,
    report: ReplayReport,
}

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReplayReport {
    /// The logs that were read.
    pub events: u64,
    /// Reports of reserves that belong to a swap, a deposit or a withdrawal.
    pub syncs_checked: u64,
    /// Those that follow from the reserves before and the amounts, by the rules of the pool.
    pub syncs_matched: u64,
    /// Reports of reserves alone, which were taken over.
    pub syncs_adopted: u64,
    /// Pools whose state at the end of a block is known.
    pub end_states_checked: u64,
    /// Those that ended so.
    pub end_states_matched: u64,
    /// Price accumulators whose value at the end of a block is known.
    pub accumulators_checked: u64,
    /// Those that ended so.
    pub accumulators_matched: u64,
    /// The first [`MAX_MISMATCHES`] things that do not fit, in the order of the logs.
    pub mismatches: Vec<Mismatch>,
    /// All things that do not fit.
    pub mismatch_count: u64,
}

/// Why logs cannot be replayed any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A block that has ended comes again; the states that hold at its beginning are gone.
    #[error("line {line}: block {block} comes again after it ended")]
    RepeatedBlock {
        /// Where the log was read.
        line: u64,
        /// The block.
        block: u64,
    },
}

/// Where a log was read and what it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) line: u64,
    pub(crate) block: u64,
    pub(crate) log_index: u64,
}

impl Source {
    fn of(line: u64, log: &Log) -> Self {
        Self { line, block: log.block, log_index: log.log_index }
    }
}

impl Replay {
    /// A replay that begins with these states; without any, with the market's own.
    ///
    /// A state of a pool that the market does not have is left out. All states belong to blocks,
    /// or none does.
    pub fn new(market: Market, mut snapshots: Vec<Snapshot>) -> Self {
        snapshots.retain(|snapshot| market.pool(snapshot.id).is_ok());
        snapshots.sort_by_key(|snapshot| snapshot.block);
        let by_block = snapshots.iter().any(|snapshot| snapshot.block.is_some());
        let mut replay = Self {
            // Where states belong to blocks, stage 0 is over before the first of them.
            known: vec![0; market.pools().len()],
            stage: u32::from(by_block),
            begun: vec![false; snapshots.len()],
            market,
            snapshots,
            block: None,
            current: 0..0,
            pairing: Pairing::new(),
            waiting: None,
            report: ReplayReport::default(),
        };
        if !by_block {
            replay.begin(0..replay.snapshots.len());
        }
        replay
    }

    /// The pools as they are now.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// What was found until now; a sync whose action may still come is not yet judged.
    pub fn report(&self) -> &ReplayReport {
        &self.report
    }

    /// Takes the next log, which was read from this line.
    ///
    /// # Errors
    ///
    /// [`ReplayError`]; nothing of the log was then taken.
    #[inline]
    pub fn push(&mut self, line: u64, log: &Log) -> Result<(), ReplayError> {
        if self.block != Some(log.block) {
            self.turn_to(line, log.block)?;
        }
        self.report.events = self.report.events.saturating_add(1);
        let waiting = self.waiting.take();
        let here = Source::of(line, log);
        if matches!(log.report, Report::Sync(_)) {
            self.waiting = Some(here);
        }
        let [alone, made] = self.pairing.push(log);
        if let (Some(Paired::Event(event)), Some(sync)) = (alone, waiting) {
            self.adopt(&event, sync);
        }
        match made {
            Some(Paired::Event(event)) => self.judge(&event, waiting.unwrap_or(here), here),
            Some(Paired::Orphan(log)) => self.orphan(&log, here),
            None => {}
        }
        Ok(())
    }

    /// Takes the next logs, which were read from these lines, and asks the memory ahead for the
    /// pools that come.
    ///
    /// Logs without a line count as read from line 0.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] of the first log that is not taken; those before it were.
    pub fn run(&mut self, logs: &[Log], lines: &[u64]) -> Result<(), ReplayError> {
        let mut ahead = logs.iter().skip(AHEAD);
        let mut lines = lines.iter();
        for log in logs {
            if let Some(later) = ahead.next() {
                self.market.prefetch(later.pool);
            }
            self.push(lines.next().copied().unwrap_or_default(), log)?;
        }
        Ok(())
    }

    /// Takes the next log, of a pair that the market does not have, by its name.
    ///
    /// # Errors
    ///
    /// [`ReplayError`]; nothing of the log was then taken.
    pub fn push_stranger(&mut self, line: u64, log: &Log, name: &str) -> Result<(), ReplayError> {
        if self.block != Some(log.block) {
            self.turn_to(line, log.block)?;
        }
        self.flush();
        self.report.events = self.report.events.saturating_add(1);
        self.note(Source::of(line, log), name, mismatch::no_state());
        Ok(())
    }

    /// Ends the last block, and those of which no log came; gives what was found, and the pools
    /// as they are.
    pub fn finish(mut self) -> (ReplayReport, Market) {
        self.flush();
        self.end();
        self.end_of_silent_blocks();
        (self.report, self.market)
    }

    /// Ends one block and begins another.
    #[cold]
    fn turn_to(&mut self, line: u64, block: u64) -> Result<(), ReplayError> {
        let range = self.states_of(block);
        if self.begun.get(range.start).is_some_and(|begun| *begun && !range.is_empty()) {
            return Err(ReplayError::RepeatedBlock { line, block });
        }
        self.flush();
        self.block = Some(block);
        if 0 < self.stage {
            self.end();
            self.stage = self.stage.saturating_add(1);
            self.begin(range);
        }
        Ok(())
    }

    /// The states that belong to a block.
    fn states_of(&self, block: u64) -> Range<usize> {
        let before = |bound| self.snapshots.partition_point(|snapshot| snapshot.block < bound);
        let start = before(Some(block));
        start..block.checked_add(1).map_or(self.snapshots.len(), |next| before(Some(next)))
    }

    /// Puts states in force.
    fn begin(&mut self, states: Range<usize>) {
        for snapshot in self.snapshots.get(states.clone()).unwrap_or_default() {
            let Snapshot { id, pool, history, .. } = *snapshot;
            // With other tokens than the market's pool it is no state of it.
            let restored = self.market.restore(id, pool, history).is_ok();
            if let Some(known) = self.known.get_mut(id.index()).filter(|_| restored) {
                *known = self.stage;
            }
        }
        self.begun.get_mut(states.clone()).unwrap_or_default().fill(true);
        self.current = states;
    }

    /// Compares the states in force with what is known of their end.
    fn end(&mut self) {
        for at in core::mem::take(&mut self.current) {
            let Some(snapshot) = self.snapshots.get(at).copied() else { continue };
            let Ok(pool) = self.market.pool(snapshot.id).copied() else { continue };
            let history = self.market.history(snapshot.id);
            self.compare(&snapshot, &pool, &history);
        }
    }

    /// Compares the states that never were in force: in a block without logs nothing changes.
    fn end_of_silent_blocks(&mut self) {
        for at in 0..self.snapshots.len() {
            let silent = self.begun.get(at) == Some(&false);
            if let Some(snapshot) = self.snapshots.get(at).copied().filter(|_| silent) {
                self.compare(&snapshot, &snapshot.pool, &snapshot.history);
            }
        }
    }

    /// Compares a pool with what is known of its end.
    fn compare(&mut self, snapshot: &Snapshot, pool: &Pool, history: &History) {
        let state = mismatch::end_state(&snapshot.end, pool);
        let past = mismatch::end_past(&snapshot.end, history);
        let state = state.into_iter().chain(past).flatten().collect::<Vec<_>>();
        let sums = mismatch::end_accumulators(&snapshot.end, history);
        count(&mut self.report.end_states_checked, u64::from(!state.is_empty()));
        let differ = state.iter().any(Option::is_some);
        count(&mut self.report.end_states_matched, u64::from(!state.is_empty() && !differ));
        for sum in sums.iter().flatten() {
            count(&mut self.report.accumulators_checked, 1);
            count(&mut self.report.accumulators_matched, u64::from(sum.is_none()));
        }
        let findings = state.into_iter().chain(sums.into_iter().flatten()).flatten();
        for finding in findings {
            self.note_end(snapshot, finding);
        }
    }

    /// Takes over the sync that waits: nothing belongs to it any more.
    fn flush(&mut self) {
        if let (Some(Paired::Event(event)), Some(sync)) =
            (self.pairing.finish(), self.waiting.take())
        {
            self.adopt(&event, sync);
        }
    }

    /// Whether a pool has a state in this block.
    #[inline]
    fn is_known(&self, pool: PoolId) -> bool {
        self.known.get(pool.index()) == Some(&self.stage)
    }

    /// Takes over reserves that nothing explains.
    fn adopt(&mut self, event: &Event, sync: Source) {
        if !self.is_known(event.pool) {
            return self.note_pool(sync, event.pool, mismatch::no_state());
        }
        match self.market.apply(event) {
            Ok(()) => count(&mut self.report.syncs_adopted, 1),
            Err(error) => self.note_all(event, [sync; 2], &error),
        }
    }

    /// Judges an action by the reserves that were reported with it.
    #[inline]
    fn judge(&mut self, event: &Event, sync: Source, action: Source) {
        if !self.is_known(event.pool) {
            self.note_pool(sync, event.pool, mismatch::no_state());
            return self.note_pool(action, event.pool, mismatch::no_state());
        }
        count(&mut self.report.syncs_checked, 1);
        match self.market.apply(event) {
            Ok(()) => count(&mut self.report.syncs_matched, 1),
            Err(error) => {
                self.note_all(event, [sync, action], &error);
                // Goes on from what was reported, so that one mismatch does not lead to others.
                // Where there is one reserve only, it stays as it was.
                let _adopted = self.market.adopt(event);
            }
        }
    }

    /// An action whose reserves nobody reported.
    #[cold]
    fn orphan(&mut self, log: &Log, source: Source) {
        let finding =
            if self.is_known(log.pool) { mismatch::no_sync(log) } else { mismatch::no_state() };
        self.note_pool(source, log.pool, finding);
    }

    #[cold]
    fn note_all(&mut self, event: &Event, sources: [Source; 2], error: &cenote_pool::EventError) {
        let [sync, action] = sources;
        let Ok(pool) = self.market.pool(event.pool).copied() else { return };
        for finding in mismatch::findings(&pool, event, error).into_iter().flatten() {
            let source = if finding.is_of_sync() { sync } else { action };
            self.note_pool(source, event.pool, finding);
        }
    }

    #[cold]
    fn note_pool(&mut self, source: Source, pool: PoolId, finding: Finding) {
        let name = Box::<str>::from(self.market.pool_name(pool));
        self.note(source, &name, finding);
    }

    #[cold]
    fn note(&mut self, source: Source, name: &str, finding: Finding) {
        let Source { line, block, log_index } = source;
        self.keep(finding.mismatch(line, (Some(block), Some(log_index)), name));
    }

    #[cold]
    fn note_end(&mut self, snapshot: &Snapshot, finding: Finding) {
        let name = self.market.pool_name(snapshot.id);
        let block = snapshot.block.or(self.block);
        let mismatch = finding.mismatch(snapshot.line, (block, None), name);
        self.keep(mismatch);
    }

    fn keep(&mut self, mismatch: Mismatch) {
        count(&mut self.report.mismatch_count, 1);
        if self.report.mismatches.len() < MAX_MISMATCHES {
            self.report.mismatches.push(mismatch);
        }
    }
}

#[inline]
fn count(counter: &mut u64, by: u64) {
    *counter = counter.saturating_add(by);
}

#[cfg(test)]
mod tests;
