//! Prices, ratios, accumulators and arbitrage against brute force.

use core::cmp::Ordering;

use cenote_pool::{
    Amount, Direction, Fees, Fill, Observation, Oriented, Pool, PriceError, Ratio, RatioError,
    Reserves,
};
use cenote_testing::inputs;
use primitive_types::{U256, U512};
use proptest::prelude::*;

use crate::bench::{A, B, MAX, amount, empty, fee, holding, reserves};

fn ratio(numerator: u128, denominator: u128) -> Ratio {
    Ratio::new(numerator.into(), denominator.into()).unwrap()
}

/// Whether `y / x` is at most the price, by the products.
fn at_most(reserves: Reserves, direction: Direction, price: &Ratio) -> bool {
    let Oriented { reserve_in, reserve_out } = reserves.oriented(direction);
    let left = U512::from(reserve_out.get()) * U512::from(price.denominator());
    left <= U512::from(reserve_in.get()) * U512::from(price.numerator())
}

fn two_fees(x: u128, y: u128, [pips0, pips1]: [u32; 2]) -> Pool {
    let pool = Pool::new(A, B, Fees::new(fee(pips0), fee(pips1))).unwrap();
    pool.with_reserves(reserves(x, y)).unwrap()
}

#[test]
fn the_input_to_a_price_is_the_least_on_small_pools() {
    let fees = [[0, 0], [3_000, 3_000], [0, 500_000], [300_000, 1], [999_000, 0]];
    let sizes = [1, 2, 3, 5, 8, 13, 21];
    let mut reached = 0;
    for (x, y) in sizes.into_iter().flat_map(|x| sizes.map(|y| (x, y))) {
        for (pips, direction) in
            fees.into_iter().flat_map(|pips| Direction::BOTH.map(|d| (pips, d)))
        {
            let pool = two_fees(x, y, pips);
            let fills = (1..3_000)
                .filter_map(|units| pool.fill_exact_in(direction, amount(units)).ok())
                .collect::<Vec<Fill>>();
            for (upper, lower) in (0..9).flat_map(|upper| (1..9).map(move |lower| (upper, lower))) {
                let price = ratio(upper, lower);
                let found = pool.input_to_price(direction, &price);
                let tried = fills.iter().find(|fill| at_most(fill.reserves, direction, &price));
                match tried {
                    _ if at_most(pool.reserves(), direction, &price) => {
                        assert_eq!(found, Ok(Amount::ZERO));
                    }
                    Some(fill) => {
                        assert_eq!(found, Ok(fill.amount_in), "{pool:?} {direction:?} {price}");
                        reached += 1;
                    }
                    // It may be reached with more than was tried.
                    None => assert!(found.is_err() || amount(3_000) <= found.unwrap()),
                }
            }
        }
    }
    assert!(1_000 < reached);
}

/// Numerators and denominators of every length, up to 224 bits.
fn ratios() -> impl Strategy<Value = Ratio> {
    let part = || (any::<[u64; 4]>(), 0..=223_u32, 0..4_u8);
    let part = move || {
        part().prop_map(|(digits, length, edge)| {
            let power = U256::one() << length;
            let most = (U256::one() << 224) - 1;
            match edge {
                0 => power,
                1 => power - 1,
                2 => most,
                _ => (U256(digits) % power) + power,
            }
            .min(most)
        })
    };
    (part(), part()).prop_map(|(numerator, denominator)| {
        Ratio::new(numerator, denominator.max(U256::one())).unwrap()
    })
}

/// A price near the pool's own, above or below it, where something is to be found.
fn near(pool: &Pool, direction: Direction, side: Ordering, shift: u32) -> Ratio {
    let Oriented { reserve_in, reserve_out } = pool.reserves().oriented(direction);
    let (x, y) = (U256::from(reserve_in.get()), U256::from(reserve_out.get()));
    let (x, y) = if side.is_gt() { (x, y + (y >> shift)) } else { (x + (x >> shift), y) };
    Ratio::new(y, x).unwrap()
}

