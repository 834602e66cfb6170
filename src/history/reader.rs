//! What is kept, read back. Nothing here writes, so all of it works on a history that cannot be written.

use super::Manner;
use super::entry::{SourceId, Written};
use super::lasting::REMARKS;
use crate::model::{Fact, Kind, ObservationId, Severity, Statement, Subject};
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, Utc};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use std::collections::BTreeMap;

/// A log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: Subject,
    /// Since when its newest checkpoint lacks something, if it does: a run was broken off before it was made.
    pub stale_from: Option<i64>,
}

/// A reading of a file or a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// As it was given last.
    pub name: String,
    /// The file, from the root on; none of a pipe.
    pub path: Option<String>,
    /// The family that read it.
    pub format: String,
    /// The zone that was given.
    pub timezone: Option<String>,
    /// The host that was given.
    pub host: Option<String>,
    /// Hash of its first bytes.
    pub front: u64,
    /// Hash of all.
    pub content: u64,
    /// How many these are.
    pub bytes: u64,
    /// Hash of what the file system says of the file.
    pub fingerprint: Option<u64>,
    /// Intact records.
    pub records: u64,
    /// Lines that are none.
    pub unrecognised: u64,
    /// Damaged places.
    pub damaged: u64,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// Whether it was read to its end.
    pub whole: bool,
    /// The longer or newer version that was read later.
    pub superseded_by: Option<SourceId>,
}

/// That a statement was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The statement's number.
    pub statement: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The numbers that its text has this time.
    pub numbers: Box<str>,
    /// How often in that second.
    pub times: u32,
    /// By which source.
    pub source: SourceId,
    /// Where in it.
    pub start: u64,
    /// Exclusive.
    pub end: u64,
    /// Whether something that is no record stands before it.
    pub interrupted: bool,
    /// How sure the time is.
    pub basis: Basis,
    /// How it was written.
    pub written: Written,
    /// As in `model::When`.
    pub until: Option<DateTime<Utc>>,
    /// As in `model::When`, in seconds.
    pub within: Option<i64>,
}

const SAID: &str = "o.statement, o.at, o.times, o.source, o.start, o.length, o.interrupted, o.basis, o.written, o.until, o.within, o.numbers";

impl Said {
    fn of(row: &Row<'_>) -> Result<Self> {
        let start = unsigned(row, 4)?;
        let basis: u8 = row.get(7)?;
        Ok(Self {
            statement: row.get(0)?,
            at: time(row.get(1)?),
            times: row.get(2)?,
            source: row.get(3)?,
            start,
            end: start.saturating_add(unsigned(row, 5)?),
            interrupted: row.get(6)?,
            basis: Basis::ALL.get(usize::from(basis)).copied().unwrap_or(Basis::Assumed),
            written: match row.get_ref(8)? {
                ValueRef::Integer(manner) => Written::In(u32::try_from(manner).unwrap_or(u32::MAX)),
                ValueRef::Text(text) => Written::As(String::from_utf8_lossy(text).into()),
                _ => Written::Not,
            },
            until: row.get::<_, Option<i64>>(9)?.map(time),
            within: row.get(10)?,
            numbers: row.get::<_, String>(11)?.into(),
        })
    }
}

fn unsigned(row: &Row<'_>, at: usize) -> Result<u64> {
    row.get::<_, i64>(at).map(i64::cast_unsigned)
}

/// A time as it is kept. One beyond what can be told stands for the end of time.
fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A kept text that should be of a kind and is not: the history is damaged.
fn misfit(at: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error))
}

/// A statement with its key and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: i64,
    /// Names it.
    pub key: u64,
    /// The stream that says it.
    pub stream: i64,
    /// What it says.
    pub statement: Statement,
}

