//! Batches of orders that get in each other's way: on small markets, in windows of every size, with
//! every instruction set, on many threads, they do what one order after the other does.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use cenote_pool::{
    Amount, Direction, Exact, Fee, Fees, Fill, Hop, Isa, Leg, Market, Order, Orders, Pool, PoolId,
    Reserves, Shares,
};
use cenote_simulator::{
    Batch, Outcomes, Provided, Provision, ProvisionError, Random, Refusal, Supply,
};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Batches of each run.
const BATCHES: u64 = 100_000;

/// Of these, one in so many is run on several threads too.
const TOGETHER: u64 = 40;

const TOKENS: [&str; 4] = ["a", "b", "c", "d"];

/// Batches on larger markets.
const WIDE: usize = 300;

/// Every reason for which an order of a batch can be refused.
const REASONS: [&str; 10] = [
    "disconnected_path",
    "empty_pool",
    "excessive_input",
    "insufficient_output",
    "insufficient_reserve",
    "repeated_pool",
    "reserve_overflow",
    "unknown_pool",
    "zero_amount",
    "zero_output",
];

/// The numbers of threads.
const THREADS: [usize; 7] = [1, 2, 3, 4, 5, 8, 16];

type Done = Vec<Result<Vec<Leg>, Refusal>>;

/// What a batch leaves and tells.
type Run = (Market, Done, Vec<Result<Provided, ProvisionError>>);

fn chance(random: &mut Random, of: u64) -> bool {
    random.below(of) == 0
}

fn amount(random: &mut Random) -> Amount {
    let units = match random.below(6) {
        0 => u128::from(random.below(4)),
        1 => random.magnitude(0, 111),
        2 => Amount::MAX.get() - u128::from(random.below(3)),
        _ => random.magnitude(8, 64),
    };
    Amount::new(units.min(Amount::MAX.get())).unwrap()
}

fn fee(random: &mut Random) -> Fee {
    let pips = [0, 3_000, 3_000, 3_000, 2_500, 10_000, 999_999, 123_457];
    Fee::from_pips(pips[random.place(pips.len())]).unwrap()
}

/// A pool that is empty, small, large or of usual size, and whose shares may be known.
fn pool(random: &mut Random, market: &Market) -> Pool {
    let first = random.place(TOKENS.len());
    let second = (first + 1 + random.place(TOKENS.len() - 1)) % TOKENS.len();
    let [token0, token1] = [first, second].map(|at| market.token(TOKENS[at]).unwrap());
    let empty = Pool::new(token0, token1, Fees::new(fee(random), fee(random))).unwrap();
    let reserves = Reserves { reserve0: amount(random), reserve1: amount(random) };
    let Ok(pool) = empty.with_reserves(reserves) else { return empty };
    let total = Shares::new(random.magnitude(10, 60).min(Shares::MAX.get())).unwrap();
    if chance(random, 2) { pool.with_total_shares(total).unwrap_or(pool) } else { pool }
}

fn market(random: &mut Random, pools: usize) -> Market {
    let mut market = Market::new();
    for token in TOKENS {
        market.add_token(token).unwrap();
    }
    for place in 0..pools {
        let pool = pool(random, &market);
        market.add_pool(&format!("p{place}"), pool).unwrap();
    }
    market
}

/// A place of a list; the first ones more often, in a list that is long.
fn place(random: &mut Random, length: usize) -> usize {
    let place = random.place(length);
    if length < 10 { place } else { place.min(random.place(length)).min(random.place(length)) }
}

