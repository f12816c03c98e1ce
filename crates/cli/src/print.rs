//! Results, for people and for programs.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use cenote::{Amount, Market, TokenId, format_units, printable};
use serde::{Serialize, Serializer};

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

/// Prints one JSON array on stdout, each entry when it is known.
pub(crate) fn json_each(entries: impl Iterator<Item: Serialize>) -> Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let mut serializer = serde_json::Serializer::pretty(&mut stdout);
    serializer
        .collect_seq(entries)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(stdout))
        .and_then(|()| stdout.flush())
        .context("stdout")
}

/// Prints lines on stdout, each when it is known.
pub(crate) fn lines(mut lines: impl Iterator<Item = String>) -> Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    lines
        .try_for_each(|line| writeln!(stdout, "{line}"))
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

/// An amount with its decimal point and its token.
pub(crate) fn units(market: &Market, token: TokenId, units: Amount) -> String {
    format!("{} {}", amount(market, token, units), symbol(market, token))
}

/// A part in millionths, for people; of nothing it is not known.
#[expect(clippy::float_arithmetic, reason = "a value for people")]
pub(crate) fn ppm(ppm: f64) -> String {
    if ppm.is_infinite() {
        "unknown".to_owned()
    } else if ppm >= 1000.0 {
        format!("{:.2} %", ppm / 10_000.0)
    } else if ppm >= 0.001 || ppm == 0.0 {
        format!("{ppm:.3} ppm")
    } else {
        "below 0.001 ppm".to_owned()
    }
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
