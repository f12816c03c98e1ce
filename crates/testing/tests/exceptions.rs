//! The core cannot panic, wrap or truncate by accident: the lints that say so hold in it, and
//! what is excepted from them is this list, in which nothing is added unseen.
//!
//! The lints themselves are clippy's. Here it is read from the sources where they are set aside;
//! the reason, which has to be a proof, stands beside each.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates between a number and money.
const CORE: [&str; 6] = ["kernel", "pool", "exchange", "router", "formats", "simulator"];

/// What may not happen by accident.
const LINTS: [&str; 6] = [
    "unwrap_used",
    "expect_used",
    "panic",
    "indexing_slicing",
    "arithmetic_side_effects",
    "as_conversions",
];

/// What sets many of them aside at once.
const GROUPS: [&str; 3] = ["clippy::all", "clippy::restriction", "warnings"];

/// Where they are set aside, and how often in the file.
const EXCEPTIONS: [(&str, &str, usize); 36] = [
    ("kernel/src/avx2.rs", "indexing_slicing", 1),
    ("kernel/src/avx2.rs", "arithmetic_side_effects", 1),
    ("kernel/src/batch.rs", "indexing_slicing", 1),
    ("kernel/src/batch.rs", "arithmetic_side_effects", 1),
    ("kernel/src/double.rs", "arithmetic_side_effects", 1),
    ("kernel/src/double.rs", "as_conversions", 1),
    ("kernel/src/guesses.rs", "indexing_slicing", 1),
    ("kernel/src/lanes.rs", "indexing_slicing", 1),
    ("kernel/src/lanes.rs", "as_conversions", 1),
    ("kernel/src/levels.rs", "indexing_slicing", 1),
    ("kernel/src/levels.rs", "arithmetic_side_effects", 1),
    ("kernel/src/reference.rs", "arithmetic_side_effects", 1),
    ("kernel/src/scalar.rs", "arithmetic_side_effects", 1),
    ("kernel/src/scalar.rs", "as_conversions", 1),
    ("kernel/src/words.rs", "arithmetic_side_effects", 1),
    ("kernel/src/words.rs", "as_conversions", 1),
    ("pool/src/amount.rs", "as_conversions", 1),
    ("pool/src/fee.rs", "arithmetic_side_effects", 5),
    ("pool/src/fee.rs", "as_conversions", 1),
    ("pool/src/log.rs", "as_conversions", 1),
    ("pool/src/pool.rs", "indexing_slicing", 3),
    ("pool/src/ratio.rs", "as_conversions", 1),
    ("pool/src/tile.rs", "indexing_slicing", 1),
    ("router/src/curve.rs", "as_conversions", 1),
    ("router/src/dual.rs", "indexing_slicing", 1),
    ("router/src/dual.rs", "arithmetic_side_effects", 1),
    ("router/src/dual.rs", "as_conversions", 1),
    ("router/src/elimination.rs", "indexing_slicing", 1),
    ("router/src/elimination.rs", "arithmetic_side_effects", 1),
    ("router/src/exact.rs", "arithmetic_side_effects", 1),
    ("router/src/nearest.rs", "indexing_slicing", 1),
    ("router/src/rounding.rs", "indexing_slicing", 1),
    ("router/src/rounding.rs", "arithmetic_side_effects", 1),
    ("router/src/rounding.rs", "as_conversions", 1),
    ("simulator/src/moves.rs", "as_conversions", 1),
    ("simulator/src/timeline.rs", "as_conversions", 1),
];

/// All crates stand beside this one.
fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The sources below a folder that are no tests, by their path below `crates`.
fn sources(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if !path.ends_with("tests.rs") {
            let name = path.strip_prefix(crates()).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The code in front of the tests, without comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// How often a text sets each lint aside.
fn set_aside(text: &str) -> impl Iterator<Item = (&'static str, usize)> {
    let code = code(text);
    LINTS.into_iter().filter_map(move |lint| {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let named =
            code.split(&format!("clippy::{lint}")).skip(1).filter(|rest| ends(rest)).count();
        (named > 0).then_some((lint, named))
    })
}

#[test]
fn the_exceptions_are_those_of_the_list() {
    let mut found = Vec::new();
    let mut texts = BTreeMap::new();
    for name in CORE {
        sources(&crates().join(name).join("src"), &mut texts);
    }
    for (file, text) in &texts {
        found.extend(set_aside(text).map(|(lint, count)| (file.as_str(), lint, count)));
        for group in GROUPS {
            assert!(!code(text).contains(group), "{file}: {group}");
        }
    }
    assert_eq!(found, EXCEPTIONS);
}

/// The lints are on for the workspace, and each crate of the core takes them from there.
#[test]
fn the_lints_hold_in_the_core() {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    let workspace = read(crates().join("../Cargo.toml"));
    let clippy = workspace.split("[workspace.lints.clippy]\n").nth(1).unwrap();
    for lint in LINTS {
        assert!(clippy.contains(&format!("\n{lint} = \"warn\"\n")), "{lint}");
    }
    for name in CORE {
        let manifest = read(crates().join(name).join("Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true\n"), "{name}");
    }
}

#[test]
fn the_search_finds_a_planted_exception() {
    let found = |text: &str| set_aside(text).collect::<Vec<_>>();
    assert_eq!(found("#[expect(clippy::panic, reason = \"\")]"), [("panic", 1)]);
    assert_eq!(found("#![allow(\n    clippy::unwrap_used,\n    clippy::as_conversions)]").len(), 2);
    let twice = "#[allow(clippy::panic)]\nfn f() {}\n#[cfg_attr(miri, allow(clippy::panic))]";
    assert_eq!(found(twice), [("panic", 2)]);
    assert_eq!(found("#![expect(clippy::panic_in_result_fn)] // clippy::panic"), []);
    assert_eq!(found("#[cfg(test)]\nmod tests {\n#![allow(clippy::panic)]\n}"), []);
}
