//! [`Tally`]: how often what happened.

use std::collections::BTreeMap;
use std::fmt;

use cenote_pool::Amount;
use cenote_testing::contract::Verdict;

use crate::draw::MAX;

/// What is counted of one operation.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    cases: u64,
    edge: u64,
    dust: u64,
    now_edge: bool,
    now_dust: bool,
    answers: BTreeMap<(Group, String), u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Agreed,
    Refused,
    Differs,
    Seen,
}

/// A reserve from here on is at the edge: the upper three quarters of what there is.
const EDGE: u128 = MAX >> 2;
/// Reserves up to here are dust.
const DUST: u128 = 4_096;

impl Tally {
    /// Reserves of the case at hand: it is at the edge where one is, dust where all are.
    pub fn see_reserves(&mut self, reserves: &[Amount]) {
        let units = || reserves.iter().map(|reserve| reserve.get());
        self.now_edge |= units().any(|units| EDGE < units);
        self.now_dust |= units().all(|units| 0 < units && units <= DUST);
    }

    /// A case is over.
    pub(crate) fn end_case(&mut self) {
        self.cases += 1;
        self.edge += u64::from(std::mem::take(&mut self.now_edge));
        self.dust += u64::from(std::mem::take(&mut self.now_dust));
    }

    /// One more answer to this call; where it was refused, for this reason of the contract.
    pub fn answer(&mut self, call: &str, verdict: Verdict, refusal: Option<&str>) {
        match (verdict, verdict.difference()) {
            (_, Some(difference)) => self.count(Group::Differs, difference),
            (Verdict::Done, None) => self.count(Group::Agreed, call),
            (_, None) => self.count(Group::Refused, &format!("{call}: {}", refusal.unwrap_or(""))),
        }
    }

    /// One more of something worth knowing.
    pub fn see(&mut self, what: &str) {
        self.count(Group::Seen, what);
    }

    fn count(&mut self, group: Group, what: &str) {
        *self.answers.entry((group, what.to_owned())).or_default() += 1;
    }

    fn sum(&self, group: Group) -> u64 {
        let of = |(key, count): (&(Group, String), &u64)| (key.0 == group).then_some(*count);
        self.answers.iter().filter_map(of).sum()
    }

    /// How often this was seen, or this difference.
    pub fn of(&self, what: &str) -> u64 {
        let seen = [Group::Seen, Group::Differs].map(|group| (group, what.to_owned()));
        seen.iter().filter_map(|key| self.answers.get(key)).sum()
    }

    /// The number of cases.
    pub fn cases(&self) -> u64 {
        self.cases
    }

    /// Stops where a comparison says little: a tenth of the cases must be at the edge and a tenth
    /// dust, a tenth of the answers amounts and a hundredth refusals.
    pub fn check_balance(&self) {
        let (agreed, refused) = (self.sum(Group::Agreed), self.sum(Group::Refused));
        let answers = agreed + refused + self.sum(Group::Differs);
        assert!(self.cases <= 10 * self.edge, "too few at the edge\n{self}");
        assert!(self.cases <= 10 * self.dust, "too few of dust\n{self}");
        assert!(answers <= 10 * agreed, "too few done\n{self}");
        assert!(answers <= 100 * refused, "too few refused\n{self}");
    }

    /// The row of a table: cases, calls, agreed, refused alike, edge, dust, differences by kind.
    pub fn row(&self) -> String {
        let differs = self.answers.iter().filter(|((group, _), _)| *group == Group::Differs);
        let differs: Vec<_> = differs.map(|((_, kind), many)| format!("{kind} {many}")).collect();
        let (agreed, refused) = (self.sum(Group::Agreed), self.sum(Group::Refused));
        let calls = agreed + refused + self.sum(Group::Differs);
        let Self { cases, edge, dust, .. } = self;
        let differs = if differs.is_empty() { "none".to_owned() } else { differs.join(", ") };
        format!("{cases} | {calls} | {agreed} | {refused} | {edge} | {dust} | {differs}")
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases, edge, dust, .. } = self;
        writeln!(f, "  {cases} cases, {edge} at the edge, {dust} of dust")?;
        self.answers
            .iter()
            .try_for_each(|((group, what), count)| writeln!(f, "  {count:>9}  {group:?}: {what}"))
    }
}
