//! [`Clock`] and [`Variant`]: several ways to do the same work, measured in turn.

#![expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "times and ratios for people"
)]

use std::hint::black_box;
use std::mem::replace;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use cenote_pool::Direction;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, clock_gettime};

use crate::quantile;
use crate::workloads::{Hop, Paths, Pool, Swap, Swaps};

/// What time is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// What the calling thread computed: who else uses the machine does not count. For work on one
    /// thread.
    Thread,
    /// The wall's. For work on several threads.
    Wall,
}

/// A moment of a clock.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// Time that a thread has computed.
    Thread(Duration),
    /// A moment of the wall's clock.
    Wall(Instant),
}

impl Clock {
    /// What something takes.
    pub fn time(self, work: impl FnOnce()) -> Duration {
        let start = self.start();
        work();
        self.end(start)
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)).saturating_add(Duration::from_nanos(part(time.tv_nsec)))
}

impl Measurement for Clock {
    type Intermediate = Moment;
    type Value = Duration;

    fn start(&self) -> Moment {
        match self {
            Self::Thread => Moment::Thread(thread_time()),
            Self::Wall => Moment::Wall(Instant::now()),
        }
    }

    fn end(&self, start: Moment) -> Duration {
        match start {
            Moment::Thread(start) => thread_time().saturating_sub(start),
            Moment::Wall(start) => start.elapsed(),
        }
    }

    fn add(&self, first: &Duration, second: &Duration) -> Duration {
        first.saturating_add(*second)
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        const WALL: &WallTime = &WallTime;
        WALL.formatter()
    }
}

/// Whose a variant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Cenote's.
    Ours,
    /// What ours is measured against: a naive program's, or ours with less.
    Baseline,
    /// Somebody else's, as it is published.
    Peer,
}

