//! What became of orders, one row for each.

use std::io::Write;

use cenote_pool::{Amount, Exact, Market, Order};

use crate::write::{Lines, WriteError, path_ends, put_amount, put_number, put_pools, put_text};

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It was filled.
    Accepted {
        /// What the trader paid.
        amount_in: Amount,
        /// What the trader got.
        amount_out: Amount,
    },
    /// It was refused.
    Refused {
        /// The reason in one word, as from [`SwapError::code`](cenote_pool::SwapError::code).
        code: &'a str,
    },
}

/// Writes `line,pool,token_in,amount_in,token_out,amount_out,status`.
///
/// Several pools are joined by `>`. The status is `accepted`, or the code of the reason, and then
/// only the amount that the order fixes is there. An identifier that a spreadsheet would take
/// for a formula, or that begins with `'`, gets a `'` in front, which spreadsheets take away.
///
/// Rows are kept in a buffer until [`finish`](Self::finish); a writer that is dropped before it
/// loses the last ones.
#[derive(Debug)]
pub struct OutcomeWriter<W> {
    lines: Lines<W>,
}

impl<W: Write> OutcomeWriter<W> {
    /// Begins with the header.
    pub fn new(output: W) -> Self {
        let header = "line,pool,token_in,amount_in,token_out,amount_out,status";
        Self { lines: Lines::new(output, header) }
    }

    /// Writes what became of the order of a line.
    ///
    /// # Errors
    ///
    /// [`WriteError`]: `NoHops`, `UnknownPool`, after which the row is not written; `Io`.
    #[inline]
    pub fn write(
        &mut self,
        market: &Market,
        line: u64,
        order: Order<'_>,
        outcome: Outcome<'_>,
    ) -> Result<(), WriteError> {
        let (token_in, token_out) = path_ends(market, order.hops)?;
        let (amount_in, amount_out, status) = match (outcome, order.exact) {
            (Outcome::Accepted { amount_in, amount_out }, _) => {
                (Some(amount_in), Some(amount_out), "accepted")
            }
            (Outcome::Refused { code }, Exact::In) => (Some(order.amount), None, code),
            (Outcome::Refused { code }, Exact::Out) => (None, Some(order.amount), code),
        };
        let row = self.lines.begin();
        put_number(row, line.into());
        row.push(b',');
        let first = order.hops.first().map(|hop| market.pool_name(hop.pool));
        put_guard(row, first.unwrap_or_default());
        put_pools(row, market, order.hops)?;
        for (token, amount) in [(token_in, amount_in), (token_out, amount_out)] {
            row.push(b',');
            put_guard(row, token);
            row.extend_from_slice(token.as_bytes());
            row.push(b',');
            put_amount(row, amount);
        }
        row.push(b',');
        put_text(row, status);
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

/// Writes the `'` that keeps the name behind it from being a formula.
///
/// These rows are for people and end in spreadsheets, and others choose the names. A name that
/// begins with `'` gets one too, so that no two names are written alike.
#[inline]
fn put_guard(row: &mut Vec<u8>, name: &str) {
    if name.starts_with(['=', '+', '-', '@', '\'']) {
        row.push(b'\'');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PoolsOptions, read_pools};
    use cenote_pool::{Direction, Hop};

    fn order(exact: Exact, hops: &[Hop]) -> Order<'_> {
        Order { exact, amount: Amount::from_u64(7), limit: Amount::ZERO, hops }
    }

    #[test]
    fn rows_say_what_became_of_each_order() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    p,a,b,1000,1000,3000\n\
                    =cmd|'/c'!A1,b,@c,1000,1000,3000\n";
        let market = read_pools(text.as_bytes(), &PoolsOptions::default()).unwrap();
        let first = Hop { pool: 0.into(), direction: Direction::ZeroForOne };
        let second = Hop { pool: 1.into(), direction: Direction::ZeroForOne };
        let amount = Amount::from_u64(7);
        let mut writer = OutcomeWriter::new(Vec::new());
        let amount_out = Amount::MAX;
        let both = [first, second];
        let accepted = Outcome::Accepted { amount_in: amount, amount_out };
        let refused = Outcome::Refused { code: "empty_pool" };
        writer.write(&market, 2, order(Exact::In, &both), accepted).unwrap();
        writer.write(&market, 3, order(Exact::In, &[first]), refused).unwrap();
        let backwards = Hop { direction: Direction::OneForZero, ..second };
        writer.write(&market, u64::MAX, order(Exact::Out, &[backwards]), refused).unwrap();
        assert!(matches!(
            writer.write(&market, 5, order(Exact::In, &[]), refused),
            Err(WriteError::NoHops)
        ));
        let unknown = Hop { pool: 9.into(), direction: Direction::ZeroForOne };
        for hops in [[unknown, first, first], [first, unknown, first]] {
            assert!(matches!(
                writer.write(&market, 5, order(Exact::In, &hops), refused),
                Err(WriteError::UnknownPool { .. })
            ));
        }
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(
            written,
            "line,pool,token_in,amount_in,token_out,amount_out,status\n\
             2,p>=cmd|'/c'!A1,a,7,'@c,5192296858534827628530496329220095,accepted\n\
             3,p,a,7,b,,empty_pool\n\
             18446744073709551615,'=cmd|'/c'!A1,'@c,,b,7,empty_pool\n"
        );
    }
}
