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

/// How far a plan is from the best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shortfall {
    Units(u128),
    /// The router has none, and there is one.
    NoPlan,
    /// There are too many plans to try.
    TooLarge,
}

/// How many of a number of markets had each.
#[derive(Debug, Default)]
struct Shortfalls(BTreeMap<Shortfall, usize>);

impl Shortfalls {
    fn show(&self, what: &str) {
        let within = |from, to| {
            let range = Shortfall::Units(from)..Shortfall::Units(to);
            self.0.range(range).map(|(_, count)| count).sum::<usize>()
        };
        let [none, large] = [Shortfall::NoPlan, Shortfall::TooLarge]
            .map(|kind| self.0.get(&kind).copied().unwrap_or_default());
        let _shown = writeln!(
            io::stderr(),
            "{what}: {} plans are the best of all, {} a unit short of it, {} two to nine, {} more; \
             {none} are missing; {large} markets were too large",
            within(0, 1),
            within(1, 2),
            within(2, 10),
            within(10, u128::MAX),
        );
    }
}

fn question(exact: Exact, amount: u128, gas: u128) -> Question {
    let ((token_in, token_out), amount) = (ENDS, amount.try_into().unwrap());
    Question { exact, token_in, token_out, amount, gas_per_pool: gas.try_into().unwrap() }
}

fn ask(market: &Market, question: &Question) -> Result<Plan, RoutingError> {
    question.plan(&Router::new(market), market)
}

/// What the plan nets, if there is one; it is at least the best single path, and no better than
/// its bound.
fn net(market: &Market, question: &Question, plan: Option<&Plan>) -> Option<u128> {
    let single = question.single_path(&Router::new(market), market);
    let Some(plan) = plan else {
        assert_eq!(single, None, "no plan, and a single path: {question:?} {market:?}");
        return None;
    };
    let net = ledger::net(market, question, &plan.route);
    let net = net.unwrap_or_else(|error| panic!("{error}: {question:?} {plan:?} {market:?}"));
    let (net, bound) = (u128::try_from(net).unwrap(), plan.bound.get());
    let (at_least_single, within) = match question.exact {
        Exact::In => (single.is_none_or(|single| single <= net), net <= bound),
        Exact::Out => (single.is_none_or(|single| net <= single), bound <= net),
    };
    assert!(at_least_single, "{net}, and a single path {single:?}: {question:?} {market:?}");
    assert!(within, "{net} beats the bound {bound}: {question:?} {market:?}");
    Some(net)
}

/// Judges the plan for an exact input beside all that use each pool so often; how far it is from
/// the best one.
fn shortfall_in(
    (tokens, pools): &(u32, Vec<Spec>),
    amount: u128,
    (uses, gas): (u8, u128),
) -> Shortfall {
    let market = market(*tokens, pools);
    let question = question(Exact::In, amount, gas);
    let plan = ask(&market, &question).ok();
    let net = net(&market, &question, plan.as_ref());
    let mut enumeration = Enumeration::new(&market, ENDS.1, uses, gas);
    let Some(most) = enumeration.most(ENDS.0, amount) else { return Shortfall::TooLarge };
    // What is more than an amount is no output of a route.
    let most = most.min(Amount::MAX.get());
    if let Some(plan) = &plan {
        assert!(most <= plan.bound.get(), "{most} beats {plan:?}: {question:?} {market:?}");
    }
    match net {
        None if most > 0 => Shortfall::NoPlan,
        _ => Shortfall::Units(most.saturating_sub(net.unwrap_or(0))),
    }
}

/// The same for an exact output: the least input from which all plans buy it.
fn shortfall_out((tokens, pools): &(u32, Vec<Spec>), amount: u128) -> Shortfall {
    let market = market(*tokens, pools);
    let question = question(Exact::Out, amount, 0);
    let plan = ask(&market, &question).ok();
    let net = net(&market, &question, plan.as_ref());
    let mut enumeration = Enumeration::new(&market, ENDS.1, 1, 0);
    for paid in 1..=24 {
        let Some(most) = enumeration.most(ENDS.0, paid) else { return Shortfall::TooLarge };
        if most < amount {
            continue;
        }
        if let Some(plan) = &plan {
            assert!(plan.bound.get() <= paid, "{paid} beats {plan:?}: {market:?}");
        }
        return net.map_or(Shortfall::NoPlan, |net| Shortfall::Units(net.saturating_sub(paid)));
    }
    Shortfall::TooLarge
}

/// Runs random cases and shows how far plans were from the best.
fn survey<S: Strategy>(
    what: &str,
    cases: u32,
    strategy: &S,
    shortfall: impl Fn(S::Value) -> Shortfall,
) {
    let seen = RefCell::new(Shortfalls::default());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let run = TestRunner::new_with_rng(config, rng()).run(strategy, |case| {
        let shortfall = shortfall(case);
        *seen.borrow_mut().0.entry(shortfall).or_default() += 1;
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    seen.into_inner().show(what);
}

/// The same cases each time, so that the figures can be compared.
fn rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

#[test]
fn no_plan_that_uses_each_pool_once_beats_the_bound() {
    let strategy = (markets(5), 1..=20_u128);
    survey("exact input", 1_500, &strategy, |(made, amount)| shortfall_in(&made, amount, (1, 0)));
}

#[test]
fn no_plan_that_uses_pools_twice_beats_the_bound() {
    let strategy = (markets(3), 1..=8_u128);
    survey("exact input, each pool twice", 600, &strategy, |(made, amount)| {
        shortfall_in(&made, amount, (2, 0))
    });
}

#[test]
fn no_plan_buys_an_exact_output_for_less_than_the_bound() {
    let strategy = (markets(4), 1..=16_u128);
    survey("exact output", 600, &strategy, |(made, amount)| shortfall_out(&made, amount));
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
            net(&market, &asked, Some(&plan));
            let bought = bought.min(Amount::MAX.get());
            prop_assert!(bought <= plan.bound.get(), "{bought} {plan:?}");
        }
        let Ok(wanted) = Amount::new(bought) else { return Ok(()) };
        if wanted.is_zero() {
            return Ok(());
        }
        let asked = question(Exact::Out, wanted.get(), 0);
        if let Ok(plan) = ask(&market, &asked) {
            net(&market, &asked, Some(&plan));
            prop_assert!(plan.bound.get() <= amount, "{amount} {plan:?}");
        }
    }
}
