//! pools.csv: the states of many pools.

use std::io::{Read, Write};

use cenote_pool::{
    Direction, Fee, Label, Market, MarketError, Pool, PoolError, PoolId, Reserves, Shares, TokenId,
};

use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};
use crate::write::{Lines, WriteError, put_amount, put_number, put_text};

/// The names that the column of a pool's identifier may have.
const POOL_NAMES: [&str; 3] = ["pool", "address", "pair"];

/// 2^224 - 1, the bound of `k_last`: a product of two reserves.
const K_LAST_MAX: &str = "26959946667150639794667015087019630673637144422540572481103610249215";

/// 2^256 - 1, the bound of a price accumulator.
const ACCUMULATOR_MAX: &str =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

/// What [`write_pools`] writes.
const HEADER: &str = "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,\
                      decimals0,decimals1,symbol0,symbol1";

/// What the reader of a file decides that the file leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolsOptions {
    /// The fee of pools whose row has none; without it they are refused.
    pub default_fee: Option<Fee>,
    /// The block whose states are read, where a file has several; without it a pool may have
    /// one state only.
    pub block: Option<u64>,
}

/// Reads a market from pools.csv.
///
/// The header has exactly one of `pool`, `address` and `pair`, then `token0`, `token1`,
/// `reserve0`, `reserve1`, and `fee_bps` or `fee_pips` unless there is a default fee. Optional
/// are `total_supply`, `k_last`, `ts_last`, `price0_cum`, `price1_cum`, `decimals0`, `decimals1`,
/// `symbol0`, `symbol1` and `block`, where blank means unknown; of these `k_last`, `ts_last` and
/// the accumulators are checked and not kept. Other columns are ignored. The order of the columns
/// is free.
///
/// Tokens and pools get places in the order of their first row; a token's label is the first one
/// known. With [`PoolsOptions::block`] rows of other blocks are checked and left out.
///
/// # Errors
///
/// [`FormatError`]: the first line that is not of this form, or lists a pool twice.
///
/// ```
/// use cenote_formats::{PoolsOptions, read_pools};
///
/// let text = "pool,token0,token1,reserve0,reserve1,fee_bps\n\
///             eth/usd,eth,usd,1000,4000000,30\n";
/// let market = read_pools(text.as_bytes(), &PoolsOptions::default())?;
/// assert_eq!(market.pools().len(), 1);
///
/// let faulty = text.replace("1000", "01000");
/// let error = read_pools(faulty.as_bytes(), &PoolsOptions::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 4 (reserve0): not a decimal number: leading zero"
/// );
/// # Ok::<(), cenote_formats::FormatError>(())
/// ```
pub fn read_pools<R: Read>(input: R, options: &PoolsOptions) -> Result<Market, FormatError> {
    let mut rows = Rows::new(input)?;
    let columns = Columns::find(&rows, options)?;
    let mut market = Market::new();
    let mut left_out = None;
    while let Some(row) = rows.next()? {
        let state = columns.state(&row, options)?;
        if options.block.is_some() && options.block != state.block {
            left_out = columns.block;
            continue;
        }
        add(&mut market, &columns, &row, (&state, options))?;
    }
    match (options.block, left_out) {
        (Some(block), Some(place)) if market.pools().is_empty() => {
            Err(rows.last_error(place, Reason::NoSuchBlock { block }))
        }
        _ => Ok(market),
    }
}

/// Where the columns are.
#[derive(Debug)]
struct Columns {
    pool: Place,
    tokens: [Place; 2],
    reserves: [Place; 2],
    fee: Option<FeeColumn>,
    total_supply: Option<Place>,
    k_last: Option<Place>,
    ts_last: Option<Place>,
    accumulators: [Option<Place>; 2],
    decimals: [Option<Place>; 2],
    symbols: [Option<Place>; 2],
    block: Option<Place>,
}

/// A column of fees and its unit.
#[derive(Debug, Clone, Copy)]
enum FeeColumn {
    Bps(Place),
    Pips(Place),
}

