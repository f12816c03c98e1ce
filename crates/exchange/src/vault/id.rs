//! [`ExchangeId`]: which exchange a coin belongs to.

use std::sync::atomic::{AtomicU64, Ordering};

/// What tells one exchange's coins from another's within a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExchangeId(u64);

impl ExchangeId {
    /// An identifier that no other exchange of this process has.
    pub(super) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
