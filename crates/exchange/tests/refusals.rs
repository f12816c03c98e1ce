//! What is refused is handed back as it was, and nothing has changed.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

mod world;

use core::fmt::Debug;

use cenote_exchange::{
    AddReason, Coin, CreateError, Exchange, Foreign, IssueError, ProvideError, PutReason, Refused,
    RouteReason, SwapReason, TradeError, WalletError,
};
use cenote_pool::{
    Amount, Direction, Exact, Fee, Hop, Leg, MAX_STEPS, MarketError, MintError, NameError, Order,
    PathError, PoolError, PoolId, Reserves, Route, RouteError, Shares, Step, SwapError,
};
use world::{World, amount, seen};

/// Does what is to be refused, and checks that it is for this reason and leaves no trace.
fn refused<T: Debug, E: Debug + Copy + PartialEq>(
    exchange: &mut Exchange,
    reason: E,
    operation: impl FnOnce(&mut Exchange) -> Result<T, E>,
) {
    let before = seen(exchange);
    match operation(exchange) {
        Ok(done) => panic!("expected {reason:?}, was given {done:?}"),
        Err(found) => assert_eq!(found, reason),
    }
    assert_eq!(seen(exchange), before, "{reason:?} left a trace");
}

/// The same for what takes a value: `shown` is that value before it is given away, and the one
/// handed back has to look the same, exchange included.
fn hands_back<T: Debug, R: Debug + Copy + PartialEq, P: Debug>(
    exchange: &mut Exchange,
    reason: R,
    paid: P,
    operation: impl FnOnce(&mut Exchange, P) -> Result<T, Refused<R, P>>,
) -> P {
    let shown = format!("{paid:?}");
    let mut back = None;
    refused(exchange, reason, |exchange| {
        operation(exchange, paid).map_err(|refused| {
            back = Some(refused.paid);
            refused.reason
        })
    });
    let back = back.unwrap();
    assert_eq!(format!("{back:?}"), shown);
    back
}

/// 100 of a for at least `least` of c, by way of b: 100 buy 99 and those buy 98.
fn route(world: &World, least: u64) -> Route {
    let [a, b, c] = [0, 1, 2].map(|place| world.token(place));
    let step = |(pool, token_in, amount_in, token_out, amount_out)| Step {
        pool,
        token_in,
        amount_in: amount(amount_in),
        token_out,
        amount_out: amount(amount_out),
    };
    let [first, second] = world.pools;
    Route {
        token_in: a,
        token_out: c,
        amount_in: amount(100),
        amount_out: amount(least),
        steps: [(first, a, 100, b, 99), (second, b, 99, c, 0)].map(step).into(),
    }
}

/// A pool that is not there.
fn nowhere() -> PoolId {
    PoolId::from(9)
}

#[test]
fn a_refused_swap_hands_the_coin_back() {
    let mut world = World::new();
    let [pool, _] = world.pools;
    let mut coin = world.coin(0, 1000);
    let stranger = world.coin(2, 1000);
    let exchange = &mut world.exchange;
    let swap = |pool: PoolId, least: u64| {
        move |exchange: &mut Exchange, coin| exchange.swap(pool, coin, amount(least))
    };
    coin = hands_back(
        exchange,
        SwapError::UnknownPool { pool: nowhere() }.into(),
        coin,
        swap(nowhere(), 0),
    );
    let not_there = SwapError::TokenNotInPool { token: stranger.token() };
    let _kept = hands_back(exchange, not_there.into(), stranger, swap(pool, 0));
    let nothing = coin.split(Amount::ZERO).unwrap();
    let _kept = hands_back(exchange, SwapError::ZeroAmount.into(), nothing, swap(pool, 0));
    let dust = coin.split(amount(1)).unwrap();
    let no_output = SwapError::ZeroOutput { amount_in: amount(1) };
    let _kept = hands_back(exchange, no_output.into(), dust, swap(pool, 0));
    let too_little =
        SwapError::InsufficientOutput { amount_out: amount(986), amount_out_min: amount(987) };
    coin = hands_back(exchange, too_little.into(), coin, swap(pool, 987));
    // The coin that came back is as good as it was.
    assert_eq!(exchange.swap(pool, coin, amount(986)).unwrap().amount(), amount(986));
}

