//! `cenote route --queries`, and the other options of a split.

use serde_json::{Value, json};

use crate::{Folder, POOLS, Ran, keys};

const ROUTE: &str = "route --pools p.csv --queries q.csv";

const QUERIES: &str = "\
token_in,token_out,amount_in,amount_out,max_hops
eth,dai,10,,
eth,btc,,1000000,
dai,eth,,1,2
eth,dai,10,,1
eth,usd,10,,1
";

fn folder() -> Folder {
    Folder::with("p.csv", POOLS).and("q.csv", QUERIES)
}

#[test]
fn every_question_is_answered_in_its_place() {
    for split in ["", "--split"] {
        let answers = folder().run(&format!("{ROUTE} --format json {split}")).json();
        let answers = answers.as_array().unwrap();
        assert_eq!(answers.len(), 5);
        assert!(answers.iter().all(|answer| answer["micros"].as_f64().unwrap() > 0.0));
        let refused = ["amount_out", "error", "micros", "token_in", "token_out"];
        assert_eq!(keys(&answers[1]), refused);
        assert_eq!(answers[1]["amount_out"], "1000000");
        let error = answers[3]["error"].as_str().unwrap();
        assert!(error.contains("at most 1 pools"), "{error}");
        assert_eq!(answers[3]["amount_in"], "10");
        assert!(answers[2]["lower_bound"].is_string() && answers[2]["upper_bound"].is_null());
        assert_eq!(answers[4]["amount_out"], "39486");
        // Each is what the question alone is answered with.
        let ask = |rest: &str| {
            folder().run(&format!("route --pools p.csv --format json {split} {rest}")).json()
        };
        let alone = [
            (0, "--token-in eth --token-out dai --amount-in 10"),
            (2, "--token-in dai --token-out eth --amount-out 1 --max-hops 2"),
        ];
        for (at, rest) in alone {
            let mut answer = answers[at].clone();
            answer.as_object_mut().unwrap().remove("micros");
            assert_eq!(answer, ask(rest), "{split}");
        }
    }
}

#[test]
fn text_has_a_line_for_each_question() {
    let text = folder().run(ROUTE).result();
    let lines = text.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("line 2: 10 ETH -> 37967 dai, 2 steps, gap "), "{text}");
    assert!(lines[0].ends_with(" us"), "{text}");
    assert_eq!(
        lines[1],
        "line 3: ETH -> 1000000 btc: every path of at most 4 pools refuses 1000000"
    );
    assert!(lines[3].starts_with("line 5: 10 ETH -> dai: no path of at most 1 pools"), "{text}");
}

/// A row that is wrong is a wrong file: no question is answered.
#[test]
fn a_wrong_row_is_named_and_nothing_is_answered() {
    for (row, message) in [
        ("none,dai,10,,", "column 1 (token_in): unknown token none"),
        (
            "eth,\u{202e},10,,",
            "column 2 (token_out): identifier with a character that is not allowed at position 1",
        ),
        ("eth,dai,,,", "column 3 (amount_in): blank, one of amount_in or amount_out is needed"),
        ("eth,dai,1,1,", "column 4 (amount_out): given together with amount_in"),
        (
            "eth,dai,+1,,",
            "column 3 (amount_in): not a decimal number: unexpected character at position 1",
        ),
        (
            "eth,dai,1,,many",
            "column 5 (max_hops): not a decimal number: unexpected character at position 1",
        ),
        ("eth,dai,1,", "column 5 (max_hops): 4 fields, the header has 5"),
    ] {
        for format in ["", " --format json"] {
            let folder = folder().and("q.csv", format!("{QUERIES}{row}\n"));
            folder.run(&format!("{ROUTE}{format}")).refused(&format!("q.csv: line 7, {message}"));
        }
    }
    let headless = folder().and("q.csv", "token_in,token_out\n");
    headless.run(ROUTE).refused("q.csv: line 1: no column amount_in or amount_out");
    folder().run("route --pools p.csv --queries none.csv").refused_with("none.csv: ");
}