proptest! {
    #![proptest_config(crate::config(4_000))]

    #[test]
    fn the_input_to_a_price_is_the_least_on_any_pool(
        (x, y, pips0, pips1) in
            (inputs::reserves(), inputs::reserves(), inputs::fees_pips(), inputs::fees_pips()),
        (direction, shift) in (inputs::directions(), 0..112_u32),
        any in ratios(), is_near in any::<bool>(),
    ) {
        let pool = two_fees(x, y, [pips0, pips1]);
        let price = if is_near { near(&pool, direction, Ordering::Less, shift) } else { any };
        let reaches = |units: u128| {
            let fill = pool.fill_exact_in(direction, amount(units));
            fill.is_ok_and(|fill| at_most(fill.reserves, direction, &price))
        };
        let room = MAX - pool.reserves().oriented(direction).reserve_in.get();
        match pool.input_to_price(direction, &price).map(Amount::get) {
            Ok(0) => prop_assert!(at_most(pool.reserves(), direction, &price)),
            Ok(least) => prop_assert!(reaches(least) && (least == 1 || !reaches(least - 1))),
            Err(PriceError::OutOfReach) => prop_assert!(!reaches(room)),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    /// No panic at any price; a fill is what its pool says, at a price on the right side, and
    /// a pool whose price is the one outside has nothing to gain from.
    #[test]
    fn an_arbitrage_is_a_fill_or_none(
        (x, y, pips0, pips1) in
            (inputs::reserves(), inputs::reserves(), inputs::fees_pips(), inputs::fees_pips()),
        any in ratios(), (is_near, up, shift) in (any::<bool>(), any::<bool>(), 0..112_u32),
    ) {
        let pool = two_fees(x, y, [pips0, pips1]);
        let side = if up { Ordering::Greater } else { Ordering::Less };
        let price = if is_near { near(&pool, Direction::ZeroForOne, side, shift) } else { any };
        let found = pool.fill_arbitrage(&price);
        if let Ok(Some(fill)) = found {
            prop_assert_eq!(pool.fill_exact_in(fill.direction, fill.amount_in), Ok(fill));
            let cheaper = price < pool.spot_price(Direction::ZeroForOne).unwrap();
            prop_assert_eq!(fill.direction == Direction::ZeroForOne, cheaper);
            prop_assert_eq!(pool.reserves_after_arbitrage(&price), Ok(fill.reserves));
        }
        let own = pool.spot_price(Direction::ZeroForOne).unwrap();
        prop_assert_eq!(pool.fill_arbitrage(&own), Ok(None));
    }

    #[test]
    fn ratios_are_ordered_by_their_values(a in ratios(), b in ratios(), c in ratios()) {
        let cross = |a: &Ratio, b: &Ratio| {
            U512::from(a.numerator()) * U512::from(b.denominator())
        };
        prop_assert_eq!(a.cmp(&b), cross(&a, &b).cmp(&cross(&b, &a)));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        if let (Some(one), Some(other)) = (a.inverse(), b.inverse()) {
            prop_assert_eq!(one.cmp(&other), b.cmp(&a));
        }
    }

    #[test]
    fn ratios_of_any_numbers_are_exact_or_refused(
        n in any::<[u64; 4]>(), d in any::<[u64; 4]>(), by in any::<u64>(), shift in 0..256_u32,
    ) {
        let (n, d) = (U256(n) >> shift, U256(d) >> (255 - shift));
        let whole = Ratio::new(n, d);
        prop_assert_eq!(whole.is_err() && d.is_zero(), whole == Err(RatioError::ZeroDenominator));
        if let Ok(ratio) = whole {
            let (upper, lower) = (ratio.numerator(), ratio.denominator());
            prop_assert!(upper.bits() <= 224 && lower.bits() <= 224);
            prop_assert_eq!(U512::from(upper) * U512::from(d), U512::from(n) * U512::from(lower));
        }
        // The same made longer is the same.
        let (n, d) = (U256::from(n.low_u128()), U256::from(d.low_u128().max(1)));
        let by = U256::from(by.max(1)) << 64;
        prop_assert_eq!(Ratio::new(n, d), Ratio::new(n * by, d * by));
    }

    #[test]
    fn a_ratio_of_an_amount_is_rounded_down(price in ratios(), units in inputs::reserves()) {
        let exact = U512::from(units) * U512::from(price.numerator());
        let quotient = exact / U512::from(price.denominator());
        let due = (quotient <= U512::from(MAX)).then(|| amount(quotient.low_u128()));
        prop_assert_eq!(price.mul_floor(amount(units)), due);
    }

    /// Whatever the sums and the clock were, the mean lies between the prices there were.
    #[test]
    fn mean_prices_survive_that_sums_and_time_wrap(
        (x, y) in (inputs::reserves(), inputs::reserves()),
        (later_x, later_y) in (inputs::reserves(), inputs::reserves()),
        (start, first, second) in (any::<u32>(), 0..1_u32 << 31, 0..1_u32 << 31),
        sums in any::<[[u64; 4]; 2]>(),
    ) {
        let [price0_cum, price1_cum] = sums.map(U256);
        let begun = Observation { price0_cum, price1_cum, timestamp: start };
        let between = begun.at(reserves(x, y), start.wrapping_add(first));
        let end = start.wrapping_add(first).wrapping_add(second);
        let ended = between.at(reserves(later_x, later_y), end);
        let means = ended.mean_prices_since(&begun);
        if first == 0 && second == 0 {
            prop_assert_eq!(means, None);
            return Ok(());
        }
        let price = |x: u128, y: u128| (U512::from(y) << 112) / U512::from(x);
        let [mean0, mean1] = means.unwrap();
        for (mean, was, then) in [
            (mean0, price(x, y), price(later_x, later_y)),
            (mean1, price(y, x), price(later_y, later_x)),
        ] {
            let exact = (was * first + then * second) / (U512::from(first) + U512::from(second));
            let expected = Ratio::new(U256::try_from(exact).unwrap(), U256::one() << 112);
            prop_assert_eq!(Ok(mean), expected);
        }
    }
}

/// The prices that no market has.
#[test]
fn weird_prices_panic_nowhere() {
    let most = (U256::one() << 224) - 1;
    let part = |n: U256, d: U256| Ratio::new(n, d).unwrap();
    let prices = [
        part(U256::zero(), U256::one()),
        part(U256::zero(), most),
        part(U256::one(), most),
        part(most, U256::one()),
        part(most, most),
        part(most - 1, most),
    ];
    let sizes = [1, 2, 1 << 56, MAX - 1, MAX];
    let pips = [0, 1, 3_000, 999_999];
    for (x, y) in sizes.into_iter().flat_map(|x| sizes.map(|y| (x, y))) {
        for (pips0, pips1) in pips.into_iter().flat_map(|a| pips.map(|b| (a, b))) {
            let pool = two_fees(x, y, [pips0, pips1]);
            for price in &prices {
                for direction in Direction::BOTH {
                    let input = pool.input_to_price(direction, price);
                    let met = at_most(pool.reserves(), direction, price);
                    assert_eq!(met, input == Ok(Amount::ZERO), "{pool:?} {price}");
                }
                if let Ok(Some(fill)) = pool.fill_arbitrage(price) {
                    assert!(!fill.amount_out.is_zero());
                }
            }
            let own = pool.spot_price(Direction::ZeroForOne).unwrap();
            assert_eq!(pool.fill_arbitrage(&own), Ok(None), "{pool:?}");
        }
    }
    let nothing = empty(fee(0));
    for price in &prices {
        assert_eq!(nothing.fill_arbitrage(price), Err(PriceError::EmptyPool));
        let refused = nothing.input_to_price(Direction::ZeroForOne, price);
        assert_eq!(refused, Err(PriceError::EmptyPool));
    }
}

/// What an arbitrage gains on small pools, against every other input.
#[test]
fn an_arbitrage_never_loses() {
    for (x, y) in (1..30).flat_map(|x| (1..30).map(move |y| (x, y))) {
        let pool = holding(x, y, fee(3_000));
        for (upper, lower) in (1..8).flat_map(|upper| (1..8).map(move |lower| (upper, lower))) {
            let Ok(Some(fill)) = pool.fill_arbitrage(&ratio(upper, lower)) else { continue };
            let (paid, bought) = (fill.amount_in.get(), fill.amount_out.get());
            // What goes in and out, in units of token1 over `lower`.
            let (cost, worth) = match fill.direction {
                Direction::ZeroForOne => (paid * upper, bought * lower),
                Direction::OneForZero => (paid * lower, bought * upper),
            };
            assert!(cost < worth, "{x} {y} {upper}/{lower}: {fill:?}");
        }
    }
}
