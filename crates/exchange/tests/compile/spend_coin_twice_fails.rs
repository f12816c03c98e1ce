//! A coin that was paid is gone; what it bought can be spent.

use cenote_exchange::{Coin, Exchange, Refused};
use cenote_pool::{Amount, PoolId};

pub fn twice(exchange: &mut Exchange, pool: PoolId, paid: Coin) -> Result<[Coin; 2], Refused> {
    let mut bought = exchange.swap(pool, paid, Amount::ZERO)?;
    let rest = bought.split(Amount::ZERO);
    let second = exchange.swap(pool, paid, Amount::ZERO)?;
    Ok([second, rest.unwrap()])
}

fn main() {}