#[test]
fn a_refused_purchase_leaves_the_purse_alone() {
    let mut world = World::new();
    let [pool, _] = world.pools;
    let mut purse = world.coin(0, 1000);
    let mut stranger = world.coin(2, 1000);
    let exchange = &mut world.exchange;
    let all = SwapError::InsufficientReserve {
        amount_out: amount(100_000),
        reserve_out: amount(100_000),
    };
    let dear = SwapError::ExcessiveInput { amount_in: amount(1014), amount_in_max: amount(1000) };
    let missing = SwapError::TokenNotInPool { token: stranger.token() };
    let mut buy = |purse: &mut Coin, pool, out, reason| {
        let shown = format!("{purse:?}");
        refused(exchange, SwapReason::from(reason), |exchange| {
            exchange.swap_exact_out(pool, purse, amount(out))
        });
        assert_eq!(format!("{purse:?}"), shown);
    };
    buy(&mut purse, nowhere(), 1, SwapError::UnknownPool { pool: nowhere() });
    buy(&mut stranger, pool, 1, missing);
    buy(&mut purse, pool, 0, SwapError::ZeroAmount);
    buy(&mut purse, pool, 100_000, all);
    buy(&mut purse, pool, 1000, dear);
}

#[test]
fn an_empty_pool_trades_nothing_and_hands_back() {
    let mut world = World::new();
    let [mint, _, other] = &world.mints;
    let pool = world.exchange.create_pool("a/c", mint, other, Fee::ZERO).unwrap();
    let coin = world.coin(0, 1000);
    let empty = SwapReason::from(SwapError::EmptyPool);
    let mut coin = hands_back(&mut world.exchange, empty, coin, |exchange, coin| {
        exchange.swap(pool, coin, Amount::ZERO)
    });
    refused(&mut world.exchange, empty, |exchange| {
        exchange.swap_exact_out(pool, &mut coin, amount(1))
    });
    assert_eq!(coin.amount(), amount(1000));
}

/// The second step is refused after the first was computed: nothing of either remains.
#[test]
fn a_refused_route_hands_the_coin_back() {
    let mut world = World::new();
    let good = route(&world, 98);
    let with = |change: fn(&mut Route)| {
        let mut route = good.clone();
        change(&mut route);
        route
    };
    let too_dear =
        SwapError::InsufficientOutput { amount_out: amount(98), amount_out_min: amount(99) };
    let missing = SwapError::TokenNotInPool { token: world.token(0) };
    let unknown = SwapError::UnknownPool { pool: nowhere() };
    let cases = [
        (with(|route| route.steps.clear()), RouteError::Empty),
        (
            with(|route| route.steps = vec![route.steps[0]; MAX_STEPS + 1]),
            RouteError::TooManySteps { steps: MAX_STEPS + 1 },
        ),
        (
            with(|route| route.steps[1].amount_in = amount(100)),
            RouteError::Overdrawn { at: 1, amount_in: amount(100), held: amount(99) },
        ),
        (with(|route| route.steps[1].token_out = route.token_in), RouteError::WrongToken { at: 1 }),
        (
            with(|route| route.steps[1].amount_out = amount(99)),
            RouteError::Step { at: 1, error: too_dear },
        ),
        (
            // A token that is held, so that it is its pool that refuses.
            with(|route| {
                route.steps[0].amount_in = amount(98);
                route.steps[0].amount_out = Amount::ZERO;
                route.steps[1].token_in = route.token_in;
                route.steps[1].amount_in = amount(2);
            }),
            RouteError::Step { at: 1, error: missing },
        ),
        (with(|route| route.steps[1].pool = nowhere()), RouteError::Step { at: 1, error: unknown }),
        (
            with(|route| route.steps[1].amount_in = Amount::ZERO),
            RouteError::Step { at: 1, error: SwapError::ZeroAmount },
        ),
        (
            with(|route| route.amount_out = amount(99)),
            RouteError::InsufficientOutput { amount_out: amount(98), amount_out_min: amount(99) },
        ),
    ];
    let mut coin = world.coin(0, 100);
    let other = world.coin(1, 100);
    let exchange = &mut world.exchange;
    for (route, reason) in cases {
        coin = hands_back(exchange, reason.into(), coin, |exchange, coin| {
            exchange.execute(&route, coin)
        });
    }
    let wrong = RouteReason::WrongCoin;
    let _kept = hands_back(exchange, wrong, other, |exchange, coin| exchange.execute(&good, coin));
    let proceeds = exchange.execute(&good, coin).unwrap();
    assert_eq!(proceeds.bought.unwrap().amount(), amount(98));
    assert!(proceeds.leftovers.is_empty());
}

