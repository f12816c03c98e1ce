//! Pools and tokens that a question leaves out.

use cenote_pool::{Amount, Market, PoolId, TokenId};
use cenote_router::{Query, Router, RoutingError};
use proptest::prelude::*;

use crate::market::{Spec, amount, market, markets, units};

/// What a question names, by place.
#[derive(Debug, Clone)]
struct Named {
    only_pools: Option<Vec<PoolId>>,
    without_pools: Vec<PoolId>,
    only_tokens: Option<Vec<TokenId>>,
    without_tokens: Vec<TokenId>,
}

fn named() -> impl Strategy<Value = Named> {
    // Some of the places are of no pool and no token.
    let pools = || prop::collection::vec((0..20_u32).prop_map(PoolId::from), 0..12);
    let tokens = || prop::collection::vec((0..9_u32).prop_map(TokenId::from), 0..6);
    let only = (prop::option::of(pools()), prop::option::of(tokens()));
    (only, prop_oneof![Just(Vec::new()), pools()], prop_oneof![Just(Vec::new()), tokens()])
        .prop_map(|((only_pools, only_tokens), without_pools, without_tokens)| Named {
            only_pools,
            without_pools,
            only_tokens,
            without_tokens,
        })
}

impl Named {
    fn ask<'a>(&'a self, mut query: Query<'a>) -> Query<'a> {
        if let Some(pools) = &self.only_pools {
            query = query.only_pools(pools);
        }
        if let Some(tokens) = &self.only_tokens {
            query = query.only_tokens(tokens);
        }
        query.without_pools(&self.without_pools).without_tokens(&self.without_tokens)
    }

    fn allows(&self, at: usize, tokens: [u32; 2]) -> bool {
        let pool = PoolId::from_index(at).unwrap();
        let token = |token: u32| {
            let named = TokenId::from(token);
            token < 2
                || self.only_tokens.as_ref().is_none_or(|only| only.contains(&named))
                    && !self.without_tokens.contains(&named)
        };
        self.only_pools.as_ref().is_none_or(|only| only.contains(&pool))
            && !self.without_pools.contains(&pool)
            && tokens.iter().all(|at| token(*at))
    }

    /// The market in which what is left out is empty.
    fn rest(&self, tokens: u32, pools: &[Spec]) -> Market {
        let mut pools = pools.to_vec();
        for (at, (a, b, x, y, _)) in pools.iter_mut().enumerate() {
            if !self.allows(at, [*a, *b]) {
                (*x, *y) = (0, 0);
            }
        }
        market(tokens, &pools)
    }
}

fn ask<'a>(router: &'a Router, market: &'a Market, amount: Amount) -> [Query<'a>; 2] {
    let (from, to) = (0.into(), 1.into());
    [router.sell(market, from, amount).to(to), router.buy(market, to, amount).from(from)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn what_is_left_out_is_as_good_as_empty(
        (tokens, pools) in markets(),
        units in units(),
        named in named(),
    ) {
        let (market, rest) = (market(tokens, &pools), named.rest(tokens, &pools));
        let (router, fresh) = (Router::new(&market), Router::new(&rest));
        let asked = ask(&router, &market, amount(units)).map(|query| named.ask(query));
        for (asked, expected) in asked.into_iter().zip(ask(&fresh, &rest, amount(units))) {
            assert_eq!(asked.best(), expected.best());
            let prices = vec![1.0; market.token_count()];
            assert_eq!(asked.bound(&prices), expected.bound(&prices));
        }
    }
}

#[test]
fn splits_leave_out_what_paths_leave_out() {
    let pools = [
        (0, 1, 1_000_000, 1_000_000, 30),
        (0, 1, 1_000_000, 1_000_000, 30),
        (0, 2, 1_000_000, 1_000_000, 30),
        (2, 1, 1_000_000, 1_000_000, 30),
    ];
    let market = market(3, &pools);
    let router = Router::new(&market);
    let (first, hub) = ([PoolId::from(0)], [TokenId::from(2)]);
    for query in ask(&router, &market, amount(100_000)) {
        let used = |query: Query<'_>| {
            let plan = query.split().best().unwrap();
            let mut pools = plan.route.steps.iter().map(|step| step.pool.get()).collect::<Vec<_>>();
            pools.sort_unstable();
            pools
        };
        assert_eq!(used(query), [0, 1, 2, 3]);
        assert_eq!(used(query.without_pools(&first)), [1, 2, 3]);
        assert_eq!(used(query.without_tokens(&hub)), [0, 1]);
        assert_eq!(used(query.only_tokens(&[])), [0, 1]);
        assert_eq!(used(query.only_pools(&first)), [0]);
        assert_eq!(used(query.only_pools(&first).only_pools(&[3.into(), 1.into()])), [1]);
        let none = query.only_pools(&[]);
        let unconnected = RoutingError::Unconnected { max_hops: 4 };
        assert_eq!(none.best(), Err(unconnected));
        assert_eq!(none.split().best().unwrap_err(), unconnected);
    }
}
