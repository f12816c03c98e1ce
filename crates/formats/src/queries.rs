//! queries.csv: questions for routes, one in each row.

use std::io::Read;

use cenote_pool::{Amount, Exact, Market, TokenId};

use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows, token_named};

/// A question for a route, as a row of queries.csv asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteQuery {
    /// The line of the row, counted from 1.
    pub line: u64,
    /// Which side `amount` fixes.
    pub exact: Exact,
    /// How much to pay, or to buy.
    pub amount: Amount,
    /// What to pay with.
    pub token_in: TokenId,
    /// What to buy.
    pub token_out: TokenId,
    /// The most pools in a row; `None` where the row does not say.
    pub max_hops: Option<usize>,
    /// What each pool used costs, of the token bought for an exact input and of the token paid for
    /// an exact output; `None` where the row does not say.
    pub gas_per_pool: Option<Amount>,
}

/// Reads queries.csv, all of it.
///
/// `token_in` and `token_out` say what is traded, `amount_in` or `amount_out` which side is fixed;
/// with both columns, one is filled in each row. Optional are `max_hops` and `gas_per_pool`, where
/// blank means whatever is usual. Other columns are ignored.
///
/// Of the market only the tokens' names are read. Whether there is a route is the router's answer.
///
/// # Errors
///
/// [`FormatError`]: the header, or the first row, that is not of this form or names a token that the
/// market does not have.
///
/// ```
/// use cenote_formats::{PoolsOptions, read_pools, read_queries};
///
/// let pools = "pool,token0,token1,reserve0,reserve1,fee_bps\neth/usd,eth,usd,1000,4000000,30\n";
/// let market = read_pools(pools.as_bytes(), &PoolsOptions::default())?;
/// let queries = "token_in,token_out,amount_in,max_hops\neth,usd,10,\nusd,eth,5000,2\n";
/// let queries = read_queries(queries.as_bytes(), &market)?;
/// assert_eq!((queries[0].max_hops, queries[1].max_hops), (None, Some(2)));
/// # Ok::<(), cenote_formats::FormatError>(())
/// ```
pub fn read_queries<R: Read>(input: R, market: &Market) -> Result<Vec<RouteQuery>, FormatError> {
    let mut rows = Rows::new(input)?;
    let columns = Columns::find(&rows)?;
    let mut queries = Vec::new();
    while let Some(row) = rows.next()? {
        queries.push(columns.query(&row, market)?);
    }
    Ok(queries)
}

/// Where the columns are.
#[derive(Debug)]
struct Columns {
    token_in: Place,
    token_out: Place,
    amount_in: Option<Place>,
    amount_out: Option<Place>,
    max_hops: Option<Place>,
    gas_per_pool: Option<Place>,
}

impl Columns {
    fn find<R: Read>(rows: &Rows<R>) -> Result<Self, FormatError> {
        let (token_in, token_out) = (rows.required("token_in")?, rows.required("token_out")?);
        let (amount_in, amount_out) = (rows.column("amount_in"), rows.column("amount_out"));
        if amount_in.or(amount_out).is_none() {
            let names = "amount_in or amount_out";
            return Err(rows.header_error(None, Reason::MissingColumn { names }));
        }
        let (max_hops, gas_per_pool) = (rows.column("max_hops"), rows.column("gas_per_pool"));
        Ok(Self { token_in, token_out, amount_in, amount_out, max_hops, gas_per_pool })
    }

    fn query(&self, row: &Row<'_>, market: &Market) -> Result<RouteQuery, FormatError> {
        let token =
            |place| token_named(market, row.field(place)).map_err(|error| row.error(place, error));
        let (token_in, token_out) = (token(self.token_in)?, token(self.token_out)?);
        let (exact, place) = row.fixed(self.amount_in, self.amount_out)?;
        let amount = row.amount(place)?;
        let max_hops = row.given(self.max_hops);
        let max_hops = max_hops.map(|place| row.narrow(place, u32::MAX.into())).transpose()?;
        let gas_per_pool = row.given(self.gas_per_pool);
        let gas_per_pool = gas_per_pool.map(|place| row.amount(place)).transpose()?;
        let line = row.line;
        Ok(RouteQuery { line, exact, amount, token_in, token_out, max_hops, gas_per_pool })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Numbers, refused_at};
    use crate::{PoolsOptions, read_pools};

