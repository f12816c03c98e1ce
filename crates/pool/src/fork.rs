//! [`Fork`]: what if; [`Undo`]: the way back to an earlier state.

use core::ops::{Deref, DerefMut};

use thiserror::Error;

use crate::journal::{Level, Saved};
use crate::market::Market;
use crate::version::Version;

/// A market to ask what if: what is written to it is undone when it is dropped, and kept when it is
/// [committed](Self::commit).
///
/// Everything that a [`Market`] does works here: quotes, routes, deposits, events. Nothing is
/// copied but what is written, and that when it is written; reading costs what it costs in a
/// market. A fork of a fork is one level deeper. While a fork is open its market is borrowed: who
/// wants two what-ifs side by side, on two threads, clones the market once and forks each.
///
/// The way back belongs to the market: where another one is put in its place (`*fork = ..`,
/// [`core::mem::swap`]) nothing of that is undone, and a fork that is leaked ([`core::mem::forget`]) is
/// kept by the one outside of it, or for ever.
///
/// A market that is forked and goes back has the [`Version`] that it had: what was computed from it
/// still holds.
///
/// ```
/// use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
///
/// let mut market = Market::new();
/// let (eth, usd) = (market.add_token("eth")?, market.add_token("usd")?);
/// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
/// let pool = market.add_pool("eth/usd", Pool::new(eth, usd, Fee::ZERO)?.with_reserves(reserves)?)?;
///
/// let mut fork = market.fork();
/// fork.swap_exact_in(pool, eth, Amount::from_u64(10), Amount::ZERO)?;
/// {
///     let mut deeper = fork.fork();
///     deeper.swap_exact_in(pool, eth, Amount::from_u64(10), Amount::ZERO)?;
/// } // gone
/// assert_eq!(fork.pool(pool)?.reserves().reserve0, Amount::from_u64(1_010));
/// drop(fork);
/// assert_eq!(market.pool(pool)?.reserves(), reserves);
///
/// let mut fork = market.fork();
/// fork.swap_exact_in(pool, eth, Amount::from_u64(10), Amount::ZERO)?;
/// let undo = fork.commit_undoable();
/// assert_eq!(market.pool(pool)?.reserves().reserve0, Amount::from_u64(1_010));
/// market.undo(&undo)?;
/// assert_eq!(market.pool(pool)?.reserves(), reserves);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "what is written to a fork is undone when it is dropped"]
pub struct Fork<'a> {
    market: &'a mut Market,
    /// How many forks were open before.
    below: usize,
    /// The state in which it was opened.
    opened: Version,
}

/// The way back from one state of a market to an earlier one: as much as was written between them.
#[derive(Debug, Clone)]
pub struct Undo {
    level: Level,
    /// The later state.
    after: Version,
}

/// Why a market does not go back, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UndoError {
    /// A fork of the market is open.
    #[error("a fork of the market is open")]
    Forked,
    /// The market is not in the state that this leads back from.
    #[error("the market is not in the state that is to be undone")]
    OtherState,
}

impl Undo {
    /// The state that it leads back to.
    pub fn before(&self) -> Version {
        self.level.mark.version
    }

    /// The state that it leads back from.
    pub fn after(&self) -> Version {
        self.after
    }
}

impl Fork<'_> {
    /// Keeps what was written: in the market, or in the fork that this is a fork of.
    pub fn commit(self) {
        if let Some(level) = self.market.close(self.below, self.opened) {
            self.market.keep(level.saved);
        }
    }

    /// Keeps what was written and gives the way back.
    pub fn commit_undoable(self) -> Undo {
        let after = self.market.version();
        let level = self.market.close(self.below, self.opened);
        let level = level.unwrap_or_else(|| self.market.level());
        if self.market.journal.depth() != 0 {
            // The outer fork has its own way to go.
            self.market.keep(level.saved.clone());
        }
        Undo { level, after }
    }
}

impl Drop for Fork<'_> {
    #[inline]
    fn drop(&mut self) {
        // Nothing where it was committed.
        if let Some(level) = self.market.close(self.below, self.opened) {
            self.market.go_back(&level);
            self.market.journal.recycle(level.saved);
        }
    }
}

impl Deref for Fork<'_> {
    type Target = Market;

    #[inline]
    fn deref(&self) -> &Market {
        self.market
    }
}

impl DerefMut for Fork<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Market {
        self.market
    }
}

impl Market {
    /// A view to ask what if: what is written to it is undone when it is dropped.
    ///
    /// ```
    /// # let mut market = cenote_pool::Market::new();
    /// let mut fork = market.fork();
    /// fork.add_token("eth")?;
    /// drop(fork);
    /// assert_eq!(market.token_count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn fork(&mut self) -> Fork<'_> {
        let (below, opened, level) = (self.journal.depth(), self.version(), self.mark());
        self.journal.open(level);
        Fork { market: self, below, opened }
    }

    /// Goes back to the state before a committed fork. It costs what that wrote.
    ///
    /// Several are undone in the reverse of their order.
    ///
    /// # Errors
    ///
    /// [`UndoError`]; the market is then as it was.
    pub fn undo(&mut self, undo: &Undo) -> Result<(), UndoError> {
        if self.journal.depth() != 0 {
            return Err(UndoError::Forked);
        }
        if self.version() != undo.after {
            return Err(UndoError::OtherState);
        }
        self.go_back(&undo.level);
        Ok(())
    }

    /// Whether a fork is open. In a market that nobody has forked at the moment it was leaked.
    pub fn is_forked(&self) -> bool {
        self.journal.depth() != 0
    }

    /// Gives up a way back; the next fork uses its memory.
    pub fn forget(&mut self, undo: Undo) {
        self.journal.recycle(undo.level.saved);
    }

    /// A level at this state, of which nothing is saved.
    fn level(&self) -> Level {
        Level { mark: self.mark(), saved: Saved::default() }
    }

    /// Closes all levels but so many, if the first of them was opened at this version. What they
    /// saved is the first one's: forks that were leaked are committed.
    #[inline]
    fn close(&mut self, below: usize, opened: Version) -> Option<Level> {
        if self.journal.opened(below) != Some(opened) {
            return None;
        }
        let mut level = self.journal.close_above(below)?;
        let places = [self.pools().len(), self.token_count()];
        while let Some(mut lower) = self.journal.close_above(below) {
            lower.saved.append(&mut level.saved, places);
            level = lower;
        }
        Some(level)
    }

    /// Leaves what was saved to the outer fork, if there is one.
    fn keep(&mut self, mut saved: Saved) {
        let places = [self.pools().len(), self.token_count()];
        if let Some(outer) = self.journal.top() {
            outer.append(&mut saved, places);
        }
        self.journal.recycle(saved);
    }
}

#[cfg(test)]
mod tests;
