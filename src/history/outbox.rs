//! What is told to people, and what was delivered of it, as rows.
//!
//! What must hold: storing the same change again changes nothing; what a person took back stays taken back, whatever a daemon that has
//! not heard of it stores afterwards; an alert of which a delivery waits is never deleted; and one never takes another's number.

use super::Trouble;
use super::database::Database;
use crate::model::Severity;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, Transaction, TransactionBehavior, params};
use std::collections::BTreeSet;

/// A message about a case, or about the watching itself. What it says and what was so then is JSON that this layer does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// The thread that it belongs to.
    pub thread: String,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Why, as a word.
    pub kind: String,
    /// How bad.
    pub severity: Severity,
    /// What was so when it was said.
    pub standing: String,
    /// All that is said.
    pub message: String,
}

/// An alert on its way by a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The alert.
    pub alert: i64,
    /// The channel's name.
    pub channel: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before; none if it was delivered or withdrawn.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Who took it back.
    pub withdrawn_by: Option<String>,
    /// Why the last attempt failed.
    pub failure: Option<String>,
    /// Since when the receiver says that it will never take it; none if it does not say so.
    pub refused_since: Option<DateTime<Utc>>,
}

/// What a channel's receiver refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The channel's name.
    pub channel: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many deliveries wait for all that.
    pub count: u64,
    /// Why the newest of them failed last.
    pub failure: String,
}

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An alert that is new.
    Alert(Alert),
    /// How a delivery stands now.
    Delivery(Delivery),
}

impl Change {
    /// The number of the alert that it is about.
    pub const fn alert(&self) -> i64 {
        match self {
            Self::Alert(alert) => alert.id,
            Self::Delivery(delivery) => delivery.alert,
        }
    }
}

/// What the history says to changes that it keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Numbers under which it has other alerts: of these nothing was kept.
    pub taken: BTreeSet<i64>,
    /// The greatest number that an alert has.
    pub last: i64,
}

/// An alert with its deliveries.
pub type Sent = (Alert, Vec<Delivery>);

const ALERT: &str = "alert.id, alert.thread, alert.at, alert.kind, alert.severity, alert.standing, alert.message";
const DELIVERY: &str = "alert, channel, attempts, next_at, delivered_at, withdrawn_by, failure, refused_since";

/// Keeps changes: all of them but those of alerts whose number another has, or none.
///
/// # Errors
/// If the history cannot be written.
pub fn store(history: &Connection, changes: &[Change]) -> Result<Stored> {
    let transaction = Transaction::new_unchecked(history, TransactionBehavior::Immediate)?;
    let mut taken = BTreeSet::new();
    for change in changes {
        match change {
            Change::Alert(alert) => {
                if !put(&transaction, alert)? {
                    taken.insert(alert.id);
                }
            }
            Change::Delivery(delivery) if taken.contains(&delivery.alert) => {}
            Change::Delivery(delivery) => deliver(&transaction, delivery)?,
        }
    }
    let last = last(&transaction)?;
    transaction.commit()?;
    Ok(Stored { taken, last })
}

/// Whether the history has it by now; it has not if another bears its number.
fn put(history: &Connection, new: &Alert) -> Result<bool> {
    let sql =
        "INSERT INTO alert (id, thread, at, kind, severity, standing, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (id) DO NOTHING";
    let severity = Severity::ALL.iter().position(|severity| *severity == new.severity).unwrap_or_default();
    let put = history.prepare_cached(sql)?.execute(params![
        new.id,
        new.thread,
        new.at.timestamp(),
        new.kind,
        i64::try_from(severity).unwrap_or_default(),
        new.standing,
        new.message,
    ])?;
    if put > 0 {
        return Ok(true);
    }
    let sql = format!("SELECT {ALERT} FROM alert WHERE id = ?1");
    let known = history.prepare_cached(&sql)?.query_row([new.id], alert)?;
    Ok(known == Alert { at: instant(new.at.timestamp()), ..new.clone() })
}

fn deliver(history: &Connection, delivery: &Delivery) -> Result<()> {
    let sql = format!(
        "INSERT INTO delivery ({DELIVERY}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (alert, channel) DO UPDATE SET attempts = excluded.attempts, next_at = excluded.next_at,
           delivered_at = excluded.delivered_at, withdrawn_by = excluded.withdrawn_by, failure = excluded.failure,
           refused_since = excluded.refused_since
         WHERE withdrawn_by IS NULL"
    );
    // A second that has begun is not over: never earlier than was meant.
    let up = |at: &DateTime<Utc>| at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0);
    history.prepare_cached(&sql)?.execute(params![
        delivery.alert,
        delivery.channel,
        delivery.attempts,
        delivery.next_at.as_ref().map(up),
        delivery.delivered_at.map(|at| at.timestamp()),
        delivery.withdrawn_by,
        delivery.failure,
        delivery.refused_since.map(|at| at.timestamp()),
    ])?;
    Ok(())
}

