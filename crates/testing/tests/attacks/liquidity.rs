//! Attacks 14 to 23: shares, donations and the protocol fee.

use std::fs;
use std::path::{Path, PathBuf};

use cenote_exchange::{AddReason, Foreign, SwapReason};
use cenote_pool::{
    Amount, Balances, BurnError, Fee, Market, MintError, Pair, Pool, PoolId, Product, ProtocolFee,
    Shares,
};
use cenote_testing::ConstantProduct;

use crate::bench::{A, B, Shop, amount, empty, founded, new_pair, pair, refused, reserves, shares};

const OFF: ProtocolFee = ProtocolFee::Off;
const ON: ProtocolFee = ProtocolFee::On;

#[test]
fn attack_14_the_first_deposit_exceeds_the_locked_shares() {
    for (amount0, amount1) in [(1000, 1000), (1, 1_000_000), (1, 1), (0, 1 << 100), (999, 1003)] {
        let (a, b) = (amount(amount0), amount(amount1));
        refused(&mut empty(Fee::ZERO), MintError::ZeroShares, |pool| pool.mint(a, b, Shares::ZERO));
        let mut pair = new_pair(Fee::ZERO);
        pair.transfer(amount0, amount1).unwrap();
        refused(&mut pair, MintError::ZeroShares, |pair| pair.mint(ON, 101));
        let mut shop = Shop::new(Fee::ZERO);
        let coins = shop.coins(amount0, amount1);
        let before = shop.seen();
        let back = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap_err();
        assert_eq!(back.reason, AddReason::Mint(MintError::ZeroShares));
        assert_eq!(back.paid.map(|coin| coin.amount()), [a, b]);
        assert_eq!(shop.seen(), before);
    }
    let one = |deposited: Shares, total: Option<Shares>| {
        assert_eq!((deposited, total), (shares(1), Some(shares(1001))));
    };
    let mut pool = empty(Fee::ZERO);
    let deposit = pool.mint(amount(1001), amount(1001), Shares::ZERO).unwrap();
    one(deposit.shares, pool.total_shares());
    let mut pair = new_pair(Fee::ZERO);
    pair.transfer(1001, 1001).unwrap();
    one(pair.mint(OFF, 101).unwrap().shares, pair.pool().total_shares());
    let mut shop = Shop::new(Fee::ZERO);
    let coins = shop.coins(1001, 1001);
    let added = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap();
    one(added.claim.shares(), shop.entry().total_shares());
}

/// The shares and the loss, in each token, of a victim who deposits `value` of both, after an
/// attacker who founded the pair sent it `donated` of both; `None` where that makes no share.
fn inflated(value: u128, donated: u128) -> Option<(Shares, u128)> {
    let mut pair = pair(1001, 1001, Fee::UNISWAP_V2);
    pair.transfer(donated, donated).unwrap();
    pair.sync(101).unwrap();
    pair.transfer(value, value).unwrap();
    let deposit = pair.mint(OFF, 102).ok()?;
    let back = pair.burn(deposit.shares, OFF, 103).unwrap();
    assert_eq!(back.amount0, back.amount1);
    Some((deposit.shares, value - back.amount0.get()))
}

/// The same where the founder's one share is all there is.
fn inflated_without_lock(value: u128, donated: u128) -> u128 {
    let shares = value / (1 + donated);
    value - shares * (1 + donated + value) / (1 + shares)
}

/// The first depositor makes shares dear by a donation, so that the victim's are rounded down.
///
/// The victim's loss is below the price of a share, which is a thousandth of the donation, and at
/// most half of it while the victim makes many: up to a donation of 3/2 of the deposit, a thousandth
/// of that. More costs the attacker a thousand times what the victim loses, and is refused where
/// the victim names its least shares.
#[test]
fn attack_15_no_donation_costs_the_victim_more_than_a_thousandth() {
    let value = 1_000_000;
    assert_eq!(inflated_without_lock(value, 500_000), 250_000);
    let quoted = founded(1001, 1001, Fee::UNISWAP_V2).quote_mint(amount(value), amount(value));
    let least = quoted.unwrap().shares.get() * 999 / 1_000;
    let (mut worst, mut refusals) = (0, 0);
    let wide = (0..100).map(|bits| 1_u128 << bits).chain((0..2_000).map(|step| step * 600_000));
    for donated in (0..=value * 3 / 2).step_by(7).chain(wide) {
        let Some((made, loss)) = inflated(value, donated) else {
            refusals += 1;
            continue;
        };
        assert!(loss <= (donated + 1001) / 1001 + 1, "{loss} for {donated}");
        let little = loss <= value / 1_000 + 1;
        assert!(little || made < shares(least), "{loss} for {donated}");
        if donated <= value * 3 / 2 {
            assert!(little, "{loss} for {donated}");
            worst = worst.max(loss);
        }
    }
    println!("the worst loss is {worst} of {value}, {refusals} deposits make no share");
    assert!(0 < refusals && 800 < worst);
}

