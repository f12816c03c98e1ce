//! The followed market is the chain's, after every block.

use cenote_conformance_node::{NUMBERS, Traffic, World};

use crate::{say, setting, world};

/// How many blocks each test follows unless `CONFORMANCE_BLOCKS` says so.
const BLOCKS: u64 = 100;

/// Follows blocks of random acts, and compares all of the market after each.
async fn follow(world: &World, seed: u64) {
    let pairs = world.create_pools().await;
    let seed = setting("CONFORMANCE_SEED", seed);
    let mut traffic = Traffic::new(world, seed, &pairs);
    let mut follower = world.follower(world.node.head().await).await;
    let [mut events, mut created, mut compared] = [0; 3];
    let blocks = setting("CONFORMANCE_BLOCKS", BLOCKS);
    for _ in 0..blocks {
        let header = traffic.block().await;
        let records = world.node.records(header.hash).await;
        let applied = follower.push(&header, &records).unwrap();
        assert_eq!(applied.flags, [], "seed {seed} {header:?} {records:#?}");
        (events, created) = (events + applied.events, created + applied.created.len());
        compared += world.assert_equal(follower.market(), header).await;
    }
    assert_eq!(follower.flagged().count(), 0);
    say(&format!(
        "seed {seed}: {blocks} blocks, {events} events, {created} new pairs; {compared} states of \
         pairs are equal, {} numbers",
        compared * NUMBERS
    ));
}

#[tokio::test]
async fn with_the_protocol_fee_on() {
    let Some(world) = world([true, true]).await else { return };
    follow(&world, 1).await;
}

#[tokio::test]
async fn with_the_protocol_fee_off() {
    let Some(world) = world([false, false]).await else { return };
    follow(&world, 2).await;
}
