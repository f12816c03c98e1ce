//! [`Dual`]: the prices that a trade leads to.
#![expect(
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "prices decide no amount, and every place is one that `join` or the graph has made"
)]

use cenote_pool::{Direction, Hop, PoolId, TokenId};

use crate::curve::{Curve, Lane};
use crate::elimination::Elimination;
use crate::graph::Graph;
use crate::hurdle::{Hurdle, Pull};
use crate::prices::root_of;

/// A direction of a pool that may take part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) hop: Hop,
    /// The place of the token paid in [`Dual::tokens`], and of the one bought.
    pub(crate) src: usize,
    pub(crate) dst: usize,
    pub(crate) wall: f64,
    pub(crate) root: f64,
    /// Both places, the lower one first.
    pair: (u32, u32),
}

/// The dual of one trade, over the part of a market that the trade moves.
///
/// ```text
/// F(w) = supply * w_from^2 + sum of (root * w_out - wall * w_in)_+^2
/// ```
///
/// over all pools and both directions, with `w_to` given. `F / w_to^2` is never below what
/// `supply` can buy, and its least value is just that, as far as amounts can be divided. F is
/// convex and quadratic between the places where pools begin to trade, so that Newton's method
/// ends after finitely many steps with the minimum itself.
///
/// A pool that would trade at given prices is a *row*. The tokens that rows join are unknowns;
/// every other token keeps its price, or follows its neighbours to where its pools are quiet.
#[derive(Debug, Clone)]
pub(crate) struct Dual<'a> {
    graph: &'a Graph,
    curves: &'a [Curve],
    /// The roots of all prices.
    pub(crate) roots: Vec<f64>,
    /// The unknowns in the order in which they joined, the token paid and the token bought first.
    pub(crate) tokens: Vec<TokenId>,
    /// For each token one more than its place among the unknowns, or zero.
    places: Vec<u32>,
    pub(crate) rows: Vec<Row>,
    /// For each pool which of its directions are rows, one bit each.
    is_row: Vec<u8>,
    /// For each token its rank where pools may only trade upwards.
    ranks: Option<Vec<u32>>,
    /// Whether no pools join any more.
    pub(crate) is_closed: bool,
    /// What is paid; where an output is wanted, as much as buys it.
    pub(crate) supply: f64,
    pub(crate) wanted: Option<f64>,
    pub(crate) hurdle: Hurdle,
    /// The unknown with most pools, and the root of its price, which scales all others.
    anchor: (TokenId, f64),
    /// Whether the rows of one pair of tokens stand together.
    is_sorted: bool,
    system: Elimination,
    /// The relative changes of the last step.
    step: Vec<f64>,
    solution: Vec<[f64; 2]>,
}

/// The rank of a token that no pool may trade.
pub(crate) const UNRANKED: u32 = u32::MAX;

/// What a row earns, relatively to all, that is not worth another row.
const LITTLE: f64 = 1e-16;

/// How far a step may go towards a price of zero.
const FALL: f64 = 0.9;

/// By which factor the supply may change in one step.
const SWING: f64 = 16.0;

/// The slope at the end of a step, relatively to the one at its beginning, that is as good as none.
const NEAR: f64 = 0.1;

/// Trials of a step's length.
const TRIALS: usize = 8;

impl<'a> Dual<'a> {
    /// The place of the token paid.
    pub(crate) const FROM: usize = 0;

    /// The place of the token bought.
    pub(crate) const TO: usize = 1;