impl Known {
    fn of(row: &Row<'_>) -> Result<Self> {
        let severity: u8 = row.get(4)?;
        let statement = Statement {
            subject: row.get::<_, String>(3)?.parse().map_err(|error| misfit(3, error))?,
            severity: Severity::ALL.get(usize::from(severity)).copied().unwrap_or(Severity::Critical),
            fact: serde_json::from_str::<Fact>(&row.get::<_, String>(5)?).map_err(|error| misfit(5, error))?,
            text: row.get(6)?,
        };
        Ok(Self { id: row.get(0)?, key: unsigned(row, 1)?, stream: row.get(2)?, statement })
    }

    /// What is said once, as an observation; `ordinal` counts equals of a second.
    pub fn id_of(&self, said: &Said, ordinal: u32) -> ObservationId {
        ObservationId::of(self.key, said.at, &said.numbers, ordinal)
    }
}

const KNOWN: &str = "SELECT s.id, s.key, s.stream, n.name, s.severity, s.fact, s.text FROM statement s JOIN subject n ON n.id = s.subject";

/// The time before which observations are summed up.
///
/// # Errors
/// If the history cannot be read; so all that follow.
pub fn kept_from(history: &Connection) -> Result<Option<i64>> {
    history.query_row("SELECT value FROM setting WHERE name = 'kept_from'", [], |row| row.get(0)).optional()
}

/// All streams.
pub fn streams(history: &Connection) -> Result<Vec<Stream>> {
    let of = |row: &Row<'_>| {
        let name = row.get::<_, String>(1)?.parse().map_err(|error| misfit(1, error))?;
        Ok(Stream { id: row.get(0)?, name, stale_from: row.get(2)? })
    };
    history.prepare_cached("SELECT id, name, stale_from FROM stream ORDER BY name")?.query_map([], of)?.collect()
}

/// All sources, in the order in which they were read.
pub fn sources(history: &Connection) -> Result<Vec<Source>> {
    let of = |row: &Row<'_>| {
        Ok(Source {
            id: row.get(0)?,
            name: row.get(1)?,
            format: row.get(2)?,
            timezone: row.get(3)?,
            front: unsigned(row, 4)?,
            content: unsigned(row, 5)?,
            bytes: unsigned(row, 6)?,
            fingerprint: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
            records: unsigned(row, 8)?,
            unrecognised: unsigned(row, 9)?,
            damaged: unsigned(row, 10)?,
            read_at: time(row.get(11)?),
            whole: row.get(12)?,
            superseded_by: row.get(13)?,
            path: row.get(14)?,
            host: row.get(15)?,
        })
    };
    let sql = "SELECT id, name, format, timezone, front, content, bytes, fingerprint, records, unrecognised, damaged, read_at, whole, superseded_by, path, host
               FROM source ORDER BY id";
    history.prepare_cached(sql)?.query_map([], of)?.collect()
}

/// The streams that each source holds something of.
pub fn streams_of_sources(history: &Connection) -> Result<Vec<(SourceId, Subject)>> {
    let of = |row: &Row<'_>| {
        let name: String = row.get(1)?;
        Ok((row.get(0)?, name.parse().map_err(|error| misfit(1, error))?))
    };
    let sql = "SELECT p.source, s.name FROM part p JOIN stream s ON s.id = p.stream ORDER BY p.source, s.name";
    history.prepare_cached(sql)?.query_map([], of)?.collect()
}

/// All manners of writing times, by their numbers.
pub fn manners(history: &Connection) -> Result<BTreeMap<u32, Manner>> {
    let of = |row: &Row<'_>| Ok((row.get(0)?, Manner::new(&row.get::<_, String>(1)?, row.get(2)?)));
    let all = history
        .prepare_cached("SELECT id, pattern, offset FROM manner")?
        .query_map([], of)?
        .collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter_map(|(id, manner)| Some((id, manner?))).collect())
}

/// A statement.
pub fn statement(history: &Connection, id: i64) -> Result<Known> {
    history.prepare_cached(&format!("{KNOWN} WHERE s.id = ?1"))?.query_row([id], Known::of)
}

