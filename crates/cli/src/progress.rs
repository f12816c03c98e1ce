//! Progress on stderr, when it is a terminal.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of this many units; invisible where stderr is no terminal.
pub(crate) fn bar(length: Option<u64>, unit: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = match length {
        Some(_) => format!("{{bar:40}} {{percent:>3}} %  {{msg}} {unit}  {{eta}}"),
        None => format!("{{spinner}} {{msg}} {unit}"),
    };
    // The template is fixed and valid; the plain style would do as well.
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Counts the bytes that are read through it.
pub(crate) struct Counted<R> {
    input: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// The reader, and its count.
    pub(crate) fn new(input: R) -> (Self, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        (Self { input, count: Rc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let read_now = u64::try_from(read).unwrap_or_default();
        self.count.set(self.count.get().saturating_add(read_now));
        Ok(read)
    }
}
