//! Operators' notes: each is an observation of its own.

use super::families::{Family, Observer};
use super::ordinals::Ordinals;
use super::source::{Options, Source, UNNAMED};
use crate::model::{ArrayState, Fact, Kind, Layout, LayoutMember, Said, Severity, Sink, Statement, Subject, When};
use crate::words::clean;
use arraywatch_parsers::notes::{self, At, Note, Stated};
use arraywatch_parsers::time::{Basis, Resolver};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use std::ops::Range;
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The facts that an operator may state, and what they mean.
pub const FACTS: [(&str, &str); 18] = [
    ("array-optimal", "all members of the array work"),
    ("array-degraded", "the array works without one of its members"),
    ("array-rebuilding", "a member is being written anew"),
    ("array-failed", "the array does not work"),
    ("drive-failed", "the drive, or the drive in the bay, or one of the array, failed"),
    ("drive-replaced", "a drive was replaced there; old and new may be named"),
    ("drive-removed", "the drive was taken out; that is no failure, and no other was put in"),
    ("failure-predicted", "the drive says that it will fail"),
    ("rebuild-started", "a rebuild of the array began"),
    ("rebuild-completed", "it was done"),
    ("rebuild-failed", "it was given up"),
    ("power-fine", "somebody or a sensor read the power, and it was fine"),
    ("power-bad", "the same, and it was not"),
    ("power-event", "power was lost or disturbed"),
    ("machine-stopped", "the machine stopped or was stopped"),
    ("machine-started", "it was started"),
    ("recorder-stopped", "the service that records the controller's events does not run"),
    ("note", "anything else, in words"),
];

/// The time of what holds whenever something happens: how an array is laid out, what a bay's label is.
const ALWAYS: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Hosts told that notes may be of.
const HOSTS_SHOWN: usize = 4;

/// The family.
pub(super) struct Notes;

impl Family for Notes {
    fn name(&self) -> &'static str {
        "notes"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        notes::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, _front: &[u8], options: &Options) -> Box<dyn Observer> {
        Box::new(Collected { source, options: options.clone(), bytes: Vec::new(), dropped: 0 })
    }

    /// Notes need not name the host if the other sources do.
    fn speaks_of_others(&self) -> bool {
        true
    }
}

struct Collected {
    source: Arc<str>,
    options: Options,
    bytes: Vec<u8>,
    dropped: u64,
}

impl Observer for Collected {
    fn push(&mut self, chunk: &[u8], _sink: &mut dyn Sink) {
        let room = notes::BYTES_MAX.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
        self.dropped += (chunk.len() - room) as u64;
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> Source {
        let notes = notes::parse(&self.bytes);
        let mut source = Source {
            path: self.source.to_string(),
            format: Some("notes"),
            bytes: self.bytes.len() as u64 + self.dropped,
            records: notes.notes.len() as u64,
            ..Source::default()
        };
        if self.dropped > 0 {
            source.problems.push(format!("longer than a file of notes may be: {} bytes were not read", self.dropped));
        }
        source.problems.extend(notes.problems.iter().map(|problem| {
            let line = 1 + self.bytes.iter().take(problem.span.start).filter(|byte| **byte == b'\n').count();
            format!("line {line}: {}", clean(&problem.message))
        }));
        let mut reading = Reading::new(&self, &notes);
        reading.read(&notes, &mut source, sink);
        source.faulty = !source.problems.is_empty();
        source.problems.extend(reading.whose());
        source.hosts = vec![reading.host];
        source
    }
}

struct Reading<'a> {
    file: &'a Collected,
    host: String,
    by: Option<String>,
    timezone: Option<Tz>,
    resolver: Resolver,
    ordinals: Ordinals,
}

impl<'a> Reading<'a> {
    fn new(file: &'a Collected, notes: &notes::Notes) -> Self {
        let options = &file.options;
        let only = match options.hosts_known.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        // Notes are edited: by their bytes each version would be another host's.
        let lasting = options.path.as_ref().map_or(file.bytes.as_slice(), |path| path.as_bytes());
        let fingerprint = || format!("{UNNAMED}{:08x}", xxh3_64(lasting) >> 32);
        let host = options.host.clone().or(notes.host.clone()).or(only).unwrap_or_else(fingerprint);
        let timezone = notes.timezone.as_deref().and_then(|zone| zone.parse().ok()).or(options.timezone);
        let (by, resolver) = (notes.by.clone(), Resolver::new(timezone));
        Self { file, host, by, timezone, resolver, ordinals: Ordinals::default() }
    }

    /// What is told if several hosts are known and it is not said whose notes these are.
    fn whose(&self) -> Option<String> {
        let known = &self.file.options.hosts_known;
        let hosts = known.iter().take(HOSTS_SHOWN).map(|host| clean(host)).collect::<Vec<_>>().join(", ");
        let more = if known.len() > HOSTS_SHOWN { " and others" } else { "" };
        (known.len() > 1 && self.host.starts_with(UNNAMED)).then(|| {
            format!(
                "it is not known whose notes these are, of {hosts}{more}: name the host with --host, or in the file"
            )
        })
    }

