//! All that was said, row by row, in the order of time over all streams.
//!
//! What must hold: what is given out was read a moment before, so that millions of rows take no more memory than some; every row
//! that fits comes once, but for readings of a machine that say what the one before said; and no transaction stays open while somebody reads page by page, for a writer's log would grow meanwhile.
//!
//! ```text
//!  stream 1   ▐▐▐▐▐ ─┐
//!  stream 2   ▐▐▐▐▐ ─┼─ the earliest next ──▶  out         a page of each is in memory; one that is used up is followed
//!  stream 3   ▐▐▐▐▐ ─┘                                    by the next, which begins behind its last second
//! ```
//!
//! Where few statements can fit, the runs are theirs instead of the streams', and what does not fit is never read.

use crate::history::reader::{self, Known, Run, Said, Summed};
use crate::history::{Manner, Written};
use crate::model::{Fact, Moment, NUMBER, Severity, Subject, with_numbers};
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, VecDeque};
use std::io;

/// Rows in memory, of all runs together.
const ROWS: usize = 32_768;

/// Of more statements than this, streams are read from end to end.
const RUNS_MAX: usize = 1_024;

/// Statements remembered.
const KNOWN_MAX: usize = 100_000;

/// Which events are wanted: those that fit all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Not after.
    pub until: Option<DateTime<Utc>>,
    /// What it concerns, or what lies within that.
    pub subject: Option<Subject>,
    /// At least so bad.
    pub severity: Option<Severity>,
    /// The fact's word.
    pub fact: Option<String>,
    /// The source's name, or its end.
    pub source: Option<String>,
    /// The host whose log says so.
    pub host: Option<String>,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// When; the first time.
    pub at: Moment<'a>,
    /// The last time, of several that are summed up.
    pub last: Option<DateTime<Utc>>,
    /// How often: in that second, or from the first time to the last.
    pub times: u64,
    /// About what.
    pub subject: &'a Subject,
    /// How bad.
    pub severity: Severity,
    /// The fact's word.
    pub fact: &'a str,
    /// In the source's words.
    pub text: String,
    /// Where it stands: the source, and the bytes of it. None of what is summed up.
    pub place: Option<(&'a str, u64, u64)>,
}

/// Why no more events came.
#[derive(Debug)]
pub enum Stop {
    /// The history could not be read.
    History(rusqlite::Error),
    /// They could not be given out.
    Out(io::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::History(error)
    }
}

