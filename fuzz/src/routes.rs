//! Small markets: the best path against all simple paths, execution against quotes, and routes
//! that anybody may have written.

use cenote_pool::{
    Amount, Exact, Fill, Hop, Leg, Market, Order, Pool, PoolId, Reserves, Route, Step, TokenId,
};
use cenote_router::{Router, RoutingError};

use crate::finding::{holds, same};
use crate::input::Input;
use crate::{Finding, Verdict};

/// The names of the tokens.
const TOKENS: [&str; 4] = ["a", "b", "c", "d"];

/// The most pools of a market.
const POOLS_MAX: usize = 5;

/// The most pools in a row that are looked for.
const HOPS_MAX: usize = 3;

/// The most steps of a route that was made up.
const STEPS_MAX: usize = 6;

/// Asks a market for a best path, then gives it made-up orders and routes.
///
/// # Errors
///
/// [`Finding`]: the first thing that does not hold.
pub fn run(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let Some(mut market) = market(&mut input) else {
        return holds("a market can be made", false);
    };
    let router = Router::new(&market);
    for _ in 0..4 {
        match input.number::<u8>() {
            0..=127 => ask(&router, &mut market, &mut input)?,
            128..=191 => order(&mut market, &mut input)?,
            192..=255 => made_up(&mut market, &mut input)?,
        }
    }
    Ok(())
}

/// A market of up to five pools of four tokens, some of which may be empty.
fn market(input: &mut Input<'_>) -> Option<Market> {
    let mut market = Market::new();
    for name in TOKENS {
        market.add_token(name).ok()?;
    }
    let pools = usize::from(input.number::<u8>()).checked_rem(POOLS_MAX)?.saturating_add(1);
    for name in ["p", "q", "r", "s", "t"].into_iter().take(pools) {
        let tokens = input.number::<u8>();
        let (from, by) = (tokens & 3, (tokens >> 2).checked_rem(3)?.saturating_add(1));
        let to = from.wrapping_add(by) & 3;
        let [token0, token1] = [from, to].map(|token| TokenId::from(u32::from(token)));
        let pool = Pool::new(token0, token1, input.fees()).ok()?;
        let reserves = Reserves { reserve0: input.reserve(), reserve1: input.reserve() };
        let empty = 240 <= tokens;
        let pool = if empty { pool } else { pool.with_reserves(reserves).ok()? };
        market.add_pool(name, pool).ok()?;
    }
    Some(market)
}

fn token(input: &mut Input<'_>) -> TokenId {
    TokenId::from(u32::from(input.number::<u8>() & 3))
}

/// An amount, or a part of one of a pool's reserves.
fn amount(market: &Market, input: &mut Input<'_>) -> Amount {
    let pools = market.pools();
    let at = usize::from(input.number::<u8>()).checked_rem(pools.len()).unwrap_or(0);
    let reserves = pools.get(at).map(Pool::reserves).unwrap_or_default();
    input.amount(reserves.reserve0.min(reserves.reserve1).get())
}

/// A question for the best path.
#[derive(Debug, Clone, Copy)]
struct Question {
    exact: Exact,
    amount: Amount,
    from: TokenId,
    to: TokenId,
    max_hops: usize,
}

fn ask(router: &Router, market: &mut Market, input: &mut Input<'_>) -> Verdict {
    let kind = input.number::<u8>();
    let exact = if kind & 1 == 0 { Exact::In } else { Exact::Out };
    let max_hops = usize::from(kind >> 1).checked_rem(HOPS_MAX).unwrap_or(0).saturating_add(1);
    let (from, to) = (token(input), token(input));
    let question = Question { exact, amount: amount(market, input), from, to, max_hops };
    let before = market.clone();
    let answer = match exact {
        Exact::In => router.sell(market, from, question.amount).to(to),
        Exact::Out => router.buy(market, to, question.amount).from(from),
    };
    let answer = answer.max_hops(max_hops).best();
    same("asking changes nothing", market, &before)?;
    same("the best path is the best of all", &answer, &enumerated(market, question))?;
    answer.map_or(Ok(()), |route| execute(market, &route, question))
}

