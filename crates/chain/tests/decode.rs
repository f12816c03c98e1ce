//! Logs, encoded by alloy and decoded by us.
#![cfg(feature = "alloy")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::too_many_arguments,
    reason = "a test may stop where it stands, and a swap has six fields"
)]

mod published;

use alloy_primitives::{B256, Bytes, Log, U256, b256};
use alloy_sol_types::{SolEvent, sol};
use cenote_chain::{Address, DecodeError, Notice, Record, TOPICS, decode, decode_record};
use cenote_pool::{Amount, Flows, Reserves, Shares};
use proptest::prelude::*;

use published::{Row, rows, text};

// As `IUniswapV2Pair`, `IUniswapV2Factory` and ERC-721 have them.
sol! {
    #![sol(all_derives)]
    interface Pair {
        event Transfer(address indexed from, address indexed to, uint value);
        event Mint(address indexed sender, uint amount0, uint amount1);
        event Burn(address indexed sender, uint amount0, uint amount1, address indexed to);
        event Swap(address indexed sender, uint amount0In, uint amount1In, uint amount0Out, uint amount1Out, address indexed to);
        event Sync(uint112 reserve0, uint112 reserve1);
        event Approval(address indexed owner, address indexed spender, uint value);
    }
    interface Factory {
        event PairCreated(address indexed token0, address indexed token1, address pair, uint);
    }
    interface Nft {
        event Transfer(address indexed from, address indexed to, uint256 indexed id);
    }
}

/// The pair that speaks.
const PAIR: [u8; 20] = [7; 20];
/// Somebody.
const TRADER: [u8; 20] = [9; 20];
const NOBODY: [u8; 20] = [0; 20];

fn log(event: &impl SolEvent) -> Log {
    Log { address: PAIR.into(), data: event.encode_log_data() }
}

fn swap(amounts: [u128; 4]) -> Log {
    let [in0, in1, out0, out1] = amounts.map(U256::from);
    log(&Pair::Swap {
        sender: TRADER.into(),
        amount0In: in0,
        amount1In: in1,
        amount0Out: out0,
        amount1Out: out1,
        to: TRADER.into(),
    })
}

fn sync(reserve0: u128, reserve1: u128) -> Log {
    let [reserve0, reserve1] = [reserve0, reserve1].map(|units| units.try_into().unwrap());
    log(&Pair::Sync { reserve0, reserve1 })
}

fn mint(amount0: u128, amount1: u128) -> Log {
    let [amount0, amount1] = [amount0, amount1].map(U256::from);
    log(&Pair::Mint { sender: TRADER.into(), amount0, amount1 })
}

fn burn(amount0: u128, amount1: u128) -> Log {
    let [amount0, amount1] = [amount0, amount1].map(U256::from);
    log(&Pair::Burn { sender: TRADER.into(), amount0, amount1, to: TRADER.into() })
}

fn transfer(from: [u8; 20], to: [u8; 20], value: u128) -> Log {
    log(&Pair::Transfer { from: from.into(), to: to.into(), value: U256::from(value) })
}

fn pair_created(token0: [u8; 20], token1: [u8; 20], pair: [u8; 20]) -> Log {
    let [token0, token1, pair] = [token0, token1, pair].map(Into::into);
    log(&Factory::PairCreated { token0, token1, pair, _3: U256::MAX })
}

/// One log of each event of which a wrong shape is an error.
fn strict() -> [Log; 5] {
    let created = pair_created(PAIR, TRADER, TRADER);
    [sync(1, 2), swap([1, 2, 3, 4]), mint(1, 2), burn(1, 2), created]
}

fn amount(units: u128) -> Amount {
    units.try_into().unwrap()
}

/// Source: the first topics of logs on mainnet.
#[test]
fn topics_are_those_of_mainnet() {
    let told = [
        b256!("1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1"),
        b256!("d78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822"),
        b256!("4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f"),
        b256!("dccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496"),
        b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
        b256!("0d3648bd0f6ba80134a33ba9275ac585d9d315f0ad8355cddefde31afa28d0e9"),
    ];
    assert_eq!(TOPICS, told);
}