/// What a row says.
#[derive(Debug)]
struct State<'a> {
    name: &'a str,
    tokens: [&'a str; 2],
    reserves: Reserves,
    fee: Fee,
    total_shares: Option<Shares>,
    labels: [LabelText<'a>; 2],
    block: Option<u64>,
}

/// How a row shows a token.
#[derive(Debug, Clone, Copy)]
struct LabelText<'a> {
    symbol: Option<&'a str>,
    decimals: Option<u8>,
}

impl Columns {
    fn find<R: Read>(rows: &Rows<R>, options: &PoolsOptions) -> Result<Self, FormatError> {
        let block = rows.column("block");
        if options.block.is_some() && block.is_none() {
            return Err(rows.header_error(None, Reason::MissingColumn { names: "block" }));
        }
        Ok(Self {
            pool: pool_column(rows)?,
            tokens: [rows.required("token0")?, rows.required("token1")?],
            reserves: [rows.required("reserve0")?, rows.required("reserve1")?],
            fee: fee_column(rows, options)?,
            total_supply: rows.column("total_supply"),
            k_last: rows.column("k_last"),
            ts_last: rows.column("ts_last"),
            accumulators: [rows.column("price0_cum"), rows.column("price1_cum")],
            decimals: [rows.column("decimals0"), rows.column("decimals1")],
            symbols: [rows.column("symbol0"), rows.column("symbol1")],
            block,
        })
    }

    /// Reads a row, whether or not it is kept.
    fn state<'a>(&self, row: &Row<'a>, options: &PoolsOptions) -> Result<State<'a>, FormatError> {
        let name = row.name(self.pool)?;
        let [token0, token1] = self.tokens;
        let tokens = [row.name(token0)?, row.name(token1)?];
        let reserves = self.reserves(row)?;
        let fee = self.fee(row, options)?;
        let total_supply = row.given(self.total_supply);
        let total_shares = total_supply.map(|place| row.amount(place)).transpose()?;
        self.check_unkept(row)?;
        let [label0, label1] = [self.label(row, 0)?, self.label(row, 1)?];
        let block = row.given(self.block).map(|place| row.number(place)).transpose()?;
        let state = State {
            name,
            tokens,
            reserves,
            fee,
            total_shares: total_shares.and_then(|count| Shares::new(count.get()).ok()),
            labels: [label0, label1],
            block,
        };
        // The numbers are judged even where the row is left out; the places do not matter.
        self.pool(row, &state, [TokenId::FIRST, TokenId::SECOND])?;
        Ok(state)
    }

    fn reserves(&self, row: &Row<'_>) -> Result<Reserves, FormatError> {
        let [place0, place1] = self.reserves;
        let (reserve0, reserve1) = (row.amount(place0)?, row.amount(place1)?);
        match (reserve0.is_zero(), reserve1.is_zero()) {
            (true, false) => Err(row.error(place0, PoolError::OneReserveZero)),
            (false, true) => Err(row.error(place1, PoolError::OneReserveZero)),
            _ => Ok(Reserves { reserve0, reserve1 }),
        }
    }

    fn fee(&self, row: &Row<'_>, options: &PoolsOptions) -> Result<Fee, FormatError> {
        let default =
            |place| options.default_fee.ok_or_else(|| row.error(place, Reason::MissingFee));
        let max = u128::from(u32::MAX);
        match self.fee {
            None => default(self.pool),
            Some(FeeColumn::Bps(place) | FeeColumn::Pips(place)) if row.field(place).is_empty() => {
                default(place)
            }
            Some(FeeColumn::Bps(place)) => {
                Fee::from_bps(row.narrow(place, max)?).map_err(|error| row.error(place, error))
            }
            Some(FeeColumn::Pips(place)) => {
                Fee::from_pips(row.narrow(place, max)?).map_err(|error| row.error(place, error))
            }
        }
    }

    /// Checks the numbers that a market does not keep.
    fn check_unkept(&self, row: &Row<'_>) -> Result<(), FormatError> {
        if let Some(place) = row.given(self.k_last) {
            row.check_wide(place, K_LAST_MAX, 224)?;
        }
        if let Some(place) = row.given(self.ts_last) {
            row.narrow::<u32>(place, u128::from(u32::MAX))?;
        }
        for accumulator in self.accumulators {
            if let Some(place) = row.given(accumulator) {
                row.check_wide(place, ACCUMULATOR_MAX, 256)?;
            }
        }
        Ok(())
    }

    /// How a row shows its first (0) or second (1) token.
    fn label<'a>(&self, row: &Row<'a>, side: usize) -> Result<LabelText<'a>, FormatError> {
        let symbol = row.given(self.symbols.get(side).copied().flatten());
        let decimals = row.given(self.decimals.get(side).copied().flatten());
        Ok(LabelText {
            symbol: symbol.map(|place| row.text(place)).transpose()?,
            decimals: decimals.map(|place| row.narrow(place, u128::from(u8::MAX))).transpose()?,
        })
    }

    /// The pool of a row, as a pool of two tokens in these places.
    fn pool(
        &self,
        row: &Row<'_>,
        state: &State<'_>,
        [token0, token1]: [TokenId; 2],
    ) -> Result<Pool, FormatError> {
        let [_, place1] = self.tokens;
        let [name0, name1] = state.tokens;
        if name0 == name1 {
            return Err(row.error(place1, PoolError::SameToken));
        }
        let refused = |place| move |error: PoolError| row.error(place, error);
        let [_, reserve1] = self.reserves;
        let pool = Pool::new(token0, token1, state.fee)
            .map_err(refused(place1))?
            .with_reserves(state.reserves)
            .map_err(refused(reserve1))?;
        match (state.total_shares, self.total_supply) {
            (Some(total), Some(place)) => pool.with_total_shares(total).map_err(refused(place)),
            _ => Ok(pool),
        }
    }
}

