//! [`Draw`]: random numbers that are no integers.

#![expect(clippy::float_arithmetic, reason = "no amount is decided here, networks are made")]

use core::f64::consts::TAU;

use cenote_simulator::Random;

/// Draws from the distributions of networks.
#[derive(Debug)]
pub(super) struct Draw(Random);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    /// Evenly from `low` to below `high`.
    pub(super) fn even(&mut self, low: f64, high: f64) -> f64 {
        // The upper 32 bits: enough, and exact as a float.
        let bits = u32::try_from(self.0.bits() >> 32).unwrap_or_default();
        low + (high - low) * f64::from(bits) / 2_f64.powi(32)
    }

    /// From the normal distribution around 0 with this standard deviation (Box and Muller).
    pub(super) fn normal(&mut self, sigma: f64) -> f64 {
        let (radius, angle) = (1.0 - self.even(0.0, 1.0), self.even(0.0, TAU));
        sigma * (-2.0 * radius.ln()).sqrt() * angle.cos()
    }

    /// A number whose logarithm is normal, with this median.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * self.normal(sigma).exp()
    }

    /// From the Pareto distribution: at least `least`, above `x` with probability
    /// `(least / x)^shape`, cut off at `most`.
    pub(super) fn pareto(&mut self, least: f64, shape: f64, most: f64) -> f64 {
        (least * (1.0 - self.even(0.0, 1.0)).powf(-1.0 / shape)).min(most)
    }

    /// Ten to a power that is drawn evenly.
    pub(super) fn magnitude(&mut self, low: f64, high: f64) -> f64 {
        10_f64.powf(self.even(low, high))
    }

    /// A place in a list of this length, or 0 if it is empty.
    pub(super) fn place(&mut self, length: usize) -> usize {
        self.0.place(length)
    }

    /// One of a list; its default if that is empty.
    pub(super) fn one_of<T: Copy + Default>(&mut self, list: &[T]) -> T {
        list.get(self.place(list.len())).copied().unwrap_or_default()
    }

    /// Two different places in a list of at least two.
    pub(super) fn two_places(&mut self, length: usize) -> [usize; 2] {
        let first = self.place(length);
        let second = self.place(length.saturating_sub(1));
        [first, if second < first { second } else { second.saturating_add(1) }]
    }
}
