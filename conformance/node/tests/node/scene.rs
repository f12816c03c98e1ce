//! [`Scene`]: a world that is followed, and a trader who sends what the engine plans.

use alloy_primitives::{Address, U256};
use cenote::{Amount, Fill, Hop, Market, PoolId, Route, Step};
use cenote_chain::{Bundle, Call, Follower, Header, ToCalldata};
use cenote_conformance_node::{Node, PairAt, Reverted, World, abi, name};

use crate::world;

/// Early enough for every block of these tests but those that say otherwise.
pub(crate) const LATER: u64 = u64::MAX;

/// A world with pools, and a follower of it.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) pairs: Vec<PairAt>,
    pub(crate) follower: Follower,
}

impl Scene {
    pub(crate) async fn new(protocol_fee: [bool; 2]) -> Option<Self> {
        let world = world(protocol_fee).await?;
        let pairs = world.create_pools().await;
        for token in world.all_tokens() {
            for exchange in world.exchanges {
                let spender = exchange.router;
                let approve = abi::Token::approveCall { spender, value: U256::MAX };
                world.node.send(world.trader, token, &approve).await;
            }
        }
        let head = world.node.mine(1).await;
        let follower = world.follower(head).await;
        Some(Self { world, pairs, follower })
    }

    pub(crate) fn node(&self) -> &Node {
        &self.world.node
    }

    /// Mines a block and follows it.
    pub(crate) async fn mine(&mut self, seconds: u64) -> Header {
        let header = self.world.node.mine(seconds).await;
        let records = self.world.node.records(header.hash).await;
        let applied = self.follower.push(&header, &records).unwrap();
        assert_eq!(applied.flags, []);
        self.world.assert_equal(self.follower.market(), header).await;
        header
    }

    pub(crate) fn market(&self) -> &Market {
        self.follower.market()
    }

    pub(crate) fn pool(&self, pair: usize) -> PoolId {
        self.follower.pool(&self.pairs[pair].address.into()).unwrap()
    }

    /// The hops of a path of tokens through these pairs.
    pub(crate) fn hops(&self, token_in: Address, pairs: &[usize]) -> Vec<Hop> {
        let mut token = self.market().token(&name(token_in)).unwrap();
        let mut hops = vec![];
        for pair in pairs {
            let pool = self.pool(*pair);
            let entry = self.market().pool(pool).unwrap();
            let direction = entry.direction(token).unwrap();
            token = entry.tokens(direction).1;
            hops.push(Hop { pool, direction });
        }
        hops
    }

    /// Gives somebody tokens in a block of its own.
    pub(crate) async fn fund(&mut self, token: Address, to: Address, units: Amount) {
        self.world.give(self.world.actors[0], token, to, units.get()).await;
        self.mine(1).await;
    }

    pub(crate) fn bundle(&self, route: &Route, to: Address, deadline: u64) -> Bundle {
        let send = route.calldata(self.market(), to.into(), deadline);
        send.bundle(self.world.executor.into()).unwrap()
    }

    pub(crate) fn sell(&self, route: &Route, exchange: usize, deadline: u64) -> Call {
        let send = route.calldata(self.market(), self.world.trader.into(), deadline);
        send.sell(&self.world.v2_router(exchange), route.amount_out).unwrap()
    }

    /// Sends a call in a block of its own.
    pub(crate) async fn execute(&mut self, call: &Call) -> Result<(), Reverted> {
        let sent = self.node().send_call(self.world.trader, call).await;
        self.mine(12).await;
        self.node().receipt(sent).await.map(|_| ())
    }

    pub(crate) async fn balance(&self, token: Address, of: Address) -> Amount {
        amount(self.world.balance(token, of).await)
    }
}

pub(crate) fn amount(units: U256) -> Amount {
    Amount::new(units.to()).unwrap()
}

pub(crate) fn difference(after: Amount, before: Amount) -> Amount {
    after.checked_sub(before).unwrap()
}

/// The route along a path for an exact output, with the amounts of v2's router.
pub(crate) fn as_the_router(market: &Market, hops: &[Hop], amount_out: Amount) -> Option<Route> {
    let mut fills = vec![Fill::default(); hops.len()];
    market.fill_path_exact_out_v2_router(hops, amount_out, &mut fills).ok()?;
    let steps = hops.iter().zip(&fills).map(|(hop, fill)| {
        let (token_in, token_out) = market.pool(hop.pool).unwrap().tokens(hop.direction);
        let Fill { amount_in, amount_out, .. } = *fill;
        Step { pool: hop.pool, token_in, amount_in, token_out, amount_out }
    });
    let steps: Vec<_> = steps.collect();
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    Some(Route {
        token_in: first.token_in,
        token_out: last.token_out,
        amount_in: first.amount_in,
        amount_out,
        steps,
    })
}
