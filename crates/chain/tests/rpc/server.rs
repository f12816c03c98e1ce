//! A server of JSON-RPC on loopback, one connection for each request.

use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request, or one of a batch.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) params: Value,
    /// How many of this method came before it.
    pub(crate) nth: usize,
}

/// What is answered.
pub(crate) enum Reply {
    /// A result.
    Result(Value),
    /// An error of JSON-RPC.
    Error(i64, &'static str),
    /// No answer to this part of a batch.
    Nothing,
    /// Another status of HTTP than 200, with a header and a body.
    Status(&'static str, &'static str, &'static str),
    /// These bytes in the place of a body of JSON.
    Body(Vec<u8>),
    /// Bytes without end.
    Endless,
    /// A body that breaks off.
    Cut,
    /// Nothing at all, until the other side gives up.
    Stall,
    /// One byte, and a while later one more.
    Trickle,
}

/// Who answers.
pub(crate) trait Answers: Send + 'static {
    fn answer(&mut self, asked: &Asked) -> Reply;
}

impl<F: FnMut(&Asked) -> Reply + Send + 'static> Answers for F {
    fn answer(&mut self, asked: &Asked) -> Reply {
        self(asked)
    }
}

pub(crate) struct Server {
    address: SocketAddr,
}

/// Who answers, and the methods that were asked for.
struct Desk {
    answers: Box<dyn Answers>,
    asked: Vec<String>,
}

impl Server {
    /// Answers for as long as the tests run.
    pub(crate) fn start(answers: impl Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Mutex::new(Desk { answers: Box::new(answers), asked: Vec::new() }));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let desk = Arc::clone(&desk);
                // A client that goes away is no failure.
                thread::spawn(move || serve(&stream.unwrap(), &desk).ok());
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn serve(stream: &TcpStream, desk: &Mutex<Desk>) -> std::io::Result<()> {
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
    let requests = packet.as_array().cloned().unwrap_or_else(|| vec![packet.clone()]);
    let mut answers = Vec::new();
    for request in requests {
        let id = &request["id"];
        match reply(desk, &request) {
            Reply::Result(result) => {
                answers.push(json!({"jsonrpc": "2.0", "id": id, "result": result}));
            }
            Reply::Error(code, message) => {
                let error = json!({"code": code, "message": message});
                answers.push(json!({"jsonrpc": "2.0", "id": id, "error": error}));
            }
            Reply::Nothing => {}
            other => return break_off(stream, &other),
        }
    }
    let body = if packet.is_array() { json!(answers) } else { answers[0].clone() };
    whole(stream, "200 OK", "", body.to_string().as_bytes())
}

fn reply(desk: &Mutex<Desk>, request: &Value) -> Reply {
    let mut desk = desk.lock().unwrap();
    let method = request["method"].as_str().unwrap().to_owned();
    let nth = desk.asked.iter().filter(|asked| **asked == method).count();
    desk.asked.push(method.clone());
    desk.answers.answer(&Asked { method, params: request["params"].clone(), nth })
}

fn whole(mut stream: &TcpStream, status: &str, header: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{header}Content-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

/// Answers otherwise than with JSON-RPC.
fn break_off(mut stream: &TcpStream, reply: &Reply) -> std::io::Result<()> {
    let head =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
    let mut byte = [0];
    match reply {
        Reply::Status(status, header, body) => whole(stream, status, header, body.as_bytes()),
        Reply::Body(body) => whole(stream, "200 OK", "", body),
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")?;
            loop {
                stream.write_all(&[b' '; 4096])?;
            }
        }
        Reply::Cut => {
            stream.write_all(head)?;
            stream.write_all(b"{\"jsonrpc\": \"2.0\", \"id\": 0, \"result\":")
        }
        // The other side says nothing more: this waits until it hangs up.
        Reply::Stall => stream.read_exact(&mut byte),
        _ => {
            stream.write_all(head)?;
            stream.set_read_timeout(Some(Duration::from_millis(5)))?;
            loop {
                stream.write_all(b" ")?;
                if let Ok(0) = stream.read(&mut byte) {
                    return Ok(());
                }
            }
        }
    }
}