#[test]
fn refused_liquidity_hands_both_coins_back_in_the_order_given() {
    let mut world = World::new();
    let [pool, _] = world.pools;
    let [zero, some, lonely] = [0, 1, 1].map(|token| world.coin(token, 1000));
    let mut coins = [zero, some];
    let wrong = [lonely, world.coin(2, 1000)];
    let exchange = &mut world.exchange;
    let add = |pool: PoolId, least: u64| {
        move |exchange: &mut Exchange, coins| exchange.add_liquidity(pool, coins, least.into())
    };
    let unknown = MintError::UnknownPool { pool: nowhere() };
    let few =
        MintError::InsufficientShares { shares: 1000_u64.into(), shares_min: 1001_u64.into() };
    for _ in 0..2 {
        coins = hands_back(exchange, unknown.into(), coins, add(nowhere(), 0));
        coins = hands_back(exchange, few.into(), coins, add(pool, 1001));
        coins.reverse();
    }
    let wrong = hands_back(exchange, AddReason::WrongTokens, wrong, add(pool, 0));
    let [one, _] = wrong;
    let [two, three] = coins;
    let _kept = hands_back(exchange, AddReason::WrongTokens, [one, three], add(pool, 0));
    let nothing = exchange.issue(&world.mints[1], Amount::ZERO).unwrap();
    let add = add(pool, 0);
    let [two, nothing] = hands_back(exchange, MintError::ZeroShares.into(), [two, nothing], add);
    let _kept = hands_back(exchange, MintError::ZeroShares.into(), [nothing, two], add);
}

/// Two worlds alike in every identifier; whatever belongs to one is refused by the other.
#[test]
fn what_belongs_to_another_exchange_is_handed_back_by_every_operation() {
    let (mut here, mut there) = (World::new(), World::new());
    let (pool, trader) = (here.pools[0], 0.into());
    let mut coin = there.coin(0, 100);
    let claim = there.claim(0, 100);
    let native = [here.coin(0, 100), here.coin(1, 100)];
    let route = route(&here, 1);
    let abroad = seen(&there.exchange);
    let exchange = &mut here.exchange;

    coin = hands_back(exchange, Foreign.into(), coin, |exchange, coin| {
        exchange.swap(pool, coin, Amount::ZERO)
    });
    let shown = format!("{coin:?}");
    refused(exchange, SwapReason::from(Foreign), |exchange| {
        exchange.swap_exact_out(pool, &mut coin, amount(1))
    });
    assert_eq!(format!("{coin:?}"), shown);
    coin =
        hands_back(exchange, Foreign.into(), coin, |exchange, coin| exchange.execute(&route, coin));
    let foreign = PutReason::from(Foreign);
    coin = hands_back(exchange, foreign, coin, |exchange, coin| exchange.put(trader, coin));
    coin =
        hands_back(exchange, Foreign, coin, |exchange, coin| exchange.burn(&here.mints[0], coin));
    coin =
        hands_back(exchange, Foreign, coin, |exchange, coin| exchange.burn(&there.mints[0], coin));

    // One foreign coin beside a native one, in either place and either order.
    let [zero, one] = native;
    let add = |exchange: &mut Exchange, coins| exchange.add_liquidity(pool, coins, Shares::ZERO);
    let [coin, one] = hands_back(exchange, Foreign.into(), [coin, one], add);
    let [one, coin] = hands_back(exchange, Foreign.into(), [one, coin], add);
    let other = there.exchange.take(trader, there.mints[1].token(), amount(100)).unwrap();
    let [zero, other] = hands_back(exchange, Foreign.into(), [zero, other], add);
    let [coin, other] = hands_back(exchange, Foreign.into(), [coin, other], add);
    there.exchange.put(trader, other).unwrap();

    // A mint of the other exchange neither issues, nor burns a native coin, nor makes a pool.
    let zero =
        hands_back(exchange, Foreign, zero, |exchange, coin| exchange.burn(&there.mints[0], coin));
    refused(exchange, IssueError::from(Foreign), |exchange| {
        exchange.issue(&there.mints[0], amount(1))
    });
    for mints in [[&here.mints[0], &there.mints[2]], [&there.mints[0], &here.mints[2]]] {
        refused(exchange, CreateError::from(Foreign), |exchange| {
            exchange.create_pool("a/c", mints[0], mints[1], Fee::ZERO)
        });
    }

    let claim = hands_back(exchange, Foreign, claim, Exchange::redeem);
    let claim =
        hands_back(exchange, foreign, claim, |exchange, claim| exchange.put_claim(trader, claim));

    // At home everything is as it was and is still worth what it was.
    assert_eq!(seen(&there.exchange), abroad);
    assert!(there.exchange.redeem(claim).is_ok());
    assert!(there.exchange.swap(pool, coin, Amount::ZERO).is_ok());
    assert!(exchange.swap(pool, zero, Amount::ZERO).is_ok());
    assert!(exchange.swap(pool, one, Amount::ZERO).is_ok());
}

