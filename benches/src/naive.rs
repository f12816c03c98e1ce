//! What a naive program does: the textbook formulas with the operators of `primitive_types::U256`.
//!
//! All numbers are wide before the clock starts, and no function is inlined into the loop that measures
//! it, so that none is specialised on numbers that a compiler happens to know. There are two: in the
//! first the parts of the fee are wide as well, as they are in a port of Solidity, and the goals are set
//! against it. In the second they are `u32`, which multiplies faster.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "this is the naive program; its operators stop where they overflow"
)]

use std::hint::black_box;
use std::rc::Rc;

use cenote_pool::{Direction, Hop, Pool};
use primitive_types::U256;

use crate::measure::{Numbers, Variant, Who, Whose};
use crate::workloads::{self, Paths, Quote, Swaps, Workload, by_direction};

/// Reserves by the first and the second token.
pub type Reserves = [U256; 2];

/// A number that a wide one is multiplied by.
pub trait Factor: Copy + From<u32> + 'static {
    /// The product.
    fn times(self, wide: &U256) -> U256;
}

impl Factor for U256 {
    #[inline]
    fn times(self, wide: &U256) -> U256 {
        *wide * self
    }
}

impl Factor for u32 {
    #[inline]
    fn times(self, wide: &U256) -> U256 {
        *wide * self
    }
}

/// A way to ask for a quote.
type Ask<F> = fn(&Reserves, &U256, &Fee<F>) -> U256;

/// The parts of a fee: what is kept, of how much, and what is not.
#[derive(Debug, Clone, Copy)]
pub struct Fee<F> {
    kept: F,
    scale: F,
    taken: F,
}

impl<F: From<u32>> From<workloads::Fee> for Fee<F> {
    fn from([kept, scale]: workloads::Fee) -> Self {
        Self { kept: kept.into(), scale: scale.into(), taken: (scale - kept).into() }
    }
}

/// The textbook quote: `amount * kept * reserve_out / (reserve_in * scale + amount * kept)`.
#[inline(never)]
pub fn exact_in<F: Factor>(
    [reserve_in, reserve_out]: &Reserves,
    amount: &U256,
    fee: &Fee<F>,
) -> U256 {
    let traded = fee.kept.times(amount);
    traded * *reserve_out / (fee.scale.times(reserve_in) + traded)
}

/// The router's price of an output: `reserve_in * out * scale / ((reserve_out - out) * kept) + 1`.
#[inline(never)]
pub fn exact_out<F: Factor>(
    [reserve_in, reserve_out]: &Reserves,
    out: &U256,
    fee: &Fee<F>,
) -> U256 {
    fee.scale.times(&(*reserve_in * *out)) / fee.kept.times(&(*reserve_out - *out)) + 1
}

/// The textbook swap, with a pair's checks: something goes out, the reserve that grows stays within 112
/// bits, and k does not shrink. A swap that is refused gives zero and changes nothing.
#[inline(never)]
pub fn swap<F: Factor>(
    reserves: &mut Reserves,
    direction: Direction,
    amount: &U256,
    fee: &Fee<F>,
) -> U256 {
    let [reserve_in, reserve_out] = by_direction(direction, *reserves);
    let traded = fee.kept.times(amount);
    let amount_out = traded * reserve_out / (fee.scale.times(&reserve_in) + traded);
    let after_in = reserve_in + *amount;
    if amount_out.is_zero() || after_in.bits() > 112 {
        return U256::zero();
    }
    let after_out = reserve_out - amount_out;
    let adjusted = fee.scale.times(&after_in) - fee.taken.times(amount);
    if adjusted * after_out < fee.scale.times(&(reserve_in * reserve_out)) {
        return U256::zero();
    }
    *reserves = by_direction(direction, [after_in, after_out]);
    amount_out
}

/// What a path buys: one quote after the other.
#[inline(never)]
pub fn path<F: Factor>(
    pools: &[Reserves],
    hops: &[workloads::Hop],
    amount: &U256,
    fee: &Fee<F>,
) -> U256 {
    let mut amount = *amount;
    for hop in hops {
        let Some(reserves) = pools.get(hop.pool) else { return U256::zero() };
        amount = exact_in(&by_direction(hop.direction, *reserves), &amount, fee);
    }
    amount
}

