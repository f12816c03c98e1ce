//! A small chain: blocks whose headers commit to their receipts, and the state after each.

use alloy_consensus::proofs::ordered_trie_root_with_encoder;
use alloy_consensus::{Eip658Value, Header, Receipt, RlpEncodableReceipt};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log};
use serde_json::{Value, json};

use crate::contracts::{MULTICALL, State};
use crate::server::{Answers, Asked, Reply};

/// A block and all that is known of it.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) header: Header,
    pub(crate) hash: B256,
    pub(crate) logs: Vec<Log>,
    pub(crate) state: State,
}

/// A chain, and what was undone of it.
#[derive(Clone)]
pub(crate) struct World {
    /// The chain, the oldest first; the first one has the number [`World::FIRST`].
    pub(crate) chain: Vec<Block>,
    pub(crate) undone: Vec<Block>,
    pub(crate) multicall: bool,
    pub(crate) receipts: bool,
}

impl World {
    pub(crate) const FIRST: u64 = 100;

    pub(crate) fn new() -> Self {
        let mut world =
            Self { chain: Vec::new(), undone: Vec::new(), multicall: true, receipts: true };
        world.push(Vec::new(), State::new(), 0);
        world
    }

    pub(crate) fn head(&self) -> &Block {
        self.chain.last().unwrap()
    }

    /// A block in which so many units are swapped in a pair, after a transfer that says nothing.
    pub(crate) fn swap(&mut self, pair: usize, amount_in: u128) {
        let mut state = self.head().state.clone();
        let time = u32::try_from(self.next_time()).unwrap();
        let logs = state.pairs[pair].swap(amount_in, time);
        self.push(logs, state, amount_in.try_into().unwrap());
    }

    /// A block with these logs.
    pub(crate) fn push(&mut self, logs: Vec<Log>, state: State, salt: u64) {
        let number = Self::FIRST + u64::try_from(self.chain.len()).unwrap();
        let header = Header {
            parent_hash: self.chain.last().map_or(B256::ZERO, |block| block.hash),
            number,
            timestamp: self.next_time(),
            gas_limit: salt,
            logs_bloom: logs.iter().collect::<Bloom>(),
            receipts_root: root(&receipts(&logs)),
            base_fee_per_gas: Some(7),
            ..Header::default()
        };
        let hash = header.hash_slow();
        self.chain.push(Block { header, hash, logs, state });
    }

    /// Undoes so many blocks.
    pub(crate) fn undo(&mut self, count: usize) {
        let left = self.chain.len() - count;
        self.undone.extend(self.chain.drain(left..));
    }

    fn next_time(&self) -> u64 {
        2_000 + 12 * u64::try_from(self.chain.len()).unwrap()
    }

    pub(crate) fn by_number(&self, number: u64) -> Option<&Block> {
        self.chain.get(usize::try_from(number.checked_sub(Self::FIRST)?).unwrap())
    }

    fn by_hash(&self, hash: &Value) -> Option<&Block> {
        let hash = hash.as_str().unwrap().parse::<B256>().unwrap();
        self.chain.iter().chain(&self.undone).find(|block| block.hash == hash)
    }

    /// The truth.
    pub(crate) fn honest(&self, asked: &Asked) -> Reply {
        let first = &asked.params[0];
        let is_empty = first.get("blockHash").map(|hash| self.by_hash(hash).is_none());
        let result = match asked.method.as_str() {
            "eth_getBlockByNumber" => {
                let number = match first.as_str().unwrap() {
                    "latest" => self.head().header.number,
                    number => quantity(number),
                };
                json!(self.by_number(number).map(block_json))
            }
            "eth_getBlockByHash" => json!(self.by_hash(first).map(block_json)),
            "eth_getBlockReceipts" if !self.receipts => {
                return Reply::Error(-32601, "no such method");
            }
            "eth_getBlockReceipts" => {
                json!(self.by_hash(&first["blockHash"]).map(receipts_json))
            }
            "eth_getLogs" if is_empty == Some(true) => {
                return Reply::Error(-32000, "unknown block");
            }
            "eth_getLogs" => json!(self.logs(first)),
            "eth_getCode" | "eth_call" => return self.contract(asked),
            other => panic!("{other} is not asked for"),
        };
        Reply::Result(result)
    }

