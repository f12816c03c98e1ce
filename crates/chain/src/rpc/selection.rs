//! [`Selection`]: which pools are loaded; [`At`]: of which block.

use cenote_pool::Fee;

use crate::address::Address;
use crate::block::BlockHash;

/// Which pools are loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// All pairs of these factories, and the fee of their pairs. A contract does not say its fee.
    pub factories: Vec<(Address, Fee)>,
    /// These pairs, whatever factory says that it made them, and their fees.
    pub pairs: Vec<(Address, Fee)>,
    /// Whether the tokens are asked for their symbols and decimals, which prove nothing.
    pub labels: bool,
}

/// Of which block the state is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum At {
    /// The newest one that the node knows.
    #[default]
    Head,
    /// The one of this number on the node's chain.
    Number(u64),
    /// The one of this hash.
    Hash(BlockHash),
}
