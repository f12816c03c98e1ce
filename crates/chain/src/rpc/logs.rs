//! Logs by filter: what is asked for, and how what comes is judged.

use std::collections::BTreeMap;

use alloy_primitives::{B256, BloomInput, Log};
use alloy_rpc_types_eth::Log as RpcLog;
use serde_json::{Map, Value, json};

use super::block::Block;
use super::fault::RequestError;
use super::node::Node;
use super::records::RecordsError;
use crate::block::BlockHash;
use crate::decode::TOPICS;

/// Logs by the numbers of their blocks and their places in them.
pub(super) type Found = BTreeMap<(u64, u64), Log>;

/// Topics of a log, each free or one of some.
type Topics = [Option<Vec<B256>>; 3];

/// What is asked for: all that says something, of transfers only those from and to nobody.
fn filters() -> [Topics; 3] {
    let [sync, swap, mint, burn, transfer, pair_created] = TOPICS;
    let nobody = || Some(vec![B256::ZERO]);
    [
        [Some(vec![sync, swap, mint, burn, pair_created]), None, None],
        [Some(vec![transfer]), nobody(), None],
        [Some(vec![transfer]), None, nobody()],
    ]
}

/// Whether a log is one of those asked for.
fn matches(topics: &Topics, log: &Log) -> bool {
    let mut found = log.topics().iter();
    topics.iter().all(|wanted| match (wanted, found.next()) {
        (Some(wanted), Some(topic)) => wanted.contains(topic),
        (Some(_), None) => false,
        (None, _) => true,
    })
}

impl Node {
    /// The logs of one block, by its hash.
    pub(super) async fn logs_of(&self, block: &Block) -> Result<Found, RecordsError> {
        let place = place([("blockHash", block.header().hash.to_string())]);
        self.logs(&place, core::slice::from_ref(block)).await
    }

    /// The logs of blocks that follow one another, by their numbers: all at once, or in halves where
    /// that is too much.
    pub(super) async fn logs_between(&self, blocks: &[Block]) -> Result<Found, RecordsError> {
        let mut found = Found::new();
        let mut parts = vec![blocks];
        while let Some(part) = parts.pop() {
            let [first, .., last] = part else {
                for block in part {
                    found.extend(self.logs_of(block).await?);
                }
                continue;
            };
            let [from, to] = [first, last].map(|block| block.header().number);
            let place =
                place([("fromBlock", format!("{from:#x}")), ("toBlock", format!("{to:#x}"))]);
            match self.logs(&place, part).await {
                Ok(logs) => found.extend(logs),
                Err(RecordsError::Request(RequestError { fault, .. })) if fault.is_too_large() => {
                    let (first, second) = part.split_at(part.len().div_euclid(2));
                    parts.extend([second, first]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn logs(
        &self,
        place: &Map<String, Value>,
        blocks: &[Block],
    ) -> Result<Found, RecordsError> {
        let mut found = Found::new();
        for topics in &filters() {
            let mut filter = place.clone();
            filter.insert("topics".to_owned(), json!(topics));
            let logs: Vec<RpcLog> = self.request("eth_getLogs", &json!([filter])).await?;
            collect(topics, blocks, logs, &mut found)?;
        }
        Ok(found)
    }
}

/// What a filter says of blocks.
fn place<const N: usize>(fields: [(&str, String); N]) -> Map<String, Value> {
    fields.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect()
}

/// Takes over the logs of one answer, which must be logs of these blocks, asked for, in order.
fn collect(
    topics: &Topics,
    blocks: &[Block],
    logs: Vec<RpcLog>,
    found: &mut Found,
) -> Result<(), RecordsError> {
    let mut last = None;
    for log in logs {
        if log.removed {
            return Err(RecordsError::Removed);
        }
        let (Some(number), Some(hash), Some(index)) =
            (log.block_number, log.block_hash, log.log_index)
        else {
            return Err(RecordsError::Placeless);
        };
        let hash = BlockHash::from(hash);
        let header =
            |block: &&Block| (block.header().number, block.header().hash) == (number, hash);
        let other = RecordsError::OtherBlock { number, hash };
        let block = blocks.iter().find(header).ok_or(other)?;
        if !matches(topics, &log.inner) {
            return Err(RecordsError::NotAskedFor { number, index });
        }
        let bloom = |bytes: &[u8]| block.logs_bloom.contains_input(BloomInput::Raw(bytes));
        let mut said = log.inner.topics().iter();
        if !bloom(log.inner.address.as_slice()) || !said.all(|topic| bloom(topic.as_slice())) {
            return Err(RecordsError::NotInBloom { number, index });
        }
        if last.is_some_and(|last| (number, index) <= last) {
            return Err(RecordsError::Order { number, index });
        }
        last = Some((number, index));
        if found.get(&(number, index)).is_some_and(|before| *before != log.inner) {
            return Err(RecordsError::Contradiction { number, index });
        }
        found.insert((number, index), log.inner);
    }
    Ok(())
}
