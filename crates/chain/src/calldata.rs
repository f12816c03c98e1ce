//! [`Calldata`]: a route as what a transaction says, to a router contract or to an executor.

use std::collections::HashSet;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use cenote_pool::{Amount, Market, PoolId, Route, RouteError, SwapError, TokenId};
use thiserror::Error;

use crate::address::Address;
use crate::v2_router::V2Router;

sol! {
    function swapExactTokensForTokens(uint256 amount_in, uint256 amount_out_min, address[] path, address to, uint256 deadline);
    function swapTokensForExactTokens(uint256 amount_out, uint256 amount_in_max, address[] path, address to, uint256 deadline);
    function swapExactETHForTokens(uint256 amount_out_min, address[] path, address to, uint256 deadline);
    function swapTokensForExactETH(uint256 amount_out, uint256 amount_in_max, address[] path, address to, uint256 deadline);
    function swapExactTokensForETH(uint256 amount_in, uint256 amount_out_min, address[] path, address to, uint256 deadline);
    function swapETHForExactTokens(uint256 amount_out, address[] path, address to, uint256 deadline);
}

/// One call of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    /// The contract.
    pub to: Address,
    /// What is sent of the native coin, in its smallest unit.
    pub value: Amount,
    /// The function and its arguments.
    pub data: Bytes,
}

/// A route that is to be sent: by whom it is received, and until when.
///
/// The market is one whose pools and tokens are named by their addresses.
#[derive(Debug, Clone, Copy)]
pub struct Calldata<'a> {
    pub(crate) route: &'a Route,
    pub(crate) market: &'a Market,
    pub(crate) to: Address,
    pub(crate) deadline: u64,
}

/// Routes as calldata.
///
/// ```
/// use cenote_chain::{Address, ToCalldata, V2Router};
/// use cenote_pool::{Direction, Fee, Hop, Market, Pool, Reserves};
///
/// let mut market = Market::new();
/// let usdc = market.add_token("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48")?;
/// let weth = market.add_token("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2")?;
/// let reserves = Reserves { reserve0: 4_000_000_u64.into(), reserve1: 1_000_u64.into() };
/// let pool = Pool::new(usdc, weth, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
/// let pool = market.add_pool("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc", pool)?;
/// let hops = [Hop { pool, direction: Direction::OneForZero }];
/// let route = market.route_exact_in(&hops, 10_u64.into())?;
///
/// let me = "0x31c9f3f886da72fcf8a0f8d5090a6100579de79c".parse::<Address>()?;
/// let send = route.calldata(&market, me, 1_598_766_666);
/// let call = send.sell(&V2Router::UNISWAP_V2, route.least_out(5_000))?;
/// assert_eq!((call.to, &call.data[..4]), (V2Router::UNISWAP_V2.address, &[0x38, 0xed, 0x17, 0x39][..]));
///
/// let executor = "0x1111111111111111111111111111111111111111".parse::<Address>()?;
/// let bundle = send.bundle(executor)?;
/// assert_eq!(bundle.calls.len(), 2); // pays the pair, swaps
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ToCalldata {
    /// This route, of this market, for `to`, until `deadline` in seconds, the block at which
    /// counts.
    fn calldata<'a>(&'a self, market: &'a Market, to: Address, deadline: u64) -> Calldata<'a>;
}

impl ToCalldata for Route {
    fn calldata<'a>(&'a self, market: &'a Market, to: Address, deadline: u64) -> Calldata<'a> {
        Calldata { route: self, market, to, deadline }
    }
}

