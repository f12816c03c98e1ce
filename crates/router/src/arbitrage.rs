//! [`Arbitrage`]: a circle of pools that gives back more than it takes; [`Circles`] finds them.
#![expect(clippy::float_arithmetic, reason = "a first guess, which integers decide on")]

use std::collections::HashSet;

use cenote_pool::{Amount, Direction, Fill, Hop, Market, Pool, PoolId, Route, TokenId};

use crate::curve::to_f64;
use crate::graph::Edge;
use crate::rounding::units;
use crate::router::{Router, RoutingError};

/// The most pools in a circle: 3.
pub const MAX_CIRCLE: usize = 3;

/// Steps towards a better input: more than twice as many as there are powers of two, so that only
/// the strangest roundings need more.
const MOST_TRIES: usize = 1_000;

/// The most outputs that are looked at one by one.
const MOST_OUTPUTS: usize = 256;

/// A circle of pools that gives back more of a token than it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arbitrage {
    /// The swaps, from the token to itself, with their exact amounts.
    pub route: Route,
    /// What is gained: `amount_out - amount_in` of the route.
    pub profit: Amount,
}

/// A question for the circles from a token to itself that gain something.
///
/// ```
/// use cenote_pool::{Fee, Market, Pool, Reserves};
/// use cenote_router::Router;
///
/// let mut market = Market::new();
/// let (weth, dai) = (market.add_token("weth")?, market.add_token("dai")?);
/// for (name, reserve1) in [("a", 4_000_000_u64), ("b", 4_200_000)] {
///     let reserves = Reserves { reserve0: 1_000_000_u64.into(), reserve1: reserve1.into() };
///     market.add_pool(name, Pool::new(weth, dai, Fee::UNISWAP_V2)?.with_reserves(reserves)?)?;
/// }
/// let router = Router::new(&market);
/// let [found] = &router.arbitrage(&market, weth).find()?[..] else { panic!() };
/// assert_eq!(found.profit, 229_u64.into());
/// let done = market.execute(&found.route)?;
/// assert!(router.arbitrage(&market, weth).find()?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a question that nobody asks"]
pub struct Circles<'a> {
    router: &'a Router,
    market: &'a Market,
    token: TokenId,
    through: Option<&'a [PoolId]>,
    without_pools: &'a [PoolId],
    max_hops: usize,
    gas: Amount,
}

impl Router {
    /// Asks for circles of pools from a token to itself that give back more than they take.
    pub fn arbitrage<'a>(&'a self, market: &'a Market, token: TokenId) -> Circles<'a> {
        Circles {
            router: self,
            market,
            token,
            through: None,
            without_pools: &[],
            max_hops: MAX_CIRCLE,
            gas: Amount::ZERO,
        }
    }
}

impl<'a> Circles<'a> {
    /// Only circles that use one of these pools, which a block or a swap has changed.
    pub fn through(self, pools: &'a [PoolId]) -> Self {
        Self { through: Some(pools), ..self }
    }

    /// Leaves out these pools.
    pub fn without_pools(self, pools: &'a [PoolId]) -> Self {
        Self { without_pools: pools, ..self }
    }

    /// Limits the pools of a circle; [`MAX_CIRCLE`] unless it is set.
    pub fn max_hops(self, max_hops: usize) -> Self {
        Self { max_hops, ..self }
    }

    /// What each pool used costs, in the token: circles that gain no more than that are left out.
    /// Nothing unless it is set. Profits do not contain it.
    pub fn gas_per_pool(self, gas: Amount) -> Self {
        Self { gas, ..self }
    }

    /// The circles that gain something, the best first; each as if it were the only one.
    ///
    /// A circle of pools is tried whenever its prices, fees included, multiply to more than one. Its
    /// input is where the derivative of what the pools would give without rounding is one, moved in
    /// whole units, by steps that halve down to one, for as long as exact quotes gain by it: no neighbour
    /// at such a distance is better. Where at most 256 outputs could be better all of them are looked
    /// at, and the input is the best; elsewhere nothing proves that. There are as many circles as there
    /// are ways: of pools side by side, the square of their number. Executed on the same state a route
    /// gains its profit to the unit.
    ///
    /// # Errors
    ///
    /// [`RoutingError`]: `UnknownToken`, `StaleGraph`; `HopLimit` unless it is 2 or 3.
    pub fn find(self) -> Result<Vec<Arbitrage>, RoutingError> {
        self.check()?;
        let all = || self.market.pools_with_id().map(|(id, _)| id).collect();
        let pools = self.through.map_or_else(all, <[PoolId]>::to_vec);
        let without = self.without_pools.iter().copied().collect::<HashSet<_>>();
        let circles = pools.iter().flat_map(|pool| self.circles(*pool, &without));
        let mut circles = circles.collect::<Vec<_>>();
        circles.sort_unstable_by_key(|hops| hops.iter().copied().map(key).collect::<Vec<_>>());
        circles.dedup();
        let found = circles.iter().filter_map(|hops| self.earn(hops));
        let mut found = found.collect::<Vec<_>>();
        found.sort_by_key(|arbitrage| core::cmp::Reverse(arbitrage.profit));
        Ok(found)
    }

