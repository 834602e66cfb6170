//! What is the same for every line-based log: spans become a tally of the source, and damage and anomalies observations.

use super::families::{Observer, SoFar};
use super::ordinals::Ordinals;
use super::source::{Anomaly, Damage, Options, Source, Text, UNNAMED};
use crate::model::{Fact, Kind, Moment, Said, Severity, Sink, Statement, Subject, When, without_numbers};
use crate::words::{damaged, duration, number_of};
use arraywatch_parsers::stream::{self, DamageKind, Grammar, Item, Reader, Rhythm, What};
use arraywatch_parsers::time::{Resolved, Resolver};
use chrono::{DateTime, NaiveDateTime, Utc};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Damaged places that become observations of their own; more are summed up in one.
const PLACES_MAX: usize = 1_000;

/// Records that say something of a place, remembered by where they stand, so that they can be taken back.
const CLAIMS_MAX: usize = 32_768;

/// The sectors of every drive begin at multiples of this, and so do the blocks of file systems.
const SECTOR: u64 = 512;

/// What a family makes of the records of its log.
pub(super) trait Says<G: Grammar>: Default {
    /// The host that a record names.
    fn host<'a>(record: &'a G::Record<'_>) -> Option<&'a str>;
    /// The end of a record that is free text, in which numbers tell nothing that is understood.
    fn free_text<'a>(record: &'a G::Record<'_>) -> Option<&'a str>;
    /// Hears a record of a host, in the order of the log. None if there is nothing to tell of it: then it is counted only. Else a hash of
    /// what tells its statement from those of records with the same words.
    fn hear(&mut self, _host: &str, _record: &G::Record<'_>) -> Option<u64> {
        Some(0)
    }
    /// What the record says that was heard last; of free text, `text` is what stays when its numbers are taken out.
    fn statement(&self, host: &str, record: &G::Record<'_>, text: Option<&str>) -> Statement;
}

/// Observes a log of one grammar.
pub(super) struct LogObserver<G: Grammar, S> {
    reader: Reader<G>,
    log: Log,
    says: S,
    grammar: PhantomData<G>,
}

/// The tally of a log being read.
struct Log {
    source: Source,
    bytes_only: bool,
    format: &'static str,
    name: Arc<str>,
    host_given: Option<String>,
    /// The host of records that name none, before one is named: the first that the front names, so that a log that begins with such
    /// records is not another's; else a fingerprint of its first line, which a longer version of the log has, too.
    host_else: String,
    hosts: Vec<Host>,
    ordinals: Ordinals,
    /// Apart from those of records, which must not depend on what is found out late.
    remarked: Ordinals,
    /// By where a record begins that says something of a place: its host and its key.
    claims: BTreeMap<u64, (usize, u64)>,
    /// Of the record being read: its free text without its numbers, and these.
    kept: String,
    numbers: String,
    /// Time of the last intact record, as it was written.
    last: Option<When>,
    /// Of a log that goes on, the rhythms that were told: the report, and its last time.
    rhythms_told: Vec<(u32, DateTime<Utc>)>,
    /// The damaged place being read: spans between the same two records.
    place: Option<Place>,
    places: usize,
    /// Stretches so far that are no records.
    interrupted: u64,
}

/// A host whose records stand in the log.
struct Host {
    name: String,
    stream: Subject,
    /// A hash of the stream's name.
    seed: u64,
    /// Stretches that are no records before its last record.
    interrupted: u64,
}

/// When a record was written.
struct Wrote {
    at: Resolved,
    /// The local time of its text.
    local: NaiveDateTime,
    /// What tells its statement from others with the same words.
    apart: u64,
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
        // Not from where it stands: a copy of the log has it elsewhere.
        let length = span.end - span.start;
        self.identity = xxh3_64_with_seed(damage.kind.code().as_bytes(), self.identity.wrapping_add(length));
        if !self.kinds.contains(&damage.kind) {
            self.kinds.push(damage.kind);
        }
        self.origins.extend(damage.origin.filter(|origin| !self.origins.contains(origin)));
    }
}

