//! pools.csv as a market.

use std::io::Read;

use cenote_pool::{Label, Market, MarketError, PoolId, TokenId};

use super::PoolsOptions;
use super::columns::{Columns, LabelText, State};
use super::state_block::{StateBlock, StateBlockColumns};
use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};

/// Reads a market from pools.csv.
///
/// The header has exactly one of `pool`, `address` and `pair`, then `token0`, `token1`,
/// `reserve0`, `reserve1`, and unless there is a default fee, which also fills blanks, one of
/// `fee_bps`, `fee_pips`, and the two columns `fee0_pips` (on what comes in of `token0`) and
/// `fee1_pips`. Optional are `total_supply`, the pool's past `k_last`, `ts_last`, `price0_cum`
/// and `price1_cum`, then `decimals0`, `decimals1`, `symbol0`, `symbol1` and `block`, where blank
/// means unknown. Other columns are ignored. The order of the columns is free.
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
    read_rows(Rows::new(input)?, options, |_| Ok(()))
}

/// Reads a market as it was at the end of one block, which the columns `state_block` and
/// `state_hash` say; `None` where they are not there.
///
/// # Errors
///
/// [`FormatError`]: as for [`read_pools`], and the first row that is of another block than those
/// before it, or of none where there are the columns.
pub fn read_pools_of_block<R: Read>(
    input: R,
    options: &PoolsOptions,
) -> Result<(Market, Option<StateBlock>), FormatError> {
    let rows = Rows::new(input)?;
    let columns = StateBlockColumns::find(&rows)?;
    let mut block = None;
    let market = read_rows(rows, options, |row| {
        if let Some(columns) = &columns {
            block = Some(columns.block(row, block)?);
        }
        Ok(())
    })?;
    Ok((market, block))
}

