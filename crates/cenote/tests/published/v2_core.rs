//! v2-core, `UniswapV2Pair.spec.ts`: a pair against the numbers of its own contract's test.

use cenote::{
    Amount, Direction, Fee, Flows, FlowsError, History, Pair, Pool, Product, ProtocolFee, Reserves,
    Shares, SwapError, U256,
};
use serde_json::Value;

use crate::data::{amount, cases, keys, one_more, pool, pool_of, shares, suite, tokens, units};

/// When the pairs of these tests begin.
const T0: u32 = 1_600_000_000;

/// What the contract says of one unit too many.
const REFUSED: &str = "revert UniswapV2: K";

/// A pair as the factory makes it, after its first deposit.
fn pair(reserve0: Amount, reserve1: Amount, fee: ProtocolFee, timestamp: u32) -> Pair {
    let [token0, token1] = tokens();
    let zero = Some(U256::zero());
    let history = History {
        price0_cum: zero,
        price1_cum: zero,
        k_last: Some(Product::ZERO),
        ts_last: Some(0),
    };
    let mut pair = Pair::new(Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap(), history);
    pair.transfer(reserve0.get(), reserve1.get()).unwrap();
    pair.mint(fee, timestamp).unwrap();
    assert_eq!(pair.pool().reserves(), Reserves { reserve0, reserve1 });
    pair
}

fn pair_of(case: &Value, fee: ProtocolFee) -> Pair {
    pair(amount(&case["reserve0"]), amount(&case["reserve1"]), fee, T0)
}

fn reserves_after(case: &Value) -> Reserves {
    Reserves {
        reserve0: amount(&case["reserve0_after"]),
        reserve1: amount(&case["reserve1_after"]),
    }
}

/// Pays a pair and swaps; one unit more is refused, by the pair and by its numbers alone.
fn swap_the_most(pair: &mut Pair, flows: &Flows, greedy: &Flows) {
    let (before, pool) = (pair.pool().reserves(), *pair.pool());
    pair.transfer(flows.amount0_in.get(), flows.amount1_in.get()).unwrap();
    let refused = pair.swap(greedy.amount0_out, greedy.amount1_out, T0);
    assert_eq!(refused, Err(FlowsError::BreaksK), "{greedy:?}");
    assert_eq!(pool.fill_flows(greedy), Err(FlowsError::BreaksK), "{greedy:?}");
    assert_eq!(pair.pool().reserves(), before);

    assert_eq!(pair.swap(flows.amount0_out, flows.amount1_out, T0), Ok(*flows));
    assert_eq!(pool.fill_flows(flows), Ok(pair.pool().reserves()));
}

/// The pool of a case and the way through it, from both sides.
fn both_ways(case: &Value) -> [(Pool, Direction); 2] {
    let (x, y) = (amount(&case["reserve_in"]), amount(&case["reserve_out"]));
    [(pool(x, y), Direction::ZeroForOne), (pool(y, x), Direction::OneForZero)]
        .map(|(pool, direction)| (pool.unwrap(), direction))
}

#[test]
fn no_section_is_forgotten() {
    let Some(core) = suite("v2_core_pair") else { return };
    let sections = [
        "burn_all",
        "fee_to_off",
        "fee_to_on",
        "first_mint",
        "get_input_price",
        "minimum_liquidity",
        "optimistic",
        "price_cumulative",
        "source",
        "swap_token0",
        "swap_token1",
    ];
    assert_eq!(keys(&core), sections);
}