impl<G: Grammar, S: Says<G>> LogObserver<G, S> {
    pub(super) fn new(grammar: G, format: &'static str, name: Arc<str>, front: &[u8], options: &Options) -> Self {
        let first_line = front.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first_line = first_line.get(..stream::LINE_MAX).unwrap_or(first_line);
        let named = || front.split(|byte| *byte == b'\n').find_map(|line| named_in::<G, S>(&grammar, line));
        let host_else = named()
            .or_else(|| options.host_else.clone())
            .unwrap_or_else(|| format!("{UNNAMED}{:08x}", xxh3_64(first_line) >> 32));
        let source = Source { path: name.to_string(), format: Some(format), ..Source::default() };
        let log = Log {
            source,
            bytes_only: options.bytes_only,
            format,
            name,
            host_given: options.host.clone(),
            host_else,
            hosts: Vec::new(),
            ordinals: Ordinals::default(),
            remarked: Ordinals::default(),
            claims: BTreeMap::new(),
            kept: String::new(),
            numbers: String::new(),
            last: None,
            rhythms_told: Vec::new(),
            place: None,
            places: 0,
            interrupted: 0,
        };
        let reader = Reader::new(grammar, Resolver::new(options.timezone));
        Self { reader, log, says: S::default(), grammar: PhantomData }
    }
}

/// The host that a line names, if it is a record that names one.
fn named_in<G: Grammar, S: Says<G>>(grammar: &G, line: &[u8]) -> Option<String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let record = grammar.parse(line.get(..stream::LINE_MAX).unwrap_or(line)).ok()?;
    S::host(&record).map(str::to_owned)
}

