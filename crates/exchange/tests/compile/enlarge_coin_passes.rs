//! What a coin holds can be read and not be written.

use cenote_exchange::Coin;
use cenote_pool::Amount;

pub fn rich(coin: &mut Coin) -> bool {
    coin.split(Amount::MAX);
    coin.amount() == Amount::MAX
}

fn main() {}
