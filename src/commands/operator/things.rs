//! `arraywatch note`, `replaced`, `retire`, `maintenance`: what a person says of a thing.

use super::{By, Refusal, done, keep, statement, when};
use crate::commands::age::Age;
use crate::commands::{Common, Exit, names};
use crate::history::find::{Found, find, is_name_of};
use crate::history::{Database, reader};
use crate::keep::Saying;
use crate::model::{Fact, Kind, Severity, Subject};
use crate::observe::{severity, stated};
use crate::words::clean;
use chrono::{DateTime, Utc};
use clap::Args;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// The kinds of what is named without its kind, in the order in which they are meant.
const KINDS: [Kind; 5] = [Kind::Drive, Kind::Bay, Kind::Array, Kind::Controller, Kind::Host];

/// `arraywatch note`
#[derive(Debug, Args)]
pub(in crate::commands) struct Note {
    /// What was seen or done, in words
    text: String,
    /// When, such as 2013-10-26T20:30:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::commands::now)]
    at: Option<DateTime<Utc>>,
    /// Of what: array:HOST/c1/l0, bay:HOST/c1/e0/s3, drive:SERIAL, power:HOST, host:HOST, or a known name
    #[arg(long)]
    subject: String,
    /// What the text states, in one word that is understood, such as drive-failed or power-fine
    #[arg(long, default_value = "note")]
    fact: String,
    #[command(flatten)]
    by: By,
}

/// `arraywatch replaced`
#[derive(Debug, Args)]
pub(in crate::commands) struct Replaced {
    /// The bay
    #[arg(long)]
    bay: String,
    /// Serial number of the drive that was taken out
    #[arg(long, value_name = "SERIAL", value_parser = super::name)]
    old: String,
    /// Serial number of the drive that was put in
    #[arg(long, value_name = "SERIAL", value_parser = super::name)]
    new: String,
    /// When [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::commands::now)]
    at: Option<DateTime<Utc>>,
    #[command(flatten)]
    by: By,
}

/// `arraywatch retire`
#[derive(Debug, Args)]
pub(in crate::commands) struct Retire {
    /// What is no longer there: a drive, a bay, an array, a controller, a host, a stream
    subject: String,
    #[command(flatten)]
    by: By,
}

/// `arraywatch maintenance`
#[derive(Debug, Args)]
pub(in crate::commands) struct Maintenance {
    /// What is worked on
    subject: String,
    /// Until when: a time as 2013-10-27T06:00:00Z, or for how long from now on, as 30min, 2h, 1d
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Until,
    #[command(flatten)]
    by: By,
}

/// Until when, or for how long.
#[derive(Debug, Clone, Copy)]
enum Until {
    At(DateTime<Utc>),
    For(Age),
}

fn until(text: &str) -> Result<Until, String> {
    let at =
        |error| crate::commands::now(text).map(Until::At).map_err(|time| format!("{time}; or for how long: {error}"));
    text.parse().map(Until::For).or_else(at)
}

pub(in crate::commands) fn note(note: &Note, common: &Common) -> Exit {
    let fact = |subject: &Subject| stated(subject, &note.fact, None, None);
    done(run(&note.subject, None, &fact, Some(&note.text), note.at, &note.by, common))
}

pub(in crate::commands) fn replaced(replaced: &Replaced, common: &Common) -> Exit {
    let Replaced { bay, old, new, at, by } = replaced;
    let fact = |subject: &Subject| stated(subject, "drive-replaced", Some(old), Some(new));
    let said = format!("{} replaced by {}", clean(old), clean(new));
    done(run(bay, Some(Kind::Bay), &fact, Some(&said), *at, by, common))
}

pub(in crate::commands) fn retire(retire: &Retire, common: &Common) -> Exit {
    done(run(&retire.subject, None, &|_| Ok(Fact::Retired), None, None, &retire.by, common))
}

pub(in crate::commands) fn maintenance(maintenance: &Maintenance, common: &Common) -> Exit {
    let until = match maintenance.until {
        Until::At(at) => at,
        Until::For(age) => age.after(common.now()).unwrap_or(DateTime::<Utc>::MAX_UTC),
    };
    let fact = |_: &Subject| {
        let future = until > common.now();
        if future { Ok(Fact::Maintenance { until }) } else { Err(format!("--until {until} is over already")) }
    };
    let said = format!("maintenance until {}", crate::words::instant(until));
    done(run(&maintenance.subject, None, &fact, Some(&said), None, &maintenance.by, common))
}

