//! `cenote certify`

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use cenote::{
    Amount, Certified, CertifyError, Exact, Market, PricesDocument, Route, RouteDocument, certify,
    certify_with,
};
use serde::Serialize;

use super::route::{write_gap, write_trade};
use crate::Verdict;
use crate::args::{Certify, Format};
use crate::files::{self, read_market};
use crate::print::{self, units};

/// Tokens left over that people are shown.
const ROWS: usize = 20;

/// A judgement as JSON.
#[derive(Debug, Default, Serialize)]
struct Document {
    executable: bool,
    error: Option<String>,
    amount_out: Option<Amount>,
    upper_bound: Option<Amount>,
    gap_units: Option<Amount>,
    gap_ppm: Option<f64>,
}

pub(crate) fn run(args: &Certify) -> Result<Verdict> {
    let mut inputs = vec![("--pools", args.pools.as_path()), ("--plan", args.plan.as_path())];
    inputs.extend(args.prices.as_deref().map(|prices| ("--prices", prices)));
    files::refuse_two_from_stdin(&inputs)?;
    let market = read_market(&args.pools, &args.options)?;
    let route = read_plan(&args.plan, &market)?;
    let judged = match &args.prices {
        Some(path) => certify_with(&market, &route, read_prices(path, &market)?),
        None => certify(&market, &route),
    };
    match judged {
        Ok(certified) => {
            match args.format {
                Format::Json => print::json(&Document::from(&certified))?,
                Format::Text => print::text(&describe(&market, &route, &certified)?)?,
            }
            Ok(Verdict::Good)
        }
        // What is no trade is no plan that failed.
        Err(error @ CertifyError::Routing(_)) => Err(error).context(files::name(&args.plan)),
        Err(error) => {
            match args.format {
                Format::Json => print::json(&Document::from(&error))?,
                Format::Text => print::text(&refusal(&error))?,
            }
            Ok(Verdict::Failed)
        }
    }
}

fn read_plan(path: &Path, market: &Market) -> Result<Route> {
    let named = || files::name(path);
    let (input, _) = files::open(path)?;
    let document = RouteDocument::read(input).with_context(named)?;
    document.route(market).with_context(named)
}

fn read_prices(path: &Path, market: &Market) -> Result<Vec<f64>> {
    let named = || files::name(path);
    let (input, _) = files::open(path)?;
    let document = PricesDocument::read(input).with_context(named)?;
    document.for_market(market).with_context(named)
}

impl From<&Certified> for Document {
    fn from(certified: &Certified) -> Self {
        Self {
            executable: true,
            error: None,
            amount_out: Some(certified.amount_out),
            upper_bound: Some(certified.bound),
            gap_units: Some(certified.gap_units()),
            gap_ppm: Some(certified.gap_ppm()),
        }
    }
}

impl From<&CertifyError> for Document {
    fn from(error: &CertifyError) -> Self {
        let document = Self { error: Some(error.to_string()), ..Self::default() };
        match *error {
            CertifyError::Beaten { amount_out, bound } => Self {
                executable: true,
                amount_out: Some(amount_out),
                upper_bound: Some(bound),
                ..document
            },
            CertifyError::Route(_) | CertifyError::Routing(_) => document,
        }
    }
}

fn describe(market: &Market, route: &Route, certified: &Certified) -> Result<String> {
    let mut text = String::from("the plan can be executed as it stands\n");
    let amount_out = certified.amount_out;
    write_trade(&mut text, market, &Route { amount_out, steps: Vec::new(), ..*route })?;
    for (token, amount) in certified.holdings.iter().take(ROWS) {
        writeln!(text, "left over, and not counted: {}", units(market, *token, *amount))?;
    }
    if let Some(more @ 1..) = certified.holdings.len().checked_sub(ROWS) {
        writeln!(text, "and {more} more tokens left over")?;
    }
    let most = units(market, route.token_out, certified.bound);
    writeln!(text, "nobody could get more than {most}  ({} units)", certified.bound)?;
    write_gap(&mut text, Exact::In, certified.gap_units(), certified.gap_ppm())?;
    Ok(text)
}

fn refusal(error: &CertifyError) -> String {
    match error {
        CertifyError::Route(error) => {
            format!("the plan cannot be executed as it stands (steps count from 0)\n{error}\n")
        }
        CertifyError::Routing(_) | CertifyError::Beaten { .. } => format!("{error}\n"),
    }
}
