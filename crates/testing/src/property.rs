//! [`Property`]: a numbered law and the function that judges it.

use crate::case::Case;
use crate::violation::Violation;

/// A numbered law and the function that judges it on one input: a [`Case`] of a pool, the
/// [acts](crate::custody::Act) of an exchange's customers, a text, or a batch of orders.
#[derive(Debug)]
pub struct Property<I: ?Sized = Case> {
    /// Its number: `S1`.
    pub id: &'static str,
    /// What it says, of a pool that holds `x` of the token that comes in and `y` of the one that
    /// goes out, has `S` shares and a fee of `f`.
    pub statement: &'static str,
    judge: fn(&I) -> Result<(), Violation>,
}

impl<I: ?Sized> Clone for Property<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I: ?Sized> Copy for Property<I> {}

impl<I: ?Sized> Property<I> {
    pub(crate) const fn new(
        id: &'static str,
        statement: &'static str,
        judge: fn(&I) -> Result<(), Violation>,
    ) -> Self {
        Self { id, statement, judge }
    }

    /// Judges the property on one input.
    ///
    /// # Errors
    ///
    /// [`Violation`] with this property's number, where it does not hold.
    pub fn check(&self, input: &I) -> Result<(), Violation> {
        (self.judge)(input)
    }
}
