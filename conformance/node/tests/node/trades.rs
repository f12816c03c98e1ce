//! What the engine plans and sends is what the chain then pays, to the unit.

use alloy_primitives::{Address, U256, hex, keccak256};
use cenote::{Amount, Direction, Hop, Market, Random, Route, Router};
use cenote_chain::{Bundle, ToCalldata};
use cenote_conformance_node::{PairAt, Reverted, abi, name};

use crate::scene::{LATER, Scene, as_the_router, difference};
use crate::{say, seed, times};

/// The input at which a circle earns the most, found by halving and then by its neighbours.
fn best_input(market: &Market, hops: &[Hop], most: u128) -> Option<Route> {
    let earned = |units: u128| {
        let route = market.route_exact_in(hops, Amount::new(units).unwrap());
        route.map_or(i128::MIN, |route| signed(route.amount_out) - signed(route.amount_in))
    };
    let (mut low, mut high) = (1, most);
    while high - low > 256 {
        let middle = low + (high - low) / 2;
        if earned(middle) < earned(middle + (high - low) / 64 + 1) {
            low = middle;
        } else {
            high = middle + (high - low) / 64 + 1;
        }
    }
    let best = (low..=high).max_by_key(|units| earned(*units)).unwrap();
    (0 < earned(best)).then(|| market.route_exact_in(hops, Amount::new(best).unwrap()).unwrap())
}

fn signed(amount: Amount) -> i128 {
    amount.get().try_into().unwrap()
}

/// What the engine finds to gain from a token to itself without these pairs, where that can be paid.
/// It is no less than the best of these circles, which is searched for without it, but for rounding.
fn best_circle(
    scene: &Scene,
    token: Address,
    held: Amount,
    without: &[usize],
    circles: &[Vec<Hop>],
) -> Option<Route> {
    let market = scene.market();
    let without: Vec<_> = without.iter().map(|pair| scene.pool(*pair)).collect();
    let router = Router::new(market);
    let found = router.arbitrage(market, market.token(&name(token)).unwrap());
    let mut found = found.without_pools(&without).find().unwrap();
    let searched = circles.iter().filter_map(|hops| best_input(market, hops, held.get()));
    let searched = searched.map(|route| difference(route.amount_out, route.amount_in).get());
    // The best of many roundings is not proven; a billionth is more than they can be.
    let least = searched.max().map(|profit| profit - profit / 1_000_000_000);
    assert!(least <= found.first().map(|best| best.profit.get()), "{least:?} {found:?}");
    found.retain(|circle| circle.route.amount_in <= held);
    Some(found.into_iter().next()?.route)
}

/// Somebody moves the price of a pair by a large swap.
async fn move_price(scene: &mut Scene, pair: usize, direction: Direction, part: u128) {
    let PairAt { address: to, tokens, exchange } = scene.pairs[pair];
    let reserves = scene.market().pool(scene.pool(pair)).unwrap().reserves();
    let paid = reserves.oriented(direction).reserve_in.get() / part;
    let mut path = tokens.to_vec();
    if direction == Direction::OneForZero {
        path.reverse();
    }
    let actor = scene.world.actors[1];
    let call = abi::Router::swapExactTokensForTokensCall {
        amountIn: U256::from(paid),
        amountOutMin: U256::ZERO,
        path,
        to: actor,
        deadline: U256::MAX,
    };
    let router = scene.world.exchanges[exchange].router;
    let sent = scene.node().send(actor, router, &call).await;
    scene.mine(12).await;
    scene.node().receipt(sent).await.unwrap_or_else(|_| panic!("{to} refused {paid}"));
}

#[tokio::test]
async fn an_arbitrage_between_exchanges_earns_what_it_should() {
    let Some(mut scene) = Scene::new([true, false]).await else { return };
    let weth = scene.world.weth;
    let executor = scene.world.executor;
    scene.fund(weth, executor, Amount::new(50_000_000_000_000_000_000).unwrap()).await;
    let mut random = Random::new(seed(7));
    let mut sent = 0;
    for _ in 0..times(12) {
        let (pair, way) = ([0, 7][random.place(2)], Direction::BOTH[random.place(2)]);
        move_price(&mut scene, pair, way, 10 + u128::from(random.below(200))).await;
        let held = scene.balance(weth, executor).await;
        let circles = [[0, 7], [7, 0]].map(|pairs| scene.hops(weth, &pairs));
        let Some(route) = best_circle(&scene, weth, held, &[6], &circles) else { continue };
        let bundle = scene.bundle(&route, executor, LATER);
        let profit = difference(route.amount_out, route.amount_in);
        assert_eq!(bundle.least_out, profit);
        scene.execute(&bundle.call()).await.unwrap();
        assert_eq!(difference(scene.balance(weth, executor).await, held), profit);
        sent += 1;
    }
    assert!(times(6) <= sent, "{sent} found");
    say(&format!("{sent} arbitrages between two exchanges earned what was predicted"));
}

