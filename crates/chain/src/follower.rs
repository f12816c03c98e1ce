//! [`Follower`]: a market that follows a chain, block by block, and goes back with it.

use std::collections::{BTreeMap, VecDeque};

use cenote_pool::{
    Fee, Fork, Market, MarketError, Pool, PoolId, ProtocolFee, Reserves, Shares, TokenId, Undo,
    UndoError, Version,
};
use thiserror::Error;

use crate::address::Address;
use crate::applied::Applied;
use crate::block::{BlockHash, Header};
use crate::book::Book;
use crate::dust::{Dust, DustChanges, as_dust};
use crate::record::Record;
use crate::work::{Done, Known, Pair, Work};

/// A contract that makes pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factory {
    /// Where it is.
    pub address: Address,
    /// The fee of the pairs that it makes; 3,000 pips for Uniswap's.
    pub fee: Fee,
    /// Whether its `feeTo` is set: a sixth of the growth goes to the protocol. No log says when
    /// that changes; see [`Follower::set_protocol_fee`].
    pub protocol_fee: ProtocolFee,
}

/// A market that follows a chain by the hashes of its blocks.
///
/// Each block must be the one after the last; what its logs say is judged by the rules of the
/// pairs ([`Market::apply`]) and taken over, all of the block or nothing. New pairs of known
/// factories are taken in, with their tokens; logs of anybody else are passed over. So many of the
/// last blocks as `depth` says can be undone, when the chain reorganises; each costs what it wrote.
///
/// What is checked of a contract that is listed as a pair: that it reports reserves before each
/// swap, deposit and withdrawal; that these follow from the reserves before and the amounts; that a
/// swap keeps `k`, a deposit makes and a withdrawal pays what the shares say. A contract that does
/// otherwise is [flagged](Self::flagged), not refused, since the block has happened: its reserves
/// are taken as reported. Shares are judged where they are told: a feed without `Transfer`s says none. A
/// flag is no proof of a fake: a genuine pair of a token whose balances shrink by themselves may pay out
/// of what it never counted. A pair that nobody has founded may count one token alone, which anybody may
/// send it: its pool is empty until the first deposit, which is judged by what came in since
/// ([`dust`](Self::dust)). What no log can show: a report of reserves that was left out together
/// with its action, until the next one of that pair; a donation that no `sync` took in.
///
/// ```
/// use cenote_chain::{Address, BlockHash, Follower, Header, Notice, Record};
/// use cenote_pool::{Fee, Flows, Market, Pool, Reserves};
///
/// let [weth, dai, pair] = [1, 2, 3].map(|at| Address([at; 20]));
/// let mut market = Market::new();
/// let tokens = (market.add_token(&weth.to_string())?, market.add_token(&dai.to_string())?);
/// let at = |reserve0: u64, reserve1: u64| {
///     Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
/// };
/// let pool = Pool::new(tokens.0, tokens.1, Fee::UNISWAP_V2)?.with_reserves(at(1_000, 4_000_000))?;
/// let pool = market.add_pool(&pair.to_string(), pool)?;
///
/// let block = |number: u64, hash, parent| {
///     Header { number, hash: BlockHash([hash; 32]), parent: BlockHash([parent; 32]), timestamp: number }
/// };
/// let mut follower = Follower::new(market, block(7, 7, 6), Vec::new(), 64)?;
/// let swap = Flows { amount0_in: 10_u64.into(), amount1_out: 39_486_u64.into(), ..Flows::default() };
/// let logs = [Notice::Sync(at(1_010, 3_960_514)), Notice::Swap(swap)];
/// let logs = [0, 1].map(|log| Record { log_index: log as u64, address: pair, notice: logs[log] });
/// let done = follower.push(&block(8, 8, 7), &logs)?;
/// assert_eq!((done.events, done.touched), (1, vec![pool]));
/// assert_eq!(follower.market().pool(pool)?.reserves(), at(1_010, 3_960_514));
///
/// // Another block 8 has come instead.
/// follower.rollback(BlockHash([7; 32]))?;
/// follower.push(&block(8, 9, 7), &[])?;
/// assert_eq!(follower.market().pool(pool)?.reserves(), at(1_000, 4_000_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Follower {
    market: Market,
    /// The state of the market at the head.
    version: Version,
    head: Header,
    /// The last blocks, the oldest first.
    past: VecDeque<Past>,
    depth: usize,
    book: Book,
    factories: Vec<Factory>,
    /// Pools of which it is known whether the protocol takes a fee, whatever their `k_last` says.
    protocol_fees: BTreeMap<PoolId, ProtocolFee>,
    dust: Dust,
    /// The pools that did what a pair cannot do, and the number of the block of the first time.
    flagged: BTreeMap<PoolId, u64>,
}

