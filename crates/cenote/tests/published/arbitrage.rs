//! Routes that a bot found in June 2023, with the revenue that it computed.

use cenote::{Amount, Direction, Fee, Fill, Hop, Market, Pool, Reserves, TokenId};
use serde_json::Value;

use crate::data::{amount, json, list, word};

/// A token by its address, which the market may know already.
fn token(market: &mut Market, name: &str) -> TokenId {
    market.token(name).unwrap_or_else(|_| market.add_token(name).unwrap())
}

/// The market of a route's own pools, and the way through them.
fn market_of(route: &Value) -> (Market, Vec<Hop>) {
    let mut market = Market::new();
    let mut hops = Vec::new();
    for hop in list(&route["hops"]) {
        let [token0, token1] = ["token0", "token1"].map(|key| token(&mut market, word(&hop[key])));
        let reserves =
            Reserves { reserve0: amount(&hop["reserve0"]), reserve1: amount(&hop["reserve1"]) };
        let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap();
        let pool = pool.with_reserves(reserves).unwrap();
        let pool = market.add_pool(word(&hop["pair"]), pool).unwrap();
        let zero_for_one = hop["zero_for_one"].as_bool().unwrap();
        let direction = if zero_for_one { Direction::ZeroForOne } else { Direction::OneForZero };
        hops.push(Hop { pool, direction });
    }
    (market, hops)
}

/// What each hop buys, and what the whole earns.
fn sell(market: &Market, hops: &[Hop], amount_in: Amount) -> (Vec<Amount>, Option<Amount>) {
    let mut fills = vec![Fill::default(); hops.len()];
    market.fill_path_exact_in(hops, amount_in, &mut fills).unwrap();
    let bought = fills.iter().map(|fill| fill.amount_out).collect::<Vec<_>>();
    let revenue = bought.last().unwrap().checked_sub(amount_in);
    (bought, revenue)
}

#[test]
fn ten_routes_earn_what_the_bot_computed() {
    let Some(routes) = json("arbitrage_2023/paths.json") else { return };
    let mut lengths = Vec::new();
    for route in list(&routes) {
        let (market, hops) = market_of(route);
        let first = market.pool(hops[0].pool).unwrap().tokens(hops[0].direction).0;
        assert_eq!(market.token_name(first), word(&route["start_token"]));

        let (bought, revenue) = sell(&market, &hops, amount(&route["amount_in"]));
        let told = list(&route["hops"]).iter().map(|hop| amount(&hop["amount_out"]));
        assert_eq!(bought, told.collect::<Vec<_>>(), "{}", route["path_id"]);
        assert_eq!(revenue, Some(amount(&route["revenue_exact"])), "{}", route["path_id"]);
        assert_eq!(route["revenue_logged"], route["revenue_exact"]);
        assert_eq!(route["matches"], true);

        // The bot's search settled on another input, and knew what that would earn.
        let (_, revenue) = sell(&market, &hops, amount(&route["best_amount_search"]));
        assert_eq!(revenue, Some(amount(&route["best_revenue_search"])), "{}", route["path_id"]);
        lengths.push(hops.len());
    }
    lengths.sort_unstable();
    assert_eq!(lengths, [2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
}
