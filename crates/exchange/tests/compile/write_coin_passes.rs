//! A coin is not made by writing one down; it comes from its mint.

use cenote_exchange::{Coin, Exchange, Mint};
use cenote_pool::Amount;

pub fn rich(exchange: &mut Exchange, mint: &Mint) -> Option<Coin> {
    exchange.issue(mint, Amount::MAX).ok()
}

fn main() {}
