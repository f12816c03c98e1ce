//! [`Screen`]: the paths that lines cannot rule out.

use core::cell::Cell;

use cenote_pool::{PoolId, TokenId};

use crate::paths::chart::{Chart, Line};
use crate::paths::judge::Judge;
use crate::paths::labels::Scene;

/// What lines say about one question.
///
/// A table of the best height of every token after 0, 1, 2, ... lines, from the end whose amount
/// is fixed (the *start*) to the other one (the *goal*). A height from which no line of the market
/// leads on to anything as good as the best path known is not even entered.
#[derive(Debug)]
pub(crate) struct Screen<'a> {
    scene: Scene<'a>,
    chart: &'a Chart,
    start: TokenId,
    goal: TokenId,
    /// The branches outside the core that end at the start and at the goal: tokens with their
    /// parents.
    branches: [Vec<(TokenId, TokenId)>; 2],
    /// The place of each token in the rows, one higher; zero for tokens not reached.
    places: Vec<u32>,
    tokens: Vec<TokenId>,
    rows: Vec<Row>,
    /// The greatest heights of use after so many lines, but for the goal.
    cuts: Vec<f64>,
    /// How many more lines may be looked at when paths are traced.
    work: Cell<usize>,
}

/// The heights after so many lines.
#[derive(Debug, Default)]
struct Row {
    /// By place; tokens of higher places were not reached.
    labels: Vec<Label>,
    /// Where there are labels, the goal excepted.
    reached: Vec<u32>,
    /// The least of their heights.
    least: f64,
}

/// How a token is reached.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    height: f64,
    /// The last line's pool, and the place it comes from.
    pool: PoolId,
    from: u32,
}

/// What is known of a token after a number of lines.
///
/// Where there is arbitrage a walk may gain by turning back at once. Not here: for every next token
/// there is the best arrival from another one, so walks of up to four lines are simple paths.
#[derive(Debug, Clone, Copy)]
struct Label {
    best: Arrival,
    /// The best arrival from another place than the best one's.
    other: Arrival,
    /// The height of the second-best arrival, wherever it is from.
    second: f64,
}

/// A way back from the goal, and who judges it when it is at the start.
struct Trail<'j, 'a> {
    /// Tokens with the pools that lead on from them.
    steps: Vec<(TokenId, PoolId)>,
    judge: &'j mut Judge<'a>,
}

/// A place in a row, on the way to another one.
#[derive(Clone, Copy)]
struct At {
    row: usize,
    place: u32,
    next: u32,
}

/// Why paths are no longer traced.
enum Stop {
    /// There is a new best path, which makes fewer others worth a look.
    Better,
    TooMany,
}

/// Tokens for which there is room from the beginning.
const FEW: usize = 64;

/// The places of the two ends.
const START: u32 = 0;
const GOAL: u32 = 1;

/// Lines that may be looked at when paths are traced, and for each pool of the market. More are
/// needed only where many paths are as good as equal, or where arbitrage makes walks repeat tokens.
const WORK: usize = 1 << 10;
const WORK_PER_POOL: usize = 2;

/// What judging a path costs, in lines.
const JUDGEMENT: usize = 32;

impl Arrival {
    const NONE: Self = Self { height: f64::INFINITY, pool: PoolId::FIRST, from: START };

    fn is_none(&self) -> bool {
        self.height == f64::INFINITY
    }
}

impl Label {
    const NONE: Self = Self { best: Arrival::NONE, other: Arrival::NONE, second: f64::INFINITY };

    /// The best arrival for who goes on to a place.
    #[inline]
    fn towards(&self, next: u32) -> &Arrival {
        if self.best.from == next { &self.other } else { &self.best }
    }

    #[inline]
    fn meet(&mut self, arrival: Arrival) {
        let is_apart = arrival.from != self.best.from;
        if arrival.height < self.best.height {
            self.second = self.best.height;
            if is_apart {
                self.other = self.best;
            }
            self.best = arrival;
            return;
        }
        self.second = self.second.min(arrival.height);
        if is_apart && arrival.height < self.other.height {
            self.other = arrival;
        }
    }
}

impl Row {
    fn with_capacity(tokens: usize) -> Self {
        let (labels, reached) = (Vec::with_capacity(tokens), Vec::with_capacity(tokens));
        Self { labels, reached, least: f64::INFINITY }
    }

    #[inline]
    fn label(&self, place: u32) -> &Label {
        self.labels.get(index(place)).unwrap_or(&Label::NONE)
    }