#[test]
fn attack_15_least_shares_refuse_a_deposit_after_a_donation() {
    let value = amount(1_000_000);
    let pool = founded(1001, 1001, Fee::UNISWAP_V2);
    let quoted = pool.quote_mint(value, value).unwrap().shares;
    let mut market = Market::new();
    assert_eq!(["a", "b"].map(|name| market.add_token(name).unwrap()), [A, B]);
    let id = market.add_pool("a/b", pool).unwrap();
    market.sync(id, reserves(501_001, 501_001)).unwrap();
    let found = market.pool(id).unwrap().quote_mint(value, value).unwrap().shares;
    let reason = MintError::InsufficientShares { shares: found, shares_min: quoted };
    refused(&mut market, reason, |market| market.mint(id, value, value, quoted));
}

/// What the attacker pays for the victim's loss: all but a thousandth of the donation is the
/// locked shares'.
#[test]
fn attack_15_the_attacker_loses_nearly_all_of_the_donation() {
    for bits in 10..90 {
        let donated = 1_u128 << bits;
        let mut pair = pair(1001, 1001, Fee::UNISWAP_V2);
        pair.transfer(donated, donated).unwrap();
        pair.sync(101).unwrap();
        let mut victim = pair;
        victim.transfer(1_000_000, 1_000_000).unwrap();
        if victim.mint(OFF, 102).is_ok() {
            pair = victim;
        }
        let back = pair.burn(shares(1), OFF, 103).unwrap().amount0.get();
        assert!(back <= (donated + 1_001_001) / 1_001 + 1, "{back} of {donated}");
    }
}

/// All sources of the exchange, comments included.
fn exchange_sources() -> Vec<String> {
    fn list(directory: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { list(&path, files) } else { files.push(path) }
        }
    }
    let mut files = Vec::new();
    list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../exchange/src"), &mut files);
    assert!(5 < files.len(), "the sources moved");
    files.into_iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// Tokens sent to a pair are counted by `sync`, and taken out by `skim`, which thieves let a
/// token's own rules prepare. An exchange's pools hold what their reserves say.
#[test]
fn attack_16_an_exchange_takes_no_donation_and_counts_none() {
    for source in exchange_sources() {
        for word in ["skim", "donate", "fn sync", ".sync(", "observe", "transfer("] {
            assert!(!source.contains(word), "{word}");
        }
    }
    // A dropped coin is outside, and no pool is richer.
    let mut shop = Shop::founded(10_000, 10_000, Fee::ZERO);
    let (before, _) = shop.seen();
    drop(shop.coin(0, 5_000));
    let (after, audit) = shop.seen();
    assert_eq!(after, before);
    assert_eq!(audit.tokens[0].outside, amount(5_000));

    // A chain's pair keeps to v2's rules, and no sum of them pays more than was sent.
    let mut pair = pair(10_000, 10_000, Fee::ZERO);
    let founded = pair;
    pair.transfer(700, 30).unwrap();
    assert_eq!(pair.pool(), founded.pool(), "a donation changes no price");
    assert_eq!(pair.skim(), Ok(Balances { balance0: 700, balance1: 30 }));
    assert_eq!(pair, founded);
    assert_eq!(pair.skim(), Ok(Balances::default()), "nothing a second time");
    // Burnt out of the pair by the token, and counted: who holds shares has lost, and the
    // numbers say so.
    pair.observe(Balances { balance0: 1, balance1: 10_000 });
    pair.sync(101).unwrap();
    assert!(!pair.pool().shares_are_backed());
}

#[test]
fn attack_17_a_deposit_after_the_price_was_moved_is_refused() {
    let mut pool = founded(1_000_000, 1_000_000, Fee::UNISWAP_V2);
    let (a, b) = (amount(10_000), amount(10_000));
    let expected = pool.quote_mint(a, b).unwrap().shares;
    pool.swap_exact_in(A, amount(500_000), Amount::ZERO).unwrap();
    let moved = pool.quote_mint(a, b).unwrap().shares;
    let reason = MintError::InsufficientShares { shares: moved, shares_min: expected };
    assert!(moved < expected);
    refused(&mut pool, reason, |pool| pool.mint(a, b, expected));

    let mut shop = Shop::founded(1_000_000, 1_000_000, Fee::UNISWAP_V2);
    let paid = shop.coin(0, 500_000);
    drop(shop.exchange.swap(shop.pool, paid, Amount::ZERO).unwrap());
    let coins = shop.coins(10_000, 10_000);
    let before = shop.seen();
    let back = shop.exchange.add_liquidity(shop.pool, coins, expected).unwrap_err();
    assert_eq!(back.reason, reason.into());
    assert_eq!(back.paid.map(|coin| coin.amount()), [a, b]);
    assert_eq!(shop.seen(), before);
}

