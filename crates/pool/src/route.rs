//! Routes: ordered swaps with exact amounts, as plain data.

use std::collections::HashMap;

use cenote_kernel::scalar;
use thiserror::Error;

use crate::amount::{Amount, AmountError};
use crate::fee::Fee;
use crate::id::{PoolId, TokenId};
use crate::market::Market;
use crate::path::Hop;
use crate::pool::Reserves;
use crate::swap::{Fill, Leg, SwapError};

/// The most steps that a route may have: 65,536.
pub const MAX_STEPS: usize = 1 << 16;

/// One fill of a route: pay exactly `amount_in` into `pool`, for at least `amount_out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Step {
    /// Where it swaps.
    pub pool: PoolId,
    /// What it pays with.
    pub token_in: TokenId,
    /// What it pays.
    pub amount_in: Amount,
    /// What it buys.
    pub token_out: TokenId,
    /// The least that it accepts.
    pub amount_out: Amount,
}

/// Ordered steps from one token to another, executed one after the other or not at all.
///
/// Plain data: anybody may write one. Whether it can be executed is what
/// [`Market::fill_route`] tells.
///
/// Each step spends exactly its `amount_in`, so a route of several steps holds for the state that
/// it was made on. Where others may trade in between, take the path's hops
/// ([`Market::hops_of`]) and send an [`Order`](crate::Order) with a limit, of which each hop pays
/// with whatever the one before it bought.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[must_use = "a route does nothing until it is executed"]
pub struct Route {
    /// What the trader pays with.
    pub token_in: TokenId,
    /// What the trader buys.
    pub token_out: TokenId,
    /// What the trader pays.
    pub amount_in: Amount,
    /// The least that the trader accepts.
    pub amount_out: Amount,
    /// The swaps, in the order of execution.
    pub steps: Vec<Step>,
}

impl Route {
    /// The output less `slippage_pips` hundredths of a basis point, rounded down: a limit for an
    /// order along the same path. Nothing is left from 1,000,000 on.
    #[must_use]
    pub fn least_out(&self, slippage_pips: u32) -> Amount {
        let kept = u128::from(Fee::SCALE.saturating_sub(slippage_pips));
        let least = scalar::mul_div_floor(self.amount_out.get(), kept, Fee::SCALE.into());
        least.and_then(|least| Amount::new(least).ok()).unwrap_or_default()
    }

    /// The input and `slippage_pips` hundredths of a basis point more, rounded up: a limit for an
    /// order of an exact output along the same path.
    ///
    /// # Errors
    ///
    /// [`AmountError`] above 2^112 - 1.
    pub fn most_in(&self, slippage_pips: u32) -> Result<Amount, AmountError> {
        let parts = u128::from(Fee::SCALE).saturating_add(slippage_pips.into());
        let most = scalar::mul_div_ceil(self.amount_in.get(), parts, Fee::SCALE.into());
        most.map_or(Err(AmountError), Amount::new)
    }
}

/// What a route does: a fill for each step, and what the trader then holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteFill {
    /// What each step does, in order.
    pub fills: Vec<Fill>,
    /// What is left of every token that the route touched, in the order of first use; tokens of
    /// which nothing is left are not listed.
    pub holdings: Vec<(TokenId, Amount)>,
}

/// Why a route cannot be executed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RouteError {
    /// There is no step.
    #[error("a route needs at least one step")]
    Empty,
    /// There are more than [`MAX_STEPS`] steps.
    #[error("a route of {steps} steps, the limit is {MAX_STEPS}")]
    TooManySteps {
        /// The number of steps given.
        steps: usize,
    },
    /// A step spends more of a token than the steps before it have left.
    #[error("step {at} spends {amount_in} where {held} is held")]
    Overdrawn {
        /// Which step, counted from 0.
        at: usize,
        /// What it would spend.
        amount_in: Amount,
        /// What there is.
        held: Amount,
    },
    /// A pool refuses a step.
    #[error("step {at}: {error}")]
    Step {
        /// Which step, counted from 0.
        at: usize,
        /// Its reason.
        error: SwapError,
    },
    /// A step names an output token that its pool does not give for its input token.
    #[error("step {at} does not buy the token it names")]
    WrongToken {
        /// Which step, counted from 0.
        at: usize,
    },
    /// The steps leave less than the route promises.
    #[error("the route leaves {amount_out}, less than the minimum {amount_out_min}")]
    InsufficientOutput {
        /// What is left of the token bought.
        amount_out: Amount,
        /// What the route promises.
        amount_out_min: Amount,
    },
}

