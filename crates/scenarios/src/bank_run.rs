//! [`bank_run`]: the same run on three institutions, and the half that is no praise.

use cenote_pool::{Amount, Reserves, Shares};

use crate::custodian::{Commingled, Forbidden, Segregated};
use crate::error::ScenarioError;
use crate::institution::{Payment, run};
use crate::orders::{ExitOrders, all_orders};
use crate::outcome::Outcome;
use crate::random::Random;
use crate::world::{CUSTOMERS, DEPOSIT, LOAN, Liquidity, PLEDGED_XT, XtMarket, mark_floor};

/// How many random orders of exit are tried.
const ORDERS: usize = 300;

/// What the scenario found, as plain numbers; it prints itself as a page of text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BankRun {
    /// The seed of the swaps and of the orders of exit. Nothing about a custodian depends on it.
    pub seed: u64,
    /// What each run came to: (a), (b), (c), and (c) after the collateral was sold.
    pub columns: Vec<Outcome>,
    /// What the operator of (b) was told.
    pub forbidden: Forbidden,
    /// What the operator of (c) lent.
    pub loan: Amount,
    /// The providers of (a) leaving in random orders.
    pub random_orders: ExitOrders,
    /// Five unequal providers of a small pool leaving in every order.
    ///
    /// It illustrates and proves nothing: these deposits end in one state, with others a unit
    /// may stay or go. What holds of all is that each gets its floor, and at most one unit more
    /// for each who left before.
    pub every_order: ExitOrders,
    /// What the exchange does not promise.
    pub honest_half: HonestHalf,
}

/// What the providers of the USD/XT pool went through: they can leave, and with little.
///
/// A pool's value is both reserves at the pool's own spot price, in USD: `y + x * (y / x)`,
/// exactly twice its USD. The locked shares are in it, less than a ten-billionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HonestHalf {
    /// The XT that were sold.
    pub sold: Amount,
    /// The same XT at the spot price before, in USD: `floor(sold * y / x)`.
    pub mark: Amount,
    /// What the pool paid for them, in USD.
    pub proceeds: Amount,
    /// What the pool held before: USD and XT.
    pub reserves_before: Reserves,
    /// What the pool held after.
    pub reserves_after: Reserves,
    /// The pool's value before, in USD.
    pub value_before: Amount,
    /// The pool's value after, in USD.
    pub value_after: Amount,
    /// The product of the reserves before.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::outcome::as_string"))]
    pub k_before: u128,
    /// The product of the reserves after: no smaller, as after every swap.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::outcome::as_string"))]
    pub k_after: u128,
    /// What the provider was due after it, in kind.
    pub provider_due: Payment,
    /// What the provider left with.
    pub provider_paid: Payment,
}

/// Runs everybody on the exchange, on a segregated custodian, and on a commingled one before and
/// after it sold its collateral into a pool.
///
/// # Errors
///
/// [`ScenarioError`] if the world cannot be set up. It would be an error in this code.
pub fn bank_run(seed: u64) -> Result<BankRun, ScenarioError> {
    let mut random = Random::new(seed);
    let mut dex = Liquidity::traded(&mut random)?;
    let random_orders = random_orders(&dex, &mut random)?;

    let mut segregated = Segregated::open(vec![DEPOSIT; CUSTOMERS])?;
    let Err(forbidden) = segregated.lend(LOAN);

    let mut xt = XtMarket::new()?;
    let mut commingled = Commingled::open(vec![DEPOSIT; CUSTOMERS])?;
    commingled.lend(LOAN, mark_floor(xt.state()?, PLEDGED_XT)?)?;

    let honest_half = honest_half(&mut xt)?;
    let mut recovered = commingled.clone();
    recovered.recover(honest_half.proceeds);

    let queue: Vec<usize> = (0..CUSTOMERS).collect();
    let columns = vec![
        Outcome::of("(a) exchange", &run(&mut dex.exchange, &dex.providers)),
        Outcome::of("(b) segregated", &run(&mut segregated, &queue)),
        Outcome::of("(c) commingled", &run(&mut commingled, &queue)),
        Outcome::of("(c) all XT sold", &run(&mut recovered, &queue)),
    ];
    let every_order = every_order()?;
    Ok(BankRun { seed, columns, forbidden, loan: LOAN, random_orders, every_order, honest_half })
}

fn random_orders(dex: &Liquidity, random: &mut Random) -> Result<ExitOrders, ScenarioError> {
    let shares: Vec<Shares> = dex.shares();
    let orders = (0..ORDERS).map(|_| random.order(shares.len()));
    ExitOrders::study(dex.exchange.market(), dex.pool, &shares, orders)
}

fn every_order() -> Result<ExitOrders, ScenarioError> {
    let five = Liquidity::five()?;
    let shares = five.shares();
    ExitOrders::study(five.exchange.market(), five.pool, &shares, all_orders(shares.len()))
}

/// Sells all XT into the pool, then lets its provider leave.
fn honest_half(xt: &mut XtMarket) -> Result<HonestHalf, ScenarioError> {
    let mark = mark_floor(xt.state()?, PLEDGED_XT)?;
    let (reserves_before, value_before) = (xt.state()?.reserves(), value(xt)?);
    let proceeds = xt.dump()?;
    let (reserves_after, value_after) = (xt.state()?.reserves(), value(xt)?);
    let left = Outcome::of("provider", &run(&mut xt.exchange, &[xt.provider]));
    Ok(HonestHalf {
        sold: PLEDGED_XT,
        mark,
        proceeds,
        reserves_before,
        reserves_after,
        value_before,
        value_after,
        k_before: product(reserves_before)?,
        k_after: product(reserves_after)?,
        provider_due: left.due,
        provider_paid: left.paid,
    })
}

/// Both reserves at the pool's own spot price. The division is exact: `x * y / x`.
fn value(xt: &XtMarket) -> Result<Amount, ScenarioError> {
    let Reserves { reserve0, reserve1 } = xt.state()?.reserves();
    let other = mark_floor(xt.state()?, reserve1)?;
    reserve0.checked_add(other).ok_or(ScenarioError::ValueOverflow)
}

fn product(reserves: Reserves) -> Result<u128, ScenarioError> {
    let product = reserves.reserve0.get().checked_mul(reserves.reserve1.get());
    product.ok_or(ScenarioError::ValueOverflow)
}

#[cfg(test)]
mod tests;
