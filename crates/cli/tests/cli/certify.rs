//! `cenote certify`

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::{Folder, POOLS, Ran, keys};

/// A triangle with two pools on one side: dividing pays.
const TRIANGLE: &str = "\
pool,token0,token1,reserve0,reserve1,fee_pips
ab,a,b,1000000000,2000000000,3000
ab2,a,b,1000000000,2000000000,500
ac,a,c,1000000000,1000000000,3000
cb,c,b,1000000000,2000000000,3000
";

const SPLIT: &str = "route --pools p.csv --token-in a --token-out b --amount-in 30000000 --split \
                     --format json";
const CERTIFY: &str = "certify --pools p.csv --plan plan.json";

/// The triangle, and the plan that the router makes for it.
fn planned(rest: &str) -> (Folder, Value) {
    let folder = Folder::with("p.csv", TRIANGLE);
    let text = folder.run(&format!("{SPLIT} {rest}")).result();
    let plan = serde_json::from_str(&text).unwrap();
    (folder.and("plan.json", text), plan)
}

/// It judged the plan, and this is what it found.
#[track_caller]
fn failed(ran: Ran) -> String {
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    ran.stdout
}

#[test]
fn a_split_is_certified_with_the_gap_that_it_came_with() {
    let (folder, plan) = planned("");
    let judged = folder.run(&format!("{CERTIFY} --format json")).json();
    let names = ["amount_out", "error", "executable", "gap_ppm", "gap_units", "upper_bound"];
    assert_eq!(keys(&judged), names);
    assert_eq!((&judged["executable"], &judged["error"]), (&json!(true), &Value::Null));
    for name in ["amount_out", "upper_bound", "gap_units", "gap_ppm"] {
        assert_eq!(judged[name], plan[name], "{name}");
    }
    let number = |name: &str| judged[name].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(number("upper_bound") - number("amount_out"), number("gap_units"));
    assert!(plan["steps"].as_array().unwrap().len() == 4 && number("gap_units") < 5, "{judged}");
}

