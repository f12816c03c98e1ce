//! [`Finding`]: where a property does not hold; and how to look for it.

use core::fmt;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::case::Case;
use crate::constant_product::ConstantProduct;
use crate::property::Property;
use crate::violation::Violation;
use crate::{inputs, properties, scope};

/// A case at which a property does not hold.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What should hold.
    pub property: Property,
    /// Where it does not.
    pub case: Case,
    /// The numbers that show it.
    pub violation: Violation,
    /// How many cases were tried, this one included.
    pub tried: usize,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { property, case, violation, tried } = self;
        writeln!(f, "{}: {}", property.id, property.statement)?;
        writeln!(f, "  {violation}")?;
        write!(f, "  at case {tried}: {case:?}")
    }
}

/// The first case at which a property does not hold.
pub fn first_violation(
    property: &Property,
    cases: impl IntoIterator<Item = Case>,
) -> Option<Finding> {
    cases.into_iter().enumerate().find_map(|(at, case)| {
        let violation = property.check(&case).err()?;
        Some(Finding { property: *property, case, violation, tried: at.saturating_add(1) })
    })
}

/// Every property that a pool breaks: each with the first small case that shows it, or else the
/// first of `random` cases of every magnitude, which are the same at each call.
///
/// A pool that charges its fee otherwise, or has no shares, breaks properties that it need not
/// keep; the numbers in the table say which.
///
/// ```
/// use cenote_testing::{Textbook, survey};
///
/// assert!(survey::<Textbook>(1_000).is_empty());
/// ```
pub fn survey<P: ConstantProduct>(random: usize) -> Vec<Finding> {
    let mut runner = TestRunner::deterministic();
    let either = proptest::prop_oneof![inputs::cases(), inputs::even_deposits()];
    let draw = |_| either.new_tree(&mut runner).ok().map(|tree| tree.current());
    let drawn = (0..random).filter_map(draw).collect::<Vec<_>>();
    let judge = |property: Property| {
        first_violation(&property, scope::small().chain(drawn.iter().copied()))
    };
    properties::table::<P>().into_iter().filter_map(judge).collect()
}
