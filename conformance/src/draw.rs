//! [`Draw`]: random numbers of the sizes that matter.

use cenote_pool::{Amount, ProtocolFee};
use cenote_testing::contract::PairState;
use primitive_types::U256;

/// 2^112 - 1, the largest reserve.
pub const MAX: u128 = Amount::MAX.get();

/// Which numbers a case is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    /// Every length in bits is as likely as any other.
    Any,
    /// A few units, or thousands: about the 1,000 locked shares, and where rounding is all.
    Dust,
    /// About 2^112, where a reserve ends.
    Edge,
}

/// A stream of random numbers (`SplitMix64`), one for each case.
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Size {
    /// The size of a case: of eight, two are at the edge and two are dust.
    pub fn of(index: u64) -> Self {
        match index % 8 {
            0 | 4 => Self::Edge,
            1 | 5 => Self::Dust,
            _ => Self::Any,
        }
    }
}

impl Draw {
    /// The stream of a case.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut draw = Self(seed);
        draw.0 = draw.next_u64().wrapping_add(index);
        draw.0 = draw.next_u64();
        draw
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound
    }

    /// A place in a list of this length.
    pub fn at(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length.try_into().unwrap())).unwrap()
    }

    /// Whether one of so many.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// The protocol fee, on in two of three.
    pub fn fee(&mut self) -> ProtocolFee {
        if self.one_in(3) { ProtocolFee::Off } else { ProtocolFee::On }
    }

    /// 128 random bits.
    pub fn bits(&mut self) -> u128 {
        (u128::from(self.next_u64()) << 64) | u128::from(self.next_u64())
    }

    /// 256 random bits.
    pub fn wide(&mut self) -> U256 {
        (U256::from(self.bits()) << 128) | U256::from(self.bits())
    }

    /// At most so much, every length in bits as likely as any other.
    pub fn up_to(&mut self, most: u128) -> u128 {
        let length = u128::BITS - most.leading_zeros();
        let shift = 128_u32.saturating_sub(length);
        let part = u32::try_from(self.below(u64::from(length.max(1)))).unwrap();
        (self.bits().unbounded_shr(shift) >> part).min(most)
    }

    /// An amount of this size.
    pub fn amount(&mut self, size: Size) -> u128 {
        match (size, self.below(4)) {
            (Size::Any, _) => self.up_to(MAX),
            (Size::Dust, 0) => self.bits() % 8,
            (Size::Dust, 1) => 990 + self.bits() % 20,
            (Size::Dust, _) => self.up_to(4_000),
            (Size::Edge, 0) => MAX - self.bits() % 4,
            (Size::Edge, 1) => MAX - self.up_to(MAX >> 1),
            (Size::Edge, 2) => (1 << 111) + self.bits() % 3,
            (Size::Edge, _) => (1 << 56) + self.bits() % 3,
        }
    }

    /// A reserve of this size.
    pub fn reserve(&mut self, size: Size) -> u128 {
        // Beside one reserve at the edge any other may stand.
        let size = if size == Size::Edge && self.one_in(3) { Size::Any } else { size };
        let reserve = self.amount(size).max(1);
        // A multiple of what trades of 1,000, so that some divisions are exact.
        if 997 <= reserve && self.one_in(6) { reserve / 997 * 997 } else { reserve }
    }

    /// A number near one that matters, at most 2^112 - 1.
    pub fn near(&mut self, whole: u128, size: Size) -> u128 {
        let near = match self.below(8) {
            0 | 1 => self.amount(size),
            2 => self.up_to(whole),
            3 => whole >> self.below(12),
            4 => whole,
            5 => self.bits() % 4,
            6 => whole.saturating_sub(self.bits() % 3),
            _ => whole.saturating_add(self.bits() % 3),
        };
        near.min(MAX)
    }

    /// A state that a pair could be in, of this size; it holds what it counted.
    pub fn state(&mut self, size: Size) -> PairState {
        let empty = self.one_in(24);
        let reserve = if empty { [0; 2] } else { [self.reserve(size), self.reserve(size)] };
        let product = U256::from(reserve[0]) * U256::from(reserve[1]);
        let sums = if self.one_in(4) {
            [U256::MAX - (self.wide() >> 160), self.wide() >> 100]
        } else {
            [self.wide(), self.wide()]
        };
        PairState {
            reserve: reserve.map(|units| Amount::new(units).unwrap()),
            balance: reserve,
            total: if empty { U256::zero() } else { self.total(product, size).into() },
            k_last: self.k_last(reserve),
            sums,
            ts_last: u32::try_from(self.next_u64() >> 32).unwrap(),
        }
    }

    fn total(&mut self, product: U256, size: Size) -> u128 {
        let root = product.integer_sqrt().as_u128();
        match self.below(8) {
            // Tokens were sent before the first deposit.
            0 => 0,
            1 | 2 => root.max(1_000),
            3 => root.saturating_sub(self.bits() % 3).max(1_000),
            // More than deposits lead to: a token took something back.
            4 => self.amount(size).max(1_000),
            _ => self.up_to(root).max(1_000),
        }
    }

    fn k_last(&mut self, reserve: [u128; 2]) -> U256 {
        let product = U256::from(reserve[0]) * U256::from(reserve[1]);
        match self.below(8) {
            0 | 1 => U256::zero(),
            2 => product,
            3 => product.saturating_sub(self.up_to(MAX).into()),
            4 => product >> self.below(32),
            5 => self.wide() >> 32,
            _ => {
                let [x, y] = reserve.map(|units| units - self.up_to(units));
                U256::from(x) * U256::from(y)
            }
        }
    }
}
