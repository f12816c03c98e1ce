//! A claim is no coin: no pool buys one.

use cenote_exchange::{Claim, Coin, Exchange};
use cenote_pool::{Amount, PoolId};

pub fn sell(exchange: &mut Exchange, pool: PoolId, coin: Coin, claim: Claim) -> bool {
    assert!(!coin.amount().is_zero() && !claim.shares().is_zero());
    exchange.swap(pool, claim, Amount::ZERO).is_ok()
}

fn main() {}
