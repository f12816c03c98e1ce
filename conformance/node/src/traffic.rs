//! [`Traffic`]: what others do, at random from a seed.

#![expect(non_snake_case, reason = "the fields of calls have the contracts' own names")]

use alloy_primitives::{Address, U256};
use cenote::Random;
use cenote_chain::Header;

use crate::abi::{Borrower, Factory, Pair, Router, Token};
use crate::world::{PairAt, World};

/// For ever is early enough.
const DEADLINE: U256 = U256::MAX;

/// Accounts that act at random, block after block.
///
/// Each act is a transaction or several, of any size and in any order. Some are refused, as on a
/// chain; which is done is the contracts' affair.
#[derive(Debug)]
pub struct Traffic<'a> {
    world: &'a World,
    random: Random,
    pairs: Vec<PairAt>,
}

/// Two amounts, of both tokens of a pair.
type Two = [U256; 2];

impl<'a> Traffic<'a> {
    /// Traffic in these pairs, and in those that it creates.
    pub fn new(world: &'a World, seed: u64, pairs: &[PairAt]) -> Self {
        Self { world, random: Random::new(seed), pairs: pairs.to_vec() }
    }

    /// A block with the acts of some, or of nobody.
    pub async fn block(&mut self) -> Header {
        // One block in four is empty.
        let acts = self.random.below(12).saturating_sub(2);
        for _ in 0..acts {
            self.act().await;
        }
        let seconds = match self.random.below(16) {
            0..8 => 12,
            8..15 => 1 + self.random.below(3_600),
            // Up to a year and a half.
            _ => 1 + self.random.below(47_000_000),
        };
        self.world.node.mine(seconds).await
    }

    /// One act, which the next block will have.
    pub async fn act(&mut self) {
        match self.random.below(40) {
            0..8 => self.sell().await,
            8..12 => self.buy().await,
            12..16 => self.trade_ether().await,
            16..20 => self.swap_both_legs().await,
            20..22 => self.borrow().await,
            22..25 => self.deposit().await,
            25..27 => self.deposit_by_router().await,
            27..30 => self.withdraw().await,
            30..32 => self.withdraw_by_router().await,
            32..34 => self.donate().await,
            34..36 => self.count_anew().await,
            36..38 => self.move_shares().await,
            38 => self.trade_taxed().await,
            _ => self.create().await,
        }
    }

    /// A swap, a deposit and a withdrawal, which the next block will have.
    pub async fn trade_and_provide(&mut self) {
        self.sell().await;
        self.deposit().await;
        self.withdraw().await;
    }

    fn actor(&mut self) -> Address {
        self.world.actors[self.random.place(self.world.actors.len())]
    }

    fn pair(&mut self) -> PairAt {
        self.pairs[self.random.place(self.pairs.len())]
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.random.below(many) == 0
    }

    /// A part of this: all of it, or a half, down to a millionth.
    fn part(&mut self, whole: U256) -> U256 {
        let part: U256 = whole >> self.random.below(20);
        part - part * U256::from(self.random.below(100)) / U256::from(200)
    }

    /// What a pair holds, as it counted last.
    async fn reserves(&self, pair: &PairAt) -> Two {
        let head = self.world.node.head().await;
        let [state] = self.world.states(head.hash, &[*pair]).await.try_into().unwrap();
        state.reserves.map(U256::from)
    }

    async fn shares(&self, pair: &PairAt, of: Address) -> U256 {
        let head = self.world.node.head().await;
        self.world.node.call(head.hash, pair.address, &Token::balanceOfCall { of }).await
    }

    /// Whether a pair is there and has been deposited into. Of one that is not, a lone balance
    /// would be counted as reserves beside nothing.
    async fn is_filled(&self, pair: &PairAt) -> bool {
        let head = self.world.node.head().await;
        let factory = self.world.exchanges[pair.exchange].factory;
        let [tokenA, tokenB] = pair.tokens;
        let call = Factory::getPairCall { tokenA, tokenB };
        let there = self.world.node.call(head.hash, factory, &call).await;
        there == pair.address && !self.reserves(pair).await.contains(&U256::ZERO)
    }

