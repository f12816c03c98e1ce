//! The constructor of mints is the vault's; a mint comes with its token.

use cenote_exchange::{Exchange, Mint};

pub fn issuer() {
    let _mint = Exchange::create_token;
    let _exchange = Exchange::new;
    let _token = Mint::token;
}

fn main() {}
