//! pools.csv as the states of pools at several times.

use std::collections::HashSet;
use std::io::Read;

use cenote_pool::{End, History, Market, Pool, PoolId, Snapshot};

use super::PoolsOptions;
use super::columns::{Columns, State};
use super::history::HistoryColumns;
use super::read::{add, check_kept, complete_labels};
use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};

/// The columns of a pool's past at the end of a block, as those of its beginning.
const END_HISTORY_NAMES: [&str; 4] =
    ["end_k_last", "end_ts_last", "end_price0_cum", "end_price1_cum"];

/// The states of pools at several times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshots {
    /// Each pool once, in the order of first rows, as its first row says.
    pub market: Market,
    /// One for each row, in their order.
    pub snapshots: Vec<Snapshot>,
}

/// Reads the states of pools at several times from pools.csv.
///
/// The columns are those of [`read_pools`](crate::read_pools), and a pool may have a row for each
/// block, with the same two tokens in the same order. Where there is a column `block`, each row
/// needs one. Optional are `end_reserve0`, `end_reserve1`, `end_total_supply`, `end_k_last`,
/// `end_ts_last`, `end_price0_cum` and `end_price1_cum`, what is known of the end of the block,
/// where blank means unknown. With [`PoolsOptions::block`] rows of other blocks are checked and
/// left out.
///
/// # Errors
///
/// [`FormatError`]: the first line that is not of this form, or lists a pool twice for one block.
///
/// ```
/// use cenote_formats::{PoolsOptions, read_snapshots};
///
/// let text = "block,pool,token0,token1,reserve0,reserve1,fee_bps,end_reserve0\n\
///             7,eth/usd,eth,usd,1000,4000000,30,1010\n\
///             9,eth/usd,eth,usd,1020,3925000,30,\n";
/// let read = read_snapshots(text.as_bytes(), &PoolsOptions::default())?;
/// assert_eq!((read.market.pools().len(), read.snapshots.len()), (1, 2));
/// assert_eq!(read.snapshots[0].end.reserve0, Some(1010_u64.into()));
/// assert_eq!(read.snapshots[1].block, Some(9));
/// # Ok::<(), cenote_formats::FormatError>(())
/// ```
pub fn read_snapshots<R: Read>(input: R, options: &PoolsOptions) -> Result<Snapshots, FormatError> {
    let mut rows = Rows::new(input)?;
    let columns = Columns::find(&rows, options)?;
    let ends = EndColumns::find(&rows);
    let mut reading = Reading::default();
    let mut left_out = None;
    while let Some(row) = rows.next()? {
        let state = columns.state(&row, options)?;
        if let (Some(place), None) = (columns.block, state.block) {
            return Err(row.error(place, Reason::MissingBlock));
        }
        let end = ends.end(&row)?;
        if options.leave_out(state.block) {
            left_out = columns.block;
            continue;
        }
        reading.add(&columns, &row, (&state, options), end)?;
    }
    let Reading { read, .. } = reading;
    check_kept(&rows, options, &read.market, left_out)?;
    Ok(read)
}

/// What was read so far.
#[derive(Debug, Default)]
struct Reading {
    read: Snapshots,
    /// Which pools have a state in which block.
    seen: HashSet<(PoolId, Option<u64>)>,
}

