//! Old rows become summaries: of each statement, from when to when it was made, and how often.
//!
//! What must hold:
//!
//! * **Nothing is silently dropped.** What is said before is said after: the `times` of the rows that go are those by which the
//!   summaries grow. What is lost are the seconds between the first and the last time, the numbers in free texts, and the places in
//!   the sources.
//! * **Runs do not depend on how often or when they are made.** A run ends where its statement is not made for 35 days; so summing up
//!   to one time and then to a later one gives what summing up to the later one gives.
//! * **What is evidence of a case that lasts stays,** row by row; which that is, whoever calls says. What lasts for ever (`lasting.rs`)
//!   stays, too.

use super::entry::SourceId;
use super::reader;
use chrono::{DateTime, Datelike as _};
use rusqlite::{Connection, Result, Transaction, params};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// So many seconds, a month and some, without a statement end its run: a monthly report is one run, and what happened in two
/// winters is two.
const GAP: i64 = 35 * 86_400;

/// Bytes of sources whose rows stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(HashMap<SourceId, Vec<Span>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u64,
    /// The furthest end of this one and all that start before it.
    end: u64,
}

impl FromIterator<(SourceId, Range<u64>)> for Spans {
    fn from_iter<I: IntoIterator<Item = (SourceId, Range<u64>)>>(spans: I) -> Self {
        let mut by_source: HashMap<SourceId, Vec<Span>> = HashMap::new();
        for (source, Range { start, end }) in spans {
            by_source.entry(source).or_default().push(Span { start, end });
        }
        for spans in by_source.values_mut() {
            spans.sort_unstable_by_key(|span| span.start);
            let mut furthest = 0;
            for span in spans {
                furthest = span.end.max(furthest);
                span.end = furthest;
            }
        }
        Self(by_source)
    }
}

impl Spans {
    /// Whether bytes of a source lie within one of the spans.
    fn hold(&self, source: SourceId, bytes: &Range<u64>) -> bool {
        let Some(spans) = self.0.get(&source) else { return false };
        let before = spans.partition_point(|span| span.start <= bytes.start);
        before.checked_sub(1).and_then(|last| spans.get(last)).is_some_and(|last| bytes.end <= last.end)
    }
}

/// What is summed up, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summed {
    /// By year and the fact's word.
    pub by_year: BTreeMap<(i32, String), Count>,
    /// Summaries before, of the statements concerned.
    pub runs_before: u64,
    /// And after.
    pub runs_after: u64,
    /// Rows that stay, as evidence.
    pub evidence: u64,
    /// Rows that stay, as remarks.
    pub remarks: u64,
}

/// Rows, and the observations that they stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Rows.
    pub rows: u64,
    /// Of records that were made several times in one second, each time.
    pub observations: u64,
}

impl Summed {
    /// All that is summed up.
    pub fn all(&self) -> Count {
        self.by_year.values().fold(Count::default(), |all, count| Count {
            rows: all.rows + count.rows,
            observations: all.observations + count.observations,
        })
    }

    /// Adds what is summed up of another stream.
    pub fn add(&mut self, other: Self) {
        let Self { by_year, runs_before, runs_after, evidence, remarks } = other;
        for (key, count) in by_year {
            let sum = self.by_year.entry(key).or_default();
            sum.rows += count.rows;
            sum.observations += count.observations;
        }
        self.runs_before += runs_before;
        self.runs_after += runs_after;
        self.evidence += evidence;
        self.remarks += remarks;
    }
}

/// What would be summed up of a stream before a time, but for rows within the spans.
///
/// # Errors
/// If the history cannot be read.
pub fn survey(history: &Connection, stream: i64, before: i64, but: &Spans) -> Result<Summed> {
    read(history, stream, before, but, &mut |_| Ok(()))
}

