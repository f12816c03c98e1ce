//! A coin is no claim: it redeems nothing.

use cenote_exchange::{Claim, Coin, Exchange};

pub fn leave(exchange: &mut Exchange, coin: Coin, claim: Claim) -> bool {
    assert!(!coin.amount().is_zero() && !claim.shares().is_zero());
    exchange.redeem(claim).is_ok()
}

fn main() {}
