//! State and blocks of a node over JSON-RPC.
//!
//! Nothing that a node says is taken on trust where it can be checked: a header must have the hash
//! of its fields, logs must be those of a block's receipts or at least in its bloom, every answer
//! must have the shape that was asked for. What a node says of a contract's state cannot be checked
//! so; ask a node of your own, or two.
//!
//! Each operation ends with an error of its own or does all of its work; what was handed to it is
//! then as it was.

mod advance;
mod block;
mod call;
mod fault;
mod labels;
mod limits;
mod load;
mod logs;
mod node;
mod pair;
mod protocol_fees;
mod receipts;
mod records;
mod resume;
mod selection;
mod way;
mod wire;
mod words;

pub use advance::{AdvanceError, Advanced, Pushed};
pub use block::{Block, BlockError};
pub use call::CallError;
pub use fault::{RequestError, RequestFault};
pub use limits::{Limits, Proof};
pub use load::{LeftOut, LoadError, Loaded};
pub use node::{Node, NodeError};
pub use pair::PairFault;
pub use records::{Odd, Records, RecordsError};
pub use resume::ResumeError;
pub use selection::{At, Selection};
pub use way::{Step, StepError, Way, WayError};