/// The statements that concern a subject.
pub fn statements_about(history: &Connection, subject: &Subject) -> Result<Vec<Known>> {
    let sql = format!(
        "{KNOWN} JOIN concern c ON c.statement = s.id JOIN subject w ON w.id = c.subject WHERE w.name = ?1 ORDER BY s.id"
    );
    history.prepare_cached(&sql)?.query_map([subject.to_string()], Known::of)?.collect()
}

/// The records that a stream has of a second, at a place of a source.
///
/// # Errors
/// If the history cannot be read.
pub fn records_at(
    history: &Connection,
    stream: i64,
    at: DateTime<Utc>,
    source: SourceId,
    start: u64,
) -> Result<Vec<ObservationId>> {
    let sql = "SELECT s.key, o.numbers FROM observation o JOIN statement s ON s.id = o.statement
               WHERE o.stream = ?1 AND o.at = ?2 AND o.source = ?3 AND o.start = ?4";
    let of = |row: &Row<'_>| Ok(ObservationId::of(unsigned(row, 0)?, at, &row.get::<_, String>(1)?, 0));
    let start = start.cast_signed();
    history.prepare_cached(sql)?.query_map(params![stream, at.timestamp(), source, start], of)?.collect()
}

/// Whether anything that a stream said still stands: what was taken for a log of its own, when of its first line only the
/// beginning was written, may turn out to be another's.
pub fn says_something(history: &Connection, stream: i64) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM observation WHERE stream = ?1 AND times > 0)
               OR EXISTS (SELECT 1 FROM summary m JOIN statement s ON s.id = m.statement WHERE s.stream = ?1)";
    history.prepare_cached(sql)?.query_row([stream], |row| row.get(0))
}

/// Gives what a stream said after a time, in order: by the second; within it, by the source that begins first, and as it stands
/// there.
///
/// # Errors
/// If the history cannot be read, or `take` says so.
pub fn said_after(
    history: &Connection,
    stream: i64,
    after: Option<DateTime<Utc>>,
    take: impl FnMut(&Said) -> Result<()>,
) -> Result<()> {
    said_between(history, stream, Which::All, after, i64::MAX, take)
}

/// What of a stream is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of it.
    All,
    /// What stands in the log.
    Records,
    /// What is told of its bytes.
    Remarks,
}

/// The same of some of it, up to a time, that second included.
pub fn said_between(
    history: &Connection,
    stream: i64,
    which: Which,
    after: Option<DateTime<Utc>>,
    until: i64,
    mut take: impl FnMut(&Said) -> Result<()>,
) -> Result<()> {
    let extents = extents(history, stream)?;
    let which = match which {
        Which::All => "TRUE".to_owned(),
        Which::Records => format!("o.statement NOT IN ({})", remarks()),
        Which::Remarks => format!("o.statement IN ({})", remarks()),
    };
    // The sign keeps SQLite from looking for remarks by their statements, out of the order of time.
    let sql = format!(
        "SELECT {SAID} FROM observation o WHERE o.stream = ?1 AND o.at > ?2 AND o.at <= ?3 AND o.times > 0 AND +{which} ORDER BY o.at"
    );
    let mut query = history.prepare_cached(&sql)?;
    let mut rows = query.query(params![stream, after.map_or(i64::MIN, |after| after.timestamp()), until])?;
    let mut second: Vec<Said> = Vec::new();
    while let Some(row) = rows.next()? {
        let said = Said::of(row)?;
        if second.first().is_some_and(|first| first.at != said.at) {
            flush(&mut second, &extents, &mut take)?;
        }
        second.push(said);
    }
    flush(&mut second, &extents, &mut take)
}

/// The statements of the stream `?1` that are remarks.
pub(super) fn remarks() -> String {
    format!("SELECT id FROM statement WHERE stream = ?1 AND word IN ({REMARKS})")
}

/// What a source holds of a stream: which its longest version is, and when the first record of that was written and when the last.
type Extents = BTreeMap<SourceId, (SourceId, i64, i64)>;

