//! What is measured, as plain data: the same from the same seed, with as many inputs as are asked for:
//! [`INPUTS`](crate::INPUTS) or more, all different.
//!
//! A branch predictor learns a few thousand inputs by heart, and then tells nothing of the next one.
//! Numbers "even in magnitude" are even over the powers of two of their range, with random digits.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "the ranges below stand beside the bounds that keep them below 2^128"
)]

use std::rc::Rc;

use cenote_pool::{Direction, Exact};
use cenote_simulator::Random;

/// What is kept of an input, and of how much.
pub type Fee = [u32; 2];

/// The fee of Uniswap v2.
pub const UNISWAP_V2: Fee = [997, 1000];

/// A quote: reserves by what comes in and what goes out, and the exact amount of one side.
#[derive(Debug, Clone, Copy)]
pub struct Quote {
    /// The reserve of what comes in.
    pub reserve_in: u128,
    /// The reserve of what goes out.
    pub reserve_out: u128,
    /// The exact input, or the exact output.
    pub amount: u128,
    /// The fee.
    pub fee: Fee,
}

/// A pool: its two reserves and its fee.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    /// The reserves.
    pub reserves: [u128; 2],
    /// The fee, the same both ways.
    pub fee: Fee,
}

/// A way through a pool.
#[derive(Debug, Clone, Copy)]
pub struct Hop {
    /// Which of the pools.
    pub pool: usize,
    /// Which token goes in.
    pub direction: Direction,
}

/// A swap of an exact input.
#[derive(Debug, Clone, Copy)]
pub struct Swap {
    /// Where.
    pub hop: Hop,
    /// The exact input.
    pub amount: u128,
}

/// Swaps one after the other, each of which changes its pool.
#[derive(Debug)]
pub struct Swaps {
    /// The pools before them.
    pub pools: Vec<Pool>,
    /// The swaps.
    pub swaps: Vec<Swap>,
}

/// Swaps that traders make from their wallets, each trader in one pool.
#[derive(Debug)]
pub struct Wallets {
    /// The swaps.
    pub swaps: Swaps,
    /// Who makes each.
    pub traders: Vec<usize>,
    /// How many traders there are; the one at `i` trades in the pool at `i`, counted round and round.
    pub trader_count: usize,
}

/// Paths through pools with tokens.
#[derive(Debug)]
pub struct Paths {
    /// How many tokens there are.
    pub tokens: usize,
    /// The pools, each with its two tokens.
    pub pools: Vec<([usize; 2], Pool)>,
    /// The exact input of each path, and where its hops end in the list of all.
    pub paths: Vec<(u128, usize)>,
    /// The hops of all paths; no path uses a pool twice.
    pub hops: Vec<Hop>,
}

/// What a row of a table is about.
#[derive(Debug, Clone)]
pub enum Workload {
    /// Quotes of exact inputs that know nothing of each other.
    ExactIn(Rc<[Quote]>),
    /// Quotes of exact outputs that know nothing of each other.
    ExactOut(Rc<[Quote]>),
    /// Swaps that change pools.
    Swaps(Rc<Swaps>),
    /// Quotes of paths that know nothing of each other.
    Paths(Rc<Paths>),
    /// The same paths run one after the other, each of which changes its pools.
    Orders(Rc<Paths>),
    /// Swaps that change pools and wallets.
    Wallets(Rc<Wallets>),
}

/// The way of each swap in a chain.
#[derive(Debug, Clone, Copy)]
pub enum Turns {
    /// All the same way.
    Same,
    /// There and back.
    Alternating,
    /// Either way.
    Random,
}

/// How often each of many pools is used.
#[derive(Debug, Clone, Copy)]
pub enum Popularity {
    /// All alike.
    Even,
    /// The one at the part `u^4` of all, `u` being even below 1: the first of 10,000 sees a tenth of
    /// the swaps.
    Uneven,
}

