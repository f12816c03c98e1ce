//! A coin moves: it can be divided and cannot be cloned.

use cenote_exchange::Coin;
use cenote_pool::Amount;

pub fn some_of(coin: &mut Coin, amount: Amount) -> Option<Coin> {
    Some(Coin::clone(coin)).filter(|part| part.amount() == amount)
}

fn main() {}
