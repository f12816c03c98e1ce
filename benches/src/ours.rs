//! What Cenote does of each workload: for every row of the table one function, its place to change.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "workloads are within an engine's bounds, and their lists of one length"
)]

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use cenote_exchange::{Exchange, TraderId};
use cenote_kernel::{Fees, Isa, Quotes, float, prefetch, scalar};
use cenote_pool::{
    Amount, Direction, Exact, Fee, Fees as PoolFees, Fill, Hop, Market, Order, Orders, Pool,
    PoolId, Reserves,
};
use cenote_simulator::{Batch, Outcomes};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::buffer::Buffer;
use crate::exchange_of;
use crate::measure::{Clock, Numbers, Variant, Who, Whose};
use crate::workloads::{self, Paths, Quote, Swaps, Wallets, Workload};

/// The ways of a row, the first of which its goals are for; or why this machine has none.
pub type Ours = Result<Vec<Variant>, String>;

/// The numbers of quotes that are computed together where they stay in a near cache: four lists of
/// 64 KiB.
const TOGETHER: usize = 4096;

const fn ours(name: &'static str) -> Who {
    (Whose::Ours, name)
}

fn mismatched() -> Ours {
    Err("this row has another workload".to_owned())
}

/// One quote at a time: in floats, and in integers.
///
/// # Errors
///
/// No such work.
pub fn one_at_a_time(work: &Workload) -> Ours {
    match work {
        Workload::ExactIn(quotes) => Ok(vec![
            each(ours("float::exact_in_floor"), quotes, |quote| {
                let Quote { reserve_in, reserve_out, amount, fee: [kept, scale] } = *quote;
                float::exact_in_floor(reserve_in, reserve_out, amount, kept, scale)
            }),
            each(ours("scalar::exact_in_floor"), quotes, |quote| {
                let Quote { reserve_in, reserve_out, amount, fee: [kept, scale] } = *quote;
                scalar::exact_in_floor(reserve_in, reserve_out, amount, kept, scale)
            }),
        ]),
        // In none of these is the division exact, so the least input is the router's: `compare` would
        // tell.
        Workload::ExactOut(quotes) => Ok(vec![
            each(ours("float::exact_out_ceil"), quotes, |quote| {
                let Quote { reserve_in, reserve_out, amount, fee: [kept, scale] } = *quote;
                float::exact_out_ceil(reserve_in, reserve_out, amount, kept, scale)
            }),
            each(ours("scalar::exact_out_ceil"), quotes, |quote| {
                let Quote { reserve_in, reserve_out, amount, fee: [kept, scale] } = *quote;
                scalar::exact_out_ceil(reserve_in, reserve_out, amount, kept, scale)
            }),
        ]),
        _ => mismatched(),
    }
}

fn each(who: Who, quotes: &[Quote], answer: impl Fn(&Quote) -> Option<u128> + 'static) -> Variant {
    let narrow = |answer: &Option<u128>| answer.unwrap_or(u128::MAX);
    Variant::each(who, quotes.to_vec(), (), move |(), quote| answer(quote), narrow)
}

/// An instruction set by its name.
fn isa(name: &str) -> Result<Isa, String> {
    let found = Isa::available().find(|isa| isa.name() == name);
    found.ok_or_else(|| format!("this processor has no {name}"))
}

/// Many quotes at once by an instruction set, as many together as a near cache holds, where they
/// already lie.
///
/// # Errors
///
/// No such work, or no such instruction set.
pub fn batch_in_cache(work: &Workload, name: &'static str) -> Ours {
    batch(work, name, TOGETHER)
}

/// Many quotes at once by the best instruction set, from memory and to it.
///
/// # Errors
///
/// No such work, or no such instruction set.
pub fn batch_from_memory(work: &Workload) -> Ours {
    batch(work, Isa::best().name(), usize::MAX)
}

/// Quotes as lists.
struct Lists {
    isa: Isa,
    x: Buffer,
    y: Buffer,
    amounts: Buffer,
    fees: Vec<workloads::Fee>,
    /// Whether all are the same.
    same: bool,
    together: usize,
    answers: RefCell<Buffer>,
}

