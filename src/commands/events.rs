//! `arraywatch events`: all that was said, in the order of time, printed as it is read.

use super::names::chosen;
use super::{Common, Exit, complain, troubled};
use crate::history::find::{Found, find};
use crate::history::{Database, Trouble, reader};
use crate::keep::{self, Event, Filter, Stop};
use crate::model::{Kind, Severity, Subject};
use crate::report::text::Events;
use crate::report::{csv as table, json};
use crate::words::printed;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use std::io::{self, BufWriter, Write};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Not before: a time as 2013-10-26T12:00:00Z, or an age as 30min, 24h, 7d, 2w
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Moment>,
    /// Not after: the same
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Moment>,
    /// What it concerns, or what lies within that: host:engine, controller:engine/c1, bay:engine/c1/e0/s3, or a name as history takes
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// At least so bad: info, warning or critical
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    severity: Option<Severity>,
    /// The source that says so: its path as it was given, or the end of that
    #[arg(long, value_name = "PATH")]
    source: Option<String>,
    /// What was so, as drive-failed
    #[arg(long, value_name = "WORD")]
    fact: Option<String>,
    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    At(DateTime<Utc>),
    Ago(TimeDelta),
}

impl Moment {
    fn from(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::Ago(age) => now.checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC),
        }
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    age(text)
        .map_or_else(|| super::now(text).map(Moment::At), |age| Ok(Moment::Ago(age)))
        .map_err(|error| format!("{error}, or an age as 30min, 24h, 7d, 2w"))
}

fn age(text: &str) -> Option<TimeDelta> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: i64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "s" => 1,
        "min" | "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    TimeDelta::try_seconds(number.checked_mul(seconds)?)
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|severity| severity.code() == text);
    known.ok_or_else(|| "one of info, warning, critical".to_owned())
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> Exit {
    show(arguments, common).unwrap_or_else(|trouble| troubled(&trouble))
}

fn show(arguments: &Arguments, common: &Common) -> Result<Exit, Trouble> {
    let database = Database::read(&common.place()?)?;
    let cannot = || database.trouble("read the history");
    let history = database.connection();
    let subject = match &arguments.subject {
        None => None,
        Some(typed) => match subject(history, typed, common.host.as_deref()).map_err(cannot())? {
            Ok(subject) => Some(subject),
            Err(exit) => return Ok(exit),
        },
    };
    let filter = Filter {
        since: arguments.since.map(|since| since.from(common.now())),
        until: arguments.until.map(|until| until.from(common.now())),
        subject,
        severity: arguments.severity,
        fact: arguments.fact.clone(),
        source: arguments.source.clone(),
        host: common.host.clone(),
    };
    let mut out = BufWriter::new(anstream::stdout().lock());
    let printed = if arguments.csv {
        as_csv(history, &filter, &mut out)
    } else if common.json {
        as_json(history, &filter, &mut out)
    } else {
        let mut events = Events::default();
        keep::events(history, &filter, |event| out.write_all(events.event(event).as_bytes()))
    };
    match printed.and_then(|()| out.flush().map_err(Stop::Out)) {
        Ok(()) => Ok(Exit::Healthy),
        Err(Stop::History(error)) => Err(cannot()(error)),
        // Whoever read the output has read enough.
        Err(Stop::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has nobody to read it, and would be tried once more.
            let _ = out.into_parts();
            Ok(Exit::Healthy)
        }
        Err(Stop::Out(error)) => {
            complain(&format!("cannot print the result: {error}"));
            Ok(Exit::Io)
        }
    }
}

fn as_json(history: &rusqlite::Connection, filter: &Filter, out: &mut impl Write) -> Result<(), Stop> {
    let mut between = "\n    ";
    out.write_all(json::EVENTS_BEGIN.as_bytes()).map_err(Stop::Out)?;
    keep::events(history, filter, |event| {
        write!(out, "{between}{}", printed(&json::event(event).to_string()))?;
        between = ",\n    ";
        Ok(())
    })?;
    out.write_all(json::EVENTS_END.as_bytes()).map_err(Stop::Out)
}

fn as_csv(history: &rusqlite::Connection, filter: &Filter, out: &mut impl Write) -> Result<(), Stop> {
    let mut to = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    };
    table::header(&mut to).map_err(|error| Stop::Out(failed(error)))?;
    keep::events(history, filter, |event: &Event<'_>| table::event(&mut to, event).map_err(failed))?;
    to.flush().map_err(Stop::Out)
}

/// A subject as it is written everywhere, a host's name, or a drive, bay or array as a person writes it.
fn subject(history: &rusqlite::Connection, typed: &str, host: Option<&str>) -> rusqlite::Result<Result<Subject, Exit>> {
    if let Ok(subject) = typed.parse::<Subject>()
        && !matches!(subject.kind(), Kind::Drive | Kind::Bay | Kind::Array)
    {
        return Ok(Ok(subject));
    }
    if reader::streams(history)?.iter().any(|stream| stream.name.host_name() == Some(typed)) {
        return Ok(Ok(Subject::host(typed)));
    }
    let mut nearest = Found::Nothing(Vec::new());
    for kind in [Kind::Drive, Kind::Bay, Kind::Array] {
        match (find(history, kind, typed, host)?, &nearest) {
            (Found::Nothing(near), Found::Nothing(known)) if known.is_empty() => nearest = Found::Nothing(near),
            (Found::Nothing(_), _) => {}
            (found, _) => return Ok(chosen(found, kind, typed)),
        }
    }
    Ok(match nearest {
        Found::Nothing(near) => {
            let kind = near.first().map_or(Kind::Drive, Subject::kind);
            chosen(Found::Nothing(near), kind, typed)
        }
        found => chosen(found, Kind::Drive, typed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let check = |text: &str, seconds: Option<i64>| assert_eq!(age(text), seconds.map(TimeDelta::seconds), "{text}");
        check("30min", Some(1_800));
        check("24h", Some(86_400));
        check("7d", Some(604_800));
        check("7 d", Some(604_800));
        check("0s", Some(0));
        check("2w", Some(1_209_600));
        check("7", None);
        check("d", None);
        check("", None);
        check("-7d", None);
        check("2013-10-26", None);
        check("9223372036854775807d", None);
        check("99999999999999999999s", None);
        check("7é", None);
    }
}
