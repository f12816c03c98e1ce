//! The end: everybody redeems everything.

use super::super::ledger::{Judged, entry};
use super::{POOLS, Pick, TRADERS, World};
use crate::bank_run::{Exit, fair};
use crate::constant_product::{ConstantProduct, State};
use crate::quantity::Quantity;
use crate::violation::equal;
use cenote_pool::Direction;

/// Who redeems: a wallet's shares of a pool, or the first claim in hand.
#[derive(Debug, Clone, Copy)]
enum Holding {
    Wallet(usize, usize),
    Hand,
}

impl World {
    /// B1, B2 and B4: everybody redeems, in an order that depends on a number; nobody is refused,
    /// and each gets its part of what there was when the run began.
    pub(in super::super) fn everybody_leaves(mut self, order: usize) -> Judged {
        let first = self.ledger.books.iter().map(|book| book.pool.state()).collect::<Vec<_>>();
        let wallets = (0..TRADERS)
            .flat_map(|trader| (0..POOLS.len()).map(move |pool| Holding::Wallet(trader, pool)));
        let mut holdings = wallets.collect::<Vec<_>>();
        holdings.extend(self.claims.iter().map(|_| Holding::Hand));
        let turned = order.checked_rem(holdings.len()).unwrap_or(0);
        holdings.rotate_left(turned);
        let mut left = vec![0; POOLS.len()];
        for holding in holdings {
            self.leave(holding, &first, &mut left)?;
            self.check()?;
        }
        for (at, book) in self.ledger.books.iter().enumerate() {
            let total = book.pool.state().total_shares;
            let locked = total.min(1000);
            let stay = entry(Some(&self.ledger.dropped_shares), at).saturating_add(locked);
            equal(("B4", "the locked and the lost shares stay"), total, stay)?;
        }
        Ok(())
    }

    fn leave(&mut self, holding: Holding, first: &[State], left: &mut [usize]) -> Judged {
        let (at, shares, paid) = match holding {
            Holding::Wallet(trader, at) => {
                let shares = self.ledger.claim(trader, at);
                (at, shares, self.withdraw(trader, at, shares)?)
            }
            Holding::Hand => {
                let Some(claim) = self.claims.last() else {
                    return Ok(());
                };
                let (at, shares) = (claim.pool().index(), claim.shares().get());
                let before = self.ledger.books.get(at).map(|book| book.pool.state());
                let place = u8::try_from(self.claims.len().saturating_sub(1)).unwrap_or(0);
                self.redeem(redeem_at(place))?;
                let after = self.ledger.books.get(at).map(|book| book.pool.state());
                (at, shares, before.zip(after).map(|(before, after)| paid(&before, &after)))
            }
        };
        let (Some(first), Some(exits), Some(paid)) = (first.get(at), left.get_mut(at), paid) else {
            return Ok(());
        };
        if 0 < shares {
            fair(first, &Exit { shares, paid: Some(paid), before: *exits })?;
            *exits = exits.saturating_add(1);
        }
        Ok(())
    }
}

fn paid(before: &State, after: &State) -> [u128; 2] {
    let paid0 = before.reserve0.saturating_sub(after.reserve0);
    [paid0, before.reserve1.saturating_sub(after.reserve1)]
}

fn redeem_at(place: u8) -> Pick {
    let quantity = Quantity::All;
    Pick { places: [place; 4], direction: Direction::ZeroForOne, first: quantity, second: quantity }
}
