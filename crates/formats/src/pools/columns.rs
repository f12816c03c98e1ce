//! [`Columns`]: what a row of pools.csv says.

use std::io::Read;

use cenote_pool::{Fees, History, Pool, PoolError, Reserves, Shares, TokenId};

use super::PoolsOptions;
use super::fees::{FeeColumns, default_fee};
use super::history::{HISTORY_NAMES, HistoryColumns};
use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};

/// The names that the column of a pool's identifier may have.
const POOL_NAMES: [&str; 3] = ["pool", "address", "pair"];

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) pool: Place,
    pub(super) tokens: [Place; 2],
    reserves: [Place; 2],
    fees: Option<FeeColumns>,
    total_supply: Option<Place>,
    history: HistoryColumns,
    decimals: [Option<Place>; 2],
    symbols: [Option<Place>; 2],
    pub(super) block: Option<Place>,
}

/// What a row says.
#[derive(Debug)]
pub(super) struct State<'a> {
    pub(super) name: &'a str,
    pub(super) tokens: [&'a str; 2],
    reserves: Reserves,
    fees: Fees,
    total_shares: Option<Shares>,
    pub(super) history: History,
    pub(super) labels: [LabelText<'a>; 2],
    pub(super) block: Option<u64>,
}

/// How a row shows a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelText<'a> {
    pub(super) symbol: Option<&'a str>,
    pub(super) decimals: Option<u8>,
}

impl Columns {
    pub(super) fn find<R: Read>(
        rows: &Rows<R>,
        options: &PoolsOptions,
    ) -> Result<Self, FormatError> {
        let block = rows.column("block");
        if options.block.is_some() && block.is_none() {
            return Err(rows.header_error(None, Reason::MissingColumn { names: "block" }));
        }
        Ok(Self {
            pool: pool_column(rows)?,
            tokens: [rows.required("token0")?, rows.required("token1")?],
            reserves: [rows.required("reserve0")?, rows.required("reserve1")?],
            fees: FeeColumns::find(rows, options)?,
            total_supply: rows.column("total_supply"),
            history: HistoryColumns::find(rows, HISTORY_NAMES),
            decimals: [rows.column("decimals0"), rows.column("decimals1")],
            symbols: [rows.column("symbol0"), rows.column("symbol1")],
            block,
        })
    }

    /// Reads a row, whether or not it is kept.
    pub(super) fn state<'a>(
        &self,
        row: &Row<'a>,
        options: &PoolsOptions,
    ) -> Result<State<'a>, FormatError> {
        let name = row.name(self.pool)?;
        let [token0, token1] = self.tokens;
        let tokens = [row.name(token0)?, row.name(token1)?];
        let reserves = self.reserves(row)?;
        let fees = match &self.fees {
            Some(columns) => columns.fees(row, options)?,
            None => default_fee(row, self.pool, options)?.into(),
        };
        let total_supply = row.given(self.total_supply);
        let total_shares = total_supply.map(|place| row.shares(place)).transpose()?;
        let history = self.history.history(row)?;
        let [label0, label1] = [self.label(row, 0)?, self.label(row, 1)?];
        let block = row.given(self.block).map(|place| row.number(place)).transpose()?;
        let state = State {
            name,
            tokens,
            reserves,
            fees,
            total_shares,
            history,
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
    pub(super) fn pool(
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
        let pool = Pool::new(token0, token1, state.fees)
            .map_err(refused(place1))?
            .with_reserves(state.reserves)
            .map_err(refused(reserve1))?;
        match (state.total_shares, self.total_supply) {
            (Some(total), Some(place)) => pool.with_total_shares(total).map_err(refused(place)),
            _ => Ok(pool),
        }
    }
}

/// The column of a pool's identifier, under one of its names.
pub(crate) fn pool_column<R: Read>(rows: &Rows<R>) -> Result<Place, FormatError> {
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
