#![expect(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a gain is judged up to 10^-9"
)]

use std::collections::HashSet;

use cenote_pool::{Amount, Direction, Exact, Fee, Pool, TokenId};

use super::*;

/// What a pool gives away at the network's prices, as a part of its smaller side: the larger one
/// of `(sqrt(q y) - sqrt(p x / gamma))^2 / min(p x, q y)` both ways.
fn gain(network: &Network, pool: &Pool) -> f64 {
    let value = |units: Amount, token: TokenId| units.get() as f64 * network.prices[token.index()];
    let each = Direction::BOTH.map(|direction| {
        let (token_in, token_out) = pool.tokens(direction);
        let held = pool.reserves().oriented(direction);
        let gamma = 1.0 - f64::from(pool.fee(direction).pips()) / 1e6;
        let (x, y) = (value(held.reserve_in, token_in), value(held.reserve_out, token_out));
        let root = (y.sqrt() - (x / gamma).sqrt()).max(0.0);
        root * root / x.min(y)
    });
    each[0].max(each[1])
}

fn gains(network: &Network) -> usize {
    network.market.pools().iter().filter(|pool| 1e-9 < gain(network, pool)).count()
}

/// The tokens' prices prove it: at them, no pool gives anything away.
#[test]
fn what_is_free_of_arbitrage_is() {
    for family in Family::ALL.into_iter().filter(|family| family.is_arbitrage_free()) {
        for (pools, seed) in [(1, 0), (5, 1), (20, 2), (100, 3), (1_000, 4), (10_000, 5)] {
            let network = Network::new(family, pools, seed);
            assert_eq!(gains(&network), 0, "{family:?} {pools}");
            assert!(network.prices.iter().all(|price| 0.0 < *price && price.is_finite()));
        }
    }
}

/// The prices do not prove it of just any network.
#[test]
fn what_is_noisy_is_not() {
    for family in [Family::NoisyHub, Family::NoisyDense] {
        let network = Network::new(family, 1_000, 1);
        // A normal noise of 1 % is above a band of 0.3 % in three of four pools; a gain of 10^-9
        // is one of 0.003 % in price, squared.
        assert!((600..850).contains(&gains(&network)), "{family:?} {}", gains(&network));
    }
    let tiny = Network::new(Family::TinySplit, 6, 1);
    assert!(0 < gains(&tiny));
}

#[test]
fn sizes_are_those_of_the_families() {
    let sizes = |family, pools| {
        let market = Network::new(family, pools, 1).market;
        (market.pools().len(), market.token_count())
    };
    assert_eq!(sizes(Family::Hub, 100_000), (100_000, 60_000));
    assert_eq!(sizes(Family::Hub, 5), (5, 3));
    assert_eq!(sizes(Family::NoisyHub, 20), (20, 12));
    assert_eq!(sizes(Family::Dense, 1_000), (1_000, 63));
    assert_eq!(sizes(Family::Dense, 20), (20, 9));
    assert_eq!(sizes(Family::Extreme, 20), (20, 7));
    assert_eq!(sizes(Family::Layered, 100), (84, 20));
    assert_eq!(sizes(Family::Layered, 1_000), (924, 65));
    assert_eq!(sizes(Family::Parallel, 20), (20, 2));
    assert_eq!(sizes(Family::TinySplit, 7), (7, 3));
    assert_eq!(sizes(Family::Complete, 190), (190, 20));
    assert_eq!(sizes(Family::Complete, 209), (190, 20));
    for family in Family::ALL {
        assert!(0 < sizes(family, 0).0);
    }
}

#[test]
fn extreme_reserves_reach_the_ends() {
    let network = Network::new(Family::Extreme, 10_000, 1);
    let reserves = network.market.pools().iter().map(Pool::reserves);
    let all = reserves.flat_map(|held| [held.reserve0.get(), held.reserve1.get()]);
    let all = all.collect::<Vec<_>>();
    assert!(all.iter().min().unwrap() < &1_010 && &(1 << 111) < all.iter().max().unwrap());
    let fees = network.market.pools().iter().map(|pool| pool.fee(Direction::ZeroForOne).pips());
    let fees = fees.collect::<HashSet<_>>();
    assert!([0, 1, 300_000].iter().all(|fee| fees.contains(fee)));
}

