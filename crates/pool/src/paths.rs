//! [`Paths`]: orders of any number of hops that are quoted together.

use cenote_kernel::{Isa, prefetch};

use crate::amount::Amount;
use crate::id::TokenId;
use crate::market::Market;
use crate::order::{Exact, Order, Orders};
use crate::path::{Hop, MAX_HOPS};
use crate::pool::Pool;
use crate::swap::{Fill, Leg, SwapError};
use crate::tile::Tile;

/// Independent orders that are quoted together, hop by hop, several times as fast as one after the
/// other.
///
/// Each is computed on the pools as they are: no order sees what another one does. This is room to
/// be used again and again.
#[derive(Debug, Clone)]
pub struct Paths {
    tile: Tile,
    walks: Vec<Walk>,
    /// The walks whose swaps are in the tile.
    tiled: Vec<usize>,
    fills: Vec<Fill>,
}

/// An order under way.
#[derive(Debug, Clone, Copy)]
struct Walk {
    /// The place of the order.
    place: usize,
    exact: Exact,
    /// Where its hops stand among those of all orders, and its fills here.
    first_hop: usize,
    first_fill: usize,
    hops: usize,
    /// What the next hop pays or buys.
    amount: Amount,
    /// The token of that, once there was a hop.
    token: Option<TokenId>,
    /// Whether it goes on. An order that does not is left to whoever knows why.
    goes: bool,
}

impl Default for Paths {
    fn default() -> Self {
        Self::with(Isa::best())
    }
}

impl Paths {
    /// How many orders are quoted together.
    pub const SIZE: usize = Tile::SIZE;

    /// Room for orders, on the fastest instruction set that there is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Room for orders, on this instruction set. All give the same answers.
    pub fn with(isa: Isa) -> Self {
        let (walks, tiled, fills) = (Vec::new(), Vec::new(), Vec::new());
        Self { tile: Tile::with(isa), walks, tiled, fills }
    }

    /// Forgets all orders and keeps the room.
    pub fn clear(&mut self) {
        self.walks.clear();
        self.fills.clear();
    }

