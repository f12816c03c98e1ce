//! [`Dual`]: the prices that a trade leads to.

use cenote_pool::{Hop, TokenId};

use crate::curve::{Curve, Lane};
use crate::elimination::Elimination;
use crate::graph::Graph;
use crate::prices::root_of;

/// A direction of a pool that may take part, between unknowns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) hop: Hop,
    pub(crate) src: usize,
    pub(crate) dst: usize,
    pub(crate) wall: f64,
    pub(crate) root: f64,
}

/// The dual of one trade, over the part of a market that the trade moves.
///
/// ```text
/// F(w) = supply * w_from^2 + sum of (root * w_out - wall * w_in)_+^2
/// ```
///
/// over all pools and both directions, with `w_to` given. `F / w_to^2` is never below what
/// `supply` can buy, and its least value is just that, as far as amounts can be divided.
#[derive(Debug)]
pub(crate) struct Dual<'a> {
    graph: &'a Graph,
    curves: &'a [Curve],
    /// The roots of all prices.
    pub(crate) roots: Vec<f64>,
    /// The tokens that move, in the order in which they joined; the one paid first, then the one
    /// bought.
    pub(crate) tokens: Vec<TokenId>,
    /// One more than the place in `tokens`, or zero.
    places: Vec<u32>,
    pub(crate) rows: Vec<Row>,
    /// Which directions of each pool are rows.
    is_row: Vec<u8>,
    pub(crate) supply: f64,
    anchor: Option<(TokenId, f64)>,
    system: Elimination,
    step: Vec<f64>,
    pub(crate) stats: [usize; 4],
}

impl<'a> Dual<'a> {
    /// The place of the token paid.
    pub(crate) const FROM: usize = 0;

    /// The place of the token bought.
    pub(crate) const TO: usize = 1;

    /// The dual of a trade along a path, for now: only its pools take part.
    pub(crate) fn new(
        (graph, curves): (&'a Graph, &'a [Curve]),
        fair: &[f64],
        (from, to): (TokenId, TokenId),
        supply: f64,
    ) -> Self {
        let mut dual = Self {
            graph,
            curves,
            roots: fair.to_vec(),
            tokens: Vec::new(),
            places: vec![0; fair.len()],
            rows: Vec::new(),
            is_row: vec![0; curves.len()],
            supply,
            anchor: None,
            system: Elimination::default(),
            step: Vec::new(),
            stats: [0; 4],
        };
        dual.join(from);
        dual.join(to);
        dual
    }

    fn place(&self, token: TokenId) -> Option<usize> {
        (self.places[token.index()] as usize).checked_sub(1)
    }

    fn join(&mut self, token: TokenId) -> usize {
        if let Some(place) = self.place(token) {
            return place;
        }
        self.tokens.push(token);
        self.places[token.index()] = self.tokens.len() as u32;
        self.tokens.len() - 1
    }

    fn lane(&self, hop: Hop) -> Lane {
        self.curves[hop.pool.index()].lane(hop.direction)
    }

    fn earns(&self, lane: &Lane) -> f64 {
        lane.root * root_of(&self.roots, lane.token_out)
            - lane.wall * root_of(&self.roots, lane.token_in)
    }

    pub(crate) fn add_row(&mut self, hop: Hop) {
        let bit = 1 << u8::from(hop.direction == cenote_pool::Direction::OneForZero);
        if self.is_row[hop.pool.index()] & bit != 0 {
            return;
        }
        self.is_row[hop.pool.index()] |= bit;
        let lane = self.lane(hop);
        let (src, dst) = (self.join(lane.token_in), self.join(lane.token_out));
        self.rows.push(Row { hop, src, dst, wall: lane.wall, root: lane.root });
    }

    /// Begins with the prices at which a path's pools just begin to trade; the token with most
    /// pools keeps its price.
    pub(crate) fn begin(&mut self, path: &[Hop]) {
        let anchor = path
            .iter()
            .flat_map(|hop| {
                let lane = self.lane(*hop);
                [lane.token_in, lane.token_out]
            })
            .max_by_key(|token| self.graph.edges(*token).len());
        let Some(anchor) = anchor else { return };
        let kept = root_of(&self.roots, anchor);
        for hop in path {
            let lane = self.lane(*hop);
            self.roots[lane.token_out.index()] =
                lane.wall * root_of(&self.roots, lane.token_in) / lane.root * (1.0 + 1e-9);
            self.add_row(*hop);
        }
        self.anchor = Some((anchor, kept));
        self.rescale();
    }

