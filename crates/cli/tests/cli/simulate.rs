//! `cenote simulate`

use std::fs;

use serde_json::{Value, json};

use crate::{Folder, POOLS, Ran, keys};

const HEADER: &str = "line,pool,token_in,amount_in,token_out,amount_out,status\n";

/// The outcomes of swaps over pools.
#[track_caller]
fn outcomes(pools: &str, swaps: &str, rest: &str) -> String {
    let folder = Folder::with("p.csv", pools).and("s.csv", swaps);
    folder.run(&format!("simulate --pools p.csv --swaps s.csv --out o.csv {rest}")).result();
    let rows = folder.read("o.csv");
    rows.strip_prefix(HEADER).unwrap().to_owned()
}

/// A folder with the files of a made market.
fn made(pools: u32, swaps: u32) -> Folder {
    let folder = Folder::new();
    let line = format!("generate --pools {pools} --swaps {swaps} --seed 7 --out made");
    assert_eq!(folder.run(&line).code, Some(0));
    folder
}

const MADE: &str = "simulate --pools made/pools.csv --swaps made/swaps.csv";

/// What is always in the JSON of a run.
#[track_caller]
fn check_document(document: &Value, swaps: u64) {
    let number = |key: &str| document[key].as_u64().unwrap();
    assert_eq!(number("swaps"), swaps);
    assert_eq!(number("accepted") + number("refused"), swaps);
    let reasons = document["refused_by_reason"].as_object().unwrap().values();
    assert_eq!(reasons.map(|count| count.as_u64().unwrap()).sum::<u64>(), number("refused"));
    assert!(document["seconds"].is_number() && document["swaps_per_second"].is_u64());
    let hash = document["state_hash"].as_str().unwrap();
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
}

/// There are books, and they balance: nothing is outside of pools and wallets.
#[track_caller]
fn check_books(document: &Value) {
    let audit = &document["audit"];
    assert_eq!((&audit["holds"], &audit["every_share_redeemable"]), (&true.into(), &true.into()));
    let tokens = audit["tokens"].as_array().unwrap();
    assert!(tokens.iter().all(|token| token["outside"] == "0"));
}

#[test]
fn the_first_run_needs_no_files() {
    let runs = [1, 8].map(|threads| {
        let line = format!("simulate --format json --threads {threads}");
        let document = Folder::new().run(&line).json();
        check_document(&document, 1_000_000);
        check_books(&document);
        assert!(document["accepted"].as_u64() > Some(900_000));
        document
    });
    let [one, eight] = runs.map(|mut run| {
        // The time is all that may differ.
        let members = run.as_object_mut().unwrap();
        members.remove("seconds");
        members.remove("swaps_per_second");
        run
    });
    assert_eq!(one, eight);
}

#[test]
fn the_number_of_threads_does_not_change_the_result() {
    let folder = made(200, 50_000);
    // Without traders only the market's numbers run: the other way through the program.
    let swaps = fs::read_to_string(folder.path("made/swaps.csv")).unwrap();
    let renamed = swaps.replacen(",trader\n", ",whoever\n", 1);
    fs::write(folder.path("made/plain.csv"), renamed).unwrap();
    for (name, has_traders) in [("swaps", true), ("plain", false)] {
        let runs = [1, 2, 4, 8].map(|threads| {
            let files = format!("--pools made/pools.csv --swaps made/{name}.csv --out o.csv");
            let line = format!("simulate {files} --threads {threads} --format json");
            let document = folder.run(&line).json();
            check_document(&document, 50_000);
            assert_eq!(document.get("audit").is_some(), has_traders);
            (document["state_hash"].clone(), folder.read("o.csv"))
        });
        assert!(runs.iter().all(|run| *run == runs[0]), "{name}");
    }
}

#[test]
fn another_seed_is_another_market() {
    let hash = |seed: u32| {
        let folder = Folder::new();
        let line = format!("generate --pools 20 --swaps 500 --seed {seed} --out made");
        assert_eq!(folder.run(&line).code, Some(0));
        folder.run(&format!("{MADE} --format json")).json()["state_hash"].clone()
    };
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}

