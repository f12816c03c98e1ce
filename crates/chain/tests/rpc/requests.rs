//! Requests: what is tried again, and what is made of what never comes.

use core::time::Duration;

use alloy_provider::ProviderBuilder;
use cenote_chain::rpc::{BlockError, Limits, Node, NodeError, RequestError, RequestFault};

use crate::server::{Asked, Reply, Server};
use crate::world::World;
use crate::{limits, node, wait};

/// Answers otherwise so many times, then the truth.
fn otherwise(times: usize, reply: fn() -> Reply) -> Server {
    let world = World::new();
    Server::start(
        move |asked: &Asked| if asked.nth < times { reply() } else { world.honest(asked) },
    )
}

fn fault(times: usize, reply: fn() -> Reply, limits: Limits) -> Result<u64, (u32, RequestFault)> {
    let server = otherwise(times, reply);
    let node = node(&server, limits);
    let answer = wait(node.head());
    match answer {
        Ok(block) => {
            assert_eq!(block.header().number, World::FIRST);
            Ok(node.requests())
        }
        Err(BlockError::Request(RequestError { tries, fault, .. })) => Err((tries, fault)),
        Err(other) => panic!("{other}"),
    }
}

/// So short that a test does not wait long for what never comes.
fn short() -> Limits {
    Limits { timeout: Duration::from_millis(80), retries: 1, ..limits() }
}

#[test]
fn what_may_pass_is_tried_again() {
    let passing: [fn() -> Reply; 6] = [
        || Reply::Status("429 Too Many Requests", "Retry-After: 3600\r\n", "slow down"),
        || Reply::Status("503 Service Unavailable", "", ""),
        || Reply::Status("500 Internal Server Error", "", "<html>"),
        || Reply::Error(-32005, "project ID request rate exceeded"),
        || Reply::Error(-32000, "header not found"),
        || Reply::Cut,
    ];
    for reply in passing {
        assert_eq!(fault(2, reply, limits()), Ok(3));
        let (tries, fault) = fault(3, reply, limits()).unwrap_err();
        assert!(fault.may_pass() && tries == 3, "{fault}");
    }
}

#[test]
fn what_stalls_is_given_up_and_tried_again() {
    for reply in [|| Reply::Stall, || Reply::Trickle] {
        let limit = short().timeout;
        let timeout = Err((2, RequestFault::Timeout { limit }));
        assert_eq!(fault(usize::MAX, reply, short()), timeout);
    }
    let patient = Limits { retries: 40, ..short() };
    assert!(fault(1, || Reply::Stall, patient).is_ok());
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    let refused = |reply: fn() -> Reply, wanted: fn(&RequestFault) -> bool| {
        let (tries, fault) = fault(usize::MAX, reply, limits()).unwrap_err();
        assert!(tries == 1 && wanted(&fault), "{fault:?}");
    };
    refused(
        || Reply::Error(-32602, "invalid argument"),
        |fault| matches!(fault, RequestFault::Refused { code: -32602, .. }),
    );
    refused(
        || Reply::Status("401 Unauthorized", "", "no key"),
        |fault| matches!(fault, RequestFault::Status { status: 401, .. }),
    );
    // Where a body of JSON-RPC comes with the status, it says more.
    refused(
        || Reply::Status("403 Forbidden", "", r#"{"error":{"code":-32601,"message":"no"}}"#),
        |fault| matches!(fault, RequestFault::UnknownMethod(_)),
    );
    // Nothing is posted to another place.
    refused(
        || Reply::Status("307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n", ""),
        |fault| matches!(fault, RequestFault::Status { status: 307, .. }),
    );
    let bodies: [fn() -> Reply; 6] = [
        || Reply::Body(Vec::new()),
        || Reply::Body(b"<html>".to_vec()),
        || Reply::Body(br#"{"jsonrpc":"2.0","id":0,"result":{"number":"#.to_vec()),
        || Reply::Body(vec![0xff; 100]),
        || Reply::Body([b"[".repeat(100_000), b"]".repeat(100_000)].concat()),
        || Reply::Result(serde_json::json!({ "number": "0x1" })),
    ];
    for body in bodies {
        refused(body, |fault| matches!(fault, RequestFault::Malformed(_)));
    }
}

#[test]
fn no_more_is_read_than_was_agreed() {
    let limits = Limits { answer_bytes: 100_000, ..limits() };
    let too_long = Err((1, RequestFault::TooLong { limit: 100_000 }));
    assert_eq!(fault(1, || Reply::Endless, limits), too_long);
    let long = || Reply::Body(vec![b' '; 100_001]);
    assert_eq!(fault(1, long, limits), Err((1, RequestFault::TooLong { limit: 100_000 })));
}

#[test]
fn nobody_at_the_address_is_said_without_the_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://user:secret@127.0.0.1:{port}/v3/key-in-path");
    let error = wait(Node::http(&url, limits()).unwrap().head()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("cannot connect") && text.contains("tries: 3"), "{text}");
    assert!(!text.contains("key-in-path") && !text.contains("secret"), "{text}");
    for url in ["", "example.org", "ftp://example.org", "http://", "file:///etc/passwd"] {
        assert!(matches!(Node::http(url, limits()), Err(NodeError::Address)), "{url}");
    }
}

#[test]
fn a_provider_of_alloy_is_asked_by_its_client() {
    let server = Server::start(World::new());
    let wire = Node::http(&server.url(), limits()).unwrap();
    let head = wait(wire.head()).unwrap();
    let client = alloy_rpc_client::RpcClient::mocked(alloy_provider::mock::Asserter::new());
    let provider = ProviderBuilder::new().connect_client(client);
    let node = Node::of(&provider, limits()).unwrap();
    // Nobody asserted an answer: the client was asked and has none.
    assert!(wait(node.head()).is_err());
    assert_eq!((node.requests(), head.header().number), (3, World::FIRST));
}

#[test]
fn what_waits_for_a_node_may_go_to_another_thread() {
    fn moves<T: Send>(_: T) {}
    let node = Node::http("http://127.0.0.1:1", limits()).unwrap();
    moves(node.load(&crate::load::of_factory(), cenote_chain::rpc::At::Head));
    moves(node.head());
}