fn batch(work: &Workload, name: &'static str, together: usize) -> Ours {
    let Workload::ExactIn(quotes) = work else { return mismatched() };
    let together = together.min(quotes.len());
    let lists = Rc::new(Lists {
        isa: isa(name)?,
        x: Buffer::new(0, quotes.iter().map(|quote| quote.reserve_in)),
        y: Buffer::new(1, quotes.iter().map(|quote| quote.reserve_out)),
        amounts: Buffer::new(2, quotes.iter().map(|quote| quote.amount)),
        fees: quotes.iter().map(|quote| quote.fee).collect(),
        same: quotes.iter().all(|quote| quote.fee == quotes[0].fee),
        together,
        answers: RefCell::new(Buffer::zeros(3, together)),
    });
    let same = Rc::clone(&lists);
    let pass = move |clock: Clock| {
        let whole = lists.together == lists.x.len();
        let times = (0..lists.x.len()).step_by(lists.together).map(|start| {
            if !whole {
                lists.answer(start);
            }
            clock.time(|| lists.answer(start))
        });
        times.sum()
    };
    let answers = move || {
        let mut all = Vec::with_capacity(same.x.len());
        for start in (0..same.x.len()).step_by(same.together) {
            same.answer(start);
            all.extend_from_slice(&same.answers.borrow()[..same.count(start)]);
        }
        all
    };
    Ok(vec![Variant::new(ours(name), quotes.len(), pass, answers)])
}

impl Lists {
    fn count(&self, start: usize) -> usize {
        self.together.min(self.x.len() - start)
    }

    fn answer(&self, start: usize) {
        let places = start..start + self.count(start);
        let fees = &self.fees[places.clone()];
        let fees = if self.same { Fees::Same(fees[0]) } else { Fees::Each(fees) };
        let [x, y, amounts] = [&self.x, &self.y, &self.amounts].map(|list| &list[places.clone()]);
        let mut answers = self.answers.borrow_mut();
        let quotes = Quotes::new(x, y, amounts, fees).expect("lists of one length");
        quotes.exact_in_floor(self.isa, &mut answers[..places.len()]).expect("as many answers");
        black_box(&mut answers[..]);
    }
}

/// Swaps one after the other: by the kernel on bare reserves, where the quote itself implies the k
/// check, since its remainder is not negative; and by a pool.
///
/// # Errors
///
/// No such work.
pub fn chain(work: &Workload) -> Ours {
    let Workload::Swaps(work) = work else { return mismatched() };
    let fee = black_box(work.fee());
    let bare = move |pool: &mut [u128; 2], direction, amount: &u128| {
        swap_bare(pool, direction, *amount, fee)
    };
    let whole = |pool: &mut Pool, direction, amount: &Amount| {
        let (token_in, _) = pool.tokens(direction);
        pool.swap_exact_in(token_in, *amount, Amount::ZERO).map_or(0, |fill| fill.amount_out.get())
    };
    let bare_numbers =
        Numbers { pool: |pool| pool.reserves, amount: |units| units, narrow: |out: &u128| *out };
    let whole_numbers =
        Numbers { pool: |pool| pool_of(0, pool), amount, narrow: |out: &u128| *out };
    Ok(vec![
        Variant::swaps(ours("scalar quote and update"), work, &bare_numbers, bare),
        Variant::swaps(ours("Pool::swap_exact_in"), work, &whole_numbers, whole),
    ])
}

/// A swap of bare numbers; zero where it is refused.
#[inline]
fn swap_bare(
    pool: &mut [u128; 2],
    direction: Direction,
    amount: u128,
    fee: workloads::Fee,
) -> u128 {
    // By place: which way a swap goes is a toss of a coin, which no branch predictor guesses.
    let place = usize::from(direction == Direction::OneForZero);
    let (x, y) = (pool[place], pool[1 - place]);
    match scalar::swap_exact_in(x, y, amount, fee[0], fee[1]) {
        Some((out, [x, y])) if out != 0 && x <= Amount::MAX.get() => {
            (pool[place], pool[1 - place]) = (x, y);
            out
        }
        _ => 0,
    }
}

