//! Attacks 1 to 13: the arithmetic of one pool.

use cenote_exchange::{Coin, IssueError, SwapReason};
use cenote_kernel::reference::sqrt_floor;
use cenote_pool::{
    Amount, Balances, BurnError, Direction, Fee, FeeError, Fees, FlowsError, Label, Market,
    MintError, PairError, Pool, PoolError, Product, ProtocolFee, Ratio, Reserves, Shares,
    SwapError,
};
use cenote_testing::ConstantProduct;
use cenote_testing::laws::shares_keep_value;
use primitive_types::U256;

use crate::bench::{
    A, B, MAX, Shop, amount, empty, fee, founded, holding, new_pair, pair, refused, reserves,
    shares,
};

/// What a trader paid and got of both tokens, on a pool without an exchange around it.
#[derive(Debug, Default)]
struct Purse {
    paid: [u128; 2],
    got: [u128; 2],
}

impl Purse {
    fn moved(&mut self, direction: Direction, amount_in: u128, amount_out: u128) {
        let [paid_at, got_at] = match direction {
            Direction::ZeroForOne => [0, 1],
            Direction::OneForZero => [1, 0],
        };
        self.paid[paid_at] += amount_in;
        self.got[got_at] += amount_out;
    }

    /// A1: no gain in one token without a loss in the other.
    fn gained_nothing(&self) -> bool {
        let lost = self.got[0] < self.paid[0] || self.got[1] < self.paid[1];
        lost || self.got == self.paid
    }
}

fn swap_reason(shop: &mut Shop, paid: Coin, least: u128) -> SwapReason {
    let before = shop.seen();
    let held = paid.amount();
    let back = shop.exchange.swap(shop.pool, paid, amount(least)).unwrap_err();
    assert_eq!(back.paid.amount(), held, "the coin comes back whole");
    assert_eq!(shop.seen(), before, "a refusal left a trace");
    back.reason
}

#[test]
fn attack_01_nothing_is_no_amount() {
    let mut pool = founded(5_000, 9_000, Fee::ZERO);
    let zero = Amount::ZERO;
    refused(&mut pool, SwapError::ZeroAmount, |pool| pool.swap_exact_in(A, zero, zero));
    refused(&mut pool, SwapError::ZeroAmount, |pool| pool.swap_exact_out(A, zero, Amount::MAX));
    for (paid, bought) in [(0, 1), (1, 0), (0, 0)] {
        refused(&mut pool, SwapError::ZeroAmount, |pool| {
            pool.fill_exact(Direction::ZeroForOne, amount(paid), amount(bought))
        });
    }
    refused(&mut pool, MintError::ZeroShares, |pool| pool.mint(zero, zero, Shares::ZERO));
    refused(&mut pool, BurnError::ZeroShares, |pool| pool.burn(Shares::ZERO));

    let mut pair = pair(5_000, 9_000, Fee::ZERO);
    refused(&mut pair, FlowsError::NoOutput, |pair| pair.swap(zero, zero, 101));
    refused(&mut pair, FlowsError::NoInput, |pair| pair.swap(zero, amount(1), 101));
    for fee_to in [ProtocolFee::Off, ProtocolFee::On] {
        refused(&mut pair, MintError::ZeroShares, |pair| pair.mint(fee_to, 101));
        refused(&mut pair, BurnError::ZeroShares, |pair| pair.burn(Shares::ZERO, fee_to, 101));
    }

    let mut shop = Shop::founded(5_000, 9_000, Fee::ZERO);
    let nothing = shop.coin(0, 0);
    assert_eq!(swap_reason(&mut shop, nothing, 0), SwapError::ZeroAmount.into());
    let (pool, mut purse) = (shop.pool, shop.coin(0, 10));
    let before = shop.seen();
    let bought = shop.exchange.swap_exact_out(pool, &mut purse, zero);
    assert_eq!(bought, Err(SwapError::ZeroAmount.into()));
    let nothing = shop.coins(0, 0);
    let back = shop.exchange.add_liquidity(pool, nothing, Shares::ZERO).unwrap_err();
    assert_eq!(back.reason, MintError::ZeroShares.into());
    assert_eq!((shop.seen(), purse.amount()), (before, amount(10)));
}

