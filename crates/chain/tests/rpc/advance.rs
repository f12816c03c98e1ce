//! A follower that goes where the chain is.

use std::sync::{Arc, Mutex};

use alloy_primitives::U256;
use cenote_chain::rpc::{AdvanceError, Advanced, At, Limits, Node, Proof, ResumeError, WayError};
use cenote_chain::{BlockHash, Follower};

use crate::contracts::{FACTORY, PAIRS, PairCreated, TOKENS, log};
use crate::load::{assert_is_of, of_factory};
use crate::records::with;
use crate::server::{Asked, Server};
use crate::world::World;
use crate::{limits, node, wait};

/// A chain that goes on while it is served.
struct Live {
    world: Arc<Mutex<World>>,
    node: Node,
}

impl Live {
    fn new(limits: Limits) -> Self {
        let world = Arc::new(Mutex::new(World::new()));
        let served = Arc::clone(&world);
        let server = Server::start(move |asked: &Asked| served.lock().unwrap().honest(asked));
        Self { world, node: node(&server, limits) }
    }

    fn follower(&self, depth: usize) -> Follower {
        let loaded = wait(self.node.load(&of_factory(), At::Head)).unwrap();
        loaded.follow(depth).unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.world.lock().unwrap());
    }

    /// Advances, and finds the follower where the chain is.
    fn advance(&self, follower: &mut Follower) -> Advanced {
        let done = wait(self.node.advance(follower)).unwrap();
        let world = self.world.lock().unwrap();
        let number = follower.head().number;
        assert_eq!(follower.head().hash, world.by_number(number).unwrap().hash.into());
        assert_is_of(follower.market(), &world, number);
        assert_eq!(done.behind, world.head().header.number - number);
        done
    }
}

fn numbers(done: &Advanced) -> Vec<u64> {
    done.pushed.iter().map(|pushed| pushed.applied.header.number).collect()
}

#[test]
fn a_follower_goes_on_and_back_with_the_chain() {
    for proof in [Proof::Required, Proof::WhereOffered, Proof::Bloom] {
        let live = Live::new(with(proof));
        let mut follower = live.follower(16);
        assert_eq!(numbers(&live.advance(&mut follower)), [0; 0]);
        live.change(|world| world.swap(0, 5_000));
        let done = live.advance(&mut follower);
        assert_eq!(numbers(&done), [101]);
        assert_eq!((done.pushed[0].applied.events, done.pushed[0].applied.flags.len()), (1, 0));
        assert_eq!(done.pushed[0].proven, proof != Proof::Bloom);
        live.change(|world| (1..=4).for_each(|at| world.swap(1, at * 1_000)));
        assert_eq!(numbers(&live.advance(&mut follower)), [102, 103, 104, 105]);

        // Three blocks are replaced by one, later by more.
        live.change(|world| {
            world.undo(3);
            world.swap(0, 9_000);
        });
        let done = live.advance(&mut follower);
        let undone = done.undone.iter().map(|header| header.number).collect::<Vec<_>>();
        assert_eq!((undone, numbers(&done)), (vec![105, 104, 103], vec![103]));
        live.change(|world| {
            world.undo(2);
            (1..=5).for_each(|at| world.swap(0, at * 1_111));
        });
        let done = live.advance(&mut follower);
        assert_eq!((done.undone.len(), numbers(&done).len()), (2, 5));
    }
}

#[test]
fn a_long_way_is_gone_in_pieces() {
    let most = Limits { blocks_per_query: 10, requests_per_batch: 4, ..limits() };
    let live = Live::new(most);
    let mut follower = live.follower(16);
    live.change(|world| (1..=37).for_each(|at| world.swap(0, at * 100)));
    let mut pieces = Vec::new();
    loop {
        let done = live.advance(&mut follower);
        pieces.push((done.pushed.len(), done.pushed.iter().filter(|block| block.proven).count()));
        if done.behind == 0 {
            break;
        }
    }
    assert_eq!(pieces, [(10, 0), (10, 0), (10, 0), (7, 7)]);
    // No further than asked.
    live.change(|world| (1..=5).for_each(|at| world.swap(0, at * 100)));
    let done = wait(live.node.advance_to(&mut follower, 139)).unwrap();
    assert_eq!((numbers(&done), done.behind), (vec![138, 139], 0));
}