#[test]
fn questions_come_from_a_file_or_from_the_command_line() {
    let line = "--token-in eth --token-out dai --amount-in 1";
    folder().run(&format!("{ROUTE} {line}")).refused_with("cannot be used with");
    folder().run(&format!("{ROUTE} --amount-in 1")).refused_with("cannot be used with");
    folder().run(&format!("{ROUTE} --token-in eth")).refused_with("cannot be used with");
    folder().run("route --pools p.csv --amount-in 1").refused_with("--token-in");
    folder().run("route --pools p.csv").refused_with("required arguments were not provided");
    let both = "route --pools - --queries -";
    folder().run(both).refused("--pools and --queries cannot both be stdin");
    let piped = folder().feed("route --pools p.csv --queries -", QUERIES.into());
    assert_eq!(piped.result().lines().count(), 5);
    let none = folder().and("q.csv", "token_in,token_out,amount_in\n");
    assert_eq!(none.run(&format!("{ROUTE} --format json")).json(), json!([]));
    assert_eq!(none.run(ROUTE).result(), "");
}

#[test]
fn nobody_needs_to_listen() {
    let rows = "eth,dai,10,,\n".repeat(5_000);
    let folder = folder().and("q.csv", format!("{QUERIES}{rows}"));
    for line in [ROUTE, &format!("{ROUTE} --format json")] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(folder.command(line).stdout(writer));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{line}");
    }
}

/// Gas is the question's, else the command line's, else nothing; a pool that is not worth its gas
/// is not used.
#[test]
fn gas_is_counted_for_each_pool() {
    let twice = format!("{POOLS}eth/usd2,eth,usd,1000,4000000,3000,,,,\n");
    let queries = "token_in,token_out,amount_in,gas_per_pool\neth,usd,10,\neth,usd,10,0\n";
    let folder = Folder::with("p.csv", twice).and("q.csv", queries);
    let ask =
        |gas: &str| -> Value { folder.run(&format!("{ROUTE} --split --format json {gas}")).json() };
    let pools = |answer: &Value| answer["steps"].as_array().unwrap().len();
    let free = ask("");
    assert_eq!((pools(&free[0]), pools(&free[1])), (2, 2));
    let dear = ask("--gas-per-pool 1000");
    assert_eq!((pools(&dear[0]), pools(&dear[1])), (1, 2));
    let number = |value: &Value| value.as_str().unwrap().parse::<u128>().unwrap();
    let net = number(&dear[0]["amount_out"]) - 1000;
    assert_eq!(number(&dear[0]["upper_bound"]) - net, number(&dear[0]["gap_units"]));
    let line = "route --pools p.csv --token-in eth --token-out usd --amount-in 10 --split";
    let text = folder.run(&format!("{line} --gas-per-pool 1000")).result();
    assert!(text.contains("with gas of 10 USD for the pools, 384.86 USD in all\n"), "{text}");
    folder.run(&format!("{line} --gas-per-pool 1.5")).refused_with("--gas-per-pool");
}

#[test]
fn many_steps_are_cut_for_people_and_not_for_programs() {
    let pools = (0..30).map(|at| format!("p{at},a,b,1000000000000,1000000000000,3000\n"));
    let header = "pool,token0,token1,reserve0,reserve1,fee_pips\n".to_owned();
    let folder = Folder::with("p.csv", header + &pools.collect::<String>());
    let line = "route --pools p.csv --token-in a --token-out b --amount-in 30000000000 --split";
    let text = folder.run(line).result();
    assert!(text.contains("\n     and 10 more (--format json lists all)\n"), "{text}");
    assert_eq!(text.lines().count(), 23, "{text}");
    let document = folder.run(&format!("{line} --format json")).json();
    assert_eq!(document["steps"].as_array().unwrap().len(), 30);
}