fn pool_column<R: Read>(rows: &Rows<R>) -> Result<Place, FormatError> {
    let mut found = None;
    for name in POOL_NAMES {
        match (rows.column(name), found) {
            (Some(place), None) => found = Some((place, name)),
            (Some(place), Some((_, other))) => {
                return Err(rows.header_error(Some(place), Reason::ExclusiveColumn { other }));
            }
            (None, _) => {}
        }
    }
    let missing = Reason::MissingColumn { names: "pool, address or pair" };
    found.map(|(place, _)| place).ok_or_else(|| rows.header_error(None, missing))
}

fn fee_column<R: Read>(
    rows: &Rows<R>,
    options: &PoolsOptions,
) -> Result<Option<FeeColumn>, FormatError> {
    match (rows.column("fee_bps"), rows.column("fee_pips")) {
        (Some(_), Some(pips)) => {
            let reason = Reason::ExclusiveColumn { other: "fee_bps" };
            Err(rows.header_error(Some(pips), reason))
        }
        (Some(bps), None) => Ok(Some(FeeColumn::Bps(bps))),
        (None, Some(pips)) => Ok(Some(FeeColumn::Pips(pips))),
        (None, None) if options.default_fee.is_some() => Ok(None),
        (None, None) => {
            let names = "fee_bps or fee_pips, and no default fee is given";
            Err(rows.header_error(None, Reason::MissingColumn { names }))
        }
    }
}

