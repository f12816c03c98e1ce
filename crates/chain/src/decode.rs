//! [`decode`]: what the logs of Uniswap v2 pairs and factories say.

use alloy_primitives::{B256, Log, U256};
use alloy_sol_types::{SolEvent, sol};
use cenote_pool::{Amount, Flows, Reserves, Shares};
use thiserror::Error;

use crate::address::Address;
use crate::record::{Notice, Record};

sol! {
    event Sync(uint112 reserve0, uint112 reserve1);
    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );
    event Mint(address indexed sender, uint256 amount0, uint256 amount1);
    event Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to);
    event Transfer(address indexed from, address indexed to, uint256 value);
    event PairCreated(
        address indexed token0,
        address indexed token1,
        address pair,
        uint256 count
    );
}

/// The first topics of the logs that [`decode`] reads, for filters: `Sync`, `Swap`, `Mint`, `Burn`
/// and `Transfer` of a pair, `PairCreated` of a factory.
pub const TOPICS: [B256; 6] = [
    Sync::SIGNATURE_HASH,
    Swap::SIGNATURE_HASH,
    Mint::SIGNATURE_HASH,
    Burn::SIGNATURE_HASH,
    Transfer::SIGNATURE_HASH,
    PairCreated::SIGNATURE_HASH,
];

/// Why a log with the topic of a pair or a factory is none of theirs, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not as many topics as the event has.
    #[error("{event} with {found} topics, not {expected}")]
    Topics {
        /// The signature of the event.
        event: &'static str,
        /// How many it has, the first one counted.
        expected: usize,
        /// How many the log has.
        found: usize,
    },
    /// Not as many bytes of data as the event has.
    #[error("{event} with {found} bytes of data, not {expected}")]
    Length {
        /// The signature of the event.
        event: &'static str,
        /// How many it has.
        expected: usize,
        /// How many the log has.
        found: usize,
    },
    /// The word of an address has more than its 160 bits.
    #[error("{event}: {field} is no address: it has more than 160 bits")]
    Address {
        /// The signature of the event.
        event: &'static str,
        /// The name of the field.
        field: &'static str,
    },
    /// More than a pair can count, or than its type allows.
    #[error("{event}: {field} exceeds 2^112 - 1")]
    Amount {
        /// The signature of the event.
        event: &'static str,
        /// The name of the field.
        field: &'static str,
    },
    /// A new pair whose tokens are one, or not in the order of their addresses, or nobody's.
    #[error("{event}: not 0 < token0 < token1")]
    Tokens {
        /// The signature of the event.
        event: &'static str,
    },
    /// A new pair at the zero address.
    #[error("{event}: the pair is at the zero address")]
    NoPair {
        /// The signature of the event.
        event: &'static str,
    },
}

/// What a log of a Uniswap v2 pair or factory says; `None` where it says nothing about reserves,
/// shares or pairs.
///
/// Only the log's shape is judged: the number of topics, the length of the data, the bits of each
/// word. Any contract may emit these events, so ask whose the log is, and pass over an error of a
/// contract that you do not follow. From a pair it means that it is no Uniswap v2 pair, with one
/// exception: a `Burn` pays a part of all that the pair holds, counted or not, so it may say more
/// than 2^112 - 1 where somebody sent a pair more than it can count. A
/// [`Follower`](crate::Follower) that is not told of such a `Burn` takes over the reserves that were
/// reported with it, and flags the pair for the shares given up
/// ([`FlagReason::StrayShares`](crate::FlagReason::StrayShares)): how many there are it does not
/// know.
///
/// A `Transfer` tells of shares in two cases. From the zero address they were made, also for the
/// protocol; the pair's own address to the zero address gives them up. A `Transfer` of none is
/// passed over, since anybody can have a pair emit it (`transferFrom(0, .., 0)`), and so is what
/// anybody else sends to nobody: those shares are locked, not given up. Each token of any kind has
/// this event, hence one that cannot be of shares (four topics as in ERC-721, more than 2^112 - 1,
/// any other shape) is `None` as well, never an error.
///
/// Source: the events of `IUniswapV2Pair`, `IUniswapV2Factory`; `UniswapV2ERC20`.
///
/// # Errors
///
/// [`DecodeError`], in the order of its variants.
pub fn decode(log: &Log) -> Result<Option<Notice>, DecodeError> {
    let Some(topic) = log.topics().first() else { return Ok(None) };
    match *topic {
        Sync::SIGNATURE_HASH => sync(log).map(Some),
        Swap::SIGNATURE_HASH => swap(log).map(Some),
        Mint::SIGNATURE_HASH => mint(log).map(Some),
        Burn::SIGNATURE_HASH => burn(log).map(Some),
        Transfer::SIGNATURE_HASH => Ok(transfer(log).ok().flatten()),
        PairCreated::SIGNATURE_HASH => pair_created(log).map(Some),
        _ => Ok(None),
    }
}

