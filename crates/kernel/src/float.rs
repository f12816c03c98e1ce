//! The same answers as [`mod@reference`], one at a time, in floats: quotes that do not wait for each
//! other.
//!
//! It takes the same time for all numbers below 2^104 and no branch depends on them, so that a
//! processor works on several at once; where each answer is the next one's input,
//! [`scalar`](mod@crate::scalar) is faster. What floats cannot decide is decided there.
//!
//! The error is bounded, and the bound proven, in [`double`](mod@crate::double).

use crate::lanes::{LONGEST, in_doubt};
use crate::{isa, scalar};

/// Twin of [`reference::exact_in_floor`](crate::reference::exact_in_floor).
#[inline]
pub fn exact_in_floor(x: u128, y: u128, a: u128, kept: u32, scale: u32) -> Option<u128> {
    if x | y | a <= LONGEST {
        let out = isa::exact_in(x, y, a, [kept, scale].map(f64::from));
        if !in_doubt(out) {
            return Some(out);
        }
    }
    scalar::exact_in_floor(x, y, a, kept, scale)
}

/// Twin of [`reference::exact_out_ceil`](crate::reference::exact_out_ceil).
#[inline]
pub fn exact_out_ceil(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    exact_out(x, y, out, (kept, scale)).or_else(|| scalar::exact_out_ceil(x, y, out, kept, scale))
}

/// Twin of [`reference::exact_out_plus_one`](crate::reference::exact_out_plus_one).
#[inline]
pub fn exact_out_plus_one(x: u128, y: u128, out: u128, kept: u32, scale: u32) -> Option<u128> {
    exact_out(x, y, out, (kept, scale))
        .or_else(|| scalar::exact_out_plus_one(x, y, out, kept, scale))
}

/// What an output costs, if floats decide it; then the division is not exact, and both formulas give
/// the same.
#[inline]
fn exact_out(x: u128, y: u128, out: u128, (kept, scale): (u32, u32)) -> Option<u128> {
    if x | y | out > LONGEST {
        return None;
    }
    let cost = isa::exact_out(x, y, out, [kept, scale].map(f64::from));
    (!in_doubt(cost)).then_some(cost)
}
