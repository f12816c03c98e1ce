//! What is loaded and followed over JSON-RPC is what the node says of its contracts.

use alloy_primitives::Address;
use cenote::{Fee, Random};
use cenote_chain::rpc::{AdvanceError, At, Limits, Loaded, Node, Proof, Selection, WayError};
use cenote_chain::{Follower, Header};
use cenote_conformance_node::{DEPTH, PairAt, Traffic, World, abi, compiled};

use crate::{say, seed, times, world};

/// The library's own way to the node, which must show that no log is left out.
fn connect(world: &World) -> Node {
    let limits = Limits { proof: Proof::Required, ..Limits::default() };
    Node::http(&world.node.url(), limits).unwrap()
}

/// All pairs of both exchanges.
fn all(world: &World) -> Selection {
    let factories = world.exchanges.iter();
    let factories = factories.map(|exchange| (exchange.factory.into(), Fee::UNISWAP_V2)).collect();
    Selection { factories, pairs: vec![], labels: true }
}

async fn load(world: &World, at: At) -> Loaded {
    let loaded = connect(world).load(&all(world), at).await.unwrap();
    assert_eq!(loaded.left_out, []);
    loaded
}

#[tokio::test]
async fn what_is_loaded_is_what_the_pairs_say() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut traffic = Traffic::new(&world, seed(51), &pairs);
    let mut headers: Vec<Header> = vec![];
    for _ in 0..10 {
        headers.push(traffic.block().await);
    }
    let mut compared = 0;
    for header in &headers {
        for at in [At::Number(header.number), At::Hash(header.hash)] {
            let loaded = load(&world, at).await;
            assert_eq!(loaded.header, *header);
            compared += world.assert_equal(&loaded.market, *header).await;
        }
    }
    let loaded = load(&world, At::Head).await;
    assert_eq!(Some(&loaded.header), headers.last());
    assert_eq!(loaded.factories, world.factories());
    say(&format!("loaded {} times, {compared} states of pairs", 2 * headers.len()));
}

/// Some blocks, of which the last is the node's head.
async fn mine(traffic: &mut Traffic<'_>, blocks: u64) {
    for _ in 0..blocks {
        traffic.block().await;
    }
}

/// Moves the follower to the node's head, and compares all of the market.
async fn advance(world: &World, node: &Node, follower: &mut Follower) -> [usize; 2] {
    let advanced = node.advance(follower).await.unwrap();
    for pushed in &advanced.pushed {
        assert!(pushed.proven && pushed.odd.is_empty(), "{pushed:?}");
        assert_eq!(pushed.applied.flags, []);
    }
    let head = world.node.head().await;
    assert_eq!((advanced.head, follower.head(), advanced.behind), (head, head, 0));
    world.assert_equal(follower.market(), head).await;
    [advanced.pushed.len(), advanced.undone.len()]
}

#[tokio::test]
async fn a_follower_advances_with_the_node_and_back() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let node = connect(&world);
    let mut follower = load(&world, At::Head).await.follow(DEPTH).unwrap();
    let mut random = Random::new(seed(52));
    let [mut pushed, mut undone] = [0; 2];
    for round in 0..times(12) {
        let snapshot = world.node.snapshot().await;
        let mut traffic = Traffic::new(&world, seed(53_000) + round, &pairs);
        mine(&mut traffic, 1 + random.below(6)).await;
        let moved = advance(&world, &node, &mut follower).await;
        (pushed, undone) = (pushed + moved[0], undone + moved[1]);
        if random.below(2) == 0 {
            world.node.revert(snapshot).await;
            let mut traffic = Traffic::new(&world, seed(54_000) + round, &pairs);
            mine(&mut traffic, 2 + random.below(8)).await;
            let moved = advance(&world, &node, &mut follower).await;
            (pushed, undone) = (pushed + moved[0], undone + moved[1]);
        }
    }
    assert!(0 < undone);
    say(&format!("advanced by {pushed} blocks over JSON-RPC, and back by {undone}"));
}

#[tokio::test]
async fn a_branch_from_too_deep_is_an_error_of_its_own() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let node = connect(&world);
    let mut follower = load(&world, At::Head).await.follow(3).unwrap();
    let snapshot = world.node.snapshot().await;
    mine(&mut Traffic::new(&world, seed(55), &pairs), 6).await;
    advance(&world, &node, &mut follower).await;
    let (head, version) = (follower.head(), follower.market().version());
    world.node.revert(snapshot).await;
    let mut traffic = Traffic::new(&world, seed(56), &pairs);
    world.node.mine(7).await;
    mine(&mut traffic, 7).await;
    let oldest = head.number - 3;
    let refused = node.advance(&mut follower).await;
    assert_eq!(refused, Err(AdvanceError::Way(WayError::TooDeep { oldest })));
    assert_eq!((follower.head(), follower.market().version()), (head, version));
}

/// No log says that a factory's `feeTo` is set or not any more: it must be asked.
#[tokio::test]
async fn a_protocol_fee_that_is_switched_is_learnt() {
    let Some(world) = world([false, true]).await else { return };
    let pairs = world.create_pools().await;
    let node = connect(&world);
    let mut follower = load(&world, At::Head).await.follow(DEPTH).unwrap();
    for (round, on) in [true, false, true, false].into_iter().enumerate() {
        let to = if on { world.collector } else { Address::ZERO };
        for exchange in world.exchanges {
            let call = abi::Factory::setFeeToCall { to };
            world.node.send(world.deployer, exchange.factory, &call).await;
        }
        world.node.mine(1).await;
        advance(&world, &node, &mut follower).await;
        let head = follower.head().hash;
        node.learn_protocol_fees(&mut follower, head).await.unwrap();
        let round = u64::try_from(round).unwrap();
        mine_without_new_pairs(&world, &pairs, seed(57_000) + round).await;
        advance(&world, &node, &mut follower).await;
    }
}

/// Deposits, withdrawals and swaps in each pair.
async fn mine_without_new_pairs(world: &World, pairs: &[PairAt], seed: u64) {
    let mut traffic = Traffic::new(world, seed, pairs);
    for _ in 0..6 {
        traffic.trade_and_provide().await;
        world.node.mine(12).await;
    }
}

#[tokio::test]
async fn a_contract_that_is_no_pair_is_left_out() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let fake = world.node.deploy(world.deployer, &compiled("FakePair").unwrap(), &[]).await;
    let listed = [fake, world.tokens[0], world.actors[0], pairs[0].address];
    let pairs = listed.map(|at| (at.into(), Fee::UNISWAP_V2)).to_vec();
    let selection = Selection { pairs, ..Selection::default() };
    let loaded = connect(&world).load(&selection, At::Head).await.unwrap();
    assert_eq!(loaded.market.pools().len(), 1);
    let mut left: Vec<_> = loaded.left_out.iter().map(|left| left.pair).collect();
    left.sort();
    let mut expected = listed[..3].iter().map(|at| (*at).into()).collect::<Vec<_>>();
    expected.sort();
    assert_eq!(left, expected);
}