/// A block that can be undone: the way back, and the block before.
#[derive(Debug)]
struct Past {
    before: Header,
    undo: Undo,
    dust: DustChanges,
}

/// Why a market cannot follow a chain, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FollowerError {
    /// A token is not named by its address, or by that of another one.
    #[error("{token} is not named by an address of its own")]
    TokenName {
        /// Which one.
        token: TokenId,
    },
    /// A pool is not named by its address, or by that of another one.
    #[error("{pool} is not named by an address of its own")]
    PoolName {
        /// Which one.
        pool: PoolId,
    },
}

/// Why a block is not taken over, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError {
    /// The block was taken over before.
    #[error("block {number} was taken over before")]
    Duplicate {
        /// Its number.
        number: u64,
    },
    /// Blocks are missing before it.
    #[error("block {found} where {expected} comes next")]
    Gap {
        /// The number of the next block.
        expected: u64,
        /// The number given.
        found: u64,
    },
    /// There is a block of its number already: the chain has reorganised, and this one goes back.
    #[error("block {found} is another one than that which was taken over; the last is {head}")]
    Reorganised {
        /// The number of the last block.
        head: u64,
        /// The number given.
        found: u64,
    },
    /// It comes after another block: the chain has reorganised.
    #[error("the block comes after {found}, not after {expected}")]
    Parent {
        /// The last block.
        expected: BlockHash,
        /// The one that it comes after.
        found: BlockHash,
    },
    /// It is older than the block before it.
    #[error("the block's time {found} is before {expected}")]
    Time {
        /// When the block before it was.
        expected: u64,
        /// When it was.
        found: u64,
    },
    /// The market was written to by a fork that was committed, or one was leaked.
    #[error("the market was written to by others")]
    Written,
    /// Two logs have one place.
    #[error("two logs have the place {log_index}")]
    DuplicateLog {
        /// The place.
        log_index: u64,
    },
    /// A log comes after one of a later place.
    #[error("log {found} comes after log {before}")]
    LogOrder {
        /// The place of the log before it.
        before: u64,
        /// Its own place.
        found: u64,
    },
    /// The market has no room for a new pair.
    #[error("log {log_index}: the pair cannot be taken in: {reason}")]
    Pair {
        /// The place of the log.
        log_index: u64,
        /// Why not.
        reason: MarketError,
    },
}

/// Why the market does not go back to a block, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RollbackError {
    /// The block is none of those that can be gone back to: it is of another chain, or before them.
    #[error("block {to} is unknown, or before block {oldest}, the first that can be gone back to")]
    Unknown {
        /// The block asked for.
        to: BlockHash,
        /// The number of the oldest block that can be gone back to.
        oldest: u64,
    },
    /// The market was written to by a fork that was committed, or one was leaked.
    #[error("the market was written to by others")]
    Written,
}

impl Follower {
    /// A market as it is after a block, whose pools and tokens are named by their addresses.
    ///
    /// # Errors
    ///
    /// [`FollowerError`], in the order of its variants.
    pub fn new(
        market: Market,
        head: Header,
        factories: Vec<Factory>,
        depth: usize,
    ) -> Result<Self, FollowerError> {
        let book = Book::of(&market)?;
        let version = market.version();
        Ok(Self {
            market,
            version,
            head,
            past: VecDeque::new(),
            depth,
            book,
            factories,
            protocol_fees: BTreeMap::new(),
            dust: Dust::default(),
            flagged: BTreeMap::new(),
        })
    }

