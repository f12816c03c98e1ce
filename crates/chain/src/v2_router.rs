//! [`V2Router`]: a router contract, and the pairs that it looks up.

use alloy_primitives::{B256, address, b256, keccak256};

use crate::address::Address;

/// A router contract with the functions of `UniswapV2Router02`.
///
/// It is not told which pairs to use: from the tokens of a path it computes where its factory has
/// put them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct V2Router {
    /// Where it is.
    pub address: Address,
    /// The factory of its pairs.
    pub factory: Address,
    /// The hash of the code that makes a pair of this factory.
    pub init_code_hash: B256,
    /// The token that wraps the native coin.
    pub wrapped: Address,
}

/// Ether as a token, on mainnet.
const WETH: Address = Address(address!("c02aaa39b223fe8d0a0e5c4f27ead9083c756cc2").0.0);

impl V2Router {
    /// The second router of Uniswap v2 on Ethereum's mainnet.
    pub const UNISWAP_V2: Self = Self {
        address: Address(address!("7a250d5630b4cf539739df2c5dacb4c659f2488d").0.0),
        factory: Address(address!("5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f").0.0),
        init_code_hash: b256!("96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f"),
        wrapped: WETH,
    };

    /// The router of `SushiSwap` on Ethereum's mainnet.
    pub const SUSHISWAP: Self = Self {
        address: Address(address!("d9e1ce17f2641f24ae83637ab66a2cca9c378b9f").0.0),
        factory: Address(address!("c0aee478e3658e2610c5f7a4a2e1777ce9e4f2ac").0.0),
        init_code_hash: b256!("e18a34eb0e04b04f7a0ac29a6e80748dca96319b42c54d679cb821dca90c6303"),
        wrapped: WETH,
    };

    /// Where this router looks for the pair of two tokens, in whichever order, be one there or not:
    /// the last 20 bytes of `keccak256(0xff, factory, keccak256(token0, token1), init_code_hash)`.
    ///
    /// Source: `UniswapV2Library.pairFor`; EIP-1014.
    pub fn pair_for(&self, token_a: Address, token_b: Address) -> Address {
        let tokens = [token_a.min(token_b).0, token_a.max(token_b).0];
        let factory = alloy_primitives::Address::from(self.factory);
        factory.create2(keccak256(tokens.as_flattened()), self.init_code_hash).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs of WETH with USDC and with DAI, on mainnet.
    #[test]
    fn a_pair_is_where_its_tokens_say() {
        let usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48".parse().unwrap();
        let dai = "0x6b175474e89094c44da98b954eedeac495271d0f".parse().unwrap();
        let uniswap = V2Router::UNISWAP_V2;
        let pairs = [
            (uniswap, usdc, "0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc"),
            (uniswap, dai, "0xa478c2975ab1ea89e8196811f51a7b7ade33eb11"),
            (V2Router::SUSHISWAP, usdc, "0x397ff1542f962076d0bfe58ea045ffa2d347aca0"),
            (V2Router::SUSHISWAP, dai, "0xc3d03e4f041fd4cd388c549ee2a29a9e5075882f"),
        ];
        for (router, token, pair) in pairs {
            assert_eq!(router.pair_for(token, WETH).to_string(), pair);
            assert_eq!(router.pair_for(WETH, token).to_string(), pair);
        }
    }
}
