//! [`Objective`]: what the best path is the best at.

use core::cmp::Reverse;

use cenote_pool::{Amount, Direction, Hop, Pool};

use crate::paths::labels::{Backward, Forward, Labels, Scene, Way, signed};
use crate::paths::search::Search;

/// A simple path and its amount: the output of an exact input, the input of an exact output.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) amount: Amount,
    pub(crate) hops: Vec<Hop>,
}

/// A side to optimise while the other one is fixed.
pub(crate) trait Objective {
    /// What is better.
    type Way: Way;

    /// The best amount of a walk of exactly `hops` hops: no simple path has a better one.
    fn bound(&self, hops: usize) -> Option<Amount>;

    /// Of the simple paths of exactly `hops` hops the best, and of those with its amount the
    /// lexicographically first, if it is at least as good as `target`.
    fn search(&mut self, hops: usize, target: Amount) -> Option<Found>;
}

/// The best simple path of at most `max_hops` hops, as the crate's documentation defines it.
///
/// Lengths are tried from the best bound after gas to the worst, and from short to long where bounds are
/// equal. The first length with a path that reaches its bound has the best path of this and of
/// all later lengths. What is left are the earlier ones, whose bounds only walks with a repeated
/// token reach: these are searched from short to long, for something better.
pub(crate) fn best<O: Objective>(objective: &mut O, max_hops: usize, gas: Amount) -> Option<Found> {
    let spent = |hops: usize| signed(gas).saturating_mul(i128::try_from(hops).unwrap_or(i128::MAX));
    let mut lengths = (1..=max_hops)
        .filter_map(|hops| objective.bound(hops).map(|bound| (hops, bound)))
        .collect::<Vec<_>>();
    // Stable, so that equal bounds stay from short to long.
    lengths.sort_by_key(|(hops, bound)| Reverse(O::Way::worth(*bound, spent(*hops))));
    let mut best = None;
    let mut unsettled = Vec::new();
    for (hops, bound) in lengths {
        best = objective.search(hops, bound);
        if best.is_some() {
            break;
        }
        unsettled.push(hops);
    }
    unsettled.sort_unstable();
    for hops in unsettled {
        let Some(target) = target::<O::Way>(best.as_ref(), hops, spent) else { continue };
        best = objective.search(hops, target).or(best);
    }
    best
}

/// What a path of `hops` hops must reach to replace the best so far: as much after gas with fewer
/// hops, more with more.
fn target<W: Way>(
    best: Option<&Found>,
    hops: usize,
    spent: impl Fn(usize) -> i128,
) -> Option<Amount> {
    // Neither no output nor an input of 2^112 - 1 is any path's: a pool holds something.
    let Some(best) = best else { return W::next(W::WORST) };
    let worth = W::worth(best.amount, spent(best.hops.len()));
    let more = i128::from(best.hops.len() <= hops);
    W::worst_of(worth.saturating_add(more), spent(hops))
}

/// The largest output of an exact input.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    scene: Scene<'a>,
    amount_in: Amount,
    /// The most of each token that a number of hops can buy.
    reach: Labels,
    /// The least of each token that some walk still needs; written anew for each target.
    needs: Labels,
}

impl<'a> Output<'a> {
    /// Labels the market from the token paid; `distances` are those to the token bought.
    pub(crate) fn new(
        scene: Scene<'a>,
        amount_in: Amount,
        distances: &[u8],
        max_hops: usize,
    ) -> Self {
        let tokens = scene.graph.token_count();
        let (mut reach, needs) = (Labels::new(tokens, max_hops), Labels::new(tokens, max_hops));
        reach.spread::<Forward>(&scene, amount_in, max_hops, |row, token| {
            let distance = usize::from(*distances.get(token.index())?);
            (row.saturating_add(distance) <= max_hops).then_some(Forward::WORST)
        });
        Self { scene, amount_in, reach, needs }
    }

    fn demand(&mut self, hops: usize, target: Amount) {
        let Self { scene, reach, needs, .. } = self;
        // A need above what can be had is of no use.
        needs.spread::<Backward>(scene, target, hops, |row, token| {
            hops.checked_sub(row).and_then(|before| reach.get(before, token))
        });
    }
}

impl Objective for Output<'_> {
    type Way = Forward;

    fn bound(&self, hops: usize) -> Option<Amount> {
        self.reach.get(hops, self.scene.to)
    }

    fn search(&mut self, hops: usize, target: Amount) -> Option<Found> {
        let bound = self.bound(hops)?;
        let mut search = Search::new(self.scene, pay_exactly, self.amount_in, hops);
        let mut best = None;
        self.demand(hops, target);
        while search.advance(&self.needs) {
            let amount = search.amount();
            best = Some(Found { amount, hops: search.path() });
            let Some(target) = Forward::next(amount).filter(|_| amount < bound) else { break };
            self.demand(hops, target);
        }
        best
    }
}

/// The output of a swap, which is refused where the pool has no room for the input.
fn pay_exactly(pool: &Pool, direction: Direction, amount: Amount) -> Option<Amount> {
    pool.fill_exact_in(direction, amount).ok().map(|fill| fill.amount_out)
}

/// The smallest input for an exact output.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    scene: Scene<'a>,
    amount_out: Amount,
    /// The least of each token with which a number of hops can buy the output.
    needs: Labels,
}

impl<'a> Input<'a> {
    /// Labels the market from the token bought; `distances` are those to the token paid.
    pub(crate) fn new(
        scene: Scene<'a>,
        amount_out: Amount,
        distances: &[u8],
        max_hops: usize,
    ) -> Self {
        let mut needs = Labels::new(scene.graph.token_count(), max_hops);
        needs.spread::<Backward>(&scene, amount_out, max_hops, |row, token| {
            let distance = usize::from(*distances.get(token.index())?);
            (row.saturating_add(distance) <= max_hops).then_some(Backward::WORST)
        });
        Self { scene, amount_out, needs }
    }

    /// The least input that buys the output along a path.
    fn cost(&self, hops: &[Hop]) -> Option<Amount> {
        hops.iter().rev().try_fold(self.amount_out, |amount, hop| {
            let pool = self.scene.market.pool(hop.pool).ok()?;
            pool.fill_exact_out(hop.direction, amount).ok().map(|fill| fill.amount_in)
        })
    }
}

impl Objective for Input<'_> {
    type Way = Backward;

    fn bound(&self, hops: usize) -> Option<Amount> {
        self.needs.get(hops, self.scene.from)
    }

    /// Searches forward from a budget, since the order of paths is from the token paid: a path
    /// costs at most the budget if and only if the budget buys the output along it, where an
    /// input is cut to the room that a pool has.
    fn search(&mut self, hops: usize, target: Amount) -> Option<Found> {
        let bound = self.bound(hops)?;
        let mut search = Search::new(self.scene, Forward::carry, target, hops);
        let mut best = None;
        while search.advance(&self.needs) {
            let hops = search.path();
            let Some(amount) = self.cost(&hops) else { continue };
            best = Some(Found { amount, hops });
            let Some(budget) = Backward::next(amount).filter(|_| bound < amount) else { break };
            search.restart_with(budget);
        }
        best
    }
}
