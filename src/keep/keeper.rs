//! Takes what a source says, record by record, and hands it to the writer, which works beside it.

use super::live::Live;
use crate::history::{
    Begin, Database, End, Entry, Manner, Part, Recant, Remark, Row, SourceId, Written, is_of_people, reader,
};
use crate::model::{Moment, Said, Sample, Sink, Statement, Subject};
use crate::observe::{SoFar, Source, UNNAMED};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Entries handed over at once.
const BATCH: usize = 4_096;

/// How much of a source's front tells it from others.
const FRONT: usize = 4_096;

/// Statements remembered as handed over; when there are more, they are handed over again.
const SENT_MAX: usize = 100_000;

/// A source that is about to be read.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// As given.
    pub name: &'a str,
    /// The file, from the root on; none of a pipe.
    pub path: Option<&'a str>,
    /// The family that reads it.
    pub format: &'static str,
    /// The zone that was given.
    pub timezone: Option<&'a str>,
    /// The host that was given.
    pub host: Option<&'a str>,
    /// Its first bytes.
    pub front: &'a [u8],
    /// Hash of what the file system says of it; none of a pipe.
    pub fingerprint: Option<u64>,
    /// Whether its newest version alone counts: a file of notes is corrected, a log is added to.
    pub replaces: bool,
    /// Whether it is no file that could be read again: a reading of this machine. All of one name and host are one source.
    pub passing: bool,
    /// Of such a one: whether it is more of a log that goes on, whose bytes, records and the like are added to those of before.
    pub goes_on: bool,
}

/// Whether a source need be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// It must be.
    Yes,
    /// It is as it was when it was read last.
    Unchanged,
    /// It was read with another zone, or none, as the text says.
    OtherZone(Option<String>),
    /// It was read as of another host, or of none, as the text says.
    OtherHost(Option<String>),
}

/// Hands what sources say to the writer.
pub struct Keeper {
    to: SyncSender<Vec<Entry>>,
    batch: Vec<Entry>,
    /// Sources that are known, those of this run among them.
    sources: Vec<reader::Source>,
    /// The hosts of each.
    hosts: HashMap<SourceId, Vec<String>>,
    /// The hosts whose logs are known.
    logged: BTreeSet<String>,
    next_source: SourceId,
    manners: Vec<(u32, Manner)>,
    /// A text to write times to.
    scratch: String,
    /// Statements that were handed over. Remarks are not among them: each is handed over with what it says.
    sent: HashSet<u64>,
    live: Live,
    now: DateTime<Utc>,
    reading: Option<Reading>,
    /// To look up what was told.
    history: Option<Database>,
    /// By log, the entries that were told, those of this run among them.
    entries: HashMap<Subject, HashSet<String>>,
}

/// A source being read.
struct Reading {
    begin: Begin,
    /// Its number, as the name of a source in evidence.
    source: Arc<str>,
    fingerprint: Option<u64>,
    replaces: bool,
    passing: bool,
    /// What it goes on from.
    before: Option<SoFar>,
    hash: Xxh3,
    bytes: u64,
    /// Known sources with the same front, by their length: this may be a longer version of them.
    fronts: Vec<(u64, SourceId, u64)>,
    /// Those of which it is.
    versions: Vec<(u64, SourceId)>,
    parts: Vec<Part>,
    /// What it says, if it replaces others.
    said: Vec<Row>,
    remarks: Vec<Remark>,
    recants: Vec<Recant>,
}

impl Keeper {
    /// Takes up where the history is.
    ///
    /// # Errors
    /// If the history cannot be read.
    pub fn new(history: &Connection, to: SyncSender<Vec<Entry>>, now: DateTime<Utc>) -> rusqlite::Result<Self> {
        let sources = reader::sources(history)?;
        let next_source = sources.iter().map(|source| source.id).max().unwrap_or(0) + 1;
        let streams = reader::streams(history)?;
        let logs = streams.iter().map(|stream| &stream.name).filter(|stream| !is_of_people(stream));
        let mut hosts: HashMap<SourceId, Vec<String>> = HashMap::new();
        for (source, stream) in reader::streams_of_sources(history)? {
            hosts.entry(source).or_default().extend(stream.host_name().map(str::to_owned));
        }
        Ok(Self {
            to,
            batch: Vec::with_capacity(BATCH),
            sources,
            hosts,
            logged: logs.filter_map(Subject::host_name).map(str::to_owned).collect(),
            next_source,
            manners: reader::manners(history)?.into_iter().collect(),
            scratch: String::new(),
            sent: HashSet::new(),
            live: Live::new(streams.into_iter().map(|stream| stream.name).collect()),
            now,
            reading: None,
            history: None,
            entries: HashMap::new(),
        })
    }

