//! What a block opened: circles of pools that give back more than they take.

use anyhow::Result;
use cenote::chain::Follower;
use cenote::chain::rpc::Pushed;
use cenote::{
    Amount, Arbitrage, Exact, Market, PoolId, RouteDocument, Router, RoutingError, TokenId,
};
use serde::Serialize;

use crate::args::chain::Follow;

/// A circle as a line.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "opportunity")]
pub(super) struct Opportunity {
    block: u64,
    profit: String,
    #[serde(flatten)]
    route: RouteDocument,
}

/// Looks for what blocks opened, with a router for as long as the pools are the same.
#[derive(Debug)]
pub(super) struct Opportunities {
    router: Router,
    /// The tokens to begin with; none stands for those of the pools that a block touched.
    tokens: Vec<String>,
    gas: Amount,
}

impl Opportunities {
    pub(super) fn new(follower: &Follower, args: &Follow) -> Self {
        let tokens = args.profit_in.iter().map(ToString::to_string).collect();
        Self { router: Router::new(follower.market()), tokens, gas: args.gas_per_pool }
    }

    /// The circles through the pools that a block touched, the best of each token first.
    pub(super) fn of(&mut self, follower: &Follower, pushed: &Pushed) -> Result<Vec<Opportunity>> {
        let market = follower.market();
        let touched = &pushed.applied.touched;
        let flagged = follower.flagged().collect::<Vec<_>>();
        let mut found = Vec::new();
        for token in self.starts(market, touched) {
            found.extend(self.find(market, token, (touched, &flagged))?);
        }
        // A circle that passes two of the tokens was found from both.
        let mut seen = Vec::<Vec<PoolId>>::new();
        found.retain(|arbitrage| {
            let mut pools = arbitrage.route.steps.iter().map(|step| step.pool).collect::<Vec<_>>();
            pools.sort_unstable();
            let is_new = !seen.contains(&pools);
            seen.push(pools);
            is_new
        });
        let line = |arbitrage: &Arbitrage| Opportunity {
            block: pushed.applied.header.number,
            profit: arbitrage.profit.to_string(),
            route: RouteDocument::new(market, &arbitrage.route, Exact::In),
        };
        Ok(found.iter().map(line).collect())
    }

    /// The tokens to begin with: those asked for, or of each pool the one that more pools trade.
    fn starts(&self, market: &Market, touched: &[PoolId]) -> Vec<TokenId> {
        if !self.tokens.is_empty() {
            return self.tokens.iter().filter_map(|name| market.token(name).ok()).collect();
        }
        let pools = touched.iter().filter_map(|pool| market.pool(*pool).ok());
        let more = pools.map(|pool| {
            [pool.token0(), pool.token1()]
                .into_iter()
                .max_by_key(|token| self.router.degree(*token))
        });
        let mut starts = more.flatten().collect::<Vec<_>>();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    fn find(
        &mut self,
        market: &Market,
        token: TokenId,
        (touched, flagged): (&[PoolId], &[PoolId]),
    ) -> Result<Vec<Arbitrage>> {
        let ask = |router: &Router| {
            let circles = router.arbitrage(market, token).through(touched);
            circles.without_pools(flagged).gas_per_pool(self.gas).find()
        };
        match ask(&self.router) {
            // Pools have come or gone.
            Err(RoutingError::StaleGraph { .. }) => {
                self.router = Router::new(market);
                Ok(ask(&self.router)?)
            }
            found => Ok(found?),
        }
    }
}
