//! [`PairState`]: all that a pair says of itself, or the engine of its pool.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use cenote::{Market, PoolId};
use cenote_chain::BlockHash;

use crate::abi::Pair;
use crate::world::{PairAt, World, encoded};

/// What a pair keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairState {
    /// What it holds of both tokens, as it counted last.
    pub reserves: [u128; 2],
    /// When it counted, modulo 2^32.
    pub ts_last: u32,
    /// How many shares there are.
    pub total_supply: U256,
    /// The product of the reserves after the last deposit or withdrawal, or zero.
    pub k_last: U256,
    /// The accumulators of both prices.
    pub sums: [U256; 2],
}

/// How many numbers of a pair are compared.
pub const NUMBERS: usize = 7;

impl World {
    /// What pairs say in the state after a block.
    pub async fn states(&self, at: BlockHash, pairs: &[PairAt]) -> Vec<PairState> {
        let questions = [
            encoded(&Pair::getReservesCall {}),
            encoded(&Pair::totalSupplyCall {}),
            encoded(&Pair::kLastCall {}),
            encoded(&Pair::price0CumulativeLastCall {}),
            encoded(&Pair::price1CumulativeLastCall {}),
        ];
        let calls = pairs
            .iter()
            .flat_map(|pair| questions.iter().map(|question| (pair.address, question.clone())));
        let answers = self.many(at, calls.collect()).await;
        answers.chunks_exact(questions.len()).map(said).collect()
    }
}

fn said(answers: &[Bytes]) -> PairState {
    let reserves = Pair::getReservesCall::abi_decode_returns(&answers[0]).unwrap();
    let word = |at: usize| U256::abi_decode(&answers[at]).unwrap();
    PairState {
        reserves: [reserves._0, reserves._1].map(|units| units.to()),
        ts_last: reserves._2,
        total_supply: word(1),
        k_last: word(2),
        sums: [word(3), word(4)],
    }
}

impl PairState {
    /// What the engine says; stops the test where it does not know all of it.
    pub fn known(market: &Market, pool: PoolId) -> Self {
        let (entry, history) = (market.pool(pool).unwrap(), market.history(pool));
        let wide = |number: cenote::U256| U256::from_limbs(number.0);
        let reserves = entry.reserves();
        Self {
            reserves: [reserves.reserve0.get(), reserves.reserve1.get()],
            ts_last: history.ts_last.unwrap(),
            total_supply: U256::from(entry.total_shares().unwrap().get()),
            k_last: wide(history.k_last.unwrap().get()),
            sums: [history.price0_cum, history.price1_cum].map(|sum| wide(sum.unwrap())),
        }
    }
}
