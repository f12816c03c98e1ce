//! [`Chart`]: what pools do to amounts, as straight lines.
//!
//! Without rounding to whole units a swap of `a` buys `a * y / (x / kept + a)`. In reciprocals that
//! is a straight line, and so is its inverse:
//!
//! ```text
//! 1 / out = (x / kept / y) * (1 / in) + 1 / y
//! 1 / in  = (y * kept / x) * (1 / out) - kept / x
//! ```
//!
//! The best path of reals is thus a shortest path over lines, at a product and a sum for each pool.
//! The *height* of an amount of a token with price `p` is `1 / (amount * p)` for an exact input and
//! `-1 / (amount * p)` for an exact output, so that lower is better both ways:
//!
//! ```text
//! height -> slope * height + shift        slope, shift > 0
//! ```
//!
//! Prices only make heights of different tokens comparable. Any positive ones will do; with fair
//! ones almost no slope is better than 1, and what a pool can still gain is little.
//!
//! # Rounding
//!
//! A path in whole units never does better than one in reals: what a pool pays is rounded down,
//! what it is paid up. The numbers of a line are computed with at most eight roundings of 2^-53
//! each and then moved by 2^-46 to the better side. Carrying a height along a line adds two
//! roundings, and so does going back. So no path does better in a pool than its line says, and
//! what is found to be out of reach by lines is out of reach.

#![expect(clippy::float_arithmetic, reason = "a screen: what passes is judged in whole units")]

use cenote_pool::{Direction, Exact, Market, Pool, PoolId, TokenId};

use crate::curve::to_f64;
use crate::graph::Graph;

/// A swap in one pool, along the way in which amounts are carried: from the token paid for an
/// exact input, from the token bought for an exact output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    slope: f64,
    shift: f64,
    /// The token at its other end.
    pub(crate) token: TokenId,
    pub(crate) pool: PoolId,
}

impl Line {
    /// The height after a swap.
    #[inline]
    pub(crate) fn ahead(&self, height: f64) -> f64 {
        self.slope * height + self.shift
    }

    /// The greatest height before a swap that is no more than `height` after it.
    #[inline]
    pub(crate) fn back(&self, height: f64) -> f64 {
        (height - self.shift) / self.slope
    }
}

/// Lines next to each other, none of which does better than the line of the block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    best: Line,
    start: usize,
    end: usize,
}

/// The most lines of one block.
const BLOCK: usize = 16;

/// The lines at each token.
#[derive(Debug, Clone, Default)]
struct Lines {
    /// The first block of each token.
    starts: Vec<usize>,
    blocks: Vec<Block>,
    all: Vec<Line>,
}

/// The lines of all pools that hold something, for one side that is fixed.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    exact: Exact,
    /// For each token, positive, and such that no height overflows.
    prices: Vec<f64>,
    /// From a token on, to tokens of the core and to its parent.
    ahead: Lines,
    /// Towards a token, from tokens of the core and from its parent.
    behind: Lines,
    /// Of all lines those of which none is better in slope and shift.
    front: Vec<Line>,
}

/// Which way a line is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Ahead,
    Behind,
}

impl Chart {
    /// The chart of a market at the prices of which these are the roots, one for each token.
    pub(crate) fn new(market: &Market, graph: &Graph, roots: &[f64], exact: Exact) -> Self {
        let prices = roots.iter().map(|root| price(*root)).collect::<Vec<_>>();
        let lines = |end| Lines::new(market, graph, (exact, end), &prices);
        let (ahead, behind) = (lines(End::Ahead), lines(End::Behind));
        let mut all = Vec::new();
        for (id, pool) in market.pools_with_id().filter(|(_, pool)| !pool.is_empty()) {
            all.extend(Direction::BOTH.map(|direction| line(exact, id, pool, direction, &prices)));
        }
        Self { exact, prices, ahead, behind, front: front(all, exact) }
    }

    #[inline]
    fn price(&self, token: TokenId) -> f64 {
        self.prices.get(token.index()).copied().unwrap_or(1.0)
    }

    /// No amount is higher.
    pub(crate) fn highest(&self) -> f64 {
        match self.exact {
            Exact::In => f64::INFINITY,
            Exact::Out => 0.0,
        }
    }

