//! What is kept of one thing besides what a diagnosis folds: events of information only, what was summed up, and when its drive was
//! listed where.

use crate::history::reader::{self, Known};
use crate::model::{Fact, Kind, NUMBER, Severity, Subject, with_numbers};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, Result};
use std::collections::BTreeMap;

/// A thing, and when it is asked about it; a bay is the drive's only while the drive sat there.
pub type Asked = (Subject, DateTime<Utc>, DateTime<Utc>);

/// A statement, and how often it was made from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// What it is about.
    pub subject: Subject,
    /// How bad.
    pub severity: Severity,
    /// The fact's word.
    pub fact: &'static str,
    /// The source's words.
    pub text: String,
    /// The first time.
    pub first: DateTime<Utc>,
    /// The last.
    pub last: DateTime<Utc>,
    /// How often.
    pub times: u64,
    /// Whether its observations became too old to be kept one by one.
    pub summed_up: bool,
}

/// What is kept of one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Events of information only, and what was summed up, in order of the first time.
    pub folded: Vec<Folded>,
    /// Events of any kind by the day, reports and readings left out.
    pub days: BTreeMap<NaiveDate, u64>,
}

/// Reads what is kept of one thing, asked about by all its names.
///
/// # Errors
/// If the history cannot be read.
pub fn told(history: &Connection, asked: &[Asked]) -> Result<Told> {
    let mut told = Told::default();
    for (subject, from, to) in asked {
        for known in reader::statements_about(history, subject)? {
            // Reports are told by stays, readings by what changed between them, and what tells of a log's bytes is no event of a drive.
            let fact = &known.statement.fact;
            let is_standing = matches!(
                fact,
                Fact::Listed { .. } | Fact::Layout(_) | Fact::Label(_) | Fact::Read(_) | Fact::ReadWhole { .. }
            );
            if is_standing || fact.is_remark() {
                continue;
            }
            told.take(history, &known, *from, *to)?;
        }
    }
    told.folded.sort_by(|a, b| (a.first, &a.text).cmp(&(b.first, &b.text)));
    told.folded.dedup();
    Ok(told)
}

impl Told {
    fn take(&mut self, history: &Connection, known: &Known, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<()> {
        let statement = &known.statement;
        let mut folded: Option<Folded> = None;
        let mut numbers: Option<Box<str>> = None;
        let fold = |text, at, times, summed_up| Folded {
            subject: statement.subject.clone(),
            severity: statement.severity,
            fact: statement.fact.code(),
            text,
            first: at,
            last: at,
            times,
            summed_up,
        };
        for said in reader::said(history, known.id)?.into_iter().filter(|said| said.at >= from && said.at <= to) {
            let times = u64::from(said.times);
            *self.days.entry(said.at.date_naive()).or_default() += times;
            match &mut folded {
                Some(folded) => {
                    (folded.last, folded.times) = (said.at, folded.times + times);
                    if numbers.as_deref() != Some(&said.numbers) {
                        // Which number it was differs; that it was one does not.
                        folded.text = statement.text.replace(NUMBER, "#");
                    }
                }
                None => {
                    folded = Some(fold(with_numbers(&statement.text, &said.numbers), said.at, times, false));
                    numbers = Some(said.numbers);
                }
            }
        }
        if matches!(statement.fact, Fact::Logged { .. }) {
            self.folded.extend(folded);
        }
        for summed in
            reader::summed_up(history, known.id)?.into_iter().filter(|one| one.last >= from && one.first <= to)
        {
            *self.days.entry(summed.first.date_naive()).or_default() += summed.times;
            let one = fold(statement.text.replace(NUMBER, "#"), summed.first, summed.times, true);
            self.folded.push(Folded { last: summed.last, ..one });
        }
        Ok(())
    }
}

/// Every report that lists a drive, in order of time: when, and where.
///
/// # Errors
/// If the history cannot be read.
pub fn listed(history: &Connection, serial: &str) -> Result<Vec<(DateTime<Utc>, Subject)>> {
    let mut listed = Vec::new();
    for known in reader::statements_about(history, &Subject::drive(serial))? {
        let Fact::Listed { bay, .. } = &known.statement.fact else { continue };
        if bay.kind() == Kind::Bay {
            listed.extend(reader::said(history, known.id)?.into_iter().map(|said| (said.at, bay.clone())));
        }
    }
    listed.sort();
    Ok(listed)
}
