//! Calls of mainnet's routers, each against the state that its transaction found.

use std::collections::BTreeMap;

use cenote::{
    Action, Amount, Fill, Flows, Hop, Liquidity, Log, Market, Paired, Pairing, PoolsOptions,
    Report, Reserves, Shares, SwapError, read_pools,
};
use serde_json::Value;

use crate::data::{amount, list, text, units, word};

/// One row of a file by the names of its columns.
type Row<'a> = BTreeMap<&'a str, &'a str>;

/// The files of whole blocks.
#[derive(Debug)]
struct Blocks {
    pools: String,
    events: String,
    calls: Vec<Value>,
}

/// How a router's call names its two amounts.
#[derive(Debug, Clone, Copy)]
enum Sides {
    /// An exact input, and the least output.
    ExactIn { amount_in: Amount, amount_out_min: Amount },
    /// An exact output, and the most input.
    ExactOut { amount_out: Amount, amount_in_max: Amount },
}

impl Blocks {
    fn read() -> Option<Self> {
        let calls = text("mainnet_v2_blocks/router_calls.jsonl")?;
        Some(Self {
            pools: text("mainnet_v2_blocks/pools.csv")?,
            events: text("mainnet_v2_blocks/events.csv")?,
            calls: calls.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        })
    }

    /// The direct swaps of tokens that are not expected to take a tax.
    fn swaps(&self) -> impl Iterator<Item = &Value> {
        self.calls.iter().filter(|call| {
            let function = word(&call["fn"]);
            let taxed = function.contains("SupportingFeeOnTransfer");
            call["depth"] == "0" && function.starts_with("swap") && !taxed
        })
    }

    /// The state that a transaction found: that before its block, and all events of the block
    /// before its own.
    fn market_before(&self, call: &Value) -> Market {
        let (block, tx_index) = (word(&call["block"]), units(&call["tx_index"]));
        let block_number = Some(block.parse().unwrap());
        let options = PoolsOptions { block: block_number, ..PoolsOptions::default() };
        let mut market = read_pools(self.pools.as_bytes(), &options).unwrap();
        let events = rows(&self.events).into_iter().filter(|row| {
            row["block"] == block && row["tx_index"].parse::<u128>().unwrap() < tx_index
        });
        let mut pairing = Pairing::new();
        for row in events {
            let made = pairing.push(&log(&market, &row));
            made.into_iter().flatten().for_each(|paired| apply(&mut market, &paired));
        }
        pairing.finish().iter().for_each(|paired| apply(&mut market, paired));
        market
    }

    /// The pools between the tokens of a call's path, each of the factory that the router belongs
    /// to; `None` where one is not here.
    fn hops(&self, market: &Market, call: &Value) -> Option<Vec<Hop>> {
        let rows = rows(&self.pools);
        let hop = |tokens: &[Value]| {
            let (token_in, token_out) = (word(&tokens[0]), word(&tokens[1]));
            let row = rows.iter().find(|row| {
                let joined = [row["token0"], row["token1"]];
                row["block"] == word(&call["block"])
                    && row["venue"] == venue(word(&call["router"]))
                    && (joined == [token_in, token_out] || joined == [token_out, token_in])
            })?;
            let pool = market.pool_id(row["pair"]).unwrap();
            let token_in = market.token(token_in).unwrap();
            let direction = market.pool(pool).unwrap().direction(token_in).unwrap();
            Some(Hop { pool, direction })
        };
        list(&call["args"]["path"]).windows(2).map(hop).collect()
    }
}

/// The rows of a file without quotes, each by the names of its columns.
fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let row = |fields: Vec<_>| {
        assert_eq!(fields.len(), header.len(), "{fields:?}");
        header.iter().copied().zip(fields).collect()
    };
    lines.map(row).collect()
}

/// Whose pools a router trades in.
fn venue(router: &str) -> &'static str {
    match router {
        "uniswap_v2_router01" | "uniswap_v2_router02" => "uniswap_v2",
        "sushiswap_router" => "sushiswap",
        "shibaswap_router" => "shibaswap",
        other => panic!("{other}"),
    }
}

fn apply(market: &mut Market, paired: &Paired) {
    match paired {
        Paired::Event(event) => market.apply(event).unwrap(),
        Paired::Orphan(log) => panic!("{log:?}"),
    }
}

/// A row of events.csv.
fn log(market: &Market, row: &Row<'_>) -> Log {
    let of = |column: &str| row[column].parse::<Amount>().unwrap();
    let liquidity = || Liquidity {
        amount0: of("amount0"),
        amount1: of("amount1"),
        shares: Some(row["lp"].parse::<Shares>().unwrap()),
    };
    let report = match row["kind"] {
        "sync" => Report::Sync(Reserves { reserve0: of("reserve0"), reserve1: of("reserve1") }),
        "swap" => Report::Action(Action::Swap(Flows {
            amount0_in: of("amount0_in"),
            amount1_in: of("amount1_in"),
            amount0_out: of("amount0_out"),
            amount1_out: of("amount1_out"),
        })),
        "mint" => Report::Action(Action::Mint(liquidity())),
        "burn" => Report::Action(Action::Burn(liquidity())),
        other => panic!("{other}"),
    };
    let number = |column: &str| row[column].parse().unwrap();
    Log {
        block: number("block"),
        timestamp: number("timestamp"),
        log_index: number("log_index"),
        pool: market.pool_id(row["pair"]).unwrap(),
        report,
    }
}

