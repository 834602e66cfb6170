//! What is the same for every line-based log: spans become a tally of the source, and damage and anomalies observations.

use super::families::Observer;
use super::identity::Identities;
use super::source::{Anomaly, Damage, Options, Source, Text};
use crate::model::{Evidence, Fact, Kind, Observation, ObservationId, Severity, Subject, When};
use crate::words::{damaged, duration, number_of};
use arraywatch_parsers::stream::{self, DamageKind, Grammar, Item, Reader, Rhythm, What};
use arraywatch_parsers::time::{Resolved, Resolver};
use chrono::DateTime;
use std::ops::Range;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Damaged places that become observations of their own; more are summed up in one.
const PLACES_MAX: usize = 1_000;

/// The sectors of every drive begin at multiples of this, and so do the blocks of file systems.
const SECTOR: u64 = 512;

/// What a family does with the records of its log.
pub(super) trait Records<G: Grammar> {
    /// The host that a record names.
    fn host<'a>(record: &'a G::Record<'_>) -> Option<&'a str>;
    /// Takes an intact record of a host.
    fn record(&mut self, log: &mut Log, host: &str, entry: Entry<'_>, record: &G::Record<'_>);
    /// A record taken before was damaged after all.
    fn recant(&mut self, span: &Range<u64>);
    /// Gives what is left to say.
    fn finish(&mut self, log: &mut Log);
}

/// What every record has.
pub(super) struct Entry<'a> {
    pub(super) span: Range<u64>,
    pub(super) line: &'a [u8],
    pub(super) at: Resolved,
}

/// Observes a log of one grammar.
pub(super) struct LogObserver<G: Grammar, R> {
    reader: Reader<G>,
    log: Log,
    records: R,
}

/// The tally of a log being read.
pub(super) struct Log {
    pub(super) source: Source,
    pub(super) bytes_only: bool,
    format: &'static str,
    name: Arc<str>,
    host_given: Option<String>,
    /// The host of a log that names none: a fingerprint of its first line, which a longer version of the log has, too.
    host_else: String,
    hosts: Vec<Arc<str>>,
    identities: Identities,
    /// Time of the last intact record, as it was written.
    pub(super) last: Option<When>,
    /// The damaged place being read: spans between the same two records.
    place: Option<Place>,
    places: usize,
    /// Stretches so far that are no records.
    pub(super) interrupted: u64,
}

struct Place {
    span: Range<u64>,
    kinds: Vec<DamageKind>,
    origins: Vec<arraywatch_parsers::foreign::Origin>,
    /// Whether it is no more than a last record without its end.
    unfinished: bool,
    places: u64,
    bytes: u64,
    aligned: bool,
    after: Option<When>,
    identity: u64,
    /// Whether an intact record stands behind it.
    amid: bool,
}

impl Place {
    fn new(start: u64, after: Option<When>) -> Self {
        Self {
            span: start..start,
            kinds: Vec::new(),
            origins: Vec::new(),
            unfinished: true,
            places: 1,
            bytes: 0,
            aligned: false,
            after,
            identity: 0,
            amid: false,
        }
    }

    fn add(&mut self, span: &Range<u64>, damage: &stream::Damage) {
        self.span.end = self.span.end.max(span.end);
        self.bytes += span.end - span.start;
        self.unfinished &= damage.unfinished;
        let of_blocks = matches!(damage.kind, DamageKind::NulRun | DamageKind::Foreign);
        self.aligned |= of_blocks && span.start.is_multiple_of(SECTOR);
        self.identity = xxh3_64(&[self.identity, span.start, span.end].map(u64::to_le_bytes).concat());
        if !self.kinds.contains(&damage.kind) {
            self.kinds.push(damage.kind);
        }
        self.origins.extend(damage.origin.filter(|origin| !self.origins.contains(origin)));
    }
}

impl<G: Grammar, R: Records<G>> LogObserver<G, R> {
    pub(super) fn new(
        grammar: G,
        records: R,
        format: &'static str,
        name: Arc<str>,
        front: &[u8],
        options: &Options,
    ) -> Self {
        let first_line = front.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first_line = first_line.get(..stream::LINE_MAX).unwrap_or(first_line);
        let source = Source { path: name.to_string(), format: Some(format), ..Source::default() };
        let log = Log {
            source,
            bytes_only: options.bytes_only,
            format,
            name,
            host_given: options.host.clone(),
            host_else: format!("unnamed-{:08x}", xxh3_64(first_line) >> 32),
            hosts: Vec::new(),
            identities: Identities::default(),
            last: None,
            place: None,
            places: 0,
            interrupted: 0,
        };
        Self { reader: Reader::new(grammar, Resolver::new(options.timezone)), log, records }
    }
}