/// Gives all events that fit, in order of time; within a second, by source and as they stand there.
///
/// # Errors
/// If the history cannot be read, or an event could not be taken.
pub fn events(
    history: &Connection,
    filter: &Filter,
    mut take: impl FnMut(&Event<'_>) -> io::Result<()>,
) -> Result<(), Stop> {
    let wanted = Wanted::new(history, filter)?;
    let mut words = Words::new(history)?;
    let mut summed: VecDeque<Summed> = wanted.summed(history)?.into();
    let mut runs = Runs::new(history, &wanted)?;
    while let Some(said) = runs.next()? {
        while let Some(first) = summed.front().filter(|first| first.first <= said.at).copied() {
            summed.pop_front();
            words.summed(&first, &mut take)?;
        }
        words.said(&said, &mut take)?;
    }
    summed.iter().try_for_each(|one| words.summed(one, &mut take))
}

/// A filter, looked up.
struct Wanted {
    since: i64,
    until: i64,
    /// None if all are.
    statements: Option<BTreeSet<i64>>,
    /// None if all are.
    sources: Option<BTreeSet<i64>>,
    streams: Vec<i64>,
}

impl Wanted {
    fn new(history: &Connection, filter: &Filter) -> rusqlite::Result<Self> {
        let Filter { since, until, subject, severity, fact, source, host } = filter;
        let streams = reader::streams(history)?;
        let of = |name: Option<&str>| {
            let fits = streams.iter().filter(move |stream| name.is_none() || stream.name.host_name() == name);
            fits.map(|stream| stream.id).collect::<Vec<i64>>()
        };
        let wanted = of(host.as_deref());
        let mut statements = None;
        if severity.is_some_and(|least| least > Severity::Info) || fact.is_some() || subject.is_some() {
            let like = reader::statements_like(history, severity.unwrap_or(Severity::Info), fact.as_deref())?;
            let within = subject.as_ref().map(|subject| reader::statements_within(history, subject)).transpose()?;
            let within: Option<BTreeSet<i64>> = within.map(|within| within.into_iter().collect());
            // Whatever a host's logs say is of the host.
            let whole = subject.as_ref().filter(|one| **one == Subject::host(one.host_name().unwrap_or_default()));
            let of_host = whole.map(|one| of(one.host_name())).unwrap_or_default();
            let fits = |statement: i64, stream: i64| {
                wanted.contains(&stream)
                    && (of_host.contains(&stream) || within.as_ref().is_none_or(|within| within.contains(&statement)))
            };
            let fitting = like.into_iter().filter(|(statement, stream)| fits(*statement, *stream));
            statements = Some(fitting.map(|(statement, _)| statement).collect());
        }
        let named = |name: &str| {
            let fits = |one: &reader::Source| one.name == name || one.name.ends_with(&format!("/{name}"));
            reader::sources(history).map(|all| all.into_iter().filter(fits).map(|one| one.id).collect())
        };
        Ok(Self {
            // A run is read after a time.
            since: since.map_or(i64::MIN, |since| since.timestamp() - 1),
            until: until.map_or(i64::MAX, |until| until.timestamp()),
            statements,
            sources: source.as_deref().map(named).transpose()?,
            streams: wanted,
        })
    }

    fn fits(&self, said: &Said) -> bool {
        self.statements.as_ref().is_none_or(|wanted| wanted.contains(&said.statement))
            && self.sources.as_ref().is_none_or(|wanted| wanted.contains(&said.source))
    }

    /// What is summed up, in order of the first time. Which source said it is not kept.
    fn summed(&self, history: &Connection) -> rusqlite::Result<Vec<Summed>> {
        if self.sources.is_some() {
            return Ok(Vec::new());
        }
        let mut summed = reader::all_summed_up(history)?;
        let in_time = |one: &Summed| one.last.timestamp() > self.since && one.first.timestamp() <= self.until;
        summed.retain(|one| {
            in_time(one) && self.statements.as_ref().is_none_or(|wanted| wanted.contains(&one.statement))
        });
        if self.statements.is_none() && self.streams.len() < reader::streams(history)?.len() {
            let all = reader::statements_like(history, Severity::Info, None)?;
            let ours: BTreeSet<i64> = all
                .into_iter()
                .filter(|(_, stream)| self.streams.contains(stream))
                .map(|(statement, _)| statement)
                .collect();
            summed.retain(|one| ours.contains(&one.statement));
        }
        summed.sort_by_key(|one| (one.first, one.statement));
        Ok(summed)
    }
}

/// By what rows of a second are put in order.
type Order = (DateTime<Utc>, i64, u64, i64, Box<str>);

fn order(said: &Said) -> Order {
    (said.at, said.source, said.start, said.statement, said.numbers.clone())
}

/// The runs, each with a page of rows.
struct Runs<'a> {
    history: &'a Connection,
    wanted: &'a Wanted,
    runs: Vec<(Run, VecDeque<Said>)>,
    /// The next row of each.
    next: BinaryHeap<Reverse<(Order, usize)>>,
    page: usize,
}

impl<'a> Runs<'a> {
    fn new(history: &'a Connection, wanted: &'a Wanted) -> rusqlite::Result<Self> {
        let few = wanted.statements.as_ref().filter(|statements| statements.len() <= RUNS_MAX);
        let runs: Vec<(Run, VecDeque<Said>)> = match few {
            Some(statements) => statements.iter().map(|id| (Run::Statement(*id), VecDeque::new())).collect(),
            None => wanted.streams.iter().map(|id| (Run::Stream(*id), VecDeque::new())).collect(),
        };
        let page = (ROWS / runs.len().max(1)).max(8);
        let mut all = Self { history, wanted, runs, next: BinaryHeap::new(), page };
        for index in 0..all.runs.len() {
            all.turn(index, wanted.since)?;
        }
        Ok(all)
    }

