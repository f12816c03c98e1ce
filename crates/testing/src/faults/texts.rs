//! Readers that are wrong on purpose.

use serde::Deserialize;
use serde_json::Value;

use super::Fault;
use crate::constant_product::State;
use crate::texts::{Files, Reader, each, table};

pub(super) const FAULTS: &[Fault] = &[
    fault::<Signed>(26, "a number with a sign is read: +5", "I1"),
    fault::<Exponents>(27, "a number with an exponent is read: 1e3", "I1"),
    fault::<ThroughFloat>(28, "digits are lost on the way through a float", "I2"),
    fault::<LastKeyWins>(29, "of a field that stands twice the last one is kept", "I4"),
    fault::<UnknownIgnored>(30, "an unknown field is ignored", "I5"),
    fault::<LeadingZeros>(36, "a number is read that would be written otherwise: 05", "I3"),
    fault::<BareNumbers>(37, "an amount is read from a bare JSON number", "I6"),
];

const fn fault<R: Reader>(number: u8, story: &'static str, noticed_by: &'static str) -> Fault {
    Fault { number, story, noticed_by, hunt: hunt::<R> }
}

/// The number of texts until a law of input notices.
fn hunt<R: Reader>(id: &str) -> Option<usize> {
    let law = table::<R>().into_iter().find(|law| law.id == id)?;
    each().position(|text| law.check(&text).is_err())?.checked_add(1)
}

#[derive(Debug)]
enum Signed {}

impl Reader for Signed {
    fn number(text: &str) -> Option<u128> {
        Files::number(text.strip_prefix('+').unwrap_or(text))
    }
}

#[derive(Debug)]
enum Exponents {}

impl Reader for Exponents {
    fn number(text: &str) -> Option<u128> {
        let Some((digits, exponent)) = text.split_once('e') else {
            return Files::number(text);
        };
        let power = 10_u128.checked_pow(exponent.parse().ok()?)?;
        Files::number(digits)?.checked_mul(power)
    }
}

#[derive(Debug)]
enum ThroughFloat {}

impl Reader for ThroughFloat {
    #[expect(clippy::as_conversions, reason = "the fault: a float in between")]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "the fault: a float in between"
    )]
    fn number(text: &str) -> Option<u128> {
        Files::number(text).map(|number| number as f64 as u128)
    }
}

#[derive(Debug)]
enum LeadingZeros {}

impl Reader for LeadingZeros {
    fn number(text: &str) -> Option<u128> {
        let digits = text.trim_start_matches('0');
        Files::number(if digits.is_empty() && !text.is_empty() { "0" } else { digits })
    }
}

/// A pool's fields, read without care.
#[derive(Debug, Deserialize)]
struct Fields {
    reserve0: String,
    reserve1: String,
    total_shares: String,
}

impl Fields {
    fn state(&self) -> Option<State> {
        Some(State {
            reserve0: Files::number(&self.reserve0)?,
            reserve1: Files::number(&self.reserve1)?,
            total_shares: Files::number(&self.total_shares)?,
        })
    }
}

#[derive(Debug)]
enum LastKeyWins {}

impl Reader for LastKeyWins {
    fn pool(json: &str) -> Option<State> {
        let value = serde_json::from_str::<Value>(json).ok()?;
        Files::pool(&value.to_string())
    }
}

#[derive(Debug)]
enum UnknownIgnored {}

impl Reader for UnknownIgnored {
    fn pool(json: &str) -> Option<State> {
        serde_json::from_str::<Fields>(json).ok()?.state()
    }
}

#[derive(Debug)]
enum BareNumbers {}

impl Reader for BareNumbers {
    fn pool(json: &str) -> Option<State> {
        let bare = |text: &str| serde_json::from_str::<u128>(text).ok();
        let value = serde_json::from_str::<Value>(json).ok()?;
        let number = |field: &str| match value.get(field)? {
            Value::Number(number) => bare(&number.to_string()),
            Value::String(text) => Files::number(text),
            _ => None,
        };
        let reserves = [number("reserve0")?, number("reserve1")?];
        let strict = Files::pool(json);
        let total_shares = number("total_shares")?;
        let read = State { reserve0: reserves[0], reserve1: reserves[1], total_shares };
        Some(strict.unwrap_or(read))
    }
}
