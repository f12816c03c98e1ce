//! Addresses and hashes to and from those of `alloy`: the same bytes.

use alloy_primitives::B256;

use crate::address::Address;
use crate::block::BlockHash;

impl From<alloy_primitives::Address> for Address {
    fn from(address: alloy_primitives::Address) -> Self {
        Self(address.into_array())
    }
}

impl From<Address> for alloy_primitives::Address {
    fn from(address: Address) -> Self {
        Self::new(address.0)
    }
}

impl From<B256> for BlockHash {
    fn from(hash: B256) -> Self {
        Self(hash.0)
    }
}

impl From<BlockHash> for B256 {
    fn from(hash: BlockHash) -> Self {
        Self::new(hash.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_go_there_and_come_back(address: [u8; 20], hash: [u8; 32]) {
            let there = alloy_primitives::Address::from(Address(address));
            prop_assert_eq!((there.0.0, Address::from(there)), (address, Address(address)));
            // The text is the same but for the case, which is a checksum there.
            prop_assert_eq!(there.to_string().to_lowercase(), Address(address).to_string());
            let there = B256::from(BlockHash(hash));
            prop_assert_eq!((there.0, BlockHash::from(there)), (hash, BlockHash(hash)));
            prop_assert_eq!(there.to_string(), BlockHash(hash).to_string());
        }
    }
}
