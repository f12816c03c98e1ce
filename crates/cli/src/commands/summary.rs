//! What a simulation found, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;
use cenote::{
    Audit, AuditError, Market, OpenError, PoolId, PriceMove, StateHash, Tally, TokenId, Volume,
    format_units, largest_moves,
};
use serde::Serialize;

use crate::print::{amount, symbol, thousands};

/// Rows of each table for people.
const ROWS: usize = 8;

/// A simulation that has ended.
pub(crate) struct Summary<'a> {
    /// Where swaps were made from a seed.
    pub(crate) seed: Option<u64>,
    pub(crate) before: &'a Market,
    pub(crate) after: Market,
    pub(crate) tally: Tally,
    /// Pools that could not be opened.
    pub(crate) closed: Vec<(PoolId, OpenError)>,
    /// Where there were traders.
    pub(crate) audit: Option<Audited>,
    pub(crate) elapsed: Duration,
    pub(crate) state_hash: StateHash,
}

/// The books of an exchange at the end.
pub(crate) struct Audited {
    pub(crate) audit: Result<Audit, AuditError>,
    /// Wallets of traders.
    pub(crate) wallets: usize,
    /// Pools of which every share was redeemed for something, after the audit.
    pub(crate) redeemed: usize,
}

impl Audited {
    /// Whether every unit and share was found, and every share could be redeemed.
    fn holds(&self) -> bool {
        self.audit.as_ref().is_ok_and(|audit| {
            let shared = audit.shares.iter().filter(|shares| !shares.in_wallets.is_zero());
            audit.nothing_outside() && audit.every_share_backed() && self.redeemed == shared.count()
        })
    }
}

