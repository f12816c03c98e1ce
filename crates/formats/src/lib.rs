//! What files say of pools, swaps, events, queries and routes: CSV and JSON over any `Read` and `Write`.
//!
//! Five words: a *row* is one line of a CSV file; a *batch* is some rows of swaps or events;
//! an *outcome* is what became of one of them; a *document* is a route by names; a *reason* is
//! why a text was refused, always with its line and, where there is one, its column.
//!
//! Three laws hold everywhere:
//!
//! - A text means one thing or is refused. There is no guessing of separators, encodings or
//!   missing fields, and a number has one spelling ([`cenote_pool::decimal`]).
//! - Memory is bounded by what is kept, not by what is sent: a line has at most
//!   [`MAX_LINE`] bytes and [`MAX_FIELDS`] fields.
//! - Text of others that enters a message is escaped and cut ([`printable`]).
//!
//! This crate opens nothing: it knows no paths, no terminal and no network. It does not judge
//! trades either; whether a pool takes an order is the pool's answer.
//!
//! A file that was cut off is not always recognisable as such: where the last line lost its end,
//! its last field may be a shorter one that is still well formed. Whoever sends files over wires
//! that cut compares their length or hash.

#![forbid(unsafe_code)]

mod display;
mod error;
mod events;
mod outcomes;
mod pools;
#[cfg(feature = "serde")]
mod prices;
mod queries;
#[cfg(feature = "serde")]
mod route;
mod rows;
#[cfg(test)]
mod samples;
mod swaps;
mod write;

pub use display::{MAX_PRINTED, Printable, format_ratio, format_units, printable};
pub use error::{Column, FormatError, Reason};
pub use events::{EventBatch, EventReader, EventWriter, Stranger};
pub use outcomes::{Outcome, OutcomeWriter};
pub use pools::{
    PoolsOptions, Snapshots, StateBlock, read_pools, read_pools_of_block, read_snapshots,
    write_pools, write_pools_of_block,
};
#[cfg(feature = "serde")]
pub use prices::{PricesDocument, PricesDocumentError};
pub use queries::{RouteQuery, read_queries};
#[cfg(feature = "serde")]
pub use route::{Bound, MAX_DOCUMENT, RouteDocument, RouteDocumentError, StepDocument};
pub use rows::{MAX_FIELDS, MAX_LINE};
pub use swaps::{SwapBatch, SwapReader, SwapWriter};
pub use write::WriteError;
