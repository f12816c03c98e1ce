//! To read a mint from a file would be to forge it; numbers may be read.

use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>() {}

pub fn forge() {
    read::<cenote_exchange::Mint>();
}

fn main() {}
