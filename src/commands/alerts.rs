//! `arraywatch alerts`: what was told, by what it arrived, what waits and why, what is held; and taking back what waits.

use super::kept::{self, Kept};
use super::operator::name;
use super::{Common, Exit, complain, print, print_json, troubled};
use crate::alerting::{Book, Held, Seen, held};
use crate::config::load;
use crate::history::{Database, Trouble, outbox};
use crate::report::{json, text};
use crate::words::clean;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use std::collections::BTreeMap;

pub(super) const HELP: &str = "Examples:
  arraywatch alerts
  arraywatch alerts --json | jq '.alerts[] | select(.deliveries[].state == \"waiting\")'
  arraywatch alerts withdraw 17 --by ann               nobody is to be told of it any more
  arraywatch alerts withdraw --channel old --by ann    a channel that is no more: nothing waits for it
What was told in the last 30 days is shown, and all that waits; with --all, everything that is kept. The exit status is 0; 1 if a
delivery waits that failed before; 66 if there is no history or no such alert.";

/// What was said before is shown by `--all`.
const SHOWN: TimeDelta = TimeDelta::days(30);

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Take back what waits of an alert, or for a channel: it is not delivered any more
    Withdraw {
        /// The alert's number; without it, of all alerts
        #[arg(value_name = "ID", required_unless_present = "channel")]
        alert: Option<i64>,
        /// What waits for this channel alone
        #[arg(long, value_name = "CHANNEL", value_parser = name)]
        channel: Option<String>,
        /// Who says so
        #[arg(long, value_name = "NAME", value_parser = name)]
        by: String,
    },
}

pub(super) fn run(verb: Option<&Verb>, all: bool, common: &Common) -> Exit {
    match verb {
        None => kept::read(common).and_then(|kept| show(&kept, all, common)).unwrap_or_else(|exit| exit),
        Some(Verb::Withdraw { alert, channel, by }) => {
            withdraw(*alert, channel.as_deref(), by, common).unwrap_or_else(|trouble| troubled(&trouble))
        }
    }
}

fn show(kept: &Kept, all: bool, common: &Common) -> Result<Exit, Exit> {
    let Kept { database, now, .. } = kept;
    let history = database.connection();
    let from = if all { DateTime::<Utc>::UNIX_EPOCH } else { *now - SHOWN };
    let alerts =
        outbox::since(history, from).map_err(|error| troubled(&database.trouble("read the history")(error)))?;
    let (held, _) = held_now(kept, common)?;
    let told = json::Alerts { database: database.path(), now: *now, alerts: &alerts, held: &held };
    let failing =
        alerts.iter().flat_map(|(_, deliveries)| deliveries).any(|one| one.next_at.is_some() && one.attempts > 0);
    let exit = if failing { Exit::Warning } else { Exit::Healthy };
    Ok(if common.json { print_json(&json::alerts(&told), exit) } else { print(&text::alerts(&told), exit) })
}

/// The cases of which nothing is said now, and since when this machine is watched, if it ever was.
pub(super) fn held_now(kept: &Kept, common: &Common) -> Result<(Vec<Held>, Option<DateTime<Utc>>), Exit> {
    let Kept { database, state, now, .. } = kept;
    let history = database.connection();
    let read = || -> rusqlite::Result<_> { Ok((outbox::standings(history)?, outbox::watched_since(history)?)) };
    let (standings, since) = read().map_err(|error| troubled(&database.trouble("read the history")(error)))?;
    // Nothing is known of looks that a daemon has done: of what it will say next, only a verdict may be missing here.
    let looked = BTreeMap::new();
    let (diagnosis, observations) = (&state.diagnosis, state.observations.as_slice());
    let hosts = state.streams.iter().filter_map(|stream| stream.name.host_name()).map(str::to_owned).collect();
    let seen = Seen { host: "", diagnosis, observations, hosts: &hosts, looked: &looked, since, is_settled: true };
    // Without a configuration of this machine's, by what a daemon does that is told nothing else.
    let tell = load(&common.config()).map(|config| config.tell).unwrap_or_default();
    Ok((held(&Book::load(&standings), &seen, *now, &tell), since))
}

fn withdraw(alert: Option<i64>, channel: Option<&str>, by: &str, common: &Common) -> Result<Exit, Trouble> {
    let mut database = Database::write(&common.place()?)?;
    let Some(deliveries) = outbox::withdraw(&mut database, alert, channel, by)? else {
        let alert = alert.map(|alert| format!("no alert {alert}"));
        let channel =
            channel.map(|channel| format!("nothing that was ever to be told by a channel {}", clean(channel)));
        let none = alert.into_iter().chain(channel).collect::<Vec<_>>().join(", or ");
        complain(&format!("there is {none}; arraywatch alerts lists what was told by what"));
        return Ok(Exit::NoInput);
    };
    let exit = Exit::Healthy;
    Ok(if common.json {
        print_json(&json::withdrawn(database.path(), alert, channel, by, deliveries), exit)
    } else {
        print(&text::withdrawn(alert, channel, by, deliveries), exit)
    })
}
