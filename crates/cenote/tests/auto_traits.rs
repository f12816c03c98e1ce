//! What may be sent to other threads, shared between them and kept across a panic: all of it, which
//! is part of the library's promise. To compile is to pass.

use std::panic::{RefUnwindSafe, UnwindSafe};

/// Everything.
fn is_plain<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}

/// A guard of a borrowed market: a panic may leave it half-written, so nobody says otherwise.
fn is_for_threads<T: Send + Sync + Unpin>() {}

macro_rules! all {
    ($judge:ident: $($name:ty,)*) => { $($judge::<$name>();)* };
}

#[test]
fn values_may_go_anywhere() {
    all! { is_plain:
        cenote::Amount, cenote::Shares, cenote::Fee, cenote::Fees, cenote::Ratio, cenote::Product,
        cenote::TokenId, cenote::PoolId, cenote::TraderId, cenote::Version, cenote::Direction,
        cenote::Reserves, cenote::Pool, cenote::Fill, cenote::Leg, cenote::Deposit,
        cenote::Withdrawal, cenote::Pair, cenote::History, cenote::Observation, cenote::Hop,
        cenote::Step, cenote::Route, cenote::RouteFill, cenote::Order<'static>, cenote::Orders,
        cenote::Event, cenote::Log, cenote::Pairing, cenote::Snapshot, cenote::StateHash,
    }
}

#[test]
fn engines_may_go_anywhere() {
    all! { is_plain:
        cenote::Market, cenote::Undo, cenote::Router, cenote::Plan, cenote::Certified,
        cenote::Batch, cenote::Provision, cenote::Tile, cenote::Paths, cenote::Outcomes, cenote::Tally, cenote::Traffic, cenote::World,
        cenote::Replay, cenote::ReplayReport, cenote::Mismatch, cenote::Timeline, cenote::Random,
        cenote::chain::Address, cenote::chain::BlockHash, cenote::chain::Header,
        cenote::chain::Record, cenote::chain::Factory, cenote::chain::Follower,
        cenote::chain::Applied, cenote::chain::Flag,
    }
}

/// They cannot be copied, and may be handed to whoever is on another thread.
#[test]
fn property_may_go_anywhere() {
    all! { is_plain:
        cenote::Exchange, cenote::Coin, cenote::Claim, cenote::Mint, cenote::Added,
        cenote::Proceeds, cenote::Refused, cenote::Refused<cenote::Foreign, cenote::Claim>,
        cenote::Audit,
    }
}

#[test]
fn guards_and_questions_may_go_to_other_threads() {
    all! { is_for_threads:
        cenote::Fork<'static>, cenote::Sell<'static>, cenote::Buy<'static>,
        cenote::Query<'static>, cenote::Split<'static>, cenote::Error,
        cenote::EventReader<&'static [u8]>, cenote::SwapReader<&'static [u8]>,
    }
}
