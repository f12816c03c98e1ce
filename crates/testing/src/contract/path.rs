//! [`PathCall`]: a swap along a path, as Uniswap v2's router computes and does it.

use cenote_pool::{Amount, Direction, Exact, Fee, Fill, Hop, Market, Pool, Reserves, SwapError};
use primitive_types::{U256, U512};

use super::verdict::Verdict;

/// A swap along pools, none of them twice: `swapExactTokensForTokens` or
/// `swapTokensForExactTokens`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathCall {
    /// The pools in the order of the path.
    pub pools: Vec<PathPool>,
    /// Which side is fixed.
    pub exact: Exact,
    /// The fixed amount.
    pub amount: Amount,
    /// The least output or the most input accepted.
    pub limit: Amount,
}

/// A pool of a path and the way through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathPool {
    /// What it holds.
    pub reserves: Reserves,
    /// The way.
    pub direction: Direction,
}

impl PathPool {
    /// What it holds of the token that comes in and of the one that goes out.
    fn oriented(&self) -> [U512; 2] {
        let oriented = self.reserves.oriented(self.direction);
        [oriented.reserve_in, oriented.reserve_out].map(|reserve| U512::from(reserve.get()))
    }
}

impl PathCall {
    /// Asks it of a market of the engine, with the router's rule for an exact output. Gives a fill
    /// for each pool.
    ///
    /// # Errors
    ///
    /// [`SwapError`].
    pub fn act(&self, fee: Fee) -> Result<Vec<Fill>, SwapError> {
        let (market, hops) = self.market(fee).unwrap_or_default();
        let mut fills = vec![Fill::default(); hops.len()];
        match self.exact {
            Exact::In => market.fill_path_exact_in(&hops, self.amount, &mut fills)?,
            Exact::Out => market.fill_path_exact_out_v2_router(&hops, self.amount, &mut fills)?,
        }
        if let (Exact::In, Some(last)) = (self.exact, fills.last()) {
            last.at_least(self.limit)?;
        }
        if let (Exact::Out, Some(first)) = (self.exact, fills.first()) {
            first.at_most(self.limit)?;
        }
        Ok(fills)
    }

    /// A market of these pools: tokens and pools stand in it in the order of the path.
    fn market(&self, fee: Fee) -> Option<(Market, Vec<Hop>)> {
        let (mut market, mut hops) = (Market::new(), vec![]);
        let mut token_in = market.add_token("0").ok()?;
        for (at, PathPool { reserves, direction }) in self.pools.iter().enumerate() {
            let token_out = market.add_token(&at.saturating_add(1).to_string()).ok()?;
            let (token0, token1) = match direction {
                Direction::ZeroForOne => (token_in, token_out),
                Direction::OneForZero => (token_out, token_in),
            };
            let pool = Pool::new(token0, token1, fee).ok()?.with_reserves(*reserves).ok()?;
            let pool = market.add_pool(&at.to_string(), pool).ok()?;
            hops.push(Hop { pool, direction: *direction });
            token_in = token_out;
        }
        Some((market, hops))
    }

    /// The place of the first pool that gives nothing for what the one before it gave.
    fn gives_nothing_at(&self) -> Option<usize> {
        let mut amount = U512::from(self.amount.get());
        self.pools.iter().position(|pool| {
            amount = out_floor(pool, &amount).unwrap_or_default();
            amount.is_zero()
        })
    }

    /// Whether a pool, in the order in which the amounts are computed, would hold too much.
    fn overflows(&self) -> bool {
        let most = U512::from(Amount::MAX.get());
        let mut amount = U512::from(self.amount.get());
        let holds_too_much = |reserve: &U512, paid: &U512| reserve.saturating_add(*paid) > most;
        match self.exact {
            Exact::In => self.pools.iter().any(|pool| {
                let paid = amount;
                amount = out_floor(pool, &paid).unwrap_or_default();
                holds_too_much(&pool.oriented()[0], &paid)
            }),
            Exact::Out => self.pools.iter().rev().any(|pool| {
                let Some(paid) = in_plus_one(pool, &amount) else { return false };
                amount = paid;
                holds_too_much(&pool.oriented()[0], &paid)
            }),
        }
    }

