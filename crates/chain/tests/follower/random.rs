//! Random chains that reorganise.

use cenote_chain::{Follower, RollbackError};
use cenote_pool::ProtocolFee;
use proptest::prelude::*;

use crate::chain::{Act, Chain};

/// How many blocks can be undone.
const DEPTH: usize = 5;

#[derive(Debug, Clone)]
enum Step {
    /// A block in which these things are tried.
    Block(Vec<Act>),
    /// So many blocks are left for others.
    Reorganise(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let units = prop_oneof![0..10_u64, 0..100_000_u64, 0..1_u64 << 40];
    (any::<u8>(), any::<u8>(), units).prop_map(|(kind, place, units)| Act { kind, place, units })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(act(), 0..12).prop_map(Step::Block),
        1 => (1..DEPTH + 3).prop_map(Step::Reorganise),
    ]
}

/// Donations, counts and deposits, most of all.
fn early_step() -> impl Strategy<Value = Step> {
    let kind =
        prop_oneof![1 => any::<u8>(), 4 => prop::sample::select(vec![6, 10, 10, 11, 11, 12])];
    let act = (kind, act()).prop_map(|(kind, act)| Act { kind, ..act });
    prop_oneof![
        4 => proptest::collection::vec(act, 0..6).prop_map(Step::Block),
        1 => (1..DEPTH + 3).prop_map(Step::Reorganise),
    ]
}

/// A pool for everything to begin with.
fn founding() -> [Act; 2] {
    [0, 1].map(|place| Act { kind: 6, place, units: 1 << 30 })
}

/// A chain, who follows it, and what can be undone.
struct Scene {
    chain: Chain,
    follower: Follower,
    /// The chain before each of its blocks.
    states: Vec<Chain>,
    undoable: usize,
}

/// Follows a chain that begins with these things.
fn follow(first: &[Act], steps: Vec<Step>, fee: ProtocolFee) {
    let chain = Chain::new(fee);
    let follower = chain.follower(DEPTH);
    let mut scene = Scene { chain, follower, states: Vec::new(), undoable: 0 };
    for step in [Step::Block(first.to_vec())].into_iter().chain(steps) {
        match step {
            Step::Block(acts) => scene.block(&acts),
            Step::Reorganise(blocks) => scene.reorganise(blocks),
        }
        assert_eq!(scene.follower.market(), &scene.chain.market());
        assert_eq!(scene.follower.head(), scene.chain.head);
        assert_eq!(scene.follower.flagged().count(), 0);
        scene.chain.assert_dust(&scene.follower);
    }
    scene.begin_anew();
}

impl Scene {
    /// Who begins to follow the chain at its end goes on with it too.
    fn begin_anew(&mut self) {
        self.follower = self.chain.follower(1);
        self.block(&founding());
        assert_eq!(self.follower.market(), &self.chain.market());
    }

    fn block(&mut self, acts: &[Act]) {
        self.states.push(self.chain.clone());
        let (header, records) = self.chain.block(acts);
        let applied = self.follower.push(&header, &records).unwrap();
        assert_eq!((applied.header, applied.flags), (header, vec![]));
        self.undoable = DEPTH.min(self.undoable + 1);
    }

    /// Goes back by some blocks, or not at all where they are too many.
    fn reorganise(&mut self, blocks: usize) {
        let Some(at) = self.states.len().checked_sub(blocks) else { return };
        let to = self.states[at].head.hash;
        if self.undoable < blocks {
            let oldest = self.chain.head.number - self.undoable as u64;
            assert_eq!(self.follower.rollback(to), Err(RollbackError::Unknown { to, oldest }));
            return;
        }
        let undone = self.follower.rollback(to).unwrap();
        assert_eq!((undone.len(), undone[0]), (blocks, self.chain.head));
        let left = core::mem::replace(&mut self.chain, self.states[at].clone());
        self.chain.go_on_from(&left);
        self.states.truncate(at);
        self.undoable -= blocks;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_follower_is_where_the_chain_is(steps in proptest::collection::vec(step(), 0..30)) {
        follow(&founding(), steps, ProtocolFee::Off);
    }

    /// Pairs that hold something before anybody founds them.
    #[test]
    fn so_it_is_where_nobody_founds_a_pair(
        steps in proptest::collection::vec(early_step(), 0..20),
        fee in prop::sample::select(vec![ProtocolFee::On, ProtocolFee::Off]),
    ) {
        follow(&[], steps, fee);
    }

    #[test]
    fn so_it_is_where_the_protocol_takes_a_fee(steps in proptest::collection::vec(step(), 0..30)) {
        follow(&founding(), steps, ProtocolFee::On);
    }
}

/// The protocol's fee is on from the first deposit, also in the block that makes the pair.
#[test]
fn a_pair_may_be_made_and_founded_in_one_block() {
    let act = |kind, place| Act { kind, place, units: 1_000_000 };
    let born = vec![act(15, 0), act(6, 2), act(0, 2), act(6, 2)];
    for fee in [ProtocolFee::On, ProtocolFee::Off] {
        follow(
            &founding(),
            vec![Step::Block(born.clone()), Step::Block(vec![act(0, 2), act(8, 2)])],
            fee,
        );
    }
}
