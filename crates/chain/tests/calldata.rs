//! Routes as calldata of a router, beside calls that mainnet's traders sent.
#![cfg(feature = "alloy")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may stop where it stands"
)]

mod published;

use std::collections::BTreeMap;

use alloy_primitives::{U256, hex};
use alloy_sol_types::{SolCall, sol};
use cenote_chain::{Address, Call, CalldataError, ToCalldata, V2Router};
use cenote_pool::{
    Amount, Direction, Fee, Hop, Market, PathError, Pool, Reserves, Route, Step, SwapError,
};
use proptest::prelude::*;
use serde_json::Value;

use published::{rows, text};

// As `IUniswapV2Router02` has them.
sol! {
    #[derive(Debug)]
    interface Router02 {
        function swapExactTokensForTokens(uint amountIn, uint amountOutMin, address[] calldata path, address to, uint deadline) external returns (uint[] memory amounts);
        function swapTokensForExactTokens(uint amountOut, uint amountInMax, address[] calldata path, address to, uint deadline) external returns (uint[] memory amounts);
        function swapExactETHForTokens(uint amountOutMin, address[] calldata path, address to, uint deadline) external payable returns (uint[] memory amounts);
        function swapTokensForExactETH(uint amountOut, uint amountInMax, address[] calldata path, address to, uint deadline) external returns (uint[] memory amounts);
        function swapExactTokensForETH(uint amountIn, uint amountOutMin, address[] calldata path, address to, uint deadline) external returns (uint[] memory amounts);
        function swapETHForExactTokens(uint amountOut, address[] calldata path, address to, uint deadline) external payable returns (uint[] memory amounts);
    }
}

const UNISWAP: V2Router = V2Router::UNISWAP_V2;

/// The tokens of a market and who receives.
const USDC: &str = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
const WETH: &str = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const DAI: &str = "0x6b175474e89094c44da98b954eedeac495271d0f";
const ME: Address = Address([0xab; 20]);

fn amount(units: u128) -> Amount {
    units.try_into().unwrap()
}

/// A market with a router's pairs of a path, and the route along it with these amounts.
fn routed(router: &V2Router, path: &[&str], amounts: &[u128]) -> (Market, Route) {
    let mut market = Market::new();
    let mut token =
        |name: &str| market.token(name).unwrap_or_else(|_| market.add_token(name).unwrap());
    let tokens = path.iter().map(|name| token(name)).collect::<Vec<_>>();
    let reserves = Reserves { reserve0: amount(1_000_000), reserve1: amount(1_000_000) };
    let mut steps = Vec::new();
    for at in 0..path.len() - 1 {
        let [a, b] = [path[at], path[at + 1]].map(|name| name.parse::<Address>().unwrap());
        let pool = Pool::new(tokens[at], tokens[at + 1], Fee::UNISWAP_V2).unwrap();
        let pool = pool.with_reserves(reserves).unwrap();
        steps.push(Step {
            pool: market.add_pool(&router.pair_for(a, b).to_string(), pool).unwrap(),
            token_in: tokens[at],
            amount_in: amount(amounts[at]),
            token_out: tokens[at + 1],
            amount_out: amount(amounts[at + 1]),
        });
    }
    let route = Route {
        token_in: tokens[0],
        token_out: *tokens.last().unwrap(),
        amount_in: amount(amounts[0]),
        amount_out: amount(*amounts.last().unwrap()),
        steps,
    };
    (market, route)
}

/// The words of calldata, by hand: the amounts, where the path begins, the recipient, the
/// deadline, and the path with its length.
fn by_hand(selector: u32, amounts: &[u128], path: &[&str], to: &str, deadline: u64) -> Vec<u8> {
    let address = |text: &str| format!("{:0>64}", &text[2..]);
    let selector = [format!("{selector:08x}")];
    let amounts = amounts.iter().map(|units| format!("{units:064x}")).collect::<Vec<_>>();
    let place = format!("{:064x}", 32 * (amounts.len() + 3));
    let ending = [place, address(to), format!("{deadline:064x}"), format!("{:064x}", path.len())];
    let path = path.iter().map(|token| address(token)).collect::<Vec<_>>();
    hex::decode([&selector[..], &amounts, &ending, &path].concat().concat()).unwrap()
}

