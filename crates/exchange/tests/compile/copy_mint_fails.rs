//! A mint is the one right to issue a token: it can be used by reference and not be copied.

use cenote_exchange::{Exchange, Mint};
use cenote_pool::Amount;

pub fn issue(exchange: &mut Exchange, mint: &Mint) -> bool {
    let second: Mint = *mint;
    exchange.issue(&second, Amount::MAX).is_ok()
}

fn main() {}
