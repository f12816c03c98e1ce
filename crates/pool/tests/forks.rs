//! What a fork remembers, and in what order labels are undone.

#![expect(clippy::unwrap_used, reason = "tests: a panic is a failure")]

use cenote_pool::{Fee, Label, Market, Pool, PoolId, Reserves, TokenId};

fn reserves(a: u64, b: u64) -> Reserves {
    Reserves { reserve0: a.into(), reserve1: b.into() }
}

fn market() -> Market {
    let mut market = Market::new();
    let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
    for name in ["p", "q"] {
        let pool = Pool::new(a, b, Fee::ZERO).unwrap().with_reserves(reserves(1000, 1000)).unwrap();
        market.add_pool(name, pool).unwrap();
    }
    market
}

/// What an open fork remembers is bounded by the number of pools, also where inner forks commit.
#[test]
fn inner_commits_do_not_grow_the_outer_fork_without_bound() {
    let size = |commits: u64| {
        let mut market = market();
        let mut outer = market.fork();
        for at in 0..commits {
            let mut inner = outer.fork();
            inner.sync(PoolId::FIRST, reserves(1000 + at, 1000)).unwrap();
            inner.commit();
        }
        format!("{:?}", *outer).len()
    };
    let (few, many) = (size(100), size(10_000));
    assert!(many < 4 * few, "{few} bytes after 100 commits, {many} after 10000: two pools");
}

#[test]
fn labels_are_undone_in_their_order_only() {
    let mut market = market();
    let token = TokenId::from(0);
    let label = |symbol: &str| Label { symbol: Some(symbol.into()), decimals: None };
    market.label_token(token, label("A"));
    let mut undos = Vec::new();
    for symbol in ["B", "C"] {
        let mut fork = market.fork();
        fork.label_token(token, label(symbol));
        undos.push(fork.commit_undoable());
    }
    // The first is not the last: `OtherState`.
    assert!(market.undo(&undos[0]).is_err(), "undone out of order: {:?}", market.label(token));
}
