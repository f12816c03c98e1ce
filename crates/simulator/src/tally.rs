//! [`Tally`]: outcomes added up.

use std::collections::BTreeMap;

use cenote_pool::{Amount, Leg, Market, Order, Orders, TokenId};
use primitive_types::U256;

use crate::outcome::Outcomes;

/// What a run did: orders accepted, refusals by reason, volume and fees by token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    accepted: u64,
    refused: BTreeMap<&'static str, u64>,
    /// By the place of the token.
    tokens: Vec<Volume>,
}

/// What was paid into pools of one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    /// How many swaps paid with it.
    pub swaps: u64,
    /// What they paid, the fees included.
    pub paid_in: U256,
    /// How much of that was fees, rounded up for each swap; it stayed in the pools.
    pub fees: U256,
}

impl Tally {
    /// Nothing yet, for the tokens of a market.
    pub fn new(market: &Market) -> Self {
        let tokens = vec![Volume::default(); market.token_count()];
        Self { accepted: 0, refused: BTreeMap::new(), tokens }
    }

    /// Adds the outcomes of orders on a market.
    pub fn add(&mut self, market: &Market, orders: &Orders, outcomes: &Outcomes) {
        for (order, outcome) in outcomes.iter(orders) {
            match outcome {
                Ok(legs) => {
                    self.accepted = self.accepted.saturating_add(1);
                    self.add_legs(market, order, legs);
                }
                Err(refusal) => {
                    let count = self.refused.entry(refusal.code()).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// How many orders were accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// How many orders were refused.
    pub fn refused(&self) -> u64 {
        self.refused.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// How many orders were refused for each reason, by its code, in alphabetical order.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.refused.iter().map(|(code, count)| (*code, *count))
    }

    /// The volume of each token that was paid in, in the order of the tokens.
    pub fn volumes(&self) -> impl Iterator<Item = (TokenId, Volume)> {
        let paid = self.tokens.iter().enumerate().filter(|(_, volume)| volume.swaps > 0);
        paid.filter_map(|(at, volume)| Some((TokenId::from_index(at)?, *volume)))
    }

    fn add_legs(&mut self, market: &Market, order: Order<'_>, legs: &[Leg]) {
        for (hop, leg) in order.hops.iter().zip(legs) {
            let Ok(pool) = market.pool(hop.pool) else { continue };
            let (token_in, _) = pool.tokens(hop.direction);
            if let Some(volume) = self.tokens.get_mut(token_in.index()) {
                volume.swaps = volume.swaps.saturating_add(1);
                add(&mut volume.paid_in, leg.amount_in);
                add(&mut volume.fees, pool.fee(hop.direction).charged_ceil(leg.amount_in));
            }
        }
    }
}

/// Adds to a sum that would take 2^144 amounts to fill.
fn add(sum: &mut U256, amount: Amount) {
    *sum = sum.saturating_add(amount.into());
}
