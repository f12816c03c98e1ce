//! Random markets, and the best route by looking at every simple path.

use cenote_pool::{Amount, Exact, Fee, Hop, Market, Pool, Reserves, Route, TokenId};
use cenote_router::RoutingError;
use proptest::prelude::*;

/// A pool as a test writes it: two tokens, two reserves, a fee in basis points.
pub(crate) type Spec = (u32, u32, u128, u128, u32);

pub(crate) fn amount(units: u128) -> Amount {
    units.try_into().unwrap()
}

pub(crate) fn market(tokens: u32, pools: &[Spec]) -> Market {
    let mut market = Market::new();
    for token in 0..tokens {
        market.add_token(&format!("t{token}")).unwrap();
    }
    for (at, (a, b, x, y, fee)) in pools.iter().enumerate() {
        let reserves = Reserves { reserve0: amount(*x), reserve1: amount(*y) };
        let pool = Pool::new((*a).into(), (*b).into(), Fee::from_bps(*fee).unwrap()).unwrap();
        market.add_pool(&format!("p{at}"), pool.with_reserves(reserves).unwrap()).unwrap();
    }
    market
}

/// All magnitudes alike: random bits, shifted.
pub(crate) fn units() -> impl Strategy<Value = u128> {
    let max = Amount::MAX.get();
    prop_oneof![
        3 => (any::<u128>(), 16_u32..128).prop_map(move |(bits, shift)| (bits >> shift).clamp(1, max)),
        1 => 1..50_u128,
        1 => 1_000_000..2_000_000_u128,
        1 => (0..1000_u128, 0..3_u32).prop_map(move |(less, shift)| (max - less) >> shift),
    ]
}

fn reserves() -> impl Strategy<Value = (u128, u128)> {
    prop_oneof![
        1 => Just((0, 0)),
        2 => (1..50_u128, 1..50_u128),
        4 => (1_000_000..3_000_000_u128, 1_000_000..3_000_000_u128),
        3 => (units(), units()),
    ]
}

/// Two to seven tokens, up to fourteen pools, parallel ones among them; free arbitrage.
pub(crate) fn markets() -> impl Strategy<Value = (u32, Vec<Spec>)> {
    (2..=7_u32).prop_flat_map(|tokens| {
        let fee = prop_oneof![Just(0_u32), Just(30), Just(3000)];
        let pool = (0..tokens, 1..tokens, reserves(), fee)
            .prop_map(move |(a, by, (x, y), fee)| (a, (a + by) % tokens, x, y, fee));
        (Just(tokens), prop::collection::vec(pool, 1..=14))
    })
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) exact: Exact,
    pub(crate) amount: Amount,
    pub(crate) from: TokenId,
    pub(crate) to: TokenId,
    pub(crate) max_hops: usize,
}

/// The best route, by trying every simple path.
pub(crate) fn enumerate(market: &Market, ask: Ask) -> Result<Route, RoutingError> {
    enumerate_with_gas(market, ask, 0)
}

/// The best route after what each of its pools costs.
pub(crate) fn enumerate_with_gas(
    market: &Market,
    ask: Ask,
    gas: u128,
) -> Result<Route, RoutingError> {
    let mut all = Enumeration { market, ask, gas, connected: false, best: None };
    all.extend(&mut Vec::new(), &mut vec![ask.from]);
    let Ask { amount, max_hops, .. } = ask;
    if !all.connected {
        return Err(RoutingError::Unconnected { max_hops });
    }
    all.best.ok_or(RoutingError::NoRoute { amount, max_hops })
}

struct Enumeration<'a> {
    market: &'a Market,
    ask: Ask,
    gas: u128,
    connected: bool,
    best: Option<Route>,
}

impl Enumeration<'_> {
    fn extend(&mut self, path: &mut Vec<Hop>, visited: &mut Vec<TokenId>) {
        let token = *visited.last().unwrap();
        if token == self.ask.to {
            self.judge(path);
            return;
        }
        if path.len() == self.ask.max_hops {
            return;
        }
        for (id, pool) in self.market.pools_with_id() {
            let Ok(direction) = pool.direction(token) else { continue };
            let to = pool.tokens(direction).1;
            if pool.is_empty() || visited.contains(&to) {
                continue;
            }
            path.push(Hop { pool: id, direction });
            visited.push(to);
            self.extend(path, visited);
            visited.pop();
            path.pop();
        }
    }

    fn judge(&mut self, path: &[Hop]) {
        self.connected = true;
        let route = match self.ask.exact {
            Exact::In => self.market.route_exact_in(path, self.ask.amount),
            Exact::Out => self.market.route_exact_out(path, self.ask.amount),
        };
        let Ok(route) = route else { return };
        let key = |route: &Route| {
            let lost = match self.ask.exact {
                Exact::In => Amount::MAX.checked_sub(route.amount_out).unwrap(),
                Exact::Out => route.amount_in,
            };
            let lost = lost.get() + self.gas * u128::try_from(route.steps.len()).unwrap();
            let pools = route.steps.iter().map(|step| step.pool).collect::<Vec<_>>();
            (lost, route.steps.len(), pools)
        };
        if self.best.as_ref().is_none_or(|best| key(&route) < key(best)) {
            self.best = Some(route);
        }
    }
}
