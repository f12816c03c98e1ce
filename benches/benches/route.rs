//! Routes: the best path, the best split with its certificate, and the certificate alone.
//!
//! Each measurement goes round a thousand different questions; a few of them take many times as
//! long as most, so the means here are above what `cargo run --release -p benches --bin latencies`
//! gives in the middle.

use std::hint::black_box;
use std::time::Duration;

use benches::{NETWORKS, RETAIL, Routed};
use cenote_pool::Exact;
use criterion::{Criterion, criterion_group, criterion_main};

/// Whether a question is answered, in one of the ways to ask it.
type Ask = fn(&Routed, &cenote_testing::networks::Task) -> bool;

/// What is asked: its name, which side is exact, how much of the token there is, and how.
const KINDS: [(&str, Exact, f64, Ask); 4] = [
    ("best path of up to 4 hops", Exact::In, RETAIL, best_path),
    ("split, retail", Exact::In, RETAIL, split),
    ("split, 1 %", Exact::In, 0.01, split),
    ("split, exact output, retail", Exact::Out, RETAIL, split),
];

fn best_path(routed: &Routed, task: &cenote_testing::networks::Task) -> bool {
    black_box(routed.query(task).max_hops(4).best()).is_ok()
}

fn split(routed: &Routed, task: &cenote_testing::networks::Task) -> bool {
    black_box(routed.query(task).split().best()).is_ok()
}

fn route(criterion: &mut Criterion) {
    for (family, pools) in NETWORKS {
        let routed = Routed::new(family, pools);
        let mut group = criterion.benchmark_group(routed.name());
        group.sample_size(10).measurement_time(Duration::from_secs(3));
        for (name, exact, share, ask) in KINDS {
            let tasks = routed.tasks(exact, share);
            let mut next = tasks.iter().cycle();
            group.bench_function(name, |bencher| {
                bencher.iter(|| next.next().is_some_and(|task| ask(&routed, task)));
            });
        }
        let tasks = routed.tasks(Exact::In, RETAIL);
        let prices = &routed.network.prices;
        let mut next = tasks.iter().cycle();
        group.bench_function("certificate", |bencher| {
            bencher.iter(|| {
                next.next().map(|task| black_box(routed.query(task).bound(black_box(prices))))
            });
        });
        group.finish();
    }
}

criterion_group!(benches, route);
criterion_main!(benches);