    /// The height of an amount of a token, and 2^-48 of it to the better side.
    #[inline]
    pub(crate) fn height(&self, amount: f64, token: TokenId) -> f64 {
        let price = self.price(token);
        match self.exact {
            Exact::In => 1.0 / (amount * price) * (1.0 - NEAR),
            Exact::Out => -1.0 / (amount * price) * (1.0 + NEAR),
        }
    }

    /// The height of an amount of a token, and 2^-48 of it to the worse side.
    #[inline]
    pub(crate) fn limit(&self, amount: f64, token: TokenId) -> f64 {
        let price = self.price(token);
        match self.exact {
            Exact::In => 1.0 / (amount * price) * (1.0 + NEAR),
            Exact::Out => -1.0 / (amount * price) * (1.0 - NEAR),
        }
    }

    /// The height of the best whole number of units that is no better than a height: fewer units
    /// for what is bought, more for what is paid. Large numbers are left as they are.
    #[inline]
    pub(crate) fn whole(&self, height: f64, token: TokenId) -> f64 {
        let reciprocal = (height * self.price(token)).abs();
        if !(MANY < reciprocal && reciprocal < f64::INFINITY) {
            return height;
        }
        match self.exact {
            Exact::In => {
                let units = (1.0 / reciprocal * (1.0 + NEAR)).floor();
                if units < 1.0 { f64::INFINITY } else { self.height(units, token).max(height) }
            }
            Exact::Out => {
                let units = (1.0 / reciprocal * (1.0 - NEAR)).ceil();
                self.height(units, token).max(height)
            }
        }
    }

    /// The greatest height, up to a limit, of a whole number of units: more units of what is paid
    /// on, fewer of what is bought at last. Large numbers are left as they are.
    #[inline]
    pub(crate) fn whole_limit(&self, limit: f64, token: TokenId) -> f64 {
        let reciprocal = (limit * self.price(token)).abs();
        if !(MANY < reciprocal && reciprocal < f64::INFINITY) {
            return limit;
        }
        let units = match self.exact {
            Exact::In => (1.0 / reciprocal * (1.0 - NEAR)).ceil(),
            Exact::Out => (1.0 / reciprocal * (1.0 + NEAR)).floor(),
        };
        if units < 1.0 { f64::NEG_INFINITY } else { self.limit(units, token).min(limit) }
    }

    /// The greatest height from which any one swap leads to no more than `height`.
    pub(crate) fn back(&self, height: f64) -> f64 {
        highest(self.front.iter(), height)
    }

    /// The line of a pool towards a token.
    pub(crate) fn line_of(&self, pool: &Pool, id: PoolId, token: TokenId) -> Option<Line> {
        let direction = pool.direction(token).ok()?;
        let direction = match self.exact {
            Exact::In => direction.reverse(),
            Exact::Out => direction,
        };
        Some(line(self.exact, id, pool, direction, &self.prices))
    }

    /// The lines from a token on.
    #[inline]
    pub(crate) fn ahead(&self, token: TokenId) -> Row<'_> {
        self.ahead.row(token)
    }

    /// The lines towards a token.
    #[inline]
    pub(crate) fn behind(&self, token: TokenId) -> Row<'_> {
        self.behind.row(token)
    }
}

/// The lines at one token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    blocks: &'a [Block],
    lines: &'a [Line],
}

impl<'a> Row<'a> {
    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// All lines.
    pub(crate) fn all(self) -> impl Iterator<Item = &'a Line> {
        self.within(f64::NEG_INFINITY, f64::INFINITY)
    }

    /// The lines but for blocks that lead from `height` to more than `limit`.
    #[inline]
    pub(crate) fn within(self, height: f64, limit: f64) -> impl Iterator<Item = &'a Line> {
        let may_help = move |block: &&Block| block.best.ahead(height) <= limit;
        let lines = move |block: &Block| self.lines.get(block.start..block.end);
        self.blocks.iter().filter(may_help).filter_map(lines).flatten()
    }

    /// The greatest height from which some line leads to no more than `height`, or more.
    pub(crate) fn back(self, height: f64) -> f64 {
        highest(self.blocks.iter().map(|block| &block.best), height)
    }
}

