//! [`PairState`]: all that a pair stores, and what its tokens say that it holds.

use cenote_pool::{
    Amount, Balances, Fee, History, Pair, Pool, Product, ProtocolFee, Reserves, Shares, TokenId,
};
use primitive_types::{U256, U512};

/// A pair's state, the engine's or the contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairState {
    /// `reserve0`, `reserve1`.
    pub reserve: [Amount; 2],
    /// What the tokens say that the pair holds.
    pub balance: [u128; 2],
    /// `totalSupply`; the contract's may be above any [`Shares`].
    pub total: U256,
    /// `kLast`.
    pub k_last: U256,
    /// `price0CumulativeLast`, `price1CumulativeLast`.
    pub sums: [U256; 2],
    /// `blockTimestampLast`.
    pub ts_last: u32,
}

impl PairState {
    /// A new pair.
    pub const EMPTY: Self = Self {
        reserve: [Amount::ZERO; 2],
        balance: [0; 2],
        total: U256::zero(),
        k_last: U256::zero(),
        sums: [U256::zero(); 2],
        ts_last: 0,
    };

    /// The engine's pair in this state; `None` where the engine has no type for a number.
    pub fn pair(&self, fee: Fee) -> Option<Pair> {
        let ([reserve0, reserve1], [balance0, balance1]) = (self.reserve, self.balance);
        let pool = Pool::new(TokenId::from(0), TokenId::from(1), fee).ok()?;
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).ok()?;
        let pool = pool.with_total_shares(Shares::new(self.total.try_into().ok()?).ok()?).ok()?;
        let history = History {
            price0_cum: Some(self.sums[0]),
            price1_cum: Some(self.sums[1]),
            k_last: Some(Product::new(self.k_last).ok()?),
            ts_last: Some(self.ts_last),
        };
        let mut pair = Pair::new(pool, history);
        pair.observe(Balances { balance0, balance1 });
        Some(pair)
    }

    /// The state of an engine's pair; `None` where not all of it is known.
    pub fn of(pair: &Pair) -> Option<Self> {
        let (pool, history) = (pair.pool(), pair.history());
        let Reserves { reserve0, reserve1 } = pool.reserves();
        let Balances { balance0, balance1 } = pair.balances();
        Some(Self {
            reserve: [reserve0, reserve1],
            balance: [balance0, balance1],
            total: pool.total_shares()?.get().into(),
            k_last: history.k_last?.get(),
            sums: [history.price0_cum?, history.price1_cum?],
            ts_last: history.ts_last?,
        })
    }

    /// Whether a balance cannot be a reserve.
    pub(super) fn holds_too_much(&self) -> bool {
        self.balance.iter().any(|balance| Amount::MAX.get() < *balance)
    }

    /// Whether a balance is below its reserve.
    pub(super) fn misses_some(&self) -> bool {
        self.balance.iter().zip(self.reserve).any(|(balance, reserve)| *balance < reserve.get())
    }

    /// Whether a deposit is compared with reserves of nothing: all was taken back from under the
    /// shares.
    pub(super) fn divides_by_nothing(&self) -> bool {
        !self.total.is_zero() && self.reserve[0].is_zero()
    }

    /// What each balance has beyond its reserve, zero where it has less.
    fn brought(&self) -> [U512; 2] {
        let [(b0, r0), (b1, r1)] =
            [(self.balance[0], self.reserve[0]), (self.balance[1], self.reserve[1])];
        [b0.saturating_sub(r0.get()), b1.saturating_sub(r1.get())].map(U512::from)
    }

    /// The root of what a first deposit brings.
    pub(super) fn first_root(&self) -> U512 {
        let [amount0, amount1] = self.brought();
        amount0.saturating_mul(amount1).integer_sqrt()
    }

    /// All shares once the protocol has its own: `S + S * (root - last) / (5 * root + last)`.
    pub(super) fn accrued(&self, fee: ProtocolFee) -> U512 {
        let total = U512::from(self.total);
        if fee == ProtocolFee::Off || self.k_last.is_zero() {
            return total;
        }
        let [x, y] = self.reserve.map(|reserve| U512::from(reserve.get()));
        let root = x.saturating_mul(y).integer_sqrt();
        let last = U512::from(self.k_last).integer_sqrt();
        let divisor = root.saturating_mul(5.into()).saturating_add(last);
        let made = total.saturating_mul(root.saturating_sub(last)).checked_div(divisor);
        total.saturating_add(made.unwrap_or_default())
    }

    /// All shares after a deposit of what is there.
    pub(super) fn minted(&self, fee: ProtocolFee) -> U512 {
        let total = self.accrued(fee);
        if total.is_zero() {
            return self.first_root();
        }
        let [(a0, r0), (a1, r1)] = {
            let [amount0, amount1] = self.brought();
            [(amount0, self.reserve[0]), (amount1, self.reserve[1])]
        };
        let part = |amount: &U512, reserve: Amount| {
            amount.saturating_mul(total).checked_div(reserve.get().into()).unwrap_or_default()
        };
        total.saturating_add(part(&a0, r0).min(part(&a1, r1)))
    }

    /// What so many shares are worth of all that the pair holds.
    pub(super) fn worth(&self, shares: Shares, fee: ProtocolFee) -> [U512; 2] {
        let total = self.accrued(fee);
        self.balance.map(|balance| {
            let product = U512::from(shares.get()).saturating_mul(balance.into());
            product.checked_div(total).unwrap_or_default()
        })
    }
}