    /// The dual of a trade along a path, for now: only its pools take part. It begins with the
    /// prices at which they just begin to trade, the token with most pools at its fair price.
    pub(crate) fn new(
        (graph, curves): (&'a Graph, &'a [Curve]),
        fair: &[f64],
        (from, to): (TokenId, TokenId),
        path: &[Hop],
    ) -> Self {
        let mut dual = Self {
            graph,
            curves,
            roots: fair.to_vec(),
            tokens: Vec::new(),
            places: vec![0; fair.len()],
            rows: Vec::new(),
            is_row: vec![0; curves.len()],
            ranks: None,
            is_closed: false,
            supply: 0.0,
            wanted: None,
            hurdle: Hurdle::NONE,
            anchor: (from, root_of(fair, from)),
            is_sorted: false,
            system: Elimination::default(),
            step: Vec::new(),
            solution: Vec::new(),
        };
        dual.join(from);
        dual.join(to);
        for hop in path {
            let lane = dual.lane(*hop);
            let level = lane.wall * dual.root(lane.token_in) / lane.root;
            dual.roots[lane.token_out.index()] = level * BEGINS;
            dual.add_row(*hop);
        }
        let pools = |token: &&TokenId| graph.edges(**token).len();
        let anchor = dual.tokens.iter().max_by_key(pools).copied().unwrap_or(from);
        dual.anchor = (anchor, root_of(fair, anchor));
        dual.rescale();
        dual
    }

    /// Lets pools trade from lower ranks to higher ones only, from now on.
    pub(crate) fn rank(&mut self, ranks: Vec<u32>) {
        let kept = |row: &Row| {
            let [src, dst] = [row.src, row.dst].map(|place| ranks[self.tokens[place].index()]);
            src < dst && dst != UNRANKED
        };
        for row in self.rows.iter().filter(|row| !kept(row)) {
            self.is_row[row.hop.pool.index()] &= !bit(row.hop.direction);
        }
        self.rows.retain(kept);
        self.ranks = Some(ranks);
    }

    /// Keeps some of the rows only.
    pub(crate) fn keep(&mut self, kept: impl Fn(&Row) -> bool) {
        for row in self.rows.iter().filter(|row| !kept(row)) {
            self.is_row[row.hop.pool.index()] &= !bit(row.hop.direction);
        }
        self.rows.retain(kept);
    }

    #[inline]
    fn root(&self, token: TokenId) -> f64 {
        root_of(&self.roots, token)
    }

    /// The root of the price of an unknown.
    #[inline]
    pub(crate) fn root_at(&self, place: usize) -> f64 {
        self.roots[self.tokens[place].index()]
    }

    /// What a row earns at these prices, as a root; negative where it does not trade.
    #[inline]
    pub(crate) fn earned(&self, row: &Row) -> f64 {
        row.root * self.root_at(row.dst) - row.wall * self.root_at(row.src)
    }

    /// The price of the token paid in units of the token bought: what one more unit buys.
    pub(crate) fn rate(&self) -> f64 {
        let rate = self.root_at(Self::FROM) / self.root_at(Self::TO);
        rate * rate
    }

    /// What a row pays into its pool at these prices, and what it buys.
    #[inline]
    pub(crate) fn flow(&self, row: &Row) -> (f64, f64) {
        let pull = self.hurdle.pull(self.earned(row)).force;
        (row.wall * pull / self.root_at(row.src), row.root * pull / self.root_at(row.dst))
    }

    /// One step of Newton's method, of which no price moves by more than the factor `most`; whether
    /// it has found the minimum over the rows there are.
    pub(crate) fn descend(&mut self, most: f64) -> bool {
        let promised = self.solve();
        let start = self.along(0.0);
        let longest = self.step.iter().fold(1.0_f64, |length, step| {
            let fall = if *step < 0.0 { -FALL / step } else { 1.0 };
            length.min(most / step.abs()).min(fall)
        });
        let (length, is_whole) = self.search(longest, start.slope);
        for (token, step) in self.tokens.iter().zip(&self.step) {
            self.roots[token.index()] *= 1.0 + length * step;
        }
        promised <= start.value * ENOUGH || is_whole && self.along_zero() == start.active
    }