impl Reading {
    /// Adds the state of a row, and its pool where it is new.
    fn add(
        &mut self,
        columns: &Columns,
        row: &Row<'_>,
        (state, options): (&State<'_>, &PoolsOptions),
        end: End,
    ) -> Result<(), FormatError> {
        let market = &mut self.read.market;
        let known = market.pool_id(state.name).ok();
        let known = known.and_then(|id| Some((id, *market.pool(id).ok()?)));
        let (id, pool) = if let Some((id, first)) = known {
            if self.seen.contains(&(id, state.block)) {
                return Err(row.error(columns.pool, repeated(state)));
            }
            (id, again(market, columns, row, (state, &first))?)
        } else {
            let id = add(market, columns, row, (state, options))?;
            // The pool was just added.
            (id, *market.pool(id).map_err(|_| row.error(columns.pool, Reason::Full))?)
        };
        let (block, line, history) = (state.block, row.line, state.history);
        self.seen.insert((id, block));
        self.read.snapshots.push(Snapshot { id, block, line, pool, history, end });
        Ok(())
    }
}

/// A further state of a pool.
fn again(
    market: &mut Market,
    columns: &Columns,
    row: &Row<'_>,
    (state, first): (&State<'_>, &Pool),
) -> Result<Pool, FormatError> {
    let tokens = [first.token0(), first.token1()];
    for ((token, name), place) in tokens.into_iter().zip(state.tokens).zip(columns.tokens) {
        if market.token_name(token) != name {
            return Err(row.error(place, Reason::OtherTokens { name: state.name.into() }));
        }
    }
    complete_labels(market, tokens, state.labels);
    columns.pool(row, state, tokens)
}

/// Why a pool has no second state in one block.
fn repeated(state: &State<'_>) -> Reason {
    let name = state.name.into();
    match state.block {
        Some(block) => Reason::RepeatedState { name, block },
        None => Reason::RepeatedPool { name },
    }
}

/// Where the columns of the ends are.
#[derive(Debug)]
struct EndColumns {
    reserves: [Option<Place>; 2],
    total_supply: Option<Place>,
    history: HistoryColumns,
}

impl EndColumns {
    fn find<R: Read>(rows: &Rows<R>) -> Self {
        Self {
            reserves: [rows.column("end_reserve0"), rows.column("end_reserve1")],
            total_supply: rows.column("end_total_supply"),
            history: HistoryColumns::find(rows, END_HISTORY_NAMES),
        }
    }

    fn end(&self, row: &Row<'_>) -> Result<End, FormatError> {
        let [reserve0, reserve1] = self.reserves.map(|place| row.given(place));
        let reserve0 = reserve0.map(|place| row.amount(place)).transpose()?;
        let reserve1 = reserve1.map(|place| row.amount(place)).transpose()?;
        let total_supply = row.given(self.total_supply);
        let total_shares = total_supply.map(|place| row.shares(place)).transpose()?;
        let History { k_last, ts_last, price0_cum, price1_cum } = self.history.history(row)?;
        Ok(End { reserve0, reserve1, total_shares, k_last, ts_last, price0_cum, price1_cum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NO_OPTIONS, Numbers, real_file, refused_at};
    use cenote_pool::{Amount, Fee, Product, Reserves, Shares};
    use primitive_types::U256;

    const HEADER: &str = "block,pool,token0,token1,reserve0,reserve1,fee_bps,k_last,ts_last,\
                          end_reserve0,end_reserve1,end_ts_last,end_total_supply,end_k_last,\
                          end_price0_cum,end_price1_cum\n";

    fn read(text: &str) -> Result<Snapshots, FormatError> {
        read_snapshots(text.as_bytes(), &NO_OPTIONS)
    }

    #[track_caller]
    fn refused(text: &str, place: (u64, usize, &str)) {
        refused_at(read(text), place, text);
    }

    #[test]
    fn each_row_is_a_snapshot() {
        let text = format!(
            "{HEADER}7,p,a,b,1,2,30,6,100,3,4,4294967295,5,6,7,8\n\
             7,q,b,c,1,2,30,,,,,,,,,\n9,p,a,b,5,6,20,,,0,,,,,,\n8,p,a,b,0,0,30,,,,,,,,,\n"
        );
        let Snapshots { market, snapshots } = read(&text).unwrap();
        assert_eq!((market.pools().len(), market.token_count()), (2, 3));
        let facts = |snapshot: &Snapshot| (snapshot.id, snapshot.block, snapshot.line);
        let [p, q] = ["p", "q"].map(|name| market.pool_id(name).unwrap());
        assert_eq!(
            snapshots.iter().map(facts).collect::<Vec<_>>(),
            [(p, Some(7), 2), (q, Some(7), 3), (p, Some(9), 4), (p, Some(8), 5)]
        );
        // The market is as the first rows say.
        assert_eq!(market.pool(p), Ok(&snapshots[0].pool));
        assert_eq!(market.history(p), snapshots[0].history);
        let k_last = Some(Product::new(6.into()).unwrap());
        let past = History { k_last, ts_last: Some(100), ..History::UNKNOWN };
        assert_eq!(snapshots[0].history, past);
        let end = End {
            reserve0: Some(3_u64.into()),
            reserve1: Some(4_u64.into()),
            total_shares: Some(5.into()),
            k_last,
            ts_last: Some(u32::MAX),
            price0_cum: Some(U256::from(7)),
            price1_cum: Some(U256::from(8)),
        };
        assert_eq!(snapshots[0].end, end);
        assert_eq!(snapshots[1].end, End::default());
        let zero = Some(Amount::ZERO);
        assert_eq!(snapshots[2].end, End { reserve0: zero, ..End::default() });
        let [five, six] = [5_u64, 6].map(Amount::from);
        assert_eq!(snapshots[2].pool.reserves(), Reserves { reserve0: five, reserve1: six });
        assert_eq!(snapshots[2].pool.fees(), Fee::from_bps(20).unwrap().into());
        assert_eq!(snapshots[2].history, History::UNKNOWN);
        assert_eq!(snapshots[3].pool.total_shares(), Some(Shares::ZERO));
    }

    #[test]
    fn one_block_is_chosen_and_the_others_are_checked() {
        let text = format!(
            "{HEADER}7,p,a,b,1,2,30{0}\n8,q,c,d,1,2,30{0}\n8,p,a,b,3,4,30{0}\n",
            ",".repeat(9)
        );
        let at = |text: &str, block| {
            let options = PoolsOptions { block: Some(block), ..NO_OPTIONS };
            read_snapshots(text.as_bytes(), &options)
        };
        let chosen = at(&text, 8).unwrap();
        assert_eq!(chosen.snapshots.iter().map(|state| state.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(chosen.market.pool_id("p"), Ok(1.into()));
        assert_eq!(chosen.market.pools()[1].reserves().reserve0, 3_u64.into());
        assert_eq!(at(&text, 7).unwrap().market.token_count(), 2);
        refused_at(at(&text, 9), (4, 1, "no row is of block 9"), &text);
        let faulty = text.replacen(",,\n", ",,x\n", 1);
        refused_at(at(&faulty, 8), (2, 16, "position 1"), &faulty);
        let none = "pool,token0,token1,reserve0,reserve1,fee_bps\n";
        refused_at(at(none, 8), (1, 0, "no column block"), none);
    }

    #[test]
    fn a_file_without_blocks_has_each_pool_once() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,30\nq,a,b,1,1,30\n";
        let whole = read(text).unwrap();
        assert_eq!(whole.market, crate::read_pools(text.as_bytes(), &NO_OPTIONS).unwrap());
        assert!(whole.snapshots.iter().all(|snapshot| snapshot.block.is_none()));
        refused(&format!("{text}p,a,b,1,1,30\n"), (4, 1, "pool p is listed twice"));
        assert_eq!(read(text.lines().next().unwrap()).unwrap(), Snapshots::default());
    }

    #[test]
    fn rows_are_refused() {
        let [above_k, above_sum] = [U256::one() << 224, U256::MAX];
        let above_k = above_k.to_string();
        let above_sum = format!("{above_sum}0");
        let above = Amount::MAX.get() + 1;
        let cases = [
            (",p,a,b,3,4,30,,,,,,,,,", 1, "needs its block"),
            ("x,p,a,b,3,4,30,,,,,,,,,", 1, "position 1"),
            ("18446744073709551616,p,a,b,3,4,30,,,,,,,,,", 1, "too large"),
            ("7,p,a,b,3,4,30,,,,,,,,,", 2, "pool p is listed twice for block 7"),
            ("7,p,b,a,3,4,30,,,,,,,,,", 2, "pool p is listed twice for block 7"),
            ("8,p,b,a,3,4,30,,,,,,,,,", 3, "pool p has other tokens"),
            ("8,p,c,b,3,4,30,,,,,,,,,", 3, "pool p has other tokens"),
            ("8,p,a,c,3,4,30,,,,,,,,,", 4, "pool p has other tokens"),
            ("8,p,a,a,3,4,30,,,,,,,,,", 4, "different tokens"),
            ("8,p,a,b,0,4,30,,,,,,,,,", 5, "one reserve is zero"),
            ("8,p,a,b,3,4,,,,,,,,,,", 7, "no default fee"),
            (&format!("8,p,a,b,3,4,30,{above_k},,,,,,,,"), 8, "the bound is 2^224 - 1"),
            ("8,p,a,b,3,4,30,,4294967296,,,,,,,", 9, "too large"),
            ("8,p,a,b,3,4,30,,,01,,,,,,", 10, "leading zero"),
            (&format!("8,p,a,b,3,4,30,,,{above},,,,,,"), 10, "too large"),
            (&format!("8,p,a,b,3,4,30,,,,{above},,,,,"), 11, "too large"),
            ("8,p,a,b,3,4,30,,,,,4294967296,,,,", 12, "too large"),
            (&format!("8,p,a,b,3,4,30,,,,,,{above},,,"), 13, "too large"),
            (&format!("8,p,a,b,3,4,30,,,,,,,{above_k},,"), 14, "2^224 - 1"),
            (&format!("8,p,a,b,3,4,30,,,,,,,,{above_sum},"), 15, "2^256 - 1"),
            (&format!("8,p,a,b,3,4,30,,,,,,,,,{above_sum}"), 16, "2^256 - 1"),
            ("8,p,a,b,3,4,30,,,,,,,,,-1", 16, "position 1"),
            ("8,p,a,b,3,4,30,,,,,,,,", 16, "15 fields, the header has 16"),
        ];
        for (row, column, part) in cases {
            let text = format!("{HEADER}7,p,a,b,3,4,30,,,,,,,,,\n{row}");
            refused(&text, (3, column, part));
            refused(&format!("{text}\n"), (3, column, part));
        }
        let whole = format!("{HEADER}7,p,a,b,3,4,30,,,,,,,,,\n");
        refused(&whole.repeat(2), (3, 5, "position 1"));
    }

    #[test]
    fn a_cut_file_is_refused_or_shorter_at_its_end() {
        let text = format!(
            "{HEADER}7,p,a,b,10,20,30,66,100,31,41,42,51,61,71,81\r\n\
             8,\"p\",a,b,10,20,30,66,100,31,41,42,51,61,71,81\r\n"
        );
        let whole = read(&text).unwrap();
        for length in 0..text.len() {
            let Ok(cut) = read(&text[..length]) else { continue };
            let lines = text[..length].lines().count();
            assert_eq!(cut.snapshots.len(), lines - 1);
            for (at, (snapshot, expected)) in cut.snapshots.iter().zip(&whole.snapshots).enumerate()
            {
                let mut snapshot = *snapshot;
                // Only the last field of the last line may have lost its end.
                if at + 2 == lines {
                    snapshot.end.price1_cum = expected.end.price1_cum;
                }
                assert_eq!(snapshot, *expected);
            }
        }
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic() {
        let pieces = ["7", "0", ",", "p", "a", "b", "\"", "\r\n", "\n", "\0", "\u{663}", ",,,"];
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for _ in 0..20_000 {
            let mut text = format!("{HEADER}7,p,a,b,3,4,30,,,,,,,,,\n");
            for _ in 0..24 {
                text.push_str(numbers.pick(&pieces));
            }
            if let Ok(read) = read(&text) {
                assert!(read.snapshots.len() < 4);
            }
        }
    }

    #[test]
    fn real_blocks_are_read_whole() {
        let Some(text) = real_file("mainnet_v2_blocks/pools.csv") else { return };
        let Snapshots { market, snapshots } = read_snapshots(&*text, &NO_OPTIONS).unwrap();
        assert_eq!(snapshots.len(), 196);
        let blocks: HashSet<_> = snapshots.iter().map(|snapshot| snapshot.block).collect();
        assert_eq!(blocks.len(), 14);
        let pools: HashSet<_> = snapshots.iter().map(|snapshot| snapshot.id).collect();
        assert_eq!(pools.len(), market.pools().len());
        let ends = |snapshot: &&Snapshot| snapshot.end.reserve0.is_some();
        assert_eq!(snapshots.iter().filter(ends).count(), 196);
        for block in blocks {
            let options = PoolsOptions { block, ..NO_OPTIONS };
            let chosen = read_snapshots(&*text, &options).unwrap();
            assert_eq!(chosen.market, crate::read_pools(&*text, &options).unwrap());
        }
    }
}
