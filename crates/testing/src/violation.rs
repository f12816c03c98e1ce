//! [`Violation`]: a law that did not hold.

use primitive_types::U512;
use thiserror::Error;

/// A law that did not hold, and the two numbers that show it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{id} does not hold, {law}: {left} against {right}", left = .numbers.0, right = .numbers.1)]
pub struct Violation {
    /// The property's number: `S1`.
    pub id: &'static str,
    /// The relation that failed, with the left number on its left side.
    pub law: &'static str,
    /// Both sides of the relation. Boxed, being 128 bytes.
    pub numbers: Box<(U512, U512)>,
}

/// A law's number and its relation, as the checks below name it.
pub(crate) type Law = (&'static str, &'static str);

impl Violation {
    pub(crate) fn new((id, law): Law, left: U512, right: U512) -> Self {
        Self { id, law, numbers: Box::new((left, right)) }
    }
}

/// Asserts `left <= right`.
pub(crate) fn at_most(law: Law, left: U512, right: U512) -> Result<(), Violation> {
    if left <= right { Ok(()) } else { Err(Violation::new(law, left, right)) }
}

/// Asserts `left < right`.
pub(crate) fn below(law: Law, left: U512, right: U512) -> Result<(), Violation> {
    if left < right { Ok(()) } else { Err(Violation::new(law, left, right)) }
}

/// Asserts that two numbers are one.
pub(crate) fn equal(
    law: Law,
    left: impl Into<U512>,
    right: impl Into<U512>,
) -> Result<(), Violation> {
    let (left, right) = (left.into(), right.into());
    if left == right { Ok(()) } else { Err(Violation::new(law, left, right)) }
}

/// Asserts that two answers are one: both refused, or the same numbers.
pub(crate) fn same<const N: usize>(
    law: Law,
    left: Option<[u128; N]>,
    right: Option<[u128; N]>,
) -> Result<(), Violation> {
    if left == right {
        return Ok(());
    }
    // What tells them apart: the first number that differs, 2^512 - 1 standing for a refusal.
    let differing = left.into_iter().flatten().zip(right.into_iter().flatten());
    let differing = differing.into_iter().find(|(left, right)| left != right);
    let (left, right) = differing.map_or_else(
        || (shown(left.as_ref()), shown(right.as_ref())),
        |(left, right)| (left.into(), right.into()),
    );
    Err(Violation::new(law, left, right))
}

fn shown<T>(answer: Option<&T>) -> U512 {
    if answer.is_some() { U512::zero() } else { U512::MAX }
}

/// Asserts that a condition holds, naming one number that it is about.
#[expect(clippy::fn_params_excessive_bools, reason = "an assertion is about whether something is")]
pub(crate) fn holds(law: Law, condition: bool, about: u128) -> Result<(), Violation> {
    if condition { Ok(()) } else { Err(Violation::new(law, about.into(), U512::zero())) }
}
