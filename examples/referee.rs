//! A referee for somebody else's route: how much does it leave on the table?
//!
//!     cargo run --release -p cenote --example referee
//!
//! Routes that many programs make are judged by `certify`: what they give, and an amount that nobody
//! can pass, whatever they do, proven by prices that anybody can add up. Beside them stands the plan
//! of this library, judged by the same referee.
#![expect(clippy::print_stdout, reason = "an example prints")]

use cenote::prelude::*;
use cenote::{PoolsOptions, read_pools};

/// Three pools of WETH and USDC at different depths, and ways through DAI and WBTC. Prices agree.
const POOLS: &str = "\
pool,token0,token1,reserve0,reserve1,fee_bps,decimals0,decimals1
large,weth,usdc,20000000000000000000000,50000000000000,30,18,6
middle,weth,usdc,8000000000000000000000,20010000000000,30,18,6
small,weth,usdc,1500000000000000000000,3745000000000,30,18,6
weth/dai,weth,dai,6000000000000000000000,15010000000000000000000000,30,18,18
dai/usdc,dai,usdc,30000000000000000000000000,30000000000000,1,18,6
weth/wbtc,weth,wbtc,5000000000000000000000,19230000000,30,18,8
wbtc/usdc,wbtc,usdc,20000000000,13010000000000,30,8,6
";

fn main() -> Result<(), cenote::Error> {
    let market = read_pools(POOLS.as_bytes(), &PoolsOptions::default())?;
    let (weth, usdc) = (market.token("weth")?, market.token("usdc")?);
    let amount: Amount = "500000000000000000000".parse()?;
    println!("500 WETH for USDC\n");
    println!("{:28}{:>16}{:>14}{:>9}", "", "USDC", "left behind", "ppm");

    let direct = ["large", "middle", "small"];
    let router = Router::new(&market);
    judge(&market, "the first pool that came", &equal_parts(&market, &["small"], amount)?)?;
    judge(&market, "all through the largest", &equal_parts(&market, &["large"], amount)?)?;
    judge(&market, "three equal parts", &equal_parts(&market, &direct, amount)?)?;
    judge(&market, "parts by depth", &by_depth(&market, &direct, amount)?)?;
    let path = router.sell(&market, weth, amount).to(usdc).best()?;
    judge(&market, "the best single path", &path)?;
    let plan = router.sell(&market, weth, amount).to(usdc).split().best()?;
    judge(&market, &format!("the best plan, {} pools", plan.route.steps.len()), &plan.route)?;

    // A route that promises more than it gives gets no certificate at all.
    let mut boast = path;
    boast.amount_out = Amount::MAX;
    match certify(&market, &boast) {
        Ok(_) => println!("this line is never printed"),
        Err(refused) => println!("\na route that boasts: {refused}"),
    }
    Ok(())
}

/// One line for a route: what it gives, and how far that is from what nobody can pass.
fn judge(market: &Market, name: &str, route: &Route) -> Result<(), cenote::Error> {
    let verdict = certify(market, route)?;
    let [given, left] = [verdict.amount_out, verdict.gap_units()].map(dollars);
    println!("{name:28}{given:>16}{left:>14}{:>9.1}", verdict.gap_ppm());
    Ok(())
}

/// Millionths of a dollar with all their places.
fn dollars(amount: Amount) -> String {
    let (units, whole) = (amount.get(), 1_000_000);
    let [dollars, rest] =
        [units.checked_div(whole), units.checked_rem(whole)].map(Option::unwrap_or_default);
    format!("{dollars}.{rest:06}")
}

/// A route that sells one share of the amount in each of some pools; the last takes the rest.
fn equal_parts(market: &Market, pools: &[&str], amount: Amount) -> Result<Route, cenote::Error> {
    route_of(market, &pools.iter().map(|pool| (*pool, 1)).collect::<Vec<_>>(), amount)
}

/// The same, by what each pool holds.
fn by_depth(market: &Market, pools: &[&str], amount: Amount) -> Result<Route, cenote::Error> {
    let depth = |name: &&str| market.pool(market.pool_id(name)?).map(Pool::reserves);
    let depths = pools.iter().map(depth).collect::<Result<Vec<_>, _>>()?;
    let whole = depths.iter().map(|reserves| reserves.reserve0.get() >> 64);
    route_of(market, &pools.iter().copied().zip(whole).collect::<Vec<_>>(), amount)
}

/// A route written by hand, as any program may: plain data, one step for each pool.
fn route_of(
    market: &Market,
    parts: &[(&str, u128)],
    amount: Amount,
) -> Result<Route, cenote::Error> {
    let (token_in, token_out) = (market.token("weth")?, market.token("usdc")?);
    let whole =
        parts.iter().map(|(_, part)| part).fold(0_u128, |sum, part| sum.saturating_add(*part));
    let (mut rest, mut bought, mut steps) = (amount, Amount::ZERO, Vec::new());
    for (at, (name, part)) in parts.iter().enumerate() {
        let share = amount.get().checked_div(whole).unwrap_or_default().saturating_mul(*part);
        let is_last = at.saturating_add(1) == parts.len();
        let amount_in = if is_last { rest } else { Amount::new(share)? };
        let pool = market.pool_id(name)?;
        let amount_out = market.pool(pool)?.quote_exact_in(token_in, amount_in)?.amount_out;
        steps.push(Step { pool, token_in, amount_in, token_out, amount_out });
        rest = rest.checked_sub(amount_in).unwrap_or_default();
        bought = bought.checked_add(amount_out).unwrap_or(Amount::MAX);
    }
    Ok(Route { token_in, token_out, amount_in: amount, amount_out: bought, steps })
}
