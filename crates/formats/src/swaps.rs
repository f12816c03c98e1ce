//! swaps.csv: orders, one for each row, read and written as a stream.

use std::collections::HashMap;
use std::io::{Read, Write};

use cenote_pool::{
    Amount, Direction, Exact, Hop, MAX_HOPS, Market, Order, Orders, PathError, PoolId, SwapError,
    TokenId, check_name,
};
use memchr::memchr_iter;

use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows, token_named};
use crate::write::{Lines, WriteError, path_ends, put_amount, put_pools};

/// Some rows of swaps.csv.
///
/// The lists stand side by side: the row in place `i` is order `i`, came from line `lines[i]`,
/// and so on. A list whose column the file does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwapBatch {
    /// What is wanted.
    pub orders: Orders,
    /// The line of each row, counted from 1.
    pub lines: Vec<u64>,
    /// Who wants it, by number; see [`SwapReader::trader_name`].
    pub traders: Vec<u32>,
    /// When, in seconds.
    pub timestamps: Vec<u64>,
}

impl SwapBatch {
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
        self.orders.clear();
        self.lines.clear();
        self.traders.clear();
        self.timestamps.clear();
    }
}

/// Reads swaps.csv, some rows at a time.
///
/// A row says where it swaps in one of three columns: `pool`, one identifier; `pools`,
/// identifiers joined by `>`; or `path`, tokens joined by `>`, where exactly one pool joins each
/// two neighbours. A file may have several of them, with one filled in each row. `token_in` is
/// needed for the first two, and may repeat the first token of a `path`.
///
/// `amount_in` or `amount_out` is the side that is fixed; with both columns, one is filled in
/// each row. `amount_out_min` limits a fixed input and `amount_in_max` a fixed output; blank
/// means no limit. Optional are `trader`, an identifier, `timestamp`, and `seq`, which must rise
/// from row to row. Other columns are ignored.
///
/// The reader only looks names up. Whether a pool takes an order is the pool's answer.
///
/// ```
/// use cenote_formats::{PoolsOptions, SwapBatch, SwapReader, read_pools};
/// use cenote_pool::Exact;
///
/// let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\neth/usd,eth,usd,1000,4000000,30\n";
/// let market = read_pools(pools.as_bytes(), &PoolsOptions::default())?;
/// let swaps = "pool,token_in,amount_in\neth/usd,eth,10\neth/usd,usd,500\n";
/// let mut reader = SwapReader::new(swaps.as_bytes())?;
/// let mut batch = SwapBatch::new();
/// assert_eq!(reader.read(&market, &mut batch, 1000)?, 2);
/// assert_eq!(batch.orders.get(0).unwrap().exact, Exact::In);
/// assert_eq!(batch.lines, [2, 3]);
/// assert_eq!(reader.read(&market, &mut batch, 1000)?, 0);
/// # Ok::<(), cenote_formats::FormatError>(())
/// ```
#[derive(Debug)]
pub struct SwapReader<R> {
    rows: Rows<R>,
    columns: Columns,
    traders: Traders,
    pairs: Pairs,
    seq: Option<u64>,
    hops: Vec<Hop>,
}

/// Where the columns are.
#[derive(Debug)]
struct Columns {
    /// `pool`, `pools` and `path`, in this order.
    venues: [Option<Place>; 3],
    token_in: Option<Place>,
    amount_in: Option<Place>,
    amount_out: Option<Place>,
    amount_out_min: Option<Place>,
    amount_in_max: Option<Place>,
    trader: Option<Place>,
    timestamp: Option<Place>,
    seq: Option<Place>,
}

/// Where a row swaps.
#[derive(Debug, Clone, Copy)]
enum Venue {
    Pool(Place),
    Pools(Place),
    Path(Place),
}

/// The amounts of a row.
#[derive(Debug, Clone, Copy)]
struct Terms {
    exact: Exact,
    amount: Amount,
    limit: Amount,
}

