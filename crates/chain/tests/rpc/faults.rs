//! Hostile and poor nodes: for each fault its error, and a follower or market that is as it was.

use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use cenote_chain::rpc::{
    AdvanceError, Advanced, At, BlockError, CallError, LoadError, Loaded, Node, PairFault, Proof,
    RecordsError, RequestError, RequestFault, Selection, WayError,
};
use cenote_pool::PoolError;
use serde_json::{Value, json};

use crate::contracts::{
    FACTORY, PAIRS, State, aggregate3Call, factoryCall, getReservesCall, kLastCall, token0Call,
    token1Call, totalSupplyCall,
};
use crate::load::of_factory;
use crate::records::with;
use crate::server::{Asked, Reply, Server};
use crate::world::World;
use crate::{limits, node, wait};

/// What is made of the truth.
type Lie = fn(&Asked, Value) -> Reply;

/// Whether an error is the one that a lie leads to.
type Wanted = fn(&BlockError) -> bool;

/// A node that lies about the answers to one method from some request on.
fn lying(world: World, method: &'static str, from: usize, lie: Lie) -> Server {
    Server::start(move |asked: &Asked| match world.honest(asked) {
        Reply::Result(truth) if asked.method == method && from <= asked.nth => lie(asked, truth),
        honest => honest,
    })
}

fn changed(mut truth: Value, change: impl FnOnce(&mut Value)) -> Reply {
    change(&mut truth);
    Reply::Result(truth)
}

fn text(truth: &mut Value, field: &str, value: &str) {
    truth[field] = json!(value);
}

/// A chain of three blocks, of which a follower has the first one.
fn three_blocks() -> World {
    let mut world = World::new();
    world.swap(0, 5_000);
    world.swap(0, 6_000);
    world
}

fn no_way(advanced: Result<Advanced, AdvanceError>) -> WayError {
    match advanced.unwrap_err() {
        AdvanceError::Way(error) => error,
        other @ AdvanceError::Step { .. } => panic!("{other}"),
    }
}

/// The error that a lie leads to when a follower advances over two blocks, which must not move.
fn advance(proof: Proof, method: &'static str, lie: Lie) -> WayError {
    let first = Server::start(World::new());
    let loaded = wait(node(&first, limits()).load(&of_factory(), At::Head)).unwrap();
    let mut follower = loaded.follow(8).unwrap();
    let (head, market) = (follower.head(), follower.market().clone());
    let server = lying(three_blocks(), method, 0, lie);
    let error = no_way(wait(node(&server, with(proof)).advance(&mut follower)));
    assert_eq!(follower.head(), head, "{error}");
    assert_eq!(*follower.market(), market, "{error}");
    error
}

#[test]
fn lies_about_blocks_are_named() {
    let method = "eth_getBlockByNumber";
    let is = |lie: Lie, wanted: fn(&BlockError) -> bool| {
        let error = advance(Proof::Bloom, method, lie);
        let WayError::Block(error) = error else { panic!("{error}") };
        assert!(wanted(&error), "{error}");
    };
    is(|_, _| Reply::Result(Value::Null), |error| matches!(error, BlockError::Unknown { .. }));
    is(
        |_, truth| changed(truth, |block| text(block, "hash", &B256::ZERO.to_string())),
        |error| matches!(error, BlockError::Hash { .. }),
    );
    is(
        |_, truth| changed(truth, |block| text(block, "timestamp", "0x1")),
        |error| matches!(error, BlockError::Hash { .. }),
    );
    is(
        |_, truth| {
            changed(truth, |block| {
                text(block, "logsBloom", &format!("{:#x}", alloy_primitives::Bloom::ZERO));
            })
        },
        |error| matches!(error, BlockError::Hash { .. }),
    );
    // The first block of the chain in the place of each.
    is(
        |asked, truth| {
            let latest = asked.params[0] == json!("latest");
            let first = crate::world::block_json(&World::new().chain[0]);
            Reply::Result(if latest { truth } else { first })
        },
        |error| matches!(error, BlockError::OtherNumber { asked: 101, found: 100 }),
    );
    let malformed: [Lie; 4] = [
        |_, truth| changed(truth, |block| text(block, "number", "0x1ffffffffffffffff")),
        |_, truth| {
            changed(truth, |block| drop(block.as_object_mut().unwrap().remove("parentHash")))
        },
        |_, truth| changed(truth, |block| text(block, "logsBloom", "0x00")),
        |_, _| Reply::Result(json!([1, 2, 3])),
    ];
    for lie in malformed {
        is(lie, |error| {
            let BlockError::Request(RequestError { fault, .. }) = error else { return false };
            matches!(fault, RequestFault::Malformed(_))
        });
    }
}

