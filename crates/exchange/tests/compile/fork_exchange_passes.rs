//! An exchange has no fork; its numbers have.

use cenote_exchange::Exchange;
use cenote_pool::Market;

pub fn what_if(exchange: &Exchange) -> Market {
    exchange.market().clone()
}

fn main() {}