fn take<G: Grammar, R: Records<G>>(log: &mut Log, records: &mut R, item: Item<'_, G>) {
    match item {
        Item::Record { span, line, at, record } => {
            log.source.records += 1;
            log.source.span(span.clone(), Some(Text::Records));
            let host = log.host(R::host(&record));
            if !log.bytes_only {
                log.end_place(Some(at));
                records.record(log, &host, Entry { span, line, at }, &record);
                log.last = Some(log.when(at, stream::Record::written(&record)));
            }
        }
        Item::Other { span, decoded, what: What::Unrecognised { lines } } => {
            log.source.pager_notation |= decoded.is_some();
            log.source.unrecognised += lines;
            log.interrupted += lines.min(1);
            log.source.span(span, Some(Text::Unrecognised));
        }
        Item::Other { span, decoded, what: What::Damage(damage) } => {
            log.source.pager_notation |= decoded.is_some();
            log.source.span(span.clone(), None);
            log.interrupted += 1;
            log.damage(span, decoded, damage);
        }
        Item::Recanted { span, at, written, damage } => {
            log.source.records -= 1;
            log.source.split(&span);
            records.recant(&span);
            log.recanted(&span, log.when(at, &written), &damage);
            log.list(span, None, damage);
        }
        Item::Anomaly(anomaly) => log.anomaly(anomaly),
    }
}

