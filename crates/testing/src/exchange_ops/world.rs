//! [`World`]: an exchange, the ledger beside it, and the coins and claims in hand.

mod add;
mod coins;
mod foreign;
mod leave;
mod trade;

use cenote_exchange::{Claim, Coin, Exchange, Mint, TraderId};
use cenote_pool::{Amount, Fee, PoolId, Shares, TokenId};
use primitive_types::U512;

use super::ledger::{Book, Judged, Ledger, entry};
use super::{ExchangeOp, Pick};
use crate::constant_product::{ConstantProduct, State};
use crate::textbook::Textbook;
use crate::violation::{Law, Violation, equal, holds};
use foreign::Stranger;

/// The tokens of each pool and its fee in hundredths of a basis point. The last two pools trade
/// the same tokens, the last one is not founded.
const POOLS: [([usize; 2], u32); 4] =
    [([0, 1], 0), ([1, 2], 3_000), ([2, 0], 1), ([1, 0], 999_000)];

const TOKENS: [&str; 3] = ["a", "b", "c"];
const TRADERS: usize = 3;

/// An exchange, the ledger beside it, and the coins and claims in hand.
#[derive(Debug)]
pub(super) struct World {
    exchange: Exchange,
    mints: Vec<Mint>,
    traders: Vec<TraderId>,
    coins: Vec<Coin>,
    claims: Vec<Claim>,
    stranger: Stranger,
    ledger: Ledger,
}

/// What should have worked at the beginning did not.
fn unfounded<E>(_: E) -> Violation {
    Violation::new(("T7", "a new exchange can be founded"), U512::zero(), U512::zero())
}

impl World {
    pub(super) fn new(founding: [u128; 2]) -> Result<Self, Violation> {
        let mut exchange = Exchange::new();
        let mints = TOKENS.map(|name| exchange.create_token(name).map_err(unfounded));
        let mints = mints.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut books = Vec::new();
        for (at, ([token0, token1], fee_pips)) in POOLS.into_iter().enumerate() {
            let fee = Fee::from_pips(fee_pips).map_err(unfounded)?;
            let [Some(mint0), Some(mint1)] = [mints.get(token0), mints.get(token1)] else {
                return Err(unfounded(()));
            };
            let name = format!("pool{at}");
            exchange.create_pool(&name, mint0, mint1, fee).map_err(unfounded)?;
            let pool = Textbook::open(State::default(), fee_pips).ok_or(()).map_err(unfounded)?;
            books.push(Book { tokens: [token0, token1], pool });
        }
        let traders = (0..TRADERS).filter_map(|_| exchange.open_wallet()).collect();
        let ledger = Ledger {
            issued: vec![0; TOKENS.len()],
            dropped: vec![0; TOKENS.len()],
            dropped_shares: vec![0; POOLS.len()],
            wallets: vec![vec![0; TOKENS.len()]; TRADERS],
            shares: vec![vec![0; POOLS.len()]; TRADERS],
            books,
        };
        let (coins, claims) = (Vec::new(), Vec::new());
        let stranger = Stranger::new()?;
        let mut world = Self { exchange, mints, traders, coins, claims, stranger, ledger };
        world.found(founding)?;
        world.check()?;
        Ok(world)
    }

    /// Gives every trader coins, keeps some in hand, and lets the first trader found all pools
    /// but the last.
    fn found(&mut self, [founding0, founding1]: [u128; 2]) -> Judged {
        let most = amount(founding0.max(founding1).saturating_mul(4));
        for (trader, id) in self.traders.iter().enumerate() {
            for (token, mint) in self.mints.iter().enumerate() {
                for _ in 0..2 {
                    let coin = self.exchange.issue(mint, most).map_err(unfounded)?;
                    self.exchange.put(*id, coin).map_err(unfounded)?;
                    self.ledger.put(trader, token, most.get())?;
                    super::ledger::credit(self.ledger.issued.get_mut(token), most.get())?;
                }
            }
        }
        for (token, mint) in self.mints.iter().enumerate() {
            let units = [founding0, founding1];
            for units in units {
                let coin = self.exchange.issue(mint, amount(units)).map_err(unfounded)?;
                super::ledger::credit(self.ledger.issued.get_mut(token), coin.amount().get())?;
                self.coins.push(coin);
            }
        }
        for pool in 0..POOLS.len().saturating_sub(1) {
            let amounts = [amount(founding0), amount(founding1)];
            self.provide(0, pool, (amounts, 0))?;
        }
        Ok(())
    }

