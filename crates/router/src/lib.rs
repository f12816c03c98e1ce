//! Which swaps to make: the best path through a market's pools, exact to the last unit, and the
//! best split over all of them, with a bound that nobody can pass.
//!
//! Five words: a *hop* is a swap in one pool; a *path* is hops in a row, each paying with what the
//! one before it bought; a *simple* path visits no token twice; a *route* is a path with its
//! amounts, ready to execute; a *router* knows which pool trades which tokens.
//!
//! # The best route
//!
//! Of all simple paths of at most `max_hops` hops from the token paid to the token bought, the
//! best one has
//!
//! 1. the largest output for an exact input, or the smallest input for an exact output, after what
//!    its pools cost ([`Query::gas_per_pool`]);
//! 2. among equals, the fewest hops;
//! 3. among equals, the lexicographically smallest list of pool places.
//!
//! So there is exactly one, whatever the machine. Every amount is computed by the pools' own
//! integer fills. Floating point discards paths, with proof, and chooses none.
//!
//! # How it is found
//!
//! Without rounding to whole units a pool is a straight line: the reciprocal of its output is a
//! multiple of the reciprocal of its input plus a constant. The best path of reals is a shortest
//! path over such lines, at a product and a sum for each. Whole units never do better than reals,
//! and each line is moved to the better side by more than floating point can be wrong, so a path
//! that lines show to be worse than one in hand *is* worse. The router keeps the lines of its
//! market by token, those of like depth and price next to each other, and skips what cannot reach
//! the best path so far. The paths that are left, most often one, are compared in whole units.
//!
//! # Whole units alone
//!
//! That takes the numbers of the market for which the router was built. In a later state, or where
//! very many paths are as good as equal, a search in whole units alone gives the same answer.
//!
//! Two facts about one pool carry everything. `f(a)`, the output of an exact input, never falls
//! when `a` rises. `g(out)`, the input of an exact output, is the least that suffices:
//!
//! ```text
//! out <= f(a)  if and only if  g(out) <= a
//! ```
//!
//! A table of the best amount of every token after 0, 1, 2, ... hops therefore gives the best
//! *walk*, a path that may come back to a token. No simple path is better than it. The opposite
//! table, from the other end, tells for every token the least amount with which some walk still
//! reaches a wanted output in the hops that are left; it is the exact limit that a depth-first
//! search over simple paths needs. The search asks first for the walk's own amount, finds it at
//! once unless only a walk with a repeated token has it, and otherwise goes on as branch and
//! bound. Walks of up to three hops repeat no token, and longer ones only gain by it where there
//! is arbitrage or where units are coarse.
//!
//! # Limits
//!
//! Time is at most proportional to hops times pools in reach, with one exception: where arbitrage
//! makes the best walk repeat a token, which takes five hops where lines are known, the search is
//! exponential in the number of hops at worst, as every exact method is. After 2^25 swaps tried it
//! gives up, with [`RoutingError::SearchLimit`].
//!
//! # The best split
//!
//! [`Query::split`] divides the amount among as many pools as help. Prices `p`, one for each token,
//! decide everything. At any prices, a trader who sells `s` has at the end at most
//!
//! ```text
//! bound = ( s * p_in + sum of (sqrt(p_b * y) - sqrt(p_a * x / kept))_+^2 ) / p_out
//! ```
//!
//! over all pools and both directions, where a pool takes `a`, of which it holds `x`, and gives `b`,
//! of which it holds `y`: what the trader gains at the prices the pools lose, and each square is the
//! most that a pool can lose, however often it is used. In square roots of prices the bound is
//! convex and piecewise quadratic. Newton's method finds the prices at which it is least, over the
//! pools that trade at them; there it is the output of a plan in fractions of units. The plan is made
//! whole, in the order in which each step can be paid, and what each step pays too much is taken back
//! and spent again. Amounts come from the pools' own integer fills. The prices come with the
//! [`Plan`], so that anybody can compute the bound; see also [`certify`], which judges anybody's
//! route.
//!
//! A gap is a proof: no plan by anybody is better by more. It is not a defect: the bound knows
//! no whole units, counts debts that are paid back at the end, and counts everybody's arbitrage. Where
//! there is none, gaps are what rounding costs; where there is, the bound cannot be reached by a
//! plan that never owes. With a cost per pool, which pools to use is a choice that prices cannot
//! make alone, and gaps of a few pools' costs are normal. `docs/routing.md` has the proofs.
//!
//! This crate writes nothing: it reads a market and returns plain data. It knows no owners and no
//! random source, and looks at the clock only for a deadline that the caller sets.

#![forbid(unsafe_code)]

mod arbitrage;
mod bound;
mod curve;
mod draft;
mod dual;
mod elimination;
#[cfg(feature = "exact")]
mod exact;
mod filter;
mod graph;
mod hurdle;
mod nearest;
mod paths;
mod plan;
mod polish;
mod prices;
mod query;
mod referee;
mod rounding;
mod router;
mod solver;
mod split;

pub use arbitrage::{Arbitrage, Circles, MAX_CIRCLE};
pub use plan::Plan;
pub use query::{Buy, Query, Sell};
pub use referee::{Certified, CertifyError, certify, certify_with};
pub use router::{DEFAULT_HOPS, Router, RoutingError};
pub use split::Split;
