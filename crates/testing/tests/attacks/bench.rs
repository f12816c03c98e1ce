//! What the numbered cases share: pools, pairs and an exchange in a few words.

use cenote_exchange::{Audit, Coin, Exchange, Mint};
use cenote_pool::{
    Amount, Fee, History, Market, Pair, Pool, PoolId, Product, ProtocolFee, Reserves, Shares,
    TokenId,
};
use primitive_types::U256;

pub(crate) const MAX: u128 = Amount::MAX.get();
pub(crate) const A: TokenId = TokenId::FIRST;
pub(crate) const B: TokenId = TokenId::SECOND;

pub(crate) fn amount(units: u128) -> Amount {
    units.try_into().unwrap()
}

pub(crate) fn shares(count: u128) -> Shares {
    count.try_into().unwrap()
}

pub(crate) fn reserves(reserve0: u128, reserve1: u128) -> Reserves {
    Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) }
}

pub(crate) fn fee(pips: u32) -> Fee {
    Fee::from_pips(pips).unwrap()
}

/// A pool that nobody has deposited into.
pub(crate) fn empty(fee: Fee) -> Pool {
    Pool::new(A, B, fee).unwrap()
}

/// A pool with these reserves, whose shares are not known.
pub(crate) fn holding(reserve0: u128, reserve1: u128, fee: Fee) -> Pool {
    empty(fee).with_reserves(reserves(reserve0, reserve1)).unwrap()
}

/// A pool that was founded with these amounts.
pub(crate) fn founded(amount0: u128, amount1: u128, fee: Fee) -> Pool {
    let mut pool = empty(fee);
    pool.mint(amount(amount0), amount(amount1), Shares::ZERO).unwrap();
    pool
}

/// A pair that was founded with these amounts at the time 100, its past known.
pub(crate) fn pair(amount0: u128, amount1: u128, fee: Fee) -> Pair {
    let mut pair = new_pair(fee);
    pair.transfer(amount0, amount1).unwrap();
    pair.mint(ProtocolFee::Off, 100).unwrap();
    pair
}

/// A pair without shares whose clock is at 100.
pub(crate) fn new_pair(fee: Fee) -> Pair {
    let history = History {
        price0_cum: Some(U256::zero()),
        price1_cum: Some(U256::zero()),
        k_last: Some(Product::ZERO),
        ts_last: Some(100),
    };
    Pair::new(empty(fee), history)
}

/// Does to a pool, pair or market what is to be refused, and checks that it is for this reason
/// and changes nothing.
#[track_caller]
pub(crate) fn refused<S: Clone + PartialEq + core::fmt::Debug, T, E>(
    state: &mut S,
    reason: E,
    attack: impl FnOnce(&mut S) -> Result<T, E>,
) where
    T: core::fmt::Debug + PartialEq,
    E: core::fmt::Debug + PartialEq,
{
    let before = state.clone();
    assert_eq!(attack(state), Err(reason));
    assert_eq!(*state, before, "a refusal left a trace");
}

/// An exchange with one pool of two tokens.
pub(crate) struct Shop {
    pub(crate) exchange: Exchange,
    pub(crate) mints: [Mint; 2],
    pub(crate) pool: PoolId,
}

impl Shop {
    pub(crate) fn new(fee: Fee) -> Self {
        let mut exchange = Exchange::new();
        let mints = ["a", "b"].map(|name| exchange.create_token(name).unwrap());
        let pool = exchange.create_pool("a/b", &mints[0], &mints[1], fee).unwrap();
        Self { exchange, mints, pool }
    }

    /// With a pool that was founded with these amounts.
    pub(crate) fn founded(amount0: u128, amount1: u128, fee: Fee) -> Self {
        let mut shop = Self::new(fee);
        let coins = shop.coins(amount0, amount1);
        let _claim = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap().claim;
        shop
    }

    /// A coin of the first or of the second token.
    pub(crate) fn coin(&mut self, place: usize, units: u128) -> Coin {
        self.exchange.issue(&self.mints[place], amount(units)).unwrap()
    }

    pub(crate) fn coins(&mut self, amount0: u128, amount1: u128) -> [Coin; 2] {
        [self.coin(0, amount0), self.coin(1, amount1)]
    }

    pub(crate) fn entry(&self) -> &Pool {
        self.exchange.market().pool(self.pool).unwrap()
    }

    /// All that can be seen: the numbers, and where every unit and every share is.
    pub(crate) fn seen(&self) -> (Market, Audit) {
        (self.exchange.market().clone(), self.exchange.audit().unwrap())
    }
}
