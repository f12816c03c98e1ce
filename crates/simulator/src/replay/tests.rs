//! What a replay takes, what it reports, and from where it goes on.

#![expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]

use cenote_pool::{
    Action, Amount, End, Fee, Flows, History, Liquidity, Log, Market, Pool, PoolId, Product,
    Report, Reserves, Shares, Snapshot,
};
use primitive_types::U256;

use super::{Replay, ReplayError, ReplayReport};

fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
    Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
}

/// Two pools of a million each; of the first the shares and the past are known.
fn market() -> (Market, [PoolId; 2]) {
    let mut market = Market::new();
    let tokens = ["a", "b", "c"].map(|name| market.add_token(name).unwrap());
    let [a, b, c] = tokens;
    let pool = |x, y| Pool::new(x, y, Fee::UNISWAP_V2).unwrap();
    let million = reserves(1_000_000, 1_000_000);
    let known = pool(a, b).with_reserves(million).unwrap();
    let known = known.with_total_shares(Shares::from(1_000_000)).unwrap();
    let first = market.add_pool("a/b", known).unwrap();
    let other = market.add_pool("b/c", pool(b, c).with_reserves(million).unwrap()).unwrap();
    let history = History {
        price0_cum: Some(U256::zero()),
        price1_cum: Some(U256::zero()),
        k_last: Some(Product::ZERO),
        ts_last: Some(100),
    };
    market.set_history(first, history).unwrap();
    (market, [first, other])
}

fn sync(block: u64, log_index: u64, pool: PoolId, after: Reserves) -> Log {
    Log { block, timestamp: 100 + block, log_index, pool, report: Report::Sync(after) }
}

fn action(sync: &Log, action: Action) -> Log {
    Log { log_index: sync.log_index + 1, report: Report::Action(action), ..*sync }
}

fn swap(amount0_in: u64, amount1_out: u64) -> Action {
    let (amount0_in, amount1_out) = (amount0_in.into(), amount1_out.into());
    Action::Swap(Flows { amount0_in, amount1_out, ..Flows::default() })
}

/// Runs logs that are read from line 2 on.
fn run(market: Market, snapshots: Vec<Snapshot>, logs: &[Log]) -> (ReplayReport, Market) {
    let mut replay = Replay::new(market, snapshots);
    let lines = (2..).take(logs.len()).collect::<Vec<_>>();
    replay.run(logs, &lines).unwrap();
    replay.finish()
}

/// Each mismatch as `line log_index pool field: expected, found`.
fn shown(report: &ReplayReport) -> Vec<String> {
    let all = report.mismatches.iter().map(|mismatch| {
        let log_index = mismatch.log_index.map_or("-".to_owned(), |index| index.to_string());
        let (line, field) = (mismatch.line, mismatch.field);
        let (expected, found) = (&mismatch.expected, &mismatch.found);
        format!("{line} {log_index} {} {field}: {expected}, {found}", mismatch.pool)
    });
    all.collect()
}

#[test]
fn a_swap_that_follows_is_matched_and_a_sync_alone_is_adopted() {
    let (market, [pool, other]) = market();
    let first = sync(1, 4, pool, reserves(1_001_000, 999_004));
    let alone = sync(1, 6, other, reserves(5, 7));
    let logs = [first, action(&first, swap(1_000, 996)), alone];
    let (report, market) = run(market, Vec::new(), &logs);
    let expected = ReplayReport {
        events: 3,
        syncs_checked: 1,
        syncs_matched: 1,
        syncs_adopted: 1,
        ..ReplayReport::default()
    };
    assert_eq!(report, expected);
    assert_eq!(market.pool(other).unwrap().reserves(), reserves(5, 7));
    assert_eq!(market.history(pool).price0_cum, Some(U256::one() << 112));
}

