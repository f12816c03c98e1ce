//! Every seed and every input that was a finding once, through the functions that libFuzzer runs.

#![expect(clippy::unwrap_used, reason = "tests: a panic is a failure")]

use std::fs;
use std::path::{Path, PathBuf};

use cenote_fuzz::{TARGETS, canary};

/// No seed is longer.
const SEED_MAX: usize = 4096;

/// The files of a folder beside this package's manifest; none where there is no such folder.
fn files(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn seeds_and_regressions_are_no_findings() {
    for target in TARGETS {
        let seeds = files("seeds", target.name);
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        assert!(seeds.iter().all(|(_, seed)| seed.len() <= SEED_MAX), "{}", target.name);
        for (path, bytes) in seeds.into_iter().chain(files("regressions", target.name)) {
            if let Err(finding) = (target.run)(&bytes) {
                panic!("{}: {finding}", path.display());
            }
        }
    }
}

#[test]
fn whatever_is_cut_off_or_doubled_is_no_finding() {
    for target in TARGETS {
        for (path, bytes) in files("seeds", target.name) {
            let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
            for bytes in [half, &bytes.repeat(2)] {
                if let Err(finding) = (target.run)(bytes) {
                    panic!("{}: {finding}", path.display());
                }
            }
        }
    }
}

/// The canary's seeds show nothing; its fault is one that has to be found.
#[test]
fn the_canary_has_a_fault_that_is_rare() {
    let seeds = files("seeds", "canary");
    assert!(!seeds.is_empty() && seeds.iter().all(|(_, seed)| canary::run(seed).is_ok()));
    let faults = files("regressions", "canary");
    assert!(!faults.is_empty());
    for (path, bytes) in faults {
        assert!(canary::run(&bytes).is_err(), "{}", path.display());
    }
}