#[test]
fn get_input_price() {
    let Some(core) = suite("v2_core_pair") else { return };
    for case in cases(&core, "get_input_price", 7) {
        let (paid, bought) = (amount(&case["amount_in"]), amount(&case["amount_out"]));
        let greedy = one_more(bought);
        assert_eq!(case["amount_out_plus_1"], REFUSED);
        for (pool, direction) in both_ways(case) {
            let fill = pool.fill_exact_in(direction, paid).unwrap();
            assert_eq!(fill.amount_out, bought, "{case}");
            assert_eq!(pool.fill_exact(direction, paid, bought), Ok(fill));
            let refused = SwapError::BreaksK { amount_in: paid, amount_out: greedy };
            assert_eq!(pool.fill_exact(direction, paid, greedy), Err(refused));

            let Reserves { reserve0, reserve1 } = pool.reserves();
            let mut pair = pair(reserve0, reserve1, ProtocolFee::Off, T0);
            let flows = |out| Flows::from(&cenote::Fill { amount_out: out, ..fill });
            swap_the_most(&mut pair, &flows(bought), &flows(greedy));
            assert_eq!(pair.pool().reserves(), fill.reserves);
        }
    }
}

#[test]
fn optimistic() {
    let Some(core) = suite("v2_core_pair") else { return };
    for case in cases(&core, "optimistic", 4) {
        assert_eq!(case["amount0_out_plus_1"], REFUSED);
        let (amount0_in, amount0_out) = (amount(&case["amount0_in"]), amount(&case["amount0_out"]));
        let flows = Flows { amount0_in, amount0_out, ..Flows::default() };
        let greedy = Flows { amount0_out: one_more(amount0_out), ..flows };
        swap_the_most(&mut pair_of(case, ProtocolFee::Off), &flows, &greedy);
    }
}

#[test]
fn first_mint() {
    let Some(core) = suite("v2_core_pair") else { return };
    let case = &core["first_mint"];
    assert_eq!(Shares::LOCKED, shares(&core["minimum_liquidity"]));
    assert_eq!(Shares::LOCKED, shares(&case["lp_locked"]));
    let (amount0, amount1) = (amount(&case["amount0"]), amount(&case["amount1"]));
    let [token0, token1] = tokens();
    let empty = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
    let mut pair = Pair::new(empty, History::UNKNOWN);
    pair.transfer(amount0.get(), amount1.get()).unwrap();
    let deposit = pair.mint(ProtocolFee::Off, T0).unwrap();
    assert_eq!(deposit.shares, shares(&case["lp_to_minter"]));
    assert_eq!(deposit.total_shares, shares(&case["total_supply"]));
    assert_eq!(pair.pool().total_shares(), Some(deposit.total_shares));
    assert_eq!(pair.pool().reserves(), Reserves { reserve0: amount0, reserve1: amount1 });
    assert_eq!(empty.quote_mint(amount0, amount1), Ok(deposit));
}

#[test]
fn burn_all() {
    let Some(core) = suite("v2_core_pair") else { return };
    let case = &core["burn_all"];
    let mut pair = pair_of(case, ProtocolFee::Off);
    assert_eq!(pair.pool().total_shares(), Some(shares(&case["total_supply"])));
    let quoted = pair.pool().quote_burn(shares(&case["lp_burned"]));
    let paid = pair.burn(shares(&case["lp_burned"]), ProtocolFee::Off, T0).unwrap();
    assert_eq!(quoted, Ok(paid));
    assert_eq!([paid.amount0, paid.amount1], ["amount0", "amount1"].map(|key| amount(&case[key])));
    assert_eq!(paid.total_shares, shares(&case["total_supply_after"]));
    assert_eq!(pair.pool().total_shares(), Some(paid.total_shares));
    assert_eq!(pair.pool().reserves(), reserves_after(case));
}

#[test]
fn swap_token0_and_token1() {
    let Some(core) = suite("v2_core_pair") else { return };
    for (name, paid, bought, direction) in [
        ("swap_token0", "amount0_in", "amount1_out", Direction::ZeroForOne),
        ("swap_token1", "amount1_in", "amount0_out", Direction::OneForZero),
    ] {
        let case = &core[name];
        let mut pair = pair_of(case, ProtocolFee::Off);
        let fill = pair.pool().fill_exact_in(direction, amount(&case[paid])).unwrap();
        assert_eq!(fill.amount_out, amount(&case[bought]), "{name}");
        let flows = Flows::from(&fill);
        pair.transfer(flows.amount0_in.get(), flows.amount1_in.get()).unwrap();
        assert_eq!(pair.swap(flows.amount0_out, flows.amount1_out, T0), Ok(flows));
        assert_eq!(pair.pool().reserves(), reserves_after(case), "{name}");
    }
}

