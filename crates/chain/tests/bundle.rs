//! Bundles, made call by call on a ledger of tokens and whole pairs: what an executor would do.
#![cfg(feature = "alloy")]
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may stop where it stands"
)]

use std::collections::HashMap;

use alloy_primitives::U256;
use alloy_sol_types::{SolCall, sol};
use cenote_chain::{Address, Bundle, Call, CalldataError, ToCalldata};
use cenote_pool::{
    Amount, Direction, Fee, History, Market, Pair, Pool, PoolId, Reserves, Route, RouteError, Step,
    TokenId,
};
use proptest::prelude::*;

// As `IERC20`, `IUniswapV2Pair` and `contracts/Executor.sol` have them.
sol! {
    interface Erc20 {
        function transfer(address to, uint value) external returns (bool);
    }
    interface V2Pair {
        function swap(uint amount0Out, uint amount1Out, address to, bytes calldata data) external;
    }
    interface Executor {
        struct Call {
            address target;
            uint256 value;
            bytes data;
        }
        function execute(Call[] calldata calls, address token, address account, uint256 leastOut, uint256 deadline) external payable;
    }
}

/// Who makes the calls, who receives.
const EXECUTOR: Address = Address([0xee; 20]);
const TRADER: Address = Address([0xaa; 20]);

fn amount(units: u128) -> Amount {
    units.try_into().unwrap()
}

/// Tokens and pairs of a chain, by address.
#[derive(Debug, Default)]
struct Ledger {
    /// Of (token, holder), where the holder is no pair.
    balances: HashMap<(Address, Address), u128>,
    /// Pairs with their two tokens, the one with the smaller address first.
    pairs: HashMap<Address, (Pair, [Address; 2])>,
}

impl Ledger {
    /// The pairs of a market, and an executor with what it pays.
    fn new(market: &Market, token: TokenId, held: Amount) -> Self {
        let mut ledger = Self::default();
        for (id, pool) in market.pools_with_id() {
            let mut sides = [Direction::ZeroForOne, Direction::OneForZero].map(|direction| {
                let reserve = pool.reserves().oriented(direction).reserve_in;
                (address(market.token_name(pool.tokens(direction).0)), reserve)
            });
            sides.sort_unstable();
            let [(token0, reserve0), (token1, reserve1)] = sides;
            let twin = Pool::new(0.into(), 1.into(), pool.fees()).unwrap();
            let twin = twin.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
            let pair = (Pair::new(twin, History::UNKNOWN), [token0, token1]);
            assert!(ledger.pairs.insert(address(market.pool_name(id)), pair).is_none());
        }
        let token = address(market.token_name(token));
        ledger.balances.insert((token, EXECUTOR), held.get());
        ledger
    }

    fn balance(&self, token: Address, holder: Address) -> u128 {
        self.balances.get(&(token, holder)).copied().unwrap_or_default()
    }

    /// Lets somebody have more of a token.
    fn credit(&mut self, token: Address, to: Address, units: u128) {
        match self.pairs.get_mut(&to) {
            Some((pair, [token0, _])) if token == *token0 => pair.transfer(units, 0).unwrap(),
            Some((pair, [_, token1])) => {
                assert_eq!(token, *token1, "lost in a pair of other tokens");
                pair.transfer(0, units).unwrap();
            }
            None => *self.balances.entry((token, to)).or_default() += units,
        }
    }

    /// Makes one call of the executor.
    fn make(&mut self, call: &Call) {
        assert_eq!(call.value, Amount::ZERO);
        if let Ok(made) = Erc20::transferCall::abi_decode_validate(&call.data) {
            let held = self.balances.get_mut(&(call.to, EXECUTOR)).unwrap();
            *held = held.checked_sub(made.value.to()).unwrap();
            return self.credit(call.to, made.to.into(), made.value.to());
        }
        let made = V2Pair::swapCall::abi_decode_validate(&call.data).unwrap();
        assert!(made.data.is_empty());
        let (pair, tokens) = self.pairs.get_mut(&call.to).unwrap();
        let tokens = *tokens;
        let to = Address::from(made.to);
        assert!(!tokens.contains(&to), "INVALID_TO");
        // A pair counts what it pays itself as paid in at once, and then it is gone.
        assert_ne!(to, call.to);
        let outs = [made.amount0Out, made.amount1Out].map(|out| Amount::try_from(out).unwrap());
        pair.swap(outs[0], outs[1], 0).unwrap();
        for (token, out) in tokens.into_iter().zip(outs) {
            if !out.is_zero() {
                self.credit(token, to, out.get());
            }
        }
    }