fn extents(history: &Connection, stream: i64) -> Result<Extents> {
    let sql = "WITH RECURSIVE version (source, longest) AS (
                 SELECT id, id FROM source WHERE superseded_by IS NULL
                 UNION ALL SELECT s.id, v.longest FROM version v JOIN source s ON s.superseded_by = v.source)
               SELECT v.source, v.longest, p.first_at, p.last_at FROM version v
               JOIN part p ON p.source = v.longest WHERE p.stream = ?1";
    let mut query = history.prepare_cached(sql)?;
    query.query_map([stream], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?.collect()
}

/// Gives what was said in a second, in the order in which it was written. A record is told of the source that was read first of those
/// that hold it. So what is told of a source that ends in that second stands before what only others hold, and what is told of one
/// that begins in it stands behind that. Where a source that is all of one second stands cannot be told for sure.
fn flush(second: &mut Vec<Said>, extents: &Extents, take: &mut impl FnMut(&Said) -> Result<()>) -> Result<()> {
    let turn = |said: &Said| {
        let second = said.at.timestamp();
        match extents.get(&said.source).map(|(id, first, last)| (*id, *first < second, *last > second)) {
            // Of a run that was broken off, and not taken up since.
            None => (0, said.source),
            Some((id, true, false)) => (0, id),
            Some((id, false, false)) => (1, id),
            Some((id, true, true)) => (2, id),
            Some((id, false, true)) => (3, -id),
        }
    };
    second.sort_by_key(|said| (turn(said), said.start, said.statement, said.numbers.clone()));
    second.drain(..).try_for_each(|said| take(&said))
}

/// Gives when a statement was made, in order, the newest first if asked.
pub fn said(history: &Connection, statement: i64) -> Result<Vec<Said>> {
    let sql = format!("SELECT {SAID} FROM observation o WHERE o.statement = ?1 AND o.times > 0 ORDER BY o.at");
    history.prepare_cached(&sql)?.query_map([statement], Said::of)?.collect()
}

/// The names of the entries of a log that were told: they stand behind the numbers of each.
///
/// # Errors
/// If the history cannot be read.
pub fn entries_told(history: &Connection, stream: &Subject) -> Result<Vec<String>> {
    let sql = "SELECT o.numbers FROM observation o JOIN stream s ON s.id = o.stream WHERE s.name = ?1";
    let mut rows = history.prepare_cached(sql)?;
    let numbers = rows.query_map([stream.to_string()], |row| row.get::<_, String>(0))?;
    numbers.map(|numbers| Ok(numbers?.rsplit(',').next().unwrap_or_default().to_owned())).collect()
}