    /// The market after the last block.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The market after the last block, with which nothing follows the chain any more.
    pub fn into_market(self) -> Market {
        self.market
    }

    /// A view of the market to ask what if. To [commit](Fork::commit) it is to leave the chain:
    /// no block is taken over after that.
    pub fn fork(&mut self) -> Fork<'_> {
        self.market.fork()
    }

    /// The last block.
    pub fn head(&self) -> Header {
        self.head
    }

    /// The last block and those before it that can be gone back to, the newest first.
    pub fn headers(&self) -> impl Iterator<Item = Header> {
        core::iter::once(self.head).chain(self.past.iter().rev().map(|past| past.before))
    }

    /// The one of these blocks that has this number.
    pub fn header_at(&self, number: u64) -> Option<Header> {
        let back = usize::try_from(self.head.number.checked_sub(number)?).ok()?;
        // Each block is the one after the one before.
        match back.checked_sub(1) {
            None => Some(self.head),
            Some(back) => self.past.iter().rev().nth(back).map(|past| past.before),
        }
    }

    /// One of these blocks.
    pub fn header(&self, hash: BlockHash) -> Option<Header> {
        self.headers().find(|header| header.hash == hash)
    }

    /// The contracts whose new pairs are taken in.
    pub fn factories(&self) -> &[Factory] {
        &self.factories
    }

    /// The pool at an address.
    pub fn pool(&self, address: &Address) -> Option<PoolId> {
        self.book.pool(address)
    }

    /// The token at an address.
    pub fn token(&self, address: &Address) -> Option<TokenId> {
        self.book.token(address)
    }

    /// The pools that did what a pair cannot do, to be left out of routes.
    pub fn flagged(&self) -> impl Iterator<Item = PoolId> {
        self.flagged.keys().copied()
    }

    /// Says whether the protocol takes its fee from a pool since the last deposit or withdrawal.
    ///
    /// A pool tells it by its `k_last` after the next one; between them, and before a pool's first
    /// deposit, only its factory's `feeTo` does. Pools that are made later follow
    /// [`Factory::protocol_fee`]. A pool that is not there is passed over; what was said stays when
    /// blocks are undone.
    pub fn set_protocol_fee(&mut self, pool: PoolId, fee: ProtocolFee) {
        if self.market.pool(pool).is_ok() {
            self.protocol_fees.insert(pool, fee);
        }
    }

    /// Says what a pair without shares counts of one token alone, where a market has an empty pool.
    ///
    /// Anybody may send tokens to such a pair and call its `sync`; the first deposit is judged by
    /// what came in since. The pair's reports say it from here on; before them only its
    /// `getReserves` does, and no market that was saved. Of a pair that has shares, or of which both
    /// or no reserves are zero, this says nothing.
    pub fn set_dust(&mut self, pool: PoolId, counted: Reserves) {
        let is_empty = |pool: &Pool| pool.total_shares() == Some(Shares::ZERO) && pool.is_empty();
        if self.market.pool(pool).is_ok_and(is_empty) {
            self.dust.change([(pool, as_dust(counted))].into());
        }
    }

    /// What a pair counts of one token alone, before anybody has founded it.
    pub fn dust(&self, pool: PoolId) -> Option<Reserves> {
        self.dust.of(pool)
    }

    /// Takes over the next block: all that it did or nothing.
    ///
    /// The records are those of its logs, in their order; of contracts that are unknown here there
    /// may be any.
    ///
    /// # Errors
    ///
    /// [`PushError`], in the order of its variants; the market is then as it was.
    pub fn push(&mut self, header: &Header, records: &[Record]) -> Result<Applied, PushError> {
        self.check_block(header)?;
        check_order(records)?;
        let Self { market, book, factories, protocol_fees, dust, .. } = self;
        let known = Known { book, factories, protocol_fees, dust };
        let mut work = Work::new(header, known, market.fork());
        let pools = records.iter().map(|record| work.find(&record.address)).collect::<Vec<_>>();
        for (record, pool) in records.iter().zip(pools) {
            work.take(record, pool)?;
        }
        let Done { applied, pairs, dust, undo } = work.finish();
        // From here on nothing can fail.
        self.learn(&pairs);
        for flag in &applied.flags {
            self.flagged.entry(flag.pool).or_insert(header.number);
        }
        let dust = self.dust.change(dust);
        self.past.push_back(Past { before: self.head, undo, dust });
        if self.depth < self.past.len()
            && let Some(oldest) = self.past.pop_front()
        {
            self.market.forget(oldest.undo);
        }
        (self.head, self.version) = (*header, self.market.version());
        Ok(applied)
    }

    /// Undoes blocks until this one is the last, and gives those undone, the newest first.
    ///
    /// # Errors
    ///
    /// [`RollbackError`], in the order of its variants; nothing is undone then.
    pub fn rollback(&mut self, to: BlockHash) -> Result<Vec<Header>, RollbackError> {
        if self.header(to).is_none() {
            let oldest = self.past.front().map_or(self.head.number, |past| past.before.number);
            return Err(RollbackError::Unknown { to, oldest });
        }
        if self.is_written() {
            return Err(RollbackError::Written);
        }
        let mut undone = Vec::new();
        while self.head.hash != to {
            undone.push(self.head);
            self.undo().map_err(|_| RollbackError::Written)?;
        }
        Ok(undone)
    }

    /// Undoes the last block.
    fn undo(&mut self) -> Result<(), UndoError> {
        let Some(past) = self.past.back() else { return Ok(()) };
        self.market.undo(&past.undo)?;
        (self.head, self.version) = (past.before, self.market.version());
        if let Some(past) = self.past.pop_back() {
            self.dust.change(past.dust);
        }
        self.book.cut(&self.market);
        let (pools, head) = (self.market.pools().len(), self.head.number);
        self.protocol_fees.retain(|pool, _| pool.index() < pools);
        self.flagged.retain(|_, since| *since <= head);
        Ok(())
    }

    /// Whether the market is not as the last block left it: a fork was committed, or leaked.
    fn is_written(&self) -> bool {
        self.market.version() != self.version || self.market.is_forked()
    }

    /// Whether a block is the next one.
    fn check_block(&self, header: &Header) -> Result<(), PushError> {
        let Header { number: found, hash, parent, timestamp } = *header;
        let head = self.head.number;
        if self.header(hash).is_some() {
            return Err(PushError::Duplicate { number: found });
        }
        // After the last number there is none.
        let expected = head.checked_add(1).ok_or(PushError::Reorganised { head, found })?;
        if expected < found {
            return Err(PushError::Gap { expected, found });
        }
        if found < expected {
            return Err(PushError::Reorganised { head, found });
        }
        if parent != self.head.hash {
            return Err(PushError::Parent { expected: self.head.hash, found: parent });
        }
        if timestamp < self.head.timestamp {
            return Err(PushError::Time { expected: self.head.timestamp, found: timestamp });
        }
        if self.is_written() {
            return Err(PushError::Written);
        }
        Ok(())
    }

    /// Enters new pairs and their tokens.
    fn learn(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            self.book.add_pool(pair.address, pair.pool);
            for (address, token) in pair.tokens {
                self.book.add_token(address, token);
            }
            if pair.protocol_fee == ProtocolFee::On {
                self.protocol_fees.insert(pair.pool, ProtocolFee::On);
            }
        }
    }
}

/// Whether logs rise from place to place.
fn check_order(records: &[Record]) -> Result<(), PushError> {
    for pair in records.windows(2) {
        let [Record { log_index: before, .. }, Record { log_index: found, .. }] = *pair else {
            continue;
        };
        if before == found {
            return Err(PushError::DuplicateLog { log_index: found });
        }
        if found < before {
            return Err(PushError::LogOrder { before, found });
        }
    }
    Ok(())
}