    pub(super) fn step(&mut self, op: ExchangeOp) -> Judged {
        match op {
            ExchangeOp::Issue(pick) => self.issue(pick),
            ExchangeOp::Burn(pick) => self.burn(pick),
            ExchangeOp::Split(pick) => self.split(pick),
            ExchangeOp::Join(pick) => self.join(pick),
            ExchangeOp::Take(pick) => self.take(pick),
            ExchangeOp::Put(pick) => self.put(pick),
            ExchangeOp::TakeClaim(pick) => self.take_claim(pick),
            ExchangeOp::PutClaim(pick) => self.put_claim(pick),
            ExchangeOp::DropCoin(pick) => self.drop_coin(pick),
            ExchangeOp::DropClaim(pick) => self.drop_claim(pick),
            ExchangeOp::Swap(pick) => self.swap(pick),
            ExchangeOp::SwapExactOut(pick) => self.swap_exact_out(pick),
            ExchangeOp::TradeExactIn(pick) => self.trade_exact_in(pick),
            ExchangeOp::TradeExactOut(pick) => self.trade_exact_out(pick),
            ExchangeOp::Settle(pick) => self.settle(pick),
            ExchangeOp::Execute(pick) => self.execute(pick),
            ExchangeOp::Add(pick) => self.add(pick),
            ExchangeOp::AddFrom(pick) => self.add_from(pick),
            ExchangeOp::Redeem(pick) => self.redeem(pick),
            ExchangeOp::RedeemFrom(pick) => self.redeem_from(pick),
            ExchangeOp::Foreign(pick) => self.foreign(pick),
        }
    }

    /// Compares everything that can be seen of the exchange with the ledger.
    pub(super) fn check(&self) -> Judged {
        let audit = self.exchange.audit().map_err(|_| {
            Violation::new(("C1", "the exchange finds no more than it issued"), 1.into(), 0.into())
        })?;
        for (at, found) in audit.tokens.iter().enumerate() {
            let in_wallets =
                total(self.ledger.wallets.iter().map(|wallet| entry(Some(wallet), at)));
            let in_hand = self.coins.iter().filter(|coin| coin.token().index() == at);
            let in_hand = total(in_hand.map(|coin| coin.amount().get()));
            let outside = in_hand.saturating_add(entry(Some(&self.ledger.dropped), at).into());
            let in_pools = self.in_pools(at);
            let issued = entry(Some(&self.ledger.issued), at);
            equal(("C1", "issued = the ledger's"), found.issued.get(), issued)?;
            equal(("C1", "in pools = the ledger's"), found.in_pools.get(), in_pools)?;
            equal(("C1", "in wallets = the ledger's"), found.in_wallets.get(), in_wallets)?;
            equal(("C1", "outside = the ledger's"), found.outside.get(), outside)?;
            let sum = in_pools.saturating_add(in_wallets).saturating_add(outside);
            equal(("C1", "issued = in pools + in wallets + outside"), issued, sum)?;
        }
        for (at, found) in audit.shares.iter().enumerate() {
            let in_wallets = total(self.ledger.shares.iter().map(|wallet| entry(Some(wallet), at)));
            let in_hand = self.claims.iter().filter(|claim| claim.pool().index() == at);
            let in_hand = total(in_hand.map(|claim| claim.shares().get()));
            let dropped = entry(Some(&self.ledger.dropped_shares), at);
            let outside = in_hand.saturating_add(dropped.into());
            equal(("C1", "shares in wallets = the ledger's"), found.in_wallets.get(), in_wallets)?;
            equal(("C1", "shares outside = the ledger's"), found.outside.get(), outside)?;
            holds(("L5", "every share is backed"), found.backed, found.total.get())?;
            let locked = U512::from(found.total.get().min(1000));
            let sum = locked.saturating_add(in_wallets).saturating_add(outside);
            equal(("L7", "S = 1000 + all shares"), found.total.get(), sum)?;
        }
        self.check_pools()?;
        self.check_wallets()
    }

    fn in_pools(&self, token: usize) -> U512 {
        let held = self.ledger.books.iter().flat_map(|book| {
            let state = book.pool.state();
            book.tokens.into_iter().zip([state.reserve0, state.reserve1])
        });
        total(held.filter(|(held, _)| *held == token).map(|(_, units)| units))
    }

