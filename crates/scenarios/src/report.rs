//! How a [`BankRun`] is printed: what is run, the table, and the honest half.
//!
//! Percentages are of integers, to the nearest digit; they decide nothing.

use core::fmt;

use cenote_pool::{Amount, Reserves};

use crate::bank_run::{BankRun, HonestHalf};
use crate::institution::Payment;
use crate::orders::ExitOrders;
use crate::outcome::{Difference, Outcome};
use crate::world::{CUSTOMERS, DEPOSIT, PROVIDED, SWAPS};

/// A page of plain text of at most 100 columns, which ends with a line break.
impl fmt::Display for BankRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let customers = grouped(count(CUSTOMERS));
        writeln!(f, "A bank run: {customers} customers withdraw everything, in queue order.\n")?;
        self.explain(f)?;
        writeln!(f, "\n{}", table(&rows(&self.columns)))?;
        f.write_str(VERDICT)?;
        writeln!(f, "Who leaves first (swaps and random orders from seed {}):", self.seed)?;
        f.write_str(FLOOR)?;
        write_orders(f, "random orders", &self.random_orders)?;
        write_orders(f, "orders, all there are", &self.every_order)?;
        f.write_str(
            "\nThe other half: the exchange promises to pay in kind. It promises no value.\n",
        )?;
        write_honest_half(f, &self.honest_half)
    }
}

/// What the table says.
const VERDICT: &str = "\
A unit is 10^-6. At (a) the last get the dust of the roundings before them.
(a) and (b) pay the same. The difference is only who enforces it: at (b) law and audit, at (a) the
absence of the operation.

";

/// What the orders of exit are measured against.
const FLOOR: &str = "\
Each provider of (a) gets its floor(shares * reserve / total) of both tokens in any order, and at
most one unit more for each exit before it.
";

impl BankRun {
    fn explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reserves { reserve0, reserve1 } = self.honest_half.reserves_before;
        let [usd, xt, deposit] = [reserve0, reserve1, DEPOSIT].map(money);
        let [provided0, provided1] = PROVIDED.map(money);
        let HonestHalf { sold, mark, proceeds, .. } = self.honest_half;
        let [sold, mark, proceeds, loan] = [sold, mark, proceeds, self.loan].map(money);
        let [asked, vault] = [self.forbidden.amount, self.forbidden.vault].map(money);
        let (customers, swaps) = (grouped(count(CUSTOMERS)), grouped(count(SWAPS)));
        write!(
            f,
            "\
One function runs all three institutions. They differ in what withdrawing is, and in the type of
what can still be owed afterwards.

(a) The exchange. {customers} providers put {provided0} USD and {provided1} tokens each into a pool;
    {swaps} swaps of others followed. To withdraw is to redeem shares for a part of both
    reserves. What can still be owed is a type without values.
(b) A segregated custodian. {customers} claims of {deposit} USD, all in the vault. The operator
    asks for {asked} of the {vault} USD and is refused.
(c) A commingled custodian. The same claims, but the operator may lend: {loan} USD to
    an affiliate against {sold} XT. A pool of {xt} XT and {usd} USD marks
    them at {mark} USD: full cover. In the last column they were sold into that pool
    before the run, for {proceeds} USD.
"
        )
    }
}

/// The lines of the table, the heading first.
fn rows(columns: &[Outcome]) -> Vec<Vec<String>> {
    let row = |label: &str, cell: fn(&Outcome) -> String| {
        let cells = columns.iter().map(cell);
        core::iter::once(label.to_owned()).chain(cells).collect()
    };
    vec![
        row("outcome of the run", |column| column.name.to_owned()),
        row("paid in full", paid_in_full),
        row("paid partly", paid_partly),
        row("paid nothing", |column| grouped(count(column.paid_nothing))),
        row("shortfall", |column| payment(column.shortfall)),
        row("  of what was due", |column| {
            per_cent(column.shortfall.amount0.get(), column.due.amount0.get(), 2)
        }),
        row("claims left unpaid", |column| grouped(count(column.unpaid_claims))),
        row("first minus last", first_minus_last),
    ]
}

/// Those who are due two tokens are paid in proportion to their shares.
fn paid_in_full(column: &Outcome) -> String {
    let number = grouped(count(column.paid_in_full));
    if column.due.amount1.is_zero() { number } else { format!("{number} (pro rata)") }
}

fn paid_partly(column: &Outcome) -> String {
    match column.paid_partly {
        0 => "0".to_owned(),
        some => format!("{} ({})", grouped(count(some)), payment(column.partial_payments)),
    }
}

/// A part of the first's claim, or units where that would print as nothing.
fn first_minus_last(column: &Outcome) -> String {
    let Difference { amount0, amount1 } = column.first_minus_last;
    let due = column.first_due.amount0.get();
    match (amount0, amount1) {
        (0, 0) => "0".to_owned(),
        (1.., _) if 0 < nearest(amount0.unsigned_abs(), due, 4) => {
            per_cent(amount0.unsigned_abs(), due, 2)
        }
        _ => format!("{amount0} / {amount1} units"),
    }
}

