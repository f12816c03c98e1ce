//! Results, for people and for programs.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use cenote::{Amount, Market, TokenId, format_units, printable};
use serde::Serialize;

/// Prints one JSON document on stdout.
pub(crate) fn json(document: &impl Serialize) -> Result<()> {
    // Stdout alone would write line by line.
    let mut stdout = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut stdout, document)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(stdout))
        .and_then(|()| stdout.flush())
        .context("stdout")
}

/// Prints a text on stdout.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("stdout")
}

/// A path as it may be shown on a terminal.
pub(crate) fn printable_path(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// A text as it may be shown on a terminal, however long it is.
pub(crate) fn escaped(text: &str) -> String {
    // A single character is never cut.
    let one = |character: char| printable(character.encode_utf8(&mut [0; 4])).to_string();
    text.chars().map(one).collect()
}

/// A token as people call it: its symbol, or else its name.
pub(crate) fn symbol(market: &Market, token: TokenId) -> String {
    let symbol = market.label(token).and_then(|label| label.symbol.as_deref());
    match symbol {
        Some(symbol) if !symbol.is_empty() => printable(symbol).to_string(),
        _ => printable(market.token_name(token)).to_string(),
    }
}

/// The token that an option names.
pub(crate) fn token(market: &Market, option: &str, name: &str) -> Result<TokenId> {
    market.token(name).with_context(|| format!("{option} {}", printable(name)))
}

/// An amount with its decimal point, where the token's decimals are known.
pub(crate) fn amount(market: &Market, token: TokenId, amount: Amount) -> String {
    let decimals = market.label(token).and_then(|label| label.decimals);
    format_units(amount.get(), decimals)
}

/// A count with separators for people: 1,000,000.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.checked_rem(3) == Some(0) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