    /// Makes all calls of a bundle, and sees that the account has as much more as it should.
    fn execute(&mut self, bundle: &Bundle) {
        let before = self.balance(bundle.token, bundle.account);
        for call in &bundle.calls {
            self.make(call);
        }
        let afterwards = self.balance(bundle.token, bundle.account);
        assert!(before + bundle.least_out.get() <= afterwards);
    }

    /// All balances that are not zero.
    fn held(&self) -> HashMap<(Address, Address), u128> {
        let held = self.balances.iter().filter(|(_, units)| **units != 0);
        held.map(|(key, units)| (*key, *units)).collect()
    }
}

fn address(name: &str) -> Address {
    name.parse().unwrap()
}

/// Some address for each number; those of tokens and pools in no order.
fn of_number(kind: u8, number: u8) -> Address {
    let mut bytes = [kind; 20];
    (bytes[0], bytes[1]) = (number.wrapping_mul(151), number);
    Address(bytes)
}

/// A market of tokens by number, and pools of two of them with reserves.
fn market(tokens: u8, pools: &[(u8, u8, u128, u128)]) -> Market {
    let mut market = Market::new();
    for number in 0..tokens {
        market.add_token(&of_number(1, number).to_string()).unwrap();
    }
    for (at, (token0, token1, reserve0, reserve1)) in (0..).zip(pools) {
        let [token0, token1] = [token0, token1].map(|token| TokenId::from(u32::from(*token)));
        let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
        let reserves = Reserves { reserve0: amount(*reserve0), reserve1: amount(*reserve1) };
        let pool = pool.with_reserves(reserves).unwrap();
        market.add_pool(&of_number(2, at).to_string(), pool).unwrap();
    }
    market
}

/// What a bundle leaves is what the market's own ledger says: the recipient has all of the token
/// bought, the executor the rest, each pair its reserves.
fn check(market: &Market, route: &Route, account: Address) -> Result<Bundle, CalldataError> {
    let bundle = route.calldata(market, account, 77).bundle(EXECUTOR)?;
    let mut ledger = Ledger::new(market, route.token_in, route.amount_in);
    ledger.execute(&bundle);
    let judged = market.judge_route(route).unwrap();
    let holder = |token: TokenId| if token == route.token_out { account } else { EXECUTOR };
    let told = judged
        .holdings
        .iter()
        .map(|(token, held)| ((address(market.token_name(*token)), holder(*token)), held.get()));
    assert_eq!(ledger.held(), told.collect());
    let mut after = market.clone();
    for (step, fill) in route.steps.iter().zip(&judged.fills) {
        after.settle(step.pool, fill);
    }
    let expected = Ledger::new(&after, route.token_in, Amount::ZERO).pairs;
    assert_eq!(ledger.pairs, expected);
    Ok(bundle)
}

/// One choice of a random route: which pool, which way, how much of what is held, how much less
/// than the pool would give.
type Choice = (usize, bool, u8, u8);

/// A route that the market accepts, from choices; `None` where they lead nowhere.
fn route_of(market: &Market, choices: &[Choice], paid: u128, bought: usize) -> Option<Route> {
    let token_in = TokenId::from(0);
    let (mut after, mut holdings) = (market.clone(), vec![0; market.token_count()]);
    holdings[token_in.index()] = paid;
    let (mut steps, mut last) = (Vec::<Step>::new(), 0);
    for (pool, forward, part, less) in choices {
        let id = PoolId::from_index(pool % market.pools().len()).unwrap();
        let pool = *after.pool(id).unwrap();
        let direction = if *forward { Direction::ZeroForOne } else { Direction::OneForZero };
        let (token_in, token_out) = pool.tokens(direction);
        let held = holdings[token_in.index()];
        let units = match part % 4 {
            0 => held / 3,
            1 => held,
            _ => held.min(last),
        };
        let Ok(fill) = pool.fill_exact_in(direction, amount(units)) else { continue };
        let amount_out = amount(fill.amount_out.get().saturating_sub(u128::from(less / 100)));
        let Ok(fill) = pool.fill_exact(direction, fill.amount_in, amount_out) else { continue };
        after.settle(id, &fill);
        holdings[token_in.index()] -= units;
        holdings[token_out.index()] += amount_out.get();
        last = amount_out.get();
        steps.push(Step { pool: id, token_in, amount_in: amount(units), token_out, amount_out });
    }
    let bought = steps.get(bought % steps.len().max(1))?.token_out;
    let amount_out = amount(holdings[bought.index()]);
    Some(Route { token_in, token_out: bought, amount_in: amount(paid), amount_out, steps })
}

