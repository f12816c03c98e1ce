//! What may be said of chains.

use std::path::PathBuf;

use cenote::chain::Address;
use cenote::chain::rpc::Proof;
use cenote::{Amount, Fee};
use clap::ValueEnum;

use super::{Format, count, fee, number};

/// Which node is asked, and how much of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Node {
    /// Where the node answers JSON-RPC, <http://..> or <https://..>
    #[arg(long = "rpc", value_name = "URL")]
    pub(crate) url: String,
    /// How long one try of a request may take
    #[arg(long, value_name = "MS", default_value_t = 20_000, value_parser = number)]
    pub(crate) timeout_ms: u64,
    /// How often a request is tried again
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = number)]
    pub(crate) retries: u64,
    /// Calls of contracts in one request
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = count)]
    pub(crate) calls_per_request: usize,
    /// Blocks whose logs are asked for at once
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count)]
    pub(crate) blocks_per_query: usize,
    /// Where the multicall contract is, if not at its usual address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) multicall: Option<Address>,
    /// What proves that a block's logs are all there are
    #[arg(long, value_enum, default_value_t = ProofName::Offered)]
    pub(crate) proof: ProofName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProofName {
    /// The receipts of each block, whose root is in its header
    Receipts,
    /// Receipts near the head, where the node has them, else the bloom
    Offered,
    /// The bloom only: no log is invented, one may be left out
    Bloom,
}

impl From<ProofName> for Proof {
    fn from(name: ProofName) -> Self {
        match name {
            ProofName::Receipts => Self::Required,
            ProofName::Offered => Self::WhereOffered,
            ProofName::Bloom => Self::Bloom,
        }
    }
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(crate) struct Sync {
    #[command(flatten)]
    pub(crate) node: Node,
    /// Take all pairs of this factory; may be given several times
    #[arg(long, value_name = "ADDRESS", group = "which")]
    pub(crate) factory: Vec<Address>,
    /// Take these pairs: addresses joined by commas, or a file with one in each line
    #[arg(long, value_name = "LIST", group = "which", conflicts_with = "resume")]
    pub(crate) pairs: Option<String>,
    /// The fee of the pairs, in hundredths of a basis point (3000 is 0.3 %)
    #[arg(long, value_name = "PIPS", default_value = "3000", value_parser = fee)]
    pub(crate) fee_pips: Fee,
    /// The block of the state; the newest one if not given
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) block: Option<u64>,
    /// Go on from what an earlier sync wrote; new pairs of each --factory are taken in
    #[arg(long, value_name = "FILE", group = "which")]
    pub(crate) resume: Option<PathBuf>,
    /// Write the pools to this file, or - for stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Leave out how tokens call themselves
    #[arg(long)]
    pub(crate) no_labels: bool,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(crate) struct Follow {
    #[command(flatten)]
    pub(crate) node: Node,
    /// Follow all pairs of this factory; may be given several times
    #[arg(long, value_name = "ADDRESS", group = "which")]
    pub(crate) factory: Vec<Address>,
    /// Go on from what a sync wrote; new pairs of each --factory are taken in
    #[arg(long, value_name = "FILE", group = "which")]
    pub(crate) pools: Option<PathBuf>,
    /// The fee of the factories' pairs, in hundredths of a basis point (3000 is 0.3 %)
    #[arg(long, value_name = "PIPS", default_value = "3000", value_parser = fee)]
    pub(crate) fee_pips: Fee,
    /// End after so many blocks
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) blocks: Option<u64>,
    /// How long to wait before asking for a new block again
    #[arg(long, value_name = "MS", default_value_t = 1_000, value_parser = number)]
    pub(crate) poll_ms: u64,
    /// Look for circles from this token to itself; may be given several times. Those of the pools
    /// that a block touched if not given
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) profit_in: Vec<Address>,
    /// What each pool of a circle costs, in the token: those that gain no more are left out
    #[arg(long, value_name = "UNITS", default_value = "0")]
    pub(crate) gas_per_pool: Amount,
    /// How many blocks can be gone back
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = count)]
    pub(crate) depth: usize,
}
