//! The logs of a block.

use alloy_primitives::{Address, B256, Log, LogData, U256};
use cenote_chain::rpc::{Limits, Proof, Records, RecordsError};
use cenote_chain::{DecodeError, Notice};
use cenote_pool::Shares;

use crate::contracts::{FACTORY, PAIRS, PairCreated, TOKENS, Transfer, log};
use crate::server::{Asked, Reply, Server};
use crate::world::World;
use crate::{limits, node, wait};

pub(crate) fn with(proof: Proof) -> Limits {
    Limits { proof, ..limits() }
}

fn records(world: World, proof: Proof) -> Result<Records, RecordsError> {
    let server = Server::start(world);
    let node = node(&server, with(proof));
    wait(async { node.records(&node.head().await.unwrap()).await })
}

/// A block with all kinds of logs, and some that say nothing of pairs.
fn busy() -> World {
    let mut world = World::new();
    let mut state = world.head().state.clone();
    let transfer =
        |from, to, value: u64| log(PAIRS[0], &Transfer { from, to, value: U256::from(value) });
    let created =
        PairCreated { token0: TOKENS[0], token1: TOKENS[2], pair: PAIRS[2], count: U256::from(3) };
    let nobody = Address::ZERO;
    let somebody = Address::repeat_byte(0x77);
    let mut logs = vec![
        transfer(somebody, PAIRS[0], 1),
        // From nobody to nobody: two filters give it.
        transfer(nobody, nobody, 1000),
        transfer(nobody, somebody, 50),
        transfer(PAIRS[0], nobody, 60),
        log(FACTORY, &created),
        Log { address: somebody, data: LogData::new_unchecked(Vec::new(), vec![1].into()) },
    ];
    logs.extend(state.pairs[0].swap(5_000, 2_012));
    // A contract that only borrows the topic of a pair.
    let topic = *state.pairs[0].sync().topics().first().unwrap();
    let odd = LogData::new_unchecked(vec![topic, B256::ZERO], vec![0; 64].into());
    logs.push(Log { address: somebody, data: odd });
    world.push(logs, state, 1);
    world
}

#[test]
fn records_are_the_same_by_receipts_and_by_logs() {
    let proven = records(busy(), Proof::Required).unwrap();
    let places = proven.records.iter().map(|record| record.log_index).collect::<Vec<_>>();
    assert_eq!(places, [1, 2, 3, 4, 6, 7]);
    let shares = Shares::from(60);
    assert_eq!(proven.records[2].notice, Notice::SharesGivenUp { shares });
    assert!(proven.proven);
    let odd = proven.odd.as_slice();
    assert!(matches!(odd[0].error, DecodeError::Topics { .. }) && odd.len() == 1);

    let by_bloom = records(busy(), Proof::Bloom).unwrap();
    assert_eq!(by_bloom, Records { proven: false, ..proven.clone() });
    // A node that does not have receipts is asked for logs, unless they are required.
    let without = || World { receipts: false, ..busy() };
    assert_eq!(records(without(), Proof::WhereOffered).unwrap(), by_bloom);
    assert_eq!(records(busy(), Proof::WhereOffered).unwrap(), proven);
    let refused = records(without(), Proof::Required).unwrap_err();
    assert!(matches!(refused, RecordsError::Request(_)), "{refused}");
}

#[test]
fn a_bloom_without_topics_needs_no_logs() {
    let world = World::new();
    let server = Server::start(move |asked: &Asked| match asked.method.as_str() {
        "eth_getBlockByNumber" => world.honest(asked),
        _ => Reply::Error(-32000, "not asked for"),
    });
    let node = node(&server, with(Proof::Required));
    let records = wait(async { node.records(&node.head().await.unwrap()).await }).unwrap();
    assert_eq!(records, Records { records: Vec::new(), odd: Vec::new(), proven: true });
}
