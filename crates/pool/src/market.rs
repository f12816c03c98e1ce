//! [`Market`]: what is known of many pools.

#![expect(
    clippy::inline_always,
    reason = "a swap that is called hands its answer over through memory, in pieces that do not fit \
              those in which it is read: a fifth of its time (`cargo bench -p benches --bench swap`)"
)]

use std::sync::Arc;

use cenote_kernel::prefetch;
use thiserror::Error;

use crate::amount::Amount;
use crate::history::History;
use crate::id::{PoolId, TokenId};
use crate::journal::{Journal, Level, Mark, Saved};
use crate::liquidity::{BurnError, Deposit, MintError, Withdrawal};
use crate::names::{NameError, Names, check_name};
use crate::path::Hop;
use crate::pool::{Pool, Reserves};
use crate::shares::Shares;
use crate::swap::{Fill, SwapError};
use crate::version::{Version, Writes};

/// Pools and their tokens as plain numbers: knowledge, not property.
///
/// A market may be copied, forked and overwritten with what a chain reports. No coin can come
/// out of one: those live in an exchange.
///
/// Only [`apply`](Self::apply) knows the time. Everything else that writes reserves takes none: the
/// price accumulators of a pool then still stand at their last time, and the next event lets them
/// grow since then at the reserves that it finds.
///
/// ```
/// use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
///
/// let mut market = Market::new();
/// let eth = market.add_token("eth")?;
/// let usd = market.add_token("usd")?;
/// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
/// let pool = Pool::new(eth, usd, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
/// let pool = market.add_pool("eth/usd", pool)?;
///
/// let mut what_if = market.fork();
/// what_if.swap_exact_in(pool, eth, Amount::from_u64(10), Amount::ZERO)?;
/// drop(what_if);
/// assert_eq!(market.pool(pool)?.reserves(), reserves);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Market {
    pools: Vec<Pool>,
    /// One for each pool, or none where nothing is known of any pool's past.
    histories: Vec<History>,
    directory: Arc<Directory>,
    writes: Writes,
    /// What forks that are open have overwritten.
    pub(crate) journal: Journal,
}

/// What does not change when a market trades; copies share it.
#[derive(Debug, Clone, Default)]
struct Directory {
    tokens: Names,
    labels: Vec<Label>,
    pools: Names,
}

/// How a token is shown to people. Decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Any Unicode text; hostile ones exist.
    pub symbol: Option<Box<str>>,
    /// Where the decimal point goes, from the right.
    pub decimals: Option<u8>,
}

/// Why a token or a pool cannot be added, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MarketError {
    /// The text is no identifier.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The identifier is taken.
    #[error("the identifier is already in use")]
    Duplicate,
    /// A pool of a token that the market does not have.
    #[error("unknown {token}")]
    UnknownToken {
        /// The token asked for.
        token: TokenId,
    },
    /// There are 2^32 of them.
    #[error("the market is full")]
    Full,
}

/// Why observed reserves are not taken over, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool named.
        pool: PoolId,
    },
    /// One reserve is zero and the other is not.
    #[error("one reserve is zero and the other is not")]
    OneReserveZero,
}

/// Why a state is not put in the place of a pool's, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool named.
        pool: PoolId,
    },
    /// The pool in this place is one of other tokens, or has them the other way round.
    #[error("the state is one of a pool of other tokens")]
    OtherTokens,
}

/// The market has nothing of this name or place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnknownError {
    /// No token has this name.
    #[error("unknown token")]
    Token,
    /// No pool has this name or place.
    #[error("unknown pool")]
    Pool,
}