/// Paths: many at once, hop by hop, by gathering the pools of each hop; and one at a time by a market.
///
/// # Errors
///
/// No such work.
pub fn paths(work: &Workload) -> Ours {
    let Workload::Paths(work) = work else { return mismatched() };
    let market = Rc::new(market_of_paths(work));
    let paths = Rc::new(Columns::new(work));
    let same = (Rc::clone(&market), Rc::clone(&paths));
    let mut room = Buffer::zeros(4, work.paths.len());
    let pass = move |clock: Clock| clock.time(|| quote_paths(&market, &paths, &mut room));
    let answers = move || {
        let mut answers = Buffer::zeros(4, same.1.amounts.len());
        quote_paths(&same.0, &same.1, &mut answers);
        answers.to_vec()
    };
    let mut asked = Orders::new();
    for (units, hops) in work.iter() {
        push(&mut asked, units, &hops_of(hops));
    }
    let (asking, asked) = (Rc::new((market_of_paths(work), asked)), work.paths.len());
    let again = Rc::clone(&asking);
    let (mut room, mut done) = (cenote_pool::Paths::new(), Vec::new());
    let orders =
        move |clock: Clock| clock.time(|| asking.0.quote_orders(&asking.1, &mut room, &mut done));
    let legs = move || {
        let mut done = Vec::new();
        again.0.quote_orders(&again.1, &mut cenote_pool::Paths::new(), &mut done);
        done.into_iter().map(|leg| leg.map_or(0, |leg| leg.amount_out.get())).collect()
    };
    let pool = market_of_paths(work);
    let one = move |market: &Market, (units, hops): &(u128, Vec<Hop>)| {
        let mut fills = [Fill::default(); 4];
        let fills = &mut fills[..hops.len()];
        let done = market.fill_path_exact_in(hops, amount(*units), fills);
        done.map_or(0, |()| fills.last().map_or(0, |fill| fill.amount_out.get()))
    };
    let each = work.iter().map(|(amount, hops)| (amount, hops_of(hops))).collect();
    Ok(vec![
        Variant::new(ours("gathered, best ISA"), work.paths.len(), pass, answers),
        Variant::new(ours("Market::quote_orders"), asked, orders, legs),
        Variant::each(ours("fill_path_exact_in"), each, pool, one, |out| *out),
    ])
}

/// Paths of one length: their amounts, all first hops, all second ones, ...
struct Columns {
    amounts: Vec<u128>,
    hops: Vec<Vec<Hop>>,
}

impl Columns {
    fn new(work: &Paths) -> Self {
        let paths = work.iter().map(|(_, hops)| hops_of(hops)).collect::<Vec<_>>();
        let column = |at: usize| paths.iter().map(|hops| hops[at]).collect();
        let hops = (0..paths[0].len()).map(column).collect();
        Self { amounts: work.iter().map(|(amount, _)| amount).collect(), hops }
    }
}

/// Paths whose hops are computed together.
const GATHERED: usize = 248;

/// Quotes paths, all of one length.
fn quote_paths(market: &Market, paths: &Columns, answers: &mut [u128]) {
    let (isa, pools) = (Isa::best(), market.pools());
    let [mut x, mut y, mut amounts] = [0, 1, 2].map(|number| Buffer::zeros(number, GATHERED));
    answers.copy_from_slice(&paths.amounts);
    for (number, answers) in answers.chunks_mut(GATHERED).enumerate() {
        let (start, count) = (number * GATHERED, answers.len());
        for column in &paths.hops {
            amounts[..count].copy_from_slice(answers);
            let hops = &column[start..start + count];
            for (at, ((x, y), hop)) in x.iter_mut().zip(y.iter_mut()).zip(hops).enumerate() {
                if let Some(coming) = column.get(start + at + AHEAD) {
                    prefetch(&pools[coming.pool.index()]);
                }
                let reserves = pools[hop.pool.index()].oriented(hop.direction);
                (*x, *y) = (reserves.reserve_in.get(), reserves.reserve_out.get());
            }
            let [x, y, amounts] = [&x, &y, &amounts].map(|list| &list[..count]);
            let quotes = Quotes::new(x, y, amounts, Fees::Same(workloads::UNISWAP_V2));
            quotes
                .expect("lists of one length")
                .exact_in_floor(isa, answers)
                .expect("as many answers");
        }
    }
    black_box(answers);
}