/// Reads a market, and asks of each row that is kept.
fn read_rows<R: Read>(
    mut rows: Rows<R>,
    options: &PoolsOptions,
    mut keep: impl FnMut(&Row<'_>) -> Result<(), FormatError>,
) -> Result<Market, FormatError> {
    let columns = Columns::find(&rows, options)?;
    let mut market = Market::new();
    let mut left_out = None;
    while let Some(row) = rows.next()? {
        let state = columns.state(&row, options)?;
        if options.leave_out(state.block) {
            left_out = columns.block;
            continue;
        }
        keep(&row)?;
        add(&mut market, &columns, &row, (&state, options))?;
    }
    check_kept(&rows, options, &market, left_out)?;
    Ok(market)
}

/// Checks that a market has pools, where a block was chosen and rows of others were left out by
/// the column in this place.
pub(super) fn check_kept<R: Read>(
    rows: &Rows<R>,
    options: &PoolsOptions,
    market: &Market,
    left_out: Option<Place>,
) -> Result<(), FormatError> {
    match (options.block, left_out) {
        (Some(block), Some(place)) if market.pools().is_empty() => {
            Err(rows.last_error(place, Reason::NoSuchBlock { block }))
        }
        _ => Ok(()),
    }
}

/// Adds the pool of a row, and its tokens where they are new.
pub(super) fn add(
    market: &mut Market,
    columns: &Columns,
    row: &Row<'_>,
    (state, options): (&State<'_>, &PoolsOptions),
) -> Result<PoolId, FormatError> {
    let ([name0, name1], [place0, place1]) = (state.tokens, columns.tokens);
    let token0 = token(market, name0).map_err(|error| row.error(place0, error))?;
    let token1 = token(market, name1).map_err(|error| row.error(place1, error))?;
    let pool = columns.pool(row, state, [token0, token1])?;
    let id = market.add_pool(state.name, pool).map_err(|error| {
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
    // The pool was just added.
    let _known = market.set_history(id, state.history);
    complete_labels(market, [token0, token1], state.labels);
    Ok(id)
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

/// Fills in what is not yet known of how two tokens are shown.
pub(super) fn complete_labels(
    market: &mut Market,
    tokens: [TokenId; 2],
    texts: [LabelText<'_>; 2],
) {
    for (token, text) in tokens.into_iter().zip(texts) {
        let Some(known) = market.label(token) else { continue };
        let new_symbol = known.symbol.is_none() && text.symbol.is_some();
        let new_decimals = known.decimals.is_none() && text.decimals.is_some();
        if new_symbol || new_decimals {
            let symbol = known.symbol.clone().or_else(|| text.symbol.map(Into::into));
            let decimals = known.decimals.or(text.decimals);
            market.label_token(token, Label { symbol, decimals });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NO_OPTIONS, real_file, refused_at};
    use cenote_pool::{Amount, Direction, Fee, History, Pool, Product, Reserves, Shares};
    use primitive_types::U256;

    fn read(text: &str) -> Result<Market, FormatError> {
        read_pools(text.as_bytes(), &NO_OPTIONS)
    }

    #[track_caller]
    fn refused(text: &str, options: &PoolsOptions, place: (u64, usize, &str)) {
        refused_at(read_pools(text.as_bytes(), options), place, text);
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
        let past = History {
            k_last: Some(Product::ZERO),
            ts_last: Some(u32::MAX),
            price0_cum: Some(U256::zero()),
            price1_cum: Some(U256::one()),
        };
        assert_eq!(market.history(market.pool_id("p").unwrap()), past);
        assert_eq!(market.history(market.pool_id("q").unwrap()), History::UNKNOWN);
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
            (format!("pool,{rest},fee0_pips"), 7, "column besides fee_bps"),
            (format!("fee1_pips,pool,{rest}"), 1, "column besides fee_bps"),
            (format!("pool,{rest},fee1_pips,fee0_pips"), 8, "column besides fee_bps"),
            (
                format!("pool,fee0_pips,{}", rest.replace("bps", "pips")),
                2,
                "column besides fee_pips",
            ),
            (format!("pool,{}", rest.replace("_bps", "0_pips")), 0, "no column fee1_pips"),
            (format!("pool,{}", rest.replace("_bps", "1_pips")), 0, "no column fee0_pips"),
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
        let text =
            format!("{names},fee1_pips,fee0_pips\np,a,b,1,1,,7\nq,a,b,1,1,7,\nr,a,b,1,1,0,1");
        let market = read_pools(text.as_bytes(), &options).unwrap();
        let pips =
            market.pools().iter().map(|pool| Direction::BOTH.map(|way| pool.fee(way).pips()));
        assert_eq!(pips.collect::<Vec<_>>(), [[7, 2500], [2500, 7], [1, 0]]);
        refused(&text, &NO_OPTIONS, (2, 6, "no default fee"));
        refused(&text.replace("1,,7", "1,7,"), &NO_OPTIONS, (2, 7, "no default fee"));
        refused(&text.replace("0,1", "0,1000000"), &options, (4, 7, "not below"));
        refused(&text.replace("0,1", "-0,1"), &options, (4, 6, "position 1"));
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
    fn real_pools_without_fees_take_the_default() {
        let Some(text) = real_file("mainnet_v2_blocks/pools_prestate_53_blocks.csv") else {
            return;
        };
        let place = (1, 0, "no default fee");
        refused_at(read_pools(&*text, &NO_OPTIONS), place, "states before blocks");
        // The column of blocks has another name there, so that the first pool listed twice ends it.
        let first =
            text.split_inclusive(|byte| *byte == b'\n').take(17).collect::<Vec<_>>().concat();
        let options = PoolsOptions { default_fee: Some(Fee::UNISWAP_V2), ..NO_OPTIONS };
        let market = read_pools(&*first, &options).unwrap();
        assert_eq!(market.pools().len(), 16);
        let charges = |pool: &Pool| pool.fee(Direction::OneForZero) == Fee::UNISWAP_V2;
        assert!(market.pools().iter().all(charges));
        assert!(market.pools_with_id().all(|(id, _)| market.history(id).ts_last.is_some()));
    }

    #[test]
    fn real_blocks_are_read_one_at_a_time() {
        let Some(text) = real_file("mainnet_v2_blocks/pools.csv") else { return };
        let error = read_pools(&*text, &NO_OPTIONS).unwrap_err();
        assert!(matches!(error.reason, Reason::SeveralStates { .. }), "{error}");
        let options = PoolsOptions { block: Some(10_760_440), ..NO_OPTIONS };
        assert_eq!(read_pools(&*text, &options).unwrap().pools().len(), 16);
    }
}