#[test]
fn an_unknown_trader_is_given_nothing() {
    let mut world = World::new();
    let (coin, claim) = (world.coin(0, 100), world.claim(0, 100));
    let stranger = 77.into();
    let exchange = &mut world.exchange;
    let unknown = PutReason::UnknownTrader { trader: stranger };
    let _kept = hands_back(exchange, unknown, coin, |exchange, coin| exchange.put(stranger, coin));
    let _kept =
        hands_back(exchange, unknown, claim, |exchange, claim| exchange.put_claim(stranger, claim));
}

#[test]
fn a_mint_burns_its_own_token_only() {
    let mut world = World::new();
    let coin = world.coin(0, 100);
    let (exchange, mints) = (&mut world.exchange, &world.mints);
    let coin = hands_back(exchange, Foreign, coin, |exchange, coin| exchange.burn(&mints[1], coin));
    assert!(exchange.burn(&mints[0], coin).is_ok());
}

#[test]
fn a_mint_issues_no_more_than_the_bound() {
    let mut world = World::new();
    let (exchange, mints) = (&mut world.exchange, &world.mints);
    let issued = exchange.issued(mints[0].token());
    let rest = Amount::MAX.checked_sub(issued).unwrap();
    let above = rest.checked_add(amount(1)).unwrap();
    for amount in [above, Amount::MAX] {
        refused(exchange, IssueError::SupplyOverflow { amount }, |exchange| {
            exchange.issue(&mints[0], amount)
        });
    }
    assert_eq!(exchange.issue(&mints[0], rest).unwrap().amount(), rest);
}

#[test]
fn names_are_taken_once() {
    let mut world = World::new();
    let (exchange, mints) = (&mut world.exchange, &world.mints);
    refused(exchange, MarketError::Duplicate, |exchange| exchange.create_token("a"));
    refused(exchange, NameError::Empty.into(), |exchange| exchange.create_token(""));
    let mut pool = |name: &str, one: usize, other: usize, reason: CreateError| {
        refused(exchange, reason, |exchange| {
            exchange.create_pool(name, &mints[one], &mints[other], Fee::ZERO)
        });
    };
    pool("a/a", 0, 0, PoolError::SameToken.into());
    pool("a/b", 0, 2, MarketError::Duplicate.into());
    pool("a>c", 0, 2, MarketError::from(NameError::Character { at: 2 }).into());
}

