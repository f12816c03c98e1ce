//! [`FormatError`]: where a text is refused, and why.

use core::fmt;
use std::io;

use cenote_pool::decimal::DecimalError;
use cenote_pool::{FeeError, NameError, PathError, PoolError};
use thiserror::Error;

use crate::display::printable;
use crate::rows::{MAX_FIELDS, MAX_LINE};

/// Why a CSV file is refused, and where.
///
/// Shown as `line 3, column 5 (reserve0): not a decimal number: leading zero`; whoever opened
/// the file puts its name in front.
#[derive(Debug, Error)]
#[error("{}: {reason}", Place(self))]
pub struct FormatError {
    /// The line, counted from 1; the header is line 1.
    pub line: u64,
    /// The column, where it is known.
    pub column: Option<Column>,
    /// What is wrong there.
    pub reason: Reason,
}

/// A column of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its place, counted from 1.
    pub number: usize,
    /// What the header calls it, as it is written there; `None` in the header itself.
    pub name: Option<Box<str>>,
}

/// What is wrong with a text: first the bytes, then the header, then the fields.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The input cannot be read.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// The text begins with a byte order mark.
    #[error("byte order mark, expected UTF-8 without one")]
    ByteOrderMark,
    /// The text begins as UTF-16 does.
    #[error("UTF-16, expected UTF-8")]
    Utf16,
    /// The text begins as gzip does.
    #[error("gzip, expected plain text")]
    Gzip,
    /// A line has more than [`MAX_LINE`] bytes.
    #[error("line of more than {MAX_LINE} bytes")]
    LineTooLong,
    /// A line has more than [`MAX_FIELDS`] fields.
    #[error("more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// A byte of value zero.
    #[error("NUL character")]
    Nul,
    /// A carriage return without a line feed behind it.
    #[error("carriage return that does not end a line")]
    CarriageReturn,
    /// A quoted field does not end in its line.
    #[error("quote that is not closed on its line")]
    UnclosedQuote,
    /// Something follows a closing quote.
    #[error("text after a closing quote")]
    TextAfterQuote,
    /// A field that does not begin with a quote has one.
    #[error("quote inside an unquoted field")]
    QuoteInField,
    /// A line has nothing on it.
    #[error("empty line")]
    EmptyLine,
    /// A line has more or fewer fields than the header.
    #[error("{found} fields, the header has {expected}")]
    Ragged {
        /// The number of fields in the header.
        expected: usize,
        /// The number of fields in this line.
        found: usize,
    },
    /// A field is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,

    /// There is not even a header.
    #[error("no header, the file is empty")]
    NoHeader,
    /// The header names a column twice.
    #[error("column {} is repeated", printable(name))]
    RepeatedColumn {
        /// The name.
        name: Box<str>,
    },
    /// The header lacks a column.
    #[error("no column {names}")]
    MissingColumn {
        /// The name, or those of which one is needed.
        names: &'static str,
    },
    /// The header has two columns of which one is enough.
    #[error("column besides {other}, only one of them may be there")]
    ExclusiveColumn {
        /// The other column.
        other: &'static str,
    },

    /// A field is no number.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// A field is no identifier.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A fee is not below one.
    #[error(transparent)]
    Fee(#[from] FeeError),
    /// A pool has no fee, and there is none for such pools.
    #[error("no fee, and no default fee is given")]
    MissingFee,
    /// The fields are well formed and no pool has such numbers.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A state of a pool belongs to no block, in a file that has blocks.
    #[error("blank, each state of this file needs its block")]
    MissingBlock,
    /// The text is no hash of a block.
    #[error("not the hash of a block: 0x and 64 hexadecimal digits in lower case")]
    BlockHash,
    /// Two rows are of two blocks, in a file whose states are to be of one.
    #[error("of another block than the rows before it")]
    OtherBlock,
    /// A pool is listed twice.
    #[error("pool {} is listed twice", printable(name))]
    RepeatedPool {
        /// The pool.
        name: Box<str>,
    },
    /// A pool is listed twice for one block.
    #[error("pool {} is listed twice for block {block}", printable(name))]
    RepeatedState {
        /// The pool.
        name: Box<str>,
        /// The block.
        block: u64,
    },
    /// A further state of a pool is one of other tokens, or has them the other way round.
    #[error("pool {} has other tokens in a row before", printable(name))]
    OtherTokens {
        /// The pool.
        name: Box<str>,
    },
    /// A pool is listed for several blocks, and none was chosen.
    #[error("pool {} has several states, choose one with --block", printable(name))]
    SeveralStates {
        /// The pool.
        name: Box<str>,
    },
    /// No pool is listed for the block that was chosen.
    #[error("no row is of block {block}")]
    NoSuchBlock {
        /// The block.
        block: u64,
    },
    /// There are 2^32 of them.
    #[error("too many pools or tokens")]
    Full,

    /// The market has no such pool.
    #[error("unknown pool {}", printable(name))]
    UnknownPool {
        /// The name asked for.
        name: Box<str>,
    },
    /// The market has no such token.
    #[error("unknown token {}", printable(name))]
    UnknownToken {
        /// The name asked for.
        name: Box<str>,
    },
    /// The token is one of the market, and none of the pool's two.
    #[error("token {} is not in this pool", printable(name))]
    TokenNotInPool {
        /// The token.
        name: Box<str>,
    },
    /// The pools do not join, or are too many.
    #[error(transparent)]
    Path(#[from] PathError),
    /// No pool joins two neighbours of a path of tokens.
    #[error("hop {at} has no pool that joins its tokens")]
    NoPool {
        /// Which hop, counted from 0.
        at: usize,
    },
    /// Several pools join two neighbours of a path of tokens.
    #[error("hop {at} has several pools that join its tokens, name the pools")]
    SeveralPools {
        /// Which hop, counted from 0.
        at: usize,
    },
    /// A row says in two columns what it may say in one.
    #[error("given together with {other}")]
    GivenTwice {
        /// The other column.
        other: &'static str,
    },
    /// A row says nowhere what it must say in one of several columns.
    #[error("blank, one of {names} is needed")]
    NoneGiven {
        /// The columns.
        names: &'static str,
    },
    /// A limit on the side that the row fixes.
    #[error("a limit on the amount that is fixed")]
    LimitOnFixed,
    /// A path of tokens does not begin with the row's `token_in`.
    #[error("the path begins with another token")]
    WrongStart,
    /// A log is of no kind that pools report.
    #[error("not one of sync, swap, mint and burn")]
    UnknownKind,
    /// A log says what its kind does not have.
    #[error("not blank, a {kind} does not have it")]
    NotOfKind {
        /// The kind.
        kind: &'static str,
    },
    /// A row's `seq` is not above that of the row before it.
    #[error("{seq} does not rise above {before}")]
    NotRising {
        /// The number given.
        seq: u64,
        /// The one before it.
        before: u64,
    },
}

/// The line and the column of an error.
struct Place<'a>(&'a FormatError);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.0.line)?;
        match &self.0.column {
            Some(column) => write!(f, ", {column}"),
            None => Ok(()),
        }
    }
}

/// As `column 5 (reserve0)`, the name escaped.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}", self.number)?;
        match &self.name {
            Some(name) => write!(f, " ({})", printable(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_place_and_the_reason() {
        let column = Column { number: 5, name: Some("reserve0".into()) };
        let reason = Reason::Number(DecimalError::LeadingZero);
        let error = FormatError { line: 3, column: Some(column), reason };
        assert_eq!(
            error.to_string(),
            "line 3, column 5 (reserve0): not a decimal number: leading zero"
        );
        let error = FormatError { line: 1, column: None, reason: Reason::NoHeader };
        assert_eq!(error.to_string(), "line 1: no header, the file is empty");
    }

    #[test]
    fn hostile_names_do_not_reach_the_terminal() {
        let name: Box<str> = "\u{1b}[2J\u{202e}".into();
        let column = Column { number: 1, name: Some(name.clone()) };
        let reason = Reason::RepeatedColumn { name };
        let shown = FormatError { line: 1, column: Some(column), reason }.to_string();
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    }
}