/// How much a step takes from its pool.
#[derive(Debug, Clone, Copy)]
enum Take {
    /// All that its input buys.
    All,
    /// Its `amount_out`.
    Exactly,
}

/// Amounts by token, in the order of first use.
#[derive(Debug, Default)]
struct Holdings {
    amounts: Vec<(TokenId, Amount)>,
    places: HashMap<TokenId, usize>,
}

impl Holdings {
    fn held(&self, token: TokenId) -> Amount {
        let amount = self.places.get(&token).and_then(|place| self.amounts.get(*place));
        amount.map_or(Amount::ZERO, |(_, amount)| *amount)
    }

    fn set(&mut self, token: TokenId, amount: Amount) {
        let place = *self.places.entry(token).or_insert(self.amounts.len());
        match self.amounts.get_mut(place) {
            Some((_, held)) => *held = amount,
            None => self.amounts.push((token, amount)),
        }
    }
}

impl Market {
    /// What a route would do, from a trader who holds exactly its `amount_in`.
    ///
    /// Each step spends exactly its `amount_in` and takes all that its pool gives, at least its
    /// `amount_out`. A pool used again is seen as the earlier step left it. Nothing of the
    /// market changes.
    ///
    /// # Errors
    ///
    /// [`RouteError`]: the first step that cannot be, in order.
    pub fn fill_route(&self, route: &Route) -> Result<RouteFill, RouteError> {
        self.run_route(route, Take::All)
    }

    /// What a route would do if each step took exactly its `amount_out`, judged by each pool's
    /// rule ([`Pool::fill_exact`](crate::Pool::fill_exact)) whoever computed the amounts.
    ///
    /// # Errors
    ///
    /// [`RouteError`]: the first step that cannot be, in order.
    pub fn judge_route(&self, route: &Route) -> Result<RouteFill, RouteError> {
        self.run_route(route, Take::Exactly)
    }

    fn run_route(&self, route: &Route, take: Take) -> Result<RouteFill, RouteError> {
        if route.steps.is_empty() {
            return Err(RouteError::Empty);
        }
        if MAX_STEPS < route.steps.len() {
            return Err(RouteError::TooManySteps { steps: route.steps.len() });
        }
        let mut holdings = Holdings::default();
        holdings.set(route.token_in, route.amount_in);
        let mut fills = Vec::with_capacity(route.steps.len());
        let mut used = HashMap::new();
        for (at, step) in route.steps.iter().enumerate() {
            let held = holdings.held(step.token_in);
            let amount_in = step.amount_in;
            let rest =
                held.checked_sub(amount_in).ok_or(RouteError::Overdrawn { at, amount_in, held })?;
            let fill = self.fill_step(at, step, (take, used.get(&step.pool)))?;
            used.insert(step.pool, fill.reserves);
            holdings.set(step.token_in, rest);
            let overflow = RouteError::Step { at, error: SwapError::ReserveOverflow };
            let bought = holdings.held(step.token_out).checked_add(fill.amount_out);
            holdings.set(step.token_out, bought.ok_or(overflow)?);
            fills.push(fill);
        }
        let (amount_out, amount_out_min) = (holdings.held(route.token_out), route.amount_out);
        if amount_out < amount_out_min {
            return Err(RouteError::InsufficientOutput { amount_out, amount_out_min });
        }
        holdings.amounts.retain(|(_, amount)| !amount.is_zero());
        Ok(RouteFill { fills, holdings: holdings.amounts })
    }

    /// Executes a route on the market's numbers: all of it or nothing.
    ///
    /// A step that names less than its input buys takes all that it buys, where a pair on a chain
    /// pays exactly what it is told: see [`judge_route`](Self::judge_route) and
    /// [`execute_exactly`](Self::execute_exactly).
    ///
    /// # Errors
    ///
    /// Those of [`fill_route`](Self::fill_route); the market is then as it was.
    pub fn execute(&mut self, route: &Route) -> Result<RouteFill, RouteError> {
        let done = self.fill_route(route)?;
        self.settle_route(route, &done);
        Ok(done)
    }

    /// Executes a route on the market's numbers as pairs on a chain do that are told its amounts:
    /// each step takes exactly its `amount_out`. All of it or nothing.
    ///
    /// # Errors
    ///
    /// Those of [`judge_route`](Self::judge_route); the market is then as it was.
    pub fn execute_exactly(&mut self, route: &Route) -> Result<RouteFill, RouteError> {
        let done = self.judge_route(route)?;
        self.settle_route(route, &done);
        Ok(done)
    }

    fn settle_route(&mut self, route: &Route, done: &RouteFill) {
        for (step, fill) in route.steps.iter().zip(&done.fills) {
            self.settle(step.pool, fill);
        }
    }

