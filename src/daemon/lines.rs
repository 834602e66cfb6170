//! Lines for whoever started the daemon: to standard error, and to the service manager.

/// Tells whoever started the daemon. That nobody listens is no trouble.
pub(super) fn notify(state: &[sd_notify::NotifyState<'_>]) {
    let _ = sd_notify::notify(state);
}

/// A line to standard error: the journal has it, or whoever started the daemon.
pub(super) fn complain(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "arraywatch: {}", crate::words::clean(line));
}
