//! Pools, exchanges and readers that are wrong on purpose, and the property that must notice each.
//!
//! Most re-create a real loss, reduced to one rule of a constant-product pool. Numbers 1 to 15 are
//! about pools and routes, 16 to 20 about who may do what, 26 to 30 about input, and those from 31
//! on show that the other laws can fail as well, or that a law has no gap. 21 to 25 are kept for a store of files.

mod custody;
mod pools;
mod texts;

/// Something that is wrong on purpose.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its number among the seeded faults.
    pub number: u8,
    /// What is wrong, and where it happened.
    pub story: &'static str,
    /// The number of the property that must notice.
    pub noticed_by: &'static str,
    hunt: fn(&str) -> Option<usize>,
}

impl Fault {
    /// How many small inputs the property that must notice needs to do so; `None` if none of them
    /// shows the fault.
    pub fn noticed_after(&self) -> Option<usize> {
        self.noticed_after_by(self.noticed_by)
    }

    /// The same of any property that can judge it.
    pub fn noticed_after_by(&self, id: &str) -> Option<usize> {
        (self.hunt)(id)
    }
}

/// All faults.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    pools::FAULTS.iter().chain(custody::FAULTS).chain(texts::FAULTS)
}