    /// The route along a path, for an exact input.
    ///
    /// # Errors
    ///
    /// Those of [`fill_path_exact_in`](Self::fill_path_exact_in).
    pub fn route_exact_in(&self, hops: &[Hop], amount_in: Amount) -> Result<Route, SwapError> {
        let mut fills = vec![Fill::default(); hops.len().min(crate::MAX_HOPS)];
        self.fill_path_exact_in(hops, amount_in, &mut fills)?;
        let legs = fills.iter().map(Leg::from).collect::<Vec<_>>();
        self.route_of(hops, &legs)
    }

    /// The route along a path, for an exact output.
    ///
    /// # Errors
    ///
    /// Those of [`fill_path_exact_out`](Self::fill_path_exact_out).
    pub fn route_exact_out(&self, hops: &[Hop], amount_out: Amount) -> Result<Route, SwapError> {
        let mut fills = vec![Fill::default(); hops.len().min(crate::MAX_HOPS)];
        self.fill_path_exact_out(hops, amount_out, &mut fills)?;
        let legs = fills.iter().map(Leg::from).collect::<Vec<_>>();
        self.route_of(hops, &legs)
    }

    /// The hops of a route whose steps are one path.
    ///
    /// # Errors
    ///
    /// `UnknownPool`, `TokenNotInPool`, or `Path` where there is no step, or the steps do not lead
    /// one by one from the token paid to the token bought, as in a route that splits.
    pub fn hops_of(&self, route: &Route) -> Result<Vec<Hop>, SwapError> {
        let mut given = route.token_in;
        let steps = route.steps.iter().enumerate();
        let hops = steps.map(|(at, step)| {
            let pool = step.pool;
            let entry = self.pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
            let direction = entry.direction(step.token_in)?;
            let given_out = entry.tokens(direction).1;
            if given != step.token_in || given_out != step.token_out {
                return Err(crate::PathError::Disconnected { at }.into());
            }
            given = given_out;
            Ok(Hop { pool, direction })
        });
        let hops = hops.collect::<Result<Vec<_>, SwapError>>()?;
        if hops.is_empty() {
            return Err(crate::PathError::Empty.into());
        }
        if given != route.token_out {
            return Err(crate::PathError::Disconnected { at: hops.len() }.into());
        }
        Ok(hops)
    }

    /// A path and the amounts of its swaps as a route.
    ///
    /// # Errors
    ///
    /// `Path` where there is no hop, or not a leg for each; `UnknownPool`.
    pub fn route_of(&self, hops: &[Hop], legs: &[Leg]) -> Result<Route, SwapError> {
        if hops.len() != legs.len() {
            let (hops, legs) = (hops.len(), legs.len());
            return Err(SwapError::Path(crate::PathError::Uneven { hops, legs }));
        }
        let step = |(hop, leg): (&Hop, &Leg)| {
            let pool =
                self.pool(hop.pool).map_err(|_| SwapError::UnknownPool { pool: hop.pool })?;
            let (token_in, token_out) = pool.tokens(hop.direction);
            let Leg { amount_in, amount_out } = *leg;
            Ok(Step { pool: hop.pool, token_in, amount_in, token_out, amount_out })
        };
        let steps = hops.iter().zip(legs).map(step).collect::<Result<Vec<_>, SwapError>>()?;
        match (steps.first(), steps.last()) {
            (Some(first), Some(last)) => Ok(Route {
                token_in: first.token_in,
                token_out: last.token_out,
                amount_in: first.amount_in,
                amount_out: last.amount_out,
                steps,
            }),
            _ => Err(SwapError::Path(crate::PathError::Empty)),
        }
    }

    /// The fill of one step, in a pool that an earlier step may have left with other reserves.
    fn fill_step(
        &self,
        at: usize,
        step: &Step,
        (take, left): (Take, Option<&Reserves>),
    ) -> Result<Fill, RouteError> {
        let refused = |error| RouteError::Step { at, error };
        let mut pool = *self
            .pool(step.pool)
            .map_err(|_| refused(SwapError::UnknownPool { pool: step.pool }))?;
        if let Some(reserves) = left {
            pool.settle(*reserves);
        }
        let direction = pool.direction(step.token_in).map_err(refused)?;
        let Step { amount_in, amount_out, .. } = *step;
        let fill = match take {
            Take::All => {
                pool.fill_exact_in(direction, amount_in).and_then(|fill| fill.at_least(amount_out))
            }
            Take::Exactly => pool.fill_exact(direction, amount_in, amount_out),
        };
        let fill = fill.map_err(refused)?;
        if pool.tokens(direction).1 != step.token_out {
            return Err(RouteError::WrongToken { at });
        }
        Ok(fill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Exact, Order, Pool};

    fn market() -> (Market, [PoolId; 2]) {
        let mut market = Market::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| market.add_token(name).unwrap());
        let reserves = Reserves { reserve0: 1_000_000_u64.into(), reserve1: 2_000_000_u64.into() };
        let pools = [("ab", a, b), ("bc", b, c)].map(|(name, token0, token1)| {
            let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
            market.add_pool(name, pool.with_reserves(reserves).unwrap()).unwrap()
        });
        (market, pools)
    }

