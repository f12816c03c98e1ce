//! Who may do what: possession is ownership, so whatever a trader's name is given to touches
//! that trader's wallet and no other.
//!
//! The table is one exhaustive `match`, and its rows are compared with the sources: an operation
//! without a row does not compile, or is found.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may stop where it stands"
)]

mod world;

use std::fs;
use std::path::Path;

use Actor::{Owner, Poor, Unknown};
use Outcome::{Done, Read, Refused};
use cenote_exchange::{Exchange, TraderId};
use cenote_pool::{Exact, Leg, Order, Shares};
use world::{World, amount, seen, wallet};

/// Every public operation of the exchange that is given a trader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Balance,
    Shares,
    Put,
    Take,
    PutClaim,
    TakeClaim,
    Trade,
    Settle,
    AddLiquidityFrom,
    RedeemFrom,
    Claims,
    Prefetch,
}

const OPERATIONS: [Operation; 12] = [
    Operation::Balance,
    Operation::Shares,
    Operation::Put,
    Operation::Take,
    Operation::PutClaim,
    Operation::TakeClaim,
    Operation::Trade,
    Operation::Settle,
    Operation::AddLiquidityFrom,
    Operation::RedeemFrom,
    Operation::Claims,
    Operation::Prefetch,
];

/// Whose name is given: one who holds what the operation needs, one who holds nothing while
/// others hold plenty, and one of whom there is no wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Actor {
    Owner,
    Poor,
    Unknown,
}

