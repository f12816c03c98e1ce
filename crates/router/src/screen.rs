//! [`Screen`]: the paths that lines cannot rule out.

#![expect(clippy::float_arithmetic, reason = "a screen: what passes is judged in whole units")]

use core::cell::Cell;

use cenote_pool::{PoolId, TokenId};

use crate::chart::{Chart, Line};
use crate::judge::Judge;
use crate::labels::Scene;

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

#[derive(Debug, Clone, Copy)]
struct Label {
    height: f64,
    /// The height by the second-best line.
    second: f64,
    /// The pool of the best line, and the place it comes from.
    pool: PoolId,
    from: u32,
}

/// The places of the two ends.
const START: u32 = 0;
const GOAL: u32 = 1;

/// Lines that may be looked at when paths are traced, and for each pool of the market. More are
/// needed only where many paths are as good as equal, or where arbitrage makes walks repeat tokens.
const WORK: usize = 1 << 10;
const WORK_PER_POOL: usize = 2;

/// What judging a path costs, in lines.
const JUDGEMENT: usize = 32;

impl Label {
    const NONE: Self = Self::new(f64::INFINITY, PoolId::FIRST, START);

    const fn new(height: f64, pool: PoolId, from: u32) -> Self {
        Self { height, second: f64::INFINITY, pool, from }
    }

    fn is_none(&self) -> bool {
        self.height == f64::INFINITY
    }

    /// Takes over another label where it is better.
    #[inline]
    fn meet(&mut self, other: Self) {
        if other.height < self.height {
            *self = Self { second: self.height.min(other.second), ..other };
        } else if other.height < self.second {
            self.second = other.height;
        }
    }
}

impl Row {
    #[inline]
    fn label(&self, place: u32) -> Label {
        self.labels.get(index(place)).copied().unwrap_or(Label::NONE)
    }

    #[inline]
    fn enter(&mut self, place: u32, label: Label) {
        let at = index(place);
        if self.labels.len() <= at {
            self.labels.resize(at.saturating_add(1), Label::NONE);
        }
        let Some(held) = self.labels.get_mut(at) else { return };
        if held.is_none() && place != GOAL {
            self.reached.push(place);
        }
        held.meet(label);
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
        let work = graph.pool_count().saturating_mul(WORK_PER_POOL).saturating_add(WORK);
        let mut rows = Vec::with_capacity(hops.saturating_add(1));
        rows.resize_with(hops.saturating_add(1), Row::default);
        let mut screen = Self {
            scene,
            chart,
            start,
            goal,
            branches: [start, goal].map(|end| graph.branch(end).take(hops).collect()),
            places: vec![0; graph.token_count()],
            tokens: Vec::with_capacity(64),
            rows,
            cuts: vec![f64::INFINITY; hops],
            work: Cell::new(work),
        };
        screen.place(start);
        screen.place(goal);
        screen
    }

    /// Shows a judge every path that is not proven to be worse than the best one it knows by then.
    ///
    /// Nothing where there are too many.
    pub(crate) fn judge(mut self, judge: &mut Judge<'_>) -> Option<()> {
        let hops = self.cuts.len();
        let height = self.chart.height(judge.given(), self.start);
        self.rows.first_mut()?.enter(START, Label::new(height, PoolId::FIRST, START));
        for row in 1..=hops {
            self.settle(row.saturating_sub(1));
            self.cut(judge);
            let limit = self.limit(judge, row);
            self.reach_goal(row, limit);
            if self.label(row, GOAL).height <= limit {
                self.show_best(row, judge);
                self.cut(judge);
            }
            if row < hops {
                self.extend(row);
            }
        }
        let mut trail = Vec::with_capacity(hops);
        for row in 1..=hops {
            self.trace((row, GOAL), self.limit(judge, row), &mut trail, judge)?;
        }
        Some(())
    }

