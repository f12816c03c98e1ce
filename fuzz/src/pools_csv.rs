//! pools.csv: as a market, and as states at several times.

use cenote_formats::{PoolsOptions, Snapshots, read_pools, read_snapshots, write_pools};
use cenote_pool::{Fee, Market};

use crate::Verdict;
use crate::finding::{Finding, same};
use crate::text::{in_pieces, refused};

const NO_OPTIONS: PoolsOptions = PoolsOptions { default_fee: None, block: None };

/// Reads a text with and without a default fee, as a market and as states.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    let with_fee = PoolsOptions { default_fee: Some(Fee::UNISWAP_V2), ..NO_OPTIONS };
    let plain = read_pools(text, &NO_OPTIONS);
    let market = read_pools(text, &with_fee);
    in_pieces(text, &market, |pieces| read_pools(pieces, &with_fee))?;
    match (&plain, &market) {
        (Ok(plain), Ok(market)) => same("a default fee changes no other", plain, market)?,
        (Ok(_), Err(error)) => return Err(Finding::Other(format!("with a default fee: {error}"))),
        (Err(error), _) => refused(text, error)?,
    }
    match &market {
        Ok(market) => survives(market)?,
        Err(error) => refused(text, error)?,
    }
    match read_snapshots(text, &with_fee) {
        Ok(states) => agree(text, &states, market.ok().as_ref(), &with_fee),
        Err(error) => refused(text, &error),
    }
}

/// What was read can be written, is then read as the same, and is written the same again.
fn survives(market: &Market) -> Verdict {
    let written = write_pools(market, Vec::new());
    let written = written.map_err(|error| Finding::Other(format!("not written: {error}")))?;
    let again = read_pools(&*written, &NO_OPTIONS);
    let again = again.map_err(|error| Finding::Other(format!("not read again: {error}")))?;
    same("what is written is what was read", &again, market)?;
    let twice = write_pools(&again, Vec::new()).unwrap_or_default();
    same("there is one way to write it", &twice, &written)
}

/// States say of each block what the market of that block does.
fn agree(
    text: &[u8],
    states: &Snapshots,
    market: Option<&Market>,
    options: &PoolsOptions,
) -> Verdict {
    if let Some(market) = market {
        same("states and market are of the same pools", &states.market, market)?;
    }
    let Some(block) = states.snapshots.last().and_then(|state| state.block) else {
        return Ok(());
    };
    let options = PoolsOptions { block: Some(block), ..*options };
    match (read_snapshots(text, &options), read_pools(text, &options)) {
        (Ok(states), Ok(market)) => {
            same("one block's states are its market", &states.market, &market)
        }
        (states, market) => {
            let reasons = (states.err(), market.err());
            Err(Finding::Other(format!("a block's states cannot be chosen: {reasons:?}")))
        }
    }
}
