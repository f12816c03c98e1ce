//! [`Mismatch`]: one thing in a chain's report that a pool's rules do not lead to.

use core::fmt::Display;

use cenote_pool::{
    Action, Amount, Direction, End, Event, EventError, Fee, Flows, FlowsError, History, Log, Pool,
    Product, Reserves,
};
use primitive_types::{U256, U512};

/// One thing that does not fit, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The line of the log; of an end state, the line of the state.
    pub line: u64,
    /// The block.
    pub block: Option<u64>,
    /// The place of the log in its block; an end state has none.
    pub log_index: Option<u64>,
    /// The name of the pool.
    pub pool: Box<str>,
    /// What does not fit.
    pub field: &'static str,
    /// What the rules lead to.
    pub expected: Box<str>,
    /// What was reported, or what the replay ended with.
    pub found: Box<str>,
}

/// One thing that does not fit.
#[derive(Debug)]
pub(crate) struct Finding {
    field: &'static str,
    expected: String,
    found: String,
}

/// One field of an end state: what is known of it, if it differs.
type Compared = Option<Option<Finding>>;

impl Finding {
    fn new(field: &'static str, expected: impl Display, found: impl Display) -> Self {
        Self { field, expected: format!("{expected}"), found: format!("{found}") }
    }

    /// Whether it is in the report of the reserves, not in that of the amounts.
    pub(crate) fn is_of_sync(&self) -> bool {
        matches!(self.field, "reserve0" | "reserve1")
    }

    pub(crate) fn mismatch(
        self,
        line: u64,
        (block, log_index): (Option<u64>, Option<u64>),
        name: &str,
    ) -> Mismatch {
        Mismatch {
            line,
            block,
            log_index,
            pool: name.into(),
            field: self.field,
            expected: self.expected.into(),
            found: self.found.into(),
        }
    }
}

/// A pool has no state.
pub(crate) fn no_state() -> Finding {
    Finding::new("pool", "a state of this pool in this block", "none")
}

/// An action came without its reserves.
pub(crate) fn no_sync(log: &Log) -> Finding {
    let before = log.log_index.checked_sub(1);
    let expected = before.map_or_else(
        || "a sync in the line before, at the log_index before".to_owned(),
        |before| format!("a sync in the line before, at log_index {before}"),
    );
    Finding::new("sync", expected, "none")
}

/// What of an event does not fit a pool, as it was before it: one thing or one for each token.
pub(crate) fn findings(pool: &Pool, event: &Event, error: &EventError) -> [Option<Finding>; 2] {
    let one = |finding| [Some(finding), None];
    match *error {
        EventError::UnknownPool { .. } => one(no_state()),
        EventError::OneReserveZero => {
            let Reserves { reserve0, reserve1 } = event.reserves;
            let field = if reserve0.is_zero() { "reserve0" } else { "reserve1" };
            one(Finding::new(field, "more than zero", reserve0.min(reserve1)))
        }
        EventError::Swap(error) => match event.action {
            Some(Action::Swap(flows)) => one(refused_swap(pool, &flows, error)),
            _ => one(Finding::new("swap", "one that the pool's rule allows", error)),
        },
        EventError::Mint(error) => {
            one(Finding::new("mint", "one that the pool's rule allows", error))
        }
        EventError::Burn(error) => {
            one(Finding::new("burn", "one that the pool's rule allows", error))
        }
        EventError::Reserves { expected, found } => both(["reserve0", "reserve1"], expected, found),
        EventError::Shares { expected, found } => one(Finding::new("lp", expected, found)),
        EventError::Payment { expected, found } => both(["amount0", "amount1"], expected, found),
    }
}

/// The sides that differ.
fn both(fields: [&'static str; 2], expected: Reserves, found: Reserves) -> [Option<Finding>; 2] {
    let [field0, field1] = fields;
    let differs = |field, expected: Amount, found: Amount| {
        (expected != found).then(|| Finding::new(field, expected, found))
    };
    [
        differs(field0, expected.reserve0, found.reserve0),
        differs(field1, expected.reserve1, found.reserve1),
    ]
}

fn refused_swap(pool: &Pool, flows: &Flows, error: FlowsError) -> Finding {
    match error {
        FlowsError::NoOutput => Finding::new("amount_out", "more than zero", 0),
        FlowsError::NoInput => Finding::new("amount_in", "more than zero", 0),
        FlowsError::InsufficientReserve { amount_out, reserve_out } => {
            let is_first = pool.reserves().reserve0 <= flows.amount0_out;
            let field = if is_first { "amount0_out" } else { "amount1_out" };
            Finding::new(field, format!("less than {reserve_out}"), amount_out)
        }
        FlowsError::BreaksK => {
            let expected = format!("at least {}", Product::of(pool.reserves()));
            Finding::new("k", expected, product_after_fees(pool, flows))
        }
        FlowsError::ReserveOverflow => {
            Finding::new("amount_in", "reserves of at most 2^112 - 1", "more")
        }
    }
}

/// The product of the reserves after a swap, the fees set aside, rounded down: what must not
/// be below the product before.
fn product_after_fees(pool: &Pool, flows: &Flows) -> U512 {
    let Reserves { reserve0, reserve1 } = pool.reserves();
    let [fee0, fee1] = Direction::BOTH.map(|direction| pool.fee(direction));
    let scaled = |reserve: Amount, paid: Amount, bought: Amount, fee: Fee| {
        let left = reserve.checked_sub(bought).unwrap_or_default().get();
        let kept = U512::from(paid.get()).saturating_mul(fee.kept().into());
        U512::from(left).saturating_mul(fee.scale().into()).saturating_add(kept)
    };
    let side0 = scaled(reserve0, flows.amount0_in, flows.amount0_out, fee0);
    let side1 = scaled(reserve1, flows.amount1_in, flows.amount1_out, fee1);
    let scale = U512::from(fee0.scale()).saturating_mul(fee1.scale().into());
    side0.saturating_mul(side1).checked_div(scale).unwrap_or_default()
}

/// A field of an end state: nothing where it is not known on either side.
fn compared<T: PartialEq + Display>(
    field: &'static str,
    expected: Option<T>,
    found: Option<T>,
) -> Compared {
    let (expected, found) = expected.zip(found)?;
    Some((expected != found).then(|| Finding::new(field, expected, found)))
}

/// Reserves and shares at the end of a block.
pub(crate) fn end_state(end: &End, pool: &Pool) -> [Compared; 3] {
    let Reserves { reserve0, reserve1 } = pool.reserves();
    [
        compared("end_reserve0", end.reserve0, Some(reserve0)),
        compared("end_reserve1", end.reserve1, Some(reserve1)),
        compared("end_total_supply", end.total_shares, pool.total_shares()),
    ]
}

/// Time and `k_last` at the end of a block.
pub(crate) fn end_past(end: &End, history: &History) -> [Compared; 2] {
    [
        compared("end_ts_last", end.ts_last, history.ts_last),
        compared("end_k_last", end.k_last, history.k_last),
    ]
}

/// The price accumulators at the end of a block.
pub(crate) fn end_accumulators(end: &End, history: &History) -> [Compared; 2] {
    let of = |field, expected: Option<U256>, found| compared(field, expected, found);
    [
        of("end_price0_cum", end.price0_cum, history.price0_cum),
        of("end_price1_cum", end.price1_cum, history.price1_cum),
    ]
}
