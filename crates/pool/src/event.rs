//! [`Event`]: what happened to a pool, as a chain reports it; [`Market::apply`] judges it.

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::Amount;
use crate::flows::{Flows, FlowsError};
use crate::history::History;
use crate::id::PoolId;
use crate::liquidity::{BurnError, MintError, Withdrawal};
use crate::market::Market;
use crate::pair::Balances;
use crate::pool::{Pool, Reserves};
use crate::protocol_fee::Product;
use crate::shares::Shares;

/// One thing that happened to a pool, and what the pool held after it.
///
/// A Uniswap v2 pair reports its reserves with everything it does. A report of reserves alone is
/// an observation: after a donation, a skim or a sync nobody said why they changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event {
    /// Where.
    pub pool: PoolId,
    /// When, in seconds modulo 2^32.
    pub timestamp: u32,
    /// What the pool then held.
    pub reserves: Reserves,
    /// What led to it; `None` where only the reserves were reported.
    pub action: Option<Action>,
}

/// What somebody did with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A swap.
    Swap(Flows),
    /// A deposit: what came in and the shares it made.
    Mint(Liquidity),
    /// A withdrawal: what went out and the shares given up.
    Burn(Liquidity),
}

/// Both amounts of a deposit or a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Liquidity {
    /// Of `token0`.
    pub amount0: Amount,
    /// Of `token1`.
    pub amount1: Amount,
    /// The depositor's shares, where they are known; chains report them elsewhere.
    pub shares: Option<Shares>,
}

/// Why an event cannot have happened to a pool in this state. What is expected is the bound on the
/// side that breaks one, and what was reported on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool named.
        pool: PoolId,
    },
    /// One reserve is zero and the other is not.
    #[error("one reserve is zero and the other is not")]
    OneReserveZero,
    /// The pool's rule does not allow the swap.
    #[error(transparent)]
    Swap(#[from] FlowsError),
    /// The pool's rule does not allow the deposit.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The pool's rule does not allow the withdrawal.
    #[error(transparent)]
    Burn(#[from] BurnError),
    /// The reserves before and the amounts lead to other reserves.
    #[error("the amounts lead to {} and {}, not {} and {}", expected.reserve0, expected.reserve1,
            found.reserve0, found.reserve1)]
    Reserves {
        /// What they lead to.
        expected: Reserves,
        /// What was reported.
        found: Reserves,
    },
    /// The deposit makes another number of shares.
    #[error("the deposit makes {expected} shares, not {found}")]
    Shares {
        /// What it makes.
        expected: Shares,
        /// What was reported.
        found: Shares,
    },
    /// The shares given up pay other amounts.
    #[error("the shares pay {} and {}, not {} and {}", expected.reserve0, expected.reserve1,
            found.reserve0, found.reserve1)]
    Payment {
        /// What they pay of both tokens.
        expected: Reserves,
        /// What was reported.
        found: Reserves,
    },
}

