//! What was read of one source.

use crate::model::When;
use arraywatch_parsers::foreign::Origin;
use arraywatch_parsers::stream::{AnomalyKind, DamageKind};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::ops::Range;

pub use crate::model::UNNAMED;

/// How sources are to be read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The host, if the user says; it overrules the content.
    pub host: Option<String>,
    /// Hosts that other sources of the same call named, of which it may be.
    pub hosts_known: Vec<String>,
    /// The host of a log that names none, where that is known: of one that lies on the machine that is watched.
    pub host_else: Option<String>,
    /// The file, from the root on, if what it says is kept; none of a pipe.
    pub path: Option<String>,
    /// Zone of times whose text does not say, or says an abbreviation with several meanings.
    pub timezone: Option<Tz>,
    /// When the source was written last, and not after the present: what holds of a source that does not say of when it is.
    pub modified: DateTime<Utc>,
    /// Whether only the bytes are to be judged: no observations are made.
    pub bytes_only: bool,
}

/// What was read of one source.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The name it was given by.
    pub path: String,
    /// Its hosts, in order of appearance; the first is that of records that name none.
    pub hosts: Vec<String>,
    /// The family that read it.
    pub format: Option<&'static str>,
    /// The format of compressed files that it was unpacked from. All offsets are of the bytes unpacked.
    pub packed: Option<&'static str>,
    /// Bytes read; of a compressed file, the bytes it holds.
    pub bytes: u64,
    /// Intact records.
    pub records: u64,
    /// Lines of text that are no records and no damage.
    pub unrecognised: u64,
    /// The spans that tile the input, runs of records as one; the first [`Source::LISTED_MAX`].
    pub spans: Vec<Span>,
    /// Damage, in order of the input; the first [`Source::LISTED_MAX`].
    pub damage: Vec<Damage>,
    /// Damage that is not listed since there is too much.
    pub damage_not_listed: u64,
    /// Anomalies of intact records, likewise.
    pub anomalies: Vec<Anomaly>,
    /// Anomalies that are not listed.
    pub anomalies_not_listed: u64,
    /// The notation that parts of it were in, when it was pasted from a pager.
    pub pager_notation: bool,
    /// Records that say no more than their severity, of information only, counted and not kept.
    pub events_counted: u64,
    /// What could not be read or judged, in one line each.
    pub problems: Vec<String>,
    /// Whether some of what it says could not be understood, so that what it does not say is no proof that it was taken back.
    pub faulty: bool,
}

impl Source {
    /// Damage and anomalies listed one by one; beyond, they are counted. Bounds memory on an input that is all damage.
    pub const LISTED_MAX: usize = 5_000;

    /// The bytes that are damaged, by the damage listed.
    pub fn damaged_bytes(&self) -> u64 {
        self.damage.iter().map(|damage| damage.span.end - damage.span.start).sum()
    }
}

/// A stretch of a source. The stretches tile it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Offsets of the input as given.
    pub range: Range<u64>,
    /// None for damage, which is listed on its own.
    pub text: Option<Text>,
}

/// Text that is not damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// Intact records.
    Records,
    /// Lines that are none.
    Unrecognised,
}

impl Source {
    /// Adds a stretch; a run of records is one.
    pub(super) fn span(&mut self, range: Range<u64>, text: Option<Text>) {
        let room = self.spans.len() < Self::LISTED_MAX;
        let run = self.spans.last_mut().filter(|last| text == Some(Text::Records) && last.text == text);
        match run.filter(|run| run.range.end == range.start) {
            Some(run) => run.range.end = range.end,
            None if room => self.spans.push(Span { range, text }),
            None => {}
        }
    }

    /// Takes a record out of the run that it stands in: it was damaged after all.
    pub(super) fn split(&mut self, range: &Range<u64>) {
        let holds = |span: &Span| {
            span.text == Some(Text::Records) && span.range.start <= range.start && range.end <= span.range.end
        };
        let Some(at) = self.spans.iter().position(holds) else { return };
        let run = self.spans.remove(at);
        let parts = [
            Span { range: run.range.start..range.start, text: run.text },
            Span { range: range.clone(), text: None },
            Span { range: range.end..run.range.end, text: run.text },
        ];
        self.spans.splice(at..at, parts.into_iter().filter(|part| !part.range.is_empty()));
    }
}

/// Damage in a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Damage {
    /// Offsets of the input as given.
    pub span: Range<u64>,
    /// Offsets of the bytes that pasted text stands for.
    pub decoded: Option<Range<u64>>,
    /// What kind.
    pub kind: DamageKind,
    /// For a person.
    pub detail: String,
    /// Whose bytes they are.
    pub origin: Option<Origin>,
    /// Whether it is no more than the input's last record without its end: its writer may be at it.
    pub unfinished: bool,
}

/// An anomaly of intact records.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// What kind.
    pub kind: AnomalyKind,
    /// When, by the log's time.
    pub at: When,
    /// For a person.
    pub detail: String,
    /// The records concerned.
    pub span: Range<u64>,
}