#[test]
fn a_refused_order_leaves_the_wallet_alone() {
    let mut world = World::new();
    let hops = world.hops();
    let [first, _] = hops;
    let back = Hop { direction: Direction::OneForZero, ..first };
    let gone = Hop { pool: nowhere(), ..first };
    let exchange = &mut world.exchange;
    let (poor, unknown) = (3.into(), 8.into());
    let short =
        |held: u64| WalletError::InsufficientFunds { amount: amount(100), held: amount(held) };
    let little = |amount_out: u64, least: u64| SwapError::InsufficientOutput {
        amount_out: amount(amount_out),
        amount_out_min: amount(least),
    };
    let rich = 1.into();
    let one = |reason: TradeError, exchange: &mut Exchange, units, least, hops: &[Hop], trader| {
        let order = Order { exact: Exact::In, amount: amount(units), limit: amount(least), hops };
        refused(exchange, reason, |exchange| exchange.trade(trader, order));
    };
    for hops in [&hops[..1], &hops[..]] {
        one(short(0).into(), exchange, 100, 0, hops, poor);
        one(WalletError::UnknownTrader { trader: unknown }.into(), exchange, 100, 0, hops, unknown);
        // The pools' reasons come before the wallet's.
        one(SwapError::ZeroAmount.into(), exchange, 0, 0, hops, unknown);
    }
    one(little(99, 100).into(), exchange, 100, 100, &hops[..1], rich);
    one(little(98, 99).into(), exchange, 100, 99, &hops, rich);
    one(SwapError::UnknownPool { pool: nowhere() }.into(), exchange, 100, 0, &[gone], rich);
    one(SwapError::Path(PathError::Empty).into(), exchange, 100, 0, &[], rich);
    let far = [first, back].repeat(9);
    one(SwapError::Path(PathError::TooLong { hops: 18 }).into(), exchange, 100, 0, &far, rich);
    let torn = [first, first];
    let torn_at = SwapError::Path(PathError::Disconnected { at: 1 });
    one(torn_at.into(), exchange, 100, 0, &torn, rich);

    let dear = SwapError::ExcessiveInput { amount_in: amount(101), amount_in_max: amount(100) };
    let again = SwapError::Path(PathError::RepeatedPool);
    for (reason, hops) in [(dear, &hops[..1]), (again, &[first, back])] {
        let order = Order { exact: Exact::Out, amount: amount(100), limit: amount(100), hops };
        refused(exchange, TradeError::from(reason), |exchange| exchange.trade(rich, order));
    }
}

#[test]
fn a_settlement_that_takes_too_much_leaves_the_wallet_alone() {
    let mut world = World::new();
    let hops = world.hops();
    let exchange = &mut world.exchange;
    let legs = |legs: [(u64, u64); 2]| {
        legs.map(|(paid, out)| Leg { amount_in: amount(paid), amount_out: amount(out) })
    };
    let rich = 1.into();
    let greedy = SwapError::BreaksK { amount_in: amount(100), amount_out: amount(100) };
    let single = legs([(100, 100), (0, 0)]);
    refused(exchange, TradeError::from(greedy), |exchange| {
        exchange.settle(rich, &hops[..1], &single[..1])
    });
    let route = |reason: RouteError| TradeError::Route(reason.into());
    let cases = [
        (legs([(100, 100), (100, 98)]), RouteError::Step { at: 0, error: greedy }),
        (
            legs([(100, 99), (99, 99)]),
            RouteError::Step {
                at: 1,
                error: SwapError::BreaksK { amount_in: amount(99), amount_out: amount(99) },
            },
        ),
        (
            legs([(100, 99), (100, 99)]),
            RouteError::Overdrawn { at: 1, amount_in: amount(100), held: amount(99) },
        ),
    ];
    for (legs, reason) in cases {
        refused(exchange, route(reason), |exchange| exchange.settle(rich, &hops, &legs));
    }
    let short = WalletError::InsufficientFunds { amount: amount(100), held: Amount::ZERO };
    let fair = legs([(100, 99), (99, 98)]);
    for (hops, legs) in [(&hops[..], &fair[..]), (&hops[..1], &fair[..1])] {
        refused(exchange, TradeError::from(short), |exchange| {
            exchange.settle(3.into(), hops, legs)
        });
    }
    let unknown = SwapError::UnknownPool { pool: nowhere() };
    let gone = Hop { pool: nowhere(), direction: Direction::ZeroForOne };
    refused(exchange, TradeError::from(unknown), |exchange| {
        exchange.settle(rich, &[gone], &fair[..1])
    });
    refused(exchange, TradeError::from(unknown), |exchange| {
        exchange.settle(rich, &[gone, gone], &fair)
    });
}

