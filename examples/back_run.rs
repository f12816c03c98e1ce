//! A back-run search with forks: what is each pending swap worth to whoever trades right after it?
//!
//!     cargo run --release -p cenote --example back_run
//!
//! Five tokens trade at two venues each pair, all prices agree. Each of 40 pending swaps is applied
//! to a fork of the market; on the fork, a router that was built once looks for circles of two or three
//! pools through the one that it moved, and the best one is executed, which must give what was quoted. Then the fork is dropped, and the market is what it was, version and all.
#![expect(clippy::print_stdout, reason = "an example prints")]

use cenote::prelude::*;
use cenote::{Label, Orders, Random, Traffic, format_ratio};

/// Symbol, decimals, and price in millionths of a dollar.
const TOKENS: [(&str, u8, u128); 5] = [
    ("WETH", 18, 2_500_000_000),
    ("USDC", 6, 1_000_000),
    ("USDT", 6, 1_000_000),
    ("DAI", 18, 1_000_000),
    ("WBTC", 8, 65_000_000_000),
];

const PENDING: usize = 40;

fn main() -> Result<(), cenote::Error> {
    let mut market = market(&mut Random::new(7))?;
    let (mut pending, mut senders) = (Orders::new(), Vec::new());
    Traffic::new(&market, 10, 7).without_paths().write(PENDING, &mut pending, &mut senders);
    let (before, version) = (market.clone(), market.version());

    let router = Router::new(&market);
    let mut found = 0_usize;
    for (place, order) in pending.iter().enumerate() {
        let [hop] = order.hops else { continue };
        let mut fork = market.fork();
        // One swap in fifty asks for more than there is, and reverts on the chain as it does here.
        let Ok(swap) = fork.run_order(order) else { continue };
        // A back-run sells what the pending swap has just made dear: it pays into the pool what the swap
        // took out of it.
        let (paid, dear) = fork.pool(hop.pool)?.tokens(hop.direction);
        let moved = [hop.pool];
        let circles = router.arbitrage(&fork, dear).through(&moved).find()?;
        let Some(best) = circles.first() else { continue };
        found = found.saturating_add(1);
        let sold = show(&fork, paid, swap.amount_in);
        let path =
            best.route.steps.iter().map(|step| fork.pool_name(step.pool)).collect::<Vec<_>>();
        println!("swap {place:2}: {sold} into {}", fork.pool_name(hop.pool));
        println!(
            "         {} through {}",
            show(&fork, dear, best.route.amount_in),
            path.join(" > ")
        );
        println!("         leaves {}", show(&fork, dear, best.profit));

        // The proof of a quote is to trade it: on a fork of the fork, which is dropped as well.
        let done = fork.fork().execute(&best.route)?;
        let left = best.route.amount_in.checked_add(best.profit);
        assert_eq!(done.holdings.first().copied(), left.map(|left| (dear, left)));
    }

    assert_eq!((market.version(), &market), (version, &before));
    println!("\n{found} of {PENDING} swaps leave a profit behind; the market is as it was");
    Ok(())
}

/// Two venues with a pool of each pair, from 100,000 to 100 million dollars a side.
fn market(random: &mut Random) -> Result<Market, cenote::Error> {
    let mut market = Market::new();
    for (symbol, decimals, _) in TOKENS {
        let token = market.add_token(symbol)?;
        market.label_token(token, Label { symbol: Some(symbol.into()), decimals: Some(decimals) });
    }
    for venue in ["blue", "red"] {
        for (at, token0) in TOKENS.iter().enumerate() {
            for token1 in TOKENS.iter().skip(at).skip(1) {
                let value = random.magnitude(37, 47);
                let (reserve0, reserve1) = (units(value, token0)?, units(value, token1)?);
                let (id0, id1) = (market.token(token0.0)?, market.token(token1.0)?);
                let pool = Pool::new(id0, id1, Fee::UNISWAP_V2)?;
                let pool = pool.with_reserves(Reserves { reserve0, reserve1 })?;
                market.add_pool(&format!("{venue}:{}/{}", token0.0, token1.0), pool)?;
            }
        }
    }
    Ok(market)
}

/// What a value in millionths of a dollar is of a token, in smallest units.
fn units(value: u128, token: &(&str, u8, u128)) -> Result<Amount, cenote::Error> {
    let (_, decimals, price) = *token;
    let whole = 10_u128.saturating_pow(decimals.into());
    Ok(Amount::new(value.saturating_mul(whole).checked_div(price).unwrap_or_default())?)
}

/// Six digits of an amount in whole tokens, with its symbol.
fn show(market: &Market, token: TokenId, amount: Amount) -> String {
    let decimals = market.label(token).and_then(|label| label.decimals).unwrap_or_default();
    let whole = Amount::new(10_u128.saturating_pow(decimals.into())).unwrap_or(Amount::MAX);
    let text = Ratio::of(amount, whole).map(|ratio| format_ratio(&ratio, 6));
    format!("{} {}", text.unwrap_or_default(), market.token_name(token))
}
