//! Event logs of MegaRAID controllers, as MegaCli and storcli print them. An event means what it means where the controller itself is asked
//! ([`super::machine::megaraid::log`]).

use super::families::{Family, Observer};
use super::log::{LogObserver, Says};
use super::machine::megaraid::{bay, enclosed, log};
use super::source::Options;
use crate::model::Statement;
use crate::words::clean;
use arraywatch_parsers::megaraid::events::{self as parser, Record};
use std::sync::Arc;

/// The family.
pub(super) struct MegaraidEvents;

impl Family for MegaraidEvents {
    fn name(&self) -> &'static str {
        "megaraid-events"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        parser::EventLog::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        let grammar = parser::EventLog::default().learn(front);
        Box::new(LogObserver::<_, Events>::new(grammar, self.name(), source, front, options))
    }
}

#[derive(Default)]
struct Events;

impl Says<parser::EventLog> for Events {
    fn host<'a>(_record: &'a Record<'_>) -> Option<&'a str> {
        None
    }

    fn free_text<'a>(_record: &'a Record<'_>) -> Option<&'a str> {
        None
    }

    fn statement(&self, host: &str, record: &Record<'_>, _text: Option<&str>) -> Statement {
        // Most hosts have one controller, which the tools call 0, and do not say of which one the events are.
        let path = format!("c{}", record.controller.unwrap_or(0));
        let (fact, severity) = log::fact(&record.event);
        let bay = record.place.map(|place| bay(host, &path, enclosed(place.enclosure), place.slot.into()));
        let subject = log::about(host, &path, bay, record.array, &fact);
        let text = record.event.text.as_deref().map(clean).unwrap_or_default();
        Statement { subject, fact, severity, text }
    }
}
