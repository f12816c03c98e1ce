//! A chain of blocks in which whole Uniswap v2 pairs do things, and what their logs say.

use cenote_chain::{Address, BlockHash, Factory, Follower, Header, Notice, Record};
use cenote_pool::{
    Amount, Balances, Fee, History, Market, Pair, PairError, Pool, Product, ProtocolFee, Reserves,
    Shares, TokenId,
};

pub(crate) const FACTORY: Address = Address([0xfa; 20]);

/// One thing that somebody does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act {
    pub(crate) kind: u8,
    pub(crate) place: u8,
    pub(crate) units: u64,
}

/// A state of a chain: everything that a node would know.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) head: Header,
    pairs: Vec<Contract>,
    fee: ProtocolFee,
    /// Blocks that were ever made, also those that were left.
    made: u64,
}

/// A pair at its address.
#[derive(Debug, Clone)]
struct Contract {
    address: Address,
    pair: Pair,
    /// What the pair counts of one token alone, as none does that has shares: its pool is empty
    /// then, and everything that it holds is not counted there.
    dust: Reserves,
}

pub(crate) fn hash(number: u64) -> BlockHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    BlockHash(hash)
}

pub(crate) fn token(at: u8) -> Address {
    Address([at; 20])
}

fn pair(at: usize) -> Address {
    let mut address = [0xaa; 20];
    address[..8].copy_from_slice(&at.to_be_bytes());
    Address(address)
}

impl Chain {
    /// Three tokens and two pairs, of which nobody has any shares yet.
    pub(crate) fn new(fee: ProtocolFee) -> Self {
        let head = Header { number: 100, hash: hash(0), parent: hash(999), timestamp: 1_000 };
        let mut chain = Self { head, pairs: Vec::new(), fee, made: 0 };
        chain.create(0, 1);
        chain.create(1, 2);
        chain
    }

    /// Makes no block again that was made on a branch which was left.
    pub(crate) fn go_on_from(&mut self, left: &Self) {
        self.made = left.made;
    }

    pub(crate) fn factory(&self) -> Factory {
        Factory { address: FACTORY, fee: Fee::UNISWAP_V2, protocol_fee: self.fee }
    }

    /// Who begins to follow it at its head.
    pub(crate) fn follower(&self, depth: usize) -> Follower {
        let market = self.market();
        let mut follower = Follower::new(market, self.head, vec![self.factory()], depth).unwrap();
        for at in 0..self.pairs.len() {
            let pool = follower.pool(&pair(at)).unwrap();
            follower.set_protocol_fee(pool, self.fee);
            follower.set_dust(pool, self.pairs[at].dust);
        }
        follower
    }

    /// Asserts what pairs count that nobody has founded.
    pub(crate) fn assert_dust(&self, follower: &Follower) {
        for Contract { address, dust, .. } in &self.pairs {
            let pool = follower.pool(address).unwrap();
            assert_eq!(follower.dust(pool).unwrap_or_default(), *dust);
        }
    }

    /// What there is to know.
    pub(crate) fn market(&self) -> Market {
        let mut market = Market::new();
        for Contract { pair, .. } in &self.pairs {
            for token in [pair.pool().token0(), pair.pool().token1()] {
                while market.token_count() <= token.index() {
                    let next = u8::try_from(market.token_count()).unwrap();
                    market.add_token(&self::token(next).to_string()).unwrap();
                }
            }
        }
        for Contract { address, pair, .. } in &self.pairs {
            let pool = market.add_pool(&address.to_string(), *pair.pool()).unwrap();
            market.set_history(pool, *pair.history()).unwrap();
        }
        market
    }

    /// The next block, in which these things are tried, and its logs.
    pub(crate) fn block(&mut self, acts: &[Act]) -> (Header, Vec<Record>) {
        self.made += 1;
        self.head = Header {
            number: self.head.number + 1,
            hash: hash(self.made),
            parent: self.head.hash,
            timestamp: self.head.timestamp + acts.len() as u64 * 7,
        };
        let mut records = Vec::new();
        for act in acts {
            let said = self.act(*act);
            // Somebody else's log comes between what two transactions say.
            let gap = u64::from(act.place & 1);
            let first = records.last().map_or(0, |record: &Record| record.log_index + 1 + gap);
            for (at, (address, notice)) in said.into_iter().enumerate() {
                records.push(Record { log_index: first + at as u64, address, notice });
            }
        }
        (self.head, records)
    }

