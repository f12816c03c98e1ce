//! The rows of the tables: what is measured, and how fast it has to be.

use cenote_kernel::Isa;
use cenote_pool::Exact;

use crate::INPUTS;
use crate::measure::{Clock, Variant};
use crate::naive;
use crate::ours::{self, Ours};
use crate::workloads::{Paths, Popularity, Quote, Swaps, Turns, Wallets, Workload};

/// How fast a row has to be; what is `None` is not asked.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// How many times as fast as the naive program it must be, and is meant to be.
    pub naive: Option<[f64; 2]>,
    /// How many times as fast as the fastest exact peer it must be.
    pub peer: Option<f64>,
    /// Millions of items a second.
    pub rate: Option<f64>,
}

impl Goal {
    /// None at all.
    pub const NONE: Self = Self { naive: None, peer: None, rate: None };

    const fn new(must: f64, aim: f64, peer: f64) -> Self {
        Self { naive: Some([must, aim]), peer: Some(peer), rate: None }
    }

    const fn rate(millions: f64) -> Self {
        Self { rate: Some(millions), ..Self::NONE }
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What kind of work it is, and which: `quote`, `mixed decimals`.
    pub name: [&'static str; 2],
    /// What it is measured by.
    pub clock: Clock,
    /// How fast it has to be.
    pub goal: Goal,
    workload: fn() -> Workload,
    ours: fn(&Workload) -> Ours,
}

impl Row {
    /// Its work.
    pub fn workload(&self) -> Workload {
        (self.workload)()
    }

    /// All ways that this package knows to do it: ours, then the naive ones.
    ///
    /// # Errors
    ///
    /// Why this machine cannot do it.
    pub fn variants(&self, workload: &Workload) -> Result<Vec<Variant>, String> {
        let mut variants = (self.ours)(workload)?;
        variants.extend(naive::variants(workload));
        Ok(variants)
    }
}

/// Swaps of a batch.
pub const SWAPS: usize = 10_000_000;
/// Paths of a batch of orders of several hops.
const ORDERS: usize = 1 << 20;
/// Swaps from wallets.
const TRADES: usize = 1 << 20;

const E18: [u128; 2] = [3 * 10_u128.pow(22), 8 * 10_u128.pow(25)];
const E6: [u128; 2] = [4 * 10_u128.pow(13), 2 * 10_u128.pow(22)];

fn mixed() -> Workload {
    Workload::ExactIn(Quote::mixed(INPUTS, Exact::In))
}

fn long() -> Workload {
    Workload::ExactIn(Quote::long(INPUTS))
}

fn chain(reserves: [u128; 2], turns: Turns) -> Workload {
    Workload::Swaps(Swaps::chain(reserves, turns, INPUTS))
}

fn paths(pools: usize) -> Workload {
    Workload::Paths(Paths::new(pools, [3, 3], INPUTS))
}

fn traffic(popularity: Popularity) -> Workload {
    Workload::Swaps(Swaps::traffic(10_000, SWAPS, popularity))
}

fn orders() -> Workload {
    Workload::Orders(Paths::new(10_000, [1, 4], ORDERS))
}

const fn row(
    name: [&'static str; 2],
    goal: Goal,
    workload: fn() -> Workload,
    ours: fn(&Workload) -> Ours,
) -> Row {
    Row { name, clock: Clock::Thread, goal, workload, ours }
}

const fn wall(row: Row) -> Row {
    Row { clock: Clock::Wall, ..row }
}

const CHAIN: Goal = Goal::new(8.0, 14.0, 3.0);
const PATHS: Goal = Goal::new(20.0, 30.0, 8.0);

/// All rows, in the order of the table.
pub const ROWS: [Row; 22] = [
    row(["quote", "mixed decimals"], Goal::new(7.0, 10.0, 3.0), mixed, ours::one_at_a_time),
    row(
        ["quote", "18/18 decimals"],
        Goal::NONE,
        || Workload::ExactIn(Quote::eighteen(INPUTS)),
        ours::one_at_a_time,
    ),
    row(["quote", "all near 2^112"], Goal::NONE, long, ours::one_at_a_time),
    row(
        ["quote", "exact output"],
        Goal::new(5.0, 9.0, 2.0),
        || Workload::ExactOut(Quote::mixed(INPUTS, Exact::Out)),
        ours::one_at_a_time,
    ),
    row(["batch quote", "AVX-512, in cache"], Goal::new(30.0, 45.0, 12.0), mixed, |work| {
        ours::batch_in_cache(work, "AVX-512")
    }),
    row(["batch quote", "AVX2, in cache"], Goal::new(20.0, 27.0, 8.0), mixed, |work| {
        ours::batch_in_cache(work, "AVX2")
    }),
    row(["batch quote", "AVX-512, all near 2^112"], Goal::new(10.0, 18.0, 5.0), long, |work| {
        ours::batch_in_cache(work, "AVX-512")
    }),
    row(["batch quote", "AVX2, all near 2^112"], Goal::new(5.0, 8.0, 2.0), long, |work| {
        ours::batch_in_cache(work, "AVX2")
    }),
    row(
        ["batch quote", "18/18 decimals, in cache"],
        Goal::NONE,
        || Workload::ExactIn(Quote::eighteen(INPUTS)),
        |work| ours::batch_in_cache(work, Isa::best().name()),
    ),
    row(
        ["batch quote", "a fee for each pool, in cache"],
        Goal::NONE,
        || Workload::ExactIn(Quote::many_fees(INPUTS)),
        |work| ours::batch_in_cache(work, Isa::best().name()),
    ),
    row(
        ["batch quote", "10^6 from memory"],
        Goal::NONE,
        || Workload::ExactIn(Quote::mixed(1_000_000, Exact::In)),
        ours::batch_from_memory,
    ),
    row(["swap chain", "18/18, same way"], CHAIN, || chain(E18, Turns::Same), ours::chain),
    row(
        ["swap chain", "18/18, there and back"],
        CHAIN,
        || chain(E18, Turns::Alternating),
        ours::chain,
    ),
    row(["swap chain", "18/18, either way"], CHAIN, || chain(E18, Turns::Random), ours::chain),
    row(["swap chain", "6/18, same way"], CHAIN, || chain(E6, Turns::Same), ours::chain),
    row(["swap chain", "6/18, either way"], CHAIN, || chain(E6, Turns::Random), ours::chain),
    row(["path", "3 hops, 10^3 pools"], PATHS, || paths(1_000), ours::paths),
    row(["path", "3 hops, 10^4 pools"], PATHS, || paths(10_000), ours::paths),
    row(
        ["batch swap", "10^4 pools, 1 thread"],
        Goal::new(10.0, 15.0, 4.0),
        || traffic(Popularity::Even),
        |work| ours::traffic(work, 1),
    ),
    wall(row(
        ["batch swap", "10^4 pools, 2 threads"],
        Goal { rate: Some(100.0), ..Goal::new(16.0, 22.0, 6.0) },
        || traffic(Popularity::Even),
        |work| ours::traffic(work, 2),
    )),
    row(
        ["batch swap", "10^4 pools, popular, 1 thread"],
        Goal::NONE,
        || traffic(Popularity::Uneven),
        |work| ours::traffic(work, 1),
    ),
    wall(row(
        ["batch swap", "10^4 pools, popular, 2 threads"],
        Goal::NONE,
        || traffic(Popularity::Uneven),
        |work| ours::traffic(work, 2),
    )),
];

/// Rows that nobody else has.
pub const OWN: [Row; 4] = [
    row(["batch hop", "orders of 1 to 4, 1 thread"], Goal::rate(15.0), orders, |work| {
        ours::orders(work, 1)
    }),
    wall(row(
        ["batch hop", "orders of 1 to 4, 2 threads"],
        Goal { naive: Some([1.0, 1.0]), ..Goal::rate(30.0) },
        orders,
        |work| ours::orders(work, 2),
    )),
    row(
        ["exchange", "wallets in cache"],
        Goal::rate(40.0),
        || Workload::Wallets(Wallets::new(1_000, 1_000, TRADES)),
        ours::wallets,
    ),
    row(
        ["exchange", "4 million cells"],
        Goal::rate(8.0),
        || Workload::Wallets(Wallets::new(1_000, 2_000_000, TRADES)),
        ours::wallets,
    ),
];