    #[inline]
    fn label(&self, row: usize, place: u32) -> Label {
        self.rows.get(row).map_or(Label::NONE, |row| row.label(place))
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
                label.height = self.chart.whole(label.height, *token);
                *least = least.min(label.height);
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
            label.height = self.chart.whole(label.height, goal);
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
        let (token, height) = (self.token(from), self.label(before, from).height);
        // The best path may have become better since the height was entered.
        if self.cuts.get(before).is_some_and(|cut| *cut < height) {
            return;
        }
        let ([_, branch], chart) = (&self.branches, self.chart);
        let lines = chart.ahead(token).within(height, limit).map(|line| (line.token, line));
        let downwards = Self::child(branch, token).into_iter().flat_map(|child| {
            chart.behind(child).within(height, limit).map(move |line| (child, line))
        });
        for (token, line) in lines.chain(downwards) {
            let height = line.ahead(height);
            if height <= limit && is_wanted(token) && self.is_open(line.pool) {
                let place = self.place(token);
                if let Some(row) = self.rows.get_mut(row) {
                    row.enter(place, Label::new(height, line.pool, from));
                }
            }
        }
    }

    /// Labels a place by the lines towards it.
    fn pull(&mut self, row: usize, place: u32, limit: f64) {
        let mut best = Label::NONE;
        for (from, height, line) in self.sources(row, self.token(place), limit) {
            best.meet(Label::new(line.ahead(height), line.pool, from));
        }
        if let Some(row) = self.rows.get_mut(row).filter(|_| !best.is_none()) {
            row.enter(place, best);
        }
    }

    /// The lines towards a token in a row that lead to no more than a limit, from the places with
    /// their heights.
    #[inline]
    fn sources(
        &self,
        row: usize,
        token: TokenId,
        limit: f64,
    ) -> impl Iterator<Item = (u32, f64, &'a Line)> + use<'_, 'a> {
        let before = self.rows.get(row.saturating_sub(1));
        let least = before.map_or(f64::INFINITY, |row| row.least);
        let [branch, _] = &self.branches;
        let chart = self.chart;
        let lines = chart.behind(token).within(least, limit).map(|line| (line.token, line));
        let upwards = Self::child(branch, token).into_iter().flat_map(move |child| {
            chart.ahead(child).within(least, limit).map(move |line| (child, line))
        });
        lines.chain(upwards).filter_map(move |(token, line)| {
            let from =
                self.places.get(token.index())?.checked_sub(1).filter(|from| *from != GOAL)?;
            let height = before?.label(from).height;
            (line.ahead(height) <= limit && self.is_open(line.pool)).then_some((from, height, line))
        })
    }

    /// Shows the judge the best walk of a length, if it is a simple path.
    fn show_best(&self, hops: usize, judge: &mut Judge<'_>) {
        let (mut place, mut trail) = (GOAL, Vec::with_capacity(hops));
        for row in (1..=hops).rev() {
            let label = self.label(row, place);
            let token = self.token(label.from);
            if trail.iter().any(|(other, _)| *other == token) {
                return;
            }
            trail.push((token, label.pool));
            place = label.from;
        }
        judge.consider(&trail);
    }

    /// Shows the judge all simple paths of so many hops to a place, of at most a height there, each
    /// continued by a trail.
    fn trace(
        &self,
        (row, place): (usize, u32),
        limit: f64,
        trail: &mut Vec<(TokenId, PoolId)>,
        judge: &mut Judge<'_>,
    ) -> Option<()> {
        let label = self.label(row, place);
        if limit < label.height {
            return Some(());
        }
        if row == 0 {
            self.spend(JUDGEMENT)?;
            judge.consider(trail);
            return Some(());
        }
        let token = self.token(place);
        if limit < self.chart.whole(label.second, token) {
            // No line but the best.
            let line = self.chart.line_of(self.scene.pool(label.pool)?, label.pool, token)?;
            return self.step((row, label.from), line.back(limit), label.pool, trail, judge);
        }
        for (from, _, line) in self.sources(row, token, limit) {
            self.step((row, from), line.back(limit), line.pool, trail, judge)?;
        }
        Some(())
    }

    /// Goes back along a line, unless the trail has been at the token before.
    fn step(
        &self,
        (row, from): (usize, u32),
        limit: f64,
        pool: PoolId,
        trail: &mut Vec<(TokenId, PoolId)>,
        judge: &mut Judge<'_>,
    ) -> Option<()> {
        self.spend(1)?;
        let token = self.token(from);
        if trail.iter().any(|(other, _)| *other == token) {
            return Some(());
        }
        trail.push((token, pool));
        let done = self.trace((row.saturating_sub(1), from), limit, trail, judge);
        trail.pop();
        done
    }

    fn spend(&self, work: usize) -> Option<()> {
        self.work.set(self.work.get().checked_sub(work)?);
        Some(())
    }
}