    /// What the logs say of an act; nothing where it is refused.
    fn act(&mut self, Act { kind, place, units }: Act) -> Vec<(Address, Notice)> {
        let now = self.head.timestamp as u32;
        let (fee, of) = (self.fee, usize::from(place) % self.pairs.len());
        if kind % 16 == 15 {
            return self.pair_created(place);
        }
        let Contract { address, pair, dust } = &mut self.pairs[of];
        let before = *pair;
        let pool = before.pool();
        let token_in = if place & 8 == 0 { pool.token0() } else { pool.token1() };
        let mut said = Vec::new();
        let done = match kind % 16 {
            6 | 7 if *dust != Reserves::default() => {
                found(pair, dust, units, (fee, now), &mut said)
            }
            6 | 7 => deposit(pair, units, (fee, now), &mut said),
            8 | 9 => withdraw(pair, units, (fee, now), &mut said),
            // Donations are seen when somebody counts.
            10 => send(pair, token_in, units).map(|()| None),
            11 => count(pair, dust, now, &mut said),
            12 => skim(pair, *dust).map(|()| None),
            _ => sell(pair, token_in, units, now),
        };
        let Some(notice) = done else {
            assert_eq!(*pair, before, "what is refused changes nothing");
            return Vec::new();
        };
        if notice.is_some() {
            said.push(Notice::Sync(pair.pool().reserves()));
        }
        said.extend(notice);
        said.into_iter().map(|notice| (*address, notice)).collect()
    }

    /// A new pair, which has a token that nobody knew.
    fn pair_created(&mut self, place: u8) -> Vec<(Address, Notice)> {
        let tokens = self
            .pairs
            .iter()
            .flat_map(|Contract { pair, .. }| [pair.pool().token0(), pair.pool().token1()]);
        let newest = tokens.max().unwrap().get();
        if 20 < newest {
            return Vec::new();
        }
        let other = u32::from(place) % newest;
        let address = self.create(other, newest + 1);
        let [token0, token1] = [other, newest + 1].map(|at| token(at as u8));
        // Another factory says so too, and is not believed.
        let notice = Notice::PairCreated { pair: address, token0, token1 };
        vec![(token(0xee), notice), (FACTORY, notice)]
    }

    fn create(&mut self, token0: u32, token1: u32) -> Address {
        let [token0, token1] = [token0, token1].map(TokenId::from);
        let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
        let pool = pool.with_total_shares(Shares::ZERO).unwrap();
        let (sum, k_last) = (Some(0.into()), Some(Product::ZERO));
        let history = History { price0_cum: sum, price1_cum: sum, k_last, ts_last: Some(0) };
        let address = pair(self.pairs.len());
        let (pair, dust) = (Pair::new(pool, history), Reserves::default());
        self.pairs.push(Contract { address, pair, dust });
        address
    }
}

type Done = Option<Option<Notice>>;

fn send(pair: &mut Pair, token: TokenId, units: u64) -> Option<()> {
    let is_first = token == pair.pool().token0();
    let units = u128::from(units);
    if is_first { pair.transfer(units, 0) } else { pair.transfer(0, units) }.ok()
}

/// Counts what a pair holds. One that nobody has founded may hold of one token only.
fn count(pair: &mut Pair, dust: &mut Reserves, now: u32, said: &mut Vec<Notice>) -> Done {
    *dust = match pair.sync(now) {
        Ok(reserves) => {
            said.push(Notice::Sync(reserves));
            Reserves::default()
        }
        Err(PairError::OneBalanceZero) if pair.pool().total_shares() == Some(Shares::ZERO) => {
            let held = pair.balances();
            // No price: only the time is written.
            *pair = Pair::new(*pair.pool(), History { ts_last: Some(now), ..*pair.history() });
            pair.observe(held);
            let [reserve0, reserve1] =
                [held.balance0, held.balance1].map(|units| Amount::new(units).unwrap());
            let dust = Reserves { reserve0, reserve1 };
            said.push(Notice::Sync(dust));
            dust
        }
        Err(_) => return None,
    };
    Some(None)
}

/// Takes out what a pair holds and did not count.
fn skim(pair: &mut Pair, dust: Reserves) -> Option<()> {
    if dust == Reserves::default() {
        return pair.skim().ok().map(|_| ());
    }
    pair.observe(dust.into());
    Some(())
}