/// Whose a variant is, and its name.
pub type Who = (Whose, &'static str);

/// How somebody writes the numbers of pools, and reads answers.
#[derive(Debug)]
pub struct Numbers<P, A, O> {
    /// A pool.
    pub pool: fn(&Pool) -> P,
    /// An amount.
    pub amount: fn(u128) -> A,
    /// An answer, back again.
    pub narrow: fn(&O) -> u128,
}

/// Swaps that a pass of [`Variant::swaps`] runs, at most.
const MEASURED: usize = 1 << 20;
/// Swaps whose inputs are made ready together.
const READY: usize = 4096;

/// One way to do the work of a row: it does all of it, or a part, and tells what that took.
pub struct Variant {
    /// Whose it is.
    pub whose: Whose,
    /// Its name.
    pub name: &'static str,
    /// How many items a pass does.
    pub items: usize,
    pass: Box<dyn FnMut(Clock) -> Duration>,
    answers: Box<dyn FnMut() -> Vec<u128>>,
    nanos: Vec<f64>,
}

impl std::fmt::Debug for Variant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variant").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Variant {
    /// A way that does so many items in a pass, which gives what that took, and that gives its answers
    /// to all items.
    pub fn new(
        (whose, name): Who,
        items: usize,
        pass: impl FnMut(Clock) -> Duration + 'static,
        answers: impl FnMut() -> Vec<u128> + 'static,
    ) -> Self {
        let (pass, answers) = (Box::new(pass), Box::new(answers));
        Self { whose, name, items, pass, answers, nanos: Vec::new() }
    }

    /// A way that answers one item after the other, none of which changes anything.
    ///
    /// What it is asked lies ready in its own numbers, and its answers are not kept but looked at.
    /// `context` is what all items share.
    pub fn each<C: 'static, I: 'static, O: 'static>(
        who: Who,
        inputs: Vec<I>,
        context: C,
        answer: impl Fn(&C, &I) -> O + 'static,
        narrow: fn(&O) -> u128,
    ) -> Self {
        let items = inputs.len();
        let work = Rc::new((context, inputs, answer));
        let same = Rc::clone(&work);
        let pass = move |clock: Clock| {
            let (context, inputs, answer) = &*work;
            clock.time(|| {
                for input in inputs {
                    black_box(answer(context, black_box(input)));
                }
            })
        };
        let answers = move || {
            let (context, inputs, answer) = &*same;
            inputs.iter().map(|input| narrow(&answer(context, input))).collect()
        };
        Self::new(who, items, pass, answers)
    }

    /// A way that runs one swap after the other on its own kind of pools. A pass begins with fresh pools
    /// and runs the first million swaps; inputs are made ready a few thousand at a time, with the clock
    /// stopped. Its answers are to all swaps.
    pub fn swaps<P: Clone + 'static, A: 'static, O: 'static>(
        who: Who,
        work: &Rc<Swaps>,
        numbers: &Numbers<P, A, O>,
        swap: impl Fn(&mut P, Direction, &A) -> O + 'static,
    ) -> Self {
        let Numbers { pool, amount, narrow } = *numbers;
        let items = work.swaps.len().min(MEASURED);
        let pools = work.pools.iter().map(pool).collect::<Vec<P>>();
        let work = Rc::new((Rc::clone(work), pools, swap));
        let same = Rc::clone(&work);
        let pass = move |clock: Clock| {
            let (work, pools, swap) = &*work;
            let (mut pools, mut time) = (pools.clone(), Duration::ZERO);
            for swaps in work.swaps.chunks(READY).take(items.div_ceil(READY)) {
                let ready = |order: &Swap| (order.hop, amount(order.amount));
                let ready = swaps.iter().map(ready).collect::<Vec<_>>();
                let spent = clock.time(|| {
                    for (hop, amount) in &ready {
                        if let Some(pool) = pools.get_mut(hop.pool) {
                            black_box(swap(pool, hop.direction, black_box(amount)));
                        }
                    }
                });
                time = time.saturating_add(spent);
            }
            time
        };
        let answers = move || {
            let (work, pools, swap) = &*same;
            let mut pools = pools.clone();
            let done = work.swaps.iter().filter_map(|order| {
                let pool = pools.get_mut(order.hop.pool)?;
                Some(narrow(&swap(pool, order.hop.direction, &amount(order.amount))))
            });
            done.collect()
        };
        Self::new(who, items, pass, answers)
    }

    /// A way that quotes one path after the other on its own kind of pools.
    pub fn paths<P: 'static, A: 'static, O: 'static>(
        who: Who,
        work: &Rc<Paths>,
        numbers: &Numbers<P, A, O>,
        quote: impl Fn(&[P], &[Hop], &A) -> O + 'static,
    ) -> Self {
        let Numbers { pool, amount, narrow } = *numbers;
        let pools = work.pools.iter().map(|(_, plain)| pool(plain)).collect::<Vec<P>>();
        let mut start = 0_usize;
        let ready = |&(units, end): &(u128, usize)| (amount(units), replace(&mut start, end)..end);
        let inputs = work.paths.iter().map(ready).collect::<Vec<_>>();
        let answer = move |(pools, work): &(Vec<P>, Rc<Paths>),
                           (amount, hops): &(A, Range<usize>)| {
            quote(pools, work.hops.get(hops.clone()).unwrap_or_default(), amount)
        };
        Self::each(who, inputs, (pools, Rc::clone(work)), answer, narrow)
    }

    /// Does all once, measured.
    pub fn pass(&mut self, clock: Clock) -> Duration {
        let time = (self.pass)(clock);
        self.nanos.push(time.as_nanos() as f64 / self.items.max(1) as f64);
        time
    }

    /// All its answers.
    pub fn answers(&mut self) -> Vec<u128> {
        (self.answers)()
    }

    /// Nanoseconds of an item, the median of all passes.
    pub fn nanos(&self) -> f64 {
        quantile(&mut self.nanos.clone(), 0.5)
    }

    /// How many times as long as `other` it takes: the median of the rounds, in each of which both were
    /// measured one after the other, so that what slows the machine down for a while slows both down.
    pub fn times(&self, other: &Self) -> f64 {
        let ratios = self.nanos.iter().zip(&other.nanos).map(|(own, other)| own / other);
        quantile(&mut ratios.collect::<Vec<_>>(), 0.5)
    }
}

/// Compares what variants answer: what is wrong, if anything is.
///
/// # Errors
///
/// The first answer that differs from those of the first variant, and who gave it.
pub fn compare(variants: &mut [Variant]) -> Result<(), String> {
    let Some((first, rest)) = variants.split_first_mut() else { return Ok(()) };
    let right = first.answers();
    for other in rest {
        let answers = other.answers();
        if right.len() != answers.len() {
            return Err(format!("{} answers {} of {}", other.name, answers.len(), right.len()));
        }
        let differs = right.iter().zip(&answers).position(|(right, answer)| right != answer);
        if let Some(place) = differs {
            let pair = (right.get(place), answers.get(place));
            return Err(format!("{}: item {place} of {} is {pair:?}", other.name, first.name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(name: &'static str, add: u128) -> Variant {
        let square = |add: &u128, number: &u128| number.pow(2).saturating_add(*add);
        Variant::each((Whose::Ours, name), vec![1, 2, 3], add, square, |answer| *answer)
    }

    #[test]
    fn answers_that_differ_are_named() {
        assert_eq!(compare(&mut [squares("first", 0), squares("second", 0)]), Ok(()));
        let wrong = compare(&mut [squares("first", 0), squares("wrong", 1)]);
        assert!(wrong.is_err_and(|told| told.starts_with("wrong: item 0")));
    }

    #[test]
    fn ratios_are_those_of_the_rounds() {
        let (mut first, mut second) = (squares("first", 0), squares("second", 0));
        (first.nanos, second.nanos) = (vec![10.0, 20.0, 30.0], vec![1.0, 2.0, 3.0]);
        assert!((first.times(&second) - 10.0).abs() < 1e-9);
    }
}
