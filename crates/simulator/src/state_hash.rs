//! [`StateHash`]: one number for a whole state.

use core::fmt;

use cenote_exchange::{Exchange, TraderId};
use cenote_pool::{Direction, History, Market, Pool, Product, Reserves, Shares};

/// BLAKE3 over the canonical state, shown in hexadecimal.
///
/// Pools in the order of their places, each as token0, token1 and the fees on them in pips (32 bits), then
/// reserve0, reserve1 and total shares (128 bits, all ones where unknown), little-endian. Where
/// anything is known of a pool's past, then of each pool `price0_cum`, `price1_cum` and `k_last` (256
/// bits) and `ts_last` (32 bits), each after one byte that is 1, or as one byte 0. Of a world, then the number of coins in wallets (64 bits) and each coin as trader, token and amount,
/// by trader and token; then for each wallet the number of its claims (64 bits) and each claim as
/// pool and shares.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hash of a market's numbers.
pub fn market_hash(market: &Market) -> StateHash {
    let mut hasher = blake3::Hasher::new();
    hash_pools(&mut hasher, market);
    StateHash(*hasher.finalize().as_bytes())
}

/// The hash of an exchange's pools and wallets.
pub fn world_hash(exchange: &Exchange) -> StateHash {
    let mut hasher = blake3::Hasher::new();
    hash_pools(&mut hasher, exchange.market());
    let wallets = u32::try_from(exchange.wallet_count()).unwrap_or(u32::MAX);
    // A cell that was emptied is no holding.
    let holdings = exchange.holdings().filter(|(.., amount)| !amount.is_zero()).collect::<Vec<_>>();
    hasher.update(&count(holdings.len()));
    for (trader, token, amount) in holdings {
        hasher.update(&trader.get().to_le_bytes());
        hasher.update(&token.get().to_le_bytes());
        hasher.update(&amount.get().to_le_bytes());
    }
    for trader in (0..wallets).map(TraderId::from) {
        let claims = exchange.claims(trader).filter(|(_, shares)| !shares.is_zero());
        let claims = claims.collect::<Vec<_>>();
        hasher.update(&count(claims.len()));
        for (pool, shares) in claims {
            hasher.update(&pool.get().to_le_bytes());
            hasher.update(&shares.get().to_le_bytes());
        }
    }
    StateHash(*hasher.finalize().as_bytes())
}

fn hash_pools(hasher: &mut blake3::Hasher, market: &Market) {
    for pool in market.pools() {
        hash_pool(hasher, pool);
    }
    if market.has_histories() {
        for (id, _) in market.pools_with_id() {
            hash_history(hasher, &market.history(id));
        }
    }
}

fn hash_history(hasher: &mut blake3::Hasher, history: &History) {
    for number in [history.price0_cum, history.price1_cum, history.k_last.map(Product::get)] {
        hash_known(hasher, number.map(|number| number.to_little_endian()));
    }
    hash_known(hasher, history.ts_last.map(u32::to_le_bytes));
}

fn hash_known<const BYTES: usize>(hasher: &mut blake3::Hasher, bytes: Option<[u8; BYTES]>) {
    hasher.update(&[u8::from(bytes.is_some())]);
    hasher.update(bytes.as_ref().map_or(&[], |bytes| bytes.as_slice()));
}

fn hash_pool(hasher: &mut blake3::Hasher, pool: &Pool) {
    let Reserves { reserve0, reserve1 } = pool.reserves();
    let [fee0, fee1] = Direction::BOTH.map(|direction| pool.fee(direction).pips());
    for part in [pool.token0().get(), pool.token1().get(), fee0, fee1] {
        hasher.update(&part.to_le_bytes());
    }
    let shares = pool.total_shares().map_or(u128::MAX, Shares::get);
    for part in [reserve0.get(), reserve1.get(), shares] {
        hasher.update(&part.to_le_bytes());
    }
}

fn count(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes()
}

/// Known values: the documented bytes put together by hand, hashed with the `blake3` package of
/// Python. Every machine must find them, whatever the length and the order of its words.
#[cfg(test)]
mod tests {
    use super::*;
    use cenote_pool::{Amount, Fee, Fees};
    use primitive_types::U256;

    fn amount(units: u64) -> Amount {
        units.into()
    }

    fn market() -> Market {
        const E18: u64 = 1_000_000_000_000_000_000;
        let pips = |pips| Fee::from_pips(pips).unwrap();
        let pairs = [
            ([0, 1], Fees::new(pips(3000), pips(500)), [E18, 2 * E18], None),
            ([1, 2], pips(3000).into(), [1_000_000, 4_000_000], Some(2_000_000)),
        ];
        let mut market = Market::new();
        for token in ["a", "b", "c"] {
            market.add_token(token).unwrap();
        }
        for ([token0, token1], fees, [reserve0, reserve1], shares) in pairs {
            let reserves = Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) };
            let pool = Pool::new(token0.into(), token1.into(), fees).unwrap();
            let mut pool = pool.with_reserves(reserves).unwrap();
            if let Some(total) = shares {
                pool = pool.with_total_shares(Shares::new(total).unwrap()).unwrap();
            }
            market.add_pool(&format!("p{token0}"), pool).unwrap();
        }
        market
    }

    #[test]
    fn of_reserves_fees_and_shares() {
        let known = "a0f3ec66880a2fe273314573b9c05870d4861bc458dff70b005b67b541a7b6e1";
        assert_eq!(market_hash(&market()).to_string(), known);
    }

    #[test]
    fn of_what_is_known_of_the_past() {
        let mut market = market();
        let k_last = Product::of(market.pools()[1].reserves());
        let history = History {
            price0_cum: Some(U256::one() << 200),
            k_last: Some(k_last),
            ts_last: Some(1_600_000_000),
            ..History::UNKNOWN
        };
        market.set_history(1.into(), history).unwrap();
        let known = "0217540a3c7cc1a2366bee2dd950f0c23392dd3d541ac91f2b33334438abf60a";
        assert_eq!(market_hash(&market).to_string(), known);
    }

    /// Trader 0 has 5 of the second token and 98,500 of the 99,000 shares that can be held,
    /// trader 1 the other 500. A coin that was taken out again is no holding.
    #[test]
    fn of_wallets() {
        let mut exchange = Exchange::new();
        let [a, b] = ["a", "b"].map(|name| exchange.create_token(name).unwrap());
        let pool = exchange.create_pool("a/b", &a, &b, Fee::UNISWAP_V2).unwrap();
        let coins = [&a, &b].map(|mint| exchange.issue(mint, amount(100_000)).unwrap());
        let mut claim = exchange.add_liquidity(pool, coins, Shares::ZERO).unwrap().claim;
        let part = claim.split(500_u64.into()).unwrap();
        let traders = [(); 2].map(|()| exchange.open_wallet().unwrap());
        for (trader, claim) in traders.into_iter().zip([claim, part]) {
            exchange.put_claim(trader, claim).unwrap();
        }
        let five = exchange.issue(&b, amount(5)).unwrap();
        exchange.put(traders[0], five).unwrap();
        let taken = exchange.issue(&a, amount(7)).unwrap();
        exchange.put(traders[0], taken).unwrap();
        let taken = exchange.take(traders[0], a.token(), amount(7)).unwrap();
        exchange.burn(&a, taken).unwrap();
        let known = "475021fd3b67d6dce08cabe043ab6317fd0d3d85b5f5a1af103448471734d719";
        assert_eq!(world_hash(&exchange).to_string(), known);
    }
}