impl Sides {
    /// What a call asks for. Ether is what it is sent with: of an exact input all of it, of an
    /// exact output at most all of it, the rest of which the router sends back.
    fn of(call: &Value) -> Self {
        let of = |name: &str| amount(&call["args"][name]);
        let value = amount(&call["value"]);
        match word(&call["fn"]) {
            "swapExactTokensForTokens" | "swapExactTokensForETH" => {
                Self::ExactIn { amount_in: of("amountIn"), amount_out_min: of("amountOutMin") }
            }
            "swapExactETHForTokens" => {
                Self::ExactIn { amount_in: value, amount_out_min: of("amountOutMin") }
            }
            "swapTokensForExactTokens" | "swapTokensForExactETH" => {
                Self::ExactOut { amount_out: of("amountOut"), amount_in_max: of("amountInMax") }
            }
            "swapETHForExactTokens" => {
                Self::ExactOut { amount_out: of("amountOut"), amount_in_max: value }
            }
            other => panic!("{other}"),
        }
    }

    /// What the router computes for a path, judged by the call's limit as the router judges it.
    fn fill(self, market: &Market, hops: &[Hop]) -> Result<Vec<Fill>, SwapError> {
        let mut fills = vec![Fill::default(); hops.len()];
        match self {
            Self::ExactIn { amount_in, amount_out_min } => {
                market.fill_path_exact_in(hops, amount_in, &mut fills)?;
                fills.last().unwrap().at_least(amount_out_min)?;
            }
            Self::ExactOut { amount_out, amount_in_max } => {
                market.fill_path_exact_out_v2_router(hops, amount_out, &mut fills)?;
                fills.first().unwrap().at_most(amount_in_max)?;
            }
        }
        Ok(fills)
    }
}

/// What the routers say where our reason is this one.
fn revert(error: SwapError) -> &'static str {
    match error {
        SwapError::InsufficientOutput { .. } => "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT",
        SwapError::ExcessiveInput { .. } => "UniswapV2Router: EXCESSIVE_INPUT_AMOUNT",
        other => panic!("{other}"),
    }
}

#[test]
fn every_direct_swap_returns_the_same_amounts() {
    let Some(blocks) = Blocks::read() else { return };
    let (mut exact_in, mut exact_out) = (0, 0);
    for call in blocks.swaps().filter(|call| call["ok"] == true) {
        let market = blocks.market_before(call);
        let hops = blocks.hops(&market, call).unwrap();
        let sides = Sides::of(call);
        let fills = sides.fill(&market, &hops).unwrap();
        let first = fills.iter().take(1).map(|fill| fill.amount_in);
        let amounts = first.chain(fills.iter().map(|fill| fill.amount_out)).collect::<Vec<_>>();
        let told = list(&call["amounts"]).iter().map(amount).collect::<Vec<_>>();
        assert_eq!(amounts, told, "{call}");
        // Each hop pays with exactly what the one before it bought.
        assert!(fills.windows(2).all(|pair| pair[0].amount_out == pair[1].amount_in));
        match sides {
            Sides::ExactIn { .. } => exact_in += 1,
            Sides::ExactOut { .. } => exact_out += 1,
        }
    }
    assert_eq!((exact_in, exact_out), (102, 20));
    assert_eq!(exact_in + exact_out, 122);
}

#[test]
fn every_failed_swap_fails_for_the_same_reason() {
    let Some(blocks) = Blocks::read() else { return };
    let (mut unexplained, mut elsewhere, mut reasons) = (0, 0, BTreeMap::new());
    for call in blocks.swaps().filter(|call| call["ok"] == false) {
        let market = blocks.market_before(call);
        let Some(told) = call["revert"].as_str() else {
            unexplained += 1;
            continue;
        };
        let Some(hops) = blocks.hops(&market, call) else {
            elsewhere += 1;
            continue;
        };
        let reason = revert(Sides::of(call).fill(&market, &hops).unwrap_err());
        assert_eq!(reason, told, "{call}");
        *reasons.entry(reason).or_insert(0) += 1;
    }
    let insufficient = ("UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT", 5);
    let excessive = ("UniswapV2Router: EXCESSIVE_INPUT_AMOUNT", 2);
    assert_eq!(reasons, BTreeMap::from([insufficient, excessive]));
    assert_eq!(reasons.values().sum::<i32>(), 7);
    assert_eq!((elsewhere, unexplained), (5, 1));
}
