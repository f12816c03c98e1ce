//! Pools of one block.

use cenote_chain::rpc::{At, LeftOut, Limits, LoadError, Loaded, PairFault, Selection};
use cenote_chain::{Address, Factory};
use cenote_pool::{Fee, Label, Market, PoolError, PoolId, Product, ProtocolFee, Reserves, Shares};

use crate::contracts::{FACTORY, PAIRS, TOKENS};
use crate::server::Server;
use crate::world::World;
use crate::{limits, node, wait};

pub(crate) fn of_factory() -> Selection {
    Selection {
        factories: vec![(FACTORY.into(), Fee::UNISWAP_V2)],
        pairs: Vec::new(),
        labels: true,
    }
}

fn of_pairs(pairs: &[alloy_primitives::Address]) -> Selection {
    let pairs = pairs.iter().map(|pair| (Address::from(*pair), Fee::UNISWAP_V2));
    Selection { pairs: pairs.collect(), ..Selection::default() }
}

fn load(world: World, selection: &Selection, limits: Limits) -> Result<Loaded, LoadError> {
    let server = Server::start(world);
    wait(node(&server, limits).load(selection, At::Head))
}

/// The reserves and times of the pools of a market must be those of a block.
pub(crate) fn assert_is_of(market: &Market, world: &World, number: u64) {
    let block = world.by_number(number).unwrap();
    assert_eq!(market.pools().len(), block.state.pairs.len());
    for pair in &block.state.pairs {
        let id = market.pool_id(&Address::from(pair.address).to_string()).unwrap();
        let pool = market.pool(id).unwrap();
        let reserves = pool.reserves();
        assert_eq!([reserves.reserve0.get(), reserves.reserve1.get()], pair.reserves);
        assert_eq!(pool.total_shares().unwrap().get(), pair.shares);
        assert_eq!(market.history(id).ts_last, Some(pair.time));
    }
}

#[test]
fn a_factorys_pools_are_loaded_by_multicall_or_by_batches_in_any_pieces() {
    let mut world = World::new();
    world.swap(0, 5_000);
    for (multicall, at_once) in [(true, 500), (true, 1), (false, 50), (false, 3)] {
        let world = World { multicall, ..world.clone() };
        let limits =
            Limits { calls_per_multicall: at_once, requests_per_batch: at_once, ..limits() };
        let loaded = load(world.clone(), &of_factory(), limits).unwrap();
        assert_is_of(&loaded.market, &world, 101);
        assert_eq!(loaded.header.number, 101);
        assert_eq!(loaded.header.hash, world.head().hash.into());
        assert_eq!(loaded.left_out, []);
        let factory = Factory {
            address: FACTORY.into(),
            fee: Fee::UNISWAP_V2,
            protocol_fee: ProtocolFee::Off,
        };
        assert_eq!(loaded.factories, [factory]);
        assert_eq!(loaded.protocol_fees, [ProtocolFee::Off; 3]);
        let market = &loaded.market;
        let label = |at: usize| {
            let token = market.token(&Address::from(TOKENS[at]).to_string()).unwrap();
            market.label(token).unwrap().clone()
        };
        assert_eq!(label(0), Label { symbol: Some("ONE".into()), decimals: Some(18) });
        assert_eq!(label(1), Label { symbol: Some("TWO".into()), decimals: None });
        assert_eq!(label(2), Label::default());
        let history = market.history(market.pool_id(&format!("{:#x}", PAIRS[1])).unwrap());
        assert_eq!(history.price0_cum, Some(77.into()));
        assert_eq!(history.price1_cum, Some(primitive_types::U256::MAX));
        assert_eq!(history.k_last, Some(Product::ZERO));
        loaded.follow(8).unwrap();
    }
}

#[test]
fn a_state_is_that_of_the_block_asked_for() {
    let mut world = World::new();
    for amount_in in [5_000, 6_000, 7_000] {
        world.swap(0, amount_in);
    }
    let server = Server::start(world.clone());
    let hash = world.chain[1].hash;
    for (at, number) in [
        (At::Head, 103),
        (At::Number(102), 102),
        (At::Hash(hash.into()), 101),
        (At::Number(100), 100),
    ] {
        let loaded = wait(node(&server, limits()).load(&of_factory(), at)).unwrap();
        assert_eq!(loaded.header.number, number);
        assert_is_of(&loaded.market, &world, number);
    }
}

