//! The numbered properties of pools, in one table.

mod liquidity;
mod swap;

use cenote_pool::Pool;

use crate::case::Case;
use crate::constant_product::ConstantProduct;
use crate::violation::Violation;

/// A numbered law of pools and the function that judges it on one case.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// Its number: `S1`.
    pub id: &'static str,
    /// What it says, of a pool that holds `x` of the token that comes in and `y` of the one that
    /// goes out, has `S` shares and a fee of `f`.
    pub statement: &'static str,
    judge: fn(&Case) -> Result<(), Violation>,
}

impl Property {
    /// Judges the property on one case.
    ///
    /// # Errors
    ///
    /// [`Violation`] with this property's number, where it does not hold.
    pub fn check(&self, case: &Case) -> Result<(), Violation> {
        (self.judge)(case)
    }

    /// Whether the property is about deposits and withdrawals.
    pub fn is_of_liquidity(&self) -> bool {
        self.id.starts_with('L')
    }
}

/// How many properties there are.
pub const COUNT: usize = 23;

/// The properties as they judge Cenote's own pool.
pub const PROPERTIES: &[Property] = &table::<Pool>();

/// The properties as they judge a pool of any kind.
pub const fn table<P: ConstantProduct>() -> [Property; COUNT] {
    let swaps = swap_table::<P>();
    let shares = liquidity_table::<P>();
    let [s1, s2, s3, s4, s5, s6, s7, s7v, s8, s9, s10, s11, s12, s13] = swaps;
    let [l0, l1, l2, l3, l4, l5, l6, l8, c1] = shares;
    [
        s1, s2, s3, s4, s5, s6, s7, s7v, s8, s9, s10, s11, s12, s13, l0, l1, l2, l3, l4, l5, l6,
        l8, c1,
    ]
}

/// The property of this number, as it judges a pool of any kind.
pub fn find<P: ConstantProduct>(id: &str) -> Option<Property> {
    table::<P>().into_iter().find(|property| property.id == id)
}

const fn property(
    id: &'static str,
    statement: &'static str,
    judge: fn(&Case) -> Result<(), Violation>,
) -> Property {
    Property { id, statement, judge }
}

const fn swap_table<P: ConstantProduct>() -> [Property; 14] {
    [
        property("S1", "(x+a)(y-out) >= x y, and > x y when f > 0", swap::s1::<P>),
        property("S2", "a swap goes through if and only if it passes v2's k check", swap::s2::<P>),
        property("S3", "out < y, and neither reserve reaches zero", swap::s3::<P>),
        property(
            "S4",
            "out does not fall when a or y grows, nor rise when x or f does",
            swap::s4::<P>,
        ),
        property("S5", "out(a+1) - out(a) <= out(a) - out(a-1) + 1", swap::s5::<P>),
        property("S6", "there and back again gives at most a", swap::s6::<P>),
        property("S7", "in(o) <= a if and only if o <= out(a); both are best", swap::s7::<P>),
        property(
            "S7v",
            "v2's router asks in(o) or one more; it is enough, and for out(a) at most a+1",
            swap::s7v::<P>,
        ),
        property("S8", "exact-out keeps S1 and S2 as well", swap::s8::<P>),
        property("S9", "a swap in two parts is never better than in one", swap::s9::<P>),
        property("S10", "out x <= a y: never better than the spot price", swap::s10::<P>),
        property("S11", "over two hops, in(o) is sufficient and minimal", swap::s11::<P>),
        property("S12", "execution gives what was quoted, also the second time", swap::s12::<P>),
        property("S13", "what buys nothing is refused, and nothing else is", swap::s13::<P>),
    ]
}

const fn liquidity_table<P: ConstantProduct>() -> [Property; 9] {
    [
        property("L0", "a first deposit makes isqrt(a b) shares, 1000 locked", liquidity::l0::<P>),
        property(
            "L1",
            "a deposit makes min(a S/x, b S/y) shares; x y / S^2 does not fall",
            liquidity::l1::<P>,
        ),
        property(
            "L2",
            "shares pay l x/S and l y/S, rounded down; x y / S^2 does not fall",
            liquidity::l2::<P>,
        ),
        property("L3", "mint then burn gives at most the deposit", liquidity::l3::<P>),
        property("L4", "burn then mint gives at most the shares", liquidity::l4::<P>),
        property("L5", "S <= isqrt(x y) stays so; every share is redeemable", liquidity::l5::<P>),
        property("L6", "any burn leaves both reserves positive", liquidity::l6::<P>),
        property(
            "L8",
            "the protocol fee takes a sixth of the growth; x y / S^2 does not fall below k_last's",
            liquidity::l8::<P>,
        ),
        property("C1", "reserves change by exactly what moved", swap::c1::<P>),
    ]
}