#[tokio::test]
async fn a_triangle_by_the_router_earns_what_it_should() {
    let Some(mut scene) = Scene::new([true, false]).await else { return };
    let (start, trader) = (scene.world.tokens[0], scene.world.trader);
    scene.fund(start, trader, Amount::new(1 << 90).unwrap()).await;
    let mut random = Random::new(seed(8));
    let mut sent = 0;
    for _ in 0..times(12) {
        // The pairs a-b, b-c and a-c of the first exchange.
        move_price(&mut scene, [1, 2, 3][random.place(3)], Direction::BOTH[random.place(2)], 8)
            .await;
        let held = scene.balance(start, trader).await;
        let circles = [[1, 2, 3], [3, 2, 1]].map(|pairs| scene.hops(start, &pairs));
        // One exchange only, whose router goes round.
        let without = [6, 7, 8, 9];
        let Some(route) = best_circle(&scene, start, held, &without, &circles) else { continue };
        let call = scene.sell(&route, 0, LATER);
        scene.execute(&call).await.unwrap();
        let profit = difference(route.amount_out, route.amount_in);
        assert_eq!(difference(scene.balance(start, trader).await, held), profit);
        sent += 1;
    }
    assert!(times(6) <= sent, "{sent} found");
    say(&format!("{sent} triangles by the router earned what was predicted"));
}

/// Tokens that a plan can lead between, and how much of the first one is sold.
fn trade(scene: &Scene, random: &mut Random) -> (Address, Address, Amount) {
    let [a, b, c] = <[Address; 3]>::try_from(&scene.world.tokens[..3]).unwrap();
    let ends = [
        (a, b),
        (b, a),
        (a, c),
        (c, a),
        (b, c),
        (c, b),
        (scene.world.weth, a),
        (a, scene.world.weth),
    ];
    let (from, to) = ends[random.place(ends.len())];
    let most = if from == scene.world.weth { 66 } else { 85 };
    (from, to, Amount::new(random.magnitude(50, most)).unwrap())
}

#[tokio::test]
async fn a_split_brings_what_it_promises() {
    let Some(mut scene) = Scene::new([false, true]).await else { return };
    let (executor, trader) = (scene.world.executor, scene.world.trader);
    let mut random = Random::new(seed(9));
    let (mut sent, mut steps, mut divided) = (0, 0, 0);
    while sent < times(25) {
        let (from, to, units) = trade(&scene, &mut random);
        scene.fund(from, executor, units).await;
        let market = scene.market();
        let ids = [from, to].map(|token| market.token(&name(token)).unwrap());
        let router = Router::new(market);
        let plan = router.sell(market, ids[0], units).to(ids[1]).split().best().unwrap();
        let route = plan.route;
        let mut predicted = market.clone();
        predicted.execute(&route).unwrap();
        let before = [(from, executor), (to, trader)];
        let before = [
            scene.balance(before[0].0, before[0].1).await,
            scene.balance(before[1].0, before[1].1).await,
        ];
        let bundle = scene.bundle(&route, trader, LATER);
        scene.execute(&bundle.call()).await.unwrap();
        let gained = difference(scene.balance(to, trader).await, before[1]);
        assert_eq!(gained, route.amount_out, "{route:?}");
        assert_eq!(difference(before[0], scene.balance(from, executor).await), route.amount_in);
        for (pool, entry) in predicted.pools_with_id() {
            assert_eq!(entry.reserves(), scene.market().pool(pool).unwrap().reserves());
        }
        sent += 1;
        steps += route.steps.len();
        let firsts = route.steps.iter().filter(|step| step.token_in == route.token_in).count();
        divided += u64::from(1 < firsts);
    }
    assert!(times(5) <= divided, "{divided} plans divide");
    say(&format!(
        "{sent} plans of {steps} steps, {divided} that divide, brought what they promised"
    ));
}