impl Market {
    /// Takes over what happened to a pool, if its rules allow it.
    ///
    /// A swap must satisfy the pool's k rule, by its amounts and not by a quote: callers may take
    /// less. The reserves before it and its amounts must lead to the reserves reported. Only a
    /// withdrawal whose shares are known may leave more, if it paid their part of all that the
    /// pair then held: it counts what somebody sent to the pair before, and may have been paid to
    /// the pair itself, which then has it still. Shares and what they pay
    /// are checked where their number is known; where it is not, what a withdrawal pays must be
    /// one part of both reserves. Reserves reported alone are adopted. Both price
    /// accumulators advance with the reserves before, where they are known; a protocol fee is
    /// taken where `k_last` is known and not zero, and an unknown `k_last` counts as no fee. A
    /// withdrawal may pay one token only, as a [`burn`](Self::burn) here may and v2's may not.
    ///
    /// To go on after an error from what was reported, [`adopt`](Self::adopt) the event.
    ///
    /// # Errors
    ///
    /// [`EventError`]; the market is then as it was.
    #[inline]
    pub fn apply(&mut self, event: &Event) -> Result<(), EventError> {
        let Event { pool: id, timestamp, reserves, action } = *event;
        let (pool, history) =
            self.pool_and_history_mut(id).ok_or(EventError::UnknownPool { pool: id })?;
        if reserves.reserve0.is_zero() != reserves.reserve1.is_zero() {
            return Err(EventError::OneReserveZero);
        }
        let k_last = history.as_ref().and_then(|history| history.k_last).unwrap_or_default();
        let total_shares = match action {
            None => pool.total_shares(),
            Some(Action::Swap(flows)) => {
                agree(pool.fill_flows(&flows)?, reserves)?;
                pool.total_shares()
            }
            Some(Action::Mint(liquidity)) => minted(pool, k_last, &liquidity, reserves)?,
            Some(Action::Burn(liquidity)) => burned(pool, k_last, &liquidity, reserves)?,
        };
        // From here on nothing can fail.
        if let Some(history) = history {
            history.advance(pool.reserves(), timestamp);
            if matches!(action, Some(Action::Mint(_) | Action::Burn(_))) {
                history.settle_k_last(reserves);
            }
        }
        pool.settle(reserves);
        pool.settle_total_shares(total_shares);
        Ok(())
    }

    /// Takes over the reserves that were reported, whatever led to them: to go on after an event
    /// that cannot have been.
    ///
    /// Both price accumulators advance. After a deposit or a withdrawal the number of shares and
    /// `k_last` are unknown.
    ///
    /// # Errors
    ///
    /// [`EventError`]: `UnknownPool`, `OneReserveZero`; the market is then as it was.
    #[cold]
    pub fn adopt(&mut self, event: &Event) -> Result<(), EventError> {
        self.apply(&Event { action: None, ..*event })?;
        let Some(Action::Mint(_) | Action::Burn(_)) = event.action else { return Ok(()) };
        if let Some((pool, history)) = self.pool_and_history_mut(event.pool) {
            pool.settle_total_shares(None);
            if let Some(history) = history {
                history.k_last = None;
            }
        }
        Ok(())
    }
}

impl History {
    /// Writes what a deposit or a withdrawal left, if the protocol fee is on.
    pub(crate) fn settle_k_last(&mut self, after: Reserves) {
        if let Some(k_last) = self.k_last.as_mut().filter(|k_last| !k_last.is_zero()) {
            *k_last = Product::of(after);
        }
    }
}

/// All shares after a deposit that was reported.
#[cold]
fn minted(
    pool: &Pool,
    k_last: Product,
    liquidity: &Liquidity,
    found: Reserves,
) -> Result<Option<Shares>, EventError> {
    let Liquidity { amount0, amount1, shares } = *liquidity;
    if pool.total_shares().is_none() {
        let expected = pool.reserves_with(amount0, amount1)?;
        // Whatever the number of shares, a deposit of one token makes none.
        if amount0.is_zero() || amount1.is_zero() {
            return Err(MintError::ZeroShares.into());
        }
        agree(expected, found)?;
        return Ok(None);
    }
    let accrued = pool.accrued(k_last).ok_or(MintError::SharesOverflow)?;
    let deposit = accrued.quote_mint(amount0, amount1)?;
    agree(deposit.reserves, found)?;
    match shares {
        Some(found) if found != deposit.shares => {
            Err(EventError::Shares { expected: deposit.shares, found })
        }
        _ => Ok(Some(deposit.total_shares)),
    }
}

