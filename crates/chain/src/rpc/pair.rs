//! What a pair says of itself, and whether it can be a pool.

use alloy_sol_types::sol;
use cenote_pool::{Amount, History, PoolError, Product, Reserves, Shares};
use primitive_types::U256;
use thiserror::Error;

use super::call::{Answer, Call};
use super::words::{address, word, words};
use crate::address::Address;

sol! {
    function token0() returns (address);
    function token1() returns (address);
    function getReserves() returns (uint112, uint112, uint32);
    function totalSupply() returns (uint256);
    function kLast() returns (uint256);
    function price0CumulativeLast() returns (uint256);
    function price1CumulativeLast() returns (uint256);
    function factory() returns (address);
}

/// How many questions a pair is asked.
pub(super) const QUESTIONS: usize = 8;

/// The questions that a pair is asked.
pub(super) fn questions(pair: Address) -> [Call; QUESTIONS] {
    [
        Call::new(pair, &token0Call {}),
        Call::new(pair, &token1Call {}),
        Call::new(pair, &getReservesCall {}),
        Call::new(pair, &totalSupplyCall {}),
        Call::new(pair, &kLastCall {}),
        Call::new(pair, &price0CumulativeLastCall {}),
        Call::new(pair, &price1CumulativeLastCall {}),
        Call::new(pair, &factoryCall {}),
    ]
}

/// Why a contract is no pool, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PairFault {
    /// It does not answer, or not with what a pair answers.
    #[error("{call} is not answered as by a pair")]
    Answer {
        /// What was asked.
        call: &'static str,
    },
    /// More than 2^112 - 1 of a token.
    #[error("a reserve exceeds 2^112 - 1")]
    Reserve,
    /// The time of the reserves has more than its 32 bits.
    #[error("the time of the reserves exceeds 2^32 - 1")]
    Time,
    /// More than 2^112 - 1 shares.
    #[error("the total of shares exceeds 2^112 - 1")]
    Shares,
    /// More than two reserves can make.
    #[error("kLast exceeds (2^112 - 1)^2")]
    KLast,
    /// A token is nobody's, both are one, or they are not in the order of their addresses.
    #[error("not 0 < token0 < token1")]
    Tokens,
    /// It names another factory than the one that has it in its list.
    #[error("it names {named} as its factory, and is in the list of {factory}")]
    OtherFactory {
        /// The factory that has it in its list.
        factory: Address,
        /// The factory that it names.
        named: Address,
    },
    /// It is listed, and the factory that it names does not know it.
    #[error("its factory {factory} says that {found} is the pair of these tokens")]
    Unknown {
        /// The factory that it names.
        factory: Address,
        /// The pair of its tokens there, zero where there is none.
        found: Address,
    },
    /// What it says cannot be the state of a pool.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// What a pair says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct PairState {
    pub(super) token0: Address,
    pub(super) token1: Address,
    pub(super) reserves: Reserves,
    pub(super) total_shares: Shares,
    pub(super) history: History,
    pub(super) factory: Address,
}

impl PairState {
    /// Reads the answers to [`questions`].
    pub(super) fn read(answers: &[Answer; QUESTIONS]) -> Result<Self, PairFault> {
        let [token0, token1, reserves, total_shares, k_last, price0, price1, factory] = answers;
        let token0 = asked("token0()", token0, address)?;
        let token1 = asked("token1()", token1, address)?;
        let [reserve0, reserve1, time] = asked("getReserves()", reserves, words::<3>)?;
        let total_shares = asked("totalSupply()", total_shares, word)?;
        let k_last = asked("kLast()", k_last, word)?;
        let price0_cum = asked("price0CumulativeLast()", price0, word)?;
        let price1_cum = asked("price1CumulativeLast()", price1, word)?;
        let factory = asked("factory()", factory, address)?;

        let reserve = |units: &U256| Amount::try_from(*units).map_err(|_| PairFault::Reserve);
        let reserves = Reserves { reserve0: reserve(&reserve0)?, reserve1: reserve(&reserve1)? };
        let ts_last = u32::try_from(time).map_err(|_| PairFault::Time)?;
        let total_shares = Amount::try_from(total_shares).map_err(|_| PairFault::Shares)?;
        let total_shares = Shares::new(total_shares.get()).map_err(|_| PairFault::Shares)?;
        let k_last = Product::new(k_last).map_err(|_| PairFault::KLast)?;
        if token0 == Address::ZERO || token1 <= token0 {
            return Err(PairFault::Tokens);
        }
        let history = History {
            price0_cum: Some(price0_cum),
            price1_cum: Some(price1_cum),
            k_last: Some(k_last),
            ts_last: Some(ts_last),
        };
        Ok(Self { token0, token1, reserves, total_shares, history, factory })
    }
}

/// The answer to a call, in its form.
pub(super) fn asked<T>(
    call: &'static str,
    answer: &Answer,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<T, PairFault> {
    answer.as_deref().and_then(read).ok_or(PairFault::Answer { call })
}
