//! The contracts of the small chain: what they answer, and what their logs say.

use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::{SolCall, SolEvent, SolValue, sol};

sol! {
    function allPairsLength() returns (uint256);
    function allPairs(uint256 place) returns (address);
    function feeTo() returns (address);
    function getPair(address token0, address token1) returns (address);
    function factory() returns (address);
    function token0() returns (address);
    function token1() returns (address);
    function getReserves() returns (uint112, uint112, uint32);
    function totalSupply() returns (uint256);
    function kLast() returns (uint256);
    function price0CumulativeLast() returns (uint256);
    function price1CumulativeLast() returns (uint256);
    function symbol() returns (string);
    function decimals() returns (uint8);

    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }
    struct Result3 {
        bool success;
        bytes returnData;
    }
    function aggregate3(Call3[] calls) returns (Result3[] returnData);

    event Sync(uint112 reserve0, uint112 reserve1);
    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );
    event Mint(address indexed sender, uint256 amount0, uint256 amount1);
    event Transfer(address indexed from, address indexed to, uint256 value);
    event PairCreated(address indexed token0, address indexed token1, address pair, uint256 count);
}

pub(crate) const FACTORY: Address = Address::repeat_byte(0xfa);
pub(crate) const TOKENS: [Address; 3] =
    [Address::repeat_byte(0x01), Address::repeat_byte(0x02), Address::repeat_byte(0x03)];
/// The third one has nothing yet.
pub(crate) const PAIRS: [Address; 3] =
    [Address::repeat_byte(0xa1), Address::repeat_byte(0xa2), Address::repeat_byte(0xa3)];
pub(crate) const MULTICALL: Address =
    alloy_primitives::address!("ca11bde05977b3631167028862be2a173976ca11");

/// What is stored in a pair.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) address: Address,
    pub(crate) tokens: [Address; 2],
    pub(crate) reserves: [u128; 2],
    pub(crate) time: u32,
    pub(crate) shares: u128,
}

/// What is stored in all contracts.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) pairs: Vec<Pair>,
    pub(crate) fee_to: Address,
}

impl State {
    pub(crate) fn new() -> Self {
        let pair = |at: usize, tokens, reserves: [u128; 2]| Pair {
            address: PAIRS[at],
            tokens,
            reserves,
            time: 1_000,
            shares: if reserves[0] == 0 { 0 } else { 2_000_000 },
        };
        let [a, b, c] = TOKENS;
        let pairs = vec![
            pair(0, [a, b], [1_000_000, 4_000_000]),
            pair(1, [b, c], [9_000_000, 1_000_000]),
            pair(2, [a, c], [0, 0]),
        ];
        Self { pairs, fee_to: Address::ZERO }
    }

    /// What a contract answers, or `None` where it refuses.
    pub(crate) fn call(&self, to: Address, data: &Bytes) -> Option<Vec<u8>> {
        if to == MULTICALL {
            let calls = aggregate3Call::abi_decode_validate(data).unwrap().calls;
            let results = calls.iter().map(|call| {
                let answer = self.call(call.target, &call.callData);
                let success = answer.is_some();
                Result3 { success, returnData: answer.unwrap_or_default().into() }
            });
            return Some(aggregate3Call::abi_encode_returns(&results.collect::<Vec<_>>()));
        }
        let selector: [u8; 4] = data[..4].try_into().unwrap();
        if to == FACTORY {
            return self.factory(selector, data);
        }
        if TOKENS.contains(&to) {
            return token(to, selector);
        }
        self.pairs.iter().find(|pair| pair.address == to)?.call(selector)
    }

    fn factory(&self, selector: [u8; 4], data: &Bytes) -> Option<Vec<u8>> {
        match selector {
            allPairsLengthCall::SELECTOR => Some(U256::from(self.pairs.len()).abi_encode()),
            allPairsCall::SELECTOR => {
                let place: usize =
                    allPairsCall::abi_decode(data).unwrap().place.try_into().unwrap();
                Some(self.pairs.get(place)?.address.abi_encode())
            }
            feeToCall::SELECTOR => Some(self.fee_to.abi_encode()),
            getPairCall::SELECTOR => {
                let getPairCall { token0, token1 } = getPairCall::abi_decode(data).unwrap();
                let pair = self.pairs.iter().find(|pair| pair.tokens == [token0, token1]);
                Some(pair.map_or(Address::ZERO, |pair| pair.address).abi_encode())
            }
            _ => None,
        }
    }
}

