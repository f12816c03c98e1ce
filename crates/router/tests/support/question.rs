//! [`Question`]: what a router is asked, as a test writes it.

use cenote_pool::{Amount, Exact, Market, TokenId};
use cenote_router::{Plan, Query, Router, RoutingError};

/// A question for the best plan between two tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    /// Which side `amount` fixes.
    pub(crate) exact: Exact,
    pub(crate) token_in: TokenId,
    pub(crate) token_out: TokenId,
    pub(crate) amount: Amount,
    /// What each pool used costs, of the token that is not fixed.
    pub(crate) gas_per_pool: Amount,
}

impl Question {
    /// The question itself, without the charge for pools.
    pub(crate) fn query<'a>(&self, router: &'a Router, market: &'a Market) -> Query<'a> {
        match self.exact {
            Exact::In => router.sell(market, self.token_in, self.amount).to(self.token_out),
            Exact::Out => router.buy(market, self.token_out, self.amount).from(self.token_in),
        }
    }

    /// The router's plan.
    pub(crate) fn plan(&self, router: &Router, market: &Market) -> Result<Plan, RoutingError> {
        self.query(router, market).gas_per_pool(self.gas_per_pool).split().best()
    }

    /// What the best single path of at most four hops nets, with the charge for each pool: the
    /// output less it and at least nothing, or the input and it. `None` where no path can do it.
    pub(crate) fn single_path(&self, router: &Router, market: &Market) -> Option<u128> {
        let net = |max_hops| {
            let route = self.query(router, market).max_hops(max_hops).best().ok()?;
            let gas = self.gas_per_pool.get().checked_mul(route.steps.len().try_into().ok()?)?;
            match self.exact {
                Exact::In => Some(route.amount_out.get().saturating_sub(gas)),
                Exact::Out => route.amount_in.get().checked_add(gas),
            }
        };
        let nets = (1..=4).filter_map(net);
        match self.exact {
            Exact::In => nets.max(),
            Exact::Out => nets.min(),
        }
    }
}
