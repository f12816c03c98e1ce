//! [`World`]: exchanges and tokens on a node, as they stand on chains.

use std::fs;
use std::path::Path;

use alloy_primitives::{Address, B256, Bytes, U256, address, hex, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use cenote_chain::{BlockHash, V2Router};
use cenote_conformance_contracts::{Contracts, Extras};
use serde_json::json;

use crate::abi::{Factory, Multicall3, Pair, Token};
use crate::node::Node;

/// Where `Multicall3` is on all chains.
pub const MULTICALL3: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");

/// What each account has of each token, and of wrapped ether.
const TOKENS: u128 = 1 << 120;
const ETHER: u128 = 2_000_000_000_000_000_000_000;

/// How many plain tokens there are beside wrapped ether.
const PLAIN: usize = 5;

/// How many accounts act.
const ACTORS: usize = 4;

/// What is deployed, and who acts.
#[derive(Debug)]
pub struct World {
    /// Where.
    pub node: Node,
    /// Wrapped ether, which the routers ask for.
    pub weth: Address,
    /// Plain tokens.
    pub tokens: Vec<Address>,
    /// A token that keeps a hundredth of what is sent.
    pub taxed: Address,
    /// Two exchanges of the same code.
    pub exchanges: [Exchange; 2],
    /// Takes from pairs first and pays afterwards.
    pub borrower: Address,
    /// Makes the calls of a bundle for the trader, from what it is given.
    pub executor: Address,
    /// Those who own tokens, and have the routers act for them.
    pub actors: Vec<Address>,
    /// Who sends what the engine planned: it has ether and no tokens, and owns the executor.
    pub trader: Address,
    /// Who deployed everything.
    pub deployer: Address,
    /// Who receives the protocol fee where it is on.
    pub collector: Address,
}

/// A factory and its router.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// The factory.
    pub factory: Address,
    /// The router.
    pub router: Address,
    /// Whether the factory's `feeTo` is set.
    pub protocol_fee: bool,
}

/// A pair of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairAt {
    /// Where.
    pub address: Address,
    /// Its tokens in the order of their addresses.
    pub tokens: [Address; 2],
    /// Whose.
    pub exchange: usize,
}

impl World {
    /// Deploys everything but pairs, each exchange with its protocol fee on or off; `None` where
    /// the node or the contracts were not fetched.
    pub async fn new(protocol_fee: [bool; 2]) -> Option<Self> {
        let (contracts, extras) = (Contracts::load()?, Extras::load()?);
        let (borrower, executor) = (compiled("Borrower")?, compiled("Executor")?);
        let node = Node::start().await?;
        let [deployer, trader, collector] = [0, 8, 9].map(|at: usize| node.accounts[at]);
        let actors = node.accounts[1..=ACTORS].to_vec();
        install_multicall(&node, deployer, &extras.multicall3).await;
        let weth = node.deploy(deployer, &contracts.weth, &[]).await;
        let supply = U256::MAX.abi_encode();
        let mut tokens = vec![];
        for _ in 0..PLAIN {
            tokens.push(node.deploy(deployer, &contracts.token, &supply).await);
        }
        let taxed = node.deploy(deployer, &extras.taxed_token, &supply).await;
        let mut exchanges = vec![];
        for on in protocol_fee {
            let to = if on { collector } else { Address::ZERO };
            exchanges.push(exchange(&node, &contracts, weth, to).await);
        }
        let borrower = node.deploy(deployer, &borrower, &[]).await;
        let executor = node.deploy(trader, &executor, &[]).await;
        let exchanges = exchanges.try_into().unwrap();
        let world = Self {
            node,
            weth,
            tokens,
            taxed,
            exchanges,
            borrower,
            executor,
            actors,
            trader,
            deployer,
            collector,
        };
        world.endow().await;
        Some(world)
    }

    /// All tokens.
    pub fn all_tokens(&self) -> Vec<Address> {
        [&[self.weth], &*self.tokens, &[self.taxed]].concat()
    }

    /// Gives tokens to those who act, and lets the routers take them.
    async fn endow(&self) {
        let (node, deposit) = (&self.node, Token::depositCall {});
        let max = U256::MAX;
        for actor in &self.actors {
            node.send_with(*actor, self.weth, &deposit, U256::from(ETHER)).await;
            for token in self.all_tokens() {
                if token != self.weth {
                    self.give(self.deployer, token, *actor, TOKENS).await;
                }
                for Exchange { router, .. } in self.exchanges {
                    let approve = Token::approveCall { spender: router, value: max };
                    node.send(*actor, token, &approve).await;
                }
            }
        }
        for token in self.all_tokens() {
            let from = if token == self.weth { self.actors[0] } else { self.deployer };
            self.give(from, token, self.borrower, ETHER >> 1).await;
        }
        node.mine(1).await;
    }

    /// Queues a transfer of a token.
    pub async fn give(&self, from: Address, token: Address, to: Address, value: u128) {
        let transfer = Token::transferCall { to, value: U256::from(value) };
        self.node.send(from, token, &transfer).await;
    }

    /// Where an exchange creates the pair of two tokens, whether it is there or not.
    pub fn pair_at(&self, exchange: usize, mut tokens: [Address; 2]) -> PairAt {
        tokens.sort();
        let salt = keccak256([tokens[0], tokens[1]].map(Address::into_array).concat());
        let address = self.exchanges[exchange].factory.create2(salt, pair_code_hash());
        PairAt { address, tokens, exchange }
    }

    /// What somebody has of a token after the last block.
    pub async fn balance(&self, token: Address, of: Address) -> U256 {
        let head = self.node.head().await;
        self.node.call(head.hash, token, &Token::balanceOfCall { of }).await
    }