    fn check(&self) -> Result<(), RoutingError> {
        let graph = &self.router.graph;
        if self.market.token_count() <= self.token.index() {
            return Err(RoutingError::UnknownToken { token: self.token });
        }
        if self.market.pools().len() != graph.pool_count()
            || self.market.token_count() != graph.token_count()
        {
            return Err(self.router.stale());
        }
        if !(2..=MAX_CIRCLE).contains(&self.max_hops) {
            return Err(RoutingError::HopLimit { max_hops: self.max_hops });
        }
        Ok(())
    }

    /// The circles through a pool whose prices multiply to more than one.
    fn circles(&self, pool: PoolId, without: &HashSet<PoolId>) -> Vec<Vec<Hop>> {
        let Ok(entry) = self.market.pool(pool) else { return Vec::new() };
        let mut circles = Vec::new();
        for direction in Direction::BOTH {
            let (from, to) = entry.tokens(direction);
            let hop = Hop { pool, direction };
            // Three pools leave room for two in a row only where the pool trades the token itself.
            let most =
                if [from, to].contains(&self.token) { self.max_hops.saturating_sub(1) } else { 1 };
            let afters = self.ways((to, self.token), most);
            for before in self.ways((self.token, from), most) {
                for after in &afters {
                    let hops = [&before[..], &[hop], &after[..]].concat();
                    if self.is_circle(&hops, without) && 1.0 < Mobius::of(self.market, &hops).gain()
                    {
                        circles.push(hops);
                    }
                }
            }
        }
        circles
    }

    /// The ways from one token to another by at most so many pools, one or two; none is needed where
    /// they are the same.
    fn ways(&self, (from, to): (TokenId, TokenId), most: usize) -> Vec<Vec<Hop>> {
        if from == to {
            return vec![Vec::new()];
        }
        let mut ways = self.between(from, to).map(|hop| vec![hop]).collect::<Vec<_>>();
        if most < 2 {
            return ways;
        }
        let graph = &self.router.graph;
        let [few, other] =
            if graph.edges(from).len() <= graph.edges(to).len() { [from, to] } else { [to, from] };
        for edge in graph.edges(few).iter().filter(|edge| edge.to != other) {
            for second in self.between(edge.to, other) {
                let way = if few == from {
                    vec![edge.hop(), second]
                } else {
                    vec![reverse(second), reverse(edge.hop())]
                };
                ways.push(way);
            }
        }
        ways
    }

    /// The pools between two tokens, found from the token with fewer pools.
    fn between(&self, from: TokenId, to: TokenId) -> impl Iterator<Item = Hop> {
        let graph = &self.router.graph;
        let turned = graph.edges(to).len() < graph.edges(from).len();
        let (at, other) = if turned { (to, from) } else { (from, to) };
        let edges = graph.edges(at).iter().filter(move |edge| edge.to == other);
        edges.map(Edge::hop).map(move |hop| if turned { reverse(hop) } else { hop })
    }

    /// Whether hops are a circle that may be used: not too long, no pool twice, none left out; and a
    /// circle in this market, which may join other tokens than the router's.
    fn is_circle(&self, hops: &[Hop], without: &HashSet<PoolId>) -> bool {
        let next = |token: Option<TokenId>, hop: &Hop| {
            let (token_in, token_out) = self.market.pool(hop.pool).ok()?.tokens(hop.direction);
            (token == Some(token_in)).then_some(token_out)
        };
        let is_new =
            |(at, hop): (usize, &Hop)| hops.iter().take(at).all(|earlier| earlier.pool != hop.pool);
        (2..=self.max_hops).contains(&hops.len())
            && hops.iter().enumerate().all(is_new)
            && !hops.iter().any(|hop| without.contains(&hop.pool))
            && hops.iter().fold(Some(self.token), next) == Some(self.token)
    }

    /// What a circle gains at its best, if that is more than its gas.
    fn earn(&self, hops: &[Hop]) -> Option<Arbitrage> {
        let amount_in = self.best_input(hops)?;
        let route = self.market.route_exact_in(hops, amount_in).ok()?;
        let profit = route.amount_out.checked_sub(route.amount_in)?;
        let pools = u128::try_from(hops.len()).ok()?;
        let gas = self.gas.get().checked_mul(pools)?;
        (gas < profit.get()).then_some(Arbitrage { route, profit })
    }

    /// The input that gains the most, as far as steps lead to it that double while they gain and
    /// halve where they do not.
    fn best_input(&self, hops: &[Hop]) -> Option<Amount> {
        let mut best = Amount::from_u64(1).max(Mobius::of(self.market, hops).best_input());
        let mut gain = self.gain(hops, best)?;
        let mut step = best.get().checked_next_power_of_two()?;
        for _ in 0..MOST_TRIES {
            let tries = [best.get().checked_sub(step), best.get().checked_add(step)];
            let tries = tries.into_iter().flatten().filter_map(|units| Amount::new(units).ok());
            let gains = tries.filter_map(|amount| Some((self.gain(hops, amount)?, amount)));
            match gains.max_by_key(|(gain, _)| *gain).filter(|(found, _)| gain < *found) {
                Some((found, amount)) => {
                    (gain, best, step) = (found, amount, step.saturating_mul(2));
                }
                None => step /= 2,
            }
            if step == 0 {
                break;
            }
        }
        Some(self.walk(hops, best, gain).unwrap_or(best))
    }

