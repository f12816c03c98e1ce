//! [`Node`]: what tests ask a node for, and tell it to do.

use alloy_network::TransactionBuilder;
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_provider::{Provider, RootProvider};
use alloy_rpc_types_eth::{
    BlockId, BlockNumberOrTag, Filter, Log, TransactionReceipt, TransactionRequest,
};
use alloy_sol_types::SolCall;
use cenote_chain::{BlockHash, Call, DecodeError, Header, Record, TOPICS, decode_record};
use serde_json::{Value, json};

use crate::anvil::Anvil;

/// As much gas as any call of these contracts needs.
const GAS: u64 = 5_000_000;

/// A node and its accounts, which it signs for.
#[derive(Debug)]
pub struct Node {
    /// Accounts with much ether; the same in each node.
    pub accounts: Vec<Address>,
    provider: RootProvider,
    anvil: Anvil,
}

/// A transaction that the contracts refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted(pub B256);

impl Node {
    /// Starts a node; `None` where none was fetched.
    pub async fn start() -> Option<Self> {
        let anvil = Anvil::start()?;
        let provider = RootProvider::new_http(anvil.url().parse().unwrap());
        let accounts = provider.get_accounts().await.unwrap();
        Some(Self { accounts, provider, anvil })
    }

    /// Where it is asked.
    pub fn url(&self) -> String {
        self.anvil.url()
    }

    /// Asks anything.
    pub async fn ask(&self, method: &'static str, words: Value) -> Value {
        let answer = self.provider.raw_request(method.into(), &words).await;
        answer.unwrap_or_else(|error| panic!("{method} {words}: {error}"))
    }

    /// Puts a call of a contract into the queue for the next block.
    pub async fn send(&self, from: Address, to: Address, call: &impl SolCall) -> B256 {
        self.send_with(from, to, call, U256::ZERO).await
    }

    /// [`send`](Self::send) with ether.
    pub async fn send_with(
        &self,
        from: Address,
        to: Address,
        call: &impl SolCall,
        value: U256,
    ) -> B256 {
        self.queue(request(from, to, call.abi_encode().into(), value)).await
    }

    /// Puts a call that the engine made into the queue for the next block.
    pub async fn send_call(&self, from: Address, call: &Call) -> B256 {
        self.queue(request_of(from, call)).await
    }

    /// Why a call would be refused in the next block, in the node's words.
    pub async fn refusal(&self, from: Address, call: &Call) -> String {
        let answer = self.provider.call(request_of(from, call)).block(BlockId::pending()).await;
        match answer {
            Err(error) => error.to_string(),
            Ok(answer) => panic!("not refused, but {answer}"),
        }
    }

    async fn queue(&self, request: TransactionRequest) -> B256 {
        let pending = self.provider.send_transaction(request.gas_limit(GAS)).await;
        *pending.unwrap().tx_hash()
    }

    /// Creates a contract in a block of its own.
    pub async fn deploy(&self, from: Address, code: &[u8], words: &[u8]) -> Address {
        let code = [code, words].concat();
        let sent = self.queue(TransactionRequest::default().from(from).with_deploy_code(code));
        let sent = sent.await;
        self.mine(1).await;
        self.receipt(sent).await.unwrap().contract_address.unwrap()
    }

    /// Mines the queue into a block so many seconds after the last one.
    pub async fn mine(&self, seconds: u64) -> Header {
        let before = self.head().await;
        let next = before.timestamp + seconds;
        self.ask("evm_setNextBlockTimestamp", json!([next])).await;
        self.ask("evm_mine", json!([])).await;
        let head = self.head().await;
        assert_eq!([head.number, head.timestamp], [before.number + 1, next]);
        head
    }

    /// What a mined transaction did.
    ///
    /// # Errors
    ///
    /// [`Reverted`].
    pub async fn receipt(&self, sent: B256) -> Result<TransactionReceipt, Reverted> {
        let receipt = self.provider.get_transaction_receipt(sent).await.unwrap();
        let receipt = receipt.unwrap_or_else(|| panic!("{sent} is not mined"));
        if receipt.status() { Ok(receipt) } else { Err(Reverted(sent)) }
    }

