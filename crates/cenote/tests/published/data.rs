//! The published files, read without a default: what is not there or not a number is a failure.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cenote::{Amount, Fee, Pool, PoolError, Ratio, Reserves, Shares, TokenId, U256};
use serde_json::Value;

const VECTORS: &str = "vectors/uniswap_v2.json";

/// A whole file; `None` with a line on stderr where it is absent.
pub(crate) fn text(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.is_file() {
        return Some(fs::read_to_string(path).unwrap());
    }
    // Unlike `eprintln!`, this is shown for a test that passes.
    let _shown = writeln!(io::stderr(), "published: {} is absent, not tested", path.display());
    None
}

pub(crate) fn json(name: &str) -> Option<Value> {
    text(name).map(|text| serde_json::from_str(&text).unwrap())
}

/// The vectors of one suite of Uniswap v2's tests; there are four, and each has its tests here.
pub(crate) fn suite(name: &str) -> Option<Value> {
    let mut suites = json(VECTORS)?;
    assert_eq!(keys(&suites), ["v2_core_pair", "v2_library", "v2_liquidity_value", "v2_sdk"]);
    Some(suites[name].take())
}

/// The keys of an object in the order of the alphabet.
#[track_caller]
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys = value.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    keys.sort_unstable();
    keys
}

/// A list of cases, which must be as many as were published when the test was written: a test
/// that reads nothing proves nothing.
#[track_caller]
pub(crate) fn cases<'a>(section: &'a Value, name: &str, count: usize) -> &'a [Value] {
    let cases = list(&section[name]);
    assert_eq!(cases.len(), count, "{name}");
    cases
}

#[track_caller]
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[track_caller]
pub(crate) fn word(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A whole number, written as a number or as a string.
#[track_caller]
pub(crate) fn units(value: &Value) -> u128 {
    value.as_u64().map_or_else(|| word(value).parse().unwrap(), u128::from)
}

#[track_caller]
pub(crate) fn amount(value: &Value) -> Amount {
    units(value).try_into().unwrap()
}

#[track_caller]
pub(crate) fn shares(value: &Value) -> Shares {
    Shares::new(units(value)).unwrap()
}

/// A whole number that may be as long as Solidity has them; `U256`'s own `parse` would read it as
/// hexadecimal.
#[track_caller]
pub(crate) fn wide(value: &Value) -> U256 {
    value.as_u64().map_or_else(|| U256::from_dec_str(word(value)).unwrap(), U256::from)
}

#[track_caller]
pub(crate) fn ratio(numerator: &Value, denominator: &Value) -> Ratio {
    Ratio::new(wide(numerator), wide(denominator)).unwrap()
}

/// One unit more.
pub(crate) fn one_more(amount: Amount) -> Amount {
    amount.checked_add(Amount::from_u64(1)).unwrap()
}

pub(crate) fn tokens() -> [TokenId; 2] {
    [TokenId::from(0), TokenId::from(1)]
}

/// A pool of Uniswap's fee with these reserves.
pub(crate) fn pool(reserve0: Amount, reserve1: Amount) -> Result<Pool, PoolError> {
    let [token0, token1] = tokens();
    Pool::new(token0, token1, Fee::UNISWAP_V2)?.with_reserves(Reserves { reserve0, reserve1 })
}

/// The pool of a case that names its reserves `reserve0` and `reserve1`.
#[track_caller]
pub(crate) fn pool_of(case: &Value) -> Pool {
    pool(amount(&case["reserve0"]), amount(&case["reserve1"])).unwrap()
}