/// Adds the pool of a row, and its tokens where they are new.
fn add(
    market: &mut Market,
    columns: &Columns,
    row: &Row<'_>,
    (state, options): (&State<'_>, &PoolsOptions),
) -> Result<(), FormatError> {
    let ([name0, name1], [place0, place1]) = (state.tokens, columns.tokens);
    let token0 = token(market, name0).map_err(|error| row.error(place0, error))?;
    let token1 = token(market, name1).map_err(|error| row.error(place1, error))?;
    let pool = columns.pool(row, state, [token0, token1])?;
    market.add_pool(state.name, pool).map_err(|error| {
        let name = state.name.into();
        let reason = match error {
            MarketError::Duplicate if options.block.is_none() && state.block.is_some() => {
                Reason::SeveralStates { name }
            }
            MarketError::Duplicate => Reason::RepeatedPool { name },
            error => reason_of(error),
        };
        row.error(columns.pool, reason)
    })?;
    let [label0, label1] = state.labels;
    complete_label(market, token0, label0);
    complete_label(market, token1, label1);
    Ok(())
}

/// The token of this name, new or not.
fn token(market: &mut Market, name: &str) -> Result<TokenId, Reason> {
    match market.token(name) {
        Ok(token) => Ok(token),
        Err(_) => market.add_token(name).map_err(reason_of),
    }
}

fn reason_of(error: MarketError) -> Reason {
    match error {
        MarketError::Name(error) => Reason::Name(error),
        MarketError::Duplicate | MarketError::UnknownToken { .. } | MarketError::Full => {
            Reason::Full
        }
    }
}

/// Fills in what is not yet known of how a token is shown.
fn complete_label(market: &mut Market, token: TokenId, text: LabelText<'_>) {
    let Some(known) = market.label(token) else { return };
    let new_symbol = known.symbol.is_none() && text.symbol.is_some();
    let new_decimals = known.decimals.is_none() && text.decimals.is_some();
    if new_symbol || new_decimals {
        let symbol = known.symbol.clone().or_else(|| text.symbol.map(Into::into));
        let decimals = known.decimals.or(text.decimals);
        market.label_token(token, Label { symbol, decimals });
    }
}

/// Writes a market as pools.csv, and gives the output back.
///
/// A market that [`read_pools`] made reads back equal. In another one, tokens without a pool are
/// not written, tokens change places if pools do not name them in order, and an empty symbol
/// becomes an unknown one. Symbols and identifiers are written as they are, also where a
/// spreadsheet would take them for formulas: import such a file as text.
///
/// # Errors
///
/// [`WriteError`]: `Symbol`, `Io`.
pub fn write_pools<W: Write>(market: &Market, output: W) -> Result<W, WriteError> {
    let mut lines = Lines::new(output, HEADER);
    for (id, pool) in market.pools_with_id() {
        write_pool(&mut lines, market, id, pool)?;
    }
    Ok(lines.finish()?)
}

fn write_pool<W: Write>(
    lines: &mut Lines<W>,
    market: &Market,
    id: PoolId,
    pool: &Pool,
) -> Result<(), WriteError> {
    let line = lines.begin();
    let tokens = [pool.token0(), pool.token1()];
    line.extend_from_slice(market.pool_name(id).as_bytes());
    for token in tokens {
        line.push(b',');
        line.extend_from_slice(market.token_name(token).as_bytes());
    }
    let Reserves { reserve0, reserve1 } = pool.reserves();
    for reserve in [reserve0, reserve1] {
        line.push(b',');
        put_amount(line, Some(reserve));
    }
    line.push(b',');
    put_number(line, pool.fee(Direction::ZeroForOne).pips().into());
    line.push(b',');
    if let Some(total) = pool.total_shares() {
        put_number(line, total.get());
    }
    for token in tokens {
        line.push(b',');
        if let Some(decimals) = market.label(token).and_then(|label| label.decimals) {
            put_number(line, decimals.into());
        }
    }
    for token in tokens {
        let line = lines.rest();
        line.push(b',');
        if let Some(symbol) = market.label(token).and_then(|label| label.symbol.as_deref()) {
            put_text(line, symbol);
            if symbol.contains(['\n', '\r', '\0']) || !lines.fits() {
                return Err(WriteError::Symbol { token });
            }
        }
    }
    Ok(lines.end()?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use cenote_pool::Amount;

    const NO_OPTIONS: PoolsOptions = PoolsOptions { default_fee: None, block: None };

    fn read(text: &str) -> Result<Market, FormatError> {
        read_pools(text.as_bytes(), &NO_OPTIONS)
    }

    /// Checks that a text is refused at a line and column, counted from 1, with a message.
    fn refused(text: &str, options: &PoolsOptions, (line, column, part): (u64, usize, &str)) {
        let error = read_pools(text.as_bytes(), options).expect_err(text);
        let found = error.column.as_ref().map_or(0, |column| column.number);
        assert_eq!((error.line, found), (line, column), "{text:?}: {error}");
        assert!(error.to_string().contains(part), "{text:?}: {error}, expected {part}");
    }

    /// The files of real pools, where they are there.
    fn real_files() -> Vec<(String, Vec<u8>)> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
        let names = [
            "pools_2020/pools.csv",
            "pools_2023/pools_A_uniswap_sushi.csv",
            "pools_2023/pools_B_five_venues.csv",
            "pools_2023/pools_C_forks.csv",
            "pools_2024_block_20440688/pools.csv",
        ];
        let files: Vec<_> = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), fs::read(folder.join(name)).ok()?)))
            .collect();
        if files.is_empty() {
            eprintln!("no files of real pools, nothing is read");
        }
        files
    }

    #[test]
    fn every_column_is_read_in_any_order() {
        let text = "symbol1,reserve1,note,reserve0,token1,pair,token0,fee_pips,total_supply,\
                    k_last,ts_last,price0_cum,price1_cum,decimals0,decimals1,symbol0,block\r\n\
                    \"U,\"\"SD\",4000,x,1000,usd,p,eth,500,2000,\
                    0,4294967295,0,1,18,,,\r\n\
                    late,0,,0,eth,q,usd,0,,,,,,6,9,,7\r\n";
        let market = read(text).unwrap();
        let (eth, usd) = (market.token("eth").unwrap(), market.token("usd").unwrap());
        let pool = market.pool(market.pool_id("p").unwrap()).unwrap();
        assert_eq!((pool.token0(), pool.token1()), (eth, usd));
        let reserve = Amount::from_u64;
        assert_eq!(pool.reserves(), Reserves { reserve0: reserve(1000), reserve1: reserve(4000) });
        assert_eq!(pool.fee(Direction::ZeroForOne), Fee::from_pips(500).unwrap());
        assert_eq!(pool.total_shares(), Some(2000.into()));
        // The first known label counts, each part for itself.
        let label = |symbol: &str, decimals| Label { symbol: Some(symbol.into()), decimals };
        assert_eq!(market.label(usd), Some(&label("U,\"SD", Some(6))));
        assert_eq!(market.label(eth), Some(&label("late", Some(18))));
        let empty = market.pool(market.pool_id("q").unwrap()).unwrap();
        assert!(empty.is_empty() && empty.total_shares() == Some(Shares::ZERO));

        let names = "address,token0,token1,reserve0,reserve1,fee_bps";
        for end in ["", "\n", "\r\n"] {
            assert_eq!(read(&format!("{names}{end}")).unwrap(), Market::new());
        }
    }

    #[test]
    fn headers_are_refused() {
        let rest = "token0,token1,reserve0,reserve1,fee_bps";
        let cases = [
            (String::new(), 0, "no header"),
            ("\n".into(), 0, "no column pool, address or pair"),
            (rest.into(), 0, "no column pool, address or pair"),
            (format!("pool,{rest},pair"), 7, "column besides pool"),
            (format!("pair,{rest},address"), 1, "column besides address"),
            (format!("pool,{rest},fee_pips"), 7, "column besides fee_bps"),
            (format!("pool,{rest},note,note"), 8, "column note is repeated"),
            (format!("pool,{rest},reserve0"), 7, "column reserve0 is repeated"),
            (format!("pool,{rest},,"), 8, "is repeated"),
            (format!("Pool,{rest}"), 0, "no column pool"),
            (format!("pool, {rest}"), 0, "no column token0"),
            (format!("pool;{}", rest.replace(',', ";")), 0, "no column pool"),
            ("pool,token0,token1,reserve0,fee_bps".into(), 0, "no column reserve1"),
            ("pool,token0,token1,reserve0,reserve1".into(), 0, "no default fee"),
            (format!("\u{feff}pool,{rest}"), 1, "byte order mark"),
            (format!("pool,{rest}\rp,a,b,1,1,30\r"), 6, "carriage return"),
        ];
        for (text, column, part) in cases {
            refused(&text, &NO_OPTIONS, (1, column, part));
        }
        let options = PoolsOptions { block: Some(1), ..NO_OPTIONS };
        refused(&format!("pool,{rest}\n"), &options, (1, 0, "no column block"));
    }

    #[test]
    fn numbers_have_one_spelling() {
        let spellings = [
            ("-5", "position 1"),
            ("\u{2212}5", "position 1"),
            ("+5", "position 1"),
            ("05", "leading zero"),
            (" 5", "position 1"),
            ("5 ", "position 2"),
            ("", "empty"),
            ("1e3", "position 2"),
            ("0x10", "position 2"),
            ("1_000", "position 2"),
            ("\"1,000\"", "position 2"),
            ("\u{663}", "position 1"),
            ("5.", "position 2"),
            (".5", "position 1"),
            ("5.0000001", "position 2"),
            ("NaN", "position 1"),
            ("5\0", "NUL"),
            ("5192296858534827628530496329220096", "too large"),
            ("1111111111111111111111111111111111111111", "too large"),
        ];
        for (spelling, part) in spellings {
            let text = |row: &str| {
                "pool,token0,token1,reserve0,reserve1,fee_bps,total_supply\n\
                 first,a,b,5,5,30,\n"
                    .to_owned()
                    + &row.replace('#', spelling)
            };
            refused(&text("p,a,b,#,5,30,\n"), &NO_OPTIONS, (3, 4, part));
            refused(&text("p,a,b,5,#,30,\n"), &NO_OPTIONS, (3, 5, part));
            if !spelling.is_empty() {
                refused(&text("p,a,b,5,5,#,"), &NO_OPTIONS, (3, 6, part));
                refused(&text("p,a,b,5,5,30,#"), &NO_OPTIONS, (3, 7, part));
            }
        }
        // A separator without quotes is one field more.
        let text = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,000,5,30\n";
        refused(text, &NO_OPTIONS, (2, 7, "7 fields, the header has 6"));
    }

    #[test]
    fn rows_are_refused() {
        let header = "pool,token0,token1,reserve0,reserve1,fee_bps,total_supply,k_last,ts_last,\
                      price0_cum,decimals0,symbol0,block\n";
        let k_last = "26959946667150639794667015087019630673637144422540572481103610249216";
        let accumulator =
            "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        let cases = [
            ("p,a,b,1,1,30,,,,,,,\np,c,d,1,1,30,,,,,,,", 3, 1, "pool p is listed twice"),
            ("p,a,b,1,1,30,,,,,,,1\np,a,b,1,1,30,,,,,,,2", 3, 1, "choose one with --block"),
            ("p,a,a,1,1,30,,,,,,,", 2, 3, "two different tokens"),
            ("p,a,b,0,1,30,,,,,,,", 2, 4, "one reserve is zero"),
            ("p,a,b,1,0,30,,,,,,,", 2, 5, "one reserve is zero"),
            ("p,a,b,1,1,,,,,,,,", 2, 6, "no default fee"),
            ("p,a,b,1,1,10000,,,,,,,", 2, 6, "not below"),
            ("p,a,b,1,1,4294967296,,,,,,,", 2, 6, "too large"),
            ("p,a,b,0,0,30,1000,,,,,,", 2, 7, "shares without reserves"),
            ("p,a,b,1,1,30,999,,,,,,", 2, 7, "fewer than"),
            (&format!("p,a,b,1,1,30,,{k_last},,,,,"), 2, 8, "2^224 - 1"),
            ("p,a,b,1,1,30,,01,,,,,", 2, 8, "leading zero"),
            ("p,a,b,1,1,30,,,4294967296,,,,", 2, 9, "too large"),
            (&format!("p,a,b,1,1,30,,,,{accumulator},,,"), 2, 10, "2^256 - 1"),
            ("p,a,b,1,1,30,,,,,256,,", 2, 11, "too large"),
            ("p,a,b,1,1,30,,,,,,,x", 2, 13, "position 1"),
            (",a,b,1,1,30,,,,,,,", 2, 1, "empty identifier"),
            ("p,a b,b,1,1,30,,,,,,,", 2, 2, "not allowed at position 2"),
            ("p,a,\u{430},1,1,30,,,,,,,", 2, 3, "not allowed at position 1"),
            ("p>q,a,b,1,1,30,,,,,,,", 2, 1, "not allowed at position 2"),
            ("\"p\nq\",a,b,1,1,30,,,,,,,", 2, 1, "not closed"),
            ("p,a,b,1,1,30", 2, 7, "6 fields, the header has 13"),
            ("p,a,b,1,1,30,,,,,,,\n\nq,a,b,1,1,30,,,,,,,", 3, 1, "empty line"),
        ];
        for (rows, line, column, part) in cases {
            refused(&format!("{header}{rows}\n"), &NO_OPTIONS, (line, column, part));
            refused(&format!("{header}{rows}"), &NO_OPTIONS, (line, column, part));
        }
        let error = read_pools(
            &b"pool,token0,token1,reserve0,reserve1,fee_bps,symbol0,note\np,a,b,1,1,30,\xff,\xff"[..],
            &NO_OPTIONS,
        );
        assert_eq!(error.unwrap_err().to_string(), "line 2, column 7 (symbol0): not UTF-8");
        // A column that nobody uses may hold any text.
        let unused = &b"pool,token0,token1,reserve0,reserve1,fee_bps,note\np,a,b,1,1,30,\xff"[..];
        assert!(read_pools(unused, &NO_OPTIONS).is_ok());
    }

    #[test]
    fn a_file_twice_is_refused_at_its_second_header() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,30\n";
        refused(&text.repeat(2), &NO_OPTIONS, (3, 4, "position 1"));
    }

    #[test]
    fn the_default_fee_fills_gaps_only() {
        let default_fee = Some(Fee::from_pips(2500).unwrap());
        let options = PoolsOptions { default_fee, ..NO_OPTIONS };
        let fees = |text: &str| {
            let market = read_pools(text.as_bytes(), &options).unwrap();
            market
                .pools()
                .iter()
                .map(|pool| pool.fee(Direction::ZeroForOne).pips())
                .collect::<Vec<_>>()
        };
        let names = "pool,token0,token1,reserve0,reserve1";
        assert_eq!(fees(&format!("{names},fee_bps\np,a,b,1,1,\nq,a,b,1,1,0\n")), [2500, 0]);
        assert_eq!(fees(&format!("{names},fee_pips\np,a,b,1,1,\nq,a,b,1,1,7\n")), [2500, 7]);
        assert_eq!(fees(&format!("{names}\np,a,b,1,1\n")), [2500]);
    }

    #[test]
    fn one_block_is_chosen_and_the_others_are_checked() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_bps,block\n\
                    p,a,b,1,1,30,7\np,a,b,2,2,30,8\nq,c,d,3,3,30,8\nq,c,d,4,4,30,\n";
        let at = |block| PoolsOptions { block: Some(block), ..NO_OPTIONS };
        let market = read_pools(text.as_bytes(), &at(8)).unwrap();
        let reserves = market.pools().iter().map(|pool| pool.reserves().reserve0.get());
        assert_eq!(reserves.collect::<Vec<_>>(), [2, 3]);
        let market = read_pools(text.as_bytes(), &at(7)).unwrap();
        assert_eq!((market.pools().len(), market.token_count()), (1, 2));
        refused(text, &at(9), (5, 7, "no row is of block 9"));
        refused(&text.replace("p,a,b,1,1", "p,a,b,1,0"), &at(8), (2, 5, "one reserve is zero"));
        refused(&text.replace("p,a,b,1,1", "p,a,a,1,1"), &at(8), (2, 3, "different tokens"));
        refused(&text.replace("q,c", "p,a"), &at(8), (4, 1, "pool p is listed twice"));
    }

    #[test]
    fn a_cut_file_is_refused_or_shorter_at_its_end() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_bps\r\n\
                    p,a,b,100,200,30\r\nq,\"c\",d,300,400,30\r\n";
        let whole = read(text).unwrap();
        for length in 0..text.len() {
            let Ok(market) = read(&text[..length]) else { continue };
            // Whole lines are as they were; only the last field of the last line may be shorter.
            let cut = &text[..length];
            let lines = cut.lines().count();
            for (pool, expected) in market.pools().iter().zip(whole.pools()) {
                assert_eq!(pool.reserves(), expected.reserves(), "{cut:?}");
            }
            assert_eq!(market.pools().len(), lines - 1, "{cut:?}");
            let last_is_cut = cut.ends_with(",3");
            let fees = market.pools().iter().zip(whole.pools());
            assert_eq!(
                fees.filter(|(a, b)| a.fees() != b.fees()).count(),
                usize::from(last_is_cut)
            );
        }
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic() {
        let alphabet: Vec<char> = "0159,\"\r\n\0>pab\u{feff}\u{663}=".chars().collect();
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            let mut text = String::from("pool,token0,token1,reserve0,reserve1,fee_bps\n");
            for _ in 0..24 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                text.push(alphabet[usize::try_from(seed >> 40).unwrap() % alphabet.len()]);
            }
            if let Ok(market) = read(&text) {
                assert!(market.pools().len() < 3);
            }
        }
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,symbol0,decimals1\n\
                    p,a,b,5192296858534827628530496329220095,1,999999,,\" =cmd|'\"\"x\"\", \",255\n\
                    q,c,a,0,0,0,,\u{202e}\u{1b}[2J,\nr,c,b,7,7,1,1000,,\ns,b,a,7,7,1,0,,\n";
        let market = read(text).unwrap();
        let written = write_pools(&market, Vec::new()).unwrap();
        assert_eq!(read_pools(&*written, &NO_OPTIONS).unwrap(), market);
        assert_eq!(write_pools(&market, Vec::new()).unwrap(), written);
    }

    #[test]
    fn a_symbol_that_fits_no_line_is_not_written() {
        for symbol in ["a\nb".to_owned(), "a\rb".into(), "a\0b".into(), "\"".repeat(600_000)] {
            let mut market =
                read("pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,30\n").unwrap();
            let token = market.token("b").unwrap();
            market.label_token(token, Label { symbol: Some(symbol.into()), decimals: None });
            let refused = write_pools(&market, Vec::new());
            assert!(matches!(refused, Err(WriteError::Symbol { token: t }) if t == token));
        }
    }

    #[test]
    fn real_pools_are_read_and_written() {
        let default_fee = Some(Fee::UNISWAP_V2);
        for (name, text) in real_files() {
            let needs_default = name.contains("_B_") || name.contains("_C_");
            let market = read_pools(&*text, &NO_OPTIONS);
            assert_eq!(market.is_err(), needs_default, "{name}");
            let options = PoolsOptions { default_fee, ..NO_OPTIONS };
            let market = read_pools(&*text, &options).expect(&name);
            assert_eq!(market.pools().len(), text.split(|byte| *byte == b'\n').count() - 2);
            if name == "pools_2020/pools.csv" {
                let empty = market.pools().iter().filter(|pool| pool.is_empty()).count();
                assert_eq!((market.pools().len(), empty), (10_909, 70));
            }
            let written = write_pools(&market, Vec::new()).unwrap();
            assert_eq!(read_pools(&*written, &NO_OPTIONS).unwrap(), market, "{name}");
        }
    }

    #[test]
    fn real_blocks_are_read_one_at_a_time() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data/mainnet_v2_blocks/pools.csv");
        let Ok(text) = fs::read(path) else {
            eprintln!("no file of real blocks, nothing is read");
            return;
        };
        let error = read_pools(&*text, &NO_OPTIONS).unwrap_err();
        assert!(matches!(error.reason, Reason::SeveralStates { .. }), "{error}");
        let options = PoolsOptions { block: Some(10_760_440), ..NO_OPTIONS };
        assert_eq!(read_pools(&*text, &options).unwrap().pools().len(), 16);
    }
}
