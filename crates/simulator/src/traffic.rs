//! Markets and orders made from a seed.

use cenote_pool::{Amount, Exact, Fee, Fill, Hop, Label, Market, Order, Orders, Pool, PoolId};
use cenote_pool::{Direction, Reserves, TokenId};

use crate::random::Random;

/// A token of a made market: its name, its decimals and its price in millionths of a dollar.
#[derive(Debug, Clone)]
struct Coinage {
    name: String,
    decimals: u8,
    price: u128,
}

/// Tokens that the others trade against: symbol, decimals, price in millionths of a dollar.
const HUBS: [(&str, u8, u128); 4] = [
    ("WETH", 18, 2_500_000_000),
    ("USDC", 6, 1_000_000),
    ("USDT", 6, 1_000_000),
    ("WBTC", 8, 65_000_000_000),
];

/// Decimals of the other tokens, by frequency.
const DECIMALS: [u8; 8] = [18, 18, 18, 18, 18, 9, 8, 6];

/// Makes a market of this many pools, realistic in decimals and sizes.
///
/// Four hubs and many tokens, with prices over nine orders of magnitude and pools from a
/// thousand to a hundred million dollars a side. Two pools of three bring a new token and pair
/// it with a hub; the third joins a token that is there with a hub. Prices of one token agree
/// within a fraction of a per cent. The same seed gives the same market, and the same places as
/// when it is written to a file and read again.
pub fn generate_market(pools: usize, seed: u64) -> Market {
    let mut random = Random::new(seed);
    let mut market = Market::new();
    let hub = |(name, decimals, price): (&str, u8, u128)| {
        let name = name.to_owned();
        Coinage { name, decimals, price }
    };
    let mut tokens = HUBS.map(hub).to_vec();
    for at in 0..pools {
        // The first of two random hubs is the more popular one.
        let hub = random.place(HUBS.len()).min(random.place(HUBS.len()));
        let other = if at % 3 == 2 {
            Some(random.place(tokens.len()).max(HUBS.len()))
        } else {
            let decimals = DECIMALS.get(random.place(DECIMALS.len())).copied().unwrap_or(18);
            let price = random.magnitude(7, 37);
            tokens.push(Coinage { name: format!("T{at}"), decimals, price });
            tokens.len().checked_sub(1)
        };
        let pair = (other.and_then(|other| tokens.get(other)), tokens.get(hub));
        if let (Some(other), Some(hub)) = pair {
            add_pool(&mut market, &mut random, [other, hub]);
        }
    }
    market
}

/// The place of a token, which is added when its first pool is.
fn token(market: &mut Market, coinage: &Coinage) -> Option<TokenId> {
    if let Ok(token) = market.token(&coinage.name) {
        return Some(token);
    }
    let token = market.add_token(&coinage.name).ok()?;
    let symbol = Some(coinage.name.as_str().into());
    market.label_token(token, Label { symbol, decimals: Some(coinage.decimals) });
    Some(token)
}

fn add_pool(market: &mut Market, random: &mut Random, [first, second]: [&Coinage; 2]) {
    // Millionths of a dollar on each side: 2^30 to 2^47.
    let value = random.magnitude(30, 47);
    let reserve0 = units(value, first);
    // The second side is off by up to 0.2 %.
    let value = value.saturating_mul(u128::from(random.below(4001).saturating_add(998_000)));
    let reserve1 = units(value.div_euclid(1_000_000), second);
    let fee = if random.below(10) == 0 { Fee::from_bps(100) } else { Ok(Fee::UNISWAP_V2) };
    let reserves = Reserves { reserve0, reserve1 };
    let tokens = token(market, first).zip(token(market, second));
    let pool = tokens
        .zip(fee.ok())
        .and_then(|((token0, token1), fee)| Pool::new(token0, token1, fee).ok())
        .and_then(|pool| pool.with_reserves(reserves).ok());
    let name = format!("P{}", market.pools().len());
    // Places give different names, and a pool pairs a hub with another token.
    let added = pool.map(|pool| market.add_pool(&name, pool));
    debug_assert!(matches!(added, Some(Ok(_))), "a made pool is valid");
}

/// How many smallest units of a token a value in millionths of a dollar buys; at least 10,000,
/// so that the first deposit of a pool is never refused.
fn units(value: u128, coinage: &Coinage) -> Amount {
    let whole = 10_u128.saturating_pow(coinage.decimals.into());
    let units = value.saturating_mul(whole).checked_div(coinage.price).unwrap_or_default();
    Amount::new(units.max(10_000)).unwrap_or(Amount::MAX)
}