#[test]
fn a_wallet_gives_no_more_than_it_holds() {
    let mut world = World::new();
    let ([pool, _], token) = (world.pools, world.token(0));
    let exchange = &mut world.exchange;
    let (rich, unknown) = (1.into(), 8.into());
    let funds = WalletError::InsufficientFunds { amount: amount(1001), held: amount(1000) };
    refused(exchange, funds, |exchange| exchange.take(rich, token, amount(1001)));
    let (shares, held) = (501_u64.into(), 500_u64.into());
    let few = WalletError::InsufficientShares { shares, held };
    refused(exchange, few, |exchange| exchange.take_claim(rich, pool, shares));
    refused(exchange, few, |exchange| exchange.redeem_from(rich, pool, shares));
    let nobody = WalletError::UnknownTrader { trader: unknown };
    refused(exchange, nobody, |exchange| exchange.take(unknown, token, Amount::ZERO));
    refused(exchange, nobody, |exchange| exchange.take_claim(unknown, pool, Shares::ZERO));
    refused(exchange, nobody, |exchange| exchange.redeem_from(unknown, pool, Shares::ZERO));
}

#[test]
fn liquidity_that_a_wallet_cannot_add_stays_in_it() {
    let mut world = World::new();
    let [pool, _] = world.pools;
    let exchange = &mut world.exchange;
    let (rich, poor, unknown) = (1.into(), 3.into(), 8.into());
    let mut add = |trader, pool, most: [u64; 2], least: u64, reason: ProvideError| {
        refused(exchange, reason, |exchange| {
            exchange.add_liquidity_from(trader, pool, most.map(amount), least.into())
        });
    };
    let short = |units: u64, held: u64| {
        WalletError::InsufficientFunds { amount: amount(units), held: amount(held) }.into()
    };
    let mint = |reason: MintError| AddReason::from(reason).into();
    add(rich, nowhere(), [1, 1], 0, mint(MintError::UnknownPool { pool: nowhere() }));
    add(unknown, pool, [1, 1], 0, WalletError::UnknownTrader { trader: unknown }.into());
    add(poor, pool, [1, 1], 0, short(1, 0));
    add(rich, pool, [1001, 10], 0, short(1001, 1000));
    // The first coin was out of the wallet already, and is put back.
    add(rich, pool, [10, 1001], 0, short(1001, 1000));
    add(rich, pool, [0, 10], 0, mint(MintError::ZeroShares));
    let few = MintError::InsufficientShares { shares: 10_u64.into(), shares_min: 11_u64.into() };
    add(rich, pool, [10, 10], 11, mint(few));
}

#[test]
fn coins_and_claims_join_their_own_kind_only() {
    let (mut here, mut there) = (World::new(), World::new());
    let mut coin = here.coin(0, 100);
    for other in [here.coin(1, 7), there.coin(0, 7)] {
        let shown = format!("{other:?}");
        let back = coin.join(other).unwrap_err();
        assert_eq!((format!("{back:?}"), coin.amount()), (shown, amount(100)));
    }
    let mut claim = here.claim(0, 100);
    for other in [here.claim(1, 7), there.claim(0, 7)] {
        let shown = format!("{other:?}");
        let back = claim.join(other).unwrap_err();
        assert_eq!((format!("{back:?}"), claim.shares()), (shown, 100_u64.into()));
    }
}