#[test]
fn attack_02_all_of_a_reserve_and_more_cannot_be_bought() {
    for asked in [9_000, 9_001, MAX] {
        let reason = SwapError::InsufficientReserve {
            amount_out: amount(asked),
            reserve_out: amount(9_000),
        };
        let mut pool = founded(5_000, 9_000, Fee::ZERO);
        refused(&mut pool, reason, |pool| pool.swap_exact_out(B, amount(asked), Amount::MAX));
        refused(&mut pool, reason, |pool| pool.quote_exact_out_v2_router(B, amount(asked)));
        refused(&mut pool, reason, |pool| {
            pool.fill_exact(Direction::ZeroForOne, amount(MAX - 5_000), amount(asked))
        });
        let mut pair = pair(5_000, 9_000, Fee::ZERO);
        pair.transfer(MAX - 5_000, 0).unwrap();
        let flows = FlowsError::InsufficientReserve {
            amount_out: amount(asked),
            reserve_out: amount(9_000),
        };
        refused(&mut pair, flows, |pair| pair.swap(Amount::ZERO, amount(asked), 101));

        let mut shop = Shop::founded(5_000, 9_000, Fee::ZERO);
        let (pool, mut purse) = (shop.pool, shop.coin(0, 1 << 100));
        let before = shop.seen();
        let bought = shop.exchange.swap_exact_out(pool, &mut purse, amount(asked));
        assert_eq!(bought, Err(reason.into()));
        assert_eq!((shop.seen(), purse.amount()), (before, amount(1 << 100)));
    }
}

/// Texts are refused where they are read: `crates/formats/src/pools.rs`, and the serialised form
/// in `crates/pool/src/serde.rs`.
#[test]
fn attack_03_a_fee_of_one_and_more_is_none() {
    for bps in [10_000, 10_001, u32::from(u16::MAX), u32::MAX] {
        let pips = bps.saturating_mul(100);
        assert_eq!(Fee::from_bps(bps), Err(FeeError { pips }));
        assert_eq!(Fee::from_pips(pips), Err(FeeError { pips }));
    }
    assert_eq!(Fee::from_pips(1_000_000), Err(FeeError { pips: 1_000_000 }));
    // The highest fee there is still leaves something to trade, in either direction.
    let fees = Fees::new(fee(999_999), Fee::ZERO);
    let pool = Pool::new(A, B, fees).unwrap().with_reserves(reserves(1_000, 1_000)).unwrap();
    assert_eq!(pool.quote_exact_in(A, amount(2_000_000)).unwrap().amount_out, amount(1));
    assert_eq!(pool.quote_exact_in(B, amount(1_000)).unwrap().amount_out, amount(500));
}

/// With its line where a file says so: `crates/formats/src/pools.rs`.
#[test]
fn attack_04_one_reserve_alone_is_no_pool() {
    for (reserve0, reserve1) in [(0, 1), (1, 0), (MAX, 0), (0, MAX)] {
        let one_sided = reserves(reserve0, reserve1);
        let pool = empty(Fee::ZERO);
        assert_eq!(pool.with_reserves(one_sided), Err(PoolError::OneReserveZero));
        let mut pair = new_pair(Fee::ZERO);
        pair.transfer(reserve0, reserve1).unwrap();
        refused(&mut pair, PairError::OneBalanceZero, |pair| pair.sync(101));
        refused(&mut pair, MintError::ZeroShares, |pair| pair.mint(ProtocolFee::Off, 101));
    }
    let mut pool = empty(Fee::ZERO).with_reserves(Reserves::default()).unwrap();
    let zero = Amount::ZERO;
    refused(&mut pool, SwapError::EmptyPool, |pool| pool.swap_exact_in(A, amount(9), zero));
    refused(&mut pool, SwapError::EmptyPool, |pool| pool.swap_exact_out(A, amount(9), zero));
    let none = BurnError::TooManyShares { shares: shares(1), redeemable: Shares::ZERO };
    refused(&mut pool, none, |pool| pool.burn(shares(1)));
    let mut pair = new_pair(Fee::ZERO);
    let nothing = FlowsError::InsufficientReserve { amount_out: amount(1), reserve_out: zero };
    refused(&mut pair, nothing, |pair| pair.swap(amount(1), zero, 101));
    let mut shop = Shop::new(Fee::ZERO);
    let coin = shop.coin(0, 9);
    assert_eq!(swap_reason(&mut shop, coin, 0), SwapError::EmptyPool.into());
    pool.mint(amount(2_000), amount(2_000), Shares::ZERO).unwrap();
    assert!(pool.swap_exact_in(A, amount(9), zero).is_ok());
}

