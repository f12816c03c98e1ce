//! JSON of a route by names.

use cenote_formats::{RouteDocument, RouteDocumentError};
use cenote_pool::{Exact, Market};

use crate::Verdict;
use crate::finding::{Finding, holds, same};
use crate::text::{lines, market, message};

/// Reads a text, writes what it says, reads that, and runs it if the market has its names.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    let Some(market) = market() else {
        return holds("a market can be made", false);
    };
    match RouteDocument::read(text) {
        Ok(document) => survives(&document, market),
        Err(error) => {
            if let RouteDocumentError::Json(error) = &error {
                let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
                holds("the line refused is one of the text", (1..=lines(text)).contains(&line))?;
            }
            message(&error.to_string())
        }
    }
}

fn survives(document: &RouteDocument, mut market: Market) -> Verdict {
    let written = write(document)?;
    let again = RouteDocument::read(&*written);
    let again = again.map_err(|error| Finding::Other(format!("not read again: {error}")))?;
    same("what is written is what was read", &again, document)?;
    same("there is one way to write it", &write(&again)?, &written)?;
    let route = match document.route(&market) {
        Ok(route) => route,
        Err(error) => return message(&error.to_string()),
    };
    let named = RouteDocument::new(&market, &route, Exact::In);
    same("the names are those of the document", &named, document)?;
    let before = market.clone();
    let quoted = market.fill_route(&route);
    let done = market.execute(&route);
    same("what is done is what was quoted", &done, &quoted)?;
    if done.is_err() { same("a refusal changes nothing", &market, &before) } else { Ok(()) }
}

fn write(document: &RouteDocument) -> Result<Vec<u8>, Finding> {
    serde_json::to_vec(document).map_err(|error| Finding::Other(format!("not written: {error}")))
}
