//! [`Header`]: what is known of a block; [`BlockHash`]: which block.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::hex;

/// Which block, whatever number it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockHash(pub [u8; 32]);

/// The text is no hash: `0x` and sixty-four hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the hash of a block: 0x and 64 hexadecimal digits")]
pub struct BlockHashError;

/// A block and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header {
    /// How many came before it.
    pub number: u64,
    /// Which it is.
    pub hash: BlockHash,
    /// The one before it.
    pub parent: BlockHash,
    /// Its time in seconds.
    pub timestamp: u64,
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl FromStr for BlockHash {
    type Err = BlockHashError;

    fn from_str(text: &str) -> Result<Self, BlockHashError> {
        hex::read(text).map(Self).ok_or(BlockHashError)
    }
}
