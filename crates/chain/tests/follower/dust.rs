//! Pairs to which somebody sends one token alone before anybody founds them.

use cenote_chain::{Address, FlagReason, Follower, Header, Notice, PushError, Record};
use cenote_pool::{
    Amount, EventError, Flows, MintError, PoolId, Product, ProtocolFee, Reserves, Shares, SwapError,
};

use crate::chain::{Act, Chain, token};

const POOL: PoolId = PoolId::FIRST;

fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
    Reserves { reserve0: reserve0.into(), reserve1: reserve1.into() }
}

fn sync(reserve0: u64, reserve1: u64) -> Notice {
    Notice::Sync(reserves(reserve0, reserve1))
}

/// What a pair says of its first deposit: the shares made, the reserves, the amounts.
fn deposit(shares: u64, after: Notice, amount0: u64, amount1: u64) -> [Notice; 4] {
    let made = |to, shares: u64| Notice::SharesMade { to, shares: shares.into() };
    let mint = Notice::Mint { amount0: amount0.into(), amount1: amount1.into() };
    [made(Address::ZERO, 1_000), made(token(9), shares), after, mint]
}

/// A pair that nobody has founded, and who follows it.
struct Scene {
    chain: Chain,
    follower: Follower,
    pair: Address,
}

impl Scene {
    fn new(fee: ProtocolFee) -> Self {
        let chain = Chain::new(fee);
        let follower = chain.follower(9);
        let pair = follower.market().pool_name(POOL).parse().unwrap();
        Self { chain, follower, pair }
    }

    /// The next block, in which the pair says so.
    fn block(&mut self, notices: &[Notice]) -> (Header, Vec<Record>) {
        // Time passes.
        let (header, _) = self.chain.block(&[Act { kind: 8, place: 0, units: 0 }; 3]);
        let address = self.pair;
        let record =
            |(log_index, notice): (u64, &Notice)| Record { log_index, address, notice: *notice };
        (header, (3..).zip(notices).map(record).collect())
    }

    /// The flags of a block in which the pair says so.
    fn say(&mut self, notices: &[Notice]) -> Vec<FlagReason> {
        let (header, records) = self.block(notices);
        let flags = self.follower.push(&header, &records).unwrap().flags;
        flags.iter().map(|flag| flag.reason).collect()
    }

    /// The same, undone again with all that it did.
    fn flags_of(&mut self, notices: &[Notice]) -> Vec<FlagReason> {
        let (market, dust) = (self.follower.market().clone(), self.follower.dust(POOL));
        let (header, chain) = (self.follower.head(), self.chain.clone());
        let flags = self.say(notices);
        self.follower.rollback(header.hash).unwrap();
        let left = core::mem::replace(&mut self.chain, chain);
        self.chain.go_on_from(&left);
        assert_eq!((self.follower.market(), self.follower.dust(POOL)), (&market, dust));
        assert_eq!(self.follower.flagged().count(), 0);
        flags
    }

    /// The reserves, the shares, and the time of the last report.
    fn state(&self) -> (Reserves, Option<Shares>, u32) {
        let market = self.follower.market();
        let pool = market.pool(POOL).unwrap();
        (pool.reserves(), pool.total_shares(), market.history(POOL).ts_last.unwrap())
    }

    fn now(&self) -> u32 {
        self.follower.head().timestamp.try_into().unwrap()
    }
}

#[test]
fn dust_is_no_part_of_the_first_deposit() {
    for (fee, k_last) in [
        (ProtocolFee::Off, Product::ZERO),
        (ProtocolFee::On, Product::of(reserves(1_000_007, 4_000_000))),
    ] {
        let mut scene = Scene::new(fee);
        let none = Some(Shares::ZERO);
        assert_eq!(scene.say(&[sync(7, 0)]), []);
        assert_eq!(scene.state(), (reserves(0, 0), none, scene.now()));
        assert_eq!(scene.follower.dust(POOL), Some(reserves(7, 0)));
        let quote = scene.follower.market().pools()[0].quote_exact_in(0.into(), Amount::MAX);
        assert_eq!(quote, Err(SwapError::EmptyPool));

        // sqrt(10^6 * 4 * 10^6) = 2 * 10^6.
        let founded = deposit(1_999_000, sync(1_000_007, 4_000_000), 1_000_000, 4_000_000);
        assert_eq!(scene.say(&founded), []);
        let shares = Some(2_000_000_u64.into());
        assert_eq!(scene.state(), (reserves(1_000_007, 4_000_000), shares, scene.now()));
        let history = scene.follower.market().history(POOL);
        assert_eq!(history.k_last, Some(k_last));
        assert_eq!((history.price0_cum, history.price1_cum), (Some(0.into()), Some(0.into())));
        assert_eq!(scene.follower.dust(POOL), None);
        // Now it is a pair like others, to which a zero reserve cannot happen.
        let flags = scene.flags_of(&[sync(1_000_007, 0)]);
        assert_eq!(flags, [EventError::OneReserveZero.into()]);
    }
}