    fn contract(&self, asked: &Asked) -> Reply {
        let at = &asked.params[1];
        assert_eq!(at["requireCanonical"], json!(true));
        let hash = at["blockHash"].as_str().unwrap().parse::<B256>().unwrap();
        let Some(block) = self.chain.iter().find(|block| block.hash == hash) else {
            return Reply::Error(-32000, "hash is not currently canonical");
        };
        let to = &asked.params[0];
        if asked.method == "eth_getCode" {
            let there = self.multicall && to.as_str() == Some(&format!("{MULTICALL:#x}"));
            return Reply::Result(json!(if there { "0x60" } else { "0x" }));
        }
        let data: Bytes = serde_json::from_value(to["data"].clone()).unwrap();
        let to: Address = serde_json::from_value(to["to"].clone()).unwrap();
        match block.state.call(to, &data) {
            Some(answer) => Reply::Result(json!(Bytes::from(answer))),
            None => Reply::Error(3, "execution reverted"),
        }
    }

    fn logs(&self, filter: &Value) -> Vec<Value> {
        let blocks = if let Some(hash) = filter.get("blockHash") {
            vec![self.by_hash(hash).unwrap()]
        } else {
            let at = |at| quantity(filter[at].as_str().unwrap());
            let numbers = at("fromBlock")..=at("toBlock");
            numbers.filter_map(|number| self.by_number(number)).collect()
        };
        let topics = filter["topics"].as_array().unwrap();
        let is_wanted = |log: &Log| {
            topics.iter().enumerate().all(|(at, wanted)| {
                wanted.is_null()
                    || log
                        .topics()
                        .get(at)
                        .is_some_and(|topic| wanted.as_array().unwrap().contains(&json!(topic)))
            })
        };
        let mut found = Vec::new();
        for block in blocks {
            for (index, log) in block.logs.iter().enumerate().filter(|(_, log)| is_wanted(log)) {
                found.push(log_json(block, index, log));
            }
        }
        found
    }
}

impl Answers for World {
    fn answer(&mut self, asked: &Asked) -> Reply {
        self.honest(asked)
    }
}

pub(crate) fn quantity(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

pub(crate) fn block_json(block: &Block) -> Value {
    let mut json = json!(block.header);
    json["hash"] = json!(block.hash);
    json["size"] = json!("0x220");
    json["uncles"] = json!([]);
    json["transactions"] = json!([B256::repeat_byte(1), B256::repeat_byte(2)]);
    json
}

fn log_json(block: &Block, index: usize, log: &Log) -> Value {
    json!({
        "address": log.address,
        "topics": log.topics(),
        "data": log.data.data,
        "blockHash": block.hash,
        "blockNumber": format!("{:#x}", block.header.number),
        "transactionHash": B256::repeat_byte(1),
        "transactionIndex": "0x0",
        "logIndex": format!("{index:#x}"),
        "removed": false,
    })
}

/// The logs in two receipts of two kinds, the first log alone in one.
fn receipts(logs: &[Log]) -> Vec<(u8, Vec<Log>)> {
    let (first, rest) = logs.split_at(logs.len().min(1));
    vec![(0, first.to_vec()), (2, rest.to_vec())]
}

fn root(receipts: &[(u8, Vec<Log>)]) -> B256 {
    ordered_trie_root_with_encoder(receipts, |(kind, logs), bytes| {
        if *kind != 0 {
            bytes.push(*kind);
        }
        let receipt = Receipt {
            status: Eip658Value::Eip658(true),
            cumulative_gas_used: 21_000,
            logs: logs.clone(),
        };
        receipt.rlp_encode_with_bloom(&logs.iter().collect::<Bloom>(), bytes);
    })
}

fn receipts_json(block: &Block) -> Value {
    let mut index = 0..;
    let receipt = |(kind, logs): &(u8, Vec<Log>)| {
        let logs_json = logs.iter().map(|log| log_json(block, index.next().unwrap(), log));
        json!({
            "type": format!("{kind:#x}"),
            "status": "0x1",
            "cumulativeGasUsed": "0x5208",
            "logs": logs_json.collect::<Vec<_>>(),
            "logsBloom": logs.iter().collect::<Bloom>(),
            "transactionHash": B256::repeat_byte(*kind),
        })
    };
    receipts(&block.logs).iter().map(receipt).collect()
}
