//! Rows of a CSV file: one reading, bounded memory, no allocation for a row.
//!
//! The grammar is that of RFC 4180 with three restrictions: a field ends on its line, every line
//! has the fields of the header, and a carriage return stands only before a line feed.

use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::Range;

use cenote_pool::decimal::{self, DecimalError};
use cenote_pool::{Amount, Exact, Market, Shares, TokenId, check_name};
use memchr::{memchr, memchr_iter, memchr2, memchr3};
use primitive_types::U256;

use crate::error::{Column, FormatError, Reason};

/// The longest line: 1 MiB, its end not counted.
pub const MAX_LINE: usize = 1 << 20;

/// The most fields of a line: 1,024.
pub const MAX_FIELDS: usize = 1024;

/// How much is asked for at once.
const CHUNK: usize = 1 << 17;

/// The rows of a CSV file behind its header.
#[derive(Debug)]
pub(crate) struct Rows<R> {
    lines: Lines<R>,
    fields: Fields,
    names: Vec<Box<str>>,
}

/// The lines of a text.
#[derive(Debug)]
struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// What of the buffer was read from the input and not yet handed out.
    unread: Range<usize>,
    ended: bool,
    /// The line handed out last, counted from 1.
    line: u64,
}

/// Where the fields of one line are.
#[derive(Debug, Default)]
struct Fields {
    /// Within the line, or within `unquoted` where the line has quotes.
    spans: Vec<(usize, usize)>,
    unquoted: Vec<u8>,
}

/// Where the spans of a line point to.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Plain,
    Unquoted,
}

/// One row, with as many fields as the header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    text: &'a [u8],
    spans: &'a [(usize, usize)],
    names: &'a [Box<str>],
}

/// A place of a column, counted from 0.
pub(crate) type Place = usize;

impl<R: Read> Rows<R> {
    /// Reads the header.
    pub(crate) fn new(input: R) -> Result<Self, FormatError> {
        let unread = 0..0;
        let lines = Lines { input, buffer: vec![0; CHUNK], unread, ended: false, line: 0 };
        let mut rows = Self { lines, fields: Fields::default(), names: Vec::new() };
        let first = rows.lines.next();
        rows.lines.check_encoding().map_err(|reason| header_error(Some(0), reason))?;
        let first = first.map_err(|reason| header_error(None, reason))?;
        let line = first.ok_or_else(|| header_error(None, Reason::NoHeader))?;
        let text = rows.lines.buffer.get(line).unwrap_or_default();
        rows.names = header(text, &mut rows.fields)
            .map_err(|(place, reason)| header_error(Some(place), reason))?;
        Ok(rows)
    }

    /// The place of a column, if the header has it.
    pub(crate) fn column(&self, name: &str) -> Option<Place> {
        self.names.iter().position(|column| **column == *name)
    }

    /// The place of a column that the header must have.
    pub(crate) fn required(&self, name: &'static str) -> Result<Place, FormatError> {
        let missing = || header_error(None, Reason::MissingColumn { names: name });
        self.column(name).ok_or_else(missing)
    }

    /// An error at a place of the header.
    pub(crate) fn header_error(&self, place: Option<Place>, reason: Reason) -> FormatError {
        let column = place.map(|place| column(place, &self.names));
        FormatError { line: 1, column, reason }
    }

    /// An error in a column of the line read last.
    pub(crate) fn last_error(&self, place: Place, reason: Reason) -> FormatError {
        let column = Some(column(place, &self.names));
        FormatError { line: self.lines.line, column, reason }
    }

    /// The next row, or `None` behind the last.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, FormatError> {
        let Self { lines, fields, names } = self;
        let range = match lines.next() {
            Ok(Some(range)) => range,
            Ok(None) => return Ok(None),
            Err(reason) => {
                let line = lines.line.saturating_add(1);
                return Err(FormatError { line, column: None, reason });
            }
        };
        let line = lines.line;
        let text = lines.buffer.get(range).unwrap_or_default();
        let layout = fields
            .split(text)
            .and_then(|layout| fields.check_width(text, names.len()).map(|()| layout))
            .map_err(|(place, reason)| {
                let column = Some(column(place, names));
                FormatError { line, column, reason }
            })?;
        let text = match layout {
            Layout::Plain => text,
            Layout::Unquoted => &fields.unquoted,
        };
        Ok(Some(Row { line, text, spans: &fields.spans, names }))
    }
}

