//! The contrast: custodians beside the exchange, run against the same queue.
//!
//! Five words: an [`Institution`] is whatever holds what belongs to others; a *customer* has a
//! claim on it; a *liability* is what it still owes after paying what it can; a [`run`] is
//! everybody withdrawing in queue order; an [`Outcome`] is what the queue got.
//!
//! [`run`] is written once. Where the three institutions differ is a type,
//! [`Institution::Liability`]: a custodian's is [`Unpaid`], its customer's claim on it; the
//! exchange's is [`Infallible`](core::convert::Infallible), which has no values. So the compiler
//! knows that no provider of the exchange is left with a claim that was not paid:
//!
//! ```
//! use cenote_exchange::Exchange;
//! use cenote_scenarios::{Exit, Provider, run};
//!
//! fn everybody_leaves(exchange: &mut Exchange, queue: &[Provider]) {
//!     for Exit { unpaid, .. } in run(exchange, queue) {
//!         let None = unpaid; // Needs no `else`: there is no other case.
//!     }
//! }
//! ```
//!
//! The same line about a custodian does not compile, even a custodian that is honest and has
//! everything:
//!
//! ```compile_fail,E0005
//! use cenote_scenarios::Segregated;
//! use cenote_scenarios::{Exit, run};
//!
//! fn everybody_leaves(custodian: &mut Segregated, queue: &[usize]) {
//!     for Exit { unpaid, .. } in run(custodian, queue) {
//!         let None = unpaid; // Needs an `else`: a custodian can owe.
//!     }
//! }
//! ```
//!
//! [`bank_run`] builds the world, runs it and gives plain data that prints itself. It prints both
//! halves: what the exchange promises (to pay in kind, always) and what it does not (a value).
//!
//! The custodians are models of a few lines, not a second exchange; they live outside of the
//! exchange's crate and use only what is public there. This crate does no input or output, reads
//! no clock, and draws its random numbers from a seed that the caller passes in.

#![forbid(unsafe_code)]

mod bank_run;
mod custodian;
mod error;
mod institution;
mod orders;
mod outcome;
mod random;
mod report;
mod world;

pub use bank_run::{BankRun, HonestHalf, bank_run};
pub use custodian::{Commingled, Forbidden, LendError, OpenError, Segregated, Unpaid};
pub use error::ScenarioError;
pub use institution::{Exit, Institution, Payment, Provider, run};
pub use orders::ExitOrders;
pub use outcome::{Difference, Outcome};
