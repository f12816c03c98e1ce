//! Random operations by random traders, and every unit and share counted after each.
//!
//! The test keeps its own books of what was issued, what is in its hands and what it dropped,
//! and compares them with the audit, which knows only the pools and the wallets. At the end
//! everybody leaves, in a random order, and nobody is refused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may stop where it stands"
)]

use cenote_exchange::{Claim, Coin, Exchange, Mint, TraderId};
use cenote_pool::{Amount, Direction, Exact, Fee, Hop, Order, Pool, PoolId, Shares, TokenId};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

const TRADERS: usize = 4;

/// The tokens of each pool, by place.
const POOLS: [[usize; 2]; 3] = [[0, 1], [1, 2], [0, 2]];

/// A way home: by all three pools, or there and back by the first.
#[derive(Debug, Clone, Copy)]
enum Round {
    Three,
    Back,
}

/// One thing that somebody tries. Places are taken modulo how many there are, and most amounts
/// are more or less than what can be had, so that refusals are as frequent as deeds.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Issue { token: usize, units: u128 },
    Burn { coin: usize },
    Swap { pool: usize, coin: usize, least: u128 },
    Buy { pool: usize, coin: usize, units: u128 },
    Travel { coin: usize, round: Round },
    Add { pool: usize, coins: [usize; 2] },
    Redeem { claim: usize, part: u128 },
    Put { trader: usize, coin: usize },
    Take { trader: usize, token: usize, units: u128 },
    PutClaim { trader: usize, claim: usize },
    TakeClaim { trader: usize, pool: usize, shares: u128 },
    Trade { trader: usize, pools: [usize; 2], exact: Exact, units: u128 },
    AddFrom { trader: usize, pool: usize, most: [u128; 2] },
    RedeemFrom { trader: usize, pool: usize, shares: u128 },
}

/// Amounts with evenly distributed magnitudes, so that dust and whales both occur.
fn units() -> impl Strategy<Value = u128> {
    (any::<u128>(), 16_u32..128).prop_map(|(bits, shift)| bits >> shift)
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{
        Add, AddFrom, Burn, Buy, Issue, Put, PutClaim, Redeem, RedeemFrom, Swap, Take, TakeClaim,
        Trade, Travel,
    };
    let at = || any::<usize>();
    let exact = prop_oneof![Just(Exact::In), Just(Exact::Out)];
    let round = prop_oneof![Just(Round::Three), Just(Round::Back)];
    let hand = prop_oneof![
        (at(), units()).prop_map(|(token, units)| Issue { token, units }),
        at().prop_map(|coin| Burn { coin }),
        (at(), at(), units()).prop_map(|(pool, coin, units)| Buy { pool, coin, units }),
        (at(), at(), 0_u128..2).prop_map(|(pool, coin, least)| Swap { pool, coin, least }),
        (at(), round).prop_map(|(coin, round)| Travel { coin, round }),
        (at(), [at(), at()]).prop_map(|(pool, coins)| Add { pool, coins }),
        (at(), units()).prop_map(|(claim, part)| Redeem { claim, part }),
    ];
    let wallet = prop_oneof![
        2 => (at(), at()).prop_map(|(trader, coin)| Put { trader, coin }),
        1 => (at(), at(), units())
            .prop_map(|(trader, token, units)| Take { trader, token, units }),
        1 => (at(), at()).prop_map(|(trader, claim)| PutClaim { trader, claim }),
        1 => (at(), at(), units())
            .prop_map(|(trader, pool, shares)| TakeClaim { trader, pool, shares }),
        2 => (at(), [at(), at()], exact, units())
            .prop_map(|(trader, pools, exact, units)| Trade { trader, pools, exact, units }),
        1 => (at(), at(), [units(), units()])
            .prop_map(|(trader, pool, most)| AddFrom { trader, pool, most }),
        1 => (at(), at(), units())
            .prop_map(|(trader, pool, shares)| RedeemFrom { trader, pool, shares }),
    ];
    prop_oneof![hand, wallet]
}

/// The exchange, what is in nobody's wallet, and the test's own books.
struct World {
    exchange: Exchange,
    mints: Vec<Mint>,
    coins: Vec<Coin>,
    claims: Vec<Claim>,
    issued: [u128; 3],
    dropped: [u128; 3],
}

fn trader(place: usize) -> TraderId {
    u32::try_from(place % TRADERS).unwrap().into()
}

fn pool(place: usize) -> PoolId {
    PoolId::from_index(place % POOLS.len()).unwrap()
}

fn token(place: usize) -> TokenId {
    TokenId::from_index(place % 3).unwrap()
}

/// At most the largest amount; the generator makes no more than one bit too many.
fn amount(units: u128) -> Amount {
    Amount::new(units.min(Amount::MAX.get())).unwrap()
}

