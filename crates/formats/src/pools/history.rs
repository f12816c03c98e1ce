//! [`HistoryColumns`]: what a row of pools.csv says of a pool's past.

use std::io::Read;

use cenote_pool::{History, Product};
use primitive_types::U256;

use crate::error::FormatError;
use crate::rows::{Place, Row, Rows};

/// The columns of a pool's past.
pub(super) const HISTORY_NAMES: [&str; 4] = ["k_last", "ts_last", "price0_cum", "price1_cum"];

/// The bits of a product of two reserves.
const PRODUCT_BITS: u32 = 224;

/// The bits of a price accumulator.
const ACCUMULATOR_BITS: u32 = 256;

/// Where the columns of a pool's past are; all may be missing, and a blank is unknown.
#[derive(Debug, Clone, Copy)]
pub(super) struct HistoryColumns {
    k_last: Option<Place>,
    ts_last: Option<Place>,
    price0_cum: Option<Place>,
    price1_cum: Option<Place>,
}

impl HistoryColumns {
    /// Finds them under these names, in the order of [`HISTORY_NAMES`].
    pub(super) fn find<R: Read>(rows: &Rows<R>, names: [&str; 4]) -> Self {
        let [k_last, ts_last, price0_cum, price1_cum] = names.map(|name| rows.column(name));
        Self { k_last, ts_last, price0_cum, price1_cum }
    }

    /// What a row says.
    pub(super) fn history(&self, row: &Row<'_>) -> Result<History, FormatError> {
        let ts_last = row.given(self.ts_last);
        Ok(History {
            k_last: wide(row, self.k_last, PRODUCT_BITS)?.and_then(|k| Product::new(k).ok()),
            ts_last: ts_last.map(|place| row.narrow(place, u128::from(u32::MAX))).transpose()?,
            price0_cum: wide(row, self.price0_cum, ACCUMULATOR_BITS)?,
            price1_cum: wide(row, self.price1_cum, ACCUMULATOR_BITS)?,
        })
    }
}

fn wide(row: &Row<'_>, place: Option<Place>, bits: u32) -> Result<Option<U256>, FormatError> {
    row.given(place).map(|place| row.wide(place, bits)).transpose()
}
