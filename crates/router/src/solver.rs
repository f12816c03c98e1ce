//! [`Solver`]: from a question to a plan.

use std::time::Instant;

use cenote_pool::{Amount, Exact, Hop, Route};

use crate::bound::{Trade, bound_at};
use crate::curve::{Curve, to_f64};
use crate::draft::Draft;
use crate::dual::Dual;
use crate::hurdle::Hurdle;
use crate::plan::Plan;
use crate::query::Query;
use crate::rounding::units;
use crate::router::RoutingError;

/// Steps of Newton's method; more are needed only where arbitrage is everywhere.
const MOST_STEPS: usize = 400;

/// How far prices may move in the first step, relatively; each later one may move them twice as
/// far. Pools that begin to trade on the way are noticed before the prices have left them behind.
const FIRST_MOVE: f64 = 1e-3;

/// Inputs tried for an exact output.
const TRIES: usize = 12;

/// How sharp the cost of a pool is made, step by step.
const WIDTHS: [f64; 6] = [4.0, 2.0, 1.4, 1.15, 1.05, 1.01];

/// Pools that are tried to be left out, or taken in, one at a time.
const CHANGES: usize = 8;

#[derive(Debug)]
pub(crate) struct Solver<'s, 'a> {
    pub(crate) query: &'s Query<'a>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) curves: &'s [Curve],
    pub(crate) trade: Trade,
}

/// The best so far.
struct Best {
    draft: Option<Draft>,
    exact: Exact,
}

impl Best {
    fn offer(&mut self, draft: Option<Draft>) -> bool {
        let exact = self.exact;
        match draft {
            Some(draft) if self.draft.as_ref().is_none_or(|best| draft.beats(best, exact)) => {
                self.draft = Some(draft);
                true
            }
            _ => false,
        }
    }
}

impl<'s> Solver<'s, '_> {
    /// The best plan that begins from a path.
    pub(crate) fn plan(&self, path: &[Hop]) -> Result<Plan, RoutingError> {
        let Query { router, token_in, token_out, .. } = *self.query;
        let part = (&router.graph, self.curves);
        let mut dual = Dual::new(part, &router.fair, (token_in, token_out), path);
        self.solve(&mut dual, FIRST_MOVE);
        let mut best = Best { draft: None, exact: self.trade.exact };
        let mut bound = (bound_at(self.curves, &dual.roots, &self.trade), dual.roots.clone());
        best.offer(self.draft(&dual));
        if !self.trade.gas.is_zero() {
            self.sharpen(&mut dual, &mut bound);
            self.choose(&mut dual, &mut best);
            best.offer(self.path());
        }
        self.answer(best, bound)
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// The prices of the trade, among the pools that may take part.
    fn solve(&self, dual: &mut Dual<'_>, first_move: f64) {
        match self.trade.exact {
            Exact::In => {
                dual.supply = to_f64(self.trade.amount.get());
                self.minimise(dual, first_move);
            }
            Exact::Out => self.find_supply(dual, first_move),
        }
    }

    fn minimise(&self, dual: &mut Dual<'_>, first_move: f64) {
        let mut most = first_move;
        for _ in 0..MOST_STEPS {
            let is_still = dual.descend(most);
            most *= 2.0;
            if !dual.widen() && is_still || self.is_late() {
                break;
            }
        }
    }

    /// Looks for the input of which the best plan buys the output: Newton's method on the concave
    /// output of an input, the slope of which is the price of the token paid.
    fn find_supply(&self, dual: &mut Dual<'_>, mut first_move: f64) {
        let wanted = to_f64(self.trade.amount.get());
        let most = to_f64(Amount::MAX.get());
        if !(dual.supply > 0.0) {
            dual.supply = wanted / dual.rate();
        }
        for _ in 0..TRIES {
            dual.supply = dual.supply.min(most);
            self.minimise(dual, first_move);
            first_move = 1.0;
            let missing = wanted - dual.output();
            if missing.abs() <= 1e-12 * wanted || self.is_late() {
                break;
            }
            dual.supply = (dual.supply + missing / dual.rate()).max(dual.supply / 4.0);
        }
    }

    fn draft(&self, dual: &Dual<'_>) -> Option<Draft> {
        let supply = units(dual.supply.max(1.0));
        Draft::new(self.query.market, dual, &self.trade, supply)
    }

    /// The best single path.
    fn path(&self) -> Option<Draft> {
        let route = self.query.best().ok()?;
        Some(Draft::of(route.steps, (route.amount_in, route.amount_out), &self.trade))
    }

    /// Counts the cost of pools, more and more sharply, and keeps the best bound on the way.
    fn sharpen(&self, dual: &mut Dual<'_>, bound: &mut (Amount, Vec<f64>)) {
        let root = to_f64(self.trade.gas.get()).sqrt();
        let counted = self.counted();
        for width in WIDTHS {
            dual.hurdle = Hurdle::new(root * dual.root_at(counted), width);
            self.solve(dual, FIRST_MOVE);
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
    /// earn their cost among these, less or more those with which exact amounts are better.
    fn choose(&self, dual: &mut Dual<'_>, best: &mut Best) {
        let foot = dual.hurdle;
        let mut wanted =
            dual.rows.iter().map(|row| (dual.earned(row), row.hop)).collect::<Vec<_>>();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.retain(|(earned, _)| foot.pull(*earned).kind > 0);
        dual.hurdle = Hurdle::NONE;
        let mut set = wanted.iter().map(|(_, hop)| *hop).collect::<Vec<_>>();
        let root = to_f64(self.trade.gas.get()).sqrt();
        // Whoever does not earn its cost goes, the least first.
        while !set.is_empty() && !self.is_late() {
            let trial = self.among(dual, &set);
            best.offer(self.draft(&trial));
            let cost = root * trial.root_at(self.counted());
            let least = trial.rows.iter().map(|row| (trial.earned(row), row.hop));
            match least.min_by(|a, b| a.0.total_cmp(&b.0)) {
                Some((earned, hop)) if earned < cost => {
                    let poor = earned * 1.5;
                    let gone = trial
                        .rows
                        .iter()
                        .filter(|row| trial.earned(row) <= poor && trial.earned(row) < cost / 2.0);
                    let gone = gone.map(|row| row.hop).chain([hop]).collect::<Vec<_>>();
                    set.retain(|hop| !gone.contains(hop));
                }
                _ => {
                    *dual = trial;
                    break;
                }
            }
        }
    }

    /// The dual among some pools only.
    fn among<'d>(&self, dual: &Dual<'d>, set: &[Hop]) -> Dual<'d> {
        let mut trial = dual.clone();
        trial.keep(|row| set.contains(&row.hop));
        trial.is_closed = true;
        self.solve(&mut trial, 1.0);
        trial
    }

    fn answer(&self, best: Best, (bound, roots): (Amount, Vec<f64>)) -> Result<Plan, RoutingError> {
        let Trade { token_in, token_out, exact, amount, .. } = self.trade;
        let refused = RoutingError::NoRoute { amount, max_hops: self.query.max_hops };
        let Draft { steps, amount_in, amount_out, gas } = best.draft.ok_or(refused)?;
        let unit = roots.get(self.trade.counted().index()).copied().unwrap_or(1.0);
        let prices = roots.iter().map(|root| (root / unit) * (root / unit)).collect();
        let route = Route { token_in, token_out, amount_in, amount_out, steps };
        Ok(Plan { route, exact, gas, bound, prices })
    }
}