/// All shares after a withdrawal that was reported.
#[cold]
fn burned(
    pool: &Pool,
    k_last: Product,
    liquidity: &Liquidity,
    found: Reserves,
) -> Result<Option<Shares>, EventError> {
    let Liquidity { amount0, amount1, shares } = *liquidity;
    let paid = Reserves { reserve0: amount0, reserve1: amount1 };
    if amount0.is_zero() && amount1.is_zero() {
        return Err(BurnError::ZeroOutput.into());
    }
    let before = pool.reserves();
    let (Some(shares), Some(_)) = (shares, pool.total_shares()) else {
        let left = left(before, paid)?;
        let expected = as_one_part(before, paid);
        if expected != paid {
            return Err(EventError::Payment { expected, found: paid });
        }
        agree(left, found)?;
        return Ok(None);
    };
    holds_at_least(before, paid, found)?;
    pool.shares_after_burn(shares)?;
    let accrued = pool.accrued(k_last).ok_or(BurnError::SharesOverflow)?;
    // What was paid and what was left is what the pair held; one that was told to pay itself holds
    // all of it still.
    let held = |paid: Amount, left: Amount| paid.get().saturating_add(left.get());
    let elsewhere = Balances {
        balance0: held(amount0, found.reserve0),
        balance1: held(amount1, found.reserve1),
    };
    let itself = Balances { balance0: found.reserve0.get(), balance1: found.reserve1.get() };
    let is_whole = before.reserve0 <= found.reserve0 && before.reserve1 <= found.reserve1;
    let withdrawal = pays(&accrued, shares, elsewhere, paid);
    let withdrawal = match withdrawal {
        Err(refused) if is_whole => pays(&accrued, shares, itself, paid).map_err(|_| refused)?,
        other => other?,
    };
    Ok(Some(withdrawal.total_shares))
}

/// The withdrawal of these shares where the pair held so much, if that is what was paid.
fn pays(
    pool: &Pool,
    shares: Shares,
    held: Balances,
    paid: Reserves,
) -> Result<Withdrawal, EventError> {
    let withdrawal = pool.quote_burn_of(shares, held)?;
    let expected = Reserves { reserve0: withdrawal.amount0, reserve1: withdrawal.amount1 };
    if expected == paid {
        Ok(withdrawal)
    } else {
        Err(EventError::Payment { expected, found: paid })
    }
}

/// What was paid and what is left is at least what there was.
fn holds_at_least(before: Reserves, paid: Reserves, found: Reserves) -> Result<(), EventError> {
    let left = |before: Amount, paid: Amount| before.checked_sub(paid).unwrap_or_default();
    let expected = Reserves {
        reserve0: left(before.reserve0, paid.reserve0).max(found.reserve0),
        reserve1: left(before.reserve1, paid.reserve1).max(found.reserve1),
    };
    agree(expected, found)
}

/// What a withdrawal leaves of these reserves: something, for the locked shares.
fn left(before: Reserves, paid: Reserves) -> Result<Reserves, EventError> {
    let most = |reserve: Amount| reserve.checked_sub(Amount::from_u64(1)).unwrap_or_default();
    let reserve0 = before.reserve0.checked_sub(paid.reserve0);
    let reserve1 = before.reserve1.checked_sub(paid.reserve1);
    match (reserve0, reserve1) {
        (Some(reserve0), Some(reserve1)) if !reserve0.is_zero() && !reserve1.is_zero() => {
            Ok(Reserves { reserve0, reserve1 })
        }
        _ => {
            let expected = Reserves {
                reserve0: most(before.reserve0).min(paid.reserve0),
                reserve1: most(before.reserve1).min(paid.reserve1),
            };
            Err(EventError::Payment { expected, found: paid })
        }
    }
}

/// These payments, the second one moved to the nearest that goes with the first: whatever the
/// shares, both are one part of the reserves, rounded down.
///
/// Every part that pays `a` of `x` is at least `a / x` and below `(a + 1) / x`, so of `y` it pays
/// at least `floor(a * y / x)` and at most `ceil((a + 1) * y / x) - 1`.
fn as_one_part(before: Reserves, paid: Reserves) -> Reserves {
    let (x, y) = (before.reserve0.get(), before.reserve1.get());
    let amount0 = paid.reserve0.get();
    let least = scalar::mul_div_floor(amount0, y, x).unwrap_or_default();
    let above = scalar::mul_div_ceil(amount0.saturating_add(1), y, x).unwrap_or(u128::MAX);
    let nearest = paid.reserve1.get().min(above.saturating_sub(1)).max(least);
    Reserves { reserve1: Amount::new(nearest).unwrap_or(before.reserve1), ..paid }
}

