//! [`FeeColumns`]: what a row of pools.csv says of fees.

use std::io::Read;

use cenote_pool::{Fee, FeeError, Fees};

use super::PoolsOptions;
use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};

/// The columns of fees and their unit.
#[derive(Debug, Clone, Copy)]
pub(super) enum FeeColumns {
    /// In basis points, for both directions.
    Bps(Place),
    /// In hundredths of them, for both directions.
    Pips(Place),
    /// In hundredths of them, on what comes in of the first token and of the second.
    PipsOfBoth([Place; 2]),
}

impl FeeColumns {
    /// Finds them; `None` where the header has none and the default fee is for all.
    pub(super) fn find<R: Read>(
        rows: &Rows<R>,
        options: &PoolsOptions,
    ) -> Result<Option<Self>, FormatError> {
        let one = match (rows.column("fee_bps"), rows.column("fee_pips")) {
            (Some(_), Some(place)) => return Err(exclusive(rows, place, "fee_bps")),
            (Some(place), None) => Some((Self::Bps(place), "fee_bps")),
            (None, Some(place)) => Some((Self::Pips(place), "fee_pips")),
            (None, None) => None,
        };
        let both = [rows.column("fee0_pips"), rows.column("fee1_pips")];
        match (one, both) {
            (Some((_, other)), [Some(place), _] | [None, Some(place)]) => {
                Err(exclusive(rows, place, other))
            }
            (Some((columns, _)), [None, None]) => Ok(Some(columns)),
            (None, [Some(place0), Some(place1)]) => Ok(Some(Self::PipsOfBoth([place0, place1]))),
            (None, [Some(_), None]) => Err(missing(rows, "fee1_pips")),
            (None, [None, Some(_)]) => Err(missing(rows, "fee0_pips")),
            (None, [None, None]) if options.default_fee.is_some() => Ok(None),
            (None, [None, None]) => {
                Err(missing(rows, "fee_bps or fee_pips, and no default fee is given"))
            }
        }
    }

    /// The fees of a row; where a field is blank, the default fee.
    pub(super) fn fees(&self, row: &Row<'_>, options: &PoolsOptions) -> Result<Fees, FormatError> {
        match *self {
            Self::Bps(place) => Ok(fee(row, place, options, Fee::from_bps)?.into()),
            Self::Pips(place) => Ok(fee(row, place, options, Fee::from_pips)?.into()),
            Self::PipsOfBoth([place0, place1]) => {
                let fee0 = fee(row, place0, options, Fee::from_pips)?;
                Ok(Fees::new(fee0, fee(row, place1, options, Fee::from_pips)?))
            }
        }
    }
}

fn fee(
    row: &Row<'_>,
    place: Place,
    options: &PoolsOptions,
    from: fn(u32) -> Result<Fee, FeeError>,
) -> Result<Fee, FormatError> {
    if row.field(place).is_empty() {
        return default_fee(row, place, options);
    }
    let number = row.narrow(place, u128::from(u32::MAX))?;
    from(number).map_err(|error| row.error(place, error))
}

/// The fee of a row that has none.
pub(super) fn default_fee(
    row: &Row<'_>,
    place: Place,
    options: &PoolsOptions,
) -> Result<Fee, FormatError> {
    options.default_fee.ok_or_else(|| row.error(place, Reason::MissingFee))
}

fn exclusive<R: Read>(rows: &Rows<R>, place: Place, other: &'static str) -> FormatError {
    rows.header_error(Some(place), Reason::ExclusiveColumn { other })
}

fn missing<R: Read>(rows: &Rows<R>, names: &'static str) -> FormatError {
    rows.header_error(None, Reason::MissingColumn { names })
}
