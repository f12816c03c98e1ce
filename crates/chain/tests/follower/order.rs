//! Blocks and logs that do not come in their order.

use cenote_chain::{
    Address, BlockHash, Follower, FollowerError, Header, Notice, PushError, Record, RollbackError,
};
use cenote_pool::{Market, ProtocolFee, Reserves};

use crate::chain::{Act, Chain, FACTORY, hash, token};

/// A follower some blocks after it began, and the chain.
fn scene() -> (Chain, Follower) {
    let mut chain = Chain::new(ProtocolFee::Off);
    let mut follower = chain.follower(3);
    for units in 0..5 {
        let acts = [(6, 0), (6, 1), (0, 0), (2, 1)];
        let acts = acts.map(|(kind, place)| Act { kind, place, units: 100_000 + units });
        let (header, records) = chain.block(&acts);
        follower.push(&header, &records).unwrap();
    }
    (chain, follower)
}

/// Asserts that a block is refused and leaves everything as it was.
fn refused(follower: &mut Follower, header: &Header, records: &[Record], because: PushError) {
    let (market, version) = (follower.market().clone(), follower.market().version());
    let headers = follower.headers().collect::<Vec<_>>();
    assert_eq!(follower.push(header, records), Err(because));
    assert_eq!((follower.market(), follower.market().version()), (&market, version));
    assert_eq!(follower.headers().collect::<Vec<_>>(), headers);
}

#[test]
fn only_the_next_block_is_taken() {
    let (mut chain, mut follower) = scene();
    let last = follower.head();
    let before = follower.headers().nth(1).unwrap();
    let (next, records) = chain.block(&[Act { kind: 0, place: 0, units: 1_000 }]);
    let (later, _) = chain.block(&[]);
    let number = last.number;
    for known in [last, before] {
        let because = PushError::Duplicate { number: known.number };
        refused(&mut follower, &known, &[], because);
    }
    let gap = PushError::Gap { expected: next.number, found: later.number };
    refused(&mut follower, &later, &[], gap);
    let other = BlockHash([7; 32]);
    let competing = Header { hash: other, ..last };
    let because = PushError::Reorganised { head: number, found: number };
    refused(&mut follower, &competing, &[], because);
    let because = PushError::Parent { expected: last.hash, found: other };
    refused(&mut follower, &Header { parent: other, ..next }, &records, because);
    let because = PushError::Time { expected: last.timestamp, found: last.timestamp - 1 };
    refused(&mut follower, &Header { timestamp: last.timestamp - 1, ..next }, &records, because);
    follower.push(&next, &records).unwrap();
}

#[test]
fn logs_rise_within_a_block() {
    let (mut chain, mut follower) = scene();
    let (next, mut records) = chain.block(&[0, 1].map(|place| Act { kind: 0, place, units: 999 }));
    assert_eq!(records.len(), 4);
    let twice = [&records[..], &records[3..]].concat();
    let because = PushError::DuplicateLog { log_index: records[3].log_index };
    refused(&mut follower, &next, &twice, because);
    records.swap(1, 2);
    let [before, found] = [1, 2].map(|at: usize| records[at].log_index);
    refused(&mut follower, &next, &records, PushError::LogOrder { before, found });
}

/// A factory that lies stops nobody: what it says of pairs that are there is passed over.
#[test]
fn a_pair_that_cannot_be_is_passed_over() {
    let (mut chain, mut follower) = scene();
    let (next, _) = chain.block(&[]);
    let known = follower.market().pool_name(0.into()).parse::<Address>().unwrap();
    let new = Address([0xbb; 20]);
    let created = |log_index, pair, token0, token1| {
        let notice = Notice::PairCreated { pair, token0, token1 };
        Record { log_index, address: FACTORY, notice }
    };
    let records = [
        created(2, known, token(0), token(1)),
        created(3, new, token(0), token(77)),
        created(4, new, token(0), token(78)),
        created(5, Address([0xcc; 20]), token(1), token(1)),
    ];
    let before = follower.market().clone();
    let applied = follower.push(&next, &records).unwrap();
    let pool = follower.pool(&new).unwrap();
    assert_eq!((applied.created, applied.events), (vec![pool], 0));
    assert_eq!(follower.market().pools().len(), before.pools().len() + 1);
    assert!(follower.token(&token(77)).is_some() && follower.token(&token(78)).is_none());
    follower.rollback(next.parent).unwrap();
    assert_eq!((follower.pool(&new), follower.token(&token(77))), (None, None));
    assert_eq!(follower.market(), &before);
}

#[test]
fn what_is_too_far_back_is_not_undone() {
    let (chain, mut follower) = scene();
    let headers = follower.headers().collect::<Vec<_>>();
    assert_eq!(headers.len(), 4);
    let oldest = chain.head.number - 3;
    for to in [hash(1), BlockHash([9; 32])] {
        assert_eq!(follower.rollback(to), Err(RollbackError::Unknown { to, oldest }));
    }
    assert_eq!(follower.market(), &chain.market());
    assert_eq!(follower.rollback(chain.head.hash), Ok(vec![]));
    assert_eq!(follower.rollback(headers[3].hash), Ok(headers[..3].to_vec()));
    assert_eq!(follower.head(), headers[3]);
}

/// A what-if that is dropped leaves nothing; one that is committed is found out.
#[test]
fn nobody_else_writes_to_what_is_followed() {
    let (mut chain, mut follower) = scene();
    let reserves = Reserves { reserve0: 5_u64.into(), reserve1: 6_u64.into() };
    follower.fork().sync(0.into(), reserves).unwrap();
    let (next, records) = chain.block(&[Act { kind: 0, place: 0, units: 1_000 }]);
    follower.push(&next, &records).unwrap();
    assert_eq!(follower.market(), &chain.market());
    let mut fork = follower.fork();
    fork.sync(0.into(), reserves).unwrap();
    fork.commit();
    let (next, records) = chain.block(&[]);
    refused(&mut follower, &next, &records, PushError::Written);
    assert_eq!(follower.rollback(hash(5)), Err(RollbackError::Written));
}

#[test]
fn names_are_addresses_of_their_own() {
    let head = Chain::new(ProtocolFee::Off).head;
    let follow = |market: Market| Follower::new(market, head, Vec::new(), 1).map(|_| ());
    let mut market = Market::new();
    let [a, b] = [0, 1].map(|at| market.add_token(&token(at).to_string()).unwrap());
    let pool = cenote_pool::Pool::new(a, b, cenote_pool::Fee::ZERO).unwrap();
    assert_eq!(follow(market.clone()), Ok(()));
    let name = Address([0xab; 20]).to_string();
    market.add_pool(&name, pool).unwrap();
    assert_eq!(follow(market.clone()), Ok(()));
    let mut twice = market.clone();
    let again = twice.add_pool(&name.replace('b', "B"), pool).unwrap();
    assert_eq!(follow(twice), Err(FollowerError::PoolName { pool: again }));
    let mut named = market.clone();
    let token = named.add_token("weth").unwrap();
    assert_eq!(follow(named), Err(FollowerError::TokenName { token }));
}
