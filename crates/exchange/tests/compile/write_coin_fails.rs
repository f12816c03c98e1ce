//! A coin is not made by writing one down; it comes from its mint.

use cenote_exchange::{Coin, Exchange, Mint};
use cenote_pool::Amount;

pub fn rich(exchange: &mut Exchange, mint: &Mint) -> Option<Coin> {
    Some(Coin { exchange: unreachable!(), token: mint.token(), amount: Amount::MAX })
}

fn main() {}
