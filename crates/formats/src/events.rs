//! events.csv: what a chain reports of pools, one log for each row, read and written as a stream.

use std::io::{Read, Write};

use cenote_pool::{Action, Flows, Liquidity, Log, Market, PoolId, Report, Reserves};

use crate::error::{FormatError, Reason};
use crate::pools::pool_column;
use crate::rows::{Place, Row, Rows};
use crate::write::{Lines, WriteError, put_amount, put_number};

/// The amounts of a swap.
const FLOWS: [&str; 4] = ["amount0_in", "amount1_in", "amount0_out", "amount1_out"];

/// What [`EventWriter`] writes.
const HEADER: &str = "block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,\
                      amount1_out,amount0,amount1,lp,reserve0,reserve1";

/// What the column `kind` may say.
const SYNC: &str = "sync";
const SWAP: &str = "swap";
const MINT: &str = "mint";
const BURN: &str = "burn";

/// Some rows of events.csv.
///
/// The lists stand side by side: the row in place `i` is log `i` and came from line `lines[i]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventBatch {
    /// What was reported. Where the market does not have the pool, it is the one in place
    /// [`u32::MAX`], which no market has.
    pub logs: Vec<Log>,
    /// The line of each row, counted from 1.
    pub lines: Vec<u64>,
    /// The rows of pools that the market does not have, in their order.
    pub strangers: Vec<Stranger>,
}

/// A row of a pool that the market does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The place of the row in its batch.
    pub place: usize,
    /// What the file calls the pool.
    pub name: Box<str>,
}

impl EventBatch {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Forgets all rows and keeps the room.
    pub fn clear(&mut self) {
        self.logs.clear();
        self.lines.clear();
        self.strangers.clear();
    }
}

/// Reads events.csv, some rows at a time.
///
/// The header has `block`, `timestamp`, `log_index`, exactly one of `pool`, `address` and `pair`,
/// `kind`, and the amounts `amount0_in`, `amount1_in`, `amount0_out`, `amount1_out`, `amount0`,
/// `amount1`, `reserve0`, `reserve1`. Optional is `lp`, the shares of a deposit or a withdrawal,
/// where blank means unknown. Other columns are ignored. The order of the columns is free.
///
/// A `sync` has both reserves, a `swap` the first four amounts, a `mint` and a `burn` have
/// `amount0`, `amount1` and perhaps `lp`; the amounts of other kinds are blank.
///
/// The reader looks names up and judges nothing: a pool that the market does not have is kept as
/// a [`Stranger`], and whether a log can have happened is [`Market::apply`]'s answer.
///
/// ```
/// use cenote_formats::{EventBatch, EventReader, PoolsOptions, read_pools};
/// use cenote_pool::Report;
///
/// let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\neth/usd,eth,usd,1000,4000000,30\n";
/// let market = read_pools(pools.as_bytes(), &PoolsOptions::default())?;
/// let events = "block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,\
///               amount1_out,amount0,amount1,reserve0,reserve1\n\
///               7,1600000000,0,eth/usd,sync,,,,,,,1010,3960514\n\
///               7,1600000000,1,eth/usd,swap,10,0,0,39486,,,,\n";
/// let mut reader = EventReader::new(events.as_bytes())?;
/// let mut batch = EventBatch::new();
/// assert_eq!(reader.read(&market, &mut batch, 1000)?, 2);
/// assert!(matches!(batch.logs[0].report, Report::Sync(_)));
/// assert_eq!(batch.lines, [2, 3]);
/// assert_eq!(reader.read(&market, &mut batch, 1000)?, 0);
/// # Ok::<(), cenote_formats::FormatError>(())
/// ```
#[derive(Debug)]
pub struct EventReader<R> {
    rows: Rows<R>,
    columns: Columns,
    /// The pool found last: a pair reports twice in a row, its reserves and what was done.
    last: PoolId,
}

