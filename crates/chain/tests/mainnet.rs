//! Whole blocks of mainnet followed: the follower is where the chain was after each, and goes back.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a panic is a failure, and overflow is checked"
)]

mod published;

use std::collections::BTreeSet;

use cenote_chain::{Address, Applied, BlockHash, FlagReason, Follower, Header, Notice, Record};
use cenote_pool::{
    Amount, EventError, Fee, Flows, FlowsError, History, Market, Pool, PoolId, Product, Reserves,
    Shares,
};
use primitive_types::U256;
use published::{Row, rows, text};

/// A number, where it is known.
fn known(row: &Row<'_>, column: &str) -> Option<U256> {
    Some(row[column]).filter(|text| !text.is_empty()).map(|text| U256::from_dec_str(text).unwrap())
}

fn amount(row: &Row<'_>, column: &str) -> Amount {
    known(row, column).unwrap().try_into().unwrap()
}

fn reserves(row: &Row<'_>, columns: [&str; 2]) -> Reserves {
    let [reserve0, reserve1] = columns.map(|column| amount(row, column));
    Reserves { reserve0, reserve1 }
}

fn shares(row: &Row<'_>, column: &str) -> Option<Shares> {
    known(row, column).map(|shares| Shares::new(shares.as_u128()).unwrap())
}

fn address(row: &Row<'_>, column: &str) -> Address {
    row[column].parse().unwrap()
}

/// Adds a pair of mainnet's fee.
fn add(market: &mut Market, row: &Row<'_>, held: Reserves) -> PoolId {
    let mut token = |column| {
        let name = address(row, column).to_string();
        market.token(&name).or_else(|_| market.add_token(&name)).unwrap()
    };
    let (token0, token1) = (token("token0"), token("token1"));
    let pool = Pool::new(token0, token1, Fee::UNISWAP_V2).unwrap().with_reserves(held).unwrap();
    market.add_pool(&address(row, "pair").to_string(), pool).unwrap()
}

/// The pairs that a block touched, as they were before it.
fn market(pools: &[Row<'_>]) -> Market {
    let mut market = Market::new();
    for row in pools {
        let id = add(&mut market, row, reserves(row, ["reserve0", "reserve1"]));
        let history = History {
            price0_cum: known(row, "price0_cum"),
            price1_cum: known(row, "price1_cum"),
            k_last: known(row, "k_last").map(|k_last| Product::new(k_last).unwrap()),
            ts_last: known(row, "ts_last").map(|time| time.as_u32()),
        };
        let mut pool = *market.pool(id).unwrap();
        if let Some(shares) = shares(row, "total_supply") {
            pool = pool.with_total_shares(shares).unwrap();
        }
        market.restore(id, pool, history).unwrap();
    }
    market
}

/// What a row says; a deposit or a withdrawal says it also of the shares, before the reserves.
fn notices(row: &Row<'_>) -> (Option<Notice>, Notice) {
    let units = |column| amount(row, column);
    let lp = || shares(row, "lp").unwrap();
    match row["kind"] {
        "sync" => (None, Notice::Sync(reserves(row, ["reserve0", "reserve1"]))),
        "swap" => {
            let flows = Flows {
                amount0_in: units("amount0_in"),
                amount1_in: units("amount1_in"),
                amount0_out: units("amount0_out"),
                amount1_out: units("amount1_out"),
            };
            (None, Notice::Swap(flows))
        }
        "mint" => {
            let mint = Notice::Mint { amount0: units("amount0"), amount1: units("amount1") };
            (Some(Notice::SharesMade { to: address(row, "sender"), shares: lp() }), mint)
        }
        "burn" => {
            let burn = Notice::Burn { amount0: units("amount0"), amount1: units("amount1") };
            (Some(Notice::SharesGivenUp { shares: lp() }), burn)
        }
        other => panic!("{other}"),
    }
}

/// The logs of a block.
fn records(events: &[Row<'_>]) -> Vec<Record> {
    let mut records = Vec::new();
    for row in events {
        let (log_index, address) = (row["log_index"].parse::<u64>().unwrap(), address(row, "pair"));
        let (of_shares, notice) = notices(row);
        // The log before it are the reserves.
        let before = of_shares.map(|notice| Record { log_index: log_index - 2, address, notice });
        records.extend(before);
        records.push(Record { log_index, address, notice });
    }
    records.sort_by_key(|record| record.log_index);
    records
}

/// Whole blocks, one after the other.
struct Files {
    pools: String,
    events: String,
}

impl Files {
    fn read() -> Option<Self> {
        let pools = text("mainnet_v2_blocks/pools.csv")?;
        Some(Self { pools, events: text("mainnet_v2_blocks/events.csv").unwrap() })
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let (pools, events) = (rows(&self.pools), rows(&self.events));
        let numbers = events.iter().map(|row| row["block"]).collect::<BTreeSet<_>>();
        let block = |number| Block { pools: of(&pools, number), events: of(&events, number) };
        numbers.into_iter().map(block).collect()
    }
}

/// The rows of a block.
fn of<'a>(rows: &[Row<'a>], number: &str) -> Vec<Row<'a>> {
    rows.iter().filter(|row| row["block"] == number).cloned().collect()
}

