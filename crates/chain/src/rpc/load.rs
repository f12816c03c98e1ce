//! [`Loaded`]: the pools of factories, or of a list, as they were at the end of one block.

use std::collections::BTreeSet;

use alloy_sol_types::sol;
use cenote_pool::{Fee, Market, MarketError, Pool, PoolId, ProtocolFee, Reserves, TokenId};
use primitive_types::U256;
use thiserror::Error;

use super::block::{Block, BlockError};
use super::call::{Call, CallError, Contracts};
use super::fault::RequestError;
use super::node::Node;
use super::pair::{self, PairFault, PairState, asked};
use super::selection::{At, Selection};
use super::words::{address, word};
use crate::address::Address;
use crate::block::{BlockHash, Header};
use crate::dust::as_dust;
use crate::follower::{Factory, Follower, FollowerError};

sol! {
    function allPairsLength() returns (uint256);
    function allPairs(uint256) returns (address);
    function getPair(address, address) returns (address);
}

/// Pools as they were at the end of one block.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The pools and their tokens, named by their addresses in lower case.
    pub market: Market,
    /// The block.
    pub header: Header,
    /// The factories of the selection; not those that listed pairs name.
    pub factories: Vec<Factory>,
    /// Whether the protocol takes its fee, by the factory of each pool, in the order of their places.
    pub protocol_fees: Vec<ProtocolFee>,
    /// What pairs count that nobody has founded, where it is of one token alone: their pools are
    /// empty. See [`Follower::set_dust`].
    pub dust: Vec<(PoolId, Reserves)>,
    /// The pairs that are no pools, and why.
    pub left_out: Vec<LeftOut>,
}

/// A pair that is no pool of the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it is.
    pub pair: Address,
    /// Why.
    pub fault: PairFault,
}

/// Why no state is loaded, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoadError {
    /// The block is not to be had.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// No answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Calls of contracts have no answers.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A contract of the selection is no factory.
    #[error("{factory}: {call} is not answered as by a factory")]
    NoFactory {
        /// Where it is.
        factory: Address,
        /// What was asked.
        call: &'static str,
    },
    /// More pairs than are taken of one factory.
    #[error("{factory} has {count} pairs, {most} are taken")]
    TooManyPairs {
        /// Where it is.
        factory: Address,
        /// How many it says it has.
        count: U256,
        /// How many are taken.
        most: u64,
    },
    /// One pair is named twice, by factories or by the list.
    #[error("{pair} is named twice")]
    Twice {
        /// The pair.
        pair: Address,
    },
    /// There are more tokens or pools than a market holds.
    #[error(transparent)]
    Market(#[from] MarketError),
}

/// What a pair says of itself, or why it is none.
type State = Result<PairState, PairFault>;

/// Pools while they are loaded.
#[derive(Debug, Default)]
struct Loading {
    market: Market,
    /// The factories of the pools, in the order of their places.
    made_by: Vec<Address>,
    dust: Vec<(PoolId, Reserves)>,
    left_out: Vec<LeftOut>,
}

/// A pair to be loaded.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    pair: Address,
    fee: Fee,
    /// The factory that has it in its list; of a listed pair it is not known yet.
    factory: Option<Address>,
}

impl Node {
    /// Loads pools with their reserves, shares and pasts, all of one block.
    ///
    /// A contract that is no pair, or whose state cannot be a pool's, is left out and reported:
    /// anybody may list one, and none stands for the others. A listed pair must be the one that the
    /// factory it names has for its tokens; that says nothing of the factory. A pair without
    /// reserves is an empty pool, and so is one without shares that counts one token alone.
    ///
    /// # Errors
    ///
    /// [`LoadError`], in the order of its variants.
    pub async fn load(&self, selection: &Selection, at: At) -> Result<Loaded, LoadError> {
        let block = self.block_for(at).await?;
        let header = block.header();
        let contracts = self.contracts(header.hash).await?;
        let mut factories = Vec::with_capacity(selection.factories.len());
        let mut wanted = Vec::new();
        for &(factory, fee) in &selection.factories {
            let (known, count) = self.factory(&contracts, factory, fee).await?;
            factories.push(known);
            for pair in contracts.pairs(factory, count).await? {
                wanted.push(Wanted { pair, fee, factory: Some(factory) });
            }
        }
        let listed = selection.pairs.iter();
        wanted.extend(listed.map(|&(pair, fee)| Wanted { pair, fee, factory: None }));
        let mut seen = BTreeSet::new();
        if let Some(twice) = wanted.iter().find(|wanted| !seen.insert(wanted.pair)) {
            return Err(LoadError::Twice { pair: twice.pair });
        }

        let mut loading = Loading::default();
        let at_once = self.limits().calls_per_multicall.div_euclid(pair::QUESTIONS).max(1);
        for some in wanted.chunks(at_once) {
            let states = contracts.states(some).await?;
            for (wanted, state) in some.iter().zip(states) {
                loading.take(*wanted, state)?;
            }
        }
        let Loading { mut market, made_by, dust, left_out } = loading;
        if selection.labels {
            contracts.label(&mut market).await?;
        }
        let fees = contracts.protocol_fees(made_by.iter().copied().collect()).await?;
        let fee = |factory| fees.get(factory).copied().flatten().unwrap_or(ProtocolFee::Off);
        let protocol_fees = made_by.iter().map(fee).collect();
        Ok(Loaded { market, header, factories, protocol_fees, dust, left_out })
    }