impl Lines {
    fn new(market: &Market, graph: &Graph, (exact, end): (Exact, End), prices: &[f64]) -> Self {
        let mut all = Self::default();
        let mut row = Vec::new();
        for token in graph.tokens() {
            all.starts.push(all.blocks.len());
            for edge in graph.edges(token).iter().filter(|edge| graph.leads_on(token, edge.to)) {
                let Ok(pool) = market.pool(edge.pool) else { continue };
                if pool.is_empty() {
                    continue;
                }
                // From the token paid on, or from the token bought.
                let direction = match (exact, end) {
                    (Exact::In, End::Ahead) | (Exact::Out, End::Behind) => edge.direction,
                    (Exact::Out, End::Ahead) | (Exact::In, End::Behind) => edge.direction.reverse(),
                };
                let line = line(exact, edge.pool, pool, direction, prices);
                row.push(Line { token: edge.to, ..line });
            }
            all.push(&mut row, exact);
        }
        all
    }

    /// Appends a row, with like lines beside each other: by the magnitude of the shift, then by the
    /// slope.
    fn push(&mut self, row: &mut Vec<Line>, exact: Exact) {
        row.sort_by(|a, b| {
            let magnitudes = magnitude(a.shift).cmp(&magnitude(b.shift));
            magnitudes.then_with(|| a.slope.total_cmp(&b.slope)).then(a.pool.cmp(&b.pool))
        });
        for lines in row.chunks(BLOCK) {
            let Some(first) = lines.first() else { continue };
            let best = lines.iter().fold(*first, |best, line| Line {
                slope: better_slope(exact, best.slope, line.slope),
                shift: best.shift.min(line.shift),
                ..best
            });
            let start = self.all.len();
            self.all.extend_from_slice(lines);
            self.blocks.push(Block { best, start, end: self.all.len() });
        }
        row.clear();
    }

    #[inline]
    fn row(&self, token: TokenId) -> Row<'_> {
        let start = self.starts.get(token.index()).copied().unwrap_or(self.blocks.len());
        let end = self.starts.get(token.index().saturating_add(1)).copied();
        let blocks = self.blocks.get(start..end.unwrap_or(self.blocks.len())).unwrap_or_default();
        Row { blocks, lines: &self.all }
    }
}

fn price(root: f64) -> f64 {
    if root.is_nan() { 1.0 } else { (root * root).clamp(LEAST, 1.0 / LEAST) }
}

/// 2^-200: a height is then within 2^-312 and 2^200, and a line leads to less than 2^850.
const LEAST: f64 = f64::from_bits((1023 - 200) << 52);

/// The better side of a line, 2^-46 away.
const GUARD: f64 = f64::EPSILON * 64.0;

/// More than the roundings of a height, 2^-51 of it.
const NEAR: f64 = GUARD / 4.0;

/// The reciprocal of so many units that one of them does not matter.
const MANY: f64 = GUARD;

fn line(exact: Exact, id: PoolId, pool: &Pool, direction: Direction, prices: &[f64]) -> Line {
    let held = pool.reserves().oriented(direction);
    let (token_in, token_out) = pool.tokens(direction);
    let of = |token: TokenId| prices.get(token.index()).copied().unwrap_or(1.0);
    let fee = pool.fee(direction);
    let wall = to_f64(held.reserve_in.get()) * f64::from(fee.scale()) / f64::from(fee.kept());
    let (wall, held) = (wall * of(token_in), to_f64(held.reserve_out.get()) * of(token_out));
    match exact {
        Exact::In => Line {
            slope: wall / held * (1.0 - GUARD),
            shift: 1.0 / held * (1.0 - GUARD),
            token: token_out,
            pool: id,
        },
        Exact::Out => Line {
            slope: held / wall * (1.0 + GUARD),
            shift: 1.0 / wall * (1.0 - GUARD),
            token: token_in,
            pool: id,
        },
    }
}

/// Heights are positive for an exact input, negative for an exact output.
#[inline]
fn better_slope(exact: Exact, one: f64, other: f64) -> f64 {
    match exact {
        Exact::In => one.min(other),
        Exact::Out => one.max(other),
    }
}

/// Of lines those of which none is better in slope and shift, at least.
fn front(mut lines: Vec<Line>, exact: Exact) -> Vec<Line> {
    lines.sort_by(|a, b| a.shift.total_cmp(&b.shift));
    let mut front: Vec<Line> = Vec::new();
    for line in lines {
        let is_better = |best: &Line| match exact {
            Exact::In => line.slope < best.slope,
            Exact::Out => best.slope < line.slope,
        };
        if front.last().is_none_or(is_better) {
            front.push(line);
        }
    }
    front
}

