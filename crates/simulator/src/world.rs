//! [`World`]: an exchange with its traders.

use cenote_exchange::{AddReason, Added, Coin, Exchange, Foreign, IssueError, Mint, Refused};
use cenote_exchange::{TradeError, TraderId, WalletError};
use cenote_pool::{Fill, Leg, MAX_HOPS, Market, Order, Orders, PathError, PoolId, Reserves};
use cenote_pool::{Shares, SwapError};
use thiserror::Error;

use crate::batch::Batch;
use crate::outcome::{Outcomes, Refusal};

/// An exchange whose pools and traders are funded by one party, the world, which has all mints.
///
/// Orders are planned in parallel on a fork of the market's numbers and settled in their order
/// through the exchange, with coins: the vault takes no planned amount on trust. Everything is
/// kept in wallets, so an audit finds nothing outside.
#[derive(Debug)]
pub struct World {
    exchange: Exchange,
    mints: Vec<Mint>,
    /// The wallet that provided the liquidity.
    provider: TraderId,
    /// Where orders are planned: equal to the exchange's numbers between windows.
    fork: Market,
    batch: Batch,
}

/// A world and the pools that could not be opened in it, which are there and empty.
#[derive(Debug)]
pub struct Opening {
    /// The world.
    pub world: World,
    /// The pools whose liquidity was refused, in their order.
    pub refused: Vec<(PoolId, OpenError)>,
}

/// Why a pool has no liquidity in a world, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its mint refused: the supply of the token would exceed 2^112 - 1.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The first deposit was refused.
    #[error(transparent)]
    Add(#[from] AddReason),
}

impl OpenError {
    /// The reason without its numbers, one word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Issue(_) => "supply_overflow",
            Self::Add(_) => "first_deposit",
        }
    }
}

/// The market cannot be opened as an exchange: its tokens or pools cannot be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the market's tokens or pools cannot be created in an exchange")]
pub struct WorldError;

/// There is not one trader for each order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{orders} orders and {traders} traders")]
pub struct UnevenError {
    /// The number of orders given.
    pub orders: usize,
    /// The number of traders given.
    pub traders: usize,
}

impl World {
    /// Creates an exchange with the tokens and pools of a market, in the same places, and
    /// deposits the market's reserves as a provider would.
    ///
    /// A pool of dust, or one whose tokens exceed what can be issued, stays empty and is listed.
    ///
    /// # Errors
    ///
    /// [`WorldError`] if the exchange has no room; it cannot happen for a market's own names.
    pub fn open(market: &Market) -> Result<Opening, WorldError> {
        let mut exchange = Exchange::new();
        let provider = exchange.open_wallet().ok_or(WorldError)?;
        let create = |token| exchange.create_token(market.token_name(token));
        let mints = market.tokens().map(create).collect::<Result<Vec<_>, _>>();
        let mints = mints.map_err(|_| WorldError)?;
        let mut refused = Vec::new();
        for (id, pool) in market.pools_with_id() {
            let pair = (mints.get(pool.token0().index()), mints.get(pool.token1().index()));
            let (Some(mint0), Some(mint1)) = pair else { return Err(WorldError) };
            let name = market.pool_name(id);
            let created = exchange.create_pool(name, mint0, mint1, pool.fees());
            let created = created.map_err(|_| WorldError)?;
            if pool.is_empty() {
                continue;
            }
            let deposit = (created, pool.reserves());
            if let Err(error) = open_pool(&mut exchange, provider, [mint0, mint1], deposit) {
                refused.push((id, error));
            }
        }
        let fork = exchange.market().clone();
        let world = Self { exchange, mints, provider, fork, batch: Batch::new() };
        Ok(Opening { world, refused })
    }

    /// The exchange, to read.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The wallet that holds the shares of all pools.
    pub fn provider(&self) -> TraderId {
        self.provider
    }

    /// Redeems every share of every pool, in the order of the pools; gives how many pools paid.
    ///
    /// This is the claim that providers can always leave, carried out.
    pub fn redeem_everything(&mut self) -> usize {
        let claims = self.exchange.claims(self.provider).collect::<Vec<_>>();
        let redeemed = claims.into_iter().filter(|(pool, shares)| {
            let paid = self.exchange.redeem_from(self.provider, *pool, *shares);
            paid.is_ok_and(|paid| paid.iter().any(|amount| !amount.is_zero()))
        });
        let redeemed = redeemed.count();
        self.fork = self.exchange.market().clone();
        redeemed
    }

    /// Opens a wallet; `None` once there are 2^32 - 1.
    pub fn open_wallet(&mut self) -> Option<TraderId> {
        self.exchange.open_wallet()
    }

