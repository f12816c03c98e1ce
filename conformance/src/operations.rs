//! The operations that are compared, each with its random cases.

mod liquidity;
mod pair;
mod path;
mod sequence;

use crate::engine::Engine;
use crate::seat::{Case, Plan, Seat};
use crate::tally::Tally;
use cenote_conformance_contracts::Contracts;

/// One operation, and what its cases must come to.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// How many calls a case makes, where it is a sequence.
    pub calls: u64,
    one: fn(&mut Seat, &mut Case),
    /// What must be seen in a thousand cases, and how often.
    due: &'static [(&'static str, u64)],
}

/// All of them.
pub const OPERATIONS: [Operation; 12] = [
    Operation { due: &[("event: follows", 300)], ..single("swap_exact_in", pair::swap_exact_in) },
    single("swap_exact_out", pair::swap_exact_out),
    Operation {
        due: &[("same token back", 10), ("both in, both out", 50), ("event: does not follow", 5)],
        ..single("swap_two_legs", pair::swap_two_legs)
    },
    Operation {
        due: &[("protocol fee taken", 30), ("time wrapped", 10)],
        ..single("mint", pair::mint)
    },
    Operation { due: &[("protocol fee taken", 30), ("one leg", 10)], ..single("burn", pair::burn) },
    single("skim", pair::skim),
    Operation { due: &[("one balance", 10), ("time wrapped", 20)], ..single("sync", pair::sync) },
    Operation {
        due: &[("pairs: 1", 50), ("pairs: 2", 50), ("pairs: 3", 50)],
        ..single("router_exact_in", path::exact_in)
    },
    Operation {
        due: &[("pairs: 1", 50), ("pairs: 2", 50), ("pairs: 3", 50), ("one more", 1)],
        ..single("router_exact_out", path::exact_out)
    },
    single("router_quote", path::quote),
    single("router_liquidity", liquidity::add_and_remove),
    Operation {
        due: &[("protocol fee taken", 300), ("time wrapped", 300), ("event: follows", 2_000)],
        calls: sequence::STEPS,
        ..single("sequence", sequence::sequence)
    },
];

const fn single(name: &'static str, one: fn(&mut Seat, &mut Case)) -> Operation {
    Operation { name, calls: 1, one, due: &[] }
}

impl Operation {
    /// The operation of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// Compares an engine with the contracts, and stops at the first difference that is not meant.
    pub fn compare(&self, contracts: &Contracts, engine: Engine, plan: Plan) -> Tally {
        let mut seat = Seat { engine, ..Seat::new(contracts) };
        seat.run(self.name, plan, self.one);
        self.check(&seat.tally);
        seat.tally
    }

    /// Runs some cases at a seat, which may keep the answers.
    pub fn run(&self, seat: &mut Seat, plan: Plan) {
        seat.run(self.name, plan, self.one);
    }

    /// Stops where the cases were too few of a kind; a thousand cases are enough to tell.
    fn check(&self, tally: &Tally) {
        if tally.cases() < 1_000 {
            return;
        }
        tally.check_balance();
        for (what, of_thousand) in self.due {
            let least = of_thousand * (tally.cases() / 1_000);
            assert!(least <= tally.of(what), "{}: {what} too seldom\n{tally}", self.name);
        }
    }
}
