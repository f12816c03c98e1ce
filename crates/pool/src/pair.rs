//! [`Pair`]: a whole Uniswap v2 pair, with what it holds and has not yet counted.

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;
use crate::flows::{Flows, FlowsError, left};
use crate::history::History;
use crate::liquidity::{BurnError, Deposit, MintError, Withdrawal};
use crate::pool::{Pool, Reserves};
use crate::protocol_fee::Product;
use crate::shares::Shares;

/// A Uniswap v2 pair as its contract computes it: reserves are what it counted last, balances
/// what it holds.
///
/// On a chain anybody may send tokens to a pair, and some tokens change balances by themselves.
/// The difference is nobody's: it pays for the next swap, belongs to the next deposit or to all
/// shares, may be taken by `skim`, or counted by `sync`. This is knowledge about a chain. An
/// exchange of this project holds what its reserves say and has neither of the two.
///
/// Every function takes the time and changes all or nothing.
///
/// ```
/// use cenote_pool::{Amount, Fee, History, Pair, Pool, Reserves, TokenId};
///
/// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
/// let pool = Pool::new(TokenId::from(0), TokenId::from(1), Fee::UNISWAP_V2)?;
/// let mut pair = Pair::new(pool.with_reserves(reserves)?, History::UNKNOWN);
/// pair.transfer(10, 0)?;
/// let flows = pair.swap(Amount::ZERO, Amount::from_u64(39_486), 0)?;
/// assert_eq!(flows.amount0_in, Amount::from_u64(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pool: Pool,
    history: History,
    balances: Balances,
}

/// What a pair holds of both tokens, counted or not; a token may let it hold more than a reserve
/// can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Balances {
    /// Of `token0`.
    pub balance0: u128,
    /// Of `token1`.
    pub balance1: u128,
}

/// Whether the factory's `feeTo` is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProtocolFee {
    /// Nobody receives a protocol fee.
    Off,
    /// Somebody does.
    On,
}

/// Why a pair refuses what is not a swap, a deposit or a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PairError {
    /// A balance is above 2^112 - 1 and cannot be counted as a reserve (`OVERFLOW`).
    #[error("a balance exceeds 2^112 - 1")]
    BalanceOverflow,
    /// A balance is below its reserve: there is nothing to skim.
    #[error("a balance is below its reserve")]
    BalanceBelowReserve,
    /// One balance is zero and the other is not: a pool of that cannot be.
    #[error("one balance is zero and the other is not")]
    OneBalanceZero,
}

impl Balances {
    /// As reserves.
    fn counted(self) -> Result<Reserves, PairError> {
        let counted = |balance| Amount::new(balance).map_err(|_| PairError::BalanceOverflow);
        Ok(Reserves { reserve0: counted(self.balance0)?, reserve1: counted(self.balance1)? })
    }

    /// What is held beyond these reserves; `None` where it is less.
    fn beyond(self, reserves: Reserves) -> Option<Self> {
        Some(Self {
            balance0: self.balance0.checked_sub(reserves.reserve0.get())?,
            balance1: self.balance1.checked_sub(reserves.reserve1.get())?,
        })
    }
}

impl From<Reserves> for Balances {
    fn from(reserves: Reserves) -> Self {
        Self { balance0: reserves.reserve0.get(), balance1: reserves.reserve1.get() }
    }
}

impl Pair {
    /// A pair that holds what it counted.
    pub fn new(pool: Pool, history: History) -> Self {
        Self { pool, history, balances: pool.reserves().into() }
    }

    /// The numbers that it trades by.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What it keeps of its past.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// What it holds.
    pub const fn balances(&self) -> Balances {
        self.balances
    }

    /// Replaces what it holds by what was observed: a token whose balances change by themselves.
    pub fn observe(&mut self, balances: Balances) {
        self.balances = balances;
    }

    /// Sends tokens to the pair and calls nothing: a payment before its call, or a donation.
    ///
    /// # Errors
    ///
    /// [`PairError::BalanceOverflow`] where a balance would not fit 128 bits.
    pub fn transfer(&mut self, amount0: u128, amount1: u128) -> Result<(), PairError> {
        let Balances { balance0, balance1 } = self.balances;
        match (balance0.checked_add(amount0), balance1.checked_add(amount1)) {
            (Some(balance0), Some(balance1)) => {
                self.balances = Balances { balance0, balance1 };
                Ok(())
            }
            _ => Err(PairError::BalanceOverflow),
        }
    }

