//! The shapes of networks.

#![expect(clippy::float_arithmetic, reason = "what a pool is worth, and how many tokens there are")]

use super::Family;
use super::builder::{Builder, Noise, amount};

/// What one coin of a hub is worth, and its decimals.
const HUBS: [(f64, u8); 5] = [(2_500.0, 18), (1.0, 6), (1.0, 6), (1.0, 18), (60_000.0, 8)];
/// How many of ten tokens have their first pool with each hub, in percent.
const FIRST_HUBS: [u8; 5] = [60, 20, 10, 6, 4];
/// What the deepest pool of two hubs is worth at most.
const DEEPEST: f64 = 1e9;

/// A network in the making, with all its tokens and pools.
pub(super) fn build(family: Family, pools: usize, seed: u64) -> Builder {
    let mut network = Builder::new(seed);
    match family {
        Family::Hub => hub(&mut network, pools),
        Family::Dense => dense(&mut network, pools),
        Family::NoisyHub | Family::NoisyDense => {
            network.noise = Noise::Normal(0.01);
            let of = if family == Family::NoisyHub { hub } else { dense };
            of(&mut network, pools);
        }
        Family::Layered => layered(&mut network, pools),
        Family::Extreme => extreme(&mut network, pools),
        Family::Parallel => parallel(&mut network, pools),
        Family::TinySplit => tinysplit(&mut network, pools),
        Family::Complete => complete(&mut network, pools),
    }
    network
}

fn hub(network: &mut Builder, pools: usize) {
    let tokens = whole(0.6 * float(pools)).max(2);
    let hubs = HUBS.len().min(tokens);
    for (value, decimals) in HUBS.into_iter().take(hubs) {
        network.add_token(value, decimals);
    }
    network.add_tokens(tokens);
    for tail in hubs..tokens {
        let hub = first_hub(network);
        let value = network.draw.pareto(2e3, 0.8, 3e7);
        network.add_pool([tail, hub], value);
    }
    let tail = |network: &mut Builder| {
        network.draw.place(tokens.saturating_sub(hubs)).saturating_add(hubs)
    };
    while network.pool_count() < pools {
        let kind = network.draw.even(0.0, 12.0);
        if kind < 3.0 || tokens < hubs.saturating_add(2) {
            let ends = network.draw.two_places(hubs);
            let value = network.draw.pareto(1e5, 0.7, DEEPEST);
            network.add_pool(ends, value);
            continue;
        }
        let value = network.draw.pareto(2e3, 0.8, 3e7);
        let ends = if kind < 11.0 {
            [tail(network), first_hub(network)]
        } else {
            let places = network.draw.two_places(tokens.saturating_sub(hubs));
            places.map(|place| place.saturating_add(hubs))
        };
        network.add_pool(ends, value);
    }
}

/// A hub, more often the first ones.
fn first_hub(network: &mut Builder) -> usize {
    let mut rest = network.draw.place(100);
    for (hub, percent) in FIRST_HUBS.into_iter().enumerate() {
        match rest.checked_sub(percent.into()) {
            Some(left) => rest = left,
            None => return hub,
        }
    }
    0
}

fn dense(network: &mut Builder, pools: usize) {
    network.add_tokens(whole((2.0 * float(pools).sqrt()).round()).max(2));
    while network.pool_count() < pools {
        let ends = network.draw.two_places(network.token_count());
        let value = network.draw.log_normal(2e5, 1.5);
        network.add_pool(ends, value);
    }
}

fn layered(network: &mut Builder, pools: usize) {
    // The largest k with 2 k^2 + 2 k <= pools.
    let width = whole(((1.0 + 2.0 * float(pools)).sqrt() - 1.0) / 2.0).max(1);
    let layer = |at: usize| {
        let start = width.saturating_mul(at).saturating_add(2);
        start..start.saturating_add(width)
    };
    let layers = [0..1, layer(0), layer(1), layer(2), 1..2];
    network.add_token(2_500.0, 18);
    network.add_token(1.0, 6);
    network.add_tokens(width.saturating_mul(3).saturating_add(2));
    for (from, to) in layers.iter().zip(layers.iter().skip(1)) {
        for ends in from.clone().flat_map(|a| to.clone().map(move |b| [a, b])) {
            let value = network.draw.log_normal(1e5, 1.0);
            network.add_pool(ends, value);
        }
    }
}

fn extreme(network: &mut Builder, pools: usize) {
    network.least = 1e3;
    for _ in 0..whole((1.5 * float(pools).sqrt()).round()).max(2) {
        let unit_price = network.draw.magnitude(-25.0, 0.0);
        network.add_token(unit_price, 0);
    }
    while network.pool_count() < pools {
        let ends = network.draw.two_places(network.token_count());
        let value = network.draw.magnitude(3.0, 9.0);
        let fee_pips = network.draw.one_of(&[0, 1, 500, 2_500, 3_000, 10_000, 300_000]);
        network.add_pool_of_fee(ends, value, fee_pips);
    }
}

fn parallel(network: &mut Builder, pools: usize) {
    network.add_token(2_500.0, 18);
    network.add_token(1.0, 6);
    while network.pool_count() < pools {
        let value = network.draw.log_normal(1e6, 2.0);
        network.add_pool([0, 1], value);
    }
}

/// From the first token to the second, directly and by the third.
fn tinysplit(network: &mut Builder, pools: usize) {
    for _ in 0..3 {
        network.add_token(1.0, 0);
    }
    let ways = [[0, 1], [0, 2], [2, 1]];
    for ends in ways.into_iter().cycle().take(pools) {
        let reserves = [(); 2].map(|()| amount(network.draw.magnitude(2.0, 4.2).min(16_383.0)));
        let fee_pips = network.draw.one_of(&[2_500, 3_000, 3_000, 10_000]);
        network.add_reserves(ends, reserves, fee_pips);
    }
}

fn complete(network: &mut Builder, pools: usize) {
    // The largest n with n (n - 1) / 2 <= pools.
    let tokens = whole(f64::midpoint(1.0, (1.0 + 8.0 * float(pools)).sqrt())).max(2);
    network.add_tokens(tokens);
    for ends in (0..tokens).flat_map(|a| (0..a).map(move |b| [b, a])) {
        let value = network.draw.log_normal(2e5, 1.5);
        network.add_pool(ends, value);
    }
}

/// A number of pools, exactly below 2^53.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a size, not an amount")]
fn float(pools: usize) -> f64 {
    pools as f64
}

/// Rounded down.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of tokens, which is positive; such a cast saturates"
)]
fn whole(number: f64) -> usize {
    number as usize
}
