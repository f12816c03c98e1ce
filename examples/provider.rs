//! What a liquidity provider wins and loses: fees against impermanent loss, to the unit.
//!
//!     cargo run --release -p cenote --example provider
//!
//! Somebody deposits 100 ETH and 250,000 USD into a pool ten times as large. The price outside
//! wanders from 2,500 USD, by a seed, to where each row of the table ends; 100,000 customers swap on
//! the way, and after each of them an arbitrageur brings the pool back to the price outside. Then the
//! provider leaves, and what they get is compared with what they would have by holding.
#![expect(clippy::print_stdout, reason = "an example prints")]

use cenote::Random;
use cenote::prelude::*;

/// Swaps by customers in each row.
const SWAPS: u64 = 100_000;

/// Smallest units of one ETH and of one USD.
const ETH: u128 = 1_000_000_000_000_000_000;
const USD: u128 = 1_000_000;

/// Where the price begins and where it ends, in USD.
const START: u128 = 2_500;
const ENDS: [u128; 8] = [625, 1_250, 2_000, 2_500, 3_125, 5_000, 10_000, 25_000];

/// What became of a deposit, in smallest units of USD at the last price outside.
struct Outcome {
    /// What the provider would have by holding.
    held: u128,
    /// What the same deposit is worth in a pool without a fee at the same price.
    without_fees: u128,
    /// What the provider got.
    paid: u128,
}

fn main() -> Result<(), cenote::Error> {
    let titles = ("price moves to", "holding", "pool pays", "moving costs", "fees", "in all");
    println!(
        "{:15}{:>11}{:>11}{:>14}{:>10}{:>10}",
        titles.0, titles.1, titles.2, titles.3, titles.4, titles.5
    );
    for end in ENDS {
        let Outcome { held, without_fees, paid } = run(end)?;
        let change = end.saturating_mul(100).checked_div(START).unwrap_or_default();
        println!(
            "{end:>6} ({change:>4} %){:>11}{:>11}{:>14}{:>10}{:>10}  {}",
            dollars(held, 0),
            dollars(paid, 0),
            dollars(without_fees, held),
            dollars(paid, without_fees),
            dollars(paid, held),
            if held <= paid { "wins" } else { "loses" },
        );
    }
    println!(
        "\nDollars, after {SWAPS} customers each. What moving costs is the worth of the deposit"
    );
    println!(
        "in a pool without a fee, less holding: it depends on the two prices, not on the way."
    );
    Ok(())
}

/// One deposit, one way of the price, one withdrawal.
fn run(end: u128) -> Result<Outcome, cenote::Error> {
    let mut random = Random::new(1);
    let mut market = Market::new();
    let (eth, usd) = (market.add_token("eth")?, market.add_token("usd")?);
    let pool = market.add_pool("eth/usd", Pool::new(eth, usd, Fee::UNISWAP_V2)?)?;
    let deposit = |market: &mut Market, eth: u128| {
        let usd = Amount::new(eth.saturating_mul(START).saturating_mul(USD));
        market
            .mint(pool, Amount::new(eth.saturating_mul(ETH))?, usd?, Shares::ZERO)
            .map_err(cenote::Error::from)
    };
    deposit(&mut market, 900)?;
    let mine = deposit(&mut market, 100)?;
    let start = *market.pool(pool)?;

    let mut price = START.saturating_mul(USD);
    for left in (1..=SWAPS).rev() {
        price = walk(price, end.saturating_mul(USD), left, &mut random);
        customer(&mut market, pool, price, &mut random)?;
        // Whoever trades for a gain leaves the pool where the price outside meets its own.
        if let Some(fill) = market.pool(pool)?.fill_arbitrage(&outside(price)?)? {
            market.settle(pool, &fill);
        }
    }

    // The same deposit in a pool that charges nothing, brought to the same price.
    let free = Pool::new(eth, usd, Fee::ZERO)?.with_reserves(start.reserves())?;
    let free = free.with_reserves(free.reserves_after_arbitrage(&outside(price)?)?)?;
    let free = free.with_total_shares(mine.total_shares)?;

    let paid = market.burn(pool, mine.shares)?;
    let value = |(eth, usd): (Amount, Amount)| -> Result<u128, cenote::Error> {
        let eth = outside(price)?.mul_floor(eth).unwrap_or_default();
        Ok(usd.get().saturating_add(eth.get()))
    };
    Ok(Outcome {
        held: value((mine.amount0, mine.amount1))?,
        without_fees: value(free.worth_floor(mine.shares))?,
        paid: value((paid.amount0, paid.amount1))?,
    })
}

/// The price outside as an exact fraction: units of USD for one unit of ETH.
fn outside(price: u128) -> Result<Ratio, cenote::Error> {
    Ok(Ratio::new(price.into(), ETH.into())?)
}

/// The next price: up to 0.2 % to either side, and a part of the way to where it must end.
fn walk(price: u128, end: u128, left: u64, random: &mut Random) -> u128 {
    let most = price.checked_div(500).unwrap_or_default();
    let step = u128::from(random.below(1_000_001)).saturating_mul(most.saturating_mul(2));
    let step = step.checked_div(1_000_000).unwrap_or_default();
    let moved = price.saturating_add(step).saturating_sub(most);
    let way = moved.abs_diff(end).checked_div(left.into()).unwrap_or_default();
    if moved < end { moved.saturating_add(way) } else { moved.saturating_sub(way) }
}

/// Somebody sells 0.001 to 9 ETH, or as much USD.
fn customer(
    market: &mut Market,
    pool: PoolId,
    price: u128,
    random: &mut Random,
) -> Result<Fill, cenote::Error> {
    let amount = Amount::new(random.magnitude(50, 63))?;
    let entry = market.pool(pool)?;
    let (eth, usd) = (entry.token0(), entry.token1());
    let (token, amount) = match random.below(2) {
        0 => (eth, amount),
        _ => (usd, outside(price)?.mul_floor(amount).unwrap_or_default()),
    };
    Ok(market.swap_exact_in(pool, token, amount, Amount::ZERO)?)
}

/// The difference of two values in whole dollars, with its sign where it is one.
fn dollars(to: u128, from: u128) -> String {
    let whole = to.abs_diff(from).checked_div(USD).unwrap_or_default();
    let sign = match (from, to < from) {
        (0, _) => "",
        (_, true) => "-",
        (_, false) => "+",
    };
    format!("{sign}{whole}")
}