impl<R: Read> Lines<R> {
    /// The place in the buffer of the next line without its end, or `None` behind the last.
    #[inline]
    fn next(&mut self) -> Result<Option<Range<usize>>, Reason> {
        // What was searched in vain is not searched again: a line may come in small pieces.
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let rest = unread.get(searched..).unwrap_or_default();
            if let Some(at) = memchr(b'\n', rest) {
                return self.take(searched.saturating_add(at), 1).map(Some);
            }
            searched = unread.len();
            // One byte more may be the carriage return of the line's end.
            if MAX_LINE < searched.saturating_sub(1) {
                return Err(Reason::LineTooLong);
            }
            if self.ended {
                return if searched == 0 { Ok(None) } else { self.take(searched, 0).map(Some) };
            }
            self.fill().map_err(Reason::Io)?;
        }
    }

    /// Hands out the first `length` unread bytes as a line, and skips the `feed` behind them.
    #[inline]
    fn take(&mut self, length: usize, feed: usize) -> Result<Range<usize>, Reason> {
        let start = self.unread.start;
        let mut end = start.saturating_add(length);
        self.unread.start = end.saturating_add(feed);
        // Only a line feed makes a carriage return the end of a line.
        let last = end.checked_sub(1).filter(|last| start <= *last && feed == 1);
        if let Some(last) = last.filter(|last| self.buffer.get(*last) == Some(&b'\r')) {
            end = last;
        }
        if MAX_LINE < end.saturating_sub(start) {
            return Err(Reason::LineTooLong);
        }
        self.line = self.line.saturating_add(1);
        Ok(start..end)
    }

    /// Reads more of the input behind what is unread.
    #[cold]
    fn fill(&mut self) -> io::Result<()> {
        if 0 < self.unread.start {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        if self.unread.end == self.buffer.len() {
            // `next` gives up on a line above MAX_LINE before the buffer is full a second time.
            self.buffer.resize(MAX_LINE.saturating_add(CHUNK), 0);
        }
        loop {
            let room = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
            let room_length = room.len();
            match self.input.read(room) {
                Ok(0) => self.ended = true,
                // A reader that counts more than it was given room for is cut to it.
                Ok(count) => {
                    self.unread.end = self.unread.end.saturating_add(count.min(room_length));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// Refuses what only looks like a text, after the first line was looked for.
    fn check_encoding(&self) -> Result<(), Reason> {
        let beginning = self.buffer.get(..self.unread.end).unwrap_or_default();
        match beginning {
            [0xef, 0xbb, 0xbf, ..] => Err(Reason::ByteOrderMark),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(Reason::Utf16),
            [0x1f, 0x8b, ..] => Err(Reason::Gzip),
            [0, ..] => Err(Reason::Nul),
            _ => Ok(()),
        }
    }
}

impl Fields {
    /// Finds the fields of a line.
    #[inline]
    fn split(&mut self, text: &[u8]) -> Result<Layout, (Place, Reason)> {
        self.spans.clear();
        if memchr3(b'"', b'\r', b'\0', text).is_some() {
            self.split_quoted(text)?;
            return Ok(Layout::Unquoted);
        }
        let mut start = 0;
        for comma in memchr_iter(b',', text) {
            self.push(start, comma)?;
            start = comma.saturating_add(1);
        }
        self.push(start, text.len())?;
        Ok(Layout::Plain)
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize) -> Result<(), (Place, Reason)> {
        if self.spans.len() == MAX_FIELDS {
            return Err((MAX_FIELDS, Reason::TooManyFields));
        }
        self.spans.push((start, end));
        Ok(())
    }

    /// Finds the fields of a line with quotes, or the control character that it must not have.
    #[cold]
    fn split_quoted(&mut self, text: &[u8]) -> Result<(), (Place, Reason)> {
        self.unquoted.clear();
        let mut rest = Some(text);
        while let Some(field) = rest {
            let place = self.spans.len();
            let start = self.unquoted.len();
            rest = match field.strip_prefix(b"\"") {
                Some(quoted) => unquote(quoted, &mut self.unquoted),
                None => unquoted(field, &mut self.unquoted),
            }
            .map_err(|reason| (place, reason))?;
            let value = self.unquoted.get(start..).unwrap_or_default();
            if let Some(at) = memchr2(b'\r', b'\0', value) {
                let return_ = value.get(at) == Some(&b'\r');
                let reason = if return_ { Reason::CarriageReturn } else { Reason::Nul };
                return Err((place, reason));
            }
            self.push(start, self.unquoted.len())?;
        }
        Ok(())
    }

    /// Checks that the line just split has `expected` fields.
    #[inline]
    fn check_width(&self, text: &[u8], expected: usize) -> Result<(), (Place, Reason)> {
        let found = self.spans.len();
        if text.is_empty() {
            return Err((0, Reason::EmptyLine));
        }
        if found != expected {
            return Err((found.min(expected), Reason::Ragged { expected, found }));
        }
        Ok(())
    }
}

/// Copies a field without quotes; what follows its comma, if there is one, is the rest.
fn unquoted<'a>(field: &'a [u8], value: &mut Vec<u8>) -> Result<Option<&'a [u8]>, Reason> {
    let comma = memchr(b',', field);
    let text = field.get(..comma.unwrap_or(field.len())).unwrap_or_default();
    if memchr(b'"', text).is_some() {
        return Err(Reason::QuoteInField);
    }
    value.extend_from_slice(text);
    Ok(comma.and_then(|comma| field.get(comma..)?.strip_prefix(b",")))
}

/// Copies a field behind its opening quote; what follows its comma, if there is one, is the rest.
fn unquote<'a>(mut field: &'a [u8], value: &mut Vec<u8>) -> Result<Option<&'a [u8]>, Reason> {
    loop {
        let quote = memchr(b'"', field).ok_or(Reason::UnclosedQuote)?;
        let (text, rest) = field.split_at_checked(quote).ok_or(Reason::UnclosedQuote)?;
        value.extend_from_slice(text);
        match rest {
            [_, b'"', rest @ ..] => {
                value.push(b'"');
                field = rest;
            }
            [_, b',', rest @ ..] => return Ok(Some(rest)),
            [_] => return Ok(None),
            _ => return Err(Reason::TextAfterQuote),
        }
    }
}