/// How many pools are asked for ahead.
const AHEAD: usize = 16;

/// A batch of orders of one hop on so many threads.
///
/// # Errors
///
/// No such work.
pub fn traffic(work: &Workload, threads: usize) -> Ours {
    let Workload::Swaps(work) = work else { return mismatched() };
    let name = if threads == 1 { "Batch, 1 thread" } else { "Batch, 2 threads" };
    Ok(vec![batch_of_orders(ours(name), market_of_swaps(work), orders_of_swaps(work), threads)?])
}

/// A batch of orders of one to four hops, counted by hops, on one thread; on two, beside one.
///
/// # Errors
///
/// No such work.
pub fn orders(work: &Workload, threads: usize) -> Ours {
    let Workload::Orders(work) = work else { return mismatched() };
    let market = market_of_paths(work);
    let mut orders = Orders::new();
    for (units, hops) in work.iter() {
        push(&mut orders, units, &hops_of(hops));
    }
    let mut ways = Vec::new();
    if threads == 2 {
        let who = ours("Batch, 2 threads");
        ways.push(batch_of_orders(who, market.clone(), orders.clone(), 2)?);
    }
    let whose = if threads == 2 { Whose::Baseline } else { Whose::Ours };
    ways.push(batch_of_orders((whose, "Batch, 1 thread"), market, orders, 1)?);
    Ok(ways)
}

/// Everything that a batch needs.
struct Work {
    pool: ThreadPool,
    market: Market,
    orders: Orders,
    batch: Batch,
    outcomes: Outcomes,
}

impl Work {
    /// Runs all orders on a fresh market, in a thread of the pool, whose time it is on one thread.
    fn run(&mut self, clock: Clock) -> Duration {
        let Self { pool, market, orders, batch, outcomes } = self;
        let mut market = market.clone();
        pool.install(|| clock.time(|| batch.run(&mut market, orders, outcomes)))
    }

    /// What each hop paid.
    fn outputs(&self) -> Vec<u128> {
        let outcomes = self.outcomes.iter(&self.orders);
        let paid = |(order, done): (Order<'_>, Result<&[cenote_pool::Leg], _>)| match done {
            Ok(legs) => legs.iter().map(|leg| leg.amount_out.get()).collect(),
            Err(_) => vec![0; order.hops.len()],
        };
        outcomes.flat_map(paid).collect()
    }
}

fn batch_of_orders(
    who: Who,
    market: Market,
    orders: Orders,
    threads: usize,
) -> Result<Variant, String> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| error.to_string())?;
    let hops = orders.hops().len();
    let (batch, outcomes) = (Batch::new(), Outcomes::new());
    let work = Rc::new(RefCell::new(Work { pool, market, orders, batch, outcomes }));
    let same = Rc::clone(&work);
    let answers = move || {
        same.borrow_mut().run(Clock::Wall);
        same.borrow().outputs()
    };
    Ok(Variant::new(who, hops, move |clock| work.borrow_mut().run(clock), answers))
}

/// Swaps from wallets through an exchange, which goes on from pass to pass.
///
/// # Errors
///
/// No such work.
pub fn wallets(work: &Workload) -> Ours {
    let Workload::Wallets(work) = work else { return mismatched() };
    let (mut exchange, traders) = exchange_with_wallets(work);
    let order = |(trader, swap): (&usize, &workloads::Swap)| {
        (traders[*trader], hop_of(&swap.hop), amount(swap.amount))
    };
    let orders = work.traders.iter().zip(&work.swaps.swaps).map(order).collect::<Vec<_>>();
    let items = orders.len();
    let pass = move |clock: Clock| {
        clock.time(|| {
            for (at, ordered) in orders.iter().enumerate() {
                if let Some((trader, coming)) = orders.get(at + AHEAD).map(order_of) {
                    exchange.prefetch(trader, coming);
                }
                let (trader, order) = order_of(ordered);
                black_box(exchange.trade(trader, order)).ok();
            }
        })
    };
    // Nobody else has wallets to compare it with.
    Ok(vec![Variant::new(ours("Exchange::trade"), items, pass, Vec::new)])
}