    /// What is known of factories at the end of a block: that they are some, and whether their
    /// protocol fees are on.
    ///
    /// # Errors
    ///
    /// [`LoadError`]: `Request`, `Call`, `NoFactory`, `TooManyPairs`.
    pub async fn factories(
        &self,
        factories: &[(Address, Fee)],
        block: BlockHash,
    ) -> Result<Vec<Factory>, LoadError> {
        let contracts = self.contracts(block).await?;
        let mut known = Vec::with_capacity(factories.len());
        for &(factory, fee) in factories {
            known.push(self.factory(&contracts, factory, fee).await?.0);
        }
        Ok(known)
    }

    async fn block_for(&self, at: At) -> Result<Block, BlockError> {
        match at {
            At::Head => self.head().await,
            At::Number(number) => self.block_at(number).await,
            At::Hash(hash) => self.block(hash).await,
        }
    }

    /// A factory, and how many pairs it has.
    async fn factory(
        &self,
        contracts: &Contracts<'_>,
        factory: Address,
        fee: Fee,
    ) -> Result<(Factory, u64), LoadError> {
        let call = Call::new(factory, &allPairsLengthCall {});
        let count = contracts.ask(&[call]).await?.pop().flatten();
        let no_factory = |call| LoadError::NoFactory { factory, call };
        let count = count.as_deref().and_then(word).ok_or(no_factory("allPairsLength()"))?;
        let fees = contracts.protocol_fees([factory].into()).await?;
        let protocol_fee = fees.get(&factory).copied().flatten().ok_or(no_factory("feeTo()"))?;
        let most = self.limits().pairs_per_factory;
        match u64::try_from(count) {
            Ok(count) if count <= most => {
                Ok((Factory { address: factory, fee, protocol_fee }, count))
            }
            _ => Err(LoadError::TooManyPairs { factory, count, most }),
        }
    }
}

impl Contracts<'_> {
    /// All pairs of a factory, in its order.
    async fn pairs(&self, factory: Address, count: u64) -> Result<Vec<Address>, LoadError> {
        /// Made at once: what is asked for is made piece by piece.
        const PIECE: usize = 10_000;
        let call = "allPairs(uint256)";
        let (mut pairs, mut place) = (Vec::new(), 0_u64..count);
        loop {
            let places = place.by_ref().take(PIECE);
            let calls = places
                .map(|place| {
                    let place = alloy_primitives::U256::from(place);
                    Call::new(factory, &allPairsCall(place))
                })
                .collect::<Vec<_>>();
            if calls.is_empty() {
                return Ok(pairs);
            }
            for answer in self.ask(&calls).await? {
                let pair = answer.as_deref().and_then(address);
                pairs.push(pair.ok_or(LoadError::NoFactory { factory, call })?);
            }
        }
    }

    /// What pairs say of themselves, in their order; each is known to its factory.
    async fn states(&self, wanted: &[Wanted]) -> Result<Vec<State>, LoadError> {
        let calls = wanted.iter().flat_map(|wanted| pair::questions(wanted.pair));
        let answers = self.ask(&calls.collect::<Vec<_>>()).await?;
        let (answers, _) = answers.as_chunks::<{ pair::QUESTIONS }>();
        let mut states = Vec::with_capacity(wanted.len());
        for (wanted, answers) in wanted.iter().zip(answers) {
            states.push(PairState::read(answers).and_then(|state| made_by(*wanted, state)));
        }
        let listed = |wanted: &Wanted| wanted.factory.is_none();
        let to_ask = wanted.iter().zip(&states).filter(|(wanted, _)| listed(wanted));
        let calls = to_ask.filter_map(|(_, state)| state.as_ref().ok()).map(pair_of_tokens);
        let mut found = self.ask(&calls.collect::<Vec<_>>()).await?.into_iter();
        for (wanted, state) in wanted.iter().zip(&mut states).filter(|(wanted, _)| listed(wanted)) {
            *state = state.and_then(|state| {
                let found = asked("getPair(address,address)", &found.next().flatten(), address)?;
                let unknown = PairFault::Unknown { factory: state.factory, found };
                if found == wanted.pair { Ok(state) } else { Err(unknown) }
            });
        }
        Ok(states)
    }

    /// Labels the tokens of a market by what they say.
    async fn label(&self, market: &mut Market) -> Result<(), CallError> {
        let tokens = market.tokens().collect::<Vec<_>>();
        let address = |token: &TokenId| market.token_name(*token).parse().unwrap_or(Address::ZERO);
        let addresses = tokens.iter().map(address).collect::<Vec<_>>();
        let labels = self.labels(&addresses).await?;
        for (token, label) in tokens.into_iter().zip(labels) {
            market.label_token(token, label);
        }
        Ok(())
    }
}

