//! From prices to a plan in whole units.
#![expect(
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "floats divide balances that integers hold, and every place is one of the dual's"
)]

use cenote_pool::{Amount, Hop, Market, Pool, Step, TokenId};

use crate::curve::to_f64;
use crate::dual::{Dual, UNRANKED};

/// A flow that the dual wants: how much to pay into a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lot {
    pub(crate) hop: Hop,
    pub(crate) src: usize,
    pub(crate) dst: usize,
    /// What goes in and what comes out, in units.
    pub(crate) pays: f64,
    pub(crate) buys: f64,
}

/// What a trader holds while executing a plan, and the plan so far.
#[derive(Debug)]
struct Desk<'a> {
    tokens: &'a [TokenId],
    balances: Vec<Amount>,
    /// The pool of each lot as the steps so far left it.
    pools: Vec<Pool>,
    steps: Vec<Step>,
}

/// How often balances are spent: more than once only where arbitrage brings them back.
const ROUNDS: usize = 12;

/// Flows of more pools are spent twice at most: nobody sends so many steps.
const MOST_ROUND: usize = 64;

/// The flows of a dual's prices, to be made whole for one supply or another.
#[derive(Debug)]
pub(crate) struct Rounding<'a> {
    market: &'a Market,
    tokens: &'a [TokenId],
    lots: Vec<Lot>,
    order: Order,
}

impl<'a> Rounding<'a> {
    pub(crate) fn new(market: &'a Market, dual: &'a Dual<'_>) -> Self {
        let lots = useful(lots(dual, 1.0), dual.tokens.len());
        let order = order(&lots, dual.tokens.len());
        Self { market, tokens: &dual.tokens, lots, order }
    }

    /// The steps that spend `supply` of the token paid as the prices tell, in whole units and in an
    /// order in which each step can be paid, and how much they buy.
    ///
    /// Each token's balance is divided among its pools in proportion to the flows that the prices
    /// want, each rounded to the nearest unit, and what that leaves goes to the largest. So nothing
    /// is left over, and each step loses less than one unit of what it buys against the undivided
    /// trade.
    pub(crate) fn spend(&self, supply: Amount) -> (Vec<Step>, Amount) {
        let Self { market, tokens, lots, order } = self;
        let mut desk = Desk {
            tokens,
            balances: vec![Amount::ZERO; tokens.len()],
            pools: lots.iter().map(|lot| market.pools()[lot.hop.pool.index()]).collect(),
            steps: Vec::with_capacity(lots.len()),
        };
        desk.balances[Dual::FROM] = supply;
        let mut left = lots.iter().map(|lot| lot.pays).collect::<Vec<_>>();
        let rounds = if lots.len() <= MOST_ROUND { ROUNDS } else { 2 };
        for _ in 0..rounds {
            let before = desk.steps.len();
            for token in order.tokens.iter().copied() {
                let own = &order.lots[order.starts[token]..order.starts[token + 1]];
                desk.spend(token, lots, own, &mut left);
            }
            if desk.steps.len() == before {
                break;
            }
        }
        let bought = desk.balances[Dual::TO];
        (desk.steps, bought)
    }
}

/// Ranks of tokens, by which the flows of a dual's prices go upwards as far as they can.
pub(crate) fn ranks(dual: &Dual<'_>) -> Vec<u32> {
    let count = dual.tokens.len();
    let order = order(&useful(lots(dual, 1.0), count), count);
    let mut ranks = vec![UNRANKED; dual.roots.len()];
    for (place, rank) in order.tokens.iter().zip(1..UNRANKED) {
        ranks[dual.tokens[*place].index()] = rank;
    }
    ranks[dual.tokens[Dual::FROM].index()] = 0;
    ranks[dual.tokens[Dual::TO].index()] = UNRANKED - 1;
    ranks
}

/// How far from the token paid the flows of a dual's prices come.
pub(crate) struct Depths {
    /// Pools on the longest way.
    pub(crate) longest: u32,
    /// For each token the mean number of pools passed by what arrives there, rounded.
    pub(crate) mean: Vec<u32>,
    /// For each token the number of pools on the longest way there.
    pub(crate) scaled: Vec<u32>,
}