    /// Looks for pools elsewhere that would trade at these prices, and takes them in. Where a token
    /// has prices at which all its pools are quiet, it is moved there instead: nothing flows
    /// through it. Whether any pool was taken in.
    pub(crate) fn widen(&mut self) -> bool {
        if self.is_closed {
            return false;
        }
        self.rescale();
        let before = self.rows.len();
        self.step.clear();
        self.step.resize(self.tokens.len(), 0.0);
        let least = (self.along(0.0).value * LITTLE).sqrt();
        let mut hops = self.outside(least);
        let mut at = 0;
        while let Some(hop) = hops.get(at).copied() {
            at += 1;
            for token in self.ends(hop) {
                if least < self.earns(hop) && self.place(token).is_none() {
                    self.quieten(token, least, &mut hops);
                }
            }
            if least < self.earns(hop) {
                self.add_row(hop);
            }
        }
        before < self.rows.len()
    }

    /// The place of a token among the unknowns.
    pub(crate) fn place(&self, token: TokenId) -> Option<usize> {
        (self.places[token.index()] as usize).checked_sub(1)
    }

    fn join(&mut self, token: TokenId) -> usize {
        self.place(token).unwrap_or_else(|| {
            self.tokens.push(token);
            self.places[token.index()] = self.tokens.len() as u32;
            self.tokens.len() - 1
        })
    }

    fn lane(&self, hop: Hop) -> Lane {
        self.curves[hop.pool.index()].lane(hop.direction)
    }

    fn ends(&self, hop: Hop) -> [TokenId; 2] {
        let lane = self.lane(hop);
        [lane.token_in, lane.token_out]
    }

    fn earns(&self, hop: Hop) -> f64 {
        let lane = self.lane(hop);
        lane.root * self.root(lane.token_out) - lane.wall * self.root(lane.token_in)
    }

    fn add_row(&mut self, hop: Hop) {
        let rows = &mut self.is_row[hop.pool.index()];
        if *rows & bit(hop.direction) == 0 {
            *rows |= bit(hop.direction);
            let lane = self.lane(hop);
            let (src, dst) = (self.join(lane.token_in), self.join(lane.token_out));
            self.is_sorted = false;
            let pair = (src.min(dst) as u32, src.max(dst) as u32);
            self.rows.push(Row { hop, src, dst, wall: lane.wall, root: lane.root, pair });
        }
    }

    /// Scales the unknowns so that the one with most pools has its fair price: F over `w_to^2` is
    /// the same at every scale, and least of the tokens beside them then have to follow.
    fn rescale(&mut self) {
        let (anchor, kept) = self.anchor;
        let factor = kept / self.root(anchor);
        for token in &self.tokens {
            self.roots[token.index()] *= factor;
        }
        self.hurdle.scale(factor);
    }

    /// Newton's step for the rows that trade now, in relative changes; the decrease that it
    /// promises.
    fn solve(&mut self) -> f64 {
        let mut system = core::mem::take(&mut self.system);
        let mut solution = core::mem::take(&mut self.solution);
        self.write(&mut system);
        // Where nothing takes the token paid there is no output to aim at yet.
        let aims = self.wanted.is_some() && system.diagonal(Self::FROM) > 0.0;
        let from = self.root_at(Self::FROM);
        if aims {
            system.set_second(Self::FROM);
        } else {
            let paid = self.supply * from * from;
            system.add_diagonal(Self::FROM, paid);
            system.add_right(Self::FROM, -paid);
        }
        system.solve(&mut solution);
        self.step.clear();
        self.step.extend(solution.iter().map(|[step, _]| step));
        let mut promised = 0.0;
        if aims {
            self.aim(&solution);
            promised = -self.supply * from * from * self.step[Self::FROM];
        }
        promised += system.product(&self.step);
        (self.system, self.solution) = (system, solution);
        promised
    }

    /// The rows' part of the system: second derivatives, and minus the first ones.
    fn write(&mut self, system: &mut Elimination) {
        if !core::mem::replace(&mut self.is_sorted, true) {
            // The order within a pair decides the last bits of its sum.
            self.rows.sort_unstable_by_key(|row| (row.pair, row.hop.pool, row.src));
        }
        system.clear(self.tokens.len());
        let mut pair = (0, 0, 0.0);
        for row in &self.rows {
            let (src, dst) = (row.wall * self.root_at(row.src), row.root * self.root_at(row.dst));
            let Pull { force, stiffness, .. } = self.hurdle.pull(dst - src);
            if stiffness > 0.0 {
                system.add_diagonal(row.dst, stiffness * dst * dst);
                system.add_diagonal(row.src, stiffness * src * src);
                system.add_right(row.dst, -force * dst);
                system.add_right(row.src, force * src);
                let (low, high) = (row.src.min(row.dst), row.src.max(row.dst));
                if (pair.0, pair.1) != (low, high) {
                    join(system, pair);
                    pair = (low, high, 0.0);
                }
                pair.2 += stiffness * dst * src;
            }
        }
        join(system, pair);
        system.fix(Self::TO);
    }

