//! v2-sdk: trades, shares and price impact against the numbers of its tests.

use cenote::{
    Amount, BurnError, Direction, Fee, Fill, Hop, Market, MintError, Pool, PoolError, Product,
    Ratio, Reserves, Route, Router, RoutingError, Shares, SwapError, TokenId, U256,
};
use serde_json::Value;

use crate::data::{amount, cases, keys, list, pool, shares, suite, tokens, units, wide, word};

/// How many pools a trade of the sdk may have unless it is told.
const MAX_HOPS: usize = 3;

/// How an amount goes through a path.
type Ask = fn(&Market, &[Hop], Amount, &mut [Fill]) -> Result<(), SwapError>;

/// A path, and what it asks or gives.
type Trade = (Vec<u128>, Amount);

#[test]
fn no_section_is_forgotten() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let sections = [
        "best_trade_exact_in",
        "best_trade_exact_out",
        "fee_on_transfer",
        "liquidity_minted",
        "liquidity_value",
        "pairs",
        "price_impact_pct",
        "slippage",
        "source",
    ];
    assert_eq!(keys(&sdk), sections);
}

/// The pools of these names; all four tokens are there, whether or not a pool trades them.
fn market_of<'a>(sdk: &Value, names: impl IntoIterator<Item = &'a str>) -> Market {
    let mut market = Market::new();
    let tokens = ["0", "1", "2", "3"].map(|name| market.add_token(name).unwrap());
    for name in names {
        let token = |name: &str| tokens[name.parse::<usize>().unwrap()];
        let (token0, token1) = name.split_once('-').unwrap();
        let [reserve0, reserve1] = [0, 1].map(|at| amount(&sdk["pairs"][name][at]));
        let pool = Pool::new(token(token0), token(token1), Fee::UNISWAP_V2).unwrap();
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
        market.add_pool(name, pool).unwrap();
    }
    market
}

fn market_of_case(sdk: &Value, case: &Value) -> Market {
    market_of(sdk, list(&case["pairs"]).iter().map(word))
}

fn token(market: &Market, name: &Value) -> TokenId {
    market.token(&units(name).to_string()).unwrap()
}

/// Every path between two tokens that uses no pool twice and ends where it first arrives.
fn paths(market: &Market, from: TokenId, to: TokenId, max_hops: usize) -> Vec<Vec<Hop>> {
    let (mut open, mut found) = (vec![(from, Vec::<Hop>::new())], Vec::new());
    while let Some((at, path)) = open.pop() {
        if at == to {
            found.push(path);
            continue;
        }
        for (id, pool) in market.pools_with_id().filter(|_| path.len() < max_hops) {
            let Ok(direction) = pool.direction(at) else { continue };
            if path.iter().all(|hop| hop.pool != id) {
                let mut longer = path.clone();
                longer.push(Hop { pool: id, direction });
                open.push((pool.tokens(direction).1, longer));
            }
        }
    }
    found
}

fn names(market: &Market, hops: &[Hop]) -> Vec<u128> {
    let tokens = hops.iter().map(|hop| market.pool(hop.pool).unwrap().tokens(hop.direction));
    let ends = tokens.clone().take(1).map(|(token_in, _)| token_in);
    let all = ends.chain(tokens.map(|(_, token_out)| token_out));
    all.map(|token| market.token_name(token).parse().unwrap()).collect()
}

/// What an amount does along a path; `None` where a pool refuses.
fn fills(market: &Market, hops: &[Hop], given: Amount, ask: Ask) -> Option<Vec<Fill>> {
    let mut fills = vec![Fill::default(); hops.len()];
    ask(market, hops, given, &mut fills).is_ok().then_some(fills)
}

/// The hops between tokens of these names, each pool found by its two tokens.
fn hops(market: &Market, path: &Value) -> Vec<Hop> {
    let path = list(path).iter().map(|name| token(market, name)).collect::<Vec<_>>();
    let hop = |pair: &[TokenId]| {
        let mut pools = market.pools_with_id();
        pools.find_map(|(pool, numbers)| {
            let direction = numbers.direction(pair[0]).ok()?;
            (numbers.tokens(direction).1 == pair[1]).then_some(Hop { pool, direction })
        })
    };
    path.windows(2).map(|pair| hop(pair).unwrap()).collect()
}

/// Compares all trades that there are, best first, with those that a case tells of.
fn check_trades(case: &Value, trades: &[Trade], amount_of: &str) {
    if let Some(count) = case.get("n_results") {
        assert_eq!(units(count), u128::try_from(trades.len()).unwrap(), "{case}");
        return;
    }
    let results = list(&case["results"]);
    assert_eq!(trades.len(), results.len(), "{case}: {trades:?}");
    for ((path, found), result) in trades.iter().zip(results) {
        let told = list(&result["path"]).iter().map(units).collect::<Vec<_>>();
        assert_eq!(*path, told, "{case}");
        if let Some(told) = result.get(amount_of) {
            assert_eq!(*found, amount(told), "{case}");
        }
    }
}

