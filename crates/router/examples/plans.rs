//! Plans for a checker that is not written in Rust: of every task in the files of instances, and of
//! networks made from a seed, which are written as such files.
//!
//! ```text
//! cargo run --release -p cenote-router --example plans -- FOLDER SEED
//! ```
//!
//! writes `FOLDER/NAME.json` for each made network, and all plans to `FOLDER/plans.json`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a program for developers may stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cenote_pool::{Amount, Direction, Exact};
use cenote_router::Router;
use cenote_testing::networks::{Family, Network};
use serde_json::{Value, json};

#[path = "../tests/support/instance.rs"]
#[expect(dead_code, reason = "what is known of the answers is for the tests")]
mod instance;
#[path = "../tests/support/question.rs"]
mod question;

use instance::Instance;

/// The sizes of made networks.
const SIZES: [usize; 3] = [20, 100, 1_000];
/// Pairs of tokens asked for in each.
const PAIRS: usize = 2;

fn main() {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [folder, seed] = arguments.as_slice() else { panic!("usage: plans FOLDER SEED") };
    let (folder, seed) = (Path::new(folder), seed.parse().unwrap());
    let mut plans = Vec::new();
    for file in instance::files().into_iter().flatten() {
        if let Some(instance) = instance::load(&file) {
            answer(&instance, &file, &mut plans);
        }
    }
    for family in Family::ALL {
        for pools in SIZES {
            let file = write(&Network::new(family, pools, seed), (folder, seed));
            answer(&instance::load(&file).unwrap(), &file, &mut plans);
        }
    }
    fs::write(folder.join("plans.json"), Value::from(plans).to_string()).unwrap();
}

/// The router's plans for all tasks of an instance.
fn answer(instance: &Instance, file: &Path, plans: &mut Vec<Value>) {
    let router = Router::new(&instance.market);
    for task in &instance.tasks {
        let mut plan = match task.question.plan(&router, &instance.market) {
            Ok(plan) => json!({
                "steps": plan.route.steps.iter().map(|step| json!([
                    step.pool.get(),
                    step.token_in.get(),
                    step.amount_in.to_string(),
                    step.amount_out.to_string(),
                ])).collect::<Vec<_>>(),
                "claimed": plan.net().to_string(),
                "bound": plan.bound.to_string(),
                "certificate": plan.prices(),
            }),
            Err(error) => json!({
                "error": error.to_string(),
                "has_path": task.question.single_path(&router, &instance.market).is_some(),
            }),
        };
        plan["instance"] = file.to_str().unwrap().into();
        plan["task"] = task.id.clone().into();
        plan["arbitrage_free"] = instance.arbitrage_free.into();
        plans.push(plan);
    }
}

/// Writes a network and its tasks in the format of the instances.
fn write(network: &Network, (folder, seed): (&Path, u64)) -> PathBuf {
    let market = &network.market;
    let name = format!("{}-{}-seed{seed}", network.family.name(), market.pools().len());
    let pools = market.pools().iter().map(|pool| {
        let reserves = pool.reserves();
        let fee_pips = pool.fee(Direction::ZeroForOne).pips();
        let [reserve0, reserve1] = [reserves.reserve0, reserves.reserve1].map(text);
        json!([pool.token0().get(), pool.token1().get(), reserve0, reserve1, fee_pips])
    });
    let tasks = network.tasks(PAIRS).into_iter().enumerate().map(|(at, task)| {
        let (kind, fixed) = match task.exact {
            Exact::In => ("exact_in", "amount_in"),
            Exact::Out => ("exact_out", "amount_out"),
        };
        json!({
            "id": format!("{kind}_{at}"),
            "type": kind,
            "token_in": task.token_in.get(),
            "token_out": task.token_out.get(),
            fixed: text(task.amount),
        })
    });
    let file = json!({
        "name": name,
        "n_tokens": market.token_count(),
        "arbitrage_free_certified": network.family.is_arbitrage_free(),
        "pools": pools.collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
    });
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, file.to_string()).unwrap();
    path
}

fn text(amount: Amount) -> String {
    amount.to_string()
}
