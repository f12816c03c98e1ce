//! Amounts and the text of others, for people to read.

use core::fmt::{self, Write as _};

/// The most characters of a text of others that are printed: 64.
pub const MAX_PRINTED: usize = 64;

/// A text of others, to be printed without harm; see [`printable`].
#[derive(Debug, Clone, Copy)]
pub struct Printable<'a> {
    text: &'a str,
}

/// A text of others, such as a token's symbol, as it may be shown on a terminal.
///
/// Control characters, marks that turn the direction of writing, line separators and invisible
/// spaces appear as escapes; after [`MAX_PRINTED`] characters the rest is left out.
///
/// ```
/// use cenote_formats::printable;
///
/// assert_eq!(printable("\u{1b}[2JUSDC\u{202e}").to_string(), r"\u{1b}[2JUSDC\u{202e}");
/// assert_eq!(printable("With ☕️").to_string(), "With ☕️");
/// ```
pub fn printable(text: &str) -> Printable<'_> {
    Printable { text }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text.chars();
        for character in rest.by_ref().take(MAX_PRINTED) {
            if misleads(character) {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                f.write_char(character)?;
            }
        }
        if rest.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}

/// Whether a character steers a terminal or hides what is written.
fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// An amount with its decimal point, exactly: no rounding, no separators, no trailing zeros.
///
/// Without `decimals` it is the number of smallest units.
///
/// ```
/// use cenote_formats::format_units;
///
/// assert_eq!(format_units(1_500_000, Some(6)), "1.5");
/// assert_eq!(format_units(1, Some(18)), "0.000000000000000001");
/// assert_eq!(format_units(1_500_000, None), "1500000");
/// ```
pub fn format_units(amount: u128, decimals: Option<u8>) -> String {
    let places = usize::from(decimals.unwrap_or(0));
    // One digit more than there are places, so that there is one before the point.
    let digits = format!("{amount:0>width$}", width = places.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_escaped_and_cut() {
        for character in ['\0', '\n', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{feff}'] {
            let shown = printable(&format!("a{character}b")).to_string();
            assert_eq!(shown, format!("a{}b", character.escape_unicode()));
        }
        assert_eq!(printable("\u{1f468}\u{200d}\u{1f469}").to_string().chars().count(), 3);
        let long = "x".repeat(1_000_000);
        assert_eq!(printable(&long).to_string().len(), MAX_PRINTED + 3);
        assert_eq!(printable(&long[..MAX_PRINTED]).to_string().len(), MAX_PRINTED);
    }

    #[test]
    fn units_keep_every_digit() {
        let cases = [
            (0, Some(0), "0"),
            (0, Some(18), "0"),
            (10, Some(1), "1"),
            (10, Some(0), "10"),
            (1_000_001, Some(6), "1.000001"),
            (u128::MAX, Some(18), "340282366920938463463.374607431768211455"),
            (u128::MAX, None, "340282366920938463463374607431768211455"),
        ];
        for (amount, decimals, shown) in cases {
            assert_eq!(format_units(amount, decimals), shown);
        }
        let smallest = format_units(1, Some(255));
        assert_eq!((smallest.len(), smallest.ends_with("01")), (257, true));
    }
}