fn highest<'a>(lines: impl Iterator<Item = &'a Line>, height: f64) -> f64 {
    lines.fold(f64::NEG_INFINITY, |highest, line| highest.max(line.back(height)))
}

/// The exponent of a positive number.
fn magnitude(number: f64) -> u64 {
    number.to_bits() >> 52
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenote_pool::{Amount, Fee, Reserves};
    use proptest::prelude::*;

    fn units() -> impl Strategy<Value = u128> {
        prop_oneof![
            (any::<u128>(), 16_u32..128)
                .prop_map(|(bits, shift)| (bits >> shift).clamp(1, Amount::MAX.get())),
            1..50_u128,
        ]
    }

    fn amount(units: u128) -> Amount {
        units.try_into().unwrap()
    }

    /// A market of one pool, whatever it holds and charges, and roots of any prices.
    fn market(x: u128, y: u128, pips: u32) -> Market {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let reserves = Reserves { reserve0: amount(x), reserve1: amount(y) };
        let pool = Pool::new(a, b, Fee::from_pips(pips).unwrap()).unwrap();
        market.add_pool("p", pool.with_reserves(reserves).unwrap()).unwrap();
        market
    }

    fn roots() -> impl Strategy<Value = [f64; 2]> {
        let root = prop_oneof![
            8 => (-150.0..150.0_f64).prop_map(f64::exp2),
            1 => prop_oneof![Just(0.0), Just(f64::NAN), Just(f64::INFINITY), Just(1.0)],
        ];
        [root.clone(), root]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50_000))]

        /// What the screen rests on: from the height of an input no swap gets below its line, by
        /// any of the steps that heights and limits go through.
        #[test]
        fn no_swap_is_better_than_its_line(
            (x, y, given) in (units(), units(), units()),
            pips in prop_oneof![Just(0_u32), Just(3000), Just(300_000), 0..1_000_000_u32],
            roots in roots(),
        ) {
            let market = market(x, y, pips);
            let pool = market.pool(PoolId::FIRST).unwrap();
            let graph = Graph::new(&market);
            let (token0, token1) = (pool.token0(), pool.token1());
            for exact in [Exact::In, Exact::Out] {
                let chart = Chart::new(&market, &graph, &roots, exact);
                // The token paid is the first one, and what is fixed the first or the second.
                let fill = match exact {
                    Exact::In => pool.fill_exact_in(Direction::ZeroForOne, amount(given)),
                    Exact::Out => pool.fill_exact_out(Direction::ZeroForOne, amount(given)),
                };
                let Ok(fill) = fill else { continue };
                let ((from, given), (to, taken)) = match exact {
                    Exact::In => ((token0, fill.amount_in), (token1, fill.amount_out)),
                    Exact::Out => ((token1, fill.amount_out), (token0, fill.amount_in)),
                };
                let (given, taken) = (to_f64(given.get()), to_f64(taken.get()));
                let line = chart.line_of(pool, PoolId::FIRST, to).unwrap();
                let (height, limit) = (chart.height(given, from), chart.limit(taken, to));
                prop_assert!(chart.whole(height, from) <= chart.limit(given, from));
                prop_assert!(line.ahead(chart.whole(height, from)) <= limit);
                prop_assert!(chart.whole(line.ahead(height), to) <= limit);
                prop_assert!(line.ahead(height) <= chart.whole_limit(limit, to));
                prop_assert!(height <= line.back(limit));
                prop_assert!(height <= chart.whole_limit(line.back(limit), from));
                prop_assert!(height <= chart.back(limit) && limit < chart.highest());
            }
        }
    }

    /// The other side of it: what a line allows is more by the guard, and no more than that.
    #[test]
    fn lines_are_near_their_pools() {
        let market = market(1 << 100, 1 << 99, 3000);
        let pool = market.pool(PoolId::FIRST).unwrap();
        let chart = Chart::new(&market, &Graph::new(&market), &[1.0, 1.4], Exact::In);
        let fill = pool.fill_exact_in(Direction::ZeroForOne, amount(1 << 90)).unwrap();
        let (given, taken) = (to_f64(1 << 90), to_f64(fill.amount_out.get()));
        let line = chart.line_of(pool, PoolId::FIRST, pool.token1()).unwrap();
        let (height, limit) =
            (chart.height(given, pool.token0()), chart.limit(taken, pool.token1()));
        assert!(limit * (1.0 - 2.0 * GUARD) < line.ahead(height));
    }
}
