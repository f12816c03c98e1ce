//! [`Chain`]: an EVM in memory, called by signatures and words.

use revm::context::TxEnv;
use revm::context_interface::result::{ExecutionResult, HaltReason};
use revm::database::InMemoryDB;
use revm::handler::{MainnetContext, MainnetEvm};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, Bytes, Log, TxKind, U256, keccak256};
use revm::{Context, DatabaseRef, ExecuteCommitEvm, MainBuilder, MainContext};

/// A word of the EVM.
pub type Word = U256;

/// An EVM with the rules of Cancun, where gas costs nothing and nobody counts nonces.
#[expect(missing_debug_implementations, reason = "an EVM has none")]
pub struct Chain {
    evm: MainnetEvm<MainnetContext<InMemoryDB>>,
}

/// What a call gave.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What it returned.
    pub output: Bytes,
    /// What it reported.
    pub logs: Vec<Log>,
}

/// Why a call was refused, in the contract's words.
pub type Refusal = String;

const GAS_LIMIT: u64 = 12_000_000;

impl Default for Chain {
    fn default() -> Self {
        let evm = Context::mainnet()
            .with_db(InMemoryDB::default())
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::CANCUN);
                cfg.disable_nonce_check = true;
            })
            .build_mainnet();
        Self { evm }
    }
}

impl Chain {
    /// Deploys a contract with these words for its constructor.
    pub fn deploy(&mut self, from: Address, code: &Bytes, words: &[Word]) -> Address {
        let result = self.transact(from, TxKind::Create, joined(code, words));
        result.created_address().unwrap_or_else(|| panic!("not deployed: {result:?}"))
    }

    /// Calls a contract; a refusal changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where the call reverted or met an invalid instruction.
    pub fn call(
        &mut self,
        from: Address,
        to: Address,
        signature: &str,
        words: &[Word],
    ) -> Result<Answer, Refusal> {
        let selector = &keccak256(signature)[..4];
        self.call_with(from, to, joined(selector, words))
    }

    /// The same with all that is sent: the selector and the words.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where the call reverted or met an invalid instruction.
    pub fn call_with(
        &mut self,
        from: Address,
        to: Address,
        data: Bytes,
    ) -> Result<Answer, Refusal> {
        match self.transact(from, TxKind::Call(to), data) {
            ExecutionResult::Success { logs, output, .. } => {
                Ok(Answer { output: output.into_data(), logs })
            }
            ExecutionResult::Revert { output, .. } => Err(reason(&output)),
            // A division by zero, in code of this age.
            ExecutionResult::Halt { reason: HaltReason::InvalidFEOpcode, .. } => {
                Err("invalid opcode".to_owned())
            }
            ExecutionResult::Halt { reason, .. } => panic!("a call of {to}: {reason:?}"),
        }
    }

    fn transact(&mut self, from: Address, kind: TxKind, data: Bytes) -> ExecutionResult {
        let call = TxEnv::builder().caller(from).kind(kind).data(data).gas_limit(GAS_LIMIT);
        self.evm.transact_commit(call.build().unwrap()).unwrap()
    }

    /// Sets the clock for all that follows.
    pub fn set_time(&mut self, seconds: u64) {
        self.evm.ctx.block.timestamp = Word::from(seconds);
    }

    /// What a contract stores.
    pub fn slot(&self, of: Address, key: Word) -> Word {
        self.evm.ctx.journaled_state.database.storage_ref(of, key).unwrap()
    }

    /// Writes what a contract stores, between two calls.
    pub fn set_slot(&mut self, of: Address, key: Word, value: Word) {
        self.evm.ctx.journaled_state.database.insert_account_storage(of, key, value).unwrap();
    }
}

impl Answer {
    /// The word at this place of what was returned.
    pub fn word(&self, at: usize) -> Word {
        word_of(&self.output, at)
    }
}

/// The word at this place.
pub(crate) fn word_of(bytes: &[u8], at: usize) -> Word {
    Word::from_be_slice(&bytes[32 * at..32 * (at + 1)])
}

/// An address as a word.
pub(crate) fn word(address: Address) -> Word {
    address.into_word().into()
}

fn joined(head: &[u8], words: &[Word]) -> Bytes {
    let mut data = head.to_vec();
    for word in words {
        data.extend_from_slice(&word.to_be_bytes::<32>());
    }
    data.into()
}

/// The text of `Error(string)`.
fn reason(output: &[u8]) -> String {
    let Some((head, body)) = output.split_at_checked(4) else {
        return "no reason".to_owned();
    };
    assert_eq!(head, &keccak256("Error(string)")[..4]);
    let length = word_of(body, 1).to::<usize>();
    String::from_utf8(body[64..64 + length].to_vec()).unwrap()
}
