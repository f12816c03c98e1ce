//! A fault that fuzzing must find: without it nobody knows that the others were fuzzed at all.

use arbitrary::Unstructured;
use cenote_testing::faults::{FAULTS, Fault};
use cenote_testing::{Case, properties};

use crate::Verdict;

/// The fee at which a wrong pool is judged, in hundredths of a basis point. One input in five
/// million has it by chance; who compares what is compared finds it at once.
const RARE_FEE: u32 = 314_159;

/// Judges a case on Cenote's own pool, and at one fee on the pool that rounds inputs down.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the fault, where it shows.
pub fn run(bytes: &[u8]) -> Verdict {
    let Ok(case) = Unstructured::new(bytes).arbitrary::<Case>() else {
        return Ok(());
    };
    let fault = FAULTS.iter().find(|fault| fault.number == 2 && case.fee_pips == RARE_FEE);
    let right = || properties::PROPERTIES.iter().find(|property| property.id == "S8").copied();
    let property = fault.map_or_else(right, Fault::property);
    property.map_or(Ok(()), |property| Ok(property.check(&case)?))
}