fn shares(count: u128) -> Shares {
    Shares::new(count.min(Shares::MAX.get())).unwrap()
}

impl World {
    /// Three pools that hold something, four traders with something in each wallet.
    fn new(fees: [u32; 3], funds: [[u128; 3]; TRADERS]) -> Self {
        let mut exchange = Exchange::new();
        let mints =
            ["a", "b", "c"].map(|name| exchange.create_token(name).unwrap()).into_iter().collect();
        let (coins, claims) = (Vec::new(), Vec::new());
        let (issued, dropped) = ([0; 3], [0; 3]);
        let mut world = Self { exchange, mints, coins, claims, issued, dropped };
        for (fee, (name, [one, other])) in
            fees.into_iter().zip(["x", "y", "z"].into_iter().zip(POOLS))
        {
            let (one, other) = (&world.mints[one], &world.mints[other]);
            let fee = Fee::from_pips(fee).unwrap();
            world.exchange.create_pool(name, one, other, fee).unwrap();
        }
        for (place, funds) in funds.into_iter().enumerate() {
            world.exchange.open_wallet().unwrap();
            for (token, units) in funds.into_iter().enumerate() {
                world.perform(Operation::Issue { token, units });
                world.perform(Operation::Put { trader: place, coin: 0 });
            }
            let most = [funds[0].min(funds[1]), funds[2]].map(|units| units / 4);
            let pool = place % POOLS.len();
            world.perform(Operation::AddFrom { trader: place, pool, most });
        }
        world
    }

    /// Takes a coin out of the hand, if there is one.
    fn coin(&mut self, place: usize) -> Option<Coin> {
        let count = self.coins.len();
        (count != 0).then(|| self.coins.swap_remove(place % count))
    }

    fn claim(&mut self, place: usize) -> Option<Claim> {
        let count = self.claims.len();
        (count != 0).then(|| self.claims.swap_remove(place % count))
    }