impl Depths {
    /// The longest ways shortened in proportion, so that the longest of all has `hops` pools.
    pub(crate) fn scaled(mut self, hops: u32) -> Self {
        for depth in &mut self.scaled {
            *depth = depth.saturating_mul(hops).checked_div(self.longest).unwrap_or(0);
        }
        self
    }
}

pub(crate) fn depths(dual: &Dual<'_>) -> Depths {
    let count = dual.tokens.len();
    let (mut most, mut sums, mut arrived) =
        (vec![0_u32; count], vec![0.0; count], vec![0.0; count]);
    for lot in sequence(dual) {
        let depth = sums[lot.src] / f64::max(arrived[lot.src], f64::MIN_POSITIVE) + 1.0;
        most[lot.dst] = most[lot.dst].max(most[lot.src].saturating_add(1));
        arrived[lot.dst] += lot.buys;
        sums[lot.dst] += lot.buys * depth;
    }
    let (mut mean, mut scaled) = (vec![0; dual.roots.len()], vec![0; dual.roots.len()]);
    for (place, token) in dual.tokens.iter().enumerate() {
        scaled[token.index()] = most[place];
        if arrived[place] > 0.0 {
            let depth = units(sums[place] / arrived[place] + 0.5).get();
            mean[token.index()] = u32::try_from(depth).unwrap_or(u32::MAX);
        }
    }
    let longest = most.iter().max().copied().unwrap_or(0);
    Depths { longest, mean, scaled }
}

/// The flows of a dual's prices, however small, in an order in which they can be paid.
pub(crate) fn sequence(dual: &Dual<'_>) -> Vec<Lot> {
    let lots = useful(lots(dual, 0.0), dual.tokens.len());
    let Order { tokens, lots: places, starts } = order(&lots, dual.tokens.len());
    let of =
        |token: usize| places[starts[token]..starts[token + 1]].iter().map(|place| lots[*place]);
    tokens.into_iter().filter(|token| *token != Dual::TO).flat_map(of).collect()
}

/// The flows at the dual's prices of at least so many units.
fn lots(dual: &Dual<'_>, least: f64) -> Vec<Lot> {
    let lots = dual.rows.iter().filter_map(|row| {
        let (pays, buys) = dual.flow(row);
        // Less than a unit buys nothing or pays with nothing.
        (0.0 < pays && least <= pays && least <= buys).then_some(Lot {
            hop: row.hop,
            src: row.src,
            dst: row.dst,
            pays,
            buys,
        })
    });
    lots.collect()
}

/// Those on the way from the token paid to the one bought.
fn useful(mut lots: Vec<Lot>, tokens: usize) -> Vec<Lot> {
    loop {
        let (mut ahead, mut behind) = (vec![false; tokens], vec![false; tokens]);
        (ahead[Dual::FROM], behind[Dual::TO]) = (true, true);
        for lot in &lots {
            (ahead[lot.dst], behind[lot.src]) = (true, true);
        }
        let before = lots.len();
        lots.retain(|lot| ahead[lot.src] && behind[lot.dst]);
        if lots.len() == before {
            return lots;
        }
    }
}

/// In which order tokens are spent, and the lots of each.
#[derive(Debug)]
struct Order {
    tokens: Vec<usize>,
    /// Places of lots, by the token that they pay.
    lots: Vec<usize>,
    starts: Vec<usize>,
}

