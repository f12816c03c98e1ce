//! [`Work`]: one block while it is taken over.

use std::collections::BTreeMap;

use cenote_pool::{
    Action, Event, EventError, Fork, History, Liquidity, Log, MarketError, MintError, Paired,
    Pairing, Pool, PoolId, Product, ProtocolFee, Report, Reserves, Shares, TokenId, Undo,
};

use crate::address::Address;
use crate::applied::{Applied, Flag, FlagReason};
use crate::block::Header;
use crate::book::Book;
use crate::dust::{Dust, DustChanges, as_dust};
use crate::follower::{Factory, PushError};
use crate::record::{Notice, Record};

/// A block while it is taken over, on a fork that is dropped if it cannot be.
pub(crate) struct Work<'a> {
    known: Known<'a>,
    fork: Fork<'a>,
    pairing: Pairing,
    /// The place of the report that waits for its action.
    waiting: u64,
    /// Shares that were made or given up and no deposit or withdrawal has said why.
    shares: Vec<(PoolId, SharesMoved)>,
    pairs: Vec<Pair>,
    dust: DustChanges,
    applied: Applied,
}

/// What is known before the block beside the market.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) book: &'a Book,
    pub(crate) factories: &'a [Factory],
    pub(crate) protocol_fees: &'a BTreeMap<PoolId, ProtocolFee>,
    pub(crate) dust: &'a Dust,
}

/// What a block did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) applied: Applied,
    /// Its new pairs.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) dust: DustChanges,
    /// The way back.
    pub(crate) undo: Undo,
}

/// A new pair and its tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) address: Address,
    pub(crate) pool: PoolId,
    pub(crate) tokens: [(Address, TokenId); 2],
    pub(crate) protocol_fee: ProtocolFee,
}

/// What a pair said of its shares before it said what was done.
#[derive(Debug, Clone, Copy, Default)]
struct SharesMoved {
    /// Where it said so last.
    log_index: u64,
    /// The last that were made: those before it are the protocol's, or locked.
    made: Option<Shares>,
    given_up: Option<Shares>,
    /// What all that were made add to, less those given up, is what changes their number.
    all_made: u128,
}

impl<'a> Work<'a> {
    pub(crate) fn new(header: &Header, known: Known<'a>, fork: Fork<'a>) -> Self {
        let (touched, created, flags) = Default::default();
        let applied = Applied { header: *header, events: 0, touched, created, flags };
        let (pairing, waiting, shares, pairs, dust) = Default::default();
        Self { known, fork, pairing, waiting, shares, pairs, dust, applied }
    }

    /// The pool at an address, asked for ahead of what will be said of it.
    #[inline]
    pub(crate) fn find(&self, address: &Address) -> Option<PoolId> {
        let pool = self.known.book.pool(address)?;
        self.fork.prefetch(pool);
        Some(pool)
    }

    /// Takes over what the next log says, of the pool that was known at its address before the
    /// block.
    pub(crate) fn take(&mut self, record: &Record, pool: Option<PoolId>) -> Result<(), PushError> {
        let Record { log_index, address, notice } = *record;
        if let Notice::PairCreated { pair, token0, token1 } = notice {
            let Some(factory) =
                self.known.factories.iter().find(|factory| factory.address == address)
            else {
                return Ok(());
            };
            let created = self.create(factory, pair, [token0, token1]);
            return created.map_err(|reason| PushError::Pair { log_index, reason });
        }
        if let Some(pool) = pool.or_else(|| self.created(&address)) {
            self.hear(pool, log_index, notice);
        }
        Ok(())
    }

    /// What the block did.
    pub(crate) fn finish(mut self) -> Done {
        if let Some(Paired::Event(event)) = self.pairing.finish() {
            self.event(&event, self.waiting);
        }
        for (pool, moved) in core::mem::take(&mut self.shares) {
            self.flag(pool, moved.log_index, FlagReason::StrayShares);
        }
        self.applied.touched.sort_unstable();
        self.applied.touched.dedup();
        let Self { applied, pairs, dust, fork, .. } = self;
        Done { applied, pairs, dust, undo: fork.commit_undoable() }
    }

    /// The pool that this block made at an address.
    fn created(&self, address: &Address) -> Option<PoolId> {
        self.pairs.iter().find(|pair| pair.address == *address).map(|pair| pair.pool)
    }

