//! A refusal holds the coin and is no error: `?` takes its reason only.

use std::error::Error;

use cenote_exchange::{Coin, Exchange};
use cenote_pool::{Amount, PoolId};

pub fn sell(exchange: &mut Exchange, pool: PoolId, paid: Coin) -> Result<Coin, Box<dyn Error>> {
    let bought = exchange.swap(pool, paid, Amount::ZERO).map_err(|refused| refused.reason)?;
    Ok(bought)
}

fn main() {}
