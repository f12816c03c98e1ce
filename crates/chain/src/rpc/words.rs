//! What contracts answer: words of 32 bytes.

use primitive_types::U256;

use crate::address::Address;

/// The words of an answer that has exactly so many.
pub(super) fn words<const N: usize>(bytes: &[u8]) -> Option<[U256; N]> {
    let (words, []) = bytes.as_chunks::<32>() else { return None };
    let words: &[[u8; 32]; N] = words.try_into().ok()?;
    Some(words.map(|word| U256::from_big_endian(&word)))
}

/// The one word of an answer.
pub(super) fn word(bytes: &[u8]) -> Option<U256> {
    words::<1>(bytes).map(|[word]| word)
}

/// The address in the one word of an answer; the other 96 bits must be zero.
pub(super) fn address(bytes: &[u8]) -> Option<Address> {
    let (padding, address) = <&[u8; 32]>::try_from(bytes).ok()?.split_at_checked(12)?;
    if padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    address.try_into().ok().map(Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_another_length_or_with_dirty_bits_are_none() {
        let mut bytes = [0; 32];
        bytes[31] = 7;
        assert_eq!(word(&bytes), Some(7.into()));
        assert_eq!(address(&bytes).unwrap().0[19], 7);
        bytes[11] = 1;
        assert_eq!(address(&bytes), None);
        for wrong in [0, 31, 33, 64] {
            assert_eq!(word(&vec![0; wrong]), None);
            assert_eq!(address(&vec![0; wrong]), None);
            assert_eq!(words::<3>(&vec![0; wrong]), None);
        }
        assert_eq!(words::<3>(&[0; 96]), Some([U256::zero(); 3]));
    }
}