    /// Pays out these amounts, if what the pair holds beyond its reserves pays for them. Gives
    /// what flowed.
    ///
    /// Source: `UniswapV2Pair.swap`.
    ///
    /// # Errors
    ///
    /// [`FlowsError`], in the order of its variants; the pair is then as it was.
    pub fn swap(
        &mut self,
        amount0_out: Amount,
        amount1_out: Amount,
        timestamp: u32,
    ) -> Result<Flows, FlowsError> {
        if amount0_out.is_zero() && amount1_out.is_zero() {
            return Err(FlowsError::NoOutput);
        }
        let Reserves { reserve0, reserve1 } = self.pool.reserves();
        let Balances { balance0, balance1 } = self.balances;
        let left0 = left_of(reserve0, balance0, amount0_out)?;
        let left1 = left_of(reserve1, balance1, amount1_out)?;
        let paid0 = balance0.saturating_sub(reserve0.get());
        let paid1 = balance1.saturating_sub(reserve1.get());
        if paid0 == 0 && paid1 == 0 {
            return Err(FlowsError::NoInput);
        }
        if !self.pool.keeps_k([left0, left1], [paid0, paid1]) {
            return Err(FlowsError::BreaksK);
        }
        let sum = |left: u128, paid| left.checked_add(paid).and_then(|sum| Amount::new(sum).ok());
        let overflow = FlowsError::ReserveOverflow;
        let (reserve0, reserve1) = sum(left0, paid0).zip(sum(left1, paid1)).ok_or(overflow)?;
        // What fits together with what is left fits alone.
        let [Ok(amount0_in), Ok(amount1_in)] = [paid0, paid1].map(Amount::new) else {
            return Err(overflow);
        };
        // From here on nothing can fail.
        self.settle(Reserves { reserve0, reserve1 }, timestamp);
        Ok(Flows { amount0_in, amount1_in, amount0_out, amount1_out })
    }

    /// Makes shares of what the pair holds beyond its reserves.
    ///
    /// With the protocol fee on, its shares are made first, and `k_last` is what it was when
    /// known, else zero. Source: `UniswapV2Pair.mint`.
    ///
    /// # Errors
    ///
    /// [`MintError`]; the pair is then as it was. A balance below its reserve is a deposit of
    /// nothing.
    pub fn mint(&mut self, fee: ProtocolFee, timestamp: u32) -> Result<Deposit, MintError> {
        let accrued = self.accrued(fee).ok_or(MintError::SharesOverflow)?;
        let Reserves { reserve0, reserve1 } = self.pool.reserves();
        let Balances { balance0, balance1 } = self.balances;
        let deposited = |balance: u128, reserve: Amount| {
            let units = balance.saturating_sub(reserve.get());
            Amount::new(units).map_err(|_| MintError::ReserveOverflow)
        };
        let amounts = (deposited(balance0, reserve0)?, deposited(balance1, reserve1)?);
        let deposit = accrued.quote_mint(amounts.0, amounts.1)?;
        // From here on nothing can fail.
        self.settle(deposit.reserves, timestamp);
        self.settle_shares(deposit.total_shares, fee);
        Ok(deposit)
    }

    /// Gives up shares for their part of what the pair holds, counted or not.
    ///
    /// One of the two amounts may be zero, which Uniswap v2 refuses (`UniswapV2Pair.burn`); see
    /// [`Pool::quote_burn`]. None may be above 2^112 - 1, which v2 pays of a larger balance.
    ///
    /// # Errors
    ///
    /// [`BurnError`]; the pair is then as it was.
    pub fn burn(
        &mut self,
        shares: Shares,
        fee: ProtocolFee,
        timestamp: u32,
    ) -> Result<Withdrawal, BurnError> {
        // Nobody holds yet what this call's protocol fee makes.
        self.pool.shares_after_burn(shares)?;
        let accrued = self.accrued(fee).ok_or(BurnError::SharesOverflow)?;
        let withdrawal = accrued.quote_burn_of(shares, self.balances)?;
        // From here on nothing can fail.
        self.settle(withdrawal.reserves, timestamp);
        self.settle_shares(withdrawal.total_shares, fee);
        Ok(withdrawal)
    }

