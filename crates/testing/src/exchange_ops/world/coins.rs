//! Coins and claims: issued, burned, split, joined, put, taken and lost.

use cenote_exchange::Refused;

use super::super::ledger::{Judged, credit, debit};
use super::{Amount, Pick, Shares, TOKENS, World, agree, around, pool, token};
use crate::constant_product::ConstantProduct;
use crate::textbook::Textbook;
use crate::violation::{equal, holds};

impl World {
    pub(super) fn issue(&mut self, pick: Pick) -> Judged {
        let (token, _) = token(pick.places[0]);
        let issued = super::entry(Some(&self.ledger.issued), token);
        let (Ok(amount), Some(mint)) = (Amount::new(pick.first.of(issued)), self.mints.get(token))
        else {
            return Ok(());
        };
        let due = issued.checked_add(amount.get()).filter(|sum| *sum <= Textbook::MAX);
        let given = self.exchange.issue(mint, amount).ok();
        agree(("T5", "issued if and only if the supply fits"), given.as_ref(), due.as_ref())?;
        if let Some(coin) = given {
            equal(("C1", "a coin is what was issued"), coin.amount().get(), amount.get())?;
            credit(self.ledger.issued.get_mut(token), amount.get())?;
            self.coins.push(coin);
        }
        Ok(())
    }

    pub(super) fn burn(&mut self, pick: Pick) -> Judged {
        let at = around(pick.places[1], TOKENS.len());
        let Some(coin) = self.coin(pick.places[0]) else {
            return Ok(());
        };
        let (token, units) = (coin.token(), coin.amount().get());
        let Some(mint) = self.mints.get(at) else {
            self.coins.push(coin);
            return Ok(());
        };
        let due = (token.index() == at).then_some(());
        let done = match self.exchange.burn(mint, coin) {
            Ok(()) => Some(debit(self.ledger.issued.get_mut(at), units)?),
            Err(Refused { paid, .. }) => {
                self.hand_back(paid, units)?;
                None
            }
        };
        agree(("C1", "burned if and only if of the mint's token"), done.as_ref(), due.as_ref())
    }

    pub(super) fn split(&mut self, pick: Pick) -> Judged {
        let Some(mut coin) = self.coin(pick.places[0]) else {
            return Ok(());
        };
        let whole = coin.amount().get();
        if let Ok(amount) = Amount::new(pick.first.of(whole)) {
            let part = coin.split(amount);
            let due = (amount.get() <= whole).then_some(());
            agree(("C2", "split if and only if there is enough"), part.as_ref(), due.as_ref())?;
            self.coins.extend(part);
        }
        self.coins.push(coin);
        Ok(())
    }

    pub(super) fn join(&mut self, pick: Pick) -> Judged {
        let Some([mut coin, other]) = self.two_coins([pick.places[0], pick.places[1]]) else {
            return Ok(());
        };
        let due = (coin.token() == other.token()).then_some(());
        let back = coin.join(other).err();
        let done = back.is_none().then_some(());
        self.coins.push(coin);
        self.coins.extend(back);
        agree(("C1", "joined if and only if of one token"), done.as_ref(), due.as_ref())
    }

    pub(super) fn take(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let (token_at, token) = token(pick.places[1]);
        let held = self.ledger.balance(at, token_at);
        let Ok(amount) = Amount::new(pick.first.of(held)) else {
            return Ok(());
        };
        let taken = self.exchange.take(trader, token, amount).ok();
        if !amount.is_zero() {
            let due = (amount.get() <= held).then_some(());
            agree(("C2", "taken if and only if held"), taken.as_ref(), due.as_ref())?;
        }
        if let Some(coin) = taken {
            equal(("C1", "a coin is what was taken"), coin.amount().get(), amount.get())?;
            self.ledger.take(at, token_at, amount.get())?;
            self.coins.push(coin);
        }
        Ok(())
    }

    pub(super) fn put(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let Some(coin) = self.coin(pick.places[1]) else {
            return Ok(());
        };
        let (token, units) = (coin.token().index(), coin.amount().get());
        let due = self.traders.get(at).map(|_| ());
        let done = match self.exchange.put(trader, coin) {
            Ok(()) => Some(self.ledger.put(at, token, units)?),
            Err(Refused { paid, .. }) => {
                self.hand_back(paid, units)?;
                None
            }
        };
        agree(("C3", "put if and only if there is the wallet"), done.as_ref(), due.as_ref())
    }

    pub(super) fn take_claim(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let (pool_at, pool) = pool(pick.places[1]);
        let held = self.ledger.claim(at, pool_at);
        let Ok(shares) = Shares::new(pick.first.of(held)) else {
            return Ok(());
        };
        let taken = self.exchange.take_claim(trader, pool, shares).ok();
        if !shares.is_zero() {
            let due = (shares.get() <= held).then_some(());
            agree(("C2", "taken if and only if held"), taken.as_ref(), due.as_ref())?;
        }
        if let Some(claim) = taken {
            equal(("C1", "a claim is what was taken"), claim.shares().get(), shares.get())?;
            self.ledger.take_shares(at, pool_at, shares.get())?;
            self.claims.push(claim);
        }
        Ok(())
    }

    pub(super) fn put_claim(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let Some(claim) = self.claim(pick.places[1]) else {
            return Ok(());
        };
        let (pool, shares) = (claim.pool().index(), claim.shares().get());
        let due = self.traders.get(at).map(|_| ());
        let done = match self.exchange.put_claim(trader, claim) {
            Ok(()) => Some(self.ledger.put_shares(at, pool, shares)?),
            Err(Refused { paid, .. }) => {
                equal(("T1", "a refused claim comes back"), paid.shares().get(), shares)?;
                self.claims.push(paid);
                None
            }
        };
        agree(("C3", "put if and only if there is the wallet"), done.as_ref(), due.as_ref())
    }

    pub(super) fn drop_coin(&mut self, pick: Pick) -> Judged {
        match self.coin(pick.places[0]) {
            Some(coin) => {
                let dropped = self.ledger.dropped.get_mut(coin.token().index());
                credit(dropped, coin.amount().get())
            }
            None => Ok(()),
        }
    }

    pub(super) fn drop_claim(&mut self, pick: Pick) -> Judged {
        match self.claim(pick.places[0]) {
            Some(claim) => {
                let dropped = self.ledger.dropped_shares.get_mut(claim.pool().index());
                credit(dropped, claim.shares().get())
            }
            None => holds(("C1", "there are no claims"), self.claims.is_empty(), 0),
        }
    }
}