#[test]
fn a_block_that_does_not_follow_from_the_one_before_it_is_noticed() {
    // The last block is one of another chain, true in itself.
    let error = advance(Proof::Bloom, "eth_getBlockByNumber", |asked, truth| {
        let mut other = World::new();
        other.swap(1, 5_000);
        other.swap(1, 6_000);
        let latest = asked.params[0] == json!("latest");
        Reply::Result(if latest { crate::world::block_json(other.head()) } else { truth })
    });
    assert_eq!(error, WayError::Moved { number: 102 });
}

#[test]
fn lies_about_parents_are_named() {
    let mut replaced = three_blocks();
    replaced.undo(2);
    (1..=3).for_each(|at| replaced.swap(1, at * 100));
    let lies: [(Lie, Wanted); 2] = [
        (|_, _| Reply::Result(Value::Null), |error| matches!(error, BlockError::Unknown { .. })),
        (
            |_, _| Reply::Result(crate::world::block_json(&World::new().chain[0])),
            |error| matches!(error, BlockError::OtherHash { .. }),
        ),
    ];
    for (lie, wanted) in lies {
        let honest = Server::start(three_blocks());
        let loaded = wait(node(&honest, limits()).load(&of_factory(), At::Number(100))).unwrap();
        let mut follower = loaded.follow(8).unwrap();
        wait(node(&honest, limits()).advance(&mut follower)).unwrap();
        let head = follower.head();
        let server = lying(replaced.clone(), "eth_getBlockByHash", 0, lie);
        let error = no_way(wait(node(&server, limits()).advance(&mut follower)));
        let WayError::Block(error) = error else { panic!("{error}") };
        assert!(wanted(&error), "{error}");
        assert_eq!(follower.head(), head);
        // The truth is followed.
        let server = Server::start(replaced.clone());
        let done = wait(node(&server, limits()).advance(&mut follower)).unwrap();
        assert_eq!((done.undone.len(), done.pushed.len()), (2, 3));
    }
}

/// Changes the first log, where there is one.
fn first(truth: Value, change: fn(&mut Value)) -> Reply {
    changed(truth, |logs| {
        if let Some(log) = logs.get_mut(0) {
            change(log);
        }
    })
}

#[test]
fn lies_about_logs_are_named() {
    let is = |lie: Lie, wanted: fn(&RecordsError) -> bool| {
        let error = advance(Proof::Bloom, "eth_getLogs", lie);
        let WayError::Records(error) = error else { panic!("{error}") };
        assert!(wanted(&error), "{error}");
    };
    is(
        |_, truth| first(truth, |log| log["removed"] = json!(true)),
        |error| *error == RecordsError::Removed,
    );
    is(
        |_, truth| first(truth, |log| log["logIndex"] = Value::Null),
        |error| *error == RecordsError::Placeless,
    );
    is(
        |_, truth| first(truth, |log| text(log, "blockHash", &B256::repeat_byte(3).to_string())),
        |error| matches!(error, RecordsError::OtherBlock { .. }),
    );
    is(
        |_, truth| first(truth, |log| text(log, "blockNumber", "0x1")),
        |error| matches!(error, RecordsError::OtherBlock { number: 1, .. }),
    );
    is(
        |_, truth| first(truth, |log| log["topics"] = json!([B256::ZERO])),
        |error| matches!(error, RecordsError::NotAskedFor { .. }),
    );
    is(
        |_, truth| {
            first(truth, |log| text(log, "address", "0x5555555555555555555555555555555555555555"))
        },
        |error| matches!(error, RecordsError::NotInBloom { .. }),
    );
    is(
        |_, truth| changed(truth, |logs| logs.as_array_mut().unwrap().reverse()),
        |error| matches!(error, RecordsError::Order { .. }),
    );
    is(
        |_, truth| {
            changed(truth, |logs| {
                let logs = logs.as_array_mut().unwrap();
                logs.extend(logs.clone().last().cloned());
            })
        },
        |error| matches!(error, RecordsError::Order { .. }),
    );
    is(|_, _| Reply::Result(Value::Null), |error| matches!(error, RecordsError::Request(_)));
    is(
        |_, truth| first(truth, |log| text(log, "data", "0x0")),
        |error| matches!(error, RecordsError::Request(_)),
    );
}

#[test]
fn receipts_that_leave_out_or_invent_are_noticed() {
    let lies: [Lie; 5] = [
        |_, truth| changed(truth, |receipts| drop(receipts.as_array_mut().unwrap().pop())),
        |_, truth| changed(truth, |receipts| receipts[1]["logs"] = json!([])),
        |_, truth| changed(truth, |receipts| text(&mut receipts[0], "status", "0x0")),
        |_, truth| changed(truth, |receipts| text(&mut receipts[0], "type", "0x1")),
        |_, truth| {
            changed(truth, |receipts| {
                let log = &mut receipts[0]["logs"][0];
                text(log, "address", "0x5555555555555555555555555555555555555555");
            })
        },
    ];
    for lie in lies {
        for proof in [Proof::Required, Proof::WhereOffered] {
            let error = advance(proof, "eth_getBlockReceipts", lie);
            let root = RecordsError::ReceiptsRoot { number: 101 };
            assert_eq!(error, WayError::Records(root));
        }
    }
    let error =
        advance(Proof::WhereOffered, "eth_getBlockReceipts", |_, _| Reply::Result(Value::Null));
    assert_eq!(error, WayError::Records(RecordsError::NoReceipts { number: 101 }));
}