/// Prices that came with the plan prove the same bound, without a solver; others prove a worse one.
#[test]
fn a_bound_can_be_proven_by_given_prices() {
    let (folder, plan) = planned("--prices");
    assert_eq!(keys(&plan["prices"]), ["a", "b", "c"]);
    let line = format!("{CERTIFY} --prices prices.json --format json");
    let folder = folder.and("prices.json", plan["prices"].to_string());
    assert_eq!(folder.run(&line).json()["upper_bound"], plan["upper_bound"]);
    let folder = folder.and("prices.json", r#"{"a": 1, "b": 1, "c": 1}"#);
    let worse = folder.run(&line).json();
    assert!(worse["gap_ppm"].as_f64().unwrap() > 100_000.0, "{worse}");
    for (text, message) in [
        (r#"{"a": 1, "b": 1}"#, "no price for token c"),
        (r#"{"a": 1, "b": 1, "c": 1, "d": 1}"#, "unknown token d"),
        (r#"{"a": 1, "b": 0, "c": 1}"#, "the price of b is not above zero"),
        (r#"{"a": 1, "a": 1, "b": 1, "c": 1}"#, "token a has two prices"),
        ("[]", "line 1, column 0: invalid type: sequence, expected a map from tokens to prices"),
    ] {
        fs::write(folder.path("prices.json"), text).unwrap();
        folder.run(&line).refused(&format!("prices.json: {message}"));
    }
}

#[test]
fn a_best_path_is_certified_with_the_gap_that_it_came_with() {
    let folder = Folder::with("p.csv", TRIANGLE);
    let path = folder.run(&SPLIT.replace(" --split", "")).result();
    let plan = serde_json::from_str::<Value>(&path).unwrap();
    let judged = folder.and("plan.json", path).run(&format!("{CERTIFY} --format json")).json();
    assert_eq!(judged["gap_units"], plan["gap_units"]);
    assert!(plan["gap_ppm"].as_f64().unwrap() > 10_000.0, "{plan}");
}

/// One unit more asked for, of any step or of all, is one too many.
#[test]
fn a_tampered_plan_is_refused_with_its_step() {
    let (folder, plan) = planned("");
    let more =
        |value: &Value| json!((value.as_str().unwrap().parse::<u128>().unwrap() + 1).to_string());
    for at in 0..4 {
        let mut worse = plan.clone();
        worse["steps"][at]["amount_out"] = more(&plan["steps"][at]["amount_out"]);
        fs::write(folder.path("plan.json"), worse.to_string()).unwrap();
        let judged = failed(folder.run(&format!("{CERTIFY} --format json")));
        let judged = serde_json::from_str::<Value>(&judged).unwrap();
        let error = judged["error"].as_str().unwrap();
        assert!(error.starts_with(&format!("step {at}: ")), "{error}");
        let nothing = ["amount_out", "upper_bound", "gap_units", "gap_ppm"];
        assert!(nothing.iter().all(|name| judged[name].is_null()), "{judged}");
        assert_eq!(judged["executable"], false);
        let text = failed(folder.run(CERTIFY));
        let start = "the plan cannot be executed as it stands (steps count from 0)\nstep ";
        assert!(text.starts_with(start), "{text}");
    }
    let mut worse = plan.clone();
    worse["amount_out"] = more(&plan["amount_out"]);
    fs::write(folder.path("plan.json"), worse.to_string()).unwrap();
    assert!(failed(folder.run(CERTIFY)).contains("less than the minimum"));
    let mut empty = plan;
    empty["steps"] = json!([]);
    fs::write(folder.path("plan.json"), empty.to_string()).unwrap();
    assert!(failed(folder.run(CERTIFY)).contains("a route needs at least one step"));
}

/// A plan by hand, that leaves something of what it pays and of what it passes.
#[test]
fn anybodys_plan_is_judged() {
    let plan = json!({
        "made_by": "hand", "gap_ppm": "none of it is read", "token_in": "eth", "token_out": "dai",
        "amount_in": "11", "amount_out": "900", "steps": [
            {"pool": "eth/usd", "token_in": "eth", "amount_in": "10",
             "token_out": "usd", "amount_out": "0"},
            {"pool": "usd/dai", "token_in": "usd", "amount_in": "1000",
             "token_out": "dai", "amount_out": "0"},
        ],
    });
    let folder = Folder::with("p.csv", POOLS).and("plan.json", plan.to_string());
    let text = folder.run(CERTIFY).result();
    let lines = text.lines().collect::<Vec<_>>();
    assert_eq!(
        lines[..4],
        [
            "the plan can be executed as it stands",
            "pay 11 ETH, get 998 dai  (11 units for 998 units)",
            "left over, and not counted: 1 ETH",
            "left over, and not counted: 384.86 USD",
        ]
    );
    assert!(lines[4].starts_with("nobody could get more than 4"), "{text}");
    assert!(lines[5].starts_with("at most 4") && lines[5].ends_with("that anybody could do"));
}

#[test]
fn what_is_no_plan_is_bad_input() {
    let (folder, plan) = planned("");
    let plan = plan.to_string();
    for (good, bad, message) in [
        (r#""pool":"ab""#, r#""pool":"x""#, "unknown pool x"),
        (r#""token_out":"b""#, r#""token_out":"\u001b[2J""#, r"unknown token \u{1b}[2J"),
        (r#""amount_in":"30000000""#, r#""amount_in":30000000"#, "invalid type: integer"),
        (r#""amount_in":"30000000""#, r#""amount_in":"030000000""#, "leading zero"),
        ("{", "\u{feff}{", "expected value"),
        ("}", "", "key must be a string"),
    ] {
        fs::write(folder.path("plan.json"), plan.replacen(good, bad, 1)).unwrap();
        let reason = folder.run(CERTIFY).reason();
        assert!(reason.starts_with("cenote: plan.json: ") && reason.contains(message), "{reason}");
    }
    let mut circle = serde_json::from_str::<Value>(&plan).unwrap();
    (circle["token_out"], circle["amount_out"]) = (json!("a"), json!("0"));
    fs::write(folder.path("plan.json"), circle.to_string()).unwrap();
    folder.run(CERTIFY).refused("plan.json: a route needs two different tokens");
    folder.run("certify --pools p.csv --plan none.json").refused_with("none.json: ");
    folder.run("certify --pools p.csv").refused_with("--plan");
    let long = plan.replacen(r#""a""#, &format!("{:?}", "x".repeat(1 << 20)), 1);
    fs::write(folder.path("plan.json"), long).unwrap();
    assert!(folder.run(CERTIFY).reason().len() < 300);
}

#[test]
fn a_plan_may_come_from_stdin_and_the_rest_not_with_it() {
    let (folder, plan) = planned("");
    let line = "certify --pools p.csv --plan - --format json";
    let judged = folder.feed(line, plan.to_string().into()).json();
    assert_eq!(judged["gap_units"], plan["gap_units"]);
    folder.feed(line, b"{".to_vec()).refused_with("stdin: line 1, column 1: EOF while parsing");
    let both = "certify --pools - --plan -";
    folder.run(both).refused("--pools and --plan cannot both be stdin");
    let others = "certify --pools p.csv --plan - --prices -";
    folder.run(others).refused("--plan and --prices cannot both be stdin");
}

#[test]
fn nobody_needs_to_listen() {
    let (folder, _) = planned("");
    for line in [CERTIFY, &format!("{CERTIFY} --format json"), SPLIT] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = folder.command(line);
        let ran = Ran::of(command.stdout(writer).stderr(Stdio::piped()));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{line}");
    }
}
