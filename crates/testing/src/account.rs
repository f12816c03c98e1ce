//! [`Account`]: what somebody paid and got, and A1 of it.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "512-bit sums of as many numbers of 128 bits as there are operations"
)]

use primitive_types::U512;

use crate::violation::{Violation, at_most};

/// What somebody paid into a pool and got out of it, of each token.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Account {
    pub(crate) paid: [U512; 2],
    pub(crate) got: [U512; 2],
}

impl Account {
    pub(crate) fn moved(&mut self, paid: [u128; 2], got: [u128; 2]) {
        for (sum, units) in self.paid.iter_mut().zip(paid) {
            *sum += U512::from(units);
        }
        for (sum, units) in self.got.iter_mut().zip(got) {
            *sum += U512::from(units);
        }
    }

    /// A1, of one who has no shares left.
    pub(crate) fn gains_nothing(&self) -> Result<(), Violation> {
        let ([got0, got1], [paid0, paid1]) = (self.got, self.paid);
        let law = ("A1", "no gain in one token without a loss in the other");
        if paid1 <= got1 {
            at_most(law, got0, paid0)?;
        }
        if paid0 <= got0 { at_most(law, got1, paid1) } else { Ok(()) }
    }
}