impl<G: Grammar, R: Records<G>> Observer for LogObserver<G, R> {
    fn push(&mut self, chunk: &[u8]) {
        let (log, records) = (&mut self.log, &mut self.records);
        self.reader.push(chunk, &mut |item: Item<'_, G>| take(log, records, item));
    }

    fn finish(mut self: Box<Self>) -> Source {
        let (log, records) = (&mut self.log, &mut self.records);
        let summary = self.reader.finish(&mut |item: Item<'_, G>| take(log, records, item));
        let mut log = self.log;
        log.source.bytes = summary.bytes;
        if log.source.hosts.is_empty() {
            log.host(None);
        }
        let last = log.last.clone();
        log.end_place(None);
        self.records.finish(&mut log);
        for rhythm in summary.rhythms {
            log.rhythm(rhythm, last.clone());
        }
        // Recanted records come late.
        log.source.damage.sort_by_key(|damage| damage.span.start);
        log.source.observations.sort_by_key(Observation::order);
        log.source
    }
}

impl Log {
    /// The host of a record; where none is named, the first of the log, or else a fingerprint.
    fn host(&mut self, named: Option<&str>) -> Arc<str> {
        let first = self.hosts.first().map_or(self.host_else.as_str(), |first| first);
        let host = self.host_given.as_deref().or(named).unwrap_or(first);
        if let Some(known) = self.hosts.iter().find(|known| known.as_ref() == host) {
            return Arc::clone(known);
        }
        let host: Arc<str> = host.into();
        self.hosts.push(Arc::clone(&host));
        self.source.hosts.push(host.to_string());
        host
    }

    /// The stream that this log is.
    pub(super) fn stream(&self) -> Subject {
        let host = self.host_given.as_deref().or(self.source.hosts.first().map(String::as_str));
        Subject::within(Kind::Stream, host.unwrap_or(&self.host_else), self.format)
    }

    pub(super) fn when(&self, at: Resolved, written: &str) -> When {
        When { utc: at.utc, written: Some(written.to_owned()), basis: at.basis, until: None, within: None }
    }

    pub(super) fn evidence(&self, span: &Range<u64>) -> Option<Evidence> {
        Some(Evidence { source: Arc::clone(&self.name), start: span.start, end: span.end })
    }

    pub(super) fn identity(&mut self, bytes: &[u8]) -> ObservationId {
        let stream = self.stream().to_string();
        self.identities.give(&stream, bytes)
    }

    fn damage(&mut self, span: Range<u64>, decoded: Option<Range<u64>>, damage: stream::Damage) {
        if !self.bytes_only {
            let after = &self.last;
            let place = self.place.get_or_insert_with(|| Place::new(span.start, after.clone()));
            place.amid = false;
            place.add(&span, &damage);
        }
        self.list(span, decoded, damage);
    }

    fn list(&mut self, span: Range<u64>, decoded: Option<Range<u64>>, damage: stream::Damage) {
        if self.source.damage.len() < Source::LISTED_MAX {
            let stream::Damage { kind, detail, origin, unfinished } = damage;
            self.source.damage.push(Damage { span, decoded, kind, detail, origin, unfinished });
        } else {
            self.source.damage_not_listed += 1;
        }
    }

    /// A record that was damaged after all is a place of its own, at its own time. It is told late: what is damaged where the
    /// log is being read has nothing to do with it.
    fn recanted(&mut self, span: &Range<u64>, at: When, damage: &stream::Damage) {
        if self.bytes_only {
            return;
        }
        let too_many = self.places >= PLACES_MAX;
        match &mut self.place {
            Some(place) if too_many => {
                place.places += 1;
                place.add(span, damage);
            }
            _ => {
                let mut place = Place::new(span.start, Some(at));
                place.amid = true;
                place.add(span, damage);
                if too_many { self.place = Some(place) } else { self.tell(place, None) }
            }
        }
    }

    /// A damaged place ends with the next record, or with the input.
    fn end_place(&mut self, next: Option<Resolved>) {
        let Some(mut place) = self.place.take() else { return };
        place.amid |= next.is_some();
        if self.places >= PLACES_MAX && next.is_some() {
            // What is too much to tell one by one is told as one place, when the input ends.
            self.place = Some(Place { places: place.places + 1, ..place });
            return;
        }
        self.tell(place, next);
    }

    fn tell(&mut self, place: Place, next: Option<Resolved>) {
        self.places += 1;
        let before = |next: Resolved| When { basis: next.basis, ..When::exactly(next.utc) };
        let at = place.after.or(next.map(before)).unwrap_or(When::exactly(DateTime::UNIX_EPOCH));
        let severity = severity(&place.kinds, place.unfinished);
        let id = self.identity(&place.identity.to_le_bytes());
        let observation = Observation {
            id,
            at: When { until: next.map(|next| next.utc), ..at },
            subject: self.stream(),
            severity,
            evidence: self.evidence(&place.span),
            text: format!(
                "{} overwritten: {}",
                number_of(place.bytes, "byte", "bytes"),
                damaged(&place.kinds, &place.origins)
            ),
            fact: Fact::Damaged {
                kinds: place.kinds,
                origins: place.origins,
                bytes: place.bytes,
                at_tail: !place.amid,
                unfinished: place.unfinished,
                aligned: place.aligned,
                pasted: self.source.pager_notation,
                places: place.places,
            },
        };
        self.source.observations.push(observation);
    }

    fn anomaly(&mut self, anomaly: stream::Anomaly) {
        let span = anomaly.start..anomaly.end;
        let Resolved { utc, basis } = anomaly.at;
        let at = When { written: anomaly.written, basis, until: anomaly.until, ..When::exactly(utc) };
        if !self.bytes_only && self.source.anomalies.len() < PLACES_MAX {
            let missing = anomaly.kind == stream::AnomalyKind::Gap;
            let fact = if missing { Fact::ReportMissing } else { Fact::Odd(anomaly.kind) };
            let severity = if missing { Severity::Warning } else { Severity::Info };
            let id = self.identity(format!("{} {}", anomaly.kind.code(), at.utc).as_bytes());
            let (subject, evidence) = (self.stream(), self.evidence(&span));
            let text = anomaly.detail.clone();
            self.source.observations.push(Observation { id, at: at.clone(), subject, fact, severity, evidence, text });
        }
        if self.source.anomalies.len() < Source::LISTED_MAX {
            self.source.anomalies.push(Anomaly { kind: anomaly.kind, at, detail: anomaly.detail, span });
        } else {
            self.source.anomalies_not_listed += 1;
        }
    }

    fn rhythm(&mut self, rhythm: Rhythm, last: Option<When>) {
        let behind = |damage: &&Damage| damage.span.start >= rhythm.end && !damage.unfinished;
        let stream_goes_on = self.source.damage.iter().any(|damage| behind(&damage))
            || last.as_ref().is_some_and(|last| last.utc > rhythm.last.utc + rhythm.period);
        let written = last.filter(|last| last.utc == rhythm.last.utc).and_then(|last| last.written);
        let id = self.identity(format!("rhythm {} {}", rhythm.report, rhythm.last.utc).as_bytes());
        let observation = Observation {
            id,
            at: When { written, basis: rhythm.last.basis, ..When::exactly(rhythm.last.utc) },
            subject: self.stream(),
            severity: Severity::Info,
            evidence: self.evidence(&(rhythm.end..rhythm.end)),
            text: format!(
                "the last of {} reports of event {}, written every {}",
                rhythm.reports,
                rhythm.report,
                duration(rhythm.period)
            ),
            fact: Fact::Rhythm { period: rhythm.period, stream_goes_on },
        };
        self.source.observations.push(observation);
    }
}

/// How bad damage is: NULs and cut records are left by every unclean stop; other files' bytes, mixed records and changed bytes
/// are not, and show that storage gave or kept wrong data.
fn severity(kinds: &[DamageKind], unfinished: bool) -> Severity {
    let ordinary = |kind: &DamageKind| matches!(kind, DamageKind::NulRun | DamageKind::Torn);
    match (unfinished, kinds.iter().all(ordinary)) {
        (true, _) => Severity::Info,
        (false, true) => Severity::Warning,
        (false, false) => Severity::Critical,
    }
}