    /// A source is about to be read. If it is wanted, its bytes and what it says follow, and [`finish`](Self::finish).
    pub fn begin(&mut self, start: &Start<'_>) -> Wanted {
        if start.passing {
            self.pass(start);
            return Wanted::Yes;
        }
        let front = xxh3_64(start.front.get(..FRONT).unwrap_or(start.front));
        let known = |source: &&&reader::Source| source.superseded_by.is_none();
        let unchanged =
            |source: &&reader::Source| start.fingerprint.is_some() && source.fingerprint == start.fingerprint;
        // Those with the same front, and those of the same file, first: what was given otherwise is no change of the file.
        let whole = || self.sources.iter().filter(|source| source.whole);
        let fronts = |source: &&reader::Source| {
            let short = usize::try_from(source.bytes).ok().filter(|bytes| (1..FRONT).contains(bytes));
            // One that is shorter than a front is known by what there is of it.
            short.map_or(source.front == front, |bytes| {
                start.front.get(..bytes).is_some_and(|start| source.front == xxh3_64(start))
            })
        };
        let alike: Vec<&reader::Source> = whole().filter(fronts).collect();
        let same: Vec<&reader::Source> = whole().filter(unchanged).collect();
        if let Some(other) = same.iter().chain(&alike).find(|source| source.timezone.as_deref() != start.timezone) {
            return Wanted::OtherZone(other.timezone.clone());
        }
        let as_before = if start.replaces { &[][..] } else { &alike };
        if let Some(other) = same.iter().chain(as_before).find(|source| self.is_of_another(source, start)) {
            return Wanted::OtherHost(other.host.clone());
        }
        if same.iter().filter(known).any(|source| !self.is_to_be_named(source, start)) {
            return Wanted::Unchanged;
        }
        let mut fronts: Vec<(u64, SourceId, u64)> =
            alike.iter().map(|source| (source.bytes, source.id, source.content)).collect();
        fronts.sort_unstable();
        let begin = Begin {
            id: self.next_source,
            name: start.name.to_owned(),
            path: start.path.map(str::to_owned),
            format: start.format,
            timezone: start.timezone.map(str::to_owned),
            host: start.host.map(str::to_owned),
            front,
            read_at: self.now.timestamp(),
        };
        self.next_source += 1;
        self.send(Entry::Begin(begin.clone()));
        self.reading = Some(Reading {
            source: begin.id.to_string().into(),
            begin,
            fingerprint: start.fingerprint,
            replaces: start.replaces,
            passing: false,
            before: None,
            hash: Xxh3::new(),
            bytes: 0,
            fronts,
            versions: Vec::new(),
            parts: Vec::new(),
            said: Vec::new(),
            remarks: Vec::new(),
            recants: Vec::new(),
        });
        Wanted::Yes
    }

    /// A reading of this machine, or of what another one answered: its bytes are not met again.
    fn pass(&mut self, start: &Start<'_>) {
        let before = self.sources.iter().find(|known| {
            known.path.is_none()
                && known.name == start.name
                && known.format == start.format
                && known.host.as_deref() == start.host
        });
        let id = before.map_or(self.next_source, |known| known.id);
        let before = start.goes_on.then(|| {
            let of = |known: &reader::Source| SoFar {
                bytes: known.bytes,
                records: known.records,
                unrecognised: known.unrecognised,
                damaged: known.damaged,
            };
            before.map(of).unwrap_or_default()
        });
        self.next_source = self.next_source.max(id + 1);
        let begin = Begin {
            id,
            name: start.name.to_owned(),
            path: None,
            format: start.format,
            timezone: None,
            host: start.host.map(str::to_owned),
            front: xxh3_64(format!("{} {:?}", start.name, start.host).as_bytes()),
            read_at: self.now.timestamp(),
        };
        self.send(Entry::Begin(begin.clone()));
        self.reading = Some(Reading {
            source: begin.id.to_string().into(),
            begin,
            fingerprint: None,
            replaces: false,
            passing: true,
            before,
            hash: Xxh3::new(),
            bytes: 0,
            fronts: Vec::new(),
            versions: Vec::new(),
            parts: Vec::new(),
            said: Vec::new(),
            remarks: Vec::new(),
            recants: Vec::new(),
        });
    }

