//! `arraywatch tell`: whether people would be told.

use super::configured::{self, configured, made};
use super::{Common, Exit, complain, print, print_json};
use crate::alerting::courier::{Courier, Outcome};
use crate::alerting::{Delivery, Kind, Lead, Message};
use crate::config::Config;
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
    configured(&path).and_then(|config| test(config, channel.as_deref(), common)).unwrap_or_else(|exit| exit)
}

fn test(mut config: Config, only: Option<&str>, common: &Common) -> Result<Exit, Exit> {
    let failed = |why: &str, exit| {
        complain(why);
        exit
    };
    let known: Vec<&str> = config.channel.keys().map(String::as_str).collect();
    if known.is_empty() {
        return Err(failed(&configured::no_channel(&common.config()), Exit::Usage));
    }
    if let Some(only) = only.filter(|only| !known.contains(only)) {
        return Err(failed(&format!("no channel {}; there are {}", clean(only), known.join(", ")), Exit::Usage));
    }
    let host = configured::host(&config, common);
    let message = Arc::new(message(&host));
    config.channel.retain(|name, _| only.is_none_or(|only| only == name));
    let channels = made(&config, &host)?;
    let names: Vec<String> = channels.keys().cloned().collect();
    let (results, outcomes) = channel();
    let courier = Courier::start(channels, results)
        .map_err(|error| failed(&format!("cannot start the thread that delivers: {error}"), Exit::Io))?;
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
