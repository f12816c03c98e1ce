//! [`Random`]: numbers from a seed, the same for ever.

/// `SplitMix64`, a generator whose whole sequence is fixed by its seed, so that traffic made today
/// can be made again tomorrow, on any machine.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
/// It is fit for simulations and for nothing that must not be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// A generator whose sequence is that of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, or 0 if that is 0.
    ///
    /// The upper half of a product: uneven by less than one part in 2^64 / bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.bits()).wrapping_mul(bound.into());
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// A place in a list of this length, or 0 if it is empty.
    pub fn place(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or_default()
    }

    /// A number whose magnitude is even from `2^low` to below `2^high`.
    pub fn magnitude(&mut self, low: u32, high: u32) -> u128 {
        let steps = u64::from(high.saturating_sub(low));
        let shift = low.saturating_add(u32::try_from(self.below(steps)).unwrap_or_default());
        // The leading one, and random digits below it.
        let one = 1_u128.checked_shl(shift).unwrap_or(1);
        let digits = u128::from(self.bits()) << 64 | u128::from(self.bits());
        one | (digits & one.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the reference implementation's first outputs for seed 1234567.
    #[test]
    fn the_sequence_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let first = [random.bits(), random.bits(), random.bits()];
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn magnitudes_stay_in_their_range_and_reach_its_ends() {
        let mut random = Random::new(1);
        let mut lengths = [0_u32; 128];
        for _ in 0..100_000 {
            let number = random.magnitude(3, 60);
            assert!((1 << 3..1 << 60).contains(&number));
            lengths[usize::try_from(number.ilog2()).unwrap()] += 1;
        }
        assert!(lengths[3..60].iter().all(|&count| count > 1000), "{lengths:?}");
    }
}