/// Who wants what.
fn order_of((trader, hop, amount): &(TraderId, Hop, Amount)) -> (TraderId, Order<'_>) {
    let hops = core::slice::from_ref(hop);
    (*trader, Order { exact: Exact::In, amount: *amount, limit: Amount::ZERO, hops })
}

/// An exchange in which each trader holds plenty of the two tokens of one pool.
fn exchange_with_wallets(work: &Wallets) -> (Exchange, Vec<TraderId>) {
    let (mut exchange, rich) = exchange_of(&market_of_swaps(&work.swaps));
    let pools = work.swaps.pools.len();
    let traders = (0..work.trader_count).map(|at| {
        let trader = exchange.open_wallet().expect("there is room for wallets");
        let pool = exchange.market().pools()[at % pools];
        for token in [pool.token0(), pool.token1()] {
            let plenty = exchange.take(rich, token, amount(1 << 98)).expect("the rich have more");
            exchange
                .put(trader, plenty)
                .map_err(|refused| refused.reason)
                .expect("there is a wallet");
        }
        trader
    });
    let traders = traders.collect();
    (exchange, traders)
}

fn amount(units: u128) -> Amount {
    Amount::new(units).expect("an amount of at most 112 bits")
}

fn id(at: usize) -> PoolId {
    u32::try_from(at).expect("a place of 32 bits").into()
}

fn hop_of(hop: &workloads::Hop) -> Hop {
    Hop { pool: id(hop.pool), direction: hop.direction }
}

fn hops_of(hops: &[workloads::Hop]) -> Vec<Hop> {
    hops.iter().map(hop_of).collect()
}

fn push(orders: &mut Orders, units: u128, hops: &[Hop]) {
    let order = Order { exact: Exact::In, amount: amount(units), limit: Amount::ZERO, hops };
    orders.push(order).expect("a path");
}

/// The orders of swaps.
pub fn orders_of_swaps(work: &Swaps) -> Orders {
    let mut orders = Orders::new();
    for swap in &work.swaps {
        push(&mut orders, swap.amount, &[hop_of(&swap.hop)]);
    }
    orders
}

/// A pool between the token at this place and the one behind it.
fn pool_of(token: u32, pool: &workloads::Pool) -> Pool {
    made_pool([token, token + 1], pool)
}

fn made_pool([token0, token1]: [u32; 2], pool: &workloads::Pool) -> Pool {
    let [kept, scale] = pool.fee;
    let pips = u64::from(Fee::SCALE) * u64::from(scale - kept) / u64::from(scale);
    let fee = Fee::from_pips(u32::try_from(pips).expect("a part of a million")).expect("a fee");
    let [reserve0, reserve1] = pool.reserves.map(amount);
    Pool::new(token0.into(), token1.into(), PoolFees::from(fee))
        .and_then(|empty| empty.with_reserves(Reserves { reserve0, reserve1 }))
        .expect("a pool")
}

/// A market of these pools, each between two tokens of its own.
pub fn market_of_swaps(work: &Swaps) -> Market {
    let pools = work.pools.iter().enumerate().map(|(at, pool)| ([2 * at, 2 * at + 1], *pool));
    market(2 * work.pools.len(), pools)
}

fn market_of_paths(work: &Paths) -> Market {
    market(work.tokens, work.pools.iter().copied())
}

fn market(tokens: usize, pools: impl Iterator<Item = ([usize; 2], workloads::Pool)>) -> Market {
    let mut market = Market::new();
    for token in 0..tokens {
        market.add_token(&format!("T{token}")).expect("a new name");
    }
    for (at, (tokens, pool)) in pools.enumerate() {
        let tokens = tokens.map(|token| u32::try_from(token).expect("a place of 32 bits"));
        market.add_pool(&format!("P{at}"), made_pool(tokens, &pool)).expect("a new name");
    }
    market
}
