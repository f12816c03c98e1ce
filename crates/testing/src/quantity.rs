//! [`Quantity`]: how much of something an operation moves.

use crate::laws::part_floor;

/// How much of something an operation moves: a number, or a part of what there is, so that
/// operations drawn at random often are possible ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// This many units.
    Units(u128),
    /// `floor(whole * part / 65536)`.
    Part(u16),
    /// All there is.
    All,
    /// One more than there is.
    TooMuch,
}

impl Quantity {
    /// The number of units, where `whole` is what there is.
    pub fn of(self, whole: u128) -> u128 {
        match self {
            Self::Units(units) => units,
            Self::Part(part) => part_floor(whole, part.into(), 1 << 16).low_u128(),
            Self::All => whole,
            Self::TooMuch => whole.saturating_add(1),
        }
    }
}