/// Orders for the pools of a market, without end.
///
/// Some pools are more popular than others; amounts are a millionth to an eighth of a reserve,
/// even in magnitude; one order in ten wants an exact output; one in twelve goes through two or
/// three pools; most set a limit of 0.5 % from what they see, and one in fifty asks for more
/// than there is. One order in a hundred tries a pool of dust. Each order is made on a fork on which the earlier ones have run. The same
/// market and seed give the same orders.
#[derive(Debug, Clone)]
pub struct Traffic {
    random: Random,
    fork: Market,
    /// Pools to trade in, the popular ones first.
    pools: Vec<PoolId>,
    /// Pools of dust.
    shallow: Vec<PoolId>,
    /// For each token, the pools that trade it.
    by_token: Vec<Vec<PoolId>>,
    /// For each trader its number, once it has one: by first appearance, as a file would have it.
    traders: Vec<Option<u32>>,
    numbered: u32,
    /// One order in so many goes through several pools.
    paths: u64,
    hops: Vec<Hop>,
}

impl Traffic {
    /// Traffic on a market by this many traders.
    pub fn new(market: &Market, traders: u32, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut by_token = vec![Vec::new(); market.token_count()];
        let (mut pools, mut shallow) = (Vec::new(), Vec::new());
        for (id, pool) in market.pools_with_id().filter(|(_, pool)| !pool.is_empty()) {
            if !is_deep(pool) {
                shallow.push(id);
                continue;
            }
            pools.push(id);
            for token in [pool.token0(), pool.token1()] {
                if let Some(list) = by_token.get_mut(token.index()) {
                    list.push(id);
                }
            }
        }
        // Which pools are popular has nothing to do with their places.
        for at in 0..pools.len() {
            let other = random.place(pools.len());
            pools.swap(at, other);
        }
        let traders = vec![None; usize::try_from(traders.max(1)).unwrap_or(1)];
        Self {
            random,
            fork: market.clone(),
            pools,
            shallow,
            by_token,
            traders,
            numbered: 0,
            paths: 12,
            hops: Vec::new(),
        }
    }

    /// The same traffic with orders of one hop only.
    #[must_use]
    pub fn without_paths(self) -> Self {
        Self { paths: 0, ..self }
    }

    /// Adds `count` orders and the number of the trader of each; none where no pool holds
    /// anything.
    pub fn write(&mut self, count: usize, orders: &mut Orders, traders: &mut Vec<u32>) {
        for _ in 0..count {
            if self.pick_path().is_none() {
                return;
            }
            let (exact, amount, limit) = self.pick_amount();
            let order = Order { exact, amount, limit, hops: &self.hops };
            if orders.push(order).is_ok() {
                traders.push(self.pick_trader());
            }
        }
    }

    /// Picks a trader, and numbers it if it is new.
    fn pick_trader(&mut self) -> u32 {
        let place = self.random.place(self.traders.len());
        let next = self.numbered;
        let Some(number) = self.traders.get_mut(place) else { return 0 };
        if number.is_none() {
            self.numbered = self.numbered.saturating_add(1);
        }
        *number.get_or_insert(next)
    }

    /// Picks the pools of an order.
    fn pick_path(&mut self) -> Option<()> {
        let dust = self.pools.is_empty() || self.random.below(100) == 0;
        let pools = if dust && !self.shallow.is_empty() { &self.shallow } else { &self.pools };
        // The smaller of two random places: the first pools see twice the average, the last none.
        let place = self.random.place(pools.len()).min(self.random.place(pools.len()));
        let pool = *pools.get(place)?;
        let direction = match self.random.below(2) {
            0 => Direction::ZeroForOne,
            _ => Direction::OneForZero,
        };
        self.hops.clear();
        self.hops.push(Hop { pool, direction });
        let more = if self.paths > 0 && self.random.below(self.paths) == 0 {
            self.random.below(2).saturating_add(1)
        } else {
            0
        };
        for _ in 0..more {
            let Some(hop) = self.pick_next() else { break };
            self.hops.push(hop);
        }
        Some(())
    }

