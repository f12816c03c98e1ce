//! The constructor of coins is the vault's; everybody else asks the token's mint.

use cenote_exchange::{Coin, Exchange};

pub fn rich() {
    let _issue = Coin::new;
    let _exchange = Exchange::new;
    let _amount = Coin::amount;
}

fn main() {}