/// The built-in market too; and its seed says nothing about files.
/// An option that would have no effect is a mistake of whoever gave it.
#[test]
fn options_of_files_need_files() {
    let folder = Folder::new();
    folder.run("simulate --block 7").refused("--block has no meaning without --pools");
    folder
        .run("simulate --default-fee-pips 30")
        .refused("--default-fee-pips has no meaning without --pools");
    folder
        .run("generate --pools 3 --swaps 3 --out d --block 7")
        .refused("--block has no meaning without --over");
    for threads in ["0", "+2", "02", "1025", "2.0"] {
        folder.run(&format!("simulate --threads={threads}")).refused_with("--threads");
    }
    for seed in ["+2", "02", "-1", "18446744073709551616"] {
        folder.run(&format!("simulate --seed={seed}")).refused_with("--seed");
    }
}

#[test]
fn the_seed_belongs_to_the_built_in_market() {
    let hash = |line: &str| Folder::new().run(line).json()["state_hash"].clone();
    assert_ne!(hash("simulate --format json"), hash("simulate --format json --seed 2"));
    let folder = Folder::with("p.csv", POOLS).and("s.csv", "pool,token_in,amount_in\n");
    folder.run("simulate --pools p.csv --swaps s.csv --seed 2").refused_with("--seed");
}

#[test]
fn text_has_the_figures_of_the_run_and_no_progress() {
    let text = made(50, 5_000).run(MADE).result();
    assert!(text.starts_with("5,000 swaps over 50 pools of "), "{text}");
    for part in ["accepted", "refused", "paid in", "audit        holds", "swaps/s", "state hash"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'));
}

#[test]
fn books_are_kept_where_there_are_traders() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_pips\np,a,b,1000000,1000000,3000\n";
    let swaps = "pool,token_in,amount_in,trader\np,a,1000,alice\np,b,2,bob\n";
    let folder = Folder::with("p.csv", pools).and("s.csv", swaps);
    let document = folder.run("simulate --pools p.csv --swaps s.csv --format json").json();
    check_document(&document, 2);
    check_books(&document);
    let audit = &document["audit"];
    assert_eq!((&audit["wallets"], &audit["pools_redeemed"]), (&json!(2), &json!(1)));
    // 2 of b buy floor(2 * 0.997 * 1001000 / (999004 + 2 * 0.997)) = 1 of a.
    let row = |token: &str, [issued, pools, wallets]: [&str; 3]| {
        json!({"token": token, "issued": issued, "in_pools": pools, "in_wallets": wallets,
               "outside": "0"})
    };
    let a = row("a", ["1001000", "1000999", "1"]);
    let b = row("b", ["1000002", "999006", "996"]);
    assert_eq!(audit["tokens"], json!([a, b]));
    assert_eq!(
        document["volumes"][0],
        json!({"token": "a", "swaps": 1, "volume": "1000", "fees": "3"})
    );
}

#[test]
fn there_are_no_books_without_traders() {
    let folder =
        Folder::with("p.csv", POOLS).and("s.csv", "pool,token_in,amount_in\neth/usd,eth,10\n");
    let line = "simulate --pools p.csv --swaps s.csv";
    let document = folder.run(&format!("{line} --format json")).json();
    check_document(&document, 1);
    assert_eq!(document.get("audit"), None);
    assert!(!folder.run(line).result().contains("audit"));
}

/// A pool of dust cannot be opened with coins, and is counted.
#[test]
fn a_pool_that_cannot_be_opened_is_counted_with_its_reason() {
    let swaps = "pool,token_in,amount_in,trader\ndust,btc,1,a\neth/usd,eth,10,a\n";
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    let document = folder.run("simulate --pools p.csv --swaps s.csv --format json").json();
    check_document(&document, 2);
    check_books(&document);
    assert_eq!(document["pools_not_opened"], json!({"first_deposit": 1}));
    assert_eq!(document["refused_by_reason"], json!({"empty_pool": 1}));
}

