//! What the writers share: a line at a time into one buffer.

use std::io::{self, Write};

use cenote_pool::{Amount, Hop, Market, NameError, PoolId, TokenId};
use memchr::{memchr, memchr3};
use thiserror::Error;

use crate::rows::MAX_LINE;

/// When the buffer goes out.
const FULL: usize = 1 << 16;

/// Why something cannot be written, in the order of the checks.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The market has no such pool.
    #[error("unknown {pool}")]
    UnknownPool {
        /// The pool asked for.
        pool: PoolId,
    },
    /// An order of no pool.
    #[error("an order needs at least one pool")]
    NoHops,
    /// A trader's name is no identifier.
    #[error("trader: {0}")]
    Trader(NameError),
    /// A symbol has a line break or a NUL, or is too long for one line.
    #[error("the symbol of {token} does not fit a line")]
    Symbol {
        /// The token.
        token: TokenId,
    },
    /// The output does not take it.
    #[error("cannot be written")]
    Io(#[from] io::Error),
}

/// Lines on their way to an output.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    output: W,
    buffer: Vec<u8>,
    /// How much of the buffer is whole lines.
    whole: usize,
}

impl<W: Write> Lines<W> {
    /// Begins with a header.
    pub(crate) fn new(output: W, header: &str) -> Self {
        let mut buffer = Vec::with_capacity(FULL.saturating_mul(2));
        buffer.extend_from_slice(header.as_bytes());
        buffer.push(b'\n');
        let whole = buffer.len();
        Self { output, buffer, whole }
    }

    /// Begins a line: what an error left of the one before is dropped.
    #[inline]
    pub(crate) fn begin(&mut self) -> &mut Vec<u8> {
        self.buffer.truncate(self.whole);
        &mut self.buffer
    }

    /// The line begun.
    pub(crate) fn rest(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Ends a line.
    #[inline]
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.whole = self.buffer.len();
        if FULL <= self.whole { self.send() } else { Ok(()) }
    }

    /// Whether the line so far is one that a reader takes.
    pub(crate) fn fits(&self) -> bool {
        self.buffer.len().saturating_sub(self.whole) <= MAX_LINE
    }

    /// Sends what there is and gives the output back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.buffer.truncate(self.whole);
        self.send()?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn send(&mut self) -> io::Result<()> {
        self.output.write_all(&self.buffer)?;
        self.buffer.clear();
        self.whole = 0;
        Ok(())
    }
}

/// Writes a number in the grammar that the readers take.
#[inline]
pub(crate) fn put_number(line: &mut Vec<u8>, mut number: u128) {
    /// The largest power of ten in a u64: one wide division for each 19 digits.
    const GROUP: u128 = 10_000_000_000_000_000_000;
    let mut digits = [b'0'; 40];
    let mut start = digits.len();
    let mut group_end = start;
    loop {
        let group = number.checked_rem(GROUP).unwrap_or_default();
        number = number.checked_div(GROUP).unwrap_or_default();
        let mut group = u64::try_from(group).unwrap_or_default();
        loop {
            start = start.saturating_sub(1);
            let digit = u8::try_from(group.rem_euclid(10)).unwrap_or_default();
            if let Some(place) = digits.get_mut(start) {
                *place = digit.saturating_add(b'0');
            }
            group = group.div_euclid(10);
            if group == 0 {
                break;
            }
        }
        if number == 0 {
            break;
        }
        // A group that is not the first has all its 19 digits; the array is full of zeros.
        group_end = group_end.saturating_sub(19);
        start = group_end;
    }
    line.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// Writes an amount, or nothing.
#[inline]
pub(crate) fn put_amount(line: &mut Vec<u8>, amount: Option<Amount>) {
    if let Some(amount) = amount {
        put_number(line, amount.get());
    }
}

/// Writes the pools of a path, joined by `>`.
#[inline]
pub(crate) fn put_pools(
    line: &mut Vec<u8>,
    market: &Market,
    hops: &[Hop],
) -> Result<(), WriteError> {
    for (at, Hop { pool, .. }) in hops.iter().enumerate() {
        market.pool(*pool).map_err(|_| WriteError::UnknownPool { pool: *pool })?;
        if 0 < at {
            line.push(b'>');
        }
        line.extend_from_slice(market.pool_name(*pool).as_bytes());
    }
    Ok(())
}

/// The names of the token that a path takes and of the one that it gives.
#[inline]
pub(crate) fn path_ends<'a>(
    market: &'a Market,
    hops: &[Hop],
) -> Result<(&'a str, &'a str), WriteError> {
    let (Some(first), Some(last)) = (hops.first(), hops.last()) else {
        return Err(WriteError::NoHops);
    };
    let tokens = |hop: &Hop| {
        let pool = market.pool(hop.pool).map_err(|_| WriteError::UnknownPool { pool: hop.pool })?;
        Ok::<_, WriteError>(pool.tokens(hop.direction))
    };
    Ok((market.token_name(tokens(first)?.0), market.token_name(tokens(last)?.1)))
}

/// Writes any text without line breaks, in quotes where it needs them; with a space it does not
/// need them here, but there are readers that trim.
pub(crate) fn put_text(line: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    if memchr3(b',', b'"', b' ', rest).is_none() {
        line.extend_from_slice(rest);
        return;
    }
    line.push(b'"');
    while let Some((part, after)) =
        memchr(b'"', rest).and_then(|at| rest.split_at_checked(at.saturating_add(1)))
    {
        line.extend_from_slice(part);
        line.push(b'"');
        rest = after;
    }
    line.extend_from_slice(rest);
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_does() {
        let mut numbers = vec![0, 7, 10, u128::MAX];
        for power in 0..39_u32 {
            let ten = 10_u128.pow(power);
            numbers.extend([ten - 1, ten, ten + 1, ten * 3]);
        }
        for number in numbers {
            let mut line = Vec::new();
            put_number(&mut line, number);
            assert_eq!(String::from_utf8(line).unwrap(), number.to_string());
        }
    }

    #[test]
    fn quotes_are_doubled() {
        for (text, written) in
            [("a", "a"), ("a,b", "\"a,b\""), ("\"", "\"\"\"\""), ("a\"b\"", "\"a\"\"b\"\"\"")]
        {
            let mut line = Vec::new();
            put_text(&mut line, text);
            assert_eq!(String::from_utf8(line).unwrap(), written);
        }
    }
}
