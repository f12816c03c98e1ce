//! [`Block`]: the header of a block as a node gives it, and what its logs are judged by.

use alloy_primitives::{B256, Bloom};
use alloy_rpc_types_eth::Header as RpcHeader;
use serde_json::{Value, json};
use thiserror::Error;

use super::fault::RequestError;
use super::node::Node;
use crate::block::{BlockHash, Header};

/// A block: its header, and what its logs are judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    header: Header,
    pub(super) logs_bloom: Bloom,
    pub(super) receipts_root: B256,
}

/// Why a node gives no block, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlockError {
    /// No answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The node does not have the block.
    #[error("the node has no block {asked}")]
    Unknown {
        /// Which: a number, a hash or `latest`.
        asked: Box<str>,
    },
    /// The node gives a block of another number.
    #[error("asked for block {asked}, the node gives block {found}")]
    OtherNumber {
        /// The number asked for.
        asked: u64,
        /// The number given.
        found: u64,
    },
    /// The node gives a block of another hash.
    #[error("asked for block {asked}, the node gives block {found}")]
    OtherHash {
        /// The hash asked for.
        asked: BlockHash,
        /// The hash given.
        found: BlockHash,
    },
    /// The hash is not that of the header's fields.
    #[error("block {number} is said to have the hash {claimed}, its fields have {computed}")]
    Hash {
        /// Its number.
        number: u64,
        /// What the node says.
        claimed: BlockHash,
        /// What the fields say.
        computed: BlockHash,
    },
}

/// Which block is asked for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Latest,
    Number(u64),
    Hash(BlockHash),
}

impl Block {
    /// Its header.
    pub fn header(&self) -> Header {
        self.header
    }
}

impl Node {
    /// The newest block that the node knows.
    ///
    /// # Errors
    ///
    /// [`BlockError`], in the order of its variants; so for the other blocks.
    pub async fn head(&self) -> Result<Block, BlockError> {
        self.block_of(Asked::Latest).await
    }

    /// The block of this number on the node's chain.
    ///
    /// # Errors
    ///
    /// [`BlockError`].
    pub async fn block_at(&self, number: u64) -> Result<Block, BlockError> {
        self.block_of(Asked::Number(number)).await
    }

    /// The block of this hash.
    ///
    /// # Errors
    ///
    /// [`BlockError`].
    pub async fn block(&self, hash: BlockHash) -> Result<Block, BlockError> {
        self.block_of(Asked::Hash(hash)).await
    }

    async fn block_of(&self, asked: Asked) -> Result<Block, BlockError> {
        let answer = self.request(asked.method(), &asked.params()).await?;
        self.judge(asked, answer)
    }

    /// The blocks of these numbers on the node's chain, in batches.
    pub(super) async fn blocks_at(&self, numbers: &[u64]) -> Result<Vec<Block>, BlockError> {
        let mut blocks = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(self.limits().requests_per_batch.max(1)) {
            let asked = numbers.iter().map(|number| Asked::Number(*number)).collect::<Vec<_>>();
            let params = asked.iter().map(|asked| asked.params()).collect::<Vec<_>>();
            let answers = self.batch(Asked::Number(0).method(), &params).await?;
            for (asked, answer) in asked.into_iter().zip(answers) {
                blocks.push(self.judge(asked, answer.flatten())?);
            }
        }
        Ok(blocks)
    }

    fn judge(&self, asked: Asked, answer: Option<RpcHeader>) -> Result<Block, BlockError> {
        let unknown = || BlockError::Unknown { asked: asked.to_string().into() };
        let RpcHeader { hash, inner, .. } = answer.ok_or_else(unknown)?;
        let (number, claimed) = (inner.number, BlockHash::from(hash));
        match asked {
            Asked::Number(asked) if asked != number => {
                return Err(BlockError::OtherNumber { asked, found: number });
            }
            Asked::Hash(asked) if asked != claimed => {
                return Err(BlockError::OtherHash { asked, found: claimed });
            }
            _ => {}
        }
        if self.limits().header_hashes {
            let computed = BlockHash::from(inner.hash_slow());
            if computed != claimed {
                return Err(BlockError::Hash { number, claimed, computed });
            }
        }
        let parent = inner.parent_hash.into();
        let header = Header { number, hash: claimed, parent, timestamp: inner.timestamp };
        let (logs_bloom, receipts_root) = (inner.logs_bloom, inner.receipts_root);
        Ok(Block { header, logs_bloom, receipts_root })
    }
}

impl Asked {
    fn method(self) -> &'static str {
        match self {
            Self::Latest | Self::Number(_) => "eth_getBlockByNumber",
            Self::Hash(_) => "eth_getBlockByHash",
        }
    }

    /// Without the transactions.
    fn params(self) -> Value {
        match self {
            Self::Number(number) => json!([format!("{number:#x}"), false]),
            _ => json!([self.to_string(), false]),
        }
    }
}

impl core::fmt::Display for Asked {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Number(number) => number.fmt(f),
            Self::Hash(hash) => hash.fmt(f),
        }
    }
}