    /// Where it is looked up what was told before.
    pub fn look_up_in(&mut self, history: Database) {
        self.history = Some(history);
    }

    /// Hosts whose logs are known.
    pub fn hosts(&self) -> Vec<String> {
        self.logged.iter().cloned().collect()
    }

    /// The host of what stands in a file by its versions so far; none if they are of several, or of one that nobody named.
    pub fn host_before(&self, path: Option<&str>) -> Option<String> {
        let versions = self
            .sources
            .iter()
            .filter(|one| path.is_some() && one.path.as_deref() == path && one.superseded_by.is_none());
        let mut hosts: Vec<&String> = versions.flat_map(|one| self.hosts_of(one.id)).collect();
        hosts.dedup();
        match hosts.as_slice() {
            [host] if !host.starts_with(UNNAMED) => Some((*host).clone()),
            _ => None,
        }
    }

    fn hosts_of(&self, source: SourceId) -> &[String] {
        self.hosts.get(&source).map_or(&[], Vec::as_slice)
    }

    /// Whether it was given as another host's, or may have been: the host that its content names may be given as well.
    fn is_of_another(&self, known: &reader::Source, start: &Start<'_>) -> bool {
        let Some(host) = start.host else { return known.host.is_some() && !start.replaces };
        match &known.host {
            Some(before) => before != host,
            None => !self.is_to_be_named(known, start) && self.hosts_of(known.id).iter().any(|known| known != host),
        }
    }

    /// Whether nobody knew whose notes these are, and now it is said, or can be told.
    fn is_to_be_named(&self, known: &reader::Source, start: &Start<'_>) -> bool {
        start.replaces && start.host.is_some() && self.is_unnamed(known.id)
    }

    fn is_unnamed(&self, source: SourceId) -> bool {
        self.hosts_of(source).iter().all(|host| host.starts_with(UNNAMED))
    }

    /// Bytes of the source, in order.
    pub fn bytes(&mut self, chunk: &[u8]) {
        if let Some(reading) = &mut self.reading {
            reading.bytes(chunk);
        }
    }

    /// The source has been read. Gives its number. One that could not be read to its end is not known as whole, and read again.
    pub fn finish(&mut self, source: &Source, whole: bool) -> Option<SourceId> {
        let mut reading = self.reading.take()?;
        let sum = reading.before.map(|before| {
            reading.bytes = before.bytes + source.bytes;
            let (records, unrecognised) = (before.records + source.records, before.unrecognised + source.unrecognised);
            let damage_not_listed = before.damaged + source.damage_not_listed;
            Source { records, unrecognised, damage_not_listed, ..source.clone() }
        });
        let source = sum.as_ref().unwrap_or(source);
        let (id, replaces) = (reading.begin.id, reading.replaces);
        let known = self.known(&reading, source, whole);
        let mut end = self.ended(reading, source);
        end.checkpoints = self.live.finish();
        // What the part that could be read remarks of its end is no statement on the log.
        if whole {
            for older in &end.supersedes {
                if let Some(older) = self.sources.iter_mut().find(|source| source.id == *older) {
                    older.superseded_by = Some(id);
                }
            }
            self.sources.retain(|known| known.id != id);
            self.sources.push(known);
            self.hosts.insert(id, source.hosts.clone());
            self.logged.extend(source.hosts.iter().filter(|_| !replaces).cloned());
            self.send(Entry::End(Box::new(end)));
        } else {
            end.recants.into_iter().for_each(|recant| self.send(Entry::Recant(recant)));
        }
        self.flush();
        Some(id)
    }

