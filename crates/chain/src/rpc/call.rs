//! Calls of contracts at one block, many in one request.

use alloy_primitives::Bytes;
use alloy_sol_types::{SolCall, sol};
use serde_json::{Value, json};
use thiserror::Error;

use super::fault::{RequestError, RequestFault};
use super::node::Node;
use crate::address::Address;
use crate::block::BlockHash;

sol! {
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }
    struct Result3 {
        bool success;
        bytes returnData;
    }
    function aggregate3(Call3[] calls) returns (Result3[] returnData);
}

/// Why calls have no answers, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// No answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// What the multicall contract answers is not of its form.
    #[error("the multicall contract's answer is not of its form")]
    Form,
    /// Not as many results as calls.
    #[error("{calls} calls have {results} results")]
    Count {
        /// How many were asked for.
        calls: usize,
        /// How many came.
        results: usize,
    },
}

/// A call of a contract.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) to: Address,
    pub(super) data: Bytes,
}

impl Call {
    pub(super) fn new(to: Address, call: &impl SolCall) -> Self {
        Self { to, data: call.abi_encode().into() }
    }
}

/// What a contract answers; `None` where it refuses, or where nobody can be brought to hear it.
pub(super) type Answer = Option<Vec<u8>>;

/// Contracts as they were at the end of one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contracts<'a> {
    node: &'a Node,
    block: BlockHash,
    multicall: Option<Address>,
}

impl Node {
    /// The contracts at the end of a block, which must be on the node's chain whenever it is asked.
    pub(super) async fn contracts(&self, block: BlockHash) -> Result<Contracts<'_>, RequestError> {
        let multicall = self.limits().multicall;
        let params = json!([multicall.to_string(), at(block)]);
        let code: Bytes = self.request("eth_getCode", &params).await?;
        let multicall = (!code.is_empty()).then_some(multicall);
        Ok(Contracts { node: self, block, multicall })
    }
}

impl Contracts<'_> {
    /// The answers to calls, in their order.
    pub(super) async fn ask(&self, calls: &[Call]) -> Result<Vec<Answer>, CallError> {
        let limits = self.node.limits();
        let most = match self.multicall {
            Some(_) => limits.calls_per_multicall,
            None => limits.requests_per_batch,
        };
        let mut answers = Vec::with_capacity(calls.len());
        // What is still to be asked, the next one last.
        let mut parts = calls.chunks(most.max(1)).rev().collect::<Vec<_>>();
        while let Some(part) = parts.pop() {
            match self.ask_at_once(part).await {
                Ok(some) => answers.extend(some),
                Err(CallError::Request(error)) if is_of_size(&error.fault) => {
                    let (first, second) = part.split_at(part.len().div_euclid(2));
                    if first.is_empty() {
                        if let RequestFault::Timeout { .. } = error.fault {
                            return Err(error.into());
                        }
                        answers.push(None);
                    } else {
                        parts.extend([second, first]);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }

    async fn ask_at_once(&self, calls: &[Call]) -> Result<Vec<Answer>, CallError> {
        let Some(multicall) = self.multicall else {
            let params = calls.iter().map(|call| self.params(call)).collect::<Vec<_>>();
            let answers: Vec<Option<Bytes>> = self.node.batch("eth_call", &params).await?;
            return Ok(answers.into_iter().map(|answer| answer.map(Vec::from)).collect());
        };
        let inner = calls.iter().map(|call| Call3 {
            target: call.to.into(),
            allowFailure: true,
            callData: call.data.clone(),
        });
        let call = Call::new(multicall, &aggregate3Call { calls: inner.collect() });
        let answer: Bytes = self.node.request("eth_call", &self.params(&call)).await?;
        let results = aggregate3Call::abi_decode_returns_validate(&answer);
        let results = results.map_err(|_| CallError::Form)?;
        if results.len() != calls.len() {
            return Err(CallError::Count { calls: calls.len(), results: results.len() });
        }
        let answer = |result: Result3| result.success.then(|| result.returnData.into());
        Ok(results.into_iter().map(answer).collect())
    }

    fn params(&self, call: &Call) -> Value {
        json!([{ "to": call.to.to_string(), "data": call.data }, at(self.block)])
    }
}

/// A block by its hash, which must be on the node's chain (EIP-1898): one that is undone meanwhile
/// is an error, not another state.
fn at(block: BlockHash) -> Value {
    json!({ "blockHash": block.to_string(), "requireCanonical": true })
}

/// Whether fewer calls at once may have answers.
fn is_of_size(fault: &RequestFault) -> bool {
    fault.is_too_large() || matches!(fault, RequestFault::Reverted(_))
}