#[test]
fn attack_18_a_deposit_of_one_token_makes_no_share() {
    for (amount0, amount1) in [(0, 5_000), (5_000, 0), (0, 1 << 100)] {
        let (a, b) = (amount(amount0), amount(amount1));
        for mut pool in [founded(10_000, 10_000, Fee::ZERO), empty(Fee::ZERO)] {
            refused(&mut pool, MintError::ZeroShares, |pool| pool.mint(a, b, Shares::ZERO));
            let within = pool.quote_mint_within(a, b);
            assert_eq!(within, Err(MintError::ZeroShares));
        }
        let mut pair = pair(10_000, 10_000, Fee::ZERO);
        pair.transfer(amount0, amount1).unwrap();
        refused(&mut pair, MintError::ZeroShares, |pair| pair.mint(OFF, 101));
        let mut shop = Shop::founded(10_000, 10_000, Fee::ZERO);
        let coins = shop.coins(amount0, amount1);
        let before = shop.seen();
        let back = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap_err();
        assert_eq!(back.reason, AddReason::Mint(MintError::ZeroShares));
        assert_eq!(shop.seen(), before);
    }
}

/// v2 refuses a withdrawal that pays nothing of one token, and so locks these shares in.
#[test]
fn attack_19_every_share_but_the_locked_ones_leaves() {
    let mut pool = founded(1_000_001, 4, Fee::ZERO);
    let one = pool.burn(shares(1)).unwrap();
    assert_eq!((one.amount0.get(), one.amount1.get()), (500, 0));
    let held = pool.total_shares().unwrap().get() - 1000;
    let last = held - 1;
    pool.burn(shares(last)).unwrap();
    let end = pool.burn(shares(1)).unwrap();
    assert!(0 < end.amount0.get() + end.amount1.get());
    let none = BurnError::TooManyShares { shares: shares(1), redeemable: Shares::ZERO };
    refused(&mut pool, none, |pool| pool.burn(shares(1)));

    let mut pair = pair(1_000_001, 4, Fee::ZERO);
    assert_eq!(pair.burn(shares(1), OFF, 101).unwrap().amount1, Amount::ZERO);

    let mut shop = Shop::new(Fee::ZERO);
    let coins = shop.coins(1_000_001, 4);
    let added = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap();
    let mut claim = added.claim;
    for _ in 0..claim.shares().get() {
        let part = claim.split(shares(1)).unwrap();
        let [back0, back1] = shop.exchange.redeem(part).unwrap();
        assert!(!back0.amount().is_zero() || !back1.amount().is_zero());
    }
    assert!(claim.shares().is_zero() && shop.entry().total_shares() == Some(Shares::LOCKED));
}

/// yETH: the path of the first deposit was open to somebody who had emptied the pool.
#[test]
fn attack_20_an_abandoned_pool_does_not_begin_anew() {
    let mut pool = founded(1 << 60, 1 << 60, Fee::ZERO);
    pool.burn(shares((1 << 60) - 1000)).unwrap();
    assert_eq!((pool.state().reserve0, pool.total_shares()), (1000, Some(Shares::LOCKED)));
    // By the proportion of what is left, not by the root; nothing is locked again.
    let deposit = pool.mint(amount(500), amount(500), Shares::ZERO).unwrap();
    assert_eq!((deposit.shares, deposit.total_shares), (shares(500), shares(1500)));
    refused(&mut pool, MintError::ZeroShares, |pool| {
        pool.mint(Amount::ZERO, amount(1 << 100), Shares::ZERO)
    });

    let mut pair = pair(1 << 60, 1 << 60, Fee::ZERO);
    pair.burn(shares((1 << 60) - 1000), OFF, 101).unwrap();
    pair.transfer(500, 500).unwrap();
    assert_eq!(pair.mint(OFF, 102).unwrap().shares, shares(500));

    let mut shop = Shop::new(Fee::ZERO);
    let coins = shop.coins(1 << 60, 1 << 60);
    let added = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap();
    let _back = shop.exchange.redeem(added.claim).unwrap();
    let coins = shop.coins(500, 500);
    let added = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap();
    assert_eq!(added.claim.shares(), shares(500));
}

