//! The best single path: by straight lines where the market's are known, else in whole units alone.

pub(crate) mod chart;
pub(crate) mod judge;
pub(crate) mod labels;
pub(crate) mod objective;
pub(crate) mod screen;
pub(crate) mod search;
