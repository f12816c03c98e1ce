//! [`Solver`]: from a question to a plan.
#![expect(
    clippy::float_arithmetic,
    reason = "floats choose what is tried, integers tell what it is worth"
)]

use std::time::Instant;

use cenote_pool::{Amount, Exact, Hop, MAX_HOPS, MAX_STEPS, Route, TokenId};

use crate::bound::{Trade, bound, bound_at};
use crate::curve::{Curve, to_f64};
use crate::draft::{Draft, trim};
use crate::dual::{Dual, UNRANKED};
use crate::graph::Graph;
use crate::hurdle::Hurdle;
use crate::plan::Plan;
use crate::polish::polish;
use crate::prices::root_of;
use crate::query::Query;
use crate::rounding::{Depths, Rounding, depths, ranks, units};
use crate::router::RoutingError;

/// Steps of Newton's method; more are needed only where arbitrage is everywhere.
const MOST_STEPS: usize = 100;

/// How far prices may move in the first step, relatively; each later one may move them twice as
/// far. Pools that begin to trade on the way are noticed before the prices have left them behind.
const FIRST_MOVE: f64 = 1e-4;

/// What rounding of the bound itself can make of it, relatively.
const BLUR: f64 = 1e-13;

/// A gap, relatively to the bound, that is worth a search of another kind.
const COARSE: f64 = 1e-7;

/// How far the price of the token paid falls, relatively, where no pool takes it.
const DRY: f64 = 1e-40;

/// How sharp the cost of a pool is made, step by step.
const WIDTHS: [f64; 6] = [4.0, 2.0, 1.4, 1.15, 1.05, 1.01];

/// How often a cost is set anew where its token's price moves.
const ROUNDS: usize = 3;

/// Changes of a set of pools that are tried.
const CHANGES: usize = 64;

/// Pools that are tried to be left out, or taken in, before a set is good enough.
const NEAREST: usize = 8;

#[derive(Debug)]
pub(crate) struct Solver<'s, 'a> {
    pub(crate) query: &'s Query<'a>,
    /// How many pools a unit may pass on its way.
    pub(crate) max_hops: Option<usize>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) curves: &'s [Curve],
    pub(crate) trade: Trade,
}

/// The best so far.
struct Best {
    draft: Option<Draft>,
    exact: Exact,
    max_hops: Option<usize>,
}

impl Best {
    /// How far it is from a bound.
    fn gap(&self, bound: Amount) -> f64 {
        let Some(draft) = &self.draft else { return f64::INFINITY };
        let [bound, paid, bought] =
            [bound, draft.amount_in, draft.amount_out].map(|units| to_f64(units.get()));
        let gas = to_f64(draft.gas);
        match self.exact {
            Exact::In => bound + gas - bought,
            Exact::Out => paid + gas - bound,
        }
    }

    /// Takes a draft that does something, keeps to the limit and is better; whether it was taken.
    fn offer(&mut self, draft: Option<Draft>) -> bool {
        let exact = self.exact;
        let (Some(draft), max_hops) = (draft, self.max_hops) else { return false };
        if draft.steps.is_empty()
            || draft.amount_out.is_zero()
            || max_hops.is_some_and(|most| most < draft.hops())
        {
            return false;
        }
        let is_better = self.draft.as_ref().is_none_or(|best| draft.beats(best, exact));
        if is_better {
            self.draft = Some(draft);
        }
        is_better
    }
}

impl Solver<'_, '_> {
    /// The best plan that begins from a path.
    pub(crate) fn plan(&self, path: &[Hop]) -> Result<Plan, RoutingError> {
        let Query { router, token_in, token_out, .. } = *self.query;
        let part = (&router.graph, self.curves);
        let mut dual = Dual::new(part, &router.fair, (token_in, token_out), path);
        self.solve(&mut dual, FIRST_MOVE);
        let mut best = Best { draft: None, exact: self.trade.exact, max_hops: self.max_hops };
        let mut proof = (bound_at(self.curves, &dual.roots, &self.trade), dual.roots.clone());
        best.offer(self.along(path));
        let free = self.draft(&dual);
        let is_long = |hops: &usize| free.as_ref().is_none_or(|draft| *hops < draft.hops());
        match self.max_hops.filter(is_long) {
            Some(hops) => self.level(&mut dual, hops, &mut best)?,
            None => _ = best.offer(free),
        }
        if !self.trade.gas.is_zero() {
            let mut dual = dual.clone();
            self.sharpen(&mut dual, &mut proof);
            self.choose(&mut dual, &mut best);
        }
        if self.max_hops.is_none() && self.is_far(&best, &proof) && !self.is_late() {
            // Arbitrage makes flows go round, and nothing flows round that begins with nothing.
            let ranks = ranks(&dual);
            dual.rank(ranks);
            self.solve(&mut dual, FIRST_MOVE);
            best.offer(self.draft(&dual));
        }
        if best.gap(proof.0) > COARSE * to_f64(proof.0.get()) && !self.is_late() {
            // A unit is worth much: exact amounts tell, not prices.
            if self.trade.exact == Exact::In && self.trade.gas.is_zero() {
                best.offer(polish(self.query.market, &dual, &self.trade));
            }
            let beside = match self.trade.exact {
                Exact::In => best.draft.as_ref().and_then(|draft| self.sell_beside(&dual, draft)),
                Exact::Out => self.buy_beside(&dual),
            };
            best.offer(beside);
            best.offer(self.path(self.query.max_hops));
        }
        self.answer(best, &proof.1)
    }