    /// Somebody trades between the route and its execution: the route is refused, an order along
    /// its hops goes through within its limit.
    #[test]
    fn an_order_along_a_route_bears_what_others_trade() {
        let (mut market, [first, second]) = market();
        let hops = [first, second].map(|pool| Hop { pool, direction: Direction::ZeroForOne });
        let route = market.route_exact_in(&hops, 1000_u64.into()).unwrap();
        assert_eq!(market.hops_of(&route), Ok(hops.to_vec()));
        let a = market.token("a").unwrap();
        market.swap_exact_in(first, a, 500_u64.into(), Amount::ZERO).unwrap();
        assert!(matches!(market.execute(&route), Err(RouteError::Step { at: 0, .. })));
        let limit = route.least_out(5_000);
        assert_eq!(limit.get(), route.amount_out.get() * 995 / 1000);
        let order = Order { exact: Exact::In, amount: route.amount_in, limit, hops: &hops };
        let leg = market.run_order(order).unwrap();
        assert!(limit <= leg.amount_out && leg.amount_out < route.amount_out);
        assert_eq!(route.least_out(0), route.amount_out);
        assert_eq!(route.least_out(u32::MAX), Amount::ZERO);
    }

    #[test]
    fn the_most_input_is_rounded_up_and_bounded() {
        let (_, route) = split();
        let most_in = |amount_in: Amount, slippage_pips| {
            let most = Route { amount_in, ..route.clone() }.most_in(slippage_pips);
            most.map(Amount::get)
        };
        assert_eq!(most_in(1_001_u64.into(), 0), Ok(1_001));
        assert_eq!(most_in(1_000_u64.into(), 5_000), Ok(1_005));
        // 1,006.005 and 1.000001.
        assert_eq!(most_in(1_001_u64.into(), 5_000), Ok(1_007));
        assert_eq!(most_in(1_u64.into(), 1), Ok(2));
        assert_eq!(most_in(Amount::MAX, 0), Ok(Amount::MAX.get()));
        assert_eq!(most_in(Amount::MAX, 1), Err(AmountError));
        assert_eq!(most_in(Amount::MAX, u32::MAX), Err(AmountError));
        assert_eq!(most_in(Amount::ZERO, u32::MAX), Ok(0));
    }

    #[test]
    fn a_route_that_is_no_path_has_no_hops() {
        let (market, [first, _]) = market();
        let hops = [Hop { pool: first, direction: Direction::ZeroForOne }];
        let mut route = market.route_exact_in(&hops, 1000_u64.into()).unwrap();
        route.steps.push(route.steps[0]);
        let apart = |at| Err(crate::PathError::Disconnected { at }.into());
        assert_eq!(market.hops_of(&route), apart(1));
        route.steps.pop();
        let elsewhere = Route { token_out: market.token("c").unwrap(), ..route.clone() };
        assert_eq!(market.hops_of(&elsewhere), apart(1));
        route.steps[0].token_out = market.token("c").unwrap();
        assert_eq!(market.hops_of(&route), apart(0));
        route.steps.clear();
        assert_eq!(market.hops_of(&route), Err(crate::PathError::Empty.into()));
    }

    /// 900 of 1,000 in two parts through a/b, and all that they buy through b/c.
    fn split() -> (Market, Route) {
        let (market, [first, second]) = market();
        let [a, b, c] = ["a", "b", "c"].map(|name| market.token(name).unwrap());
        let step = |(pool, token_in, token_out, paid, bought): (_, _, _, u64, u64)| Step {
            pool,
            token_in,
            amount_in: paid.into(),
            token_out,
            amount_out: bought.into(),
        };
        let steps = [(first, a, b, 600, 1195), (first, a, b, 300, 597), (second, b, c, 1792, 3566)];
        let (amount_in, amount_out) = (1000_u64.into(), 3566_u64.into());
        let steps = steps.map(step).to_vec();
        (market, Route { token_in: a, token_out: c, amount_in, amount_out, steps })
    }

