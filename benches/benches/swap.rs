//! One quote, one swap, one path: bare, with coins, from wallets, and as a naive program would.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a benchmark may stop where it stands"
)]

use std::collections::HashMap;
use std::hint::black_box;

use benches::naive::NaivePool;
use benches::{INPUTS, exchange_of, market, single_hop_orders};
use cenote_exchange::{Exchange, TraderId};
use cenote_kernel::{reference, scalar};
use cenote_pool::{Amount, Direction, Exact, Hop, Market, Order, Orders, PoolId};
use cenote_router::Router;
use cenote_simulator::{Traffic, generate_market};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use primitive_types::U256;

/// An exact input for a pool.
#[derive(Clone, Copy)]
struct Input {
    hop: Hop,
    amount: Amount,
}

fn inputs(market: &Market) -> Vec<Input> {
    let orders = single_hop_orders(market, 2 * INPUTS);
    let exact_in = orders.iter().filter(|order| order.exact == Exact::In);
    exact_in.map(|order| Input { hop: order.hops[0], amount: order.amount }).take(INPUTS).collect()
}

fn group<'a>(
    criterion: &'a mut Criterion,
    name: &str,
    inputs: usize,
) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(inputs as u64)).sample_size(30);
    group
}

fn quote(criterion: &mut Criterion) {
    let market = market();
    let inputs = inputs(&market);
    let mut group = group(criterion, "quote", inputs.len());
    let plain = inputs.iter().map(|input| {
        let pool = market.pool(input.hop.pool).unwrap();
        let oriented = pool.reserves().oriented(input.hop.direction);
        let (x, y) = (oriented.reserve_in.get(), oriented.reserve_out.get());
        let fee = pool.fee(input.hop.direction);
        (x, y, input.amount.get(), fee.kept(), fee.scale())
    });
    let plain = plain.collect::<Vec<_>>();
    group.bench_function("scalar", |bencher| {
        bencher.iter(|| {
            for &(x, y, a, kept, scale) in &plain {
                black_box(scalar::exact_in_floor(x, y, a, kept, scale));
            }
        });
    });
    group.bench_function("reference", |bencher| {
        bencher.iter(|| {
            for &(x, y, a, kept, scale) in &plain {
                black_box(reference::exact_in_floor(x, y, a, kept, scale));
            }
        });
    });
    let naive = inputs.iter().map(|input| {
        let pool = NaivePool::from(market.pool(input.hop.pool).unwrap());
        (pool, input.hop.direction, U256::from(input.amount))
    });
    let naive = naive.collect::<Vec<_>>();
    group.bench_function("naive", |bencher| {
        bencher.iter(|| {
            for (pool, direction, amount) in &naive {
                black_box(pool.quote(*direction, amount));
            }
        });
    });
    group.bench_function("exact out", |bencher| {
        bencher.iter(|| {
            for &(x, y, a, kept, scale) in &plain {
                black_box(scalar::exact_out_ceil(x, y, a.min(y / 2), kept, scale));
            }
        });
    });
    group.finish();
}

/// The same swaps bare, with coins in hand, and from wallets: what custody costs.
///
/// Each swap is followed by the way back, so that pools stay where they are. With coins, what
/// was bought is what is paid next. From wallets, each trader holds the tokens of some 16 pools:
/// with 1,000 pools everything stays in the second-level cache, with 10,000 it does not.
fn swap(criterion: &mut Criterion) {
    for pools in [1_000, 10_000] {
        swap_over(criterion, &format!("swap, {pools} pools"), &generate_market(pools, 1));
    }
}