impl Market {
    /// A market without tokens and pools.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a token.
    ///
    /// # Errors
    ///
    /// [`MarketError`]: `Name`, `Duplicate`, `Full`.
    pub fn add_token(&mut self, name: &str) -> Result<TokenId, MarketError> {
        check_name(name.as_bytes())?;
        if self.directory.tokens.find(name).is_some() {
            return Err(MarketError::Duplicate);
        }
        self.writes.count();
        let directory = Arc::make_mut(&mut self.directory);
        let place = directory.tokens.push(name).ok_or(MarketError::Full)?;
        directory.labels.push(Label::default());
        Ok(place.into())
    }

    /// Adds a pool of two tokens of this market.
    ///
    /// # Errors
    ///
    /// [`MarketError`], in the order of its variants.
    pub fn add_pool(&mut self, name: &str, pool: Pool) -> Result<PoolId, MarketError> {
        check_name(name.as_bytes())?;
        if self.directory.pools.find(name).is_some() {
            return Err(MarketError::Duplicate);
        }
        for token in [pool.token0(), pool.token1()] {
            self.directory.tokens.name(token.index()).ok_or(MarketError::UnknownToken { token })?;
        }
        let place = Arc::make_mut(&mut self.directory).pools.push(name);
        let place = place.ok_or(MarketError::Full)?;
        self.writes.count();
        self.pools.push(pool);
        if !self.histories.is_empty() {
            self.histories.push(History::UNKNOWN);
        }
        Ok(place.into())
    }

    /// What is known of a pool's past; nothing for a pool of another market.
    #[inline]
    pub fn history(&self, pool: PoolId) -> History {
        self.histories.get(pool.index()).copied().unwrap_or_default()
    }

    /// Whether anything is known of any pool's past.
    pub fn has_histories(&self) -> bool {
        self.histories.iter().any(|history| *history != History::UNKNOWN)
    }

    /// Sets what is known of a pool's past.
    ///
    /// # Errors
    ///
    /// [`UnknownError::Pool`].
    pub fn set_history(&mut self, pool: PoolId, history: History) -> Result<(), UnknownError> {
        self.pool(pool)?;
        self.writes.count();
        self.save_history(pool);
        if self.histories.is_empty() && history != History::UNKNOWN {
            self.histories.resize(self.pools.len(), History::UNKNOWN);
        }
        if let Some(entry) = self.histories.get_mut(pool.index()) {
            *entry = history;
        }
        Ok(())
    }

    /// Asks for a pool and its past that [`apply`](Self::apply) will need soon, and does not wait.
    ///
    /// Changes nothing but the time that it takes: with 10^5 pools, asking some eight events
    /// ahead makes events several times faster.
    #[inline]
    pub fn prefetch(&self, pool: PoolId) {
        if let Some(entry) = self.pools.get(pool.index()) {
            prefetch(entry);
        }
        if let Some(entry) = self.histories.get(pool.index()) {
            prefetch(entry);
        }
    }

    /// A pool and its past, to be written together.
    #[inline]
    pub(crate) fn pool_and_history_mut(
        &mut self,
        pool: PoolId,
    ) -> Option<(&mut Pool, Option<&mut History>)> {
        self.writes.count();
        self.save_pool(pool);
        self.save_history(pool);
        let entry = self.pools.get_mut(pool.index())?;
        Some((entry, self.histories.get_mut(pool.index())))
    }

    /// Puts another state of the same pool in its place, with its past.
    ///
    /// # Errors
    ///
    /// [`RestoreError`]; the market is then as it was.
    pub fn restore(
        &mut self,
        id: PoolId,
        pool: Pool,
        history: History,
    ) -> Result<(), RestoreError> {
        let entry = self.pool_mut(id);
        let entry = entry.ok_or(RestoreError::UnknownPool { pool: id })?;
        if [entry.token0(), entry.token1()] != [pool.token0(), pool.token1()] {
            return Err(RestoreError::OtherTokens);
        }
        *entry = pool;
        // The pool is one of this market.
        let _known = self.set_history(id, history);
        Ok(())
    }