    /// A path of tokens that begins with a pair and goes on in its exchange, and what the first
    /// pair holds of the first token.
    async fn path(&mut self, hops: u64) -> (PairAt, Vec<Address>, U256) {
        let first = self.pair();
        let way = self.random.place(2);
        let mut path = vec![first.tokens[way], first.tokens[1 - way]];
        for _ in 1..hops {
            let last = path[path.len() - 1];
            let next =
                |pair: &&PairAt| pair.exchange == first.exchange && pair.tokens.contains(&last);
            let nexts: Vec<_> = self.pairs.iter().filter(next).copied().collect();
            let [a, b] = nexts[self.random.place(nexts.len())].tokens;
            path.push(if a == last { b } else { a });
        }
        (first, path, self.reserves_or_none(&first).await[way])
    }

    async fn reserves_or_none(&self, pair: &PairAt) -> Two {
        if self.is_filled(pair).await { self.reserves(pair).await } else { [U256::ZERO; 2] }
    }

    async fn sell(&mut self) {
        let (actor, hops) = (self.actor(), 1 + self.random.below(3));
        let (pair, path, held) = self.path(hops).await;
        let amountIn = self.part(held);
        let (amountOutMin, to, deadline) = (U256::ZERO, actor, DEADLINE);
        let router = self.world.exchanges[pair.exchange].router;
        let call =
            Router::swapExactTokensForTokensCall { amountIn, amountOutMin, path, to, deadline };
        self.world.node.send(actor, router, &call).await;
    }

    async fn buy(&mut self) {
        let (actor, hops) = (self.actor(), 1 + self.random.below(3));
        let (pair, mut path, held) = self.path(hops).await;
        path.reverse();
        // What the last pair of the path holds is bought, but not all of it.
        let amountOut = self.part(held) / U256::from(2);
        let (amountInMax, to, deadline) = (U256::MAX, actor, DEADLINE);
        let router = self.world.exchanges[pair.exchange].router;
        let call =
            Router::swapTokensForExactTokensCall { amountOut, amountInMax, path, to, deadline };
        self.world.node.send(actor, router, &call).await;
    }

    async fn trade_ether(&mut self) {
        let weth = self.world.weth;
        let of_ether: Vec<_> =
            self.pairs.iter().filter(|pair| pair.tokens.contains(&weth)).copied().collect();
        let pair = of_ether[self.random.place(of_ether.len())];
        let reserves = self.reserves_or_none(&pair).await;
        let at = usize::from(pair.tokens[1] == weth);
        let (ether, token) = (self.part(reserves[at] >> 3), self.part(reserves[1 - at] >> 3));
        let there = vec![weth, pair.tokens[1 - at]];
        let back = vec![pair.tokens[1 - at], weth];
        let (to, deadline, none) = (self.actor(), DEADLINE, U256::ZERO);
        let router = self.world.exchanges[pair.exchange].router;
        let (node, max) = (&self.world.node, U256::MAX);
        match self.random.below(4) {
            0 => {
                let call = Router::swapExactETHForTokensCall {
                    amountOutMin: none,
                    path: there,
                    to,
                    deadline,
                };
                node.send_with(to, router, &call, ether).await
            }
            1 => {
                let call = Router::swapETHForExactTokensCall {
                    amountOut: token,
                    path: there,
                    to,
                    deadline,
                };
                // Too much is given back.
                node.send_with(to, router, &call, ether * U256::from(8)).await
            }
            2 => {
                let call = Router::swapExactTokensForETHCall {
                    amountIn: token,
                    amountOutMin: none,
                    path: back,
                    to,
                    deadline,
                };
                node.send(to, router, &call).await
            }
            _ => {
                let call = Router::swapTokensForExactETHCall {
                    amountOut: ether,
                    amountInMax: max,
                    path: back,
                    to,
                    deadline,
                };
                node.send(to, router, &call).await
            }
        };
    }

    /// Pays both tokens, or one, and takes both or one.
    async fn swap_both_legs(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let [x, y] = self.reserves(&pair).await;
        let paid = [self.part(x), self.part(y)];
        let least = U256::from(self.random.below(4));
        let take = |paid: U256, of: U256, held: U256| {
            // Nearly what the formula gives, or exactly that for one leg.
            let kept = paid * U256::from(997);
            kept * held / (of * U256::from(1_000) + kept) * (U256::from(97) + least)
                / U256::from(100)
        };
        let both = [take(paid[1], y, x), take(paid[0], x, y)];
        let (paid, [out0, out1]) = match self.random.below(3) {
            0 => (paid, both),
            1 => ([paid[0], U256::ZERO], [U256::ZERO, both[1]]),
            _ => ([U256::ZERO, paid[1]], [both[0], U256::ZERO]),
        };
        self.pay(actor, &pair, paid).await;
        // A pair may even be told to send what it sells to itself.
        let to = if self.one_in(12) { pair.address } else { actor };
        let call = Pair::swapCall { out0, out1, to, data: [].into() };
        self.world.node.send(actor, pair.address, &call).await;
    }

