//! A bot's morning: load pools, quote, ask what if, find a route, trade with coins.
#![expect(clippy::print_stdout, reason = "an example prints")]

use cenote::{
    Amount, Batch, Exact, Exchange, Fee, Order, Orders, Outcomes, PoolsOptions, Router, Shares,
    read_pools,
};

const POOLS: &str = "\
pool,token0,token1,reserve0,reserve1,fee_bps
eth/usd,eth,usd,1000000,4000000000,30
btc/eth,btc,eth,50000,1000000,30
btc/usd,btc,usd,2000,150000000,30
";

fn main() -> Result<(), cenote::Error> {
    // What is known of pools; from a file it would be read_pools(File::open("pools.csv")?, ..).
    let market = read_pools(POOLS.as_bytes(), &PoolsOptions::default())?;
    let (btc, usd) = (market.token("btc")?, market.token("usd")?);

    // A quote: both legs of one swap, and the reserves after it.
    let pool = market.pool(market.pool_id("btc/usd")?)?;
    let fill = pool.quote_exact_in(btc, Amount::from_u64(10))?;
    println!("one pool gives {} usd for 10 btc", fill.amount_out);

    // The best path. It holds for this state of the pools, to the unit.
    let router = Router::new(&market);
    let route = router.sell(&market, btc, fill.amount_in).to(usd).best()?;
    println!("the best path gives {} in {} steps", route.amount_out, route.steps.len());

    // What if somebody trades before us? An order along the path bears that, within its limit.
    let mut what_if = market.clone();
    what_if.swap_exact_in(market.pool_id("btc/eth")?, btc, Amount::from_u64(50), Amount::ZERO)?;
    let hops = market.hops_of(&route)?;
    let limit = route.least_out(10_000);
    let order = Order { exact: Exact::In, amount: route.amount_in, limit, hops: &hops };
    match what_if.run_order(order) {
        Ok(leg) => println!("after somebody else it gives {}, at least {limit}", leg.amount_out),
        Err(refused) => println!("after somebody else it is refused: {refused}"),
    }

    // Many orders at once, on all cores, with the outcome of one after the other.
    let mut orders = Orders::new();
    for amount in 1..=1000_u64 {
        orders.push(Order { amount: amount.into(), limit: Amount::ZERO, ..order })?;
    }
    let (mut after, mut outcomes) = (market.clone(), Outcomes::new());
    Batch::new().run(&mut after, &orders, &mut outcomes);
    println!("{} of {} orders are refused", outcomes.refused(), orders.len());

    // Property: the coin moves into the pool, or comes back with the reason.
    let mut exchange = Exchange::new();
    let (gold, silver) = (exchange.create_token("gold")?, exchange.create_token("silver")?);
    let pool = exchange.create_pool("gold/silver", &gold, &silver, Fee::UNISWAP_V2)?;
    let coins = [(&gold, 1_000_u64), (&silver, 80_000)];
    let [first, second] = coins.map(|(mint, amount)| exchange.issue(mint, amount.into()));
    let added = exchange.add_liquidity(pool, [first?, second?], Shares::ZERO);
    let added = added.map_err(|refused| refused.reason)?;
    let paid = exchange.issue(&gold, Amount::from_u64(10))?;
    let paid = match exchange.swap(pool, paid, Amount::from_u64(1_000_000)) {
        Ok(bought) => bought,
        Err(refused) => {
            println!("refused, and the coin is back: {}", refused.reason);
            refused.paid
        }
    };
    let bought = exchange.swap(pool, paid, Amount::ZERO).map_err(|refused| refused.reason)?;
    println!("10 gold bought {} silver", bought.amount());
    let [gold, silver] = exchange.redeem(added.claim).map_err(|refused| refused.reason)?;
    println!("the provider leaves with {} gold and {} silver", gold.amount(), silver.amount());
    Ok(())
}
