//! Pools that are wrong on purpose.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "as in the textbook, of which each fault is one rule: 512-bit integers, divisors that \
              are positive, differences compared first"
)]

use cenote_pool::Amount;
use primitive_types::U512;

use super::Fault;
use crate::constant_product::{ConstantProduct, State};
use crate::finding::first_violation;
use crate::textbook::{BookPool, Rules, Terms, div_ceil};
use crate::{properties, scope};

pub(super) const FAULTS: &[Fault] = &[
    fault::<MixedScale>(1, "k check scaled by 10^4 left and 10^3 right (Uranium, Swapos)", "S1"),
    fault::<CheapExactOut>(2, "exact-out input rounded down (Balancer v2)", "S8"),
    fault::<ScaledOutput>(3, "wanted output scaled by a rate and floored (Balancer v2)", "S8"),
    fault::<WrappedProduct>(4, "a product that wraps in what a deposit needs (Cetus)", "L3"),
    fault::<GenerousBurn>(5, "burn rounds up (Pods, Bunni)", "L2"),
    fault::<NothingLocked>(6, "first deposit without locked shares (many vaults)", "L0"),
    fault::<UncheckedFirst>(7, "unchecked subtraction in the first deposit (yETH)", "L5"),
    fault::<StaleQuote>(8, "the second swap is quoted on stale reserves (v2 periphery)", "S12"),
    fault::<GenerousSwap>(9, "exact-in output rounded up", "S1"),
    fault::<LargerSide>(10, "mint takes max() for min()", "L1"),
    fault::<GenerousMint>(11, "mint rounds shares up", "L1"),
    fault::<NoFee>(12, "the fee is reported and charged on neither side", "S1"),
    fault::<GenerousRoot>(13, "the root of the first deposit rounded up", "L5"),
    fault::<FeeLost>(14, "the reserve grows by the input without its fee", "C1"),
    fault::<MissingOne>(31, "the router's quotient without its one more", "S7v"),
    fault::<WholeGrowth>(32, "the protocol fee takes the growth of k, not of its root", "L8"),
    fault::<WrappedInput>(38, "an input that wraps before it is divided", "S4"),
    fault::<InLots>(39, "outputs are paid in lots of three", "S5"),
    fault::<NothingStays>(40, "the last to leave takes the locked shares' part", "L7"),
    fault::<ExitToll>(41, "whoever leaves pays a unit of each token", "B1"),
    fault::<DepositKept>(42, "a deposit too small for a share is kept", "T1"),
    fault::<ChargedMore>(45, "an exact output is charged a unit more than was quoted", "S12"),
    fault::<StaleLiquidity>(46, "quotes overlook what deposits and withdrawals changed", "S12"),
    fault::<TakesMore>(47, "a deposit takes a unit more than was offered", "L1"),
];

const fn fault<R: Rules>(number: u8, story: &'static str, noticed_by: &'static str) -> Fault {
    Fault { number, story, noticed_by, hunt: hunt::<BookPool<R>> }
}

/// The number of small cases until a property of pools notices.
fn hunt<P: ConstantProduct>(id: &str) -> Option<usize> {
    let property = properties::find::<P>(id)?;
    first_violation(&property, scope::small()).map(|finding| finding.tried)
}

/// Defines rule books that differ from the right one by what follows.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident { $($rule:item)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum $name {}

        impl Rules for $name {
            $($rule)*
        }
    )*};
}