/// From two beginnings, the second of which lets the clock of 32 bits begin anew on the way.
#[test]
fn price_cumulative() {
    let Some(core) = suite("v2_core_pair") else { return };
    let [first, later @ ..] = cases(&core, "price_cumulative", 4) else { panic!("four steps") };
    assert_eq!(first["step"], "mint at t0");
    let [reserve0, reserve1] = ["reserve0", "reserve1"].map(|key| amount(&first[key]));
    for t0 in [T0, u32::MAX - 5] {
        let mut pair = pair(reserve0, reserve1, ProtocolFee::Off, t0);
        for step in later {
            take(&mut pair, step["step"].as_str().unwrap(), t0);
            let sums = [pair.history().price0_cum, pair.history().price1_cum];
            let told = ["price0_cum", "price1_cum"].map(|key| step[key].as_str().unwrap());
            assert_eq!(sums.map(|sum| sum.unwrap().to_string()), told, "{step}");
            if step.get("reserve0").is_some() {
                assert_eq!(pair.pool().reserves(), pool_of(step).reserves());
            }
        }
    }
}

/// One step of a pair in time, as the vectors word it.
fn take(pair: &mut Pair, step: &str, t0: u32) {
    let (what, when) = step.split_once(" at t0+").unwrap();
    let timestamp = t0.wrapping_add(when.parse().unwrap());
    match what {
        "sync" => assert_eq!(pair.sync(timestamp), Ok(pair.pool().reserves())),
        "token0 in 3e18, token1 out 1e18" => {
            let e18 = 10_u128.pow(18);
            pair.transfer(3 * e18, 0).unwrap();
            pair.swap(Amount::ZERO, Amount::new(e18).unwrap(), timestamp).unwrap();
        }
        other => panic!("{other}"),
    }
}

/// A deposit, a swap that lets `k` grow, and the depositor leaves.
fn grown_and_left(case: &Value, fee: ProtocolFee) -> Pair {
    let mut pair = pair_of(case, fee);
    let (amount1_in, amount0_out) = (amount(&case["amount1_in"]), amount(&case["amount0_out"]));
    let flows = Flows { amount1_in, amount0_out, ..Flows::default() };
    let greedy = Flows { amount0_out: one_more(amount0_out), ..flows };
    swap_the_most(&mut pair, &flows, &greedy);
    pair.burn(shares(&case["lp_burned"]), fee, T0).unwrap();
    assert_eq!(pair.pool().total_shares(), Some(shares(&case["total_supply_after"])));
    pair
}

#[test]
fn fee_to_off() {
    let Some(core) = suite("v2_core_pair") else { return };
    let pair = grown_and_left(&core["fee_to_off"], ProtocolFee::Off);
    assert_eq!(pair.history().k_last, Some(Product::ZERO));
}

#[test]
fn fee_to_on() {
    let Some(core) = suite("v2_core_pair") else { return };
    let case = &core["fee_to_on"];
    let pair = grown_and_left(case, ProtocolFee::On);
    assert_eq!(pair.pool().reserves(), reserves_after(case));
    assert_eq!(pair.history().k_last, Some(Product::of(reserves_after(case))));
    // All but the locked shares were given up, so what is left of the rest is the protocol's.
    let left = pair.pool().total_shares().unwrap().checked_sub(Shares::LOCKED);
    assert_eq!(left, Some(shares(&case["fee_lp_minted"])));

    let before = pool_of(case).reserves();
    let total = Shares::new(units(&case["lp_burned"]) + Shares::LOCKED.get()).unwrap();
    let swapped = Reserves {
        reserve0: before.reserve0.checked_sub(amount(&case["amount0_out"])).unwrap(),
        reserve1: before.reserve1.checked_add(amount(&case["amount1_in"])).unwrap(),
    };
    let made = swapped.protocol_shares_floor(Product::of(before), total);
    assert_eq!(made, shares(&case["fee_lp_minted"]));
}