impl Pair {
    fn call(&self, selector: [u8; 4]) -> Option<Vec<u8>> {
        let [reserve0, reserve1] = self.reserves.map(U256::from);
        Some(match selector {
            token0Call::SELECTOR => self.tokens[0].abi_encode(),
            token1Call::SELECTOR => self.tokens[1].abi_encode(),
            factoryCall::SELECTOR => FACTORY.abi_encode(),
            getReservesCall::SELECTOR => (reserve0, reserve1, U256::from(self.time)).abi_encode(),
            totalSupplyCall::SELECTOR => U256::from(self.shares).abi_encode(),
            kLastCall::SELECTOR => U256::ZERO.abi_encode(),
            price0CumulativeLastCall::SELECTOR => U256::from(77).abi_encode(),
            price1CumulativeLastCall::SELECTOR => U256::MAX.abi_encode(),
            _ => return None,
        })
    }

    /// A swap of so many of the first token by the pair's own rule, and its logs.
    pub(crate) fn swap(&mut self, amount_in: u128, time: u32) -> Vec<Log> {
        let [reserve0, reserve1] = self.reserves;
        let paid = amount_in * 997;
        let amount_out = paid * reserve1 / (reserve0 * 1000 + paid);
        self.reserves = [reserve0 + amount_in, reserve1 - amount_out];
        self.time = time;
        let swap = Swap {
            sender: Address::repeat_byte(9),
            amount0In: U256::from(amount_in),
            amount1In: U256::ZERO,
            amount0Out: U256::ZERO,
            amount1Out: U256::from(amount_out),
            to: Address::repeat_byte(8),
        };
        vec![self.sync(), log(self.address, &swap)]
    }

    /// The first deposit, of so many of both tokens, and its logs.
    pub(crate) fn found(&mut self, [amount0, amount1]: [u128; 2], time: u32) -> Vec<Log> {
        let [reserve0, reserve1] = self.reserves;
        self.reserves = [reserve0 + amount0, reserve1 + amount1];
        self.shares = (amount0 * amount1).isqrt();
        self.time = time;
        let made = |to, shares: u128| {
            let made = Transfer { from: Address::ZERO, to, value: U256::from(shares) };
            log(self.address, &made)
        };
        let sender = Address::repeat_byte(9);
        let [amount0, amount1] = [amount0, amount1].map(U256::from);
        let mint = log(self.address, &Mint { sender, amount0, amount1 });
        vec![made(Address::ZERO, 1_000), made(sender, self.shares - 1_000), self.sync(), mint]
    }

    pub(crate) fn sync(&self) -> Log {
        let [reserve0, reserve1] = self.reserves.map(|reserve| reserve.try_into().unwrap());
        log(self.address, &Sync { reserve0, reserve1 })
    }
}

pub(crate) fn log(address: Address, event: &impl SolEvent) -> Log {
    Log { address, data: event.encode_log_data() }
}

/// The first one says all, the second one says bytes, the third one refuses.
fn token(token: Address, selector: [u8; 4]) -> Option<Vec<u8>> {
    match (TOKENS.iter().position(|known| *known == token)?, selector) {
        (0, symbolCall::SELECTOR) => Some(symbolCall::abi_encode_returns(&"ONE".to_owned())),
        (0, decimalsCall::SELECTOR) => Some(U256::from(18).abi_encode()),
        (1, symbolCall::SELECTOR) => {
            let mut word = [0; 32];
            word[..3].copy_from_slice(b"TWO");
            Some(word.to_vec())
        }
        (1, decimalsCall::SELECTOR) => Some(U256::from(256).abi_encode()),
        _ => None,
    }
}