    /// Lets a unit pass so many pools at most, by ranks up to `hops`: once as many as what arrives
    /// at a token has passed in the mean, once in proportion to the longest way there, whichever is
    /// better.
    fn level(&self, dual: &mut Dual<'_>, hops: usize, best: &mut Best) -> Result<(), RoutingError> {
        let Query { router, token_in, token_out, .. } = *self.query;
        let [ahead, behind] =
            [token_in, token_out].map(|end| router.graph.hops_from(self.curves, end, hops));
        let of =
            |list: &[u32], token: TokenId| list.get(token.index()).copied().unwrap_or(UNRANKED);
        let top = u32::try_from(hops).unwrap_or(UNRANKED);
        if top < of(&ahead, token_out) {
            return Err(RoutingError::Unconnected { max_hops: hops });
        }
        let Depths { mean, scaled, .. } = depths(dual).scaled(top);
        let free = dual.clone();
        for depth in [mean, scaled] {
            let rank = |token: TokenId| {
                let (first, last) = (of(&ahead, token), top.saturating_sub(of(&behind, token)));
                let wanted = if token == token_out { top } else { of(&depth, token) };
                if first <= last { wanted.clamp(first, last) } else { UNRANKED }
            };
            let mut trial = free.clone();
            trial.rank(router.graph.tokens().map(rank).collect());
            self.solve(&mut trial, FIRST_MOVE);
            if best.offer(self.draft(&trial)) {
                *dual = trial;
            }
        }
        Ok(())
    }

