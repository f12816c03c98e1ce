//! [`RequestError`]: why a request has no answer; [`RequestFault`]: what was wrong at the last try.

use core::time::Duration;

use alloy_json_rpc::ErrorPayload;
use alloy_transport::{ErrorResponseCode, HttpError, RpcError, TransportError, TransportErrorKind};
use thiserror::Error;

use super::wire::WireError;

/// The most characters of a node's own message that are kept.
const MESSAGE: usize = 200;

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{method}: {fault} (tries: {tries})")]
pub struct RequestError {
    /// What was asked.
    pub method: &'static str,
    /// How often.
    pub tries: u32,
    /// What was wrong at the last try.
    pub fault: RequestFault,
}

/// What was wrong with the answer to a request. Texts are the node's own, cut and without control
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestFault {
    /// No whole answer in time.
    #[error("no answer within {limit:?}")]
    Timeout {
        /// How long was waited.
        limit: Duration,
    },
    /// The connection could not be made, or broke.
    #[error("no connection: {0}")]
    Connection(Box<str>),
    /// Too many requests.
    #[error("rate limit: {0}")]
    RateLimit(Box<str>),
    /// A status of HTTP other than 200.
    #[error("status {status}: {message}")]
    Status {
        /// The status.
        status: u16,
        /// What came with it.
        message: Box<str>,
    },
    /// The answer is longer than we read.
    #[error("an answer of more than {limit} bytes")]
    TooLong {
        /// How many are read.
        limit: usize,
    },
    /// The node does not answer this because the answer would be too long, or take too long.
    #[error("too much for the node: {0}")]
    TooMuch(Box<str>),
    /// The node does not know the method.
    #[error("unknown to the node: {0}")]
    UnknownMethod(Box<str>),
    /// The node does not have the block, or not any more.
    #[error("the node does not have the block: {0}")]
    UnknownBlock(Box<str>),
    /// A contract refused the call.
    #[error("reverted: {0}")]
    Reverted(Box<str>),
    /// Any other refusal.
    #[error("error {code}: {message}")]
    Refused {
        /// The node's code.
        code: i64,
        /// Its message.
        message: Box<str>,
    },
    /// The answer is no JSON of the shape that was asked for.
    #[error("malformed answer: {0}")]
    Malformed(Box<str>),
    /// The answer to a batch lacks one of its parts.
    #[error("an answer is missing from a batch")]
    Missing,
}

impl RequestFault {
    /// Whether the same request may have an answer a little later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Timeout { .. }
            | Self::Connection(_)
            | Self::RateLimit(_)
            | Self::UnknownBlock(_) => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Whether a smaller request may have an answer.
    pub(super) fn is_too_large(&self) -> bool {
        match self {
            Self::TooLong { .. } | Self::TooMuch(_) | Self::Timeout { .. } => true,
            Self::Status { status, .. } => *status == 413,
            _ => false,
        }
    }
}

impl From<TransportError> for RequestFault {
    fn from(error: TransportError) -> Self {
        if let Some(code) =
            error.as_transport_err().and_then(ErrorResponseCode::error_response_code)
        {
            // A status of HTTP that came with an error of JSON-RPC.
            let message = error.to_string();
            return refused(&ErrorPayload { code, message: message.into(), data: None::<()> });
        }
        match error {
            RpcError::ErrorResp(payload) => refused(&payload),
            RpcError::Transport(kind) => transport(&kind),
            RpcError::DeserError { err, .. } => Self::Malformed(short(&err.to_string())),
            other => Self::Malformed(short(&other.to_string())),
        }
    }
}

fn transport(kind: &TransportErrorKind) -> RequestFault {
    let wire = match kind {
        TransportErrorKind::Custom(error) | TransportErrorKind::NonRetryable(error) => {
            error.downcast_ref::<WireError>()
        }
        _ => None,
    };
    match (kind, wire, kind.as_http_error()) {
        (_, Some(WireError::TooLong { limit }), _) => RequestFault::TooLong { limit: *limit },
        (_, Some(WireError::Connection(text)), _) => RequestFault::Connection(short(text)),
        (_, _, Some(HttpError { status: 429, body })) => RequestFault::RateLimit(short(body)),
        (_, _, Some(HttpError { status, body })) => {
            RequestFault::Status { status: *status, message: short(body) }
        }
        (TransportErrorKind::MissingBatchResponse(_), ..) => RequestFault::Missing,
        _ => RequestFault::Connection(short(&kind.to_string())),
    }
}

/// What nodes say where an answer would be too long or take too long.
const TOO_MUCH: [&str; 14] = [
    "query returned more than",
    "more than 10000",
    "too many results",
    "too many logs",
    "too many blocks",
    "block range",
    "range is too",
    "range too",
    "response size",
    "response too",
    "response is too big",
    "limit exceeded",
    "query timeout",
    "request entity too large",
];

/// What nodes say where they do not have a block.
const UNKNOWN_BLOCK: [&str; 5] = [
    "header not found",
    "unknown block",
    "block not found",
    "not currently canonical",
    "header for hash not found",
];

/// What nodes say where the contract ends the call.
const REVERTED: [&str; 8] = [
    "revert",
    "out of gas",
    "out-of-gas",
    "invalid opcode",
    "invalid jump",
    "stack underflow",
    "vm execution error",
    "evm error",
];

fn refused<D>(payload: &ErrorPayload<D>) -> RequestFault {
    let message = short(&payload.message);
    let text = payload.message.to_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|known| text.contains(known));
    if payload.code == -32601 {
        RequestFault::UnknownMethod(message)
    } else if payload.code == 3 || says(&REVERTED) {
        RequestFault::Reverted(message)
    } else if says(&UNKNOWN_BLOCK) {
        RequestFault::UnknownBlock(message)
    } else if !text.contains("rate limit") && says(&TOO_MUCH) {
        RequestFault::TooMuch(message)
    } else if payload.is_retry_err() {
        RequestFault::RateLimit(message)
    } else {
        RequestFault::Refused { code: payload.code, message }
    }
}

/// A text that may be anything, as it may be shown.
fn short(text: &str) -> Box<str> {
    let shown = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(MESSAGE).map(shown).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: i64, message: &'static str) -> RequestFault {
        refused(&ErrorPayload { code, message: message.into(), data: None::<()> })
    }

    #[test]
    fn what_nodes_say_is_told_apart() {
        let is = |fault: RequestFault, name: &str| assert!(format!("{fault:?}").starts_with(name));
        is(fault(-32601, "the method eth_getBlockReceipts does not exist"), "UnknownMethod");
        is(fault(3, "execution reverted: no"), "Reverted");
        is(fault(-32000, "out of gas"), "Reverted");
        is(fault(-32000, "header not found"), "UnknownBlock");
        is(fault(-32000, "hash 0x00 is not currently canonical"), "UnknownBlock");
        // One code, two meanings: only one of them passes.
        is(fault(-32005, "query returned more than 10000 results"), "TooMuch");
        is(fault(-32005, "project ID request rate exceeded"), "RateLimit");
        is(fault(-32602, "block range is too wide"), "TooMuch");
        is(fault(429, "Too Many Requests"), "RateLimit");
        is(fault(-32000, "missing trie node"), "Refused");
    }

    #[test]
    fn hostile_messages_are_cut_and_cannot_steer_a_terminal() {
        let text = format!("\u{1b}[2J\r\n{}", "x".repeat(10_000));
        let shown = short(&text);
        assert!(shown.chars().count() == MESSAGE && !shown.contains(char::is_control));
    }
}
