//! [`Task`]: a question for a router.

#![expect(clippy::float_arithmetic, reason = "shares of what there is, then rounded")]

use cenote_pool::{Amount, Exact, Market, TokenId};

use super::builder::amount;
use super::draw::Draw;
use super::{Family, Network};

/// What [`Network::tasks`] asks between two tokens: which side is exact, and which share of what
/// all pools hold of that side's token.
const SHARES: [(Exact, f64); 5] = [
    (Exact::In, 1e-5),
    (Exact::In, 0.01),
    (Exact::In, 0.2),
    (Exact::Out, 1e-5),
    (Exact::Out, 0.01),
];

/// A question for a router: two tokens, and an exact amount to sell or to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Task {
    /// Which side `amount` fixes.
    pub exact: Exact,
    /// What the trader pays with.
    pub token_in: TokenId,
    /// What the trader buys.
    pub token_out: TokenId,
    /// How much of the one or the other; at least one unit.
    pub amount: Amount,
}

impl Task {
    /// Random questions to sell, on any market: each between tokens of its own that pools with
    /// reserves connect, for a share of what all pools hold of the token paid that is ten to a
    /// power, drawn evenly between two of them.
    ///
    /// A token comes up as often as it is traded: each is a side of a random pool.
    pub fn sales(market: &Market, powers: [f64; 2], (count, seed): (usize, u64)) -> Vec<Self> {
        let mut drawing = Drawing::new(market, seed);
        let [low, high] = powers;
        let sale = |_| {
            let pair = drawing.pair()?;
            let share = drawing.draw.magnitude(low, high);
            Some(drawing.task(pair, Exact::In, share))
        };
        (0..count).map_while(sale).collect()
    }
}

impl Network {
    /// The standard tasks between so many pairs of tokens: to sell 10^-5, 1 % and 20 % of what all
    /// pools hold of the token paid, and to buy 10^-5 and 1 % of the token bought.
    ///
    /// The pairs are random and connected, but for the first one, which is the first two tokens;
    /// of layered, parallel and tiny networks there is this pair only.
    pub fn tasks(&self, pairs: usize) -> Vec<Task> {
        let only = matches!(self.family, Family::Layered | Family::Parallel | Family::TinySplit);
        let mut drawing = Drawing::new(&self.market, self.seed);
        let first = [TokenId::FIRST, TokenId::SECOND];
        let first = if drawing.joins(first) { Some(first) } else { drawing.pair() };
        let random = (1..pairs).filter(|_| !only).map(|_| drawing.pair()).collect::<Vec<_>>();
        let all = [first].into_iter().chain(random).flatten().take(pairs);
        all.flat_map(|pair| SHARES.map(|(exact, share)| drawing.task(pair, exact, share))).collect()
    }

    /// Random tasks, each between connected tokens of its own, for some `share` of what all pools
    /// hold of the exact side's token: from half to one and a half of it.
    ///
    /// A token comes up as often as it is traded: each is a side of a random pool.
    pub fn queries(&self, exact: Exact, share: f64, (count, seed): (usize, u64)) -> Vec<Task> {
        let mut drawing = Drawing::new(&self.market, seed);
        let query = |_| {
            let pair = drawing.pair()?;
            let share = share * drawing.draw.even(0.5, 1.5);
            Some(drawing.task(pair, exact, share))
        };
        (0..count).map_while(query).collect()
    }
}

/// Tasks of a market while they are drawn.
struct Drawing<'a> {
    market: &'a Market,
    /// The component of each token.
    components: Vec<usize>,
    /// What all pools hold of each token, in units.
    liquidity: Vec<f64>,
    draw: Draw,
}

impl<'a> Drawing<'a> {
    fn new(market: &'a Market, seed: u64) -> Self {
        // Another sequence than the one that made the pools.
        let draw = Draw::new(!seed);
        let (components, liquidity) = (components(market), liquidity(market));
        Self { market, components, liquidity, draw }
    }

    fn joins(&self, pair: [TokenId; 2]) -> bool {
        let [a, b] = pair.map(|token| self.components.get(token.index()));
        a == b && pair.first() != pair.last()
    }

    /// Two different tokens that pools connect; `None` where no pool is.
    fn pair(&mut self) -> Option<[TokenId; 2]> {
        self.market.pools().iter().find(|pool| !pool.is_empty())?;
        // Two sides of one pool are a pair, so that one is found in the end.
        loop {
            let pair = [self.token()?, self.token()?];
            if self.joins(pair) {
                return Some(pair);
            }
        }
    }

    /// A side of a random pool.
    fn token(&mut self) -> Option<TokenId> {
        let pool = self.market.pools().get(self.draw.place(self.market.pools().len()))?;
        Some(if self.draw.place(2) == 0 { pool.token0() } else { pool.token1() })
    }

    fn task(&self, pair: [TokenId; 2], exact: Exact, share: f64) -> Task {
        let [token_in, token_out] = pair;
        let token = match exact {
            Exact::In => token_in,
            Exact::Out => token_out,
        };
        let held = self.liquidity.get(token.index()).copied().unwrap_or_default();
        Task { exact, token_in, token_out, amount: amount(held * share) }
    }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a share is taken of it")]
fn liquidity(market: &Market) -> Vec<f64> {
    let mut held = vec![0.0; market.token_count()];
    for pool in market.pools() {
        let reserves = pool.reserves();
        for (token, reserve) in
            [(pool.token0(), reserves.reserve0), (pool.token1(), reserves.reserve1)]
        {
            if let Some(held) = held.get_mut(token.index()) {
                *held += reserve.get() as f64;
            }
        }
    }
    held
}

/// For each token the place of one that stands for all that pools with reserves connect with it.
fn components(market: &Market) -> Vec<usize> {
    let mut parents = (0..market.token_count()).collect::<Vec<_>>();
    for pool in market.pools().iter().filter(|pool| !pool.is_empty()) {
        let [a, b] = [pool.token0(), pool.token1()].map(|token| root(&mut parents, token.index()));
        if let Some(parent) = parents.get_mut(a) {
            *parent = b;
        }
    }
    (0..parents.len()).map(|at| root(&mut parents, at)).collect()
}

/// Follows the parents to their end, and halves the way.
fn root(parents: &mut [usize], mut at: usize) -> usize {
    while let Some(&parent) = parents.get(at).filter(|&&parent| parent != at) {
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        if let Some(entry) = parents.get_mut(at) {
            *entry = grandparent;
        }
        at = grandparent;
    }
    at
}
