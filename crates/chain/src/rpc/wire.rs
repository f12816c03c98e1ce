//! [`Wire`]: JSON-RPC over HTTP that reads no more of an answer than it is told.

use core::task::{Context, Poll};
use core::time::Duration;

use alloy_json_rpc::{RequestPacket, ResponsePacket};
use alloy_transport::{TransportError, TransportErrorKind, TransportFut};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use thiserror::Error;
use tower_service::Service;

/// The most bytes that are read of the body of a status that is no success.
const STATUS_BODY: usize = 4096;

/// Why no answer came through.
#[derive(Debug, Error)]
pub(super) enum WireError {
    /// The connection could not be made, or broke.
    #[error("{0}")]
    Connection(Box<str>),
    /// The answer is longer than is read.
    #[error("an answer of more than {limit} bytes")]
    TooLong { limit: usize },
}

/// A transport for alloy's client. Redirects are not followed: what is posted goes to one place.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    client: Client,
    url: Url,
    limit: usize,
}

impl Wire {
    pub(super) fn new(url: Url, limit: usize) -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, url, limit })
    }

    async fn post(self, packet: RequestPacket) -> Result<ResponsePacket, TransportError> {
        let body = packet.serialize().map_err(TransportError::ser_err)?;
        let request = self.client.post(self.url).header(CONTENT_TYPE, "application/json");
        let sent = request.body(body.get().to_owned()).send().await;
        let mut response = sent.map_err(|error| broken(&error))?;
        let status = response.status();
        if status != StatusCode::OK {
            let retry_after = retry_after(&response);
            let body = read(&mut response, STATUS_BODY).await.unwrap_or_default();
            let body = String::from_utf8_lossy(&body).into_owned();
            let error = TransportErrorKind::http_error_with_retry_after;
            return Err(error(status.as_u16(), body, retry_after));
        }
        let body = read(&mut response, self.limit).await?;
        serde_json::from_slice(&body).map_err(|error| TransportError::DeserError {
            err: error,
            // The error says where; the text may be as long as the limit.
            text: String::new(),
        })
    }
}

/// How long the node asks to wait, where it says so in seconds.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read(response: &mut Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if limit.saturating_sub(body.len()) < chunk.len() {
            return Err(TransportErrorKind::non_retryable(WireError::TooLong { limit }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The whole chain of causes; the outermost says only that a request failed. An address may hold a
/// key, so it is left out.
fn broken(error: &reqwest::Error) -> TransportError {
    let mut cause = core::error::Error::source(error);
    let mut text = String::from(if error.is_connect() { "cannot connect" } else { "broken off" });
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    TransportErrorKind::custom(WireError::Connection(text.into()))
}

impl Service<RequestPacket> for Wire {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        Box::pin(self.clone().post(packet))
    }
}