fn swap_over(criterion: &mut Criterion, name: &str, market: &Market) {
    let inputs = inputs(market);
    let mut group = group(criterion, name, 2 * inputs.len());
    let mut bare = market.clone();
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            for Input { hop, amount } in &inputs {
                let pool = bare.pool(hop.pool).unwrap();
                let (token_in, token_out) = pool.tokens(hop.direction);
                let fill = bare.swap_exact_in(hop.pool, token_in, *amount, Amount::ZERO);
                let Ok(fill) = fill else { continue };
                let back = bare.swap_exact_in(hop.pool, token_out, fill.amount_out, Amount::ZERO);
                black_box(&back);
            }
        });
    });
    let (mut custody, trader) = exchange_of(market);
    let mut coins = inputs.iter().map(|Input { hop, amount }| {
        let (token_in, _) = custody.market().pool(hop.pool).unwrap().tokens(hop.direction);
        Some(custody.take(trader, token_in, *amount).unwrap())
    });
    let mut coins = coins.by_ref().collect::<Vec<_>>();
    group.bench_function("with coins", |bencher| {
        bencher.iter(|| {
            for (Input { hop, .. }, slot) in inputs.iter().zip(&mut coins) {
                let Some(paid) = slot.take() else { continue };
                *slot = match custody.swap(hop.pool, paid, Amount::ZERO) {
                    Ok(bought) => match custody.swap(hop.pool, bought, Amount::ZERO) {
                        Ok(back) => Some(back),
                        Err(refused) => Some(refused.paid),
                    },
                    Err(refused) => Some(refused.paid),
                };
            }
        });
    });
    wallets(market, &inputs, &mut group);
    let mut naive = market.pools().iter().map(NaivePool::from).collect::<Vec<_>>();
    group.bench_function("naive", |bencher| {
        bencher.iter(|| {
            for Input { hop, amount } in &inputs {
                let pool = &mut naive[hop.pool.index()];
                let out = pool.swap(*hop, &U256::from(*amount));
                let back = Hop { direction: hop.direction.reverse(), ..*hop };
                black_box(pool.swap(back, &out));
            }
        });
    });
    group.finish();
}

fn wallets(market: &Market, inputs: &[Input], group: &mut BenchmarkGroup<'_, WallTime>) {
    let (mut custody, rich) = exchange_of(market);
    // Each wallet holds the tokens of some 16 pools.
    let traders =
        (0..market.pools().len() / 16).map(|_| custody.open_wallet().unwrap()).collect::<Vec<_>>();
    let owner = |pool: PoolId| traders[pool.index() % traders.len()];
    let owners = inputs.iter().map(|input| owner(input.hop.pool)).collect::<Vec<_>>();
    for (id, pool) in market.pools_with_id() {
        for token in [pool.token0(), pool.token1()] {
            let trader = owner(id);
            if custody.balance(trader, token).is_zero() {
                let coin = custody.take(rich, token, Amount::new(1 << 100).unwrap()).unwrap();
                custody.put(trader, coin).unwrap();
            }
        }
    }
    group.bench_function("from wallets", |bencher| {
        bencher.iter(|| {
            for (Input { hop, amount }, owner) in inputs.iter().zip(&owners) {
                let hops = core::slice::from_ref(hop);
                let order = Order { exact: Exact::In, amount: *amount, limit: Amount::ZERO, hops };
                let Ok(leg) = custody.trade(*owner, order) else { continue };
                let hops = &[Hop { direction: hop.direction.reverse(), ..*hop }];
                let order = Order { amount: leg.amount_out, hops, ..order };
                black_box(custody.trade(*owner, order).is_ok());
            }
        });
    });
}

/// Traders of the benchmark that does not fit any cache.
const TRADERS: usize = 1_000_000;

/// A random number below another one (splitmix64).
fn below(state: &mut u64, end: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from(mixed ^ (mixed >> 31)).unwrap() % end
}

/// What a random trader sells, into one of the two pools whose tokens it holds.
#[derive(Clone, Copy)]
struct Sale {
    trader: TraderId,
    hop: Hop,
    amount: Amount,
}

/// An exchange in which each trader holds the four tokens of two random pools, and random sales.
fn crowd(market: &Market) -> (Exchange, Vec<Sale>) {
    let (mut custody, rich) = exchange_of(market);
    let mut state = 1;
    let share = Amount::new(1 << 88).unwrap();
    let pools_of = (0..TRADERS).map(|_| {
        let trader = custody.open_wallet().unwrap();
        loop {
            let pair = [0; 2].map(|_| PoolId::from_index(below(&mut state, market.pools().len())));
            let pair = pair.map(Option::unwrap);
            let [a, b] = pair.map(|id| *market.pool(id).unwrap());
            let mut tokens = [a.token0(), a.token1(), b.token0(), b.token1()];
            tokens.sort_unstable();
            if tokens.windows(2).any(|pair| pair[0] == pair[1]) {
                continue;
            }
            for token in tokens {
                let coin = custody.take(rich, token, share).unwrap();
                custody.put(trader, coin).unwrap();
            }
            return (trader, pair);
        }
    });
    let pools_of = pools_of.collect::<Vec<_>>();
    let sales = (0..8 * INPUTS).map(|_| {
        let (trader, pools) = pools_of[below(&mut state, TRADERS)];
        let pool = pools[below(&mut state, 2)];
        let direction = Direction::BOTH[below(&mut state, 2)];
        let held = market.pool(pool).unwrap().reserves().oriented(direction).reserve_in.get();
        // From a 10^6th to a 10^3rd of the pool.
        let part = 1_000 + below(&mut state, 999_000) as u128;
        let amount = Amount::new((held / part).clamp(1, 1 << 80)).unwrap();
        Sale { trader, hop: Hop { pool, direction }, amount }
    });
    let sales = sales.collect();
    (custody, sales)
}