    /// The best of all inputs that could gain more than this one, if they lead to few outputs.
    ///
    /// Without rounding pools give at least as much, so inputs outside of where that gains more do
    /// not gain more. Of those inside only the least for each output can be the best.
    fn walk(&self, hops: &[Hop], mut best: Amount, mut gain: i128) -> Option<Amount> {
        let [from, to] = Mobius::of(self.market, hops).gains_more_than(gain)?;
        let mut out = self.out(hops, from);
        for _ in 0..MOST_OUTPUTS {
            let wanted = out.checked_add(Amount::from_u64(1));
            let least = wanted.and_then(|wanted| self.least_input(hops, wanted));
            // Where no input buys more there is nothing more to look at.
            let Some(least) = least.filter(|least| *least <= to) else { break };
            let Some(found) = self.gain(hops, least) else { break };
            if gain < found {
                (best, gain) = (least, found);
            }
            out = self.out(hops, least);
        }
        Some(best)
    }

    /// The least input that buys so much.
    fn least_input(&self, hops: &[Hop], amount_out: Amount) -> Option<Amount> {
        let mut fills = [Fill::default(); MAX_CIRCLE];
        let fills = fills.get_mut(..hops.len())?;
        self.market.fill_path_exact_out(hops, amount_out, fills).ok()?;
        fills.first().map(|fill| fill.amount_in)
    }

    /// What an input buys; nothing where it is dust to a pool on the way.
    fn out(&self, hops: &[Hop], amount_in: Amount) -> Amount {
        let mut fills = [Fill::default(); MAX_CIRCLE];
        let Some(fills) = fills.get_mut(..hops.len()) else { return Amount::ZERO };
        let done = self.market.fill_path_exact_in(hops, amount_in, fills);
        let last = fills.last().filter(|_| done.is_ok());
        last.map_or(Amount::ZERO, |fill| fill.amount_out)
    }

    /// What is left of an input after a circle, less the input; below zero for a loss.
    fn gain(&self, hops: &[Hop], amount_in: Amount) -> Option<i128> {
        let out = self.out(hops, amount_in);
        let [out, amount_in] = [out, amount_in].map(|amount| i128::try_from(amount.get()));
        out.ok()?.checked_sub(amount_in.ok()?)
    }
}

/// What pools in a row give without rounding: `most * a / (first + rest * a)` for an input `a`.
#[derive(Debug, Clone, Copy)]
struct Mobius {
    most: f64,
    first: f64,
    rest: f64,
}

impl Mobius {
    fn of(market: &Market, hops: &[Hop]) -> Self {
        let nothing = Self { most: 1.0, first: 1.0, rest: 0.0 };
        hops.iter().fold(nothing, |row, hop| match market.pool(hop.pool) {
            Ok(pool) => row.then(pool, hop.direction),
            Err(_) => Self { most: 0.0, ..row },
        })
    }

    /// With another pool behind it, which gives `y kept a / (x scale + kept a)`.
    fn then(self, pool: &Pool, direction: Direction) -> Self {
        let oriented = pool.reserves().oriented(direction);
        let fee = pool.fee(direction);
        let kept = f64::from(fee.kept()) / f64::from(fee.scale());
        let [x, y] = [oriented.reserve_in, oriented.reserve_out].map(|held| to_f64(held.get()));
        Self {
            most: self.most * kept * y,
            first: self.first * x,
            rest: self.rest * x + self.most * kept,
        }
    }

    /// What the first unit gives.
    fn gain(&self) -> f64 {
        self.most / self.first
    }

    /// Where the derivative is one.
    fn best_input(&self) -> Amount {
        units((self.most.sqrt() * self.first.sqrt() - self.first) / self.rest)
    }

    /// The least and the greatest input that may gain more than this, a little wider than they are.
    ///
    /// `most * a / (first + rest * a) - a = gain` is a square equation in `a`.
    fn gains_more_than(&self, gain: i128) -> Option<[Amount; 2]> {
        let gain = to_f64(u128::try_from(gain.max(0)).ok()?);
        let half = (self.most - self.first - self.rest * gain) / (2.0 * self.rest);
        let apart = (half * half - gain * self.first / self.rest).max(0.0).sqrt();
        let slack = half * 1e-9 + 2.0;
        Some([units((half - apart - slack).max(0.0)), units(half + apart + slack)])
    }
}

fn reverse(hop: Hop) -> Hop {
    Hop { direction: hop.direction.reverse(), ..hop }
}

/// The order of circles: by their pools.
fn key(hop: Hop) -> (PoolId, bool) {
    (hop.pool, hop.direction == Direction::ZeroForOne)
}
