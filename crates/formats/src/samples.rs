//! What the tests share: numbers, files of real pools, and where a text is refused.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use cenote_pool::Amount;

use crate::{FormatError, PoolsOptions};

/// No default fee, no block.
pub(crate) const NO_OPTIONS: PoolsOptions = PoolsOptions { default_fee: None, block: None };

/// A file of real data, where it is there.
pub(crate) fn real_file(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let text = fs::read(folder.join(name)).ok();
    if text.is_none() {
        // Unlike `eprintln!`, this is shown for a test that passes.
        let _shown = writeln!(io::stderr(), "no real {name}, nothing is read");
    }
    text
}

/// Checks that a text was refused at a line and column, counted from 1, with a message; column 0
/// is none.
#[track_caller]
pub(crate) fn refused_at<T>(
    read: Result<T, FormatError>,
    (line, column, part): (u64, usize, &str),
    text: &str,
) {
    let Err(error) = read else { panic!("{text:?} was read") };
    let found = error.column.as_ref().map_or(0, |column| column.number);
    assert_eq!((error.line, found), (line, column), "{text:?}: {error}");
    assert!(error.to_string().contains(part), "{text:?}: {error}, expected {part}");
}

/// Numbers of evenly spread magnitudes, the same in each run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8).checked_rem(below).unwrap()
    }

    pub(crate) fn amount(&mut self) -> Amount {
        let wide = (u128::from(self.next(1 << 56)) << 56) | u128::from(self.next(1 << 56));
        Amount::new(wide >> self.next(113)).unwrap()
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let at = self.next(items.len().try_into().unwrap());
        items[usize::try_from(at).unwrap()]
    }
}
