//! Contracts that are no pairs, and pairs that do what few know they can.

use alloy_primitives::{Address, U256, Uint};
use alloy_sol_types::sol;
use cenote::{Amount, Fee, History, Market, Pool, PoolId, Product, Reserves, Shares};
use cenote_chain::{Applied, DecodeError, FlagReason, Follower};
use cenote_conformance_node::{DEPTH, PairState, Traffic, World, abi, compiled, name};

use crate::{say, seed, world};

sol! {
    function observe(uint112 reserve0, uint112 reserve1);
    function swap(uint256[4] flows, uint112 reserve0, uint112 reserve1);
    function orphan(uint256[4] flows);
    function mint(uint256[2] amounts, uint256 shares, uint112 reserve0, uint112 reserve1);
    function burn(uint256[2] amounts, uint256 shares, uint112 reserve0, uint112 reserve1);
}

const HELD: u128 = 1_000_000;

/// A world with its pairs, and a contract that is listed as one more.
async fn with_fake(world: &World) -> (Follower, Address, PoolId) {
    world.create_pools().await;
    let fake = compiled("FakePair").unwrap();
    let fake = world.node.deploy(world.deployer, &fake, &[]).await;
    let head = world.node.head().await;
    let mut market = world.market(head, &world.pairs(head.hash).await).await;
    let pool = list(&mut market, fake, world.tokens[0], world.tokens[1]);
    (Follower::new(market, head, world.factories(), DEPTH).unwrap(), fake, pool)
}

/// Lists a contract as a pair with a million of each token, as many shares and a known past.
fn list(market: &mut Market, at: Address, token0: Address, token1: Address) -> PoolId {
    let [token0, token1] = [token0, token1].map(|token| market.token(&name(token)).unwrap());
    let million = Amount::new(HELD).unwrap();
    let reserves = Reserves { reserve0: million, reserve1: million };
    let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
    let pool = pool.with_reserves(reserves).unwrap();
    let pool = pool.with_total_shares(Shares::new(HELD).unwrap()).unwrap();
    let pool = market.add_pool(&name(at), pool).unwrap();
    let (sum, k_last) = (Some(0.into()), Some(Product::ZERO));
    let history = History { price0_cum: sum, price1_cum: sum, k_last, ts_last: Some(0) };
    market.set_history(pool, history).unwrap();
    pool
}

/// What a contract says in a block.
enum Said {
    /// Reserves, and a swap that led to them.
    Swap([u128; 4], [u128; 2]),
    /// A swap, and no reserves.
    Orphan([u128; 4]),
    /// A deposit, the shares that it made, and the reserves that it left.
    Mint([u128; 2], u128, [u128; 2]),
    /// A withdrawal, the shares that it took, and the reserves that it left.
    Burn([u128; 2], u128, [u128; 2]),
}

/// Has the contract say it in the next block.
async fn tell(world: &World, fake: Address, said: &Said) {
    let (node, from) = (&world.node, world.deployer);
    let narrow = |units: [u128; 2]| units.map(|units| Uint::<112, 2>::from(units));
    match *said {
        Said::Swap(flows, after) => {
            let [reserve0, reserve1] = narrow(after);
            let flows = flows.map(U256::from);
            node.send(from, fake, &swapCall { flows, reserve0, reserve1 }).await
        }
        Said::Orphan(flows) => {
            node.send(from, fake, &orphanCall { flows: flows.map(U256::from) }).await
        }
        Said::Mint(amounts, shares, after) => {
            let ([reserve0, reserve1], shares) = (narrow(after), U256::from(shares));
            let amounts = amounts.map(U256::from);
            node.send(from, fake, &mintCall { amounts, shares, reserve0, reserve1 }).await
        }
        Said::Burn(amounts, shares, after) => {
            let ([reserve0, reserve1], shares) = (narrow(after), U256::from(shares));
            let amounts = amounts.map(U256::from);
            node.send(from, fake, &burnCall { amounts, shares, reserve0, reserve1 }).await
        }
    };
}