/// The names of a header, each once.
fn header(text: &[u8], fields: &mut Fields) -> Result<Vec<Box<str>>, (Place, Reason)> {
    let layout = fields.split(text)?;
    let text = match layout {
        Layout::Plain => text,
        Layout::Unquoted => &fields.unquoted,
    };
    let mut names: Vec<Box<str>> = Vec::with_capacity(fields.spans.len());
    let mut seen = HashSet::with_capacity(fields.spans.len());
    for (place, &(start, end)) in fields.spans.iter().enumerate() {
        let name = text.get(start..end).unwrap_or_default();
        let name = core::str::from_utf8(name).map_err(|_| (place, Reason::NotUtf8))?;
        if !seen.insert(name) {
            return Err((place, Reason::RepeatedColumn { name: name.into() }));
        }
        names.push(name.into());
    }
    Ok(names)
}

/// An error of the header before its names are known.
fn header_error(place: Option<Place>, reason: Reason) -> FormatError {
    FormatError { line: 1, column: place.map(|place| column(place, &[])), reason }
}

#[cold]
fn column(place: Place, names: &[Box<str>]) -> Column {
    Column { number: place.saturating_add(1), name: names.get(place).cloned() }
}

impl<'a> Row<'a> {
    /// An error in a column of this row.
    #[cold]
    pub(crate) fn error(&self, place: Place, reason: impl Into<Reason>) -> FormatError {
        let column = Some(column(place, self.names));
        FormatError { line: self.line, column, reason: reason.into() }
    }

    /// The bytes of a field.
    #[inline]
    pub(crate) fn field(&self, place: Place) -> &'a [u8] {
        let span = self.spans.get(place);
        span.and_then(|&(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// The place of a column that is there and not blank in this row.
    #[inline]
    pub(crate) fn given(&self, place: Option<Place>) -> Option<Place> {
        place.filter(|place| !self.field(*place).is_empty())
    }

    /// Which side a row fixes, in a file that has at least one of these columns, and where it says
    /// so.
    #[inline]
    pub(crate) fn fixed(
        &self,
        amount_in: Option<Place>,
        amount_out: Option<Place>,
    ) -> Result<(Exact, Place), FormatError> {
        let (place_in, place_out) = match (amount_in, amount_out) {
            (Some(place), None) => return Ok((Exact::In, place)),
            (None, Some(place)) => return Ok((Exact::Out, place)),
            (place_in, place_out) => (place_in, place_out),
        };
        match (self.given(place_in), self.given(place_out)) {
            (Some(place), None) => Ok((Exact::In, place)),
            (None, Some(place)) => Ok((Exact::Out, place)),
            (Some(_), Some(place)) => {
                Err(self.error(place, Reason::GivenTwice { other: "amount_in" }))
            }
            (None, None) => {
                let names = "amount_in or amount_out";
                Err(self.error(place_in.unwrap_or_default(), Reason::NoneGiven { names }))
            }
        }
    }

    /// A field as UTF-8.
    #[inline]
    pub(crate) fn text(&self, place: Place) -> Result<&'a str, FormatError> {
        let text = core::str::from_utf8(self.field(place));
        text.map_err(|_| self.error(place, Reason::NotUtf8))
    }

    /// A field as an identifier.
    pub(crate) fn name(&self, place: Place) -> Result<&'a str, FormatError> {
        check_name(self.field(place)).map_err(|error| self.error(place, error))
    }

