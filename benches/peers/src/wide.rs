//! Formulas of a quote and a swap in the operators of a wide integer: `ruint`, `ethnum`.
//!
//! They are inlined, unlike those of the naive baseline.

use std::ops::{Add, Div, Mul, Sub};
use std::rc::Rc;

use benches::measure::{Numbers, Variant, Who, Whose};
use benches::workloads::{self, Quote, Workload, by_direction};
use cenote_pool::Direction;

/// A wide integer, and the library that it is of.
pub(crate) trait Wide:
    Copy
    + Ord
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + 'static
{
    const NAME: &'static str;
    fn of(number: u128) -> Self;
    fn low(&self) -> u128;
}

impl Wide for ruint::aliases::U256 {
    const NAME: &'static str = "ruint";

    #[inline]
    fn of(number: u128) -> Self {
        Self::from(number)
    }

    #[inline]
    fn low(&self) -> u128 {
        let [low, high, ..] = *self.as_limbs();
        u128::from(high) << 64 | u128::from(low)
    }
}

impl Wide for ethnum::U256 {
    const NAME: &'static str = "ethnum";

    #[inline]
    fn of(number: u128) -> Self {
        Self::new(number)
    }

    #[inline]
    fn low(&self) -> u128 {
        *self.low()
    }
}

/// The parts of a fee: what is kept, of how much.
type Fee<W> = [W; 2];

fn fee_of<W: Wide>(fee: workloads::Fee) -> Fee<W> {
    fee.map(|part| W::of(part.into()))
}

#[inline]
fn exact_in<W: Wide>([reserve_in, reserve_out]: &[W; 2], amount: &W, [kept, scale]: &Fee<W>) -> W {
    let traded = *amount * *kept;
    traded * *reserve_out / (*reserve_in * *scale + traded)
}

#[inline]
fn exact_out<W: Wide>([reserve_in, reserve_out]: &[W; 2], out: &W, [kept, scale]: &Fee<W>) -> W {
    *reserve_in * *out * *scale / ((*reserve_out - *out) * *kept) + W::of(1)
}

/// A swap with a pair's checks, as the naive one has them.
#[inline]
fn swap<W: Wide>(pool: &mut [W; 2], direction: Direction, amount: &W, fee: &Fee<W>) -> W {
    let [reserve_in, reserve_out] = by_direction(direction, *pool);
    let amount_out = exact_in(&[reserve_in, reserve_out], amount, fee);
    let after_in = reserve_in + *amount;
    if amount_out == W::of(0) || W::of((1 << 112) - 1) < after_in {
        return W::of(0);
    }
    let [kept, scale] = *fee;
    let after_out = reserve_out - amount_out;
    let adjusted = after_in * scale - *amount * (scale - kept);
    if adjusted * after_out < reserve_in * reserve_out * scale {
        return W::of(0);
    }
    *pool = by_direction(direction, [after_in, after_out]);
    amount_out
}

#[inline]
fn path<W: Wide>(pools: &[[W; 2]], hops: &[workloads::Hop], amount: &W, fee: &Fee<W>) -> W {
    let mut amount = *amount;
    for hop in hops {
        let reserves = by_direction(hop.direction, pools[hop.pool]);
        amount = exact_in(&reserves, &amount, fee);
    }
    amount
}

/// What the library does of this work.
pub(crate) fn variant<W: Wide>(work: &Workload) -> Option<Variant> {
    let who = (Whose::Peer, W::NAME);
    let numbers = Numbers { pool: |pool| pool.reserves.map(W::of), amount: W::of, narrow: W::low };
    match work {
        Workload::ExactIn(quotes) => Some(each::<W>(who, quotes, exact_in)),
        Workload::ExactOut(quotes) => Some(each::<W>(who, quotes, exact_out)),
        Workload::Swaps(work) => {
            let fee = std::hint::black_box(fee_of::<W>(work.fee()));
            let one = move |pool: &mut [W; 2], direction: Direction, amount: &W| {
                swap(pool, direction, amount, &fee)
            };
            Some(Variant::swaps(who, work, &numbers, one))
        }
        Workload::Paths(work) => {
            let fee = std::hint::black_box(fee_of::<W>(workloads::UNISWAP_V2));
            let quote = move |pools: &[[W; 2]], hops: &[workloads::Hop], amount: &W| {
                path(pools, hops, amount, &fee)
            };
            Some(Variant::paths(who, work, &numbers, quote))
        }
        Workload::Orders(_) | Workload::Wallets(_) => None,
    }
}

fn each<W: Wide>(
    who: Who,
    quotes: &[Quote],
    formula: impl Fn(&[W; 2], &W, &Fee<W>) -> W + 'static,
) -> Variant {
    // Each fee once, so that it lies in the nearest cache as a constant would.
    let mut fees = quotes.iter().map(|quote| quote.fee).collect::<Vec<_>>();
    fees.sort_unstable();
    fees.dedup();
    let ready = |quote: &Quote| {
        let reserves = [W::of(quote.reserve_in), W::of(quote.reserve_out)];
        let fee = fees.binary_search(&quote.fee).expect("a fee of the list");
        (reserves, W::of(quote.amount), fee)
    };
    let inputs = quotes.iter().map(ready).collect();
    let table = fees.iter().map(|fee| fee_of(*fee)).collect::<Rc<[Fee<W>]>>();
    let answer = move |table: &Rc<[Fee<W>]>, (reserves, amount, fee): &([W; 2], W, usize)| {
        formula(reserves, amount, &table[*fee])
    };
    Variant::each(who, inputs, table, answer, W::low)
}