    /// Pays out what the pair holds beyond its reserves, to whoever asks.
    ///
    /// Source: `UniswapV2Pair.skim`.
    ///
    /// # Errors
    ///
    /// [`PairError::BalanceBelowReserve`]; the pair is then as it was.
    pub fn skim(&mut self) -> Result<Balances, PairError> {
        let reserves = self.pool.reserves();
        let beyond = self.balances.beyond(reserves).ok_or(PairError::BalanceBelowReserve)?;
        self.balances = reserves.into();
        Ok(beyond)
    }

    /// Counts what the pair holds: its balances become its reserves.
    ///
    /// Source: `UniswapV2Pair.sync`, which also counts one balance of zero.
    ///
    /// # Errors
    ///
    /// [`PairError`]: `BalanceOverflow`, `OneBalanceZero`; the pair is then as it was.
    pub fn sync(&mut self, timestamp: u32) -> Result<Reserves, PairError> {
        let reserves = self.balances.counted()?;
        if reserves.reserve0.is_zero() != reserves.reserve1.is_zero() {
            return Err(PairError::OneBalanceZero);
        }
        self.settle(reserves, timestamp);
        Ok(reserves)
    }

    /// The pool with the shares that the protocol fee makes.
    fn accrued(&self, fee: ProtocolFee) -> Option<Pool> {
        match fee {
            ProtocolFee::Off => Some(self.pool),
            ProtocolFee::On => self.pool.accrued(self.history.k_last.unwrap_or_default()),
        }
    }

    /// Writes new reserves, which are then all that the pair holds, and lets time pass.
    fn settle(&mut self, reserves: Reserves, timestamp: u32) {
        self.history.advance(self.pool.reserves(), timestamp);
        self.pool.settle(reserves);
        self.balances = reserves.into();
    }

    /// Writes how many shares there are, and what the next protocol fee is measured from.
    fn settle_shares(&mut self, total_shares: Shares, fee: ProtocolFee) {
        self.pool.settle_total_shares(Some(total_shares));
        self.history.k_last = Some(match fee {
            ProtocolFee::Off => Product::ZERO,
            ProtocolFee::On => Product::of(self.pool.reserves()),
        });
    }
}

impl Pool {
    /// What giving up shares would do, where the pair holds these balances.
    pub(crate) fn quote_burn_of(
        &self,
        shares: Shares,
        balances: Balances,
    ) -> Result<Withdrawal, BurnError> {
        let (total, total_shares) = self.shares_after_burn(shares)?;
        let part = |balance: u128| {
            let amount = scalar::mul_div_floor(shares.get(), balance, total.get());
            let amount = amount.and_then(|units| Amount::new(units).ok());
            let amount = amount.ok_or(BurnError::ReserveOverflow)?;
            let left = Amount::new(balance.saturating_sub(amount.get()));
            Ok((amount, left.map_err(|_| BurnError::ReserveOverflow)?))
        };
        let (amount0, reserve0) = part(balances.balance0)?;
        let (amount1, reserve1) = part(balances.balance1)?;
        // A balance of nothing beside one of something pays nothing either.
        let one_sided = reserve0.is_zero() != reserve1.is_zero();
        if one_sided || amount0.is_zero() && amount1.is_zero() {
            return Err(BurnError::ZeroOutput);
        }
        let reserves = Reserves { reserve0, reserve1 };
        Ok(Withdrawal { shares, amount0, amount1, total_shares, reserves })
    }
}

/// What is left of a reserve after paying out of it; where the balance is less than the reserve,
/// of the balance.
fn left_of(reserve: Amount, balance: u128, amount_out: Amount) -> Result<u128, FlowsError> {
    let counted = left(reserve, amount_out)?.get();
    let missing = reserve.get().saturating_sub(balance);
    counted.checked_sub(missing).ok_or(FlowsError::InsufficientReserve {
        amount_out,
        reserve_out: Amount::new(balance).unwrap_or(reserve),
    })
}

