//! What Uniswap v2's contracts answer, judged beside what Cenote's engine does.
//!
//! A [`Call`] is asked of a pair in a [`PairState`], a [`PathCall`] of the router. Whoever has the
//! contract's answer, from an EVM or from a file, gives it to a judge with the engine's, and gets a
//! [`Verdict`]: the same amounts, the same reason, or one of the differences that are meant, each
//! with its premise computed here, in integers that cannot overflow. There is no other outcome.

mod call;
mod path;
mod state;
mod verdict;

pub use call::{Asked, Call, Refused};
pub use path::{PathCall, PathPool, judge_path, judge_quote};
pub use state::PairState;
pub use verdict::{Verdict, judge};
