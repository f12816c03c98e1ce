//! One pool and one or two amounts: every numbered property of pools, and the kernel's arithmetics, which
//! must be one.

use arbitrary::Unstructured;
use cenote_kernel::{Fees, Isa, NONE, Quotes, float, reference, scalar};
use cenote_testing::properties::PROPERTIES;
use cenote_testing::{Case, U512};
use primitive_types::U256;

use crate::Verdict;
use crate::finding::same;

/// Judges a case.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first property that does not hold, or the first function of
/// the kernel that differs from its definition.
pub fn run(bytes: &[u8]) -> Verdict {
    let Ok(case) = Unstructured::new(bytes).arbitrary::<Case>() else {
        return Ok(());
    };
    PROPERTIES.iter().try_for_each(|property| property.check(&case))?;
    let fee = (ONE.saturating_sub(case.fee_pips), ONE);
    let [x, y, a, b] = [case.reserve0, case.reserve1, case.amount0, case.amount1];
    swaps([x, y, a], b, fee)?;
    // Amounts may be above every reserve, up to 2^128 - 1.
    swaps([a, b, x], y, fee)?;
    rest([x, y, a, b], case.fee_pips)
}

/// A fee of everything, in hundredths of a basis point.
const ONE: u32 = 1_000_000;

/// The functions of swaps: a pool of `x` and `y`, and an amount `a`.
fn swaps([x, y, a]: [u128; 3], b: u128, (kept, scale): (u32, u32)) -> Verdict {
    let out = reference::exact_in_floor(x, y, a, kept, scale);
    same("exact in", &scalar::exact_in_floor(x, y, a, kept, scale), &out)?;
    let cost = reference::exact_out_ceil(x, y, a, kept, scale);
    same("exact out", &scalar::exact_out_ceil(x, y, a, kept, scale), &cost)?;
    let asked = reference::exact_out_plus_one(x, y, a, kept, scale);
    same("exact out of v2's router", &scalar::exact_out_plus_one(x, y, a, kept, scale), &asked)?;
    same("exact in by floats", &float::exact_in_floor(x, y, a, kept, scale), &out)?;
    same("exact out by floats", &float::exact_out_ceil(x, y, a, kept, scale), &cost)?;
    same("v2's by floats", &float::exact_out_plus_one(x, y, a, kept, scale), &asked)?;
    batches([x, y, a], [kept, scale], [out, cost, asked])?;
    let out = out.unwrap_or(b);
    for out in [out, out.saturating_add(1), b] {
        let kept_k = reference::keeps_k(x, y, a, out, (kept, scale));
        same("k", &scalar::keeps_k(x, y, a, out, (kept, scale)), &kept_k)?;
        let (left, paid) = ([x, y.saturating_sub(out)], [a, b]);
        let kept_k = reference::keeps_k_both([x, y], left, paid, [kept, scale], scale);
        same(
            "k of both",
            &scalar::keeps_k_both([x, y], left, paid, [kept, scale], scale),
            &kept_k,
        )?;
    }
    Ok(())
}

/// A vector and what is left of a second one, of the same quote.
fn batches([x, y, a]: [u128; 3], fee: [u32; 2], expected: [Option<u128>; 3]) -> Verdict {
    const LANES: usize = 11;
    let (xs, ys, amounts) = ([x; LANES], [y; LANES], [a; LANES]);
    let Ok(quotes) = Quotes::new(&xs, &ys, &amounts, Fees::Same(fee)) else { return Ok(()) };
    for isa in Isa::available() {
        let mut answers = [[0; LANES]; 3];
        let [bought, costs, asked] = &mut answers;
        let done = quotes
            .exact_in_floor(isa, bought)
            .and_then(|()| quotes.exact_out_ceil(isa, costs))
            .and_then(|()| quotes.exact_out_plus_one(isa, asked));
        same(isa.name(), &done, &Ok(()))?;
        same(isa.name(), &answers, &expected.map(|answer| [answer.unwrap_or(NONE); LANES]))?;
    }
    Ok(())
}

/// Prices, accumulators, products over a divisor, and roots.
fn rest([x, y, a, b]: [u128; 4], elapsed: u32) -> Verdict {
    same("price", &scalar::price_floor(x, y), &reference::price_floor(x, y))?;
    // Near 2^256, where it wraps, for small numbers.
    let sum = U256::MAX.saturating_sub(wide(a, b).try_into().unwrap_or_default());
    let grown = reference::accumulate(&sum, x, y, elapsed);
    same("accumulator", &scalar::accumulate(&sum, x, y, elapsed), &grown)?;
    same("floor", &scalar::mul_div_floor(x, y, a), &reference::mul_div_floor(x, y, a))?;
    same("ceil", &scalar::mul_div_ceil(x, y, a), &reference::mul_div_ceil(x, y, a))?;
    let (root, square) = (U512::from(reference::sqrt_product_floor(a, b)), wide(a, b));
    let above = root.saturating_add(U512::one());
    let is_root = root.saturating_mul(root) <= square && square < above.saturating_mul(above);
    same("root", &is_root, &true)
}

fn wide(a: u128, b: u128) -> U512 {
    U512::from(a).saturating_mul(U512::from(b))
}