#[test]
fn a_chain_that_left_before_what_is_remembered_is_not_followed() {
    let live = Live::new(limits());
    let mut follower = live.follower(3);
    live.change(|world| (1..=6).for_each(|at| world.swap(0, at * 100)));
    live.advance(&mut follower);
    live.change(|world| {
        world.undo(4);
        (1..=7).for_each(|at| world.swap(0, at * 301));
    });
    let (head, market) = (follower.head(), follower.market().clone());
    let refused = wait(live.node.advance(&mut follower)).unwrap_err();
    assert_eq!(refused, AdvanceError::Way(WayError::TooDeep { oldest: 103 }));
    assert!(follower.head() == head && *follower.market() == market);
    // One block less would have been near enough.
    live.change(|world| world.undo(9));
    live.change(|world| (1..=6).for_each(|at| world.swap(0, at * 100)));
    live.change(|world| {
        world.undo(3);
        world.swap(0, 12_345);
    });
    assert_eq!(live.advance(&mut follower).undone.len(), 3);
}

#[test]
fn a_node_that_lags_moves_nothing() {
    let live = Live::new(limits());
    let mut follower = live.follower(16);
    live.change(|world| (1..=3).for_each(|at| world.swap(0, at * 100)));
    live.advance(&mut follower);
    live.change(|world| world.undo(2));
    let head = follower.head();
    let done = wait(live.node.advance(&mut follower)).unwrap();
    assert_eq!((done.undone.len(), done.pushed.len(), done.behind), (0, 0, 0));
    assert_eq!((follower.head(), done.head.number), (head, 101));
}

#[test]
fn a_new_pair_of_a_factory_is_taken_in() {
    let live = Live::new(limits());
    let mut follower = live.follower(16);
    live.change(|world| {
        let mut state = world.head().state.clone();
        let mut pair = state.pairs[2].clone();
        pair.address = alloy_primitives::Address::repeat_byte(0xa4);
        (pair.tokens, pair.time) = ([TOKENS[1], alloy_primitives::Address::repeat_byte(0x44)], 0);
        let [token0, token1] = pair.tokens;
        let count = U256::from(4);
        let created = PairCreated { token0, token1, pair: pair.address, count };
        state.pairs.push(pair);
        world.push(vec![log(FACTORY, &created)], state, 0);
    });
    let done = live.advance(&mut follower);
    assert_eq!(done.pushed[0].applied.created.len(), 1);
    assert_eq!(follower.market().pools().len(), 1 + PAIRS.len());
}

#[test]
fn a_saved_state_is_gone_on_from_where_its_block_is_still_there() {
    let live = Live::new(limits());
    live.change(|world| (1..=3).for_each(|at| world.swap(0, at * 100)));
    let saved = live.follower(1).head();
    live.change(|world| world.swap(0, 500));
    let block = wait(live.node.resume(saved.number, saved.hash)).unwrap();
    assert_eq!(block.header(), saved);
    let mut follower = live.follower(1);
    let head = follower.head().hash;
    wait(live.node.learn_protocol_fees(&mut follower, head)).unwrap();

    live.change(|world| {
        world.undo(2);
        (1..=2).for_each(|at| world.swap(1, at * 100));
    });
    let refused = wait(live.node.resume(saved.number, saved.hash)).unwrap_err();
    assert!(matches!(refused, ResumeError::OtherChain { number: 103, .. }), "{refused}");
    let refused = wait(live.node.resume(900, BlockHash([0; 32]))).unwrap_err();
    assert_eq!(refused.to_string(), "the node has no block 900");
}