impl Popularity {
    fn pick(self, random: &mut Random, pools: usize) -> usize {
        match self {
            Self::Even => random.place(pools),
            Self::Uneven => fourth_power(random, pools),
        }
    }
}

impl Quote {
    /// Quotes of pools of mixed decimals: one side 10^10 to 10^15, the other 10^18 to 10^26, even in
    /// magnitude, either way; the amount is 10^-6 to 10^-1 of the exact side's reserve.
    pub fn mixed(count: usize, exact: Exact) -> Rc<[Self]> {
        made(count, 1, |random| {
            let [few, many] = [between(random, 10, 15), between(random, 18, 26)];
            let reserves = if random.below(2) == 0 { [few, many] } else { [many, few] };
            Self::of(random, reserves, exact)
        })
    }

    /// Quotes of pools of tokens with 18 decimals: both sides 10^18 to 10^26, even in magnitude; the
    /// amount is 10^-6 to 10^-1 of what comes in.
    pub fn eighteen(count: usize) -> Rc<[Self]> {
        made(count, 2, |random| {
            let reserves = [between(random, 18, 26), between(random, 18, 26)];
            Self::of(random, reserves, Exact::In)
        })
    }

    /// Quotes whose reserves and amounts are all of 112 bits, the longest there are.
    pub fn long(count: usize) -> Rc<[Self]> {
        made(count, 3, |random| {
            let [reserve_in, reserve_out, amount] = [(); 3].map(|()| random.magnitude(111, 112));
            Self { reserve_in, reserve_out, amount, fee: UNISWAP_V2 }
        })
    }

    /// The quotes of [`mixed`](Self::mixed) for pools that charge 0.01 % to 1 % each, in basis points.
    pub fn many_fees(count: usize) -> Rc<[Self]> {
        let mut random = Random::new(4);
        let quotes = Self::mixed(count, Exact::In);
        let fee = |random: &mut Random| [9_999 - small(random.below(100)), 10_000];
        quotes.iter().map(|quote| Self { fee: fee(&mut random), ..*quote }).collect()
    }

    fn of(random: &mut Random, [reserve_in, reserve_out]: [u128; 2], exact: Exact) -> Self {
        let reserve = match exact {
            Exact::In => reserve_in,
            Exact::Out => reserve_out,
        };
        let amount = part(random, reserve, [-6, -1]);
        Self { reserve_in, reserve_out, amount, fee: UNISWAP_V2 }
    }
}

impl Swaps {
    /// A chain of swaps on one pool, each of 10^-9 to 10^-4 of what it held of the input at first: all
    /// the same way they multiply its price by five.
    pub fn chain(reserves: [u128; 2], turns: Turns, count: usize) -> Rc<Self> {
        let mut random = Random::new(5);
        let pool = Pool { reserves, fee: UNISWAP_V2 };
        let swaps = (0..count).map(|at| {
            let direction = match turns {
                Turns::Alternating if at % 2 == 1 => Direction::OneForZero,
                Turns::Same | Turns::Alternating => Direction::ZeroForOne,
                Turns::Random => either_way(&mut random),
            };
            Swap::of(&mut random, 0, &pool, direction, [-9, -4])
        });
        let swaps = swaps.collect();
        Rc::new(Self { pools: vec![pool], swaps })
    }

    /// Swaps either way over pools of mixed decimals, each of 10^-6 to 10^-1 of what its pool held of the
    /// input at first.
    pub fn traffic(pools: usize, count: usize, popularity: Popularity) -> Rc<Self> {
        let mut random = Random::new(6);
        let quotes = Quote::mixed(pools, Exact::In);
        let pools = quotes.iter().map(Pool::from).collect::<Vec<_>>();
        let swaps = (0..count).map(|_| {
            let at = popularity.pick(&mut random, pools.len());
            let direction = either_way(&mut random);
            Swap::of(&mut random, at, pools.get(at).unwrap_or(&Pool::NONE), direction, [-6, -1])
        });
        let swaps = swaps.collect();
        Rc::new(Self { pools, swaps })
    }
}