fn run(
    named: &str,
    kind: Option<Kind>,
    fact: &dyn Fn(&Subject) -> Result<Fact, String>,
    said: Option<&str>,
    at: Option<DateTime<Utc>>,
    by: &By,
    common: &Common,
) -> Result<Exit, Refusal> {
    let database = Database::write(&common.place()?)?;
    let (subject, host) = subject(&database, named, kind, fact, common)?;
    let fact = fact(&subject).map_err(|why| Refusal::Asked(why, Exit::Usage))?;
    let by = by.name();
    let (severity, at) = (severity(&fact), when(at, common));
    let severity = if matches!(fact, Fact::Retired | Fact::Maintenance { .. }) { Severity::Info } else { severity };
    let saying = Saying { statement: statement(subject.clone(), fact, severity, said, &by), at, by, host };
    let concerned = |of: &Subject| *of == subject || subject.holds(of) || of.holds(&subject);
    keep(&database, common, &saying, |case| concerned(&case.subject))
}

/// The subject that a person names, and the host that it is of.
fn subject(
    database: &Database,
    named: &str,
    kind: Option<Kind>,
    fact: &dyn Fn(&Subject) -> Result<Fact, String>,
    common: &Common,
) -> Result<(Subject, String), Refusal> {
    let history = database.connection();
    let trouble = || database.trouble("read the history");
    let subject = match named.parse::<Subject>() {
        Ok(subject) if may_be(history, &subject, is_of_known(fact, &subject), common).map_err(trouble())? => subject,
        Ok(unknown) => {
            let found = find(history, unknown.kind(), named, common.host.as_deref()).map_err(trouble())?;
            names::chosen(found, unknown.kind(), named).map_err(Refusal::Said)?
        }
        Err(_) => {
            let (kind, found) = named_so(history, named, kind, common.host.as_deref()).map_err(trouble())?;
            names::chosen(found, kind, named).map_err(Refusal::Said)?
        }
    };
    if let Some(kind) = kind.filter(|kind| *kind != subject.kind()) {
        return Err(Refusal::Asked(format!("{subject} is no {}", kind.code()), Exit::Usage));
    }
    let host = match (subject.host_name(), &common.host) {
        (Some(host), _) => host.to_owned(),
        (None, Some(host)) => host.clone(),
        (None, None) => host_of_drive(history, &subject).map_err(trouble())?.ok_or_else(|| {
            let why = format!("no host is known to have {subject}; say which with --host");
            Refusal::Asked(why, Exit::Usage)
        })?,
    };
    Ok((subject, host))
}

/// Whether it is said only of what is there already.
fn is_of_known(fact: &dyn Fn(&Subject) -> Result<Fact, String>, subject: &Subject) -> bool {
    matches!(fact(subject), Ok(Fact::Retired | Fact::Maintenance { .. }))
}

/// Whether a name that is written whole may be meant: it is known, or lies on a host that is known or given, or it is a drive that
/// is told of for the first time. Else it is a slip, and what is said of it would stand where nobody looks.
fn may_be(history: &Connection, subject: &Subject, of_known: bool, common: &Common) -> rusqlite::Result<bool> {
    let host = subject.host_name();
    let given = host.is_some() && host == common.host.as_deref();
    let new = !of_known && subject.kind() == Kind::Drive;
    if given || new || reader::is_known(history, subject)? {
        return Ok(true);
    }
    Ok(host.is_some() && reader::streams(history)?.iter().any(|stream| stream.name.host_name() == host))
}

/// What a name that is not written whole may mean: of the kind that is asked for, or else of any that it is the name of, or the
/// front of a name.
fn named_so(
    history: &Connection,
    named: &str,
    kind: Option<Kind>,
    host: Option<&str>,
) -> rusqlite::Result<(Kind, Found)> {
    let kinds = kind.map_or_else(|| KINDS.to_vec(), |kind| vec![kind]);
    let mut first = None;
    for kind in kinds {
        let found = find(history, kind, named, host)?;
        if matches!(&found, Found::One(one) if is_name_of(named, one)) {
            return Ok((kind, found));
        }
        let is_first = match &first {
            Some((_, Found::Nothing(_))) => !matches!(found, Found::Nothing(_)),
            first => first.is_none(),
        };
        if is_first {
            first = Some((kind, found));
        }
    }
    Ok(first.unwrap_or((Kind::Drive, Found::Nothing(Vec::new()))))
}

/// The host that a drive was seen on last, or the only one there is.
fn host_of_drive(history: &Connection, drive: &Subject) -> rusqlite::Result<Option<String>> {
    let about = reader::statements_about(history, drive)?;
    let listed = about.iter().rev().find_map(|known| match &known.statement.fact {
        Fact::Listed { bay, .. } => bay.host_name().map(str::to_owned),
        _ => None,
    });
    let streams = reader::streams(history)?;
    let hosts: BTreeSet<&str> = streams.iter().filter_map(|stream| stream.name.host_name()).collect();
    let only = hosts.first().filter(|_| hosts.len() == 1).map(|host| (*host).to_owned());
    Ok(listed.or(only))
}
