//! What a chain reported, from memory: logs replayed with all checks, single events taken over.

#![expect(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a benchmark may stop where it stands"
)]

use std::hint::black_box;

use benches::single_hop_orders;
use cenote_pool::{
    Action, Event, Fill, Flows, History, Log, Market, Paired, Pairing, Product, Report,
};
use cenote_simulator::{Replay, generate_market};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use primitive_types::U256;

/// The swaps of a chain; each makes two logs.
const SWAPS: usize = 131_072;

/// A market of this many pools, each with a known past, and the logs of swaps over it.
fn chain(pools: usize) -> (Market, Vec<Log>) {
    let market = chain_market(pools);
    let logs = chain_logs(&market, SWAPS);
    (market, logs)
}

/// A market of pools whose past is known, as those of a chain are.
fn chain_market(pools: usize) -> Market {
    let mut market = generate_market(pools, 1);
    let ids = market.pools_with_id().map(|(id, _)| id).collect::<Vec<_>>();
    for id in ids {
        let history = History {
            price0_cum: Some(U256([id.get().into(), 7, 7, 7])),
            price1_cum: Some(U256([7, 7, 7, id.get().into()])),
            k_last: Some(Product::ZERO),
            ts_last: Some(1_000_000 - id.get() % 1_000),
        };
        market.set_history(id, history).unwrap();
    }
    market
}

/// What a chain would report of this many swaps, a hundred to a block of twelve seconds.
fn chain_logs(market: &Market, swaps: usize) -> Vec<Log> {
    let orders = single_hop_orders(market, 2 * swaps);
    let mut market = market.clone();
    let mut logs = Vec::with_capacity(2 * swaps);
    for order in orders.iter() {
        let Some(hop) = order.hops.first() else { continue };
        let mut fills = [Fill::default()];
        if market.fill_order(order, &mut fills).is_err() || logs.len() == 2 * swaps {
            continue;
        }
        let [fill] = fills;
        market.settle(hop.pool, &fill);
        let block = (logs.len() / 200) as u64;
        let log_index = (logs.len() % 200) as u64;
        let log = Log {
            block,
            timestamp: 1_000_000 + 12 * block,
            log_index,
            pool: hop.pool,
            report: Report::Sync(fill.reserves),
        };
        logs.push(log);
        let report = Report::Action(Action::Swap(Flows::from(&fill)));
        logs.push(Log { log_index: log_index + 1, report, ..log });
    }
    logs
}

fn events(logs: &[Log]) -> Vec<Event> {
    let mut pairing = Pairing::new();
    let made = logs.iter().flat_map(|log| pairing.push(log)).flatten();
    made.filter_map(|paired| match paired {
        Paired::Event(event) => Some(event),
        Paired::Orphan(_) => None,
    })
    .collect()
}

fn replay(criterion: &mut Criterion) {
    for pools in [1_000, 10_000, 100_000] {
        let (market, logs) = chain(pools);
        let events = events(&logs);
        let syncs = events.iter().map(|event| Event { action: None, ..*event });
        let syncs = syncs.collect::<Vec<_>>();
        let lines = (2..).take(logs.len()).collect::<Vec<u64>>();
        let mut group = criterion.benchmark_group(format!("replay, {pools} pools"));
        group.sample_size(20).throughput(Throughput::Elements(logs.len() as u64));
        group.bench_function("logs", |bencher| {
            let fresh = || Replay::new(market.clone(), Vec::new());
            bencher.iter_batched(
                fresh,
                |mut replay| {
                    replay.run(&logs, &lines).unwrap();
                    assert_eq!(replay.report().syncs_matched, SWAPS as u64);
                    replay
                },
                BatchSize::LargeInput,
            );
        });
        group.throughput(Throughput::Elements(events.len() as u64));
        group.bench_function("swaps applied", |bencher| {
            bencher.iter_batched(
                || market.clone(),
                |mut market| {
                    for event in &events {
                        market.apply(event).unwrap();
                    }
                    market
                },
                BatchSize::LargeInput,
            );
        });
        // Reserves alone are taken over whatever was before: the market need not be a new one.
        let mut market = market;
        group.bench_function("syncs applied", |bencher| {
            bencher.iter(|| {
                for event in &syncs {
                    market.apply(black_box(event)).unwrap();
                }
            });
        });
        group.bench_function("syncs applied, asked for ahead", |bencher| {
            bencher.iter(|| {
                for (event, later) in syncs.iter().zip(syncs.iter().cycle().skip(8)) {
                    market.prefetch(later.pool);
                    market.apply(black_box(event)).unwrap();
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, replay);
criterion_main!(benches);
