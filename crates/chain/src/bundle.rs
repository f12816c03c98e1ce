//! [`Bundle`]: a route as the calls of its pairs, for a contract that makes them all or none.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::sol;
use cenote_pool::{Amount, Step};

use crate::address::Address;
use crate::calldata::{
    Call, Calldata, CalldataError, check_receiver, pool_address, token_address, wide,
};

mod abi {
    use super::sol;

    sol! {
        function transfer(address to, uint256 amount) returns (bool);
        function swap(uint256 amount0_out, uint256 amount1_out, address to, bytes data);

        struct Call {
            address target;
            uint256 value;
            bytes data;
        }
        function execute(Call[] calls, address token, address account, uint256 least_out, uint256 deadline);
    }
}

/// The calls of a route's pairs, to be made by one contract in order, all of them or none.
///
/// Whoever makes them must hold what the route pays, and must see to what the calls themselves do
/// not: the deadline, that each call succeeds, that a token does not answer false, and that the
/// account then has as much more as it should. `contracts/Executor.sol` does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bundle {
    /// Who makes the calls and pays.
    pub executor: Address,
    /// Payments to pairs, and their swaps, in order.
    pub calls: Vec<Call>,
    /// The token bought.
    pub token: Address,
    /// Who receives it.
    pub account: Address,
    /// By how much, at least, the account's balance of it must then have grown.
    pub least_out: Amount,
    /// Until when, in seconds.
    pub deadline: u64,
}

/// Where a step swaps, and what.
#[derive(Debug, Clone, Copy)]
struct Place {
    pair: Address,
    token_in: Address,
    token_out: Address,
}

impl Bundle {
    /// The call of `Executor.execute` that makes this bundle's calls; its owner sends it.
    ///
    /// Source: `contracts/Executor.sol`.
    pub fn call(&self) -> Call {
        let calls = self.calls.iter().map(|call| abi::Call {
            target: call.to.into(),
            value: wide(call.value),
            data: call.data.clone(),
        });
        let execute = abi::executeCall {
            calls: calls.collect(),
            token: self.token.into(),
            account: self.account.into(),
            least_out: wide(self.least_out),
            deadline: U256::from(self.deadline),
        };
        Call::new(self.executor, &execute)
    }
}

impl Calldata<'_> {
    /// The route, which may split, as calls of its pairs by an executor: to each pair exactly the
    /// step's `amount_in`, and from it exactly its `amount_out`.
    ///
    /// Where one step's output is exactly the input of the next one, in another pool, its pair
    /// sends it there; what is bought and not spent later goes to the recipient, all else through
    /// the executor, which sends the recipient the rest of the token bought at the end and keeps
    /// what is left of others. A pair whose state has moved against the trader refuses
    /// (`UniswapV2Pair: K`), and with it the whole; where it has moved in favour, the pair keeps
    /// the difference. Tokens that take a tax are refused by the pairs or by the least output.
    ///
    /// An executor that is itself the recipient, of the token that it pays, gains the difference:
    /// that is then the least output. Which token is a pair's first follows from the addresses, in
    /// whichever order the market has them. The native coin is not wrapped on the way: the route
    /// pays and buys tokens.
    ///
    /// Source: `UniswapV2Pair.swap`.
    ///
    /// # Errors
    ///
    /// [`CalldataError`]: `Route` where the market as it is refuses it; `PoolName`, `TokenName`,
    /// `Recipient`, `Loss`.
    pub fn bundle(&self, executor: Address) -> Result<Bundle, CalldataError> {
        let Self { route, market, to: account, deadline } = *self;
        let holdings = market.judge_route(route)?.holdings;
        let places = route.steps.iter().map(|step| self.place(step));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let is_pair = |at: Address| places.iter().any(|place| place.pair == at);
        if executor == Address::ZERO || is_pair(executor) || is_pair(account) {
            return Err(CalldataError::Recipient { at: route.steps.len() });
        }
        let token = token_address(market, route.token_out)?;
        let spent_last = route.steps.iter().rposition(|step| step.token_in == route.token_out);

        let held = holdings.iter().find(|(held, _)| *held == route.token_out);
        let mut rest = held.map_or(Amount::ZERO, |(_, amount)| *amount);
        let mut calls = Vec::with_capacity(route.steps.len().saturating_mul(2));
        let mut is_paid = false;
        let mut steps = route.steps.iter().zip(&places).enumerate().peekable();
        while let Some((at, (step, place))) = steps.next() {
            if !is_paid {
                calls.push(transfer(place.token_in, place.pair, step.amount_in));
            }
            let next = steps.peek().filter(|(_, next)| place.sends_on(step, *next));
            let is_kept =
                step.token_out == route.token_out && spent_last.is_none_or(|last| last < at);
            let to = match next {
                Some((_, (_, next))) => next.pair,
                None if is_kept => {
                    // What is not spent later is held at the end.
                    rest = rest.checked_sub(step.amount_out).unwrap_or_default();
                    account
                }
                None => executor,
            };
            is_paid = next.is_some();
            check_receiver(at, to, [place.token_in, place.token_out])?;
            calls.push(place.swap(step.amount_out, to));
        }
        if account != executor && !rest.is_zero() {
            check_receiver(route.steps.len(), account, [token; 2])?;
            calls.push(transfer(token, account, rest));
        }
        let least_out = self.least_gain(executor)?;
        Ok(Bundle { executor, calls, token, account, least_out, deadline })
    }

    fn place(&self, step: &Step) -> Result<Place, CalldataError> {
        Ok(Place {
            pair: pool_address(self.market, step.pool)?,
            token_in: token_address(self.market, step.token_in)?,
            token_out: token_address(self.market, step.token_out)?,
        })
    }

    /// By how much the recipient's balance of the token bought grows, at least.
    fn least_gain(&self, executor: Address) -> Result<Amount, CalldataError> {
        let (amount_in, amount_out) = (self.route.amount_in, self.route.amount_out);
        if self.to != executor || self.route.token_in != self.route.token_out {
            return Ok(amount_out);
        }
        amount_out.checked_sub(amount_in).ok_or(CalldataError::Loss { amount_in, amount_out })
    }
}

impl Place {
    /// Whether this step's pair may send its output straight to the next step's.
    fn sends_on(&self, step: &Step, (next_step, next): (&Step, &Self)) -> bool {
        step.token_out == next_step.token_in
            && step.amount_out == next_step.amount_in
            && self.pair != next.pair
            // A pair is a token as well, and no pair pays to its own tokens.
            && ![self.token_in, self.token_out].contains(&next.pair)
    }

    /// A pair's first token is the one with the smaller address.
    fn swap(&self, amount_out: Amount, to: Address) -> Call {
        let (amount0, amount1) = if self.token_out < self.token_in {
            (amount_out, Amount::ZERO)
        } else {
            (Amount::ZERO, amount_out)
        };
        let call = abi::swapCall {
            amount0_out: wide(amount0),
            amount1_out: wide(amount1),
            to: to.into(),
            data: Bytes::new(),
        };
        Call::new(self.pair, &call)
    }
}

fn transfer(token: Address, to: Address, amount: Amount) -> Call {
    Call::new(token, &abi::transferCall { to: to.into(), amount: wide(amount) })
}
