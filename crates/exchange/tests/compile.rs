//! What must not compile does not, each beside a twin that does and differs in one line.
//!
//! The compiler's text is pinned, since a test that fails to compile for another reason (a name
//! that changed, say) would pass for ever; the twin shows the one line that matters.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The directory of the cases.
fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile")
}

/// The names of the cases whose files end so, without that ending.
fn names_with(ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(cases()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

/// The lines, counted from 1, in which two texts differ; `None` if they are not as long.
fn differing_lines(one: &str, other: &str) -> Option<Vec<usize>> {
    if one.lines().count() != other.lines().count() {
        return None;
    }
    let pairs = one.lines().zip(other.lines()).zip(1..);
    Some(pairs.filter(|((one, other), _)| one != other).map(|(_, line)| line).collect())
}

#[test]
fn what_must_not_compile_does_not_and_its_twin_does() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile/*_fails.rs");
    cases.pass("tests/compile/*_passes.rs");
}

#[test]
fn every_case_has_a_twin_that_differs_in_one_line() {
    let names = names_with("_fails.rs");
    assert!(20 <= names.len(), "{} cases: some were lost", names.len());
    assert_eq!(names, names_with("_passes.rs"));
    assert_eq!(names, names_with("_fails.stderr"));
    for name in names {
        let read = |kind| fs::read_to_string(cases().join(format!("{name}_{kind}.rs"))).unwrap();
        let lines = differing_lines(&read("fails"), &read("passes"));
        assert!(lines.as_ref().is_some_and(|lines| lines.len() == 1), "{name}: {lines:?}");
    }
}

#[test]
fn the_comparison_of_twins_sees_what_differs() {
    assert_eq!(differing_lines("a\nb\nc", "a\nB\nc"), Some(vec![2]));
    assert_eq!(differing_lines("a\nb", "A\nB"), Some(vec![1, 2]));
    assert_eq!(differing_lines("a", "a\nb"), None);
}
