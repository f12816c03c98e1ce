//! Inputs at which wrong arithmetic shows.

use primitive_types::U256;

/// One quote: reserves, an amount and a fee.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input {
    pub(crate) x: u128,
    pub(crate) y: u128,
    pub(crate) amount: u128,
    pub(crate) fee: [u32; 2],
}

/// The largest reserve.
const MOST: u128 = (1 << 112) - 1;

/// A stream of inputs, all of them from one seed (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    state: u64,
    count: u64,
}

impl Inputs {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, count: 0 }
    }

    fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn number(&mut self) -> u128 {
        u128::from(self.word()) << 64 | u128::from(self.word())
    }

    fn below(&mut self, bound: u128) -> u128 {
        self.number() % bound.max(1)
    }

    /// A number whose length is uniform up to so many bits.
    fn magnitude(&mut self, bits: u32) -> u128 {
        let bits = self.word() as u32 % (bits + 1);
        self.number().checked_shr(128 - bits).unwrap_or(0)
    }

    /// A decimal number between two powers of ten.
    fn decimal(&mut self, least: u32, most: u32) -> u128 {
        let power = least + self.word() as u32 % (most - least);
        10_u128.pow(power) + self.below(9 * 10_u128.pow(power))
    }

    /// Zero, one, the largest, powers of two and of ten with their neighbours, sums and differences
    /// of powers.
    fn edge(&mut self) -> u128 {
        let powers = [0; 2].map(|_: u32| 1 << (self.word() % 113));
        match self.word() % 8 {
            0 => u128::from(self.word() % 3),
            1 => MOST - u128::from(self.word() % 4),
            2 => powers[0] - u128::from(self.word() % 2),
            3 => powers[0] + u128::from(self.word() % 2),
            4 => powers[0] + powers[1],
            5 => powers[0].abs_diff(powers[1]),
            6 => 10_u128.pow(self.word() as u32 % 34) - u128::from(self.word() % 2),
            _ => (1 << 104) - 2 + u128::from(self.word() % 4),
        }
    }

    /// Ten settings: those of exchanges, none, everything, and any in basis points or pips; now and
    /// then parts that no fee has.
    fn fee(&mut self) -> [u32; 2] {
        match self.word() % 100 {
            0 => [self.word() as u32, self.word() as u32],
            choice => match choice % 10 {
                0 | 1 => [997, 1000],
                2 => [9970, 10_000],
                3 => [9975, 10_000],
                4 => [1, 1],
                5 => [0, 1000],
                6 => [10_000 - self.word() as u32 % 10_000, 10_000],
                7 => [999_999, 1_000_000],
                8 => [1_000_000 - self.word() as u32 % 1_000_000, 1_000_000],
                _ => [1, 1_000_000],
            },
        }
    }

    /// `x` such that `x * factor` is `rest` modulo `modulus`, if there is one: quotients of it by the
    /// modulus are that close to an integer.
    fn solve(&mut self, factor: u128, modulus: u128) -> Option<u128> {
        let rest = match self.word() % 5 {
            0 => 0,
            1 => 1,
            2 => modulus.checked_sub(1)?,
            3 => self.below(1000),
            _ => modulus >> (self.word() % 112),
        };
        let inverse = inverse(factor.checked_rem(modulus)?, modulus)?;
        let product = U256::from(inverse) * U256::from(rest % modulus);
        let least = (product % U256::from(modulus)).low_u128();
        // Any other one is as good.
        let more = (MOST / modulus).min(u128::from(self.word()));
        Some(least + modulus * self.below(more.max(1)))
    }

    fn next_input(&mut self) -> Option<Input> {
        self.count += 1;
        let fee = self.fee();
        let [kept, scale] = fee.map(u128::from);
        let any = |x, y, amount| Some(Input { x, y, amount, fee });
        match self.count % 9 {
            0 | 1 => any(self.edge(), self.edge(), self.edge()),
            // The output's quotient is close to an integer, or one.
            2 => {
                let (x, a) = (self.magnitude(90), self.magnitude(90));
                let traded = a.checked_mul(kept)?;
                let divisor = x.checked_mul(scale)?.checked_add(traded)?;
                any(x, self.solve(traded, divisor)?, a)
            }
            // The input's quotient is.
            3 => {
                let (out, left) = (self.magnitude(90), self.magnitude(90));
                let x = self.solve(out.checked_mul(scale)?, left.checked_mul(kept)?)?;
                any(x, left + out, out)
            }
            // Exact divisions.
            4 => {
                let (x, a) = (self.magnitude(40), self.magnitude(40));
                let divisor = x * scale + a * kept;
                any(x, divisor * self.magnitude(50), a)
            }
            // Quotients near the largest one.
            5 => any(self.magnitude(10), MOST - self.magnitude(12), MOST - self.magnitude(100)),
            6 => {
                let (x, y) = (self.decimal(10, 15), self.decimal(18, 26));
                let (x, y) = if self.count.is_multiple_of(2) { (x, y) } else { (y, x) };
                let part = 10_u128.pow(1 + self.word() as u32 % 6);
                any(x, y, x.min(y) / part + self.below(x / part))
            }
            7 => any(self.number() >> 16, self.number() >> 16, self.number() >> 16),
            _ => {
                let bits = if self.word().is_multiple_of(8) { 128 } else { 112 };
                any(self.magnitude(bits), self.magnitude(bits), self.magnitude(bits))
            }
        }
    }
}

impl Iterator for Inputs {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.next_input() {
                return Some(input);
            }
        }
    }
}

/// The inverse of a number modulo another one of at most 112 bits, if they have no common divisor.
fn inverse(number: u128, modulus: u128) -> Option<u128> {
    if modulus >> 112 != 0 {
        return None;
    }
    let (mut rest, mut next) = (i128::try_from(modulus).ok()?, i128::try_from(number).ok()?);
    let (mut sum, mut next_sum) = (0_i128, 1_i128);
    while next != 0 {
        let quotient = rest / next;
        (rest, next) = (next, rest - quotient * next);
        (sum, next_sum) = (next_sum, sum - quotient * next_sum);
    }
    (rest == 1).then(|| sum.rem_euclid(i128::try_from(modulus).unwrap_or(1)))?.try_into().ok()
}