    /// Picks a pool that takes what the last one gives, and that the path does not use yet.
    fn pick_next(&mut self) -> Option<Hop> {
        let last = self.hops.last()?;
        let (_, token) = self.fork.pool(last.pool).ok()?.tokens(last.direction);
        let pools = self.by_token.get(token.index())?;
        let pool = *pools.get(self.random.place(pools.len()))?;
        let direction = self.fork.pool(pool).ok()?.direction(token).ok()?;
        let fresh = self.hops.iter().all(|hop| hop.pool != pool);
        fresh.then_some(Hop { pool, direction })
    }

    /// Picks the amount and the limit of an order along the picked path, and runs it on the fork.
    fn pick_amount(&mut self) -> (Exact, Amount, Amount) {
        let exact = if self.random.below(10) == 0 { Exact::Out } else { Exact::In };
        let hop = match exact {
            Exact::In => self.hops.first(),
            Exact::Out => self.hops.last(),
        };
        let pool = hop.and_then(|hop| Some((self.fork.pool(hop.pool).ok()?, hop.direction)));
        let reserve = pool.map_or(Amount::ZERO, |(pool, direction)| {
            let oriented = pool.reserves().oriented(direction);
            if exact == Exact::In { oriented.reserve_in } else { oriented.reserve_out }
        });
        // Between 2^-20 and 2^-3 of the reserve.
        let wanted = part(reserve, self.random.magnitude(11, 28), 1 << 31);
        let open = match exact {
            Exact::In => Amount::ZERO,
            Exact::Out => Amount::MAX,
        };
        let mut fills = vec![Fill::default(); self.hops.len()];
        let Some(amount) = self.reduce(exact, wanted.max(Amount::from_u64(1)), &mut fills) else {
            return (exact, wanted.max(Amount::from_u64(1)), open);
        };
        let limit = match self.random.below(50) {
            0 => Self::limit(exact, &fills, [1_010_000, 990_000]),
            1..=10 => open,
            _ => Self::limit(exact, &fills, [995_000, 1_005_000]),
        };
        let order = Order { exact, amount, limit, hops: &self.hops };
        if self.fork.fill_order(order, &mut fills).is_ok() {
            for (hop, fill) in self.hops.iter().zip(&fills) {
                self.fork.settle(hop.pool, fill);
            }
        }
        (exact, amount, limit)
    }

    /// The amount, or less where a pool of the path is too shallow for it: nobody pays more than
    /// an eighth of what a pool holds. `None` if the path does not take what is left.
    fn reduce(&self, exact: Exact, amount: Amount, fills: &mut [Fill]) -> Option<Amount> {
        let mut amount = amount;
        loop {
            let order = match exact {
                Exact::In => Order { exact, amount, limit: Amount::ZERO, hops: &self.hops },
                Exact::Out => Order { exact, amount, limit: Amount::MAX, hops: &self.hops },
            };
            self.fork.fill_order(order, fills).ok()?;
            let deep = |fill: &Fill| {
                let reserve_in = fill.reserves.oriented(fill.direction).reserve_in;
                fill.amount_in <= part(reserve_in, 1, 8)
            };
            if fills.len() < 2 || fills.iter().all(deep) {
                return Some(amount);
            }
            amount = part(amount, 1, 4);
        }
    }

    /// What the trader sees, times so many millionths: for an exact input, for an exact output.
    fn limit(exact: Exact, fills: &[Fill], [least, most]: [u128; 2]) -> Amount {
        let fill = |fill: Option<&Fill>| fill.copied().unwrap_or_default();
        match exact {
            Exact::In => part(fill(fills.last()).amount_out, least, 1_000_000),
            Exact::Out => part(fill(fills.first()).amount_in, most, 1_000_000),
        }
    }
}

/// Whether a millionth of either reserve is a unit, so that prices move in small steps.
fn is_deep(pool: &Pool) -> bool {
    let Reserves { reserve0, reserve1 } = pool.reserves();
    1 << 20 <= reserve0.get().min(reserve1.get())
}

/// `amount * parts / of`, within the bounds of an amount. Traffic may round as it likes.
fn part(amount: Amount, parts: u128, of: u128) -> Amount {
    let whole = amount.get().checked_div(of).unwrap_or_default().saturating_mul(parts);
    let rest = amount.get().checked_rem(of).unwrap_or_default().saturating_mul(parts);
    let rest = rest.checked_div(of).unwrap_or_default();
    Amount::new(whole.saturating_add(rest)).unwrap_or(Amount::MAX)
}
