//! The numbered properties of pools, in one table.
//!
//! Why they hold of the formulas is proven on a page, `docs/proofs.md` of the repository: S1, S3 in
//! its section 2; S2, S7, S7v, S8 in 1; S9 in 3; L1, L2, L3, A1 in 4; L5, L6, L8, B4 in 5; B1, B2,
//! B3 in 6; T5 in 7; S4, S5, S6, S10, S11 and L4 in 8. The others say of code, not of formulas, that it
//! does what they are.

mod attacker;
mod exits;
mod liquidity;
mod refusal;
mod swap;

use cenote_pool::Pool;

use crate::constant_product::ConstantProduct;
use crate::property::Property;

/// The properties as they judge Cenote's own pool.
pub const PROPERTIES: &[Property] = &table::<Pool>();

/// Writes the table: a number, the function that judges it, and what it says.
macro_rules! table {
    ($($id:literal $judge:path: $statement:literal,)*) => {
        /// How many properties there are.
        pub const COUNT: usize = [$($id),*].len();

        /// The properties as they judge a pool of any kind.
        pub const fn table<P: ConstantProduct>() -> [Property; COUNT] {
            [$(Property::new($id, $statement, $judge)),*]
        }
    };
}

table! {
    "S1" swap::s1::<P>: "(x+a)(y-out) >= x y, and > x y when f > 0",
    "S2" swap::s2::<P>: "a swap goes through if and only if it passes v2's k check",
    "S3" swap::s3::<P>: "out < y, and neither reserve reaches zero",
    "S4" swap::s4::<P>: "out does not fall when a or y grows, nor rise when x or f does",
    "S5" swap::s5::<P>: "out(a+1) - out(a) <= out(a) - out(a-1) + 1",
    "S6" swap::s6::<P>: "there and back again gives at most a",
    "S7" swap::s7::<P>: "in(o) <= a if and only if o <= out(a); both are best",
    "S7v" swap::s7v::<P>: "v2's router asks in(o) or one more; it is enough, and for out(a) at most a+1",
    "S8" swap::s8::<P>: "exact-out keeps S1 and S2 as well",
    "S9" swap::s9::<P>: "a swap in two parts is never better than in one",
    "S10" swap::s10::<P>: "out x <= a y: never better than the spot price",
    "S11" swap::s11::<P>: "over two hops, in(o) is sufficient and minimal",
    "S12" swap::s12::<P>: "execution gives or charges what was quoted, also after any other operation",
    "S13" swap::s13::<P>: "what buys nothing is refused, and nothing else is",
    "L0" liquidity::l0::<P>: "a first deposit makes isqrt(a b) shares, 1000 locked",
    "L1" liquidity::l1::<P>: "a deposit makes min(a S/x, b S/y) shares; x y / S^2 does not fall",
    "L2" liquidity::l2::<P>: "shares pay l x/S and l y/S, rounded down; x y / S^2 does not fall",
    "L3" liquidity::l3::<P>: "mint then burn gives at most the deposit",
    "L4" liquidity::l4::<P>: "burn then mint gives at most the shares",
    "L5" liquidity::l5::<P>: "S <= isqrt(x y) stays so; every share is redeemable",
    "L6" liquidity::l6::<P>: "any burn leaves both reserves positive",
    "L7" liquidity::l7::<P>: "shares change by what was made and given up; 1000 stay for ever",
    "L8" liquidity::l8::<P>: "the protocol fee takes a sixth of the growth; x y / S^2 does not fall below k_last's",
    "A1" attacker::a1::<P>: "whoever ends without shares has not gained in one token without losing in the other",
    "B1" exits::b1::<P>: "in any order of leaving, each gets at least floor(l x0/S0) of each token",
    "B2" exits::b2::<P>: "and at most one unit more for each who left before",
    "B3" exits::b3::<P>: "what stays is 1000 x0/S0, and less than a unit more for each who left",
    "B4" exits::b4::<P>: "nobody is refused for what others did: swaps, deposits, exits",
    "C1" swap::c1::<P>: "reserves change by exactly what moved",
    "T1" refusal::t1::<P>: "what is refused changes nothing",
    "T5" refusal::t5::<P>: "a reserve of 2^112 - 1 can be reached, and nothing beyond it",
    "N1" refusal::n1::<P>: "what a pool says and does depends on its numbers, not on how it came to them",
}

/// The property of this number, as it judges a pool of any kind.
pub fn find<P: ConstantProduct>(id: &str) -> Option<Property> {
    table::<P>().into_iter().find(|property| property.id == id)
}

impl Property {
    /// Whether pools without shares are cases of it.
    pub fn is_of_swaps(&self) -> bool {
        !self.id.starts_with(['L', 'B'])
    }

    /// Whether it is about deposits, withdrawals or who holds shares.
    pub fn is_of_shares(&self) -> bool {
        !self.id.starts_with('S')
    }
}
