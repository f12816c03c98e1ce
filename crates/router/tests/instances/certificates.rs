//! Bounds that were computed apart, in fractions, from prices that stand beside the files: the
//! router's bound in big integers is the same, to the last unit.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use cenote_router::Router;
use serde_json::Value;

use crate::instance;

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

/// The prices for every task of a file. They are packed, and unpacked by the program that is for it.
fn certificates(file: &Path) -> Option<Value> {
    let name = format!("{}.json.gz", file.file_stem()?.to_str()?);
    let packed = file.parent()?.join("certs").join(name);
    let unpacked = Command::new("gzip").arg("-dc").arg(packed).output().ok()?;
    serde_json::from_slice(&unpacked.stdout).ok()
}

#[test]
fn bounds_that_were_computed_apart_are_the_same() {
    let Some(files) = instance::files() else { return };
    let mut checked = 0;
    for file in &files {
        let Some((instance, prices)) = instance::load(file).zip(certificates(file)) else {
            continue;
        };
        let router = Router::new(&instance.market);
        for task in &instance.tasks {
            let Some((prices, bound)) = prices[&task.id].as_array().zip(task.bound) else {
                continue;
            };
            let prices = prices.iter().map(price).collect::<Vec<_>>();
            let query = task.question.query(&router, &instance.market);
            let proven = query.gas_per_pool(task.question.gas_per_pool).bound_exactly(&prices);
            assert_eq!(proven.unwrap().get(), bound, "{} {}", instance.name, task.id);
            checked += 1;
        }
    }
    if checked == 0 {
        let _shown = writeln!(io::stderr(), "no gzip to unpack prices with, none is checked");
    }
}