    /// Sets how a token is shown; an unknown token is ignored.
    pub fn label_token(&mut self, token: TokenId, label: Label) {
        self.writes.count();
        if let (Some(saved), Some(before)) =
            (self.journal.top(), self.directory.labels.get(token.index()))
        {
            saved.labels.save(token, before.clone(), self.directory.labels.len());
        }
        if let Some(place) = Arc::make_mut(&mut self.directory).labels.get_mut(token.index()) {
            *place = label;
        }
    }

    /// The token of this name.
    ///
    /// # Errors
    ///
    /// [`UnknownError::Token`].
    pub fn token(&self, name: &str) -> Result<TokenId, UnknownError> {
        self.directory.tokens.find(name).map(TokenId::from).ok_or(UnknownError::Token)
    }

    /// The pool of this name.
    ///
    /// # Errors
    ///
    /// [`UnknownError::Pool`].
    pub fn pool_id(&self, name: &str) -> Result<PoolId, UnknownError> {
        self.directory.pools.find(name).map(PoolId::from).ok_or(UnknownError::Pool)
    }

    /// The name of a token; empty for a token of another market.
    pub fn token_name(&self, token: TokenId) -> &str {
        self.directory.tokens.name(token.index()).unwrap_or_default()
    }

    /// The name of a pool; empty for a pool of another market.
    pub fn pool_name(&self, pool: PoolId) -> &str {
        self.directory.pools.name(pool.index()).unwrap_or_default()
    }

    /// How a token is shown; `None` for a token of another market.
    pub fn label(&self, token: TokenId) -> Option<&Label> {
        self.directory.labels.get(token.index())
    }

    /// How many tokens there are; their places are `0..token_count()`.
    pub fn token_count(&self) -> usize {
        self.directory.labels.len()
    }

    /// One pool.
    ///
    /// # Errors
    ///
    /// [`UnknownError::Pool`].
    #[inline]
    pub fn pool(&self, pool: PoolId) -> Result<&Pool, UnknownError> {
        self.pools.get(pool.index()).ok_or(UnknownError::Pool)
    }

    /// All pools, in the order of their places.
    #[inline]
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// All pools, to be written side by side; a market is knowledge, anybody may write theirs.
    /// A fork saves all of them then.
    #[inline]
    pub fn pools_mut(&mut self) -> &mut [Pool] {
        self.writes.count();
        if let Some(saved) = self.journal.top() {
            save_all(saved, &self.pools);
        }
        &mut self.pools
    }

    /// One pool, to be written.
    #[inline(always)]
    fn pool_mut(&mut self, pool: PoolId) -> Option<&mut Pool> {
        self.writes.count();
        self.save_pool(pool);
        self.pools.get_mut(pool.index())
    }

    /// Saves a pool that is to be written, if a fork is open.
    #[inline]
    fn save_pool(&mut self, place: PoolId) {
        if self.journal.depth() != 0 {
            self.save_pool_to_journal(place);
        }
    }

    /// Out of line, so that a market without forks does not make room for a pool at each write.
    #[inline(never)]
    fn save_pool_to_journal(&mut self, place: PoolId) {
        if let (Some(saved), Some(pool)) = (self.journal.top(), self.pools.get(place.index())) {
            saved.pools.save(place, *pool, self.pools.len());
        }
    }

    /// Saves the past of a pool that is to be written, if a fork is open.
    #[inline]
    fn save_history(&mut self, place: PoolId) {
        let Some(saved) = self.journal.top() else { return };
        if let Some(history) = self.histories.get(place.index()) {
            saved.histories.save(place, *history, self.pools.len());
        }
    }

