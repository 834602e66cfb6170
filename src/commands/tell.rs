//! `arraywatch tell`: whether people would be told.

use super::{Common, Exit, complain, print, print_json};
use crate::alerting::channels::Channel;
use crate::alerting::courier::{Channels, Courier, Outcome};
use crate::alerting::{Delivery, Kind, Lead, Message};
use crate::config::{Config, Unusable, load};
use crate::model::Severity;
use crate::report::{json, text};
use crate::words::clean;
use chrono::Utc;
use clap::Subcommand;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A channel gives up by itself; this is for those that were about to.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Send a test message by each channel of the configuration, now, and say how each did
    Test {
        /// By this channel alone
        #[arg(long, value_name = "NAME")]
        channel: Option<String>,
    },
}

pub(super) fn run(verb: &Verb, common: &Common) -> Exit {
    let Verb::Test { channel } = verb;
    let path = common.config();
    let config = match load(&path) {
        Ok(config) => config,
        Err(unusable) => {
            complain(&format!("{}: {unusable}", clean(&path.to_string_lossy())));
            return match unusable {
                Unusable::NotThere => Exit::NoInput,
                Unusable::Wrong(_) => Exit::Usage,
                Unusable::Io(_) => Exit::Io,
            };
        }
    };
    test(&config, channel.as_deref(), common).unwrap_or_else(|(why, exit)| {
        complain(&why);
        exit
    })
}

fn test(config: &Config, only: Option<&str>, common: &Common) -> Result<Exit, (String, Exit)> {
    let known: Vec<&str> = config.channel.keys().map(String::as_str).collect();
    if known.is_empty() {
        return Err(("no channel is configured: nobody would be told of anything".to_owned(), Exit::Usage));
    }
    if let Some(only) = only.filter(|only| !known.contains(only)) {
        return Err((format!("no channel {}; there are {}", clean(only), known.join(", ")), Exit::Usage));
    }
    let host = common.host.clone().or_else(|| config.host.clone()).unwrap_or_else(itself);
    let message = Arc::new(message(&host));
    let mut channels = Channels::new();
    for (name, channel) in config.channel.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let channel = Channel::new(name, channel, &host).map_err(|wrong| (wrong, Exit::Usage))?;
        channels.insert(name.clone(), Arc::new(channel));
    }
    let names: Vec<String> = channels.keys().cloned().collect();
    let (results, outcomes) = channel();
    let courier = Courier::start(channels, results)
        .map_err(|error| (format!("cannot start the thread that delivers: {error}"), Exit::Io))?;
    for channel in &names {
        courier.send(Delivery { alert: 0, channel: channel.clone(), message: Arc::clone(&message) });
    }
    let mut told: Vec<Outcome> = outcomes.iter().take(names.len()).collect();
    courier.stop(PATIENCE);
    told.sort_by(|one, other| one.channel.cmp(&other.channel));
    let all = told.len() == names.len() && told.iter().all(|outcome| outcome.result.is_ok());
    let exit = if all { Exit::Healthy } else { Exit::Io };
    Ok(if common.json { print_json(&json::tell_test(&told), exit) } else { print(&text::tell_test(&told), exit) })
}

/// What this machine calls itself.
fn itself() -> String {
    let name = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// One that nobody takes for an alert.
fn message(host: &str) -> Message {
    let at = Utc::now();
    let lead = Lead {
        what: "This is a test: somebody tries whether alerts of arraywatch arrive. Nothing has failed.".to_owned(),
        place: format!("Sent by arraywatch on {}.", clean(host)),
        why: "It was asked for by `arraywatch tell test`.".to_owned(),
        stake: "If it does not arrive, nobody will hear of a failure either.".to_owned(),
        act: "Nothing, but to tell whoever tries that it arrived.".to_owned(),
    };
    let thread = format!("test-{}", at.timestamp_millis());
    Message {
        title: format!("Test from arraywatch on {}: nothing has failed", clean(host)),
        lead,
        ..Message::of_no_case(host, Kind::Test, Severity::Info, &thread, at)
    }
}