#[test]
fn attack_05_a_full_reserve_takes_no_more_and_lets_everybody_out() {
    let mut pool = founded(MAX, 1_000_000, Fee::UNISWAP_V2);
    let zero = Amount::ZERO;
    refused(&mut pool, SwapError::ReserveOverflow, |pool| pool.swap_exact_in(A, amount(1), zero));
    refused(&mut pool, SwapError::ReserveOverflow, |pool| {
        pool.swap_exact_out(B, amount(1), Amount::MAX)
    });
    refused(&mut pool, MintError::ReserveOverflow, |pool| pool.mint(amount(1), zero, Shares::ZERO));
    pool.swap_exact_in(B, amount(1_000), zero).unwrap();
    let all = pool.total_shares().unwrap().checked_sub(Shares::LOCKED).unwrap();
    assert!(pool.burn(all).is_ok());

    let mut pair = pair(MAX, 1_000_000, Fee::UNISWAP_V2);
    pair.transfer(1, 0).unwrap();
    let fee_to = ProtocolFee::Off;
    refused(&mut pair, PairError::BalanceOverflow, |pair| pair.sync(101));
    refused(&mut pair, MintError::ReserveOverflow, |pair| pair.mint(fee_to, 101));
    refused(&mut pair, FlowsError::BreaksK, |pair| pair.swap(zero, amount(1), 101));
    let mut enough = pair;
    enough.transfer(MAX / 1_000, 0).unwrap();
    refused(&mut enough, FlowsError::ReserveOverflow, |pair| pair.swap(zero, amount(1), 101));
    let mut skimmed = pair;
    assert_eq!(skimmed.skim(), Ok(Balances { balance0: 1, balance1: 0 }));
    assert!(skimmed.sync(101).is_ok());

    // Of a full pool there is nothing more to issue.
    let mut shop = Shop::founded(MAX, 1_000_000, Fee::UNISWAP_V2);
    let before = shop.seen();
    let more = shop.exchange.issue(&shop.mints[0], amount(1));
    assert_eq!(more, Err(IssueError::SupplyOverflow { amount: amount(1) }));
    assert_eq!(shop.seen(), before);
    let paid = shop.coin(1, 1_000);
    assert!(shop.exchange.swap(shop.pool, paid, zero).is_ok());
}

/// The formula of a peer gives less for more from 2^170 on.
#[test]
fn attack_06_no_amount_is_beyond_the_bound() {
    for units in [MAX + 1, 1 << 127, u128::MAX] {
        assert!(Amount::new(units).is_err() && Shares::new(units).is_err());
    }
    for text in ["5192296858534827628530496329220096", &U256::MAX.to_string()] {
        assert!(text.parse::<Amount>().is_err(), "{text}");
    }
    let huge = (U256::one() << 255).to_string();
    assert!(huge.parse::<Amount>().is_err());
    let mut pool = founded(10_u128.pow(21), 10_u128.pow(21), Fee::UNISWAP_V2);
    refused(&mut pool, SwapError::ReserveOverflow, |pool| {
        pool.swap_exact_in(A, Amount::MAX, Amount::ZERO)
    });
    let room = MAX - 10_u128.pow(21);
    let most = pool.quote_exact_in(A, amount(room)).unwrap().amount_out;
    assert!(pool.quote_exact_in(A, amount(room - 1)).unwrap().amount_out <= most);
    let mut pair = pair(10_u128.pow(21), 10_u128.pow(21), Fee::UNISWAP_V2);
    refused(&mut pair, PairError::BalanceOverflow, |pair| pair.transfer(u128::MAX, 0));
    for sent in [MAX + 1, 1 << 127] {
        let mut pair = pair;
        pair.transfer(sent, 0).unwrap();
        let (overflow, out) = (FlowsError::ReserveOverflow, amount(1));
        refused(&mut pair, overflow, |pair| pair.swap(Amount::ZERO, out, 101));
    }
}