    fn rescale(&mut self) {
        let Some((anchor, kept)) = self.anchor else { return };
        let factor = kept / root_of(&self.roots, anchor);
        for token in &self.tokens {
            self.roots[token.index()] *= factor;
        }
    }

    /// Twice the derivative along a step, and the value.
    fn along(&self, length: f64) -> (f64, f64) {
        let moved = |place: usize| {
            let root = self.roots[self.tokens[place].index()];
            (root * (1.0 + length * self.step[place]), root * self.step[place])
        };
        let (from, change) = moved(Self::FROM);
        let (mut slope, mut value) = (self.supply * from * change, self.supply * from * from);
        for row in &self.rows {
            let ((src, src_change), (dst, dst_change)) = (moved(row.src), moved(row.dst));
            let earned = row.root * dst - row.wall * src;
            if earned > 0.0 {
                slope += earned * (row.root * dst_change - row.wall * src_change);
                value += earned * earned;
            }
        }
        (slope, value)
    }

    /// Newton's step for the rows that earn now; the decrease that it promises.
    fn newton(&mut self) -> f64 {
        let count = self.tokens.len();
        self.system.clear(count);
        let from = self.roots[self.tokens[Self::FROM].index()];
        self.system.add_diagonal(Self::FROM, self.supply * from * from);
        self.system.add_right(Self::FROM, -self.supply * from * from);
        let mut joined: Option<(usize, usize, f64)> = None;
        for row in &self.rows {
            let dst = row.root * self.roots[self.tokens[row.dst].index()];
            let src = row.wall * self.roots[self.tokens[row.src].index()];
            let earned = dst - src;
            if earned > 0.0 {
                self.system.add_diagonal(row.dst, dst * dst);
                self.system.add_diagonal(row.src, src * src);
                self.system.add_right(row.dst, -earned * dst);
                self.system.add_right(row.src, earned * src);
                if row.src != Self::TO && row.dst != Self::TO {
                    let (a, b) = (row.src.min(row.dst), row.src.max(row.dst));
                    match &mut joined {
                        Some((x, y, value)) if (*x, *y) == (a, b) => *value += dst * src,
                        _ => {
                            if let Some((x, y, value)) = joined.replace((a, b, dst * src)) {
                                self.system.join(x, y, value);
                            }
                        }
                    }
                }
            }
        }
        if let Some((x, y, value)) = joined {
            self.system.join(x, y, value);
        }
        self.system.fix(Self::TO);
        let promised = self.system.rights().to_vec();
        let mut step = core::mem::take(&mut self.step);
        self.system.solve(&mut step);
        let decrease = promised.iter().zip(&step).map(|(a, b)| a * b).sum();
        self.step = step;
        decrease
    }

    /// The price of the token paid in units of the token bought: what one more unit of supply buys.
    pub(crate) fn rate(&self) -> f64 {
        let [from, to] = [Self::FROM, Self::TO].map(|at| self.roots[self.tokens[at].index()]);
        (from / to) * (from / to)
    }

    /// What the token bought receives at these prices.
    pub(crate) fn output(&self) -> f64 {
        let root = |place: usize| self.roots[self.tokens[place].index()];
        let flows = self.rows.iter().map(|row| {
            let earned = (row.root * root(row.dst) - row.wall * root(row.src)).max(0.0);
            if row.dst == Self::TO {
                row.root * earned / root(row.dst)
            } else if row.src == Self::TO {
                -row.wall * earned / root(row.src)
            } else {
                0.0
            }
        });
        flows.sum()
    }

    fn active(&self) -> usize {
        let mut hash = 0_usize;
        for row in &self.rows {
            let earned = row.root * self.roots[self.tokens[row.dst].index()]
                - row.wall * self.roots[self.tokens[row.src].index()];
            hash = hash.wrapping_mul(31).wrapping_add(usize::from(earned > 0.0));
        }
        hash
    }