    /// A field as an amount.
    #[inline]
    pub(crate) fn amount(&self, place: Place) -> Result<Amount, FormatError> {
        let max = Amount::MAX.get();
        decimal::parse(self.field(place), max)
            .and_then(|units| Amount::new(units).map_err(|_| DecimalError::TooLarge { max }))
            .map_err(|error| self.error(place, error))
    }

    /// A field as a number of shares.
    #[inline]
    pub(crate) fn shares(&self, place: Place) -> Result<Shares, FormatError> {
        let count = self.amount(place)?.get();
        let max = Shares::MAX.get();
        Shares::new(count).map_err(|_| self.error(place, DecimalError::TooLarge { max }))
    }

    /// A field as a number of 64 bits.
    pub(crate) fn number(&self, place: Place) -> Result<u64, FormatError> {
        let max = u128::from(u64::MAX);
        self.narrow(place, max)
    }

    /// A field as a number of at most `max`, which must fit the type.
    pub(crate) fn narrow<N>(&self, place: Place, max: u128) -> Result<N, FormatError>
    where
        N: TryFrom<u128>,
    {
        decimal::parse(self.field(place), max)
            .and_then(|number| number.try_into().map_err(|_| DecimalError::TooLarge { max }))
            .map_err(|error| self.error(place, error))
    }

    /// A field as a number of at most `bits` bits, themselves at most 256.
    pub(crate) fn wide(&self, place: Place, bits: u32) -> Result<U256, FormatError> {
        decimal::parse_wide(self.field(place), bits).map_err(|error| self.error(place, error))
    }
}