    /// The state that this is.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            version: self.version(),
            tokens: self.token_count(),
            pools: self.pools.len(),
            histories: self.histories.len(),
        }
    }

    /// Puts back what was saved, and cuts off what is newer.
    #[inline]
    pub(crate) fn go_back(&mut self, Level { mark, saved }: &Level) {
        for (place, pool) in saved.pools.latest_first() {
            if let Some(entry) = self.pools.get_mut(place.index()) {
                *entry = *pool;
            }
        }
        for (place, history) in saved.histories.latest_first() {
            if let Some(entry) = self.histories.get_mut(place.index()) {
                *entry = *history;
            }
        }
        self.histories.truncate(mark.histories);
        self.pools.truncate(mark.pools);
        self.go_back_in_names(mark, saved);
        self.writes.go_back(mark.version);
    }

    /// Puts back names and labels, which are shared with copies of the market.
    fn go_back_in_names(&mut self, mark: &Mark, saved: &Saved) {
        let grown = mark.tokens < self.token_count() || mark.pools < self.directory.pools.len();
        if !grown && saved.labels.is_empty() {
            return;
        }
        let directory = Arc::make_mut(&mut self.directory);
        for (token, label) in saved.labels.latest_first() {
            if let Some(place) = directory.labels.get_mut(token.index()) {
                place.clone_from(label);
            }
        }
        directory.labels.truncate(mark.tokens);
        directory.tokens.truncate(mark.tokens);
        directory.pools.truncate(mark.pools);
    }

    /// Which state of which market this is.
    #[inline]
    pub fn version(&self) -> Version {
        self.writes.version()
    }

    /// All tokens, in the order of their places.
    pub fn tokens(&self) -> impl Iterator<Item = TokenId> + use<> {
        (0..self.token_count()).filter_map(TokenId::from_index)
    }

    /// All pools with their identifiers.
    pub fn pools_with_id(&self) -> impl Iterator<Item = (PoolId, &Pool)> {
        self.pools.iter().enumerate().filter_map(|(at, pool)| Some((PoolId::from_index(at)?, pool)))
    }

    /// Swaps `amount_in` of `token_in` in a pool, for at least `amount_out_min`.
    ///
    /// # Errors
    ///
    /// [`SwapError`]; the market is then as it was.
    #[inline]
    pub fn swap_exact_in(
        &mut self,
        pool: PoolId,
        token_in: TokenId,
        amount_in: Amount,
        amount_out_min: Amount,
    ) -> Result<Fill, SwapError> {
        let entry = self.pool_mut(pool).ok_or(SwapError::UnknownPool { pool })?;
        entry.swap_exact_in(token_in, amount_in, amount_out_min)
    }

    /// Swaps at most `amount_in_max` in a pool, for exactly `amount_out` of `token_out`.
    ///
    /// # Errors
    ///
    /// [`SwapError`]; the market is then as it was.
    #[inline]
    pub fn swap_exact_out(
        &mut self,
        pool: PoolId,
        token_out: TokenId,
        amount_out: Amount,
        amount_in_max: Amount,
    ) -> Result<Fill, SwapError> {
        let entry = self.pool_mut(pool).ok_or(SwapError::UnknownPool { pool })?;
        entry.swap_exact_out(token_out, amount_out, amount_in_max)
    }

    /// Swaps `amount_in` of `token_in` for `amount_out` in the pool and the direction of a hop, if the
    /// pool's rule allows it; gives the token that was bought.
    ///
    /// # Errors
    ///
    /// [`SwapError`]: `UnknownPool`, `TokenNotInPool` if the hop does not take the token, then those
    /// of [`Pool::fill_exact`]; the market is then as it was.
    #[inline(always)]
    pub fn swap_exact(
        &mut self,
        Hop { pool, direction }: Hop,
        token_in: TokenId,
        [amount_in, amount_out]: [Amount; 2],
    ) -> Result<TokenId, SwapError> {
        let entry = self.pool_mut(pool).ok_or(SwapError::UnknownPool { pool })?;
        let (taken, given) = entry.tokens(direction);
        if taken != token_in {
            return Err(SwapError::TokenNotInPool { token: token_in });
        }
        entry.swap_exact(direction, amount_in, amount_out)?;
        Ok(given)
    }

    /// What shares of a pool would be paid if they were given up now; see [`Pool::worth_floor`]. The
    /// shares that the protocol fee would make first are counted where `k_last` is known and not
    /// zero.
    ///
    /// # Errors
    ///
    /// [`UnknownError::Pool`].
    pub fn worth_floor(
        &self,
        pool: PoolId,
        shares: Shares,
    ) -> Result<(Amount, Amount), UnknownError> {
        let entry = self.pool(pool)?;
        let k_last = self.history(pool).k_last.unwrap_or_default();
        // Where the fee would make too many shares nobody is paid, as in `burn`.
        Ok(entry.accrued(k_last).map(|pool| pool.worth_floor(shares)).unwrap_or_default())
    }

    /// Deposits into a pool; see [`Pool::mint`]. The protocol fee is taken first where `k_last`
    /// is known and not zero.
    ///
    /// # Errors
    ///
    /// [`MintError`]; the market is then as it was.
    pub fn mint(
        &mut self,
        pool: PoolId,
        amount0: Amount,
        amount1: Amount,
        shares_min: Shares,
    ) -> Result<Deposit, MintError> {
        let (entry, history) =
            self.pool_and_history_mut(pool).ok_or(MintError::UnknownPool { pool })?;
        let k_last = history.as_ref().and_then(|history| history.k_last).unwrap_or_default();
        let mut accrued = entry.accrued(k_last).ok_or(MintError::SharesOverflow)?;
        let deposit = accrued.mint(amount0, amount1, shares_min)?;
        // From here on nothing can fail.
        *entry = accrued;
        if let Some(history) = history {
            history.settle_k_last(deposit.reserves);
        }
        Ok(deposit)
    }

    /// Gives up shares of a pool; see [`Pool::burn`]. The protocol fee is taken first where
    /// `k_last` is known and not zero.
    ///
    /// # Errors
    ///
    /// [`BurnError`]; the market is then as it was.
    pub fn burn(&mut self, pool: PoolId, shares: Shares) -> Result<Withdrawal, BurnError> {
        let (entry, history) =
            self.pool_and_history_mut(pool).ok_or(BurnError::UnknownPool { pool })?;
        let k_last = history.as_ref().and_then(|history| history.k_last).unwrap_or_default();
        // Nobody holds yet what this call's protocol fee makes.
        entry.shares_after_burn(shares)?;
        let mut accrued = entry.accrued(k_last).ok_or(BurnError::SharesOverflow)?;
        let withdrawal = accrued.burn(shares)?;
        // From here on nothing can fail.
        *entry = accrued;
        if let Some(history) = history {
            history.settle_k_last(withdrawal.reserves);
        }
        Ok(withdrawal)
    }

    /// Takes over what a swap left, as computed on this state; an unknown pool is ignored.
    #[inline]
    pub fn settle(&mut self, pool: PoolId, fill: &Fill) {
        if let Some(entry) = self.pool_mut(pool) {
            entry.settle(fill.reserves);
        }
    }

    /// Overwrites a pool's reserves with what was observed; its shares stay as they were.
    ///
    /// # Errors
    ///
    /// [`SyncError`]; the market is then as it was.
    pub fn sync(&mut self, pool: PoolId, reserves: Reserves) -> Result<(), SyncError> {
        let entry = self.pool_mut(pool).ok_or(SyncError::UnknownPool { pool })?;
        if reserves.reserve0.is_zero() != reserves.reserve1.is_zero() {
            return Err(SyncError::OneReserveZero);
        }
        entry.settle(reserves);
        Ok(())
    }
}

