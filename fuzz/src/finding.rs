//! [`Finding`]: what an input shows.

use core::fmt;

use cenote_testing::Violation;
use thiserror::Error;

/// Why an input shows a fault.
#[derive(Debug, Error)]
pub enum Finding {
    /// A numbered law does not hold.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// Something else that must hold does not.
    #[error("{0}")]
    Other(String),
}

/// What a target says of an input.
pub type Verdict = Result<(), Finding>;

/// Stops the program with a finding.
///
/// # Panics
///
/// With the finding, which is how libFuzzer is told.
#[expect(clippy::panic, reason = "a panic is how libFuzzer is told")]
pub fn report(verdict: Verdict) {
    if let Err(finding) = verdict {
        panic!("{finding}");
    }
}

/// Asserts that a condition holds.
#[expect(clippy::fn_params_excessive_bools, reason = "an assertion is about whether something is")]
pub(crate) fn holds(law: &str, condition: bool) -> Verdict {
    if condition { Ok(()) } else { Err(Finding::Other(law.to_owned())) }
}

/// Asserts that two things are one.
pub(crate) fn same<T: PartialEq + fmt::Debug>(law: &str, left: &T, right: &T) -> Verdict {
    if left == right {
        return Ok(());
    }
    Err(Finding::Other(format!("{law}:\n{left:?}\nagainst\n{right:?}")))
}