/// The token of this name. Only a name that is not found is checked: the others were.
#[inline]
pub(crate) fn token_named(market: &Market, name: &[u8]) -> Result<TokenId, Reason> {
    if let Some(token) = core::str::from_utf8(name).ok().and_then(|name| market.token(name).ok()) {
        return Ok(token);
    }
    let name = check_name(name)?;
    Err(Reason::UnknownToken { name: name.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All fields of a text, its header included, or the message of its error.
    fn read_from(input: impl Read) -> Result<Vec<Vec<Vec<u8>>>, String> {
        let mut rows = Rows::new(input).map_err(|error| error.to_string())?;
        let names = rows.names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut read = vec![names];
        while let Some(row) = rows.next().map_err(|error| error.to_string())? {
            read.push((0..row.spans.len()).map(|place| row.field(place).to_vec()).collect());
        }
        Ok(read)
    }

    fn read(text: &str) -> Result<Vec<Vec<Vec<u8>>>, String> {
        read_from(text.as_bytes())
    }

    /// A reader that gives one byte at a time and is interrupted before each.
    struct Trickle<'a>(&'a [u8], bool);

    impl Read for Trickle<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let (first, rest) = self.0.split_at(self.0.len().min(1));
            room[..first.len()].copy_from_slice(first);
            self.0 = rest;
            Ok(first.len())
        }
    }

    #[test]
    fn fields_are_found_however_they_are_written_and_sent() {
        let expected: Vec<Vec<Vec<u8>>> = [["a", "b"], ["1", ""], ["x,y", "say \"hi\""]]
            .iter()
            .map(|row| row.iter().map(|field| field.as_bytes().to_vec()).collect())
            .collect();
        for text in [
            "a,b\n1,\n\"x,y\",\"say \"\"hi\"\"\"\n",
            "a,b\r\n1,\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n",
            "a,b\r\n1,\n\"x,y\",\"say \"\"hi\"\"\"",
            "\"a\",\"b\"\n\"1\",\"\"\n\"x,y\",\"say \"\"hi\"\"\"",
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text:?}");
            assert_eq!(read_from(Trickle(text.as_bytes(), false)).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn malformed_lines_are_refused_with_their_place() {
        let cases: [(&[u8], &str); 22] = [
            (b"", "line 1: no header"),
            (b"\xef\xbb\xbfa,b\n", "line 1, column 1: byte order mark"),
            (b"\xff\xfea\0,\0b\0\n\0", "line 1, column 1: UTF-16"),
            (b"\xfe\xff\0a", "line 1, column 1: UTF-16"),
            (b"a\0,\0b\0\n\0", "line 1, column 1: NUL"),
            (b"\x1f\x8b\x08\0", "line 1, column 1: gzip"),
            (b"a,\xff\n", "line 1, column 2: not UTF-8"),
            (b"a,b,a\n", "line 1, column 3: column a is repeated"),
            (b"a,b\n1,2\n1\n", "line 3, column 2 (b): 1 fields, the header has 2"),
            (b"a,b\n1,2,3\n", "line 2, column 3: 3 fields, the header has 2"),
            (b"a,b\n\n1,2\n", "line 2, column 1 (a): empty line"),
            (b"a,b\n1,2\n\n", "line 3, column 1 (a): empty line"),
            (b"a,b\r1,2\r", "line 1, column 2: carriage return"),
            (b"a,b\n1\r,2\n", "line 2, column 1 (a): carriage return"),
            (b"a,b\n1,2\r", "line 2, column 2 (b): carriage return"),
            (b"a,b\n1,2\r\r\n", "line 2, column 2 (b): carriage return"),
            (b"a,b\n1,\0\n", "line 2, column 2 (b): NUL"),
            (b"a,b\n1,\"2\n", "line 2, column 2 (b): quote that is not closed"),
            (b"a,b\n1,\"2\n\"\n", "line 2, column 2 (b): quote that is not closed"),
            (b"a,b\n\"1\"x,2\n", "line 2, column 1 (a): text after a closing quote"),
            (b"a,b\n1\"\",2\n", "line 2, column 1 (a): quote inside an unquoted field"),
            (b"a,b\n\"1\r\",2\n", "line 2, column 1 (a): carriage return"),
        ];
        for (text, message) in cases {
            let shown = read_from(text).unwrap_err();
            assert!(shown.starts_with(message), "{shown}, expected {message}");
        }
    }

    #[test]
    fn memory_is_bounded_by_the_line() {
        assert!(read_from(io::repeat(0)).unwrap_err().contains("NUL"));
        assert!(read_from(io::repeat(b'x')).unwrap_err().contains("line of more than"));
        let header: &[u8] = b"a,b\n";
        let row = header.chain(io::repeat(b'1').take(1 << 30));
        let mut rows = Rows::new(row).unwrap();
        let error = rows.next().unwrap_err();
        assert_eq!(error.line, 2);
        assert!(rows.lines.buffer.len() <= MAX_LINE + CHUNK);

        for end in ["\n", "\r\n", ""] {
            let longest = format!("a,b\n1,{}{end}", "2".repeat(MAX_LINE - 2));
            assert_eq!(read(&longest).unwrap()[1][1].len(), MAX_LINE - 2);
            let longer = format!("a,b\n1,{}{end}", "2".repeat(MAX_LINE - 1));
            assert!(read(&longer).unwrap_err().starts_with("line 2: line of more"));
        }
        let wide = |count: usize| {
            let names: Vec<_> = (0..count).map(|name| name.to_string()).collect();
            read(&names.join(","))
        };
        assert_eq!(wide(MAX_FIELDS).unwrap()[0].len(), MAX_FIELDS);
        let message = "line 1, column 1025: more than 1024 fields";
        assert_eq!(wide(MAX_FIELDS + 1), Err(message.into()));
        assert_eq!(read(&",".repeat(1_000_000)), Err(message.into()));
        assert_eq!(read(&"\"\",".repeat(10_000)), Err(message.into()));
    }

    #[test]
    fn what_the_input_reports_is_kept() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        let Err(FormatError { line: 1, column: None, reason: Reason::Io(error) }) =
            Rows::new(Broken)
        else {
            panic!("a broken input was read");
        };
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        let header: &[u8] = b"a\n1\n2";
        let mut rows = Rows::new(header.chain(Broken)).unwrap();
        assert_eq!(rows.next().unwrap().unwrap().field(0), b"1");
        // The line that the input broke off is not handed out.
        assert_eq!(rows.next().unwrap_err().line, 3);
    }
}