/// Tokens after all that buys them. Where that cannot be, since flows go round, the one of which
/// most has come in already goes first.
fn order(lots: &[Lot], tokens: usize) -> Order {
    let mut starts = vec![0; tokens + 1];
    for lot in lots {
        starts[lot.src + 1] += 1;
    }
    for token in 0..tokens {
        starts[token + 1] += starts[token];
    }
    let mut by_token = vec![0; lots.len()];
    let mut ends = starts.clone();
    for (at, lot) in lots.iter().enumerate() {
        let end = &mut ends[lot.src];
        by_token[*end] = at;
        // The largest goes last.
        if starts[lot.src] < *end && lot.pays < lots[by_token[*end - 1]].pays {
            by_token.swap(*end - 1, *end);
        }
        *end += 1;
    }
    let mut missing = vec![0_usize; tokens];
    let (mut inflow, mut arrived) = (vec![0.0; tokens], vec![0.0; tokens]);
    for lot in lots {
        missing[lot.dst] += 1;
        inflow[lot.dst] += lot.buys;
    }
    let mut order = Vec::new();
    let mut is_done = vec![false; tokens];
    let mut ready = vec![Dual::FROM];
    (0..tokens)
        .filter(|token| *token != Dual::FROM && missing[*token] == 0)
        .for_each(|token| ready.push(token));
    loop {
        let next = ready.pop().or_else(|| {
            let waiting = (0..tokens).filter(|token| !is_done[*token] && 0 < missing[*token]);
            let share = |token: &usize| arrived[*token] / inflow[*token];
            waiting.max_by(|a, b| share(a).total_cmp(&share(b)).then(b.cmp(a)))
        });
        let Some(token) = next else { break };
        if core::mem::replace(&mut is_done[token], true) {
            continue;
        }
        order.push(token);
        for lot in &by_token[starts[token]..starts[token + 1]] {
            let lot = &lots[*lot];
            arrived[lot.dst] += lot.buys;
            missing[lot.dst] -= 1;
            if missing[lot.dst] == 0 {
                ready.push(lot.dst);
            }
        }
    }
    Order { tokens: order, lots: by_token, starts }
}

impl Desk<'_> {
    /// Spends a balance on a token's lots, the largest last.
    fn spend(&mut self, token: usize, lots: &[Lot], own: &[usize], left: &mut [f64]) {
        let wanted = own.iter().map(|lot| left[*lot]).sum::<f64>();
        let all = own.iter().map(|lot| lots[*lot].pays).sum::<f64>();
        let balance = self.balances[token];
        if balance.is_zero() || all <= 0.0 {
            return;
        }
        // What was wanted is bought already: the rest goes the same ways.
        let by_left = wanted > 1e-9 * all;
        // Of the token bought only what comes back as more of it is spent.
        let scale = if token == Dual::TO {
            if by_left { 1.0_f64.min(to_f64(balance.get()) / wanted) } else { return }
        } else {
            to_f64(balance.get()) / if by_left { wanted } else { all }
        };
        for (at, lot) in own.iter().copied().enumerate() {
            let share = if by_left { left[lot] } else { lots[lot].pays };
            let is_last = at + 1 == own.len() && token != Dual::TO;
            let amount = if is_last { self.balances[token] } else { units(share * scale + 0.5) };
            self.swap(lot, &lots[lot], amount.min(self.balances[token]), left);
        }
    }

    fn swap(&mut self, at: usize, lot: &Lot, amount: Amount, left: &mut [f64]) {
        let pool = &mut self.pools[at];
        let held = pool.reserves().oriented(lot.hop.direction).reserve_in;
        let Some(room) = Amount::MAX.checked_sub(held) else { return };
        let amount = amount.min(room);
        let Ok(fill) = pool.fill_exact_in(lot.hop.direction, amount) else { return };
        let (Some(rest), Some(bought)) = (
            self.balances[lot.src].checked_sub(amount),
            self.balances[lot.dst].checked_add(fill.amount_out),
        ) else {
            return;
        };
        let (token_in, token_out) = pool.tokens(lot.hop.direction);
        if pool.swap_exact_in(token_in, amount, fill.amount_out).is_err() {
            return;
        }
        debug_assert_eq!(token_in, self.tokens[lot.src], "a lot is of its token");
        self.balances[lot.src] = rest;
        self.balances[lot.dst] = bought;
        left[at] = (left[at] - to_f64(amount.get())).max(0.0);
        let (amount_in, amount_out) = (amount, fill.amount_out);
        self.steps.push(Step { pool: lot.hop.pool, token_in, amount_in, token_out, amount_out });
    }
}

/// A number of units, rounded down.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and nothing is decided by it but how a balance is divided"
)]
pub(crate) fn units(number: f64) -> Amount {
    Amount::new(number as u128).unwrap_or(Amount::MAX)
}