/// Compares the router's one answer with the best of all trades.
fn check_best(
    market: &Market,
    route: Result<Route, RoutingError>,
    trades: &[Trade],
    amount_of: impl Fn(&Route) -> Amount,
) {
    match (route, trades.first()) {
        (Ok(route), Some((path, best))) => {
            assert_eq!(amount_of(&route), *best);
            assert_eq!(names(market, &market.hops_of(&route).unwrap()), *path);
        }
        (Err(RoutingError::NoRoute { .. } | RoutingError::Unconnected { .. }), None) => {}
        (route, best) => panic!("{route:?} and {best:?}"),
    }
}

#[test]
fn best_trade_exact_in() {
    let Some(sdk) = suite("v2_sdk") else { return };
    for case in cases(&sdk, "best_trade_exact_in", 4) {
        let market = market_of_case(&sdk, case);
        let [from, to] = ["token_in", "token_out"].map(|key| token(&market, &case[key]));
        let most = case.get("max_hops");
        let max_hops = most.map_or(MAX_HOPS, |most| units(most).try_into().unwrap());
        let given = amount(&case["amount_in"]);
        let trade = |hops: Vec<Hop>| {
            let fills = fills(&market, &hops, given, Market::fill_path_exact_in)?;
            Some((names(&market, &hops), fills.last()?.amount_out))
        };
        let all = paths(&market, from, to, max_hops).into_iter();
        let mut trades = all.filter_map(trade).collect::<Vec<_>>();
        trades.sort_by_key(|(_, amount_out)| core::cmp::Reverse(*amount_out));
        check_trades(case, &trades, "amount_out");

        let router = Router::new(&market);
        let route = router.sell(&market, from, given).to(to).max_hops(max_hops).best();
        check_best(&market, route, &trades, |route| route.amount_out);
    }
}

#[test]
fn best_trade_exact_out() {
    let Some(sdk) = suite("v2_sdk") else { return };
    for case in cases(&sdk, "best_trade_exact_out", 3) {
        let market = market_of_case(&sdk, case);
        let [from, to] = ["token_in", "token_out"].map(|key| token(&market, &case[key]));
        let wanted = amount(&case["amount_out"]);
        let trades = |ask: Ask| {
            let trade = |hops: Vec<Hop>| {
                let fills = fills(&market, &hops, wanted, ask)?;
                Some((names(&market, &hops), fills.first()?.amount_in))
            };
            let all = paths(&market, from, to, MAX_HOPS).into_iter();
            let mut trades = all.filter_map(trade).collect::<Vec<_>>();
            trades.sort_by_key(|(_, amount_in)| *amount_in);
            trades
        };
        check_trades(case, &trades(Market::fill_path_exact_out_v2_router), "amount_in");

        // Our router pays the least that pools accept, the sdk what Uniswap's router asks.
        let router = Router::new(&market);
        let route = router.buy(&market, to, wanted).from(from).max_hops(MAX_HOPS).best();
        let tight = trades(Market::fill_path_exact_out);
        check_best(&market, route, &tight, |route| route.amount_in);
    }
}

/// A limit of so many per cent: the sdk divides an output by `1 + p` and multiplies an input.
fn with_slippage(per_cent: &str) -> Ratio {
    let per_cent = per_cent.parse::<u64>().unwrap();
    Ratio::new((100 + per_cent).into(), 100.into()).unwrap()
}

#[test]
fn slippage() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let slippage = &sdk["slippage"];
    assert_eq!(keys(slippage), ["exact_in", "exact_out", "units"]);
    assert_eq!(slippage["units"], "percent");
    let market = market_of(&sdk, ["0-1", "1-2"]);

    let case = &slippage["exact_in"];
    let path = hops(&market, &case["path"]);
    let fills_in = fills(&market, &path, amount(&case["amount_in"]), Market::fill_path_exact_in);
    let last = *fills_in.unwrap().last().unwrap();
    assert_eq!(keys(&case["min_out"]), ["0", "200", "5"]);
    for (per_cent, least) in case["min_out"].as_object().unwrap() {
        let kept = with_slippage(per_cent).inverse().unwrap();
        assert_eq!(kept.mul_floor(last.amount_out), Some(amount(least)), "{per_cent} %");
        assert_eq!(last.at_least(amount(least)), Ok(last));
    }

    let case = &slippage["exact_out"];
    let path = hops(&market, &case["path"]);
    let ask = Market::fill_path_exact_out_v2_router;
    let fills_out = fills(&market, &path, amount(&case["amount_out"]), ask);
    let first = *fills_out.unwrap().first().unwrap();
    assert_eq!(keys(&case["max_in"]), ["0", "200", "5"]);
    for (per_cent, most) in case["max_in"].as_object().unwrap() {
        let most = amount(most);
        assert_eq!(with_slippage(per_cent).mul_floor(first.amount_in), Some(most), "{per_cent} %");
        assert_eq!(first.at_most(most), Ok(first));
    }
}

