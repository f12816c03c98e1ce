//! What belongs to another exchange: refused everywhere, and handed back.

use cenote_exchange::{Claim, Coin, Exchange, Mint, Refused};
use cenote_pool::{Amount, Fee, Route, Shares, Step};

use super::super::ledger::Judged;
use super::{Pick, World, pool, unfounded};
use crate::violation::{Violation, equal, holds};

/// Another exchange, a coin and a claim of it, and its mints.
#[derive(Debug)]
pub(super) struct Stranger {
    exchange: Exchange,
    mint: Mint,
    claim: Option<Claim>,
}

impl Stranger {
    pub(super) fn new() -> Result<Self, Violation> {
        let mut exchange = Exchange::new();
        let mint = exchange.create_token("a").map_err(unfounded)?;
        let other = exchange.create_token("b").map_err(unfounded)?;
        let pool = exchange.create_pool("a/b", &mint, &other, Fee::ZERO).map_err(unfounded)?;
        let amount = Amount::from_u64(1_000_000);
        let coins = [&mint, &other].map(|mint| exchange.issue(mint, amount).map_err(unfounded));
        let [Ok(coin0), Ok(coin1)] = coins else {
            return Err(unfounded(()));
        };
        let added = exchange.add_liquidity(pool, [coin0, coin1], Shares::ZERO);
        let claim = Some(added.map_err(unfounded)?.claim);
        Ok(Self { exchange, mint, claim })
    }
}

const LAW: (&str, &str) = ("C1", "what another exchange issued is refused");

/// What was handed back, or the violation that it was taken.
fn refused<T, R, P>(result: Result<T, Refused<R, P>>) -> Result<P, Violation> {
    match result {
        Ok(_) => Err(Violation::new(LAW, 1.into(), 0.into())),
        Err(Refused { paid, .. }) => Ok(paid),
    }
}

impl World {
    pub(super) fn foreign(&mut self, pick: Pick) -> Judged {
        let Ok(units) = Amount::new(pick.first.of(1_000)) else {
            return Ok(());
        };
        let Ok(coin) = self.stranger.exchange.issue(&self.stranger.mint, units) else {
            return Ok(());
        };
        let coin = self.offer_foreign_coin(&pick, coin)?;
        equal(LAW, coin.amount().get(), units.get())?;
        // Burned at home, so that the stranger's supply does not run out.
        let Stranger { exchange, mint, .. } = &mut self.stranger;
        holds(LAW, exchange.burn(mint, coin).is_ok(), units.get())?;
        self.offer_foreign_claim(&pick)
    }

    fn offer_foreign_coin(&mut self, pick: &Pick, coin: Coin) -> Result<Coin, Violation> {
        let (_, trader) = self.trader(pick.places[0]);
        let (_, pool) = pool(pick.places[1]);
        let coin = refused(self.exchange.swap(pool, coin, Amount::ZERO))?;
        let coin = refused(self.exchange.put(trader, coin))?;
        let coin = match self.mints.first() {
            Some(mint) => refused(self.exchange.burn(mint, coin))?,
            None => coin,
        };
        let mut coin = self.join_own(coin)?;
        let bought = self.exchange.swap_exact_out(pool, &mut coin, Amount::from_u64(1));
        holds(LAW, bought.is_err(), 1)?;
        let stranger = &self.stranger.mint;
        holds(LAW, self.exchange.issue(stranger, Amount::from_u64(1)).is_err(), 1)?;
        let step = Step {
            pool,
            token_in: coin.token(),
            amount_in: coin.amount(),
            token_out: 1.into(),
            amount_out: Amount::ZERO,
        };
        let route = Route {
            token_in: coin.token(),
            token_out: 1.into(),
            amount_in: coin.amount(),
            amount_out: Amount::ZERO,
            steps: vec![step],
        };
        let coin = refused(self.exchange.execute(&route, coin))?;
        let Some(own) = self.coin(pick.places[2]) else {
            return Ok(coin);
        };
        let units = own.amount().get();
        let paid = refused(self.exchange.add_liquidity(pool, [coin, own], Shares::ZERO))?;
        // Coins come back in the pool's order, which may be the other one; own ones can be burned.
        let [mut first, second] = paid;
        let (own, foreign) =
            if self.is_own(&mut first) { (first, second) } else { (second, first) };
        self.hand_back(own, units)?;
        Ok(foreign)
    }

    /// Whether a coin is of this exchange: nothing of it is nothing of one that is.
    fn is_own(&mut self, coin: &mut Coin) -> bool {
        let mint = self.mints.get(coin.token().index());
        let nothing = mint.and_then(|mint| self.exchange.issue(mint, Amount::ZERO).ok());
        nothing == coin.split(Amount::ZERO)
    }

    /// Joins a foreign coin to nothing of the token in the same place here, which must refuse it.
    fn join_own(&mut self, coin: Coin) -> Result<Coin, Violation> {
        let mint = self.mints.get(coin.token().index());
        let Some(Ok(mut own)) = mint.map(|mint| self.exchange.issue(mint, Amount::ZERO)) else {
            return Ok(coin);
        };
        match own.join(coin) {
            Ok(()) => Err(Violation::new(LAW, 1.into(), 0.into())),
            Err(coin) => Ok(coin),
        }
    }

    fn offer_foreign_claim(&mut self, pick: &Pick) -> Judged {
        let (_, trader) = self.trader(pick.places[0]);
        let Some(claim) = self.stranger.claim.take() else {
            return Ok(());
        };
        let shares = claim.shares().get();
        let claim = refused(self.exchange.redeem(claim))?;
        let claim = refused(self.exchange.put_claim(trader, claim))?;
        let claim = match self.claims.first_mut() {
            Some(own) => match own.join(claim) {
                Ok(()) => return Err(Violation::new(LAW, shares.into(), 0.into())),
                Err(claim) => claim,
            },
            None => claim,
        };
        equal(LAW, claim.shares().get(), shares)?;
        self.stranger.claim = Some(claim);
        Ok(())
    }
}