#[test]
fn what_does_not_follow_is_reported_once_with_its_line() {
    let (market, [pool, _]) = market();
    let greedy = sync(1, 0, pool, reserves(1_001_000, 999_003));
    let after = sync(1, 2, pool, reserves(1_002_000, 998_010));
    let wrong = sync(1, 4, pool, reserves(1_003_001, 997_018));
    let empty = sync(1, 6, pool, reserves(1_003_001, 997_018));
    let large = sync(1, 8, pool, reserves(1_003_001, 0));
    let logs = [
        greedy,
        action(&greedy, swap(1_000, 997)),
        after,
        action(&after, swap(1_000, 993)),
        wrong,
        action(&wrong, swap(1_000, 991)),
        empty,
        action(&empty, swap(0, 0)),
        large,
        action(&large, swap(1, 997_018)),
    ];
    let (report, market) = run(market, Vec::new(), &logs);
    assert_eq!(
        shown(&report),
        [
            "3 1 a/b k: at least 1000000000000, 999999005991",
            "6 4 a/b reserve0: 1003000, 1003001",
            "6 4 a/b reserve1: 997019, 997018",
            "9 7 a/b amount_out: more than zero, 0",
            "10 8 a/b reserve1: more than zero, 0",
        ]
    );
    assert_eq!((report.syncs_checked, report.syncs_matched), (5, 1));
    assert_eq!(market.pool(pool).unwrap().reserves(), reserves(1_003_001, 997_018));
}

#[test]
fn shares_are_checked_and_unknown_after_what_cannot_have_been() {
    let (market, [pool, _]) = market();
    let liquidity = |amount: u64, shares: u64| Liquidity {
        amount0: amount.into(),
        amount1: amount.into(),
        shares: Some(shares.into()),
    };
    let minted = sync(1, 0, pool, reserves(1_100_000, 1_100_000));
    let burned = sync(1, 2, pool, reserves(1_090_000, 1_090_000));
    let wrong = sync(1, 4, pool, reserves(1_100_000, 1_100_000));
    let later = sync(1, 6, pool, reserves(1_099_000, 1_099_000));
    let logs = [
        minted,
        action(&minted, Action::Mint(liquidity(100_000, 100_000))),
        burned,
        action(&burned, Action::Burn(liquidity(10_000, 10_001))),
        wrong,
        action(&wrong, Action::Mint(liquidity(10_000, 7))),
        later,
        action(&later, Action::Burn(liquidity(1_000, 12_345))),
    ];
    let (report, market) = run(market, Vec::new(), &logs);
    assert_eq!(
        shown(&report),
        ["5 3 a/b amount0: 10001, 10000", "5 3 a/b amount1: 10001, 10000"],
        "after that nobody knows how many shares there are"
    );
    assert_eq!(market.pool(pool).unwrap().total_shares(), None);
    assert_eq!((report.syncs_checked, report.syncs_matched), (4, 3));
}

#[test]
fn an_action_without_its_sync_and_a_pool_without_a_state_are_mismatches() {
    let (market, [pool, other]) = market();
    let lone = action(&sync(1, 0, pool, reserves(1, 1)), swap(1, 1));
    let far = sync(1, 5, pool, reserves(1_001_000, 999_004));
    let late = Log { log_index: 7, ..action(&far, swap(1_000, 996)) };
    let stranger = sync(1, 9, PoolId::from(9), reserves(1, 1));
    let (report, _) = run(market.clone(), Vec::new(), &[lone, far, late, stranger]);
    let state = "a state of this pool in this block, none";
    assert_eq!(
        shown(&report),
        [
            "2 1 a/b sync: a sync in the line before, at log_index 0, none".to_owned(),
            "4 7 a/b sync: a sync in the line before, at log_index 6, none".to_owned(),
            format!("5 9  pool: {state}"),
        ]
    );
    assert_eq!(report.syncs_adopted, 1);

    // With states that belong to blocks, a pool without one in this block is not known.
    let snapshot = snapshot(&market, pool, 7, End::default());
    let first = sync(7, 0, other, reserves(1_001_000, 999_004));
    let logs = [first, action(&first, swap(1_000, 996))];
    let (report, _) = run(market, vec![snapshot], &logs);
    assert_eq!(
        shown(&report),
        [format!("2 0 b/c pool: {state}"), format!("3 1 b/c pool: {state}")]
    );
    assert_eq!((report.events, report.syncs_checked), (2, 0));
}