#[cfg(test)]
mod tests {
    use primitive_types::U256;

    use super::*;
    use crate::fee::Fee;
    use crate::id::TokenId;

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    /// A new pair, its clock at 100.
    fn empty() -> Pair {
        let pool = Pool::new(TokenId::FIRST, TokenId::SECOND, Fee::UNISWAP_V2).unwrap();
        let history = History {
            price0_cum: Some(U256::zero()),
            price1_cum: Some(U256::zero()),
            k_last: Some(Product::ZERO),
            ts_last: Some(100),
        };
        Pair::new(pool, history)
    }

    fn pair(amount0: u128, amount1: u128) -> Pair {
        let mut pair = empty();
        pair.transfer(amount0, amount1).unwrap();
        pair.mint(ProtocolFee::Off, 100).unwrap();
        pair
    }

    #[test]
    fn a_donation_pays_for_the_next_swap_or_is_skimmed_or_counted() {
        let mut donated = pair(10_000, 10_000);
        donated.transfer(1_000, 0).unwrap();
        let mut swapped = donated;
        let flows = swapped.swap(Amount::ZERO, amount(906), 100).unwrap();
        assert_eq!(flows.amount0_in, amount(1_000));
        assert_eq!(swapped.balances(), Balances { balance0: 11_000, balance1: 9_094 });

        let mut skimmed = donated;
        assert_eq!(skimmed.skim(), Ok(Balances { balance0: 1_000, balance1: 0 }));
        assert_eq!(skimmed, pair(10_000, 10_000));

        let mut synced = donated;
        synced.sync(110).unwrap();
        assert_eq!(synced.pool().reserves().reserve0, amount(11_000));
        assert_eq!(synced.history().price0_cum, Some(U256::from(10) << 112));
        assert_eq!(synced.swap(Amount::ZERO, amount(1), 110), Err(FlowsError::NoInput));
    }

    #[test]
    fn a_donation_belongs_to_all_shares_in_a_withdrawal() {
        let mut pair = pair(10_000, 10_000);
        pair.transfer(0, 5_000).unwrap();
        let paid = pair.burn(Shares::from(1_000), ProtocolFee::Off, 100).unwrap();
        assert_eq!((paid.amount0.get(), paid.amount1.get()), (1_000, 1_500));
        assert_eq!(pair.pool().reserves().reserve1, amount(13_500));
    }

    #[test]
    fn what_is_missing_from_a_balance_counts_in_the_k_rule() {
        let mut pair = pair(10_000, 10_000);
        pair.observe(Balances { balance0: 11_000, balance1: 9_900 });
        assert_eq!(pair.skim(), Err(PairError::BalanceBelowReserve));
        let mut quoted = pair;
        assert_eq!(quoted.swap(Amount::ZERO, amount(906), 100), Err(FlowsError::BreaksK));
        assert!(quoted.swap(Amount::ZERO, amount(806), 100).is_ok());
        assert_eq!(quoted.pool().reserves().reserve1, amount(9_094));
        let all = FlowsError::InsufficientReserve {
            amount_out: amount(9_950),
            reserve_out: amount(9_900),
        };
        assert_eq!(pair.swap(Amount::ZERO, amount(9_950), 100), Err(all));
        assert_eq!(pair.mint(ProtocolFee::Off, 100), Err(MintError::ZeroShares));
    }

    /// Attack 5: a balance above the bound stops everything but a skim.
    #[test]
    fn a_balance_above_the_bound_can_be_skimmed() {
        let mut pair = pair(10_000, 10_000);
        pair.transfer(2 * Amount::MAX.get(), 0).unwrap();
        let before = pair;
        assert_eq!(pair.sync(101), Err(PairError::BalanceOverflow));
        assert_eq!(pair.swap(Amount::ZERO, amount(1), 101), Err(FlowsError::ReserveOverflow));
        assert_eq!(pair.mint(ProtocolFee::Off, 101), Err(MintError::ReserveOverflow));
        let refused = pair.burn(Shares::from(1), ProtocolFee::Off, 101);
        assert_eq!(refused, Err(BurnError::ReserveOverflow));
        assert_eq!(pair.transfer(u128::MAX, 0), Err(PairError::BalanceOverflow));
        assert_eq!(pair, before);
        assert!(pair.skim().is_ok());
        assert!(pair.burn(Shares::from(9_000), ProtocolFee::Off, 101).is_ok());
    }

