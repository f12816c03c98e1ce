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

/// How many of these acts are done, at an exchange of each founding.
fn count_done(acts: &[Act]) -> usize {
    let done_at = |founding| {
        let mut house = House::open(founding).unwrap();
        let mut done = 0;
        for act in acts {
            let act = act.resolve(&house.books());
            done += usize::from(house.act(&act));
        }
        done
    };
    FOUNDINGS.iter().map(done_at).sum()
}

#[test]
fn every_act_keeps_the_laws() {
    let mut count = 0;
    for act in Act::each() {
        check(LAWS, &[act]);
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
    }
}

/// Most laws hold where nothing is done. Of random acts a good part is done.
#[test]
fn many_random_acts_are_done() {
    let mut runner = TestRunner::deterministic();
    let (mut acts, mut done) = (0, 0);
    for _ in 0..300 {
        let list = inputs::acts(24).new_tree(&mut runner).unwrap().current();
        acts += FOUNDINGS.len() * list.len();
        done += count_done(&list);
    }
    println!("{done} of {acts} acts are done");
    assert!(acts < 4 * done);
}
