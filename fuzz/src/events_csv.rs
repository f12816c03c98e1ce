//! events.csv: what a chain reports of a market's pools.

use std::io::Read;

use cenote_formats::{EventBatch, EventReader, EventWriter, FormatError};
use cenote_pool::{Log, Market};

use crate::Verdict;
use crate::finding::{Finding, holds, same};
use crate::text::{in_pieces, market, refused};

/// Reads a text, writes what it says and reads that.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    let Some(market) = market() else {
        return holds("a market can be made", false);
    };
    let events = read(text, &market, usize::MAX);
    in_pieces(text, &events, |pieces| read(pieces, &market, 1))?;
    match &events {
        Ok(events) => survives(events, &market),
        Err(error) => refused(text, error),
    }
}

fn read<R: Read>(text: R, market: &Market, rows: usize) -> Result<EventBatch, FormatError> {
    let mut reader = EventReader::new(text)?;
    let mut batch = EventBatch::new();
    while 0 < reader.read(market, &mut batch, rows)? {}
    Ok(batch)
}

/// What was read of known pools can be written, is then read as the same, and is written the same
/// again; each other pool is a stranger.
fn survives(events: &EventBatch, market: &Market) -> Verdict {
    let known = |log: &&Log| market.pool(log.pool).is_ok();
    let logs = events.logs.iter().filter(known).copied().collect::<Vec<_>>();
    let strangers = events.logs.len().saturating_sub(logs.len());
    same("every log has a pool or a stranger", &events.strangers.len(), &strangers)?;
    let written = write(&logs, market)?;
    let again = read(&*written, market, usize::MAX);
    let again = again.map_err(|error| Finding::Other(format!("not read again: {error}")))?;
    same("the logs written are those read", &again.logs, &logs)?;
    same("there is one way to write them", &write(&again.logs, market)?, &written)
}

fn write(logs: &[Log], market: &Market) -> Result<Vec<u8>, Finding> {
    let mut writer = EventWriter::new(Vec::new());
    let refused = |error| Finding::Other(format!("not written: {error}"));
    for log in logs {
        writer.write(market, log).map_err(refused)?;
    }
    writer.finish().map_err(refused)
}
