//! The router's plans and bounds on small markets, beside every plan there is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use cenote_pool::{Amount, Exact, Market, TokenId};
use cenote_router::{Plan, Router, RoutingError};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::enumeration::Enumeration;
use crate::ledger::{self, Ledger};
use crate::question::Question;
use crate::random::{Spec, large_markets, market, markets, play, trades};

const ENDS: (TokenId, TokenId) = (TokenId::FIRST, TokenId::SECOND);

/// A market as it is drawn: how many tokens, and pools.
type Made = (u32, Vec<Spec>);

/// How far a plan is from the best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shortfall {
    Units(u128),
    /// The router has none, and there is one.
    NoPlan,
    /// There are too many plans to try.
    TooLarge,
}

/// What was seen of many markets.
#[derive(Debug, Default)]
struct Survey {
    shortfalls: BTreeMap<Shortfall, usize>,
    /// Plans that are worse than the best single path.
    worse_than_path: Vec<String>,
}

impl Survey {
    fn show(&self, what: &str) {
        let within = |from, to| {
            let range = Shortfall::Units(from)..Shortfall::Units(to);
            self.shortfalls.range(range).map(|(_, count)| count).sum::<usize>()
        };
        let [none, large] = [Shortfall::NoPlan, Shortfall::TooLarge]
            .map(|kind| self.shortfalls.get(&kind).copied().unwrap_or_default());
        let _shown = writeln!(
            io::stderr(),
            "{what}: {} plans are the best of all, {} a unit short of it, {} two to nine, {} more; \
             {none} are missing; {large} markets were too large to try all",
            within(0, 1),
            within(1, 2),
            within(2, 10),
            within(10, u128::MAX),
        );
    }

    /// No plan is worse than the best single path; the smallest markets of those that are.
    fn assert(mut self) {
        self.worse_than_path.sort_by_key(String::len);
        let count = self.worse_than_path.len();
        self.worse_than_path.truncate(5);
        assert_eq!(count, 0, "worse than a path:\n{}", self.worse_than_path.join("\n"));
    }
}

fn question(exact: Exact, amount: u128, gas: u128) -> Question {
    let ((token_in, token_out), amount) = (ENDS, amount.try_into().unwrap());
    Question { exact, token_in, token_out, amount, gas_per_pool: gas.try_into().unwrap() }
}

fn ask(market: &Market, question: &Question) -> Result<Plan, RoutingError> {
    question.plan(&Router::new(market), market)
}

/// What a plan nets, which is no better than its bound.
fn net(market: &Market, question: &Question, plan: &Plan) -> u128 {
    let net = ledger::net(market, question, &plan.route);
    let net = net.unwrap_or_else(|error| panic!("{error}: {question:?} {plan:?}"));
    let (net, bound) = (u128::try_from(net).unwrap(), plan.bound.get());
    let within = match question.exact {
        Exact::In => net <= bound,
        Exact::Out => bound <= net,
    };
    assert!(within, "{net} beats the bound: {question:?} {plan:?}");
    net
}

/// The plan and what it nets; notes it down where a single path is better.
fn plan(survey: &mut Survey, made: &Made, question: &Question) -> Option<(Plan, u128)> {
    let market = market(made.0, &made.1);
    let answer = ask(&market, question);
    let found = answer.as_ref().ok().map(|plan| (plan.clone(), net(&market, question, plan)));
    let single = question.single_path(&Router::new(&market), &market);
    let is_worse = single.is_some_and(|single| match (question.exact, &found) {
        (_, None) => true,
        (Exact::In, Some((_, net))) => *net < single,
        (Exact::Out, Some((_, net))) => single < *net,
    });
    if is_worse {
        let got = answer.map(|_| found.as_ref().unwrap().1);
        let note = format!("{got:?}, the path {single:?}: {question:?} {made:?}");
        survey.worse_than_path.push(note);
    }
    found
}

/// How far the plan for an exact input is from the best of all that use each pool so often.
fn shortfall_in(
    survey: &mut Survey,
    made: &Made,
    amount: u128,
    (uses, gas): (u8, u128),
) -> Shortfall {
    let question = question(Exact::In, amount, gas);
    let plan = plan(survey, made, &question);
    let market = market(made.0, &made.1);
    let mut enumeration = Enumeration::new(&market, ENDS.1, uses, gas);
    let Some(most) = enumeration.most(ENDS.0, amount) else { return Shortfall::TooLarge };
    // What is more than an amount is no output of a route.
    let most = most.min(Amount::MAX.get());
    match plan {
        None if most > 0 => Shortfall::NoPlan,
        None => Shortfall::Units(0),
        Some((plan, net)) => {
            assert!(most <= plan.bound.get(), "{most} beats {plan:?}: {question:?} {made:?}");
            Shortfall::Units(most.saturating_sub(net))
        }
    }
}

