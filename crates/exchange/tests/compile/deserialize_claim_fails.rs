//! To read a claim from a file would be to forge it; numbers may be read.

use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>() {}

pub fn forge() {
    read::<cenote_exchange::Claim>();
}

fn main() {}
