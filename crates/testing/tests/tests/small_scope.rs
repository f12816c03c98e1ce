//! Every small case. `CENOTE_SCOPE=128` enumerates reserves up to 128 in place of 48.

use cenote_pool::Pool;
use cenote_testing::properties::{self, PROPERTIES};
use cenote_testing::{Case, ConstantProduct, Property, Textbook, Within, scope};

fn reserve_max() -> u128 {
    std::env::var("CENOTE_SCOPE").map_or(48, |text| text.parse().unwrap())
}

/// Judges all cases and gives their number.
fn check(cases: impl Iterator<Item = Case>, judged: &[Property]) -> usize {
    let check = |case: &Case| {
        for property in judged {
            if let Err(violation) = property.check(case) {
                panic!("{violation} in {case:?}");
            }
        }
    };
    cases.inspect(check).count()
}

fn only<P: ConstantProduct>(ids: &[&str]) -> Vec<Property> {
    ids.iter().map(|id| properties::find::<P>(id).unwrap()).collect()
}

#[test]
fn swaps_hold_for_every_small_pool() {
    let judged = PROPERTIES.iter().copied().filter(Property::is_of_swaps);
    let judged = judged.collect::<Vec<_>>();
    let reserve_max = reserve_max();
    let count = check(scope::swaps(reserve_max, 3 * reserve_max), &judged);
    assert_eq!(
        u128::try_from(count),
        Ok(reserve_max * reserve_max * (3 * reserve_max + 1) * 7 * 2)
    );
}

/// The laws of two amounts, with every two amounts.
#[test]
fn laws_of_two_amounts_hold_for_every_small_pool() {
    let judged = only::<Pool>(&["S1", "S2", "S7", "S8", "S9", "S11", "S12"]);
    let count = check(scope::pairs(8, 20), &judged);
    assert_eq!(count, 8 * 8 * 21 * 21 * 7 * 2);
}

#[test]
fn deposits_hold_for_every_small_pool() {
    let judged = PROPERTIES.iter().copied().filter(Property::is_of_shares).collect::<Vec<_>>();
    assert!(100_000 < check(scope::deposits(72), &judged));
}

#[test]
fn deposits_within_bounds_hold_for_every_small_pool() {
    let judged = properties::table::<Within>().into_iter().filter(Property::is_of_shares);
    let judged = judged.collect::<Vec<_>>();
    assert!(50_000 < check(scope::deposits(24), &judged));
}

#[test]
fn the_textbook_is_right_as_well() {
    let judged = properties::table::<Textbook>();
    check(scope::swaps(6, 18), &judged);
    check(scope::deposits(3), &judged);
}