#[test]
fn a_seed_makes_one_network() {
    let reserves = |family, seed| {
        let market = Network::new(family, 300, seed).market;
        market.pools().iter().map(|pool| (pool.token0(), pool.reserves())).collect::<Vec<_>>()
    };
    for family in Family::ALL {
        assert_eq!(reserves(family, 1), reserves(family, 1));
        assert_ne!(reserves(family, 1), reserves(family, 2));
        let network = Network::new(family, 300, 1);
        assert_eq!(network.tasks(4), network.tasks(4));
    }
}

#[test]
fn tasks_are_between_connected_tokens() {
    for family in Family::ALL {
        let network = Network::new(family, 60, 7);
        let tasks = network.tasks(4);
        let pairs = tasks.iter().map(|task| (task.token_in, task.token_out));
        let pairs = pairs.collect::<HashSet<_>>();
        let fixed = matches!(family, Family::Layered | Family::Parallel | Family::TinySplit);
        assert_eq!((tasks.len(), pairs.len() == 1), (if fixed { 5 } else { 20 }, fixed));
        for task in tasks {
            assert!(reach(&network, task.token_in).contains(&task.token_out), "{task:?}");
            assert!(task.token_in != task.token_out && !task.amount.is_zero());
        }
    }
}

fn reach(network: &Network, from: TokenId) -> HashSet<TokenId> {
    let mut reached = HashSet::from([from]);
    for _ in network.market.tokens() {
        for pool in network.market.pools() {
            let ends = [pool.token0(), pool.token1()];
            if ends.iter().any(|end| reached.contains(end)) {
                reached.extend(ends);
            }
        }
    }
    reached
}

#[test]
fn queries_differ() {
    let network = Network::new(Family::Hub, 1_000, 1);
    let sold = network.queries(Exact::In, 1e-4, (1_000, 1));
    let bought = network.queries(Exact::Out, 1e-4, (1_000, 1));
    assert!(sold.len() == 1_000 && bought.len() == 1_000);
    let different = sold.iter().chain(&bought).collect::<HashSet<_>>();
    assert!(1_990 < different.len(), "{}", different.len());
    let hubs = sold.iter().filter(|task| task.token_in.index() < 5).count();
    assert!((300..700).contains(&hubs), "{hubs}");
    assert_ne!(sold, network.queries(Exact::In, 1e-4, (1_000, 2)));
}

#[test]
fn sales_are_of_connected_tokens_and_of_every_size() {
    let mut market = Network::new(Family::Hub, 1_000, 1).market;
    let lonely = market.add_token("lonely").unwrap();
    let empty = Pool::new(lonely, TokenId::FIRST, Fee::UNISWAP_V2).unwrap();
    market.add_pool("empty", empty).unwrap();
    let sales = Task::sales(&market, [-5.0, -2.0], (1_000, 1));
    assert_eq!(sales.len(), 1_000);
    let held = |token: TokenId| {
        let sides = |pool: &Pool| {
            let reserves = pool.reserves();
            let of = [(pool.token0(), reserves.reserve0), (pool.token1(), reserves.reserve1)];
            of.into_iter().filter(|side| side.0 == token).map(|side| side.1.get()).sum::<u128>()
        };
        market.pools().iter().map(sides).sum::<u128>()
    };
    let mut smallest = 0;
    for task in &sales {
        assert!(task.token_in != lonely && task.token_out != lonely, "an empty pool connects none");
        assert!(task.exact == Exact::In && task.amount.get() <= held(task.token_in) / 100 + 1);
        smallest += usize::from(task.amount.get() < held(task.token_in) / 10_000);
    }
    // A third of the powers are below -4.
    assert!((250..420).contains(&smallest), "{smallest}");
}