/// A path of random length in one exchange, from a token.
fn path(scene: &Scene, random: &mut Random) -> (usize, Address, Vec<usize>) {
    let paths: [(usize, Address, &[usize]); 8] = [
        (0, scene.world.weth, &[0]),
        (0, scene.world.weth, &[0, 1, 2]),
        (0, scene.world.tokens[2], &[2, 1, 0]),
        (0, scene.world.tokens[0], &[3, 2]),
        (0, scene.world.tokens[1], &[1, 0]),
        (1, scene.world.weth, &[7, 8]),
        (1, scene.world.tokens[1], &[8, 7]),
        (1, scene.world.tokens[2], &[9]),
    ];
    let (exchange, from, pairs) = paths[random.place(paths.len())];
    (exchange, from, pairs.to_vec())
}

#[tokio::test]
async fn a_path_by_the_router_gives_and_takes_what_was_predicted() {
    let Some(mut scene) = Scene::new([true, true]).await else { return };
    let trader = scene.world.trader;
    for token in scene.world.all_tokens() {
        if token != scene.world.taxed {
            let units = if token == scene.world.weth { 1 << 69 } else { 1 << 100 };
            scene.fund(token, trader, Amount::new(units).unwrap()).await;
        }
    }
    let mut random = Random::new(seed(10));
    let [mut sold, mut bought] = [0; 2];
    while sold < times(15) || bought < times(15) {
        let (exchange, from, pairs) = path(&scene, &mut random);
        let hops = scene.hops(from, &pairs);
        let exact_in = random.below(2) == 0;
        let units = Amount::new(random.magnitude(10, 62)).unwrap();
        let market = scene.market();
        let route = if exact_in {
            market.route_exact_in(&hops, units).ok()
        } else {
            as_the_router(market, &hops, units)
        };
        let Some(route) = route else { continue };
        let to = market.token_name(route.token_out).parse::<Address>().unwrap();
        let before = [scene.balance(from, trader).await, scene.balance(to, trader).await];
        let call = if exact_in {
            scene.sell(&route, exchange, LATER)
        } else {
            let send = route.calldata(scene.market(), trader.into(), LATER);
            send.buy(&scene.world.v2_router(exchange), route.amount_in).unwrap()
        };
        scene.execute(&call).await.unwrap();
        assert_eq!(difference(before[0], scene.balance(from, trader).await), route.amount_in);
        assert_eq!(difference(scene.balance(to, trader).await, before[1]), route.amount_out);
        *(if exact_in { &mut sold } else { &mut bought }) += 1;
    }
    say(&format!("{sold} sales and {bought} purchases by the router as predicted"));
}

#[tokio::test]
async fn ether_itself_is_paid_and_bought() {
    let Some(mut scene) = Scene::new([true, true]).await else { return };
    let (trader, token) = (scene.world.trader, scene.world.tokens[0]);
    scene.fund(token, trader, Amount::new(1 << 90).unwrap()).await;
    let weth = scene.world.weth;
    for (from, exact_in) in [(weth, true), (weth, false), (token, true), (token, false)] {
        let hops = scene.hops(from, &[0]);
        let units = Amount::new(1_234_567_890_123_456).unwrap();
        let route = if exact_in {
            scene.market().route_exact_in(&hops, units).unwrap()
        } else {
            as_the_router(scene.market(), &hops, units).unwrap()
        };
        let send = route.calldata(scene.market(), trader.into(), LATER);
        let router = scene.world.v2_router(0);
        let call = if exact_in {
            send.sell_native(&router, route.amount_out)
        } else {
            send.buy_native(&router, route.amount_in)
        };
        let before = (scene.node().ether(trader).await, scene.world.balance(token, trader).await);
        let sent = scene.node().send_call(trader, &call.unwrap()).await;
        scene.mine(12).await;
        let receipt = scene.node().receipt(sent).await.unwrap();
        let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
        let ether = scene.node().ether(trader).await + gas;
        let tokens = scene.world.balance(token, trader).await;
        let [given, taken] =
            [route.amount_in, route.amount_out].map(|units| U256::from(units.get()));
        if from == weth {
            assert_eq!((before.0 - ether, tokens - before.1), (given, taken));
        } else {
            assert_eq!((ether - before.0, before.1 - tokens), (taken, given));
        }
    }
}

