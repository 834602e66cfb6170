//! The one writer: entries in, rows out, in batches.
//!
//! What must hold:
//!
//! * **Writing again changes nothing.** A row is known by its stream, its second and its statement; of equal records the greatest
//!   number that one source has counts, so that copies do not double and real repeats stay.
//! * **A batch is whole or not there.** Between two batches the history is as valid as at the end; what was not reached is written
//!   by the next run.
//! * **What was summed up is not written again.** Records from before `kept_from` are counted and not taken, nor taken back.
//! * **What a stream's digests lack is written down with the rows,** in the same batch: [`stale_from`](super::reader::Stream).

use super::entry::{Begin, End, Entry, Recant, Remark, Row, SourceId, Written};
use super::lasting::{REMARKS, is_of_people};
use super::{checkpoint, reader, samples};
use crate::model::{Statement, Subject};
use rusqlite::types::{Null, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension as _, Result, Transaction, TransactionBehavior, params};
use std::collections::HashMap;

/// Rows of a batch. Fewer make the disk wait more often; more make a broken-off run lose more, and the log of changes longer.
const BATCH: usize = 100_000;

/// Names remembered; when there are more, they are looked up.
const KNOWN_MAX: usize = 100_000;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that are new, or say more than before.
    pub new: u64,
    /// Rows that were known.
    pub known: u64,
    /// Rows that are older than what is kept one by one.
    pub too_old: u64,
    /// Rows taken back: of an earlier version, or damaged after all.
    pub taken_back: u64,
}

/// Writes entries, all of them or up to a whole batch, and gives what was written of each source.
///
/// # Errors
/// If the history cannot be read or written. What was written in whole batches before stays.
pub fn write(connection: &Connection, batches: impl IntoIterator<Item = Vec<Entry>>) -> Result<Vec<(SourceId, Tally)>> {
    let mut writer = Writer { kept_from: reader::kept_from(connection)?, ..Writer::default() };
    let mut batches = batches.into_iter().peekable();
    while batches.peek().is_some() {
        // A read that becomes a write would have to give up if another wrote between.
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut written = 0;
        while written < BATCH {
            let Some(entries) = batches.next() else { break };
            written += entries.len();
            writer.batch(&transaction, entries)?;
        }
        writer.mark_stale(&transaction)?;
        transaction.commit()?;
    }
    Ok(writer.ended)
}

#[derive(Default)]
struct Writer {
    statements: HashMap<u64, Place>,
    subjects: HashMap<String, i64>,
    streams: HashMap<String, i64>,
    /// By stream, since when its digests lack something: of this batch.
    stale: HashMap<i64, i64>,
    /// Records before this are not kept one by one any more.
    kept_from: Option<i64>,
    /// Of the source being read.
    tally: Tally,
    /// Of sources that have ended.
    ended: Vec<(SourceId, Tally)>,
}

/// A statement's number and its stream's.
#[derive(Clone, Copy)]
struct Place {
    statement: i64,
    stream: i64,
    /// Whether people wrote the stream.
    of_people: bool,
}

impl Writer {
    fn batch(&mut self, to: &Transaction<'_>, entries: Vec<Entry>) -> Result<()> {
        // Equal records of a second are one row with their number, which is negative while they count as damaged after all.
        let mut say = to.prepare_cached(
            "INSERT INTO observation (stream, at, statement, numbers, times, source, start, length, interrupted, basis, written, until, within)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT DO UPDATE SET
               times = iif(times < 0, min(times, -excluded.times), max(times, excluded.times)),
               interrupted = min(interrupted, excluded.interrupted)
             WHERE times <> 0 AND (excluded.times > abs(times) OR excluded.interrupted < interrupted)",
        )?;
        for entry in entries {
            match entry {
                Entry::Begin(begin) => self.begin(to, &begin)?,
                Entry::Statement { key, stream, statement } => self.statement(to, key, &stream, &statement)?,
                Entry::Manner { id, pattern, offset } => {
                    let sql = "INSERT OR IGNORE INTO manner (id, pattern, offset) VALUES (?1, ?2, ?3)";
                    to.prepare_cached(sql)?.execute(params![id, pattern, offset])?;
                }
                Entry::Said(row) => self.record(to, &mut say, &row)?,
                Entry::Sample { drive, sample } => {
                    let drive = self.subject(to, &drive)?;
                    samples::append(to, drive, &[sample]).map_err(plain)?;
                }
                Entry::Recant(recant) => self.recant(to, recant)?,
                Entry::End(end) => self.end(to, &end)?,
            }
        }
        Ok(())
    }