/// Worked out apart, swap by swap: limits pass by nothing and fail by one unit, refused rows
/// change nothing, and the ones behind them run on what the accepted ones left.
#[test]
fn each_row_has_its_exact_outcome() {
    let swaps = "\
pool,pools,path,token_in,amount_in,amount_out,amount_out_min,amount_in_max
eth/usd,,,eth,10,,39487,
eth/usd,,,eth,10,,39486,
eth/usd,,,usd,,10,,39724
eth/usd,,,usd,,10,,39725
,eth/usd>usd/dai,,eth,5,,,
,,dai>usd>eth,,,2,,
dust,,,btc,1,,,
void,,,eth,5,,,
eth/usd,,,eth,,9000000,,
eth/usd,,,eth,0,,,
usd/dai,,,usd,5192296858534827628530496329220095,,,
,usd/dai>usd/dai,,usd,1000,,,
,usd/dai>usd/dai,,usd,,10,,
eth/usd,,,usd,1,,,
";
    let expected = "\
2,eth/usd,eth,10,usd,,insufficient_output
3,eth/usd,eth,10,usd,39486,accepted
4,eth/usd,usd,,eth,10,excessive_input
5,eth/usd,usd,39725,eth,10,accepted
6,eth/usd>usd/dai,eth,5,dai,19446,accepted
7,usd/dai>eth/usd,dai,7719,eth,2,accepted
8,dust,btc,1,eth,,zero_output
9,void,eth,5,dai,,empty_pool
10,eth/usd,eth,,usd,9000000,insufficient_reserve
11,eth/usd,eth,0,usd,,zero_amount
12,usd/dai,usd,5192296858534827628530496329220095,dai,,reserve_overflow
13,usd/dai>usd/dai,usd,1000,usd,998,accepted
14,usd/dai>usd/dai,usd,,usd,10,repeated_pool
15,eth/usd,usd,1,eth,,zero_output
";
    assert_eq!(outcomes(POOLS, swaps, ""), expected);
}

/// The same swaps through wallets and coins give the same amounts.
#[test]
fn traders_get_what_the_market_says() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,100000,400000,30\n";
    let plain = "pool,token_in,amount_in,amount_out\np,a,10,\np,b,,7\np,a,0,\np,b,1,\n";
    let traded = "pool,token_in,amount_in,amount_out,trader\n\
                  p,a,10,,x\np,b,,7,y\np,a,0,,x\np,b,1,,z\n";
    let rows = "2,p,a,10,b,39,accepted\n3,p,b,29,a,7,accepted\n4,p,a,0,b,,zero_amount\n\
                5,p,b,1,a,,zero_output\n";
    assert_eq!(outcomes(pools, plain, ""), rows);
    assert_eq!(outcomes(pools, traded, ""), rows);
}

#[test]
fn no_swaps_are_a_run_too() {
    let folder = Folder::with("p.csv", POOLS).and("s.csv", "pool,token_in,amount_in\n");
    let line = "simulate --pools p.csv --swaps s.csv --out o.csv";
    check_document(&folder.run(&format!("{line} --format json")).json(), 0);
    assert_eq!(folder.read("o.csv"), HEADER);
    let text = folder.run(line).result();
    assert!(text.starts_with("0 swaps over 4 pools of 4 tokens\n"), "{text}");
}

#[test]
fn an_unknown_fee_needs_a_default() {
    let swaps = "pool,token_in,amount_in\nknown,a,1000\nblank,a,1000\n";
    let pools = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                 known,a,b,1000000,1000000,3000\nblank,a,b,1000000,1000000,\n";
    let expected = "2,known,a,1000,b,996,accepted\n3,blank,a,1000,b,998,accepted\n";
    assert_eq!(outcomes(pools, swaps, "--default-fee-pips 500"), expected);
    let folder = Folder::with("p.csv", pools).and("s.csv", swaps);
    folder
        .run("simulate --pools p.csv --swaps s.csv")
        .refused("p.csv: line 3, column 6 (fee_pips): no fee, and no default fee is given");
    let whole = "simulate --pools p.csv --swaps s.csv --default-fee-pips 1000000";
    folder.run(whole).refused_with("not below 1,000,000");
}

#[test]
fn one_of_several_blocks_is_chosen() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps,block\n\
                 p,a,b,1000,4000,30,7\np,a,b,2000,4000,30,8\n";
    let swaps = "pool,token_in,amount_in\np,a,10\n";
    assert_eq!(outcomes(pools, swaps, "--block 7"), "2,p,a,10,b,39,accepted\n");
    assert_eq!(outcomes(pools, swaps, "--block 8"), "2,p,a,10,b,19,accepted\n");
    let folder = Folder::with("p.csv", pools).and("s.csv", swaps);
    let line = "simulate --pools p.csv --swaps s.csv";
    folder.run(line).refused(
        "p.csv: line 3, column 1 (pool): pool p has several states, choose one with --block",
    );
    folder
        .run(&format!("{line} --block 9"))
        .refused("p.csv: line 3, column 7 (block): no row is of block 9");
    // The rows of one block need no choice.
    let one = pools.lines().take(2).collect::<Vec<_>>().join("\n");
    assert_eq!(outcomes(&one, swaps, ""), "2,p,a,10,b,39,accepted\n");
    let without = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    without.run(&format!("{line} --block 7")).refused("p.csv: line 1: no column block");
}

