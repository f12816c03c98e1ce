//! `cenote quote`

use std::fmt::Write;

use anyhow::{Context, Result, bail};
use cenote::{Amount, Exact, Fill, Market, Pool, Ratio, TokenId, format_ratio, printable};
use serde::Serialize;

use crate::Verdict;
use crate::args::{Format, Quote};
use crate::files::read_market;
use crate::print::{self, amount, symbol};

/// Significant digits of prices for programs.
const DIGITS: usize = 18;

/// Significant digits of prices for people.
const SHOWN: usize = 6;

/// A quote as JSON.
#[derive(Serialize)]
struct Document<'a> {
    pool: &'a str,
    token_in: &'a str,
    amount_in: String,
    token_out: &'a str,
    amount_out: String,
    /// What one smallest unit of `token_in` bought.
    price: Option<String>,
    /// How much worse than the spot price that is, as a part of one, the fee included.
    price_impact: Option<String>,
}

pub(crate) fn run(args: &Quote) -> Result<Verdict> {
    let market = read_market(&args.pools, &args.options)?;
    let named = || format!("--pool {}", printable(&args.pool));
    let id = market.pool_id(&args.pool).with_context(named)?;
    let token_in = print::token(&market, "--token-in", &args.token_in)?;
    let pool = market.pool(id)?;
    let Ok(direction) = pool.direction(token_in) else {
        bail!("--token-in {}: not a token of this pool", printable(&args.token_in));
    };
    let fill = match args.amounts.fixed() {
        (Exact::In, amount) => pool.fill_exact_in(direction, amount)?,
        (Exact::Out, amount) => pool.fill_exact_out(direction, amount)?,
    };
    let (token_in, token_out) = pool.tokens(direction);
    match args.format {
        Format::Json => print::json(&Document {
            pool: market.pool_name(id),
            token_in: market.token_name(token_in),
            amount_in: fill.amount_in.to_string(),
            token_out: market.token_name(token_out),
            amount_out: fill.amount_out.to_string(),
            price: fill.price().map(|price| format_ratio(&price, DIGITS)),
            price_impact: fill.price_impact().map(|impact| format_ratio(&impact, DIGITS)),
        })?,
        Format::Text => print::text(&describe(&market, pool, [token_in, token_out], &fill)?)?,
    }
    Ok(Verdict::Good)
}

fn describe(
    market: &Market,
    pool: &Pool,
    [token_in, token_out]: [TokenId; 2],
    fill: &Fill,
) -> Result<String> {
    let shown = |token, units: Amount| {
        format!("{} {}  ({units} units)", amount(market, token, units), symbol(market, token))
    };
    let mut text = String::new();
    writeln!(text, "pay   {}", shown(token_in, fill.amount_in))?;
    writeln!(text, "get   {}", shown(token_out, fill.amount_out))?;
    let fee = pool.fee(fill.direction);
    let charged = fee.charged_ceil(fill.amount_in);
    writeln!(text, "fee   {fee}, {}", shown(token_in, charged))?;
    let price = fill.price().and_then(|price| scaled(market, [token_in, token_out], &price));
    let percent = fill.price_impact().and_then(|impact| times(&impact, 100, 1));
    if let Some((price, percent)) = price.zip(percent) {
        let [price, percent] = [price, percent].map(|ratio| format_ratio(&ratio, SHOWN));
        let (paid, got) = (symbol(market, token_in), symbol(market, token_out));
        writeln!(text, "price {price} {got} for 1 {paid}, {percent} % below the spot price")?;
    }
    Ok(text)
}

/// A price of smallest units as one of whole tokens, where the decimals of both are known.
fn scaled(market: &Market, [token_in, token_out]: [TokenId; 2], price: &Ratio) -> Option<Ratio> {
    let one = |token| {
        let decimals = market.label(token).and_then(|label| label.decimals);
        10_u128.checked_pow(u32::from(decimals.unwrap_or(0)))
    };
    times(price, one(token_in)?, one(token_out)?)
}

/// A fraction multiplied by another.
fn times(ratio: &Ratio, numerator: u128, denominator: u128) -> Option<Ratio> {
    let upper = ratio.numerator().checked_mul(numerator.into())?;
    Ratio::new(upper, ratio.denominator().checked_mul(denominator.into())?).ok()
}
