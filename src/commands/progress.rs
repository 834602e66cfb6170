//! Progress on a terminal, when work takes long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Work that takes less shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    since: Instant,
}

impl Progress {
    /// What is being worked on, and how many bytes that will be, where it is known.
    pub(super) fn new(message: String, size: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::hidden());
        let form = if size.is_some() {
            "{msg} {bar:24} {bytes} of {total_bytes}, {eta} left"
        } else {
            "{msg} {spinner} {bytes}"
        };
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        bar.set_message(message);
        Self { bar, since: Instant::now() }
    }

    /// So many bytes are done.
    pub(super) fn at(&self, bytes: u64) {
        if self.bar.is_hidden() && self.since.elapsed() > PATIENCE {
            // Hidden still where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(bytes);
    }

    /// Leaves nothing on the terminal.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
