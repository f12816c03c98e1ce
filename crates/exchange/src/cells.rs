//! [`Cells`]: the coins in all wallets, one cell for each trader and token.

use core::num::NonZeroU32;

use cenote_pool::{Amount, TokenId, prefetch};

use crate::refused::WalletError;
use crate::trader::TraderId;
use crate::vault::coin::Coin;

/// All coins in wallets, found by trader and token in one look.
///
/// One table for all wallets, not one for each: a swap touches two cells, and each is one place
/// in memory. Open addressing in buckets, each a cache line of two cells, one bucket after the
/// other; cells are never given up, an empty one keeps an empty coin. Traders and tokens are places
/// that the exchange gave out, so nobody chooses them to collide.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// A power of two of them, of whose cells half are free; none before the first coin.
    buckets: Vec<Bucket>,
    used: usize,
}

/// Two cells, of which the first one is used first.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Bucket([Option<Cell>; 2]);

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is one cache line");

#[derive(Debug)]
struct Cell {
    /// The trader's place and one, so that an empty slot takes no room of its own.
    owner: NonZeroU32,
    coin: Coin,
}

/// Whose cell, and of which token.
#[derive(Clone, Copy)]
struct Key {
    owner: NonZeroU32,
    token: TokenId,
}

impl Cells {
    /// What a trader holds of a token.
    #[inline]
    pub(crate) fn balance(&self, trader: TraderId, token: TokenId) -> Amount {
        let found = self.find(Key::new(trader, token));
        let cell = found.and_then(|(at, place)| self.buckets.get(at)?.0.get(place)?.as_ref());
        cell.map_or(Amount::ZERO, |cell| cell.coin.amount())
    }

    /// Takes a coin out of a cell.
    #[inline]
    pub(crate) fn take(
        &mut self,
        trader: TraderId,
        token: TokenId,
        amount: Amount,
    ) -> Result<Coin, WalletError> {
        let Some(cell) = self.cell(Key::new(trader, token)) else {
            return Err(WalletError::InsufficientFunds { amount, held: Amount::ZERO });
        };
        let held = cell.coin.amount();
        cell.coin.split(amount).ok_or(WalletError::InsufficientFunds { amount, held })
    }

    /// Puts a coin of this exchange into the cell of its token.
    #[inline]
    pub(crate) fn put(&mut self, trader: TraderId, coin: Coin) {
        let key = Key::new(trader, coin.token());
        match self.cell(key) {
            Some(cell) => {
                // Both are of one token and exchange, and all coins of a token together are at
                // most its supply: they join.
                let joined = cell.coin.join(coin);
                debug_assert!(joined.is_ok(), "coins of one token join");
            }
            None => self.insert(Cell { owner: key.owner, coin }),
        }
    }

    /// Asks for a cell that will be needed soon, and does not wait.
    #[inline]
    pub(crate) fn prefetch(&self, trader: TraderId, token: TokenId) {
        if let Some(bucket) = self.buckets.get(self.home(Key::new(trader, token))) {
            prefetch(bucket);
        }
    }

    /// Every coin and whose it is, in the order of the table, which means nothing.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TraderId, &Coin)> {
        let cells = self.buckets.iter().flat_map(|Bucket(cells)| cells.iter().flatten());
        cells.map(|cell| (trader(cell.owner), &cell.coin))
    }

    /// Every coin and whose it is, by trader and token.
    pub(crate) fn sorted(&self) -> Vec<(TraderId, &Coin)> {
        let mut coins = self.iter().collect::<Vec<_>>();
        coins.sort_unstable_by_key(|(trader, coin)| (*trader, coin.token()));
        coins
    }

    #[inline]
    fn cell(&mut self, key: Key) -> Option<&mut Cell> {
        let (at, place) = self.find(key)?;
        self.buckets.get_mut(at)?.0.get_mut(place)?.as_mut()
    }

    /// The bucket of a cell and its place there; there is always an empty cell, which ends the
    /// search.
    #[inline]
    fn find(&self, key: Key) -> Option<(usize, usize)> {
        let mut at = self.home(key);
        while let Some(Bucket([first, second])) = self.buckets.get(at) {
            // Which of the two to look at is no branch: processors would guess wrong each other time.
            let place = usize::from(second.as_ref().map(|cell| cell.owner) == Some(key.owner));
            if [first, second].get(place)?.as_ref().is_some_and(|cell| cell.is(key)) {
                return Some((at, place));
            }
            // Both may be this trader's.
            if first.as_ref().is_some_and(|cell| cell.is(key)) {
                return Some((at, 0));
            }
            if second.is_none() {
                return None;
            }
            at = self.next(at);
        }
        None
    }

    /// The bucket where the search for a cell begins.
    #[inline]
    fn home(&self, key: Key) -> usize {
        key.hash() & self.buckets.len().saturating_sub(1)
    }

    /// The bucket where it goes on.
    #[inline]
    fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.buckets.len().saturating_sub(1)
    }

    /// Adds a cell that is not there yet.
    #[cold]
    fn insert(&mut self, cell: Cell) {
        if self.buckets.len() <= self.used {
            let size = self.buckets.len().saturating_mul(2).max(8);
            let buckets = core::mem::take(&mut self.buckets);
            self.buckets.resize_with(size, Bucket::default);
            for cell in buckets.into_iter().flat_map(|Bucket(cells)| cells).flatten() {
                self.settle(cell);
            }
        }
        self.settle(cell);
        self.used = self.used.saturating_add(1);
    }

    /// Moves a cell into the first empty place of its own.
    fn settle(&mut self, cell: Cell) {
        let mut at = self.home(Key { owner: cell.owner, token: cell.coin.token() });
        while let Some(Bucket(cells)) = self.buckets.get_mut(at) {
            if let Some(place) = cells.iter_mut().find(|place| place.is_none()) {
                *place = Some(cell);
                return;
            }
            at = self.next(at);
        }
    }
}

impl Cell {
    #[inline]
    fn is(&self, key: Key) -> bool {
        self.owner == key.owner && self.coin.token() == key.token
    }
}

impl Key {
    #[inline]
    fn new(trader: TraderId, token: TokenId) -> Self {
        // No wallet has the last place.
        Self { owner: NonZeroU32::MIN.saturating_add(trader.get()), token }
    }

    /// Spreads traders and tokens by one multiplication (Knuth, The Art of Computer Programming,
    /// vol. 3, 6.4), of which the upper half is the better one.
    #[inline]
    fn hash(self) -> usize {
        let key = u64::from(self.owner.get()) << 32 | u64::from(self.token.get());
        let product = u128::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (product >> 64) ^ (product >> 32);
        usize::try_from(mixed & u128::from(u32::MAX)).unwrap_or_default()
    }
}
fn trader(owner: NonZeroU32) -> TraderId {
    TraderId::from(owner.get().saturating_sub(1))
}
