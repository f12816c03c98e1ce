//! Whatever is wrong on purpose is noticed by the property it names, within the small scope.

use cenote_pool::Pool;
use cenote_testing::faults::{Fault, faults};
use cenote_testing::{Textbook, custody, first_violation, properties, scope, survey, texts};

/// Stored faults come with the store.
const LATER: [u8; 5] = [21, 22, 23, 24, 25];

#[test]
fn every_fault_is_noticed_by_the_property_it_names() {
    for fault in faults() {
        let Fault { number, story, noticed_by, .. } = fault;
        let count = fault.noticed_after();
        assert!(count.is_some(), "fault {number} survives: {story}");
        println!("fault {number:2}: {noticed_by} after {} inputs", count.unwrap());
    }
}

#[test]
fn the_faults_are_numbered_once() {
    let mut numbers = faults().map(|fault| fault.number).chain(LATER).collect::<Vec<_>>();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=47).collect::<Vec<_>>());
}

/// A law that never fails says nothing: each notices a fault, the one that names it or another.
#[test]
fn every_law_notices_some_fault() {
    let pools = properties::PROPERTIES.iter().map(|law| law.id);
    let others = custody::LAWS.iter().map(|law| law.id).chain(texts::LAWS.iter().map(|law| law.id));
    let blind = pools.chain(others).filter(|id| {
        let named = faults().filter(|fault| fault.noticed_by == *id);
        let others = faults().filter(|fault| fault.noticed_by != *id);
        !named.chain(others).any(|fault| fault.noticed_after_by(id).is_some())
    });
    assert_eq!(blind.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_violation_names_its_property_and_shows_the_numbers() {
    use cenote_testing::{BookPool, Rules, Terms, U512};

    /// Gives one unit more.
    #[derive(Clone)]
    enum Generous {}

    impl Rules for Generous {
        fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
            let traded = *amount_in * terms.kept;
            traded * terms.y / (terms.x * terms.scale + traded) + 1
        }
    }

    let property = properties::find::<BookPool<Generous>>("S1").unwrap();
    let finding = first_violation(&property, scope::small()).unwrap();
    assert_eq!(finding.violation.id, "S1");
    assert!(finding.violation.numbers.1 < finding.violation.numbers.0, "{finding}");
    assert!(survey::<BookPool<Generous>>(0).iter().any(|finding| finding.property.id == "S10"));
}

#[test]
fn right_pools_are_not_accused() {
    let accused = survey::<Textbook>(2_000);
    assert!(accused.is_empty(), "{}", accused[0]);
    // Cenote's own pool is judged by all of the other tests.
    assert!(survey::<Pool>(0).is_empty());
}
