//! JSON of a market, and of what a market is made of.

use core::fmt;

use cenote_pool::{Amount, Fee, History, Market, Pool, PoolId, Route, Shares, Step, TokenId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Verdict;
use crate::finding::{Finding, holds, same};
use crate::text::lines;

/// Reads a text as each type that has a form in JSON.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    survives::<Market>(text)?;
    survives::<Pool>(text)?;
    survives::<History>(text)?;
    survives::<Route>(text)?;
    survives::<Step>(text)?;
    survives::<Amount>(text)?;
    survives::<Shares>(text)?;
    survives::<Fee>(text)?;
    survives::<TokenId>(text)?;
    survives::<PoolId>(text)
}

/// What is read can be written, is then read as the same, and is written the same again. A
/// refusal names no line behind the text's end; it may name none.
fn survives<T>(text: &[u8]) -> Verdict
where
    T: DeserializeOwned + Serialize + PartialEq + fmt::Debug,
{
    let value = match serde_json::from_slice::<T>(text) {
        Ok(value) => value,
        Err(error) => {
            let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
            return holds("the line refused is one of the text", line <= lines(text));
        }
    };
    let written = write(&value)?;
    let again = serde_json::from_slice::<T>(&written);
    let again = again.map_err(|error| Finding::Other(format!("not read again: {error}")))?;
    same("what is written is what was read", &again, &value)?;
    same("there is one way to write it", &write(&again)?, &written)
}

fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, Finding> {
    serde_json::to_vec(value).map_err(|error| Finding::Other(format!("not written: {error}")))
}
