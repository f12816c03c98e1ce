//! T6: a fork does what a copy does, and nothing of it is left when it is dropped or undone.
//!
//! A script is run on a market and its forks, and beside them on plain copies: one for each level.
//! After each step the results agree, the market at hand is its copy, and states that come again
//! have the version that they had.

use cenote_pool::{
    Action, Amount, Event, Fee, Flows, History, Hop, Label, Market, Pool, PoolId, Product,
    Reserves, Route, TokenId, Undo, UndoError, Version,
};

use crate::violation::{Violation, holds};

/// One step of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForkOp {
    /// What is done; whatever the byte, it is something.
    pub kind: u8,
    /// Where.
    pub place: u8,
    /// How much.
    pub units: u32,
}

/// Six bytes: the kind, the place, the units.
#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for ForkOp {
    fn arbitrary(bytes: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        let (kind, place) = (bytes.arbitrary()?, bytes.arbitrary()?);
        Ok(Self { kind, place, units: bytes.arbitrary()? })
    }
}

/// The deepest fork that a script opens.
pub const MAX_DEPTH: usize = 6;

/// A market and what it must be.
struct Level<'a> {
    market: &'a mut Market,
    copy: Market,
    depth: usize,
}

/// How a level ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Drop,
    Commit,
    CommitUndoable,
}

/// The way back to a state, and that state.
struct Past {
    undo: Undo,
    version: Version,
    copy: Market,
}

/// Runs a script.
///
/// # Errors
///
/// [`Violation`] `T6`, of the first step at which something did not hold.
pub fn run(ops: &[ForkOp]) -> Result<(), Violation> {
    let Some(mut market) = market() else {
        return holds(("T6", "a market can be made"), false, 0);
    };
    let mut ops = ops.iter().copied();
    let mut past = Vec::new();
    let copy = market.clone();
    let mut level = Level { market: &mut market, copy, depth: 0 };
    while let Some(op) = ops.next() {
        match op.kind % 16 {
            0..=3 => level.forked(&mut ops, &mut past)?,
            4 => level.undo(&mut past)?,
            _ => {
                level.step(op)?;
                // What was committed before is another state's past.
                past.clear();
            }
        }
    }
    while !past.is_empty() {
        level.undo(&mut past)?;
    }
    Ok(())
}

impl Level<'_> {
    /// Opens a fork, runs what follows in it, and ends it.
    fn forked(
        &mut self,
        ops: &mut impl Iterator<Item = ForkOp>,
        past: &mut Vec<Past>,
    ) -> Result<(), Violation> {
        if self.depth == MAX_DEPTH {
            return Ok(());
        }
        let version = self.market.version();
        let mut fork = self.market.fork();
        let mut inner = Level {
            market: &mut fork,
            copy: self.copy.clone(),
            depth: self.depth.saturating_add(1),
        };
        let end = inner.script(ops)?;
        let copy = inner.copy;
        match end {
            End::Drop => {
                drop(fork);
                holds(("T6", "a state has one version"), self.market.version() == version, 0)?;
            }
            End::Commit => {
                fork.commit();
                self.copy = copy;
                past.clear();
            }
            End::CommitUndoable => {
                let undo = fork.commit_undoable();
                let before = core::mem::replace(&mut self.copy, copy);
                past.push(Past { undo, version, copy: before });
            }
        }
        self.check(1)
    }

    /// Runs steps until one that ends the fork.
    fn script(&mut self, ops: &mut impl Iterator<Item = ForkOp>) -> Result<End, Violation> {
        // What an inner fork leaves is undone with the outer one, or not at all.
        let mut inner = Vec::new();
        while let Some(op) = ops.next() {
            match op.kind % 16 {
                0 | 1 => self.forked(ops, &mut inner)?,
                2 => return Ok(End::Commit),
                3 => return Ok(End::CommitUndoable),
                4 => {
                    let refused = inner.pop().map(|past: Past| self.market.undo(&past.undo));
                    let refused = matches!(refused, None | Some(Err(UndoError::Forked)));
                    holds(("T6", "a fork that is open is not undone"), refused, 0)?;
                }
                5 => return Ok(End::Drop),
                _ => self.step(op)?,
            }
        }
        Ok(End::Drop)
    }

    /// Goes back by one, and no other way.
    fn undo(&mut self, past: &mut Vec<Past>) -> Result<(), Violation> {
        let Some(Past { undo, version, copy }) = past.pop() else { return Ok(()) };
        if let Some(earlier) = past.last().filter(|earlier| earlier.undo.after() != undo.after()) {
            let refused = self.market.undo(&earlier.undo) == Err(UndoError::OtherState);
            holds(("T6", "states are undone in their order"), refused, 0)?;
        }
        holds(("T6", "what was committed can be undone"), self.market.undo(&undo).is_ok(), 0)?;
        self.copy = copy;
        holds(("T6", "a state has one version"), self.market.version() == version, 0)?;
        self.check(2)
    }

    /// Does one thing to the market and to its copy.
    fn step(&mut self, op: ForkOp) -> Result<(), Violation> {
        let done = act(self.market, op) == act(&mut self.copy, op);
        holds(("T6", "a fork does what a copy does"), done, op.kind.into())?;
        self.check(op.kind.into())
    }

    fn check(&self, about: u128) -> Result<(), Violation> {
        let same = *self.market == self.copy;
        holds(("T6", "a fork is what a copy is"), same, about)?;
        // Equality does not look at what only names find.
        let names = ["a", "b", "c", "n0", "n1", "n2"];
        let found = |market: &Market| names.map(|name| market.token(name).ok());
        holds(("T6", "the same names"), found(self.market) == found(&self.copy), about)
    }
}

