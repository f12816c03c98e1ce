//! The threads that a batch may use: those of the rayon pool that it is called in, or one.

#[cfg(feature = "rayon")]
pub(crate) use rayon::{current_num_threads as count, scope};

#[cfg(not(feature = "rayon"))]
pub(crate) use one::{count, scope};

/// What of rayon a batch uses, on the thread that calls it.
#[cfg(not(feature = "rayon"))]
mod one {
    pub(crate) struct Scope;

    pub(crate) fn count() -> usize {
        1
    }

    pub(crate) fn scope(run: impl FnOnce(&Scope)) {
        run(&Scope);
    }

    impl Scope {
        /// Runs it at once.
        pub(crate) fn spawn(&self, run: impl FnOnce(&Self)) {
            run(self);
        }
    }
}