    /// How many orders there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.walks.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.walks.is_empty()
    }

    /// Adds the order at a place; none where there is no such order.
    #[inline]
    pub fn push(&mut self, pools: &[Pool], orders: &Orders, place: usize) {
        let Some(Order { exact, amount, hops, .. }) = orders.get(place) else { return };
        let first = if exact == Exact::In { hops.first() } else { hops.last() };
        first.and_then(|hop| pools.get(hop.pool.index())).inspect(|pool| prefetch(*pool));
        let first_fill =
            self.walks.last().map_or(0, |walk| walk.first_fill.saturating_add(walk.hops));
        let first_hop = orders.hop_range(place).start;
        // What a pool does that is used twice depends on itself.
        let goes = !repeats(hops);
        let (hops, token) = (hops.len(), None);
        self.walks.push(Walk { place, exact, first_hop, first_fill, hops, amount, token, goes });
    }

    /// Computes all orders on pools, which their hops name by their places, and keeps a fill for
    /// each hop.
    pub fn fill(&mut self, pools: &[Pool], orders: &Orders) {
        let fills = self.walks.last().map_or(0, |walk| walk.first_fill.saturating_add(walk.hops));
        // Every fill of an order that goes to its end is written.
        self.fills.resize(fills, Fill::default());
        self.walk::<true>(pools, orders);
    }

    /// Every order by its place, with its fills. [`Order::fill`] gives the same, or an error where
    /// here is none.
    pub fn fills(&self) -> impl Iterator<Item = (usize, Option<&[Fill]>)> {
        self.walks.iter().map(|walk| {
            let end = walk.first_fill.saturating_add(walk.hops);
            (walk.place, self.fills.get(walk.first_fill..end).filter(|_| walk.goes))
        })
    }

    /// Computes all orders hop by hop.
    fn walk<const KEEP: bool>(&mut self, pools: &[Pool], orders: &Orders) {
        let most = self.walks.iter().map(|walk| walk.hops).max().unwrap_or_default();
        for exact in [Exact::In, Exact::Out] {
            for round in 0..most {
                self.gather::<KEEP>(pools, orders, exact, round);
            }
        }
        for walk in &mut self.walks {
            let limit = orders.terms(walk.place).map(|terms| terms.limit).unwrap_or_default();
            walk.goes &= match walk.exact {
                Exact::In => limit <= walk.amount,
                Exact::Out => walk.amount <= limit,
            };
        }
    }

    /// Quotes the hop of each order that is its next one in this round.
    #[inline]
    fn gather<const KEEP: bool>(
        &mut self,
        pools: &[Pool],
        orders: &Orders,
        exact: Exact,
        round: usize,
    ) {
        for at in 0..self.walks.len() {
            let Some(walk) = self.walks.get_mut(at) else { continue };
            if walk.exact != exact || !walk.goes || walk.hops <= round {
                continue;
            }
            let hop = |round| orders.hops().get(walk.first_hop.saturating_add(walk.step(round)));
            let next = round.saturating_add(1);
            if let Some(coming) = hop(next).filter(|_| next < walk.hops) {
                pools.get(coming.pool.index()).inspect(|pool| prefetch(*pool));
            }
            let pool = hop(round).and_then(|hop| Some((hop, pools.get(hop.pool.index())?)));
            let Some((hop, pool)) = pool else {
                walk.goes = false;
                continue;
            };
            let (token_in, token_out) = pool.tokens(hop.direction);
            let (here, there) =
                if exact == Exact::In { (token_in, token_out) } else { (token_out, token_in) };
            if walk.token.replace(there).is_some_and(|token| token != here) {
                walk.goes = false;
                continue;
            }
            self.tile.push(pool, hop.direction, walk.amount);
            self.tiled.push(at);
            if self.tile.len() == Tile::SIZE {
                self.take::<KEEP>(exact, round);
            }
        }
        self.take::<KEEP>(exact, round);
    }

    /// Takes over what the swaps of the tile do.
    fn take<const KEEP: bool>(&mut self, exact: Exact, round: usize) {
        let Self { tile, walks, tiled, fills } = self;
        let mut take = |at: &usize, fill: Result<Fill, SwapError>| {
            let Some(walk) = walks.get_mut(*at) else { return };
            let Ok(fill) = fill else {
                walk.goes = false;
                return;
            };
            walk.amount = if exact == Exact::In { fill.amount_out } else { fill.amount_in };
            if KEEP {
                let place = walk.first_fill.saturating_add(walk.step(round));
                if let Some(place) = fills.get_mut(place) {
                    *place = fill;
                }
            }
        };
        match exact {
            Exact::In => tiled.iter().zip(tile.exact_in()).for_each(|(at, fill)| take(at, fill)),
            Exact::Out => tiled.iter().zip(tile.exact_out()).for_each(|(at, fill)| take(at, fill)),
        }
        tiled.clear();
    }
}

impl Walk {
    /// Which of its hops is the next one in a round: an exact output is computed from its end.
    #[inline]
    fn step(&self, round: usize) -> usize {
        match self.exact {
            Exact::In => round,
            Exact::Out => self.hops.saturating_sub(1).saturating_sub(round),
        }
    }
}

/// Whether a path uses a pool twice.
#[inline]
fn repeats(hops: &[Hop]) -> bool {
    hops.iter()
        .enumerate()
        .any(|(at, hop)| hops.iter().take(at).any(|other| other.pool == hop.pool))
}