    /// The label of a place, to be written.
    #[inline]
    fn enter(&mut self, place: u32) -> Option<&mut Label> {
        let at = index(place);
        if self.labels.len() <= at {
            self.labels.resize(at.saturating_add(1), Label::NONE);
        }
        let label = self.labels.get_mut(at)?;
        if label.best.is_none() && place != GOAL {
            self.reached.push(place);
        }
        Some(label)
    }
}

/// A place as an index; both are of tokens reached.
#[inline]
fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl<'a> Screen<'a> {
    /// A screen for the paths of at most `hops` hops from start to goal.
    pub(crate) fn new(
        scene: Scene<'a>,
        chart: &'a Chart,
        [start, goal]: [TokenId; 2],
        hops: usize,
    ) -> Self {
        let graph = scene.graph;
        let tokens = graph.token_count().min(FEW);
        let work = graph.pool_count().saturating_mul(WORK_PER_POOL).saturating_add(WORK);
        let mut rows = Vec::with_capacity(hops.saturating_add(1));
        rows.push(Row::default());
        rows.resize_with(hops.saturating_add(1), || Row::with_capacity(tokens));
        let mut screen = Self {
            scene,
            chart,
            start,
            goal,
            branches: [start, goal].map(|end| graph.branch(end).take(hops).collect()),
            places: vec![0; graph.token_count()],
            tokens: Vec::with_capacity(tokens),
            rows,
            // Without a path to begin with there is little to cut.
            cuts: vec![chart.highest(); hops],
            work: Cell::new(work),
        };
        screen.place(start);
        screen.place(goal);
        screen
    }

    /// Shows a judge every path that is not proven to be worse than the best one it knows by then.
    ///
    /// Nothing where there are too many.
    pub(crate) fn judge(mut self, judge: &mut Judge<'a>) -> Option<()> {
        let hops = self.cuts.len();
        let height = self.chart.height(judge.given(), self.start);
        self.rows.first_mut()?.enter(START)?.meet(Arrival { height, ..Arrival::NONE });
        for row in 1..=hops {
            self.settle(row.saturating_sub(1));
            let limit = self.limit(judge, row);
            self.reach_goal(row, limit);
            if self.label(row, GOAL).best.height <= limit {
                self.show_best(row, judge);
                if self.limit(judge, row) < limit {
                    self.cut(judge);
                }
            }
            if row < hops {
                self.extend(row);
            }
        }
        let mut trail = Trail { steps: Vec::with_capacity(hops), judge };
        for row in 1..=hops {
            loop {
                let limit = self.limit(trail.judge, row);
                match self.trace(At { row, place: GOAL, next: GOAL }, limit, &mut trail) {
                    Ok(()) => break,
                    // Once more, with a lower limit.
                    Err(Stop::Better) => trail.steps.clear(),
                    Err(Stop::TooMany) => return None,
                }
            }
        }
        Some(())
    }

    #[inline]
    fn label(&self, row: usize, place: u32) -> &Label {
        self.rows.get(row).map_or(&Label::NONE, |row| row.label(place))
    }

    #[inline]
    fn token(&self, place: u32) -> TokenId {
        self.tokens.get(index(place)).copied().unwrap_or(self.start)
    }

    /// The place of a token, from now on if it had none.
    #[inline]
    fn place(&mut self, token: TokenId) -> u32 {
        let Some(place) = self.places.get_mut(token.index()) else { return START };
        if *place == 0 {
            self.tokens.push(token);
            // There are no more than there are tokens.
            *place = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        }
        place.saturating_sub(1)
    }

    #[inline]
    fn is_open(&self, pool: PoolId) -> bool {
        self.scene.closed.is_none_or(|closed| closed.get(pool.index()) == Some(&false))
    }

    /// The token of a branch whose parent is this one.
    #[inline]
    fn child(branch: &[(TokenId, TokenId)], parent: TokenId) -> Option<TokenId> {
        branch.iter().find(|(_, other)| *other == parent).map(|(child, _)| *child)
    }

    /// The greatest height at the goal with which a path of so many hops is of use.
    fn limit(&self, judge: &Judge<'_>, hops: usize) -> f64 {
        let amount = judge.wanted(hops);
        amount.map_or(f64::NEG_INFINITY, |amount| self.chart.limit(amount, self.goal))
    }

    /// Computes the cuts from the best path so far: from a token that is no end a line must lead
    /// to the goal, or to a height from which one must.
    fn cut(&mut self, judge: &Judge<'_>) {
        let [branch, _] = &self.branches;
        let (mut last, mut cut) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        for row in (0..self.cuts.len()).rev() {
            // Without gas it is the same for all lengths.
            if judge.counts_gas() || row.saturating_add(1) == self.cuts.len() {
                let limit = self.limit(judge, row.saturating_add(1));
                last = self.chart.behind(self.goal).back(limit);
                if let Some(child) = Self::child(branch, self.goal) {
                    last = last.max(self.chart.ahead(child).back(limit));
                }
            }
            cut = last.max(self.chart.back(cut));
            if let Some(place) = self.cuts.get_mut(row) {
                *place = cut;
            }
        }
    }

    /// Rounds the heights of a row to whole units.
    fn settle(&mut self, row: usize) {
        let Some(Row { labels, reached, least }) = self.rows.get_mut(row) else { return };
        *least = f64::INFINITY;
        for place in reached {
            let place = index(*place);
            if let (Some(label), Some(token)) = (labels.get_mut(place), self.tokens.get(place)) {
                for arrival in [&mut label.best, &mut label.other] {
                    arrival.height = self.chart.whole(arrival.height, *token);
                }
                *least = least.min(label.best.height);
            }
        }
    }

    /// Labels the goal, from the end that has fewer lines.
    fn reach_goal(&mut self, row: usize, limit: f64) {
        let (start, goal) = (self.start, self.goal);
        if row == 1 && self.chart.ahead(start).blocks() < self.chart.behind(goal).blocks() {
            self.push(row, START, limit, |token| token == goal);
        } else {
            self.pull(row, GOAL, limit);
        }
        let labels = self.rows.get_mut(row).map(|row| &mut row.labels);
        if let Some(label) = labels.and_then(|labels| labels.get_mut(index(GOAL))) {
            label.best.height = self.chart.whole(label.best.height, goal);
        }
    }

    /// Labels all tokens of use but the goal.
    fn extend(&mut self, row: usize) {
        let Some(limit) = self.cuts.get(row).copied() else { return };
        let Some(before) = self.rows.get_mut(row.saturating_sub(1)) else { return };
        let reached = core::mem::take(&mut before.reached);
        let is_last = row.saturating_add(1) == self.cuts.len();
        let before_goal = is_last.then(|| self.before_goal(&reached)).flatten();
        if let Some(tokens) = before_goal {
            for token in tokens {
                let place = self.place(token);
                self.pull(row, place, limit);
            }
        } else {
            let (start, goal) = (self.start, self.goal);
            for place in &reached {
                self.push(row, *place, limit, |token| token != start && token != goal);
            }
        }
    }

    /// The tokens from which a line leads to the goal, if fewer lines lead to them than from the
    /// tokens reached.
    fn before_goal(&self, reached: &[u32]) -> Option<Vec<TokenId>> {
        let tokens = reached.iter().map(|place| self.token(*place));
        let most = tokens.map(|token| self.chart.ahead(token).blocks()).sum::<usize>();
        let behind = self.chart.behind(self.goal);
        if most <= behind.blocks() {
            return None;
        }
        let [branch, _] = &self.branches;
        let sources = behind.all().map(|line| line.token).chain(Self::child(branch, self.goal));
        let mut sources = sources.filter(|token| *token != self.start).collect::<Vec<_>>();
        sources.sort_unstable();
        sources.dedup();
        let blocks = sources.iter().map(|token| self.chart.behind(*token).blocks()).sum::<usize>();
        (blocks < most).then_some(sources)
    }

    /// Carries the height at a place along the lines from it.
    fn push(&mut self, row: usize, from: u32, limit: f64, is_wanted: impl Fn(TokenId) -> bool) {
        let before = row.saturating_sub(1);
        let (token, Label { best, other, .. }) = (self.token(from), *self.label(before, from));
        let (height, back) = (best.height, self.token(best.from));
        // The best path may have become better since the height was entered.
        if self.cuts.get(before).is_some_and(|cut| *cut < height) {
            return;
        }
        let ([_, branch], chart) = (&self.branches, self.chart);
        let lines = chart.ahead(token).within(height, limit).map(|line| (line.token, line));
        let downwards = Self::child(branch, token).into_iter().flat_map(|child| {
            chart.behind(child).within(height, limit).map(move |line| (child, line))
        });
        // Not a loop over the chain, which would ask at each line which part it is of.
        lines.chain(downwards).for_each(|(token, line)| {
            let height = line.ahead(if token == back { other.height } else { height });
            if height <= limit && is_wanted(token) && self.is_open(line.pool) {
                let place = self.place(token);
                if let Some(label) = self.rows.get_mut(row).and_then(|row| row.enter(place)) {
                    label.meet(Arrival { height, pool: line.pool, from });
                }
            }
        });
    }

    /// Labels a place by the lines towards it.
    fn pull(&mut self, row: usize, place: u32, limit: f64) {
        let mut label = Label::NONE;
        self.sources(row, place, limit).for_each(|(from, height, line)| {
            label.meet(Arrival { height: line.ahead(height), pool: line.pool, from });
        });
        if label.best.is_none() {
            return;
        }
        if let Some(held) = self.rows.get_mut(row).and_then(|row| row.enter(place)) {
            *held = label;
        }
    }

    /// The lines towards a place in a row that lead to no more than a limit, from the places with
    /// their heights.
    #[inline]
    fn sources(
        &self,
        row: usize,
        place: u32,
        limit: f64,
    ) -> impl Iterator<Item = (u32, f64, &'a Line)> + use<'_, 'a> {
        let before = self.rows.get(row.saturating_sub(1));
        let least = before.map_or(f64::INFINITY, |row| row.least);
        let [branch, _] = &self.branches;
        let (chart, token) = (self.chart, self.token(place));
        let lines = chart.behind(token).within(least, limit).map(|line| (line.token, line));
        let upwards = Self::child(branch, token).into_iter().flat_map(move |child| {
            chart.ahead(child).within(least, limit).map(move |line| (child, line))
        });
        lines.chain(upwards).filter_map(move |(token, line)| {
            let from =
                self.places.get(token.index())?.checked_sub(1).filter(|from| *from != GOAL)?;
            let height = before?.label(from).towards(place).height;
            (line.ahead(height) <= limit && self.is_open(line.pool)).then_some((from, height, line))
        })
    }

    /// Shows the judge the best walk of a length, if it is a simple path.
    fn show_best(&self, hops: usize, judge: &mut Judge<'_>) {
        let (mut place, mut next, mut trail) = (GOAL, GOAL, Vec::with_capacity(hops));
        for row in (1..=hops).rev() {
            let arrival = self.label(row, place).towards(next);
            let token = self.token(arrival.from);
            if trail.iter().any(|(other, _)| *other == token) {
                return;
            }
            trail.push((token, arrival.pool));
            (place, next) = (arrival.from, place);
        }
        judge.consider(&trail);
    }

    /// Shows the judge all simple paths to a place, of at most a height there, each continued by the
    /// trail, until one is better than the best so far.
    fn trace(&self, at: At, limit: f64, trail: &mut Trail<'_, 'a>) -> Result<(), Stop> {
        let label = self.label(at.row, at.place);
        if limit < label.towards(at.next).height {
            return Ok(());
        }
        if at.row == 0 {
            self.spend(JUDGEMENT)?;
            return if trail.judge.consider(&trail.steps) { Err(Stop::Better) } else { Ok(()) };
        }
        let (token, best) = (self.token(at.place), label.best);
        if limit < self.chart.whole(label.second, token) {
            // No line but the best.
            let pool = self.scene.market.pool(best.pool).ok();
            let line = pool.and_then(|pool| self.chart.line_of(pool, best.pool, token));
            return line.map_or(Ok(()), |line| self.step(at, (best.from, &line), limit, trail));
        }
        for (from, _, line) in self.sources(at.row, at.place, limit) {
            self.step(at, (from, line), limit, trail)?;
        }
        Ok(())
    }

    /// Goes back along a line, unless the trail has been at its other end before.
    fn step(
        &self,
        at: At,
        (from, line): (u32, &Line),
        limit: f64,
        trail: &mut Trail<'_, 'a>,
    ) -> Result<(), Stop> {
        self.spend(1)?;
        let token = self.token(from);
        if trail.steps.iter().any(|(other, _)| *other == token) {
            return Ok(());
        }
        trail.steps.push((token, line.pool));
        let limit = self.chart.whole_limit(line.back(limit), token);
        let before = At { row: at.row.saturating_sub(1), place: from, next: at.place };
        self.trace(before, limit, trail)?;
        trail.steps.pop();
        Ok(())
    }

    fn spend(&self, work: usize) -> Result<(), Stop> {
        self.work.set(self.work.get().checked_sub(work).ok_or(Stop::TooMany)?);
        Ok(())
    }
}
