//! [`Table`]: what was measured of each row, and whether it meets its goals.

#![expect(clippy::float_arithmetic, reason = "times and ratios for people")]

use std::fmt::{Display, Formatter, Result};

use crate::measure::{Variant, Whose};
use crate::rows::{Goal, Row};

/// Rows that were measured, and what else is to be said of rows.
#[derive(Debug, Default)]
pub struct Table {
    lines: Vec<[String; 4]>,
    /// Of each line, what stands in columns of others: whose, and what.
    others: Vec<Vec<(&'static str, String)>>,
    notes: Vec<String>,
}

impl Table {
    /// Adds a row with its variants, measured.
    pub fn add(&mut self, row: &Row, variants: &[Variant]) {
        let is_ours = |variant: &&Variant| variant.whose == Whose::Ours;
        for (at, ours) in variants.iter().filter(is_ours).enumerate() {
            let others = variants.iter().filter(|variant| !is_ours(variant));
            let cells = others.clone().map(|other| {
                let ratio = other.times(ours);
                (other.name, format!("{} ({ratio:.1}x)", figure(other.nanos())))
            });
            // A row's goals are for what it measures first, those of a chain for both.
            let has_goals = at == 0 || row.name[0] == "swap chain";
            let goal = if has_goals { row.goal } else { Goal::NONE };
            let name = if at == 0 { row.name.join(", ") } else { String::new() };
            let nanos = ours.nanos();
            let measured = format!("{} ns, {:.1} M/s", figure(nanos), 1e3 / nanos);
            self.lines.push([name, ours.name.to_owned(), measured, verdict(goal, ours, variants)]);
            self.others.push(cells.collect());
        }
    }

    /// Adds what is to be said of a row, as why somebody is not there.
    pub fn add_note(&mut self, row: &Row, reason: &str) {
        self.notes.push(format!("{}: {reason}", row.name.join(", ")));
    }
}

fn figure(nanos: f64) -> String {
    if nanos < 100.0 { format!("{nanos:.2}") } else { format!("{nanos:.0}") }
}

/// The goals of a row and what became of each.
fn verdict(goal: Goal, ours: &Variant, variants: &[Variant]) -> String {
    let mut told = Vec::new();
    let baseline = variants.iter().find(|variant| variant.whose == Whose::Baseline);
    if let (Some([must, aim]), Some(baseline)) = (goal.naive, baseline) {
        let ratio = baseline.times(ours);
        let met = match ratio {
            ratio if aim <= ratio => "aim met",
            ratio if must <= ratio => "must met",
            _ => "MISSED",
        };
        told.push(format!("{must}x aim {aim}x: {ratio:.1}x {met}"));
    }
    let peers = variants.iter().filter(|variant| variant.whose == Whose::Peer);
    let fastest = peers.map(|peer| (peer.times(ours), peer.name));
    let fastest = fastest.min_by(|first, second| first.0.total_cmp(&second.0));
    if let (Some(must), Some((ratio, name))) = (goal.peer, fastest) {
        told.push(format!("{must}x of {name}: {ratio:.1}x {}", met(must, ratio)));
    }
    if let Some(rate) = goal.rate {
        let reached = 1e3 / ours.nanos();
        told.push(format!("{rate} M/s: {reached:.1} {}", met(rate, reached)));
    }
    told.join("; ")
}

fn met(wanted: f64, reached: f64) -> &'static str {
    if wanted <= reached { "met" } else { "MISSED" }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut columns = Vec::new();
        for (name, _) in self.others.iter().flatten() {
            if !columns.contains(name) {
                columns.push(name);
            }
        }
        let mut lines = vec![["row", "Cenote", "an item", "goals"].map(str::to_owned).to_vec()];
        lines.extend(self.lines.iter().map(|line| line.to_vec()));
        let cells = |others: &[(&str, String)], column: &str| {
            let cell = others.iter().find(|(name, _)| *name == column);
            cell.map_or_else(String::new, |(_, cell)| cell.clone())
        };
        for (at, line) in lines.iter_mut().enumerate() {
            let goals = line.pop();
            match at.checked_sub(1).and_then(|at| self.others.get(at)) {
                None => line.extend(columns.iter().map(|name| format!("{name}, ns"))),
                Some(others) => line.extend(columns.iter().map(|name| cells(others, name))),
            }
            line.extend(goals);
        }
        let count = lines.first().map_or(0, Vec::len);
        let width = |column| {
            let widths = lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell: &String| cell.chars().count());
            widths.max().unwrap_or_default()
        };
        let widths = (0..count).map(width).collect::<Vec<usize>>();
        for (at, line) in lines.iter().enumerate() {
            for (cell, width) in line.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if at == 0 {
                for width in &widths {
                    write!(f, "|{:-<width$}", "", width = width.saturating_add(2))?;
                }
                writeln!(f, "|")?;
            }
        }
        self.notes.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
