//! Amounts, fractions and the text of others, for people to read.

use core::fmt::{self, Write as _};

use cenote_pool::Ratio;
use primitive_types::U512;

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
    with_point(&amount.to_string(), decimals.unwrap_or(0).into())
}

/// The most significant digits that [`format_ratio`] shows: 36.
const MAX_DIGITS: usize = 36;

/// A fraction as a decimal number of at most this many significant digits, 1 to 36, rounded half
/// up: no exponent, no separators, no trailing zeros behind the point.
///
/// Digits before the point that are not significant are zeros.
///
/// ```
/// use cenote_formats::format_ratio;
/// use cenote_pool::Ratio;
///
/// let price = Ratio::new(2000.into(), 3.into())?;
/// assert_eq!(format_ratio(&price, 6), "666.667");
/// assert_eq!(format_ratio(&price, 2), "670");
/// assert_eq!(format_ratio(&price.inverse().unwrap(), 6), "0.0015");
/// # Ok::<(), cenote_pool::RatioError>(())
/// ```
pub fn format_ratio(ratio: &Ratio, digits: usize) -> String {
    let digits = digits.clamp(1, MAX_DIGITS);
    let [numerator, denominator] = [ratio.numerator(), ratio.denominator()].map(U512::from);
    if numerator == U512::zero() {
        return "0".to_owned();
    }
    let whole = numerator.checked_div(denominator).unwrap_or_default();
    let (rounded, places) = if whole.is_zero() {
        // The place behind the point of the first digit that is not zero, at most the 68th.
        let mut first = 1_usize;
        let mut scaled = numerator.saturating_mul(10.into());
        while scaled < denominator {
            scaled = scaled.saturating_mul(10.into());
            first = first.saturating_add(1);
        }
        let more = digits.saturating_sub(1);
        // Below 10^digits times the denominator: 344 bits.
        let scaled = scaled.saturating_mul(power_of_ten(more));
        (round_half_up(scaled, denominator), first.saturating_add(more))
    } else {
        let length = whole.to_string().len();
        let places = digits.saturating_sub(length);
        // Below 10^35 times the numerator: 341 bits. The denominator times what is dropped is not
        // above the numerator.
        let scaled = numerator.saturating_mul(power_of_ten(places));
        let dropped = power_of_ten(length.saturating_sub(digits));
        let rounded = round_half_up(scaled, denominator.saturating_mul(dropped));
        (rounded.saturating_mul(dropped), places)
    };
    with_point(&rounded.to_string(), places)
}

/// `floor(numerator / denominator + 1/2)`, of numbers of at most 500 bits.
fn round_half_up(numerator: U512, denominator: U512) -> U512 {
    let twice = numerator.saturating_mul(2.into()).saturating_add(denominator);
    twice.checked_div(denominator.saturating_mul(2.into())).unwrap_or_default()
}

fn power_of_ten(exponent: usize) -> U512 {
    U512::from(10).checked_pow(exponent.into()).unwrap_or(U512::MAX)
}

/// Digits with a point before the last `places`, without zeros at the end behind it.
fn with_point(digits: &str, places: usize) -> String {
    // One digit more than there are places, so that there is one before the point.
    let digits = format!("{digits:0>width$}", width = places.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Numbers;
    use primitive_types::U256;

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

    fn shown(numerator: impl Into<U256>, denominator: impl Into<U256>, digits: usize) -> String {
        format_ratio(&Ratio::new(numerator.into(), denominator.into()).unwrap(), digits)
    }

    /// The cases with many digits are prices that the v2-sdk shows with 18.
    #[test]
    fn fractions_are_rounded_to_significant_digits() {
        let unit = 10_u128.pow(18);
        let price = 1_662_497_915_624_478_906_u128;
        assert_eq!(shown(price, unit, 18), "1.66249791562447891");
        assert_eq!(shown(100 * (2 * unit - price), 2 * unit, 18), "16.8751042187760547");
        let cases = [
            (0, 7, 5, "0"),
            (1, 1, 36, "1"),
            (1, 2, 1, "0.5"),
            (1, 3, 4, "0.3333"),
            (2, 3, 4, "0.6667"),
            (1, 8, 2, "0.13"),
            (5, 2, 1, "3"),
            (49, 20, 2, "2.5"),
            (2449, 1000, 2, "2.4"),
            (123_456, 1, 3, "123000"),
            (123_500, 1, 3, "124000"),
            (123_456, 1, 36, "123456"),
            (999, 1000, 2, "1"),
            (9_995, 10, 3, "1000"),
            (99_949, 100, 3, "999"),
            (9_995, 100_000_000, 3, "0.0001"),
            (1, 1000, 5, "0.001"),
            (1_050_000, 1_000, 6, "1050"),
            (7, 2, 0, "4"),
        ];
        for (numerator, denominator, digits, expected) in cases {
            assert_eq!(shown(numerator, denominator, digits), expected);
        }
        let third = "3".repeat(36);
        assert_eq!(shown(1, 3, 36), format!("0.{third}"));
        assert_eq!(shown(1, 3, usize::MAX), format!("0.{third}"));
    }

    #[test]
    fn the_widest_fractions_are_shown() {
        let most = U256([u64::MAX, u64::MAX, u64::MAX, u32::MAX.into()]);
        let zeros = "0".repeat(32);
        assert_eq!(shown(most, 1, 36), format!("269599466671506397946670150870196307{zeros}"));
        assert_eq!(shown(1, most, 3), format!("0.{}371", "0".repeat(67)));
    }

    /// Against long division, digit by digit, on fractions of all magnitudes.
    #[test]
    fn fractions_agree_with_long_division() {
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        for _ in 0..20_000 {
            let [a, b] = [numbers.amount(), numbers.amount()].map(|part| part.get().max(1));
            let digits = usize::try_from(1 + numbers.next(36)).unwrap();
            assert_eq!(shown(a, b, digits), divided(a, b, digits), "{a}/{b}, {digits}");
        }
    }

    /// Writes far more digits than are asked for, and rounds the text.
    #[expect(clippy::arithmetic_side_effects, reason = "digits, and a divisor above zero")]
    fn divided(a: u128, b: u128, digits: usize) -> String {
        let mut text: Vec<u8> = (a / b).to_string().bytes().map(|byte| byte - b'0').collect();
        let point = text.len();
        let mut rest = U256::from(a % b);
        for _ in 0..80 {
            let (digit, left) = rest.saturating_mul(10.into()).div_mod(b.into());
            text.push(digit.as_u32().try_into().unwrap());
            rest = left;
        }
        let first = text.iter().position(|digit| *digit != 0).unwrap();
        let end = first + digits;
        let up = 5 <= text[end];
        text[end..].fill(0);
        let mut carry = u8::from(up);
        for digit in text[..end].iter_mut().rev() {
            *digit += carry;
            carry = u8::from(*digit == 10);
            *digit %= 10;
        }
        text.insert(0, carry);
        let text: String = text.iter().map(|digit| char::from(digit + b'0')).collect();
        let (whole, part) = text.split_at(point + 1);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let part = part.trim_end_matches('0');
        if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
    }
}
