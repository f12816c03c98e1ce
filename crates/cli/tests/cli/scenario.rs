//! `cenote scenario`

use serde_json::Value;

use crate::{Folder, Ran, keys};

fn run(line: &str) -> Ran {
    Folder::new().run(line)
}

#[test]
fn the_bank_run_has_its_figures() {
    let text = run("scenario bank-run").result();
    for figure in ["609", "9,006,951.340615", "9,900,993,048.659385", "1,986,097.32"] {
        assert!(text.contains(figure), "no {figure} in {text}");
    }
    assert_eq!(text, run("scenario bank-run --format text").result());
}

/// Nothing of a report depends on when or where it is made.
#[test]
fn the_bank_run_is_the_same_every_time() {
    assert_eq!(run("scenario bank-run").result(), run("scenario bank-run").result());
    let json = || run("scenario bank-run --format json").result();
    assert_eq!(json(), json());
}

/// Counts are numbers and amounts are strings; only a difference of two amounts has a sign.
#[test]
fn amounts_in_json_are_strings() {
    let report = run("scenario bank-run --format json").json();
    assert_eq!(report["columns"].as_array().unwrap().len(), 4);
    assert_eq!(report["columns"][3]["paid_in_full"], 609);
    assert_eq!(report["columns"][3]["partial_payments"]["amount0"], "9006951340615");
    assert_eq!(report["columns"][3]["shortfall"]["amount0"], "9900993048659385");
    assert_eq!(report["honest_half"]["value_after"], "1986097318770");
    for column in report["columns"].as_array().unwrap() {
        for pair in
            ["due", "paid", "partial_payments", "shortfall", "first_due", "first_minus_last"]
        {
            assert_strings(&column[pair]);
        }
    }
    assert_strings(&report["forbidden"]);
    for pair in ["reserves_before", "reserves_after", "provider_due", "provider_paid"] {
        assert_strings(&report["honest_half"][pair]);
    }
    let half = report["honest_half"].as_object().unwrap();
    assert!(half.values().all(|value| value.is_string() || value.is_object()));
}

#[track_caller]
fn assert_strings(amounts: &Value) {
    for key in keys(amounts) {
        assert!(amounts[key].is_string(), "{key} of {amounts}");
    }
}

#[test]
fn there_is_no_other_scenario() {
    run("scenario").refused_with("required arguments were not provided");
    run("scenario bankrun").refused_with("bank-run");
    run("scenario bank-run --format xml").refused_with("text, json");
}
