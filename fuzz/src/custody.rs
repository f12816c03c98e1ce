//! What customers do at an exchange: see [`cenote_testing::custody`] and
//! [`determinism`].

use arbitrary::Unstructured;
use cenote_testing::custody::{Act, LAWS};
use cenote_testing::{determinism, inputs};

use crate::Verdict;

/// The longest list of acts. What is longer is cut, so that inputs stay quick: each law begins
/// with a new exchange.
const ACTS_MAX: usize = 12;

/// Judges a list of acts by every law of custody, and what it leaves by how that is written.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first law that does not hold.
pub fn run(bytes: &[u8]) -> Verdict {
    let mut bytes = Unstructured::new(bytes);
    let Ok(acts) = inputs::decode_sequence::<Act>(&mut bytes, ACTS_MAX) else {
        return Ok(());
    };
    LAWS.iter().try_for_each(|law| law.check(&acts))?;
    // The other law, of batches, starts threads: it is driven by proptest and enumeration only.
    let one_text = determinism::LAWS.iter().filter(|law| law.id == "T4");
    Ok(one_text.into_iter().try_for_each(|law| law.check(&acts))?)
}
