//! [`Seat`]: where an operation sits: the contracts, the engine, what it counts; [`Plan`]: which
//! cases.

use std::env;
use std::fmt::Debug;
use std::str::FromStr;
use std::thread;

use crate::draw::{Draw, Size};
use crate::engine::Engine;
use crate::tally::Tally;
use crate::vectors::Vectors;
use crate::venue::Venue;
use cenote_conformance_contracts::Contracts;

/// Which cases of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many.
    pub cases: u64,
    /// Of which seed.
    pub seed: u64,
    /// From which on.
    pub first: u64,
}

/// What the cases of an operation share.
#[expect(missing_debug_implementations, reason = "an EVM has none")]
pub struct Seat {
    /// The contracts.
    pub venue: Venue,
    /// What is compared with them.
    pub engine: Engine,
    /// What came of it.
    pub tally: Tally,
    /// What the contracts answered, where somebody wants to keep it.
    pub vectors: Option<Vectors>,
}

/// One case; where it fails it says how to repeat it.
#[derive(Debug)]
pub struct Case {
    /// Its random numbers.
    pub draw: Draw,
    /// Its size.
    pub size: Size,
    name: &'static str,
    seed: u64,
    index: u64,
}

impl Plan {
    /// So many cases, unless `CONFORMANCE_CASES`, `CONFORMANCE_SEED` and `CONFORMANCE_FIRST` say
    /// how many, of which seed and from which on.
    pub fn of(cases: u64) -> Self {
        Self {
            cases: setting("CONFORMANCE_CASES", cases),
            seed: setting("CONFORMANCE_SEED", 1),
            first: setting("CONFORMANCE_FIRST", 0),
        }
    }
}

fn setting<T: FromStr<Err: Debug>>(name: &str, otherwise: T) -> T {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

impl Seat {
    /// The contracts beside Cenote's engine, nothing counted yet.
    pub fn new(contracts: &Contracts) -> Self {
        let (venue, engine) = (Venue::new(contracts), Engine::CENOTE);
        Self { venue, engine, tally: Tally::default(), vectors: None }
    }

    /// Runs the cases of an operation.
    pub fn run(&mut self, name: &'static str, plan: Plan, one: fn(&mut Self, &mut Case)) {
        let Plan { cases, seed, first } = plan;
        let own = name.bytes().fold(seed, |hash, byte| hash.rotate_left(7) ^ u64::from(byte));
        for index in first..first + cases {
            let (draw, size) = (Draw::new(own, index), Size::of(index));
            one(self, &mut Case { draw, size, name, seed, index });
            self.tally.end_case();
        }
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if thread::panicking() {
            let Self { name, seed, index, .. } = self;
            eprintln!(
                "to repeat: CONFORMANCE_SEED={seed} CONFORMANCE_FIRST={index} \
                 CONFORMANCE_CASES=1 conformance/run campaign {name}"
            );
        }
    }
}
