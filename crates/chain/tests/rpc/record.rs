//! The answers of the small chain at three stages, in a file for the tests of the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use cenote_chain::Follower;
use cenote_chain::rpc::{At, Limits, Node, Selection};
use cenote_pool::Fee;
use serde_json::{Value, json};

use crate::contracts::PAIRS;
use crate::load::of_factory;
use crate::server::{Asked, Reply, Server};
use crate::wait;
use crate::world::World;

type Answers = BTreeMap<String, Value>;

/// A node of a chain that notes what it says; and its notes.
fn noting(world: World) -> (Node, Arc<Mutex<Answers>>) {
    let answers = Arc::new(Mutex::new(Answers::new()));
    let notes = Arc::clone(&answers);
    let server = Server::start(move |asked: &Asked| {
        let reply = world.honest(asked);
        if let Reply::Result(result) = &reply {
            let key = format!("{} {}", asked.method, asked.params);
            notes.lock().unwrap().insert(key, result.clone());
        }
        reply
    });
    (Node::http(&server.url(), Limits::default()).unwrap(), answers)
}

/// Asks what the program asks when it loads and when it goes on.
fn ask(node: &Node, follower: Option<&mut Follower>, at: At) -> Follower {
    let bare = Selection { labels: false, ..of_factory() };
    let listed = PAIRS[..2].iter().map(|pair| ((*pair).into(), Fee::UNISWAP_V2)).collect();
    let listed = Selection { pairs: listed, labels: true, ..Selection::default() };
    for selection in [&of_factory(), &listed] {
        wait(node.load(selection, at)).unwrap();
    }
    let head = wait(node.load(&bare, At::Head)).unwrap().follow(8).unwrap();
    wait(node.resume(head.head().number, head.head().hash)).unwrap();
    if let Some(follower) = follower {
        let saved = follower.head();
        if let Ok(block) = wait(node.resume(saved.number, saved.hash)) {
            let now = wait(node.head()).unwrap().header().hash;
            wait(node.factories(&of_factory().factories, now)).unwrap();
            let header = block.header();
            let mut saved = Follower::new(follower.market().clone(), header, vec![], 0).unwrap();
            wait(node.learn_protocol_fees(&mut saved, now)).unwrap();
        }
        while wait(node.advance(follower)).unwrap().behind > 0 {}
    }
    head
}

#[test]
fn the_answers_kept_for_the_command_line_are_those_of_the_small_chain() {
    let mut world = World::new();
    world.swap(0, 5_000);
    let (node, first) = noting(world.clone());
    let mut follower = ask(&node, None, At::Head);
    world.swap(1, 700);
    world.swap(0, 900);
    let (node, second) = noting(world.clone());
    ask(&node, Some(&mut follower), At::Number(101));
    world.undo(2);
    (1..=3).for_each(|at| world.swap(0, at * 1_000));
    let (node, third) = noting(world);
    ask(&node, Some(&mut follower), At::Head);

    let stages = [first, second, third].map(|notes| notes.lock().unwrap().clone());
    let text = format!("{:#}\n", json!(stages));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/cli/chain/answers.json");
    if std::env::var_os("CENOTE_WRITE_ANSWERS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "set CENOTE_WRITE_ANSWERS and run this again to write the file anew");
}
