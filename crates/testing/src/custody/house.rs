//! [`House`]: Cenote's exchange as the laws of custody see it.

use cenote_exchange::{Exchange, Mint, TraderId};
use cenote_pool::{Amount, Direction, Exact, Fee, Hop, Market, Order, Pool, PoolId, Shares};

use super::{
    Act, Books, Custody, Founding, OPENED_FEE_PIPS, POOLS, PoolBook, TOKENS, TRADERS, act,
};
use crate::constant_product::ConstantProduct;

/// Cenote's exchange, its mints, and its customers' wallets.
#[derive(Debug)]
pub struct House {
    exchange: Exchange,
    mints: Vec<Mint>,
}

/// The wallet at a place, also where there is none.
fn trader(place: u8) -> TraderId {
    TraderId::from(u32::from(place))
}

fn pool(place: u8) -> PoolId {
    u32::from(place).into()
}

fn amount(units: u128) -> Option<Amount> {
    Amount::new(units).ok()
}

impl House {
    /// Its pools, as anybody may know them.
    pub fn market(&self) -> &Market {
        self.exchange.market()
    }

    fn open_pool(&mut self, tokens: [usize; 2], fee_pips: u32) -> Option<PoolId> {
        let name = format!("pool-{}", self.exchange.market().pools().len());
        let [mint0, mint1] = [self.mints.get(tokens[0])?, self.mints.get(tokens[1])?];
        let fee = Fee::from_pips(fee_pips).ok()?;
        self.exchange.create_pool(&name, mint0, mint1, fee).ok()
    }

    /// Issues units into a wallet.
    fn fund(&mut self, place: u8, token: usize, units: u128) -> Option<()> {
        let coin = self.exchange.issue(self.mints.get(token)?, amount(units)?).ok()?;
        self.exchange.put(trader(place), coin).ok()
    }

    fn sell(&mut self, by: u8, hops: &[Hop], amount_in: u128, least: u128) -> Option<()> {
        let (amount, limit) = (amount(amount_in)?, amount(least)?);
        let order = Order { exact: Exact::In, amount, limit, hops };
        self.exchange.trade(trader(by), order).ok().map(drop)
    }

    fn send(&mut self, by: u8, to: u8, token: u8, units: u128) -> Option<()> {
        let token = self.mints.get(usize::from(token))?.token();
        let coin = self.exchange.take(trader(by), token, amount(units)?).ok()?;
        // There is nobody to receive it: it goes back to where it came from.
        match self.exchange.put(trader(to), coin) {
            Ok(()) => Some(()),
            Err(refused) => {
                self.exchange.put(trader(by), refused.paid).ok();
                None
            }
        }
    }

    fn perform(&mut self, act: &Act<u128>) -> Option<()> {
        match *act {
            Act::Sell { by, hop: one, amount_in, least } => {
                self.sell(by, &[one.in_market()], amount_in, least)
            }
            Act::SellTwice { by, hops, amount_in, least } => {
                self.sell(by, &hops.map(act::Hop::in_market), amount_in, least)
            }
            Act::Buy { by, hop: one, amount_out, most } => {
                let (amount, limit) = (amount(amount_out)?, amount(most)?);
                let order = Order { exact: Exact::Out, amount, limit, hops: &[one.in_market()] };
                self.exchange.trade(trader(by), order).ok().map(drop)
            }
            Act::Deposit { by, pool: place, most: [most0, most1], least } => {
                let most = [amount(most0)?, amount(most1)?];
                let least = Shares::new(least).ok()?;
                let added = self.exchange.add_liquidity_from(trader(by), pool(place), most, least);
                added.ok().map(drop)
            }
            Act::Redeem { by, pool: place, shares } => {
                let shares = Shares::new(shares).ok()?;
                self.exchange.redeem_from(trader(by), pool(place), shares).ok().map(drop)
            }
            Act::Send { by, to, token, amount } => self.send(by, to, token, amount),
            Act::Open { tokens: [token0, token1] } => {
                self.open_pool([token0.into(), token1.into()], OPENED_FEE_PIPS).map(drop)
            }
        }
    }

    fn pool_book(&self, pool: &Pool) -> PoolBook {
        let place = |token| self.mints.iter().position(|mint| mint.token() == token);
        let (token0, token1) = pool.tokens(Direction::ZeroForOne);
        let tokens = [token0, token1].map(|token| place(token).unwrap_or(usize::MAX));
        PoolBook { tokens, state: ConstantProduct::state(pool) }
    }
}

impl Custody for House {
    fn open(founding: &Founding) -> Option<Self> {
        let mut house = Self { exchange: Exchange::new(), mints: Vec::new() };
        for at in 0..TOKENS {
            house.mints.push(house.exchange.create_token(&format!("token-{at}")).ok()?);
        }
        for _ in 0..TRADERS {
            house.exchange.open_wallet()?;
        }
        let [reserve0, reserve1] = founding.reserves;
        for (tokens, fee_pips) in POOLS {
            let pool = house.open_pool(tokens, fee_pips)?;
            house.fund(0, tokens[0], reserve0)?;
            house.fund(0, tokens[1], reserve1)?;
            let most = [amount(reserve0)?, amount(reserve1)?];
            house.exchange.add_liquidity_from(trader(0), pool, most, Shares::ZERO).ok()?;
        }
        for place in (0..TRADERS).filter_map(|place| u8::try_from(place).ok()) {
            for token in 0..TOKENS {
                house.fund(place, token, founding.balance)?;
            }
        }
        Some(house)
    }

    fn books(&self) -> Books {
        let traders = || (0..TRADERS).filter_map(|place| u8::try_from(place).ok()).map(trader);
        let pools = self.exchange.market().pools();
        let balances = |trader| {
            let balance = |mint: &Mint| self.exchange.balance(trader, mint.token()).get();
            self.mints.iter().map(balance).collect()
        };
        let claims = |trader| {
            let places = (0..pools.len()).filter_map(PoolId::from_index);
            places.map(|pool| self.exchange.shares(trader, pool).get()).collect()
        };
        Books {
            issued: self
                .mints
                .iter()
                .map(|mint| self.exchange.issued(mint.token()).get())
                .collect(),
            pools: pools.iter().map(|pool| self.pool_book(pool)).collect(),
            wallets: traders().map(balances).collect(),
            shares: traders().map(claims).collect(),
        }
    }

    fn act(&mut self, act: &Act<u128>) -> bool {
        self.perform(act).is_some()
    }
}
