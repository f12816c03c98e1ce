//! [`Node`]: a node that answers JSON-RPC.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use alloy_json_rpc::RpcRecv;
use alloy_provider::{Network, Provider};
use std::sync::Arc;

use alloy_rpc_client::{BatchRequest, RpcClient, RpcClientInner};
use alloy_transport::{TransportError, TransportErrorKind};
use reqwest::Url;
use serde_json::Value;
use thiserror::Error;
use tokio::time::{sleep, timeout};

use super::fault::{RequestError, RequestFault};
use super::limits::Limits;
use super::wire::Wire;

/// A node that answers JSON-RPC, and how much is asked of it.
///
/// It needs a runtime of tokio with time.
#[derive(Debug)]
pub struct Node {
    client: Arc<RpcClientInner>,
    limits: Limits,
    requests: AtomicU64,
}

/// Why there is no node to ask, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NodeError {
    /// Not an address of HTTP.
    #[error("not an address like https://host/path")]
    Address,
    /// The certificates or the random numbers that a connection needs are not there.
    #[error("no connections can be made from here")]
    Client,
}

impl Node {
    /// A node by its address, `http://..` or `https://..`.
    ///
    /// Nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// [`NodeError`].
    pub fn http(url: &str, limits: Limits) -> Result<Self, NodeError> {
        let url = url.parse::<Url>().map_err(|_| NodeError::Address)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(NodeError::Address);
        }
        let wire = Wire::new(url, limits.answer_bytes).map_err(|_| NodeError::Client)?;
        Ok(Self::new(RpcClient::new(wire, false).into_inner(), limits))
    }

    /// A node that a provider of alloy asks. Its transport and the layers of its client are used;
    /// how much of an answer is read, and whether it retries by itself, is then its own affair.
    pub fn of<N: Network>(provider: &impl Provider<N>, limits: Limits) -> Option<Self> {
        Some(Self::new(provider.weak_client().upgrade()?, limits))
    }

    fn new(client: Arc<RpcClientInner>, limits: Limits) -> Self {
        Self { client, limits, requests: AtomicU64::new(0) }
    }

    /// How much is asked of it.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many requests it was sent, those tried again included.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The answer to one request.
    pub(super) async fn request<R: RpcRecv>(
        &self,
        method: &'static str,
        params: &Value,
    ) -> Result<R, RequestError> {
        let mut tries = Tries::new(&self.limits, method);
        loop {
            let (fault, hint) = match self.attempt(self.client.request(method, params)).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            tries.wait(fault, hint).await?;
        }
    }

    /// The answers to as many requests of one method, in one go. Either all of them came, or the
    /// first fault among them ends it; only a call that reverts is an answer: `None`.
    pub(super) async fn batch<R: RpcRecv>(
        &self,
        method: &'static str,
        params: &[Value],
    ) -> Result<Vec<Option<R>>, RequestError> {
        let mut tries = Tries::new(&self.limits, method);
        loop {
            let (fault, hint) = match self.attempt(self.send(method, params)).await {
                Ok(answers) => match settled(answers) {
                    Ok(answers) => return Ok(answers),
                    Err(fault) => (fault, None),
                },
                Err(error) => error,
            };
            tries.wait(fault, hint).await?;
        }
    }

    async fn send<R: RpcRecv>(
        &self,
        method: &'static str,
        params: &[Value],
    ) -> Result<Vec<Result<R, TransportError>>, TransportError> {
        let mut batch = BatchRequest::new(&self.client);
        let mut waiters = Vec::with_capacity(params.len());
        for params in params {
            waiters.push(batch.add_call::<_, R>(method, params)?);
        }
        batch.send().await?;
        let mut answers = Vec::with_capacity(params.len());
        for waiter in waiters {
            answers.push(waiter.await);
        }
        Ok(answers)
    }

    /// One try, in time, or what is wrong and how long the node asks to wait.
    async fn attempt<T>(
        &self,
        answer: impl IntoFuture<Output = Result<T, TransportError>>,
    ) -> Result<T, (RequestFault, Option<Duration>)> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let limit = self.limits.timeout;
        match timeout(limit, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let hint = error.as_transport_err().and_then(TransportErrorKind::retry_after);
                Err((error.into(), hint))
            }
            Err(_) => Err((RequestFault::Timeout { limit }, None)),
        }
    }
}

/// The answers of a batch, or its first fault that is not a call that reverts.
fn settled<R>(answers: Vec<Result<R, TransportError>>) -> Result<Vec<Option<R>>, RequestFault> {
    let settled = |answer: Result<R, TransportError>| match answer.map_err(RequestFault::from) {
        Ok(answer) => Ok(Some(answer)),
        Err(RequestFault::Reverted(_)) => Ok(None),
        Err(fault) => Err(fault),
    };
    answers.into_iter().map(settled).collect()
}

/// How often a request was tried, and how long to wait.
struct Tries {
    method: &'static str,
    done: u32,
    most: u32,
    wait: Duration,
    wait_max: Duration,
}

impl Tries {
    fn new(limits: &Limits, method: &'static str) -> Self {
        Self {
            method,
            done: 0,
            most: limits.retries.saturating_add(1),
            wait: limits.back_off.min(limits.back_off_max),
            wait_max: limits.back_off_max,
        }
    }

    /// Waits before the next try, where there is one.
    async fn wait(
        &mut self,
        fault: RequestFault,
        hint: Option<Duration>,
    ) -> Result<(), RequestError> {
        self.done = self.done.saturating_add(1);
        if !fault.may_pass() || self.done >= self.most {
            return Err(RequestError { method: self.method, tries: self.done, fault });
        }
        sleep(self.wait.max(hint.unwrap_or_default()).min(self.wait_max)).await;
        self.wait = self.wait.saturating_mul(2).min(self.wait_max);
        Ok(())
    }
}