/// A claim has no address to be sent to: it is redeemed by whoever has it, once (the case
/// `redeem_twice` of what must not compile), and the locked shares are no claim.
#[test]
fn attack_21_shares_are_given_up_to_their_own_pool_only() {
    let mut shop = Shop::new(Fee::ZERO);
    let coins = shop.coins(5_000, 5_000);
    let claim = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap().claim;
    let before = shop.seen();
    let mut other = Shop::founded(5_000, 5_000, Fee::ZERO);
    let elsewhere = other.seen();
    let back = other.exchange.redeem(claim).unwrap_err();
    assert_eq!((back.reason, back.paid.shares()), (Foreign, shares(4_000)));
    assert_eq!((other.seen(), shop.seen()), (elsewhere, before));

    let mut pool = founded(5_000, 5_000, Fee::ZERO);
    for count in [4_001, 5_000, 5_001, Shares::MAX.get()] {
        let locked = BurnError::TooManyShares { shares: shares(count), redeemable: shares(4_000) };
        refused(&mut pool, locked, |pool| pool.burn(shares(count)));
        let mut pair = pair(5_000, 5_000, Fee::ZERO);
        for fee_to in [OFF, ON] {
            refused(&mut pair, locked, |pair| pair.burn(shares(count), fee_to, 101));
        }
    }
    let mut market = Market::new();
    let nowhere = PoolId::from(3);
    let unknown = BurnError::UnknownPool { pool: nowhere };
    refused(&mut market, unknown, |market| market.burn(nowhere, shares(1)));
}

/// By type: the cases `swap_a_claim`, `add_a_claim` and `redeem_a_coin` of what must not compile.
/// What is left to show is that no pool can name another's shares as a token.
#[test]
fn attack_22_a_claim_is_no_token_of_any_pool() {
    let mut shop = Shop::founded(5_000, 5_000, Fee::ZERO);
    let tokens = shop.exchange.market().token_count();
    let coins = shop.coins(500, 500);
    let _claim = shop.exchange.add_liquidity(shop.pool, coins, Shares::ZERO).unwrap().claim;
    assert_eq!(shop.exchange.market().token_count(), tokens, "shares add no token");
    // A token may be named like a pool, and is none of its shares.
    let named = shop.exchange.create_token("a/b").unwrap();
    let coin = shop.exchange.issue(&named, amount(500)).unwrap();
    let before = shop.seen();
    let back = shop.exchange.swap(shop.pool, coin, Amount::ZERO).unwrap_err();
    assert!(matches!(back.reason, SwapReason::Swap(_)));
    assert_eq!(shop.seen(), before);
}

/// The fee is switched on and off and on; growth while nothing was remembered is not charged.
/// Who receives it is not known here, so `feeTo` cannot be the account that gives up shares.
#[test]
fn attack_23_a_switched_protocol_fee_charges_what_was_remembered() {
    let mut pair = pair(1_000_000, 1_000_000, Fee::ZERO);
    let total = |pair: &Pair| pair.pool().total_shares().unwrap().get();
    let earn = |pair: &mut Pair| {
        pair.transfer(300_000, 300_000).unwrap();
        pair.sync(101).unwrap();
    };
    // Shares that the fee makes in a withdrawal of nearly nothing.
    let charged = |pair: &mut Pair, fee_to| {
        let before = total(pair);
        pair.burn(shares(10), fee_to, 102).unwrap();
        total(pair) + 10 - before
    };
    earn(&mut pair);
    assert_eq!(charged(&mut pair, ON), 0, "k_last was zero");
    assert!(!pair.history().k_last.unwrap().is_zero());
    earn(&mut pair);
    let mut refused_pair = pair;
    refused(&mut refused_pair, BurnError::ZeroShares, |pair| pair.burn(Shares::ZERO, OFF, 102));
    assert!(!refused_pair.history().k_last.unwrap().is_zero(), "a refusal forgets nothing");
    let worth = |pool: &Pool| pool.worth_floor(shares(500_000));
    let before = worth(pair.pool());
    assert!(0 < charged(&mut pair, ON));
    assert!(worth(pair.pool()) < before, "the holders paid it");
    earn(&mut pair);
    assert_eq!(charged(&mut pair, OFF), 0);
    assert_eq!(pair.history().k_last, Some(Product::ZERO));
    earn(&mut pair);
    assert_eq!(charged(&mut pair, ON), 0, "nothing was remembered");
    assert_eq!(charged(&mut pair, ON), 0, "and nothing was earned since");
}
