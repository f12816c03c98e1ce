//! Engines that are wrong on purpose, each in one thing: the comparison must notice.

#![expect(
    clippy::unwrap_used,
    reason = "a test, which stops at the first thing it does not expect"
)]

use std::panic;

use cenote_conformance::{Contracts, Engine, Operation, Plan};

/// The words of the first difference that is found; `None` where all cases pass.
fn noticed(contracts: &Contracts, engine: Engine, name: &str) -> Option<String> {
    let operation = Operation::named(name).unwrap();
    let plan = Plan { cases: 2_000, seed: 3, first: 0 };
    let compared = panic::catch_unwind(|| operation.compare(contracts, engine, plan));
    compared.err().map(|words| {
        let text = words.downcast_ref::<String>().cloned();
        text.unwrap_or_else(|| "no words".to_owned())
    })
}

#[test]
fn every_fault_is_noticed_where_it_shows() {
    let Some(contracts) = Contracts::load() else { return };
    let faults = [
        ("quotes one unit more", Engine::GENEROUS, "swap_exact_in"),
        ("takes 0.2999 %", Engine::cheap(), "swap_exact_in"),
        ("takes 0.2999 %", Engine::cheap(), "swap_exact_out"),
        ("takes 0.2999 %", Engine::cheap(), "swap_two_legs"),
        ("takes 0.2999 %", Engine::cheap(), "router_exact_in"),
        ("takes 0.2999 %", Engine::cheap(), "router_exact_out"),
        ("forgets k_last", Engine::FORGETFUL, "mint"),
        ("forgets k_last", Engine::FORGETFUL, "burn"),
        ("forgets k_last", Engine::FORGETFUL, "sequence"),
        ("takes no protocol fee", Engine::FREE, "mint"),
        ("takes no protocol fee", Engine::FREE, "burn"),
        ("its clock does not wrap", Engine::TIMELESS, "sync"),
        ("its clock does not wrap", Engine::TIMELESS, "sequence"),
        ("gives another reason", Engine::CONFUSED, "swap_exact_out"),
        ("keeps what it skimmed", Engine::GREEDY, "skim"),
    ];
    // The differences that are found are no failures.
    panic::set_hook(Box::new(|_| {}));
    let found = faults.map(|(_, engine, name)| noticed(&contracts, engine, name));
    let right = noticed(&contracts, Engine::CENOTE, "sequence");
    let _ours = panic::take_hook();
    assert_eq!(right, None, "and nothing where nothing is wrong");
    for ((fault, _, name), words) in faults.iter().zip(found) {
        let words = words.unwrap_or_default();
        // Not because it saw too few of something.
        assert!(!words.is_empty() && !words.contains("too "), "{fault} in {name}: {words}");
    }
}