/// What a best route promised is what it does.
fn execute(market: &mut Market, route: &Route, question: Question) -> Verdict {
    let Question { exact, amount, to, .. } = question;
    let ends = (route.token_in, route.token_out) == (question.from, to);
    holds("the route leads from the one token to the other", ends)?;
    let quoted = market.fill_route(route);
    let done = market.execute(route);
    same("what is done is what was quoted", &done, &quoted)?;
    let Ok(done) = done else {
        return holds("a best route can be executed", false);
    };
    let held = done.holdings.iter().find(|(token, _)| *token == to);
    let held = held.map_or(Amount::ZERO, |(_, held)| *held);
    match exact {
        Exact::In => {
            same("all of the input is spent", &route.amount_in, &amount)?;
            same("the output is the promised one", &held, &route.amount_out)?;
            same("and nothing else is left", &done.holdings.len(), &1)
        }
        Exact::Out => {
            same("the output is the one wanted", &route.amount_out, &amount)?;
            holds("at least it is there", amount <= held)
        }
    }
}

/// The best route, by trying every simple path.
fn enumerated(market: &Market, question: Question) -> Result<Route, RoutingError> {
    let Question { amount, max_hops, from, to, .. } = question;
    if from == to {
        return Err(RoutingError::SameToken);
    }
    if amount.is_zero() {
        return Err(RoutingError::ZeroAmount);
    }
    let mut paths = Paths { market, question, connected: false, best: None };
    paths.extend(&mut Vec::with_capacity(max_hops), &mut vec![from]);
    if !paths.connected {
        return Err(RoutingError::Unconnected { max_hops });
    }
    paths.best.map(|(_, route)| route).ok_or(RoutingError::NoRoute { amount, max_hops })
}

/// What makes a path worse: what it takes or leaves, its length, the places of its pools.
type Rank = (u128, usize, Vec<PoolId>);

/// Paths that are tried, and the best one so far.
struct Paths<'a> {
    market: &'a Market,
    question: Question,
    connected: bool,
    best: Option<(Rank, Route)>,
}

impl Paths<'_> {
    /// Tries all simple paths that begin like this one, which visited these tokens.
    fn extend(&mut self, path: &mut Vec<Hop>, visited: &mut Vec<TokenId>) {
        let Some(token) = visited.last().copied() else { return };
        if token == self.question.to {
            return self.judge(path);
        }
        if path.len() == self.question.max_hops {
            return;
        }
        for (pool, state) in self.market.pools_with_id() {
            let Ok(direction) = state.direction(token) else { continue };
            let (_, to) = state.tokens(direction);
            if state.is_empty() || visited.contains(&to) {
                continue;
            }
            path.push(Hop { pool, direction });
            visited.push(to);
            self.extend(path, visited);
            visited.pop();
            path.pop();
        }
    }

    fn judge(&mut self, path: &[Hop]) {
        self.connected = true;
        let route = match self.question.exact {
            Exact::In => self.market.route_exact_in(path, self.question.amount),
            Exact::Out => self.market.route_exact_out(path, self.question.amount),
        };
        let Ok(route) = route else { return };
        let worse = match self.question.exact {
            Exact::In => Amount::MAX.get().saturating_sub(route.amount_out.get()),
            Exact::Out => route.amount_in.get(),
        };
        let key = (worse, path.len(), path.iter().map(|hop| hop.pool).collect());
        if self.best.as_ref().is_none_or(|(best, _)| key < *best) {
            self.best = Some((key, route));
        }
    }
}

/// An order along any hops, which may use a pool twice.
fn order(market: &mut Market, input: &mut Input<'_>) -> Verdict {
    let kind = input.number::<u8>();
    let hops = (0..(kind >> 4) & 3).map(|_| hop(input)).collect::<Vec<_>>();
    let exact = if kind & 1 == 0 { Exact::In } else { Exact::Out };
    let limit = if kind & 2 == 0 { input.amount(Amount::MAX.get()) } else { Amount::ZERO };
    let order = Order { exact, amount: amount(market, input), limit, hops: &hops };
    let before = market.clone();
    let mut fills = vec![Fill::default(); hops.len()];
    let quoted = market.fill_order(order, &mut fills);
    same("quoting changes nothing", market, &before)?;
    let done = market.run_order(order);
    same("an order is run if and only if it is quoted", &done.is_ok(), &quoted.is_ok())?;
    let Ok(leg) = done else {
        return same("a refusal changes nothing", market, &before);
    };
    one_by_one(&before, market, (&hops, &fills), leg)?;
    match exact {
        Exact::In => holds("the limit is kept", limit <= leg.amount_out),
        Exact::Out => holds("the limit is kept", leg.amount_in <= limit),
    }
}

fn hop(input: &mut Input<'_>) -> Hop {
    let pool = PoolId::from(u32::from(input.number::<u8>() & 7));
    Hop { pool, direction: input.direction() }
}

