//! What was read into the history, for people.

use super::integrity::{summary, unread};
use super::page::{DOUBTFUL, FAINT, GOOD, Page};
use crate::history::writer::Tally;
use crate::observe::UNNAMED;
use crate::report::json::Ingested;
use crate::streams::Failure;
use crate::words::{clean, count, number_of};

/// A line a source, and where it went.
pub fn ingest(ingested: &Ingested<'_>) -> String {
    let mut page = Page::new();
    for (source, tally) in ingested.sources.iter().zip(ingested.tallies) {
        let style = if tally.new > 0 { GOOD } else { FAINT };
        page.styled(0, "read       ", style, &format!("{}: {}", source.path, summary(source)));
        page.item(11, "", &written(tally));
        if source.hosts.iter().any(|host| host.starts_with(UNNAMED)) {
            let advice =
                "it names no host, so its rotated parts would be logs of their own: say whose it is with --host";
            page.styled(11, "? ", DOUBTFUL, advice);
        }
        if source.faulty {
            page.styled(
                11,
                "! ",
                DOUBTFUL,
                "not all of it was understood: its earlier version stands, if there is one",
            );
        }
        for problem in &source.problems {
            page.styled(11, "! ", DOUBTFUL, problem);
        }
    }
    for name in ingested.unchanged {
        page.styled(0, "unchanged  ", FAINT, name);
    }
    // That a path which was given is not there was said as an error.
    unread(&mut page, 0, ingested.unread.iter().filter(|(_, failure)| !matches!(failure, Failure::NotFound)));
    page.item(0, "history    ", &clean(&ingested.database.to_string_lossy()));
    page.finish()
}

fn written(tally: &Tally) -> String {
    let Tally { new, known, too_old, taken_back } = *tally;
    let mut parts = vec![number_of(new, "new observation", "new observations")];
    if known > 0 {
        parts.push(format!("{} known before", count(known)));
    }
    if too_old > 0 {
        parts.push(format!("{} older than what is kept one by one, not taken", count(too_old)));
    }
    if taken_back > 0 {
        parts.push(format!("{} taken back", count(taken_back)));
    }
    parts.join(", ")
}