/// Why there is no calldata for a route, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalldataError {
    /// The market refuses the route as it is, and so would the chain.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The route is no path, and no router takes it: send a [`bundle`](Calldata::bundle).
    #[error("not one path: {0}")]
    NotAPath(#[from] SwapError),
    /// A step spends not all that the step before it bought, or the first one not all that the
    /// trader pays; a router always does.
    #[error("step {at} does not spend exactly what there is")]
    Remainder {
        /// Which step, counted from 0.
        at: usize,
    },
    /// A step uses the pool of an earlier one, which a router would see as it was before.
    #[error("step {at} uses a pool again")]
    RepeatedPool {
        /// Which step, counted from 0.
        at: usize,
    },
    /// The name of a pool is not its address.
    #[error("the name of {pool} is no address")]
    PoolName {
        /// The pool.
        pool: PoolId,
    },
    /// The name of a token is not its address.
    #[error("the name of {token} is no address")]
    TokenName {
        /// The token.
        token: TokenId,
    },
    /// The router uses another pair between the tokens of a step: not the one of its own factory.
    #[error("step {at} swaps in a pool that is not the router's pair of its tokens")]
    NotOfThisRouter {
        /// Which step, counted from 0.
        at: usize,
    },
    /// What a step buys would go to nobody, or to a token of its pool, as a pair may be that is
    /// next; the pair refuses (`INVALID_TO`). Or what the route buys would go to one of its pairs,
    /// from which anybody could take it (`skim`).
    #[error("step {at} cannot pay to the zero address, a token of its pool or a pair of the route")]
    Recipient {
        /// Which step, counted from 0; one more for the route's end and what an executor sends.
        at: usize,
    },
    /// Neither or both of the route's ends are the router's wrapped coin.
    #[error("not exactly one of the tokens paid and bought is the wrapped native coin")]
    NotNative,
    /// The account that pays is the one that receives, of the same token, and the route promises it
    /// less than it pays.
    #[error("the route promises {amount_out} for {amount_in} of the same token")]
    Loss {
        /// What is paid.
        amount_in: Amount,
        /// What is promised.
        amount_out: Amount,
    },
}

/// A path, for whom, until when.
type Arguments = (Vec<alloy_primitives::Address>, alloy_primitives::Address, U256);

/// Which end of a path is the native coin itself.
#[derive(Debug, Clone, Copy)]
enum Native {
    Paid,
    Bought,
}

impl Calldata<'_> {
    /// The call of a router that sells exactly `amount_in` of the route along its path, for at
    /// least `least_out`, usually [`Route::least_out`].
    ///
    /// What the pools give beyond that is the recipient's. The router must be allowed to take
    /// `amount_in` of the token from whoever sends this. It swaps along the path by the pairs' state
    /// at that time and by its own fee, whatever the steps' amounts are.
    ///
    /// Source: `UniswapV2Router02.swapExactTokensForTokens`.
    ///
    /// # Errors
    ///
    /// [`CalldataError`]: `NotAPath` to `Recipient`.
    pub fn sell(&self, router: &V2Router, least_out: Amount) -> Result<Call, CalldataError> {
        let (path, to, deadline) = self.arguments(router)?;
        let (amount_in, amount_out_min) = (wide(self.route.amount_in), wide(least_out));
        let call = swapExactTokensForTokensCall { amount_in, amount_out_min, path, to, deadline };
        Ok(Call::new(router.address, &call))
    }

    /// The call of a router that buys exactly `amount_out` of the route along its path, for at most
    /// `most_in`, usually [`Route::most_in`].
    ///
    /// The router must be allowed to take `most_in` of the token from whoever sends this, and takes
    /// what it computes: one unit more than the pair needs where a hop's division is exact. So a
    /// route of [`Market::route_exact_out`] may be refused by a unit where `most_in` is its
    /// `amount_in`; [`Market::fill_path_exact_out_v2_router`] has the router's own amounts.
    ///
    /// Source: `UniswapV2Router02.swapTokensForExactTokens`.
    ///
    /// # Errors
    ///
    /// [`CalldataError`]: `NotAPath` to `Recipient`.
    pub fn buy(&self, router: &V2Router, most_in: Amount) -> Result<Call, CalldataError> {
        let (path, to, deadline) = self.arguments(router)?;
        let (amount_out, amount_in_max) = (wide(self.route.amount_out), wide(most_in));
        let call = swapTokensForExactTokensCall { amount_out, amount_in_max, path, to, deadline };
        Ok(Call::new(router.address, &call))
    }

    /// [`sell`](Self::sell), where the end of the route that is the router's wrapped coin is the
    /// native coin itself: `amount_in` is sent with the call, or the recipient gets it.
    ///
    /// Source: `UniswapV2Router02.swapExactETHForTokens`, `swapExactTokensForETH`.
    ///
    /// # Errors
    ///
    /// [`CalldataError`]: `NotAPath` to `NotNative`.
    pub fn sell_native(&self, router: &V2Router, least_out: Amount) -> Result<Call, CalldataError> {
        let (path, to, deadline) = self.arguments(router)?;
        let (amount_in, amount_out_min) = (wide(self.route.amount_in), wide(least_out));
        Ok(match native_end(&path, router)? {
            Native::Paid => {
                let call = swapExactETHForTokensCall { amount_out_min, path, to, deadline };
                Call { value: self.route.amount_in, ..Call::new(router.address, &call) }
            }
            Native::Bought => {
                let call =
                    swapExactTokensForETHCall { amount_in, amount_out_min, path, to, deadline };
                Call::new(router.address, &call)
            }
        })
    }

    /// [`buy`](Self::buy), where the end of the route that is the router's wrapped coin is the
    /// native coin itself: `most_in` is sent with the call, of which the router sends back what it
    /// does not need, or the recipient gets it.
    ///
    /// Source: `UniswapV2Router02.swapETHForExactTokens`, `swapTokensForExactETH`.
    ///
    /// # Errors
    ///
    /// [`CalldataError`]: `NotAPath` to `NotNative`.
    pub fn buy_native(&self, router: &V2Router, most_in: Amount) -> Result<Call, CalldataError> {
        let (path, to, deadline) = self.arguments(router)?;
        let (amount_out, amount_in_max) = (wide(self.route.amount_out), wide(most_in));
        Ok(match native_end(&path, router)? {
            Native::Paid => {
                let call = swapETHForExactTokensCall { amount_out, path, to, deadline };
                Call { value: most_in, ..Call::new(router.address, &call) }
            }
            Native::Bought => {
                let call =
                    swapTokensForExactETHCall { amount_out, amount_in_max, path, to, deadline };
                Call::new(router.address, &call)
            }
        })
    }

    /// What the calls of a router end with: the path, for whom, until when.
    fn arguments(&self, router: &V2Router) -> Result<Arguments, CalldataError> {
        let Self { route, market, .. } = *self;
        market.hops_of(route)?;
        self.check_whole()?;
        let pairs = route.steps.iter().map(|step| pool_address(market, step.pool));
        let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        let tokens =
            [route.token_in].into_iter().chain(route.steps.iter().map(|step| step.token_out));
        let tokens = tokens.map(|token| token_address(market, token));
        let tokens = tokens.collect::<Result<Vec<_>, _>>()?;
        for (at, ([token_in, token_out], pair)) in tokens.array_windows().zip(&pairs).enumerate() {
            if *pair != router.pair_for(*token_in, *token_out) {
                return Err(CalldataError::NotOfThisRouter { at });
            }
        }
        if pairs.contains(&self.to) {
            return Err(CalldataError::Recipient { at: route.steps.len() });
        }
        // Each pair pays the next one.
        let receivers = pairs.iter().skip(1).chain([&self.to]);
        for (at, (sides, to)) in tokens.array_windows::<2>().zip(receivers).enumerate() {
            check_receiver(at, *to, *sides)?;
        }
        let path = tokens.into_iter().map(Into::into).collect();
        Ok((path, self.to.into(), U256::from(self.deadline)))
    }

    /// Checks that each step spends all that there is, in a pool of its own.
    fn check_whole(&self) -> Result<(), CalldataError> {
        let (mut given, mut used) = (self.route.amount_in, HashSet::new());
        for (at, step) in self.route.steps.iter().enumerate() {
            if step.amount_in != given {
                return Err(CalldataError::Remainder { at });
            }
            if !used.insert(step.pool) {
                return Err(CalldataError::RepeatedPool { at });
            }
            given = step.amount_out;
        }
        Ok(())
    }
}