    fn check_pools(&self) -> Judged {
        let market = self.exchange.market();
        holds(("C1", "no pool comes or goes"), market.pools().len() == POOLS.len(), 0)?;
        for (pool, book) in market.pools().iter().zip(&self.ledger.books) {
            let (found, due) = (pool.state(), book.pool.state());
            equal(("C1", "x = the ledger's"), found.reserve0, due.reserve0)?;
            equal(("C1", "y = the ledger's"), found.reserve1, due.reserve1)?;
            equal(("C1", "S = the ledger's"), found.total_shares, due.total_shares)?;
        }
        Ok(())
    }

    fn check_wallets(&self) -> Judged {
        for (trader, id) in self.traders.iter().enumerate() {
            for token in self.exchange.market().tokens() {
                let (held, due) =
                    (self.exchange.balance(*id, token), self.ledger.balance(trader, token.index()));
                equal(("C1", "a balance = the ledger's"), held.get(), due)?;
            }
            for (pool, _) in self.exchange.market().pools_with_id() {
                let (held, due) =
                    (self.exchange.shares(*id, pool), self.ledger.claim(trader, pool.index()));
                equal(("C1", "a wallet's shares = the ledger's"), held.get(), due)?;
            }
        }
        Ok(())
    }

    /// The coin that a place names, out of the hand.
    fn coin(&mut self, place: u8) -> Option<Coin> {
        let at = usize::from(place).checked_rem(self.coins.len())?;
        Some(self.coins.swap_remove(at))
    }

    /// The two coins that two places name, out of the hand; none if there is only one.
    fn two_coins(&mut self, [first, second]: [u8; 2]) -> Option<[Coin; 2]> {
        let coin = self.coin(first)?;
        let Some(other) = self.coin(second) else {
            self.coins.push(coin);
            return None;
        };
        Some([coin, other])
    }

    /// T1: takes a refused coin back, untouched.
    fn hand_back(&mut self, paid: Coin, units: u128) -> Judged {
        let law = ("T1", "a refused coin comes back untouched");
        equal(law, paid.amount().get(), units)?;
        self.coins.push(paid);
        Ok(())
    }

    /// The claim that a place names, out of the hand.
    fn claim(&mut self, place: u8) -> Option<Claim> {
        let at = usize::from(place).checked_rem(self.claims.len())?;
        Some(self.claims.swap_remove(at))
    }

    /// The trader that a place names; one in sixteen is nobody.
    fn trader(&self, place: u8) -> (usize, TraderId) {
        let at = if around(place, 16) == 15 { TRADERS } else { around(place, TRADERS) };
        let nobody = || TraderId::from(u32::MAX);
        (at, self.traders.get(at).copied().unwrap_or_else(nobody))
    }
}

/// An amount; the largest one in place of a number that is none.
fn amount(units: u128) -> Amount {
    Amount::new(units).unwrap_or(Amount::MAX)
}

/// A place counted around a list of this length.
fn around(place: u8, length: usize) -> usize {
    usize::from(place).checked_rem(length).unwrap_or(0)
}

/// The token that a place names.
fn token(place: u8) -> (usize, TokenId) {
    let at = around(place, TOKENS.len());
    (at, TokenId::from_index(at).unwrap_or(TokenId::FIRST))
}

/// The pool that a place names; one in 32 is no pool.
fn pool(place: u8) -> (usize, PoolId) {
    let at = if place < 8 { POOLS.len() } else { around(place, POOLS.len()) };
    (at, PoolId::from_index(at).unwrap_or(PoolId::FIRST))
}

fn total(parts: impl Iterator<Item = u128>) -> U512 {
    parts.fold(U512::zero(), |sum, part| sum.saturating_add(part.into()))
}

/// T1: the exchange does what the ledger says is possible, and nothing else.
fn agree<D, E>(law: Law, done: Option<&D>, due: Option<&E>) -> Judged {
    equal(law, u128::from(done.is_some()), u128::from(due.is_some()))
}

/// A limit on an answer: none, the answer itself, or one unit beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    None,
    Met,
    Missed,
}

impl Limit {
    fn of(place: u8) -> Self {
        match place.checked_rem(4) {
            Some(1) => Self::Met,
            Some(2) => Self::Missed,
            _ => Self::None,
        }
    }

    /// The least that is asked for, where `due` is what there will be.
    fn least(self, due: u128) -> u128 {
        match self {
            Self::None => 0,
            Self::Met => due,
            Self::Missed => due.saturating_add(1),
        }
    }

    /// The most that is offered, where `due` is what it will cost.
    fn most(self, due: u128) -> u128 {
        match self {
            Self::None => Amount::MAX.get(),
            Self::Met => due,
            Self::Missed => due.saturating_sub(1),
        }
    }
}