#[test]
fn a_chain_that_moves_while_logs_are_read_is_noticed() {
    // Three blocks to go, so that the first ones are asked for by number; then another chain.
    let mut before = World::new();
    (1..=3).for_each(|at| before.swap(0, at * 100));
    let mut after = before.clone();
    after.undo(3);
    (1..=3).for_each(|_| after.push(Vec::new(), State::new(), 77));
    let mut logs_asked = false;
    let moving = move |asked: &Asked| {
        logs_asked |= asked.method == "eth_getLogs";
        if logs_asked { after.honest(asked) } else { before.honest(asked) }
    };
    let first = Server::start(World::new());
    let loaded = wait(node(&first, limits()).load(&of_factory(), At::Head)).unwrap();
    let mut follower = loaded.follow(8).unwrap();
    let head = follower.head();
    let server = Server::start(moving);
    let error = no_way(wait(node(&server, with(Proof::Bloom)).advance(&mut follower)));
    assert_eq!(error, WayError::Records(RecordsError::Moved { number: 102 }));
    assert_eq!(follower.head(), head);
}

#[test]
fn where_there_is_too_much_less_is_asked_for() {
    let mut world = World::new();
    (1..=20).for_each(|at| world.swap(0, at * 100));
    let limited = world.clone();
    let server = Server::start(move |asked: &Asked| {
        let filter = &asked.params[0];
        let span =
            ["fromBlock", "toBlock"].map(|at| filter[at].as_str().map(crate::world::quantity));
        match span {
            [Some(from), Some(to)] if asked.method == "eth_getLogs" && 2 < to - from => {
                Reply::Error(-32005, "query returned more than 10000 results")
            }
            _ => limited.honest(asked),
        }
    });
    let first = Server::start(World::new());
    let loaded = wait(node(&first, limits()).load(&of_factory(), At::Head)).unwrap();
    let mut follower = loaded.follow(32).unwrap();
    let done = wait(node(&server, with(Proof::Bloom)).advance(&mut follower)).unwrap();
    assert_eq!(done.pushed.len(), 20);
    crate::load::assert_is_of(follower.market(), &world, 120);

    // Too many calls at once, whatever the node says of it.
    let refusals: [fn() -> Reply; 4] = [
        || Reply::Error(-32000, "out of gas"),
        || Reply::Error(-32008, "response is too big"),
        || Reply::Status("413 Payload Too Large", "", ""),
        || Reply::Endless,
    ];
    for refusal in refusals {
        let world = three_blocks();
        let truth = world.clone();
        let server = Server::start(move |asked: &Asked| {
            let large = asked.params[0]["data"].as_str().is_some_and(|data| 3_000 < data.len());
            if large { refusal() } else { truth.honest(asked) }
        });
        let limits = cenote_chain::rpc::Limits { answer_bytes: 50_000, ..limits() };
        let loaded = wait(node(&server, limits).load(&of_factory(), At::Head)).unwrap();
        crate::load::assert_is_of(&loaded.market, &world, 102);
    }
}

fn load(selection: &Selection, method: &'static str, lie: Lie) -> Result<Loaded, LoadError> {
    let server = lying(three_blocks(), method, 0, lie);
    wait(node(&server, limits()).load(selection, At::Head))
}

/// The results of a multicall, changed.
fn results(truth: &Value, change: impl FnOnce(&mut Vec<crate::contracts::Result3>)) -> Reply {
    let bytes: Bytes = serde_json::from_value(truth.clone()).unwrap();
    let mut results = aggregate3Call::abi_decode_returns(&bytes).unwrap();
    change(&mut results);
    Reply::Result(json!(Bytes::from(aggregate3Call::abi_encode_returns(&results))))
}