    /// Minimises over the rows there are.
    pub(crate) fn descend(&mut self, trust: f64) -> bool {
        // Pools of one pair stand together.
        self.rows.sort_unstable_by_key(|row| {
            (row.src.min(row.dst), row.src.max(row.dst), row.hop.pool, row.src)
        });
        for _ in 0..1 {
            self.stats[1] += 1;
            let decrease = self.newton();
            let (slope, value) = self.along(0.0);
            let most = self.step.iter().fold(1.0_f64, |most, step| {
                let most = most.min(trust / step.abs());
                if *step < 0.0 { most.min(-0.9 / step) } else { most }
            });
            let before = self.active();
            let mut length = most;
            let (end, _) = self.along(length);
            let mut exact = length == 1.0;
            if end > -1e-9 * slope {
                // Overshot: the slope changes its sign between.
                exact = false;
                let (mut low, mut high) = (0.0, length);
                let (mut at_low, mut at_high) = (slope, end);
                for _ in 0..8 {
                    let mut middle = low + (high - low) * at_low / (at_low - at_high);
                    middle = middle.clamp(low + 0.05 * (high - low), high - 0.05 * (high - low));
                    let (here, _) = self.along(middle);
                    length = middle;
                    if here.abs() <= -0.05 * slope {
                        break;
                    }
                    if here < 0.0 {
                        (low, at_low) = (middle, here);
                    } else {
                        (high, at_high) = (middle, here);
                    }
                }
            }
            for (token, step) in self.tokens.iter().zip(&self.step) {
                self.roots[token.index()] *= 1.0 + length * step;
            }
            if decrease <= 1e-18 * value || (exact && before == self.active()) {
                return true;
            }
        }
        false
    }

    /// Looks for pools elsewhere that would trade at these prices, and takes them in, or moves the
    /// prices of tokens that nothing flows through. How many rows were added.
    pub(crate) fn widen(&mut self) -> usize {
        self.stats[0] += 1;
        self.rescale();
        let before = self.rows.len();
        let (_, value) = {
            self.step.clear();
            self.step.resize(self.tokens.len(), 0.0);
            self.along(0.0)
        };
        let least = value * 1e-17;
        let mut found = Vec::new();
        for (pool, curve) in self.curves.iter().enumerate() {
            let [root0, root1] = curve.roots;
            let [wall0, wall1] = curve.walls;
            let w0 = self.roots[curve.tokens[0].index()];
            let w1 = self.roots[curve.tokens[1].index()];
            let (there, back) = (root1 * w1 - wall0 * w0, root0 * w0 - wall1 * w1);
            if there > 0.0 && there * there > least && self.is_row[pool] & 1 == 0 {
                found.push((pool, cenote_pool::Direction::ZeroForOne));
            }
            if back > 0.0 && back * back > least && self.is_row[pool] & 2 == 0 {
                found.push((pool, cenote_pool::Direction::OneForZero));
            }
        }
        self.stats[2] += found.len();
        let mut at = 0;
        while at < found.len() {
            let (pool, direction) = found[at];
            at += 1;
            let Some(pool) = cenote_pool::PoolId::from_index(pool) else { continue };
            let hop = Hop { pool, direction };
            let lane = self.lane(hop);
            let earned = self.earns(&lane);
            if !(earned > 0.0 && earned * earned > least) {
                continue;
            }
            for token in [lane.token_in, lane.token_out] {
                if self.place(token).is_none() {
                    self.settle(token, least, &mut found);
                }
            }
            let earned = self.earns(&lane);
            if earned > 0.0 && earned * earned > least {
                self.add_row(hop);
            }
        }
        self.rows.len() - before
    }

    /// Moves the price of a token that does not take part to where its pools are quiet; where
    /// there is no such price it takes part from now on.
    fn settle(
        &mut self,
        token: TokenId,
        least: f64,
        found: &mut Vec<(usize, cenote_pool::Direction)>,
    ) {
        self.stats[3] += 1;
        let (mut low, mut high) = (0.0_f64, f64::INFINITY);
        for edge in self.graph.edges(token) {
            let there = self.lane(edge.hop());
            let back = self.lane(Hop { pool: edge.pool, direction: edge.direction.reverse() });
            if there.root > 0.0 {
                let other = root_of(&self.roots, edge.to);
                low = low.max(there.root * other / there.wall);
                high = high.min(back.wall * other / back.root);
            }
        }
        self.roots[token.index()] = (low * high).sqrt();
        if high < low {
            self.join(token);
            for edge in self.graph.edges(token) {
                for direction in cenote_pool::Direction::BOTH {
                    let lane = self.lane(Hop { pool: edge.pool, direction });
                    let earned = self.earns(&lane);
                    if earned > 0.0 && earned * earned > least {
                        found.push((edge.pool.index(), direction));
                    }
                }
            }
        }
    }
}