/// [`decode`] with the contract that says it and the log's place in its block.
///
/// # Errors
///
/// Those of [`decode`].
pub fn decode_record(log: &Log, log_index: u64) -> Result<Option<Record>, DecodeError> {
    let notice = decode(log)?;
    Ok(notice.map(|notice| Record { log_index, address: log.address.into(), notice }))
}

fn sync(log: &Log) -> Result<Notice, DecodeError> {
    let event = Sync::SIGNATURE;
    let ([_], [reserve0, reserve1]) = words(log, event)?;
    Ok(Notice::Sync(Reserves {
        reserve0: amount(&reserve0, event, "reserve0")?,
        reserve1: amount(&reserve1, event, "reserve1")?,
    }))
}

fn swap(log: &Log) -> Result<Notice, DecodeError> {
    let event = Swap::SIGNATURE;
    let ([_, sender, to], [in0, in1, out0, out1]) = words(log, event)?;
    address(&sender, event, "sender")?;
    address(&to, event, "to")?;
    Ok(Notice::Swap(Flows {
        amount0_in: amount(&in0, event, "amount0In")?,
        amount1_in: amount(&in1, event, "amount1In")?,
        amount0_out: amount(&out0, event, "amount0Out")?,
        amount1_out: amount(&out1, event, "amount1Out")?,
    }))
}

fn mint(log: &Log) -> Result<Notice, DecodeError> {
    let event = Mint::SIGNATURE;
    let ([_, sender], [amount0, amount1]) = words(log, event)?;
    address(&sender, event, "sender")?;
    Ok(Notice::Mint {
        amount0: amount(&amount0, event, "amount0")?,
        amount1: amount(&amount1, event, "amount1")?,
    })
}

fn burn(log: &Log) -> Result<Notice, DecodeError> {
    let event = Burn::SIGNATURE;
    let ([_, sender, to], [amount0, amount1]) = words(log, event)?;
    address(&sender, event, "sender")?;
    address(&to, event, "to")?;
    Ok(Notice::Burn {
        amount0: amount(&amount0, event, "amount0")?,
        amount1: amount(&amount1, event, "amount1")?,
    })
}

fn transfer(log: &Log) -> Result<Option<Notice>, DecodeError> {
    let event = Transfer::SIGNATURE;
    let ([_, from, to], [value]) = words(log, event)?;
    let from = address(&from, event, "from")?;
    let to = address(&to, event, "to")?;
    let value = amount(&value, event, "value")?;
    let Ok(shares) = Shares::new(value.get()) else { return Ok(None) };
    if shares.is_zero() {
        return Ok(None);
    }
    if from == Address::ZERO {
        return Ok(Some(Notice::SharesMade { to, shares }));
    }
    let given_up = from == log.address.into() && to == Address::ZERO;
    Ok(given_up.then_some(Notice::SharesGivenUp { shares }))
}

fn pair_created(log: &Log) -> Result<Notice, DecodeError> {
    let event = PairCreated::SIGNATURE;
    let ([_, token0, token1], [pair, _count]) = words(log, event)?;
    let token0 = address(&token0, event, "token0")?;
    let token1 = address(&token1, event, "token1")?;
    let pair = address(&pair, event, "pair")?;
    if token0 == Address::ZERO || token1 <= token0 {
        return Err(DecodeError::Tokens { event });
    }
    if pair == Address::ZERO {
        return Err(DecodeError::NoPair { event });
    }
    Ok(Notice::PairCreated { pair, token0, token1 })
}

/// The topics and the words of the data, where there are as many as the event has.
fn words<const TOPICS: usize, const WORDS: usize>(
    log: &Log,
    event: &'static str,
) -> Result<([B256; TOPICS], [B256; WORDS]), DecodeError> {
    let (topics, data) = (log.topics(), &log.data.data);
    let wrong = DecodeError::Topics { event, expected: TOPICS, found: topics.len() };
    let topics = topics.try_into().map_err(|_| wrong)?;
    let expected = WORDS.saturating_mul(32);
    let wrong = DecodeError::Length { event, expected, found: data.len() };
    let (words, []) = data.as_chunks() else { return Err(wrong) };
    let words: [[u8; 32]; WORDS] = words.try_into().map_err(|_| wrong)?;
    Ok((topics, words.map(B256::from)))
}

fn address(word: &B256, event: &'static str, field: &'static str) -> Result<Address, DecodeError> {
    match word.0.as_slice().split_first_chunk::<12>() {
        Some(([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], rest)) => rest.try_into().map(Address).ok(),
        _ => None,
    }
    .ok_or(DecodeError::Address { event, field })
}

fn amount(word: &B256, event: &'static str, field: &'static str) -> Result<Amount, DecodeError> {
    let units = u128::try_from(U256::from_be_bytes(word.0)).ok();
    let amount = units.and_then(|units| Amount::new(units).ok());
    amount.ok_or(DecodeError::Amount { event, field })
}
