//! How long a router takes for one question, and how far its plans are from the bound:
//!
//! ```text
//! cargo run --release -p benches --bin latencies [FAMILY] [POOLS]
//! ```
//!
//! Medians and tails over up to a thousand different questions, each asked once, on one core. The
//! reference is the certificate alone, which looks at every pool once.

#![expect(
    clippy::float_arithmetic,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "times and ratios for people"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::{NETWORKS, RETAIL, Routed, quantile};
use cenote_pool::Exact;
use cenote_testing::networks::Task;

/// After so long no more questions of a kind are asked.
const LONG: Duration = Duration::from_secs(10);

/// How a task is asked.
#[derive(Clone, Copy)]
enum Kind {
    Path,
    Split,
    Certificate,
}

/// What is asked: its name, how, which side is exact, and how much of the token there is.
const KINDS: [(&str, Kind, Exact, f64); 6] = [
    ("best path, retail", Kind::Path, Exact::In, RETAIL),
    ("split, retail", Kind::Split, Exact::In, RETAIL),
    ("split, 1 %", Kind::Split, Exact::In, 0.01),
    ("exact out, retail", Kind::Split, Exact::Out, RETAIL),
    ("exact out, 1 %", Kind::Split, Exact::Out, 0.01),
    ("certificate", Kind::Certificate, Exact::In, RETAIL),
];

/// What was measured of one kind of question.
#[derive(Default)]
struct Measured {
    micros: Vec<f64>,
    steps: Vec<f64>,
    gaps_ppm: Vec<f64>,
    refused: usize,
}

fn main() {
    let wanted = std::env::args().skip(1).collect::<Vec<_>>();
    println!(
        "{:16}{:20}{:>7}{:>12}{:>12}{:>12}{:>7}{:>12}{:>12}{:>9}",
        "network",
        "question",
        "asked",
        "p50 us",
        "p90 us",
        "p99 us",
        "steps",
        "gap p50 ppm",
        "gap p99 ppm",
        "refused",
    );
    for (family, pools) in NETWORKS {
        let names = [family.name().to_owned(), pools.to_string()];
        if wanted.iter().all(|name| names.contains(name)) {
            let routed = Routed::new(family, pools);
            for (name, kind, exact, share) in KINDS {
                show(&routed, name, measure(&routed, &routed.tasks(exact, share), kind));
            }
        }
    }
}

fn measure(routed: &Routed, tasks: &[Task], kind: Kind) -> Measured {
    // What comes first finds nothing in the caches.
    for task in tasks.iter().take(3) {
        black_box(routed.query(task).split().best().is_ok());
    }
    let (mut measured, start) = (Measured::default(), Instant::now());
    for task in tasks {
        if LONG < start.elapsed() {
            break;
        }
        measured.ask(routed, task, kind);
    }
    measured
}

impl Measured {
    fn ask(&mut self, routed: &Routed, task: &Task, kind: Kind) {
        let query = routed.query(task);
        let start = Instant::now();
        // The steps and the gap of an answer, where it has them.
        let answer = match kind {
            Kind::Path => {
                let route = black_box(query.max_hops(4).best());
                route.map(|route| (Some(route.steps.len()), None))
            }
            Kind::Split => {
                let plan = black_box(query.split().best());
                plan.map(|plan| (Some(plan.route.steps.len()), Some(plan.gap_ppm())))
            }
            Kind::Certificate => {
                black_box(query.bound(&routed.network.prices)).map(|_| (None, None))
            }
        };
        let micros = start.elapsed().as_secs_f64() * 1e6;
        let Ok((steps, gap_ppm)) = answer else {
            self.refused = self.refused.saturating_add(1);
            return;
        };
        self.micros.push(micros);
        self.steps.extend(steps.map(|steps| steps as f64));
        self.gaps_ppm.extend(gap_ppm);
    }
}

fn show(routed: &Routed, name: &str, measured: Measured) {
    let Measured { mut micros, mut steps, mut gaps_ppm, refused } = measured;
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| quantile(&mut micros, part));
    let (steps, middle) = (quantile(&mut steps, 0.5), quantile(&mut gaps_ppm, 0.5));
    println!(
        "{:16}{name:20}{:>7}{p50:>12.1}{p90:>12.1}{p99:>12.1}{steps:>7}{middle:>12.4}{:>12.4}{refused:>9}",
        routed.name(),
        micros.len(),
        quantile(&mut gaps_ppm, 0.99),
    );
}