    /// Takes in an empty pool of two tokens, which may be new. What a factory says of a pair that is
    /// known, or of one token twice, is no new pair and passed over: it would stop all others.
    fn create(
        &mut self,
        factory: &Factory,
        address: Address,
        tokens: [Address; 2],
    ) -> Result<(), MarketError> {
        if self.known.book.pool(&address).or_else(|| self.created(&address)).is_some() {
            return Ok(());
        }
        if tokens[0] == tokens[1] {
            return Ok(());
        }
        let [token0, token1] = [self.token(&tokens[0])?, self.token(&tokens[1])?];
        let pool = Pool::new(token0, token1, factory.fee);
        let Ok(pool) = pool.and_then(|pool| pool.with_total_shares(Shares::ZERO)) else {
            return Ok(());
        };
        let pool = self.fork.add_pool(&address.to_string(), pool)?;
        // All that a new pair's storage says.
        let (sum, k_last) = (Some(0.into()), Some(Product::ZERO));
        let history = History { price0_cum: sum, price1_cum: sum, k_last, ts_last: Some(0) };
        // The pool is there.
        let _known = self.fork.set_history(pool, history);
        let tokens = [(tokens[0], token0), (tokens[1], token1)];
        let protocol_fee = factory.protocol_fee;
        self.pairs.push(Pair { address, pool, tokens, protocol_fee });
        self.applied.created.push(pool);
        Ok(())
    }

    /// The token at an address, taken in if it is new.
    fn token(&mut self, address: &Address) -> Result<TokenId, MarketError> {
        let known = || {
            let mut tokens = self.pairs.iter().flat_map(|pair| pair.tokens);
            tokens.find(|(at, _)| at == address).map(|(_, token)| token)
        };
        match self.known.book.token(address).or_else(known) {
            Some(token) => Ok(token),
            None => self.fork.add_token(&address.to_string()),
        }
    }

    /// What a pair says.
    #[inline]
    fn hear(&mut self, pool: PoolId, log_index: u64, notice: Notice) {
        let report = match notice {
            Notice::Sync(reserves) => Report::Sync(reserves),
            Notice::Swap(flows) => Report::Action(Action::Swap(flows)),
            Notice::Mint { amount0, amount1 } => {
                let shares = self.moved(pool).and_then(|moved| moved.made);
                Report::Action(Action::Mint(Liquidity { amount0, amount1, shares }))
            }
            Notice::Burn { amount0, amount1 } => {
                let shares = self.moved(pool).and_then(|moved| moved.given_up);
                Report::Action(Action::Burn(Liquidity { amount0, amount1, shares }))
            }
            Notice::SharesMade { shares, .. } => {
                return self.move_shares(pool, log_index, |moved| {
                    moved.made = Some(shares);
                    moved.all_made = moved.all_made.saturating_add(shares.get());
                });
            }
            Notice::SharesGivenUp { shares } => {
                return self.move_shares(pool, log_index, |moved| moved.given_up = Some(shares));
            }
            Notice::PairCreated { .. } => return,
        };
        let Header { number: block, timestamp, .. } = self.applied.header;
        let [alone, made] = self.pairing.push(&Log { block, timestamp, log_index, pool, report });
        if let Some(Paired::Event(event)) = alone {
            self.event(&event, self.waiting);
        }
        match made {
            Some(Paired::Event(event)) => self.event(&event, log_index),
            Some(Paired::Orphan(log)) => self.flag(log.pool, log_index, FlagReason::NoSync),
            None => self.waiting = log_index,
        }
    }

    /// Takes over new reserves and what led to them, if that can be.
    #[inline]
    fn event(&mut self, event: &Event, log_index: u64) {
        self.applied.events = self.applied.events.saturating_add(1);
        self.applied.touched.push(event.pool);
        let is_unfounded = self.total_shares(event.pool) == Some(Shares::ZERO);
        let done = match event.action {
            Some(Action::Mint(_) | Action::Burn(_)) => self.liquidity(event),
            None if is_unfounded && as_dust(event.reserves).is_some() => self.empty(event),
            _ => self.fork.apply(event).map_err(FlagReason::from),
        };
        if let Err(reason) = done {
            self.flag(event.pool, log_index, reason);
            // Where there is one reserve only, it stays as it was.
            let _adopted = self.fork.adopt(event);
        }
        if is_unfounded {
            self.dust.insert(event.pool, as_dust(event.reserves));
        }
    }

