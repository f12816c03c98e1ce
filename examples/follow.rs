//! Follow a chain: take over what a real block reported, judged by the pools' own rules, and ask
//! what it did to a price.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::fs::File;

use cenote::{
    Amount, Direction, EventBatch, EventReader, Market, Paired, Pairing, PoolsOptions,
    format_ratio, read_pools,
};

/// A whole block of Ethereum mainnet: its pools before it, and what it reported.
const BLOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/mainnet-10760440");

fn main() -> Result<(), cenote::Error> {
    let pools = File::open(format!("{BLOCK}/pools.csv"))?;
    let mut market = read_pools(pools, &PoolsOptions::default())?;
    let before = market.clone();

    // A pair reports its reserves first and what was done next; an event is both.
    let mut reader = EventReader::new(File::open(format!("{BLOCK}/events.csv"))?)?;
    let (mut batch, mut pairing) = (EventBatch::new(), Pairing::new());
    while reader.read(&market, &mut batch, 1000)? > 0 {
        for log in &batch.logs {
            for paired in pairing.push(log).into_iter().flatten() {
                match paired {
                    // An event that the pool's rules do not allow is an error, and changes nothing.
                    Paired::Event(event) => market.apply(&event)?,
                    Paired::Orphan(log) => println!("log {} came without its sync", log.log_index),
                }
            }
        }
        batch.clear();
    }
    if let Some(Paired::Event(event)) = pairing.finish() {
        market.apply(&event)?;
    }
    describe(&before, &market)
}

/// What the block did to one pool: USDC (six decimals) against WETH (eighteen).
fn describe(before: &Market, after: &Market) -> Result<(), cenote::Error> {
    let id = after.pool_id("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc")?;
    for (when, market) in [("before", before), ("after", after)] {
        if let Some(price) = market.pool(id)?.spot_price(Direction::ZeroForOne) {
            println!("{when}: {} units of WETH for a unit of USDC", format_ratio(&price, 12));
        }
    }
    // The mean price since the pair's last report before the block, which no single swap moves.
    let readings = (before.history(id).observation(), after.history(id).observation());
    if let (Some(first), Some(second)) = readings
        && let Some([mean, _]) = second.mean_prices_since(&first)
    {
        println!("mean:   {} over the seconds before it", format_ratio(&mean, 12));
    }
    // What would bring the price back, exactly: the least input, with the fee staying in the pool.
    let (pool, direction) = (after.pool(id)?, Direction::ZeroForOne);
    if let Some(price) = before.pool(id)?.spot_price(direction) {
        let amount_in = pool.input_to_price(direction, &price)?;
        println!("back:   {amount_in} units of USDC, to the unit");
        if amount_in > Amount::ZERO {
            let fill = pool.fill_exact_in(direction, amount_in)?;
            let impact = fill.price_impact().map(|impact| format_ratio(&impact, 3));
            println!("        at a price impact of {} of one", impact.unwrap_or_default());
        }
    }
    Ok(())
}
