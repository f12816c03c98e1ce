//! A fault that fuzzing must find: without it nobody knows that the others were fuzzed at all.

use arbitrary::Unstructured;
use cenote_pool::Pool;
use cenote_testing::{BookPool, Case, Rules, Terms, U512, properties};

use crate::Verdict;

/// The fee at which a wrong pool is judged, in hundredths of a basis point. One input in five
/// million has it by chance; who compares what is compared finds it at once.
const RARE_FEE: u32 = 314_159;

/// Balancer's mistake: what enters a pool is rounded down.
#[derive(Debug, Clone)]
enum RoundedDown {}

impl Rules for RoundedDown {
    fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
        let divisor = terms.y.saturating_sub(*amount_out).saturating_mul(terms.kept);
        let product = terms.x.saturating_mul(*amount_out).saturating_mul(terms.scale);
        product.checked_div(divisor).unwrap_or_default()
    }
}

/// Judges a case on Cenote's own pool, and at one fee on the pool that rounds inputs down.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the fault, where it shows.
pub fn run(bytes: &[u8]) -> Verdict {
    let Ok(case) = Unstructured::new(bytes).arbitrary::<Case>() else {
        return Ok(());
    };
    let property = if case.fee_pips == RARE_FEE {
        properties::find::<BookPool<RoundedDown>>("S8")
    } else {
        properties::find::<Pool>("S8")
    };
    property.map_or(Ok(()), |property| Ok(property.check(&case)?))
}