/// The naive ways to do this work; none for work that has no textbook.
pub fn variants(workload: &Workload) -> Vec<Variant> {
    variant(workload, "naive", Fee::<U256>::from)
        .into_iter()
        .chain(variant(workload, "naive, small factors", Fee::<u32>::from))
        .collect()
}

fn variant<F: Factor>(
    workload: &Workload,
    name: &'static str,
    fee: fn(workloads::Fee) -> Fee<F>,
) -> Option<Variant> {
    let who = (Whose::Baseline, name);
    match workload {
        Workload::ExactIn(quotes) => Some(quotes_variant(who, quotes, fee, exact_in)),
        Workload::ExactOut(quotes) => Some(quotes_variant(who, quotes, fee, exact_out)),
        Workload::Swaps(work) => Some(swaps_variant(who, work, fee)),
        Workload::Paths(work) => Some(paths_variant(who, work, fee)),
        Workload::Orders(_) | Workload::Wallets(_) => None,
    }
}

fn quotes_variant<F: Factor>(
    who: Who,
    quotes: &[Quote],
    fee: fn(workloads::Fee) -> Fee<F>,
    answer: Ask<F>,
) -> Variant {
    // Each fee once, so that it lies in the nearest cache as a constant would.
    let mut fees = quotes.iter().map(|quote| quote.fee).collect::<Vec<_>>();
    fees.sort_unstable();
    fees.dedup();
    let place = |quote: &Quote| fees.binary_search(&quote.fee).unwrap_or_default();
    let convert = |quote: &Quote| {
        let reserves = [quote.reserve_in.into(), quote.reserve_out.into()];
        (reserves, U256::from(quote.amount), place(quote))
    };
    let table = black_box(fees.iter().map(|parts| fee(*parts)).collect::<Rc<[_]>>());
    Variant::each(who, quotes.iter().map(convert).collect(), (table, answer), ask, narrow)
}

#[inline]
fn ask<F>(
    (fees, answer): &(Rc<[Fee<F>]>, Ask<F>),
    (reserves, amount, place): &(Reserves, U256, usize),
) -> U256 {
    fees.get(*place).map_or_else(U256::zero, |fee| answer(reserves, amount, fee))
}

fn swaps_variant<F: Factor>(
    who: Who,
    work: &Rc<Swaps>,
    fee: fn(workloads::Fee) -> Fee<F>,
) -> Variant {
    let fee = black_box(fee(work.fee()));
    let one = move |pool: &mut Reserves, direction: Direction, amount: &U256| {
        swap(pool, direction, amount, &fee)
    };
    let numbers = Numbers { pool, amount: U256::from, narrow };
    Variant::swaps(who, work, &numbers, one)
}

fn paths_variant<F: Factor>(
    who: Who,
    work: &Rc<Paths>,
    fee: fn(workloads::Fee) -> Fee<F>,
) -> Variant {
    let fee = black_box(fee(workloads::UNISWAP_V2));
    let numbers = Numbers { pool, amount: U256::from, narrow };
    let quote = move |pools: &[_], hops: &[_], amount: &_| path(pools, hops, amount, &fee);
    Variant::paths(who, work, &numbers, quote)
}

fn pool(plain: &workloads::Pool) -> Reserves {
    plain.reserves.map(U256::from)
}

/// An answer's lower half, which is all of it.
pub fn narrow(answer: &U256) -> u128 {
    answer.low_u128()
}

/// A pool as a naive program would keep it, with its fee in small numbers.
#[derive(Debug, Clone, Copy)]
pub struct NaivePool {
    reserves: Reserves,
    fee: Fee<u32>,
}

impl From<&Pool> for NaivePool {
    fn from(pool: &Pool) -> Self {
        let reserves = pool.reserves();
        let fee = pool.fee(Direction::ZeroForOne);
        Self {
            reserves: [reserves.reserve0.into(), reserves.reserve1.into()],
            fee: [fee.kept(), fee.scale()].into(),
        }
    }
}

impl NaivePool {
    /// The textbook quote.
    #[inline]
    pub fn quote(&self, direction: Direction, amount_in: &U256) -> U256 {
        let reserves = by_direction(direction, self.reserves);
        exact_in(&reserves, amount_in, &self.fee)
    }

    /// The textbook swap, with the k check of a pair.
    #[inline]
    pub fn swap(&mut self, hop: Hop, amount_in: &U256) -> U256 {
        swap(&mut self.reserves, hop.direction, amount_in, &self.fee)
    }
}
