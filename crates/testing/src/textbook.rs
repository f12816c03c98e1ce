//! [`Textbook`]: a pool in big integers, slow, whose formulas can be read.
//!
//! Its rules are one trait, so that a fault can be one rule gone wrong.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "at most three numbers of 128 bits and one of the fee's 20 are multiplied; divisors \
              are positive wherever the pool calls a rule; differences are compared first"
)]

use core::marker::PhantomData;

use cenote_pool::{Amount, Direction};
use primitive_types::U512;

use crate::constant_product::{ConstantProduct, Minted, State};
use crate::laws::SCALE;

/// What a swap is computed from: the reserves as it sees them, and what of an input trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What the pool holds of the token that comes in.
    pub x: U512,
    /// What the pool holds of the token that goes out.
    pub y: U512,
    /// The part of an input that trades, in millionths.
    pub kept: U512,
    /// One, in millionths.
    pub scale: U512,
}

/// The rules of a constant-product pool, each as it stands in a textbook.
///
/// A pool calls them with positive reserves and shares, and with outputs below the reserve.
pub trait Rules: Clone {
    /// The shares that nobody can give up once there are any.
    const LOCKED: u128 = LOCKED;

    /// Whether a deposit that makes no shares is kept: it is refused.
    const KEEPS_REFUSED: bool = false;

    /// `floor(a kept y / (x scale + a kept))`.
    fn amount_out(terms: &Terms, amount_in: &U512) -> U512 {
        let traded = *amount_in * terms.kept;
        traded * terms.y / (terms.x * terms.scale + traded)
    }

    /// `ceil(x out scale / ((y - out) kept))`.
    fn amount_in(terms: &Terms, amount_out: &U512) -> U512 {
        let divisor = (terms.y - *amount_out) * terms.kept;
        div_ceil(&(terms.x * *amount_out * terms.scale), &divisor)
    }

    /// What Uniswap v2's router asks: `floor(x out scale / ((y - out) kept)) + 1`.
    fn amount_in_v2_router(terms: &Terms, amount_out: &U512) -> U512 {
        terms.x * *amount_out * terms.scale / ((terms.y - *amount_out) * terms.kept) + 1
    }

    /// The shares of the protocol fee, for the roots of `k` now and after the last deposit or
    /// withdrawal: `floor(S (root - last) / (5 root + last))`.
    fn protocol_shares(root: &U512, last: &U512, total: &U512) -> U512 {
        *total * (*root - *last) / (*root * 5 + *last)
    }

    /// What an exact output is charged: what was quoted.
    fn charged(quoted: u128) -> u128 {
        quoted
    }

    /// Whether `(x scale + a kept) (y - out) >= x y scale`.
    fn accepts(terms: &Terms, amount_in: &U512, amount_out: &U512) -> bool {
        let adjusted = terms.x * terms.scale + *amount_in * terms.kept;
        terms.x * terms.y * terms.scale <= adjusted * (terms.y - *amount_out)
    }

    /// What of an input joins the reserve: all of it.
    fn joins(_terms: &Terms, amount_in: &U512) -> U512 {
        *amount_in
    }

    /// The depositor's shares and all shares of a first deposit: `isqrt(a b)`, 1,000 locked.
    fn first_shares(amount0: &U512, amount1: &U512) -> Option<[U512; 2]> {
        let total = (*amount0 * *amount1).integer_sqrt();
        Some([total.checked_sub(1000.into())?, total])
    }

    /// `min(floor(a S / x), floor(b S / y))`.
    fn shares(amounts: &[U512; 2], reserves: &[U512; 2], total: &U512) -> U512 {
        let ([a, b], [x, y]) = (amounts, reserves);
        (*a * *total / *x).min(*b * *total / *y)
    }

    /// What a deposit brings of one token, of which it offers `offered`: all of it.
    fn taken(offered: &U512, _shares: &U512, _reserve: &U512, _total: &U512) -> U512 {
        *offered
    }

    /// What shares pay of one token: `floor(l x / S)`.
    fn paid(shares: &U512, reserve: &U512, total: &U512) -> U512 {
        *shares * *reserve / *total
    }

    /// The state that a quote is computed from: the present one.
    fn seen<'a>(_opened: &'a State, now: &'a State) -> &'a State {
        now
    }
}

/// The rules as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {}

impl Rules for Right {}

/// The obvious pool: right, slow, and sharing no code with the engine.
pub type Textbook = BookPool<Right>;