#[tokio::test]
async fn a_contract_that_only_speaks_like_a_pair_is_flagged_and_nothing_else() {
    let Some(world) = world([true, false]).await else { return };
    let (mut follower, fake, pool) = with_fake(&world).await;
    let held = HELD;
    // Each after one that is within the rules: of a million, a thousand buys 996.
    let cases = [
        (Said::Swap([1_000, 0, 0, 996], [held + 1_000, held - 996]), None),
        (Said::Swap([1_000, 0, 0, 997], [held + 1_000, held - 997]), Some("Swap(")),
        (Said::Swap([1_000, 0, 0, 996], [held + 1_000, held - 997]), Some("Reserves {")),
        (Said::Swap([1_000, 0, 0, 996], [held + 1_000, 0]), Some("OneReserveZero")),
        (Said::Orphan([1_000, 0, 0, 996]), Some("NoSync")),
        (Said::Mint([500, 500], 500, [held + 500; 2]), None),
        (Said::Mint([500, 500], 501, [held + 500; 2]), Some("Shares {")),
        (Said::Mint([500, 500], 500, [held + 501; 2]), Some("Reserves {")),
        (Said::Mint([500, 0], 500, [held + 500, held]), Some("Mint(")),
        (Said::Burn([500, 500], 500, [held - 500; 2]), None),
        (Said::Burn([501, 500], 500, [held - 501, held - 500]), Some("Payment {")),
        (Said::Burn([500, 500], 500, [held - 501, held - 500]), Some("Reserves {")),
        (Said::Burn([500, 500], held, [held - 500; 2]), Some("Burn(")),
    ];
    let begin = follower.head();
    let snapshot = world.node.snapshot().await;
    let mut snapshot = Some(snapshot);
    for (said, reason) in &cases {
        tell(&world, fake, said).await;
        let header = world.node.mine(12).await;
        let records = world.node.records(header.hash).await;
        let Applied { flags, .. } = follower.push(&header, &records).unwrap();
        let flagged: Vec<_> = follower.flagged().collect();
        match reason {
            None => assert_eq!((flags, flagged), (vec![], vec![])),
            Some(reason) => {
                let [flag] = flags.try_into().unwrap();
                assert_eq!((flag.pool, flagged), (pool, vec![pool]));
                let words = format!("{:?}", flag.reason).replace("Event(", "");
                assert!(words.starts_with(reason), "{words} is not {reason}");
            }
        }
        // Back to the million of each.
        world.node.revert(snapshot.take().unwrap()).await;
        snapshot = Some(world.node.snapshot().await);
        follower.rollback(begin.hash).unwrap();
        assert_eq!(follower.flagged().count(), 0);
    }
    say(&format!("{} things that a contract said were judged", cases.len()));
}

#[tokio::test]
async fn reserves_alone_are_taken_from_anybody_who_is_listed() {
    let Some(world) = world([true, false]).await else { return };
    let (mut follower, fake, pool) = with_fake(&world).await;
    let (reserve0, reserve1) = (Uint::<112, 2>::from(5), Uint::<112, 2>::from(7));
    world.node.send(world.deployer, fake, &observeCall { reserve0, reserve1 }).await;
    let header = world.node.mine(12).await;
    let records = world.node.records(header.hash).await;
    let applied = follower.push(&header, &records).unwrap();
    assert_eq!((applied.flags, applied.touched), (vec![], vec![pool]));
    let reserves = follower.market().pool(pool).unwrap().reserves();
    assert_eq!([reserves.reserve0, reserves.reserve1], [5, 7].map(Amount::from_u64));
}

#[tokio::test]
async fn pairs_of_a_factory_that_is_not_followed_are_passed_over() {
    let Some(world) = world([true, false]).await else { return };
    let pairs = world.create_pools().await;
    let head = world.node.head().await;
    let ours: Vec<_> = pairs.iter().filter(|pair| pair.exchange == 0).copied().collect();
    let market = world.market(head, &ours).await;
    let factories = world.factories()[..1].to_vec();
    let mut follower = Follower::new(market, head, factories, DEPTH).unwrap();
    let mut traffic = Traffic::new(&world, seed(45), &pairs);
    for _ in 0..20 {
        let header = traffic.block().await;
        let records = world.node.records(header.hash).await;
        assert_eq!(follower.push(&header, &records).unwrap().flags, []);
        let mut listed = world.pairs(header.hash).await;
        listed.retain(|pair| pair.exchange == 0);
        assert_eq!(follower.market().pools().len(), listed.len());
        for (pair, state) in listed.iter().zip(world.states(header.hash, &listed).await) {
            let pool = follower.pool(&pair.address.into()).unwrap();
            assert_eq!(PairState::known(follower.market(), pool), state);
        }
    }
}