/// A million traders with four cells each: 256 MB of cells, of which each swap needs two at random.
///
/// All sales are run, then all ways back, so that nothing that a swap needs is still in a cache.
/// The program that knows what comes next asks for it sixteen orders ahead.
fn crowded(criterion: &mut Criterion) {
    const AHEAD: usize = 16;
    let market = market();
    let (mut custody, mut sales) = crowd(&market);
    let mut group = group(criterion, "swap, 4 million cells", sales.len());
    for (name, ahead) in [("from wallets", false), ("from wallets, asked for ahead", true)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for at in 0..sales.len() {
                    if ahead && let Some(Sale { trader, hop, amount }) = sales.get(at + AHEAD) {
                        let (limit, hops) = (Amount::ZERO, core::slice::from_ref(hop));
                        let order = Order { exact: Exact::In, amount: *amount, limit, hops };
                        custody.prefetch(*trader, order);
                    }
                    let Sale { trader, hop, amount } = &mut sales[at];
                    let (limit, hops) = (Amount::ZERO, core::slice::from_ref(&*hop));
                    let order = Order { exact: Exact::In, amount: *amount, limit, hops };
                    if let Ok(leg) = custody.trade(*trader, order) {
                        *amount = leg.amount_out;
                        hop.direction = hop.direction.reverse();
                    }
                }
            });
        });
    }
    let mut pools = market.pools().iter().map(NaivePool::from).collect::<Vec<_>>();
    let mut sales = crowd(&market).1;
    let mut balances = HashMap::<(u32, u32), U256>::new();
    for Sale { trader, hop, .. } in &sales {
        let (token0, token1) = market.pool(hop.pool).unwrap().tokens(Direction::ZeroForOne);
        for token in [token0, token1] {
            balances.insert((trader.get(), token.get()), U256::one() << 88);
        }
    }
    group.bench_function("naive", |bencher| {
        bencher.iter(|| {
            for Sale { trader, hop, amount } in &mut sales {
                let (sold, bought) = market.pool(hop.pool).unwrap().tokens(hop.direction);
                let paid = U256::from(*amount);
                let out = pools[hop.pool.index()].swap(*hop, &paid);
                *balances.get_mut(&(trader.get(), sold.get())).unwrap() -= paid;
                *balances.get_mut(&(trader.get(), bought.get())).unwrap() += out;
                *amount = Amount::try_from(out).unwrap();
                hop.direction = hop.direction.reverse();
            }
        });
    });
    group.finish();
}

/// The best path of at most four hops between the ends of random orders.
fn path(criterion: &mut Criterion) {
    let market = market();
    let router = Router::new(&market);
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    Traffic::new(&market, 1, 3).write(INPUTS, &mut orders, &mut traders);
    let pairs = orders.iter().filter_map(|order| {
        let ends = |hop: &Hop| market.pool(hop.pool).map(|pool| pool.tokens(hop.direction));
        let token_in = ends(order.hops.first()?).ok()?.0;
        let token_out = ends(order.hops.last()?).ok()?.1;
        (token_in != token_out).then_some((token_in, token_out, order.amount))
    });
    let pairs = pairs.collect::<Vec<_>>();
    let mut next = pairs.iter().cycle();
    let mut group = criterion.benchmark_group("path");
    group.bench_function("best of up to 4 hops, 10,000 pools", |bencher| {
        bencher.iter_batched(
            || *next.next().unwrap(),
            |(token_in, token_out, amount)| {
                router.sell(&market, token_in, amount).to(token_out).best().is_ok()
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, quote, swap, crowded, path);
criterion_main!(benches);
