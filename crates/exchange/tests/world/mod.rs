//! A small world for the tests: an exchange with two pools in a chain, four traders, and all of
//! it as one value to compare.

use cenote_exchange::{Audit, Claim, Coin, Exchange, Mint, TraderId};
use cenote_pool::{Amount, Direction, Fee, Hop, Market, PoolId, Shares, TokenId};

/// Tokens a, b and c, and pools a/b and b/c, at Uniswap's fee. Equal worlds have equal
/// identifiers everywhere, and differ only in whose exchange it is.
pub(crate) struct World {
    pub(crate) exchange: Exchange,
    pub(crate) mints: [Mint; 3],
    pub(crate) pools: [PoolId; 2],
}

/// All that can be seen of an exchange.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    market: Market,
    issued: Vec<Amount>,
    wallets: Vec<Wallet>,
    audit: Audit,
}

/// All that can be seen of a wallet.
pub(crate) type Wallet = (Vec<(TokenId, Amount)>, Vec<(PoolId, Shares)>);

pub(crate) fn amount(units: u64) -> Amount {
    units.into()
}

/// Everything of an exchange, counted once more.
pub(crate) fn seen(exchange: &Exchange) -> Seen {
    let market = exchange.market().clone();
    let issued = market.tokens().map(|token| exchange.issued(token)).collect();
    let traders = (0..u32::try_from(exchange.wallet_count()).unwrap()).map(TraderId::from);
    let wallets = traders.map(|trader| wallet(exchange, trader)).collect();
    Seen { market, issued, wallets, audit: exchange.audit().unwrap() }
}

/// What a wallet holds; what it once held and holds no more is left out.
pub(crate) fn wallet(exchange: &Exchange, trader: TraderId) -> Wallet {
    let own = exchange.holdings().filter(|(owner, ..)| *owner == trader);
    let coins =
        own.map(|(_, token, amount)| (token, amount)).filter(|(_, amount)| !amount.is_zero());
    let claims = exchange.claims(trader).filter(|(_, shares)| !shares.is_zero());
    (coins.collect(), claims.collect())
}

impl World {
    /// Both pools hold 100,000 of each token; traders 0, 1 and 2 have 1,000 of each token and
    /// 500 shares of each pool, trader 3 has nothing.
    pub(crate) fn new() -> Self {
        let mut exchange = Exchange::new();
        let mints = ["a", "b", "c"].map(|name| exchange.create_token(name).unwrap());
        let pools = [("a/b", 0, 1), ("b/c", 1, 2)].map(|(name, one, other)| {
            exchange.create_pool(name, &mints[one], &mints[other], Fee::UNISWAP_V2).unwrap()
        });
        let mut world = Self { exchange, mints, pools };
        let traders = [(); 4].map(|()| world.exchange.open_wallet().unwrap());
        for pool in world.pools {
            let coins = world.coins_of(pool, 100_000);
            let mut claim = world.exchange.add_liquidity(pool, coins, Shares::ZERO).unwrap().claim;
            for trader in traders.into_iter().take(3) {
                let part = claim.split(500_u64.into()).unwrap();
                world.exchange.put_claim(trader, part).unwrap();
            }
            world.exchange.put_claim(traders[0], claim).unwrap();
        }
        for trader in traders.into_iter().take(3) {
            for token in 0..3 {
                let coin = world.coin(token, 1000);
                world.exchange.put(trader, coin).unwrap();
            }
        }
        world
    }

    pub(crate) fn token(&self, place: usize) -> TokenId {
        self.mints[place].token()
    }

    /// A coin from the mint.
    pub(crate) fn coin(&mut self, token: usize, units: u64) -> Coin {
        self.exchange.issue(&self.mints[token], amount(units)).unwrap()
    }

    /// A claim from the first trader's wallet.
    pub(crate) fn claim(&mut self, pool: usize, shares: u64) -> Claim {
        self.exchange.take_claim(0.into(), self.pools[pool], shares.into()).unwrap()
    }

    /// A coin of each of a pool's tokens, in its order.
    pub(crate) fn coins_of(&mut self, pool: PoolId, units: u64) -> [Coin; 2] {
        let first = pool.index();
        [self.coin(first, units), self.coin(first + 1, units)]
    }

    /// From a to b to c.
    pub(crate) fn hops(&self) -> [Hop; 2] {
        self.pools.map(|pool| Hop { pool, direction: Direction::ZeroForOne })
    }
}