/// Whether something that is no record stands behind the last record of a stream.
pub fn is_interrupted(history: &Connection, stream: i64) -> Result<bool> {
    let sql = "SELECT p.interrupted FROM part p JOIN source s ON s.id = p.source
               WHERE p.stream = ?1 AND s.superseded_by IS NULL ORDER BY p.last_at DESC, s.id DESC LIMIT 1";
    Ok(history.prepare_cached(sql)?.query_row([stream], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// A checkpoint: its time and the digest as it was then.
pub type Checkpoint = (DateTime<Utc>, Vec<u8>);

/// The newest checkpoint of a stream that was made before a time, or the newest of all. Its base is none of them.
pub fn checkpoint(history: &Connection, stream: i64, before: Option<i64>) -> Result<Option<Checkpoint>> {
    let kept_from = kept_from(history)?.unwrap_or(i64::MIN);
    let sql = "SELECT at, digest FROM checkpoint WHERE stream = ?1 AND at < ?2 AND at >= ?3 ORDER BY at DESC LIMIT 1";
    let of = |row: &Row<'_>| Ok((time(row.get(0)?), row.get(1)?));
    history.prepare_cached(sql)?.query_row(params![stream, before.unwrap_or(i64::MAX), kept_from], of).optional()
}

/// The base of a stream, if something of it was summed up.
pub fn base(history: &Connection, stream: i64) -> Result<Option<Checkpoint>> {
    let Some(kept_from) = kept_from(history)? else { return Ok(None) };
    let sql = "SELECT at, digest FROM checkpoint WHERE stream = ?1 AND at = ?2";
    let of = |row: &Row<'_>| Ok((time(row.get(0)?), row.get(1)?));
    history.prepare_cached(sql)?.query_row([stream, kept_from.saturating_sub(1)], of).optional()
}

const SUMMARIES: &str = "FROM summary y JOIN statement s ON s.id = y.statement WHERE s.stream = ?1";

/// Whether something of a stream was summed up.
pub fn is_summed_up(history: &Connection, stream: i64) -> Result<bool> {
    history.prepare_cached(&format!("SELECT EXISTS (SELECT 1 {SUMMARIES})"))?.query_row([stream], |row| row.get(0))
}

/// Gives what was summed up of a stream, in the order in which it began.
pub fn summaries(history: &Connection, stream: i64, mut take: impl FnMut(&Summed) -> Result<()>) -> Result<()> {
    let sql = format!("SELECT y.statement, y.first, y.last, y.times {SUMMARIES} ORDER BY y.first, y.statement");
    let mut query = history.prepare_cached(&sql)?;
    let mut rows = query.query([stream])?;
    while let Some(row) = rows.next()? {
        take(&Summed::of(row)?)?;
    }
    Ok(())
}

/// Names of subjects that begin so, in order, at most `limit`.
pub fn subjects_from(history: &Connection, prefix: &str, limit: u32) -> Result<Vec<Subject>> {
    // The names are ordered by their bytes, so those that begin so stand together.
    let sql = "SELECT name FROM subject WHERE name >= ?1 AND name < ?1 || char(1114111) ORDER BY name LIMIT ?2";
    let mut query = history.prepare_cached(sql)?;
    let names = query.query_map(params![prefix, limit], |row| row.get::<_, String>(0))?;
    names.map(|name| name?.parse().map_err(|error| misfit(0, error))).collect()
}

/// Whether a subject was ever named.
pub fn is_known(history: &Connection, subject: &Subject) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM subject WHERE name = ?1)";
    history.prepare_cached(sql)?.query_row([subject.to_string()], |row| row.get(0))
}

/// The statements of a fact's word.
pub fn statements_of(history: &Connection, word: &str) -> Result<Vec<Known>> {
    history.prepare_cached(&format!("{KNOWN} WHERE s.word = ?1 ORDER BY s.id"))?.query_map([word], Known::of)?.collect()
}

/// The streams that say something which concerns a subject.
pub fn streams_about(history: &Connection, subject: &Subject) -> Result<Vec<Stream>> {
    let sql = "SELECT DISTINCT s.stream FROM concern c JOIN statement s ON s.id = c.statement
               WHERE c.subject = (SELECT id FROM subject WHERE name = ?1)";
    let about: Vec<i64> =
        history.prepare_cached(sql)?.query_map([subject.to_string()], |row| row.get(0))?.collect::<Result<_>>()?;
    Ok(streams(history)?.into_iter().filter(|stream| about.contains(&stream.id)).collect())
}

/// When a statement was made, as far as that was summed up: the first time, the last, and how often.
pub fn summed_up(history: &Connection, statement: i64) -> Result<Vec<Summed>> {
    let sql = "SELECT statement, first, last, times FROM summary WHERE statement = ?1 ORDER BY first";
    history.prepare_cached(sql)?.query_map([statement], Summed::of)?.collect()
}

/// All that was summed up.
pub fn all_summed_up(history: &Connection) -> Result<Vec<Summed>> {
    let sql = "SELECT statement, first, last, times FROM summary";
    history.prepare_cached(sql)?.query_map([], Summed::of)?.collect()
}

/// Where rows are read from, one page after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// All that a stream says.
    Stream(i64),
    /// All times that a statement was made.
    Statement(i64),
}