#[test]
fn lies_about_calls_are_named() {
    let count =
        load(&of_factory(), "eth_call", |_, truth| results(&truth, |results| drop(results.pop())));
    assert_eq!(count.unwrap_err(), CallError::Count { calls: 1, results: 0 }.into());
    let forms: [Lie; 3] = [
        |_, _| Reply::Result(json!("0x")),
        |_, _| Reply::Result(json!(Bytes::from(vec![0xff; 320]))),
        |_, truth| {
            let mut bytes: Vec<u8> = serde_json::from_value::<Bytes>(truth).unwrap().into();
            bytes.truncate(bytes.len() - 32);
            Reply::Result(json!(Bytes::from(bytes)))
        },
    ];
    for lie in forms {
        assert_eq!(load(&of_factory(), "eth_call", lie).unwrap_err(), CallError::Form.into());
    }
    let gone = load(&of_factory(), "eth_call", |_, _| {
        Reply::Error(-32000, "hash 0x1 is not currently canonical")
    });
    let LoadError::Call(CallError::Request(error)) = gone.unwrap_err() else { panic!() };
    assert!(matches!(error.fault, RequestFault::UnknownBlock(_)) && error.tries == 3);

    // Without multicall: an answer is missing, or null.
    let batches: [Lie; 2] = [|_, _| Reply::Nothing, |_, _| Reply::Result(Value::Null)];
    for lie in batches {
        let world = World { multicall: false, ..three_blocks() };
        let server = lying(world, "eth_call", 5, lie);
        let refused = wait(node(&server, limits()).load(&of_factory(), At::Head)).unwrap_err();
        let LoadError::Call(CallError::Request(error)) = refused else { panic!("{refused}") };
        assert!(
            matches!(error.fault, RequestFault::Missing | RequestFault::Malformed(_)),
            "{error}"
        );
    }
    // Code that is null is no answer.
    let refused = load(&of_factory(), "eth_getCode", |_, _| Reply::Result(Value::Null));
    assert!(matches!(refused.unwrap_err(), LoadError::Request(_)));
}

/// What becomes of the first pair where one of its answers is another.
fn left_out(selector: [u8; 4], answer: Vec<u8>) -> PairFault {
    let truth = World { multicall: false, ..three_blocks() };
    let server = Server::start(move |asked: &Asked| {
        let call = &asked.params[0];
        let is_it = call["to"] == json!(format!("{:#x}", PAIRS[0]))
            && call["data"]
                .as_str()
                .unwrap()
                .starts_with(&Bytes::from(selector.to_vec()).to_string());
        if is_it { Reply::Result(json!(Bytes::from(answer.clone()))) } else { truth.honest(asked) }
    });
    let node: Node = node(&server, limits());
    let loaded = wait(node.load(&of_factory(), At::Head)).unwrap();
    assert_eq!((loaded.market.pools().len(), loaded.left_out.len()), (2, 1));
    assert_eq!(loaded.left_out[0].pair, PAIRS[0].into());
    loaded.left_out[0].fault
}

#[test]
fn a_pair_that_cannot_be_is_left_out_and_the_others_are_not() {
    let reserves = |reserve0: U256, reserve1: U256, time: u64| {
        left_out(getReservesCall::SELECTOR, (reserve0, reserve1, U256::from(time)).abi_encode())
    };
    let one = U256::from(1_000_000);
    assert_eq!(reserves(U256::ONE << 112, one, 1), PairFault::Reserve);
    assert_eq!(reserves(one, U256::MAX, 1), PairFault::Reserve);
    assert_eq!(reserves(one, one, 1 << 32), PairFault::Time);
    assert_eq!(reserves(U256::ZERO, one, 1), PoolError::OneReserveZero.into());
    assert_eq!(reserves(U256::ZERO, U256::ZERO, 1), PoolError::SharesWithoutReserves.into());

    let word = |selector, word: U256| left_out(selector, word.abi_encode());
    let supply = totalSupplyCall::SELECTOR;
    assert_eq!(word(supply, U256::ONE << 112), PairFault::Shares);
    let fewer = PoolError::FewerThanLocked { total: 999_u64.into() };
    assert_eq!(word(supply, U256::from(999)), fewer.into());
    assert_eq!(word(kLastCall::SELECTOR, U256::MAX), PairFault::KLast);
    let token = token0Call::SELECTOR;
    assert_eq!(word(token, U256::ZERO), PairFault::Tokens);
    assert_eq!(left_out(token, crate::contracts::TOKENS[1].abi_encode()), PairFault::Tokens);
    assert_eq!(
        left_out(token1Call::SELECTOR, crate::contracts::TOKENS[0].abi_encode()),
        PairFault::Tokens
    );
    // Dirty bits above an address, and answers of another length.
    let answer = PairFault::Answer { call: "token0()" };
    assert_eq!(word(token, U256::ONE << 160), answer);
    for length in [0, 20, 31, 33, 64] {
        assert_eq!(left_out(token, vec![0; length]), answer);
        let answer = PairFault::Answer { call: "getReserves()" };
        assert_eq!(left_out(getReservesCall::SELECTOR, vec![0; length]), answer);
    }
    let (factory, named) = (FACTORY.into(), PAIRS[1].into());
    let fault = PairFault::OtherFactory { factory, named };
    assert_eq!(left_out(factoryCall::SELECTOR, PAIRS[1].abi_encode()), fault);
}
