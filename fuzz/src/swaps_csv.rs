//! swaps.csv: orders on a market.

use std::io::Read;

use cenote_formats::{FormatError, SwapBatch, SwapReader, SwapWriter};
use cenote_pool::Market;

use crate::Verdict;
use crate::finding::{Finding, holds, same};
use crate::text::{in_pieces, market, refused};

/// The orders of a file, and the names of their traders.
type Swaps = (SwapBatch, Vec<String>);

/// Reads a text, writes what it says and reads that.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    let Some(market) = market() else {
        return holds("a market can be made", false);
    };
    let swaps = read(text, &market, usize::MAX);
    in_pieces(text, &swaps, |pieces| read(pieces, &market, 1))?;
    match &swaps {
        Ok(swaps) => survives(swaps, &market),
        Err(error) => refused(text, error),
    }
}

fn read<R: Read>(text: R, market: &Market, rows: usize) -> Result<Swaps, FormatError> {
    let mut reader = SwapReader::new(text)?;
    let mut batch = SwapBatch::new();
    while 0 < reader.read(market, &mut batch, rows)? {}
    let name = |trader: &u32| reader.trader_name(*trader).to_owned();
    let traders = batch.traders.iter().map(name).collect();
    Ok((batch, traders))
}

/// What was read can be written, is then read as the same, and is written the same again.
fn survives(swaps: &Swaps, market: &Market) -> Verdict {
    let written = write(swaps, market)?;
    let again = read(&*written, market, usize::MAX);
    let again = again.map_err(|error| Finding::Other(format!("not read again: {error}")))?;
    same("the orders written are those read", &again.0.orders, &swaps.0.orders)?;
    if !swaps.1.is_empty() {
        same("the traders written are those read", &again.1, &swaps.1)?;
        same("and have the same numbers", &again.0.traders, &swaps.0.traders)?;
    }
    same("there is one way to write them", &write(&again, market)?, &written)
}

fn write((batch, traders): &Swaps, market: &Market) -> Result<Vec<u8>, Finding> {
    let mut writer = SwapWriter::new(Vec::new());
    let refused = |error| Finding::Other(format!("not written: {error}"));
    for (at, order) in batch.orders.iter().enumerate() {
        let trader = traders.get(at).map_or("nobody", String::as_str);
        writer.write(market, order, trader).map_err(refused)?;
    }
    writer.finish().map_err(refused)
}
