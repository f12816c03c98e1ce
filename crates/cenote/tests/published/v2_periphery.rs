//! v2-periphery: the router's library and the worth of shares, against the numbers of its tests.

use cenote::{
    Amount, Direction, Fee, Fill, Hop, Market, PathError, Pool, PoolError, PriceError, Product,
    Reserves, SwapError,
};
use serde_json::Value;

use crate::data::{
    amount, cases, keys, list, pool, pool_of, ratio, shares, suite, tokens, units, wide, word,
};

#[test]
fn no_section_is_forgotten() {
    let (Some(library), Some(worth)) = (suite("v2_library"), suite("v2_liquidity_value")) else {
        return;
    };
    let sections = [
        "get_amount_in",
        "get_amount_out",
        "get_amounts_in",
        "get_amounts_out",
        "quote",
        "source",
        "swap_tokens_for_exact",
    ];
    assert_eq!(keys(&library), sections);
    let sections = ["liquidity_value", "reserves_after_arbitrage", "source", "swap_to_price"];
    assert_eq!(keys(&worth), sections);
}

/// What a case says: a result, or the word of the library's refusal.
fn told(case: &Value) -> Result<Amount, &str> {
    match case.get("result") {
        Some(result) => Ok(amount(result)),
        None => Err(word(&case["error"])),
    }
}

/// What a pool of two reserves answers, or the word that belongs to our reason; `zero` is the
/// word for an amount of zero, of which the library has three.
fn answer(
    [reserve0, reserve1]: [&Value; 2],
    zero: &'static str,
    ask: impl Fn(&Pool) -> Result<Amount, SwapError>,
) -> Result<Amount, &'static str> {
    let pool = match pool(amount(reserve0), amount(reserve1)) {
        Ok(pool) => pool,
        // The library refuses when asked; here a pool of one reserve alone cannot be.
        Err(PoolError::OneReserveZero) => return Err("INSUFFICIENT_LIQUIDITY"),
        Err(other) => panic!("{other}"),
    };
    ask(&pool).map_err(|error| match error {
        SwapError::ZeroAmount => zero,
        SwapError::EmptyPool => "INSUFFICIENT_LIQUIDITY",
        other => panic!("{other}"),
    })
}

#[test]
fn quote() {
    let Some(library) = suite("v2_library") else { return };
    let [token0, _] = tokens();
    for case in cases(&library, "quote", 5) {
        let given = amount(&case["amount_a"]);
        let found =
            answer([&case["reserve_a"], &case["reserve_b"]], "INSUFFICIENT_AMOUNT", |pool| {
                pool.counterpart_floor(token0, given)
            });
        assert_eq!(found, told(case), "{case}");
    }
}

#[test]
fn get_amount_out() {
    let Some(library) = suite("v2_library") else { return };
    let [token0, _] = tokens();
    for case in cases(&library, "get_amount_out", 4) {
        let reserves = [&case["reserve_in"], &case["reserve_out"]];
        let given = amount(&case["amount_in"]);
        let found = answer(reserves, "INSUFFICIENT_INPUT_AMOUNT", |pool| {
            pool.quote_exact_in(token0, given).map(|fill| fill.amount_out)
        });
        assert_eq!(found, told(case), "{case}");
    }
}

#[test]
fn get_amount_in() {
    let Some(library) = suite("v2_library") else { return };
    let [_, token1] = tokens();
    for case in cases(&library, "get_amount_in", 4) {
        let reserves = [&case["reserve_in"], &case["reserve_out"]];
        let wanted = amount(&case["amount_out"]);
        let found = answer(reserves, "INSUFFICIENT_OUTPUT_AMOUNT", |pool| {
            pool.quote_exact_out_v2_router(token1, wanted).map(|fill| fill.amount_in)
        });
        assert_eq!(found, told(case), "{case}");
    }
}

/// An empty pool is a pair without liquidity, whatever is asked.
#[test]
fn a_pool_of_nothing_has_no_liquidity() {
    let [token0, token1] = tokens();
    let (empty, one) = (pool(Amount::ZERO, Amount::ZERO).unwrap(), Amount::from_u64(1));
    assert_eq!(empty.counterpart_floor(token0, one), Err(SwapError::EmptyPool));
    assert_eq!(empty.quote_exact_in(token0, one), Err(SwapError::EmptyPool));
    assert_eq!(empty.quote_exact_out_v2_router(token1, one), Err(SwapError::EmptyPool));
}

/// A market with a row of pools, each from one token to the next, and the path through them.
fn row_of_pools(reserves: &Value) -> (Market, Vec<Hop>) {
    let mut market = Market::new();
    let mut last = market.add_token("0").unwrap();
    let mut hops = Vec::new();
    for (at, pair) in list(reserves).iter().enumerate() {
        let token = market.add_token(&(at + 1).to_string()).unwrap();
        let reserves = Reserves { reserve0: amount(&pair[0]), reserve1: amount(&pair[1]) };
        let pool = Pool::new(last, token, Fee::UNISWAP_V2).unwrap();
        let pool = market.add_pool(&at.to_string(), pool.with_reserves(reserves).unwrap()).unwrap();
        hops.push(Hop { pool, direction: Direction::ZeroForOne });
        last = token;
    }
    (market, hops)
}