    /// Hands over what is left.
    pub fn close(mut self) {
        self.flush();
    }

    fn known(&self, reading: &Reading, source: &Source, whole: bool) -> reader::Source {
        reader::Source {
            id: reading.begin.id,
            name: reading.begin.name.clone(),
            path: reading.begin.path.clone(),
            format: reading.begin.format.to_owned(),
            timezone: reading.begin.timezone.clone(),
            host: reading.begin.host.clone(),
            front: reading.begin.front,
            content: reading.hash.digest(),
            bytes: reading.bytes,
            fingerprint: reading.fingerprint.filter(|_| !source.faulty),
            records: source.records,
            unrecognised: source.unrecognised,
            damaged: source.damage.len() as u64 + source.damage_not_listed,
            read_at: self.now,
            whole,
            superseded_by: None,
        }
    }

    /// The sources that this one takes the place of.
    fn supersedes(&self, reading: &Reading, source: &Source, same_as: Option<SourceId>) -> Vec<SourceId> {
        // What it does not say may stand where it could not be understood.
        if reading.replaces && source.faulty || reading.passing {
            return Vec::new();
        }
        let Reading { begin, replaces, bytes, versions, .. } = reading;
        let same_host = |one: &reader::Source| self.hosts_of(one.id) == source.hosts || self.is_unnamed(one.id);
        let in_its_place = |one: &reader::Source| one.path.is_some() && one.path == begin.path;
        let is_earlier = |one: &&reader::Source| {
            let shorter = versions.iter().any(|(length, id)| *id == one.id && length < bytes);
            match (one.whole, replaces) {
                // A run that was broken off.
                (false, _) => in_its_place(one) || (one.path.is_none() && one.front == begin.front),
                // What is corrected rather than added to.
                (true, true) => {
                    let same = same_as == Some(one.id) && self.hosts_of(one.id) == source.hosts;
                    !same && (shorter || in_its_place(one)) && same_host(one)
                }
                (true, false) => shorter,
            }
        };
        let current = self.sources.iter().filter(|one| one.superseded_by.is_none() && one.format == begin.format);
        current.filter(is_earlier).map(|one| one.id).collect()
    }

    fn ended(&self, reading: Reading, source: &Source) -> End {
        let same_as = reading.versions.iter().find(|(length, _)| *length == reading.bytes).map(|(_, id)| *id);
        let supersedes = self.supersedes(&reading, source, same_as);
        let same_as = same_as.filter(|same| !supersedes.contains(same));
        let Reading { begin, fingerprint, replaces, hash, bytes, parts, said, mut remarks, recants, .. } = reading;
        let current = |id: SourceId| self.sources.iter().any(|one| one.id == id && one.superseded_by.is_none());
        if !replaces && same_as.is_some_and(|same| !current(same)) {
            // What it remarks of its end was taken back when a longer version was read.
            remarks.clear();
        }
        End {
            id: begin.id,
            content: hash.digest(),
            bytes,
            // It is read again, and its mistakes are told again, until it is corrected.
            fingerprint: fingerprint.filter(|_| !source.faulty),
            records: source.records,
            unrecognised: source.unrecognised,
            damaged: source.damage.len() as u64 + source.damage_not_listed,
            same_as,
            supersedes,
            replaces,
            parts,
            checkpoints: Vec::new(),
            said,
            remarks,
            recants,
        }
    }

    fn send(&mut self, entry: Entry) {
        self.batch.push(entry);
        if self.batch.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        // A writer that has gone away says why when it is asked for its result.
        let _ = self.to.send(batch);
    }

    /// How the text of a time is kept.
    fn written(&mut self, at: &Moment<'_>) -> Written {
        let Some(written) = at.written else { return Written::Not };
        let Some(offset) = at.offset else { return Written::As(written.into()) };
        for (index, (id, manner)) in self.manners.iter().enumerate() {
            self.scratch.clear();
            if manner.offset == offset
                && manner.write_to(at.utc, &mut self.scratch).is_some()
                && self.scratch == written
            {
                let id = *id;
                // A log writes in one manner: it is the first to be tried next.
                self.manners.swap(0, index);
                return Written::In(id);
            }
        }
        let Some(manner) = Manner::of(at.utc, written, offset) else { return Written::As(written.into()) };
        let id = self.manners.iter().map(|(id, _)| *id).max().unwrap_or(0) + 1;
        self.send(Entry::Manner { id, pattern: manner.pattern.clone(), offset });
        self.manners.insert(0, (id, manner));
        Written::In(id)
    }
}