/// Saves all pools, in the order of their places.
#[cold]
fn save_all(saved: &mut Saved, pools: &[Pool]) {
    for (place, pool) in pools.iter().enumerate() {
        if let Some(place) = PoolId::from_index(place) {
            saved.pools.save(place, *pool, pools.len());
        }
    }
}

/// Markets are equal when they have the same tokens, pools and numbers in the same places.
impl PartialEq for Market {
    fn eq(&self, other: &Self) -> bool {
        let same_tokens = || {
            self.token_count() == other.token_count()
                && self.tokens().all(|token| {
                    self.token_name(token) == other.token_name(token)
                        && self.label(token) == other.label(token)
                })
        };
        self.pools == other.pools
            && self.pools_with_id().all(|(id, _)| self.history(id) == other.history(id))
            && same_tokens()
            && self.pools_with_id().all(|(id, _)| self.pool_name(id) == other.pool_name(id))
    }
}

impl Eq for Market {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::pool::Direction;
    use crate::protocol_fee::Product;

    fn amount(units: u64) -> Amount {
        units.into()
    }

    fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
        Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) }
    }

    fn pool(token0: u32, token1: u32) -> Pool {
        let pool = Pool::new(token0.into(), token1.into(), Fee::ZERO).unwrap();
        let pool = pool.with_reserves(reserves(10_000, 40_000)).unwrap();
        pool.with_total_shares(20_000_u64.into()).unwrap()
    }

    /// Tokens a, b and c, and pools a/b and b/c.
    fn market() -> Market {
        let mut market = Market::new();
        for name in ["a", "b", "c"] {
            market.add_token(name).unwrap();
        }
        market.add_pool("a/b", pool(0, 1)).unwrap();
        market.add_pool("b/c", pool(1, 2)).unwrap();
        market
    }

    fn past(ts_last: u32) -> History {
        History { ts_last: Some(ts_last), ..History::UNKNOWN }
    }

    #[test]
    fn what_was_added_is_found_by_name_and_by_place() {
        let market = market();
        assert_eq!(["b", "c"].map(|name| market.token(name)), [1, 2].map(|at: u32| Ok(at.into())));
        assert_eq!(market.pool_id("b/c"), Ok(PoolId::SECOND));
        assert_eq!(market.token("d"), Err(UnknownError::Token));
        assert_eq!(market.pool_id("a"), Err(UnknownError::Pool));
        assert_eq!([1, 3].map(|at: u32| market.token_name(at.into())), ["b", ""]);
        assert_eq!([1, 2].map(|at: u32| market.pool_name(at.into())), ["b/c", ""]);
        assert_eq!(market.token_count(), 3);
        assert_eq!(market.tokens().map(TokenId::get).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(market.pools(), [pool(0, 1), pool(1, 2)]);
        let places = market.pools_with_id().map(|(id, pool)| (id.get(), *pool));
        assert_eq!(places.collect::<Vec<_>>(), [(0, pool(0, 1)), (1, pool(1, 2))]);
        assert_eq!(market.pool(PoolId::SECOND), Ok(&pool(1, 2)));
        assert_eq!(market.pool(2.into()), Err(UnknownError::Pool));
    }

    #[test]
    fn what_cannot_be_added_is_refused_in_order() {
        let mut market = market();
        let before = market.clone();
        let stray = pool(1, 3);
        assert_eq!(market.add_token(""), Err(NameError::Empty.into()));
        assert_eq!(market.add_token("a"), Err(MarketError::Duplicate));
        assert_eq!(market.add_pool(" ", stray), Err(NameError::Character { at: 1 }.into()));
        assert_eq!(market.add_pool("a/b", stray), Err(MarketError::Duplicate));
        let unknown = MarketError::UnknownToken { token: 3.into() };
        assert_eq!(market.add_pool("b/d", stray), Err(unknown));
        assert_eq!(market, before);
    }

    #[test]
    fn each_pool_has_a_past_once_one_has() {
        let mut market = market();
        assert!(!market.has_histories());
        market.set_history(PoolId::FIRST, History::UNKNOWN).unwrap();
        assert!(market.histories.is_empty() && !market.has_histories());
        market.set_history(PoolId::SECOND, past(7)).unwrap();
        let third = market.add_pool("c/a", pool(2, 0)).unwrap();
        market.set_history(third, past(9)).unwrap();
        let pasts = [0, 1, 2, 3].map(|at: u32| market.history(at.into()));
        assert_eq!(pasts, [History::UNKNOWN, past(7), past(9), History::UNKNOWN]);
        assert!(market.has_histories());
        assert_eq!(market.set_history(3.into(), past(1)), Err(UnknownError::Pool));
        market.prefetch(third);
        assert_eq!(market.history(third), past(9));
    }

    #[test]
    fn a_state_takes_the_place_of_one_of_the_same_tokens() {
        let mut market = market();
        let state = pool(1, 2).with_reserves(reserves(1, 2)).unwrap();
        market.restore(PoolId::SECOND, state, past(7)).unwrap();
        assert_eq!((market.pools()[1], market.history(PoolId::SECOND)), (state, past(7)));
        let before = market.clone();
        for other in [pool(2, 1), pool(0, 2), pool(1, 0)] {
            let refused = market.restore(PoolId::SECOND, other, past(8));
            assert_eq!(refused, Err(RestoreError::OtherTokens));
        }
        let unknown = RestoreError::UnknownPool { pool: 2.into() };
        assert_eq!(market.restore(2.into(), state, past(8)), Err(unknown));
        assert_eq!(market, before);
    }

    #[test]
    fn a_fork_goes_its_own_way() {
        let market = market();
        let mut fork = market.clone();
        assert_eq!(fork, market);
        // 40,000 * 100 / 10,100 and its inverse.
        let fill = fork.swap_exact_in(PoolId::FIRST, 0.into(), amount(100), amount(396)).unwrap();
        assert_eq!(fill.amount_out, amount(396));
        assert_eq!(fork.pools()[0].reserves(), reserves(10_100, 39_604));
        let fill = fork.swap_exact_out(PoolId::SECOND, 2.into(), amount(396), amount(100)).unwrap();
        assert_eq!((fill.direction, fill.amount_in), (Direction::ZeroForOne, amount(100)));
        assert_eq!(fork.pools()[1].reserves(), reserves(10_100, 39_604));
        fork.pools_mut()[1] = pool(1, 2);
        assert_eq!(fork.pools()[1], market.pools()[1]);
        assert_eq!(market, self::market());
        let unknown = Err(SwapError::UnknownPool { pool: 2.into() });
        assert_eq!(fork.swap_exact_in(2.into(), 0.into(), amount(1), amount(0)), unknown);
        assert_eq!(fork.swap_exact_out(2.into(), 0.into(), amount(1), amount(1)), unknown);
    }

    #[test]
    fn reserves_are_taken_over_as_they_are() {
        let mut market = market();
        let fill = Fill { reserves: reserves(3, 4), ..Fill::default() };
        market.settle(PoolId::SECOND, &fill);
        market.settle(2.into(), &fill);
        assert_eq!(market.pools()[1].reserves(), reserves(3, 4));
        assert_eq!(market.sync(PoolId::FIRST, reserves(0, 0)), Ok(()));
        assert_eq!(market.sync(PoolId::SECOND, reserves(5, 6)), Ok(()));
        for one in [reserves(0, 1), reserves(1, 0)] {
            assert_eq!(market.sync(PoolId::SECOND, one), Err(SyncError::OneReserveZero));
        }
        let unknown = SyncError::UnknownPool { pool: 2.into() };
        assert_eq!(market.sync(2.into(), reserves(5, 6)), Err(unknown));
        let held = [0, 1].map(|at: usize| market.pools()[at].reserves());
        assert_eq!(held, [reserves(0, 0), reserves(5, 6)]);
        assert_eq!(market.pools()[1].total_shares(), Some(20_000_u64.into()));
    }

    /// Half of the root's growth from 10,000 to 20,000 goes to the protocol: with `k_last` at a
    /// quarter of `k` it makes `20,000 * (20,000 - 10,000) / (5 * 20,000 + 10,000)` shares, 1818.
    #[test]
    fn deposits_and_withdrawals_take_the_protocol_fee_first() {
        let mut market = market();
        let k_last = Product::of(reserves(10_000, 10_000));
        let history = History { k_last: Some(k_last), ..History::UNKNOWN };
        market.set_history(PoolId::FIRST, history).unwrap();
        let worth = |market: &Market, at: PoolId| market.worth_floor(at, 1000_u64.into());
        // Of 21,818 shares in the first pool, of 20,000 in the second.
        assert_eq!(worth(&market, PoolId::FIRST), Ok((amount(458), amount(1833))));
        assert_eq!(worth(&market, PoolId::SECOND), Ok((amount(500), amount(2000))));
        assert_eq!(worth(&market, 2.into()), Err(UnknownError::Pool));
        let mut other = market.clone();
        let deposit = market.mint(PoolId::FIRST, amount(100), amount(400), Shares::ZERO).unwrap();
        assert_eq!((deposit.shares, deposit.total_shares.get()), (218_u64.into(), 22_036));
        assert_eq!(market.pools()[0].total_shares(), Some(deposit.total_shares));
        let k = Product::of(reserves(10_100, 40_400));
        assert_eq!(market.history(PoolId::FIRST).k_last, Some(k));
        let withdrawal = other.burn(PoolId::FIRST, 1000_u64.into()).unwrap();
        assert_eq!((withdrawal.amount0, withdrawal.amount1), (amount(458), amount(1833)));
        assert_eq!(other.pools()[0].total_shares(), Some(20_818_u64.into()));
        let k = Product::of(reserves(9_542, 38_167));
        assert_eq!(other.history(PoolId::FIRST).k_last, Some(k));
    }

    #[test]
    fn markets_are_equal_when_all_of_them_is() {
        let label = || Label { symbol: Some("A".into()), decimals: Some(18) };
        let named = |tokens: [&str; 3], pools: [&str; 2]| {
            let mut market = Market::new();
            for token in tokens {
                market.add_token(token).unwrap();
            }
            market.add_pool(pools[0], pool(0, 1)).unwrap();
            market.add_pool(pools[1], pool(1, 2)).unwrap();
            market
        };
        let same = named(["a", "b", "c"], ["a/b", "b/c"]);
        assert_eq!(same, market());
        let mut others = vec![
            named(["a", "b", "d"], ["a/b", "b/c"]),
            named(["a", "b", "c"], ["a/b", "b/d"]),
            Market::new(),
        ];
        let changes: [fn(&mut Market); 4] = [
            |market| assert!(market.add_token("d").is_ok()),
            |market| assert!(market.sync(PoolId::SECOND, reserves(1, 1)).is_ok()),
            |market| assert!(market.set_history(PoolId::SECOND, past(7)).is_ok()),
            |market| assert!(market.add_pool("c/a", pool(2, 0)).is_ok()),
        ];
        for change in changes {
            let mut market = market();
            change(&mut market);
            others.push(market);
        }
        let mut labelled = market();
        labelled.label_token(2.into(), label());
        assert_eq!(labelled.label(2.into()), Some(&label()));
        assert_eq!(
            [1, 3].map(|at: u32| labelled.label(at.into())),
            [Some(&Label::default()), None]
        );
        labelled.label_token(3.into(), label());
        others.push(labelled);
        for other in others {
            assert!(other != market() && market() != other, "{other:?}");
        }
        // A past that is unknown is none.
        let mut market = market();
        market.set_history(PoolId::FIRST, past(7)).unwrap();
        market.set_history(PoolId::FIRST, History::UNKNOWN).unwrap();
        assert!(!market.has_histories() && market == same);
    }
}