/// The alerts of which a delivery waits, in their order, with all their deliveries.
///
/// # Errors
/// If the history cannot be read.
pub fn waiting(history: &Connection) -> Result<Vec<Sent>> {
    let of = "WHERE EXISTS (SELECT 1 FROM delivery WHERE delivery.alert = alert.id AND next_at IS NOT NULL)";
    with_deliveries(history, of, [])
}

/// Every alert that was said since a time, and those of which a delivery waits, with their deliveries.
///
/// # Errors
/// If the history cannot be read.
pub fn since(history: &Connection, from: DateTime<Utc>) -> Result<Vec<Sent>> {
    let of = "WHERE alert.at >= ?1 OR EXISTS \
              (SELECT 1 FROM delivery WHERE delivery.alert = alert.id AND next_at IS NOT NULL)";
    with_deliveries(history, of, [from.timestamp()])
}

/// The alerts of a thread, in their order.
///
/// # Errors
/// If the history cannot be read.
pub fn told_of(history: &Connection, thread: &str) -> Result<Vec<Sent>> {
    with_deliveries(history, "WHERE alert.thread = ?1", [thread])
}

/// What the policy goes on from: of each alert its number, thread, time, word and standing; `message` is left empty.
///
/// # Errors
/// If the history cannot be read.
pub fn standings(history: &Connection) -> Result<Vec<Alert>> {
    let sql = "SELECT id, thread, at, kind, severity, standing, '' FROM alert ORDER BY id";
    history.prepare_cached(sql)?.query_map([], alert)?.collect()
}

/// The greatest number that an alert has; 0 if there is none.
///
/// # Errors
/// If the history cannot be read.
pub fn last(history: &Connection) -> Result<i64> {
    history.query_row("SELECT coalesce(max(id), 0) FROM alert", [], |row| row.get(0))
}

/// How many deliveries wait, and since when the oldest of their alerts does.
///
/// # Errors
/// If the history cannot be read.
pub fn backlog(history: &Connection) -> Result<Option<(u64, DateTime<Utc>)>> {
    let sql = "SELECT count(*), min(alert.at) FROM delivery JOIN alert ON alert.id = alert WHERE next_at IS NOT NULL";
    let (count, oldest): (i64, Option<i64>) = history.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(oldest.map(|oldest| (count.cast_unsigned(), instant(oldest))))
}

/// What waits though its receiver says that it will never take it, by channel.
///
/// # Errors
/// If the history cannot be read.
pub fn refused(history: &Connection) -> Result<Vec<Refused>> {
    // `max` takes `failure` from its own row, by SQLite's documentation of bare columns in an aggregate.
    let sql = "SELECT channel, since, count, failure FROM
                 (SELECT channel, count(*) AS count, coalesce(failure, '') AS failure, max(alert) FROM delivery
                    WHERE next_at IS NOT NULL AND refused_since IS NOT NULL GROUP BY channel)
                 JOIN (SELECT channel, min(refused_since) AS since FROM delivery
                    WHERE next_at IS NOT NULL AND refused_since IS NOT NULL GROUP BY channel) USING (channel)
               ORDER BY channel";
    let refused = |row: &Row<'_>| {
        let (since, count) = (instant(row.get(1)?), row.get::<_, i64>(2)?.cast_unsigned());
        Ok(Refused { channel: row.get(0)?, since, count, failure: row.get(3)? })
    };
    history.prepare_cached(sql)?.query_map([], refused)?.collect()
}

/// Since when this machine is watched: what was repaired before is old history. None if no daemon ever ran.
///
/// # Errors
/// If the history cannot be read.
pub fn watched_since(history: &Connection) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT value FROM setting WHERE name = 'watched_since'";
    Ok(history.query_row(sql, [], |row| row.get(0)).optional()?.map(instant))
}

/// Says that this machine is watched from now on. What was said first holds.
///
/// # Errors
/// If the history cannot be written.
pub fn watch(history: &Connection, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO setting (name, value) VALUES ('watched_since', ?1) ON CONFLICT DO NOTHING";
    history.execute(sql, [now.timestamp()]).map(drop)
}