/// The names of traders and their numbers, in the order of first appearance.
#[derive(Debug, Default)]
struct Traders {
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

/// The pools that join two tokens, of which the one with the lower place is named first.
#[derive(Debug, Default)]
struct Pairs {
    joined: HashMap<(TokenId, TokenId), Joined>,
    /// How many pools the market had.
    pools: usize,
}

/// What joins two tokens.
#[derive(Debug, Clone, Copy)]
enum Joined {
    One(PoolId),
    Several,
}

impl<R: Read> SwapReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`FormatError`]: the first line is no header of swaps.
    pub fn new(input: R) -> Result<Self, FormatError> {
        let rows = Rows::new(input)?;
        let columns = Columns::find(&rows)?;
        let (traders, pairs) = (Traders::default(), Pairs::default());
        let hops = Vec::with_capacity(MAX_HOPS);
        Ok(Self { rows, columns, traders, pairs, seq: None, hops })
    }

    /// Adds at most `max` rows to a batch; returns how many, 0 behind the last.
    ///
    /// Of the market only names and the pools' tokens are read, so its numbers may change
    /// between calls; its pools must be the same ones in all calls.
    ///
    /// # Errors
    ///
    /// [`FormatError`]: the first row that is not of this form, or names what the market does
    /// not have. The rows before it are in the batch.
    pub fn read(
        &mut self,
        market: &Market,
        batch: &mut SwapBatch,
        max: usize,
    ) -> Result<usize, FormatError> {
        let Self { rows, columns, traders, pairs, seq, hops } = self;
        let mut count = 0_usize;
        while count < max {
            let Some(row) = rows.next()? else { break };
            match columns.venue(&row)? {
                Venue::Pool(place) => columns.single_hop(&row, place, market, hops)?,
                Venue::Pools(place) => columns.hops_of_pools(&row, place, market, hops)?,
                Venue::Path(place) => {
                    pairs.refresh(market);
                    columns.hops_of_path(&row, place, (market, pairs), hops)?;
                }
            }
            let terms = columns.terms(&row)?;
            let timestamp = columns.timestamp.map(|place| row.number(place)).transpose()?;
            let next_seq = columns.rising_seq(&row, *seq)?;
            let trader = columns.trader.map(|place| traders.number(&row, place)).transpose()?;
            let Terms { exact, amount, limit } = terms;
            let order = Order { exact, amount, limit, hops };
            batch.orders.push(order).map_err(|error| columns.path_error(&row, error))?;
            // Nothing fails from here on.
            batch.lines.push(row.line);
            batch.traders.extend(trader);
            batch.timestamps.extend(timestamp);
            *seq = next_seq;
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// Whether rows say who trades.
    pub fn has_traders(&self) -> bool {
        self.columns.trader.is_some()
    }

    /// Whether rows say when.
    pub fn has_timestamps(&self) -> bool {
        self.columns.timestamp.is_some()
    }

    /// How many traders were read; their numbers are `0..trader_count()`.
    pub fn trader_count(&self) -> usize {
        self.traders.names.len()
    }

    /// The name of a trader; empty for a number that was not given.
    pub fn trader_name(&self, trader: u32) -> &str {
        let name = usize::try_from(trader).ok().and_then(|place| self.traders.names.get(place));
        name.map(AsRef::as_ref).unwrap_or_default()
    }
}

impl Columns {
    fn find<R: Read>(rows: &Rows<R>) -> Result<Self, FormatError> {
        let missing = |names| rows.header_error(None, Reason::MissingColumn { names });
        let venues = ["pool", "pools", "path"].map(|name| rows.column(name));
        let token_in = rows.column("token_in");
        let [pool, pools, path] = venues;
        if pool.or(pools).or(path).is_none() {
            return Err(missing("pool, pools or path"));
        }
        if pool.or(pools).is_some() && token_in.is_none() {
            return Err(missing("token_in"));
        }
        let (amount_in, amount_out) = (rows.column("amount_in"), rows.column("amount_out"));
        if amount_in.or(amount_out).is_none() {
            return Err(missing("amount_in or amount_out"));
        }
        Ok(Self {
            venues,
            token_in,
            amount_in,
            amount_out,
            amount_out_min: rows.column("amount_out_min"),
            amount_in_max: rows.column("amount_in_max"),
            trader: rows.column("trader"),
            timestamp: rows.column("timestamp"),
            seq: rows.column("seq"),
        })
    }

    /// Which of its columns says where a row swaps.
    #[inline]
    fn venue(&self, row: &Row<'_>) -> Result<Venue, FormatError> {
        let [pool, pools, path] = self.venues;
        match (row.given(pool), row.given(pools), row.given(path)) {
            (Some(place), None, None) => Ok(Venue::Pool(place)),
            (None, Some(place), None) => Ok(Venue::Pools(place)),
            (None, None, Some(place)) => Ok(Venue::Path(place)),
            (None, None, None) => {
                let place = pool.or(pools).or(path).unwrap_or_default();
                Err(row.error(place, Reason::NoneGiven { names: "pool, pools or path" }))
            }
            (Some(_), Some(place), _) | (Some(_), None, Some(place)) => {
                Err(row.error(place, Reason::GivenTwice { other: "pool" }))
            }
            (None, Some(_), Some(place)) => {
                Err(row.error(place, Reason::GivenTwice { other: "pools" }))
            }
        }
    }

    /// The one hop of a row with `pool`.
    #[inline]
    fn single_hop(
        &self,
        row: &Row<'_>,
        place: Place,
        market: &Market,
        hops: &mut Vec<Hop>,
    ) -> Result<(), FormatError> {
        hops.clear();
        let pool = pool_named(market, row.field(place)).map_err(|error| row.error(place, error))?;
        let direction = self.direction(row, market, pool)?;
        hops.push(Hop { pool, direction });
        Ok(())
    }

    /// The way through the first pool of a row, from its `token_in`.
    #[inline]
    fn direction(
        &self,
        row: &Row<'_>,
        market: &Market,
        pool: PoolId,
    ) -> Result<Direction, FormatError> {
        // The header has the column where it has `pool` or `pools`.
        let place = self.token_in.unwrap_or_default();
        let name = row.field(place);
        // Two comparisons are cheaper than a look-up among all tokens.
        let state = market.pool(pool).ok();
        let takes = |direction| {
            state.is_some_and(|state| {
                market.token_name(state.tokens(direction).0).as_bytes() == name
            })
        };
        if takes(Direction::ZeroForOne) {
            return Ok(Direction::ZeroForOne);
        }
        if takes(Direction::OneForZero) {
            return Ok(Direction::OneForZero);
        }
        let error = token_named(market, name).map_or_else(
            |error| error,
            |token| Reason::TokenNotInPool { name: market.token_name(token).into() },
        );
        Err(row.error(place, error))
    }

    /// The hops of a row with `pools`.
    fn hops_of_pools(
        &self,
        row: &Row<'_>,
        place: Place,
        market: &Market,
        hops: &mut Vec<Hop>,
    ) -> Result<(), FormatError> {
        let field = row.field(place);
        hops.clear();
        check_length(memchr_iter(b'>', field).count().saturating_add(1))
            .map_err(|error| row.error(place, error))?;
        let mut given = None;
        for (at, name) in field.split(|byte| *byte == b'>').enumerate() {
            let pool = pool_named(market, name).map_err(|error| row.error(place, error))?;
            let direction = match given {
                None => self.direction(row, market, pool)?,
                Some(token) => market
                    .pool(pool)
                    .ok()
                    .and_then(|state| state.direction(token).ok())
                    .ok_or_else(|| row.error(place, PathError::Disconnected { at }))?,
            };
            given = market.pool(pool).ok().map(|state| state.tokens(direction).1);
            hops.push(Hop { pool, direction });
        }
        Ok(())
    }

    /// The hops of a row with `path`.
    fn hops_of_path(
        &self,
        row: &Row<'_>,
        place: Place,
        (market, pairs): (&Market, &Pairs),
        hops: &mut Vec<Hop>,
    ) -> Result<(), FormatError> {
        let field = row.field(place);
        hops.clear();
        check_length(memchr_iter(b'>', field).count()).map_err(|error| row.error(place, error))?;
        let mut names = field.split(|byte| *byte == b'>');
        let first = names.next().unwrap_or_default();
        if let Some(place) = row.given(self.token_in).filter(|place| row.field(*place) != first) {
            let reason = match token_named(market, row.field(place)) {
                Ok(_) => Reason::WrongStart,
                Err(reason) => reason,
            };
            return Err(row.error(place, reason));
        }
        let named = |name| token_named(market, name).map_err(|error| row.error(place, error));
        let mut token_in = named(first)?;
        for (at, name) in names.enumerate() {
            let token_out = named(name)?;
            let hop = pairs.hop(market, token_in, token_out);
            hops.push(hop.map_err(|several| {
                row.error(
                    place,
                    match several {
                        Some(Joined::Several) => Reason::SeveralPools { at },
                        _ => Reason::NoPool { at },
                    },
                )
            })?);
            token_in = token_out;
        }
        Ok(())
    }

    /// The amounts of a row.
    #[inline]
    fn terms(&self, row: &Row<'_>) -> Result<Terms, FormatError> {
        let (exact, place) = row.fixed(self.amount_in, self.amount_out)?;
        let amount = row.amount(place)?;
        let (ours, others, none) = match exact {
            Exact::In => (self.amount_out_min, self.amount_in_max, Amount::ZERO),
            Exact::Out => (self.amount_in_max, self.amount_out_min, Amount::MAX),
        };
        if let Some(place) = row.given(others) {
            return Err(row.error(place, Reason::LimitOnFixed));
        }
        let limit = row.given(ours).map_or(Ok(none), |place| row.amount(place))?;
        Ok(Terms { exact, amount, limit })
    }

    /// The row's `seq`, which must be above that of the row before it.
    fn rising_seq(&self, row: &Row<'_>, before: Option<u64>) -> Result<Option<u64>, FormatError> {
        let Some(place) = self.seq else { return Ok(None) };
        let seq = row.number(place)?;
        match before {
            Some(before) if seq <= before => {
                Err(row.error(place, Reason::NotRising { seq, before }))
            }
            _ => Ok(Some(seq)),
        }
    }

    /// What a list of orders can refuse once the hops were counted: that it is full.
    #[cold]
    fn path_error(&self, row: &Row<'_>, error: SwapError) -> FormatError {
        let [pool, pools, path] = self.venues;
        let place = pool.or(pools).or(path).unwrap_or_default();
        match error {
            SwapError::Path(error) => row.error(place, error),
            _ => row.error(place, Reason::Full),
        }
    }
}

/// Checks how many hops a path has, before they are looked at.
fn check_length(hops: usize) -> Result<(), PathError> {
    match hops {
        0 => Err(PathError::Empty),
        hops if MAX_HOPS < hops => Err(PathError::TooLong { hops }),
        _ => Ok(()),
    }
}

/// The pool of this name. Only a name that is not found is checked: the others were.
#[inline]
fn pool_named(market: &Market, name: &[u8]) -> Result<PoolId, Reason> {
    if let Some(pool) = core::str::from_utf8(name).ok().and_then(|name| market.pool_id(name).ok()) {
        return Ok(pool);
    }
    let name = check_name(name)?;
    Err(Reason::UnknownPool { name: name.into() })
}

impl Traders {
    /// The number of a row's trader.
    #[inline]
    fn number(&mut self, row: &Row<'_>, place: Place) -> Result<u32, FormatError> {
        let known = core::str::from_utf8(row.field(place)).ok();
        if let Some(number) = known.and_then(|name| self.numbers.get(name)) {
            return Ok(*number);
        }
        let name = row.name(place)?;
        let number = u32::try_from(self.names.len()).map_err(|_| row.error(place, Reason::Full))?;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        Ok(number)
    }
}

impl Pairs {
    /// Takes in the pools of the market that were not there when it was last seen.
    fn refresh(&mut self, market: &Market) {
        for (id, pool) in market.pools_with_id().skip(self.pools) {
            self.joined
                .entry(pair(pool.token0(), pool.token1()))
                .and_modify(|joined| *joined = Joined::Several)
                .or_insert(Joined::One(id));
        }
        self.pools = market.pools().len();
    }

    /// The one hop from a token to another, or what there is instead.
    fn hop(
        &self,
        market: &Market,
        token_in: TokenId,
        token_out: TokenId,
    ) -> Result<Hop, Option<Joined>> {
        let joined = self.joined.get(&pair(token_in, token_out)).copied();
        let Some(Joined::One(pool)) = joined else { return Err(joined) };
        let state = market.pool(pool).map_err(|_| None)?;
        let direction = state.direction(token_in).map_err(|_| None)?;
        Ok(Hop { pool, direction })
    }
}

fn pair(a: TokenId, b: TokenId) -> (TokenId, TokenId) {
    (a.min(b), a.max(b))
}

/// Writes swaps.csv: `pools`, `token_in`, the fixed amount, its limit, and `trader`.
///
/// [`SwapReader`] reads back the same orders. Rows are kept in a buffer until
/// [`finish`](Self::finish); a writer that is dropped before it loses the last ones.
#[derive(Debug)]
pub struct SwapWriter<W> {
    lines: Lines<W>,
}

impl<W: Write> SwapWriter<W> {
    /// Begins with the header.
    pub fn new(output: W) -> Self {
        let header = "pools,token_in,amount_in,amount_out,amount_out_min,amount_in_max,trader";
        Self { lines: Lines::new(output, header) }
    }

    /// Writes one row. A limit that does not limit is left blank.
    ///
    /// # Errors
    ///
    /// [`WriteError`]: `Trader`, `NoHops`, `UnknownPool`, after which the row is not written;
    /// `Io`.
    pub fn write(
        &mut self,
        market: &Market,
        order: Order<'_>,
        trader: &str,
    ) -> Result<(), WriteError> {
        check_name(trader.as_bytes()).map_err(WriteError::Trader)?;
        let (token_in, _) = path_ends(market, order.hops)?;
        let Order { exact, amount, limit, .. } = order;
        let amount = Some(amount);
        let limit_in = Some(limit).filter(|limit| *limit != Amount::MAX);
        let limit_out = Some(limit).filter(|limit| !limit.is_zero());
        let amounts = match exact {
            Exact::In => [amount, None, limit_out, None],
            Exact::Out => [None, amount, None, limit_in],
        };
        let line = self.lines.begin();
        put_pools(line, market, order.hops)?;
        line.push(b',');
        line.extend_from_slice(token_in.as_bytes());
        for amount in amounts {
            line.push(b',');
            put_amount(line, amount);
        }
        line.push(b',');
        line.extend_from_slice(trader.as_bytes());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Numbers, refused_at};
    use crate::{PoolsOptions, read_pools};

    /// Two pools join `a` and `b`, one joins `b` and `c`, one `c` and `a`; `lonely` is in none
    /// of the others.
    fn market() -> Market {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    ab,a,b,1000,1000,3000\nab2,b,a,1000,1000,3000\n\
                    bc,b,c,1000,1000,3000\nca,c,a,0,0,3000\nfar,lonely,hermit,1,1,0\n";
        read_pools(text.as_bytes(), &PoolsOptions::default()).unwrap()
    }

    fn read(text: &[u8]) -> Result<SwapBatch, FormatError> {
        let mut batch = SwapBatch::new();
        let mut reader = SwapReader::new(text)?;
        while 0 < reader.read(&market(), &mut batch, 2)? {}
        Ok(batch)
    }

    #[track_caller]
    fn refused(text: &str, place: (u64, usize, &str)) {
        refused_at(read(text.as_bytes()), place, text);
    }

    fn hop(name: &str, direction: Direction) -> Hop {
        Hop { pool: market().pool_id(name).unwrap(), direction }
    }

    #[test]
    fn every_column_is_read() {
        use Direction::{OneForZero, ZeroForOne};
        let text = "seq,trader,pool,pools,path,token_in,amount_in,amount_out,amount_out_min,\
                    amount_in_max,timestamp,note\r\n\
                    1,eve,ab,,,a,10,,,,100,x\r\n\
                    2,bob,ab2,,,a,,11,,12,100,\r\n\
                    5,eve,,ab>bc>ca,,a,0,,13,,99,\r\n\
                    6,\"dan\",,,b>c>a,,14,,0,,18446744073709551615,\r\n\
                    7,bob,,,b>c,b,,15,,,0,\r\n";
        let mut reader = SwapReader::new(text.as_bytes()).unwrap();
        assert!(reader.has_traders() && reader.has_timestamps());
        let mut batch = SwapBatch::new();
        assert_eq!(reader.read(&market(), &mut batch, 3).unwrap(), 3);
        assert_eq!(reader.read(&market(), &mut batch, 3).unwrap(), 2);
        assert_eq!(reader.read(&market(), &mut batch, 3).unwrap(), 0);
        assert_eq!((batch.len(), batch.is_empty()), (5, false));
        assert_eq!(batch.lines, [2, 3, 4, 5, 6]);
        assert_eq!(batch.traders, [0, 1, 0, 2, 1]);
        assert_eq!(batch.timestamps, [100, 100, 99, u64::MAX, 0]);
        assert_eq!(reader.trader_count(), 3);
        assert_eq!(
            [0, 1, 2, 3].map(|trader| reader.trader_name(trader)),
            ["eve", "bob", "dan", ""]
        );

        let amount = Amount::from_u64;
        let around = [hop("ab", ZeroForOne), hop("bc", ZeroForOne), hop("ca", ZeroForOne)];
        let expected = [
            (Exact::In, 10, Amount::ZERO, &around[..1]),
            (Exact::Out, 11, amount(12), &[hop("ab2", OneForZero)][..]),
            (Exact::In, 0, amount(13), &around[..]),
            (Exact::In, 14, Amount::ZERO, &around[1..]),
            (Exact::Out, 15, Amount::MAX, &around[1..2]),
        ];
        for (order, (exact, units, limit, hops)) in batch.orders.iter().zip(expected) {
            assert_eq!(order, Order { exact, amount: amount(units), limit, hops });
        }
        batch.clear();
        assert_eq!(batch, SwapBatch::new());
    }

    #[test]
    fn headers_are_refused() {
        let cases = [
            ("", 0, "no header"),
            ("token_in,amount_in", 0, "no column pool, pools or path"),
            ("pool,amount_in", 0, "no column token_in"),
            ("pools,amount_in,path", 0, "no column token_in"),
            ("pool,token_in", 0, "no column amount_in or amount_out"),
            ("pool,token_in,amount_in,token_in", 4, "column token_in is repeated"),
            ("\u{feff}pool,token_in,amount_in", 1, "byte order mark"),
        ];
        for (text, column, part) in cases {
            refused(text, (1, column, part));
            refused(&format!("{text}\n"), (1, column, if text.is_empty() { "" } else { part }));
        }
        assert!(read(b"path,amount_out").unwrap().is_empty());
        assert!(read(b"pool,token_in,amount_in\r\n").unwrap().is_empty());
    }

    #[test]
    fn numbers_have_one_spelling() {
        let spellings = [
            "-5",
            "\u{2212}5",
            "+5",
            "05",
            " 5",
            "5 ",
            "1e3",
            "0x10",
            "1_000",
            "\"1,000\"",
            "\u{663}",
            "5.",
            ".5",
            "5.0000001",
            "NaN",
            "inf",
            "5\0",
            "\u{feff}5",
            "5192296858534827628530496329220096",
            "1111111111111111111111111111111111111111",
        ];
        for spelling in spellings {
            let header = "pool,token_in,amount_in,amount_out,amount_out_min,amount_in_max,\
                          timestamp,seq\nab,a,5,,,,0,0\n";
            let rows = [
                (3, "ab,a,#,,,,0,1"),
                (4, "ab,a,,#,,,0,1"),
                (5, "ab,a,5,,#,,0,1"),
                (6, "ab,a,,5,,#,0,1"),
                (7, "ab,a,5,,,,#,1"),
                (8, "ab,a,5,,,,0,#"),
            ];
            for (column, row) in rows {
                let text = format!("{header}{}\n", row.replace('#', spelling));
                refused(&text, (3, column, ""));
            }
        }
        refused("pool,token_in,amount_in\nab,a,\n", (2, 3, "empty, expected a number"));
        refused("pool,token_in,amount_in\nab,a,1,000\n", (2, 4, "4 fields"));
        refused("pool,token_in,amount_in,seq\nab,a,1,\n", (2, 4, "empty"));
        refused("pool,token_in,amount_in,seq\nab,a,1,18446744073709551616\n", (2, 4, "large"));
    }

    #[test]
    fn rows_are_refused() {
        let header = "pool,pools,path,token_in,amount_in,amount_out,amount_out_min,\
                      amount_in_max,trader,seq\nab,,,a,1,,,,t,5\n";
        let pools = |count: usize| vec!["ab"; count].join(">");
        let (long_pools, long_path) = (pools(17), vec!["a"; 18].join(">"));
        let long_name = "n".repeat(129);
        let cases = [
            ("xy,,,a,1,,,,t,6", 1, "unknown pool xy"),
            ("AB,,,a,1,,,,t,6", 1, "unknown pool AB"),
            ("a b,,,a,1,,,,t,6", 1, "not allowed at position 2"),
            (&format!("{long_name},,,a,1,,,,t,6"), 1, "129 bytes"),
            ("\u{1b}[2J,,,a,1,,,,t,6", 1, "not allowed at position 1"),
            (",,,a,1,,,,t,6", 1, "blank, one of pool, pools or path"),
            ("ab,ab,,a,1,,,,t,6", 2, "given together with pool"),
            ("ab,,a>b,a,1,,,,t,6", 3, "given together with pool"),
            (",ab,a>b,a,1,,,,t,6", 3, "given together with pools"),
            ("ab,,,xy,1,,,,t,6", 4, "unknown token xy"),
            ("ab,,,,1,,,,t,6", 4, "empty identifier"),
            ("ab,,,c,1,,,,t,6", 4, "token c is not in this pool"),
            (",ab>bc,,c,1,,,,t,6", 4, "token c is not in this pool"),
            (",ab>far,,a,1,,,,t,6", 2, "hop 1 does not take"),
            (",ab>bc>bc>ab>bc,,a,1,,,,t,6", 2, "hop 4 does not take"),
            (",ab>,,a,1,,,,t,6", 2, "empty identifier"),
            (",>ab,,a,1,,,,t,6", 2, "empty identifier"),
            (",ab>xy,,a,1,,,,t,6", 2, "unknown pool xy"),
            (&format!(",{long_pools},,a,1,,,,t,6"), 2, "17 hops, the limit is 16"),
            (",,a,,1,,,,t,6", 3, "at least one pool"),
            (",,a>xy,,1,,,,t,6", 3, "unknown token xy"),
            (",,b>c>,,1,,,,t,6", 3, "empty identifier"),
            (",,b>c>lonely,,1,,,,t,6", 3, "hop 1 has no pool"),
            (",,b>b,,1,,,,t,6", 3, "hop 0 has no pool"),
            (",,c>a>b,,1,,,,t,6", 3, "hop 1 has several pools"),
            (",,b>c,c,1,,,,t,6", 4, "the path begins with another token"),
            (",,b>c,xy,1,,,,t,6", 4, "unknown token xy"),
            (&format!(",,{long_path},,1,,,,t,6"), 3, "17 hops, the limit is 16"),
            ("ab,,,a,,,,,t,6", 5, "blank, one of amount_in or amount_out"),
            ("ab,,,a,1,1,,,t,6", 6, "given together with amount_in"),
            ("ab,,,a,1,,,1,t,6", 8, "a limit on the amount that is fixed"),
            ("ab,,,a,,1,1,,t,6", 7, "a limit on the amount that is fixed"),
            ("ab,,,a,1,,,,,6", 9, "empty identifier"),
            ("ab,,,a,1,,,,t t,6", 9, "not allowed at position 2"),
            ("ab,,,a,1,,,,t,5", 10, "5 does not rise above 5"),
            ("ab,,,a,1,,,,t,4", 10, "4 does not rise above 5"),
            ("ab,,,a,1,,,,t", 10, "9 fields, the header has 10"),
            ("", 1, "empty line"),
            ("\"ab,,,a,1,,,,t,6", 1, "not closed"),
        ];
        for (row, column, part) in cases {
            refused(&format!("{header}{row}\n"), (3, column, part));
        }
        let longest = format!("pools,token_in,amount_in\n{},a,1\n", pools(16));
        assert_eq!(read(longest.as_bytes()).unwrap().orders.get(0).unwrap().hops.len(), 16);
    }

    #[test]
    fn what_stands_before_a_bad_row_was_read() {
        let text = "pool,token_in,amount_in,trader\nab,a,1,t\nab,b,2,u\nab,c,3,v\nab,a,4,w\n";
        let mut reader = SwapReader::new(text.as_bytes()).unwrap();
        let mut batch = SwapBatch::new();
        assert_eq!(reader.read(&market(), &mut batch, 10).unwrap_err().line, 4);
        assert_eq!((batch.len(), batch.orders.len(), batch.traders.len()), (2, 2, 2));
        assert_eq!(reader.read(&market(), &mut batch, 0).unwrap(), 0);
    }

    #[test]
    fn a_cut_file_is_refused_or_shorter_at_its_end() {
        let text = "pools,token_in,trader,amount_in\r\nab>bc,a,t,100\r\nbc,\"c\",u,200\r\n";
        let whole = read(text.as_bytes()).unwrap();
        for length in 0..=text.len() {
            let Ok(batch) = read(&text.as_bytes()[..length]) else { continue };
            let cut = &text[..length];
            assert_eq!(batch.len(), cut.lines().count() - 1, "{cut:?}");
            for (at, order) in batch.orders.iter().enumerate() {
                let expected = whole.orders.get(at).unwrap();
                assert_eq!((order.hops, order.exact), (expected.hops, expected.exact), "{cut:?}");
                // Only the last field of the last line may have lost digits at its end.
                let (units, expected) = (order.amount.to_string(), expected.amount.to_string());
                assert!(expected.starts_with(&units), "{cut:?}");
                let is_last = at + 1 == batch.len() && !cut.ends_with('\n');
                assert!(units == expected || is_last, "{cut:?}");
            }
        }
    }

    /// A walk of 1 to 16 hops over the market.
    fn walk(numbers: &mut Numbers, market: &Market) -> Vec<Hop> {
        let start = TokenId::from(u32::try_from(numbers.next(5)).unwrap());
        let (mut token, mut hops) = (start, Vec::new());
        for _ in 0..=numbers.next(16) {
            let joined: Vec<_> = market
                .pools_with_id()
                .filter_map(|(pool, state)| {
                    Some(Hop { pool, direction: state.direction(token).ok()? })
                })
                .collect();
            let hop = numbers.pick(&joined);
            token = market.pool(hop.pool).unwrap().tokens(hop.direction).1;
            hops.push(hop);
        }
        hops
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let market = market();
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        let mut writer = SwapWriter::new(Vec::new());
        let (mut orders, mut traders) = (Orders::new(), Vec::new());
        for _ in 0..20_000 {
            let hops = walk(&mut numbers, &market);
            let (exact, none) = match numbers.next(2) {
                0 => (Exact::In, Amount::ZERO),
                _ => (Exact::Out, Amount::MAX),
            };
            let limit = if numbers.next(3) == 0 { none } else { numbers.amount() };
            let order = Order { exact, amount: numbers.amount(), limit, hops: &hops };
            let trader = format!("=t{}", numbers.next(50));
            writer.write(&market, order, &trader).unwrap();
            orders.push(order).unwrap();
            traders.push(trader);
        }
        let text = writer.finish().unwrap();
        let mut reader = SwapReader::new(&*text).unwrap();
        let mut batch = SwapBatch::new();
        while 0 < reader.read(&market, &mut batch, 777).unwrap() {}
        assert_eq!(batch.orders, orders);
        assert!(batch.lines.iter().copied().eq(2..20_002));
        let names = batch.traders.iter().map(|trader| reader.trader_name(*trader));
        assert!(names.eq(traders.iter().map(String::as_str)));
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic() {
        let pieces =
            ["ab", "bc", ">", ",", "a", "b", "c", "0", "7", "\"", "\r\n", "\n", "\0", "\u{663}"];
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut text = String::from("pools,path,token_in,amount_in\nab,,a,7\n");
            for _ in 0..12 {
                text.push_str(numbers.pick(&pieces));
            }
            accepted += read(text.as_bytes()).map_or(0, |batch| batch.len());
        }
        assert!(accepted < 1000);
    }

    #[test]
    fn what_would_not_read_back_is_not_written() {
        let market = market();
        let mut writer = SwapWriter::new(Vec::new());
        let hops = [hop("ab", Direction::ZeroForOne)];
        let order =
            Order { exact: Exact::In, amount: Amount::ZERO, limit: Amount::ZERO, hops: &hops };
        assert!(matches!(writer.write(&market, order, "a,b"), Err(WriteError::Trader(_))));
        let nowhere = Order { hops: &[], ..order };
        assert!(matches!(writer.write(&market, nowhere, "t"), Err(WriteError::NoHops)));
        let unknown = [hops[0], Hop { pool: 99.into(), ..hops[0] }, hops[0]];
        let unknown = Order { hops: &unknown, ..order };
        assert!(matches!(writer.write(&market, unknown, "t"), Err(WriteError::UnknownPool { .. })));
        writer.write(&market, order, "t").unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(text.lines().nth(1), Some("ab,a,0,,,,t"));
        assert_eq!(text.lines().count(), 2);
    }
}
