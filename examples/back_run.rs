//! A back-run search with forks: what is each pending swap worth to whoever trades right after it?
//!
//!     cargo run --release -p cenote --example back_run
//!
//! Five tokens trade at two venues each pair, all prices agree. Each of 40 pending swaps is applied
//! to a fork of the market; on the fork, every cycle of two or three pools that goes back through the
//! pool that it moved is quoted exactly, and the best one is executed, which must give what was
//! quoted. Then the fork is dropped, and the market is what it was, version and all.
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

    let mut found = 0_usize;
    for (place, order) in pending.iter().enumerate() {
        let [hop] = order.hops else { continue };
        let mut fork = market.fork();
        // One swap in fifty asks for more than there is, and reverts on the chain as it does here.
        let Ok(swap) = fork.run_order(order) else { continue };
        let back = Hop { pool: hop.pool, direction: hop.direction.reverse() };
        let Some(best) = best_cycle(&fork, back) else { continue };
        found = found.saturating_add(1);
        let (paid, _) = fork.pool(hop.pool)?.tokens(hop.direction);
        let (start, _) = fork.pool(back.pool)?.tokens(back.direction);
        let [sold, stake] = [show(&fork, paid, swap.amount_in), show(&fork, start, best.amount_in)];
        let path = best.hops.iter().map(|hop| fork.pool_name(hop.pool)).collect::<Vec<_>>();
        println!("swap {place:2}: {sold} into {}", fork.pool_name(hop.pool));
        println!("         {stake} through {}", path.join(" > "));
        println!("         leaves {}", show(&fork, start, best.profit));

        // The proof of a quote is to trade it: on a fork of the fork, which is dropped as well.
        let mut deeper = fork.fork();
        let (exact, limit) = (Exact::In, Amount::ZERO);
        let done =
            deeper.run_order(Order { exact, amount: best.amount_in, limit, hops: &best.hops })?;
        assert_eq!(done.amount_out.checked_sub(best.amount_in), Some(best.profit));
    }

    assert_eq!((market.version(), &market), (version, &before));
    println!("\n{found} of {PENDING} swaps leave a profit behind; the market is as it was");
    Ok(())
}

/// A path from a token back to it, and what it is worth.
struct Cycle {
    hops: Vec<Hop>,
    amount_in: Amount,
    profit: Amount,
}

/// The cycle of two or three pools through this hop that leaves most of the token it begins with.
///
/// A back-run sells what the pending swap has just made dear: it pays into the pool what the swap
/// took out of it. So all cycles begin with one token, and their profits compare.
fn best_cycle(market: &Market, first: Hop) -> Option<Cycle> {
    let pool = market.pool(first.pool).ok()?;
    let (start, next) = pool.tokens(first.direction);
    let mut cycles = Vec::new();
    for second in hops_from(market, next).filter(|hop| hop.pool != first.pool) {
        let (_, token) = market.pool(second.pool).ok()?.tokens(second.direction);
        if token == start {
            cycles.push(vec![first, second]);
            continue;
        }
        let closes = |hop: &Hop| {
            let to = market.pool(hop.pool).ok().map(|pool| pool.tokens(hop.direction).1);
            ![first.pool, second.pool].contains(&hop.pool) && to == Some(start)
        };
        cycles.extend(hops_from(market, token).filter(closes).map(|hop| vec![first, second, hop]));
    }
    let most = pool.reserves().oriented(first.direction).reserve_in;
    let priced = cycles.into_iter().filter_map(|hops| price_cycle(market, hops, most));
    priced.max_by_key(|cycle| cycle.profit)
}

/// All hops that take a token.
fn hops_from(market: &Market, token: TokenId) -> impl Iterator<Item = Hop> {
    market.pools_with_id().filter_map(move |(id, pool)| {
        Some(Hop { pool: id, direction: pool.direction(token).ok()? })
    })
}

/// The best input of a cycle, at most `most`; nothing where none gains.
///
/// What a cycle gives is concave in what it takes, up to whole units. So the better two of three
/// parts hold the best input, again and again, until those that are left can be tried one by one.
fn price_cycle(market: &Market, hops: Vec<Hop>, most: Amount) -> Option<Cycle> {
    let mut fills = [Fill::default(); 3];
    let fills = fills.get_mut(..hops.len())?;
    let mut give = |units: u128| {
        let amount = Amount::new(units).ok()?;
        market.fill_path_exact_in(&hops, amount, fills).ok()?;
        fills.last().map(|fill| fill.amount_out.get())
    };
    let (mut low, mut high) = (1_u128, most.get());
    while let third @ 8.. = high.saturating_sub(low).checked_div(3)? {
        let (left, right) = (low.saturating_add(third), high.saturating_sub(third));
        // Which gains more: compared without ever going below zero.
        let outs = (give(left).unwrap_or(0), give(right).unwrap_or(0));
        if outs.0.saturating_add(right) < outs.1.saturating_add(left) {
            low = left;
        } else {
            high = right;
        }
    }
    let gain = |units: u128| Some((give(units)?.checked_sub(units)?, units));
    let (profit, amount_in) = (low..=high).filter_map(gain).max()?;
    let (profit, amount_in) = (Amount::new(profit).ok()?, Amount::new(amount_in).ok()?);
    (!profit.is_zero()).then_some(Cycle { hops, amount_in, profit })
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