/// What people took back.
///
/// # Errors
/// If the history cannot be read.
pub fn withdrawn(history: &Connection) -> Result<Vec<Delivery>> {
    let sql = format!("SELECT {DELIVERY} FROM delivery WHERE withdrawn_by IS NOT NULL ORDER BY alert, channel");
    history.prepare_cached(&sql)?.query_map([], delivery)?.collect()
}

/// A person takes back what waits of an alert, or for a channel, or of that for this. Gives how many deliveries that were; none if there is
/// no such alert, or nothing was ever to be told by such a channel.
///
/// # Errors
/// If the history cannot be written.
pub fn withdraw(
    database: &mut Database,
    alert: Option<i64>,
    channel: Option<&str>,
    by: &str,
) -> std::result::Result<Option<usize>, Trouble> {
    database.transaction("take an alert back in the history", |history| {
        let sql = "SELECT (?1 IS NULL OR EXISTS (SELECT 1 FROM alert WHERE id = ?1))
                      AND (?2 IS NULL OR EXISTS (SELECT 1 FROM delivery WHERE channel = ?2))";
        if !history.query_row(sql, params![alert, channel], |row| row.get(0))? {
            return Ok(None);
        }
        let sql = "UPDATE delivery SET next_at = NULL, withdrawn_by = ?3
                   WHERE next_at IS NOT NULL AND (?1 IS NULL OR alert = ?1) AND (?2 IS NULL OR channel = ?2)";
        history.execute(sql, params![alert, channel, by]).map(Some)
    })
}

/// Those older than a time that nobody needs any more: nothing of them waits, and their thread is over, or they stand between the first and
/// the last that was said in it. The first says what the thread is, and since when; the last how things stand, and what is counted. What was
/// repaired of many stands in neither.
const NEEDLESS: &str = "alert.at < ?1
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.alert = alert.id AND next_at IS NOT NULL)
    AND ((SELECT kind FROM alert AS other WHERE other.thread = alert.thread ORDER BY id DESC LIMIT 1) = 'resolved'
      OR kind <> 'repaired'
        AND EXISTS (SELECT 1 FROM alert AS other WHERE other.thread = alert.thread AND other.id < alert.id)
        AND EXISTS (SELECT 1 FROM alert AS other WHERE other.thread = alert.thread AND other.id > alert.id))";

