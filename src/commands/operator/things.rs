//! `arraywatch note`, `replaced`, `retire`, `maintenance`: what a person says of a thing.

use super::{By, Refusal, done, keep, statement, when};
use crate::commands::{Common, Exit};
use crate::history::{Database, reader};
use crate::keep::Saying;
use crate::model::{Fact, Kind, Severity, Subject};
use crate::observe::{severity, stated};
use crate::words::clean;
use chrono::{DateTime, Utc};
use clap::Args;

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
    /// Until when, such as 2013-10-27T06:00:00Z
    #[arg(long, value_name = "TIME", value_parser = crate::commands::now)]
    until: DateTime<Utc>,
    #[command(flatten)]
    by: By,
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
    let until = maintenance.until;
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
    let (subject, host) = subject(&database, named, kind, common)?;
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
    common: &Common,
) -> Result<(Subject, String), Refusal> {
    let history = database.connection();
    let trouble = database.trouble("read the history");
    let hosts: Vec<String> = match &common.host {
        Some(host) => vec![host.clone()],
        None => {
            let streams = reader::streams(history).map_err(&trouble)?;
            let mut hosts: Vec<String> =
                streams.iter().filter_map(|stream| stream.name.host_name().map(str::to_owned)).collect();
            hosts.dedup();
            hosts
        }
    };
    let subject = match named.parse::<Subject>() {
        Ok(subject) => subject,
        Err(_) => named_so(history, named, kind, &hosts).map_err(&trouble)??,
    };
    if kind.is_some_and(|kind| kind != subject.kind()) {
        let why = format!("{subject} is no {}", kind.map_or("", Kind::code));
        return Err(Refusal::Asked(why, Exit::Usage));
    }
    let host = match subject.host_name() {
        Some(host) => host.to_owned(),
        None => host_of_drive(history, &subject, &hosts).map_err(&trouble)??,
    };
    Ok((subject, host))
}

type Found<T> = rusqlite::Result<Result<T, Refusal>>;

/// The one known subject whose name begins so, its kind and host left out.
fn named_so(history: &rusqlite::Connection, named: &str, kind: Option<Kind>, hosts: &[String]) -> Found<Subject> {
    const LISTED: u32 = 6;
    let kinds = kind.map_or_else(|| vec![Kind::Drive, Kind::Bay, Kind::Array, Kind::Controller], |kind| vec![kind]);
    let prefixes = kinds.iter().flat_map(|kind| match kind {
        Kind::Drive => vec![Subject::drive(named).to_string()],
        _ => hosts.iter().map(|host| Subject::within(*kind, host, named).to_string()).collect(),
    });
    let mut found: Vec<Subject> = Vec::new();
    for prefix in prefixes {
        let matching = reader::subjects_from(history, &prefix, LISTED)?;
        match matching.iter().find(|subject| subject.to_string() == prefix) {
            Some(exactly) => found.push(exactly.clone()),
            None => found.extend(matching),
        }
    }
    Ok(match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let why =
                format!("nothing of the name {} is known; write it whole, such as bay:HOST/c1/e0/s3", clean(named));
            Err(Refusal::Asked(why, Exit::NoInput))
        }
        several => {
            let told: Vec<String> = several.iter().take(LISTED as usize).map(ToString::to_string).collect();
            Err(Refusal::Asked(format!("{} may be one of {}", clean(named), told.join(", ")), Exit::Usage))
        }
    })
}

/// The host that a drive was seen on last, or the only one there is.
fn host_of_drive(history: &rusqlite::Connection, drive: &Subject, hosts: &[String]) -> Found<String> {
    let about = reader::statements_about(history, drive)?;
    let listed = about.iter().rev().find_map(|known| match &known.statement.fact {
        Fact::Listed { bay, .. } => bay.host_name().map(str::to_owned),
        _ => None,
    });
    Ok(match (listed, hosts) {
        (Some(host), _) => Ok(host),
        (None, [only]) => Ok(only.clone()),
        _ => Err(Refusal::Asked(format!("no host is known to have {drive}; say which with --host"), Exit::Usage)),
    })
}