#[test]
fn liquidity_minted() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let [token0, token1] = tokens();
    let empty = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
    for case in cases(&sdk, "liquidity_minted", 4) {
        let state = match case.get("reserves") {
            Some(reserves) => pool(amount(&reserves[0]), amount(&reserves[1])).unwrap(),
            None => empty,
        };
        let state = state.with_total_shares(shares(&case["total_supply"])).unwrap();
        let deposit = state.quote_mint(amount(&case["amounts"][0]), amount(&case["amounts"][1]));
        let told = match case.get("lp") {
            Some(lp) => Ok(shares(lp)),
            None => Err(word(&case["error"])),
        };
        let found = deposit.map(|deposit| deposit.shares).map_err(|error| match error {
            MintError::ZeroShares => "InsufficientInputAmount",
            other => panic!("{other}"),
        });
        assert_eq!(found, told, "{case}");
    }
}

/// The sdk computes with supplies that no pair can have: all shares given up, the locked ones
/// too, or fewer than are locked. The pure functions take them; pools refuse, and that is shown.
#[test]
fn liquidity_value() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let mut refused = Vec::new();
    for case in cases(&sdk, "liquidity_value", 3) {
        let [total, liquidity] = ["total_supply", "liquidity"].map(|key| shares(&case[key]));
        let [reserve0, reserve1] = [0, 1].map(|at| amount(&case["reserves"][at]));
        let reserves = Reserves { reserve0, reserve1 };
        let k_last = case.get("k_last").map_or(Product::ZERO, |k_last| {
            assert_eq!(case["fee_on"], true);
            Product::new(wide(k_last)).unwrap()
        });
        let fee = reserves.protocol_shares_floor(k_last, total);
        let told = amount(&case["amount"]);
        let worth = reserves.worth_floor(liquidity, total.checked_add(fee).unwrap());
        assert_eq!(worth, (told, told), "{case}");

        match pool(reserve0, reserve1).unwrap().with_total_shares(total) {
            Ok(pool) => {
                let accrued = pool.accrued(k_last).unwrap();
                assert_eq!(accrued.worth_floor(liquidity), worth, "{case}");
                let burnt = accrued.quote_burn(liquidity);
                assert!(matches!(burnt, Err(BurnError::TooManyShares { .. })), "{burnt:?}");
            }
            Err(error) => refused.push(error),
        }
    }
    assert_eq!(refused, [PoolError::FewerThanLocked { total: Shares::new(500).unwrap() }]);
}

/// The digits of a fraction to as many decimals as `text` has, half rounded up, as the sdk does.
fn shown(ratio: &Ratio, text: &str) -> String {
    let (whole, decimals) = text.split_once('.').unwrap();
    assert_eq!(whole.len() + decimals.len(), 18, "18 significant digits");
    let scale = U256::from(10).checked_pow(decimals.len().into()).unwrap();
    let twice = ratio.numerator().checked_mul(scale).unwrap().checked_mul(2.into()).unwrap();
    let divisor = ratio.denominator().checked_mul(2.into()).unwrap();
    let digits = twice.checked_add(ratio.denominator()).unwrap().checked_div(divisor).unwrap();
    let digits = digits.to_string();
    let (whole, decimals) = digits.split_at(digits.len() - decimals.len());
    format!("{whole}.{decimals}")
}

#[test]
fn price_impact() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let case = &sdk["price_impact_pct"];
    let e18 = 10_u128.pow(18);
    let of = |key: &str| Amount::new(units(&case[key]) * e18).unwrap();
    let pool = pool(of("reserve_in_units"), of("reserve_out_units")).unwrap();
    let fill = pool.fill_exact_in(Direction::ZeroForOne, of("amount_in_units")).unwrap();
    assert_eq!(fill.amount_out, amount(&case["out_18dec"]));

    let told = word(&case["exec_price_18_sig"]);
    assert_eq!(shown(&fill.price().unwrap(), told), told);
    let impact = fill.price_impact().unwrap();
    let hundredfold = impact.numerator().checked_mul(100.into()).unwrap();
    let per_cent = Ratio::new(hundredfold, impact.denominator()).unwrap();
    let told = word(&case["impact_18_sig"]);
    assert_eq!(shown(&per_cent, told), told);
}

/// Of these four only the two without a tax: what a token takes on its way is not modelled.
#[test]
fn fee_on_transfer() {
    let Some(sdk) = suite("v2_sdk") else { return };
    let (taxed, plain) = cases(&sdk, "fee_on_transfer", 4)
        .iter()
        .partition::<Vec<_>, _>(|case| case.get("sell_fee_bps").is_some());
    assert_eq!((taxed.len(), plain.len()), (2, 2));
    let [first, second] = plain[..] else { panic!("two cases") };
    let state = |case: &Value| pool(amount(&case["reserves"][0]), amount(&case["reserves"][1]));
    let way = Direction::ZeroForOne;
    let fill = state(first).unwrap().fill_exact_in(way, amount(&first["amount_in"])).unwrap();
    assert_eq!(fill.amount_out, amount(&first["amount_out"]));
    let wanted = amount(&second["amount_out"]);
    let fill = state(second).unwrap().fill_exact_out_v2_router(way, wanted).unwrap();
    assert_eq!(fill.amount_in, amount(&second["amount_in"]));
}
