//! A coin is not made out of another by writing another amount into it; it is divided.

use cenote_exchange::Coin;
use cenote_pool::Amount;

pub fn rich(mut coin: Coin, amount: Amount) -> Option<Coin> {
    Some(Coin { amount, ..coin })
}

fn main() {}
