//! The one grammar of numbers: `0|[1-9][0-9]*`, then the field's own bound.

use primitive_types::U256;
use thiserror::Error;

/// Why a text is not a number of this project, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// There is no text.
    #[error("empty, expected a number")]
    Empty,
    /// A byte other than `0` to `9`.
    #[error("not a decimal number: unexpected character at position {at}")]
    NotADigit {
        /// Where the byte stands, counted from 1.
        at: usize,
    },
    /// A number of several digits that begins with `0`.
    #[error("not a decimal number: leading zero")]
    LeadingZero,
    /// The number is well formed and above the bound.
    #[error("number too large, the bound is {max}")]
    TooLarge {
        /// The largest number accepted here.
        max: u128,
    },
    /// The number is well formed and above a bound that is written as a power of two.
    #[error("number too large, the bound is 2^{bits} - 1")]
    TooLong {
        /// The most bits accepted here.
        bits: u32,
    },
}

/// Reads a number of the grammar `0|[1-9][0-9]*` that is at most `max`.
///
/// # Errors
///
/// [`DecimalError`], in the order of its variants. No sign, exponent, separator, space, base
/// prefix or digit of another script is accepted.
#[inline]
pub fn parse(text: &[u8], max: u128) -> Result<u128, DecimalError> {
    if text.is_empty() {
        return Err(DecimalError::Empty);
    }
    if let Some(at) = text.iter().position(|byte| !byte.is_ascii_digit()) {
        return Err(DecimalError::NotADigit { at: at.saturating_add(1) });
    }
    if text.len() > 1 && text.first() == Some(&b'0') {
        return Err(DecimalError::LeadingZero);
    }
    value(text).filter(|&value| value <= max).ok_or(DecimalError::TooLarge { max })
}

/// Reads a number of the same grammar that has at most `bits` bits, itself at most 256.
///
/// # Errors
///
/// [`DecimalError`], in the order of its variants; `TooLong` for `TooLarge`.
pub fn parse_wide(text: &[u8], bits: u32) -> Result<U256, DecimalError> {
    let value = match parse(text, u128::MAX) {
        Ok(value) => Some(U256::from(value)),
        Err(DecimalError::TooLarge { .. }) => wide_value(text),
        Err(error) => return Err(error),
    };
    let fits = |value: &U256| u32::try_from(value.bits()).is_ok_and(|length| length <= bits);
    value.filter(fits).ok_or(DecimalError::TooLong { bits })
}

/// The value of a run of digits, or `None` above 2^256 - 1.
fn wide_value(digits: &[u8]) -> Option<U256> {
    digits.iter().try_fold(U256::zero(), |total, digit| {
        total.checked_mul(U256::from(10))?.checked_add(U256::from(digit.wrapping_sub(b'0')))
    })
}

/// The value of a run of digits, or `None` above `u128::MAX`.
#[inline]
fn value(digits: &[u8]) -> Option<u128> {
    // Nineteen digits fit a u64, whose multiplication is several times cheaper.
    let mut total = 0_u128;
    for group in digits.chunks(19) {
        let mut part = 0_u64;
        let mut scale = 1_u64;
        for &digit in group {
            let digit = u64::from(digit.wrapping_sub(b'0'));
            part = part.wrapping_mul(10).wrapping_add(digit);
            scale = scale.wrapping_mul(10);
        }
        total = total.checked_mul(u128::from(scale))?.checked_add(u128::from(part))?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_grammar_and_nothing_else() {
        let max = u128::MAX;
        for (text, value) in [("0", 0), ("7", 7), ("10", 10), ("18446744073709551616", 1 << 64)] {
            assert_eq!(parse(text.as_bytes(), max), Ok(value));
        }
        assert_eq!(parse(u128::MAX.to_string().as_bytes(), max), Ok(u128::MAX));
        let refused = [
            "-5",
            "\u{2212}5",
            "+5",
            "05",
            "00",
            " 5",
            "5 ",
            "",
            "1e3",
            "0x10",
            "1_000",
            "1,000",
            "\u{663}",
            "5.",
            ".5",
            "5.0000001",
            "5\0",
            "\u{feff}5",
            "5\n",
            "NaN",
            "inf",
        ];
        for text in refused {
            assert!(parse(text.as_bytes(), max).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn applies_the_bound_last() {
        assert_eq!(parse(b"12", 12), Ok(12));
        assert_eq!(parse(b"13", 12), Err(DecimalError::TooLarge { max: 12 }));
        let long = "9".repeat(40);
        assert_eq!(parse(long.as_bytes(), 12), Err(DecimalError::TooLarge { max: 12 }));
        let longer = "1".repeat(if cfg!(miri) { 1_000 } else { 100_000 });
        assert_eq!(parse(longer.as_bytes(), 12), Err(DecimalError::TooLarge { max: 12 }));
        assert_eq!(
            parse(b"340282366920938463463374607431768211456", u128::MAX),
            Err(DecimalError::TooLarge { max: u128::MAX })
        );
    }

    #[test]
    fn wide_numbers_have_the_same_grammar() {
        let largest = U256::MAX.to_string();
        assert_eq!(parse_wide(largest.as_bytes(), 256), Ok(U256::MAX));
        let above =
            "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!(parse_wide(above.as_bytes(), 256), Err(DecimalError::TooLong { bits: 256 }));
        let bound = U256::one() << 224;
        let too_long = Err(DecimalError::TooLong { bits: 224 });
        assert_eq!(parse_wide(bound.to_string().as_bytes(), 224), too_long);
        assert_eq!(parse_wide((bound - 1).to_string().as_bytes(), 224), Ok(bound - 1));
        assert_eq!(parse_wide(b"8", 3), Err(DecimalError::TooLong { bits: 3 }));
        assert_eq!(parse_wide(b"0", 1), Ok(U256::zero()));
        assert_eq!(parse_wide(b"", 256), Err(DecimalError::Empty));
        let long_zero = format!("0{largest}");
        assert_eq!(parse_wide(long_zero.as_bytes(), 256), Err(DecimalError::LeadingZero));
        assert_eq!(parse_wide(&[b'9'; 10_000], 256), Err(DecimalError::TooLong { bits: 256 }));
    }
}
