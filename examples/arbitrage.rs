//! An arbitrage bot on a recorded stream: a whole block of Ethereum mainnet, log by log. After each
//! event it looks for circles of pools, through the pool that changed, that give back more WETH than
//! they take; each is executed on a fork, to the unit.
//!
//!     cargo run --release -p cenote --example arbitrage
//!
//! The same bot beside a node, where it sends what it finds: `conformance/run bot`.
#![expect(
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "an example prints, and counts little"
)]

use std::fs::File;

use cenote::prelude::*;
use cenote::{
    Event, EventBatch, EventReader, Paired, Pairing, PoolsOptions, format_units, read_pools,
};

/// The block's pools as they were before it, and what it reported.
const BLOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/mainnet-10760440");

const WETH: &str = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";

struct Bot {
    market: Market,
    router: Router,
    token: TokenId,
    events: usize,
    found: usize,
    best: Amount,
}

fn main() -> Result<(), cenote::Error> {
    let pools = File::open(format!("{BLOCK}/pools.csv"))?;
    let market = read_pools(pools, &PoolsOptions::default())?;
    let (router, token) = (Router::new(&market), market.token(WETH)?);
    let mut bot = Bot { market, router, token, events: 0, found: 0, best: Amount::ZERO };

    let mut reader = EventReader::new(File::open(format!("{BLOCK}/events.csv"))?)?;
    let (mut batch, mut pairing) = (EventBatch::new(), Pairing::new());
    while reader.read(&bot.market, &mut batch, 1000)? > 0 {
        for log in &batch.logs {
            for paired in pairing.push(log).into_iter().flatten() {
                if let Paired::Event(event) = paired {
                    bot.hear(&event)?;
                }
            }
        }
        batch.clear();
    }
    println!(
        "{} events; after {} of them a circle gained, the best {} WETH before gas",
        bot.events,
        bot.found,
        weth(bot.best)
    );
    Ok(())
}

/// An amount as people write it.
fn weth(amount: Amount) -> String {
    format_units(amount.get(), Some(18))
}

impl Bot {
    /// Takes an event over, if the pools' rules allow it, and looks for what it opened.
    fn hear(&mut self, event: &Event) -> Result<(), cenote::Error> {
        self.market.apply(event)?;
        self.events += 1;
        let circles =
            self.router.arbitrage(&self.market, self.token).through(&[event.pool]).find()?;
        let Some(circle) = circles.first() else { return Ok(()) };
        self.found += 1;
        self.best = self.best.max(circle.profit);
        println!(
            "after event {:2}: {} WETH through {} pools for {} paid",
            self.events,
            weth(circle.profit),
            circle.route.steps.len(),
            weth(circle.route.amount_in)
        );
        // What it says is what execution gives; the fork forgets it.
        let mut what_if = self.market.fork();
        let done = what_if.execute(&circle.route)?;
        let held = circle.route.amount_in.checked_add(circle.profit);
        assert_eq!(done.holdings.first(), Some(&(self.token, held.unwrap_or_default())));
        Ok(())
    }
}
