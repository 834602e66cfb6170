//! The daemon's configuration, for people.

use super::page::{BAD, DOUBTFUL, GOOD, Page};
use crate::config::{Config, DEFAULT_PATH, Seen, written_duration};
use crate::report::json::Checking;
use crate::words::{clean, number_of};
use std::path::Path;
use std::time::Duration;

/// What is wrong with a configuration; or what it means, and what it lacks.
pub fn config_check(checking: &Checking<'_>) -> String {
    let mut page = Page::new();
    let path = clean(&checking.path.to_string_lossy());
    let Some(config) = checking.config else {
        let count = checking.mistakes.len() + checking.unusable.len();
        let mistakes = number_of(count as u64, "mistake", "mistakes");
        page.styled(0, "wrong  ", BAD, &format!("{path}: {mistakes}; none of it is in force"));
        for wrong in checking.mistakes {
            page.item(2, &format!("{}:{}  ", wrong.line, wrong.column), &format!("{}; {}", wrong.what, wrong.instead));
        }
        checking.unusable.iter().for_each(|why| page.item(2, "", why));
        return page.finish();
    };
    page.styled(0, "right  ", GOOD, &path);
    understood(&mut page, config);
    if !checking.warnings.is_empty() {
        page.heading("TO LOOK AT");
        checking.warnings.iter().for_each(|warning| page.styled(2, "! ", DOUBTFUL, warning));
    }
    page.finish()
}

fn understood(page: &mut Page, config: &Config) {
    let every = |duration: Duration| written_duration(duration);
    let host = config.host.as_deref().map_or("as this machine calls itself".to_owned(), clean);
    page.item(2, "host     ", &host);
    if let Some(database) = &config.database {
        page.item(2, "history  ", &clean(&database.to_string_lossy()));
    }
    let read = &config.read;
    let drives = format!(
        "every {}; every {} for {} after a failure; every {} while they are busy; left alone after {} of silence",
        every(read.every),
        every(read.every_after_failure),
        every(read.after_failure_for),
        every(read.every_while_busy),
        every(read.patience)
    );
    page.item(2, "reads    ", &drives);
    for follow in &config.follow {
        let of = follow.host.as_deref().map(|host| format!(", of {}", clean(host)));
        let zone = follow.timezone.map(|zone| format!(", times of {zone}"));
        let quiet = follow.quiet.map(|quiet| format!(", quiet after {}", every(quiet)));
        let poll = follow.poll.map(|poll| format!(", looked at every {}", every(poll)));
        let more: String = [of, zone, quiet, poll].into_iter().flatten().collect();
        page.item(2, "follows  ", &format!("{}{more}", clean(&follow.path.to_string_lossy())));
    }
    for command in &config.command {
        let run = clean(&command.run.join(" "));
        let [often, limit] = [command.every, command.limit].map(every);
        page.item(2, "runs     ", &format!("{}: {run}, every {often}, for {limit} at most", command.name));
    }
    let remind: Vec<String> = config.tell.remind.iter().copied().map(every).collect();
    let remind = if remind.is_empty() { "never".to_owned() } else { format!("after {}", remind.join(", ")) };
    let (storm, within) = (config.tell.storm, every(config.tell.storm_within));
    let from = config.tell.from.code();
    page.item(
        2,
        "tells    ",
        &format!("from {from} on; again {remind}; more than {storm} cases within {within} as one"),
    );
    for (name, channel) in &config.channel {
        let (by, from) = (channel.by.code(), channel.from.code());
        page.item(2, "         ", &format!("{name}: {by} to {}, from {from} on", channel.by.to()));
    }
}

/// That a configuration was written.
pub fn config_init(path: &Path, seen: &Seen) -> String {
    let mut page = Page::new();
    let shown = clean(&path.to_string_lossy());
    let logs = seen.logs.iter().filter(|log| log.format.is_some()).count() as u64;
    let logs = number_of(logs, "log of this machine is followed", "logs of this machine are followed");
    let mail =
        if seen.relay { "mail goes to root by its mail server" } else { "nobody is told yet: name a channel in it" };
    page.styled(0, "written  ", GOOD, &format!("{shown}: {logs}; {mail}"));
    let named = if path == Path::new(DEFAULT_PATH) { String::new() } else { format!(" {shown}") };
    page.item(0, "", &format!("Read it, then: arraywatch config check{named}"));
    page.finish()
}
