//! Batches of swaps: 10^7 over 10^4 pools from memory, grouping included.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a benchmark may stop where it stands"
)]

use std::hint::black_box;

use benches::{NaivePool, market, single_hop_orders};
use cenote_pool::{Market, Orders};
use cenote_simulator::{Batch, Outcomes};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use primitive_types::U256;
use rayon::ThreadPoolBuilder;

const SWAPS: usize = 10_000_000;

fn run(market: &Market, orders: &Orders, threads: usize, group: &mut Criterion) {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut group = group.benchmark_group("batch");
    group.throughput(Throughput::Elements(SWAPS as u64)).sample_size(10);
    let (mut batch, mut outcomes) = (Batch::new(), Outcomes::new());
    group.bench_function(format!("cenote, {threads} threads"), |bencher| {
        bencher.iter_batched_ref(
            || market.clone(),
            |market| pool.install(|| batch.run(market, orders, &mut outcomes)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// One after the other in wide integers with operators.
fn run_naive(market: &Market, orders: &Orders, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(SWAPS as u64)).sample_size(10);
    group.bench_function("naive, 1 thread", |bencher| {
        bencher.iter_batched_ref(
            || market.pools().iter().map(NaivePool::from).collect::<Vec<_>>(),
            |pools| {
                for order in orders.iter() {
                    let hop = order.hops[0];
                    let out = pools[hop.pool.index()].swap(hop, U256::from(order.amount));
                    black_box(out);
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn batch(criterion: &mut Criterion) {
    let market = market();
    let orders = single_hop_orders(&market, SWAPS);
    for threads in [1, 2] {
        run(&market, &orders, threads, criterion);
    }
    run_naive(&market, &orders, criterion);
}

criterion_group!(benches, batch);
criterion_main!(benches);
