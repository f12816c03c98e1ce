//! The laws of custody: on every small list of acts, and on random ones.

use cenote_testing::custody::{Act, Custody, FOUNDINGS, House, LAWS, TextbookCustody, table};
use cenote_testing::{Property, inputs};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn check(laws: &[Property<[Act]>], acts: &[Act]) {
    for law in laws {
        law.check(acts).unwrap_or_else(|violation| panic!("{violation}: {acts:?}"));
    }
}

/// What both exchanges did: as much, and with the same books after each act.
fn agree(acts: &[Act]) -> Result<usize, String> {
    let mut done = 0;
    for founding in FOUNDINGS {
        let mut house = House::open(&founding).unwrap();
        let mut book = TextbookCustody::open(&founding).unwrap();
        assert_eq!(house.books(), book.books());
        for act in acts {
            let act = act.resolve(&book.books());
            let did = [house.act(&act), book.act(&act)];
            if did[0] != did[1] || house.books() != book.books() {
                return Err(format!("{act:?} by {founding:?}, done: {did:?}"));
            }
            done += usize::from(did[0]);
        }
    }
    Ok(done)
}

#[test]
fn every_act_keeps_the_laws() {
    let mut count = 0;
    for act in Act::each() {
        check(LAWS, &[act]);
        agree(&[act]).unwrap();
        count += 1;
    }
    assert_eq!(count, 485);
}

/// Every seventh act before and after every fifth.
#[test]
fn two_acts_keep_the_laws() {
    for first in Act::each().step_by(7) {
        for second in Act::each().step_by(5) {
            check(LAWS, &[first, second]);
            agree(&[first, second]).unwrap();
        }
    }
}

#[test]
fn the_textbook_keeps_the_laws_as_well() {
    let laws = table::<TextbookCustody>();
    for first in Act::each().step_by(11) {
        check(&laws, &[first]);
        check(&laws, &[Act::each().next().unwrap(), first]);
    }
}

proptest! {
    #![proptest_config(crate::config(1_000))]

    #[test]
    fn any_acts_keep_the_laws(acts in inputs::acts(24)) {
        check(LAWS, &acts);
        agree(&acts).map_err(TestCaseError::fail)?;
    }
}

/// A law about what is done holds where nothing is. Of random acts a good part is done.
#[test]
fn many_random_acts_are_done() {
    let mut runner = TestRunner::deterministic();
    let (mut acts, mut done) = (0, 0);
    for _ in 0..300 {
        let list = inputs::acts(24).new_tree(&mut runner).unwrap().current();
        acts += FOUNDINGS.len() * list.len();
        done += agree(&list).unwrap();
    }
    println!("{done} of {acts} acts are done");
    assert!(acts < 4 * done);
}
