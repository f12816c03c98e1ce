//! The engine beside the contracts: the same amounts, states and refusals, to the unit.

#![expect(
    clippy::unwrap_used,
    reason = "a test, which stops at the first thing it does not expect"
)]

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cenote_conformance::{Contracts, Engine, Operation, Plan, Vectors};

/// How many cases of each operation every run has.
const CASES: u64 = 20_000;

/// How many sequences, of 16 calls each.
const SEQUENCES: u64 = 10_000;

/// Says something in a test that passes.
fn say(line: &str) {
    writeln!(io::stderr().lock(), "{line}").unwrap();
}

fn compare(name: &str, cases: u64) {
    let Some(contracts) = Contracts::load() else {
        say("conformance: the contracts are not there, nothing compared (conformance/run)");
        return;
    };
    let operation = Operation::named(name).unwrap();
    let tally = operation.compare(&contracts, Engine::CENOTE, Plan::of(cases));
    say(&format!("{name}\n{tally}"));
}

#[test]
fn what_is_published_is_what_the_contracts_answer() {
    let Some(contracts) = Contracts::load() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/uniswap_v2_bytecode");
    for (name, text) in Vectors::published(&contracts).files() {
        let published = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(published == text, "{name} is another (conformance/run vectors)");
    }
}

#[test]
fn what_is_pinned_names_no_host() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("package-lock.json");
    let pinned = fs::read_to_string(path).unwrap();
    assert!(pinned.contains("\"integrity\": \"sha512-") && !pinned.contains("://"), "{pinned}");
}

macro_rules! tests {
    ($($name:ident: $cases:expr;)*) => {
        $(#[test]
        fn $name() {
            compare(stringify!($name), $cases);
        })*

        #[test]
        fn every_operation_has_its_test() {
            let names = cenote_conformance::operations::OPERATIONS.map(|operation| operation.name);
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

tests! {
    swap_exact_in: CASES;
    swap_exact_out: CASES;
    swap_two_legs: CASES;
    mint: CASES;
    burn: CASES;
    skim: CASES;
    sync: CASES;
    router_exact_in: CASES;
    router_exact_out: CASES;
    router_quote: CASES;
    router_liquidity: CASES;
    sequence: SEQUENCES;
}
