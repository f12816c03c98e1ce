//! Random markets and prices.

use cenote_pool::{Amount, Fee, Market, Pool, Reserves};
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

/// All magnitudes alike, dust and the very largest among them.
pub(crate) fn units() -> impl Strategy<Value = u128> {
    let max = Amount::MAX.get();
    prop_oneof![
        4 => (any::<u128>(), 16_u32..128).prop_map(move |(bits, by)| (bits >> by).clamp(1, max)),
        1 => 1..50_u128,
        1 => (0..1000_u128, 0..3_u32).prop_map(move |(less, by)| (max - less) >> by),
    ]
}

/// Two to six tokens, up to ten pools, empty ones among them, fees of 0 to 30 %.
pub(crate) fn markets() -> impl Strategy<Value = (u32, Vec<Spec>)> {
    (2..=6_u32).prop_flat_map(|tokens| {
        let fee = prop_oneof![Just(0_u32), Just(30), Just(3000)];
        let reserves = prop_oneof![
            1 => Just((0, 0)),
            3 => (1_000_000..3_000_000_u128, 1_000_000..3_000_000_u128),
            4 => (units(), units()),
        ];
        let pool = (0..tokens, 1..tokens, reserves, fee)
            .prop_map(move |(a, by, (x, y), fee)| (a, (a + by) % tokens, x, y, fee));
        (Just(tokens), prop::collection::vec(pool, 1..=10))
    })
}

/// Prices near each other, far apart, and what is no price.
#[expect(clippy::float_arithmetic, reason = "a test input")]
pub(crate) fn prices() -> impl Strategy<Value = Vec<f64>> {
    let price = prop_oneof![
        4 => 0.5..2.0_f64,
        4 => (-100..100_i32, 1.0..2.0_f64).prop_map(|(power, part)| part * 2.0_f64.powi(power)),
        1 => prop::sample::select(vec![0.0, -0.0, -1.0, f64::NAN, f64::INFINITY]),
        1 => prop::sample::select(vec![f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, 5e-324]),
    ];
    prop::collection::vec(price, 0..=7)
}