    /// The router's word for a reason of the engine.
    fn reason(&self, error: SwapError) -> Option<&'static str> {
        match (error, self.exact) {
            (SwapError::ZeroAmount, Exact::In) => {
                Some("UniswapV2Library: INSUFFICIENT_INPUT_AMOUNT")
            }
            (SwapError::ZeroAmount, Exact::Out) => {
                Some("UniswapV2Library: INSUFFICIENT_OUTPUT_AMOUNT")
            }
            (SwapError::EmptyPool, _) => Some("UniswapV2Library: INSUFFICIENT_LIQUIDITY"),
            (SwapError::ZeroOutput { .. }, Exact::In) => Some(self.zero_output_reason()),
            (SwapError::InsufficientOutput { .. }, Exact::In) => {
                Some("UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT")
            }
            (SwapError::ExcessiveInput { .. }, Exact::Out) => {
                Some("UniswapV2Router: EXCESSIVE_INPUT_AMOUNT")
            }
            // All of a reserve divides by zero, more than it is a difference below zero.
            (SwapError::InsufficientReserve { amount_out, reserve_out }, Exact::Out) => {
                let all = amount_out == reserve_out;
                Some(if all { "invalid opcode" } else { "ds-math-sub-underflow" })
            }
            (SwapError::ReserveOverflow, _) => Some("UniswapV2: OVERFLOW"),
            _ => None,
        }
    }

    /// A pool that gives nothing is found by the next one, else by the limit, else by the pair.
    fn zero_output_reason(&self) -> &'static str {
        let last = self.gives_nothing_at().map(|at| at.saturating_add(1)) == Some(self.pools.len());
        match (last, self.limit.is_zero()) {
            (false, _) => "UniswapV2Library: INSUFFICIENT_INPUT_AMOUNT",
            (true, false) => "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT",
            (true, true) => "UniswapV2: INSUFFICIENT_OUTPUT_AMOUNT",
        }
    }
}

/// `floor(a * 997 * y / (x * 1000 + a * 997))`; `None` of an empty pool.
fn out_floor(pool: &PathPool, amount_in: &U512) -> Option<U512> {
    let [x, y] = pool.oriented();
    let traded = amount_in.saturating_mul(997.into());
    let divisor = x.saturating_mul(1_000.into()).saturating_add(traded);
    traded.saturating_mul(y).checked_div(divisor)
}

/// `floor(x * out * 1000 / ((y - out) * 997)) + 1`; `None` where not so much can go out.
fn in_plus_one(pool: &PathPool, amount_out: &U512) -> Option<U512> {
    let [x, y] = pool.oriented();
    let divisor = y.checked_sub(*amount_out)?.saturating_mul(997.into());
    let dividend = x.saturating_mul(*amount_out).saturating_mul(1_000.into());
    dividend.checked_div(divisor)?.checked_add(1.into())
}

/// Why the router may refuse a path on which a pool would hold too much, which the pair says last.
const BEFORE_OVERFLOW: [&str; 9] = [
    "UniswapV2: INSUFFICIENT_OUTPUT_AMOUNT",
    "UniswapV2Library: INSUFFICIENT_INPUT_AMOUNT",
    "UniswapV2Library: INSUFFICIENT_LIQUIDITY",
    "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT",
    "UniswapV2Router: EXCESSIVE_INPUT_AMOUNT",
    "TransferHelper: TRANSFER_FROM_FAILED",
    "ds-math-sub-underflow",
    "ds-math-mul-overflow",
    "invalid opcode",
];

/// Compares what the engine gave and what the router did: the amounts along the path, or its reason
/// in its words. `None` where the two differ in what is not meant to.
pub fn judge_path(
    call: &PathCall,
    given: &Result<Vec<Fill>, SwapError>,
    due: &Result<Vec<U256>, String>,
) -> Option<Verdict> {
    match (given, due) {
        (Ok(fills), Ok(due)) => {
            let first = fills.first().map(|fill| fill.amount_in);
            let amounts = first.into_iter().chain(fills.iter().map(|fill| fill.amount_out));
            amounts.map(U256::from).eq(due.iter().copied()).then_some(Verdict::Done)
        }
        (Err(error), Err(due)) if call.reason(*error) == Some(due.as_str()) => {
            Some(Verdict::Refused)
        }
        (Err(SwapError::ReserveOverflow), Err(due)) => {
            let other = call.overflows() && BEFORE_OVERFLOW.contains(&due.as_str());
            other.then_some(Verdict::OtherReason)
        }
        _ => None,
    }
}

/// Compares the engine's [`Pool::counterpart_floor`] with the router's `quote`.
pub fn judge_quote(
    given: &Result<Amount, SwapError>,
    due: &Result<U256, String>,
) -> Option<Verdict> {
    match (given, due) {
        (Ok(given), Ok(due)) => (U256::from(*given) == *due).then_some(Verdict::Done),
        (Err(SwapError::ReserveOverflow), Ok(due)) => {
            (*due > U256::from(Amount::MAX)).then_some(Verdict::BeyondTypes)
        }
        (Err(SwapError::ZeroAmount), Err(due)) => {
            (due == "UniswapV2Library: INSUFFICIENT_AMOUNT").then_some(Verdict::Refused)
        }
        (Err(SwapError::EmptyPool), Err(due)) => {
            (due == "UniswapV2Library: INSUFFICIENT_LIQUIDITY").then_some(Verdict::Refused)
        }
        _ => None,
    }
}
