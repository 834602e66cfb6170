//! Is a database sound? A list of questions, each of which finds nothing in one that is.

use super::header::APPLICATION_ID;
use super::migrate::{Migration, newest, version};
use super::{Database, Reason, Trouble};
use crate::words::clean;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Findings of one question; a database with more is not mended by reading them all.
const FINDINGS_MAX: u32 = 100;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The question that found it, for programs.
    pub check: &'static str,
    /// What it is, for people.
    pub detail: String,
}

/// A question.
struct Check {
    name: &'static str,
    find: fn(&Connection, &[Migration]) -> rusqlite::Result<Vec<String>>,
}

const CHECKS: &[Check] = &[
    Check { name: "application", find: application },
    Check { name: "version", find: newer },
    Check { name: "pages", find: pages },
    Check { name: "references", find: references },
    Check { name: "schema", find: schema },
];

/// The name of a finding of a database that is damaged so that it cannot be opened.
pub const UNREADABLE: &str = "readable";

impl Finding {
    /// The names of all questions.
    pub fn checks() -> impl Iterator<Item = &'static str> {
        CHECKS.iter().map(|check| check.name).chain([UNREADABLE])
    }
}

impl Database {
    /// Asks every question.
    ///
    /// # Errors
    /// If one cannot be asked. That damage keeps it from being answered is a finding.
    pub fn check(&self) -> Result<Vec<Finding>, Trouble> {
        let mut findings = Vec::new();
        for check in CHECKS {
            let details = match (check.find)(self.connection(), self.migrations()) {
                Ok(details) => details,
                Err(error) => match Reason::from(error) {
                    Reason::Corrupt(detail) => vec![detail],
                    reason => return Err(Trouble::new("check the history", self.path(), reason)),
                },
            };
            findings.extend(details.into_iter().map(|detail| Finding { check: check.name, detail }));
        }
        Ok(findings)
    }
}

fn application(connection: &Connection, _: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let id: u32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    Ok(if id == APPLICATION_ID { vec![] } else { vec![format!("the application id is {id:#010x}")] })
}

fn newer(connection: &Connection, migrations: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let (found, known) = (version(connection)?, newest(migrations));
    Ok(if found <= known { vec![] } else { vec![format!("it is of version {found}, {known} is known here")] })
}

fn pages(connection: &Connection, _: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({FINDINGS_MAX})"))?;
    let lines: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    // One row may have several lines.
    Ok(lines.iter().flat_map(|row| row.lines()).filter(|line| *line != "ok").map(clean).collect())
}

fn references(connection: &Connection, _: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2";
    let told = |table: String, parent: String, rows: u32| {
        let rows = crate::words::number_of(rows.into(), "row", "rows");
        clean(&format!("{rows} of {table} refer to what is not in {parent}"))
    };
    connection.prepare(sql)?.query_map([], |row| Ok(told(row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

/// Tables and indexes as the migrations make them: one that somebody dropped makes wrong answers, not errors.
fn schema(connection: &Connection, migrations: &[Migration]) -> rusqlite::Result<Vec<String>> {
    let version = version(connection)?;
    let fresh = Connection::open_in_memory()?;
    for step in migrations.iter().filter(|step| step.version <= version) {
        fresh.execute_batch(step.sql)?;
    }
    let (found, expected) = (objects(connection)?, objects(&fresh)?);
    let wrong = expected.iter().filter_map(|(name, sql)| match found.get(name) {
        Some(found) if found == sql => None,
        Some(_) => Some(format!("{name} is not as arraywatch makes it")),
        None => Some(format!("{name} is missing")),
    });
    Ok(wrong.collect())
}

/// What a schema has, by kind and name. What SQLite adds for itself, such as the statistics of the planner, is its own business.
fn objects(connection: &Connection) -> rusqlite::Result<BTreeMap<String, Option<String>>> {
    let sql = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    connection.prepare(sql)?.query_map([], |row| Ok((clean(&row.get::<_, String>(0)?), row.get(1)?)))?.collect()
}
