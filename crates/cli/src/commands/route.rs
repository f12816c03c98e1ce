//! `cenote route`

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cenote::{
    Amount, DEFAULT_HOPS, Exact, Market, Plan, PricesDocument, RouteDocument, RouteQuery, Router,
    RoutingError, TokenId, printable, read_queries,
};
use serde::Serialize;

use crate::Verdict;
use crate::args::{self, Format};
use crate::files::{self, read_market};
use crate::print::{self, ppm, symbol, thousands, units};

/// Steps, and prices, that people are shown.
const ROWS: usize = 20;

/// One of many answers as JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Route {
        #[serde(flatten)]
        document: Box<RouteDocument>,
        micros: f64,
    },
    Refused {
        token_in: &'a str,
        token_out: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount_in: Option<Amount>,
        #[serde(skip_serializing_if = "Option::is_none")]
        amount_out: Option<Amount>,
        error: String,
        micros: f64,
    },
}

/// Who answers, and how.
struct Desk<'a> {
    market: &'a Market,
    router: Router,
    args: &'a args::Route,
}

pub(crate) fn run(args: &args::Route) -> Result<Verdict> {
    if let Some(queries) = &args.queries {
        files::refuse_two_from_stdin(&[("--pools", &args.pools), ("--queries", queries)])?;
    }
    let market = read_market(&args.pools, &args.options)?;
    let desk = Desk { market: &market, router: Router::new(&market), args };
    match &args.queries {
        Some(path) => desk.answer_all(path)?,
        None => desk.answer_one()?,
    }
    Ok(Verdict::Good)
}

impl Desk<'_> {
    fn answer_one(&self) -> Result<()> {
        let token = |option, name: &Option<String>| {
            print::token(self.market, option, name.as_deref().unwrap_or_default())
        };
        let token_in = token("--token-in", &self.args.token_in)?;
        let token_out = token("--token-out", &self.args.token_out)?;
        let (exact, amount) = self.args.fixed();
        let (line, max_hops, gas_per_pool) = (0, None, None);
        let question =
            RouteQuery { line, exact, amount, token_in, token_out, max_hops, gas_per_pool };
        let (plan, _) = self.answer(&question);
        let plan = plan?;
        match self.args.format {
            Format::Json => print::json(&self.document(&plan)),
            Format::Text => print::text(&self.describe(&plan)?),
        }
    }

    /// Answers every row of a file, of which none is wrong.
    fn answer_all(&self, path: &Path) -> Result<()> {
        let (input, _) = files::open(path)?;
        let questions = read_queries(input, self.market).with_context(|| files::name(path))?;
        let answers = questions.iter().map(|question| (question, self.answer(question)));
        match self.args.format {
            Format::Json => print::json_each(
                answers.map(|(question, (plan, time))| self.entry(question, plan, micros(time))),
            ),
            Format::Text => {
                print::lines(answers.map(|(question, (plan, time))| {
                    self.line(question, plan.as_ref(), micros(time))
                }))
            }
        }
    }

    /// The plan, and how long it took to find; what proves how good it is takes longer.
    fn answer(&self, question: &RouteQuery) -> (Result<Plan, RoutingError>, Duration) {
        let RouteQuery { exact, amount, token_in, token_out, .. } = *question;
        let query = match exact {
            Exact::In => self.router.sell(self.market, token_in, amount).to(token_out),
            Exact::Out => self.router.buy(self.market, token_out, amount).from(token_in),
        };
        let gas = question.gas_per_pool.or(self.args.gas_per_pool).unwrap_or_default();
        let query = query.gas_per_pool(gas);
        let max_hops = question.max_hops.or(self.args.max_hops);
        let started = Instant::now();
        if self.args.split {
            let split = max_hops.map_or(query.split(), |hops| query.split().max_hops(hops));
            let plan = split.best();
            let time = started.elapsed();
            let exactly = |mut plan: Plan| {
                plan.bound = query.bound_exactly(plan.prices())?;
                Ok(plan)
            };
            (plan.and_then(exactly), time)
        } else {
            let query = query.max_hops(max_hops.unwrap_or(DEFAULT_HOPS));
            let route = query.best();
            let time = started.elapsed();
            (route.and_then(|route| query.measure(route)), time)
        }
    }

    fn document(&self, plan: &Plan) -> RouteDocument {
        let document = RouteDocument::new(self.market, &plan.route, plan.exact);
        let prices = self.args.prices.then(|| PricesDocument::new(self.market, plan.prices()));
        RouteDocument { prices, ..document }.with_bound(
            plan.bound,
            plan.gap_units(),
            plan.gap_ppm(),
        )
    }

    fn entry(
        &self,
        question: &RouteQuery,
        plan: Result<Plan, RoutingError>,
        micros: f64,
    ) -> Entry<'_> {
        match plan {
            Ok(plan) => Entry::Route { document: Box::new(self.document(&plan)), micros },
            Err(error) => Entry::Refused {
                token_in: self.market.token_name(question.token_in),
                token_out: self.market.token_name(question.token_out),
                amount_in: (question.exact == Exact::In).then_some(question.amount),
                amount_out: (question.exact == Exact::Out).then_some(question.amount),
                error: error.to_string(),
                micros,
            },
        }
    }

    fn line(
        &self,
        question: &RouteQuery,
        plan: Result<&Plan, &RoutingError>,
        micros: f64,
    ) -> String {
        let RouteQuery { line, exact, amount, token_in, token_out, .. } = *question;
        let shown = |token, amount| units(self.market, token, amount);
        match plan {
            Ok(plan) => {
                let route = &plan.route;
                let paid = shown(token_in, route.amount_in);
                let bought = shown(token_out, route.amount_out);
                let (steps, gap) = (steps(route.steps.len()), ppm(plan.gap_ppm()));
                format!("line {line}: {paid} -> {bought}, {steps}, gap {gap}, {micros:.1} us")
            }
            Err(error) => {
                let [from, to] = [token_in, token_out].map(|token| symbol(self.market, token));
                let asked = match exact {
                    Exact::In => format!("{} -> {to}", shown(token_in, amount)),
                    Exact::Out => format!("{from} -> {}", shown(token_out, amount)),
                };
                format!("line {line}: {asked}: {error}")
            }
        }
    }

    fn describe(&self, plan: &Plan) -> Result<String> {
        let mut text = String::new();
        let (market, route) = (self.market, &plan.route);
        for (at, step) in route.steps.iter().enumerate().take(ROWS) {
            let pool = printable(market.pool_name(step.pool)).to_string();
            let paid = units(market, step.token_in, step.amount_in);
            let bought = units(market, step.token_out, step.amount_out);
            writeln!(text, "{:>3}  {pool}  {paid} -> {bought}", at.saturating_add(1))?;
        }
        if let Some(more @ 1..) = route.steps.len().checked_sub(ROWS) {
            writeln!(
                text,
                "     and {} more (--format json lists all)",
                thousands(more.try_into()?)
            )?;
        }
        write_trade(&mut text, market, route)?;
        if !plan.gas.is_zero() {
            let counted = counted(plan);
            let [gas, net] = [plan.gas, plan.net()].map(|amount| units(market, counted, amount));
            writeln!(text, "with gas of {gas} for the pools, {net} in all")?;
        }
        write_gap(&mut text, plan.exact, plan.gap_units(), plan.gap_ppm())?;
        if self.args.prices {
            self.write_prices(&mut text, plan)?;
        }
        Ok(text)
    }

    /// The prices of the tokens that the plan trades.
    fn write_prices(&self, text: &mut String, plan: &Plan) -> Result<()> {
        let mut tokens = Vec::<TokenId>::new();
        for token in plan.route.steps.iter().flat_map(|step| [step.token_in, step.token_out]) {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        let counted = symbol(self.market, counted(plan));
        writeln!(text, "prices that prove it, of one smallest unit in those of {counted}:")?;
        for token in tokens.iter().take(ROWS) {
            let price = plan.prices().get(token.index()).copied().unwrap_or_default();
            writeln!(text, "     {}  {price:e}", symbol(self.market, *token))?;
        }
        if ROWS < tokens.len() {
            writeln!(text, "     and others (--format json lists all)")?;
        }
        Ok(())
    }
}