/// How many alerts would be deleted of those said before a time.
///
/// # Errors
/// If the history cannot be read.
pub fn needless(history: &Connection, before: DateTime<Utc>) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM alert WHERE {NEEDLESS}");
    let count: i64 = history.query_row(&sql, [before.timestamp()], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// Deletes them, with what was delivered of them. Gives how many.
///
/// # Errors
/// If the history cannot be written.
pub fn prune(history: &Connection, before: DateTime<Utc>) -> Result<u64> {
    let seconds = before.timestamp();
    let sql = format!("DELETE FROM delivery WHERE alert IN (SELECT id FROM alert WHERE {NEEDLESS})");
    history.execute(&sql, [seconds])?;
    let deleted = history.execute(&format!("DELETE FROM alert WHERE {NEEDLESS}"), [seconds])?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}

/// Every alert with its deliveries, in order, one at a time.
///
/// # Errors
/// If the history cannot be read, or `take` fails.
pub fn each(history: &Connection, mut take: impl FnMut(&Sent) -> Result<()>) -> Result<()> {
    let mut alerts = history.prepare(&format!("SELECT {ALERT} FROM alert ORDER BY id"))?;
    let mut rows = alerts.query([])?;
    while let Some(row) = rows.next()? {
        let alert = alert(row)?;
        let deliveries = deliveries(history, alert.id)?;
        take(&(alert, deliveries))?;
    }
    Ok(())
}

fn with_deliveries(history: &Connection, of: &str, named: impl rusqlite::Params) -> Result<Vec<Sent>> {
    let mut alerts = history.prepare_cached(&format!("SELECT {ALERT} FROM alert {of} ORDER BY id"))?;
    let alerts: Vec<Alert> = alerts.query_map(named, alert)?.collect::<Result<_>>()?;
    alerts.into_iter().map(|alert| deliveries(history, alert.id).map(|deliveries| (alert, deliveries))).collect()
}

fn deliveries(history: &Connection, alert: i64) -> Result<Vec<Delivery>> {
    let sql = format!("SELECT {DELIVERY} FROM delivery WHERE alert = ?1 ORDER BY channel");
    history.prepare_cached(&sql)?.query_map([alert], delivery)?.collect()
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn alert(row: &Row<'_>) -> Result<Alert> {
    let severity = usize::try_from(row.get::<_, i64>(4)?).unwrap_or(usize::MAX);
    Ok(Alert {
        id: row.get(0)?,
        thread: row.get(1)?,
        at: instant(row.get(2)?),
        kind: row.get(3)?,
        // What is not known is not made light of.
        severity: Severity::ALL.get(severity).copied().unwrap_or(Severity::Critical),
        standing: row.get(5)?,
        message: row.get(6)?,
    })
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        alert: row.get(0)?,
        channel: row.get(1)?,
        attempts: row.get(2)?,
        next_at: row.get::<_, Option<i64>>(3)?.map(instant),
        delivered_at: row.get::<_, Option<i64>>(4)?.map(instant),
        withdrawn_by: row.get(5)?,
        failure: row.get(6)?,
        refused_since: row.get::<_, Option<i64>>(7)?.map(instant),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::MIGRATIONS;

    fn history() -> Connection {
        let history = Connection::open_in_memory().expect("memory");
        MIGRATIONS.iter().for_each(|step| history.execute_batch(step.sql).expect("a step"));
        history
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        instant(seconds)
    }

    fn alert(id: i64, thread: &str, kind: &str) -> Change {
        let [standing, message] = ["{}", "{\"title\":\"x\"}"].map(str::to_owned);
        let (thread, kind) = (thread.to_owned(), kind.to_owned());
        Change::Alert(Alert { id, thread, at: at(id), kind, severity: Severity::Critical, standing, message })
    }

    fn delivery(alert: i64, next: Option<i64>) -> Change {
        let delivered_at = if next.is_none() { Some(at(alert + 1)) } else { None };
        let (channel, failure) = ("mail".to_owned(), None);
        Change::Delivery(Delivery {
            alert,
            channel,
            attempts: 1,
            next_at: next.map(at),
            delivered_at,
            withdrawn_by: None,
            failure,
            refused_since: None,
        })
    }

    fn ids(sent: &[Sent]) -> Vec<i64> {
        sent.iter().map(|(alert, _)| alert.id).collect()
    }

    #[test]
    fn what_is_stored_is_read_and_stored_again_without_effect() {
        let history = history();
        let changes = [
            alert(1, "a", "fact"),
            delivery(1, None),
            alert(2, "b", "fact"),
            delivery(2, Some(9)),
            alert(3, "a", "worse"),
        ];
        for _ in 0..2 {
            store(&history, &changes).expect("stored");
        }
        assert_eq!(ids(&waiting(&history).expect("read")), [2]);
        assert_eq!(ids(&told_of(&history, "a").expect("read")), [1, 3]);
        assert_eq!(ids(&since(&history, at(3)).expect("read")), [2, 3]);
        assert_eq!(last(&history).expect("read"), 3);
        assert_eq!(backlog(&history).expect("read"), Some((1, at(2))));
        let mut all = Vec::new();
        each(&history, |(alert, deliveries)| {
            all.push(Change::Alert(alert.clone()));
            all.extend(deliveries.iter().cloned().map(Change::Delivery));
            Ok(())
        })
        .expect("read");
        assert_eq!(all, changes);
    }

    #[test]
    fn a_part_of_a_second_is_never_too_early() {
        let history = history();
        let Change::Delivery(mut one) = delivery(1, Some(5)) else { return };
        one.next_at = DateTime::from_timestamp(5, 1);
        store(&history, &[alert(1, "a", "fact"), Change::Delivery(one)]).expect("stored");
        let waiting = waiting(&history).expect("read");
        assert_eq!(waiting.first().and_then(|(_, deliveries)| deliveries.first()?.next_at), Some(at(6)));
    }

    #[test]
    fn no_alert_takes_the_number_of_another() {
        let history = history();
        let stored = |changes: &[Change]| {
            let stored = store(&history, changes).expect("stored");
            (stored.taken.into_iter().collect::<Vec<_>>(), stored.last)
        };
        let Change::Alert(mut first) = alert(1, "a", "fact") else { return };
        first.at = DateTime::from_timestamp(1, 5).unwrap_or_default();
        let first = Change::Alert(first);
        assert_eq!(stored(&[first.clone(), delivery(1, Some(9))]), (vec![], 1));
        // The same again, then another by its number among some that are new.
        assert_eq!(stored(&[first, delivery(1, Some(9))]), (vec![], 1));
        let another = [alert(1, "b", "fact"), delivery(1, None), alert(4, "b", "fact"), delivery(4, Some(9))];
        assert_eq!(stored(&another), (vec![1], 4));
        let waits = waiting(&history).expect("read");
        assert_eq!(ids(&waits), [1, 4]);
        assert_eq!(waits.first().map(|(alert, _)| alert.thread.as_str()), Some("a"));
    }

    #[test]
    fn what_is_refused_is_listed_by_channel() {
        let history = history();
        let refused_by = |alert, channel: &str, since: Option<i64>, next: Option<i64>| {
            Change::Delivery(Delivery {
                alert,
                channel: channel.to_owned(),
                attempts: 1,
                next_at: next.map(at),
                delivered_at: None,
                withdrawn_by: None,
                failure: Some(format!("no {alert}")),
                refused_since: since.map(at),
            })
        };
        let mut changes: Vec<Change> = (1..=3).map(|id| alert(id, "a", "fact")).collect();
        changes.extend([
            refused_by(1, "mail", Some(40), Some(90)),
            refused_by(2, "mail", Some(50), Some(90)),
            refused_by(3, "mail", None, Some(90)),
            refused_by(1, "pager", Some(60), Some(90)),
            refused_by(1, "syslog", Some(60), None),
        ]);
        store(&history, &changes).expect("stored");
        let told = refused(&history).expect("read");
        let told: Vec<_> =
            told.iter().map(|one| (one.channel.as_str(), one.since, one.count, one.failure.as_str())).collect();
        assert_eq!(told, [("mail", at(40), 2, "no 2"), ("pager", at(60), 1, "no 1")]);
    }

    #[test]
    fn what_was_taken_back_stays_so() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut database = Database::write(&directory.path().join("h.db")).expect("a history");
        store(database.connection(), &[alert(1, "a", "fact"), delivery(1, Some(9))]).expect("stored");
        let mut withdraw = |alert, channel, by| withdraw(&mut database, alert, channel, by).expect("written");
        assert_eq!(withdraw(Some(2), None, "ann"), None);
        assert_eq!(withdraw(None, Some("pager"), "ann"), None);
        assert_eq!(withdraw(Some(1), Some("pager"), "ann"), None);
        assert_eq!(withdraw(Some(1), None, "ann"), Some(1));
        assert_eq!(withdraw(Some(1), Some("mail"), "bob"), Some(0));
        assert_eq!(withdraw(None, Some("mail"), "bob"), Some(0));
        // A daemon that had not heard of it.
        store(database.connection(), &[delivery(1, Some(99))]).expect("stored");
        assert_eq!(waiting(database.connection()).expect("read"), []);
        let withdrawn = withdrawn(database.connection()).expect("read");
        assert_eq!(withdrawn.iter().map(|one| one.withdrawn_by.as_deref()).collect::<Vec<_>>(), [Some("ann")]);
    }

    #[test]
    fn what_is_needed_is_not_pruned() {
        let check = |changes: &[Change], before: i64, left: &[i64]| {
            let history = history();
            store(&history, changes).expect("stored");
            let all = since(&history, at(0)).expect("read").len();
            let needless = needless(&history, at(before)).expect("read");
            assert_eq!(prune(&history, at(before)).expect("written"), needless);
            assert_eq!(ids(&since(&history, at(0)).expect("read")), left);
            assert_eq!(needless, (all - left.len()) as u64);
        };
        let (fact, worse, over) = (alert(1, "a", "fact"), alert(2, "a", "worse"), alert(3, "a", "resolved"));
        check(&[fact.clone(), worse.clone()], 9, &[1, 2]);
        check(&[fact.clone(), worse.clone(), over.clone()], 9, &[]);
        check(&[fact.clone(), worse.clone(), over.clone()], 2, &[2, 3]);
        check(&[fact.clone(), delivery(1, Some(5)), worse.clone(), over.clone()], 9, &[1]);
        check(
            &[fact.clone(), delivery(1, None), worse, over.clone(), delivery(3, None), alert(4, "b", "fact")],
            9,
            &[4],
        );
        // Of a thread that goes on, the first and the last stay, and who was repaired.
        let reminders = (2..6).map(|id| alert(id, "a", "reminder"));
        let reminded: Vec<Change> = std::iter::once(fact.clone()).chain(reminders).collect();
        check(&reminded, 9, &[1, 5]);
        check(&reminded, 4, &[1, 4, 5]);
        check(&[fact, over, alert(4, "a", "repaired"), alert(5, "a", "fact"), alert(6, "a", "verdict")], 9, &[1, 4, 6]);
    }
}