/// Where the columns are.
#[derive(Debug)]
struct Columns {
    block: Place,
    timestamp: Place,
    log_index: Place,
    pool: Place,
    kind: Place,
    /// The amounts of a swap.
    flows: [Place; 4],
    /// The amounts of a deposit or a withdrawal.
    liquidity: [Place; 2],
    lp: Option<Place>,
    reserves: [Place; 2],
}

/// What the name of a pool stands for.
#[derive(Debug, Clone, Copy)]
enum Named<'a> {
    /// A pool of the market.
    Pool(PoolId),
    /// None of them.
    Stranger(&'a str),
}

impl<R: Read> EventReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`FormatError`]: the first line is no header of events.
    pub fn new(input: R) -> Result<Self, FormatError> {
        let rows = Rows::new(input)?;
        let columns = Columns::find(&rows)?;
        Ok(Self { rows, columns, last: PoolId::FIRST })
    }

    /// Adds at most `max` rows to a batch; returns how many, 0 behind the last.
    ///
    /// Of the market only the pools' names are read.
    ///
    /// # Errors
    ///
    /// [`FormatError`]: the first row that is not of this form. The rows before it are in the
    /// batch.
    pub fn read(
        &mut self,
        market: &Market,
        batch: &mut EventBatch,
        max: usize,
    ) -> Result<usize, FormatError> {
        let Self { rows, columns, last } = self;
        let mut count = 0_usize;
        while count < max {
            let Some(row) = rows.next()? else { break };
            let block = row.number(columns.block)?;
            let timestamp = row.number(columns.timestamp)?;
            let log_index = row.number(columns.log_index)?;
            let named = columns.pool(&row, market, *last)?;
            let report = columns.report(&row)?;
            // Nothing fails from here on.
            let pool = match named {
                Named::Pool(pool) => {
                    *last = pool;
                    pool
                }
                Named::Stranger(name) => {
                    let place = batch.logs.len();
                    batch.strangers.push(Stranger { place, name: name.into() });
                    PoolId::from(u32::MAX)
                }
            };
            batch.logs.push(Log { block, timestamp, log_index, pool, report });
            batch.lines.push(row.line);
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}

impl Columns {
    fn find<R: Read>(rows: &Rows<R>) -> Result<Self, FormatError> {
        let [in0, in1, out0, out1] = FLOWS;
        Ok(Self {
            block: rows.required("block")?,
            timestamp: rows.required("timestamp")?,
            log_index: rows.required("log_index")?,
            pool: pool_column(rows)?,
            kind: rows.required("kind")?,
            flows: [
                rows.required(in0)?,
                rows.required(in1)?,
                rows.required(out0)?,
                rows.required(out1)?,
            ],
            liquidity: [rows.required("amount0")?, rows.required("amount1")?],
            lp: rows.column("lp"),
            reserves: [rows.required("reserve0")?, rows.required("reserve1")?],
        })
    }

    /// The pool of a row, or its name where the market does not have it.
    #[inline]
    fn pool<'a>(
        &self,
        row: &Row<'a>,
        market: &Market,
        last: PoolId,
    ) -> Result<Named<'a>, FormatError> {
        let name = row.field(self.pool);
        // A comparison is cheaper than a look-up. A place that the market lacks has no name.
        if !name.is_empty() && market.pool_name(last).as_bytes() == name {
            return Ok(Named::Pool(last));
        }
        if let Some(pool) =
            core::str::from_utf8(name).ok().and_then(|name| market.pool_id(name).ok())
        {
            return Ok(Named::Pool(pool));
        }
        // Only a name that is not found is checked: the others were.
        Ok(Named::Stranger(row.name(self.pool)?))
    }

    /// What a row says.
    #[inline]
    fn report(&self, row: &Row<'_>) -> Result<Report, FormatError> {
        let kind = row.field(self.kind);
        if kind == SYNC.as_bytes() {
            self.reserves(row).map(Report::Sync)
        } else if kind == SWAP.as_bytes() {
            Ok(Report::Action(Action::Swap(self.flows(row)?)))
        } else if kind == MINT.as_bytes() {
            Ok(Report::Action(Action::Mint(self.liquidity(row, MINT)?)))
        } else if kind == BURN.as_bytes() {
            Ok(Report::Action(Action::Burn(self.liquidity(row, BURN)?)))
        } else {
            Err(row.error(self.kind, Reason::UnknownKind))
        }
    }

    #[inline]
    fn reserves(&self, row: &Row<'_>) -> Result<Reserves, FormatError> {
        check_blank(row, SYNC, &self.flows)?;
        check_blank(row, SYNC, &self.liquidity)?;
        check_blank(row, SYNC, self.lp.as_slice())?;
        let [place0, place1] = self.reserves;
        Ok(Reserves { reserve0: row.amount(place0)?, reserve1: row.amount(place1)? })
    }

    #[inline]
    fn flows(&self, row: &Row<'_>) -> Result<Flows, FormatError> {
        check_blank(row, SWAP, &self.liquidity)?;
        check_blank(row, SWAP, self.lp.as_slice())?;
        check_blank(row, SWAP, &self.reserves)?;
        let [in0, in1, out0, out1] = self.flows;
        Ok(Flows {
            amount0_in: row.amount(in0)?,
            amount1_in: row.amount(in1)?,
            amount0_out: row.amount(out0)?,
            amount1_out: row.amount(out1)?,
        })
    }

    fn liquidity(&self, row: &Row<'_>, kind: &'static str) -> Result<Liquidity, FormatError> {
        check_blank(row, kind, &self.flows)?;
        check_blank(row, kind, &self.reserves)?;
        let [place0, place1] = self.liquidity;
        let (amount0, amount1) = (row.amount(place0)?, row.amount(place1)?);
        let shares = row.given(self.lp).map(|place| row.shares(place)).transpose()?;
        Ok(Liquidity { amount0, amount1, shares })
    }
}