impl Summary<'_> {
    /// Whether the books balance; true where there are none.
    pub(crate) fn holds(&self) -> bool {
        self.audit.as_ref().is_none_or(Audited::holds)
    }

    fn swaps(&self) -> u64 {
        self.tally.accepted().saturating_add(self.tally.refused())
    }

    /// The whole page.
    pub(crate) fn text(&self) -> Result<String> {
        let mut page = String::new();
        let swaps = thousands(self.swaps());
        let pools = thousands(count(self.before.pools().len()));
        let tokens = thousands(count(self.before.token_count()));
        let made = self.seed.map(|seed| format!(", made from seed {seed}")).unwrap_or_default();
        writeln!(page, "{swaps} swaps over {pools} pools of {tokens} tokens{made}\n")?;
        self.write_orders(&mut page)?;
        self.write_volumes(&mut page)?;
        self.write_moves(&mut page)?;
        self.write_audit(&mut page)?;
        let seconds = self.elapsed.as_secs_f64();
        let speed = thousands(per_second(self.swaps(), self.elapsed));
        writeln!(page, "time         {seconds:.3} s, {speed} swaps/s")?;
        writeln!(page, "state hash   {}", self.state_hash)?;
        Ok(page)
    }

    fn write_orders(&self, page: &mut String) -> Result<()> {
        let row = |page: &mut String, label: &str, number: u64| {
            let share = percent(number, self.swaps());
            writeln!(page, "{label:<24} {:>12}  {share:>7}", thousands(number))
        };
        row(page, "accepted", self.tally.accepted())?;
        row(page, "refused", self.tally.refused())?;
        for (code, number) in self.tally.refusals() {
            row(page, &format!("  {code}"), number)?;
        }
        for (code, number) in self.closed_by_reason() {
            writeln!(page, "pools not opened         {:>12}  {code}", thousands(number))?;
        }
        writeln!(page)?;
        Ok(())
    }

    fn write_volumes(&self, page: &mut String) -> Result<()> {
        let mut volumes = self.tally.volumes().collect::<Vec<_>>();
        volumes.sort_by_key(|(token, volume)| (core::cmp::Reverse(volume.swaps), *token));
        if volumes.is_empty() {
            return Ok(());
        }
        writeln!(page, "{:<16} {:>10} {:>28} {:>26}", "paid in", "swaps", "volume", "fees")?;
        for (token, volume) in volumes.iter().take(ROWS) {
            let Volume { swaps, paid_in, fees } = volume;
            let label = self.before.label(*token).and_then(|label| label.decimals);
            // More than 2^128 units of a token do not fit the decimal form and are shown whole.
            let shown = |sum: &cenote::U256| match u128::try_from(*sum) {
                Ok(sum) => rounded(&format_units(sum, label)),
                Err(_) => sum.to_string(),
            };
            let (name, swaps) = (clip(&symbol(self.before, *token)), thousands(*swaps));
            writeln!(page, "{name:<16} {swaps:>10} {:>28} {:>26}", shown(paid_in), shown(fees))?;
        }
        write_rest(page, volumes.len(), "tokens")?;
        Ok(())
    }

    fn write_moves(&self, page: &mut String) -> Result<()> {
        let moves = largest_moves(self.before, &self.after, ROWS);
        if moves.is_empty() {
            return Ok(());
        }
        writeln!(page, "{:<44} {:<28} {:>16}", "largest price moves", "pair", "change")?;
        for price in moves {
            let name = clip_to(44, self.before.pool_name(price.pool));
            let pair = self.before.pool(price.pool).map(|pool| {
                let symbol = |token| clip(&symbol(self.before, token));
                format!("{}/{}", symbol(pool.token0()), symbol(pool.token1()))
            })?;
            writeln!(page, "{name:<44} {pair:<28} {:>16}", change(&price))?;
        }
        writeln!(page)?;
        Ok(())
    }

    fn write_audit(&self, page: &mut String) -> Result<()> {
        let Some(audited) = &self.audit else { return Ok(()) };
        let audit = match &audited.audit {
            Ok(audit) => audit,
            Err(error) => return Ok(writeln!(page, "audit        FAILED: {error}\n")?),
        };
        let mut rows = audit.tokens.iter().collect::<Vec<_>>();
        let swaps = self.tally.volumes().map(|(token, volume)| (token, volume.swaps));
        let swaps = swaps.collect::<BTreeMap<TokenId, u64>>();
        let swaps = |token| swaps.get(&token).copied().unwrap_or_default();
        rows.sort_by_key(|row| (core::cmp::Reverse(swaps(row.token)), row.token));
        let head = ["audit", "issued", "in pools", "in wallets", "outside"];
        let [first, issued, in_pools, in_wallets, outside] = head;
        writeln!(page, "{first:<16} {issued:>27} {in_pools:>27} {in_wallets:>27} {outside:>8}")?;
        for row in rows.iter().take(ROWS) {
            let shown = |units| rounded(&amount(self.before, row.token, units));
            let name = clip(&symbol(self.before, row.token));
            let [issued, in_pools, in_wallets, outside] =
                [row.issued, row.in_pools, row.in_wallets, row.outside].map(shown);
            writeln!(page, "{name:<16} {issued:>27} {in_pools:>27} {in_wallets:>27} {outside:>8}")?;
        }
        write_rest(page, rows.len(), "tokens")?;
        let verdict = if audited.holds() { "holds" } else { "FAILED" };
        let tokens = thousands(count(audit.tokens.len()));
        let wallets = thousands(count(audited.wallets));
        writeln!(
            page,
            "audit        {verdict}: issued = in pools + in wallets, to the unit, for each of {tokens} tokens;"
        )?;
        let redeemed = thousands(count(audited.redeemed));
        writeln!(
            page,
            "             {wallets} traders' wallets; every share of {redeemed} pools was redeemed afterwards\n"
        )?;
        Ok(())
    }

    fn closed_by_reason(&self) -> BTreeMap<&'static str, u64> {
        let mut reasons = BTreeMap::new();
        for (_, error) in &self.closed {
            let number: &mut u64 = reasons.entry(error.code()).or_default();
            *number = number.saturating_add(1);
        }
        reasons
    }

    /// The same as one JSON document.
    pub(crate) fn document(&self) -> Document {
        let token = |token: TokenId| self.before.token_name(token).to_owned();
        let volumes = self.tally.volumes().map(|(id, volume)| VolumeDocument {
            token: token(id),
            swaps: volume.swaps,
            volume: volume.paid_in.to_string(),
            fees: volume.fees.to_string(),
        });
        let moves = largest_moves(self.before, &self.after, ROWS);
        let moves = moves.into_iter().map(|price| MoveDocument {
            pool: self.before.pool_name(price.pool).to_owned(),
            ratio: price.ratio,
        });
        Document {
            swaps: self.swaps(),
            accepted: self.tally.accepted(),
            refused: self.tally.refused(),
            refused_by_reason: self.tally.refusals().collect(),
            pools: count(self.before.pools().len()),
            tokens: count(self.before.token_count()),
            pools_not_opened: self.closed_by_reason(),
            volumes: volumes.collect(),
            largest_moves: moves.collect(),
            audit: self.audit.as_ref().map(|audited| self.audit_document(audited)),
            state_hash: self.state_hash.to_string(),
            seconds: self.elapsed.as_secs_f64(),
            swaps_per_second: per_second(self.swaps(), self.elapsed),
        }
    }

    fn audit_document(&self, audited: &Audited) -> AuditDocument {
        let audit = audited.audit.as_ref();
        let rows = audit.map(|audit| audit.tokens.as_slice()).unwrap_or_default();
        let tokens = rows.iter().map(|row| TokenDocument {
            token: self.before.token_name(row.token).to_owned(),
            issued: row.issued.to_string(),
            in_pools: row.in_pools.to_string(),
            in_wallets: row.in_wallets.to_string(),
            outside: row.outside.to_string(),
        });
        AuditDocument {
            holds: audited.holds(),
            error: audited.audit.as_ref().err().map(ToString::to_string),
            every_share_redeemable: audit.is_ok_and(Audit::every_share_backed),
            pools_redeemed: count(audited.redeemed),
            wallets: count(audited.wallets),
            tokens: tokens.collect(),
        }
    }
}

