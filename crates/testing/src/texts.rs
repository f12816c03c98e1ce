//! What must hold of input: a number is read if it is one and as what it is, a record if it says
//! everything once and nothing else.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "sums of digits in 512 bits, of numbers that are at most 80 digits long"
)]

use cenote_pool::{Amount, Pool};
use primitive_types::U512;

use crate::constant_product::{ConstantProduct, State};
use crate::property::Property;
use crate::violation::{Violation, equal, holds};

type Judged = Result<(), Violation>;

/// What reads numbers and records: what the laws of input judge.
pub trait Reader {
    /// An amount; `None` for a refusal.
    fn number(text: &str) -> Option<u128> {
        Files::number(text)
    }

    /// A pool from its JSON record; `None` for a refusal.
    fn pool(json: &str) -> Option<State> {
        Files::pool(json)
    }
}

/// Cenote's own reading of amounts and of pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {}

impl Reader for Files {
    fn number(text: &str) -> Option<u128> {
        text.parse::<Amount>().ok().map(Amount::get)
    }

    fn pool(json: &str) -> Option<State> {
        serde_json::from_str::<Pool>(json).ok().map(|pool| ConstantProduct::state(&pool))
    }
}

/// The laws as they judge Cenote's own reading.
pub const LAWS: &[Property<str>] = &table::<Files>();

/// The laws as they judge a reader of any kind.
pub const fn table<R: Reader>() -> [Property<str>; 6] {
    [
        Property::new(
            "I1",
            "a text is read if and only if it is digits without a needless zero, to 2^112 - 1",
            i1::<R>,
        ),
        Property::new("I2", "what is read is the value of the digits", i2::<R>),
        Property::new("I3", "what is read is written as the same text", i3::<R>),
        Property::new("I4", "a field that stands twice is refused", i4::<R>),
        Property::new("I5", "an unknown field is refused", i5::<R>),
        Property::new("I6", "an amount is a text, never a bare JSON number", i6::<R>),
    ]
}

/// The value of a text of digits without needless zeros, up to 80 of them; `None` of any other.
fn value(text: &str) -> Option<U512> {
    let plain = !text.is_empty() && (text == "0" || !text.starts_with('0'));
    if 80 < text.len() {
        return None;
    }
    let mut total = U512::zero();
    for digit in text.bytes() {
        total = total * 10 + U512::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    Some(total).filter(|_| plain)
}

fn is_amount(text: &str) -> bool {
    value(text).is_some_and(|value| value <= U512::from(Amount::MAX.get()))
}

fn i1<R: Reader>(text: &str) -> Judged {
    let read = R::number(text);
    let due = is_amount(text);
    holds(("I1", "read if and only if it is an amount"), read.is_some() == due, read.unwrap_or(0))
}

fn i2<R: Reader>(text: &str) -> Judged {
    match (R::number(text), value(text)) {
        (Some(read), Some(due)) => equal(("I2", "read = the digits' value"), read, due),
        _ => Ok(()),
    }
}

fn i3<R: Reader>(text: &str) -> Judged {
    let Some(read) = R::number(text) else {
        return Ok(());
    };
    let written = Amount::new(read).map(|amount| amount.to_string());
    holds(("I3", "written = read"), written.is_ok_and(|written| written == text), read)
}

/// A pool's record with one field more, of this value.
fn record(text: &str, field: &str, quoted: &str) -> String {
    format!(
        r#"{{"token0":0,"token1":1,"reserve0":"{text}","reserve1":"5000","fee_pips":3000,"total_shares":"1000"{field}{quoted}}}"#
    )
}

/// The record of a pool that holds `text` of its first token, if there can be one.
fn pool_of<R: Reader>(text: &str) -> Option<State> {
    let held = R::number(text).filter(|held| is_amount(text) && 1000 <= *held)?;
    R::pool(&record(text, "", "")).filter(|state| state.reserve0 == held)
}

fn i4<R: Reader>(text: &str) -> Judged {
    // What stands once must be read, or the law says nothing.
    let Some(state) = pool_of::<R>(text) else {
        let due = is_amount(text) && R::number(text).is_some_and(|held| 1000 <= held);
        return holds(("I4", "a field that stands once is read"), !due, 0);
    };
    for field in [r#","reserve0":"#, r#","reserve1":"#, r#","total_shares":"#] {
        let twice = record(text, field, &format!("\"{text}\""));
        holds(("I4", "refused where it stands twice"), R::pool(&twice).is_none(), state.reserve0)?;
    }
    Ok(())
}

fn i5<R: Reader>(text: &str) -> Judged {
    let Some(state) = pool_of::<R>(text) else {
        return Ok(());
    };
    let more = record(text, r#","reserve2":"#, &format!("\"{text}\""));
    holds(("I5", "an unknown field is refused"), R::pool(&more).is_none(), state.reserve0)
}

fn i6<R: Reader>(text: &str) -> Judged {
    let Some(state) = pool_of::<R>(text) else {
        return Ok(());
    };
    let bare = record(text, "", "").replace(&format!("\"{text}\""), text);
    holds(("I6", "a bare number is refused"), R::pool(&bare).is_none(), state.reserve0)
}

/// Numbers at the edges, what was mistaken for numbers elsewhere, and every text of up to three
/// characters that numbers are made of, or are mistaken for.
pub fn each() -> impl Iterator<Item = String> {
    const LETTERS: [char; 13] =
        ['0', '1', '5', '9', '+', '-', '_', 'e', 'x', '.', ',', ' ', '\u{665}'];
    let edges = [
        "1000",
        "9007199254740993",
        "5192296858534827628530496329220095",
        "5192296858534827628530496329220096",
        "340282366920938463463374607431768211455",
        "340282366920938463463374607431768211456",
        "1_000",
        "1,000",
        "0x10",
        "1e18",
        "\u{2212}5",
        "5.0",
        "1000000000000000000",
        "inf",
        "NaN",
        "1\0",
        "5\n",
    ];
    let two = || LETTERS.into_iter().flat_map(|first| LETTERS.map(|second| [first, second]));
    let three = two().flat_map(|[first, second]| LETTERS.map(|third| [first, second, third]));
    let short = LETTERS.into_iter().map(String::from).chain(two().map(String::from_iter));
    let edges = edges.into_iter().map(String::from).chain([String::new()]);
    edges.chain(short).chain(three.map(String::from_iter))
}