/// Checks that a row says nothing that its kind does not have.
#[inline]
fn check_blank(row: &Row<'_>, kind: &'static str, places: &[Place]) -> Result<(), FormatError> {
    match places.iter().find(|place| !row.field(**place).is_empty()) {
        Some(place) => Err(row.error(*place, Reason::NotOfKind { kind })),
        None => Ok(()),
    }
}

/// Writes events.csv.
///
/// [`EventReader`] reads back the same logs. Rows are kept in a buffer until
/// [`finish`](Self::finish); a writer that is dropped before it loses the last ones.
#[derive(Debug)]
pub struct EventWriter<W> {
    lines: Lines<W>,
}

impl<W: Write> EventWriter<W> {
    /// Begins with the header.
    pub fn new(output: W) -> Self {
        Self { lines: Lines::new(output, HEADER) }
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// [`WriteError`]: `UnknownPool`, after which the row is not written; `Io`.
    pub fn write(&mut self, market: &Market, log: &Log) -> Result<(), WriteError> {
        let Log { block, timestamp, log_index, pool, report } = *log;
        market.pool(pool).map_err(|_| WriteError::UnknownPool { pool })?;
        let line = self.lines.begin();
        for number in [block, timestamp, log_index] {
            put_number(line, number.into());
            line.push(b',');
        }
        line.extend_from_slice(market.pool_name(pool).as_bytes());
        line.push(b',');
        match report {
            Report::Sync(reserves) => put_sync(line, reserves),
            Report::Action(Action::Swap(flows)) => put_swap(line, &flows),
            Report::Action(Action::Mint(liquidity)) => put_liquidity(line, MINT, &liquidity),
            Report::Action(Action::Burn(liquidity)) => put_liquidity(line, BURN, &liquidity),
        }
        Ok(self.lines.end()?)
    }

    /// Writes what is in the buffer and gives the output back.
    ///
    /// # Errors
    ///
    /// [`WriteError::Io`].
    pub fn finish(self) -> Result<W, WriteError> {
        Ok(self.lines.finish()?)
    }
}

fn put_sync(line: &mut Vec<u8>, reserves: Reserves) {
    line.extend_from_slice(SYNC.as_bytes());
    line.extend_from_slice(b",,,,,,,,");
    put_amount(line, Some(reserves.reserve0));
    line.push(b',');
    put_amount(line, Some(reserves.reserve1));
}

fn put_swap(line: &mut Vec<u8>, flows: &Flows) {
    let Flows { amount0_in, amount1_in, amount0_out, amount1_out } = *flows;
    line.extend_from_slice(SWAP.as_bytes());
    for amount in [amount0_in, amount1_in, amount0_out, amount1_out] {
        line.push(b',');
        put_amount(line, Some(amount));
    }
    line.extend_from_slice(b",,,,,");
}

fn put_liquidity(line: &mut Vec<u8>, kind: &str, liquidity: &Liquidity) {
    line.extend_from_slice(kind.as_bytes());
    line.extend_from_slice(b",,,,");
    for amount in [liquidity.amount0, liquidity.amount1] {
        line.push(b',');
        put_amount(line, Some(amount));
    }
    line.push(b',');
    if let Some(shares) = liquidity.shares {
        put_number(line, shares.get());
    }
    line.extend_from_slice(b",,");
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::rows::MAX_LINE;
    use crate::samples::{NO_OPTIONS, Numbers, real_file, refused_at};
    use crate::{PoolsOptions, read_pools, read_snapshots};
    use cenote_pool::{Amount, Shares};

    fn market() -> Market {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    ab,a,b,1000,1000,3000\nbc,b,c,1000,1000,3000\nca,c,a,0,0,3000\n";
        read_pools(text.as_bytes(), &NO_OPTIONS).unwrap()
    }

    fn read_from(input: impl Read) -> Result<EventBatch, FormatError> {
        let mut batch = EventBatch::new();
        let mut reader = EventReader::new(input)?;
        while 0 < reader.read(&market(), &mut batch, 2)? {}
        Ok(batch)
    }

    fn read(text: &[u8]) -> Result<EventBatch, FormatError> {
        read_from(text)
    }

    #[track_caller]
    fn refused(text: &str, place: (u64, usize, &str)) {
        refused_at(read(text.as_bytes()), place, text);
    }

    fn amount(units: u64) -> Amount {
        Amount::from_u64(units)
    }

    /// One log of each kind, and what is written of them.
    fn known_logs() -> ([Log; 5], String) {
        let [first, second] = [0, 1].map(PoolId::from);
        let log = |log_index, pool, report| Log { block: 7, timestamp: 8, log_index, pool, report };
        let liquidity = |shares| Liquidity { amount0: amount(1), amount1: amount(2), shares };
        let flows = Flows {
            amount0_in: amount(10),
            amount1_in: Amount::ZERO,
            amount0_out: Amount::MAX,
            amount1_out: amount(11),
        };
        let reserves = Reserves { reserve0: Amount::MAX, reserve1: Amount::ZERO };
        let logs = [
            log(0, first, Report::Sync(reserves)),
            log(1, first, Report::Action(Action::Swap(flows))),
            log(2, second, Report::Action(Action::Mint(liquidity(Some(Shares::ZERO))))),
            log(3, second, Report::Action(Action::Burn(liquidity(None)))),
            log(u64::MAX, first, Report::Action(Action::Burn(liquidity(Some(Shares::MAX))))),
        ];
        let most = Amount::MAX;
        let text = format!(
            "{HEADER}\n7,8,0,ab,sync,,,,,,,,{most},0\n7,8,1,ab,swap,10,0,{most},11,,,,,\n\
             7,8,2,bc,mint,,,,,1,2,0,,\n7,8,3,bc,burn,,,,,1,2,,,\n\
             7,8,18446744073709551615,ab,burn,,,,,1,2,{most},,\n"
        );
        (logs, text)
    }

    #[test]
    fn every_kind_is_read_and_written() {
        let (logs, text) = known_logs();
        let batch = read(text.as_bytes()).unwrap();
        assert_eq!(batch.logs, logs);
        assert_eq!(batch.lines, [2, 3, 4, 5, 6]);
        let mut writer = EventWriter::new(Vec::new());
        for log in &logs {
            writer.write(&market(), log).unwrap();
        }
        assert_eq!(String::from_utf8(writer.finish().unwrap()).unwrap(), text);
    }

    #[test]
    fn columns_stand_in_any_order_and_others_are_ignored() {
        let text = "reserve1,tx_hash,reserve0,kind,pair,amount1,amount0,to,amount1_out,\
                    amount0_out,amount1_in,amount0_in,log_index,timestamp,block\r\n\
                    4,0xff,3,sync,bc,,,\u{ff},,,,,1,2,3\r\n\
                    ,,,\"mint\",ca,6,5,,,,,,4,5,6\r\n,,,swap,ca,,,,4,3,2,1,4,5,6\r\n";
        let batch = read(text.as_bytes()).unwrap();
        let [bc, ca] = [1, 2].map(PoolId::from);
        let reserves = Reserves { reserve0: amount(3), reserve1: amount(4) };
        let liquidity = Liquidity { amount0: amount(5), amount1: amount(6), shares: None };
        let flows = Flows {
            amount0_in: amount(1),
            amount1_in: amount(2),
            amount0_out: amount(3),
            amount1_out: amount(4),
        };
        let log = |[block, timestamp, log_index]: [u64; 3], pool, report| Log {
            block,
            timestamp,
            log_index,
            pool,
            report,
        };
        let expected = [
            log([3, 2, 1], bc, Report::Sync(reserves)),
            log([6, 5, 4], ca, Report::Action(Action::Mint(liquidity))),
            log([6, 5, 4], ca, Report::Action(Action::Swap(flows))),
        ];
        assert_eq!(batch.logs, expected);
        let with = text.replace("pair", "address").replace("tx_hash", "lp");
        refused(&with, (2, 2, "a sync does not have it"));
        assert_eq!(read(with.replace("0xff", "").as_bytes()).unwrap(), batch);
    }

    #[test]
    fn strangers_are_kept_by_name() {
        let rows = "1,1,0,xy,sync,,,,,,,,1,1\n1,1,1,ab,sync,,,,,,,,1,1\n1,1,2,AB,sync,,,,,,,,1,1\n";
        let batch = read(format!("{HEADER}\n{rows}").as_bytes()).unwrap();
        let stranger = |place, name: &str| Stranger { place, name: name.into() };
        assert_eq!(batch.strangers, [stranger(0, "xy"), stranger(2, "AB")]);
        let pools: Vec<_> = batch.logs.iter().map(|log| log.pool.index()).collect();
        assert_eq!(pools, [usize::try_from(u32::MAX).unwrap(), 0, pools[0]]);
        assert!(market().pool(batch.logs[0].pool).is_err());

        let mut batch = batch;
        batch.clear();
        assert!(batch.is_empty() && batch == EventBatch::new());
        // Nor is an empty market's missing first pool taken for one without a name.
        let text = format!("{HEADER}\n1,1,0,ab,sync,,,,,,,,1,1\n1,1,0,,sync,,,,,,,,1,1\n");
        let mut reader = EventReader::new(text.as_bytes()).unwrap();
        let error = reader.read(&Market::new(), &mut batch, 9).unwrap_err();
        assert_eq!(error.to_string(), "line 3, column 4 (pool): empty identifier");
        assert_eq!((batch.len(), batch.strangers.len()), (1, 1));
    }

    #[test]
    fn headers_are_refused() {
        refused("", (1, 0, "no header"));
        let names: Vec<_> = HEADER.split(',').collect();
        for (at, name) in names.iter().enumerate() {
            let mut others = names.clone();
            others.remove(at);
            let text = others.join(",");
            match *name {
                "lp" => assert!(read(text.as_bytes()).unwrap().is_empty()),
                "pool" => refused(&text, (1, 0, "no column pool, address or pair")),
                name => refused(&text, (1, 0, &format!("no column {name}"))),
            }
            refused(&format!("{HEADER},{name}\n"), (1, 15, "is repeated"));
        }
        refused(&format!("{HEADER},pair"), (1, 15, "column besides pool"));
        refused(&format!("{HEADER},address,pair"), (1, 15, "column besides pool"));
        refused(&HEADER.replace("kind", "Kind"), (1, 0, "no column kind"));
    }

    #[test]
    fn rows_are_refused() {
        let (above, huge) = (Amount::MAX.get() + 1, u128::from(u64::MAX) + 1);
        let cases = [
            (",1,1,ab,sync,,,,,,,,1,1", 1, "empty"),
            (&format!("{huge},1,1,ab,sync,,,,,,,,1,1"), 1, "too large"),
            ("1,,1,ab,sync,,,,,,,,1,1", 2, "empty"),
            (&format!("1,{huge},1,ab,sync,,,,,,,,1,1"), 2, "too large"),
            ("1,1,,ab,sync,,,,,,,,1,1", 3, "empty"),
            (&format!("1,1,{huge},ab,sync,,,,,,,,1,1"), 3, "too large"),
            ("1,1,01,ab,sync,,,,,,,,1,1", 3, "leading zero"),
            ("1,1,1,,sync,,,,,,,,1,1", 4, "empty identifier"),
            ("1,1,1,a b,sync,,,,,,,,1,1", 4, "not allowed at position 2"),
            ("1,1,1,\u{430},sync,,,,,,,,1,1", 4, "not allowed at position 1"),
            (&format!("1,1,1,{},sync,,,,,,,,1,1", "n".repeat(129)), 4, "129 bytes"),
            ("1,1,1,ab,,,,,,,,,1,1", 5, "not one of sync, swap, mint and burn"),
            ("1,1,1,ab,Sync,,,,,,,,1,1", 5, "not one of"),
            ("1,1,1,ab,sync ,,,,,,,,1,1", 5, "not one of"),
            ("1,1,1,ab,skim,,,,,,,,1,1", 5, "not one of"),
            ("1,1,1,ab,sync,,,,,,,,,1", 13, "empty, expected a number"),
            ("1,1,1,ab,sync,,,,,,,,1,", 14, "empty, expected a number"),
            (&format!("1,1,1,ab,sync,,,,,,,,{above},1"), 13, "too large"),
            (&format!("1,1,1,ab,sync,,,,,,,,1,{above}"), 14, "too large"),
            ("1,1,1,ab,swap,,1,1,1,,,,,", 6, "empty, expected a number"),
            ("1,1,1,ab,swap,1,,1,1,,,,,", 7, "empty, expected a number"),
            ("1,1,1,ab,swap,1,1,-1,1,,,,,", 8, "position 1"),
            (&format!("1,1,1,ab,swap,1,1,1,{above},,,,,"), 9, "too large"),
            ("1,1,1,ab,mint,,,,,,1,,,", 10, "empty, expected a number"),
            ("1,1,1,ab,mint,,,,,1,,,,", 11, "empty, expected a number"),
            ("1,1,1,ab,burn,,,,,1,1,1e3,,", 12, "position 2"),
            (&format!("1,1,1,ab,burn,,,,,1,1,{above},,"), 12, "too large"),
            ("1,1,1,ab,sync,,,,,,,,1", 14, "13 fields, the header has 14"),
            ("1,1,1,ab,sync,,,,,,,,1,1,", 15, "15 fields, the header has 14"),
            ("1,1,1,ab,sync,,,,,,,,1,\0", 14, "NUL"),
            ("1,1,1,ab,sync,,,,,,,,1,1\r,", 14, "carriage return"),
            ("", 1, "empty line"),
        ];
        for (row, column, part) in cases {
            refused(&format!("{HEADER}\n1,1,0,ab,sync,,,,,,,,1,1\n{row}\n"), (3, column, part));
        }
    }

    #[test]
    fn what_a_kind_does_not_have_is_blank() {
        let rows = [
            ("1,1,1,ab,sync,,,,,,,,1,1", "sync", 6..13),
            ("1,1,1,ab,swap,1,1,1,1,,,,,", "swap", 10..15),
            ("1,1,1,ab,mint,,,,,1,1,1,,", "mint", 6..10),
            ("1,1,1,ab,mint,,,,,1,1,,,", "mint", 13..15),
            ("1,1,1,ab,burn,,,,,1,1,1,,", "burn", 6..10),
            ("1,1,1,ab,burn,,,,,1,1,,,", "burn", 13..15),
        ];
        for (row, kind, columns) in rows {
            for column in columns {
                // Zero says something, too.
                for text in ["0", "x"] {
                    let mut fields: Vec<_> = row.split(',').collect();
                    fields[column - 1] = text;
                    let part = format!("not blank, a {kind} does not have it");
                    refused(&format!("{HEADER}\n{}\n", fields.join(",")), (2, column, &part));
                }
            }
        }
    }

    #[test]
    fn what_is_no_such_text_is_refused() {
        let (_, text) = known_logs();
        refused(&format!("\u{feff}{text}"), (1, 1, "byte order mark"));
        refused(&text.repeat(2), (7, 1, "position 1"));
        refused(&text.replace('\n', "\r"), (1, 14, "carriage return"));
        refused(&text.replace("0,ab,sync", "0,a\0b,sync"), (2, 4, "NUL"));
        let utf16: Vec<u8> =
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        refused_at(read(&utf16), (1, 1, "UTF-16"), "UTF-16");
        refused_at(read(b"\x1f\x8b\x08\0"), (1, 1, "gzip"), "gzip");
        let wide = ",".repeat(1_000_000);
        refused(&wide, (1, 1025, "more than 1024 fields"));
        refused(&format!("{HEADER}\n{wide}\n"), (2, 1025, "more than 1024 fields"));
    }

    #[test]
    fn memory_is_bounded_by_the_line() {
        let header = || io::Cursor::new(format!("{HEADER}\n"));
        for byte in [b'7', b'"', b','] {
            let row = io::repeat(byte).take(1 << 30);
            refused_at(read_from(header().chain(row)), (2, 0, "line of more than"), "a gigabyte");
            let endless = read_from(header().chain(io::repeat(byte)));
            refused_at(endless, (2, 0, "line of more than"), "endless");
        }
        refused_at(read_from(io::repeat(b'x')), (1, 0, "line of more than"), "an endless header");
        let long = format!("{HEADER},note\n1,1,1,ab,sync,,,,,,,,1,1,{}", "x".repeat(MAX_LINE));
        refused(&long, (2, 0, "line of more than"));
    }

    #[test]
    fn a_cut_file_is_refused_or_shorter_at_its_end() {
        let text =
            format!("{HEADER}\r\n1,2,3,bc,sync,,,,,,,,10,20\r\n1,2,4,\"ab\",sync,,,,,,,,30,40\r\n");
        let whole = read(text.as_bytes()).unwrap();
        for length in 0..text.len() {
            let Ok(mut batch) = read(&text.as_bytes()[..length]) else { continue };
            let cut = &text[..length];
            assert_eq!(batch.len(), cut.lines().count() - 1, "{cut:?}");
            // Only the last field of the last line may have lost its end.
            if let (Some(last), true) = (batch.logs.last_mut(), cut.ends_with(['2', '4'])) {
                let Report::Sync(reserves) = &mut last.report else { panic!("{last:?}") };
                reserves.reserve1 = amount(reserves.reserve1.get().try_into().unwrap_or(0) * 10);
            }
            assert_eq!(batch.logs, whole.logs[..batch.len()], "{cut:?}");
        }
    }

    #[test]
    fn what_stands_before_a_bad_row_was_read() {
        let (logs, text) = known_logs();
        let faulty = text.replace("3,bc,burn", "3,bc,born");
        let mut reader = EventReader::new(faulty.as_bytes()).unwrap();
        let mut batch = EventBatch::new();
        assert_eq!(reader.read(&market(), &mut batch, 10).unwrap_err().line, 5);
        assert_eq!((&*batch.logs, &*batch.lines), (&logs[..3], &[2, 3, 4][..]));
        assert_eq!(reader.read(&market(), &mut batch, 0).unwrap(), 0);
    }

    fn random_log(numbers: &mut Numbers) -> Log {
        let mut amounts = || [numbers.amount(), numbers.amount()];
        let ([amount0_in, amount1_in], [amount0, amount1]) = (amounts(), amounts());
        let shares = numbers.amount().get().try_into().ok();
        let liquidity = Liquidity { amount0, amount1, shares: numbers.pick(&[None, shares]) };
        let flows = Flows { amount0_in, amount1_in, amount0_out: amount0, amount1_out: amount1 };
        let report = numbers.pick(&[
            Report::Sync(Reserves { reserve0: amount0, reserve1: amount1 }),
            Report::Action(Action::Swap(flows)),
            Report::Action(Action::Mint(liquidity)),
            Report::Action(Action::Burn(liquidity)),
        ]);
        let mut number = || numbers.next(1 << 60) >> numbers.next(61);
        let [block, timestamp, log_index] = [number(), number(), number()];
        let pool = PoolId::from(u32::try_from(numbers.next(3)).unwrap());
        Log { block, timestamp, log_index, pool, report }
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        let logs: Vec<_> = (0..20_000).map(|_| random_log(&mut numbers)).collect();
        let mut writer = EventWriter::new(Vec::new());
        for log in &logs {
            writer.write(&market(), log).unwrap();
        }
        let unknown = Log { pool: PoolId::from(u32::MAX), ..logs[0] };
        let refused = writer.write(&market(), &unknown);
        assert!(matches!(refused, Err(WriteError::UnknownPool { pool }) if pool == unknown.pool));
        let batch = read(&writer.finish().unwrap()).unwrap();
        assert!(batch.logs == logs && batch.strangers.is_empty());
        assert!(batch.lines.iter().copied().eq(2..20_002));
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic() {
        let pieces = [
            "ab", "sync", "swap", "mint", ",", ",,,,,,,,", "0", "7", "\"", "\r\n", "\n", "\0",
            "\u{663}",
        ];
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut text = format!("{HEADER}\n1,1,0,ab,sync,,,,,,,,1,1\n");
            for _ in 0..24 {
                text.push_str(numbers.pick(&pieces));
            }
            accepted += read(text.as_bytes()).map_or(0, |batch| batch.len());
        }
        assert!(accepted < 1000);
    }

    #[test]
    fn real_events_are_read_and_written() {
        let file = |name| real_file(&format!("mainnet_v2_blocks/{name}.csv"));
        let (Some(pools), Some(events)) = (file("pools"), file("events")) else { return };
        let market = read_snapshots(&*pools, &PoolsOptions::default()).unwrap().market;
        let mut batch = EventBatch::new();
        let mut reader = EventReader::new(&*events).unwrap();
        assert_eq!(reader.read(&market, &mut batch, usize::MAX).unwrap(), 507);
        assert!(batch.strangers.is_empty());
        let count =
            |kind: fn(&Report) -> bool| batch.logs.iter().filter(|log| kind(&log.report)).count();
        let counts = [
            count(|report| matches!(report, Report::Sync(_))),
            count(|report| matches!(report, Report::Action(Action::Swap(_)))),
            count(|report| matches!(report, Report::Action(Action::Mint(_)))),
            count(|report| matches!(report, Report::Action(Action::Burn(_)))),
        ];
        assert_eq!(counts, [254, 251, 1, 1]);

        let mut writer = EventWriter::new(Vec::new());
        for log in &batch.logs {
            writer.write(&market, log).unwrap();
        }
        let written = writer.finish().unwrap();
        let mut again = EventBatch::new();
        let mut reader = EventReader::new(&*written).unwrap();
        while 0 < reader.read(&market, &mut again, 100).unwrap() {}
        assert_eq!(again, batch);

        let Some(excluded) = file("events_excluded_nonstandard_forks") else { return };
        let mut reader = EventReader::new(&*excluded).unwrap();
        again.clear();
        while 0 < reader.read(&market, &mut again, 100).unwrap() {}
        assert_eq!(again.strangers.len(), again.len());
    }
}
