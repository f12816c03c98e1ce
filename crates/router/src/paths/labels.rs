//! [`Labels`]: the best amount of every token after a number of hops.

use core::cell::Cell;

use cenote_pool::{Amount, Direction, Market, Pool, PoolId, TokenId};

use crate::graph::{Edge, Graph};

/// What every part of one search reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) market: &'a Market,
    pub(crate) graph: &'a Graph,
    /// The pools that the question leaves out, if it leaves out any.
    pub(crate) closed: Option<&'a [bool]>,
    /// The token paid.
    pub(crate) from: TokenId,
    /// The token bought.
    pub(crate) to: TokenId,
    /// How many swaps a search may still try.
    pub(crate) work: &'a Cell<u64>,
}

impl<'a> Scene<'a> {
    /// A pool that a path may use.
    #[inline]
    pub(crate) fn pool(&self, pool: PoolId) -> Option<&'a Pool> {
        let is_closed = self.closed.is_some_and(|closed| closed.get(pool.index()) != Some(&false));
        if is_closed { None } else { self.market.pool(pool).ok() }
    }
}

/// The direction in which amounts are carried through pools, and what is then better.
pub(crate) trait Way {
    /// The worst amount.
    const WORST: Amount;

    /// Whether an amount is better than another.
    fn beats(amount: Amount, other: Amount) -> bool;

    /// The next better amount.
    fn next(amount: Amount) -> Option<Amount>;

    /// What an amount is worth, the more the better, where so much was spent on gas.
    fn worth(amount: Amount, gas: i128) -> i128;

    /// The worst amount that is worth so much, if there is one.
    fn worst_of(worth: i128, gas: i128) -> Option<Amount>;

    /// The token at which this way begins, and the one at which it ends.
    fn ends(scene: &Scene<'_>) -> (TokenId, TokenId);

    /// Carries an amount along an edge. Monotone, and `None` is worse than any amount.
    fn carry(pool: &Pool, direction: Direction, amount: Amount) -> Option<Amount>;

    /// Whether [`carry`](Self::carry) is better than `held`, without a division.
    fn overtakes(pool: &Pool, direction: Direction, amount: Amount, held: Amount) -> bool;
}

/// From the token paid: what an input buys, the more the better.
///
/// An input beyond what a pool has room for is cut to what it has room for. A swap would refuse
/// it; the cut keeps the step monotone, so that the labels bound every path.
#[derive(Debug)]
pub(crate) enum Forward {}

/// From the token bought: what an output costs, the less the better.
///
/// Monotone as it is: whatever is refused is refused for every larger output too.
#[derive(Debug)]
pub(crate) enum Backward {}

impl Way for Forward {
    const WORST: Amount = Amount::ZERO;

    #[inline]
    fn beats(amount: Amount, other: Amount) -> bool {
        other < amount
    }

    fn next(amount: Amount) -> Option<Amount> {
        amount.checked_add(UNIT)
    }

    fn worth(amount: Amount, gas: i128) -> i128 {
        signed(amount).saturating_sub(gas)
    }

    fn worst_of(worth: i128, gas: i128) -> Option<Amount> {
        Amount::new(u128::try_from(worth.saturating_add(gas).max(1)).ok()?).ok()
    }

    fn ends(scene: &Scene<'_>) -> (TokenId, TokenId) {
        (scene.from, scene.to)
    }

    #[inline]
    fn carry(pool: &Pool, direction: Direction, amount: Amount) -> Option<Amount> {
        let amount = cut(pool, direction, amount)?;
        pool.fill_exact_in(direction, amount).ok().map(|fill| fill.amount_out)
    }

    #[inline]
    fn overtakes(pool: &Pool, direction: Direction, amount: Amount, held: Amount) -> bool {
        // An output is below the reserve, which settles most cases with one comparison.
        held < pool.reserves().oriented(direction).reserve_out
            && Self::next(held)
                .zip(cut(pool, direction, amount))
                .is_some_and(|(out, amount)| pool.fill_exact(direction, amount, out).is_ok())
    }
}

impl Way for Backward {
    const WORST: Amount = Amount::MAX;

    #[inline]
    fn beats(amount: Amount, other: Amount) -> bool {
        amount < other
    }

    fn next(amount: Amount) -> Option<Amount> {
        amount.checked_sub(UNIT)
    }

    fn worth(amount: Amount, gas: i128) -> i128 {
        signed(amount).saturating_add(gas).saturating_neg()
    }

    fn worst_of(worth: i128, gas: i128) -> Option<Amount> {
        let amount = worth.saturating_neg().saturating_sub(gas);
        let amount = u128::try_from(amount).ok().filter(|amount| *amount > 0)?;
        // An input of 2^112 - 1 is no path's: a pool holds something.
        Some(Amount::new(amount).ok().or(Self::next(Self::WORST))?.min(Self::next(Self::WORST)?))
    }

    fn ends(scene: &Scene<'_>) -> (TokenId, TokenId) {
        (scene.to, scene.from)
    }