fn snapshot(market: &Market, id: PoolId, block: u64, end: End) -> Snapshot {
    let (pool, history) = (*market.pool(id).unwrap(), market.history(id));
    Snapshot { id, block: Some(block), line: 40 + block, pool, history, end }
}

#[test]
fn a_block_begins_with_its_states_and_ends_as_is_known() {
    let (market, [pool, _]) = market();
    let end = |sum: u64| End {
        reserve0: Some(Amount::from_u64(1_001_000)),
        reserve1: Some(Amount::from_u64(999_004)),
        total_shares: Some(1_000_000.into()),
        k_last: Some(Product::ZERO),
        ts_last: Some(103),
        price0_cum: Some(U256::from(3) << 112),
        price1_cum: Some(U256::from(sum) << 112),
    };
    let snapshots = vec![snapshot(&market, pool, 5, end(4)), snapshot(&market, pool, 3, end(3))];
    let event = |block| {
        let first = sync(block, 0, pool, reserves(1_001_000, 999_004));
        [first, action(&first, swap(1_000, 996))]
    };
    let logs = [event(3), event(5)].concat();
    let (report, _) = run(market.clone(), snapshots.clone(), &logs);
    assert_eq!(
        shown(&report),
        [
            "45 - a/b end_ts_last: 103, 105".to_owned(),
            format!("45 - a/b end_price0_cum: {}, {}", U256::from(3) << 112, U256::from(5) << 112),
            format!("45 - a/b end_price1_cum: {}, {}", U256::from(4) << 112, U256::from(5) << 112),
        ]
    );
    assert_eq!((report.end_states_checked, report.end_states_matched), (2, 1));
    assert_eq!((report.accumulators_checked, report.accumulators_matched), (4, 2));

    let mut replay = Replay::new(market, snapshots);
    replay.run(&logs, &[]).unwrap();
    let before = replay.report().clone();
    let again = ReplayError::RepeatedBlock { line: 9, block: 3 };
    assert_eq!(replay.push(9, &event(3)[0]), Err(again));
    assert_eq!(replay.report(), &before);
}

/// A state of no block carries over, and is compared at the end of everything.
#[test]
fn states_of_no_block_carry_over() {
    let (market, [pool, _]) = market();
    let end = End { reserve1: Some(Amount::from_u64(998_013)), ..End::default() };
    let snapshot = Snapshot { block: None, ..snapshot(&market, pool, 0, end) };
    let first = sync(1, 0, pool, reserves(1_001_000, 999_004));
    let second = sync(9, 0, pool, reserves(1_002_000, 998_010));
    let logs = [first, action(&first, swap(1_000, 996)), second, action(&second, swap(1_000, 994))];
    let (report, _) = run(market, vec![snapshot], &logs);
    assert_eq!(shown(&report), ["40 - a/b end_reserve1: 998013, 998010"]);
    assert_eq!((report.end_states_checked, report.accumulators_checked), (1, 0));
}

#[test]
fn a_sync_that_waits_at_the_end_is_adopted() {
    let (market, [pool, _]) = market();
    let mut replay = Replay::new(market, Vec::new());
    replay.push(2, &sync(1, 0, pool, reserves(3, 4))).unwrap();
    assert_eq!(replay.report().syncs_adopted, 0);
    replay.push_stranger(3, &sync(1, 1, PoolId::from(77), reserves(1, 1)), "x").unwrap();
    let (report, market) = replay.finish();
    assert_eq!((report.events, report.syncs_adopted, report.mismatch_count), (2, 1, 1));
    assert_eq!(market.pool(pool).unwrap().reserves(), reserves(3, 4));
}