    /// Whether a draft is further from the bound than rounding and a few pools' costs explain.
    fn is_far(&self, best: &Best, (bound, roots): &(Amount, Vec<f64>)) -> bool {
        let Some(draft) = &best.draft else { return true };
        let value = |token: TokenId| root_of(roots, token) * root_of(roots, token);
        let steps = draft.steps.iter().map(|step| value(step.token_out));
        let lost = steps.sum::<f64>() / value(self.trade.counted()) + 1.0;
        let [whole, gas] = [*bound, self.trade.gas].map(|units| to_f64(units.get()));
        lost + gas / 2.0 + whole * BLUR < best.gap(*bound)
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// The prices of the trade, among the pools that may take part.
    fn solve(&self, dual: &mut Dual<'_>, first_move: f64) {
        let amount = to_f64(self.trade.amount.get());
        match self.trade.exact {
            Exact::In => dual.supply = amount,
            Exact::Out => {
                dual.wanted = Some(amount);
                if dual.supply <= 0.0 {
                    dual.supply = amount / dual.rate();
                }
            }
        }
        minimise(dual, first_move, || self.is_late());
    }

    fn draft(&self, dual: &Dual<'_>) -> Option<Draft> {
        let supply = units(dual.supply.max(1.0));
        Draft::new(self.query.market, dual, &self.trade, supply)
    }

    /// All of it along one path.
    fn along(&self, path: &[Hop]) -> Option<Draft> {
        let amount = self.trade.amount;
        let route = match self.trade.exact {
            Exact::In => self.query.market.route_exact_in(path, amount).ok()?,
            Exact::Out => self.query.market.route_exact_out(path, amount).ok()?,
        };
        Some(Draft::of(route.steps, (route.amount_in, route.amount_out), &self.trade))
    }

    /// The best single path of so many pools.
    fn path(&self, max_hops: usize) -> Option<Draft> {
        let route = self.query.max_hops(max_hops).best().ok()?;
        Some(Draft::of(route.steps, (route.amount_in, route.amount_out), &self.trade))
    }

    /// A draft that buys its last whole unit with no more than that costs, and spends what is left on
    /// the best path beside it.
    fn sell_beside(&self, dual: &Dual<'_>, draft: &Draft) -> Option<Draft> {
        let amount = self.trade.amount;
        let mut steps = draft.steps.clone();
        let mut taken = steps.iter().map(|step| step.pool).collect::<Vec<_>>();
        let (needed, bought) = trim(self.query.market, dual, &mut steps, draft.amount_out)?;
        let rest = amount.checked_sub(needed).filter(|rest| !rest.is_zero())?;
        let route = self.query.rest(rest, &mut taken).best().ok()?;
        let output = bought.checked_add(route.amount_out)?;
        steps.extend(route.steps);
        Some(Draft::of(steps, (amount, output), &self.trade))
    }

    /// As many whole units as the input of these prices buys, at what they cost, and what is missing
    /// by the best path beside them.
    fn buy_beside(&self, dual: &Dual<'_>) -> Option<Draft> {
        let amount = self.trade.amount;
        let (mut steps, output) = Rounding::new(self.query.market, dual).spend(units(dual.supply));
        let mut taken = steps.iter().map(|step| step.pool).collect::<Vec<_>>();
        let (needed, bought) = trim(self.query.market, dual, &mut steps, output)?;
        let rest = amount.checked_sub(bought).filter(|rest| !rest.is_zero())?;
        let route = self.query.rest(rest, &mut taken).best().ok()?;
        let amounts = (needed.checked_add(route.amount_in)?, bought.checked_add(route.amount_out)?);
        steps.extend(route.steps);
        Some(Draft::of(steps, amounts, &self.trade))
    }

    /// Counts the cost of pools, more and more sharply, and keeps the best bound on the way.
    fn sharpen(&self, dual: &mut Dual<'_>, bound: &mut (Amount, Vec<f64>)) {
        let root = to_f64(self.trade.gas.get()).sqrt();
        let counted = self.counted();
        for width in WIDTHS {
            // An exact output counts the token paid, the price of which the step before has moved.
            for _ in 0..ROUNDS {
                dual.hurdle = Hurdle::new(root * dual.root_at(counted), width);
                self.solve(dual, FIRST_MOVE);
                if self.trade.exact == Exact::In {
                    break;
                }
            }
            let better = bound_at(self.curves, &dual.roots, &self.trade);
            let is_better = match self.trade.exact {
                Exact::In => better < bound.0,
                Exact::Out => bound.0 < better,
            };
            if is_better {
                *bound = (better, dual.roots.clone());
            }
        }
    }

    /// The place of the token that is counted.
    fn counted(&self) -> usize {
        match self.trade.exact {
            Exact::In => Dual::TO,
            Exact::Out => Dual::FROM,
        }
    }

    /// Chooses pools that are worth their cost: those that the dual wants, less those that do not
    /// earn their cost among these; then one more or one less, as long as that is better in whole
    /// units.
    fn choose(&self, dual: &mut Dual<'_>, best: &mut Best) {
        let smooth = core::mem::replace(&mut dual.hurdle, Hurdle::NONE);
        let mut wanted =
            dual.rows.iter().map(|row| (dual.earned(row), row.hop)).collect::<Vec<_>>();
        wanted.retain(|(earned, _)| smooth.pull(*earned).kind > 0);
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let wanted = wanted.into_iter().map(|(_, hop)| hop).collect::<Vec<_>>();
        let mut set = wanted.clone();
        while let Some((poor, draft)) = self.poor(dual, &set) {
            best.offer(draft);
            if poor.is_empty() || self.is_late() {
                break;
            }
            set.retain(|hop| !poor.contains(hop));
        }
        let mut tried = 0;
        while tried < CHANGES && !self.is_late() {
            let without = set.iter().rev().map(|hop| (false, *hop));
            let with = wanted.iter().filter(|hop| !set.contains(hop)).map(|hop| (true, *hop));
            let changes = with.take(NEAREST).chain(without.take(NEAREST)).collect::<Vec<_>>();
            let better = changes.into_iter().find_map(|(is_in, hop)| {
                let mut other = set.clone();
                if is_in {
                    other.push(hop);
                } else {
                    other.retain(|kept| *kept != hop);
                }
                tried = tried.saturating_add(1);
                let trial = self.among(dual, &other);
                best.offer(self.draft(&trial)).then(|| by_earnings(&trial))
            });
            match better {
                Some(better) => set = better,
                None => break,
            }
        }
    }

    /// The plan among some pools, and which of them do not earn their cost: all that earn less than
    /// a quarter, or else the one that earns least.
    fn poor(&self, dual: &Dual<'_>, set: &[Hop]) -> Option<(Vec<Hop>, Option<Draft>)> {
        if set.is_empty() {
            return None;
        }
        let trial = self.among(dual, set);
        let cost = to_f64(self.trade.gas.get()).sqrt() * trial.root_at(self.counted());
        let earnings =
            trial.rows.iter().map(|row| (trial.earned(row), row.hop)).collect::<Vec<_>>();
        let least = earnings.iter().map(|(earned, _)| *earned).fold(cost, f64::min);
        let limit = (cost / 4.0).max(least);
        let poor = earnings.iter().filter(|(earned, _)| *earned < cost && *earned <= limit);
        Some((poor.map(|(_, hop)| *hop).collect(), self.draft(&trial)))
    }

    /// The dual among some pools only.
    fn among<'d>(&self, dual: &Dual<'d>, set: &[Hop]) -> Dual<'d> {
        let mut trial = dual.clone();
        trial.keep(|row| set.contains(&row.hop));
        trial.is_closed = true;
        self.solve(&mut trial, 1.0);
        trial
    }

    /// The best draft with its proof; the best single path where there is none that can be executed.
    fn answer(&self, best: Best, roots: &[f64]) -> Result<Plan, RoutingError> {
        let Trade { token_in, token_out, exact, amount, .. } = self.trade;
        let max_hops = self.max_hops.unwrap_or(MAX_HOPS);
        let draft = best.draft.filter(|draft| self.is_executable(draft));
        let path = || self.path(max_hops);
        let refused = RoutingError::NoRoute { amount, max_hops };
        let Draft { steps, amount_in, amount_out, gas } = draft.or_else(path).ok_or(refused)?;
        let unit = roots.get(self.trade.counted().index()).copied().unwrap_or(1.0);
        let price = |root: &f64| {
            let price = (root / unit) * (root / unit);
            if price > 0.0 { price.clamp(PRICES.0, PRICES.1) } else { PRICES.0 }
        };
        let prices = roots.iter().map(price).collect::<Vec<_>>();
        // From the prices as they are given, so that they prove it.
        let bound = bound(self.curves, &prices, &self.trade);
        let route = Route { token_in, token_out, amount_in, amount_out, steps };
        let gas = Amount::new(gas).unwrap_or(Amount::MAX);
        Ok(Plan { route, exact, gas, bound, prices })
    }

    /// Whether the market takes the steps. Only where amounts come near to the largest can what a
    /// trader holds on the way pass it.
    fn is_executable(&self, draft: &Draft) -> bool {
        let large = Amount::MAX.get() / 8;
        let Draft { steps, amount_in, amount_out, .. } = draft;
        if steps.len() <= MAX_STEPS && steps.iter().all(|step| step.amount_out.get() < large) {
            return true;
        }
        let Trade { token_in, token_out, .. } = self.trade;
        let (amount_in, amount_out, steps) = (*amount_in, *amount_out, steps.clone());
        let route = Route { token_in, token_out, amount_in, amount_out, steps };
        self.query.market.fill_route(&route).is_ok()
    }
}