    fn read(&mut self, notes: &notes::Notes, source: &mut Source, sink: &mut dyn Sink) {
        if let Some(zone) = notes.timezone.as_deref().filter(|zone| zone.parse::<Tz>().is_err()) {
            source.problems.push(format!("\"{}\" is no time zone such as \"America/Chicago\"", clean(zone)));
        }
        for array in &notes.arrays {
            self.keep(source, sink, array, |reading| reading.layout(&array.value));
        }
        for bay in &notes.bays {
            self.keep(source, sink, bay, |reading| {
                let subject = reading.subject(&bay.value.subject, Kind::Bay)?;
                let fact = Fact::Label(bay.value.label.clone());
                Ok((subject, fact, When::exactly(ALWAYS), format!("labelled {}", clean(&bay.value.label))))
            });
        }
        for note in &notes.notes {
            self.keep(source, sink, note, |reading| reading.note(&note.value));
        }
    }

    fn keep<T>(
        &mut self,
        source: &mut Source,
        sink: &mut dyn Sink,
        stated: &Stated<T>,
        read: impl FnOnce(&mut Self) -> Result<(Subject, Fact, When, String), String>,
    ) {
        let Range { start, end } = stated.span;
        match read(self) {
            Ok((subject, fact, at, text)) => {
                let stream = Subject::within(Kind::Stream, &self.host, "notes");
                let bytes = self.file.bytes.get(stated.span.clone()).unwrap_or_default();
                let key = xxh3_64_with_seed(bytes, xxh3_64(stream.to_string().as_bytes()));
                let said = Said {
                    stream: &stream,
                    key,
                    at: at.moment(),
                    numbers: "",
                    ordinal: self.ordinals.next(key, at.utc.timestamp(), ""),
                    source: &self.file.source,
                    span: start as u64..end as u64,
                    interrupted: false,
                };
                let severity = severity(&fact);
                sink.say(&said, &mut || Statement {
                    subject: subject.clone(),
                    fact: fact.clone(),
                    severity,
                    text: text.clone(),
                });
            }
            Err(message) => {
                let line = 1 + self.file.bytes.iter().take(start).filter(|byte| **byte == b'\n').count();
                source.problems.push(format!("line {line}: {message}"));
            }
        }
    }

    fn note(&mut self, note: &Note) -> Result<(Subject, Fact, When, String), String> {
        let word = note.fact.as_deref().unwrap_or("note");
        let subject = match &note.subject {
            Some(written) => self.any_subject(written)?,
            None => Subject::host(&self.host),
        };
        let fact = stated(&subject, word, note.old.as_deref(), note.new.as_deref())?;
        let (utc, basis) = self.instant(&note.at);
        if !(1970..2100).contains(&utc.year()) {
            return Err(format!("{} is not of this or the last century", note.at.written));
        }
        let at = When { utc, written: Some(note.at.written.clone()), basis, until: None, within: note.within };
        let said = note.text.as_deref().map(clean).unwrap_or_default();
        let by = self.by.as_deref().map(|by| format!(" ({})", clean(by))).unwrap_or_default();
        let text = if said.is_empty() { format!("{}{by}", word.replace('-', " ")) } else { format!("{said}{by}") };
        Ok((subject, fact, at, text))
    }

    fn layout(&mut self, array: &notes::Array) -> Result<(Subject, Fact, When, String), String> {
        let subject = self.subject(&array.subject, Kind::Array)?;
        let in_mirrors = array.mirrors.iter().flatten();
        let mut paths: Vec<&String> = array.bays.iter().chain(in_mirrors).collect();
        paths.sort();
        let twice = paths.windows(2).find(|pair| matches!(pair, [a, b] if a == b && array.mirrors.iter().flatten().filter(|path| path == a).count() > 1));
        if let Some([path, _]) = twice {
            return Err(format!("{} mirrors in two sets at once", clean(path)));
        }
        paths.dedup();
        let mirror_set = |path: &String| {
            let set = array.mirrors.iter().position(|set| set.contains(path))?;
            u32::try_from(set).ok()
        };
        let member = |path: &String| LayoutMember {
            empty: false,
            bay: Subject::within(Kind::Bay, &self.host, path),
            mirror_set: mirror_set(path),
        };
        let members: Vec<LayoutMember> = paths.into_iter().map(member).collect();
        let text = format!("RAID {} of {} drives", array.level.as_deref().map_or("?".to_owned(), clean), members.len());
        let layout = Layout { level: array.level.as_deref().map(clean), members, carries: Vec::new() };
        Ok((subject, Fact::Layout(layout), When::exactly(ALWAYS), text))
    }

