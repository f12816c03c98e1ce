//! [`Version`]: which state of which market.

use std::sync::atomic::{AtomicU64, Ordering};

/// Which state of which market: markets of one version have the same pools with the same numbers.
///
/// For whoever keeps something computed from a market and must know whether it still holds. Any
/// call that may have written to a pool makes a new version, and so does a copy: two markets of
/// different versions may still be equal. A market that goes back to an earlier state, because a
/// fork was dropped or undone, has that state's version again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    market: u64,
    writes: u64,
}

/// The version of a market, and how often it was written to.
#[derive(Debug)]
pub(crate) struct Writes {
    version: Version,
    /// All writes, also those that were undone: no number is given twice.
    count: u64,
}

impl Writes {
    #[inline]
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    #[inline]
    pub(crate) fn count(&mut self) {
        // 2^64 writes take centuries.
        self.count = self.count.saturating_add(1);
        self.version.writes = self.count;
    }

    /// The market is as it was at an earlier version of its own.
    #[inline]
    pub(crate) fn go_back(&mut self, version: Version) {
        self.version = version;
    }
}

/// A market of its own that nobody has written to.
impl Default for Writes {
    fn default() -> Self {
        static MARKETS: AtomicU64 = AtomicU64::new(0);
        let market = MARKETS.fetch_add(1, Ordering::Relaxed);
        Self { version: Version { market, writes: 0 }, count: 0 }
    }
}

/// A copy goes its own way.
impl Clone for Writes {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Amount, Event, Fee, Market, Pool, PoolId, Reserves, TokenId};

    const POOL: PoolId = PoolId::FIRST;

    fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
        Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
    }

    fn market() -> Market {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let pool = Pool::new(a, b, Fee::ZERO).unwrap();
        let pool = pool.with_reserves(reserves(1000, 1000)).unwrap();
        market.add_pool("a/b", pool.with_total_shares(2000_u64.into()).unwrap()).unwrap();
        market
    }

    #[test]
    fn whatever_may_write_makes_a_new_version() {
        let a = TokenId::from(0);
        let unit = Amount::from_u64(10);
        let writers: [fn(&mut Market, TokenId, Amount); 12] = [
            |market, _, _| assert!(market.add_token("c").is_ok()),
            |market, _, _| assert!(market.add_pool("p", market.pools()[0]).is_ok()),
            |market, a, unit| assert!(market.swap_exact_in(POOL, a, unit, Amount::ZERO).is_ok()),
            |market, a, unit| assert!(market.swap_exact_out(POOL, a, unit, Amount::MAX).is_ok()),
            |market, _, unit| assert!(market.mint(POOL, unit, unit, 0_u64.into()).is_ok()),
            |market, _, _| assert!(market.burn(POOL, 100_u64.into()).is_ok()),
            |market, _, _| assert!(market.sync(POOL, reserves(5, 6)).is_ok()),
            |market, _, _| {
                let pool = market.pools()[0];
                assert!(market.restore(POOL, pool, market.history(POOL)).is_ok());
            },
            |market, _, _| {
                let reserves = reserves(5, 6);
                let event = Event { pool: POOL, timestamp: 0, reserves, action: None };
                assert!(market.apply(&event).is_ok());
            },
            |market, a, unit| {
                let fill = market.pools()[0].quote_exact_in(a, unit).unwrap();
                market.settle(POOL, &fill);
            },
            |market, _, _| assert_eq!(market.pools_mut().len(), 1),
            |market, _, _| assert!(market.set_history(POOL, market.history(POOL)).is_ok()),
        ];
        for write in writers {
            let mut market = market();
            let before = market.version();
            write(&mut market, a, unit);
            assert_ne!(market.version(), before);
        }
    }

    #[test]
    fn reading_keeps_the_version_and_a_copy_has_its_own() {
        let market = market();
        let before = market.version();
        let fork = market.clone();
        assert_eq!(market.version(), before);
        assert_eq!(fork, market);
        assert_ne!(fork.version(), before);
        assert_ne!(fork.clone().version(), fork.version());
    }
}