/// The token in which plans are compared, and gas is given.
fn counted(plan: &Plan) -> TokenId {
    match plan.exact {
        Exact::In => plan.route.token_out,
        Exact::Out => plan.route.token_in,
    }
}

/// What is paid and what is got, as a line.
pub(super) fn write_trade(text: &mut String, market: &Market, route: &cenote::Route) -> Result<()> {
    let cenote::Route { token_in, token_out, amount_in, amount_out, .. } = *route;
    let (paid, bought) = (units(market, token_in, amount_in), units(market, token_out, amount_out));
    writeln!(text, "pay {paid}, get {bought}  ({amount_in} units for {amount_out} units)")?;
    Ok(())
}

/// How far from the bound that is, as a line.
pub(super) fn write_gap(text: &mut String, exact: Exact, gap: Amount, gap_ppm: f64) -> Result<()> {
    if gap.is_zero() {
        writeln!(text, "nobody could do better, not by a unit")?;
        return Ok(());
    }
    let what = match exact {
        Exact::In => "below the best that anybody could do",
        Exact::Out => "above the least that anybody could pay",
    };
    if gap_ppm.is_infinite() {
        writeln!(text, "how little anybody could pay is not known: no prices prove a bound")?;
        return Ok(());
    }
    let plural = if gap == Amount::from_u64(1) { "" } else { "s" };
    writeln!(text, "at most {gap} unit{plural} ({}) {what}", ppm(gap_ppm))?;
    Ok(())
}

fn steps(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} step{plural}", thousands(u64::try_from(count).unwrap_or(u64::MAX)))
}

/// A time in microseconds.
#[expect(clippy::float_arithmetic, reason = "a value for people")]
fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
