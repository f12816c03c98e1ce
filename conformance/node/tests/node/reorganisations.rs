//! The followed market goes back with the chain, and refuses what cannot come next.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolValue};
use cenote::{Amount, History, Market, Pool, Random, Version};
use cenote_chain::{BlockHash, Call, Follower, Header, Notice, PushError, Record, RollbackError};
use cenote_conformance_contracts::Contracts;
use cenote_conformance_node::{DEPTH, PairAt, Traffic, World, abi, name};

use crate::{say, seed, times, world};

/// All that a market keeps, and which state it is.
fn kept(market: &Market) -> (Version, usize, Vec<(Pool, History)>) {
    let pools = market.pools_with_id().map(|(id, pool)| (*pool, market.history(id)));
    (market.version(), market.token_count(), pools.collect())
}

/// Takes over the node's last blocks, and gives those that were undone for them. The market is
/// compared after each.
async fn catch_up(world: &World, follower: &mut Follower) -> Result<Vec<Header>, RollbackError> {
    let mut next = vec![world.node.head().await];
    // Down to a block that is known, or so deep that none can be.
    while follower.header(next[0].parent).is_none() && 1 < next[0].number {
        next.insert(0, world.node.block(next[0].parent).await);
    }
    let undone = follower.rollback(next[0].parent)?;
    for header in next {
        let records = world.node.records(header.hash).await;
        let applied = follower.push(&header, &records).unwrap();
        assert_eq!(applied.flags, [], "{header:?}");
        world.assert_equal(follower.market(), header).await;
    }
    Ok(undone)
}

/// Blocks of random acts, of which those of another seed are others.
async fn mine(world: &World, pairs: &[PairAt], seed: u64, blocks: u64) {
    let mut traffic = Traffic::new(world, seed, pairs);
    // Not empty, so that the first blocks of two branches are not the same.
    traffic.act().await;
    world.node.mine(1 + seed).await;
    for _ in 1..blocks {
        traffic.block().await;
    }
}

#[tokio::test]
async fn blocks_that_come_instead_are_followed() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let mut random = Random::new(seed(21));
    let mut depths = vec![];
    for round in 0..times(8) {
        let depth = 1 + random.below(DEPTH.try_into().unwrap());
        let snapshot = world.node.snapshot().await;
        mine(&world, &pairs, seed(1_000) + round, depth).await;
        catch_up(&world, &mut follower).await.unwrap();
        let gone: Vec<_> = follower.headers().take(depth.try_into().unwrap()).collect();

        world.node.revert(snapshot).await;
        mine(&world, &pairs, seed(5_000) + round, depth + 1).await;
        // The follower sees it by the parent of the next block.
        let next = world.node.head().await;
        let expected = follower.head().hash;
        let parent = PushError::Parent { expected, found: next.parent };
        let before = kept(follower.market());
        assert_eq!(follower.push(&next, &[]), Err(parent));
        assert_eq!(kept(follower.market()), before);
        assert_eq!(catch_up(&world, &mut follower).await.unwrap(), gone);
        depths.push(depth);
    }
    let [rounds, blocks] = [depths.len().try_into().unwrap(), depths.iter().sum::<u64>()];
    say(&format!("{rounds} other branches, instead of {blocks} blocks"));
}

#[tokio::test]
async fn a_node_that_reorganises_is_followed() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    for (round, depth) in [1, 2, 3, 7, 16].into_iter().enumerate() {
        mine(&world, &pairs, seed(300) + depth, depth).await;
        catch_up(&world, &mut follower).await.unwrap();
        let gone: Vec<_> = follower.headers().take(depth.try_into().unwrap()).collect();

        // Another trade in the last of the new blocks, and a pair that only they have.
        let actor = world.actors[3];
        let calls = [swap(&world, actor), create(&world, round)];
        let calls = calls.map(|call| (actor, call, depth - 1));
        world.node.reorganise(depth, &calls).await;
        let said = world.node.records(world.node.head().await.hash).await;
        let is_swap = |record: &Record| matches!(record.notice, Notice::Swap(_));
        assert!(said.iter().any(is_swap), "{said:?}");
        assert_eq!(catch_up(&world, &mut follower).await.unwrap(), gone);
    }
}

/// A sale by the router of the first exchange.
fn swap(world: &World, actor: Address) -> Call {
    let call = abi::Router::swapExactTokensForTokensCall {
        amountIn: U256::from(1_000_000_007),
        amountOutMin: U256::ZERO,
        path: world.tokens[..2].to_vec(),
        to: actor,
        deadline: U256::MAX,
    };
    call_of(world.exchanges[0].router, &call)
}

/// A new pair of the second exchange.
fn create(world: &World, round: usize) -> Call {
    let call = abi::Factory::createPairCall { tokenA: world.taxed, tokenB: world.tokens[round] };
    call_of(world.exchanges[1].factory, &call)
}

fn call_of(to: Address, call: &impl SolCall) -> Call {
    Call { to: to.into(), value: Amount::ZERO, data: call.abi_encode().into() }
}