/// Mostly hops that join; sometimes any pools, also such as there are not. One path in so many has
/// several hops.
fn hops(random: &mut Random, market: &Market, crossing: u64) -> Vec<Hop> {
    let count = if chance(random, crossing) { 2 + random.place(4) } else { 1 };
    let mut hops: Vec<Hop> = Vec::new();
    for _ in 0..count {
        let mut pool = place(random, market.pools().len());
        let mut direction = Direction::BOTH[random.place(2)];
        let last = hops.last().and_then(|hop| Some((*hop, market.pool(hop.pool).ok()?)));
        if let Some((hop, last)) = last.filter(|_| !chance(random, 12)) {
            let (_, token) = last.tokens(hop.direction);
            let joins = |at: &usize| market.pools()[*at].direction(token).is_ok();
            let joining = (0..market.pools().len()).filter(joins).collect::<Vec<_>>();
            pool = joining[place(random, joining.len())];
            direction = market.pools()[pool].direction(token).unwrap();
        }
        let stranger = [market.pools().len(), usize::try_from(u32::MAX).unwrap()];
        let pool = if chance(random, 40) { stranger[random.place(2)] } else { pool };
        hops.push(Hop { pool: PoolId::from_index(pool).unwrap(), direction });
    }
    hops
}

fn orders(random: &mut Random, market: &Market, count: usize) -> Orders {
    let mut orders = Orders::new();
    // Where many orders cross, one thread runs a window; where few do, several share it.
    let crossing = [2, 10, 20][random.place(3)];
    for _ in 0..count {
        let hops = hops(random, market, crossing);
        let exact = if chance(random, 3) { Exact::Out } else { Exact::In };
        let limit = match (random.below(4), exact) {
            (0, _) => amount(random),
            (_, Exact::In) => Amount::ZERO,
            (_, Exact::Out) => Amount::MAX,
        };
        // Mostly a part of what the first pool has of the exact side's token.
        let side = market.pool(hops[0].pool).map_or(Amount::ZERO, |pool| {
            let seen = pool.reserves().oriented(hops[0].direction);
            if exact == Exact::In { seen.reserve_in } else { seen.reserve_out }
        });
        let part = Amount::new(side.get() >> random.below(12)).unwrap();
        let amount = if chance(random, 4) { amount(random) } else { part };
        orders.push(Order { exact, amount, limit, hops: &hops }).unwrap();
    }
    orders
}

fn provisions(random: &mut Random, market: &Market, orders: usize) -> Vec<Provision> {
    let count = if chance(random, 3) { random.place(4) } else { 0 };
    let mut provisions = (0..count).map(|_| {
        let pool = PoolId::from_index(random.place(market.pools().len() + 1)).unwrap();
        let supply = if chance(random, 2) {
            Supply::Burn { shares: Shares::new(random.magnitude(0, 50)).unwrap() }
        } else {
            let (amount0, amount1) = (amount(random), amount(random));
            Supply::Mint { amount0, amount1, shares_min: Shares::ZERO }
        };
        Provision { before: random.place(orders + 2), pool, supply }
    });
    let mut provisions = provisions.by_ref().collect::<Vec<_>>();
    provisions.sort_by_key(|provision| provision.before);
    provisions
}

/// The definition: one after the other.
fn one_by_one(market: &Market, orders: &Orders, provisions: &[Provision]) -> Run {
    let mut market = market.clone();
    let (mut done, mut provided) = (Vec::new(), Vec::new());
    let mut provisions = provisions.iter().peekable();
    for place in 0..=orders.len() {
        while let Some(next) =
            provisions.next_if(|next| next.before <= place || place == orders.len())
        {
            provided.push(match next.supply {
                Supply::Mint { amount0, amount1, shares_min } => market
                    .mint(next.pool, amount0, amount1, shares_min)
                    .map(Provided::Mint)
                    .map_err(ProvisionError::Mint),
                Supply::Burn { shares } => {
                    market.burn(next.pool, shares).map(Provided::Burn).map_err(ProvisionError::Burn)
                }
            });
        }
        let Some(order) = orders.get(place) else { continue };
        let mut fills = vec![Fill::default(); order.hops.len()];
        done.push(match market.fill_order(order, &mut fills) {
            Ok(()) => {
                for (hop, fill) in order.hops.iter().zip(&fills) {
                    market.settle(hop.pool, fill);
                }
                Ok(fills.iter().map(Leg::from).collect())
            }
            Err(error) => Err(error.into()),
        });
    }
    (market, done, provided)
}

