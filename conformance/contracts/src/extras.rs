//! [`Extras`]: contracts that stand beside those of Uniswap v2 where a node runs them.

use std::fs;

use alloy_primitives::{Bytes, hex, keccak256};
use serde_json::Value;

use crate::fetched;

/// The creation code of the contracts.
#[derive(Debug, Clone)]
pub struct Extras {
    /// A token that keeps a hundredth of what is sent, from the tests of `v2-periphery`.
    pub taxed_token: Bytes,
    /// `Multicall3`, which asks many things in one call.
    pub multicall3: Bytes,
}

const TAXED_TOKEN: &str = "77d88043376a7001578b25e6011b6d26d5f4266fa571ddec785372f7560af923";
const MULTICALL3: &str = "0388a0d41a63e5bbe5b1005f52975ef622c77817a483f36849c5447365555071";

impl Extras {
    /// The contracts beside this package; `None` where they were not fetched.
    ///
    /// A file that is not what it was when this was written stops the test.
    pub fn load() -> Option<Self> {
        let read = |path: &str| fs::read_to_string(fetched().join(path)).ok();
        let json = read("@uniswap/v2-periphery/build/DeflatingERC20.json")?;
        let json: Value = serde_json::from_str(&json).unwrap();
        let script = read("viem/_cjs/constants/contracts.js")?;
        Some(Self {
            taxed_token: pinned(json["bytecode"].as_str().unwrap(), TAXED_TOKEN),
            multicall3: pinned(quoted(&script, "multicall3Bytecode = '"), MULTICALL3),
        })
    }
}

/// What stands between these words and the next quotation mark.
fn quoted<'a>(text: &'a str, after: &str) -> &'a str {
    let (_, text) = text.split_once(after).unwrap();
    text.split_once('\'').unwrap().0
}

fn pinned(digits: &str, pin: &str) -> Bytes {
    let code = hex::decode(digits).unwrap();
    assert_eq!(hex::encode(keccak256(&code)), pin, "this is another contract");
    code.into()
}
