//! How tokens want to be shown: they may say anything, or nothing.

use alloy_sol_types::{SolCall, sol};
use cenote_pool::Label;

use super::call::{Answer, Call, CallError, Contracts};
use super::words::word;
use crate::address::Address;

sol! {
    function symbol() returns (string);
    function decimals() returns (uint8);
}

/// The most bytes of a symbol that are kept.
const SYMBOL: usize = 64;

impl Contracts<'_> {
    /// How tokens want to be shown, in their order. What a token does not say, or says in no form
    /// that is known, is unknown.
    pub(super) async fn labels(&self, tokens: &[Address]) -> Result<Vec<Label>, CallError> {
        let both = |token: &Address| {
            [Call::new(*token, &symbolCall {}), Call::new(*token, &decimalsCall {})]
        };
        let calls = tokens.iter().flat_map(both).collect::<Vec<_>>();
        let answers = self.ask(&calls).await?;
        let (answers, _) = answers.as_chunks::<2>();
        let label = |[symbol, decimals]: &[Answer; 2]| Label {
            symbol: symbol.as_deref().and_then(read_symbol),
            decimals: decimals.as_deref().and_then(word).and_then(|word| word.try_into().ok()),
        };
        Ok(answers.iter().map(label).collect())
    }
}

/// A string, or the bytes before the first zero of a `bytes32`, as some old tokens have it.
fn read_symbol(answer: &[u8]) -> Option<Box<str>> {
    let text = match <[u8; 32]>::try_from(answer) {
        Ok(word) => {
            let end = word.iter().position(|byte| *byte == 0).unwrap_or(word.len());
            String::from_utf8(word.get(..end)?.to_vec()).ok()?
        }
        Err(_) => symbolCall::abi_decode_returns_validate(answer).ok()?,
    };
    let fits = !text.is_empty() && text.len() <= SYMBOL;
    // A file of lines has no place for these.
    (fits && !text.contains(['\n', '\r', '\0'])).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_strings_or_words_or_unknown() {
        let encoded = |text: &str| symbolCall::abi_encode_returns(&text.to_owned());
        assert_eq!(read_symbol(&encoded("WETH")).as_deref(), Some("WETH"));
        let mut word = [0; 32];
        word[..3].copy_from_slice(b"MKR");
        assert_eq!(read_symbol(&word).as_deref(), Some("MKR"));
        for unknown in [&[][..], &[0; 32], &[0xff; 32], &[0xff; 64], &encoded(""), &encoded("a\nb")]
        {
            assert_eq!(read_symbol(unknown), None, "{unknown:?}");
        }
        assert_eq!(read_symbol(&encoded(&"x".repeat(SYMBOL + 1))), None);
    }
}