/// The fills, one after the other on a fork, lead to the same market.
fn one_by_one(
    before: &Market,
    after: &Market,
    (hops, fills): (&[Hop], &[Fill]),
    leg: Leg,
) -> Verdict {
    let mut fork = before.clone();
    for (hop, fill) in hops.iter().zip(fills) {
        let Ok(pool) = fork.pool(hop.pool) else {
            return holds("only pools of the market fill", false);
        };
        let judged = pool.fill_exact(hop.direction, fill.amount_in, fill.amount_out);
        same(
            "each fill passes the pool's rule",
            &judged.map(|fill| fill.reserves),
            &Ok(fill.reserves),
        )?;
        fork.settle(hop.pool, fill);
    }
    same("each hop sees what the one before it left", after, &fork)?;
    let ends =
        fills.first().zip(fills.last()).map(|(first, last)| (first.amount_in, last.amount_out));
    same("the ends are those of the fills", &ends, &Some((leg.amount_in, leg.amount_out)))
}

/// A route of any steps: splits, loops, and steps that spend what is not there.
fn made_up(market: &mut Market, input: &mut Input<'_>) -> Verdict {
    let (token_in, token_out) = (token(input), token(input));
    let amount_in = amount(market, input);
    let count = usize::from(input.number::<u8>()).checked_rem(STEPS_MAX).unwrap_or(0);
    let mut held = amount_in;
    let mut steps = Vec::with_capacity(count);
    let mut fork = market.clone();
    for _ in 0..count {
        steps.push(step(&mut fork, &mut held, input));
    }
    let amount_out = if input.number::<u8>() < 128 { Amount::ZERO } else { held };
    let route = Route { token_in, token_out, amount_in, amount_out, steps };
    let before = market.clone();
    let (quoted, judged) = (market.fill_route(&route), market.judge_route(&route));
    same("quoting changes nothing", market, &before)?;
    let done = market.execute(&route);
    same("what is done is what was quoted", &done, &quoted)?;
    let Ok(done) = done else {
        return same("a refusal changes nothing", market, &before);
    };
    let mut promised = route.steps.iter().zip(&done.fills);
    if promised.all(|(step, fill)| step.amount_out == fill.amount_out) {
        same("each pool's rule lets its own quotes through", &judged.as_ref(), &Ok(&done))?;
    }
    conserved(&before, market, (&route, &done.holdings))
}

/// One step of a route, from what the steps before it bought or from anything else.
fn step(fork: &mut Market, held: &mut Amount, input: &mut Input<'_>) -> Step {
    let hop = hop(input);
    let flaw = input.number::<u8>();
    let tokens = fork.pool(hop.pool).map(|pool| pool.tokens(hop.direction));
    let (token_in, token_out) = tokens.unwrap_or((TokenId::FIRST, TokenId::SECOND));
    let amount_in = input.amount(held.get());
    let fill = fork.swap_exact_in(hop.pool, token_in, amount_in, Amount::ZERO);
    let bought = fill.map(|fill| fill.amount_out).unwrap_or_default();
    *held = bought;
    let amount_out = if flaw < 240 { bought } else { input.amount(bought.get()) };
    let token_out = if flaw == 239 { token_in } else { token_out };
    Step { pool: hop.pool, token_in, amount_in, token_out, amount_out }
}

/// C1: of every token, what pools and trader hold after a route is what they held before it.
fn conserved(
    before: &Market,
    after: &Market,
    (route, holdings): (&Route, &[(TokenId, Amount)]),
) -> Verdict {
    for token in before.tokens() {
        let paid = if token == route.token_in { route.amount_in.get() } else { 0 };
        let had = sum(before, token)?.checked_add(paid);
        let kept = holdings.iter().filter(|(held, _)| *held == token);
        let kept = kept.map(|(_, amount)| amount.get()).sum::<u128>();
        same("C1: no unit comes or goes", &sum(after, token)?.checked_add(kept), &had)?;
    }
    Ok(())
}

/// What all pools hold of a token: at most five amounts, which fit.
fn sum(market: &Market, token: TokenId) -> Result<u128, Finding> {
    let held = market.pools().iter().filter_map(|pool| {
        let direction = pool.direction(token).ok()?;
        let Reserves { reserve0, reserve1 } = pool.reserves();
        let first = pool.tokens(direction).0 == pool.token0();
        Some(if first { reserve0 } else { reserve1 })
    });
    let sum = held.map(Amount::get).try_fold(0_u128, u128::checked_add);
    sum.ok_or_else(|| Finding::Other("five reserves fit".to_owned()))
}
