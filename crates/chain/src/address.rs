//! [`Address`]: where a contract is.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::hex;

/// Where a contract is. Written as `0x` and forty hexadecimal digits in lower case, which is also
/// the name of its pool or token in a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

/// The text is no address: `0x` and forty hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an address: 0x and 40 hexadecimal digits")]
pub struct AddressError;

impl Address {
    /// Nobody's, from which shares come and to which they go.
    pub const ZERO: Self = Self([0; 20]);
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

/// Takes digits of either case; the case of an address may be a checksum, which is not checked.
impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        hex::read(text).map(Self).ok_or(AddressError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_forty_digits_in_lower_case() {
        let text = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2";
        let address = text.parse::<Address>().unwrap();
        assert_eq!(address.0[..3], [0xc0, 0x2a, 0xaa]);
        assert_eq!(address.to_string(), text.to_lowercase());
        let short = &text[..41];
        for wrong in ["", "0x", "0X", &text[2..], short, &format!("{short}g"), &format!("{text}0")]
        {
            assert_eq!(wrong.parse::<Address>(), Err(AddressError), "{wrong}");
        }
        assert_eq!(
            "0x+02aaa39b223fe8d0a0e5c4f27ead9083c756cc2".parse::<Address>(),
            Err(AddressError)
        );
        assert_eq!(
            "0x\u{e9}\u{e9}aaa39b223fe8d0a0e5c4f27ead9083c756c".parse::<Address>(),
            Err(AddressError)
        );
    }
}
