//! [`Cells`]: the coins in all wallets, one cell for each trader and token.

use core::num::NonZeroU32;

use cenote_pool::{Amount, TokenId};

use crate::refused::WalletError;
use crate::trader::TraderId;
use crate::vault::coin::Coin;

/// All coins in wallets, found by trader and token in one look.
///
/// One table for all wallets, not one for each: a swap touches two cells, and each is one place
/// in memory. Open addressing with linear probing; cells are never given up, an empty one keeps
/// an empty coin. Traders and tokens are places that the exchange gave out, so nobody chooses
/// them to collide.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// A power of two of them, a quarter of them free; none before the first coin.
    slots: Vec<Option<Cell>>,
    used: usize,
}

#[derive(Debug)]
struct Cell {
    /// The trader's place and one, so that an empty slot takes no room of its own.
    owner: NonZeroU32,
    coin: Coin,
}

impl Cells {
    /// What a trader holds of a token.
    #[inline]
    pub(crate) fn balance(&self, trader: TraderId, token: TokenId) -> Amount {
        self.cell(trader, token).map_or(Amount::ZERO, |cell| cell.coin.amount())
    }

    /// Takes a coin out of a cell.
    #[inline]
    pub(crate) fn take(
        &mut self,
        trader: TraderId,
        token: TokenId,
        amount: Amount,
    ) -> Result<Coin, WalletError> {
        let at = self.find(trader, token);
        let Some(Some(cell)) = self.slots.get_mut(at) else {
            return Err(WalletError::InsufficientFunds { amount, held: Amount::ZERO });
        };
        let held = cell.coin.amount();
        cell.coin.split(amount).ok_or(WalletError::InsufficientFunds { amount, held })
    }

    /// Puts a coin of this exchange into the cell of its token.
    #[inline]
    pub(crate) fn put(&mut self, trader: TraderId, coin: Coin) {
        let at = self.find(trader, coin.token());
        match self.slots.get_mut(at) {
            Some(Some(cell)) => {
                // Both are of one token and exchange, and all coins of a token together are at
                // most its supply: they join.
                let joined = cell.coin.join(coin);
                debug_assert!(joined.is_ok(), "coins of one token join");
            }
            _ => self.insert(trader, coin),
        }
    }

    /// Every coin and whose it is, in the order of the table, which means nothing.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TraderId, &Coin)> {
        self.slots.iter().flatten().map(|cell| (trader(cell.owner), &cell.coin))
    }

    /// Every coin and whose it is, by trader and token.
    pub(crate) fn sorted(&self) -> Vec<(TraderId, &Coin)> {
        let mut coins = self.iter().collect::<Vec<_>>();
        coins.sort_unstable_by_key(|(trader, coin)| (*trader, coin.token()));
        coins
    }

    #[inline]
    fn cell(&self, trader: TraderId, token: TokenId) -> Option<&Cell> {
        self.slots.get(self.find(trader, token))?.as_ref()
    }

    /// The slot of a cell, or the empty one where it would be; there is always an empty slot.
    #[inline]
    fn find(&self, trader: TraderId, token: TokenId) -> usize {
        let mask = self.slots.len().saturating_sub(1);
        let owner = owner(trader);
        let mut at = hash(trader, token) & mask;
        while let Some(Some(cell)) = self.slots.get(at) {
            if cell.owner == owner && cell.coin.token() == token {
                break;
            }
            at = at.wrapping_add(1) & mask;
        }
        at
    }

    /// Puts a coin into a cell that is not there yet.
    #[cold]
    fn insert(&mut self, trader: TraderId, coin: Coin) {
        if self.slots.len().saturating_mul(3) <= self.used.saturating_mul(4) {
            self.grow();
        }
        let at = self.find(trader, coin.token());
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Some(Cell { owner: owner(trader), coin });
            self.used = self.used.saturating_add(1);
        }
    }

    /// Moves all cells to a table of twice the size.
    fn grow(&mut self) {
        let size = self.slots.len().saturating_mul(2).max(16);
        let slots = core::mem::take(&mut self.slots);
        self.slots.resize_with(size, || None);
        for cell in slots.into_iter().flatten() {
            let at = self.find(trader(cell.owner), cell.coin.token());
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = Some(cell);
            }
        }
    }
}

/// Spreads traders and tokens by one multiplication (Knuth, The Art of Computer Programming,
/// vol. 3, 6.4), of which the upper half is the better one.
#[inline]
fn hash(trader: TraderId, token: TokenId) -> usize {
    let key = u64::from(trader.get()) << 32 | u64::from(token.get());
    let product = u128::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (product >> 64) ^ (product >> 32);
    usize::try_from(mixed & u128::from(u32::MAX)).unwrap_or_default()
}

#[inline]
fn owner(trader: TraderId) -> NonZeroU32 {
    // No wallet has the last place.
    NonZeroU32::MIN.saturating_add(trader.get())
}

fn trader(owner: NonZeroU32) -> TraderId {
    TraderId::from(owner.get().saturating_sub(1))
}