    /// The router of an exchange, as the engine is told of it.
    pub fn v2_router(&self, exchange: usize) -> V2Router {
        let Exchange { factory, router, .. } = self.exchanges[exchange];
        V2Router {
            address: router.into(),
            factory: factory.into(),
            init_code_hash: pair_code_hash(),
            wrapped: self.weth.into(),
        }
    }

    /// Creates a pair with these reserves, for the first account that acts.
    pub async fn create(&self, exchange: usize, held: [(Address, u128); 2]) -> PairAt {
        let [(a, _), (b, _)] = held;
        let pair = self.pair_at(exchange, [a, b]);
        let create = Factory::createPairCall { tokenA: a, tokenB: b };
        let owner = self.actors[0];
        self.node.send(owner, self.exchanges[exchange].factory, &create).await;
        for (token, units) in held {
            self.give(owner, token, pair.address, units).await;
        }
        let mint = self.node.send(owner, pair.address, &Pair::mintCall { to: owner }).await;
        let head = self.node.mine(1).await;
        self.node.receipt(mint).await.unwrap();
        let shares = Token::balanceOfCall { of: owner };
        let shares = self.node.call(head.hash, pair.address, &shares).await;
        for to in self.actors[1..].iter().copied() {
            let transfer = Token::transferCall { to, value: shares / U256::from(ACTORS) };
            self.node.send(owner, pair.address, &transfer).await;
        }
        self.node.mine(1).await;
        pair
    }

    /// Pairs of mixed sizes on both exchanges, three of them on each.
    pub async fn create_pools(&self) -> Vec<PairAt> {
        let (one, million) = (10_u128.pow(18), 10_u128.pow(24));
        let (weth, taxed, of) = (self.weth, self.taxed, &self.tokens);
        let pools = [
            (0, [(weth, 100 * one), (of[0], 300 * million)]),
            (0, [(of[0], 5 * million), (of[1], 7 * million)]),
            (0, [(of[1], 1 << 100), (of[2], 1 << 93)]),
            (0, [(of[0], 1 << 90), (of[2], 1 << 83)]),
            (0, [(weth, 20 * one), (of[3], 1_000_000)]),
            (0, [(of[2], 30_011), (of[3], 997_000)]),
            (0, [(taxed, million), (of[0], 2 * million)]),
            (1, [(weth, 10 * one), (of[0], 31 * million)]),
            (1, [(of[0], 1 << 107), (of[1], (1 << 107) - 1)]),
            (1, [(of[1], 9 * million), (of[2], 70_000 * one)]),
        ];
        let mut pairs = vec![];
        for (exchange, held) in pools {
            pairs.push(self.create(exchange, held).await);
        }
        pairs
    }

    /// Asks many contracts at once, in the state after a block.
    pub async fn many(&self, at: BlockHash, calls: Vec<(Address, Bytes)>) -> Vec<Bytes> {
        let calls =
            calls.into_iter().map(|(target, data)| Multicall3::Call { target, callData: data });
        let aggregate = Multicall3::aggregateCall { calls: calls.collect() };
        self.node.call(at, MULTICALL3, &aggregate).await.returnData
    }

    /// All pairs after a block, as the factories list them.
    pub async fn pairs(&self, at: BlockHash) -> Vec<PairAt> {
        let mut pairs = vec![];
        for (exchange, Exchange { factory, .. }) in self.exchanges.iter().enumerate() {
            let count = self.node.call(at, *factory, &Factory::allPairsLengthCall {}).await;
            let places = (0..count.to::<u64>()).map(U256::from);
            let asked = places.map(|place| (*factory, encoded(&Factory::allPairsCall { place })));
            for answer in self.many(at, asked.collect()).await {
                let address = Factory::allPairsCall::abi_decode_returns(&answer).unwrap();
                let asked = [encoded(&Pair::token0Call {}), encoded(&Pair::token1Call {})];
                let asked = asked.map(|call| (address, call)).to_vec();
                let tokens = self.many(at, asked).await;
                let tokens = [0, 1].map(|at| Address::abi_decode(&tokens[at]).unwrap());
                pairs.push(PairAt { address, tokens, exchange });
            }
        }
        pairs
    }
}

/// What the code that makes a pair hashes to, which the routers have built in.
fn pair_code_hash() -> B256 {
    let (name, hash) = cenote_conformance_contracts::creation_code_hashes()[4];
    assert_eq!(name, "UniswapV2Pair");
    hash.parse().unwrap()
}

/// A call's bytes.
pub(crate) fn encoded(call: &impl SolCall) -> Bytes {
    call.abi_encode().into()
}

/// The creation code of a contract that the set-up compiled; `None` where it did not.
pub fn compiled(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compiled");
    let digits = fs::read_to_string(folder.join(name).with_extension("hex")).ok()?;
    Some(hex::decode(digits).unwrap())
}

/// Puts `Multicall3` where all the world has it.
async fn install_multicall(node: &Node, deployer: Address, code: &[u8]) {
    let deployed = node.deploy(deployer, code, &[]).await;
    let code = node.ask("eth_getCode", json!([deployed, "latest"])).await;
    node.ask("anvil_setCode", json!([MULTICALL3, code])).await;
}

async fn exchange(node: &Node, contracts: &Contracts, weth: Address, to: Address) -> Exchange {
    let deployer = node.accounts[0];
    let factory = node.deploy(deployer, &contracts.factory, &deployer.abi_encode()).await;
    node.send(deployer, factory, &Factory::setFeeToCall { to }).await;
    // Sent before the router is, hence mined with it.
    let words = (factory, weth).abi_encode();
    let router = node.deploy(deployer, &contracts.router, &words).await;
    Exchange { factory, router, protocol_fee: to != Address::ZERO }
}