fn take<G: Grammar, S: Says<G>>(log: &mut Log, says: &mut S, sink: &mut dyn Sink, item: Item<'_, G>) {
    match item {
        Item::Record { span, line, at, local, record } => {
            log.source.records += 1;
            log.source.span(span.clone(), Some(Text::Records));
            let host = log.host(S::host(&record));
            if !log.bytes_only {
                log.end_place(Some(at), sink);
                let name = log.hosts.get(host).map_or("", |host| &host.name);
                let Some(apart) = says.hear(name, &record) else {
                    log.source.events_counted += 1;
                    log.wrote(host, &record, at);
                    return;
                };
                let free = S::free_text(&record);
                let when = Wrote { at, local, apart };
                log.record(host, span, line, when, (&record, free), sink, |host, text| {
                    says.statement(host, &record, text)
                });
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
            log.recanted(&span, at, &written, &damage, sink);
            log.list(span, None, damage);
        }
        Item::Anomaly(anomaly) => log.anomaly(anomaly, sink),
    }
}

impl<G: Grammar, S: Says<G>> Observer for LogObserver<G, S> {
    fn push(&mut self, chunk: &[u8], sink: &mut dyn Sink) {
        let (log, says) = (&mut self.log, &mut self.says);
        self.reader.push(chunk, &mut |item: Item<'_, G>| take::<G, S>(log, says, sink, item));
    }

    fn so_far(&mut self, sink: &mut dyn Sink) {
        let last = self.log.last.clone();
        for rhythm in self.reader.rhythms() {
            let told = (rhythm.report, rhythm.last.utc);
            if !self.log.rhythms_told.contains(&told) {
                self.log.rhythms_told.retain(|(report, _)| *report != rhythm.report);
                self.log.rhythms_told.push(told);
                self.log.rhythm(rhythm, last.clone(), sink);
            }
        }
    }

    fn understood(&self) -> SoFar {
        let Source { records, unrecognised, damage, damage_not_listed, .. } = &self.log.source;
        let (records, unrecognised, damaged) = (*records, *unrecognised, damage.len() as u64 + damage_not_listed);
        SoFar { records, unrecognised, damaged, ..SoFar::default() }
    }

    fn stream(&self) -> Option<Subject> {
        let log = &self.log;
        let first = log.hosts.first().map(|host| host.stream.clone());
        let named = || log.host_given.as_deref().unwrap_or(&log.host_else);
        Some(first.unwrap_or_else(|| Subject::within(Kind::Stream, named(), log.format)))
    }

    fn finish(mut self: Box<Self>, sink: &mut dyn Sink) -> Source {
        let (log, says) = (&mut self.log, &mut self.says);
        let summary = self.reader.finish(&mut |item: Item<'_, G>| take::<G, S>(log, says, sink, item));
        let mut log = self.log;
        log.source.bytes = summary.bytes;
        if log.hosts.is_empty() {
            log.host(None);
        }
        let last = log.last.clone();
        log.end_place(None, sink);
        for rhythm in summary.rhythms {
            log.rhythm(rhythm, last.clone(), sink);
        }
        for host in &log.hosts {
            sink.end(&host.stream, host.interrupted != log.interrupted);
        }
        // Recanted records come late.
        log.source.damage.sort_by_key(|damage| damage.span.start);
        log.source
    }
}

impl Log {
    /// The host of a record, by its place in the list; where none is named, the first of the log, or else a fingerprint.
    fn host(&mut self, named: Option<&str>) -> usize {
        let first = self.hosts.first().map_or(self.host_else.as_str(), |first| &first.name);
        let name = self.host_given.as_deref().or(named).unwrap_or(first);
        if let Some(known) = self.hosts.iter().position(|known| known.name == name) {
            return known;
        }
        let stream = Subject::within(Kind::Stream, name, self.format);
        let seed = xxh3_64(stream.to_string().as_bytes());
        self.source.hosts.push(name.to_owned());
        self.hosts.push(Host { name: name.to_owned(), stream, seed, interrupted: 0 });
        self.hosts.len() - 1
    }

    /// The stream that this log is; one that holds records of several hosts counts as the first one's.
    fn stream(&mut self) -> (Subject, u64) {
        let first = self.host(None);
        let host = self.hosts.get(first);
        host.map_or_else(|| (Subject::host(&self.host_else), 0), |host| (host.stream.clone(), host.seed))
    }

    #[expect(clippy::too_many_arguments, reason = "all that is known of a record")]
    fn record(
        &mut self,
        host: usize,
        span: Range<u64>,
        line: &[u8],
        Wrote { at, local, apart }: Wrote,
        (record, free): (&impl stream::Record, Option<&str>),
        sink: &mut dyn Sink,
        statement: impl Fn(&str, Option<&str>) -> Statement,
    ) {
        let written = record.written();
        // The same record on another day says the same, with another number before its time.
        let rest = line.strip_prefix(written.as_bytes()).or_else(|| behind(line, written)).unwrap_or(line);
        let zone = record.zone().map_or(0, |zone| xxh3_64(zone.as_bytes()));
        let at_host = host;
        let Some(host) = self.hosts.get_mut(host) else { return };
        let free = free.and_then(|text| Some((text, rest.strip_suffix(text.as_bytes())?)));
        let parted = free.filter(|(text, _)| without_numbers(text, &mut self.kept, &mut self.numbers).is_some());
        let seed = host.seed.wrapping_add(zone).wrapping_add(apart);
        let (key, text) = match parted {
            Some((_, front)) => {
                (xxh3_64_with_seed(self.kept.as_bytes(), xxh3_64_with_seed(front, seed)), Some(self.kept.as_str()))
            }
            None => {
                self.numbers.clear();
                (xxh3_64_with_seed(rest, seed), None)
            }
        };
        if record.claim().is_some() {
            self.claims.insert(span.start, (at_host, key));
            if self.claims.len() > CLAIMS_MAX {
                self.claims.pop_first();
            }
        }
        let interrupted = host.interrupted != self.interrupted;
        host.interrupted = self.interrupted;
        let said = Said {
            stream: &host.stream,
            key,
            at: Moment {
                utc: at.utc,
                written: Some(written).filter(|written| !written.is_empty()),
                offset: i32::try_from((local - at.utc.naive_utc()).num_seconds()).ok().filter(|_| record.is_dated()),
                basis: at.basis,
                until: None,
                within: None,
            },
            numbers: &self.numbers,
            ordinal: self.ordinals.next(key, at.utc.timestamp(), &self.numbers),
            source: &self.name,
            span,
            interrupted,
        };
        sink.say(&said, &mut || statement(&host.name, text));
        self.wrote(at_host, record, at);
    }

    /// A record was read to its end.
    fn wrote(&mut self, host: usize, record: &impl stream::Record, at: Resolved) {
        if let Some(host) = self.hosts.get_mut(host) {
            host.interrupted = self.interrupted;
        }
        let written = record.written();
        match &mut self.last {
            Some(When { utc, written: Some(known), basis, .. }) if !written.is_empty() => {
                (*utc, *basis) = (at.utc, at.basis);
                written.clone_into(known);
            }
            last => {
                let written = Some(written).filter(|written| !written.is_empty()).map(str::to_owned);
                *last = Some(When { written, basis: at.basis, ..When::exactly(at.utc) });
            }
        }
    }

    /// What is said of the log rather than in it. `content` tells it from all else that is said of the log at that time. It is a
    /// statement of its own: other damage of the same length need not stand at the end as well.
    fn remark(&mut self, at: &When, span: Range<u64>, content: &[u8], statement: Statement, sink: &mut dyn Sink) {
        let (stream, seed) = self.stream();
        let alike = xxh3_64_with_seed(content, seed.wrapping_add(xxh3_64(statement.fact.code().as_bytes())));
        let second = at.utc.timestamp();
        let ordinal = self.remarked.next(alike, second, "");
        let key = xxh3_64_with_seed(&[second, ordinal.into()].map(i64::to_le_bytes).concat(), alike);
        let said = Said {
            stream: &stream,
            key,
            at: at.moment(),
            numbers: "",
            ordinal: 0,
            source: &self.name,
            span,
            interrupted: false,
        };
        sink.say(&said, &mut || statement.clone());
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
    fn recanted(
        &mut self,
        span: &Range<u64>,
        at: Resolved,
        written: &str,
        damage: &stream::Damage,
        sink: &mut dyn Sink,
    ) {
        if self.bytes_only {
            return;
        }
        let at = When { written: Some(written.to_owned()), basis: at.basis, ..When::exactly(at.utc) };
        let claim = self.claims.remove(&span.start);
        if let Some((host, key)) = claim.and_then(|(host, key)| Some((self.hosts.get(host)?, key))) {
            sink.recant(&host.stream, key, at.utc, span);
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
                if too_many { self.place = Some(place) } else { self.tell(place, None, sink) }
            }
        }
    }

    /// A damaged place ends with the next record, or with the input.
    fn end_place(&mut self, next: Option<Resolved>, sink: &mut dyn Sink) {
        let Some(mut place) = self.place.take() else { return };
        place.amid |= next.is_some();
        if self.places >= PLACES_MAX && next.is_some() {
            // What is too much to tell one by one is told as one place, when the input ends.
            self.place = Some(Place { places: place.places + 1, ..place });
            return;
        }
        self.tell(place, next, sink);
    }

    fn tell(&mut self, place: Place, next: Option<Resolved>, sink: &mut dyn Sink) {
        self.places += 1;
        let before = |next: Resolved| When { basis: next.basis, ..When::exactly(next.utc) };
        let at = place.after.or(next.map(before)).unwrap_or(When::exactly(DateTime::UNIX_EPOCH));
        let at = When { until: next.map(|next| next.utc), ..at };
        let statement = Statement {
            subject: self.stream().0,
            severity: severity(&place.kinds, place.unfinished),
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
        self.remark(&at, place.span, &place.identity.to_le_bytes(), statement, sink);
    }

    fn anomaly(&mut self, anomaly: stream::Anomaly, sink: &mut dyn Sink) {
        let span = anomaly.start..anomaly.end;
        let Resolved { utc, basis } = anomaly.at;
        let at = When { written: anomaly.written, basis, until: anomaly.until, ..When::exactly(utc) };
        if !self.bytes_only && self.source.anomalies.len() < PLACES_MAX {
            let (fact, severity) = match anomaly.kind {
                stream::AnomalyKind::Gap => (Fact::ReportMissing, Severity::Warning),
                stream::AnomalyKind::Missing => (Fact::Odd(anomaly.kind), Severity::Warning),
                _ => (Fact::Odd(anomaly.kind), Severity::Info),
            };
            let statement = Statement { subject: self.stream().0, fact, severity, text: anomaly.detail.clone() };
            let content = format!("{} {}", anomaly.kind.code(), anomaly.detail);
            self.remark(&at, span.clone(), content.as_bytes(), statement, sink);
        }
        if self.source.anomalies.len() < Source::LISTED_MAX {
            self.source.anomalies.push(Anomaly { kind: anomaly.kind, at, detail: anomaly.detail, span });
        } else {
            self.source.anomalies_not_listed += 1;
        }
    }

    fn rhythm(&mut self, rhythm: Rhythm, last: Option<When>, sink: &mut dyn Sink) {
        if self.bytes_only {
            return;
        }
        let behind = |damage: &&Damage| damage.span.start >= rhythm.end && !damage.unfinished;
        let stream_goes_on = self.source.damage.iter().any(|damage| behind(&damage))
            || last.as_ref().is_some_and(|last| last.utc > rhythm.last.utc + rhythm.period);
        let written = last.filter(|last| last.utc == rhythm.last.utc).and_then(|last| last.written);
        let at = When { written, basis: rhythm.last.basis, ..When::exactly(rhythm.last.utc) };
        let text = format!(
            "the last of {} reports of event {}, written every {}",
            rhythm.reports,
            rhythm.report,
            duration(rhythm.period)
        );
        let statement = Statement {
            subject: self.stream().0,
            severity: Severity::Info,
            text,
            fact: Fact::Rhythm { period: rhythm.period, stream_goes_on },
        };
        let (report, seconds) = (rhythm.report, rhythm.period.num_seconds());
        let content = format!("{report} {} {seconds} {stream_goes_on}", rhythm.reports);
        self.remark(&at, rhythm.end..rhythm.end, content.as_bytes(), statement, sink);
    }
}

/// What stands behind a time that does not stand first.
fn behind<'a>(line: &'a [u8], written: &str) -> Option<&'a [u8]> {
    let at = std::str::from_utf8(line).ok()?.find(written).filter(|_| !written.is_empty())?;
    line.get(at + written.len()..)
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
