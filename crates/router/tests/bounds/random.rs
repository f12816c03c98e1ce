//! Random small markets, orders on them and prices.

use cenote_pool::{Amount, Direction, Fee, Market, Pool, PoolId, Reserves, Step, TokenId};
use proptest::prelude::*;

use crate::ledger::Ledger;

/// A pool as it is drawn: two tokens, two reserves, a fee in basis points.
pub(crate) type Spec = (u32, u32, (u128, u128), u32);

/// A swap as it is drawn: which pool and direction, which part of what is held is paid, in 64ths,
/// and how much less than the pool gives is taken.
pub(crate) type Trade = (prop::sample::Index, Direction, u128, u128);

const MAX: u128 = Amount::MAX.get();

pub(crate) fn market(tokens: u32, pools: &[Spec]) -> Market {
    let mut market = Market::new();
    for token in 0..tokens {
        market.add_token(&format!("T{token}")).unwrap();
    }
    for (at, (a, b, (x, y), fee)) in pools.iter().enumerate() {
        let [reserve0, reserve1] = [*x, *y].map(|units| units.try_into().unwrap());
        let pool = Pool::new((*a).into(), (*b).into(), Fee::from_bps(*fee).unwrap()).unwrap();
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
        market.add_pool(&format!("P{at}"), pool).unwrap();
    }
    market
}

/// Nothing, dust, a few units, as much as can be, and much of one and little of the other.
fn reserves() -> impl Strategy<Value = (u128, u128)> {
    let much = || (0..1_000_u128, 0..12_u32).prop_map(|(less, shift)| (MAX - less) >> shift);
    prop_oneof![
        1 => Just((0, 0)),
        3 => (1..8_u128, 1..8_u128),
        8 => (5..60_u128, 5..60_u128),
        1 => (much(), much()),
        1 => (1..40_u128, much()),
        1 => (much(), 1..40_u128),
    ]
}

/// Two to four tokens and up to so many pools.
pub(crate) fn markets(pools: usize) -> impl Strategy<Value = (u32, Vec<Spec>)> {
    (2..=4_u32).prop_flat_map(move |tokens| {
        let fee = prop_oneof![Just(0_u32), Just(30), Just(3000)];
        let pool = (0..tokens, 1..tokens, reserves(), fee)
            .prop_map(move |(a, by, reserves, fee)| (a, (a + by) % tokens, reserves, fee));
        (Just(tokens), prop::collection::vec(pool, 1..=pools))
    })
}

/// Markets of reserves of every magnitude.
pub(crate) fn large_markets() -> impl Strategy<Value = (u32, Vec<Spec>)> {
    let units = || (any::<u128>(), 16..128_u32).prop_map(|(bits, shift)| (bits >> shift).max(1));
    (2..=5_u32).prop_flat_map(move |tokens| {
        let fee = prop_oneof![Just(0_u32), Just(30), 1..=9_999_u32];
        let pool = (0..tokens, 1..tokens, (units(), units()), fee)
            .prop_map(move |(a, by, reserves, fee)| (a, (a + by) % tokens, reserves, fee));
        (Just(tokens), prop::collection::vec(pool, 1..=8))
    })
}

/// Swaps to try in their order; some pools come up twice, either way.
pub(crate) fn trades() -> impl Strategy<Value = Vec<Trade>> {
    let way = prop_oneof![Just(Direction::ZeroForOne), Just(Direction::OneForZero)];
    let less = prop_oneof![5 => Just(0_u128), 1 => 0..10_u128];
    prop::collection::vec((any::<prop::sample::Index>(), way, 1..=64_u128, less), 1..=24)
}

/// Makes those of the swaps that can be made, and gives what is held of a token in the end.
pub(crate) fn play(
    mut ledger: Ledger<'_>,
    market: &Market,
    trades: &[Trade],
    to: TokenId,
) -> (u128, usize) {
    let (mut reserves, mut used) = (market.clone(), Vec::new());
    for (index, direction, part, less) in trades {
        let at = index.index(market.pools().len());
        let id = PoolId::from_index(at).unwrap();
        let pool = *reserves.pool(id).unwrap();
        let (token_in, token_out) = pool.tokens(*direction);
        let held = u128::try_from(ledger.balance(token_in)).unwrap();
        let Ok(amount_in) = Amount::new(held.div_ceil(64).saturating_mul(*part).min(held)) else {
            continue;
        };
        let Ok(fill) = pool.fill_exact_in(*direction, amount_in) else { continue };
        let Some(taken) = fill.amount_out.get().checked_sub(*less) else { continue };
        let amount_out = taken.try_into().unwrap();
        let step = Step { pool: id, token_in, amount_in, token_out, amount_out };
        ledger.step(&step).unwrap();
        let fill = pool.fill_exact(*direction, amount_in, amount_out);
        // A pair takes no swap that gives nothing; then nothing is taken from it here either.
        match fill {
            Ok(fill) => reserves.settle(id, &fill),
            Err(_) => return (0, 0),
        }
        used.push(id);
    }
    used.sort_unstable();
    used.dedup();
    (u128::try_from(ledger.balance(to)).unwrap(), used.len())
}

/// Prices from 2^-40 to 2^40, and prices near each other.
pub(crate) fn prices() -> impl Strategy<Value = Vec<f64>> {
    let near = prop::collection::vec(0.05..20_f64, 5);
    let far = prop::collection::vec(
        (1.0..2_f64, -40..40_i32).prop_map(|(mantissa, power)| mantissa * 2_f64.powi(power)),
        5,
    );
    prop_oneof![near, far]
}