    /// The token of each coin and the pool of each claim tell where it belongs, so what is
    /// refused goes back to the hand as well.
    fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Issue { token, units } => self.issue(token % 3, units),
            Operation::Put { .. }
            | Operation::Take { .. }
            | Operation::PutClaim { .. }
            | Operation::TakeClaim { .. } => self.carry(operation),
            Operation::Trade { .. } | Operation::AddFrom { .. } | Operation::RedeemFrom { .. } => {
                self.order(operation);
            }
            Operation::Burn { coin } => {
                let Some(coin) = self.coin(coin) else { return };
                let (token, units) = (coin.token().index(), coin.amount().get());
                self.exchange.burn(&self.mints[token], coin).unwrap();
                self.issued[token] -= units;
            }
            Operation::Swap { pool: at, coin, least } => {
                let Some(coin) = self.coin(coin) else { return };
                let swapped = self.exchange.swap(pool(at), coin, amount(least));
                self.coins.push(swapped.unwrap_or_else(|refused| refused.paid));
            }
            Operation::Buy { pool: at, coin, units } => {
                let Some(mut purse) = self.coin(coin) else { return };
                let bought = self.exchange.swap_exact_out(pool(at), &mut purse, amount(units));
                self.coins.push(purse);
                self.coins.extend(bought.ok());
            }
            Operation::Travel { coin, round } => self.travel(coin, round),
            Operation::Add { pool: at, coins: [one, other] } => {
                let Some(one) = self.coin(one) else { return };
                let Some(other) = self.coin(other) else { return self.coins.push(one) };
                match self.exchange.add_liquidity(pool(at), [one, other], Shares::ZERO) {
                    Ok(added) => {
                        self.claims.push(added.claim);
                        self.coins.extend(added.change);
                    }
                    Err(refused) => self.coins.extend(refused.paid),
                }
            }
            Operation::Redeem { claim, part } => {
                let Some(mut claim) = self.claim(claim) else { return };
                if let Some(rest) = claim.split(shares(part)) {
                    self.claims.push(rest);
                }
                self.coins.extend(self.exchange.redeem(claim).unwrap());
            }
        }
    }

    fn issue(&mut self, token: usize, units: u128) {
        if let Ok(coin) = self.exchange.issue(&self.mints[token], amount(units)) {
            self.issued[token] += coin.amount().get();
            self.coins.push(coin);
        } else {
            assert!(self.issued[token] + units > Amount::MAX.get());
        }
    }

    /// Between a hand and a wallet.
    fn carry(&mut self, operation: Operation) {
        match operation {
            Operation::Put { trader: to, coin } => {
                let Some(coin) = self.coin(coin) else { return };
                self.exchange.put(trader(to), coin).unwrap();
            }
            Operation::PutClaim { trader: to, claim } => {
                let Some(claim) = self.claim(claim) else { return };
                self.exchange.put_claim(trader(to), claim).unwrap();
            }
            Operation::Take { trader: from, token: what, units } => {
                let coin = self.exchange.take(trader(from), token(what), amount(units));
                self.coins.extend(coin.ok());
            }
            Operation::TakeClaim { trader: from, pool: at, shares: count } => {
                let claim = self.exchange.take_claim(trader(from), pool(at), shares(count));
                self.claims.extend(claim.ok());
            }
            _ => {}
        }
    }

    /// From a wallet into the same wallet.
    fn order(&mut self, operation: Operation) {
        match operation {
            Operation::Trade { trader: who, pools, exact, units } => {
                let hops = pools.map(|at| Hop {
                    pool: pool(at),
                    direction: if at % 2 == 0 {
                        Direction::ZeroForOne
                    } else {
                        Direction::OneForZero
                    },
                });
                let hops = if units % 2 == 0 { &hops[..1] } else { &hops[..] };
                let limit = match exact {
                    Exact::In => Amount::ZERO,
                    Exact::Out => Amount::MAX,
                };
                let order = Order { exact, amount: amount(units), limit, hops };
                // What is refused shows in the books, if it does anything.
                let _ = self.exchange.trade(trader(who), order);
            }
            Operation::AddFrom { trader: who, pool: at, most } => {
                let most = most.map(amount);
                let _ = self.exchange.add_liquidity_from(trader(who), pool(at), most, Shares::ZERO);
            }
            Operation::RedeemFrom { trader: who, pool: at, shares: count } => {
                let held = self.exchange.shares(trader(who), pool(at));
                let paid = self.exchange.redeem_from(trader(who), pool(at), shares(count));
                assert_eq!(paid.is_ok(), shares(count) <= held);
            }
            _ => {}
        }
    }

    /// A route that ends with the token that it began with.
    fn travel(&mut self, coin: usize, round: Round) {
        use Direction::{OneForZero, ZeroForOne};
        let Some(coin) = self.coin(coin) else { return };
        let three = [(0, ZeroForOne), (1, ZeroForOne), (2, OneForZero)];
        let hops = three.map(|(at, direction)| Hop { pool: pool(at), direction });
        let there = [hops[0], Hop { direction: OneForZero, ..hops[0] }];
        let hops = match round {
            Round::Three => &hops[..],
            Round::Back => &there[..],
        };
        match self.exchange.market().route_exact_in(hops, coin.amount()) {
            Ok(route) => match self.exchange.execute(&route, coin) {
                Ok(proceeds) => {
                    self.coins.extend(proceeds.bought);
                    self.coins.extend(proceeds.leftovers);
                }
                Err(refused) => self.coins.push(refused.paid),
            },
            Err(_) => self.coins.push(coin),
        }
    }

    /// Drops some of what a trader has, as careless code would.
    fn drop_a_coin(&mut self, from: usize, what: usize, units: u128) {
        let held = self.exchange.balance(trader(from), token(what)).get();
        let lost = self.exchange.take(trader(from), token(what), amount(units.min(held))).unwrap();
        self.dropped[what % 3] += lost.amount().get();
        drop(lost);
    }

    /// Compares the audit with the test's own books.
    fn check(&self) {
        let audit = self.exchange.audit().unwrap();
        let traders = || (0..TRADERS).map(trader);
        for (place, counted) in audit.tokens.iter().enumerate() {
            let token = token(place);
            let in_hand = self.coins.iter().filter(|coin| coin.token() == token);
            let in_hand = in_hand.map(|coin| coin.amount().get()).sum::<u128>();
            let in_wallets =
                traders().map(|trader| self.exchange.balance(trader, token).get()).sum::<u128>();
            let in_pools = self.exchange.market().pools().iter().map(|pool| held(pool, token));
            let in_pools = in_pools.sum::<u128>();
            assert_eq!(counted.token, token);
            assert_eq!(counted.issued.get(), self.issued[place], "issued");
            assert_eq!(counted.in_pools.get(), in_pools, "in pools");
            assert_eq!(counted.in_wallets.get(), in_wallets, "in wallets");
            assert_eq!(counted.outside.get(), in_hand + self.dropped[place], "outside");
            let everywhere = in_pools + in_wallets + in_hand + self.dropped[place];
            assert_eq!(everywhere, self.issued[place], "a unit was made or lost");
        }
        for (place, counted) in audit.shares.iter().enumerate() {
            let pool = pool(place);
            let in_hand = self.claims.iter().filter(|claim| claim.pool() == pool);
            let in_hand = in_hand.map(|claim| claim.shares().get()).sum::<u128>();
            let in_wallets =
                traders().map(|trader| self.exchange.shares(trader, pool).get()).sum::<u128>();
            assert_eq!(counted.pool, pool);
            assert_eq!(counted.in_wallets.get(), in_wallets, "shares in wallets");
            assert_eq!(counted.outside.get(), in_hand, "shares outside");
            assert_eq!(counted.locked.get(), counted.total.get().min(1000), "locked");
            let everywhere = counted.locked.get() + in_wallets + in_hand;
            assert_eq!(everywhere, counted.total.get(), "a share was made or lost");
        }
        assert!(audit.every_share_backed());
        let outside = self.coins.iter().any(|coin| !coin.amount().is_zero())
            || self.claims.iter().any(|claim| !claim.shares().is_zero())
            || self.dropped != [0; 3];
        assert_eq!(audit.nothing_outside(), !outside);
    }

    /// Everybody redeems everything, in the order given, some by halves; while people only
    /// leave, each gets at least the part that it had when the leaving began.
    fn everybody_leaves(&mut self, order: &[usize]) {
        let before = self.exchange.market().clone();
        let at_least = |at: PoolId, count: Shares, [paid0, paid1]: [Amount; 2]| {
            let (least0, least1) = before.pool(at).unwrap().worth_floor(count);
            assert!(least0 <= paid0 && least1 <= paid1, "{count} of {at} got less than before");
            assert!(count.is_zero() || !paid0.is_zero() || !paid1.is_zero(), "{count} got nothing");
        };
        let mut places = order.iter();
        while let Some(mut claim) = self.claim(places.next().copied().unwrap_or_default()) {
            let half = claim.split(shares(claim.shares().get() / 2)).unwrap();
            for claim in [claim, half] {
                let (at, count) = (claim.pool(), claim.shares());
                let coins = self.exchange.redeem(claim).unwrap();
                at_least(at, count, [coins[0].amount(), coins[1].amount()]);
                self.coins.extend(coins);
            }
            self.check();
        }
        let mut left = (0..TRADERS * POOLS.len()).collect::<Vec<_>>();
        while !left.is_empty() {
            let place = places.next().copied().unwrap_or_default() % left.len();
            let place = left.swap_remove(place);
            let (who, at) = (trader(place), pool(place / TRADERS));
            let count = self.exchange.shares(who, at);
            let paid = self.exchange.redeem_from(who, at, count).unwrap();
            at_least(at, count, paid);
            self.check();
        }
        for pool in self.exchange.market().pools() {
            let total = pool.total_shares().unwrap();
            assert!(total.is_zero() || total == Shares::LOCKED, "{total} are left");
        }
    }
}