fn run(batch: &mut Batch, market: &Market, orders: &Orders, provisions: &[Provision]) -> Run {
    let (mut market, mut outcomes) = (market.clone(), Outcomes::new());
    let provided = batch.run_with(&mut market, orders, provisions, &mut outcomes);
    let done = outcomes.iter(orders).map(|(_, done)| done.map(<[Leg]>::to_vec));
    let done = done.collect::<Vec<_>>();
    assert_eq!(outcomes.refused(), done.iter().filter(|done| done.is_err()).count());
    (market, done, provided)
}

fn crews() -> Vec<ThreadPool> {
    let crew = |threads: &usize| ThreadPoolBuilder::new().num_threads(*threads).build().unwrap();
    THREADS.iter().map(crew).collect()
}

/// A random batch and what it does, one after the other.
struct Case {
    market: Market,
    orders: Orders,
    provisions: Vec<Provision>,
    expected: Run,
}

impl Case {
    fn new(random: &mut Random, pools: usize, count: usize) -> Self {
        let market = market(random, pools);
        let orders = orders(random, &market, count);
        let provisions = provisions(random, &market, count);
        let expected = one_by_one(&market, &orders, &provisions);
        Self { market, orders, provisions, expected }
    }

    fn check(&self, crew: &ThreadPool, isa: Isa, window: usize) {
        let Self { market, orders, provisions, expected } = self;
        let mut batch = Batch::with(isa).windows_of(window);
        let done = crew.install(|| run(&mut batch, market, orders, provisions));
        assert_eq!(&done, expected, "{isa:?}, windows of {window}, {crew:?}");
    }
}

#[test]
fn batches_do_what_one_order_after_the_other_does() {
    let mut random = Random::new(11);
    let crews = crews();
    let (one, several) = crews.split_first().unwrap();
    let isas = Isa::available().collect::<Vec<_>>();
    let mut codes = BTreeSet::new();
    for number in 0..BATCHES {
        let pools = 1 + random.place(6);
        let most = if chance(&mut random, 8) { 200 } else { 24 };
        let count = random.place(most);
        let case = Case::new(&mut random, pools, count);
        let refused = case.expected.1.iter().filter_map(|done| done.as_ref().err());
        codes.extend(refused.map(Refusal::code));
        let (isa, window) = (isas[random.place(isas.len())], 1 + random.place(count + 1));
        case.check(one, isa, window);
        if number % TOGETHER == 0 {
            case.check(&several[random.place(several.len())], isa, window);
        }
    }
    let seen = codes.into_iter().collect::<Vec<_>>();
    assert_eq!(seen, REASONS, "every reason that an order can be refused for");
}

/// On markets of many pools, some of them popular, levels are wide enough for tiles.
#[test]
fn wide_batches_do_too() {
    let mut random = Random::new(12);
    let crews = crews();
    let isas = Isa::available().collect::<Vec<_>>();
    for number in 0..WIDE {
        let (pools, count) = (8 + random.place(600), 200 + random.place(1_500));
        let case = Case::new(&mut random, pools, count);
        for isa in &isas {
            let window = 1 + random.place(count + 1);
            case.check(&crews[number % crews.len()], *isa, window);
        }
    }
}

/// What a fork did is undone with it, whoever ran it.
#[test]
fn a_batch_on_a_fork_is_undone() {
    let mut random = Random::new(13);
    let Case { mut market, orders, provisions, expected } = Case::new(&mut random, 30, 400);
    let before = market.clone();
    for crew in crews() {
        let mut fork = market.fork();
        let mut batch = Batch::new().windows_of(50);
        let mut outcomes = Outcomes::new();
        let run = || batch.run_with(&mut fork, &orders, &provisions, &mut outcomes);
        let provided = crew.install(run);
        assert_eq!((&*fork, &provided), (&expected.0, &expected.2));
        drop(fork);
        assert_eq!(market, before);
    }
}
