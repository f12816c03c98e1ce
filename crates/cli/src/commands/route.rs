//! `cenote route`

use std::fmt::Write;

use anyhow::{Context, Result};
use cenote::{Market, RouteDocument, Router, printable};

use crate::Verdict;
use crate::args::{Format, Route};
use crate::files::read_market;
use crate::print::{self, amount, symbol};

pub(crate) fn run(args: &Route) -> Result<Verdict> {
    let market = read_market(&args.pools, &args.options)?;
    let token_in = market.token(&args.token_in).context("--token-in")?;
    let token_out = market.token(&args.token_out).context("--token-out")?;
    let router = Router::new(&market);
    let hops = args.max_hops;
    let route = match (args.amounts.amount_in, args.amounts.amount_out) {
        (Some(amount_in), _) => {
            router.sell(&market, token_in, amount_in).to(token_out).max_hops(hops).best()?
        }
        (None, amount_out) => {
            let amount_out = amount_out.unwrap_or_default();
            router.buy(&market, token_out, amount_out).from(token_in).max_hops(hops).best()?
        }
    };
    match args.format {
        Format::Json => print::json(&RouteDocument::new(&market, &route))?,
        Format::Text => print::text(&describe(&market, &route)?)?,
    }
    Ok(Verdict::Good)
}

fn describe(market: &Market, route: &cenote::Route) -> Result<String> {
    let mut text = String::new();
    let shown =
        |token, units| format!("{} {}", amount(market, token, units), symbol(market, token));
    for (at, step) in route.steps.iter().enumerate() {
        let pool = printable(market.pool_name(step.pool)).to_string();
        let paid = shown(step.token_in, step.amount_in);
        let bought = shown(step.token_out, step.amount_out);
        writeln!(text, "{:>3}  {pool}  {paid} -> {bought}", at.saturating_add(1))?;
    }
    let units = format!("({} units for {} units)", route.amount_in, route.amount_out);
    let paid = shown(route.token_in, route.amount_in);
    let bought = shown(route.token_out, route.amount_out);
    writeln!(text, "pay {paid}, get {bought}  {units}")?;
    Ok(text)
}
