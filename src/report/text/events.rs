//! Events for people: a line each, wrapped.

use super::page::Page;
use super::timeline::style;
use crate::keep::Event;
use crate::model::{Severity, Subject, UNNAMED};
use crate::words::{clean, count, instant};

/// What stands for a serial number that nobody told is explained where it is shown.
fn unnamed(subject: &Subject) -> &'static str {
    let is_unnamed = subject.serial().is_some_and(|serial| serial.starts_with(UNNAMED));
    if is_unnamed { " (named by its bay: nobody told its serial number)" } else { "" }
}

/// Writes events, one after the other.
pub struct Events {
    page: Page,
}

impl Default for Events {
    fn default() -> Self {
        Self { page: Page::new() }
    }
}

impl Events {
    /// The text of the next event.
    pub fn event(&mut self, event: &Event<'_>) -> String {
        let Event { at, last, times, subject, severity, text, fact, .. } = event;
        let mut told = String::new();
        if *severity > Severity::Info {
            told += &format!("{}: ", severity.code());
        }
        told += &format!("{subject}{} {}", unnamed(subject), clean(if text.is_empty() { fact } else { text }));
        match last.or(at.until) {
            Some(last) if *times > 1 => told += &format!(" ({} times from then to {})", count(*times), instant(last)),
            Some(last) => told += &format!(" (until {})", instant(last)),
            None if *times > 1 => told += &format!(" ({} times in that second)", count(*times)),
            None => {}
        }
        // What an array is made of and how a bay is labelled holds from the start.
        let always = ["array-layout", "bay-label"].contains(fact) && at.written.is_none();
        let lead = if always { format!("{:<21}", "always") } else { at.utc.format("%Y-%m-%d %H:%M:%S  ").to_string() };
        self.page.styled(0, &lead, style(*severity), &told);
        self.page.take()
    }
}
