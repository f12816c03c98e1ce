//! [`Log`]: one line of what a chain reports; [`Pairing`] makes events of them.

use crate::event::{Action, Event};
use crate::id::PoolId;
use crate::pool::Reserves;

/// One line of what a chain reports of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Log {
    /// The number of the block.
    pub block: u64,
    /// Its time in seconds.
    pub timestamp: u64,
    /// The place of the log in its block.
    pub log_index: u64,
    /// Which pair.
    pub pool: PoolId,
    /// What it says.
    pub report: Report,
}

/// What a log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Report {
    /// The reserves.
    Sync(Reserves),
    /// What was done.
    Action(Action),
}

/// What logs make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paired {
    /// An event.
    Event(Event),
    /// An action without reserves before it.
    Orphan(Log),
}

/// Joins reports of reserves with the actions that they belong to.
///
/// A pair reports its reserves first and what was done next. So a sync belongs to the log after
/// it if that is an action of the same pair in the same block at the next place; otherwise
/// it stands alone. An event has the time of its sync, which is what writes the reserves.
///
/// ```
/// use cenote_pool::{Action, Flows, Log, Paired, Pairing, PoolId, Report, Reserves};
///
/// let log = |log_index, report| {
///     Log { block: 1, timestamp: 9, log_index, pool: PoolId::from(0), report }
/// };
/// let mut pairing = Pairing::new();
/// let sync = log(4, Report::Sync(Reserves::default()));
/// let swap = log(5, Report::Action(Action::Swap(Flows::default())));
/// assert_eq!(pairing.push(&sync), [None, None]);
/// let [None, Some(Paired::Event(event))] = pairing.push(&swap) else { panic!() };
/// assert!(event.action.is_some());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pairing {
    /// A sync whose action may come next.
    waiting: Option<(Log, Reserves)>,
}

impl Pairing {
    /// Nothing waits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next log. First the sync that waited and now stands alone, then what this log
    /// makes; a sync makes nothing yet.
    #[inline]
    pub fn push(&mut self, log: &Log) -> [Option<Paired>; 2] {
        let waiting = self.waiting.take();
        match log.report {
            Report::Sync(reserves) => {
                self.waiting = Some((*log, reserves));
                [waiting.map(alone), None]
            }
            Report::Action(action) => match waiting {
                Some((sync, reserves)) if belongs(&sync, log) => {
                    [None, Some(Paired::Event(event(&sync, reserves, Some(action))))]
                }
                _ => [waiting.map(alone), Some(Paired::Orphan(*log))],
            },
        }
    }

    /// The sync that waits, at the end of the logs.
    pub fn finish(&mut self) -> Option<Paired> {
        self.waiting.take().map(alone)
    }
}

#[inline]
fn belongs(sync: &Log, action: &Log) -> bool {
    sync.pool == action.pool
        && sync.block == action.block
        && sync.log_index.checked_add(1) == Some(action.log_index)
}

fn alone((sync, reserves): (Log, Reserves)) -> Paired {
    Paired::Event(event(&sync, reserves, None))
}

#[inline]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "pairs keep time modulo 2^32"
)]
fn event(log: &Log, reserves: Reserves, action: Option<Action>) -> Event {
    Event { pool: log.pool, timestamp: log.timestamp as u32, reserves, action }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::Flows;

    const SYNC: Report = Report::Sync(Reserves {
        reserve0: crate::Amount::from_u64(1),
        reserve1: crate::Amount::from_u64(2),
    });
    const FLOWS: Flows = Flows {
        amount0_in: crate::Amount::ZERO,
        amount1_in: crate::Amount::ZERO,
        amount0_out: crate::Amount::ZERO,
        amount1_out: crate::Amount::ZERO,
    };
    const SWAP: Report = Report::Action(Action::Swap(FLOWS));

    fn log(block: u64, log_index: u64, pool: u32, report: Report) -> Log {
        Log { block, timestamp: (1 << 32) | block, log_index, pool: pool.into(), report }
    }

    /// What a list of logs makes: `s` for a sync alone, `a` for an action with its sync, `o`
    /// for an orphan.
    fn made(logs: &[Log]) -> String {
        let mut pairing = Pairing::new();
        let mut all = logs.iter().flat_map(|log| pairing.push(log)).collect::<Vec<_>>();
        all.push(pairing.finish());
        assert_eq!(pairing.finish(), None);
        let letter = |paired: &Paired| match paired {
            Paired::Event(Event { action: None, .. }) => 's',
            Paired::Event(_) => 'a',
            Paired::Orphan(_) => 'o',
        };
        all.iter().flatten().map(letter).collect()
    }

    #[test]
    fn a_sync_belongs_to_the_next_place_of_its_pair_and_block() {
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(1, 5, 0, SWAP)]), "a");
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(1, 6, 0, SWAP)]), "so");
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(2, 5, 0, SWAP)]), "so");
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(1, 5, 1, SWAP)]), "so");
        assert_eq!(made(&[log(1, 4, 0, SWAP), log(1, 5, 0, SYNC)]), "os");
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(1, 5, 0, SYNC), log(1, 6, 0, SWAP)]), "sa");
        assert_eq!(made(&[log(1, 4, 0, SYNC), log(1, 5, 0, SWAP), log(1, 6, 0, SWAP)]), "ao");
        assert_eq!(made(&[log(1, u64::MAX, 0, SYNC), log(1, 0, 0, SWAP)]), "so");
    }

    #[test]
    fn time_is_kept_modulo_2_to_the_32() {
        let mut pairing = Pairing::new();
        pairing.push(&log(7, 0, 0, SYNC));
        let Some(Paired::Event(event)) = pairing.finish() else { panic!("a sync waits") };
        assert_eq!(event.timestamp, 7);
    }
}
