//! The laws of input: on every short text, at the edges, and on random texts.

use cenote_testing::texts::{LAWS, each};
use proptest::prelude::*;

fn check(text: &str) -> Result<(), String> {
    let judged = LAWS.iter().try_for_each(|law| law.check(text));
    judged.map_err(|violation| format!("{violation}: {text:?}"))
}

#[test]
fn every_short_text_is_read_as_it_should() {
    let count = each().inspect(|text| check(text).unwrap()).count();
    assert_eq!(count, 18 + 13 + 13 * 13 + 13 * 13 * 13);
}

proptest! {
    #![proptest_config(crate::config(20_000))]

    #[test]
    fn numbers_are_read_as_they_should(text in "[1-9][0-9]{0,39}|0[0-9]{0,3}") {
        check(&text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_text_is_read_as_it_should(text in "[0-9+\\-_.,ex \\PC]{0,12}") {
        check(&text).map_err(TestCaseError::fail)?;
    }
}
