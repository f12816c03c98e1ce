//! A followed chain, from memory: what-ifs on forks, blocks taken over and undone.

#![expect(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a benchmark may stop where it stands"
)]

use std::hint::black_box;

use benches::single_hop_orders;
use cenote_chain::{Address, BlockHash, Follower, Header, Notice, Record};
use cenote_pool::{Amount, Exact, Fill, Flows, History, Market, Pool, PoolId, Product, TokenId};
use cenote_simulator::generate_market;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// The swaps of a chain; each makes two logs.
const SWAPS: usize = 131_072;
/// The swaps of a block.
const BLOCK: usize = 100;

fn address(kind: u8, at: usize) -> Address {
    // As evenly spread as those of a chain are.
    let spread = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let mut address = [kind; 20];
    address[..8].copy_from_slice(&spread);
    address[8..16].copy_from_slice(&(at as u64).to_be_bytes());
    Address(address)
}

/// A market of this many pools named by addresses, of which everything is known.
fn market(pools: usize) -> Market {
    let made = generate_market(pools, 1);
    let mut market = Market::new();
    for token in made.tokens() {
        market.add_token(&address(0x70, token.index()).to_string()).unwrap();
    }
    for (id, pool) in made.pools_with_id() {
        let pool = Pool::new(pool.token0(), pool.token1(), pool.fees())
            .and_then(|empty| empty.with_reserves(pool.reserves()))
            .unwrap();
        let id = market.add_pool(&address(0x90, id.index()).to_string(), pool).unwrap();
        let sum = Some(u64::from(id.get()).into());
        let (k_last, ts_last) = (Some(Product::ZERO), Some(1_000_000));
        market
            .set_history(id, History { price0_cum: sum, price1_cum: sum, k_last, ts_last })
            .unwrap();
    }
    market
}

/// Swaps of a market that are all possible where they stand.
fn swaps(market: &Market) -> Vec<(PoolId, TokenId, Amount)> {
    let orders = single_hop_orders(market, 2 * SWAPS);
    let orders = orders.iter().filter(|order| order.exact == Exact::In);
    let swaps = orders.filter_map(|order| {
        let hop = order.hops.first()?;
        let (token_in, _) = market.pool(hop.pool).ok()?.tokens(hop.direction);
        market.pool(hop.pool).ok()?.quote_exact_in(token_in, order.amount).ok()?;
        Some((hop.pool, token_in, order.amount))
    });
    swaps.take(SWAPS).collect()
}

fn header(number: u64) -> Header {
    let hash = |number: u64| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        BlockHash(hash)
    };
    let parent = hash(number.wrapping_sub(1));
    Header { number, hash: hash(number), parent, timestamp: 1_000_000 + 12 * number }
}

/// The blocks that a chain makes of these swaps.
fn blocks(market: &Market) -> Vec<(Header, Vec<Record>)> {
    let mut market = market.clone();
    let mut blocks = Vec::new();
    for swaps in swaps(&market).chunks(BLOCK) {
        let mut records = Vec::with_capacity(2 * BLOCK);
        for (pool, token_in, amount_in) in swaps {
            let done = market.swap_exact_in(*pool, *token_in, *amount_in, Amount::ZERO);
            let Ok(fill) = done else { continue };
            let (log_index, address) = (records.len() as u64, address(0x90, pool.index()));
            let sync = Notice::Sync(fill.reserves);
            records.push(Record { log_index, address, notice: sync });
            let swap = Notice::Swap(Flows::from(&fill));
            records.push(Record { log_index: log_index + 1, address, notice: swap });
        }
        blocks.push((header(blocks.len() as u64 + 1), records));
    }
    blocks
}

fn forks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fork, swap, drop");
    group.throughput(Throughput::Elements(SWAPS as u64));
    for pools in [1_000, 10_000, 100_000] {
        let mut market = market(pools);
        let swaps = swaps(&market);
        group.bench_function(format!("{pools} pools"), |bencher| {
            bencher.iter(|| {
                for (pool, token_in, amount_in) in &swaps {
                    let mut fork = market.fork();
                    let done = fork.swap_exact_in(*pool, *token_in, *amount_in, Amount::ZERO);
                    black_box(done.map(|fill: Fill| fill.amount_out)).ok();
                }
            });
        });
        group.bench_function(format!("{pools} pools, the swap quoted alone"), |bencher| {
            bencher.iter(|| {
                for (pool, token_in, amount_in) in &swaps {
                    let done =
                        market.pool(*pool).map(|pool| pool.quote_exact_in(*token_in, *amount_in));
                    black_box(done).ok();
                }
            });
        });
    }
    group.finish();
}

