//! [`Limits`]: how much is asked of a node, and for how long; [`Proof`]: what it has to prove.

use core::time::Duration;

use crate::address::Address;

/// How much is asked of a node at once, how long it may take, and what it has to prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long one attempt of a request may take, the whole answer included.
    pub timeout: Duration,
    /// How often a request is tried again after something that may pass: no answer in time, a
    /// connection that cannot be made or breaks, a rate limit, a status of 5xx.
    pub retries: u32,
    /// How long to wait before the first retry; twice as long before each further one.
    pub back_off: Duration,
    /// The longest wait before a retry, also where the node asks for a longer one.
    pub back_off_max: Duration,
    /// The most bytes of an answer that are read.
    pub answer_bytes: usize,
    /// Calls of contracts in one call of the multicall contract.
    pub calls_per_multicall: usize,
    /// Requests in one JSON-RPC batch.
    pub requests_per_batch: usize,
    /// Blocks whose logs are asked for at once, and the most blocks that one
    /// [`advance`](crate::rpc::Node::advance) pushes.
    pub blocks_per_query: usize,

    /// The most pairs that are taken of one factory.
    pub pairs_per_factory: u64,
    /// Where the multicall contract is; where no code is there, calls go one by one in batches.
    pub multicall: Address,
    /// Whether a header must have the hash of its fields. Some chains hash otherwise; then nothing
    /// that a node says of a block is proven.
    pub header_hashes: bool,
    /// Whether the logs of a block are proven to be all there are.
    pub proof: Proof,
}

/// Whether the logs of a block are proven complete and true by the receipts of the block, whose
/// root is in its header.
///
/// Where they are not, each log must still be in the bloom of the header, so that none is invented
/// of whole cloth; one that is left out is not noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// By receipts; a node that does not have them (`eth_getBlockReceipts`) is of no use.
    Required,
    /// By receipts near the head, where the node has them; else by the bloom.
    #[default]
    WhereOffered,
    /// By the bloom only, which costs the node and the line least.
    Bloom,
}

impl Limits {
    /// Where the multicall contract is on most chains: `0xca11bde05977b3631167028862be2a173976ca11`.
    pub const MULTICALL3: Address = Address([
        0xca, 0x11, 0xbd, 0xe0, 0x59, 0x77, 0xb3, 0x63, 0x11, 0x67, 0x02, 0x88, 0x62, 0xbe, 0x2a,
        0x17, 0x39, 0x76, 0xca, 0x11,
    ]);
}

impl Default for Limits {
    /// For a node that others use, too.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            retries: 4,
            back_off: Duration::from_millis(250),
            back_off_max: Duration::from_secs(10),
            answer_bytes: 64 << 20,
            calls_per_multicall: 500,
            requests_per_batch: 50,
            blocks_per_query: 100,
            pairs_per_factory: 2_000_000,
            multicall: Self::MULTICALL3,
            header_hashes: true,
            proof: Proof::WhereOffered,
        }
    }
}
