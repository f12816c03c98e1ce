//! `cenote scenario`

use anyhow::Result;
use cenote::scenarios::bank_run;

use crate::Verdict;
use crate::args::{Format, Scenario, ScenarioName};
use crate::print;

/// The seed of what is random in a scenario; the figures do not depend on it.
const SEED: u64 = 1;

pub(crate) fn run(args: &Scenario) -> Result<Verdict> {
    match (args.name, args.format) {
        (ScenarioName::BankRun, Format::Text) => print::text(&bank_run(SEED)?.to_string())?,
        (ScenarioName::BankRun, Format::Json) => print::json(&bank_run(SEED)?)?,
    }
    Ok(Verdict::Good)
}