impl Swaps {
    /// The fee, which is the same everywhere.
    pub fn fee(&self) -> Fee {
        debug_assert!(self.pools.iter().all(|pool| pool.fee == UNISWAP_V2), "one fee");
        UNISWAP_V2
    }
}

impl Wallets {
    /// Swaps by random traders, either way, each of 10^-6 to 10^-1 of what the pool held of the input at
    /// first. With two tokens for each pool, wallets have twice as many cells as there are traders.
    pub fn new(pools: usize, trader_count: usize, count: usize) -> Rc<Self> {
        let mut random = Random::new(8);
        let quotes = Quote::mixed(pools, Exact::In);
        let pools = quotes.iter().map(Pool::from).collect::<Vec<_>>();
        let traders = (0..count).map(|_| random.place(trader_count)).collect::<Vec<_>>();
        let swaps = traders.iter().map(|trader| {
            let at = trader % pools.len().max(1);
            let direction = either_way(&mut random);
            Swap::of(&mut random, at, pools.get(at).unwrap_or(&Pool::NONE), direction, [-6, -1])
        });
        let swaps = swaps.collect();
        Rc::new(Self { swaps: Swaps { pools, swaps }, traders, trader_count })
    }
}

impl From<&Quote> for Pool {
    fn from(quote: &Quote) -> Self {
        Self { reserves: [quote.reserve_in, quote.reserve_out], fee: quote.fee }
    }
}

impl Pool {
    /// No pool.
    const NONE: Self = Self { reserves: [0; 2], fee: UNISWAP_V2 };
}

impl Swap {
    fn of(
        random: &mut Random,
        at: usize,
        pool: &Pool,
        direction: Direction,
        powers: [i32; 2],
    ) -> Self {
        let [reserve_in, _] = by_direction(direction, pool.reserves);
        let amount = part(random, reserve_in, powers);
        Self { hop: Hop { pool: at, direction }, amount }
    }
}

impl Paths {
    /// Paths of three hops, or of one to four, over pools whose two sides are worth the same, 10^4 to
    /// 10^9 dollars a side, of tokens of a dollar with 6, 8 or 18 decimals; there are a quarter as many
    /// tokens as pools. Each pays 10^-6 to 10^-2 of what its first pool holds.
    pub fn new(pools: usize, lengths: [usize; 2], count: usize) -> Rc<Self> {
        let mut random = Random::new(7);
        let decimals = (0..pools.div_ceil(4)).map(|_| [6, 8, 18, 18].get(random.place(4)).copied());
        let decimals = decimals.flatten().collect::<Vec<u32>>();
        let pools = (0..pools).map(|_| made_pool(&mut random, &decimals)).collect::<Vec<_>>();
        let mut by_token = vec![Vec::new(); decimals.len()];
        for (at, (tokens, _)) in pools.iter().enumerate() {
            for token in tokens {
                by_token
                    .get_mut(*token)
                    .into_iter()
                    .for_each(|list: &mut Vec<usize>| list.push(at));
            }
        }
        let (mut paths, mut hops) = (Vec::with_capacity(count), Vec::new());
        let [least, most] = lengths;
        while paths.len() < count {
            let start = hops.len();
            let length = least + random.place(most - least + 1);
            if let Some(amount) = walk(&mut random, &pools, &by_token, length, &mut hops) {
                paths.push((amount, hops.len()));
            } else {
                hops.truncate(start);
            }
        }
        Rc::new(Self { tokens: decimals.len(), pools, paths, hops })
    }

    /// The exact input of each path and its hops.
    pub fn iter(&self) -> impl Iterator<Item = (u128, &[Hop])> {
        let mut start = 0;
        self.paths.iter().map(move |&(amount, end)| {
            let hops = self.hops.get(start..end).unwrap_or_default();
            start = end;
            (amount, hops)
        })
    }
}

