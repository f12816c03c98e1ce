//! [`Instance`]: a network with tasks and what is known of their answers, from a JSON file.
//!
//! The files stand in a folder outside the repository, beside it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cenote_pool::{Amount, Exact, Fee, Market, Pool, Reserves, TokenId};
use serde_json::Value;

use crate::question::Question;

/// A network and its tasks.
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) market: Market,
    /// Whether it was shown that no circle of swaps pays.
    pub(crate) arbitrage_free: bool,
    pub(crate) tasks: Vec<Task>,
    /// Tasks that are no question for a plan between two tokens.
    pub(crate) skipped: usize,
}

/// A question and what is known of its answer.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) question: Question,
    /// Upper bound of what is bought, or lower bound of what is paid, the charge for pools in it;
    /// of made networks none is known.
    pub(crate) bound: Option<u128>,
    /// The best that was found without debts, and must be reached where rounding decides.
    pub(crate) best_known: Option<u128>,
    /// The best that was found where each pool used costs something, less that.
    pub(crate) best_known_net: Option<u128>,
    /// The optimum over all whole splits.
    pub(crate) integer_optimum: Option<u128>,
    /// All that the file says of the answer.
    pub(crate) expected: Value,
}

/// The files of instances, in the order of their names; `None` with a line on stderr where they
/// are absent.
pub(crate) fn files() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/routing/instances");
    let Ok(entries) = fs::read_dir(&folder) else {
        // Unlike `eprintln!`, this is shown for a test that passes.
        let _shown = writeln!(io::stderr(), "{} is absent, not tested", folder.display());
        return None;
    };
    let mut paths = entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    Some(paths)
}

/// An instance; `None` for a file of updates, which has no pools of its own.
pub(crate) fn load(path: &Path) -> Option<Instance> {
    let file = serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
    file.get("pools")?;
    let tasks = list(&file["tasks"]);
    let no_gain = |task: &Value| {
        task["type"] == "arbitrage" && optional(&task["expected"]["upper_bound"]) == Some(0)
    };
    let name = file["name"].as_str().unwrap().to_owned();
    // Pools of one pair have no circle but there and back.
    let arbitrage_free = file["arbitrage_free_certified"] == true
        || tasks.iter().any(no_gain)
        || name.starts_with("parallel");
    let questions = tasks.iter().filter(|task| task["type"] != "arbitrage");
    let questions = questions.map(task).collect::<Vec<_>>();
    Some(Instance {
        name,
        market: market(&file),
        arbitrage_free,
        skipped: tasks.len() - questions.len(),
        tasks: questions,
    })
}

fn market(file: &Value) -> Market {
    let mut market = Market::new();
    for token in 0..units(&file["n_tokens"]) {
        market.add_token(&format!("T{token}")).unwrap();
    }
    for (at, entry) in list(&file["pools"]).iter().enumerate() {
        let [token0, token1] = [&entry[0], &entry[1]].map(token);
        let [reserve0, reserve1] = [&entry[2], &entry[3]].map(amount);
        let fee = Fee::from_pips(units(&entry[4]).try_into().unwrap()).unwrap();
        let pool = Pool::new(token0, token1, fee).unwrap();
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
        market.add_pool(&format!("P{at}"), pool).unwrap();
    }
    market
}

fn task(task: &Value) -> Task {
    let expected = &task["expected"];
    let (exact, fixed, bounds) = match task["type"].as_str().unwrap() {
        "exact_in" => (Exact::In, "amount_in", ["upper_bound_net", "upper_bound"]),
        "exact_out" => (Exact::Out, "amount_out", ["lower_bound", "lower_bound"]),
        other => panic!("a task of type {other}"),
    };
    let best_known = ["best_known_noflash_out", "plan_cost"].map(|key| optional(&expected[key]));
    Task {
        id: task["id"].as_str().unwrap().to_owned(),
        question: Question {
            exact,
            token_in: token(&task["token_in"]),
            token_out: token(&task["token_out"]),
            amount: amount(&task[fixed]),
            gas_per_pool: optional(&task["gas_per_pool"]).unwrap_or(0).try_into().unwrap(),
        },
        bound: bounds.into_iter().find_map(|key| optional(&expected[key])),
        best_known: best_known.into_iter().find_map(|known| known),
        best_known_net: optional(&expected["best_known_net"]),
        integer_optimum: optional(&task["integer_optimum_out"]),
        expected: expected.clone(),
    }
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A whole number, written as a number or as a string.
fn optional(value: &Value) -> Option<u128> {
    let text = value.as_str().map(|text| text.parse().unwrap());
    text.or_else(|| value.as_u64().map(u128::from))
}

pub(crate) fn units(value: &Value) -> u128 {
    optional(value).unwrap()
}

pub(crate) fn amount(value: &Value) -> Amount {
    units(value).try_into().unwrap()
}

pub(crate) fn token(value: &Value) -> TokenId {
    u32::try_from(units(value)).unwrap().into()
}