#[inline]
fn agree(expected: Reserves, found: Reserves) -> Result<(), EventError> {
    if expected == found { Ok(()) } else { Err(EventError::Reserves { expected, found }) }
}

#[cfg(test)]
mod tests {
    use primitive_types::U256;

    use super::*;
    use crate::fee::Fee;

    fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
        Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
    }

    fn liquidity(amount0: u64, amount1: u64, shares: Option<u64>) -> Liquidity {
        let shares = shares.map(Shares::from);
        Liquidity { amount0: amount0.into(), amount1: amount1.into(), shares }
    }

    /// A pool of a million each with as many shares, no protocol fee, and a known past.
    fn market() -> (Market, PoolId) {
        let mut market = Market::new();
        let (a, b) = (market.add_token("a").unwrap(), market.add_token("b").unwrap());
        let pool = Pool::new(a, b, Fee::UNISWAP_V2)
            .unwrap()
            .with_reserves(reserves(1_000_000, 1_000_000))
            .unwrap()
            .with_total_shares(1_000_000.into())
            .unwrap();
        let id = market.add_pool("a/b", pool).unwrap();
        let history = History {
            price0_cum: Some(U256::zero()),
            price1_cum: Some(U256::zero()),
            k_last: Some(Product::ZERO),
            ts_last: Some(100),
        };
        market.set_history(id, history).unwrap();
        (market, id)
    }

    fn event(pool: PoolId, after: Reserves, action: Option<Action>) -> Event {
        Event { pool, timestamp: 110, reserves: after, action }
    }

    #[test]
    fn a_swap_is_judged_by_its_amounts_and_advances_time() {
        let (mut market, id) = market();
        let before = market.clone();
        let swap = |out: u64| {
            let flows =
                Flows { amount0_in: 1_000_u64.into(), amount1_out: out.into(), ..Flows::default() };
            event(id, reserves(1_001_000, 1_000_000 - out), Some(Action::Swap(flows)))
        };
        assert_eq!(market.apply(&swap(997)), Err(FlowsError::BreaksK.into()));
        let wrong = Event { reserves: reserves(1_001_000, 999_005), ..swap(996) };
        let (expected, found) = (reserves(1_001_000, 999_004), reserves(1_001_000, 999_005));
        assert_eq!(market.apply(&wrong), Err(EventError::Reserves { expected, found }));
        assert_eq!(market, before);

        assert_eq!(market.apply(&swap(900)), Ok(()), "less than the quote");
        assert_eq!(market.pool(id).unwrap().reserves(), reserves(1_001_000, 999_100));
        let history = market.history(id);
        assert_eq!(history.price0_cum, Some(U256::from(10) << 112));
        assert_eq!(history.ts_last, Some(110));
    }

    #[test]
    fn deposits_and_withdrawals_are_checked_where_shares_are_known() {
        let (mut market, id) = market();
        let after = reserves(1_100_000, 1_200_000);
        let mint =
            |shares| event(id, after, Some(Action::Mint(liquidity(100_000, 200_000, shares))));
        let wrong = EventError::Shares { expected: 100_000.into(), found: 100_001.into() };
        assert_eq!(market.apply(&mint(Some(100_001))), Err(wrong));
        assert_eq!(market.apply(&mint(Some(100_000))), Ok(()));
        let total = |market: &Market| market.pool(id).unwrap().total_shares();
        assert_eq!(total(&market), Some(1_100_000.into()));

        let burn = |amount0, shares| {
            let action = Action::Burn(liquidity(amount0, 1_200, Some(shares)));
            event(id, reserves(1_100_000 - amount0, 1_198_800), Some(action))
        };
        let (expected, found) = (reserves(1_100, 1_200), reserves(1_101, 1_200));
        let payment = EventError::Payment { expected, found };
        assert_eq!(market.apply(&burn(1_101, 1_100)), Err(payment));
        assert_eq!(market.apply(&burn(1_100, 1_100)), Ok(()));
        assert_eq!(total(&market), Some(1_098_900.into()));
        // The part that pays one of 1,098,900 pays one of 1,198,800 too.
        let blank = |amount0, amount1| Some(Action::Burn(liquidity(amount0, amount1, None)));
        let (expected, found) = (reserves(1, 1), reserves(1, 0));
        let payment = EventError::Payment { expected, found };
        let uneven = event(id, reserves(1_098_899, 1_198_800), blank(1, 0));
        assert_eq!(market.apply(&uneven), Err(payment));
        let even = event(id, reserves(1_098_900, 1_198_799), blank(0, 1));
        assert_eq!(market.apply(&even), Ok(()));
        assert_eq!(total(&market), None, "nobody said how many");
    }

    /// Anybody may send a unit to a pair before somebody else's withdrawal.
    #[test]
    fn a_donation_before_a_withdrawal_is_counted_by_it() {
        let (mut market, id) = market();
        let burn = |paid: u64, left: u64| {
            let action = Action::Burn(liquidity(paid, 500_000, Some(500_000)));
            event(id, reserves(left, 500_000), Some(action))
        };
        let below = EventError::Reserves {
            expected: reserves(500_000, 500_000),
            found: reserves(499_999, 500_000),
        };
        let payment = EventError::Payment {
            expected: reserves(500_001, 500_000),
            found: reserves(500_000, 500_000),
        };
        let before = market.clone();
        assert_eq!(market.apply(&burn(500_000, 499_999)), Err(below), "less than there was");
        assert_eq!(market.apply(&burn(500_000, 500_002)), Err(payment), "half of 2 is 1");
        assert_eq!(market, before);
        assert_eq!(market.apply(&burn(500_000, 500_001)), Ok(()), "half of 1 is 0");
        assert_eq!(market.pool(id).unwrap().reserves(), reserves(500_001, 500_000));
    }

    /// `burn` asks who is to be paid, and may be told: the pair.
    #[test]
    fn a_withdrawal_that_a_pair_pays_to_itself_leaves_all_there_was() {
        let (mut market, id) = market();
        let burn = |paid: u64, left: u64| {
            let action = Action::Burn(liquidity(paid, paid, Some(500_000)));
            event(id, reserves(left, left), Some(action))
        };
        let before = market.clone();
        for (paid, left) in [(499_999, 1_000_000), (500_001, 1_000_000), (500_000, 1_000_002)] {
            let half = u64::midpoint(paid, left);
            let expected = reserves(half, half);
            let found = reserves(paid, paid);
            assert_eq!(
                market.apply(&burn(paid, left)),
                Err(EventError::Payment { expected, found })
            );
        }
        assert_eq!(market, before);
        assert_eq!(market.apply(&burn(500_000, 1_000_000)), Ok(()));
        let pool = market.pool(id).unwrap();
        assert_eq!(pool.reserves(), reserves(1_000_000, 1_000_000));
        assert_eq!(pool.total_shares(), Some(500_000.into()));
        // Ten units came from elsewhere, of which 400 of 500 thousand shares pay eight.
        let action = Action::Burn(liquidity(800_008, 800_008, Some(400_000)));
        let with_gift = event(id, reserves(1_000_010, 1_000_010), Some(action));
        assert_eq!(market.apply(&with_gift), Ok(()));
    }

    #[test]
    fn a_withdrawal_of_unknown_shares_leaves_exactly_the_rest_and_never_nothing() {
        let (mut market, id) = market();
        let unknown = market.pool(id).unwrap().with_reserves(reserves(5, 5)).unwrap();
        market.restore(id, unknown, market.history(id)).unwrap();
        let burn = |paid: u64, left: u64| {
            event(id, reserves(left, left), Some(Action::Burn(liquidity(paid, paid, None))))
        };
        let (expected, found) = (reserves(2, 2), reserves(3, 3));
        assert_eq!(market.apply(&burn(3, 3)), Err(EventError::Reserves { expected, found }));
        let payment = EventError::Payment { expected: reserves(4, 4), found: reserves(5, 5) };
        assert_eq!(market.apply(&burn(5, 0)), Err(payment));
        // Of one token only, too.
        for (paid, most) in [([5, 3], [4, 3]), ([3, 5], [3, 4])] {
            let all_of_one = Action::Burn(liquidity(paid[0], paid[1], None));
            let [expected, found] = [most, paid].map(|[part0, part1]| reserves(part0, part1));
            let refused = market.apply(&event(id, reserves(1, 1), Some(all_of_one)));
            assert_eq!(refused, Err(EventError::Payment { expected, found }));
        }
        assert_eq!(market.apply(&burn(3, 2)), Ok(()));
    }

    #[test]
    fn a_deposit_of_one_token_is_none_whatever_the_shares() {
        let (mut market, id) = market();
        let unknown = market.pool(id).unwrap().with_reserves(reserves(5, 5)).unwrap();
        market.restore(id, unknown, market.history(id)).unwrap();
        let mint = Action::Mint(liquidity(0, 7, None));
        let refused = Err(MintError::ZeroShares.into());
        assert_eq!(market.apply(&event(id, reserves(5, 12), Some(mint))), refused);
        let mint = Action::Mint(liquidity(1, 7, None));
        assert_eq!(market.apply(&event(id, reserves(6, 12), Some(mint))), Ok(()));
    }

    #[test]
    fn what_shares_are_worth_counts_the_protocol_fee() {
        let (mut market, id) = market();
        let thousand = Shares::from(1_000);
        let worth =
            |market: &Market| market.worth_floor(id, thousand).map(|(first, _)| first.get());
        assert_eq!(worth(&market), Ok(1_000));
        let k_last = Product::new(U256::from(640_000_000_000_u64)).unwrap();
        market.set_history(id, History { k_last: Some(k_last), ..market.history(id) }).unwrap();
        assert_eq!(worth(&market), Ok(966), "10^6 / 1,034,482 of each thousand");
        assert!(market.worth_floor(PoolId::from(9), thousand).is_err());
    }

    #[test]
    fn the_protocol_fee_is_taken_where_it_is_on() {
        let (mut market, id) = market();
        let k_last = Product::new(U256::from(640_000_000_000_u64)).unwrap();
        market.set_history(id, History { k_last: Some(k_last), ..market.history(id) }).unwrap();
        // A sixth of the growth from 800,000 to 1,000,000: 10^6 * 200,000 / 5,800,000 = 34,482.
        let after = reserves(1_100_000, 1_100_000);
        let mint = Action::Mint(liquidity(100_000, 100_000, Some(103_448)));
        assert_eq!(market.apply(&event(id, after, Some(mint))), Ok(()));
        assert_eq!(market.pool(id).unwrap().total_shares(), Some(1_137_930.into()));
        assert_eq!(market.history(id).k_last, Some(Product::of(after)));
    }

    #[test]
    fn reserves_alone_are_adopted() {
        let (mut market, id) = market();
        assert_eq!(market.apply(&event(id, reserves(1, 2), None)), Ok(()));
        assert_eq!(market.pool(id).unwrap().reserves(), reserves(1, 2));
        assert_eq!(market.apply(&event(id, reserves(0, 2), None)), Err(EventError::OneReserveZero));
        let stranger = PoolId::from(7);
        let unknown = EventError::UnknownPool { pool: stranger };
        assert_eq!(market.apply(&event(stranger, reserves(1, 2), None)), Err(unknown));
    }
}