/// A pair counts one token alone where somebody sends it one before its first deposit. Its pool is
/// empty until then, and the deposit is judged by what came in since.
#[tokio::test]
async fn a_pair_that_counts_one_token_only_is_founded_all_the_same() {
    let Some(world) = world([true, false]).await else { return };
    world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let pair = world.pair_at(1, [world.tokens[2], world.tokens[4]]);
    let [token_a, token_b] = pair.tokens;
    let create = abi::Factory::createPairCall { tokenA: token_a, tokenB: token_b };
    let actor = world.actors[0];
    world.node.send(actor, world.exchanges[1].factory, &create).await;
    world.give(actor, token_a, pair.address, 1_000_000).await;
    world.node.send(actor, pair.address, &abi::Pair::syncCall {}).await;
    let header = world.node.mine(12).await;
    let records = world.node.records(header.hash).await;
    let applied = follower.push(&header, &records).unwrap();
    let pool = follower.pool(&pair.address.into()).unwrap();
    assert_eq!((applied.created, applied.flags), (vec![pool], vec![]));
    assert!(follower.market().pool(pool).unwrap().is_empty() && follower.dust(pool).is_some());
    for token in [token_a, token_b] {
        world.give(actor, token, pair.address, 5_000_000).await;
    }
    world.node.send(actor, pair.address, &abi::Pair::mintCall { to: actor }).await;
    let header = world.node.mine(12).await;
    let records = world.node.records(header.hash).await;
    assert_eq!(follower.push(&header, &records).unwrap().flags, []);
    world.assert_equal(follower.market(), header).await;
}

/// All that a pair does with an odd recipient, and shares that move without being made.
#[tokio::test]
async fn a_pair_may_pay_itself() {
    let Some(world) = world([true, true]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let (node, actor, pair) = (&world.node, world.actors[0], pairs[1]);
    let (to, units) = (pair.address, U256::from(1_000_000_007));
    let give = abi::Token::transferCall { to, value: units };
    // A withdrawal to the pair.
    node.send(actor, pair.address, &give).await;
    node.send(actor, pair.address, &abi::Pair::burnCall { to }).await;
    // A swap to the pair, which keeps what it sold.
    node.send(actor, pair.tokens[0], &give).await;
    let swap =
        abi::Pair::swapCall { out0: U256::ZERO, out1: U256::from(1_000), to, data: [].into() };
    node.send(actor, pair.address, &swap).await;
    // A deposit for the pair, which the next withdrawal gives up.
    node.send(actor, pair.tokens[0], &give).await;
    node.send(actor, pair.tokens[1], &give).await;
    node.send(actor, pair.address, &abi::Pair::mintCall { to }).await;
    node.send(actor, pair.address, &abi::Pair::burnCall { to: actor }).await;
    let none = U256::ZERO;
    for (from, to) in [(Address::ZERO, actor), (pair.address, Address::ZERO)] {
        let call = abi::Token::transferFromCall { from, to, value: none };
        node.send(actor, pair.address, &call).await;
    }
    let header = node.mine(12).await;
    let records = node.records(header.hash).await;
    let applied = follower.push(&header, &records).unwrap();
    assert_eq!((applied.flags, applied.events), (vec![], 4));
    world.assert_equal(follower.market(), header).await;
}

/// What a pair holds and did not count has 256 bits, and so has what it pays of it. The engine's
/// amounts have 112: such a withdrawal is no notice, and its pool is flagged.
#[tokio::test]
async fn a_pair_that_pays_more_than_a_reserve_can_be_is_flagged() {
    let Some(world) = world([false, false]).await else { return };
    let pairs = world.create_pools().await;
    let mut follower = world.follower(world.node.head().await).await;
    let pair = pairs[8];
    let pool = follower.pool(&pair.address.into()).unwrap();
    for token in pair.tokens {
        world.give(world.deployer, token, pair.address, 1 << 113).await;
    }
    for actor in &world.actors {
        let whole = world.balance(pair.address, *actor).await;
        let call = abi::Token::transferCall { to: pair.address, value: whole };
        world.node.send(*actor, pair.address, &call).await;
    }
    let call = abi::Pair::burnCall { to: world.actors[0] };
    let sent = world.node.send(world.actors[0], pair.address, &call).await;
    let header = world.node.mine(12).await;
    world.node.receipt(sent).await.unwrap();
    let (records, odd) = world.node.all_records(header.hash).await;
    let [DecodeError::Amount { field: "amount0", .. }] = *odd else { panic!("{odd:?}") };
    let applied = follower.push(&header, &records).unwrap();
    let flags: Vec<_> = applied.flags.iter().map(|flag| (flag.pool, flag.reason)).collect();
    assert_eq!(flags, [(pool, FlagReason::StrayShares)]);
    assert_eq!(follower.flagged().collect::<Vec<_>>(), [pool]);
}