#[test]
fn either_file_may_come_from_stdin() {
    let swaps = "pool,token_in,amount_in\neth/usd,eth,10\n";
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    let rows = format!("{HEADER}2,eth/usd,eth,10,usd,39486,accepted\n");
    folder.feed("simulate --pools - --swaps s.csv --out o1.csv", POOLS.into()).result();
    folder.feed("simulate --pools p.csv --swaps - --out o2.csv", swaps.into()).result();
    assert_eq!((folder.read("o1.csv"), folder.read("o2.csv")), (rows.clone(), rows));
    let both = folder.feed("simulate --pools - --swaps -", Vec::new());
    both.refused("--pools and --swaps cannot both be stdin");
}

#[test]
fn rows_on_stdout_send_the_summary_to_stderr() {
    let swaps = "pool,token_in,amount_in\neth/usd,eth,10\n";
    let folder = Folder::with("p.csv", POOLS).and("s.csv", swaps);
    let Ran { code, stdout, stderr } = folder.run("simulate --pools p.csv --swaps s.csv --out -");
    assert_eq!(code, Some(0));
    assert_eq!(stdout, format!("{HEADER}2,eth/usd,eth,10,usd,39486,accepted\n"));
    assert!(stderr.starts_with("1 swaps over 4 pools of 4 tokens\n"), "{stderr}");
    assert_eq!(folder.names(), ["p.csv", "s.csv"]);
    folder
        .run("simulate --pools p.csv --swaps s.csv --out - --format json")
        .refused("--out - and --format json cannot both have stdout");
}

#[test]
fn pools_and_swaps_come_together() {
    let folder = Folder::with("p.csv", POOLS);
    folder.run("simulate --pools p.csv").refused_with("--swaps <FILE>");
    folder.run("simulate --swaps p.csv").refused_with("--pools <FILE>");
    for threads in ["0", "1025", "-1", "many"] {
        let line = format!("simulate --threads {threads}");
        folder.run(&line).reason();
    }
}

/// Whoever owns a token or a pool chooses its name, and people open outcomes in spreadsheets.
#[test]
fn a_name_in_the_outcomes_is_no_formula() {
    let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\n\
                 =cmd|'/c'!A1,@a,+b,1000,4000,30\n";
    let swaps = "pool,token_in,amount_in\n=cmd|'/c'!A1,@a,10\n";
    assert_eq!(outcomes(pools, swaps, ""), "2,'=cmd|'/c'!A1,'@a,10,'+b,39,accepted\n");
}

/// The contract of the JSON, so that a key does not go or come unseen.
#[test]
fn json_has_the_keys_that_scripts_rely_on() {
    let document = made(10, 100).run(&format!("{MADE} --format json")).json();
    assert_eq!(
        keys(&document),
        [
            "accepted",
            "audit",
            "largest_moves",
            "pools",
            "pools_not_opened",
            "refused",
            "refused_by_reason",
            "seconds",
            "state_hash",
            "swaps",
            "swaps_per_second",
            "tokens",
            "volumes"
        ]
    );
}

/// Price accumulators grow by the time between swaps, and stand still without times.
#[test]
fn times_let_accumulators_grow() {
    let pools = "\
pool,token0,token1,reserve0,reserve1,fee_bps,ts_last,price0_cum,price1_cum
a/b,a,b,1000000,1000000,30,100,0,0
";
    let hash = |swaps: &str, threads: u32| {
        let folder = Folder::with("p.csv", pools).and("s.csv", swaps);
        let line =
            format!("simulate --pools p.csv --swaps s.csv --format json --threads {threads}");
        folder.run(&line).json()["state_hash"].clone()
    };
    let timed = |first: u32| {
        format!("pool,token_in,amount_in,timestamp\na/b,a,1000,{first}\na/b,b,10,160\n")
    };
    let untimed = "pool,token_in,amount_in\na/b,a,1000\na/b,b,10\n";
    assert_eq!(hash(&timed(150), 1), hash(&timed(150), 2));
    assert_ne!(hash(&timed(150), 1), hash(&timed(151), 1));
    assert_ne!(hash(&timed(150), 1), hash(untimed, 1));
}