/// A pair that counts one token alone is no pool, but where nobody has founded it.
#[test]
fn dust_before_the_first_deposit_is_told_to_who_follows() {
    let mut world = World::new();
    let mut state = world.head().state.clone();
    state.pairs[1].reserves = [0, 7];
    state.pairs[2].reserves = [0, 5];
    world.push(Vec::new(), state.clone(), 0);
    let loaded = load(world.clone(), &of_factory(), limits()).unwrap();
    let fault = PairFault::Pool(PoolError::OneReserveZero);
    assert_eq!(loaded.left_out, [LeftOut { pair: PAIRS[1].into(), fault }]);
    let at = |reserve0: u64, reserve1: u64| Reserves {
        reserve0: reserve0.into(),
        reserve1: reserve1.into(),
    };
    let pool = PoolId::SECOND;
    assert_eq!(loaded.dust, [(pool, at(0, 5))]);
    let known = loaded.market.pool(pool).unwrap();
    assert_eq!((known.reserves(), known.total_shares()), (at(0, 0), Some(Shares::ZERO)));

    let mut follower = loaded.follow(8).unwrap();
    assert_eq!(follower.dust(pool), Some(at(0, 5)));
    let logs = state.pairs[2].found([3_000, 3_000], 2_012);
    world.push(logs, state, 1);
    let server = Server::start(world);
    let advanced = wait(node(&server, limits()).advance(&mut follower)).unwrap();
    assert!(advanced.pushed.iter().all(|pushed| pushed.applied.flags.is_empty()));
    let known = follower.market().pool(pool).unwrap();
    assert_eq!((known.reserves(), known.total_shares()), (at(3_000, 3_005), Some(3_000.into())));
}

#[test]
fn the_protocol_fee_is_that_of_the_factory() {
    let mut world = World::new();
    let mut state = world.head().state.clone();
    state.fee_to = alloy_primitives::Address::repeat_byte(5);
    world.push(Vec::new(), state, 0);
    for selection in [of_factory(), of_pairs(&PAIRS)] {
        let loaded = load(world.clone(), &selection, limits()).unwrap();
        assert_eq!(loaded.protocol_fees, [ProtocolFee::On; 3]);
        let on = |factory: &Factory| factory.protocol_fee == ProtocolFee::On;
        assert!(loaded.factories.iter().all(on));
    }
}

#[test]
fn a_listed_pair_is_known_to_its_factory_or_left_out() {
    let loaded = load(World::new(), &of_pairs(&[PAIRS[1]]), limits()).unwrap();
    assert_eq!(loaded.market.pools().len(), 1);
    assert_eq!((loaded.factories, loaded.left_out), (vec![], vec![]));

    let mut world = World::new();
    let mut state = world.head().state.clone();
    // Another contract of the same tokens names the same factory.
    let mut impostor = state.pairs[0].clone();
    impostor.address = alloy_primitives::Address::repeat_byte(0xbb);
    let pairs = [impostor.address, PAIRS[0], TOKENS[0], alloy_primitives::Address::repeat_byte(7)];
    state.pairs.push(impostor);
    world.push(Vec::new(), state, 0);
    for multicall in [true, false] {
        let world = World { multicall, ..world.clone() };
        let loaded = load(world, &of_pairs(&pairs), limits()).unwrap();
        assert_eq!(loaded.market.pools().len(), 1);
        let fault = PairFault::Unknown { factory: FACTORY.into(), found: PAIRS[0].into() };
        let silent = PairFault::Answer { call: "token0()" };
        let left_out = [(pairs[0], fault), (pairs[2], silent), (pairs[3], silent)];
        let left_out = left_out.map(|(pair, fault)| LeftOut { pair: pair.into(), fault });
        assert_eq!(loaded.left_out, left_out);
    }
}

#[test]
fn what_is_asked_for_twice_or_is_no_factory_is_refused() {
    let twice = Selection { pairs: of_pairs(&[PAIRS[2]]).pairs, ..of_factory() };
    let refused = load(World::new(), &twice, limits()).unwrap_err();
    assert_eq!(refused, LoadError::Twice { pair: PAIRS[2].into() });

    let other = Selection { factories: vec![(PAIRS[0].into(), Fee::ZERO)], ..of_factory() };
    let refused = load(World::new(), &other, limits()).unwrap_err();
    let factory = PAIRS[0].into();
    assert_eq!(refused, LoadError::NoFactory { factory, call: "allPairsLength()" });

    let few = Limits { pairs_per_factory: 2, ..limits() };
    let refused = load(World::new(), &of_factory(), few).unwrap_err();
    let factory = FACTORY.into();
    assert_eq!(refused, LoadError::TooManyPairs { factory, count: 3.into(), most: 2 });
}