    /// Attack 23: the fee goes on, off and on again; growth while it was off is not charged.
    #[test]
    fn the_protocol_fee_may_be_switched() {
        let mut pair = pair(1_000_000, 1_000_000);
        let total = |pair: &Pair| pair.pool().total_shares().unwrap().get();
        let grow = |pair: &mut Pair| {
            pair.transfer(500_000, 500_000).unwrap();
            pair.sync(100).unwrap();
        };
        let deposit = |pair: &mut Pair, fee| {
            pair.transfer(10_000, 10_000).unwrap();
            let before = total(pair);
            let shares = pair.mint(fee, 100).unwrap().shares.get();
            total(pair) - before - shares
        };
        assert_eq!(deposit(&mut pair, ProtocolFee::On), 0, "k_last was zero");
        grow(&mut pair);
        assert_eq!(deposit(&mut pair, ProtocolFee::On), 58_995);
        assert_eq!(deposit(&mut pair, ProtocolFee::Off), 0);
        assert_eq!(pair.history().k_last, Some(Product::ZERO));
        grow(&mut pair);
        assert_eq!(deposit(&mut pair, ProtocolFee::On), 0, "nothing was remembered");
        grow(&mut pair);
        assert!(deposit(&mut pair, ProtocolFee::On) > 0);
    }

    /// 1,000 shares that the fee is about to make are not the caller's to give up.
    #[test]
    fn nobody_gives_up_what_the_fee_makes_now() {
        let mut pair = pair(1_000_000, 1_000_000);
        let deposit = |pair: &mut Pair| {
            pair.transfer(1_000_000, 1_000_000).unwrap();
            pair.mint(ProtocolFee::On, 100).unwrap();
        };
        deposit(&mut pair);
        pair.transfer(1_000_000, 1_000_000).unwrap();
        pair.sync(100).unwrap();
        let held = Shares::from(1_999_000);
        let more = held.checked_add(1_u64.into()).unwrap();
        let refused = BurnError::TooManyShares { shares: more, redeemable: held };
        assert_eq!(pair.burn(more, ProtocolFee::On, 100), Err(refused));
        assert!(pair.burn(held, ProtocolFee::On, 100).is_ok());
    }

    /// A withdrawal pays one token where the other's part is below a unit, and nothing where
    /// both are, or where the pair would be left with one token.
    #[test]
    fn a_withdrawal_pays_one_token_but_leaves_both() {
        let burn = |pair: &mut Pair| {
            let paid = pair.burn(Shares::from(1), ProtocolFee::Off, 100)?;
            Ok((paid.amount0.get(), paid.amount1.get()))
        };
        // 2,000 shares of 1,000,001 and 4, of which 1 is worth 500.0005 and 0.002.
        let mut uneven = pair(1_000_001, 4);
        let mut mirrored = pair(4, 1_000_001);
        assert_eq!([burn(&mut uneven), burn(&mut mirrored)], [Ok((500, 0)), Ok((0, 500))]);
        assert_eq!(uneven.balances(), Balances { balance0: 999_501, balance1: 4 });

        let mut shrunk = pair(10_000, 10_000);
        shrunk.observe(Balances { balance0: 9_999, balance1: 9_999 });
        assert_eq!(burn(&mut shrunk), Err(BurnError::ZeroOutput), "0.9999 of each");
        for (balance0, balance1) in [(0, 10_000), (10_000, 0)] {
            let mut emptied = pair(10_000, 10_000);
            emptied.observe(Balances { balance0, balance1 });
            assert_eq!(burn(&mut emptied), Err(BurnError::ZeroOutput));
        }
    }

    #[test]
    fn one_token_alone_is_not_counted() {
        let mut pair = empty();
        pair.transfer(5, 0).unwrap();
        assert_eq!(pair.sync(100), Err(PairError::OneBalanceZero));
        assert_eq!(pair.mint(ProtocolFee::Off, 100), Err(MintError::ZeroShares));
    }
}