    fn begin(&mut self, to: &Transaction<'_>, begin: &Begin) -> Result<()> {
        let Begin { id, name, path, format, timezone, host, front, read_at } = begin;
        to.execute(
            "INSERT INTO source (id, name, format, timezone, front, content, bytes, records, unrecognised, damaged, read_at, whole, path, host)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, 0, 0, ?6, 0, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at",
            params![id, name, format, timezone, front.cast_signed(), read_at, path, host],
        )?;
        Ok(())
    }

    fn statement(&mut self, to: &Transaction<'_>, key: u64, stream: &Subject, statement: &Statement) -> Result<()> {
        let of_people = is_of_people(stream);
        let stream = self.stream(to, &stream.to_string())?;
        let Statement { subject, fact, severity, text } = statement;
        let subject = self.subject(to, subject)?;
        let json = json(statement)?;
        let is_new = to
            .prepare_cached(
                "INSERT INTO statement (key, stream, subject, severity, word, fact, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![key.cast_signed(), stream, subject, *severity as i64, fact.code(), json, text])?;
        if is_new > 0 {
            let id = to.last_insert_rowid();
            for concerned in statement.concerns() {
                let concerned = self.subject(to, &concerned)?;
                to.prepare_cached("INSERT INTO concern (subject, statement) VALUES (?1, ?2)")?
                    .execute([concerned, id])?;
            }
            self.remember(key, Place { statement: id, stream, of_people });
        }
        Ok(())
    }

    fn remember(&mut self, key: u64, place: Place) {
        if self.statements.len() >= KNOWN_MAX {
            self.statements.clear();
        }
        self.statements.insert(key, place);
    }

    fn place(&mut self, to: &Transaction<'_>, key: u64) -> Result<Place> {
        if let Some(place) = self.statements.get(&key) {
            return Ok(*place);
        }
        let sql = "SELECT s.id, s.stream, n.name FROM statement s JOIN stream n ON n.id = s.stream WHERE s.key = ?1";
        let place = to.prepare_cached(sql)?.query_row([key.cast_signed()], |row| {
            let of_people = row.get::<_, String>(2)?.parse().is_ok_and(|stream| is_of_people(&stream));
            Ok(Place { statement: row.get(0)?, stream: row.get(1)?, of_people })
        })?;
        self.remember(key, place);
        Ok(place)
    }

    fn stream(&mut self, to: &Transaction<'_>, name: &str) -> Result<i64> {
        named(to, &mut self.streams, "stream", name)
    }

    fn subject(&mut self, to: &Transaction<'_>, subject: &Subject) -> Result<i64> {
        named(to, &mut self.subjects, "subject", &subject.to_string())
    }

    fn is_summed_up(&self, at: i64) -> bool {
        self.kept_from.is_some_and(|kept_from| at < kept_from)
    }

    /// A record of a log, or what a person says.
    fn record(&mut self, to: &Transaction<'_>, say: &mut rusqlite::CachedStatement<'_>, row: &Row) -> Result<()> {
        if self.is_summed_up(row.at) && !self.place(to, row.key)?.of_people {
            self.tally.too_old += 1;
            return Ok(());
        }
        self.say(to, say, row)
    }

    fn say(&mut self, to: &Transaction<'_>, say: &mut rusqlite::CachedStatement<'_>, row: &Row) -> Result<()> {
        let place = self.place(to, row.key)?;
        let written = match &row.written {
            Written::Not => ToSqlOutput::from(Null),
            Written::In(manner) => ToSqlOutput::from(*manner),
            Written::As(text) => ToSqlOutput::from(text.as_ref()),
        };
        let changed = say.execute(params![
            place.stream,
            row.at,
            place.statement,
            row.numbers.as_ref(),
            row.times,
            row.source,
            row.start.cast_signed(),
            row.length.cast_signed(),
            row.interrupted,
            row.basis,
            written,
            row.until,
            row.within,
        ])?;
        if changed > 0 {
            self.tally.new += 1;
            self.stale(place.stream, row.at);
        } else {
            self.tally.known += 1;
        }
        Ok(())
    }

    fn stale(&mut self, stream: i64, at: i64) {
        let from = self.stale.entry(stream).or_insert(at);
        *from = at.min(*from);
    }

    /// Whichever source said it first: a copy of the log may have it elsewhere, and cannot tell better.
    fn recant(&mut self, to: &Transaction<'_>, Recant { key, at }: Recant) -> Result<()> {
        if self.is_summed_up(at) {
            return Ok(());
        }
        let Place { statement, stream, .. } = self.place(to, key)?;
        let sql =
            "UPDATE observation SET times = -times WHERE stream = ?1 AND at = ?2 AND statement = ?3 AND times > 0";
        let changed = to.prepare_cached(sql)?.execute([stream, at, statement])?;
        if changed > 0 {
            self.tally.taken_back += changed as u64;
            self.stale(stream, at);
        }
        Ok(())
    }

    /// A remark. Of two sources that say otherwise of the same place, the one that saw more of what stands behind it holds.
    fn remark(&mut self, to: &Transaction<'_>, remark: &Remark) -> Result<()> {
        let Remark { stream, statement, row } = remark;
        self.statement(to, row.key, stream, statement)?;
        let place = self.place(to, row.key)?;
        let sql =
            "SELECT o.until, s.fact, length(s.text), s.text FROM observation o JOIN statement s ON s.id = o.statement
                   WHERE o.stream = ?1 AND o.at = ?2 AND o.statement = ?3 AND o.times > 0";
        let of = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let standing: Option<Sees> =
            to.prepare_cached(sql)?.query_row([place.stream, row.at, place.statement], of).optional()?;
        let length = i64::try_from(statement.text.chars().count()).unwrap_or(i64::MAX);
        let sees: Sees = (row.until, json(statement)?, length, statement.text.clone());
        if standing.is_some_and(|standing| standing >= sees) {
            self.tally.known += 1;
            return Ok(());
        }
        let sql = "UPDATE statement SET severity = ?2, fact = ?3, text = ?4 WHERE id = ?1";
        to.prepare_cached(sql)?.execute(params![place.statement, statement.severity as i64, sees.1, statement.text])?;
        let mut say = to.prepare_cached(
            "INSERT OR REPLACE INTO observation (stream, at, statement, numbers, times, source, start, length, interrupted, basis, written, until, within)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        self.say(to, &mut say, row)
    }

    fn end(&mut self, to: &Transaction<'_>, end: &End) -> Result<()> {
        for older in &end.supersedes {
            self.take_back(to, *older, end.replaces)?;
            to.execute("UPDATE source SET superseded_by = ?2 WHERE id = ?1", [*older, end.id])?;
        }
        let mut correct = to.prepare_cached(
            "INSERT INTO observation (stream, at, statement, numbers, times, source, start, length, interrupted, basis, written, until, within)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT DO UPDATE SET times = excluded.times, source = excluded.source, start = excluded.start, length = excluded.length
             WHERE excluded.times > times",
        )?;
        for row in &end.said {
            self.say(to, &mut correct, row)?;
        }
        end.remarks.iter().try_for_each(|remark| self.remark(to, remark))?;
        end.recants.iter().try_for_each(|recant| self.recant(to, *recant))?;
        for part in &end.parts {
            let stream = self.stream(to, &part.stream.to_string())?;
            let sql = "INSERT OR REPLACE INTO part (source, stream, first_at, last_at, interrupted) VALUES (?1, ?2, ?3, ?4, ?5)";
            to.execute(sql, params![end.id, stream, part.first_at, part.last_at, part.interrupted])?;
            // That it ends in damage, or no longer does, is news to the digests as well.
            self.stale(stream, part.last_at);
        }
        let Tally { known, too_old, taken_back, .. } = self.tally;
        for (stream, checkpoints) in end.checkpoints.iter().filter(|_| known + too_old + taken_back == 0) {
            let stream = self.stream(to, &stream.to_string())?;
            checkpoint::replace(to, stream, i64::MIN, checkpoints)?;
            self.stale.remove(&stream);
        }
        let fingerprint = end.fingerprint.map(u64::cast_signed);
        to.execute(
            "UPDATE source SET content = ?2, bytes = ?3, fingerprint = ?4, records = ?5, unrecognised = ?6, damaged = ?7, whole = 1
             WHERE id = ?1",
            params![
                end.id,
                end.content.cast_signed(),
                end.bytes.cast_signed(),
                fingerprint,
                end.records.cast_signed(),
                end.unrecognised.cast_signed(),
                end.damaged.cast_signed()
            ],
        )?;
        if let Some(same) = end.same_as.filter(|_| self.tally.new == 0) {
            let sql = "UPDATE source SET (name, path, fingerprint, read_at) = (SELECT name, path, ?3, read_at FROM source WHERE id = ?2) WHERE id = ?1";
            to.execute(sql, params![same, end.id, fingerprint])?;
            // A version between the two is one that this source takes the place of, though it is the older one that stays.
            to.execute("UPDATE source SET superseded_by = ?1 WHERE superseded_by = ?2 AND id <> ?1", [same, end.id])?;
            to.execute("UPDATE source SET superseded_by = NULL WHERE id = ?1 AND superseded_by = ?2", [same, end.id])?;
            to.execute("DELETE FROM part WHERE source = ?1", [end.id])?;
            to.execute("DELETE FROM source WHERE id = ?1", [end.id])?;
        }
        self.ended.push((end.id, std::mem::take(&mut self.tally)));
        Ok(())
    }

    /// Takes back what an earlier version of a source said of its bytes, or all that it said; and what it held to be damaged is
    /// not, unless the later version finds so as well.
    fn take_back(&mut self, to: &Transaction<'_>, source: SourceId, all: bool) -> Result<()> {
        // In this order: from the observations on, all of them would be looked at for the few that are asked for.
        let sql = format!(
            "SELECT o.stream, o.at, o.statement, o.start, o.numbers FROM part p
             CROSS JOIN statement s ON s.stream = p.stream AND (?2 OR s.word IN ({REMARKS}))
             CROSS JOIN observation o INDEXED BY observation_statement ON o.statement = s.id AND o.stream = p.stream
             WHERE p.source = ?1 AND o.source = ?1 AND o.times > 0"
        );
        let mut rows = to.prepare_cached(&sql)?;
        let rows: Vec<([i64; 4], String)> = rows
            .query_map(params![source, all], |row| {
                Ok(([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?], row.get(4)?))
            })?
            .collect::<Result<_>>()?;
        // A record that was damaged after all has a remark that begins where it does. Whichever version said it first: what they
        // have in common stands at the same place.
        let sql = "UPDATE observation SET times = -times WHERE stream IN (SELECT stream FROM part WHERE source = ?1)
                   AND at = ?2 AND start = ?3 AND times < 0 RETURNING stream";
        let mut say_again = to.prepare_cached(sql)?;
        let sql = "UPDATE observation SET times = 0 WHERE stream = ?1 AND at = ?2 AND statement = ?3 AND numbers = ?4";
        let mut take_back = to.prepare_cached(sql)?;
        for ([stream, at, statement, start], numbers) in rows {
            take_back.execute(params![stream, at, statement, numbers])?;
            for stream in say_again.query_map([source, at, start], |row| row.get(0))? {
                self.stale(stream?, at);
                self.tally.new += 1;
            }
            self.stale(stream, at);
            self.tally.taken_back += 1;
        }
        Ok(())
    }

    fn mark_stale(&mut self, to: &Transaction<'_>) -> Result<()> {
        let sql = "UPDATE stream SET stale_from = min(?2, coalesce(stale_from, ?2)) WHERE id = ?1";
        let mut mark = to.prepare_cached(sql)?;
        for (stream, at) in self.stale.drain() {
            mark.execute([stream, at])?;
        }
        Ok(())
    }
}

/// How much the source of a remark sees: until when the log goes on behind the place; and then any order that is always the same.
type Sees = (Option<i64>, String, i64, String);

/// A statement's fact, as it is kept.
fn json(statement: &Statement) -> Result<String> {
    serde_json::to_string(&statement.fact).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// A sample whose drive or time has no place is a mistake of whoever made it.
fn plain(error: samples::Error) -> rusqlite::Error {
    match error {
        samples::Error::Database(error) => error,
        samples::Error::OutOfRange(error) => rusqlite::Error::ToSqlConversionFailure(error.into()),
    }
}

/// The number of a name in a table of names, a new one if need be.
fn named(to: &Transaction<'_>, known: &mut HashMap<String, i64>, table: &str, name: &str) -> Result<i64> {
    if let Some(id) = known.get(name) {
        return Ok(*id);
    }
    let select = format!("SELECT id FROM {table} WHERE name = ?1");
    let id = match to.prepare_cached(&select)?.query_row([name], |row| row.get(0)).optional()? {
        Some(id) => id,
        None => {
            to.prepare_cached(&format!("INSERT INTO {table} (name) VALUES (?1)"))?.execute([name])?;
            to.last_insert_rowid()
        }
    };
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known.insert(name.to_owned(), id);
    Ok(id)
}
