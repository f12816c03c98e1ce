//! [`Ledger`]: what a plan does, by the textbook and step by step.

use std::collections::{BTreeMap, BTreeSet};

use cenote_pool::{Direction, Exact, Market, PoolId, Route, Step, TokenId};
use num_bigint::BigUint;

use crate::question::Question;

/// Pools and a trader's balances, in integers that cannot overflow and formulas of its own.
#[derive(Debug, Clone)]
pub(crate) struct Ledger<'a> {
    market: &'a Market,
    /// The reserves of the pools that were used, as they are now.
    reserves: BTreeMap<PoolId, [BigUint; 2]>,
    balances: BTreeMap<TokenId, BigUint>,
}

impl<'a> Ledger<'a> {
    /// A trader who holds this much of one token, and the market's pools.
    pub(crate) fn new(market: &'a Market, token: TokenId, held: u128) -> Self {
        let balances = BTreeMap::from([(token, held.into())]);
        Self { market, reserves: BTreeMap::new(), balances }
    }

    /// What the trader holds of a token.
    pub(crate) fn balance(&self, token: TokenId) -> BigUint {
        self.balances.get(&token).cloned().unwrap_or_default()
    }

    /// One swap: `floor(a g y / (x 10^6 + a g))` at most, from what is held.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        let pool = self.market.pool(step.pool).map_err(|error| error.to_string())?;
        let direction = pool.direction(step.token_in).map_err(|error| error.to_string())?;
        if pool.tokens(direction).1 != step.token_out {
            return Err("the pool does not give the token named".to_owned());
        }
        let (paid, bought) =
            (BigUint::from(step.amount_in.get()), BigUint::from(step.amount_out.get()));
        let held = self.balance(step.token_in);
        if paid == BigUint::ZERO || held < paid {
            return Err(format!("spends {paid} where {held} is held"));
        }
        let kept = 1_000_000 - pool.fee(direction).pips();
        let [at_in, at_out] = match direction {
            Direction::ZeroForOne => [0, 1],
            Direction::OneForZero => [1, 0],
        };
        let reserves = pool.reserves();
        let before = || [reserves.reserve0, reserves.reserve1].map(|units| units.get().into());
        let reserves = self.reserves.entry(step.pool).or_insert_with(before);
        let traded = &paid * kept;
        let most = &traded * &reserves[at_out] / (&reserves[at_in] * 1_000_000_u32 + &traded);
        if most < bought {
            return Err(format!("takes {bought} of a pool that gives {most}"));
        }
        reserves[at_in] += &paid;
        reserves[at_out] -= &bought;
        if 112 < reserves[at_in].bits() {
            return Err("fills the pool above 2^112 - 1".to_owned());
        }
        self.balances.insert(step.token_in, held - &paid);
        *self.balances.entry(step.token_out).or_default() += bought;
        Ok(())
    }
}

/// Judges a route as the answer to a question: it can be executed in its order with no debt, and
/// does what it says. Gives what counts: the output less the charge for pools, or the input and it.
pub(crate) fn net(market: &Market, question: &Question, route: &Route) -> Result<BigUint, String> {
    let ends = (route.token_in, route.token_out) == (question.token_in, question.token_out);
    let fixed = match question.exact {
        Exact::In => route.amount_in == question.amount,
        Exact::Out => question.amount <= route.amount_out,
    };
    if !ends || !fixed {
        return Err("the route answers another question".to_owned());
    }
    let mut ledger = Ledger::new(market, route.token_in, route.amount_in.get());
    for (at, step) in route.steps.iter().enumerate() {
        ledger.step(step).map_err(|error| format!("step {at}: {error}"))?;
    }
    let (left, promised) = (ledger.balance(route.token_out), route.amount_out.get().into());
    let kept = match question.exact {
        Exact::In => left == promised,
        // An input rounded up may buy a little more.
        Exact::Out => promised <= left,
    };
    if !kept {
        return Err(format!("leaves {left}, and says {promised}"));
    }
    let pools = route.steps.iter().map(|step| step.pool).collect::<BTreeSet<_>>().len();
    let gas = BigUint::from(question.gas_per_pool.get()) * pools;
    match question.exact {
        // Who must sell does so at a loss, which counts as nothing.
        Exact::In => Ok(if gas < left { left - gas } else { BigUint::ZERO }),
        Exact::Out => Ok(gas + route.amount_in.get()),
    }
}