/// Which end of a path is the router's wrapped coin.
fn native_end(
    path: &[alloy_primitives::Address],
    router: &V2Router,
) -> Result<Native, CalldataError> {
    let wrapped = router.wrapped.into();
    match (path.first() == Some(&wrapped), path.last() == Some(&wrapped)) {
        (true, false) => Ok(Native::Paid),
        (false, true) => Ok(Native::Bought),
        _ => Err(CalldataError::NotNative),
    }
}

impl Call {
    /// A call that sends nothing of the native coin.
    pub(crate) fn new(to: Address, call: &impl SolCall) -> Self {
        Self { to, value: Amount::ZERO, data: call.abi_encode().into() }
    }
}

/// Checks that a pair of these tokens pays to somebody.
pub(crate) fn check_receiver(
    at: usize,
    to: Address,
    sides: [Address; 2],
) -> Result<(), CalldataError> {
    if to == Address::ZERO || sides.contains(&to) {
        return Err(CalldataError::Recipient { at });
    }
    Ok(())
}

/// An amount as contracts count.
pub(crate) fn wide(amount: Amount) -> U256 {
    amount.into()
}

pub(crate) fn token_address(market: &Market, token: TokenId) -> Result<Address, CalldataError> {
    market.token_name(token).parse().map_err(|_| CalldataError::TokenName { token })
}

pub(crate) fn pool_address(market: &Market, pool: PoolId) -> Result<Address, CalldataError> {
    market.pool_name(pool).parse().map_err(|_| CalldataError::PoolName { pool })
}
