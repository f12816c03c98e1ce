//! The judges agree with what the files know: their plans do what they say, and the prices that
//! they give prove their bounds.

use std::collections::BTreeSet;

use cenote_pool::{Exact, PoolId, Route, Step};
use num_bigint::BigUint;
use serde_json::Value;

use crate::bound::bound;
use crate::instance::{self, Instance, Task};
use crate::ledger;

/// Whether the numbers of a plan's steps came through: those of 2^64 and more are read as floats.
fn is_whole(steps: &Value) -> bool {
    let numbers = instance::list(steps).iter().map(instance::list);
    numbers.flatten().all(Value::is_u64)
}

/// The route of a plan, with the amounts that it is said to take and to give, the charge for pools
/// set aside.
fn route(instance: &Instance, task: &Task, [steps, result]: [&Value; 2]) -> Route {
    let market = &instance.market;
    let steps = instance::list(steps).iter().map(|step| {
        let pool = PoolId::from(u32::try_from(instance::units(&step[0])).unwrap());
        let token_in = instance::token(&step[1]);
        let traded = market.pool(pool).unwrap();
        let token_out = traded.tokens(traded.direction(token_in).unwrap()).1;
        let [amount_in, amount_out] = [&step[2], &step[3]].map(instance::amount);
        Step { pool, token_in, amount_in, token_out, amount_out }
    });
    let (steps, question) = (steps.collect::<Vec<_>>(), &task.question);
    let pools = steps.iter().map(|step| step.pool).collect::<BTreeSet<_>>().len();
    let gas = question.gas_per_pool.get() * u128::try_from(pools).unwrap();
    let result = instance::units(result);
    let (amount_in, amount_out) = match question.exact {
        Exact::In => (question.amount, (result + gas).try_into().unwrap()),
        Exact::Out => ((result - gas).try_into().unwrap(), question.amount),
    };
    let (token_in, token_out) = (question.token_in, question.token_out);
    Route { token_in, token_out, amount_in, amount_out, steps }
}

#[test]
fn the_plans_of_the_files_do_what_they_say() {
    let Some(files) = instance::files() else { return };
    let (mut replayed, mut refused) = (0, 0);
    for instance in files.iter().filter_map(|file| instance::load(file)) {
        for task in &instance.tasks {
            let expected = &task.expected;
            let [flash, free] = [("plan", "plan_out"), ("noflash_plan", "noflash_plan_out")]
                .map(|(steps, result)| [&expected[steps], &expected[result]]);
            let bought = [&expected["plan"], &expected["plan_cost"]];
            let plans = [flash, free, bought].into_iter().enumerate();
            let present = |plan: &[&Value; 2]| !plan.iter().any(|part| part.is_null());
            for (at, plan) in plans.filter(|(_, plan)| present(plan) && is_whole(plan[0])) {
                let needs_debt = at != 1 && expected["plan_needs_flash"] == true;
                let route = route(&instance, task, plan);
                let net = ledger::net(&instance.market, &task.question, &route);
                if needs_debt {
                    assert!(net.unwrap_err().contains("is held"), "{} {}", instance.name, task.id);
                    refused += 1;
                    continue;
                }
                let result = BigUint::from(instance::units(plan[1]));
                assert_eq!(net, Ok(result), "{} {}", instance.name, task.id);
                replayed += 1;
            }
        }
    }
    assert!(30 < replayed && 0 < refused, "{replayed} {refused}");
}

#[test]
fn the_prices_of_the_files_prove_their_bounds() {
    let Some(files) = instance::files() else { return };
    let mut proven = 0;
    for instance in files.iter().filter_map(|file| instance::load(file)) {
        for task in &instance.tasks {
            let Some(prices) = task.expected["cert"].as_array() else { continue };
            let prices = prices.iter().map(|price| price.as_f64().unwrap()).collect::<Vec<_>>();
            let bound = bound(&instance.market, &task.question, &prices);
            assert_eq!(Some(bound), task.bound.map(BigUint::from), "{} {}", instance.name, task.id);
            proven += 1;
        }
    }
    assert!(1 < proven);
}
