//! The followed market is the chain's, after every block.

use cenote_conformance_node::{NUMBERS, PairAt, Traffic, World};

use crate::{say, seed, times, world};

/// Follows blocks of random acts, and compares all of the market after each.
async fn follow(world: &World, pairs: &[PairAt], seed: u64) {
    let mut traffic = Traffic::new(world, seed, pairs);
    let mut follower = world.follower(world.node.head().await).await;
    let [mut events, mut created, mut compared] = [0; 3];
    let blocks = times(80);
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
        "followed {blocks} blocks of seed {seed}, {events} events, {created} new pairs; {compared} states of \
         pairs are equal, {} numbers",
        compared * NUMBERS
    ));
}

#[tokio::test]
async fn with_the_protocol_fee_on() {
    let Some(world) = world([true, true]).await else { return };
    let pairs = world.create_pools().await;
    follow(&world, &pairs, seed(1)).await;
}

#[tokio::test]
async fn with_the_protocol_fee_off() {
    let Some(world) = world([false, false]).await else { return };
    let pairs = world.create_pools().await;
    follow(&world, &pairs, seed(2)).await;
}

/// Pairs keep 32 bits of the time, which then begin again.
#[tokio::test]
async fn over_the_year_2106() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let now = world.node.head().await.timestamp;
    let before = world.node.mine((1 << 32) - 1_000 - now).await;
    follow(&world, &pairs, seed(3)).await;
    assert!(before.timestamp < 1 << 32 && 1 << 32 < world.node.head().await.timestamp);
}