rules! {
    /// Fault 1.
    MixedScale {
        fn accepts(terms: &Terms, amount_in: &U512, amount_out: &U512) -> bool {
            let adjusted = terms.x * terms.scale + *amount_in * terms.kept;
            // Both sides were scaled by 10^3 once; the left one became 10^4.
            terms.x * terms.y * terms.scale <= adjusted * (terms.y - *amount_out) * 10
        }
    }

    /// Fault 2.
    CheapExactOut {
        fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
            terms.x * *amount_out * terms.scale / ((terms.y - *amount_out) * terms.kept)
        }
    }

    /// Fault 3, with a rate of 1.1.
    ScaledOutput {
        fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
            let scaled = *amount_out * 10 / 11;
            let wanted = scaled * 11 / 10;
            div_ceil(&(terms.x * wanted * terms.scale), &((terms.y - *amount_out) * terms.kept))
        }
    }

    /// Fault 4, with words of 16 bits, so that small numbers wrap.
    WrappedProduct {
        fn taken(_offered: &U512, shares: &U512, reserve: &U512, total: &U512) -> U512 {
            let wrapped = (*shares * *reserve) % (U512::one() << 16);
            div_ceil(&wrapped, total)
        }
    }

    /// Fault 5.
    GenerousBurn {
        fn paid(shares: &U512, reserve: &U512, total: &U512) -> U512 {
            div_ceil(&(*shares * *reserve), total)
        }
    }

    /// Fault 6.
    NothingLocked {
        fn first_shares(amount0: &U512, amount1: &U512) -> Option<[U512; 2]> {
            Some([(*amount0 * *amount1).integer_sqrt(); 2])
        }
    }

    /// Fault 7.
    UncheckedFirst {
        fn first_shares(amount0: &U512, amount1: &U512) -> Option<[U512; 2]> {
            let root = (*amount0 * *amount1).integer_sqrt();
            Some([U512::from(root.low_u128().wrapping_sub(1000)); 2])
        }
    }

    /// Fault 8.
    StaleQuote {
        fn seen<'a>(opened: &'a State, _now: &'a State) -> &'a State {
            opened
        }
    }

    /// Fault 9.
    GenerousSwap {
        fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
            let traded = *amount_in * terms.kept;
            div_ceil(&(traded * terms.y), &(terms.x * terms.scale + traded))
        }
    }

    /// Fault 10.
    LargerSide {
        fn shares(amounts: &[U512; 2], reserves: &[U512; 2], total: &U512) -> U512 {
            let ([a, b], [x, y]) = (amounts, reserves);
            let larger = (*a * *total / *x).max(*b * *total / *y);
            larger.min(U512::from(Amount::MAX.get()).saturating_sub(*total))
        }
    }

    /// Fault 11.
    GenerousMint {
        fn shares(amounts: &[U512; 2], reserves: &[U512; 2], total: &U512) -> U512 {
            let ([a, b], [x, y]) = (amounts, reserves);
            div_ceil(&(*a * *total), x).min(div_ceil(&(*b * *total), y))
        }
    }

    /// Fault 12.
    NoFee {
        fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
            *amount_in * terms.y / (terms.x + *amount_in)
        }

        fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
            div_ceil(&(terms.x * *amount_out), &(terms.y - *amount_out))
        }

        fn accepts(terms: &Terms, amount_in: &U512, amount_out: &U512) -> bool {
            terms.x * terms.y <= (terms.x + *amount_in) * (terms.y - *amount_out)
        }
    }

    /// Fault 13.
    GenerousRoot {
        fn first_shares(amount0: &U512, amount1: &U512) -> Option<[U512; 2]> {
            let product = *amount0 * *amount1;
            let root = product.integer_sqrt();
            let total = if root * root == product { root } else { root + 1 };
            Some([total.checked_sub(1000.into())?, total])
        }
    }

    /// Fault 14.
    FeeLost {
        fn joins(terms: &Terms, amount_in: &U512) -> U512 {
            *amount_in * terms.kept / terms.scale
        }
    }

    /// Fault 31.
    MissingOne {
        fn amount_in_v2_router(terms: &Terms, amount_out: &U512) -> U512 {
            terms.x * *amount_out * terms.scale / ((terms.y - *amount_out) * terms.kept)
        }
    }

    /// Fault 32.
    WholeGrowth {
        fn protocol_shares(root: &U512, last: &U512, total: &U512) -> U512 {
            let (k, k_last) = (*root * *root, *last * *last);
            *total * (k - k_last) / k_last
        }
    }

    /// Fault 38, with words of 22 bits.
    WrappedInput {
        fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
            let traded = (*amount_in * terms.kept) % (U512::one() << 22);
            traded * terms.y / (terms.x * terms.scale + traded)
        }
    }

    /// Fault 39.
    InLots {
        fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
            let traded = *amount_in * terms.kept;
            traded * terms.y / (terms.x * terms.scale + traded) / 3 * 3
        }
    }

    /// Fault 40.
    NothingStays {
        const LOCKED: u128 = 0;
    }

    /// Fault 41.
    ExitToll {
        fn paid(shares: &U512, reserve: &U512, total: &U512) -> U512 {
            (*shares * *reserve / *total).saturating_sub(U512::one())
        }
    }

    /// Fault 42.
    DepositKept {
        const KEEPS_REFUSED: bool = true;
    }

    /// Fault 45.
    ChargedMore {
        fn charged(quoted: u128) -> u128 {
            quoted.saturating_add(1)
        }
    }

    /// Fault 46.
    StaleLiquidity {
        fn seen<'a>(opened: &'a State, now: &'a State) -> &'a State {
            if opened.total_shares == now.total_shares { now } else { opened }
        }
    }

    /// Fault 47.
    TakesMore {
        fn taken(offered: &U512, _shares: &U512, _reserve: &U512, _total: &U512) -> U512 {
            *offered + 1
        }
    }
}