/// A simulation as JSON.
#[derive(Serialize)]
pub(crate) struct Document {
    swaps: u64,
    accepted: u64,
    refused: u64,
    refused_by_reason: BTreeMap<&'static str, u64>,
    pools: u64,
    tokens: u64,
    pools_not_opened: BTreeMap<&'static str, u64>,
    volumes: Vec<VolumeDocument>,
    largest_moves: Vec<MoveDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<AuditDocument>,
    state_hash: String,
    seconds: f64,
    swaps_per_second: u64,
}

#[derive(Serialize)]
struct VolumeDocument {
    token: String,
    swaps: u64,
    volume: String,
    fees: String,
}

#[derive(Serialize)]
struct MoveDocument {
    pool: String,
    ratio: f64,
}

#[derive(Serialize)]
struct AuditDocument {
    holds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    every_share_redeemable: bool,
    pools_redeemed: u64,
    wallets: u64,
    tokens: Vec<TokenDocument>,
}

#[derive(Serialize)]
struct TokenDocument {
    token: String,
    issued: String,
    in_pools: String,
    in_wallets: String,
    outside: String,
}

fn write_rest(page: &mut String, rows: usize, noun: &str) -> Result<()> {
    let rest = rows.saturating_sub(ROWS);
    if rest > 0 {
        writeln!(page, "... and {} more {noun}", thousands(count(rest)))?;
    }
    Ok(writeln!(page)?)
}

/// A change of price: in per cent, or as a power where that has too many digits.
fn change(price: &PriceMove) -> String {
    if price.percent() < 100_000.0 {
        format!("{:+.2} %", price.percent())
    } else {
        format!("x {:.1e}", price.ratio)
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A part of a whole in per cent, to the nearest tenth.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1000).saturating_add(whole / 2);
    let tenths = tenths.checked_div(whole).unwrap_or_default();
    format!("{}.{} %", tenths.div_euclid(10), tenths.rem_euclid(10))
}

pub(super) fn per_second(number: u64, elapsed: Duration) -> u64 {
    let rate = u128::from(number).saturating_mul(1_000_000_000);
    let rate = rate.checked_div(elapsed.as_nanos()).unwrap_or_default();
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// A long decimal cut for a table: six places, the rest left off; dust keeps its first digit.
fn rounded(decimal: &str) -> String {
    let Some((whole, part)) = decimal.split_once('.') else { return decimal.to_owned() };
    let zeros = part.len().saturating_sub(part.trim_start_matches('0').len());
    let places = if whole == "0" { zeros.saturating_add(1).max(6) } else { 6 };
    format!("{whole}.{:0<6}", part.get(..places).unwrap_or(part))
}

/// The first characters of a symbol, for a table.
fn clip(symbol: &str) -> String {
    clip_to(16, symbol)
}

/// The first characters of a name, and a sign that there were more.
fn clip_to(length: usize, name: &str) -> String {
    if name.chars().count() <= length {
        return name.to_owned();
    }
    name.chars().take(length.saturating_sub(2)).chain("..".chars()).collect()
}
