use super::*;
use crate::{Amount, Fee, History, Pool, PoolId, Reserves, TokenId};

const POOL: PoolId = PoolId::FIRST;

fn market() -> Market {
    let mut market = Market::new();
    let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
    let reserves = Reserves { reserve0: 1_000_u64.into(), reserve1: 1_000_u64.into() };
    let pool = Pool::new(a, b, Fee::ZERO).unwrap().with_reserves(reserves).unwrap();
    market.add_pool("a/b", pool).unwrap();
    market
}

fn sell(market: &mut Market, units: u64) {
    market.swap_exact_in(POOL, TokenId::from(0), units.into(), Amount::ZERO).unwrap();
}

#[test]
fn a_dropped_fork_leaves_nothing_but_the_version_it_found() {
    let mut market = market();
    let (before, version) = (market.clone(), market.version());
    let mut fork = market.fork();
    sell(&mut fork, 10);
    let c = fork.add_token("c").unwrap();
    let pool = Pool::new(TokenId::from(0), c, Fee::ZERO).unwrap();
    let pool = fork.add_pool("a/c", pool).unwrap();
    fork.set_history(pool, History { ts_last: Some(7), ..History::UNKNOWN }).unwrap();
    fork.label_token(c, crate::Label { symbol: None, decimals: Some(6) });
    drop(fork);
    assert_eq!((&market, market.version()), (&before, version));
    assert_eq!((market.token("c").ok(), market.pool_id("a/c").ok()), (None, None));
    assert!(!market.has_histories());
    // A version that was given is not given again.
    let mut fork = market.fork();
    sell(&mut fork, 10);
    let other = fork.version();
    drop(fork);
    sell(&mut market, 20);
    assert_ne!(market.version(), other);
}

#[test]
fn what_is_committed_stays_with_the_fork_outside() {
    let mut market = market();
    let before = market.clone();
    let mut outer = market.fork();
    let mut inner = outer.fork();
    sell(&mut inner, 10);
    inner.commit();
    assert_ne!(*outer, before);
    drop(outer);
    assert_eq!(market, before);
    let mut fork = market.fork();
    sell(&mut fork, 10);
    fork.commit();
    assert_ne!(market, before);
    assert_eq!(market.journal.depth(), 0);
}

#[test]
fn states_are_undone_in_the_reverse_of_their_order() {
    let mut market = market();
    let mut states = vec![market.clone()];
    let mut undos = Vec::new();
    for units in [5, 7, 9] {
        let mut fork = market.fork();
        sell(&mut fork, units);
        undos.push(fork.commit_undoable());
        states.push(market.clone());
    }
    assert_eq!(market.undo(&undos[1]), Err(UndoError::OtherState));
    assert_eq!(market.fork().undo(&undos[2]), Err(UndoError::Forked));
    assert_eq!(market, states[3]);
    for (undo, state) in undos.iter().zip(&states).rev() {
        assert_eq!(market.version(), undo.after());
        market.undo(undo).unwrap();
        assert_eq!((&market, market.version()), (state, undo.before()));
    }
}

/// A fork that is never dropped is committed with the one outside, or never undone.
#[test]
fn a_leaked_fork_belongs_to_the_one_outside() {
    let mut market = market();
    let before = market.clone();
    let mut outer = market.fork();
    let mut inner = outer.fork();
    sell(&mut inner, 10);
    core::mem::forget(inner);
    drop(outer);
    assert_eq!(market, before);
    core::mem::forget(market.fork());
    let mut fork = market.fork();
    sell(&mut fork, 10);
    drop(fork);
    assert_eq!(market, before);
}

/// A fork undoes its own market only, wherever somebody has put another.
#[test]
fn a_fork_of_a_market_that_was_exchanged_does_nothing() {
    let (mut one, mut two) = (market(), market());
    let mut fork = one.fork();
    sell(&mut fork, 10);
    core::mem::swap(&mut *fork, &mut two);
    drop(fork);
    assert_eq!(one, market());
    assert_eq!(two.pool(POOL).unwrap().reserves().reserve0.get(), 1_010);
    let mut fork = one.fork();
    *fork = market();
    sell(&mut fork, 10);
    let undo = fork.commit_undoable();
    assert_eq!(undo.before(), undo.after());
    assert_eq!(one.journal.depth(), 0);
}

#[test]
fn a_copy_of_a_fork_is_a_market_of_its_own() {
    let mut market = market();
    let mut fork = market.fork();
    sell(&mut fork, 10);
    let mut copy = fork.clone();
    drop(fork);
    assert_eq!(copy.journal.depth(), 0);
    sell(&mut copy, 10);
    assert_eq!(copy.pool(POOL).unwrap().reserves().reserve0.get(), 1_020);
}