#[test]
fn attack_07_roots_are_exact_around_every_square() {
    let root = |value: U256| U256::from(sqrt_floor(&value));
    for bits in 0..128 {
        for n in [1_u128 << bits, (1 << bits) | (1 << (bits / 2)), (1 << bits) + ((1 << bits) - 1)]
        {
            let n = U256::from(n);
            let square = n * n;
            assert_eq!([root(square - 1), root(square), root(square + 1)], [n - 1, n, n], "{n}");
            if let Ok(product) = Product::new(square) {
                assert_eq!(U256::from(product.root_floor()), n);
            }
        }
    }
    assert_eq!(sqrt_floor(&U256::MAX), u128::MAX);
    let largest = founded(MAX, MAX, Fee::ZERO);
    assert_eq!(largest.total_shares(), Some(Shares::MAX));
    assert!(largest.shares_are_backed());
    let mut pair = new_pair(Fee::ZERO);
    pair.transfer(MAX, MAX).unwrap();
    pair.mint(ProtocolFee::On, 101).unwrap();
    assert_eq!(pair.history().k_last.unwrap().root_floor(), MAX);
    // A square less one, and the square: the last unit makes the share.
    let total = |b| founded(1 << 60, b, Fee::ZERO).total_shares().unwrap().get();
    assert_eq!([total((1 << 60) - 1), total(1 << 60)], [(1 << 60) - 1, 1 << 60]);
}

#[test]
fn attack_08_dust_buys_nothing_a_million_times() {
    let mut pool = holding(10_u128.pow(30), 1, Fee::ZERO);
    let before = pool;
    let dust = SwapError::ZeroOutput { amount_in: amount(1) };
    for _ in 0..1_000_000 {
        assert_eq!(pool.swap_exact_in(A, amount(1), Amount::ZERO), Err(dust));
    }
    assert_eq!(pool, before);
    // A unit of the scarce token is worth a lot, and its last one is not for sale.
    let last = SwapError::InsufficientReserve { amount_out: amount(1), reserve_out: amount(1) };
    refused(&mut pool, last, |pool| pool.swap_exact_out(B, amount(1), Amount::MAX));

    let mut pair = pair(10_u128.pow(30), 2, Fee::ZERO);
    let founded = pair;
    for _ in 0..1_000_000 {
        pair.transfer(1, 0).unwrap();
        assert_eq!(pair.swap(Amount::ZERO, amount(1), 101), Err(FlowsError::BreaksK));
    }
    assert_eq!(pair.skim(), Ok(Balances { balance0: 1_000_000, balance1: 0 }));
    assert_eq!(pair, founded);

    let mut shop = Shop::founded(10_u128.pow(30), 2, Fee::ZERO);
    let (mut coin, before) = (shop.coin(0, 1), shop.entry().reserves());
    for _ in 0..1_000_000 {
        let back = shop.exchange.swap(shop.pool, coin, Amount::ZERO).unwrap_err();
        assert_eq!(back.reason, dust.into());
        coin = back.paid;
    }
    assert_eq!((shop.entry().reserves(), coin.amount()), (before, amount(1)));
}

/// Bunni: withdrawals of next to nothing in a row.
#[test]
fn attack_09a_44_burns_of_a_share_pay_no_more_than_one_burn() {
    for (found0, found1) in [(1_000_000, 30_000), (28, 10_u128.pow(12)), (1_001, 1_001)] {
        let mut pool = founded(found0, found1, Fee::ZERO);
        let mut purse = Purse::default();
        let deposit = pool.mint(amount(found0), amount(found1), Shares::ZERO).unwrap();
        purse.paid = [found0, found1];
        let mut held = deposit.shares.get();
        for _ in 0..44 {
            let before = pool.state();
            let back = pool.burn(shares(1)).unwrap();
            purse.got = [purse.got[0] + back.amount0.get(), purse.got[1] + back.amount1.get()];
            held -= 1;
            shares_keep_value("L2", &before, &pool.state()).unwrap();
        }
        let back = pool.burn(shares(held)).unwrap();
        purse.got = [purse.got[0] + back.amount0.get(), purse.got[1] + back.amount1.get()];
        assert!(purse.gained_nothing(), "{purse:?}");

        let mut shop = Shop::founded(found0, found1, Fee::ZERO);
        let coins = shop.coins(found0, found1);
        let added = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap();
        let [mut coin0, mut coin1] = added.change;
        let mut claim = added.claim;
        for _ in 0..44 {
            let [back0, back1] = shop.exchange.redeem(claim.split(shares(1)).unwrap()).unwrap();
            coin0.join(back0).unwrap();
            coin1.join(back1).unwrap();
        }
        let [back0, back1] = shop.exchange.redeem(claim).unwrap();
        coin0.join(back0).unwrap();
        coin1.join(back1).unwrap();
        assert!(coin0.amount() <= amount(found0) && coin1.amount() <= amount(found1));
    }
}

