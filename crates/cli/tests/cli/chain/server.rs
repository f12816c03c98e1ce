//! A node on loopback, with the answers of a small chain at three stages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

type Answers = BTreeMap<String, Value>;

/// What a node does otherwise than answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Honest,
    /// 429, for ever.
    Limited,
    /// Nothing, for ever.
    Silent,
    /// An error with text that would steer a terminal.
    Rude,
}

pub(super) struct Server {
    address: SocketAddr,
}

/// A chain that goes on: the stage for each time that the newest block is asked for.
struct Chain {
    stages: Vec<Answers>,
    schedule: Vec<usize>,
    asked: usize,
    now: usize,
}

impl Server {
    /// A node at the stages of the schedule, one after the other each time that the newest block is
    /// asked for, and then for ever at the last one.
    pub(super) fn start(schedule: &[usize], mood: Mood) -> Self {
        let stages = serde_json::from_str(include_str!("answers.json")).unwrap();
        let chain = Chain { stages, schedule: schedule.to_vec(), asked: 0, now: schedule[0] };
        let chain = Arc::new(Mutex::new(chain));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let chain = Arc::clone(&chain);
                // A program that goes away is no failure.
                thread::spawn(move || serve(&stream.unwrap(), &chain, mood).ok());
            }
        });
        Self { address }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Chain {
    fn answer(&mut self, request: &Value) -> Value {
        let key = format!("{} {}", request["method"].as_str().unwrap(), request["params"]);
        if key.contains("latest") {
            self.now = *self.schedule.get(self.asked).or(self.schedule.last()).unwrap();
            self.asked += 1;
        }
        let id = &request["id"];
        if let Some(result) = self.stages[self.now].get(&key) {
            json!({"jsonrpc": "2.0", "id": id, "result": result})
        } else {
            let error = json!({"code": -32000, "message": format!("no answer to {key}")});
            json!({"jsonrpc": "2.0", "id": id, "error": error})
        }
    }
}

fn serve(mut stream: &TcpStream, chain: &Mutex<Chain>, mood: Mood) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let packet: Value = serde_json::from_slice(&body).unwrap();
    let mut chain = chain.lock().unwrap();
    let answer = match (mood, packet.as_array()) {
        (Mood::Silent, _) => {
            drop(chain);
            return stream.read_exact(&mut [0]);
        }
        (Mood::Limited, _) => {
            return stream
                .write_all(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
        }
        (Mood::Rude, _) => {
            let error = json!({"code": -32602, "message": "\u{1b}[2J\r\nno"});
            json!({"jsonrpc": "2.0", "id": packet["id"], "error": error})
        }
        (_, Some(requests)) => requests.iter().map(|request| chain.answer(request)).collect(),
        (_, None) => chain.answer(&packet),
    };
    let body = answer.to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}