    /// Sends tokens to a pair, but no more than it can count: one that pays such a balance out
    /// reports amounts that no reserve has (`tests/node/odd.rs`).
    async fn pay(&self, from: Address, pair: &PairAt, units: Two) {
        let head = self.world.node.head().await.hash;
        for (token, units) in pair.tokens.into_iter().zip(units) {
            let of = pair.address;
            let held = self.world.node.call(head, token, &Token::balanceOfCall { of }).await;
            if !units.is_zero() && held + units < U256::from(1_u128 << 110) {
                let transfer = Token::transferCall { to: pair.address, value: units };
                self.world.node.send(from, token, &transfer).await;
            }
        }
    }

    /// Takes first and pays in the same call, in the same tokens and 0.4 % more.
    async fn borrow(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        let [x, y] = self.reserves_or_none(&pair).await;
        let out = [self.part(x >> 8), self.part(y >> 8)];
        let back = out.map(|units| units + units / U256::from(250) + U256::from(1));
        let call = Borrower::borrowCall { pair: pair.address, out, back };
        self.world.node.send(actor, self.world.borrower, &call).await;
    }

    /// The parts of both reserves, nearly equal.
    async fn near_parts(&mut self, pair: &PairAt) -> Two {
        let reserves = self.reserves(pair).await;
        let (shift, dust) = (self.random.below(10), U256::from(self.random.below(1_000)));
        reserves.map(|held| (held >> shift) + dust)
    }

    /// Who is given shares: mostly who pays, now and then somebody odd.
    fn taker(&mut self, actor: Address, pair: &PairAt) -> Address {
        match self.random.below(16) {
            0 => Address::ZERO,
            1 => pair.address,
            2 => self.world.collector,
            3 => self.world.exchanges[pair.exchange].factory,
            _ => actor,
        }
    }

    async fn deposit(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let units = self.near_parts(&pair).await;
        self.pay(actor, &pair, units).await;
        let to = self.taker(actor, &pair);
        self.world.node.send(actor, pair.address, &Pair::mintCall { to }).await;
    }

    async fn deposit_by_router(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let units = self.near_parts(&pair).await;
        let router = self.world.exchanges[pair.exchange].router;
        let (to, none, deadline) = (self.taker(actor, &pair), U256::ZERO, DEADLINE);
        let weth = self.world.weth;
        if pair.tokens.contains(&weth) {
            let at = usize::from(pair.tokens[0] == weth);
            let call = Router::addLiquidityETHCall {
                token: pair.tokens[at],
                amountTokenDesired: units[at],
                amountTokenMin: none,
                amountETHMin: none,
                to,
                deadline,
            };
            self.world.node.send_with(actor, router, &call, units[1 - at]).await;
            return;
        }
        let call = Router::addLiquidityCall {
            tokenA: pair.tokens[0],
            tokenB: pair.tokens[1],
            amountADesired: units[0],
            amountBDesired: units[1],
            amountAMin: none,
            amountBMin: none,
            to,
            deadline,
        };
        self.world.node.send(actor, router, &call).await;
    }

    async fn withdraw(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let whole = self.shares(&pair, actor).await;
        let value = self.part(whole);
        let transfer = Token::transferCall { to: pair.address, value };
        self.world.node.send(actor, pair.address, &transfer).await;
        // What is withdrawn may be sent to the pair itself, which must then have it, untaxed.
        let is_taxed = pair.tokens.contains(&self.world.taxed);
        let to = if !is_taxed && self.one_in(8) { pair.address } else { actor };
        self.world.node.send(actor, pair.address, &Pair::burnCall { to }).await;
    }

