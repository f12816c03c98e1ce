//! What may be said on the command line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use cenote::{Amount, Exact, Fee, PoolsOptions};
use clap::{Parser, Subcommand, ValueEnum};

#[cfg(feature = "chain")]
pub(crate) mod chain;

/// An exact constant-product exchange: simulate swap traffic, quote, find the best path, and see
/// why an exchange whose custody is its code cannot suffer a run.
#[derive(Debug, Parser)]
#[command(name = "cenote", version, propagate_version = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run swaps over pools: from files, or a built-in market when none are given
    Simulate(Simulate),
    /// Check what a chain reported against what the pools' rules allow, to the last unit
    Replay(Replay),
    /// Write pools and swaps to files, made from a seed
    Generate(Generate),
    /// Say what one pool gives or asks
    Quote(Quote),
    /// Find the best path between two tokens, or the best way to divide the amount among pools, and
    /// say how far it is at most from the best that anybody could do
    Route(Route),
    /// Judge anybody's route: whether it can be executed, and how far it is from the best
    Certify(Certify),
    /// Play one of the scenarios that compare an exchange with custodians
    Scenario(Scenario),
    /// Write the pools of a chain to a file, as they were at the end of one block
    #[cfg(feature = "chain")]
    Sync(chain::Sync),
    /// Follow a chain block by block, and print what happens to pools, one JSON document a line
    #[cfg(feature = "chain")]
    Follow(chain::Follow),
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

/// Where pools come from.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Pools {
    /// The fee of pools that name none, in hundredths of a basis point (3000 is 0.3 %)
    #[arg(long, value_name = "PIPS", value_parser = fee)]
    pub(crate) default_fee_pips: Option<Fee>,
    /// Which block's states to take, where the file has several of one pool; replay also leaves out
    /// the events of other blocks
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) block: Option<u64>,
}

impl Pools {
    /// What the reader of pools.csv is told.
    pub(crate) fn for_reader(&self) -> PoolsOptions {
        PoolsOptions { default_fee: self.default_fee_pips, block: self.block }
    }