fn held(pool: &Pool, token: TokenId) -> u128 {
    let reserves = pool.reserves();
    match token {
        token if token == pool.token0() => reserves.reserve0.get(),
        token if token == pool.token1() => reserves.reserve1.get(),
        _ => 0,
    }
}

/// What one coin is dropped of, when and by whom.
fn drop_of() -> impl Strategy<Value = (usize, usize, usize, u128)> {
    (0_usize..60, 0..TRADERS, 0_usize..3, units())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/audit.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_unit_and_share_is_somewhere_and_everybody_can_leave(
        fees in prop::array::uniform3(prop_oneof![Just(0), Just(3000), 0_u32..1_000_000]),
        funds in prop::array::uniform4(prop::array::uniform3(units().prop_map(|units| units / 8))),
        operations in prop::collection::vec(operation(), 1..60),
        (when, from, what, units) in drop_of(),
        order in prop::collection::vec(any::<usize>(), 40),
    ) {
        let mut world = World::new(fees, funds);
        world.check();
        for (step, operation) in operations.into_iter().enumerate() {
            if step == when {
                world.drop_a_coin(from, what, units);
                world.check();
            }
            world.perform(operation);
            world.check();
        }
        world.everybody_leaves(&order);
    }
}

/// The books would notice: a coin that is dropped without being written down does not balance.
#[test]
#[should_panic(expected = "outside")]
fn a_coin_dropped_in_secret_does_not_go_unnoticed() {
    let mut world = World::new([3000; 3], [[1 << 40; 3]; TRADERS]);
    world.check();
    drop(world.exchange.take(trader(1), token(1), amount(1)).unwrap());
    world.check();
}

/// The sequence has to do something: in a world of even funds every pool is funded and trades.
#[test]
fn the_traders_of_this_test_do_trade() {
    let mut world = World::new([3000; 3], [[1 << 40; 3]; TRADERS]);
    let funded = world.exchange.market().clone();
    assert!(funded.pools().iter().all(|pool| !pool.is_empty()));
    world.perform(Operation::Trade { trader: 0, pools: [0, 0], exact: Exact::In, units: 1 << 20 });
    world.perform(Operation::Issue { token: 0, units: 1 << 20 });
    world.perform(Operation::Travel { coin: 0, round: Round::Three });
    for (before, after) in funded.pools().iter().zip(world.exchange.market().pools()) {
        assert_ne!(before, after);
    }
    world.everybody_leaves(&[]);
}