/// Prices that are given are in here: positive and finite.
const PRICES: (f64, f64) = (1e-120, 1e120);

/// The pools that trade, those that earn most first.
fn by_earnings(dual: &Dual<'_>) -> Vec<Hop> {
    let mut rows = dual.rows.iter().map(|row| (dual.earned(row), row.hop)).collect::<Vec<_>>();
    rows.retain(|(earned, _)| *earned > 0.0);
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    rows.into_iter().map(|(_, hop)| hop).collect()
}

/// Fair prices after all arbitrage: those that Newton's method finds for a trade of nothing, so that
/// no trade has to find them again.
pub(crate) fn settle(graph: &Graph, curves: &[Curve], fair: Vec<f64>) -> Vec<f64> {
    let hub = graph.tokens().max_by_key(|token| graph.edges(*token).len());
    let near = hub.and_then(|hub| graph.edges(hub).first());
    let (Some(hub), Some(near)) = (hub, near) else { return fair };
    let mut dual = Dual::new((graph, curves), &fair, (near.to, hub), &[]);
    minimise(&mut dual, FIRST_MOVE, || false);
    dual.roots
}

/// Newton's method, taking in pools on the way.
fn minimise(dual: &mut Dual<'_>, first_move: f64, is_late: impl Fn() -> bool) {
    let mut most = first_move;
    let least = dual.rate() * DRY;
    for _ in 0..MOST_STEPS {
        let is_still = dual.descend(most);
        most *= 2.0;
        let is_dry = dual.rate() < least;
        if !dual.widen() && is_still || is_dry || is_late() {
            break;
        }
    }
}