/// A pool of two different tokens with these decimals.
fn made_pool(random: &mut Random, decimals: &[u32]) -> ([usize; 2], Pool) {
    let first = random.place(decimals.len());
    // Any of the others.
    let second = (first + 1 + random.place(decimals.len() - 1)) % decimals.len();
    let tokens = [first, second];
    let value = between(random, 4, 9);
    // At most 10^9 * 10^18.
    let units =
        |token: usize| value * 10_u128.pow(decimals.get(token).copied().unwrap_or_default());
    (tokens, Pool { reserves: tokens.map(units), fee: UNISWAP_V2 })
}

/// A walk from pool to pool by the token that the last one gives, none twice; gives its exact input, or
/// nothing if it comes to an end before.
fn walk(
    random: &mut Random,
    pools: &[([usize; 2], Pool)],
    by_token: &[Vec<usize>],
    length: usize,
    hops: &mut Vec<Hop>,
) -> Option<u128> {
    let start = hops.len();
    let pool = random.place(pools.len());
    let mut hop = Hop { pool, direction: either_way(random) };
    let (_, first) = pools.get(pool)?;
    let amount = Swap::of(random, pool, first, hop.direction, [-6, -2]).amount;
    hops.push(hop);
    while hops.len() < start + length {
        let ([token0, token1], _) = pools.get(hop.pool)?;
        let [_, token] = by_direction(hop.direction, [token0, token1]);
        let next = by_token.get(*token)?;
        let pool = *next.get(random.place(next.len()))?;
        let ([token0, _], _) = pools.get(pool)?;
        if hops.get(start..)?.iter().any(|hop| hop.pool == pool) {
            return None;
        }
        let direction =
            if *token0 == *token { Direction::ZeroForOne } else { Direction::OneForZero };
        hop = Hop { pool, direction };
        hops.push(hop);
    }
    Some(amount)
}

fn made(count: usize, seed: u64, mut make: impl FnMut(&mut Random) -> Quote) -> Rc<[Quote]> {
    let mut random = Random::new(seed);
    (0..count).map(|_| make(&mut random)).collect()
}

/// Of two tokens' numbers, that of the one which goes in, then the other's.
#[inline]
pub fn by_direction<T>(direction: Direction, [of0, of1]: [T; 2]) -> [T; 2] {
    match direction {
        Direction::ZeroForOne => [of0, of1],
        Direction::OneForZero => [of1, of0],
    }
}

fn either_way(random: &mut Random) -> Direction {
    if random.below(2) == 0 { Direction::ZeroForOne } else { Direction::OneForZero }
}

/// A number from `10^low` to below `10^high`, even in magnitude; `high` is at most 37.
fn between(random: &mut Random, low: u32, high: u32) -> u128 {
    let range = 10_u128.pow(low)..10_u128.pow(high);
    loop {
        let number = random.magnitude(range.start.ilog2(), range.end.ilog2() + 1);
        if range.contains(&number) {
            return number;
        }
    }
}

/// A part of `whole`, below 10^26, from `10^low` to `10^high` of it, even in magnitude; at least a unit.
fn part(random: &mut Random, whole: u128, [low, high]: [i32; 2]) -> u128 {
    // Of 10^12: the product is below 10^38.
    let [low, high] = [low, high].map(|power| 12_u32.saturating_add_signed(power));
    let parts = between(random, low, high);
    (whole * parts / 10_u128.pow(12)).max(1)
}

/// A place in a list: of a number even below 1, the fourth power.
fn fourth_power(random: &mut Random, length: usize) -> usize {
    let mut place = u128::from(u32::MAX);
    let even = u128::from(random.below(1 << 32));
    for _ in 0..4 {
        place = (place * even) >> 32;
    }
    let place = (place * u128::try_from(length).unwrap_or_default()) >> 32;
    usize::try_from(place).unwrap_or_default()
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
