//! What the engine knows of a [`World`]: its market, and the follower of its blocks.

use alloy_primitives::Address;
use cenote::{
    Amount, Fee, History, Market, Pool, Product, ProtocolFee, Reserves, Shares, TokenId, U256,
};
use cenote_chain::{Factory, Follower, Header};

use crate::state::PairState;
use crate::world::{PairAt, World};

/// How many blocks a follower can undo in these tests.
pub const DEPTH: usize = 16;

/// An address as the engine names what is there.
pub fn name(address: Address) -> String {
    cenote_chain::Address::from(address).to_string()
}

impl World {
    /// What pairs are in the state after a block, read from them.
    pub async fn market(&self, at: Header, pairs: &[PairAt]) -> Market {
        let mut market = Market::new();
        for (pair, state) in pairs.iter().zip(self.states(at.hash, pairs).await) {
            add(&mut market, pair, &state);
        }
        market
    }

    /// A follower that begins after a block with all pairs.
    pub async fn follower(&self, at: Header) -> Follower {
        let market = self.market(at, &self.pairs(at.hash).await).await;
        Follower::new(market, at, self.factories(), DEPTH).unwrap()
    }

    /// The factories of both exchanges.
    pub fn factories(&self) -> Vec<Factory> {
        let factory = |exchange: &crate::Exchange| Factory {
            address: exchange.factory.into(),
            fee: Fee::UNISWAP_V2,
            protocol_fee: if exchange.protocol_fee { ProtocolFee::On } else { ProtocolFee::Off },
        };
        self.exchanges.iter().map(factory).collect()
    }

    /// Asserts that a market is what the chain says of all its pairs after a block, and gives the
    /// number of pairs.
    pub async fn assert_equal(&self, market: &Market, at: Header) -> usize {
        let differences = self.differences(market, at).await;
        assert!(differences.is_empty(), "block {}: {differences:#?}", at.number);
        market.pools().len()
    }

    /// Where a market is not what the chain says of all its pairs after a block: the pair, the
    /// engine's state, the chain's.
    pub async fn differences(&self, market: &Market, at: Header) -> Vec<Difference> {
        let pairs = self.pairs(at.hash).await;
        assert_eq!(market.pools().len(), pairs.len(), "block {}", at.number);
        let states = self.states(at.hash, &pairs).await;
        let compared = pairs.into_iter().zip(states).map(|(pair, chain)| {
            let pool = market.pool_id(&name(pair.address)).unwrap();
            let entry = market.pool(pool).unwrap();
            let tokens = [entry.token0(), entry.token1()].map(|token| market.token_name(token));
            assert_eq!(tokens, pair.tokens.map(name).each_ref());
            (pair, PairState::known(market, pool), chain)
        });
        compared.filter(|(_, engine, chain)| engine != chain).collect()
    }
}

/// A pair, and what the engine and the chain say of it.
pub type Difference = (PairAt, PairState, PairState);

/// Adds a pair, and those of its tokens that are new.
fn add(market: &mut Market, pair: &PairAt, state: &PairState) {
    let mut token = |address: Address| {
        let name = name(address);
        market.token(&name).or_else(|_| market.add_token(&name)).unwrap()
    };
    let [token0, token1]: [TokenId; 2] = pair.tokens.map(&mut token);
    let [reserve0, reserve1] = state.reserves.map(|units| Amount::new(units).unwrap());
    let wide = |number: alloy_primitives::U256| U256(number.into_limbs());
    let total = Shares::new(state.total_supply.to()).unwrap();
    let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
    let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
    let pool =
        market.add_pool(&name(pair.address), pool.with_total_shares(total).unwrap()).unwrap();
    let [price0_cum, price1_cum] = state.sums.map(|sum| Some(wide(sum)));
    let k_last = Some(Product::new(wide(state.k_last)).unwrap());
    let history = History { price0_cum, price1_cum, k_last, ts_last: Some(state.ts_last) };
    market.set_history(pool, history).unwrap();
}
