//! Results, for people and for programs.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use cenote::{Amount, Market, TokenId, format_units, printable};
use serde::Serialize;

/// Prints one JSON document on stdout.
pub(crate) fn json(document: &impl Serialize) -> Result<()> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, document).map_err(io::Error::from)?;
    Ok(writeln!(stdout)?)
}

/// Prints a text on stdout.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// A path as it may be shown on a terminal.
pub(crate) fn printable_path(path: &Path) -> String {
    // Paths are longer than symbols.
    path.to_string_lossy().chars().flat_map(escape).collect()
}

fn escape(character: char) -> Vec<char> {
    if character.is_control() { character.escape_unicode().collect() } else { vec![character] }
}

/// A token as people call it: its symbol, or else its name.
pub(crate) fn symbol(market: &Market, token: TokenId) -> String {
    let symbol = market.label(token).and_then(|label| label.symbol.as_deref());
    match symbol {
        Some(symbol) if !symbol.is_empty() => printable(symbol).to_string(),
        _ => printable(market.token_name(token)).to_string(),
    }
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