/// The same for an exact output: the least input from which all plans buy it.
fn shortfall_out(survey: &mut Survey, made: &Made, amount: u128) -> Shortfall {
    let question = question(Exact::Out, amount, 0);
    let plan = plan(survey, made, &question);
    let market = market(made.0, &made.1);
    let mut enumeration = Enumeration::new(&market, ENDS.1, 1, 0);
    for paid in 1..=24 {
        let Some(most) = enumeration.most(ENDS.0, paid) else { return Shortfall::TooLarge };
        if most < amount {
            continue;
        }
        let Some((plan, net)) = plan else { return Shortfall::NoPlan };
        assert!(plan.bound.get() <= paid, "{paid} beats {plan:?}: {question:?} {made:?}");
        return Shortfall::Units(net.saturating_sub(paid));
    }
    Shortfall::TooLarge
}

/// Runs random cases and shows how far plans were from the best.
fn survey<S: Strategy>(
    what: &str,
    cases: u32,
    strategy: &S,
    shortfall: impl Fn(&mut Survey, S::Value) -> Shortfall,
) {
    let seen = RefCell::new(Survey::default());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let run = TestRunner::new_with_rng(config, rng()).run(strategy, |case| {
        let mut survey = seen.borrow_mut();
        let shortfall = shortfall(&mut survey, case);
        *survey.shortfalls.entry(shortfall).or_default() += 1;
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    let survey = seen.into_inner();
    survey.show(what);
    survey.assert();
}

/// The same cases each time, so that the figures can be compared.
fn rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// What random markets found: pools of one pair whose prices are up to 10^30 apart made prices
/// overflow; a pool drained in one step was to give something in the next.
#[test]
fn what_was_answered_wrongly() {
    const MAX: u128 = Amount::MAX.get();
    let far = [
        (0, 1, (185_471, 5_457_335_121_994_335_960_170_496), 0),
        (0, 1, (465_885_396_967_144_319_614_976, 178_797_072), 30),
        (0, 1, (2_909_499_367_220_646_772_800, 278_251_552_298_963_331_710_976), 0),
    ];
    let farther = [
        (1, 0, (7, 2), 0),
        (0, 1, (5_070_602_400_912_917_605_986_812_821_503, 13), 3000),
        (0, 1, (21, 324_518_553_658_426_726_783_156_020_576_247), 3000),
    ];
    let drained = [
        (0, 1, (324_518_553_658_426_726_783_156_020_576_255, MAX), 3000),
        (0, 1, (1, 1), 0),
        (0, 1, (11, MAX), 3000),
    ];
    let cases: [(&[Spec], u128); 3] =
        [(&drained, 18_547_707_010_966_473_462_333_308_928), (&farther, 7), (&far, 1)];
    for (pools, amount) in cases {
        let mut survey = Survey::default();
        let found = plan(&mut survey, &(2, pools.to_vec()), &question(Exact::In, amount, 0));
        survey.assert();
        assert!(found.is_some());
    }
}

#[test]
fn no_plan_that_uses_each_pool_once_beats_the_bound() {
    let strategy = (markets(5), 1..=20_u128);
    survey("exact input", 500, &strategy, |survey, (made, amount)| {
        shortfall_in(survey, &made, amount, (1, 0))
    });
}

#[test]
fn no_plan_beats_the_bound_where_pools_cost_something() {
    let strategy = (markets(4), 1..=20_u128, 1..=4_u128);
    survey("exact input, with a charge", 400, &strategy, |survey, (made, amount, gas)| {
        shortfall_in(survey, &made, amount, (1, gas))
    });
}

#[test]
fn no_plan_that_uses_pools_twice_beats_the_bound() {
    let strategy = (markets(3), 1..=8_u128);
    survey("exact input, each pool twice", 300, &strategy, |survey, (made, amount)| {
        shortfall_in(survey, &made, amount, (2, 0))
    });
}

#[test]
fn no_plan_buys_an_exact_output_for_less_than_the_bound() {
    let strategy = (markets(4), 1..=16_u128);
    survey("exact output", 300, &strategy, |survey, (made, amount)| {
        shortfall_out(survey, &made, amount)
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_random_plan_beats_the_bound(
        made in prop_oneof![markets(5), large_markets()],
        (bits, shift) in (any::<u128>(), 16..128_u32),
        trades in trades(),
    ) {
        let market = market(made.0, &made.1);
        let amount = (bits >> shift).max(1);
        let asked = question(Exact::In, amount, 0);
        let (bought, _) = play(Ledger::new(&market, ENDS.0, amount), &market, &trades, ENDS.1);
        if let Ok(plan) = ask(&market, &asked) {
            net(&market, &asked, &plan);
            let bought = bought.min(Amount::MAX.get());
            prop_assert!(bought <= plan.bound.get(), "{bought} {plan:?}");
        }
        let Ok(wanted) = Amount::new(bought) else { return Ok(()) };
        if wanted.is_zero() {
            return Ok(());
        }
        let asked = question(Exact::Out, wanted.get(), 0);
        if let Ok(plan) = ask(&market, &asked) {
            net(&market, &asked, &plan);
            prop_assert!(plan.bound.get() <= amount, "{amount} {plan:?}");
        }
    }
}