fn units(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

/// A published call, encoded by us and by hand.
fn encoded(call: &Value) -> (Call, Vec<u8>) {
    let args = &call["args"];
    let path = args["path"].as_array().unwrap();
    let path = path.iter().map(|token| token.as_str().unwrap()).collect::<Vec<_>>();
    let (to, deadline) = (args["to"].as_str().unwrap(), units(&args["deadline"]));
    let deadline = u64::try_from(deadline).unwrap();
    let router = match call["router"].as_str().unwrap() {
        "sushiswap_router" => V2Router::SUSHISWAP,
        _ => UNISWAP,
    };
    let arg = |name: &str| units(&args[name]);
    let value = units(&call["value"]);
    // The first amount and the last one; those between are not sent.
    let (selector, first, last) = match call["fn"].as_str().unwrap() {
        "swapExactTokensForTokens" => (0x38ed_1739, arg("amountIn"), arg("amountOutMin")),
        "swapTokensForExactTokens" => (0x8803_dbee, arg("amountInMax"), arg("amountOut")),
        "swapExactETHForTokens" => (0x7ff3_6ab5, value, arg("amountOutMin")),
        "swapTokensForExactETH" => (0x4a25_d94a, arg("amountInMax"), arg("amountOut")),
        "swapExactTokensForETH" => (0x18cb_afe5, arg("amountIn"), arg("amountOutMin")),
        "swapETHForExactTokens" => (0xfb3b_db41, value, arg("amountOut")),
        other => panic!("{other}"),
    };
    let mut amounts = vec![7; path.len()];
    (amounts[0], amounts[path.len() - 1]) = (first, last);
    let (market, route) = routed(&router, &path, &amounts);
    let calldata = route.calldata(&market, to.parse().unwrap(), deadline);
    let (most_in, least_out) = (amount(first), amount(last));
    let (made, sent) = match selector {
        0x38ed_1739 => (calldata.sell(&router, least_out), vec![first, last]),
        0x8803_dbee => (calldata.buy(&router, most_in), vec![last, first]),
        0x4a25_d94a => (calldata.buy_native(&router, most_in), vec![last, first]),
        0x18cb_afe5 => (calldata.sell_native(&router, least_out), vec![first, last]),
        0x7ff3_6ab5 => (calldata.sell_native(&router, least_out), vec![last]),
        _ => (calldata.buy_native(&router, most_in), vec![last]),
    };
    let made = made.unwrap();
    assert_eq!((made.to, made.value), (router.address, amount(value)), "{call}");
    (made, by_hand(selector, &sent, &path, to, deadline))
}

#[test]
fn calls_of_mainnet_are_encoded_as_they_were_sent() {
    let Some(calls) = text("mainnet_v2_blocks/router_calls.jsonl") else { return };
    let (mut without_limit, mut counts) = (0, BTreeMap::new());
    for line in calls.lines() {
        let call = serde_json::from_str::<Value>(line).unwrap();
        let function = call["fn"].as_str().unwrap().to_owned();
        if !function.starts_with("swap") || function.ends_with("SupportingFeeOnTransferTokens") {
            continue;
        }
        // 2^256 - 1, for which an amount says 2^112 - 1: no pair holds more.
        if call["args"]["amountInMax"] == U256::MAX.to_string() {
            without_limit += 1;
            continue;
        }
        let (made, by_hand) = encoded(&call);
        assert_eq!(made.data, by_hand, "{call}");
        *counts.entry(function).or_insert(0) += 1;
    }
    let expected = [
        ("swapETHForExactTokens", 15),
        ("swapExactETHForTokens", 56),
        ("swapExactTokensForETH", 30),
        ("swapExactTokensForTokens", 38),
        ("swapTokensForExactETH", 3),
        ("swapTokensForExactTokens", 4),
    ];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
    assert_eq!(without_limit, 14);
}

/// The arguments of transaction
/// 0x1e1ee2093139d89969a7f5e21e29ee3d9261b4f3288fba63c5ecc38651ab126a.
#[test]
fn a_call_is_these_bytes() {
    let path = ["0x0bc529c00c6401aef6d220be8c6ea1667f6ad93e", WETH];
    let (market, route) = routed(&UNISWAP, &path, &[362_408_695_681_029_823, 1]);
    let to = "0x00e43c0bfa2303310222e077ffa948bddf256848".parse().unwrap();
    let calldata = route.calldata(&market, to, 1_598_766_962);
    let call = calldata.sell(&UNISWAP, amount(29_295_340_746_512_838_656)).unwrap();
    let bytes = hex!(
        "38ed1739"
        "000000000000000000000000000000000000000000000000050788c9e19496bf"
        "000000000000000000000000000000000000000000000001968df53211ecb000"
        "00000000000000000000000000000000000000000000000000000000000000a0"
        "00000000000000000000000000e43c0bfa2303310222e077ffa948bddf256848"
        "000000000000000000000000000000000000000000000000000000005f4b3f72"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "0000000000000000000000000bc529c00c6401aef6d220be8c6ea1667f6ad93e"
        "000000000000000000000000c02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
    );
    assert_eq!(call.data.to_vec(), bytes);
}

/// Each pair of whole blocks is where its factory's constants and its tokens say, and the routers
/// trade in them.
#[test]
fn the_constants_are_those_of_mainnet() {
    let Some(pools) = text("mainnet_v2_blocks/pools.csv") else { return };
    let events = text("mainnet_v2_blocks/events.csv").unwrap();
    let mut counts = [0, 0];
    for row in rows(&pools) {
        let [token0, token1, pair, factory] =
            ["token0", "token1", "pair", "factory"].map(|name| row[name].parse::<Address>());
        let routers = [V2Router::UNISWAP_V2, V2Router::SUSHISWAP];
        for (router, count) in routers.iter().zip(&mut counts) {
            let is_theirs = factory == Ok(router.factory);
            let place = router.pair_for(token0.unwrap(), token1.unwrap());
            assert_eq!(pair == Ok(place), is_theirs, "{row:?}");
            *count += i32::from(is_theirs);
        }
    }
    assert_eq!(counts, [176, 14]);
    let senders = rows(&events).iter().map(|row| row["sender"].to_owned()).collect::<Vec<_>>();
    for router in [V2Router::UNISWAP_V2, V2Router::SUSHISWAP] {
        assert!(senders.contains(&router.address.to_string()));
    }
}

#[test]
fn what_no_router_takes_is_refused() {
    let (market, route) = routed(&UNISWAP, &[USDC, WETH, DAI], &[100, 90, 80]);
    let sell = |route: &Route, market: &Market, to: Address, router: &V2Router| {
        route.calldata(market, to, 1).sell(router, Amount::ZERO).map(|_| ())
    };
    assert_eq!(sell(&route, &market, ME, &UNISWAP), Ok(()));
    let changed = |change: fn(&mut Route)| {
        let mut changed = route.clone();
        change(&mut changed);
        sell(&changed, &market, ME, &UNISWAP).unwrap_err()
    };
    let path = |error: PathError| CalldataError::NotAPath(SwapError::Path(error));
    assert_eq!(changed(|route| route.steps.clear()), path(PathError::Empty));
    assert_eq!(changed(|route| route.steps.swap(0, 1)), path(PathError::Disconnected { at: 0 }));
    assert_eq!(changed(|route| route.amount_in = amount(101)), CalldataError::Remainder { at: 0 });
    assert_eq!(
        changed(|route| route.steps[1].amount_in = amount(89)),
        CalldataError::Remainder { at: 1 }
    );
    let other = CalldataError::NotOfThisRouter { at: 0 };
    assert_eq!(sell(&route, &market, ME, &V2Router::SUSHISWAP), Err(other));
    let invalid = CalldataError::Recipient { at: 1 };
    for to in [WETH.parse().unwrap(), DAI.parse().unwrap(), Address::ZERO] {
        assert_eq!(sell(&route, &market, to, &UNISWAP), Err(invalid));
    }
    // What is paid passes by the first pair only.
    assert_eq!(sell(&route, &market, USDC.parse().unwrap(), &UNISWAP), Ok(()));

    let hops = [Direction::ZeroForOne, Direction::OneForZero]
        .map(|direction| Hop { pool: route.steps[0].pool, direction });
    let again = market.route_exact_in(&hops, amount(100)).unwrap();
    assert_eq!(sell(&again, &market, ME, &UNISWAP), Err(CalldataError::RepeatedPool { at: 1 }));
}

/// A pair's shares are a token as well: the router would have a pair pay to its own token.
#[test]
fn a_path_from_the_shares_of_its_next_pair_is_refused() {
    let [weth, dai] = [WETH, DAI].map(|name| name.parse().unwrap());
    let shares = UNISWAP.pair_for(weth, dai).to_string();
    let (market, route) = routed(&UNISWAP, &[&shares, WETH, DAI], &[100, 90, 80]);
    let refused = route.calldata(&market, ME, 1).sell(&UNISWAP, Amount::ZERO);
    assert_eq!(refused, Err(CalldataError::Recipient { at: 0 }));
}

#[test]
fn names_that_are_no_addresses_are_refused() {
    let mut market = Market::new();
    let [usdc, weth] = [USDC, WETH].map(|name| market.add_token(name).unwrap());
    let gold = market.add_token("gold").unwrap();
    let reserves = Reserves { reserve0: amount(1_000), reserve1: amount(1_000) };
    let mut route = |name: &str, token1| {
        let pool = Pool::new(usdc, token1, Fee::UNISWAP_V2).unwrap();
        let pool = market.add_pool(name, pool.with_reserves(reserves).unwrap()).unwrap();
        let hops = [Hop { pool, direction: Direction::ZeroForOne }];
        (market.route_exact_in(&hops, amount(100)).unwrap(), pool)
    };
    let (unnamed, pool) = route("usdc/weth", weth);
    let (of_gold, _) = route("0x1111111111111111111111111111111111111111", gold);
    let cases = [
        (unnamed, CalldataError::PoolName { pool }),
        (of_gold, CalldataError::TokenName { token: gold }),
    ];
    for (route, error) in cases {
        let calldata = route.calldata(&market, ME, 1);
        assert_eq!(calldata.sell(&UNISWAP, Amount::ZERO), Err(error));
        assert_eq!(calldata.bundle(ME), Err(error));
    }
}

#[test]
fn one_end_may_be_the_coin_itself() {
    let ends = |path: &[&str]| {
        let (market, route) = routed(&UNISWAP, path, &[100, 90, 80, 70][..path.len()]);
        let calldata = route.calldata(&market, ME, 1);
        let sell = calldata.sell_native(&UNISWAP, amount(5));
        let buy = calldata.buy_native(&UNISWAP, amount(105));
        (sell.map(|call| call.value.get()), buy.map(|call| call.value.get()))
    };
    assert_eq!(ends(&[WETH, USDC]), (Ok(100), Ok(105)));
    assert_eq!(ends(&[USDC, WETH]), (Ok(0), Ok(0)));
    let error = CalldataError::NotNative;
    for path in [&[USDC, WETH, DAI][..], &[WETH, USDC, DAI, WETH]] {
        assert_eq!(ends(path), (Err(error), Err(error)));
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_what_alloy_decodes(
        tokens in prop::collection::hash_set(any::<[u8; 20]>(), 2..6),
        units in 1..=Amount::MAX.get(),
        limit in 0..=Amount::MAX.get(),
        deadline: u64,
        is_paid: bool,
    ) {
        let names = tokens.iter().map(|token| Address(*token).to_string()).collect::<Vec<_>>();
        let mut names = names.iter().map(String::as_str).collect::<Vec<_>>();
        let (first, last) = (0, names.len() - 1);
        names[if is_paid { first } else { last }] = WETH;
        let mut amounts = vec![9; names.len()];
        (amounts[first], amounts[last]) = (units, units);
        let (market, route) = routed(&UNISWAP, &names, &amounts);
        let calldata = route.calldata(&market, ME, deadline);
        let path = names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
        let (exact, limited) = (U256::from(units), U256::from(limit));
        let (to, until, value) = (ME.into(), U256::from(deadline), amount(limit));

        let call = calldata.sell(&UNISWAP, value).unwrap();
        let made = Router02::swapExactTokensForTokensCall::abi_decode_validate(&call.data).unwrap();
        prop_assert_eq!((made.amountIn, made.amountOutMin), (exact, limited));
        prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
        let call = calldata.buy(&UNISWAP, value).unwrap();
        let made = Router02::swapTokensForExactTokensCall::abi_decode_validate(&call.data).unwrap();
        prop_assert_eq!((made.amountOut, made.amountInMax), (exact, limited));
        prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
        let sell = calldata.sell_native(&UNISWAP, value).unwrap();
        let buy = calldata.buy_native(&UNISWAP, value).unwrap();
        if is_paid {
            prop_assert_eq!((sell.value, buy.value), (route.amount_in, value));
            let made = Router02::swapExactETHForTokensCall::abi_decode_validate(&sell.data).unwrap();
            prop_assert_eq!(made.amountOutMin, limited);
            prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
            let made = Router02::swapETHForExactTokensCall::abi_decode_validate(&buy.data).unwrap();
            prop_assert_eq!(made.amountOut, exact);
            prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
        } else {
            prop_assert_eq!([sell.value, buy.value], [Amount::ZERO; 2]);
            let made = Router02::swapExactTokensForETHCall::abi_decode_validate(&sell.data).unwrap();
            prop_assert_eq!((made.amountIn, made.amountOutMin), (exact, limited));
            prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
            let made = Router02::swapTokensForExactETHCall::abi_decode_validate(&buy.data).unwrap();
            prop_assert_eq!((made.amountOut, made.amountInMax), (exact, limited));
            prop_assert_eq!((&made.path, made.to, made.deadline), (&path, to, until));
        }
    }
}
