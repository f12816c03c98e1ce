//! [`Vectors`]: what the contracts answered, as JSON. Nothing in it comes from the engine.

use std::collections::BTreeMap;

use cenote_pool::{Direction, Exact, ProtocolFee};
use cenote_testing::contract::{Call, PairState, PathCall};
use primitive_types::U256;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::seat::{Plan, Seat};
use cenote_conformance_contracts::{Contracts, creation_code_hashes};

/// The cases whose answers are published, by operation.
const PUBLISHED: [(&str, u64); 11] = [
    ("swap_exact_in", 96),
    ("swap_exact_out", 64),
    ("swap_two_legs", 64),
    ("mint", 240),
    ("burn", 240),
    ("skim", 160),
    ("sync", 200),
    ("router_exact_in", 400),
    ("router_exact_out", 480),
    ("router_quote", 320),
    ("sequence", 16),
];

/// The answers kept, by the name of what was called.
#[derive(Debug, Clone, Default)]
pub struct Vectors(BTreeMap<&'static str, Vec<Value>>);

/// A call of a pair and the contract's answer.
pub(crate) struct Answered<'a> {
    pub(crate) call: &'a Call,
    pub(crate) before: &'a PairState,
    pub(crate) fee: ProtocolFee,
    pub(crate) timestamp: u32,
    pub(crate) due: &'a Result<Vec<U256>, String>,
    pub(crate) after: &'a PairState,
}

fn decimal(units: &impl ToString) -> Value {
    units.to_string().into()
}

fn list<T: ToString>(units: impl IntoIterator<Item = T>) -> Value {
    units.into_iter().map(|units| decimal(&units)).collect()
}

fn state(of: &PairState) -> Value {
    json!({
        "reserve": list(of.reserve),
        "balance": list(of.balance),
        "total_supply": decimal(&of.total),
        "k_last": decimal(&of.k_last),
        "price_cumulative_last": list(of.sums),
        "block_timestamp_last": of.ts_last,
    })
}

fn set_answer(case: &mut Value, due: &Result<Vec<U256>, String>) {
    match due {
        Ok(amounts) => case["amounts"] = list(amounts),
        Err(reason) => case["revert"] = reason.as_str().into(),
    }
}

impl Vectors {
    /// What the contracts answer in the cases that are published; the same each time.
    pub fn published(contracts: &Contracts) -> Self {
        let mut seat = Seat { vectors: Some(Self::default()), ..Seat::new(contracts) };
        for (name, cases) in PUBLISHED {
            let operation = Operation::named(name).unwrap();
            operation.run(&mut seat, Plan { cases, seed: 2, first: 0 });
        }
        seat.vectors.unwrap_or_default()
    }

    /// Keeps an answer of a pair.
    pub(crate) fn keep_call(&mut self, answered: &Answered<'_>) {
        let Answered { call, before, fee, timestamp, due, after } = *answered;
        let mut case = json!({
            "before": state(before),
            "fee_to": fee == ProtocolFee::On,
            "timestamp": timestamp,
        });
        match *call {
            Call::Swap { out } => case["amount_out"] = list(out),
            Call::Burn { shares } => case["shares"] = decimal(&shares),
            Call::Mint | Call::Skim | Call::Sync => {}
        }
        set_answer(&mut case, due);
        if due.is_ok() {
            case["after"] = state(after);
        }
        self.keep(call.name(), case);
    }

    /// Keeps an answer of the router along a path.
    pub(crate) fn keep_path(&mut self, call: &PathCall, due: &Result<Vec<U256>, String>) {
        let pool = |pool: &cenote_testing::contract::PathPool| {
            let reserves = pool.reserves;
            json!({
                "reserve": list([reserves.reserve0, reserves.reserve1]),
                "token_in": usize::from(pool.direction == Direction::OneForZero),
            })
        };
        let mut case = json!({
            "pairs": call.pools.iter().map(pool).collect::<Value>(),
            "amount": decimal(&call.amount),
            "limit": decimal(&call.limit),
        });
        set_answer(&mut case, due);
        let name = match call.exact {
            Exact::In => "swapExactTokensForTokens",
            Exact::Out => "swapTokensForExactTokens",
        };
        self.keep(name, case);
    }

    /// Keeps an answer of the router's `quote`.
    pub(crate) fn keep_quote(&mut self, words: [u128; 3], due: &Result<U256, String>) {
        let [amount, x, y] = words;
        let mut case = json!({ "amount": decimal(&amount), "reserve": list([x, y]) });
        set_answer(&mut case, &due.clone().map(|units| vec![units]));
        self.keep("quote", case);
    }

    fn keep(&mut self, name: &'static str, case: Value) {
        self.0.entry(name).or_default().push(case);
    }

    /// A file for each function, by its name, one case a line.
    pub fn files(&self) -> BTreeMap<String, String> {
        let hashes: BTreeMap<_, _> = creation_code_hashes().into_iter().collect();
        let hashes = json!(hashes);
        let file = |(name, cases): (&&str, &Vec<Value>)| {
            let lines: Vec<_> = cases.iter().map(Value::to_string).collect();
            let text = format!(
                "{{\"function\":\"{name}\",\"creation_code_keccak256\":{hashes},\"cases\":[\n{}\n]}}\n",
                lines.join(",\n")
            );
            (format!("{name}.json"), text)
        };
        self.0.iter().map(file).collect()
    }
}