impl Actor {
    fn trader(self) -> TraderId {
        match self {
            Owner => 1.into(),
            Poor => 3.into(),
            Unknown => 4.into(),
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It happened.
    Done,
    /// It told what the wallet holds, which is nothing for everybody but the owner.
    Read,
    /// It was refused, or does nothing, and everything is as it was.
    Refused,
}

/// The access matrix: the method's name, and what comes of it for each actor.
fn row(operation: Operation) -> (&'static str, [Outcome; 3]) {
    let reads = [Read; 3];
    // Anybody may be given something who has a wallet.
    let gives = [Done, Done, Refused];
    // Only who has it can spend it.
    let spends = [Done, Refused, Refused];
    match operation {
        Operation::Balance => ("balance", reads),
        Operation::Shares => ("shares", reads),
        Operation::Put => ("put", gives),
        Operation::Take => ("take", spends),
        Operation::PutClaim => ("put_claim", gives),
        Operation::TakeClaim => ("take_claim", spends),
        Operation::Trade => ("trade", spends),
        Operation::Settle => ("settle", spends),
        Operation::AddLiquidityFrom => ("add_liquidity_from", spends),
        Operation::RedeemFrom => ("redeem_from", spends),
        Operation::Claims => ("claims", reads),
        Operation::Prefetch => ("prefetch", [Refused; 3]),
    }
}

/// Does an operation in a trader's name. A claim to give away is the first trader's, who takes
/// it back if it is refused.
fn perform(world: &mut World, operation: Operation, actor: Actor) -> Outcome {
    let trader = actor.trader();
    let done = |done: bool| if done { Done } else { Refused };
    let read = |some: bool| {
        assert_eq!(some, actor == Owner, "{operation:?} by the {actor:?}");
        Read
    };
    let (token, pool, hops) = (world.token(0), world.pools[0], world.hops());
    let units = amount(100);
    let exchange = &mut world.exchange;
    match operation {
        Operation::Balance => read(!exchange.balance(trader, token).is_zero()),
        Operation::Shares => read(!exchange.shares(trader, pool).is_zero()),
        Operation::Claims => read(exchange.claims(trader).count() != 0),
        Operation::Prefetch => {
            let order = Order { exact: Exact::In, amount: units, limit: units, hops: &hops };
            exchange.prefetch(trader, order);
            Refused
        }
        Operation::Put => {
            let coin = exchange.issue(&world.mints[0], units).unwrap();
            let given = exchange.put(trader, coin).map_err(|refused| {
                exchange.burn(&world.mints[0], refused.paid).unwrap();
            });
            done(given.is_ok())
        }
        Operation::Take => done(exchange.take(trader, token, units).is_ok()),
        Operation::PutClaim => {
            let claim = world.claim(0, 100);
            let given = world.exchange.put_claim(trader, claim).map_err(|refused| {
                world.exchange.put_claim(0.into(), refused.paid).unwrap();
            });
            done(given.is_ok())
        }
        Operation::TakeClaim => done(exchange.take_claim(trader, pool, 100_u64.into()).is_ok()),
        Operation::Trade => {
            let order = Order { exact: Exact::In, amount: units, limit: amount(98), hops: &hops };
            done(exchange.trade(trader, order).is_ok())
        }
        Operation::Settle => {
            let leg = Leg { amount_in: units, amount_out: amount(99) };
            done(exchange.settle(trader, &hops[..1], &[leg]).is_ok())
        }
        Operation::AddLiquidityFrom => {
            done(exchange.add_liquidity_from(trader, pool, [units; 2], Shares::ZERO).is_ok())
        }
        Operation::RedeemFrom => done(exchange.redeem_from(trader, pool, 100_u64.into()).is_ok()),
    }
}

/// The wallets of all but the trader named and, where something was given away, its giver.
fn others(exchange: &Exchange, trader: TraderId, operation: Operation) -> Vec<world::Wallet> {
    let gives = operation == Operation::PutClaim;
    let all = (0..u32::try_from(exchange.wallet_count()).unwrap()).map(TraderId::from);
    let others = all.filter(|&other| other != trader && !(gives && other == TraderId::from(0)));
    others.map(|other| wallet(exchange, other)).collect()
}

#[test]
fn nobody_touches_the_wallet_of_another() {
    for operation in OPERATIONS {
        let (_, outcomes) = row(operation);
        for (actor, expected) in [Owner, Poor, Unknown].into_iter().zip(outcomes) {
            let mut world = World::new();
            let trader = actor.trader();
            let before = seen(&world.exchange);
            let others_before = others(&world.exchange, trader, operation);
            let own_before = wallet(&world.exchange, trader);
            let outcome = perform(&mut world, operation, actor);
            assert_eq!(outcome, expected, "{operation:?} by the {actor:?}");
            assert_eq!(
                others(&world.exchange, trader, operation),
                others_before,
                "{operation:?} by the {actor:?}"
            );
            if expected == Done {
                assert_ne!(wallet(&world.exchange, trader), own_before, "{operation:?}");
            } else {
                assert_eq!(seen(&world.exchange), before, "{operation:?} by the {actor:?}");
            }
            world.exchange.audit().unwrap();
        }
    }
}

/// A path through two pools pays from and to one wallet as well.
#[test]
fn a_path_is_settled_from_the_wallet_named() {
    for (trader, passes) in [(1, true), (3, false), (4, false)] {
        let mut world = World::new();
        let before = seen(&world.exchange);
        let rich = wallet(&world.exchange, 0.into());
        let legs = [(100, 99), (99, 98)]
            .map(|(paid, out)| Leg { amount_in: amount(paid), amount_out: amount(out) });
        let settled = world.exchange.settle(trader.into(), &world.hops(), &legs);
        assert_eq!(settled.is_ok(), passes, "trader {trader}");
        assert_eq!(seen(&world.exchange) == before, !passes);
        assert_eq!(wallet(&world.exchange, 0.into()), rich);
    }
}

/// The names of the functions in a source that are public and given a trader.
fn given_a_trader(text: &str) -> Vec<String> {
    let functions = text.split("\n    pub fn ").skip(1);
    let heads = functions.filter_map(|function| function.split('{').next());
    // What comes behind the arrow is given back, not given.
    let heads = heads.filter_map(|head| head.split("->").next());
    let given = heads.filter(|head| head.contains("TraderId,") || head.contains("TraderId)"));
    given.filter_map(|head| head.split(['(', '<']).next().map(str::to_owned)).collect()
}

#[test]
fn every_operation_in_a_traders_name_has_a_row() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let mut found = files
        .flat_map(|path| given_a_trader(&fs::read_to_string(path).unwrap()))
        .collect::<Vec<_>>();
    let mut rows = OPERATIONS.map(|operation| row(operation).0);
    found.sort();
    rows.sort_unstable();
    assert_eq!(found, rows);
}

#[test]
fn the_search_for_operations_sees_a_new_one() {
    let text = "impl Exchange {\n    pub fn rob(\n        &mut self,\n        trader: TraderId,\n    ) {\
                \n    pub fn open_wallet(&mut self) -> Option<TraderId> {\
                \n    pub fn all(&self) -> Vec<(TraderId, Amount)> {\
                \n    fn wallet(&mut self, trader: TraderId) {\
                \n    pub fn look(&self, trader: TraderId) -> Amount {";
    assert_eq!(given_a_trader(text), ["rob", "look"]);
}