/// A block: the pairs that it touched, and what they said.
struct Block<'a> {
    pools: Vec<Row<'a>>,
    events: Vec<Row<'a>>,
}

impl Block<'_> {
    /// The block and one before it, of which nothing is known.
    fn headers(&self) -> [Header; 2] {
        let number = self.events[0]["block"].parse::<u64>().unwrap();
        let timestamp = self.events[0]["timestamp"].parse::<u64>().unwrap();
        let [before, hash, parent] = [1, 2, 0].map(|at| BlockHash([at; 32]));
        [
            Header { number: number - 1, hash: before, parent, timestamp: timestamp - 1 },
            Header { number, hash, parent: before, timestamp },
        ]
    }

    /// Takes the block over on this market, and back.
    fn follow(&self, market: &Market, records: &[Record], look: impl FnOnce(&Market)) -> Applied {
        let [before, header] = self.headers();
        let mut follower = Follower::new(market.clone(), before, Vec::new(), 1).unwrap();
        let applied = follower.push(&header, records).unwrap();
        look(follower.market());
        assert_ne!(follower.market(), market);
        assert_eq!(follower.rollback(before.hash), Ok(vec![header]));
        assert_eq!((follower.market(), follower.head()), (market, before));
        applied
    }
}

/// What was compared with the end of a block.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    states: usize,
    accumulators: usize,
    /// Totals of shares, with `k_last` where that is known.
    shares: usize,
}

impl Compared {
    fn compare(&mut self, market: &Market, row: &Row<'_>) {
        let id = market.pool_id(row["pair"]).unwrap();
        let (pool, history) = (market.pool(id).unwrap(), market.history(id));
        assert_eq!(pool.reserves(), reserves(row, ["end_reserve0", "end_reserve1"]), "{row:?}");
        let time = known(row, "end_ts_last").unwrap();
        assert_eq!(history.ts_last, Some(time.as_u32()), "{row:?}");
        self.states += 1;
        for (found, column) in
            [(history.price0_cum, "end_price0_cum"), (history.price1_cum, "end_price1_cum")]
        {
            assert_eq!(found.unwrap(), known(row, column).unwrap(), "{row:?}");
            self.accumulators += 1;
        }
        if let Some(total) = shares(row, "end_total_supply") {
            assert_eq!(pool.total_shares(), Some(total), "{row:?}");
            assert_eq!(history.k_last.map(Product::get), known(row, "end_k_last"), "{row:?}");
            self.shares += 1;
        }
    }
}

#[test]
fn whole_blocks_end_where_the_chain_was() {
    let Some(files) = Files::read() else { return };
    let blocks = files.blocks();
    assert_eq!(blocks.len(), 14);
    let (mut compared, mut events, mut touched) = (Compared::default(), 0, 0);
    for block in &blocks {
        let applied = block.follow(&market(&block.pools), &records(&block.events), |market| {
            for row in &block.pools {
                compared.compare(market, row);
            }
        });
        assert_eq!(applied.flags, []);
        assert_eq!(applied.created, []);
        events += applied.events;
        touched += applied.touched.len();
    }
    assert_eq!(compared, Compared { states: 196, accumulators: 392, shares: 3 });
    // 251 swaps, a deposit, a withdrawal, and reserves alone.
    assert_eq!((events, touched), (254, 196));
}

/// A contract that speaks as a pair does and keeps less than 0.3 %.
#[test]
fn a_contract_that_is_no_pair_is_flagged_and_nothing_else_is() {
    let Some(files) = Files::read() else { return };
    let excluded = text("mainnet_v2_blocks/events_excluded_nonstandard_forks.csv").unwrap();
    let excluded = rows(&excluded);
    let blocks = files.blocks();
    let of_it = |block: &&Block<'_>| block.events[0]["block"] == excluded[0]["block"];
    let block = blocks.iter().find(of_it).unwrap();

    let (Notice::Sync(after), Notice::Swap(flows)) =
        (notices(&excluded[0]).1, notices(&excluded[1]).1)
    else {
        panic!("a swap");
    };
    let before = |after: Amount, paid: Amount, bought: Amount| {
        after.checked_sub(paid).and_then(|rest| rest.checked_add(bought)).unwrap()
    };
    let held = Reserves {
        reserve0: before(after.reserve0, flows.amount0_in, flows.amount0_out),
        reserve1: before(after.reserve1, flows.amount1_in, flows.amount1_out),
    };
    let mut market = market(&block.pools);
    let mut row = block.pools[0].clone();
    row.insert("pair", excluded[0]["pair"]);
    let id = add(&mut market, &row, held);
    let records = records(&[&block.events[..], &excluded].concat());
    let mut compared = Compared::default();
    let applied = block.follow(&market, &records, |market| {
        for row in &block.pools {
            compared.compare(market, row);
        }
        assert_eq!(market.pool(id).unwrap().reserves(), after);
    });
    let flags = applied.flags.iter().map(|flag| (flag.pool, flag.log_index, flag.reason));
    let because = FlagReason::Event(EventError::Swap(FlowsError::BreaksK));
    assert_eq!(flags.collect::<Vec<_>>(), [(id, 173, because)]);
    assert_eq!(compared.states, block.pools.len());
}