    /// Runs orders, each from the wallet of its trader, and writes what became of each.
    ///
    /// The world funds each order with what it pays. What a trader bought stays in its wallet.
    ///
    /// # Errors
    ///
    /// [`UnevenError`] unless there is a trader for each order; nothing is run then.
    pub fn run(
        &mut self,
        orders: &Orders,
        traders: &[TraderId],
        outcomes: &mut Outcomes,
    ) -> Result<(), UnevenError> {
        if orders.len() != traders.len() {
            return Err(UnevenError { orders: orders.len(), traders: traders.len() });
        }
        self.batch.run(&mut self.fork, orders, outcomes);
        let planned = core::mem::take(&mut outcomes.refused);
        let mut planned = planned.into_iter().peekable();
        let mut in_plan = true;
        for ((place, order), trader) in orders.iter().enumerate().zip(traders) {
            let legs = outcomes.legs_mut(orders, place);
            let plan = planned.next_if(|(refused, _)| *refused == place).map(|(_, why)| why);
            let done = match plan {
                Some(refusal) if in_plan => Err(refusal),
                _ if in_plan => self.settle(*trader, order, legs),
                _ => self.trade(*trader, order, legs),
            };
            if let Err(refusal) = done {
                // What was planned after an order that could not be settled is void.
                in_plan = in_plan && plan.is_some();
                outcomes.refuse(orders, place, refusal);
            }
        }
        if !in_plan {
            self.fork = self.exchange.market().clone();
        }
        Ok(())
    }

    /// Computes one order on the exchange's own numbers, and settles it.
    fn trade(
        &mut self,
        trader: TraderId,
        order: Order<'_>,
        legs: &mut [Leg],
    ) -> Result<(), Refusal> {
        let mut fills = [Fill::default(); MAX_HOPS];
        let fills = fills.get_mut(..legs.len()).unwrap_or_default();
        self.exchange.market().fill_order(order, fills)?;
        for (leg, fill) in legs.iter_mut().zip(fills) {
            *leg = Leg::from(&*fill);
        }
        self.settle(trader, order, legs)
    }

    /// Funds an order that was computed, and settles it through the exchange.
    fn settle(&mut self, trader: TraderId, order: Order<'_>, legs: &[Leg]) -> Result<(), Refusal> {
        let (Some(hop), Some(leg)) = (order.hops.first(), legs.first()) else {
            return Err(SwapError::from(PathError::Empty).into());
        };
        let pool = self.exchange.market().pool(hop.pool);
        let pool = pool.map_err(|_| SwapError::UnknownPool { pool: hop.pool })?;
        let (token_in, _) = pool.tokens(hop.direction);
        let mint = self.mints.get(token_in.index()).ok_or(IssueError::Foreign(Foreign))?;
        let coin = self.exchange.issue(mint, leg.amount_in)?;
        if let Err(refused) = self.exchange.put(trader, coin) {
            // There is no such wallet: the coin goes back to the mint.
            give_back(&mut self.exchange, mint, refused.paid);
            return Err(TradeError::Wallet(WalletError::UnknownTrader { trader }).into());
        }
        if let Err(error) = self.exchange.settle(trader, order.hops, legs) {
            // What the order would have paid is still in the wallet; the world takes it back.
            if let Ok(coin) = self.exchange.take(trader, token_in, leg.amount_in) {
                give_back(&mut self.exchange, mint, coin);
            }
            return Err(error.into());
        }
        Ok(())
    }
}

/// Issues what a pool held and deposits it; the shares go to the provider's wallet.
fn open_pool(
    exchange: &mut Exchange,
    provider: TraderId,
    [mint0, mint1]: [&Mint; 2],
    (pool, reserves): (PoolId, Reserves),
) -> Result<(), OpenError> {
    let coin0 = exchange.issue(mint0, reserves.reserve0)?;
    let coin1 = match exchange.issue(mint1, reserves.reserve1) {
        Ok(coin1) => coin1,
        Err(error) => {
            give_back(exchange, mint0, coin0);
            return Err(error.into());
        }
    };
    match exchange.add_liquidity(pool, [coin0, coin1], Shares::ZERO) {
        Ok(Added { claim, change: [change0, change1] }) => {
            give_back(exchange, mint0, change0);
            give_back(exchange, mint1, change1);
            // The provider's wallet is this exchange's, and so is the claim.
            exchange.put_claim(provider, claim).map_err(|_| AddReason::Foreign(Foreign).into())
        }
        Err(Refused { reason, paid: [coin0, coin1] }) => {
            give_back(exchange, mint0, coin0);
            give_back(exchange, mint1, coin1);
            Err(reason.into())
        }
    }
}

/// Burns a coin with its own mint, which cannot be refused.
fn give_back(exchange: &mut Exchange, mint: &Mint, coin: Coin) {
    let burned = exchange.burn(mint, coin);
    debug_assert!(burned.is_ok(), "a coin goes back to its own mint");
}
