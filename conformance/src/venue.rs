//! [`Venue`]: the factory, three tokens with three pairs, and the router, on one chain.

use cenote_pool::{Amount, ProtocolFee, Shares};
use cenote_testing::contract::{Call, PairState};
use primitive_types::U256;
use revm::primitives::{Address, address, keccak256};

use crate::chain::{Answer, Chain, Refusal, Word, word, word_of};
use cenote_conformance_contracts::Contracts;

/// Who calls, pays and holds the shares.
pub const TRADER: Address = address!("1111111111111111111111111111111111111111");
/// Who receives the protocol fee where it is on.
pub const COLLECTOR: Address = address!("2222222222222222222222222222222222222222");
const SETTER: Address = address!("3333333333333333333333333333333333333333");

/// The tokens of each pair, counted from 0 in the order of their addresses.
pub const PAIRS: [[usize; 2]; 3] = [[0, 1], [1, 2], [0, 2]];

/// What is deployed.
#[expect(missing_debug_implementations, reason = "an EVM has none")]
pub struct Venue {
    /// Where.
    pub chain: Chain,
    /// The tokens in the order of their addresses, which is that of every pair.
    pub tokens: [Address; 3],
    /// The pairs of [`PAIRS`].
    pub pairs: [PairAt; 3],
    /// The router.
    pub router: Address,
    factory: Address,
    fee: ProtocolFee,
}

/// A pair and where its tokens keep its balances.
#[derive(Debug, Clone, Copy)]
pub struct PairAt {
    /// The pair.
    pub address: Address,
    tokens: [Address; 2],
    balance: Word,
}

/// The slots of `UniswapV2Pair`; constants have none.
mod slots {
    pub(super) const TOTAL_SUPPLY: u64 = 0;
    pub(super) const RESERVES: u64 = 8;
    pub(super) const SUMS: [u64; 2] = [9, 10];
    pub(super) const K_LAST: u64 = 11;
}

/// Where a token, a pair's shares included, keeps somebody's balance: the mapping at slot 1.
fn balance_slot(of: Address) -> Word {
    keccak256([word(of).to_be_bytes::<32>(), Word::from(1).to_be_bytes::<32>()].concat()).into()
}

fn narrow(word: Word) -> u128 {
    word.try_into().unwrap_or_else(|_| panic!("{word} has more than 128 bits"))
}

fn wide(word: Word) -> U256 {
    U256(word.into_limbs())
}

fn evm_word(units: U256) -> Word {
    Word::from_limbs(units.0)
}

/// A reserve, which has 112 bits in the contract too.
fn reserve(word: Word) -> Amount {
    Amount::new(narrow(word)).unwrap()
}

impl Venue {
    /// Deploys everything as it was deployed on chains.
    pub fn new(contracts: &Contracts) -> Self {
        let mut chain = Chain::default();
        let factory = chain.deploy(SETTER, &contracts.factory, &[word(SETTER)]);
        let weth = chain.deploy(SETTER, &contracts.weth, &[]);
        let router = chain.deploy(SETTER, &contracts.router, &[word(factory), word(weth)]);
        let mut tokens =
            [0; 3].map(|supply| chain.deploy(SETTER, &contracts.token, &[Word::from(supply)]));
        tokens.sort();
        let pairs = PAIRS.map(|of| {
            let tokens = of.map(|at| tokens[at]);
            let create = "createPair(address,address)";
            let answer = chain.call(TRADER, factory, create, &tokens.map(word)).unwrap();
            let address = Address::from_word(answer.word(0).into());
            PairAt { address, tokens, balance: balance_slot(address) }
        });
        for token in tokens {
            chain.set_slot(token, balance_slot(TRADER), Word::from(1) << 200);
        }
        for spent in tokens.into_iter().chain(pairs.map(|pair| pair.address)) {
            let approve = "approve(address,uint256)";
            chain.call(TRADER, spent, approve, &[word(router), Word::MAX]).unwrap();
        }
        Self { chain, tokens, pairs, router, factory, fee: ProtocolFee::Off }
    }

    /// Switches the protocol fee, by the factory.
    pub fn set_fee(&mut self, fee: ProtocolFee) {
        if fee != self.fee {
            let to = if fee == ProtocolFee::On { COLLECTOR } else { Address::ZERO };
            self.chain.call(SETTER, self.factory, "setFeeTo(address)", &[word(to)]).unwrap();
            self.fee = fee;
        }
    }

    /// Whether the protocol fee is on.
    pub fn fee(&self) -> ProtocolFee {
        self.fee
    }

    /// What a pair stores and holds.
    pub fn state(&self, pair: &PairAt) -> PairState {
        let at = |slot: u64| self.chain.slot(pair.address, Word::from(slot));
        let packed = at(slots::RESERVES);
        let low = |shift: usize| reserve((packed >> shift) & (Word::MAX >> 144));
        PairState {
            reserve: [low(0), low(112)],
            balance: pair.tokens.map(|token| narrow(self.chain.slot(token, pair.balance))),
            total: wide(at(slots::TOTAL_SUPPLY)),
            k_last: wide(at(slots::K_LAST)),
            sums: slots::SUMS.map(|slot| wide(at(slot))),
            ts_last: (packed >> 224_usize).to(),
        }
    }

