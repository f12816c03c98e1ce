//! Networks whose bounds were computed apart, in rational numbers: the same prices, the same bound.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "tests: a tolerance, and a number that is read"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
use cenote_router::Router;
use serde_json::Value;

/// The networks, or `None` with a line on stderr.
fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/routing/instances");
    if path.is_dir() {
        return Some(path);
    }
    // Unlike `eprintln!`, this is shown for a test that passes.
    let _shown = writeln!(std::io::stderr(), "no networks with known bounds, none is checked");
    None
}

fn number(value: &Value) -> u128 {
    match value {
        Value::String(digits) => digits.parse().unwrap(),
        number => number.as_u64().unwrap().into(),
    }
}

fn amount(value: &Value) -> Amount {
    Amount::new(number(value)).unwrap()
}

fn token(value: &Value) -> u32 {
    u32::try_from(number(value)).unwrap()
}

/// A network as a market; the tokens are called by their numbers.
pub(crate) fn market(instance: &Value) -> Market {
    let mut market = Market::new();
    for token in 0..number(&instance["n_tokens"]) {
        market.add_token(&format!("t{token}")).unwrap();
    }
    for (at, pool) in instance["pools"].as_array().unwrap().iter().enumerate() {
        let reserves = Reserves { reserve0: amount(&pool[2]), reserve1: amount(&pool[3]) };
        let fee = Fee::from_pips(token(&pool[4])).unwrap();
        let empty = Pool::new(token(&pool[0]).into(), token(&pool[1]).into(), fee).unwrap();
        market.add_pool(&format!("p{at}"), empty.with_reserves(reserves).unwrap()).unwrap();
    }
    market
}

/// `0x1.8p+3`, or a number.
fn price(value: &Value) -> f64 {
    let Some(text) = value.as_str() else { return value.as_f64().unwrap() };
    let (mantissa, exponent) = text.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, part) = mantissa.split_once('.').unwrap();
    let bits = u64::from_str_radix(&format!("{whole}{part}"), 16).unwrap();
    let digits = i32::try_from(part.len()).unwrap();
    // Both factors are exact, and so is their product: the mantissa has 53 bits.
    bits as f64 * 2.0_f64.powi(exponent.parse::<i32>().unwrap() - 4 * digits)
}

/// The prices of every task; packed, and unpacked by the program that is for it.
fn certificates(folder: &Path, name: &str) -> Option<Value> {
    let file = folder.join("certs").join(format!("{name}.json.gz"));
    let unpacked = Command::new("gzip").arg("-dc").arg(file).output().ok()?;
    serde_json::from_slice(&unpacked.stdout).ok()
}

#[test]
fn bounds_that_were_computed_apart_are_the_same() {
    let Some(folder) = folder() else { return };
    let mut checked = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let instance = serde_json::from_str::<Value>(&text).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some(certificates) = certificates(&folder, name) else { continue };
        let market = market(&instance);
        let router = Router::new(&market);
        for task in instance["tasks"].as_array().unwrap() {
            let id = task["id"].as_str().unwrap();
            if let Some(prices) = certificates[id].as_array() {
                let prices = prices.iter().map(price).collect::<Vec<_>>();
                checked += u32::from(check((&router, &market), task, &prices, name));
            }
        }
    }
    assert!(0 < checked || Command::new("gzip").arg("--version").output().is_err());
}

/// Whether the task is one that this question can ask.
fn check((router, market): (&Router, &Market), task: &Value, prices: &[f64], name: &str) -> bool {
    if task["type"] == "arbitrage" {
        return false;
    }
    let from = token(&task["token_in"]).into();
    let expected = &task["expected"];
    let (query, expected) = match task["type"].as_str() {
        Some("exact_in") => {
            let to = token(&task["token_out"]).into();
            let names = ["upper_bound_net", "upper_bound"];
            let expected = names.map(|name| &expected[name]).into_iter().find(|n| !n.is_null());
            let query = router.sell(market, from, amount(&task["amount_in"])).to(to);
            (query, expected.unwrap())
        }
        Some("exact_out") => {
            let to = token(&task["token_out"]).into();
            (
                router.buy(market, to, amount(&task["amount_out"])).from(from),
                &expected["lower_bound"],
            )
        }
        _ => return false,
    };
    let gas = &task["gas_per_pool"];
    let query = if gas.is_null() { query } else { query.gas_per_pool(amount(gas)) };
    assert_eq!(query.bound_exactly(prices), Ok(amount(expected)), "{name} {}", task["id"]);
    true
}
