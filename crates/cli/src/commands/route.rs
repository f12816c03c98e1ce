//! `cenote route`

use std::fmt::Write;

use anyhow::Result;
use cenote::{Exact, Market, RouteDocument, Router, printable};

use crate::Verdict;
use crate::args::{Format, Route};
use crate::files::read_market;
use crate::print::{self, amount, symbol};

pub(crate) fn run(args: &Route) -> Result<Verdict> {
    let market = read_market(&args.pools, &args.options)?;
    let token_in = print::token(&market, "--token-in", &args.token_in)?;
    let token_out = print::token(&market, "--token-out", &args.token_out)?;
    let router = Router::new(&market);
    let hops = args.max_hops;
    let (exact, amount) = args.amounts.fixed();
    let query = match exact {
        Exact::In => router.sell(&market, token_in, amount).to(token_out),
        Exact::Out => router.buy(&market, token_out, amount).from(token_in),
    };
    let route = query.max_hops(hops).best()?;
    match args.format {
        Format::Json => print::json(&RouteDocument::new(&market, &route, exact))?,
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
