//! What is watched and what is not, for people.

use super::page::{DOUBTFUL, FAINT, GOOD, Page};
use crate::history::Daemon;
use crate::model::Kind;
use crate::report::coverage::{Coverage, Watch};
use crate::words::{clean, count, duration, instant, number_of};
use chrono::{DateTime, Utc};

/// The page.
pub fn coverage(coverage: &Coverage, now: DateTime<Utc>) -> String {
    let mut page = Page::new();
    let watched: Vec<String> = coverage.watched.iter().map(|(kind, number)| many(*kind, *number)).collect();
    let watched = if watched.is_empty() {
        "nothing was read of a machine; logs alone tell of it".to_owned()
    } else {
        watched.join(", ")
    };
    page.styled(0, "WATCHED  ", GOOD, &watched);
    daemon(&mut page, coverage.watch);
    channels(&mut page, coverage.watch);
    page.styled(0, "", FAINT, &format!("as of {}", instant(now)));
    if !coverage.not_watched.is_empty() {
        page.heading("NOT WATCHED");
    }
    for not in &coverage.not_watched {
        page.styled(
            2,
            &format!("{}  ", not.subject),
            DOUBTFUL,
            &format!("{} (last {})", clean(&not.text), instant(not.last)),
        );
    }
    if !coverage.commands.is_empty() {
        page.heading("COMMANDS");
    }
    for command in &coverage.commands {
        let every = duration(command.every);
        let text = match command.read {
            Some(read) => format!("read {} ago, runs each {every}", duration(now - read)),
            None => format!("nothing was read of it yet; it runs each {every}"),
        };
        let style = if command.is_late(now) { DOUBTFUL } else { FAINT };
        page.styled(2, &format!("{}  ", clean(&command.name)), style, &text);
    }
    let configured = coverage.not_followed.iter().chain(&coverage.not_run);
    if !coverage.not_followed.is_empty() || !coverage.not_run.is_empty() {
        page.heading("CONFIGURED, AND NOT THERE");
        configured.for_each(|(_, text)| page.styled(2, "! ", DOUBTFUL, text));
    }
    if !coverage.half_understood.is_empty() {
        page.heading("HALF UNDERSTOOD");
    }
    for source in &coverage.half_understood {
        let all = source.records.saturating_add(source.unrecognised);
        let text = format!(
            "{}: of {} lines and records {} are of no phrase that is known",
            source.format,
            count(all),
            count(source.unrecognised)
        );
        page.styled(2, &format!("{}  ", clean(&source.name)), DOUBTFUL, &text);
    }
    page.finish()
}

/// So many things of a kind.
fn many(kind: Kind, number: u64) -> String {
    let (one, many) = match kind {
        Kind::Drive => ("drive", "drives"),
        Kind::Host => ("host", "hosts"),
        Kind::Bay => ("bay", "bays"),
        Kind::Array => ("array", "arrays"),
        Kind::Controller => ("controller", "controllers"),
        Kind::Enclosure => ("enclosure", "enclosures"),
        Kind::Power => ("power supply", "power supplies"),
        Kind::Stream => ("stream", "streams"),
    };
    number_of(number, one, many)
}

/// Whether anybody watches.
pub(super) fn daemon(page: &mut Page, watch: Watch) {
    let (style, text) = match watch.daemon {
        Daemon::Runs(Some(process)) => (GOOD, &*format!("process {process} watches")),
        Daemon::Runs(None) => (GOOD, "one watches"),
        Daemon::None => {
            let style = if watch.is_configured { DOUBTFUL } else { FAINT };
            (style, "none runs: between readings nothing is heard, and nobody is told (`arraywatch run`)")
        }
        Daemon::Unknown => (FAINT, "whether one runs is for its owner to ask"),
    };
    page.styled(0, "DAEMON   ", style, text);
}

/// That nobody is told, if so.
pub(super) fn channels(page: &mut Page, watch: Watch) {
    if watch.tells_nobody() {
        let text = "none is configured: nobody is told of anything ([channel.NAME] in the configuration, arraywatch tell test)";
        page.styled(0, "CHANNELS ", DOUBTFUL, text);
    }
}
