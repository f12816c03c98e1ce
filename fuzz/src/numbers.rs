//! Numbers as text, and what is shown of them.

use cenote_formats::{format_ratio, format_units, printable};
use cenote_pool::decimal::{DecimalError, parse, parse_wide};
use cenote_pool::{Amount, Fee, Ratio, Shares};
use cenote_testing::{U512, texts};
use primitive_types::U256;

use crate::Verdict;
use crate::finding::{holds, same};
use crate::input::Input;
use crate::text::message;

/// Reads a text as numbers of every bound, then the same bytes as numbers to be shown.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first thing that does not hold.
pub fn run(text: &[u8]) -> Verdict {
    let max = Input::new(text).number::<u64>();
    for max in [u128::MAX, Amount::MAX.get(), u128::from(u64::MAX), max.into()] {
        read(text, max)?;
    }
    for bits in [256, 224, 112, 1] {
        read_wide(text, bits)?;
    }
    if let Ok(text) = core::str::from_utf8(text) {
        let due = parse(text.as_bytes(), Amount::MAX.get());
        same("an amount", &text.parse().map(Amount::get).ok(), &due.ok())?;
        same("shares", &text.parse().map(Shares::get).ok(), &due.ok())?;
        message(&printable(text).to_string())?;
        texts::LAWS.iter().try_for_each(|law| law.check(text))?;
    }
    let mut input = Input::new(text);
    fees(input.number())?;
    shown(&mut input)?;
    fractions(&mut input)
}

/// What the grammar says, by the standard library: digits, the first one not zero but in `0`.
fn digits(text: &[u8]) -> Option<&str> {
    let canonical = text == b"0" || text.first().is_some_and(|first| *first != b'0');
    let digits = canonical && text.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(text).ok().filter(|_| digits)
}

fn read(text: &[u8], max: u128) -> Verdict {
    let value = parse(text, max);
    let due = digits(text).and_then(|text| text.parse().ok()).filter(|due| *due <= max);
    same("a number is read as the standard library reads it", &value.ok(), &due)?;
    match value {
        Ok(value) => same("and has one spelling", &value.to_string().as_bytes(), &text),
        Err(DecimalError::NotADigit { at }) => {
            let byte = at.checked_sub(1).and_then(|at| text.get(at));
            holds("the place named has no digit", byte.is_some_and(|byte| !byte.is_ascii_digit()))
        }
        Err(error) => {
            let too_large = matches!(error, DecimalError::TooLarge { .. });
            same("well formed numbers are too large", &digits(text).is_some(), &too_large)
        }
    }
}

fn read_wide(text: &[u8], bits: u32) -> Verdict {
    let value = parse_wide(text, bits).ok();
    let due = digits(text).filter(|text| text.len() <= 78);
    let due = due.and_then(|text| U512::from_dec_str(text).ok());
    let due = due.filter(|due| u32::try_from(due.bits()).is_ok_and(|length| length <= bits));
    let due = due.and_then(|due| U256::try_from(due).ok());
    same("a wide number is read as the library reads it", &value, &due)?;
    value.map_or(Ok(()), |value| same("and has one spelling", &value.to_string().as_bytes(), &text))
}

fn fees(number: u32) -> Verdict {
    let fee = Fee::from_pips(number);
    same("a fee is below one", &fee.is_ok(), &(number < 1_000_000))?;
    same("in its unit", &fee.map(Fee::pips).ok(), &Some(number).filter(|pips| *pips < 1_000_000))?;
    let pips = number.checked_mul(100).filter(|pips| *pips < 1_000_000);
    same("or in basis points", &Fee::from_bps(number).map(Fee::pips).ok(), &pips)
}

/// An amount with its point: put together again, it is the amount.
fn shown(input: &mut Input<'_>) -> Verdict {
    let (units, decimals) = (input.units(u128::MAX), input.number::<u8>());
    let text = format_units(units, Some(decimals));
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    holds("no zeros behind the last digit", text.ends_with(|last| last != '0') || part.is_empty())?;
    let places = usize::from(decimals);
    holds("no more places than decimals", part.len() <= places)?;
    let all = format!("{whole}{part:0<places$}");
    let trimmed = all.trim_start_matches('0');
    let trimmed = if trimmed.is_empty() { "0" } else { trimmed };
    same("the digits are the amount's", &trimmed, &units.to_string().as_str())?;
    same("without decimals it is a number", &format_units(units, None), &units.to_string())
}

/// Fractions are compared, inverted, multiplied and shown.
fn fractions(input: &mut Input<'_>) -> Verdict {
    let [first, second] = [fraction(input), fraction(input)];
    let (Some(first), Some(second)) = (first, second) else {
        return Ok(());
    };
    let wide = |part: U256| U512::from(part);
    let left = wide(first.numerator()).saturating_mul(wide(second.denominator()));
    let right = wide(second.numerator()).saturating_mul(wide(first.denominator()));
    same("fractions are compared by value", &first.cmp(&second), &left.cmp(&right))?;
    same("and are equal by value", &(first == second), &(left == right))?;
    if let (Some(one), Some(other)) = (first.inverse(), second.inverse()) {
        same("inverses the other way round", &other.cmp(&one), &first.cmp(&second))?;
        same("twice inverted", &one.inverse(), &Some(first))?;
    }
    let amount = input.amount(Amount::MAX.get());
    let product = U512::from(amount.get()).saturating_mul(wide(first.numerator()));
    let due = product.checked_div(wide(first.denominator()));
    let due = due.and_then(|due| u128::try_from(due).ok()).and_then(|due| Amount::new(due).ok());
    same("a product is rounded down", &first.mul_floor(amount), &due)?;
    decimals(&first, usize::from(input.number::<u8>() % 40))
}

/// The fraction of two numbers of up to 256 bits.
fn fraction(input: &mut Input<'_>) -> Option<Ratio> {
    let mut part = || {
        let (low, high) = (input.units(u128::MAX), input.number::<u8>());
        let high = if high < 128 { 0 } else { input.units(u128::MAX) };
        // At most 2^256 - 2^128, and the lower half.
        let high = U256::from(high).saturating_mul(U256::from(u128::MAX));
        high.saturating_add(low.into())
    };
    Ratio::new(part(), part()).ok()
}

/// A fraction as a decimal number has few digits, and is near.
#[expect(clippy::float_arithmetic, reason = "two values for people are compared")]
fn decimals(ratio: &Ratio, digits: usize) -> Verdict {
    let text = format_ratio(ratio, digits);
    let significant = text.bytes().filter(|byte| *byte != b'.').skip_while(|byte| *byte == b'0');
    let significant = significant.collect::<Vec<_>>();
    let zeros = significant.iter().rev().take_while(|byte| **byte == b'0').count();
    let count = significant.len().saturating_sub(zeros);
    holds("no more digits than asked for", count <= digits.clamp(1, 36))?;
    holds("digits and one point", text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))?;
    let (shown, value) = (format_ratio(ratio, 17).parse::<f64>(), ratio.to_f64());
    let near = shown.is_ok_and(|shown| (shown - value).abs() <= value * 1e-12);
    holds("what is shown is near", near)
}
