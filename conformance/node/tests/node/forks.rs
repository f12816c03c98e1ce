//! What a fork of the followed market predicts is what the chain then mines.

use alloy_primitives::{B256, U256};
use cenote::{Amount, Hop, Market, PoolId, Random, Reserves, Route, Shares};
use cenote_chain::ToCalldata;
use cenote_conformance_node::{PairAt, World, abi, name};

use crate::scene::{LATER, Scene, as_the_router};
use crate::{say, seed, times};

/// Hops of a random path in one exchange, through plain tokens.
fn hops(market: &Market, scene: &Scene, random: &mut Random) -> Vec<Hop> {
    let taxed = scene.world.taxed;
    let plain = scene.pairs.iter().filter(|pair| !pair.tokens.contains(&taxed));
    let pairs: Vec<_> = plain.collect();
    let first = pairs[random.place(pairs.len())];
    let mut token = market.token(&name(first.tokens[random.place(2)])).unwrap();
    let mut hops = vec![];
    for _ in 0..=random.below(3) {
        let here = pairs.iter().filter(|pair| pair.exchange == first.exchange);
        let ways = here.filter_map(|pair| {
            let pool = market.pool_id(&name(pair.address)).unwrap();
            let direction = market.pool(pool).unwrap().direction(token).ok()?;
            Some(Hop { pool, direction })
        });
        let ways: Vec<_> = ways.collect();
        let hop = ways[random.place(ways.len())];
        token = market.pool(hop.pool).unwrap().tokens(hop.direction).1;
        hops.push(hop);
    }
    hops
}

/// Queues a sale or a purchase by a router at exactly the amounts of the fork, which is then
/// written; `None` where the fork or the router does not do it.
async fn trade(scene: &Scene, fork: &mut Market, random: &mut Random) -> Option<B256> {
    let hops = hops(fork, scene, random);
    let units = Amount::new(random.magnitude(12, 66)).unwrap();
    let sells = random.below(2) == 0;
    let route: Route = if sells {
        fork.route_exact_in(&hops, units).ok()?
    } else {
        as_the_router(fork, &hops, units)?
    };
    if 1 << 98 < route.amount_in.get() {
        // More than the trader has.
        return None;
    }
    let at = scene.pairs.iter().find(|pair| fork.pool_id(&name(pair.address)) == Ok(hops[0].pool));
    let router = scene.world.v2_router(at.unwrap().exchange);
    let send = route.calldata(fork, scene.world.trader.into(), LATER);
    let call = if sells {
        send.sell(&router, route.amount_out)
    } else {
        send.buy(&router, route.amount_in)
    };
    let call = call.ok()?;
    // Each pair is paid what the router computed, and gives no more than that was computed for.
    let fills = fork.judge_route(&route).ok()?.fills;
    for (step, fill) in route.steps.iter().zip(&fills) {
        fork.settle(step.pool, fill);
    }
    Some(scene.world.node.send_call(scene.world.trader, &call).await)
}

/// Queues a deposit into a pair, and what is then the trader's.
async fn deposit(
    scene: &Scene,
    fork: &mut Market,
    random: &mut Random,
) -> Option<(B256, PairAt, Shares)> {
    let pair = scene.pairs[random.place(6)];
    let pool = fork.pool_id(&name(pair.address)).unwrap();
    let Reserves { reserve0, reserve1 } = fork.pool(pool).unwrap().reserves();
    let shift = 4 + random.below(8);
    let units = [reserve0, reserve1].map(|units| Amount::new(units.get() >> shift).unwrap());
    let deposit = fork.mint(pool, units[0], units[1], Shares::ZERO).ok()?;
    let World { node, trader, .. } = &scene.world;
    for (token, units) in pair.tokens.into_iter().zip(units) {
        scene.world.give(scene.world.actors[0], token, pair.address, units.get()).await;
    }
    let call = abi::Pair::mintCall { to: *trader };
    Some((node.send(*trader, pair.address, &call).await, pair, deposit.shares))
}

/// What a fork says of each pool, but for the time.
fn said(market: &Market) -> Vec<(PoolId, Reserves, Option<Shares>)> {
    let pools = market.pools_with_id();
    pools.map(|(id, pool)| (id, pool.reserves(), pool.total_shares())).collect()
}

#[tokio::test]
async fn what_is_pending_does_what_a_fork_predicts() {
    let Some(mut scene) = Scene::new([true, false]).await else { return };
    let (weth, trader) = (scene.world.weth, scene.world.trader);
    for token in scene.world.all_tokens() {
        let units = if token == weth { 1 << 68 } else { 1 << 100 };
        scene.fund(token, trader, Amount::new(units).unwrap()).await;
    }
    let mut random = Random::new(seed(41));
    let [mut swaps, mut deposits] = [0; 2];
    for _ in 0..times(20) {
        let before = said(scene.market());
        // The scene is asked meanwhile, so the fork is one of a copy.
        let mut market = scene.market().clone();
        let mut fork = market.fork();
        let mut sent = vec![];
        let mut gained = vec![];
        for _ in 0..=random.below(6) {
            if random.below(5) == 0 {
                let Some((hash, pair, shares)) = deposit(&scene, &mut fork, &mut random).await
                else {
                    continue;
                };
                sent.push(hash);
                gained.push((pair, shares));
            } else if let Some(hash) = trade(&scene, &mut fork, &mut random).await {
                sent.push(hash);
                swaps += 1;
            }
        }
        let predicted = said(&fork);
        drop(fork);
        assert_eq!(said(&market), before);
        let mut held = vec![];
        for (pair, _) in &gained {
            held.push(scene.world.balance(pair.address, trader).await);
        }
        scene.mine(12).await;
        for sent in sent {
            scene.world.node.receipt(sent).await.unwrap();
        }
        assert_eq!(said(scene.market()), predicted);
        for (pair, before) in gained.iter().map(|(pair, _)| pair).zip(held) {
            let made = gained.iter().filter(|(of, _)| of == pair);
            let made: u128 = made.map(|(_, shares)| shares.get()).sum();
            let after = scene.world.balance(pair.address, trader).await;
            assert_eq!(after - before, U256::from(made));
        }
        deposits += u64::try_from(gained.len()).unwrap();
    }
    assert!(times(15) <= swaps && times(5) <= deposits, "{swaps} {deposits}");
    say(&format!("{swaps} pending swaps and {deposits} deposits did what a fork predicted"));
}