    /// A subject as written in notes, where a dot stands for the host of the file.
    fn any_subject(&self, written: &str) -> Result<Subject, String> {
        let full = match written.split_once(':') {
            Some((kind, ".")) => format!("{kind}:{}", Subject::host(&self.host).path()),
            Some((kind, rest)) => match rest.strip_prefix("./") {
                Some(path) => format!("{kind}:{}/{path}", Subject::host(&self.host).path()),
                None => written.to_owned(),
            },
            None => written.to_owned(),
        };
        full.parse().map_err(|error: crate::model::NotASubject| clean(&error.to_string()))
    }

    fn subject(&self, written: &str, kind: Kind) -> Result<Subject, String> {
        let subject = self.any_subject(written)?;
        let wanted = |subject: Subject| format!("{subject} is no {}", kind.code());
        if subject.kind() == kind { Ok(subject) } else { Err(wanted(subject)) }
    }

    fn instant(&mut self, at: &At) -> (DateTime<Utc>, Basis) {
        match at.offset {
            Some(offset) => ((at.local - offset).and_utc(), Basis::Stated),
            None => {
                let resolved = self.resolver.resolve(at.local, None, None);
                let basis = if self.timezone.is_some() { resolved.basis } else { Basis::Assumed };
                (resolved.utc, basis)
            }
        }
    }
}

/// The fact that a word states of a subject; of a replaced drive, with the serial numbers if they are known.
///
/// # Errors
/// For the person who wrote it: the word is unknown, or nothing that can be said of such a subject.
pub fn stated(subject: &Subject, word: &str, old: Option<&str>, new: Option<&str>) -> Result<Fact, String> {
    let fact = fact(word, old, new).ok_or_else(|| {
        let known: Vec<&str> = FACTS.iter().map(|(word, _)| *word).collect();
        format!("unknown fact \"{}\"; known are {}", clean(word), known.join(", "))
    })?;
    let fits = may_be_of(&fact, subject.kind());
    if fits { Ok(fact) } else { Err(format!("\"{}\" cannot be said of {subject}", fact.code())) }
}

fn fact(word: &str, old: Option<&str>, new: Option<&str>) -> Option<Fact> {
    let serial = |serial: Option<&str>| serial.map(str::trim).filter(|serial| !serial.is_empty()).map(clean);
    Some(match word {
        "array-optimal" => Fact::State(ArrayState::Optimal),
        "array-degraded" => Fact::State(ArrayState::Degraded),
        "array-rebuilding" => Fact::State(ArrayState::Rebuilding),
        "array-failed" => Fact::State(ArrayState::Failed),
        "drive-failed" => Fact::DriveFailed,
        "drive-replaced" => Fact::DriveReplaced { old: serial(old), new: serial(new) },
        "drive-removed" => Fact::DriveRemoved,
        "failure-predicted" => Fact::FailurePredicted,
        "rebuild-started" => Fact::RebuildStarted,
        "rebuild-completed" => Fact::RebuildCompleted,
        "rebuild-failed" => Fact::RebuildFailed,
        "power-fine" => Fact::PowerReading { fine: true },
        "power-bad" => Fact::PowerReading { fine: false },
        "power-event" => Fact::PowerEvent,
        "machine-stopped" => Fact::MachineStopped,
        "machine-started" => Fact::MachineStarted,
        "recorder-stopped" => Fact::Recorder { runs: false },
        "note" => Fact::Note,
        _ => return None,
    })
}

/// What a fact may be said of: a drive is not degraded, and an array has no power.
fn may_be_of(fact: &Fact, kind: Kind) -> bool {
    match fact {
        Fact::State(_) | Fact::RebuildStarted | Fact::RebuildCompleted | Fact::RebuildFailed => kind == Kind::Array,
        Fact::DriveFailed | Fact::DriveReplaced { .. } => matches!(kind, Kind::Drive | Kind::Bay | Kind::Array),
        Fact::FailurePredicted | Fact::DriveRemoved => matches!(kind, Kind::Drive | Kind::Bay),
        Fact::PowerReading { .. } | Fact::PowerEvent => matches!(kind, Kind::Power | Kind::Host | Kind::Enclosure),
        Fact::MachineStopped | Fact::MachineStarted | Fact::Recorder { .. } => kind == Kind::Host,
        _ => true,
    }
}

/// How bad a stated fact is by its nature.
pub fn severity(fact: &Fact) -> Severity {
    match fact {
        Fact::State(ArrayState::Degraded | ArrayState::Failed) | Fact::DriveFailed | Fact::RebuildFailed => {
            Severity::Critical
        }
        Fact::State(ArrayState::Rebuilding) | Fact::FailurePredicted | Fact::PowerEvent => Severity::Warning,
        Fact::PowerReading { fine: false } | Fact::Recorder { runs: false } => Severity::Warning,
        _ => Severity::Info,
    }
}
