//! The receipts of a block: all its logs, and the root that proves it.

use alloy_consensus::proofs::ordered_trie_root_with_encoder;
use alloy_consensus::{Eip658Value, Receipt, RlpEncodableReceipt};
use alloy_primitives::{B256, Bloom, Bytes, Log, U8, U64};
use alloy_rpc_types_eth::Log as RpcLog;
use serde::Deserialize;
use serde_json::json;

use super::fault::RequestError;
use super::node::Node;
use crate::block::BlockHash;

/// A receipt as a node gives it: what its block's root is made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RpcReceipt {
    /// The kind of the transaction; zero where nothing is said.
    #[serde(default, rename = "type")]
    kind: U8,
    /// Whether it succeeded; since Byzantium.
    status: Option<U64>,
    /// The root of the state after it; before.
    root: Option<Bytes>,
    cumulative_gas_used: U64,
    logs_bloom: Bloom,
    logs: Vec<RpcLog>,
}

impl Node {
    /// The receipts of a block; `None` where the node does not have it.
    pub(super) async fn receipts(
        &self,
        block: BlockHash,
    ) -> Result<Option<Vec<RpcReceipt>>, RequestError> {
        let params = json!([{ "blockHash": block.to_string() }]);
        self.request("eth_getBlockReceipts", &params).await
    }
}

/// The root of receipts, which commits to each of them and to their order.
pub(super) fn root(receipts: &[RpcReceipt]) -> B256 {
    ordered_trie_root_with_encoder(receipts, |receipt, bytes| {
        let kind = receipt.kind.to::<u8>();
        if kind != 0 {
            bytes.push(kind);
        }
        let outcome = receipt.root.as_ref().and_then(|root| B256::try_from(root.as_ref()).ok());
        let status = match (receipt.status, outcome) {
            (None, Some(root)) => Eip658Value::PostState(root),
            (status, _) => Eip658Value::Eip658(status == Some(U64::ONE)),
        };
        let logs = receipt.logs.iter().map(|log| log.inner.clone()).collect();
        let cumulative_gas_used = receipt.cumulative_gas_used.to::<u64>();
        let receipt_ = Receipt { status, cumulative_gas_used, logs };
        receipt_.rlp_encode_with_bloom(&receipt.logs_bloom, bytes);
    })
}

/// The logs of receipts in their order, with their places in the block.
pub(super) fn logs(receipts: Vec<RpcReceipt>) -> impl Iterator<Item = (u64, Log)> {
    (0..).zip(receipts.into_iter().flat_map(|receipt| receipt.logs).map(|log| log.inner))
}