fn follow(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("follow");
    for pools in [1_000, 10_000, 100_000] {
        let market = market(pools);
        let blocks = blocks(&market);
        let syncs = blocks.iter().map(|(_, records)| records.len() as u64 / 2).sum::<u64>();
        group.throughput(Throughput::Elements(syncs));
        let follower = || Follower::new(market.clone(), header(0), Vec::new(), 64).unwrap();
        group.bench_function(format!("a sync and its swap, {pools} pools"), |bencher| {
            bencher.iter_batched_ref(
                follower,
                |follower| {
                    for (header, records) in &blocks {
                        follower.push(header, records).unwrap();
                    }
                },
                BatchSize::LargeInput,
            );
        });
        let alone = |(header, records): &(Header, Vec<Record>)| {
            let syncs = records.iter().filter(|record| matches!(record.notice, Notice::Sync(_)));
            (*header, syncs.copied().collect::<Vec<_>>())
        };
        let alone = blocks.iter().map(alone).collect::<Vec<_>>();
        group.bench_function(format!("a sync alone, {pools} pools"), |bencher| {
            bencher.iter_batched_ref(
                follower,
                |follower| {
                    for (header, records) in &alone {
                        follower.push(header, records).unwrap();
                    }
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function(format!("undone, {pools} pools"), |bencher| {
            let mut at =
                Follower::new(market.clone(), header(0), Vec::new(), blocks.len()).unwrap();
            bencher.iter_custom(|times| {
                let mut spent = std::time::Duration::ZERO;
                for _ in 0..times {
                    for (header, records) in &blocks {
                        at.push(header, records).unwrap();
                    }
                    let started = std::time::Instant::now();
                    at.rollback(header(0).hash).unwrap();
                    spent += started.elapsed();
                }
                spent
            });
        });
    }
    group.finish();
}

#[cfg(feature = "alloy")]
fn decode(criterion: &mut Criterion) {
    use alloy_primitives::{B256, Bytes, Log, LogData};

    let market = market(100_000);
    let word = |units: u128| {
        let mut word = [0; 32];
        word[16..].copy_from_slice(&units.to_be_bytes());
        word
    };
    let log = |record: &Record| match record.notice {
        Notice::Sync(reserves) => {
            let words = [reserves.reserve0, reserves.reserve1].map(|amount| word(amount.get()));
            let topics = vec![B256::from(cenote_chain::TOPICS[0])];
            let data = LogData::new_unchecked(topics, Bytes::copy_from_slice(&words.concat()));
            Some((record.log_index, Log { address: record.address.into(), data }))
        }
        _ => None,
    };
    let blocks = blocks(&market)
        .into_iter()
        .map(|(header, records)| (header, records.iter().filter_map(log).collect::<Vec<_>>()));
    let blocks = blocks.collect::<Vec<_>>();
    let mut group = criterion.benchmark_group("follow");
    let syncs = blocks.iter().map(|(_, logs)| logs.len() as u64).sum::<u64>();
    group.throughput(Throughput::Elements(syncs));
    group.bench_function("a sync decoded and taken over, 100000 pools", |bencher| {
        bencher.iter_batched_ref(
            || Follower::new(market.clone(), header(0), Vec::new(), 64).unwrap(),
            |follower| {
                for (header, logs) in &blocks {
                    let records = logs.iter().filter_map(|(log_index, log)| {
                        cenote_chain::decode_record(log, *log_index).unwrap()
                    });
                    let records = records.collect::<Vec<_>>();
                    follower.push(header, &records).unwrap();
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

#[cfg(not(feature = "alloy"))]
fn decode(_: &mut Criterion) {}

criterion_group!(benches, forks, follow, decode);
criterion_main!(benches);