/// Balancer: down to nine units, 65 steps of rounding there, and back.
#[test]
fn attack_09b_65_steps_at_nine_units_gain_nothing() {
    for found in [10_u128.pow(6), 10_u128.pow(15)] {
        let mut pool = founded(found, found, Fee::ZERO);
        let mut purse = Purse::default();
        let mut trade = |pool: &mut Pool, direction: Direction, out: u128| {
            let (_, token_out) = pool.tokens(direction);
            let fill = pool.swap_exact_out(token_out, amount(out), Amount::MAX).unwrap();
            purse.moved(direction, fill.amount_in.get(), out);
        };
        trade(&mut pool, Direction::ZeroForOne, found - 9);
        for step in 0..65 {
            let direction = Direction::BOTH[step % 2];
            let bought = pool.reserves().oriented(direction).reserve_out.get();
            trade(&mut pool, direction, if step % 2 == 0 { 8 } else { bought / 9 * 8 });
        }
        let left = purse.got[1] - purse.paid[1];
        let fill = pool.swap_exact_in(B, amount(left), Amount::ZERO).unwrap();
        purse.moved(Direction::OneForZero, left, fill.amount_out.get());
        assert!(purse.gained_nothing(), "{purse:?}");
        assert!(pool.shares_are_backed());

        let mut shop = Shop::founded(found, found, Fee::ZERO);
        let [mut coin0, mut coin1] = shop.coins(found * found, 0);
        let buy = |shop: &mut Shop, purse: &mut Coin, out: u128| {
            shop.exchange.swap_exact_out(shop.pool, purse, amount(out)).unwrap()
        };
        coin1.join(buy(&mut shop, &mut coin0, found - 9)).unwrap();
        for step in 0..65 {
            let bought = shop.entry().reserves().reserve0.get() / 9 * 8;
            if step % 2 == 0 {
                coin1.join(buy(&mut shop, &mut coin0, 8)).unwrap();
            } else {
                coin0.join(buy(&mut shop, &mut coin1, bought)).unwrap();
            }
        }
        coin0.join(shop.exchange.swap(shop.pool, coin1, Amount::ZERO).unwrap()).unwrap();
        assert!(coin0.amount() <= amount(found * found));
    }
}

#[test]
fn attack_10_ten_thousand_parts_are_no_better_than_one_swap() {
    for (x, y, paid, pips) in [
        (1_000_003, 999_983, 1_000_000, 0),
        (10_u128.pow(18), 3 * 10_u128.pow(12), 10_u128.pow(17), 3_000),
        (MAX / 2, MAX / 3, MAX / 7, 1),
    ] {
        let pool = holding(x, y, fee(pips));
        let whole = pool.quote_exact_in(A, amount(paid)).unwrap();
        let mut parts = pool;
        let mut bought = 0;
        for _ in 0..10_000 {
            // A part that buys nothing is refused, and is not paid.
            if let Ok(fill) = parts.swap_exact_in(A, amount(paid / 10_000), Amount::ZERO) {
                bought += fill.amount_out.get();
            }
        }
        assert!(bought <= whole.amount_out.get(), "{bought} of {whole:?}");
        let mut parts = pool;
        let mut cost = 0;
        let part = (whole.amount_out.get() / 10_000).max(1);
        for _ in 0..10_000.min(whole.amount_out.get()) {
            cost += parts.swap_exact_out(B, amount(part), Amount::MAX).unwrap().amount_in.get();
        }
        let bought = y - parts.reserves().reserve1.get();
        let at_once = pool.quote_exact_out(B, amount(bought)).unwrap().amount_in.get();
        assert!(at_once <= cost, "{at_once} and {cost}");
    }
    let mut whole = Shop::founded(1_000_003, 999_983, Fee::ZERO);
    let paid = whole.coin(0, 1_000_000);
    let at_once = whole.exchange.swap(whole.pool, paid, Amount::ZERO).unwrap().amount();
    let mut parts = Shop::founded(1_000_003, 999_983, Fee::ZERO);
    let [mut paid, mut bought] = parts.coins(1_000_000, 0);
    for _ in 0..10_000 {
        let part = paid.split(amount(100)).unwrap();
        bought.join(parts.exchange.swap(parts.pool, part, Amount::ZERO).unwrap()).unwrap();
    }
    assert!(bought.amount() <= at_once && paid.amount().is_zero());
}

