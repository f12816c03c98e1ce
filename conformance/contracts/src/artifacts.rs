//! [`Contracts`]: the published creation code, as `npm ci` left it, checked by its hashes.

use std::fs;

use alloy_primitives::{Bytes, hex, keccak256};
use serde_json::Value;

use crate::fetched;

/// The creation code of the contracts.
#[derive(Debug, Clone)]
pub struct Contracts {
    /// `UniswapV2Factory`, which holds the code of the pair.
    pub factory: Bytes,
    /// `UniswapV2Router02`.
    pub router: Bytes,
    /// The test token of `v2-core`.
    pub token: Bytes,
    /// `WETH9`, which the router asks for.
    pub weth: Bytes,
}

/// What each file's creation code hashes to. That of the pair is the one that the router computes
/// addresses with, so no other compilation of it would do.
const PINS: [(&str, &str); 5] = [
    (
        "v2-core/build/UniswapV2Factory.json",
        "8716c49c3c982e1d8b8beaab0a95d88cc5ec06681dded0f951fa1f3059c1e32a",
    ),
    (
        "v2-periphery/build/UniswapV2Router02.json",
        "60ed3c9563fab19baceb6555668bf136db1f18d96b3b177f3726fccdb254f94b",
    ),
    (
        "v2-core/build/ERC20.json",
        "70addfa0a6c5f9033e1529034c94eb916a437c93540ae67f4e150cb0771eae0a",
    ),
    (
        "v2-periphery/build/WETH9.json",
        "e6818d3e452d5d03c7fabb0e72a91ecc8e57af4a3fcabe601b24005ed7475a46",
    ),
    (
        "v2-core/build/UniswapV2Pair.json",
        "96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f",
    ),
];

impl Contracts {
    /// The contracts beside this package; `None` where they were not fetched.
    ///
    /// A file that is not what it was when this was written stops the test.
    pub fn load() -> Option<Self> {
        let folder = fetched().join("@uniswap");
        if !folder.is_dir() {
            return None;
        }
        let [factory, router, token, weth, pair] = PINS.map(|(path, pin)| {
            let text = fs::read_to_string(folder.join(path)).unwrap();
            let json: Value = serde_json::from_str(&text).unwrap();
            let code = hex::decode(json["bytecode"].as_str().unwrap()).unwrap();
            assert_eq!(hex::encode(keccak256(&code)), pin, "{path} is another file");
            Bytes::from(code)
        });
        let holds = |whole: &Bytes, part: &Bytes| whole.windows(part.len()).any(|at| at == part);
        assert!(holds(&factory, &pair), "the factory deploys this pair");
        let (_, pin) = PINS[4];
        assert!(holds(&router, &hex::decode(pin).unwrap().into()), "the router looks for it");
        Some(Self { factory, router, token, weth })
    }
}

/// The name and the keccak-256 of each contract's creation code.
pub fn creation_code_hashes() -> [(&'static str, &'static str); 5] {
    PINS.map(|(path, pin)| {
        let file = path.rsplit('/').next().unwrap();
        (file.trim_end_matches(".json"), pin)
    })
}