    /// Chooses the supply with which the step leads to the wanted output, and makes the step that of
    /// this supply.
    ///
    /// With a supply of `s` and `p = s * w_from^2` the step is `z - t * y`, in which `z` solves the
    /// system without supply, `y` the one with a unit at the token paid on its right side, and
    /// `t = p * (1 + z_from) / (1 + p * y_from)`. The output is linear in the step, hence in `t`.
    fn aim(&mut self, solution: &[[f64; 2]]) {
        let (mut output, mut moved) = (0.0, [0.0; 2]);
        for row in self.rows.iter().filter(|row| row.src == Self::TO || row.dst == Self::TO) {
            let (src, dst) = (row.wall * self.root_at(row.src), row.root * self.root_at(row.dst));
            let Pull { force, stiffness, .. } = self.hurdle.pull(dst - src);
            // What is bought, or what is paid, where the other token's price moves.
            let (weight, slope, other) = if row.dst == Self::TO {
                (row.root, -stiffness * src, row.src)
            } else {
                (-row.wall, stiffness * dst, row.dst)
            };
            output += weight * force;
            for (moved, step) in moved.iter_mut().zip(solution[other]) {
                *moved += weight * slope * step;
            }
        }
        let to = self.root_at(Self::TO);
        let square = self.root_at(Self::FROM) * self.root_at(Self::FROM);
        let [start, unit] = solution[Self::FROM];
        let wanted = self.wanted.unwrap_or_default() * to;
        let pull = (output + moved[0] - wanted) / moved[1];
        let supply = pull / (square * (1.0 + start - pull * unit));
        if supply > 0.0 && supply < f64::INFINITY {
            self.supply = supply.max(self.supply / SWING).min(self.supply * SWING);
        }
        let paid = self.supply * square;
        let pull = paid * (1.0 + start) / (1.0 + paid * unit);
        for (step, [start, unit]) in self.step.iter_mut().zip(solution) {
            *step = start - pull * unit;
        }
    }

    /// How long a step is best made, of at most `longest`, and whether that is Newton's whole step.
    fn search(&self, longest: f64, slope: f64) -> (f64, bool) {
        let end = self.along(longest).slope;
        if end <= -NEAR * slope {
            return (longest, 1.0 <= longest);
        }
        // The slope rises from negative to positive, straight between pools' beginnings.
        let (mut low, mut high) = ((0.0, slope), (longest, end));
        let mut length = longest;
        for _ in 0..TRIALS {
            let width = high.0 - low.0;
            let straight = low.0 + width * low.1 / (low.1 - high.1);
            length = straight.max(low.0 + 0.05 * width).min(high.0 - 0.05 * width);
            let here = self.along(length).slope;
            if here.abs() <= -NEAR * slope {
                break;
            }
            if here < 0.0 {
                low = (length, here);
            } else {
                high = (length, here);
            }
        }
        (length, false)
    }

    /// F at some length of the step, half its slope there, and which rows trade.
    fn along(&self, length: f64) -> Point {
        let moved = |place: usize| {
            let (root, step) = (self.root_at(place), self.step[place]);
            (root * (1.0 + length * step), root * step)
        };
        let (from, change) = moved(Self::FROM);
        let mut point = Point {
            value: self.supply * from * from,
            slope: self.supply * from * change,
            active: 0,
        };
        for row in &self.rows {
            let ((src, src_change), (dst, dst_change)) = (moved(row.src), moved(row.dst));
            let pull = self.hurdle.pull(row.root * dst - row.wall * src);
            point.active = point.active.wrapping_mul(31).wrapping_add(pull.kind);
            if pull.stiffness > 0.0 {
                point.value += pull.value;
                point.slope += pull.force * (row.root * dst_change - row.wall * src_change);
            }
        }
        point
    }