/// A pool of big-integer rules, which refuses what Cenote's pools refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookPool<R> {
    opened: State,
    state: State,
    fee_pips: u32,
    rules: PhantomData<R>,
}

/// The shares that stay for ever.
const LOCKED: u128 = 1000;

impl<R: Rules> BookPool<R> {
    /// What an exact output costs by a rule; `None` where it cannot be had.
    fn cost(
        &self,
        direction: Direction,
        amount_out: u128,
        rule: fn(&Terms, &U512) -> U512,
    ) -> Option<u128> {
        let terms = self.terms(direction)?;
        if amount_out == 0 || terms.y <= amount_out.into() {
            return None;
        }
        let amount_in = u128::try_from(rule(&terms, &amount_out.into())).ok()?;
        let [x, _] = self.state.oriented(direction);
        (x.checked_add(amount_in)? <= Self::MAX).then_some(amount_in)
    }

    /// The terms of a swap; `None` for an empty pool.
    fn terms(&self, direction: Direction) -> Option<Terms> {
        let [x, y] = R::seen(&self.opened, &self.state).oriented(direction);
        let kept = SCALE.checked_sub(self.fee_pips)?;
        let terms = Terms { x: x.into(), y: y.into(), kept: kept.into(), scale: SCALE.into() };
        (0 < x && 0 < y).then_some(terms)
    }

    /// The state once `amount_in` came and `amount_out` went.
    fn traded(&self, direction: Direction, amounts: [u128; 2]) -> Option<State> {
        let terms = self.terms(direction)?;
        let joins = u128::try_from(R::joins(&terms, &amounts[0].into())).ok()?;
        let [x, y] = self.state.oriented(direction);
        let reserves = [x.checked_add(joins)?, y.checked_sub(amounts[1])?];
        Some(self.state.with_oriented(direction, reserves))
    }

    /// Trades exactly these amounts, if the rule accepts them.
    pub fn swap_exact(&mut self, direction: Direction, amounts: [u128; 2]) -> Option<()> {
        let [amount_in, amount_out] = amounts;
        let accepted = self.accepts(direction, amount_in, amount_out);
        self.state = self.traded(direction, amounts).filter(|_| accepted)?;
        Some(())
    }

    /// Deposits at most these amounts and takes only what the shares need, rounded up.
    pub fn mint_within(&mut self, amount0: u128, amount1: u128) -> Option<Minted> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let whole = self.clone().mint(amount0, amount1)?;
        if total_shares == 0 {
            return self.mint(amount0, amount1);
        }
        let need = |reserve: u128| {
            let needed = U512::from(whole.shares) * U512::from(reserve);
            u128::try_from(div_ceil(&needed, &total_shares.into())).ok()
        };
        let (need0, need1) = (need(reserve0)?, need(reserve1)?);
        self.mint(need0, need1)
    }

    fn shares_of(&self, amount0: u128, amount1: u128) -> Option<[U512; 2]> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let amounts = [U512::from(amount0), U512::from(amount1)];
        if total_shares == 0 {
            return R::first_shares(&amounts[0], &amounts[1]);
        }
        if reserve0 == 0 || reserve1 == 0 {
            return None;
        }
        let total = U512::from(total_shares);
        let shares = R::shares(&amounts, &[reserve0.into(), reserve1.into()], &total);
        let after = total + shares;
        (after <= U512::from(Self::MAX)).then_some([shares, after])
    }

    fn taken(&self, amounts: [u128; 2], shares: &U512) -> Option<[u128; 2]> {
        let State { reserve0, reserve1, total_shares } = self.state;
        if total_shares == 0 {
            return Some(amounts);
        }
        let total = U512::from(total_shares);
        let taken0 = R::taken(&amounts[0].into(), shares, &reserve0.into(), &total);
        let taken1 = R::taken(&amounts[1].into(), shares, &reserve1.into(), &total);
        Some([u128::try_from(taken0).ok()?, u128::try_from(taken1).ok()?])
    }
}

impl<R: Rules> ConstantProduct for BookPool<R> {
    const MAX: u128 = Amount::MAX.get();

    fn open(state: State, fee_pips: u32) -> Option<Self> {
        let State { reserve0, reserve1, total_shares } = state;
        let empty = reserve0 == 0;
        let possible = reserve0.max(reserve1).max(total_shares) <= Self::MAX
            && empty == (reserve1 == 0)
            && (total_shares == 0 || (LOCKED <= total_shares && !empty))
            && fee_pips < SCALE;
        possible.then_some(Self { opened: state, state, fee_pips, rules: PhantomData })
    }

