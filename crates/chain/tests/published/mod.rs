//! The published files, where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// One row of a file by the names of its columns.
pub(crate) type Row<'a> = BTreeMap<&'a str, &'a str>;

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

/// The rows of a file without quotes, each by the names of its columns.
pub(crate) fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let row = |fields: Vec<_>| {
        assert_eq!(fields.len(), header.len(), "{fields:?}");
        header.iter().copied().zip(fields).collect()
    };
    lines.map(row).collect()
}