#[tokio::test]
async fn a_pair_whose_creation_is_undone_is_gone_with_its_token() {
    let Some(world) = world([true, false]).await else { return };
    world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let (begin, before) = (follower.head().hash, kept(follower.market()));
    let snapshot = world.node.snapshot().await;
    let (code, supply) = (Contracts::load().unwrap().token, U256::MAX.abi_encode());
    let token = world.node.deploy(world.actors[0], &code, &supply).await;
    let pair = world.create(0, [(token, 1 << 60), (world.tokens[0], 1 << 50)]).await;
    catch_up(&world, &mut follower).await.unwrap();
    assert!(follower.pool(&pair.address.into()).is_some());
    assert!(follower.token(&token.into()).is_some());

    world.node.revert(snapshot.clone()).await;
    follower.rollback(begin).unwrap();
    assert_eq!(kept(follower.market()), before);
    assert_eq!(follower.pool(&pair.address.into()), None);
    assert_eq!(follower.token(&token.into()), None);
    assert!(follower.market().token(&name(token)).is_err());

    // The same pair comes again, in another block, and another one before it.
    let first = world.create(0, [(world.tokens[4], 1 << 30), (world.tokens[0], 1 << 50)]).await;
    let again = world.node.deploy(world.actors[1], &code, &supply).await;
    world.give(world.actors[1], again, world.actors[0], 1 << 70).await;
    let second = world.create(1, [(again, 1 << 60), (world.tokens[0], 1 << 50)]).await;
    catch_up(&world, &mut follower).await.unwrap();
    let [first, second] = [first, second].map(|pair| follower.pool(&pair.address.into()).unwrap());
    assert!(first < second);
}

#[tokio::test]
async fn a_branch_from_too_deep_is_refused_and_changes_nothing() {
    let Some(world) = world([false, true]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let blocks = u64::try_from(DEPTH).unwrap() + 1;
    for (own, extra, fits) in [(400, 0, true), (401, 1, false)] {
        let snapshot = world.node.snapshot().await;
        let begin = follower.head();
        mine(&world, &pairs, seed(own), blocks - 1 + extra).await;
        catch_up(&world, &mut follower).await.unwrap();
        let (head, before) = (follower.head(), kept(follower.market()));
        world.node.revert(snapshot).await;
        mine(&world, &pairs, seed(own) + 50, blocks + extra).await;
        let caught = catch_up(&world, &mut follower).await;
        if fits {
            assert_eq!(u64::try_from(caught.unwrap().len()).unwrap(), blocks - 1);
            continue;
        }
        let Err(RollbackError::Unknown { oldest, .. }) = caught else { panic!("{caught:?}") };
        assert_eq!(oldest, begin.number + 1);
        assert_eq!((follower.head(), &kept(follower.market())), (head, &before));
        // Also where the last block that both have is asked for by its name.
        let asked = follower.rollback(begin.hash);
        assert_eq!(asked, Err(RollbackError::Unknown { to: begin.hash, oldest }));
        assert_eq!(kept(follower.market()), before);
    }
}

/// A block that somebody got wrong, and the name of the reason.
type Wrong = (&'static str, Header, Vec<Record>);

/// All that cannot come after the head, made of the block that does.
fn wrong_blocks(follower: &Follower, next: Header, records: &[Record]) -> Vec<Wrong> {
    let (head, other) = (follower.head(), BlockHash([0xee; 32]));
    let mut shuffled = records.to_vec();
    shuffled.swap(0, records.len() - 1);
    let mut doubled = records.to_vec();
    doubled.insert(1, records[0]);
    let mut reversed = records.to_vec();
    reversed.reverse();
    let earlier = follower.headers().nth(3).unwrap();
    let late = Header { number: next.number + 1, ..next };
    vec![
        ("Duplicate", head, records.to_vec()),
        ("Duplicate", earlier, vec![]),
        ("Gap", late, records.to_vec()),
        ("Reorganised", Header { hash: other, ..head }, records.to_vec()),
        ("Parent", Header { parent: other, ..next }, records.to_vec()),
        ("Parent", Header { parent: earlier.hash, ..next }, records.to_vec()),
        ("Time", Header { timestamp: head.timestamp - 1, ..next }, records.to_vec()),
        ("LogOrder", next, shuffled),
        ("LogOrder", next, reversed),
        ("DuplicateLog", next, doubled),
    ]
}

#[tokio::test]
async fn what_cannot_come_next_is_refused_by_its_name() {
    let Some(world) = world([true, true]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let mut traffic = Traffic::new(&world, seed(31), &pairs);
    let [mut refused, mut blocks] = [0; 2];
    while blocks < times(20) {
        let next = traffic.block().await;
        let records = world.node.records(next.hash).await;
        if 2 <= records.len() && 3 < follower.headers().count() {
            for (reason, header, records) in wrong_blocks(&follower, next, &records) {
                let (head, before) = (follower.head(), kept(follower.market()));
                let error = follower.push(&header, &records).unwrap_err();
                assert!(format!("{error:?}").starts_with(reason), "{error:?} is not {reason}");
                assert_eq!((follower.head(), kept(follower.market())), (head, before));
                refused += 1;
            }
            blocks += 1;
        }
        // The right one is taken over after all of them.
        follower.push(&next, &records).unwrap();
        world.assert_equal(follower.market(), next).await;
    }
    say(&format!("{refused} wrong blocks were refused by their names"));
}

#[tokio::test]
async fn a_pair_that_is_there_is_not_made_again() {
    let Some(world) = world([true, true]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let mut traffic = Traffic::new(&world, 32, &pairs);
    traffic.act().await;
    let next = world.node.mine(1).await;
    let mut records = world.node.records(next.hash).await;
    let PairAt { address, tokens: [token0, token1], exchange } = pairs[0];
    let log_index = records.last().map_or(0, |record| record.log_index + 1);
    let (pair, token0, token1) = (address.into(), token0.into(), token1.into());
    let notice = Notice::PairCreated { pair, token0, token1 };
    records.push(Record { log_index, address: world.exchanges[exchange].factory.into(), notice });
    let applied = follower.push(&next, &records).unwrap();
    assert_eq!((applied.created, applied.flags), (vec![], vec![]));
    world.assert_equal(follower.market(), next).await;
}
