//! Batches of swaps over 10^4 pools from memory: 10^7 of one hop, over uniform and over popular pools;
//! fewer of 1 to 4 hops over popular hubs, and in one pool. Beside them one after the other in wide
//! integers, on the same orders.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a benchmark may stop where it stands"
)]

use std::hint::black_box;

use benches::market;
use benches::naive::NaivePool;
use cenote_pool::{Amount, Direction, Exact, Hop, Market, Order, Orders, PoolId, TokenId};
use cenote_simulator::{Batch, Outcomes, Random};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use primitive_types::U256;
use rayon::ThreadPoolBuilder;

/// Which pools orders go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traffic {
    /// Each as often as any other.
    Uniform,
    /// The pool at `u^4` of all, for an even `u`: one order in ten is in the first pool.
    Popular,
    /// 1 to 4 hops, each popular among the pools that the token before it is in.
    Hubs,
    /// One pool.
    Hot,
}

impl Traffic {
    fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Popular => "popular",
            Self::Hubs => "hubs",
            Self::Hot => "one pool",
        }
    }

    fn orders(self) -> usize {
        if matches!(self, Self::Uniform | Self::Popular) { 10_000_000 } else { 2_000_000 }
    }

    /// A place of a list.
    fn place(self, random: &mut Random, length: usize) -> usize {
        match self {
            Self::Uniform => random.place(length),
            Self::Popular | Self::Hubs => {
                let u = random.place(1 << 20) as u128;
                ((u.pow(4) * length as u128) >> 80) as usize
            }
            Self::Hot => 7,
        }
    }

    fn hops(self, random: &mut Random, market: &Market, by_token: &[Vec<PoolId>]) -> Vec<Hop> {
        let count = if self == Self::Hubs { 1 + random.place(4) } else { 1 };
        let place = self.place(random, market.pools().len());
        let (pool, direction) = (PoolId::from_index(place).unwrap(), random.place(2));
        let mut hops = vec![Hop { pool, direction: Direction::BOTH[direction] }];
        while hops.len() < count {
            let last = hops[hops.len() - 1];
            let (_, token): (_, TokenId) = market.pool(last.pool).unwrap().tokens(last.direction);
            let pools = &by_token[token.index()];
            let pool = pools[self.place(random, pools.len())];
            if hops.iter().any(|hop| hop.pool == pool) {
                break;
            }
            let direction = market.pool(pool).unwrap().direction(token).unwrap();
            hops.push(Hop { pool, direction });
        }
        hops
    }

    /// Exact inputs of 2^-10 to 2^-19 of what the first pool holds.
    fn write(self, market: &Market) -> Orders {
        let mut by_token = vec![Vec::new(); market.token_count()];
        for (id, pool) in market.pools_with_id() {
            for token in [pool.token0(), pool.token1()] {
                by_token[token.index()].push(id);
            }
        }
        let (mut random, mut orders) = (Random::new(5), Orders::new());
        for _ in 0..self.orders() {
            let hops = self.hops(&mut random, market, &by_token);
            let pool = market.pool(hops[0].pool).unwrap();
            let reserve = pool.reserves().oriented(hops[0].direction).reserve_in;
            let amount = (reserve.get() >> (10 + random.place(10))).max(1);
            let (exact, limit) = (Exact::In, Amount::ZERO);
            let amount = Amount::new(amount).unwrap();
            orders.push(Order { exact, amount, limit, hops: &hops }).unwrap();
        }
        orders
    }
}

fn run(traffic: Traffic, market: &Market, orders: &Orders, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("batch, {}", traffic.name()));
    group.throughput(Throughput::Elements(orders.hops().len() as u64)).sample_size(10);
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (mut batch, mut outcomes) = (Batch::new(), Outcomes::new());
        group.bench_function(format!("cenote, {threads} threads"), |bencher| {
            bencher.iter_batched_ref(
                || market.clone(),
                |market| pool.install(|| batch.run(market, orders, &mut outcomes)),
                BatchSize::PerIteration,
            );
        });
    }
    group.bench_function("naive, 1 thread", |bencher| {
        bencher.iter_batched_ref(
            || market.pools().iter().map(NaivePool::from).collect::<Vec<_>>(),
            |pools| {
                for order in orders.iter() {
                    let mut amount = U256::from(order.amount);
                    for hop in order.hops {
                        amount = pools[hop.pool.index()].swap(*hop, &amount);
                    }
                    black_box(amount);
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn batch(criterion: &mut Criterion) {
    let market = market();
    for traffic in [Traffic::Uniform, Traffic::Popular, Traffic::Hubs, Traffic::Hot] {
        let orders = traffic.write(&market);
        run(traffic, &market, &orders, criterion);
    }
}

criterion_group!(benches, batch);
criterion_main!(benches);
