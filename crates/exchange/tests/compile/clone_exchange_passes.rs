//! An exchange is property and cannot be cloned; its numbers can be forked.

use cenote_exchange::Exchange;

pub fn second(exchange: Exchange) -> bool {
    let _second = exchange.market().clone();
    exchange.wallet_count() == 0
}

fn main() {}
