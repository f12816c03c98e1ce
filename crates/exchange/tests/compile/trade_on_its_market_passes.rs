//! The exchange's own numbers can be read, and only a fork of them can trade.

use cenote_exchange::Exchange;
use cenote_pool::{Amount, PoolId, TokenId};

pub fn take(exchange: &mut Exchange, pool: PoolId, token: TokenId) -> bool {
    exchange.market().clone().swap_exact_in(pool, token, Amount::from_u64(1), Amount::ZERO).is_ok()
}

fn main() {}