#[test]
fn attack_11_the_least_swap_at_the_least_fee_raises_k() {
    let product = |pool: &Pool| Product::of(pool.reserves());
    for (x, y) in [(1_000, 1_000_000), (1, 1 << 60), (7, 7_000_000_000)] {
        let mut pool = holding(x, y, Fee::from_bps(1).unwrap());
        let mut pair = pair(x.max(1_000), y.max(1_000_000), Fee::from_bps(1).unwrap());
        let mut shop = Shop::founded(x.max(1_000), y, Fee::from_bps(1).unwrap());
        for _ in 0..1_000 {
            let before = product(&pool);
            pool.swap_exact_in(A, amount(1), Amount::ZERO).unwrap();
            assert!(before < product(&pool));

            let before = product(pair.pool());
            let quoted = pair.pool().quote_exact_in(A, amount(1)).unwrap().amount_out;
            pair.transfer(1, 0).unwrap();
            let one_more = quoted.checked_add(amount(1)).unwrap();
            assert_eq!(pair.swap(Amount::ZERO, one_more, 101), Err(FlowsError::BreaksK));
            pair.swap(Amount::ZERO, quoted, 101).unwrap();
            assert!(before < product(pair.pool()));

            let before = product(shop.entry());
            let paid = shop.coin(0, 1);
            drop(shop.exchange.swap(shop.pool, paid, Amount::ZERO).unwrap());
            assert!(before < product(shop.entry()));
        }
    }
}

#[test]
fn attack_12_the_most_extreme_pool_trades_exactly() {
    let mut pool = holding(1, MAX, Fee::ZERO);
    // One unit in doubles what there is: half of the other token goes.
    let half = pool.quote_exact_in(A, amount(1)).unwrap().amount_out;
    assert_eq!(half, amount(MAX / 2));
    let none = SwapError::ReserveOverflow;
    refused(&mut pool, none, |pool| pool.swap_exact_in(B, amount(1), Amount::ZERO));
    let last = SwapError::InsufficientReserve { amount_out: amount(1), reserve_out: amount(1) };
    refused(&mut pool, last, |pool| pool.swap_exact_out(A, amount(1), Amount::MAX));
    let all_but_one = pool.quote_exact_out(B, amount(MAX - 1)).unwrap().amount_in;
    assert_eq!(all_but_one, amount(MAX - 1));
    let mut pair = pair(1, MAX, Fee::ZERO);
    pair.transfer(1, 0).unwrap();
    assert!(pair.swap(Amount::ZERO, half, 101).is_ok());
    let mut shop = Shop::founded(1, MAX, Fee::ZERO);
    let paid = shop.coin(0, 1);
    assert_eq!(shop.exchange.swap(shop.pool, paid, half).unwrap().amount(), half);

    // A token may have 0 or 36 decimals, as a label; it changes no number.
    let mut market = Market::new();
    let tokens = ["none", "many"].map(|name| market.add_token(name).unwrap());
    let id = market.add_pool("none/many", Pool::new(tokens[0], tokens[1], Fee::ZERO).unwrap());
    market.mint(id.unwrap(), amount(1), amount(MAX), Shares::ZERO).unwrap();
    let mut labelled = market.clone();
    for (token, decimals) in tokens.into_iter().zip([0, 36]) {
        labelled.label_token(token, Label { symbol: None, decimals: Some(decimals) });
    }
    for market in [&mut market, &mut labelled] {
        let fill = market.swap_exact_in(id.unwrap(), tokens[0], amount(1), Amount::ZERO);
        assert_eq!(fill.unwrap().amount_out, half);
    }
}

#[test]
fn attack_13_prices_beyond_64_bits_are_shown() {
    let extremes = [1, 2, 3, 1 << 63, 1 << 64, (1 << 64) + 1, MAX - 1, MAX];
    for (x, y) in extremes.into_iter().flat_map(|x| extremes.map(|y| (x, y))) {
        let pool = holding(x, y, Fee::UNISWAP_V2);
        for direction in Direction::BOTH {
            let price = pool.spot_price(direction).unwrap();
            let shown = price.to_f64();
            assert!(shown.is_finite() && 0.0 < shown, "{price} as {shown}");
            let (upper, lower) = (price.numerator(), price.denominator());
            assert_eq!(price.to_string(), format!("{upper}/{lower}"));
            assert_eq!(price.inverse().and_then(|inverse| inverse.inverse()), Some(price));
        }
    }
    let most = (U256::one() << 224) - 1;
    let [highest, lowest] = [Ratio::new(most, 1.into()), Ratio::new(1.into(), most)];
    assert!(highest.unwrap().to_f64().is_finite() && 0.0 < lowest.unwrap().to_f64());
    let zero = Ratio::new(U256::zero(), most).unwrap();
    assert!(zero.to_f64() == 0.0 && zero.to_string().starts_with("0/"));
}