    fn next(&mut self) -> rusqlite::Result<Option<Said>> {
        let Some(Reverse((_, index))) = self.next.pop() else { return Ok(None) };
        let Some(said) = self.runs.get_mut(index).and_then(|(_, page)| page.pop_front()) else { return Ok(None) };
        match self.runs.get(index).and_then(|(_, page)| page.front()) {
            Some(front) => self.next.push(Reverse((order(front), index))),
            None => self.turn(index, said.at.timestamp())?,
        }
        Ok(Some(said))
    }

    /// Reads the next page of a run that holds something that fits.
    fn turn(&mut self, index: usize, mut after: i64) -> rusqlite::Result<()> {
        let Some((run, rows)) = self.runs.get_mut(index) else { return Ok(()) };
        while rows.is_empty() {
            let mut page = reader::page(self.history, *run, after, self.wanted.until, self.page)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.at.timestamp();
            page.retain(|said| self.wanted.fits(said));
            page.sort_by_cached_key(order);
            rows.extend(page);
        }
        self.next.extend(rows.front().map(|front| Reverse((order(front), index))));
        Ok(())
    }
}

/// What rows mean.
struct Words<'a> {
    history: &'a Connection,
    manners: BTreeMap<u32, Manner>,
    sources: HashMap<i64, String>,
    statements: HashMap<i64, Known>,
    written: String,
    /// Of things that a machine was read for, the statement of the last reading that was given: that all is as it was is no event.
    read: HashMap<(Subject, &'static str), i64>,
}

impl<'a> Words<'a> {
    fn new(history: &'a Connection) -> rusqlite::Result<Self> {
        let sources = reader::sources(history)?.into_iter().map(|source| (source.id, source.name)).collect();
        let manners = reader::manners(history)?;
        let (statements, read) = (HashMap::new(), HashMap::new());
        Ok(Self { history, manners, sources, statements, written: String::new(), read })
    }

    fn learn(&mut self, statement: i64) -> rusqlite::Result<()> {
        if !self.statements.contains_key(&statement) {
            if self.statements.len() >= KNOWN_MAX {
                self.statements.clear();
            }
            self.statements.insert(statement, reader::statement(self.history, statement)?);
        }
        Ok(())
    }

    fn said(&mut self, said: &Said, take: &mut impl FnMut(&Event<'_>) -> io::Result<()>) -> Result<(), Stop> {
        self.learn(said.statement)?;
        let Some(Known { statement, .. }) = self.statements.get(&said.statement) else { return Ok(()) };
        if matches!(statement.fact, Fact::Read(_) | Fact::ReadWhole { .. })
            && self.read.insert((statement.subject.clone(), statement.fact.code()), said.statement)
                == Some(said.statement)
        {
            return Ok(());
        }
        self.written.clear();
        let written = match &said.written {
            Written::In(manner) => {
                let manner = self.manners.get(manner);
                manner.and_then(|manner| manner.write_to(said.at, &mut self.written)).map(|()| self.written.as_str())
            }
            Written::As(text) => Some(text.as_ref()),
            Written::Not => None,
        };
        let at = Moment {
            utc: said.at,
            written,
            offset: None,
            basis: said.basis,
            until: said.until,
            within: said.within.and_then(TimeDelta::try_seconds),
        };
        let event = Event {
            at,
            last: None,
            times: said.times.into(),
            subject: &statement.subject,
            severity: statement.severity,
            fact: statement.fact.code(),
            text: with_numbers(&statement.text, &said.numbers),
            place: self.sources.get(&said.source).map(|source| (source.as_str(), said.start, said.end)),
        };
        take(&event).map_err(Stop::Out)
    }

    fn summed(&mut self, summed: &Summed, take: &mut impl FnMut(&Event<'_>) -> io::Result<()>) -> Result<(), Stop> {
        self.learn(summed.statement)?;
        let Some(Known { statement, .. }) = self.statements.get(&summed.statement) else { return Ok(()) };
        let at =
            Moment { utc: summed.first, written: None, offset: None, basis: Basis::Stated, until: None, within: None };
        let event = Event {
            at,
            last: Some(summed.last),
            times: summed.times,
            subject: &statement.subject,
            severity: statement.severity,
            fact: statement.fact.code(),
            text: statement.text.replace(NUMBER, "#"),
            place: None,
        };
        take(&event).map_err(Stop::Out)
    }
}
