//! An amount has a default, and a coin has none: every coin is issued or paid out.

fn by_default<T: Default>() {}

pub fn from_nothing() {
    by_default::<cenote_pool::Amount>();
}

fn main() {}