impl Reading {
    fn bytes(&mut self, mut chunk: &[u8]) {
        while let Some((length, id, content)) = self.fronts.first().copied() {
            let ahead = usize::try_from(length.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
            let Some((front, rest)) = chunk.split_at_checked(ahead) else { break };
            self.hash.update(front);
            self.bytes += front.len() as u64;
            chunk = rest;
            if self.hash.digest() == content {
                self.versions.push((length, id));
            }
            self.fronts.remove(0);
        }
        self.hash.update(chunk);
        self.bytes += chunk.len() as u64;
    }

    fn part(&mut self, stream: &Subject, at: i64) {
        match self.parts.iter_mut().find(|part| part.stream == *stream) {
            Some(part) => (part.first_at, part.last_at) = (part.first_at.min(at), part.last_at.max(at)),
            None => {
                self.parts.push(Part { stream: stream.clone(), first_at: at, last_at: at, interrupted: false });
            }
        }
    }
}

impl Sink for Keeper {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        let follows = self.live.follows(said.stream);
        let statement = (!self.sent.contains(&said.key)).then(statement);
        let is_remark = statement.as_ref().is_some_and(|statement| statement.fact.is_remark());
        if let Some(statement) = statement.as_ref().filter(|_| !is_remark) {
            if self.sent.len() >= SENT_MAX {
                self.sent.clear();
            }
            self.sent.insert(said.key);
            let stream = said.stream.clone();
            self.send(Entry::Statement { key: said.key, stream, statement: Box::new(statement.clone()) });
        }
        if let Some(reading) = self.reading.as_ref().filter(|_| follows) {
            self.live.say(&Said { source: &reading.source, span: said.span.clone(), ..*said }, statement.as_ref());
        }
        let written = self.written(&said.at);
        let Some(reading) = &mut self.reading else { return };
        let at = said.at.utc.timestamp();
        reading.part(said.stream, at);
        let row = Row {
            key: said.key,
            at,
            numbers: said.numbers.into(),
            times: said.ordinal.saturating_add(1),
            source: reading.begin.id,
            start: said.span.start,
            length: said.span.end - said.span.start,
            interrupted: said.interrupted,
            basis: said.at.basis as u8,
            written,
            until: said.at.until.map(|until| until.timestamp()),
            within: said.at.within.map(|within| within.num_seconds()),
        };
        match statement.filter(|_| is_remark) {
            Some(statement) => reading.remarks.push(Remark { stream: said.stream.clone(), statement, row }),
            None if reading.replaces => reading.said.push(row),
            None => self.send(Entry::Said(row)),
        }
    }

    fn recant(&mut self, stream: &Subject, key: u64, at: DateTime<Utc>, _span: &Range<u64>) {
        self.live.recant(stream);
        if let Some(reading) = &mut self.reading {
            reading.recants.push(Recant { key, at: at.timestamp() });
        }
    }

    fn sample(&mut self, drive: &Subject, sample: Sample) {
        self.send(Entry::Sample { drive: drive.clone(), sample });
    }

    fn was_told(&mut self, stream: &Subject, entry: &str) -> bool {
        let told = match self.entries.get_mut(stream) {
            Some(told) => told,
            None => {
                // A history that cannot be read now tells so when it is written to.
                let history = self.history.as_ref().map(Database::connection);
                let told = history.and_then(|history| reader::entries_told(history, stream).ok()).unwrap_or_default();
                self.entries.entry(stream.clone()).or_insert(told.into_iter().collect())
            }
        };
        !told.insert(entry.to_owned())
    }

    fn end(&mut self, stream: &Subject, interrupted: bool) {
        let part =
            self.reading.as_mut().and_then(|reading| reading.parts.iter_mut().find(|part| part.stream == *stream));
        if let Some(part) = part {
            part.interrupted = interrupted;
        }
    }
}
