//! What the text targets share: a market that files are about, and what a refusal must say.

use std::io::{self, Read};

use cenote_formats::FormatError;
use cenote_pool::{Amount, Fee, Market, Pool, Reserves};

use crate::Verdict;
use crate::finding::{holds, same};

/// No message is longer: names are cut.
const MESSAGE_MAX: usize = 1024;

/// A market of four pools, two of which join the same tokens; `None` never.
pub(crate) fn market() -> Option<Market> {
    let mut market = Market::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| market.add_token(name).ok());
    let (a, b, c) = (a?, b?, c?);
    for (name, token0, token1) in [("ab", a, b), ("bc", b, c), ("ca", c, a), ("ba", b, a)] {
        let amount = Amount::from_u64(1_000_000);
        let reserves = Reserves { reserve0: amount, reserve1: amount };
        let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).ok()?.with_reserves(reserves).ok()?;
        market.add_pool(name, pool).ok()?;
    }
    Some(market)
}

/// A refusal names a line of the text, and steers no terminal.
pub(crate) fn refused(text: &[u8], error: &FormatError) -> Verdict {
    holds("the line refused is one of the text", (1..=lines(text)).contains(&error.line))?;
    if let Some(column) = &error.column {
        let most = cenote_formats::MAX_FIELDS.saturating_add(1);
        holds("the column refused can be", (1..=most).contains(&column.number))?;
    }
    message(&error.to_string())
}

/// A message is short and steers no terminal.
pub(crate) fn message(message: &str) -> Verdict {
    holds("a message is short", message.len() <= MESSAGE_MAX)?;
    holds("a message steers no terminal", !message.contains(char::is_control))
}

/// How many lines a text has; the one behind the last line feed counts.
pub(crate) fn lines(text: &[u8]) -> u64 {
    let lines = text.split(|byte| *byte == b'\n').count();
    u64::try_from(lines).unwrap_or(u64::MAX)
}

/// What is accepted reads the same however it comes: `read` in one piece, and in small ones.
pub(crate) fn in_pieces<T: PartialEq + core::fmt::Debug>(
    text: &[u8],
    whole: &Result<T, FormatError>,
    read: impl FnOnce(Pieces<'_>) -> Result<T, FormatError>,
) -> Verdict {
    let pieces = read(Pieces(text));
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => same("pieces read as the whole does", whole, &pieces),
        (Err(whole), Err(pieces)) => {
            same("pieces are refused as the whole is", &whole.to_string(), &pieces.to_string())
        }
        (whole, pieces) => same("pieces or the whole are refused", &whole.is_ok(), &pieces.is_ok()),
    }
}

/// A text of which no more than 61 bytes come at once.
#[derive(Debug)]
pub(crate) struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let length = room.len().min(61);
        self.0.read(room.get_mut(..length).unwrap_or_default())
    }
}