    fn state(&self) -> State {
        self.state
    }

    fn quote_exact_in(&self, direction: Direction, amount_in: u128) -> Option<u128> {
        let terms = self.terms(direction)?;
        let [x, _] = self.state.oriented(direction);
        if amount_in == 0 || Self::MAX < x.checked_add(amount_in)? {
            return None;
        }
        let amount_out = u128::try_from(R::amount_out(&terms, &amount_in.into())).ok()?;
        (0 < amount_out).then_some(amount_out)
    }

    fn quote_exact_out(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        self.cost(direction, amount_out, R::amount_in)
    }

    fn quote_exact_out_v2_router(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        self.cost(direction, amount_out, R::amount_in_v2_router)
    }

    fn protocol_shares(&self, [last0, last1]: [u128; 2]) -> Option<u128> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let root = |a: u128, b: u128| (U512::from(a) * U512::from(b)).integer_sqrt();
        let (root, last) = (root(reserve0, reserve1), root(last0, last1));
        if last.is_zero() || root <= last {
            return Some(0);
        }
        let shares = R::protocol_shares(&root, &last, &total_shares.into());
        let total = shares.checked_add(total_shares.into())?;
        (total <= U512::from(Self::MAX)).then(|| shares.low_u128())
    }

    fn accepts(&self, direction: Direction, amount_in: u128, amount_out: u128) -> bool {
        let Some(terms) = self.terms(direction) else {
            return false;
        };
        let [x, y] = self.state.oriented(direction);
        let fits = x.checked_add(amount_in).is_some_and(|sum| sum <= Self::MAX);
        0 < amount_in
            && 0 < amount_out
            && amount_out < y
            && fits
            && R::accepts(&terms, &amount_in.into(), &amount_out.into())
    }

    fn swap_exact_in(&mut self, direction: Direction, amount_in: u128) -> Option<u128> {
        let amount_out = self.quote_exact_in(direction, amount_in)?;
        self.state = self.traded(direction, [amount_in, amount_out])?;
        Some(amount_out)
    }

    fn swap_exact_out(&mut self, direction: Direction, amount_out: u128) -> Option<u128> {
        let amount_in = R::charged(self.quote_exact_out(direction, amount_out)?);
        self.state = self.traded(direction, [amount_in, amount_out])?;
        Some(amount_in)
    }

    fn mint(&mut self, amount0: u128, amount1: u128) -> Option<Minted> {
        let fits = |reserve: u128, amount: u128| {
            reserve.checked_add(amount).filter(|sum| *sum <= Self::MAX)
        };
        let State { reserve0, reserve1, .. } = self.state;
        fits(reserve0, amount0).zip(fits(reserve1, amount1))?;
        let [shares, total] = self.shares_of(amount0, amount1)?;
        let amounts = self.taken([amount0, amount1], &shares)?;
        let [shares, total_shares] = [u128::try_from(shares).ok()?, u128::try_from(total).ok()?];
        let reserve0 = reserve0.checked_add(amounts[0])?;
        let reserve1 = reserve1.checked_add(amounts[1])?;
        if shares == 0 {
            if R::KEEPS_REFUSED {
                self.state = State { reserve0, reserve1, ..self.state };
            }
            return None;
        }
        self.state = State { reserve0, reserve1, total_shares };
        Some(Minted { amounts, shares })
    }

    fn burn(&mut self, shares: u128) -> Option<[u128; 2]> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let rest = total_shares.checked_sub(shares)?;
        if shares == 0 || rest < R::LOCKED {
            return None;
        }
        let (burned, total) = (U512::from(shares), U512::from(total_shares));
        let paid0 = u128::try_from(R::paid(&burned, &reserve0.into(), &total)).ok()?;
        let paid1 = u128::try_from(R::paid(&burned, &reserve1.into(), &total)).ok()?;
        if paid0 == 0 && paid1 == 0 {
            return None;
        }
        let (reserve0, reserve1) = (reserve0.checked_sub(paid0)?, reserve1.checked_sub(paid1)?);
        self.state = State { reserve0, reserve1, total_shares: rest };
        Some([paid0, paid1])
    }
}

/// `ceil(numerator / divisor)`, for a positive divisor.
pub(crate) fn div_ceil(numerator: &U512, divisor: &U512) -> U512 {
    let (quotient, remainder) = (*numerator / *divisor, *numerator % *divisor);
    if remainder.is_zero() { quotient } else { quotient + 1 }
}