    /// What a pair says of itself, by its own functions and its tokens'.
    pub fn told(&mut self, pair: &PairAt) -> PairState {
        let mut ask = |to, signature: &str, words: &[Word]| {
            self.chain.call(TRADER, to, signature, words).unwrap()
        };
        let reserves = ask(pair.address, "getReserves()", &[]);
        let mut one = |signature: &str| ask(pair.address, signature, &[]).word(0);
        let (total, k_last) = (wide(one("totalSupply()")), wide(one("kLast()")));
        let sums = ["price0CumulativeLast()", "price1CumulativeLast()"].map(|of| wide(one(of)));
        let holder = word(pair.address);
        let balance =
            pair.tokens.map(|token| narrow(ask(token, "balanceOf(address)", &[holder]).word(0)));
        let reserve = [reserve(reserves.word(0)), reserve(reserves.word(1))];
        PairState { reserve, balance, total, k_last, sums, ts_last: reserves.word(2).to() }
    }

    /// Brings a pair into a state: balances are written into the tokens and counted by the pair's
    /// own `sync`; shares and past are written into the pair.
    ///
    /// All shares but the locked ones are the trader's.
    pub fn set_state(&mut self, pair: &PairAt, state: &PairState) {
        self.set_balances(pair, state.reserve.map(Amount::get));
        self.chain.set_time(state.ts_last.into());
        self.chain.call(TRADER, pair.address, "sync()", &[]).unwrap();
        self.set_balances(pair, state.balance);
        let of = pair.address;
        let mut set = |key, value| self.chain.set_slot(of, key, value);
        set(Word::from(slots::TOTAL_SUPPLY), evm_word(state.total));
        set(Word::from(slots::K_LAST), evm_word(state.k_last));
        for (slot, sum) in slots::SUMS.into_iter().zip(state.sums) {
            set(Word::from(slot), evm_word(sum));
        }
        let (total, locked) = (evm_word(state.total), Word::from(Shares::LOCKED.get()));
        let locked = locked.min(total);
        set(balance_slot(Address::ZERO), locked);
        set(balance_slot(TRADER), total - locked);
        set(balance_slot(COLLECTOR), Word::ZERO);
        set(pair.balance, Word::ZERO);
    }

    /// Writes what the tokens say that a pair holds.
    pub fn set_balances(&mut self, pair: &PairAt, balance: [u128; 2]) {
        for (token, units) in pair.tokens.into_iter().zip(balance) {
            self.chain.set_slot(token, pair.balance, Word::from(units));
        }
    }

    /// Who holds how many of a pair's shares: the trader, the collector.
    pub fn shares(&self, pair: &PairAt) -> [U256; 2] {
        [TRADER, COLLECTOR].map(|of| wide(self.chain.slot(pair.address, balance_slot(of))))
    }

    /// Makes so many of the trader's shares the collector's.
    pub(crate) fn move_shares(&mut self, pair: &PairAt, shares: U256) {
        let words = [word(COLLECTOR), evm_word(shares)];
        self.chain.call(TRADER, pair.address, "transfer(address,uint256)", &words).unwrap();
    }

    /// Sends tokens to a pair, by the tokens' own `transfer`.
    pub fn transfer(&mut self, pair: &PairAt, amounts: [u128; 2]) {
        for (token, units) in pair.tokens.into_iter().zip(amounts) {
            let words = [word(pair.address), Word::from(units)];
            self.chain.call(TRADER, token, "transfer(address,uint256)", &words).unwrap();
        }
    }

    /// Calls a pair, as a contract that pays first would; gives the amounts that the pair
    /// reported, and for a deposit the shares.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; then nothing has changed.
    pub fn act(&mut self, pair: &PairAt, call: &Call) -> Result<Vec<U256>, Refusal> {
        let to = word(TRADER);
        let mut ask = |signature: &str, words: &[Word]| {
            self.chain.call(TRADER, pair.address, signature, words)
        };
        match *call {
            Call::Swap { out } => {
                let [out0, out1] = out.map(|units| Word::from(units.get()));
                // No data, so nobody is called back.
                let words = [out0, out1, to, Word::from(128), Word::ZERO];
                let answer = ask("swap(uint256,uint256,address,bytes)", &words)?;
                let swap = "Swap(address,uint256,uint256,uint256,uint256,address)";
                Ok(reported(&answer, swap, 4))
            }
            Call::Mint => {
                let answer = ask("mint(address)", &[to])?;
                let mut amounts = reported(&answer, "Mint(address,uint256,uint256)", 2);
                amounts.push(wide(answer.word(0)));
                Ok(amounts)
            }
            Call::Burn { shares } => self.burn(pair, shares),
            Call::Skim => {
                let before = self.state(pair).balance;
                self.chain.call(TRADER, pair.address, "skim(address)", &[to])?;
                let after = self.state(pair).balance;
                Ok(vec![(before[0] - after[0]).into(), (before[1] - after[1]).into()])
            }
            Call::Sync => Ok(reported(&ask("sync()", &[])?, "Sync(uint112,uint112)", 2)),
        }
    }