#[test]
fn coins_and_claims_divide_into_what_they_are() {
    let mut world = World::new();
    let mut coin = world.coin(0, 100);
    assert_eq!(coin.split(amount(101)), None);
    assert_eq!(coin.amount(), amount(100));
    let part = coin.split(amount(40)).unwrap();
    assert_eq!([coin.amount(), part.amount()], [60, 40].map(amount));
    let rest = coin.split(amount(60)).unwrap();
    assert_eq!([coin.amount(), rest.amount()], [0, 60].map(amount));
    assert_eq!(coin.join(part).and_then(|()| coin.join(rest)), Ok(()));
    assert_eq!(coin.amount(), amount(100));

    let mut claim = world.claim(0, 100);
    assert_eq!(claim.split(101_u64.into()), None);
    let part = claim.split(100_u64.into()).unwrap();
    assert_eq!([claim.shares(), part.shares()], [Shares::ZERO, 100_u64.into()]);
    assert_eq!(claim.join(part), Ok(()));
    assert_eq!(claim.shares(), 100_u64.into());
}

/// A claim on no shares is worth nothing, and is not refused either.
#[test]
fn a_claim_on_nothing_pays_nothing() {
    let mut world = World::new();
    let claim = world.claim(0, 0);
    let before = seen(&world.exchange);
    let coins = world.exchange.redeem(claim).unwrap();
    assert!(coins.iter().all(|coin| coin.amount().is_zero()));
    assert_eq!(seen(&world.exchange), before);
}

/// Whoever redeems no more than it holds is not refused, also where that is nothing.
#[test]
fn redeeming_no_shares_is_not_refused() {
    let mut world = World::new();
    let [pool, _] = world.pools;
    let before = seen(&world.exchange);
    for trader in [1, 3] {
        let paid = world.exchange.redeem_from(trader.into(), pool, Shares::ZERO);
        assert_eq!(paid, Ok([Amount::ZERO; 2]), "trader {trader}");
    }
    assert_eq!(seen(&world.exchange), before);
}

/// The comparison would notice what these tests are about.
#[test]
fn what_is_seen_of_an_exchange_changes_with_it() {
    let mut world = World::new();
    let before = seen(&world.exchange);
    assert_eq!(seen(&World::new().exchange), before);
    let coin = world.coin(0, 100);
    assert_ne!(seen(&world.exchange), before, "a coin was issued");
    world.exchange.burn(&world.mints[0], coin).unwrap();
    assert_eq!(seen(&world.exchange), before);
    let claim = world.claim(0, 1);
    assert_ne!(seen(&world.exchange), before, "a claim was taken");
    world.exchange.put_claim(0.into(), claim).unwrap();
    assert_eq!(seen(&world.exchange), before);
    let coin = world.exchange.take(0.into(), world.mints[0].token(), amount(100)).unwrap();
    let bought = world.exchange.swap(world.pools[0], coin, Amount::ZERO).unwrap();
    world.exchange.put(0.into(), bought).unwrap();
    assert_ne!(seen(&world.exchange), before, "a pool traded");
    let reserves = world.exchange.market().pools()[0].reserves();
    assert_eq!(reserves, Reserves { reserve0: amount(100_100), reserve1: amount(99_901) });
}

/// Amounts that somebody else computed must be as many as the hops, or nothing is settled.
#[test]
fn settling_needs_a_leg_for_each_hop() {
    let mut world = World::new();
    let [pool, other] = world.pools;
    let coin = world.coin(0, 1000);
    let exchange = &mut world.exchange;
    let trader = exchange.open_wallet().unwrap();
    exchange.put(trader, coin).unwrap();
    let hops = [pool, other].map(|pool| Hop { pool, direction: Direction::ZeroForOne });
    let leg = Leg { amount_in: amount(100), amount_out: amount(99) };
    let uneven = |hops, legs| TradeError::from(SwapError::from(PathError::Uneven { hops, legs }));
    refused(exchange, uneven(2, 1), |exchange| exchange.settle(trader, &hops, &[leg]));
    refused(exchange, uneven(1, 2), |exchange| exchange.settle(trader, &hops[..1], &[leg; 2]));
}