    #[inline]
    fn carry(pool: &Pool, direction: Direction, amount: Amount) -> Option<Amount> {
        pool.fill_exact_out(direction.reverse(), amount).ok().map(|fill| fill.amount_in)
    }

    #[inline]
    fn overtakes(pool: &Pool, direction: Direction, amount: Amount, held: Amount) -> bool {
        // What costs less than `held` is what one unit less can pay for. An input without room
        // is cut: if even the cut one suffices, then the least one does and has room.
        let direction = direction.reverse();
        Self::next(held)
            .and_then(|input| cut(pool, direction, input))
            .is_some_and(|input| pool.fill_exact(direction, input, amount).is_ok())
    }
}

const UNIT: Amount = Amount::from_u64(1);

/// An amount among values that may be below zero.
pub(crate) fn signed(amount: Amount) -> i128 {
    // Below 2^112.
    i128::try_from(amount.get()).unwrap_or(i128::MAX)
}

/// As much of an input as a pool has room for.
#[inline]
fn cut(pool: &Pool, direction: Direction, amount: Amount) -> Option<Amount> {
    let reserve_in = pool.reserves().oriented(direction).reserve_in;
    Amount::MAX.checked_sub(reserve_in).map(|room| room.min(amount))
}

/// One row for each number of hops, in it the best amount of each token reached.
///
/// Memory is for the tokens reached, not for those of the market: each has its own column.
#[derive(Debug)]
pub(crate) struct Labels {
    /// Where the column of each token begins; at 0 stands an empty one for the tokens not reached.
    columns: Vec<usize>,
    rows: usize,
    /// Zero is no amount.
    amounts: Vec<Amount>,
    reached: Vec<TokenId>,
    frontier: Vec<TokenId>,
    next: Vec<TokenId>,
}

impl Labels {
    /// Empty labels for so many tokens and at most so many hops.
    pub(crate) fn new(tokens: usize, hops: usize) -> Self {
        let rows = hops.saturating_add(1);
        let (columns, amounts) = (vec![0; tokens], vec![Amount::ZERO; rows]);
        let (reached, frontier, next) = (Vec::new(), Vec::new(), Vec::new());
        Self { columns, rows, amounts, reached, frontier, next }
    }

    /// The best amount of a token after exactly `hops` hops.
    #[inline]
    pub(crate) fn get(&self, hops: usize, token: TokenId) -> Option<Amount> {
        let column = self.columns.get(token.index())?;
        let amount = self.amounts.get(column.saturating_add(hops))?;
        (!amount.is_zero()).then_some(*amount)
    }

    fn set(&mut self, hops: usize, token: TokenId, amount: Amount) {
        let Some(column) = self.columns.get_mut(token.index()) else { return };
        if *column == 0 {
            *column = self.amounts.len();
            self.amounts.resize(column.saturating_add(self.rows), Amount::ZERO);
            self.reached.push(token);
        }
        if let Some(place) = self.amounts.get_mut(column.saturating_add(hops)) {
            if place.is_zero() {
                self.next.push(token);
            }
            *place = amount;
        }
    }

    fn clear(&mut self) {
        for token in self.reached.drain(..) {
            if let Some(column) = self.columns.get_mut(token.index()) {
                *column = 0;
            }
        }
        self.amounts.truncate(self.rows);
        self.next.clear();
    }

    /// Labels the market along a way, from `amount` at its beginning, over at most `hops` hops.
    ///
    /// `limit` says which token is of use after how many hops, and the worst amount of it that
    /// is. Neither end is passed through.
    pub(crate) fn spread<W: Way>(
        &mut self,
        scene: &Scene<'_>,
        amount: Amount,
        hops: usize,
        limit: impl Fn(usize, TokenId) -> Option<Amount>,
    ) {
        let (start, goal) = W::ends(scene);
        self.clear();
        self.set(0, start, amount);
        for row in 1..=hops {
            let mut frontier = core::mem::take(&mut self.frontier);
            core::mem::swap(&mut frontier, &mut self.next);
            for token in frontier.drain(..).filter(|token| *token != goal) {
                let Some(amount) = self.get(row.saturating_sub(1), token) else { continue };
                for edge in scene.graph.edges(token).iter().filter(|edge| edge.to != start) {
                    if let Some(limit) = limit(row, edge.to) {
                        self.relax::<W>(scene, edge, amount, (row, limit));
                    }
                }
            }
            self.frontier = frontier;
        }
    }

    /// Carries an amount along an edge, and keeps it where it is the best so far.
    #[inline]
    fn relax<W: Way>(
        &mut self,
        scene: &Scene<'_>,
        edge: &Edge,
        amount: Amount,
        (row, limit): (usize, Amount),
    ) {
        let Some(pool) = scene.pool(edge.pool) else { return };
        let held = self.get(row, edge.to);
        if held.is_some_and(|held| !W::overtakes(pool, edge.direction, amount, held)) {
            return;
        }
        match W::carry(pool, edge.direction, amount) {
            Some(amount) if !W::beats(limit, amount) => self.set(row, edge.to, amount),
            _ => {}
        }
    }
}
