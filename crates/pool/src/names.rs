//! Identifiers of tokens and pools as people and chains write them.

use std::collections::HashMap;

use thiserror::Error;

/// The longest identifier: 128 bytes.
pub const MAX_NAME: usize = 128;

/// Why a text is no identifier, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// There is no text.
    #[error("empty identifier")]
    Empty,
    /// There are more than [`MAX_NAME`] bytes.
    #[error("identifier of {length} bytes, the limit is 128")]
    TooLong {
        /// The number of bytes given.
        length: usize,
    },
    /// A byte outside of visible ASCII, or one of `,` `"` `>`.
    #[error("identifier with a character that is not allowed at position {at}")]
    Character {
        /// Where the byte stands, counted from 1.
        at: usize,
    },
}

/// Checks that a text may name a token or a pool: 1 to 128 bytes of visible ASCII without `,`,
/// `"` and `>`. Names are compared byte for byte.
///
/// # Errors
///
/// [`NameError`], in the order of its variants.
pub fn check_name(name: &[u8]) -> Result<&str, NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if MAX_NAME < name.len() {
        return Err(NameError::TooLong { length: name.len() });
    }
    let allowed = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b',' | b'"' | b'>');
    match (name.iter().position(|byte| !allowed(byte)), core::str::from_utf8(name)) {
        (None, Ok(name)) => Ok(name),
        (at, _) => {
            let at = at.unwrap_or_default().saturating_add(1);
            Err(NameError::Character { at })
        }
    }
}

/// A list of different names and the place of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    list: Vec<Box<str>>,
    places: HashMap<Box<str>, u32>,
}

impl Names {
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.places.get(name).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn name(&self, place: usize) -> Option<&str> {
        self.list.get(place).map(AsRef::as_ref)
    }

    /// Adds a name that is not there yet; `None` if there is no place for another.
    pub(crate) fn push(&mut self, name: &str) -> Option<u32> {
        let place = u32::try_from(self.list.len()).ok()?;
        self.list.push(name.into());
        self.places.insert(name.into(), place);
        Some(place)
    }

    /// Removes the names from this place on.
    pub(crate) fn truncate(&mut self, len: usize) {
        for name in self.list.drain(len.min(self.list.len())..) {
            self.places.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_visible_ascii_without_separators() {
        for name in ["a", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "=cmd|'/c'!A1", "~"] {
            assert_eq!(check_name(name.as_bytes()), Ok(name));
        }
        assert_eq!(check_name(b""), Err(NameError::Empty));
        assert_eq!(check_name(&[b'a'; 129]), Err(NameError::TooLong { length: 129 }));
        assert!(check_name(&[b'a'; 128]).is_ok());
        for name in ["a,b", "a\"b", "a>b", "a b", "a\tb", "a\0b", "a\u{7f}b", "a\u{430}b"] {
            assert_eq!(
                check_name(name.as_bytes()),
                Err(NameError::Character { at: 2 }),
                "{name:?}"
            );
        }
    }
}