fn write_orders(f: &mut fmt::Formatter<'_>, kind: &str, study: &ExitOrders) -> fmt::Result {
    let ExitOrders { residual_least: least, residual_most: most, .. } = study;
    let [providers, orders] = [study.providers, study.orders].map(|number| grouped(count(number)));
    let [below, beyond] = [study.below_floor, study.beyond_bound].map(count).map(grouped);
    let (left0, left1) = (range(least.amount0, most.amount0), range(least.amount1, most.amount1));
    let (windfall, locked) = (grouped(study.windfall.get()), grouped(study.shares_left.get()));
    write!(
        f,
        "\
- {providers} providers, {orders} {kind}: {below} exits below the floor, {beyond} above the bound;
  greatest windfall above the floor {windfall} (units). On these forks of the pool's numbers {left0} and
  {left1} units stay with the {locked} locked shares.
"
    )
}

/// One number where every order left the same.
fn range(least: Amount, most: Amount) -> String {
    let (lowest, highest) = (grouped(least.get()), grouped(most.get()));
    if least == most { lowest } else { format!("{lowest} to {highest}") }
}

fn write_honest_half(f: &mut fmt::Formatter<'_>, half: &HonestHalf) -> fmt::Result {
    let loss = half.value_before.checked_sub(half.value_after).unwrap_or_default();
    let lost = per_cent(loss.get(), half.value_before.get(), 2);
    let gained = per_cent(half.k_after.saturating_sub(half.k_before), half.k_before, 3);
    let paid = per_cent(half.proceeds.get(), half.mark.get(), 2);
    let (before, after) = (cents(half.value_before), cents(half.value_after));
    let Payment { amount0, amount1 } = half.provider_paid;
    let [sold, mark, proceeds, usd, xt] =
        [half.sold, half.mark, half.proceeds, amount0, amount1].map(money);
    write!(
        f,
        "\
The {sold} XT were marked at {mark} USD; the pool paid {proceeds}
USD for them, {paid} of the mark. The providers of that pool can leave at any moment of the
dump. After it they leave with all that they are due, {usd} USD and
{xt} XT. But at the pool's own price their position fell from {before}
to {after} USD (-{lost}), while k, the product of the reserves, rose by {gained}.
No liquidity crisis is not no loss.
"
    )
}

/// Lines of cells: the first of each to the left, the others to the right of their column.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(String::len).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, &width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("   {cell:>width$}"),
        });
        cells.chain(core::iter::once("\n".to_owned())).collect::<String>()
    };
    rows.iter().map(line).collect()
}

fn payment(payment: Payment) -> String {
    match payment.amount1 {
        Amount::ZERO => money(payment.amount0),
        amount1 => format!("{} / {}", money(payment.amount0), money(amount1)),
    }
}

/// Units of 10^-6 with all six decimals, or with none if they are zeros.
fn money(amount: Amount) -> String {
    let (whole, part) = (amount.get().div_euclid(1_000_000), amount.get().rem_euclid(1_000_000));
    let whole = grouped(whole);
    if part == 0 { whole } else { format!("{whole}.{part:06}") }
}

/// Units of 10^-6 to the nearest hundredth.
fn cents(amount: Amount) -> String {
    let cents = nearest(amount.get(), 1_000_000, 2);
    format!("{}.{:02}", grouped(cents.div_euclid(100)), cents.rem_euclid(100))
}

/// `part / whole` in per cent, to the nearest of so many decimals, without trailing zeros.
fn per_cent(part: u128, whole: u128, decimals: u32) -> String {
    let scale = 10_u128.saturating_pow(decimals);
    let parts = nearest(part, whole, decimals.saturating_add(2));
    let (whole, part) = (parts.checked_div(scale), parts.checked_rem(scale));
    let width = usize::try_from(decimals).unwrap_or_default();
    let digits = format!("{:0width$}", part.unwrap_or_default());
    let (whole, digits) = (whole.unwrap_or_default(), digits.trim_end_matches('0'));
    if digits.is_empty() { format!("{whole} %") } else { format!("{whole}.{digits} %") }
}

/// `part * 10^decimals / whole` to the nearest integer, half up; 0 if `whole` is.
///
/// The numbers shown have at most 89 bits and `decimals` is at most 5, so nothing saturates.
fn nearest(part: u128, whole: u128, decimals: u32) -> u128 {
    let scaled = part.saturating_mul(10_u128.saturating_pow(decimals));
    let doubled = scaled.saturating_mul(2).saturating_add(whole);
    doubled.checked_div(whole.saturating_mul(2)).unwrap_or_default()
}

fn count(number: usize) -> u128 {
    u128::try_from(number).unwrap_or(u128::MAX)
}

/// A number with a comma before every third digit from the right.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let first = digits.len().rem_euclid(3);
    let commas = |(at, digit): (usize, char)| {
        let comma = 0 < at && at.rem_euclid(3) == first;
        comma.then_some(',').into_iter().chain(core::iter::once(digit))
    };
    digits.chars().enumerate().flat_map(commas).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_in_groups() {
        let shown = [0, 7, 12, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "7", "12", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!(money(Amount::from_u64(9_006_951_340_615)), "9,006,951.340615");
        assert_eq!(money(Amount::from_u64(25_000_000)), "25");
        assert_eq!(money(Amount::from_u64(50)), "0.000050");
        assert_eq!(cents(Amount::from_u64(1_986_097_318_770)), "1,986,097.32");
    }

    #[test]
    fn percentages_are_nearest() {
        let shown = [(5, 8), (1, 3), (2, 3), (0, 5), (5, 5), (1, 0), (1, 1000)];
        let shown = shown.map(|(part, whole)| per_cent(part, whole, 2));
        assert_eq!(shown, ["62.5 %", "33.33 %", "66.67 %", "0 %", "100 %", "0 %", "0.1 %"]);
    }
}