    /// Asks a contract in the state after a block.
    pub async fn call<C: SolCall>(&self, at: BlockHash, to: Address, call: &C) -> C::Return {
        let request = request(Address::ZERO, to, call.abi_encode().into(), U256::ZERO);
        let block = BlockId::hash(at.into());
        let answer = self.provider.call(request).block(block).await;
        let answer = answer.unwrap_or_else(|error| panic!("{} {to}: {error}", C::SIGNATURE));
        C::abi_decode_returns(&answer).unwrap()
    }

    /// The ether of an account after the last block.
    pub async fn ether(&self, of: Address) -> U256 {
        self.provider.get_balance(of).await.unwrap()
    }

    /// The last block.
    pub async fn head(&self) -> Header {
        let block = self.provider.get_block(BlockId::latest()).await.unwrap();
        header(&block.unwrap().header)
    }

    /// The block at this height.
    pub async fn header(&self, number: u64) -> Header {
        let block = BlockId::Number(BlockNumberOrTag::Number(number));
        header(&self.provider.get_block(block).await.unwrap().unwrap().header)
    }

    /// The block of this hash.
    pub async fn block(&self, hash: BlockHash) -> Header {
        let block = self.provider.get_block(BlockId::hash(hash.into())).await.unwrap();
        header(&block.unwrap().header)
    }

    /// What pairs and factories said in a block; stops the test where that cannot be.
    pub async fn records(&self, of: BlockHash) -> Vec<Record> {
        let (records, odd) = self.all_records(of).await;
        assert_eq!(odd, []);
        records
    }

    /// What pairs and factories said in a block, and why some logs with their topics are none.
    pub async fn all_records(&self, of: BlockHash) -> (Vec<Record>, Vec<DecodeError>) {
        let (mut records, mut odd) = (vec![], vec![]);
        for log in self.logs(of).await {
            match decode_record(&log.inner, log.log_index.unwrap()) {
                Ok(record) => records.extend(record),
                Err(error) => odd.push(error),
            }
        }
        (records, odd)
    }

    /// The logs of a block with the topics of pairs and factories, whose ever they are.
    pub async fn logs(&self, of: BlockHash) -> Vec<Log> {
        let filter = Filter::new().at_block_hash(B256::from(of)).event_signature(TOPICS.to_vec());
        self.provider.get_logs(&filter).await.unwrap()
    }

    /// Puts other blocks in the place of the last ones, with these calls, each in one of them.
    pub async fn reorganise(&self, depth: u64, calls: &[(Address, Call, u64)]) {
        let calls = calls.iter().map(|(from, call, block)| {
            let sent = request_of(*from, call).gas_limit(GAS);
            json!([sent, block])
        });
        self.ask("anvil_reorg", json!([depth, calls.collect::<Vec<_>>()])).await;
    }

    /// Remembers the state; see [`revert`](Self::revert).
    pub async fn snapshot(&self) -> Value {
        self.ask("evm_snapshot", json!([])).await
    }

    /// Goes back to a state, as if no block had come after it.
    pub async fn revert(&self, to: Value) {
        assert_eq!(self.ask("evm_revert", json!([to])).await, json!(true));
    }
}

fn request(from: Address, to: Address, data: Bytes, value: U256) -> TransactionRequest {
    TransactionRequest::default().from(from).to(to).input(data.into()).value(value)
}

fn request_of(from: Address, call: &Call) -> TransactionRequest {
    let value = U256::from(call.value.get());
    request(from, call.to.into(), call.data.clone(), value)
}

fn header(header: &alloy_rpc_types_eth::Header) -> Header {
    Header {
        number: header.number,
        hash: header.hash.into(),
        parent: header.parent_hash.into(),
        timestamp: header.timestamp,
    }
}