#[test]
fn dust_may_come_and_go_before() {
    let mut scene = Scene::new(ProtocolFee::Off);
    let founded = deposit(1_999_000, sync(1_000_000, 4_000_005), 1_000_000, 4_000_000);
    // All in one block, and one by one.
    let mut said = vec![sync(3, 0), sync(0, 0), sync(0, 5)];
    assert_eq!(scene.flags_of(&[&said[..], &founded].concat()), []);
    for (sync, dust) in said.drain(..).zip([(3, 0), (0, 0), (0, 5)]) {
        assert_eq!(scene.say(&[sync]), []);
        let dust = Some(reserves(dust.0, dust.1)).filter(|dust| *dust != reserves(0, 0));
        assert_eq!(scene.follower.dust(POOL), dust);
        assert_eq!(scene.state(), (reserves(0, 0), Some(Shares::ZERO), scene.now()));
    }
    assert_eq!(scene.say(&founded), []);
    assert_eq!(scene.state().0, reserves(1_000_000, 4_000_005));

    // Both tokens are reserves, also where no shares are made of them.
    let mut scene = Scene::new(ProtocolFee::Off);
    assert_eq!(scene.say(&[sync(3, 0), sync(3, 8)]), []);
    assert_eq!((scene.state().0, scene.follower.dust(POOL)), (reserves(3, 8), None));
    // A token that takes them away again leaves dust.
    assert_eq!(scene.say(&[sync(0, 8)]), []);
    assert_eq!(
        (scene.state().0, scene.follower.dust(POOL)),
        (reserves(0, 0), Some(reserves(0, 8)))
    );
}

#[test]
fn what_the_first_deposit_cannot_be_is_flagged() {
    let mut scene = Scene::new(ProtocolFee::Off);
    assert_eq!(scene.say(&[sync(0, 9)]), []);
    let after = |reserve0, reserve1| sync(reserve0, reserve1);
    let right = deposit(1_000, after(2_000, 2_009), 2_000, 2_000);
    assert_eq!(scene.flags_of(&right), []);
    assert_eq!(scene.flags_of(&right[2..]), [], "where nobody said how many");
    let found = |reserve1| EventError::Reserves {
        expected: reserves(2_000, 2_009),
        found: reserves(2_000, reserve1),
    };
    for reserve1 in [0, 8, 2_000, 2_008, 2_010] {
        let wrong = deposit(1_000, after(2_000, reserve1), 2_000, 2_000);
        assert_eq!(scene.flags_of(&wrong), [found(reserve1).into()], "{reserve1}");
    }
    // The dust counted as if it were brought: sqrt(2,000 * 2,009) = 2,004.
    let wrong = deposit(1_004, after(2_000, 2_009), 2_000, 2_009);
    let because =
        EventError::Reserves { expected: reserves(2_000, 2_018), found: reserves(2_000, 2_009) };
    assert_eq!(scene.flags_of(&wrong), [because.into()]);
    for made in [999, 1_001] {
        let wrong = deposit(made, after(2_000, 2_009), 2_000, 2_000);
        let because = EventError::Shares { expected: 1_000.into(), found: made.into() };
        assert_eq!(scene.flags_of(&wrong), [because.into()]);
    }
    let mut more = right;
    more[0] = Notice::SharesMade { to: token(9), shares: 1_001.into() };
    let because = FlagReason::Shares { expected: 2_000.into(), found: 2_001.into() };
    assert_eq!(scene.flags_of(&more), [because]);
    let small = deposit(1, after(1_000, 1_009), 1_000, 1_000);
    let because = EventError::Mint(MintError::ZeroShares);
    assert_eq!(scene.flags_of(&small), [because.into()]);
    // Nothing can be swapped before.
    let flags = scene.flags_of(&[sync(0, 8), Notice::Swap(Flows::default())]);
    assert_eq!(flags, [EventError::OneReserveZero.into()]);
}

#[test]
fn a_refused_block_leaves_the_dust_as_it_was() {
    let mut scene = Scene::new(ProtocolFee::Off);
    assert_eq!(scene.say(&[sync(3, 0)]), []);
    let founded = deposit(1_000, sync(2_003, 2_000), 2_000, 2_000);
    for said in [&[sync(0, 4)][..], &[sync(0, 0)], &founded] {
        let (header, mut records) = scene.block(said);
        let last = *records.last().unwrap();
        records.push(last);
        let because = PushError::DuplicateLog { log_index: last.log_index };
        assert_eq!(scene.follower.push(&header, &records), Err(because));
        assert_eq!(scene.follower.dust(POOL), Some(reserves(3, 0)));
        scene.follower.push(&header, &[]).unwrap();
    }
    assert_eq!(scene.say(&founded), []);
}

/// Only what a pair without shares can count is taken, and only where its pool is empty.
#[test]
fn dust_is_told_of_pairs_that_nobody_has_founded() {
    let mut scene = Scene::new(ProtocolFee::Off);
    for (told, dust) in [((0, 0), None), ((2, 3), None), ((0, 3), Some(reserves(0, 3)))] {
        scene.follower.set_dust(POOL, reserves(told.0, told.1));
        assert_eq!(scene.follower.dust(POOL), dust);
    }
    let founded = deposit(1_000, sync(2_000, 2_003), 2_000, 2_000);
    assert_eq!(scene.say(&founded), []);
    scene.follower.set_dust(POOL, reserves(0, 3));
    scene.follower.set_dust(99.into(), reserves(0, 3));
    assert_eq!((scene.follower.dust(POOL), scene.follower.dust(99.into())), (None, None));
    let before = scene.chain.head.parent;
    scene.follower.rollback(before).unwrap();
    assert_eq!(scene.follower.dust(POOL), Some(reserves(0, 3)));
}