/// The rows of a run after a time and up to another, in order of time: about so many, whole seconds always.
pub fn page(history: &Connection, run: Run, after: i64, to: i64, rows: usize) -> Result<Vec<Said>> {
    let (of, id) = match run {
        Run::Stream(id) => ("o.stream = ?1", id),
        Run::Statement(id) => ("o.statement = ?1", id),
    };
    let sql = format!(
        "SELECT {SAID} FROM observation o WHERE {of} AND o.at > ?2 AND o.at <= ?3 AND o.times > 0 ORDER BY o.at"
    );
    let mut query = history.prepare_cached(&sql)?;
    let mut found = query.query(params![id, after, to])?;
    let mut page: Vec<Said> = Vec::new();
    while let Some(row) = found.next()? {
        let said = Said::of(row)?;
        if page.len() >= rows && page.last().is_some_and(|last| last.at != said.at) {
            break;
        }
        page.push(said);
    }
    Ok(page)
}

/// The statements that are so bad at least, and of a word if one is given, with their streams.
pub fn statements_like(history: &Connection, severity: Severity, word: Option<&str>) -> Result<Vec<(i64, i64)>> {
    let sql = "SELECT id, stream FROM statement WHERE severity >= ?1 AND (?2 IS NULL OR word = ?2)";
    let of = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    history.prepare_cached(sql)?.query_map(params![severity as i64, word], of)?.collect()
}

/// The statements that concern something, or what lies within it.
pub fn statements_within(history: &Connection, subject: &Subject) -> Result<Vec<i64>> {
    let own = subject.to_string();
    let mut names = vec![(own.clone(), own)];
    if let (Some(host), Some((_, path))) = (subject.host_name(), subject.to_string().split_once(':')) {
        for kind in Kind::ALL.into_iter().filter(|kind| subject.may_hold(*kind) && !host.is_empty()) {
            // Of names that go on behind it, the next character is a slash; the one after that in order is a zero.
            names.push((format!("{}:{path}", kind.code()), format!("{}:{path}", kind.code())));
            names.push((format!("{}:{path}/", kind.code()), format!("{}:{path}0", kind.code())));
        }
    }
    let sql = "SELECT DISTINCT c.statement FROM subject n JOIN concern c ON c.subject = n.id
               WHERE n.name = ?1 OR n.name >= ?1 AND n.name < ?2";
    let mut query = history.prepare_cached(sql)?;
    let mut found = Vec::new();
    for (from, to) in names {
        found.extend(query.query_map([from, to], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// What is kept of statements that are too old to be kept one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summed {
    /// The statement's number.
    pub statement: i64,
    /// The first time.
    pub first: DateTime<Utc>,
    /// The last.
    pub last: DateTime<Utc>,
    /// How often.
    pub times: u64,
}

impl Summed {
    fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self { statement: row.get(0)?, first: time(row.get(1)?), last: time(row.get(2)?), times: unsigned(row, 3)? })
    }
}

/// The number of a subject, if it was named.
///
/// # Errors
/// If the history cannot be read.
pub fn subject_id(history: &Connection, subject: &Subject) -> Result<Option<i64>> {
    let sql = "SELECT id FROM subject WHERE name = ?1";
    history.prepare_cached(sql)?.query_row([subject.to_string()], |row| row.get(0)).optional()
}

/// The name of a subject.
pub fn subject(history: &Connection, id: i64) -> Result<Option<String>> {
    history.prepare_cached("SELECT name FROM subject WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()
}

/// What a source holds of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The source.
    pub source: SourceId,
    /// The time of its first record.
    pub first: DateTime<Utc>,
    /// And of its last.
    pub last: DateTime<Utc>,
    /// Whether something that is no record stands behind that.
    pub interrupted: bool,
}

/// What sources hold of a stream.
pub fn parts(history: &Connection, stream: i64) -> Result<Vec<Part>> {
    let sql = "SELECT source, first_at, last_at, interrupted FROM part WHERE stream = ?1 ORDER BY source";
    let of = |row: &Row<'_>| {
        let (first, last) = (time(row.get(1)?), time(row.get(2)?));
        Ok(Part { source: row.get(0)?, first, last, interrupted: row.get(3)? })
    };
    history.prepare_cached(sql)?.query_map([stream], of)?.collect()
}
