//! `cenote route`

use serde_json::json;

use crate::{Folder, POOLS, Ran, keys};

/// Asks for a route through the known pools.
fn route(rest: &str) -> Ran {
    Folder::with("p.csv", POOLS).run(&format!("route --pools p.csv {rest}"))
}

#[test]
fn text_says_each_step_and_the_whole() {
    assert_eq!(
        route("--token-in eth --token-out dai --amount-in 10").result(),
        "  1  eth/usd  10 ETH -> 394.86 USD\n  \
         2  usd/dai  394.86 USD -> 37967 dai\n\
         pay 10 ETH, get 37967 dai  (10 units for 37967 units)\n\
         at most 1 unit (26.338 ppm) below the best that anybody could do\n"
    );
}

#[test]
fn json_has_the_keys_that_scripts_rely_on() {
    let line = "--token-in eth --token-out dai --amount-in 10 --format json";
    let document = route(line).json();
    assert_eq!(
        keys(&document),
        [
            "amount_in",
            "amount_out",
            "gap_ppm",
            "gap_units",
            "steps",
            "token_in",
            "token_out",
            "upper_bound"
        ]
    );
    let ends = json!(["eth", "10", "dai", "37967"]);
    let keys = ["token_in", "amount_in", "token_out", "amount_out"];
    assert_eq!(json!(keys.map(|key| &document[key])), ends);
    let steps = json!([
        {"pool": "eth/usd", "token_in": "eth", "amount_in": "10",
         "token_out": "usd", "amount_out": "39486"},
        {"pool": "usd/dai", "token_in": "usd", "amount_in": "39486",
         "token_out": "dai", "amount_out": "37967"},
    ]);
    assert_eq!(document["steps"], steps);
}

/// Each step of an exact output is the least input for what the next one needs.
#[test]
fn an_exact_output_is_worked_out_backwards() {
    let line = "--token-in eth --token-out dai --amount-out 1000 --format json";
    let document = route(line).json();
    assert_eq!((&document["amount_in"], &document["amount_out"]), (&json!("1"), &json!("1000")));
    assert_eq!(document["steps"][0]["amount_out"], "1002");
    assert_eq!(document["steps"][1]["amount_in"], "1002");
}

/// The better of two pools of one pair, though it is listed second.
#[test]
fn the_best_path_is_found() {
    let pools = format!("{POOLS}eth/usd2,eth,usd,1000,5000000,3000,,,,\n");
    let folder = Folder::with("p.csv", pools);
    let line = "route --pools p.csv --token-in eth --token-out usd --amount-in 10 --format json";
    let document = folder.run(line).json();
    assert_eq!(document["steps"][0]["pool"], "eth/usd2");
    assert_eq!(document["amount_out"], "49357");
}

#[test]
fn the_number_of_pools_is_limited_to_1_to_16() {
    let line =
        |hops: u32| format!("--token-in eth --token-out dai --amount-in 10 --max-hops {hops}");
    route(&line(0)).refused("a limit of 0 hops, expected 1 to 16");
    route(&line(1)).refused("no path of at most 1 pools joins the two tokens");
    assert_eq!(route(&line(2)).result(), route(&line(16)).result());
    route(&line(17)).refused("a limit of 17 hops, expected 1 to 16");
    route("--token-in eth --token-out dai --amount-in 10 --max-hops many").refused_with("many");
}

#[test]
fn a_route_that_cannot_be_is_refused_with_its_reason() {
    let apart = format!("{POOLS}far,x,y,1000,1000,3000,,,,\n");
    let apart = Folder::with("p.csv", apart);
    apart
        .run("route --pools p.csv --token-in eth --token-out x --amount-in 10")
        .refused("no path of at most 4 pools joins the two tokens");
    let cases = [
        ("--token-in eth --token-out dai --amount-in 0", "zero amount"),
        ("--token-in eth --token-out dai --amount-out 0", "zero amount"),
        ("--token-in eth --token-out eth --amount-in 1", "a route needs two different tokens"),
        ("--token-in none --token-out eth --amount-in 1", "--token-in none: unknown token"),
        ("--token-in eth --token-out none --amount-in 1", "--token-out none: unknown token"),
        (
            "--token-in eth --token-out dai --amount-out 1000000",
            "every path of at most 4 pools refuses 1000000",
        ),
        ("--token-in btc --token-out dai --amount-in 1", "every path of at most 4 pools refuses 1"),
    ];
    for (line, message) in cases {
        route(line).refused(message);
        route(&format!("{line} --format json")).refused(message);
    }
}

/// The numbers of options follow the grammar of all numbers.
#[test]
fn options_take_strict_numbers() {
    for hops in ["+2", "02", "2.0", "0x2", "2e0", "-2"] {
        let line = format!("--token-in eth --token-out dai --amount-in 10 --max-hops={hops}");
        route(&line).refused_with("--max-hops");
    }
}

#[test]
fn an_exact_output_has_a_lower_bound() {
    let ran = route("--token-in eth --token-out dai --amount-out 10 --format json");
    let document = ran.json();
    let keys = document.as_object().unwrap();
    assert!(keys.contains_key("lower_bound") && !keys.contains_key("upper_bound"), "{document}");
}

#[test]
fn exactly_one_amount_is_given() {
    let line = "--token-in eth --token-out dai";
    route(line).refused_with("required arguments were not provided");
    route(&format!("{line} --amount-in 1 --amount-out 1")).refused_with("cannot be used with");
}

/// Two pools that disagree so much that the trader is given more than a unit costs: nothing proves
/// that anything need be paid, and no part of nothing is shown as a small gap.
#[test]
fn a_bound_of_nothing_is_not_a_gap_of_nothing() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                 p,a,b,1000000,1000000,0\nq,a,b,1000000,4000000,0\n";
    let folder = Folder::with("p.csv", pools);
    let line = "route --pools p.csv --token-in a --token-out b --amount-out 100";
    let text = folder.run(line).result();
    let last = "how little anybody could pay is not known: no prices prove a bound\n";
    assert!(text.ends_with(last), "{text}");
    let document = folder.run(&format!("{line} --format json")).json();
    assert_eq!((&document["lower_bound"], &document["gap_ppm"]), (&json!("0"), &json!(null)));
    assert_eq!(document["gap_units"], document["amount_in"]);
}