#[tokio::test]
async fn a_unit_more_is_refused() {
    let Some(mut scene) = Scene::new([true, true]).await else { return };
    let (trader, executor, token) =
        (scene.world.trader, scene.world.executor, scene.world.tokens[0]);
    let units = Amount::new(10_u128.pow(24)).unwrap();
    for holder in [trader, executor] {
        scene.fund(token, holder, units).await;
    }
    let route = scene.market().route_exact_in(&scene.hops(token, &[1, 2]), units).unwrap();
    let one_more = route.amount_out.checked_add(1_u64.into()).unwrap();

    let right = scene.bundle(&route, trader, LATER);
    let more = Bundle { least_out: one_more, ..right.clone() };
    let send = route.calldata(scene.market(), trader.into(), LATER);
    let router = scene.world.v2_router(0);
    let sold = [route.amount_out, one_more].map(|least| send.sell(&router, least).unwrap());
    let too_little = hex::encode(&keccak256("TooLittle(uint256,uint256,uint256)")[..4]);
    let refused = [(more.call(), &*too_little), (sold[1].clone(), "INSUFFICIENT_OUTPUT_AMOUNT")];
    for (call, reason) in refused {
        let said = scene.node().refusal(trader, &call).await;
        assert!(said.contains(reason), "{said}");
    }
    let begin = scene.follower.head();
    for call in [right.call(), sold[0].clone()] {
        // Each from the same state.
        let snapshot = scene.node().snapshot().await;
        scene.execute(&call).await.unwrap();
        scene.node().revert(snapshot).await;
        scene.follower.rollback(begin.hash).unwrap();
    }
}

/// What anybody holds who could lose something by a transaction.
async fn holdings(scene: &Scene) -> Vec<U256> {
    let mut held = vec![];
    for token in scene.world.all_tokens() {
        for of in [scene.world.trader, scene.world.executor] {
            held.push(scene.world.balance(token, of).await);
        }
    }
    held
}

#[tokio::test]
async fn who_comes_late_gets_all_or_nothing() {
    let Some(mut scene) = Scene::new([true, true]).await else { return };
    let (trader, executor, token) =
        (scene.world.trader, scene.world.executor, scene.world.tokens[0]);
    let units = Amount::new(10_u128.pow(24)).unwrap();
    for holder in [trader, executor] {
        scene.fund(token, holder, units).await;
    }
    let market = scene.market();
    let [from, to] =
        [token, scene.world.tokens[1]].map(|token| market.token(&name(token)).unwrap());
    let plan = Router::new(market).sell(market, from, units).to(to).split().best().unwrap().route;
    let path = market.route_exact_in(&scene.hops(token, &[1]), units).unwrap();
    let time = scene.follower.head().timestamp;
    let calls = [scene.bundle(&plan, trader, time + 100).call(), scene.sell(&path, 0, time + 100)];

    // Somebody trades first, in the same block.
    let snapshot = scene.node().snapshot().await;
    let before = holdings(&scene).await;
    let first = abi::Router::swapExactTokensForTokensCall {
        amountIn: U256::from(10_u128.pow(22)),
        amountOutMin: U256::ZERO,
        path: vec![token, scene.world.tokens[1]],
        to: scene.world.actors[2],
        deadline: U256::MAX,
    };
    let router = scene.world.exchanges[0].router;
    let ahead = scene.node().send(scene.world.actors[2], router, &first).await;
    let mut sent = vec![];
    for call in &calls {
        sent.push(scene.node().send_call(trader, call).await);
    }
    scene.mine(12).await;
    scene.node().receipt(ahead).await.unwrap();
    for sent in sent {
        assert_eq!(scene.node().receipt(sent).await.unwrap_err(), Reverted(sent));
    }
    assert_eq!(holdings(&scene).await, before);
    let reasons = ["UniswapV2: K", "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT"];
    for (call, reason) in calls.iter().zip(reasons) {
        let said = scene.node().refusal(trader, call).await;
        assert!(said.contains(reason), "{said}");
    }

    // It has not happened, but the deadline has passed by a second.
    scene.node().revert(snapshot).await;
    let parent = scene.follower.headers().nth(1).unwrap();
    scene.follower.rollback(parent.hash).unwrap();
    scene.mine(101).await;
    let late = hex::encode(&keccak256("Late(uint256)")[..4]);
    for (call, reason) in calls.iter().zip([&*late, "UniswapV2Router: EXPIRED"]) {
        let said = scene.node().refusal(trader, call).await;
        assert!(said.contains(reason), "{said}");
        assert!(scene.execute(call).await.is_err());
    }
    assert_eq!(holdings(&scene).await, before);
}