/// Three tokens, and three pools between them, two of which have a past.
fn market() -> Option<Market> {
    let mut market = Market::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| market.add_token(name).ok());
    for (name, token0, token1) in [("ab", a?, b?), ("bc", b?, c?), ("ca", c?, a?)] {
        let reserves = Reserves { reserve0: 1_000_000_u64.into(), reserve1: 3_000_000_u64.into() };
        let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).ok()?.with_reserves(reserves).ok()?;
        let pool = pool.with_total_shares(1_500_000_u64.into()).ok()?;
        market.add_pool(name, pool).ok()?;
    }
    Some(market)
}

/// What a step did, as text, since each operation has its own answer.
fn act(market: &mut Market, ForkOp { kind, place, units }: ForkOp) -> String {
    let pool = PoolId::from(u32::from(place % 4));
    let (a, b) = (TokenId::from(u32::from(place % 3)), TokenId::from(u32::from(place / 4 % 3)));
    let amount = Amount::from(u64::from(units));
    let other = Amount::from(u64::from(units.rotate_left(16)));
    let reserves = Reserves { reserve0: amount, reserve1: other };
    match kind % 16 {
        6 => format!("{:?}", market.swap_exact_in(pool, a, amount, Amount::ZERO)),
        7 => format!("{:?}", market.swap_exact_out(pool, a, amount, Amount::MAX)),
        8 => format!("{:?}", market.mint(pool, amount, other, 0_u64.into())),
        9 => format!("{:?}", market.burn(pool, u64::from(units).into())),
        10 => format!("{:?}", market.sync(pool, reserves)),
        11 => format!("{:?}", market.set_history(pool, past(units))),
        12 => format!("{:?}", market.apply(&event(market, pool, (place, units)))),
        13 => {
            let name = format!("n{}", market.token_count().saturating_sub(3));
            format!("{:?} {:?}", market.add_token(&name), new_pool(market, &name, [a, b]))
        }
        14 => written(market, place, units),
        _ => {
            let hops = [(pool, a), (PoolId::from(u32::from(place / 16 % 4)), b)];
            format!("{:?}", route(market, hops, amount).map(|route| market.execute(&route)))
        }
    }
}

fn past(units: u32) -> History {
    if units.is_multiple_of(5) {
        return History::UNKNOWN;
    }
    let k_last = units.is_multiple_of(2).then(|| Product::of(Reserves::default()));
    let sum = Some(u64::from(units).into());
    History { ts_last: Some(units), price0_cum: sum, price1_cum: sum, k_last }
}

/// What a chain may report: reserves alone, or a swap of the first token that fits them.
fn event(market: &Market, pool: PoolId, (place, units): (u8, u32)) -> Event {
    let amount = Amount::from(u64::from(units));
    let alone = Event {
        pool,
        timestamp: units,
        reserves: Reserves { reserve0: amount, reserve1: amount },
        action: None,
    };
    let fill = market.pool(pool).ok().and_then(|entry| {
        entry.quote_exact_in(entry.token0(), amount).ok().filter(|_| place.is_multiple_of(2))
    });
    fill.map_or(alone, |fill| {
        let flows = Flows { amount0_in: amount, amount1_out: fill.amount_out, ..Flows::default() };
        Event { reserves: fill.reserves, action: Some(Action::Swap(flows)), ..alone }
    })
}

fn new_pool(market: &mut Market, name: &str, [a, b]: [TokenId; 2]) -> Option<PoolId> {
    let pool = Pool::new(a, b, Fee::ZERO).ok()?;
    market.add_pool(&format!("{name}/pool"), pool).ok()
}

/// Writes what nothing judges: labels, whole states, and all pools at once.
fn written(market: &mut Market, place: u8, units: u32) -> String {
    let token = TokenId::from(u32::from(place % 4));
    market
        .label_token(token, Label { symbol: None, decimals: units.to_be_bytes().first().copied() });
    let pool = PoolId::from(u32::from(place % 4));
    let restored = market.pool(pool).copied().map(|state| market.restore(pool, state, past(units)));
    if place.is_multiple_of(7) {
        let first = market.pools().first().copied();
        if let (Some(first), Some(last)) = (first, market.pools_mut().last_mut())
            && first.token0() == last.token0()
            && first.token1() == last.token1()
        {
            *last = first;
        }
    }
    format!("{restored:?}")
}

fn route(market: &Market, hops: [(PoolId, TokenId); 2], amount: Amount) -> Option<Route> {
    let hop = |(pool, token): (PoolId, TokenId)| {
        let direction = market.pool(pool).ok()?.direction(token).ok()?;
        Some(Hop { pool, direction })
    };
    let hops = [hop(hops[0])?, hop(hops[1])?];
    market.route_exact_in(&hops, amount).ok()
}