/// The first deposit into a pair that counts dust: `isqrt(amount0 * amount1)` shares of what came
/// in since, and all of it in the reserves.
fn found(
    pair: &mut Pair,
    dust: &mut Reserves,
    units: u64,
    (fee, now): (ProtocolFee, u32),
    said: &mut Vec<Notice>,
) -> Done {
    let Balances { balance0, balance1 } = pair.balances();
    let held = [balance0 + u128::from(units), balance1 + u128::from(units) * 3];
    let brought = [held[0] - dust.reserve0.get(), held[1] - dust.reserve1.get()];
    let total = (brought[0] * brought[1]).isqrt();
    let shares = total.checked_sub(1_000).filter(|shares| *shares != 0)?;
    let [reserve0, reserve1] = held.map(|units| Amount::new(units).unwrap());
    let pool = pair.pool().with_reserves(Reserves { reserve0, reserve1 }).unwrap();
    let pool = pool.with_total_shares(Shares::new(total).unwrap()).unwrap();
    let k_last = match fee {
        ProtocolFee::Off => Product::ZERO,
        ProtocolFee::On => Product::of(pool.reserves()),
    };
    let history = History { k_last: Some(k_last), ts_last: Some(now), ..*pair.history() };
    (*pair, *dust) = (Pair::new(pool, history), Reserves::default());
    for (to, shares) in [(Address::ZERO, 1_000), (token(2), shares)] {
        said.push(Notice::SharesMade { to, shares: Shares::new(shares).unwrap() });
    }
    let [amount0, amount1] = brought.map(|units| Amount::new(units).unwrap());
    Some(Some(Notice::Mint { amount0, amount1 }))
}

/// Pays some of one token, and takes a little less than what it buys.
fn sell(pair: &mut Pair, token_in: TokenId, units: u64, now: u32) -> Done {
    let pool = *pair.pool();
    let first = token_in == pool.token0();
    let before = *pair;
    send(pair, token_in, units)?;
    let bought = pool.quote_exact_in(token_in, units.into()).map(|fill| fill.amount_out);
    let bought = Amount::new(bought.unwrap_or_default().get() * 99 / 100).unwrap();
    let out = if first { (Amount::ZERO, bought) } else { (bought, Amount::ZERO) };
    let done = pair.swap(out.0, out.1, now);
    if done.is_err() {
        *pair = before;
    }
    done.ok().map(|flows| Some(Notice::Swap(flows)))
}

/// What deposits and withdrawals make comes from nobody, the protocol's part first.
fn deposit(
    pair: &mut Pair,
    units: u64,
    (fee, now): (ProtocolFee, u32),
    said: &mut Vec<Notice>,
) -> Done {
    let before = *pair;
    let paid = pair.transfer(u128::from(units), u128::from(units) * 3).and(Ok(()));
    let Ok(deposit) = paid.map_err(|_| ()).and_then(|()| pair.mint(fee, now).map_err(|_| ()))
    else {
        *pair = before;
        return None;
    };
    let before = before.pool().total_shares().unwrap().get();
    let others = pair.pool().total_shares().unwrap().get() - before - deposit.shares.get();
    if 0 < others {
        said.push(Notice::SharesMade { to: token(1), shares: Shares::new(others).unwrap() });
    }
    said.push(Notice::SharesMade { to: token(2), shares: deposit.shares });
    Some(Some(Notice::Mint { amount0: deposit.amount0, amount1: deposit.amount1 }))
}

fn withdraw(
    pair: &mut Pair,
    units: u64,
    (fee, now): (ProtocolFee, u32),
    said: &mut Vec<Notice>,
) -> Done {
    let before = pair.pool().total_shares().unwrap().get();
    let free = before.saturating_sub(1_000);
    let shares = Shares::new(u128::from(units) % (free + 1)).unwrap();
    let withdrawal = pair.burn(shares, fee, now).ok()?;
    let made = pair.pool().total_shares().unwrap().get() + shares.get() - before;
    if 0 < made {
        said.push(Notice::SharesMade { to: token(1), shares: Shares::new(made).unwrap() });
    }
    said.push(Notice::SharesGivenUp { shares });
    Some(Some(Notice::Burn { amount0: withdrawal.amount0, amount1: withdrawal.amount1 }))
}