/// A pair that its factory's list has must name that factory.
fn made_by(wanted: Wanted, state: PairState) -> Result<PairState, PairFault> {
    match wanted.factory {
        Some(factory) if factory != state.factory => {
            Err(PairFault::OtherFactory { factory, named: state.factory })
        }
        _ => Ok(state),
    }
}

/// The question which pair a pair's factory has for its tokens.
fn pair_of_tokens(state: &PairState) -> Call {
    let tokens = getPairCall { _0: state.token0.into(), _1: state.token1.into() };
    Call::new(state.factory, &tokens)
}

impl Loading {
    /// Takes a pair in, or leaves it out.
    fn take(&mut self, wanted: Wanted, state: State) -> Result<(), MarketError> {
        let Wanted { pair, fee, .. } = wanted;
        let added = match state {
            Ok(state) => self.add(pair, fee, &state)?,
            Err(fault) => Err(fault),
        };
        self.left_out.extend(added.err().map(|fault| LeftOut { pair, fault }));
        Ok(())
    }

    fn add(
        &mut self,
        pair: Address,
        fee: Fee,
        state: &PairState,
    ) -> Result<Result<(), PairFault>, MarketError> {
        let dust = as_dust(state.reserves).filter(|_| state.total_shares.is_zero());
        let reserves = if dust.is_some() { Reserves::default() } else { state.reserves };
        let pool = |token0, token1| {
            let pool = Pool::new(token0, token1, fee)?.with_reserves(reserves)?;
            pool.with_total_shares(state.total_shares)
        };
        // Before the market has the tokens: those of a pool that cannot be are not wanted.
        if let Err(error) = pool(TokenId::FIRST, TokenId::SECOND) {
            return Ok(Err(error.into()));
        }
        let [token0, token1] = [state.token0, state.token1].map(|token| self.token(token));
        match pool(token0?, token1?) {
            Ok(pool) => {
                let id = self.market.add_pool(&pair.to_string(), pool)?;
                // The pool is one of this market.
                let _known = self.market.set_history(id, state.history);
                self.made_by.push(state.factory);
                self.dust.extend(dust.map(|dust| (id, dust)));
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(error.into())),
        }
    }

    fn token(&mut self, address: Address) -> Result<TokenId, MarketError> {
        let name = address.to_string();
        self.market.token(&name).or_else(|_| self.market.add_token(&name))
    }
}

impl Loaded {
    /// Follows the chain from here, ready to go back `depth` blocks.
    ///
    /// # Errors
    ///
    /// None for what [`Node::load`] gives: its names are addresses.
    pub fn follow(self, depth: usize) -> Result<Follower, FollowerError> {
        let Self { market, header, factories, protocol_fees, dust, .. } = self;
        let mut follower = Follower::new(market, header, factories, depth)?;
        for (place, fee) in protocol_fees.into_iter().enumerate() {
            if let Some(pool) = PoolId::from_index(place) {
                follower.set_protocol_fee(pool, fee);
            }
        }
        for (pool, counted) in dust {
            follower.set_dust(pool, counted);
        }
        Ok(follower)
    }
}