/// Sums it up. The stream's base is for whoever calls to make, from the rows, before; see [`checkpoint`](super::checkpoint).
///
/// # Errors
/// If the history cannot be read or written.
pub fn sum_up(history: &Transaction<'_>, stream: i64, before: i64, but: &Spans) -> Result<Summed> {
    history.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS stays (at INTEGER, statement INTEGER, numbers TEXT, PRIMARY KEY (at, statement, numbers)) WITHOUT ROWID;
         DELETE FROM stays;",
    )?;
    let summed = read(history, stream, before, but, &mut |change| match change {
        Change::Stays { at, statement, numbers } => {
            let sql = "INSERT INTO stays (at, statement, numbers) VALUES (?1, ?2, ?3)";
            history.prepare_cached(sql)?.execute(params![at, statement, numbers]).map(drop)
        }
        Change::Runs { statement, runs } => {
            history.prepare_cached("DELETE FROM summary WHERE statement = ?1")?.execute([statement])?;
            let sql = "INSERT INTO summary (statement, first, last, times) VALUES (?1, ?2, ?3, ?4)";
            let mut insert = history.prepare_cached(sql)?;
            runs.iter().try_for_each(|run| insert.execute(params![statement, run.first, run.last, run.times]).map(drop))
        }
    })?;
    // In the order of the rows. Rows that were taken back go with the rest: what could bring them back is too old to be taken.
    let sql = format!(
        "DELETE FROM observation WHERE stream = ?1 AND at < ?2 AND +statement NOT IN ({})
         AND NOT EXISTS (SELECT 1 FROM stays k WHERE k.at = observation.at AND k.statement = observation.statement AND k.numbers = observation.numbers)",
        reader::remarks()
    );
    history.prepare_cached(&sql)?.execute([stream, before])?;
    history.execute_batch("DELETE FROM stays")?;
    Ok(summed)
}

/// Observations from `before` on are kept one by one; earlier ones are not taken any more.
///
/// # Errors
/// If the history cannot be written.
pub fn set_kept_from(history: &Transaction<'_>, before: i64) -> Result<()> {
    let sql =
        "INSERT INTO setting (name, value) VALUES ('kept_from', ?1) ON CONFLICT DO UPDATE SET value = excluded.value";
    history.execute(sql, [before]).map(drop)
}

