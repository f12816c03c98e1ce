//! A claim that was redeemed is gone; another one can be redeemed.

use cenote_exchange::{Claim, Exchange};

pub fn twice(exchange: &mut Exchange, [first, second]: [Claim; 2]) -> bool {
    assert_eq!(first.shares(), second.shares());
    let _paid = exchange.redeem(first);
    exchange.redeem(first).is_ok()
}

fn main() {}
