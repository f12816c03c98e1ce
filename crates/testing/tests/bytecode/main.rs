//! What the bytecode of Uniswap v2 answered, as published in `vectors/uniswap_v2_bytecode`, against
//! the engine: amounts, states and reasons. No contract runs here; `conformance/` made the files.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cenote_pool::{Amount, Direction, Exact, Fee, Pool, ProtocolFee, Reserves, Shares, TokenId};
use cenote_testing::contract::{
    Asked, Call, PairState, PathCall, PathPool, Verdict, judge, judge_path, judge_quote,
};
use primitive_types::U256;
use serde_json::Value;

/// What a file came to.
#[derive(Debug, Default)]
struct Found {
    done: usize,
    refused: BTreeSet<String>,
    differs: BTreeMap<&'static str, usize>,
}

impl Found {
    fn count(&mut self, verdict: Option<Verdict>, case: &Value) {
        let verdict = verdict.unwrap_or_else(|| panic!("another answer than {case}"));
        match (verdict, verdict.difference()) {
            (_, Some(difference)) => *self.differs.entry(difference).or_default() += 1,
            (Verdict::Done, None) => self.done += 1,
            _ => {
                self.refused.insert(text(&case["revert"]));
            }
        }
    }

    /// That so many were done, refused for so many reasons, and different in these ways.
    #[track_caller]
    fn assert(&self, done: usize, reasons: usize, differs: &[(&str, usize)]) {
        let found: Vec<_> = self.differs.iter().map(|(kind, many)| (*kind, *many)).collect();
        assert_eq!((self.done, self.refused.len(), &*found), (done, reasons, differs), "{self:?}");
    }
}

/// The cases of a file, which were made with the code that the factory deploys on chains.
fn cases(function: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/uniswap_v2_bytecode");
    let json = fs::read_to_string(folder.join(format!("{function}.json"))).unwrap();
    let mut json: Value = serde_json::from_str(&json).unwrap();
    let pair = "96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f";
    assert_eq!(json["creation_code_keccak256"]["UniswapV2Pair"], pair);
    let Value::Array(cases) = json["cases"].take() else { panic!("no cases in {function}") };
    cases
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// `U256`'s own `parse` would read hexadecimal.
fn wide(value: &Value) -> U256 {
    U256::from_dec_str(value.as_str().unwrap()).unwrap()
}

fn units(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

fn amount(value: &Value) -> Amount {
    Amount::new(units(value)).unwrap()
}

fn two<T>(list: &Value, read: impl Fn(&Value) -> T) -> [T; 2] {
    [read(&list[0]), read(&list[1])]
}

fn seconds(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn state(value: &Value) -> PairState {
    PairState {
        reserve: two(&value["reserve"], amount),
        balance: two(&value["balance"], units),
        total: wide(&value["total_supply"]),
        k_last: wide(&value["k_last"]),
        sums: two(&value["price_cumulative_last"], wide),
        ts_last: seconds(&value["block_timestamp_last"]),
    }
}

fn answer(case: &Value) -> Result<Vec<U256>, String> {
    match case.get("revert") {
        Some(reason) => Err(text(reason)),
        None => Ok(case["amounts"].as_array().unwrap().iter().map(wide).collect()),
    }
}

fn call(function: &str, case: &Value) -> Call {
    match function {
        "swap" => Call::Swap { out: two(&case["amount_out"], amount) },
        "mint" => Call::Mint,
        "burn" => Call::Burn { shares: Shares::new(units(&case["shares"])).unwrap() },
        "skim" => Call::Skim,
        "sync" => Call::Sync,
        other => panic!("{other}"),
    }
}

fn pair(function: &str) -> Found {
    let mut found = Found::default();
    for case in cases(function) {
        let (before, call) = (state(&case["before"]), call(function, &case));
        let on = case["fee_to"].as_bool().unwrap();
        let fee = if on { ProtocolFee::On } else { ProtocolFee::Off };
        let mut pair = before.pair(Fee::UNISWAP_V2).unwrap();
        let given = call.act(&mut pair, fee, seconds(&case["timestamp"]));
        let asked = Asked { call: &call, before: &before, fee };
        let verdict = judge(&asked, &given, &answer(&case));
        found.count(verdict, &case);
        match verdict {
            Some(Verdict::Done) => assert_eq!(PairState::of(&pair), Some(state(&case["after"]))),
            Some(Verdict::OneLeg) => {}
            _ => assert_eq!(PairState::of(&pair), Some(before), "a refusal changes nothing"),
        }
    }
    found
}

fn path_call(exact: Exact, case: &Value) -> PathCall {
    let pool = |value: &Value| {
        let [reserve0, reserve1] = two(&value["reserve"], amount);
        let way = usize::try_from(value["token_in"].as_u64().unwrap()).unwrap();
        PathPool { reserves: Reserves { reserve0, reserve1 }, direction: Direction::BOTH[way] }
    };
    PathCall {
        pools: case["pairs"].as_array().unwrap().iter().map(pool).collect(),
        exact,
        amount: amount(&case["amount"]),
        limit: amount(&case["limit"]),
    }
}

fn path(function: &str, exact: Exact) -> Found {
    let mut found = Found::default();
    for case in cases(function) {
        let call = path_call(exact, &case);
        found.count(judge_path(&call, &call.act(Fee::UNISWAP_V2), &answer(&case)), &case);
    }
    found
}

/// The files tell 0.3 % from 0.2999 %.
#[test]
fn another_fee_is_noticed() {
    let cheap = Fee::from_pips(2_999).unwrap();
    let noticed = |function, exact| {
        let differs = |case: &&Value| {
            let call = path_call(exact, case);
            judge_path(&call, &call.act(cheap), &answer(case)).is_none()
        };
        cases(function).iter().filter(differs).count()
    };
    assert!(20 < noticed("swapExactTokensForTokens", Exact::In));
    assert!(20 < noticed("swapTokensForExactTokens", Exact::Out));
}

#[test]
fn swap() {
    pair("swap").assert(195, 6, &[]);
}

#[test]
fn mint() {
    pair("mint").assert(154, 3, &[("beyond types", 3), ("other reason", 9)]);
}

#[test]
fn burn() {
    pair("burn").assert(100, 4, &[("beyond types", 3), ("one leg", 33), ("other reason", 1)]);
}

#[test]
fn skim() {
    pair("skim").assert(111, 1, &[]);
}

#[test]
fn sync() {
    pair("sync").assert(151, 1, &[("one balance", 11)]);
}

#[test]
fn swap_exact_tokens_for_tokens() {
    path("swapExactTokensForTokens", Exact::In).assert(165, 5, &[("other reason", 5)]);
}

#[test]
fn swap_tokens_for_exact_tokens() {
    path("swapTokensForExactTokens", Exact::Out).assert(155, 6, &[("other reason", 34)]);
}

#[test]
fn quote() {
    let (mut found, tokens) = (Found::default(), [0, 1].map(TokenId::from));
    for case in cases("quote") {
        let [reserve0, reserve1] = two(&case["reserve"], amount);
        let pool = Pool::new(tokens[0], tokens[1], Fee::UNISWAP_V2).unwrap();
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
        let given = pool.counterpart_floor(tokens[0], amount(&case["amount"]));
        let due = answer(&case).map(|amounts| amounts[0]);
        found.count(judge_quote(&given, &due), &case);
    }
    found.assert(269, 2, &[("beyond types", 13)]);
}
