//! What a stranger tried on a follower.

use cenote_chain::{Address, BlockHash, Factory, Follower, Header, Notice, Record};
use cenote_pool::{Fee, History, Market, Pool, PoolId, Product, ProtocolFee, Reserves};

const FACTORY: Address = Address([0xfa; 20]);

fn address(at: u64) -> Address {
    let mut address = [0xaa; 20];
    address[..8].copy_from_slice(&at.to_be_bytes());
    Address(address)
}

fn header(number: u64, hash: u8, parent: u8) -> Header {
    Header {
        number,
        hash: BlockHash([hash; 32]),
        parent: BlockHash([parent; 32]),
        timestamp: number,
    }
}

fn reserves(a: u64, b: u64) -> Reserves {
    Reserves { reserve0: a.into(), reserve1: b.into() }
}

fn factory(address: Address) -> Factory {
    Factory { address, fee: Fee::UNISWAP_V2, protocol_fee: ProtocolFee::Off }
}

fn records(notices: &[(Address, Notice)]) -> Vec<Record> {
    let record = |(at, (address, notice)): (usize, &(Address, Notice))| Record {
        log_index: at as u64,
        address: *address,
        notice: *notice,
    };
    notices.iter().enumerate().map(record).collect()
}

fn created(pair: u64, a: u64, b: u64) -> Notice {
    Notice::PairCreated { pair: address(pair), token0: address(a), token1: address(b) }
}

fn one(number: u64, depth: usize) -> Follower {
    let mut market = Market::new();
    let [a, b] = [1, 2].map(|at| market.add_token(&address(at).to_string()).unwrap());
    let pool = Pool::new(a, b, Fee::UNISWAP_V2).unwrap();
    let pool = pool.with_reserves(reserves(1_000_000, 1_000_000)).unwrap();
    let pool = pool.with_total_shares(1_000_000_u64.into()).unwrap();
    let pool = market.add_pool(&address(100).to_string(), pool).unwrap();
    let history = History { k_last: Some(Product::ZERO), ..History::UNKNOWN };
    market.set_history(pool, history).unwrap();
    Follower::new(market, header(number, 7, 6), vec![factory(FACTORY)], depth).unwrap()
}

#[test]
fn a_switch_for_a_pool_that_is_not_there_does_not_wait_for_it() {
    let mut follower = one(7, 8);
    follower.set_protocol_fee(PoolId::from(1), ProtocolFee::On);
    let pair = address(101);
    let log = records(&[
        (FACTORY, created(101, 1, 2)),
        (pair, Notice::SharesMade { to: Address::ZERO, shares: 1000_u64.into() }),
        (pair, Notice::SharesMade { to: address(9), shares: 999_000_u64.into() }),
        (pair, Notice::Sync(reserves(1_000_000, 1_000_000))),
        (pair, Notice::Mint { amount0: 1_000_000_u64.into(), amount1: 1_000_000_u64.into() }),
    ]);
    let done = follower.push(&header(8, 8, 7), &log).unwrap();
    assert!(done.flags.is_empty());
    let pool = follower.pool(&pair).unwrap();
    // The factory's fee is off.
    assert_eq!(follower.market().history(pool).k_last, Some(Product::ZERO));
}

#[test]
fn a_leaked_fork_is_noticed_before_a_block_is_taken_over() {
    let mut follower = one(7, 8);
    core::mem::forget(follower.fork());
    let pushed = follower.push(&header(8, 8, 7), &[]);
    // Either is good: to refuse the block, or to be able to go back.
    if pushed.is_ok() {
        assert!(follower.rollback(BlockHash([7; 32])).is_ok(), "taken over and never undone");
    }
}

#[test]
fn a_hash_stands_for_one_block() {
    let mut follower = one(7, 8);
    follower.push(&header(8, 8, 7), &[]).unwrap();
    // Block 9 claims the hash of block 7.
    if follower.push(&header(9, 7, 8), &[]).is_ok() {
        let undone = follower.rollback(BlockHash([7; 32])).unwrap();
        assert_eq!(follower.head().number, 7, "undone {undone:?}");
    }
}

#[test]
fn there_is_no_block_after_the_last_number() {
    let mut follower = one(u64::MAX, 8);
    let done = follower.push(&header(u64::MAX, 8, 7), &[]);
    assert!(done.is_err(), "a second block of the number {}", u64::MAX);
}

#[test]
fn depths() {
    for depth in [0, 1, usize::MAX] {
        let mut follower = one(7, depth);
        let before = follower.market().clone();
        for (number, hash) in [(8, 8), (9, 9)] {
            let log = records(&[(address(100), Notice::Sync(reserves(hash, 5)))]);
            follower.push(&header(number, hash as u8, hash as u8 - 1), &log).unwrap();
        }
        assert_eq!(follower.headers().count(), depth.min(2) + 1);
        assert_eq!(follower.rollback(BlockHash([9; 32])), Ok(Vec::new()));
        assert_eq!(follower.rollback(BlockHash([8; 32])).is_ok(), 1 <= depth);
        assert_eq!(follower.rollback(BlockHash([7; 32])).is_ok(), 2 <= depth);
        if 2 <= depth {
            assert_eq!(*follower.market(), before);
        }
    }
}

/// The same pair address of other tokens on the other branch; then everything again.
#[test]
fn a_pair_of_other_tokens_on_the_other_branch() {
    let mut follower = one(7, 8);
    let pair = address(200);
    for round in 0..20_u64 {
        let [a, b] = [300 + round % 5, 100]; // a token that is a pair as well
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        let log =
            records(&[(FACTORY, created(200, a, b)), (pair, Notice::Sync(reserves(round + 1, 5)))]);
        follower.push(&header(8, 100 + round as u8, 7), &log).unwrap();
        let pool = follower.pool(&pair).unwrap();
        assert_eq!(pool.index(), 1);
        let at = follower.market().pool(pool).unwrap();
        assert_eq!(
            [at.token0(), at.token1()].map(Some),
            [a, b].map(|at| follower.token(&address(at)))
        );
        follower.set_protocol_fee(pool, ProtocolFee::On);
        follower.rollback(BlockHash([7; 32])).unwrap();
        assert!(follower.pool(&pair).is_none() && follower.token(&address(300)).is_none());
    }
}