/// The notices of a row of events.csv, and the logs that say them.
fn of_row(row: &Row<'_>) -> Vec<(Log, Notice)> {
    let units = |column: &str| row[column].parse::<u128>().unwrap();
    let of = |column: &str| amount(units(column));
    let shares = || Shares::new(units("lp")).unwrap();
    match row["kind"] {
        "sync" => {
            let (reserve0, reserve1) = (of("reserve0"), of("reserve1"));
            let log = sync(reserve0.get(), reserve1.get());
            vec![(log, Notice::Sync(Reserves { reserve0, reserve1 }))]
        }
        "swap" => {
            let columns = ["amount0_in", "amount1_in", "amount0_out", "amount1_out"];
            let [amount0_in, amount1_in, amount0_out, amount1_out] = columns.map(of);
            let flows = Flows { amount0_in, amount1_in, amount0_out, amount1_out };
            vec![(swap(columns.map(units)), Notice::Swap(flows))]
        }
        "mint" => {
            let (amount0, amount1, to) = (of("amount0"), of("amount1"), Address(TRADER));
            let made = Notice::SharesMade { to, shares: shares() };
            vec![
                (transfer(NOBODY, TRADER, units("lp")), made),
                (mint(units("amount0"), units("amount1")), Notice::Mint { amount0, amount1 }),
            ]
        }
        "burn" => {
            let (amount0, amount1) = (of("amount0"), of("amount1"));
            let pair = row["pair"].parse::<Address>().unwrap();
            let given_up = Notice::SharesGivenUp { shares: shares() };
            vec![
                (transfer(pair.0, NOBODY, units("lp")), given_up),
                (burn(units("amount0"), units("amount1")), Notice::Burn { amount0, amount1 }),
            ]
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_event_of_whole_blocks_is_read() {
    let Some(events) = text("mainnet_v2_blocks/events.csv") else { return };
    let rows = rows(&events);
    assert_eq!(rows.len(), 507);
    for row in rows {
        let address = row["pair"].parse::<Address>().unwrap();
        let log_index = row["log_index"].parse().unwrap();
        for (mut log, notice) in of_row(&row) {
            log.address = address.into();
            let record = Record { log_index, address, notice };
            assert_eq!(decode_record(&log, log_index), Ok(Some(record)), "{row:?}");
        }
    }
}

/// A contract that is no pair may speak as one does: its logs are read, and its address, which no
/// market has, is what tells.
#[test]
fn a_contract_that_speaks_as_a_pair_does_is_known_by_its_address() {
    let Some(events) = text("mainnet_v2_blocks/events_excluded_nonstandard_forks.csv") else {
        return;
    };
    let pools = text("mainnet_v2_blocks/pools.csv").unwrap();
    let rows = rows(&events);
    assert_eq!(rows.len(), 2);
    for row in rows {
        for (mut log, notice) in of_row(&row) {
            log.address = row["pair"].parse::<Address>().unwrap().into();
            let record = decode_record(&log, 0).unwrap().unwrap();
            assert_eq!(record.notice, notice);
            assert!(published::rows(&pools).iter().all(|pool| pool["pair"] != row["pair"]));
        }
    }
}

#[test]
fn only_shares_made_and_given_up_are_told_of_transfers() {
    let [three, most] = [3, Shares::MAX.get()].map(|units| Shares::new(units).unwrap());
    let to = Address(TRADER);
    let cases = [
        (transfer(NOBODY, TRADER, 3), Some(Notice::SharesMade { to, shares: three })),
        (
            transfer(NOBODY, NOBODY, 3),
            Some(Notice::SharesMade { to: Address::ZERO, shares: three }),
        ),
        (transfer(NOBODY, TRADER, most.get()), Some(Notice::SharesMade { to, shares: most })),
        (transfer(PAIR, NOBODY, 3), Some(Notice::SharesGivenUp { shares: three })),
        // Anybody can have these said.
        (transfer(NOBODY, TRADER, 0), None),
        (transfer(PAIR, NOBODY, 0), None),
        (transfer(TRADER, NOBODY, 3), None),
        (transfer(TRADER, PAIR, 3), None),
        (transfer(PAIR, TRADER, 3), None),
        // Of another token.
        (transfer(NOBODY, TRADER, 1 << 112), None),
        (log(&Nft::Transfer { from: NOBODY.into(), to: TRADER.into(), id: U256::from(3) }), None),
    ];
    for (log, notice) in cases {
        assert_eq!(decode(&log), Ok(notice), "{log:?}");
    }
    let (owner, spender) = (TRADER.into(), PAIR.into());
    let approval = log(&Pair::Approval { owner, spender, value: U256::from(3) });
    assert_eq!(decode(&approval), Ok(None));
    assert_eq!(decode(&Log::new_unchecked(PAIR.into(), vec![], Bytes::new())), Ok(None));
}

fn with_topics(log: &Log, topics: Vec<B256>) -> Log {
    Log::new_unchecked(log.address, topics, log.data.data.clone())
}

fn with_data(log: &Log, data: Vec<u8>) -> Log {
    Log::new_unchecked(log.address, log.topics().to_vec(), data.into())
}

#[test]
fn every_other_number_of_topics_or_bytes_is_refused() {
    for log in strict() {
        let (expected_topics, expected) = (log.topics().len(), log.data.data.len());
        for topics in (1..7).filter(|topics| *topics != expected_topics) {
            let mut changed = log.topics().to_vec();
            changed.resize(topics, B256::ZERO);
            let error = decode(&with_topics(&log, changed)).unwrap_err();
            let DecodeError::Topics { expected, found, .. } = error else { panic!("{error}") };
            assert_eq!((expected, found), (expected_topics, topics));
        }
        for bytes in (0..expected + 65).filter(|bytes| *bytes != expected) {
            let mut changed = log.data.data.to_vec();
            changed.resize(bytes, 0);
            let error = decode(&with_data(&log, changed)).unwrap_err();
            let DecodeError::Length { expected: told, found, .. } = error else {
                panic!("{error}")
            };
            assert_eq!((told, found), (expected, bytes));
        }
    }
    let log = transfer(NOBODY, TRADER, 3);
    for bytes in (0..97).filter(|bytes| *bytes != 32) {
        let mut changed = log.data.data.to_vec();
        changed.resize(bytes, 0);
        assert_eq!(decode(&with_data(&log, changed)), Ok(None));
    }
}

/// Every bit that a word must not have, one at a time, is refused with the name of its field.
#[test]
fn every_bit_too_many_is_refused() {
    let indexed: [&[&str]; 5] =
        [&[], &["sender", "to"], &["sender"], &["sender", "to"], &["token0", "token1"]];
    let words: [&[&str]; 5] = [
        &["reserve0", "reserve1"],
        &["amount0In", "amount1In", "amount0Out", "amount1Out"],
        &["amount0", "amount1"],
        &["amount0", "amount1"],
        &["pair"],
    ];
    for ((log, indexed), words) in strict().iter().zip(indexed).zip(words) {
        for (at, name) in indexed.iter().enumerate() {
            for bit in 160..256 {
                let mut topics = log.topics().to_vec();
                topics[at + 1] |= B256::from(U256::ONE << bit);
                let error = decode(&with_topics(log, topics)).unwrap_err();
                assert!(
                    matches!(error, DecodeError::Address { field, .. } if field == *name),
                    "{error}"
                );
            }
        }
        for (at, name) in words.iter().enumerate() {
            let is_address = *name == "pair";
            for bit in if is_address { 160..256 } else { 112..256 } {
                let mut data = log.data.data.to_vec();
                let word = &mut data[at * 32..at * 32 + 32];
                let dirty: U256 = U256::from_be_slice(word) | (U256::ONE << bit);
                word.copy_from_slice(&dirty.to_be_bytes::<32>());
                let error = decode(&with_data(log, data)).unwrap_err();
                let found = match error {
                    DecodeError::Address { field, .. } if is_address => field,
                    DecodeError::Amount { field, .. } if !is_address => field,
                    other => panic!("{other}"),
                };
                assert_eq!(found, *name);
            }
        }
    }
    let message = decode(&swap([1 << 112, 0, 0, 1])).unwrap_err().to_string();
    let told = "Swap(address,uint256,uint256,uint256,uint256,address): amount0In exceeds 2^112 - 1";
    assert_eq!(message, told);
}

#[test]
fn a_new_pair_is_of_two_tokens_in_order() {
    let created = |token0, token1, pair| decode(&pair_created(token0, token1, pair));
    let notice = Notice::PairCreated {
        pair: Address(TRADER),
        token0: Address([1; 20]),
        token1: Address([2; 20]),
    };
    assert_eq!(created([1; 20], [2; 20], TRADER), Ok(Some(notice)));
    for (token0, token1) in [([1; 20], [1; 20]), ([2; 20], [1; 20]), (NOBODY, [1; 20])] {
        let refused = created(token0, token1, TRADER);
        assert!(matches!(refused, Err(DecodeError::Tokens { .. })), "{refused:?}");
    }
    let refused = created([1; 20], [2; 20], NOBODY);
    assert!(matches!(refused, Err(DecodeError::NoPair { .. })), "{refused:?}");
}

prop_compose! {
    fn units()(units in any::<u128>(), bits in 0_u32..=112) -> u128 {
        units.checked_shr(128 - bits).unwrap_or_default()
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        amounts in [units(), units(), units(), units()],
        tokens: [[u8; 20]; 3],
    ) {
        let [first, second, third, fourth] = amounts.map(amount);
        let flows = Flows {
            amount0_in: first,
            amount1_in: second,
            amount0_out: third,
            amount1_out: fourth,
        };
        let (amount0, amount1) = (first, second);
        let reserves = Reserves { reserve0: first, reserve1: second };
        let [in0, in1, ..] = amounts;
        prop_assert_eq!(decode(&swap(amounts)), Ok(Some(Notice::Swap(flows))));
        prop_assert_eq!(decode(&sync(in0, in1)), Ok(Some(Notice::Sync(reserves))));
        prop_assert_eq!(decode(&mint(in0, in1)), Ok(Some(Notice::Mint { amount0, amount1 })));
        prop_assert_eq!(decode(&burn(in0, in1)), Ok(Some(Notice::Burn { amount0, amount1 })));
        let shares = Shares::new(in0).unwrap();
        let made = Notice::SharesMade { to: Address(tokens[0]), shares };
        let made = (!shares.is_zero()).then_some(made);
        prop_assert_eq!(decode(&transfer(NOBODY, tokens[0], in0)), Ok(made));
        let given_up = (!shares.is_zero()).then_some(Notice::SharesGivenUp { shares });
        prop_assert_eq!(decode(&transfer(PAIR, NOBODY, in0)), Ok(given_up));
        let mut sorted = tokens;
        sorted.sort_unstable();
        let [token0, token1, pair] = sorted;
        prop_assume!(token0 != NOBODY && token0 != token1);
        let notice = Notice::PairCreated {
            pair: Address(pair),
            token0: Address(token0),
            token1: Address(token1),
        };
        prop_assert_eq!(decode(&pair_created(token0, token1, pair)), Ok(Some(notice)));
    }

    /// What alloy's own strict decoder refuses, ours does, and what ours reads it reads.
    #[test]
    fn any_bytes_are_read_as_alloy_reads_them_or_refused(
        topic in 0..7_usize,
        mut topics in prop::collection::vec(word(), 0..5),
        words in prop::collection::vec(word(), 0..5),
        odd in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        if let (Some(first), Some(known)) = (topics.first_mut(), TOPICS.get(topic)) {
            *first = *known;
        }
        let data = words.iter().flatten().copied().chain(odd).collect::<Vec<_>>();
        let log = Log::new_unchecked(PAIR.into(), topics, data.into());
        let read = decode(&log);
        if let Ok(Some(notice)) = read {
            let agreed = match notice {
                Notice::Sync(_) => Pair::Sync::decode_log_validate(&log).is_ok(),
                Notice::Swap(_) => Pair::Swap::decode_log_validate(&log).is_ok(),
                Notice::Mint { .. } => Pair::Mint::decode_log_validate(&log).is_ok(),
                Notice::Burn { .. } => Pair::Burn::decode_log_validate(&log).is_ok(),
                Notice::SharesMade { .. } | Notice::SharesGivenUp { .. } => {
                    Pair::Transfer::decode_log_validate(&log).is_ok()
                }
                Notice::PairCreated { .. } => Factory::PairCreated::decode_log_validate(&log).is_ok(),
            };
            prop_assert!(agreed, "{:?}", log);
        }
    }
}

/// A word with few bits, or with any.
fn word() -> impl Strategy<Value = B256> {
    (any::<[u8; 32]>(), prop_oneof![Just(0), Just(112), Just(160), Just(256), 0..=256_usize])
        .prop_map(|(bytes, bits)| {
            let value = U256::from_be_bytes(bytes);
            B256::from(value.checked_shr(256 - bits).unwrap_or_default())
        })
}