    async fn withdraw_by_router(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let router = self.world.exchanges[pair.exchange].router;
        let approve = Token::approveCall { spender: router, value: U256::MAX };
        self.world.node.send(actor, pair.address, &approve).await;
        let whole = self.shares(&pair, actor).await;
        let liquidity = self.part(whole);
        let (none, to, deadline, weth) = (U256::ZERO, actor, DEADLINE, self.world.weth);
        if pair.tokens.contains(&weth) {
            let token = pair.tokens[usize::from(pair.tokens[0] == weth)];
            let call = Router::removeLiquidityETHCall {
                token,
                liquidity,
                amountTokenMin: none,
                amountETHMin: none,
                to,
                deadline,
            };
            self.world.node.send(actor, router, &call).await;
            return;
        }
        let [tokenA, tokenB] = pair.tokens;
        let (amountAMin, amountBMin) = (none, none);
        let call = Router::removeLiquidityCall {
            tokenA,
            tokenB,
            liquidity,
            amountAMin,
            amountBMin,
            to,
            deadline,
        };
        self.world.node.send(actor, router, &call).await;
    }

    /// Sends tokens to a pair, which does not count them yet.
    async fn donate(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if !self.is_filled(&pair).await {
            return;
        }
        let [x, y] = self.reserves(&pair).await;
        let mut units = [self.part(x >> 4), self.part(y >> 4)];
        if self.one_in(2) {
            units[self.random.place(2)] = U256::ZERO;
        }
        self.pay(actor, &pair, units).await;
    }

    /// Has a pair count what it holds, or give away what it did not count.
    async fn count_anew(&mut self) {
        let (actor, pair) = (self.actor(), self.pair());
        if self.one_in(2) {
            self.world.node.send(actor, pair.address, &Pair::syncCall {}).await;
        } else {
            let to = if self.one_in(4) { pair.address } else { actor };
            self.world.node.send(actor, pair.address, &Pair::skimCall { to }).await;
        }
    }

    /// Transfers of shares, those among them that look as if shares were made or given up.
    async fn move_shares(&mut self) {
        let (actor, pair, other) = (self.actor(), self.pair(), self.actor());
        if !self.is_filled(&pair).await {
            return;
        }
        let whole = self.shares(&pair, actor).await;
        let value = self.part(whole >> 4);
        let (zero, none) = (Address::ZERO, U256::ZERO);
        let transfer = |to| Token::transferCall { to, value };
        // Nobody has to allow that none are taken.
        let take_none = |from, to| Token::transferFromCall { from, to, value: none };
        let node = &self.world.node;
        match self.random.below(6) {
            0 => node.send(actor, pair.address, &transfer(zero)).await,
            1 => node.send(actor, pair.address, &transfer(pair.address)).await,
            2 => node.send(actor, pair.address, &transfer(other)).await,
            3 => node.send(actor, pair.address, &take_none(zero, other)).await,
            4 => node.send(actor, pair.address, &take_none(pair.address, zero)).await,
            _ => node.send(actor, pair.address, &take_none(zero, zero)).await,
        };
    }

    /// Trades a token of which less arrives than is sent.
    async fn trade_taxed(&mut self) {
        let taxed = self.world.taxed;
        let of_taxed: Vec<_> =
            self.pairs.iter().filter(|pair| pair.tokens.contains(&taxed)).copied().collect();
        let pair = of_taxed[self.random.place(of_taxed.len())];
        let way = self.random.place(2);
        let held = self.reserves_or_none(&pair).await[way];
        let (amountIn, to, deadline) = (self.part(held >> 2), self.actor(), DEADLINE);
        let path = vec![pair.tokens[way], pair.tokens[1 - way]];
        let call = Router::swapExactTokensForTokensSupportingFeeOnTransferTokensCall {
            amountIn,
            amountOutMin: U256::ZERO,
            path,
            to,
            deadline,
        };
        self.world.node.send(to, self.world.exchanges[pair.exchange].router, &call).await;
    }

    /// Creates a pair, and mostly deposits into it in the same block.
    async fn create(&mut self) {
        let tokens = self.world.all_tokens();
        let (actor, exchange) = (self.actor(), self.random.place(2));
        let [a, b] = [(); 2].map(|()| tokens[self.random.place(tokens.len())]);
        let pair = self.world.pair_at(exchange, [a, b]);
        let create = Factory::createPairCall { tokenA: a, tokenB: b };
        self.world.node.send(actor, self.world.exchanges[exchange].factory, &create).await;
        if a == b || self.pairs.contains(&pair) {
            // The factory refuses.
            return;
        }
        self.pairs.push(pair);
        if !self.one_in(4) {
            let units = [(); 2].map(|()| U256::from(self.random.magnitude(11, 60)));
            self.pay(actor, &pair, units).await;
            self.world.node.send(actor, pair.address, &Pair::mintCall { to: actor }).await;
        }
    }
}