#[test]
fn get_amounts_out_and_in() {
    type Ask = fn(&Market, &[Hop], Amount, &mut [Fill]) -> Result<(), SwapError>;
    let Some(library) = suite("v2_library") else { return };
    let asked: [(&str, &str, Ask); 2] = [
        ("get_amounts_out", "amount_in", Market::fill_path_exact_in),
        ("get_amounts_in", "amount_out", Market::fill_path_exact_out_v2_router),
    ];
    for (name, given, ask) in asked {
        let case = &library[name];
        let given = amount(&case[given]);
        let (market, hops) = row_of_pools(&case["reserves"]);
        assert_eq!(hops.len(), 1);
        let mut fills = vec![Fill::default(); hops.len()];
        ask(&market, &hops, given, &mut fills).unwrap();
        let first = fills.iter().take(1).map(|fill| fill.amount_in);
        let amounts = first.chain(fills.iter().map(|fill| fill.amount_out)).collect::<Vec<_>>();
        let told = list(&case["amounts"]).iter().map(amount).collect::<Vec<_>>();
        assert_eq!(amounts, told, "{name}");

        // A path of one token has no pool.
        assert_eq!(case["path_len_1_error"], "INVALID_PATH");
        let refused = SwapError::Path(PathError::Empty);
        assert_eq!(ask(&market, &[], given, &mut []), Err(refused), "{name}");
    }
}

#[test]
fn swap_tokens_for_exact() {
    let Some(library) = suite("v2_library") else { return };
    let case = &library["swap_tokens_for_exact"];
    let pool = pool(amount(&case["reserve_in"]), amount(&case["reserve_out"])).unwrap();
    let [_, token1] = tokens();
    let fill = pool.quote_exact_out_v2_router(token1, amount(&case["amount_out"])).unwrap();
    assert_eq!(fill.amount_in, amount(&case["amount_in"]));
    assert_eq!(pool.fill_exact(fill.direction, fill.amount_in, fill.amount_out), Ok(fill));
}

/// The vectors name a price by how much of each token has the same worth.
#[test]
fn reserves_after_arbitrage() {
    let Some(worth) = suite("v2_liquidity_value") else { return };
    for case in cases(&worth, "reserves_after_arbitrage", 7) {
        let price = ratio(&case["true_price_b"], &case["true_price_a"]);
        let pool = pool(amount(&case["reserve_a"]), amount(&case["reserve_b"])).unwrap();
        let told = Reserves {
            reserve0: amount(&case["reserve_a_after"]),
            reserve1: amount(&case["reserve_b_after"]),
        };
        assert_eq!(pool.reserves_after_arbitrage(&price), Ok(told), "{case}");
        // The same pool seen from its other token.
        let Reserves { reserve0, reserve1 } = pool.reserves();
        let mirrored = crate::data::pool(reserve1, reserve0).unwrap();
        let told = Reserves { reserve0: told.reserve1, reserve1: told.reserve0 };
        assert_eq!(mirrored.reserves_after_arbitrage(&price.inverse().unwrap()), Ok(told));
    }
}

/// A pool after arbitrage to the true price, where the case has one.
fn arbitraged(pool: Pool, true_price: &Value) -> Result<Pool, PriceError> {
    if true_price.is_null() {
        return Ok(pool);
    }
    let after = pool.reserves_after_arbitrage(&ratio(&true_price[1], &true_price[0]))?;
    Ok(pool.with_reserves(after).unwrap())
}

#[test]
fn liquidity_value() {
    let Some(worth) = suite("v2_liquidity_value") else { return };
    let mut fees_on = 0;
    for case in cases(&worth, "liquidity_value", 12) {
        let name = word(&case["name"]);
        let k_last = Product::new(wide(&case["k_last"])).unwrap();
        let fee_on = case["fee_on"].as_bool().unwrap();
        assert_eq!(fee_on, !k_last.is_zero(), "{name}: zero is how a pair remembers no fee");
        fees_on += usize::from(fee_on);

        let pool = arbitraged(pool_of(case), &case["true_price"]).unwrap();
        let pool = pool.with_total_shares(shares(&case["total_supply"])).unwrap();
        let liquidity = shares(&case["liquidity"]);
        let accrued = pool.accrued(k_last).unwrap();
        let told = (amount(&case["amount0"]), amount(&case["amount1"]));
        assert_eq!(accrued.worth_floor(liquidity), told, "{name}");
        // What they are worth is what giving them up pays.
        let withdrawal = accrued.quote_burn(liquidity).unwrap();
        assert_eq!((withdrawal.amount0, withdrawal.amount1), told, "{name}");
    }
    assert_eq!(fees_on, 5);
}

#[test]
fn swap_to_price() {
    let Some(worth) = suite("v2_liquidity_value") else { return };
    for case in cases(&worth, "swap_to_price", 2) {
        let price = ratio(&case["true_price1"], &case["true_price0"]);
        assert_eq!(units(&case["true_price0"]), 1);
        let pool = pool_of(case);
        let fill = pool.fill_arbitrage(&price).unwrap().unwrap();
        let zero_for_one = fill.direction == Direction::ZeroForOne;
        assert_eq!(case["zero_for_one"], zero_for_one);
        let told = [amount(&case["amount_in"]), amount(&case["amount_out"])];
        assert_eq!([fill.amount_in, fill.amount_out], told, "{case}");
        assert_eq!(pool.reserves_after_arbitrage(&price), Ok(fill.reserves));
    }
}
