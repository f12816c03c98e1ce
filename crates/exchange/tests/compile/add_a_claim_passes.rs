//! A claim is no coin: no pool holds one.

use cenote_exchange::{Claim, Coin, Exchange};
use cenote_pool::{PoolId, Shares};

pub fn stack(exchange: &mut Exchange, pool: PoolId, coins: [Coin; 2], claim: Claim) -> bool {
    let [coin, other] = coins;
    assert!(!other.amount().is_zero() && !claim.shares().is_zero());
    exchange.add_liquidity(pool, [coin, other], Shares::ZERO).is_ok()
}

fn main() {}