    /// Which rows trade now.
    fn along_zero(&self) -> u64 {
        self.rows.iter().fold(0_u64, |active, row| {
            active.wrapping_mul(31).wrapping_add(self.hurdle.pull(self.earned(row)).kind)
        })
    }

    /// Pools that would trade at these prices and are no rows.
    fn outside(&self, least: f64) -> Vec<Hop> {
        let mut hops = Vec::new();
        for (at, (curve, rows)) in self.curves.iter().zip(&self.is_row).enumerate() {
            let [w0, w1] = curve.tokens.map(|token| self.root(token));
            let earned = [
                curve.roots[1] * w1 - curve.walls[0] * w0,
                curve.roots[0] * w0 - curve.walls[1] * w1,
            ];
            if earned[0].max(earned[1]) > least {
                for (direction, earned) in Direction::BOTH.into_iter().zip(earned) {
                    let pool = PoolId::from(at as u32);
                    let hop = Hop { pool, direction };
                    if earned > least && rows & bit(direction) == 0 && self.may_trade(hop) {
                        hops.push(hop);
                    }
                }
            }
        }
        hops
    }

    fn may_trade(&self, hop: Hop) -> bool {
        self.ranks.as_ref().is_none_or(|ranks| {
            let [src, dst] = self.ends(hop).map(|token| ranks[token.index()]);
            src < dst && dst != UNRANKED
        })
    }

    /// Moves the price of a token that is no unknown to where its pools are quiet; where there is
    /// no such price it becomes one, with the pools that trade.
    fn quieten(&mut self, token: TokenId, least: f64, hops: &mut Vec<Hop>) {
        let (mut low, mut high) = (0.0_f64, f64::INFINITY);
        for edge in self.graph.edges(token) {
            let (there, back) =
                (edge.hop(), Hop { direction: edge.direction.reverse(), ..edge.hop() });
            let other = self.root(edge.to);
            let [sells, buys] = [there, back].map(|hop| self.lane(hop));
            if sells.root > 0.0 && self.may_trade(there) {
                low = low.max(sells.root * other / sells.wall);
            }
            if buys.root > 0.0 && self.may_trade(back) {
                high = high.min(buys.wall * other / buys.root);
            }
        }
        let middle = match (0.0 < low, high < f64::INFINITY) {
            (true, true) => (low * high).sqrt(),
            (true, false) => low,
            (false, true) => high,
            (false, false) => return,
        };
        let is_loud = high < low;
        // Where no price is quiet, one between is as good as another.
        if !is_loud || !(high..=low).contains(&self.root(token)) {
            self.roots[token.index()] = middle;
        }
        if is_loud {
            self.join(token);
            for edge in self.graph.edges(token) {
                for direction in Direction::BOTH {
                    let hop = Hop { pool: edge.pool, direction };
                    if least < self.earns(hop) && self.may_trade(hop) {
                        hops.push(hop);
                    }
                }
            }
        }
    }
}

/// F somewhere.
struct Point {
    value: f64,
    /// Half of it.
    slope: f64,
    /// A number that tells which rows trade.
    active: u64,
}

/// How far above its beginning a pool's price is put at first: far enough to trade at all.
const BEGINS: f64 = 1.0 + 1e-9;

/// The decrease, relatively to F, that is not worth another step.
const ENOUGH: f64 = 1e-15;

fn bit(direction: Direction) -> u8 {
    match direction {
        Direction::ZeroForOne => 1,
        Direction::OneForZero => 2,
    }
}

/// Joins two unknowns, unless one of them is given.
fn join(system: &mut Elimination, (low, high, value): (usize, usize, f64)) {
    if value > 0.0 && low != Dual::TO && high != Dual::TO {
        system.join(low, high, value);
    }
}
