//! Liquidity: added with coins and from wallets, redeemed with claims and from wallets.

use cenote_exchange::{Added, Refused};

use super::super::ledger::Judged;
use super::{Amount, Limit, Pick, Shares, World, agree, amount, pool};
use crate::constant_product::{ConstantProduct, Minted};
use crate::violation::{equal, holds};

/// Shares; the most that can be in place of a number that is none.
fn shares(count: u128) -> Shares {
    Shares::new(count).unwrap_or(Shares::MAX)
}

impl World {
    pub(super) fn add(&mut self, pick: Pick) -> Judged {
        let Some([first, second]) = self.two_coins([pick.places[0], pick.places[1]]) else {
            return Ok(());
        };
        let (at, pool) = pool(pick.places[2]);
        let given = [
            (first.token().index(), first.amount().get()),
            (second.token().index(), second.amount().get()),
        ];
        let book = self.ledger.books.get(at).copied();
        let ordered = book.and_then(|book| {
            let [(token0, units0), (token1, units1)] = given;
            let ordered = book.tokens == [token0, token1];
            let reversed = book.tokens == [token1, token0];
            let amounts = if ordered { Some([units0, units1]) } else { None };
            amounts.or_else(|| reversed.then_some([units1, units0]))
        });
        let due = book.zip(ordered).and_then(|(mut book, [units0, units1])| {
            let minted = book.pool.mint_within(units0, units1)?;
            Some((book, minted))
        });
        let quoted = due.map_or(0, |(_, minted)| minted.shares);
        let least = shares(Limit::of(pick.places[3]).least(quoted));
        let due = due.filter(|(_, minted)| least.get() <= minted.shares);
        let done = match self.exchange.add_liquidity(pool, [first, second], least) {
            Ok(added) => Some(added),
            Err(Refused { paid, .. }) => {
                let back = paid.iter().map(|coin| (coin.token().index(), coin.amount().get()));
                let all = back.clone().eq(given) || back.rev().eq(given);
                self.coins.extend(paid);
                holds(("T1", "refused coins come back untouched"), all, 0)?;
                None
            }
        };
        agree(("T1", "added if and only if it can be"), done.as_ref(), due.as_ref())?;
        let (Some(Added { claim, change }), Some((book, Minted { amounts, shares }))) = (done, due)
        else {
            return Ok(());
        };
        equal(("L1", "shares = the ledger's"), claim.shares().get(), shares)?;
        for (coin, (offered, taken)) in
            change.iter().zip(ordered.unwrap_or_default().into_iter().zip(amounts))
        {
            let law = ("C1", "what was not needed comes back");
            equal(law, coin.amount().get(), offered.saturating_sub(taken))?;
        }
        self.claims.push(claim);
        self.coins.extend(change);
        self.write(at, book);
        Ok(())
    }

    pub(super) fn add_from(&mut self, pick: Pick) -> Judged {
        let (trader, _) = self.trader(pick.places[0]);
        let (at, _) = pool(pick.places[1]);
        let tokens = self.ledger.books.get(at).map_or([0; 2], |book| book.tokens);
        let held = tokens.map(|token| self.ledger.balance(trader, token));
        let amounts = [amount(pick.first.of(held[0])), amount(pick.second.of(held[1]))];
        self.provide(trader, at, (amounts, pick.places[2]))
    }