impl Market {
    /// What each order would do, if it were the only one: what is paid into its first pool and what
    /// the last one pays. Nothing of the market changes.
    ///
    /// The same as [`run_order`](Self::run_order) on a fork for each, in the order of the orders, several
    /// times as fast. `done` is forgotten first.
    ///
    /// ```
    /// use cenote_pool::{
    ///     Amount, Direction, Exact, Fee, Hop, Leg, Market, Order, Orders, Paths, Pool, Reserves,
    ///     SwapError,
    /// };
    ///
    /// let mut market = Market::new();
    /// let (eth, usd) = (market.add_token("eth")?, market.add_token("usd")?);
    /// let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 4_000_000_u64.into() };
    /// let pool = Pool::new(eth, usd, Fee::UNISWAP_V2)?.with_reserves(reserves)?;
    /// let hops = [Hop { pool: market.add_pool("eth/usd", pool)?, direction: Direction::ZeroForOne }];
    ///
    /// let mut orders = Orders::new();
    /// for units in [10, 0] {
    ///     let amount = Amount::from_u64(units);
    ///     orders.push(Order { exact: Exact::In, amount, limit: Amount::ZERO, hops: &hops })?;
    /// }
    /// let mut done = Vec::new();
    /// market.quote_orders(&orders, &mut Paths::new(), &mut done);
    /// let leg = Leg { amount_in: 10_u64.into(), amount_out: 39_486_u64.into() };
    /// assert_eq!(done, [Ok(leg), Err(SwapError::ZeroAmount)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn quote_orders(
        &self,
        orders: &Orders,
        paths: &mut Paths,
        done: &mut Vec<Result<Leg, SwapError>>,
    ) {
        done.clear();
        done.reserve(orders.len());
        for start in (0..orders.len()).step_by(Paths::SIZE) {
            paths.clear();
            for place in start..start.saturating_add(Paths::SIZE).min(orders.len()) {
                paths.push(self.pools(), orders, place);
            }
            paths.walk::<false>(self.pools(), orders);
            done.extend(paths.walks.iter().map(|walk| {
                let amount = orders.terms(walk.place).map(|terms| terms.amount);
                match (amount, walk.exact) {
                    (Some(amount_in), Exact::In) if walk.goes => {
                        Ok(Leg { amount_in, amount_out: walk.amount })
                    }
                    (Some(amount_out), Exact::Out) if walk.goes => {
                        Ok(Leg { amount_in: walk.amount, amount_out })
                    }
                    _ => self.quote_order(orders.get(walk.place)),
                }
            }));
        }
    }

    /// What one order would do.
    #[cold]
    fn quote_order(&self, order: Option<Order<'_>>) -> Result<Leg, SwapError> {
        let order = order.ok_or(crate::swap::PathError::Empty)?;
        let mut fills = [Fill::default(); MAX_HOPS];
        let fills = fills.get_mut(..order.hops.len()).unwrap_or_default();
        self.fill_order(order, fills)?;
        let (first, last) = (fills.first(), fills.last());
        let legs = first.zip(last).ok_or(crate::swap::PathError::Empty)?;
        Ok(Leg { amount_in: legs.0.amount_in, amount_out: legs.1.amount_out })
    }

    /// What each swap would do, if it were the only one, with an exact input or an exact output: what
    /// [`Pool::fill_exact_in`] or [`Pool::fill_exact_out`] gives, in the order of the swaps, several
    /// times as fast. `fills` is forgotten first.
    pub fn quote_swaps(
        &self,
        exact: Exact,
        swaps: &[(Hop, Amount)],
        tile: &mut Tile,
        fills: &mut Vec<Result<Fill, SwapError>>,
    ) {
        tile.clear();
        fills.clear();
        fills.reserve(swaps.len());
        for (number, part) in swaps.chunks(Tile::SIZE).enumerate() {
            // What is not of this market is refused after the others, in its place.
            let mut strangers = Vec::new();
            let coming = swaps.iter().skip(number.saturating_add(1).saturating_mul(Tile::SIZE));
            let mut coming = coming.filter_map(|(hop, _)| self.pools().get(hop.pool.index()));
            for (at, (hop, amount)) in part.iter().enumerate() {
                coming.next().inspect(|pool| prefetch(*pool));
                match self.pools().get(hop.pool.index()) {
                    Some(pool) => drop(tile.push(pool, hop.direction, *amount)),
                    None => strangers.push((at, hop.pool)),
                }
            }
            let start = fills.len();
            match exact {
                Exact::In => fills.extend(tile.exact_in()),
                Exact::Out => fills.extend(tile.exact_out()),
            }
            for (at, pool) in strangers {
                fills.insert(start.saturating_add(at), Err(SwapError::UnknownPool { pool }));
            }
        }
    }
}
