//! The router's plans for every task of every file.

use std::io::{self, Write};

use cenote_pool::{Amount, Exact, Route};
use cenote_router::{Plan, Router};
use cenote_testing::networks::{self, Family, Network};
use num_bigint::BigUint;
use serde_json::Value;

use crate::bound::bound;
use crate::instance::{self, Instance, Task};
use crate::ledger;
use crate::question::Question;

/// How many times what rounding can cost a plan may be away from the bound.
const ALLOWANCES: f64 = 1.1;

/// How near to a bound prices in binary floats can tell, relatively.
const FLOATS: f64 = 1e-16;

#[test]
fn every_plan_can_be_executed_and_is_as_good_as_is_known() {
    let Some(files) = instance::files() else { return };
    let (mut judged, mut skipped, mut failures) = (0, 0, Vec::new());
    for file in files {
        let Some(instance) = instance::load(&file) else {
            skipped += 1;
            continue;
        };
        skipped += instance.skipped;
        let router = Router::new(&instance.market);
        for task in &instance.tasks {
            judged += 1;
            if let Err(reason) = judge(&instance, &router, task) {
                failures.push(format!("{} {}: {reason}", instance.name, task.id));
            }
        }
    }
    let _shown = writeln!(
        io::stderr(),
        "{judged} plans judged; {skipped} tasks of arbitrage and files of updates are not these"
    );
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// Networks made from so many seeds, and in a campaign `CENOTE_TIMES` as many.
const SEEDS: u64 = 6;

#[test]
fn plans_for_made_networks_are_as_good_as_rounding_lets_them_be() {
    let times = std::env::var("CENOTE_TIMES").map_or(1, |times| times.parse().unwrap());
    let mut failures = Vec::new();
    for family in Family::ALL {
        for (pools, seed) in (1..=SEEDS * times).flat_map(|seed| [(20, seed), (100, seed)]) {
            let instance = made(family, pools, seed);
            let router = Router::new(&instance.market);
            for task in &instance.tasks {
                let path = task.question.single_path(&router, &instance.market);
                let plan = task.question.plan(&router, &instance.market);
                // An amount may be dust to every path, or more than all of them have.
                if path.is_none() && plan.is_err() {
                    continue;
                }
                if let Err(reason) = judge(&instance, &router, task) {
                    failures.push(format!("{} {}: {reason}", instance.name, task.id));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// A network from a seed as an instance of which no answer is known.
fn made(family: Family, pools: usize, seed: u64) -> Instance {
    let network = Network::new(family, pools, seed);
    let tasks = network.tasks(2).into_iter().enumerate().map(|(at, task)| {
        let networks::Task { exact, token_in, token_out, amount } = task;
        let gas_per_pool = Amount::ZERO;
        Task {
            id: format!("tasks(2)[{at}]"),
            question: Question { exact, token_in, token_out, amount, gas_per_pool },
            bound: None,
            best_known: None,
            best_known_net: None,
            integer_optimum: None,
            expected: Value::Null,
        }
    });
    Instance {
        name: format!("Network::new(Family::{family:?}, {pools}, {seed})"),
        arbitrage_free: family.is_arbitrage_free(),
        tasks: tasks.collect(),
        skipped: 0,
        market: network.market,
    }
}

fn judge(instance: &Instance, router: &Router, task: &Task) -> Result<(), String> {
    let (market, question) = (&instance.market, &task.question);
    let plan = question.plan(router, market).map_err(|error| error.to_string())?;
    let net = ledger::net(market, question, &plan.route)?;
    let net = u128::try_from(net).map_err(|_| "more than 2^128 units")?;
    let proven = judge_certificate(instance, question, &plan, net)?;
    let gap = Gap { exact: question.exact, net };
    let known = task.bound.unwrap_or(proven);
    gap.not_beyond("the known bound", known)?;
    if let Some(single) = question.single_path(router, market) {
        // A plan this near to its bound is not compared with single paths.
        let near = single / 10_000_000;
        let least = match question.exact {
            Exact::In => single - near,
            Exact::Out => single + near,
        };
        gap.at_least("the best single path", least)?;
    }
    if let Some(optimum) = task.integer_optimum {
        gap.at_least("the optimum in whole numbers", optimum)?;
    }
    if let Some(known) = task.best_known.filter(|_| instance.name.starts_with("parallel")) {
        gap.at_least("what is known of parallel pools", known)?;
    }
    let gas = question.gas_per_pool.get();
    if let Some(known) = task.best_known_net {
        // Which pools to use is a choice of subsets: a pool or two more or less than was found.
        gap.at_least("the best net plan known, less three times the charge", known - 3 * gas)?;
    }
    if instance.arbitrage_free && gas == 0 {
        let allowed = ALLOWANCES * allowance(&plan.route, question, plan.prices());
        let units = known.abs_diff(net);
        if allowed.max(known as f64 * FLOATS) < units as f64 {
            return Err(format!("{units} units from the bound, rounding costs {allowed:.1}"));
        }
    }
    Ok(())
}

/// The certificate is what its prices prove, and the plan does not beat it. Gives what they prove.
fn judge_certificate(
    instance: &Instance,
    question: &Question,
    plan: &Plan,
    net: u128,
) -> Result<u128, String> {
    let proven = bound(&instance.market, question, plan.prices());
    let stated = plan.bound.get();
    Gap { exact: question.exact, net }.not_beyond("its own bound", stated)?;
    let units = stated.abs_diff(net);
    if plan.gap_units().get() != units {
        return Err(format!("a gap of {units} units, stated {}", plan.gap_units()));
    }
    let ppm = units as f64 / stated as f64 * 1e6;
    if 1e-6 * ppm.max(1e-6) < (plan.gap_ppm() - ppm).abs() {
        return Err(format!("a gap of {ppm} ppm, stated {}", plan.gap_ppm()));
    }
    let (stated, exact) = (BigUint::from(stated), question.exact);
    let unsound = match exact {
        Exact::In => stated < proven,
        Exact::Out => proven < stated,
    };
    // What floats may lose: 10^-9 of the bound, and a unit.
    let loose = BigUint::from(1_u32) + &proven / 1_000_000_000_u32;
    let off = if stated < proven { &proven - &stated } else { &stated - &proven };
    if unsound || loose < off {
        return Err(format!("the bound {stated}, and its prices prove {proven}"));
    }
    u128::try_from(proven).map_err(|_| "more than 2^128 units".to_owned())
}

/// What one unit lost at each step costs at these prices, and one more unit: what rounding can
/// cost a plan that is best in real numbers.
fn allowance(route: &Route, question: &Question, prices: &[f64]) -> f64 {
    let counted = match question.exact {
        Exact::In => question.token_out,
        Exact::Out => question.token_in,
    };
    let counted = prices[counted.index()];
    let lost = route.steps.iter().map(|step| prices[step.token_out.index()] / counted);
    1.0 + lost.sum::<f64>()
}

/// A net amount beside what is known of it.
#[derive(Clone, Copy)]
struct Gap {
    exact: Exact,
    net: u128,
}

impl Gap {
    fn at_least(self, what: &str, known: u128) -> Result<(), String> {
        let worse = match self.exact {
            Exact::In => self.net < known,
            Exact::Out => known < self.net,
        };
        if worse { Err(format!("{} is worse than {what}, {known}", self.net)) } else { Ok(()) }
    }

    fn not_beyond(self, what: &str, bound: u128) -> Result<(), String> {
        let beyond = match self.exact {
            Exact::In => bound < self.net,
            Exact::Out => self.net < bound,
        };
        if beyond { Err(format!("{} beats {what}, {bound}", self.net)) } else { Ok(()) }
    }
}
