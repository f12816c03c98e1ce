//! A claim moves: it can be divided and cannot be cloned.

use cenote_exchange::Claim;
use cenote_pool::Shares;

pub fn some_of(claim: &mut Claim, shares: Shares) -> Option<Claim> {
    Some(Claim::clone(claim)).filter(|part| part.shares() == shares)
}

fn main() {}