    #[test]
    fn what_a_route_leaves_is_listed_in_the_order_of_first_use() {
        let (market, route) = split();
        let done = market.fill_route(&route).unwrap();
        let left = [(route.token_in, 100_u64.into()), (route.token_out, 3566_u64.into())];
        assert_eq!(done.holdings, left, "nothing is left of b");
        let bought = done.fills.iter().map(|fill| fill.amount_out.get());
        assert_eq!(bought.collect::<Vec<_>>(), [1195, 597, 3566]);
        assert_eq!(market.judge_route(&route), Ok(done));
    }

    #[test]
    fn a_route_promises_no_more_than_it_leaves() {
        let (market, mut route) = split();
        let amount_out = route.amount_out;
        for less in [0_u64, 3565] {
            route.amount_out = less.into();
            assert!(market.fill_route(&route).is_ok(), "{less}");
        }
        route.amount_out = 3567_u64.into();
        let refused =
            RouteError::InsufficientOutput { amount_out, amount_out_min: 3567_u64.into() };
        assert_eq!(market.fill_route(&route), Err(refused));
    }

    /// A step that names less takes all it can get, unless it is taken at its word.
    #[test]
    fn a_judged_step_takes_exactly_what_it_names() {
        let (market, mut route) = split();
        route.steps[0].amount_out = 1194_u64.into();
        assert_eq!(market.fill_route(&route).unwrap().fills[0].amount_out.get(), 1195);
        let (amount_in, held) = (1792_u64.into(), 1791_u64.into());
        let overdrawn = RouteError::Overdrawn { at: 2, amount_in, held };
        assert_eq!(market.judge_route(&route), Err(overdrawn));
        let mut what_if = market.clone();
        assert_eq!(what_if.execute_exactly(&route), Err(overdrawn));
        assert_eq!(what_if, market);
        let (amount_in, amount_out) = (600_u64.into(), 1196_u64.into());
        route.steps[0].amount_out = amount_out;
        let breaks_k = SwapError::BreaksK { amount_in, amount_out };
        let refused = RouteError::Step { at: 0, error: breaks_k };
        assert_eq!(market.judge_route(&route), Err(refused));
    }

    /// What a step does not take stays in its pool.
    #[test]
    fn a_step_that_is_executed_exactly_leaves_the_rest() {
        let (market, mut route) = split();
        let left = |market: &Market| market.pools().iter().map(Pool::reserves).collect::<Vec<_>>();
        let at = |reserve0: u64, reserve1: u64| Reserves {
            reserve0: reserve0.into(),
            reserve1: reserve1.into(),
        };
        route.steps.pop();
        (route.token_out, route.amount_out) = (route.steps[0].token_out, 1692_u64.into());
        (route.steps[0].amount_out, route.steps[1].amount_out) = (1095_u64.into(), 597_u64.into());
        let mut exactly = market.clone();
        let done = exactly.execute_exactly(&route).unwrap();
        let held = [(route.token_in, 100_u64.into()), (route.token_out, 1692_u64.into())];
        assert_eq!(done.holdings, held);
        assert_eq!(left(&exactly), [at(1_000_900, 1_998_308), at(1_000_000, 2_000_000)]);
        let mut all = market;
        all.execute(&route).unwrap();
        // 300 * 0.997 * 1,998,805 / (1,000,600 + 300 * 0.997) = 597.3
        assert_eq!(left(&all)[0], at(1_000_900, 1_998_208));
    }

    #[test]
    fn a_step_buys_the_token_that_it_names() {
        let (market, mut route) = split();
        route.steps[1].token_out = route.token_out;
        assert_eq!(market.fill_route(&route), Err(RouteError::WrongToken { at: 1 }));
        assert_eq!(market.judge_route(&route), Err(RouteError::WrongToken { at: 1 }));
    }

    #[test]
    fn a_route_has_at_least_one_step_and_at_most_so_many() {
        let (market, route) = split();
        let step = route.steps[0];
        let of = |steps: usize| Route { steps: vec![step; steps], ..route.clone() };
        assert_eq!(market.fill_route(&of(0)), Err(RouteError::Empty));
        let steps = MAX_STEPS + 1;
        assert_eq!(market.fill_route(&of(steps)), Err(RouteError::TooManySteps { steps }));
        // The most there may be are looked at: the second spends more than the first has left.
        let overdrawn =
            RouteError::Overdrawn { at: 1, amount_in: step.amount_in, held: 400_u64.into() };
        assert_eq!(market.fill_route(&of(MAX_STEPS)), Err(overdrawn));
    }
}