/// How many rows there are before a time, of a stream of which all stay.
///
/// # Errors
/// If the history cannot be read.
pub fn rows_before(history: &Connection, stream: i64, before: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM observation WHERE stream = ?1 AND at < ?2 AND times > 0";
    history.query_row(sql, [stream, before], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

/// Times at which a statement was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: i64,
    last: i64,
    times: i64,
}

/// What becomes of rows.
enum Change<'a> {
    Stays { at: i64, statement: i64, numbers: &'a str },
    Runs { statement: i64, runs: &'a [Run] },
}

fn read(
    history: &Connection,
    stream: i64,
    before: i64,
    but: &Spans,
    change: &mut dyn FnMut(Change<'_>) -> Result<()>,
) -> Result<Summed> {
    // By statement, so that one is at work at a time; the sign makes SQLite sort the old rows, on the disk if they are many, rather
    // than look them up one by one all over the table.
    let sql = format!(
        "SELECT statement, at, numbers, times, source, start, length FROM observation
         WHERE stream = ?1 AND at < ?2 AND times > 0 AND +statement NOT IN ({}) ORDER BY +statement, at",
        reader::remarks()
    );
    let mut query = history.prepare_cached(&sql)?;
    let mut rows = query.query([stream, before])?;
    let mut summed = Summed::default();
    let mut current: Option<Statement> = None;
    while let Some(row) = rows.next()? {
        let (statement, at, times): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (start, length) = (row.get::<_, i64>(5)?.cast_unsigned(), row.get::<_, i64>(6)?.cast_unsigned());
        if but.hold(row.get(4)?, &(start..start.saturating_add(length))) {
            summed.evidence += 1;
            change(Change::Stays { at, statement, numbers: row.get_ref(2)?.as_str()? })?;
            continue;
        }
        if let Some(done) = current.take_if(|current| current.id != statement) {
            done.finish(history, &mut summed, change)?;
        }
        let current = current.get_or_insert_with(|| Statement::new(statement));
        current.take(Run { first: at, last: at, times });
    }
    if let Some(done) = current {
        done.finish(history, &mut summed, change)?;
    }
    let sql = format!(
        "SELECT count(*) FROM observation WHERE stream = ?1 AND at < ?2 AND times > 0 AND +statement IN ({})",
        reader::remarks()
    );
    let remarks: i64 = history.query_row(&sql, [stream, before], |row| row.get(0))?;
    summed.remarks = remarks.cast_unsigned();
    Ok(summed)
}

/// A statement whose rows are being summed up, in the order of time.
struct Statement {
    id: i64,
    runs: Vec<Run>,
    years: Vec<(i32, Count)>,
}

impl Statement {
    const fn new(id: i64) -> Self {
        Self { id, runs: Vec::new(), years: Vec::new() }
    }

    fn take(&mut self, row: Run) {
        let year = DateTime::from_timestamp(row.first, 0).map_or(i32::MIN, |at| at.year());
        if self.years.last().is_none_or(|(last, _)| *last != year) {
            self.years.push((year, Count::default()));
        }
        if let Some((_, count)) = self.years.last_mut() {
            count.rows += 1;
            count.observations += row.times.cast_unsigned();
        }
        join(&mut self.runs, row);
    }

    fn finish(
        mut self,
        history: &Connection,
        summed: &mut Summed,
        change: &mut dyn FnMut(Change<'_>) -> Result<()>,
    ) -> Result<()> {
        let word: String = history
            .prepare_cached("SELECT word FROM statement WHERE id = ?1")?
            .query_row([self.id], |row| row.get(0))?;
        for (year, count) in self.years {
            let sum = summed.by_year.entry((year, word.clone())).or_default();
            sum.rows += count.rows;
            sum.observations += count.observations;
        }
        let known = known(history, self.id)?;
        summed.runs_before += known.len() as u64;
        self.runs.extend(known);
        self.runs.sort_unstable_by_key(|run| run.first);
        let mut runs = Vec::new();
        self.runs.into_iter().for_each(|run| join(&mut runs, run));
        summed.runs_after += runs.len() as u64;
        change(Change::Runs { statement: self.id, runs: &runs })
    }
}

/// Adds a run that begins no earlier than those that are there.
fn join(runs: &mut Vec<Run>, next: Run) {
    match runs.last_mut() {
        Some(last) if next.first.saturating_sub(last.last) <= GAP => {
            last.last = last.last.max(next.last);
            last.times = last.times.saturating_add(next.times);
        }
        _ => runs.push(next),
    }
}

/// What was summed up of a statement before.
fn known(history: &Connection, statement: i64) -> Result<Vec<Run>> {
    let mut query = history.prepare_cached("SELECT first, last, times FROM summary WHERE statement = ?1")?;
    let of = |row: &rusqlite::Row<'_>| Ok(Run { first: row.get(0)?, last: row.get(1)?, times: row.get(2)? });
    query.query_map([statement], of)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_that_overlap() {
        let spans: Spans = [(1, 10..20), (1, 5..40), (1, 50..60), (2, 0..1)].into_iter().collect();
        let check = |source, bytes: Range<u64>, expect| assert_eq!(spans.hold(source, &bytes), expect, "{bytes:?}");
        check(1, 5..40, true);
        check(1, 12..30, true);
        check(1, 4..10, false);
        check(1, 30..41, false);
        check(1, 50..60, true);
        check(1, 30..55, false);
        check(2, 0..1, true);
        check(2, 5..6, false);
        check(3, 0..1, false);
    }

    fn runs_of(rows: impl IntoIterator<Item = Run>) -> Vec<Run> {
        let mut runs = Vec::new();
        rows.into_iter().for_each(|row| join(&mut runs, row));
        runs
    }

    #[test]
    fn runs() {
        let check = |days: &[i64], expect: &[(i64, i64, i64)]| {
            let day = |day: &i64| Run { first: day * 86_400, last: day * 86_400, times: 2 };
            let told: Vec<_> = runs_of(days.iter().map(day))
                .iter()
                .map(|run| (run.first / 86_400, run.last / 86_400, run.times))
                .collect();
            assert_eq!(told, expect);
        };
        check(&[], &[]);
        check(&[3], &[(3, 3, 2)]);
        check(&[3, 3, 4], &[(3, 4, 6)]);
        check(&[0, 31, 62, 98], &[(0, 62, 6), (98, 98, 2)]);
        check(&[0, 35, 71], &[(0, 35, 4), (71, 71, 2)]);
    }

    proptest! {
        /// In whatever portions rows are summed up, the runs are the same.
        #[test]
        fn portions_do_not_matter(rows in prop::collection::vec((0_i64..400, 1_i64..4, 0_usize..3), 0..60)) {
            let mut rows: Vec<(Run, usize)> = rows
                .iter()
                .map(|(day, times, portion)| (Run { first: day * 86_400, last: day * 86_400, times: *times }, *portion))
                .collect();
            rows.sort_unstable_by_key(|(run, _)| run.first);
            let mut portioned = Vec::new();
            for portion in 0..3 {
                let of = rows.iter().filter(|(_, of)| *of == portion).map(|(run, _)| *run);
                let mut all = [portioned, runs_of(of)].concat();
                all.sort_unstable_by_key(|run: &Run| run.first);
                portioned = runs_of(all);
            }
            prop_assert_eq!(portioned, runs_of(rows.iter().map(|(run, _)| *run)));
        }
    }
}