    /// Takes over that a pair without shares counts one token alone: nothing can be swapped in it.
    #[cold]
    fn empty(&mut self, event: &Event) -> Result<(), FlagReason> {
        Ok(self.fork.apply(&Event { reserves: Reserves::default(), ..*event })?)
    }

    /// Judges a deposit or a withdrawal.
    fn judge(&mut self, event: &Event) -> Result<(), EventError> {
        let pool = event.pool;
        let dust = self.dust.get(&pool).copied().unwrap_or_else(|| self.known.dust.of(pool));
        match (event.action, dust) {
            (Some(Action::Mint(deposit)), Some(dust)) => self.found(event, &deposit, dust),
            _ => self.fork.apply(event),
        }
    }

    /// Judges the first deposit into a pair that counts dust: what it brings are the reserves after
    /// it less the dust, and shares are made of that alone.
    ///
    /// Source: `UniswapV2Pair.mint`.
    fn found(
        &mut self,
        event: &Event,
        deposit: &Liquidity,
        dust: Reserves,
    ) -> Result<(), EventError> {
        let (pool, found) = (event.pool, event.reserves);
        let empty = self.fork.pool(pool).map_err(|_| EventError::UnknownPool { pool })?;
        let brought = empty.quote_mint(deposit.amount0, deposit.amount1)?.reserves;
        let reserve0 = dust.reserve0.checked_add(brought.reserve0);
        let sums = reserve0.zip(dust.reserve1.checked_add(brought.reserve1));
        let (reserve0, reserve1) = sums.ok_or(MintError::ReserveOverflow)?;
        let expected = Reserves { reserve0, reserve1 };
        if expected != found {
            return Err(EventError::Reserves { expected, found });
        }
        self.fork.apply(&Event { reserves: brought, ..*event })?;
        // Both are more than zero.
        let _counted = self.fork.sync(pool, expected);
        Ok(())
    }

    /// A deposit or a withdrawal, with the shares that were made and given up for it.
    #[cold]
    fn liquidity(&mut self, event: &Event) -> Result<(), FlagReason> {
        let pool = event.pool;
        let moved = self.moved(pool);
        self.shares.retain(|(of, _)| *of != pool);
        let switch = self.protocol_fee(pool);
        if switch == Some(ProtocolFee::Off) {
            self.set_k_last(pool, Product::ZERO);
        }
        let before = self.total_shares(pool);
        self.judge(event)?;
        if let (Some(moved), Some(before), Some(expected)) =
            (moved, before, self.total_shares(pool))
        {
            let found = before.get().saturating_add(moved.all_made);
            let found = found.saturating_sub(moved.given_up.unwrap_or_default().get());
            let found = Shares::new(found).unwrap_or(Shares::MAX);
            if found != expected {
                return Err(FlagReason::Shares { expected, found });
            }
        }
        if switch == Some(ProtocolFee::On) {
            self.set_k_last(pool, Product::of(event.reserves));
        }
        Ok(())
    }

    /// Whether the protocol takes a fee, where that is known.
    fn protocol_fee(&self, pool: PoolId) -> Option<ProtocolFee> {
        let new = || self.pairs.iter().find(|pair| pair.pool == pool).map(|pair| pair.protocol_fee);
        self.known.protocol_fees.get(&pool).copied().or_else(new)
    }

    fn total_shares(&self, pool: PoolId) -> Option<Shares> {
        self.fork.pool(pool).ok().and_then(Pool::total_shares)
    }

    fn set_k_last(&mut self, pool: PoolId, k_last: Product) {
        let history = History { k_last: Some(k_last), ..self.fork.history(pool) };
        // The pool is there.
        let _known = self.fork.set_history(pool, history);
    }

    /// Notes what a pair said of its shares.
    fn move_shares(&mut self, pool: PoolId, log_index: u64, note: impl FnOnce(&mut SharesMoved)) {
        let mut moved = self.moved(pool).unwrap_or_default();
        moved.log_index = log_index;
        note(&mut moved);
        self.shares.retain(|(of, _)| *of != pool);
        self.shares.push((pool, moved));
    }

    fn moved(&self, pool: PoolId) -> Option<SharesMoved> {
        self.shares.iter().find(|(of, _)| *of == pool).map(|(_, moved)| *moved)
    }

    fn flag(&mut self, pool: PoolId, log_index: u64, reason: FlagReason) {
        self.applied.flags.push(Flag { pool, log_index, reason });
    }
}