    /// Writes the reserves of a pair that holds what it counted.
    pub fn set_reserves(&mut self, pair: &PairAt, reserve: [Amount; 2]) {
        self.set_balances(pair, reserve.map(Amount::get));
        self.chain.call(TRADER, pair.address, "sync()", &[]).unwrap();
    }

    /// Asks the router for the amounts along a path of tokens: `getAmountsOut`, `getAmountsIn`.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub fn quote_path(
        &mut self,
        function: &str,
        amount: u128,
        path: &[usize],
    ) -> Result<Vec<U256>, Refusal> {
        let mut words = vec![Word::from(amount), Word::from(64)];
        self.push_path(&mut words, path);
        let signature = format!("{function}(uint256,address[])");
        Ok(amounts(&self.chain.call(TRADER, self.router, &signature, &words)?))
    }

    /// Swaps by the router along a path of tokens, with an amount and its limit:
    /// `swapExactTokensForTokens`, `swapTokensForExactTokens`.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; then nothing has changed.
    pub fn swap_path(
        &mut self,
        function: &str,
        amount_and_limit: [Amount; 2],
        path: &[usize],
    ) -> Result<Vec<U256>, Refusal> {
        let mut words = amount_and_limit.map(|units| Word::from(units.get())).to_vec();
        // For ever is early enough.
        words.extend([Word::from(160), word(TRADER), Word::MAX]);
        self.push_path(&mut words, path);
        let signature = format!("{function}(uint256,uint256,address[],address,uint256)");
        Ok(amounts(&self.chain.call(TRADER, self.router, &signature, &words)?))
    }

    fn push_path(&self, words: &mut Vec<Word>, path: &[usize]) {
        words.push(Word::from(path.len()));
        words.extend(path.iter().map(|token| word(self.tokens[*token])));
    }

    /// Asks the router for any other answer of one word: `quote`.
    ///
    /// # Errors
    ///
    /// [`Refusal`].
    pub fn ask_router(&mut self, signature: &str, words: [u128; 3]) -> Result<U256, Refusal> {
        let words = words.map(Word::from);
        Ok(wide(self.chain.call(TRADER, self.router, signature, &words)?.word(0)))
    }

    /// Asks the router for a deposit into or a withdrawal from the first pair: its tokens, this one
    /// first, then these numbers; for the trader, for ever.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; then nothing has changed.
    pub fn ask_router_of_pair(
        &mut self,
        signature: &str,
        first: usize,
        units: &[u128],
    ) -> Result<Vec<U256>, Refusal> {
        let [token0, token1] = self.pairs[0].tokens;
        let tokens = if first == 0 { [token0, token1] } else { [token1, token0] };
        let mut words = tokens.map(word).to_vec();
        words.extend(units.iter().copied().map(Word::from));
        words.extend([word(TRADER), Word::MAX]);
        let answer = self.chain.call(TRADER, self.router, signature, &words)?;
        Ok((0..answer.output.len() / 32).map(|at| wide(answer.word(at))).collect())
    }

    /// Sends shares to the pair, the trader's first, and burns them. It is one call: where it is
    /// refused nothing was sent.
    fn burn(&mut self, pair: &PairAt, shares: Shares) -> Result<Vec<U256>, Refusal> {
        let held = self.shares(pair);
        let shares = U256::from(shares.get());
        let from_trader = shares.min(held[0]);
        let burned = self.send_and_burn(pair, [from_trader, shares - from_trader]);
        let Ok(answer) = burned else {
            let mut set = |of, units| {
                self.chain.set_slot(pair.address, balance_slot(of), evm_word(units));
            };
            set(pair.address, U256::zero());
            set(TRADER, held[0]);
            set(COLLECTOR, held[1]);
            return burned.map(|_| vec![]);
        };
        let amounts = reported(&answer, "Burn(address,uint256,uint256,address)", 2);
        assert_eq!(amounts, [wide(answer.word(0)), wide(answer.word(1))]);
        Ok(amounts)
    }

    fn send_and_burn(&mut self, pair: &PairAt, parts: [U256; 2]) -> Result<Answer, Refusal> {
        for (holder, part) in [TRADER, COLLECTOR].into_iter().zip(parts) {
            let words = [word(pair.address), evm_word(part)];
            self.chain.call(holder, pair.address, "transfer(address,uint256)", &words)?;
        }
        self.chain.call(TRADER, pair.address, "burn(address)", &[word(TRADER)])
    }
}

/// The words of the last log, which must be this event.
fn reported(answer: &Answer, event: &str, words: usize) -> Vec<U256> {
    let log = answer.logs.last().unwrap();
    assert_eq!(log.topics()[0], keccak256(event));
    (0..words).map(|at| wide(word_of(&log.data.data, at))).collect()
}

/// The list that the router returned.
fn amounts(answer: &Answer) -> Vec<U256> {
    (2..answer.output.len() / 32).map(|at| wide(answer.word(at))).collect()
}