fn pools() -> impl Strategy<Value = Vec<(u8, u8, u128, u128)>> {
    let reserve = (10_u32..60, 1_u128..1_000).prop_map(|(bits, units)| units << bits);
    let pool = (0_u8..4, 1_u8..4, reserve.clone(), reserve)
        .prop_map(|(token, more, x, y)| (token, (token + more) % 4, x, y));
    prop::collection::vec(pool, 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_bundle_moves_exactly_the_amounts_of_its_route(
        pools in pools(),
        choices in prop::collection::vec(any::<Choice>(), 1..12),
        (paid, bought, is_own) in (1_u128..1 << 50, any::<usize>(), any::<bool>()),
    ) {
        let market = market(4, &pools);
        let Some(route) = route_of(&market, &choices, paid, bought) else { return Ok(()) };
        let account = if is_own { EXECUTOR } else { TRADER };
        let is_cycle = is_own && route.token_in == route.token_out;
        match check(&market, &route, account) {
            Ok(bundle) => {
                let most = 2 * route.steps.len() + 1;
                prop_assert!((route.steps.len() + 1..=most).contains(&bundle.calls.len()));
                let gain = if is_cycle { route.amount_in } else { Amount::ZERO };
                prop_assert_eq!(bundle.least_out.checked_add(gain), Some(route.amount_out));
                prop_assert_eq!((bundle.executor, bundle.account), (EXECUTOR, account));
                prop_assert_eq!(bundle.deadline, 77);
            }
            Err(error) => {
                let (amount_in, amount_out) = (route.amount_in, route.amount_out);
                prop_assert_eq!(error, CalldataError::Loss { amount_in, amount_out });
                prop_assert!(is_cycle && amount_out < amount_in);
            }
        }
    }
}

/// A path 0 > 1 > 2 > 3 beside a pool 0 > 3.
fn split() -> (Market, Route) {
    let thousand = 1_000_000;
    let pools = [(0, 1), (1, 2), (3, 2), (0, 3)].map(|(a, b)| (a, b, thousand, thousand));
    let market = market(4, &pools);
    let choices = [(0, true, 0, 0), (1, true, 1, 0), (2, false, 1, 0), (3, true, 1, 0)];
    let route = route_of(&market, &choices, 30_000, 3).unwrap();
    assert_eq!(route.steps.len(), 4);
    (market, route)
}

#[test]
fn pairs_of_a_path_pay_each_other() {
    let (market, route) = split();
    let bundle = check(&market, &route, TRADER).unwrap();
    let is_payment = |call: &Call| Erc20::transferCall::abi_decode_validate(&call.data).is_ok();
    let payments = bundle.calls.iter().map(is_payment).collect::<Vec<_>>();
    assert_eq!(payments, [true, false, false, false, true, false]);
    let pairs = [0, 1, 2, 3].map(|number| of_number(2, number));
    let swaps = bundle.calls.iter().filter(|call| !is_payment(call));
    let receivers = swaps.map(|call| {
        let made = V2Pair::swapCall::abi_decode_validate(&call.data).unwrap();
        (call.to, made.to.into())
    });
    let expected =
        [(pairs[0], pairs[1]), (pairs[1], pairs[2]), (pairs[2], TRADER), (pairs[3], TRADER)];
    assert_eq!(receivers.collect::<Vec<_>>(), expected);
}

/// The token bought is spent on the way: it goes through the executor, which sends what is left.
#[test]
fn what_is_spent_later_goes_through_the_executor() {
    let million = 1_000_000;
    let market = market(3, &[(0, 1, million, million), (1, 2, million, million)]);
    let choices = [(0, true, 1, 0), (1, true, 0, 0)];
    let route = route_of(&market, &choices, 30_000, 0).unwrap();
    assert_eq!(route.token_out, 1.into());
    let bundle = check(&market, &route, TRADER).unwrap();
    let last = Erc20::transferCall::abi_decode_validate(&bundle.calls.last().unwrap().data);
    assert_eq!(last.unwrap().value, U256::from(route.amount_out.get()));
    for nobody in [Address::ZERO, of_number(1, 1)] {
        let refused = route.calldata(&market, nobody, 1).bundle(EXECUTOR);
        assert_eq!(refused, Err(CalldataError::Recipient { at: 2 }));
    }
    let own = check(&market, &route, EXECUTOR).unwrap();
    assert_eq!(own.calls.len() + 1, bundle.calls.len());
}

#[test]
fn a_pair_used_again_at_once_does_not_pay_itself() {
    let market = market(2, &[(0, 1, 1_000_000, 1_000_000)]);
    let route = route_of(&market, &[(0, true, 1, 0), (0, false, 1, 0)], 30_000, 1).unwrap();
    assert_eq!(route.token_in, route.token_out);
    assert_eq!(check(&market, &route, TRADER).unwrap().calls.len(), 4);
}

/// A pair's shares are a token as well: a pair that trades shares of the next one does not pay it.
#[test]
fn no_pair_pays_to_its_own_tokens() {
    let mut market = market(2, &[(0, 1, 1_000_000, 1_000_000)]);
    let second = of_number(2, 0);
    let shares = market.add_token(&second.to_string()).unwrap();
    let reserves = Reserves { reserve0: amount(1_000_000), reserve1: amount(1_000_000) };
    let pool = Pool::new(shares, 0.into(), Fee::UNISWAP_V2).unwrap();
    market.add_pool(&of_number(2, 9).to_string(), pool.with_reserves(reserves).unwrap()).unwrap();
    let legs = [(1, 9_000, 8_500), (0, 8_500, 8_000)];
    let tokens = [shares, 0.into(), 1.into()];
    let steps = [0, 1].map(|at| {
        let (pool, amount_in, amount_out): (u32, u128, u128) = legs[at];
        let [amount_in, amount_out] = [amount_in, amount_out].map(amount);
        let (token_in, token_out) = (tokens[at], tokens[at + 1]);
        Step { pool: pool.into(), token_in, amount_in, token_out, amount_out }
    });
    let route = Route {
        token_in: shares,
        token_out: 1.into(),
        amount_in: amount(9_000),
        amount_out: amount(8_000),
        steps: steps.to_vec(),
    };
    assert_eq!(check(&market, &route, TRADER).unwrap().calls.len(), 4);
}

#[test]
fn what_the_market_or_a_pair_refuses_is_no_bundle() {
    let (market, route) = split();
    let bundle = |route: &Route, account| route.calldata(&market, account, 1).bundle(EXECUTOR);
    let changed = |change: fn(&mut Route)| {
        let mut changed = route.clone();
        change(&mut changed);
        bundle(&changed, TRADER).map(|_| ()).unwrap_err()
    };
    let refused = changed(|route| route.steps.clear());
    assert_eq!(refused, CalldataError::Route(RouteError::Empty));
    let refused = changed(|route| route.amount_in = amount(29_999));
    assert!(matches!(refused, CalldataError::Route(RouteError::Overdrawn { at: 3, .. })));
    let refused = changed(|route| route.steps[3].amount_out = amount(20_000));
    assert!(matches!(refused, CalldataError::Route(RouteError::Step { at: 3, .. })));
    let refused = changed(|route| route.amount_out = amount(30_000));
    assert!(matches!(refused, CalldataError::Route(RouteError::InsufficientOutput { .. })));
    for (account, at) in [(Address::ZERO, 2), (of_number(1, 2), 2), (of_number(1, 0), 3)] {
        assert_eq!(bundle(&route, account), Err(CalldataError::Recipient { at }));
    }
    let calldata = route.calldata(&market, TRADER, 1);
    // A bundle may pay straight through; what comes back to the executor may not go to a token.
    assert!(calldata.bundle(of_number(1, 0)).is_ok());
}

#[test]
fn a_bundle_is_one_call_of_its_executor() {
    let (market, route) = split();
    let bundle = route.calldata(&market, TRADER, 1_598_766_666).bundle(EXECUTOR).unwrap();
    let call = bundle.call();
    assert_eq!((call.to, call.value), (EXECUTOR, Amount::ZERO));
    // The selector that solc gives `contracts/Executor.sol`.
    assert_eq!(call.data[..4], [0x25, 0x6f, 0xf6, 0xf5]);
    let made = Executor::executeCall::abi_decode_validate(&call.data).unwrap();
    assert_eq!(made.calls.len(), bundle.calls.len());
    for (made, call) in made.calls.iter().zip(&bundle.calls) {
        assert_eq!((made.target, made.value), (call.to.into(), U256::ZERO));
        assert_eq!(made.data, call.data);
    }
    assert_eq!((made.token, made.account), (bundle.token.into(), TRADER.into()));
    assert_eq!(made.leastOut, U256::from(route.amount_out.get()));
    assert_eq!(made.deadline, U256::from(1_598_766_666));
}