    fn market() -> Market {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    ab,a,b,1000,1000,3000\nbc,b,c,1000,1000,3000\n";
        read_pools(text.as_bytes(), &PoolsOptions::default()).unwrap()
    }

    fn read(text: &str) -> Result<Vec<RouteQuery>, FormatError> {
        read_queries(text.as_bytes(), &market())
    }

    #[test]
    fn every_column_is_read() {
        let text = "note,gas_per_pool,amount_out,token_out,max_hops,token_in,amount_in\r\n\
                    x,,,c,,a,10\r\n,7,11,a,3,c,\r\n\"y,z\",0,,b,4294967295,b,0\r\n";
        let amount = Amount::from_u64;
        let query = |line, (exact, units), (token_in, token_out): (u32, u32)| RouteQuery {
            line,
            exact,
            amount: amount(units),
            token_in: token_in.into(),
            token_out: token_out.into(),
            max_hops: None,
            gas_per_pool: None,
        };
        let (max_hops, gas_per_pool) = (Some(3), Some(amount(7)));
        let (most_hops, no_gas) = (Some(4_294_967_295), Some(Amount::ZERO));
        let expected = [
            query(2, (Exact::In, 10), (0, 2)),
            RouteQuery { max_hops, gas_per_pool, ..query(3, (Exact::Out, 11), (2, 0)) },
            RouteQuery {
                max_hops: most_hops,
                gas_per_pool: no_gas,
                ..query(4, (Exact::In, 0), (1, 1))
            },
        ];
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read("token_in,token_out,amount_out").unwrap(), []);
    }

    #[test]
    fn headers_are_refused() {
        let cases = [
            ("", 0, "no header"),
            ("token_out,amount_in", 0, "no column token_in"),
            ("token_in,amount_in", 0, "no column token_out"),
            ("token_in,token_out", 0, "no column amount_in or amount_out"),
            ("token_in,token_out,amount_in,token_in", 4, "column token_in is repeated"),
            ("\u{feff}token_in,token_out,amount_in", 1, "byte order mark"),
        ];
        for (text, column, part) in cases {
            refused_at(read(text), (1, column, part), text);
        }
    }

    #[test]
    fn rows_are_refused() {
        let header = "token_in,token_out,amount_in,amount_out,max_hops,gas_per_pool\na,b,1,,,\n";
        let above = "5192296858534827628530496329220096";
        let cases = [
            ("x,b,1,,,", 1, "unknown token x"),
            ("A,b,1,,,", 1, "unknown token A"),
            (",b,1,,,", 1, "empty identifier"),
            ("a,\u{1b}[2J,1,,,", 2, "not allowed at position 1"),
            (&format!("a,{},1,,,", "n".repeat(129)), 2, "129 bytes"),
            ("a,,1,,,", 2, "empty identifier"),
            ("a,b,,,,", 3, "blank, one of amount_in or amount_out"),
            ("a,b,1,1,,", 4, "given together with amount_in"),
            ("a,b,01,,,", 3, "leading zero"),
            ("a,b,-1,,,", 3, "unexpected character"),
            (&format!("a,b,{above},,,"), 3, "too large"),
            (&format!("a,b,,{above},,"), 4, "too large"),
            ("a,b,1,,4294967296,", 5, "too large"),
            ("a,b,1,,2.0,", 5, "unexpected character"),
            (&format!("a,b,1,,,{above}"), 6, "too large"),
            ("a,b,1,,,1e3", 6, "unexpected character"),
            ("a,b,1,,", 6, "5 fields, the header has 6"),
            ("", 1, "empty line"),
        ];
        for (row, column, part) in cases {
            let text = format!("{header}{row}\n");
            refused_at(read(&text), (3, column, part), &text);
        }
        let only_in = "token_in,token_out,amount_in\na,b,\n";
        refused_at(read(only_in), (2, 3, "empty, expected a number"), only_in);
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic() {
        let pieces = [",", "a", "b", "c", "0", "7", "\"", "\r\n", "\n", "\0", "\u{663}"];
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut text = String::from("token_in,token_out,amount_in\na,b,7\n");
            for _ in 0..10 {
                text.push_str(numbers.pick(&pieces));
            }
            accepted += read(&text).map_or(0, |queries| queries.len());
        }
        assert!(accepted < 1000);
    }
}