    /// Adds from a wallet, with a limit on the shares that a place names.
    pub(super) fn provide(
        &mut self,
        trader: usize,
        at: usize,
        (amounts, limit): ([Amount; 2], u8),
    ) -> Judged {
        let id = self.traders.get(trader).copied();
        let id = id.unwrap_or_else(|| u32::MAX.into());
        let pool = cenote_pool::PoolId::from_index(at).unwrap_or(cenote_pool::PoolId::FIRST);
        let [most0, most1] = amounts.map(Amount::get);
        let due = self.ledger.books.get(at).copied().and_then(|mut book| {
            let [token0, token1] = book.tokens;
            let can = most0 <= self.ledger.balance(trader, token0)
                && most1 <= self.ledger.balance(trader, token1);
            let minted = book.pool.mint_within(most0, most1).filter(|_| can)?;
            Some((book, minted))
        });
        let quoted = due.map_or(0, |(_, minted)| minted.shares);
        let least = shares(Limit::of(limit).least(quoted));
        let due = due.filter(|(_, minted)| least.get() <= minted.shares);
        let done = self.exchange.add_liquidity_from(id, pool, amounts, least).ok();
        agree(("T1", "provided if and only if it can be"), done.as_ref(), due.as_ref())?;
        let (Some(made), Some((book, Minted { amounts, shares }))) = (done, due) else {
            return Ok(());
        };
        equal(("L1", "shares = the ledger's"), made.get(), shares)?;
        for (token, taken) in book.tokens.into_iter().zip(amounts) {
            self.ledger.take(trader, token, taken)?;
        }
        self.ledger.put_shares(trader, at, shares)?;
        self.write(at, book);
        Ok(())
    }

    pub(super) fn redeem(&mut self, pick: Pick) -> Judged {
        let Some(claim) = self.claim(pick.places[0]) else {
            return Ok(());
        };
        let (at, shares) = (claim.pool().index(), claim.shares().get());
        let due = self.burned(at, shares)?;
        let coins = match self.exchange.redeem(claim) {
            Ok(coins) => coins,
            Err(Refused { paid, .. }) => {
                self.claims.push(paid);
                return holds(("B4", "a claim is never refused"), false, shares);
            }
        };
        for (coin, units) in coins.iter().zip(due) {
            equal(("L2", "paid = the ledger's"), coin.amount().get(), units)?;
        }
        self.coins.extend(coins);
        Ok(())
    }

    pub(super) fn redeem_from(&mut self, pick: Pick) -> Judged {
        let (trader, _) = self.trader(pick.places[0]);
        let (at, _) = pool(pick.places[1]);
        let shares = pick.first.of(self.ledger.claim(trader, at));
        self.withdraw(trader, at, shares).map(|_| ())
    }

    /// Redeems from a wallet; gives what it paid, nothing if it was refused.
    pub(super) fn withdraw(
        &mut self,
        trader: usize,
        at: usize,
        count: u128,
    ) -> Result<Option<[u128; 2]>, crate::Violation> {
        let Ok(shares) = Shares::new(count) else {
            return Ok(None);
        };
        let id = self.traders.get(trader).copied();
        let id = id.unwrap_or_else(|| u32::MAX.into());
        let pool = cenote_pool::PoolId::from_index(at).unwrap_or(cenote_pool::PoolId::FIRST);
        let can = count <= self.ledger.claim(trader, at);
        let done = self.exchange.redeem_from(id, pool, shares).ok();
        if shares.is_zero() {
            let paid = done.unwrap_or_default();
            holds(("L2", "no shares pay nothing"), paid == [Amount::ZERO; 2], 0)?;
            return Ok(None);
        }
        agree(("B4", "redeemed if and only if held"), done.as_ref(), can.then_some(()).as_ref())?;
        let Some(paid) = done else {
            return Ok(None);
        };
        let due = self.burned(at, count)?;
        self.ledger.take_shares(trader, at, count)?;
        let tokens = self.ledger.books.get(at).map_or([0; 2], |book| book.tokens);
        for ((paid, due), token) in paid.into_iter().zip(due).zip(tokens) {
            equal(("L2", "paid = the ledger's"), paid.get(), due)?;
            self.ledger.put(trader, token, due)?;
        }
        Ok(Some(due))
    }

    /// What shares pay by the ledger, whose pool then has paid it; L5 if that is nothing.
    fn burned(&mut self, at: usize, shares: u128) -> Result<[u128; 2], crate::Violation> {
        let paid = self.ledger.books.get_mut(at).and_then(|book| book.pool.burn(shares));
        let worth = paid.is_some() || shares == 0;
        holds(("L5", "shares are worth something"), worth, shares)?;
        Ok(paid.unwrap_or_default())
    }
}
