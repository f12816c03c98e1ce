//! Markets and blocks that are wrong on purpose, each in one thing: the comparison must notice.

use cenote::{Amount, History, Market, Pool, Product, Reserves, Shares, U256};
use cenote_chain::{Notice, Record};
use cenote_conformance_node::{NUMBERS, Traffic};

use crate::{seed, world};

/// A pool and its past with one unit more in one of their numbers.
fn spoilt(pool: Pool, history: History, number: usize) -> (Pool, History) {
    let one = Amount::from_u64(1);
    let Reserves { mut reserve0, mut reserve1 } = pool.reserves();
    let total = pool.total_shares().unwrap();
    let (mut shares, mut history) = (total, history);
    let more = |sum: Option<U256>| sum.map(|sum| sum.overflowing_add(1.into()).0);
    match number {
        0 => reserve0 = reserve0.checked_add(one).unwrap(),
        1 => reserve1 = reserve1.checked_add(one).unwrap(),
        2 => history.ts_last = history.ts_last.map(|time| time.wrapping_add(1)),
        3 => shares = total.checked_add(Shares::from(1)).unwrap(),
        4 => {
            let k_last = history.k_last.unwrap().get();
            history.k_last = Some(Product::new(k_last.overflowing_add(1.into()).0).unwrap());
        }
        5 => history.price0_cum = more(history.price0_cum),
        _ => history.price1_cum = more(history.price1_cum),
    }
    let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
    (pool.with_total_shares(shares).unwrap(), history)
}

#[tokio::test]
async fn every_number_is_compared() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut traffic = Traffic::new(&world, seed(61), &pairs);
    let header = traffic.block().await;
    let market: Market = world.market(header, &world.pairs(header.hash).await).await;
    assert_eq!(world.differences(&market, header).await, []);
    for (id, pool) in market.pools_with_id() {
        let number = id.index() % NUMBERS;
        let (pool, history) = spoilt(*pool, market.history(id), number);
        let mut wrong = market.clone();
        wrong.restore(id, pool, history).unwrap();
        assert_eq!(world.differences(&wrong, header).await.len(), 1, "number {number}");
    }
    assert!(NUMBERS <= market.pools().len());
}

/// What makes of a block's records others, where it can.
type Change = fn(&mut Vec<Record>) -> Option<()>;

fn without_a_swap(records: &mut Vec<Record>) -> Option<()> {
    let swap = |record: &Record| matches!(record.notice, Notice::Swap(_));
    let at = records.iter().rposition(swap)?;
    if records[at + 1..].iter().any(|later| later.address == records[at].address) {
        // Reserves that are said alone afterwards make up for it.
        return None;
    }
    // Its reserves, which are said before it, are left out with it.
    records.drain(at - 1..=at);
    Some(())
}

fn with_another_share(records: &mut [Record]) -> Option<()> {
    let shares = records.iter_mut().rev().find_map(|record| match &mut record.notice {
        Notice::SharesMade { shares, .. } | Notice::SharesGivenUp { shares } => Some(shares),
        _ => None,
    })?;
    *shares = shares.checked_add(1.into())?;
    Some(())
}

fn with_another_amount(records: &mut [Record]) -> Option<()> {
    let swap = records.iter_mut().find_map(|record| match &mut record.notice {
        Notice::Swap(flows) => Some(flows),
        _ => None,
    })?;
    let sold = if swap.amount0_in.is_zero() { &mut swap.amount1_in } else { &mut swap.amount0_in };
    *sold = sold.checked_add(1_u64.into())?;
    Some(())
}

fn without_a_pair(records: &mut Vec<Record>) -> Option<()> {
    let created = |record: &Record| matches!(record.notice, Notice::PairCreated { .. });
    let at = records.iter().position(created)?;
    records.remove(at);
    Some(())
}

/// Whether a follower that hears a block so flags something, or comes to another market.
#[tokio::test]
async fn every_log_counts() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let mut traffic = Traffic::new(&world, seed(62), &pairs);
    let changes: [Change; 4] = [
        without_a_swap,
        |all| with_another_share(all),
        |all| with_another_amount(all),
        without_a_pair,
    ];
    let mut noticed = [0; 4];
    while noticed.contains(&0) {
        let header = traffic.block().await;
        let records = world.node.records(header.hash).await;
        for (change, noticed) in changes.iter().zip(&mut noticed) {
            let mut wrong = records.clone();
            if change(&mut wrong).is_none() {
                continue;
            }
            let (before, pools) = (follower.head(), world.pairs(header.hash).await.len());
            let applied = follower.push(&header, &wrong).unwrap();
            let is_short = follower.market().pools().len() < pools;
            let is_wrong = is_short
                || !applied.flags.is_empty()
                || !world.differences(follower.market(), header).await.is_empty();
            assert!(is_wrong, "{records:#?} and {wrong:#?}");
            follower.rollback(before.hash).unwrap();
            *noticed += 1;
        }
        follower.push(&header, &records).unwrap();
        world.assert_equal(follower.market(), header).await;
    }
}