    /// Refuses options that would have no effect.
    pub(crate) fn refuse(&self, why: &str) -> Result<()> {
        if self.default_fee_pips.is_some() {
            bail!("--default-fee-pips has no meaning {why}");
        }
        if self.block.is_some() {
            bail!("--block has no meaning {why}");
        }
        Ok(())
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Simulate {
    /// pools.csv, or - for stdin
    #[arg(long, value_name = "FILE", requires = "swaps")]
    pub(crate) pools: Option<PathBuf>,
    /// swaps.csv, or - for stdin
    #[arg(long, value_name = "FILE", requires = "pools")]
    pub(crate) swaps: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// Write what became of each swap to this file, or - for stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How many threads to use; all cores if not given. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// The seed of the built-in market and its traffic
    #[arg(long, default_value_t = 1, conflicts_with = "pools", value_parser = number)]
    pub(crate) seed: u64,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// pools.csv with the states to begin with, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pools: PathBuf,
    /// events.csv, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) events: PathBuf,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("market").required(true))]
pub(crate) struct Generate {
    /// How many pools to make
    #[arg(long, value_name = "N", group = "market", value_parser = count)]
    pub(crate) pools: Option<usize>,
    /// Make traffic for the pools of this file instead, or - for stdin
    #[arg(long, value_name = "FILE", group = "market")]
    pub(crate) over: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// How many swaps to make
    #[arg(long, value_name = "M", value_parser = number)]
    pub(crate) swaps: u64,
    /// The same seed makes the same files
    #[arg(long, default_value_t = 1, value_parser = number)]
    pub(crate) seed: u64,
    /// The folder to write pools.csv and swaps.csv to; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Which side of a swap is fixed.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Amounts {
    /// Pay exactly this, in smallest units
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) amount_in: Option<Amount>,
    /// Buy exactly this, in smallest units
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) amount_out: Option<Amount>,
}

impl Amounts {
    /// The side that is fixed, and its amount; one of the two is always given.
    pub(crate) fn fixed(self) -> (Exact, Amount) {
        match (self.amount_in, self.amount_out) {
            (Some(amount_in), _) => (Exact::In, amount_in),
            (None, amount_out) => (Exact::Out, amount_out.unwrap_or_default()),
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Quote {
    /// pools.csv, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pools: PathBuf,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// Which pool
    #[arg(long, value_name = "POOL", allow_hyphen_values = true)]
    pub(crate) pool: String,
    /// What is paid with
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token_in: String,
    #[command(flatten)]
    pub(crate) amounts: Amounts,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("question").required(true))]
pub(crate) struct Route {
    /// pools.csv, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pools: PathBuf,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// What is paid with
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    #[arg(required_unless_present = "queries", conflicts_with = "queries")]
    pub(crate) token_in: Option<String>,
    /// What is bought
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    #[arg(required_unless_present = "queries", conflicts_with = "queries")]
    pub(crate) token_out: Option<String>,
    /// Pay exactly this, in smallest units
    #[arg(long, value_name = "N", group = "question", allow_negative_numbers = true)]
    pub(crate) amount_in: Option<Amount>,
    /// Buy exactly this, in smallest units
    #[arg(long, value_name = "N", group = "question", allow_negative_numbers = true)]
    pub(crate) amount_out: Option<Amount>,
    /// Ask the questions of this file instead, one in each row, or - for stdin
    #[arg(long, value_name = "FILE", group = "question")]
    pub(crate) queries: Option<PathBuf>,
    /// Divide the amount among as many pools as help
    #[arg(long)]
    pub(crate) split: bool,
    /// The most pools that any unit passes; if not given 4 in a single path, any number in a split
    #[arg(long, value_name = "H", value_parser = count)]
    pub(crate) max_hops: Option<usize>,
    /// What each pool used costs beside the trade: units of the token bought, or of the token paid
    /// where --amount-out is given
    #[arg(long, value_name = "N")]
    pub(crate) gas_per_pool: Option<Amount>,
    /// Give the prices that prove how good the answer is, too
    #[arg(long)]
    pub(crate) prices: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Route {
    /// The side that is fixed, and its amount; one of the two is given where there is no file.
    pub(crate) fn fixed(&self) -> (Exact, Amount) {
        Amounts { amount_in: self.amount_in, amount_out: self.amount_out }.fixed()
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Certify {
    /// pools.csv, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pools: PathBuf,
    #[command(flatten)]
    pub(crate) options: Pools,
    /// The route, in the JSON that route prints, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Prices to prove the bound by, as JSON, or - for stdin; if not given the best there are
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Scenario {
    /// Which one
    #[arg(value_enum)]
    pub(crate) name: ScenarioName,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScenarioName {
    /// Everybody withdraws: from an exchange, a segregated custodian, a commingled one
    BankRun,
}

fn fee(text: &str) -> Result<Fee, cenote::Error> {
    let pips = cenote::decimal::parse(text.as_bytes(), u32::MAX.into())?;
    Ok(Fee::from_pips(u32::try_from(pips).unwrap_or(u32::MAX))?)
}

/// A number of the one grammar of numbers.
fn number(text: &str) -> Result<u64, cenote::Error> {
    let number = cenote::decimal::parse(text.as_bytes(), u64::MAX.into())?;
    Ok(u64::try_from(number).unwrap_or(u64::MAX))
}

/// A number of threads that makes sense.
fn threads(text: &str) -> Result<usize, String> {
    let threads =
        cenote::decimal::parse(text.as_bytes(), 1024).map_err(|error| error.to_string())?;
    match usize::try_from(threads) {
        Ok(threads) if threads > 0 => Ok(threads),
        _ => Err("at least one thread is needed".to_owned()),
    }
}

/// A number that counts pools or hops.
fn count(text: &str) -> Result<usize, cenote::Error> {
    let count = cenote::decimal::parse(text.as_bytes(), u32::MAX.into())?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
