//! Each pool that is wrong on purpose is noticed by the property it names, within the small scope.

use cenote_pool::Pool;
use cenote_testing::faults::{FAULTS, Fault};
use cenote_testing::{Case, ConstantProduct, Textbook, properties, scope};

fn cases() -> impl Iterator<Item = Case> {
    scope::deposits(72).chain(scope::swaps(24, 72))
}

/// The number of cases until the fault is noticed.
fn noticed_after(fault: &Fault) -> Option<usize> {
    let property = fault.property().unwrap();
    assert_eq!(property.id, fault.noticed_by);
    let mut violations = cases().map(|case| property.check(&case).err());
    let at = violations.position(|violation| violation.is_some())?;
    Some(at + 1)
}

#[test]
fn every_fault_is_noticed_by_the_property_it_names() {
    for fault in FAULTS {
        let count = noticed_after(fault);
        assert!(count.is_some(), "fault {}, {}: not noticed", fault.number, fault.story);
        println!("fault {:2}: {} after {} cases", fault.number, fault.noticed_by, count.unwrap());
    }
}

#[test]
fn a_violation_names_its_property_and_shows_the_numbers() {
    let fault = FAULTS.iter().find(|fault| fault.number == 9).unwrap();
    let property = fault.property().unwrap();
    let violation = cases().find_map(|case| property.check(&case).err()).unwrap();
    assert_eq!(violation.id, "S1");
    assert!(violation.numbers.1 < violation.numbers.0, "{violation}");
}

#[test]
fn right_pools_are_not_accused() {
    fn accused<P: ConstantProduct>(id: &str) -> bool {
        let property = properties::find::<P>(id).unwrap();
        let some = scope::deposits(8).chain(scope::swaps(8, 24));
        some.map(|case| property.check(&case)).any(|judged| judged.is_err())
    }
    for fault in FAULTS {
        assert!(!accused::<Pool>(fault.noticed_by), "{}", fault.noticed_by);
        assert!(!accused::<Textbook>(fault.noticed_by), "{}", fault.noticed_by);
    }
}

/// The lessons of the list that one pool can show; the others are about routes and tokens.
#[test]
fn the_faults_are_numbered_once() {
    let numbers = FAULTS.iter().map(|fault| fault.number).collect::<Vec<_>>();
    assert_eq!(numbers, (1..=16).collect::<Vec<_>>());
}
