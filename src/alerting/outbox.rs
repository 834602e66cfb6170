//! The outbox: what is said is kept until all channels have it.
//!
//! What must hold, whatever fails when:
//!
//! * **At least once.** An alert is delivered by each of its channels, or it waits, or a person took it back. It is never dropped; nor is
//!   one that a channel refused.
//! * **What is known of a delivery is stored with its alert,** so that a history in which that is not any more (an older one was put in its
//!   place, or a new one was made) takes it up. If another alert has its number there, it gets the next.
//! * **Stored before sent.** A delivery is due once its alert is stored. If the history cannot be written, it goes out from memory after
//!   [`PATIENCE`], and says so.
//! * **Order.** By one channel, a message goes out when all before it in its thread have arrived, or were refused: an address that is no
//!   more must not keep from the others that it got worse.
//! * **A channel delays no other,** and at most [`IN_FLIGHT_MAX`] are under way by one.
//! * **Duplicates are bounded.** A message arrives twice only if what became of it was not stored before a crash, or the answer of the
//!   channel was lost. Both bear the same thread and place.
//!
//! ```text
//!        put            stored, or patience is over;
//!         |             its time has come; first of its thread
//!         v                        due
//!      waiting ------------------------------------------> in flight
//!       ^   |                                               |     |
//!       |   | withdraw        failed: back-off with jitter  |     | delivered
//!       |   v                 (refused: the slowest pace)   |     v
//!       | withdrawn <-- a person's word                     |   delivered
//!       +---------------------------------------------------+
//!                 (after a crash: as it was stored, waiting)
//! ```
//!
//! Pure: time and chance are given, and what is to be stored is handed out. Nothing here waits for a disk or a network.

use super::message::{Kind, LINE_MAX, Lead, Message, TITLE_MAX, fit};
use super::standing::Standing;
use crate::history::outbox::{self as rows, Change};
use crate::words::{clean, instant};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Deliveries under way by one channel.
pub const IN_FLIGHT_MAX: usize = 4;

/// The pause after a first failure lasts up to so long, and twice as long after each further one.
const PAUSE_FIRST: Duration = Duration::from_secs(1);

/// A pause lasts no longer, except where a receiver asks for it.
const PAUSE_MAX: Duration = Duration::from_secs(3_600);

/// Nobody is waited for longer, whatever a receiver asks for.
const ASKED_MAX: TimeDelta = TimeDelta::days(1);

/// So long an alert waits to be stored before it goes out from memory.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(2);

/// What a message says of itself that could not be stored.
const FROM_MEMORY: &str = "This had not been written to the history yet when it was sent: it may arrive again.";

/// Something to be said, with what was so: as the policy gives it, and the outbox takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// What is said. Its number is the outbox's to give.
    pub message: Message,
    /// What was so.
    pub standing: Standing,
}

/// An attempt to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The number of the alert.
    pub alert: i64,
    /// By what.
    pub channel: String,
    /// What is said.
    pub message: Arc<Message>,
}

/// An alert that is not everywhere yet.
#[derive(Debug, Clone)]
struct Kept {
    message: Arc<Message>,
    /// As it is stored.
    row: rows::Alert,
    stored: bool,
}

impl Kept {
    fn numbered(mut self, id: i64) -> Self {
        Arc::make_mut(&mut self.message).id = id;
        Self { row: numbered(self.row, id), stored: false, ..self }
    }
}

/// A delivery that waits or is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub next_at: DateTime<Utc>,
    /// Whether it is under way.
    pub in_flight: bool,
    /// Why the last attempt failed.
    pub failure: Option<String>,
    /// Since when the receiver says that it will never take it. That it does not answer meanwhile changes nothing.
    pub refused_since: Option<DateTime<Utc>>,
    /// Whether those behind it in its thread need not wait for it.
    lets_pass: bool,
}

impl Waiting {
    /// One that was not tried yet.
    const fn new(next_at: DateTime<Utc>) -> Self {
        Self { attempts: 0, next_at, in_flight: false, failure: None, refused_since: None, lets_pass: false }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became<'a> {
    /// The receiver has it.
    Delivered,
    /// It does not.
    Failed {
        /// Why, for people.
        why: &'a str,
        /// Whether the receiver said that it will never take it. It is tried again all the same, at the slowest pace.
        refused: bool,
        /// The receiver asked not to be tried again before so long.
        again_after: Option<Duration>,
    },
}

/// What waits, by alert and channel.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    alerts: BTreeMap<i64, Kept>,
    waiting: BTreeMap<(i64, String), Waiting>,
    /// What is to be stored: of each row the newest, alerts before their deliveries.
    changes: BTreeMap<(i64, Option<String>), Change>,
    /// The greatest number that was given.
    last: i64,
    /// Numbers that another alert has in the history, with those that were given instead: of what is under way only the old one is known.
    renumbered: BTreeMap<i64, i64>,
}

impl Outbox {
    /// Takes up what was stored: deliveries that wait, and the greatest number that was given. What was under way is due again. `host` is
    /// this machine: it tells what cannot be read any more.
    pub fn load(stored: Vec<rows::Sent>, last: i64, host: &str) -> Self {
        let mut outbox = Self { last, ..Self::default() };
        outbox.take_up(stored, host);
        outbox
    }

    /// Takes up what was stored, also if more was said since.
    pub fn take_up(&mut self, stored: Vec<rows::Sent>, host: &str) {
        for (alert, deliveries) in stored {
            if self.alerts.contains_key(&alert.id) {
                continue;
            }
            self.last = self.last.max(alert.id);
            let message = serde_json::from_str(&alert.message).unwrap_or_else(|_| unreadable(&alert, host));
            let id = alert.id;
            let kept = Kept { message: Arc::new(Message { id, ..message }), row: alert, stored: true };
            self.alerts.insert(id, kept);
            for one in deliveries {
                let Some(next_at) = one.next_at else { continue };
                let waiting = Waiting {
                    attempts: one.attempts,
                    failure: one.failure,
                    refused_since: one.refused_since,
                    lets_pass: one.refused_since.is_some(),
                    ..Waiting::new(next_at)
                };
                self.waiting.insert((id, one.channel), waiting);
            }
        }
        self.forget();
    }

    /// Takes an alert, to be told by these channels. Gives its number.
    pub fn put(&mut self, alert: Alert, channels: &[String], now: DateTime<Utc>) -> i64 {
        self.last += 1;
        let id = self.last;
        let message = Message { id, ..alert.message };
        let row = rows::Alert {
            id,
            thread: message.thread.clone(),
            at: now,
            kind: message.kind.code().to_owned(),
            severity: message.severity,
            standing: serde_json::to_string(&alert.standing).unwrap_or_default(),
            message: serde_json::to_string(&message).unwrap_or_default(),
        };
        self.changes.insert((id, None), Change::Alert(row.clone()));
        self.alerts.insert(id, Kept { message: Arc::new(message), row, stored: false });
        for channel in channels {
            let waiting = Waiting::new(now);
            self.change(id, channel, &waiting, None);
            self.waiting.insert((id, channel.clone()), waiting);
        }
        self.forget();
        id
    }

    /// The attempts that are to be made now; they count as under way from then on.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<Delivery> {
        let ready: Vec<(i64, String)> =
            self.ready().filter(|(key, _)| self.may_leave(key, now)).map(|(key, _)| key.clone()).collect();
        let mut due = Vec::new();
        for (alert, channel) in ready {
            if self.in_flight(&channel) >= IN_FLIGHT_MAX {
                continue;
            }
            let Some(kept) = self.alerts.get(&alert) else { continue };
            let mut message = Arc::clone(&kept.message);
            if !kept.stored {
                Arc::make_mut(&mut message).remarks.push(FROM_MEMORY.to_owned());
            }
            if let Some(waiting) = self.waiting.get_mut(&(alert, channel.clone())) {
                waiting.in_flight = true;
            }
            due.push(Delivery { alert, channel, message });
        }
        due
    }

    /// What became of an attempt. `random` is from 0 to 1, any number each time: a pause lasts from nothing to its bound, so that many who
    /// failed at once do not come back at once.
    pub fn outcome(&mut self, alert: i64, channel: &str, became: Became<'_>, now: DateTime<Utc>, random: f64) {
        let alert = self.renumbered.get(&alert).copied().unwrap_or(alert);
        let key = (alert, channel.to_owned());
        let Some(waiting) = self.waiting.get_mut(&key) else { return };
        waiting.in_flight = false;
        waiting.attempts = waiting.attempts.saturating_add(1);
        match became {
            Became::Delivered => {
                (waiting.failure, waiting.refused_since) = (None, None);
                let delivered = waiting.clone();
                self.change(alert, channel, &delivered, Some(now));
                self.waiting.remove(&key);
                self.forget();
                self.hurry(channel, now);
            }
            Became::Failed { why, refused, again_after } => {
                if refused {
                    waiting.refused_since.get_or_insert(now);
                    waiting.lets_pass = true;
                }
                waiting.failure = Some(why.to_owned());
                let asked =
                    again_after.map_or(TimeDelta::zero(), |after| TimeDelta::from_std(after).unwrap_or(ASKED_MAX));
                waiting.next_at = now + pause(waiting.attempts, waiting.lets_pass, random).max(asked.min(ASKED_MAX));
                let waiting = waiting.clone();
                self.change(alert, channel, &waiting, None);
            }
        }
    }

    /// A person took back what waits of an alert by a channel: the history has it so, and nothing is to be stored.
    pub fn withdrawn(&mut self, alert: i64, channel: &str) {
        let key = (alert, channel.to_owned());
        if self.waiting.remove(&key).is_some() {
            self.changes.remove(&(alert, Some(key.1)));
            self.forget();
        }
    }

    /// The channels may be others now: all that waits is due at once, each thread in its order. Nobody knows whether what was refused is.
    pub fn reloaded(&mut self, now: DateTime<Utc>) {
        for waiting in self.waiting.values_mut() {
            (waiting.next_at, waiting.lets_pass) = (now, false);
        }
    }

    /// When an attempt may be made next; none if nothing waits for time alone.
    pub fn next_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let free = |key: &(i64, String)| self.in_flight(&key.1) < IN_FLIGHT_MAX;
        let at = |(key, waiting): (&(i64, String), &Waiting)| {
            let kept = self.alerts.get(&key.0)?;
            let stored = if kept.stored { now } else { kept.row.at + PATIENCE };
            Some(if self.may_leave(key, now) { now } else { waiting.next_at.max(stored) })
        };
        self.ready().filter(|(key, _)| free(key)).filter_map(at).min()
    }

    /// What is to be stored since the last time. Whoever takes it says what became of it: [`Outbox::stored`] or [`Outbox::not_stored`].
    pub fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes).into_values().collect()
    }

    /// They are stored, but for those of alerts whose number another has: these get the next, and are handed out again.
    pub fn stored(&mut self, changes: &[Change], stored: &rows::Stored) {
        self.last = self.last.max(stored.last);
        for change in changes {
            if let Change::Alert(alert) = change
                && let Some(kept) = self.alerts.get_mut(&alert.id)
            {
                kept.stored = true;
            }
        }
        for taken in &stored.taken {
            self.not_stored(changes.iter().filter(|change| change.alert() == *taken).cloned().collect());
            self.last += 1;
            self.renumber(*taken, self.last);
        }
    }

    fn renumber(&mut self, from: i64, to: i64) {
        let number = |id: i64| if id == from { to } else { id };
        let changes = std::mem::take(&mut self.changes).into_iter();
        self.changes =
            changes.map(|((id, channel), change)| ((number(id), channel), renumbered(change, from, to))).collect();
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        self.waiting = waiting.map(|((id, channel), waiting)| ((number(id), channel), waiting)).collect();
        if let Some(kept) = self.alerts.remove(&from) {
            self.alerts.insert(to, kept.numbered(to));
        }
        self.renumbered.values_mut().for_each(|id| *id = number(*id));
        self.renumbered.insert(from, to);
    }

    /// They could not be stored: they are handed out again, but for those that something newer has taken the place of.
    pub fn not_stored(&mut self, changes: Vec<Change>) {
        for change in changes {
            let key = match &change {
                Change::Alert(alert) => (alert.id, None),
                Change::Delivery(delivery) => (delivery.alert, Some(delivery.channel.clone())),
            };
            self.changes.entry(key).or_insert(change);
        }
    }

    /// Whether something is under way.
    pub fn is_sending(&self) -> bool {
        self.waiting.values().any(|waiting| waiting.in_flight)
    }

    /// What waits or is under way, with its alert.
    pub fn waiting(&self) -> impl Iterator<Item = (&Arc<Message>, &str, &Waiting)> {
        self.waiting.iter().filter_map(|((alert, channel), waiting)| {
            Some((&self.alerts.get(alert)?.message, channel.as_str(), waiting))
        })
    }

    /// The first of each thread by each channel, and those before it that were refused, if they are not under way. First is who has the
    /// first place in the thread: its number may have become a later one.
    fn ready(&self) -> impl Iterator<Item = (&(i64, String), &Waiting)> {
        let of = |(alert, channel): &'_ (i64, String)| {
            let message = self.alerts.get(alert).map(|kept| &kept.message)?;
            Some((message.place_in_thread, (message.thread.as_str(), channel.clone())))
        };
        let mut first: BTreeMap<(&str, String), u32> = BTreeMap::new();
        for (place, thread) in
            self.waiting.iter().filter(|(_, waiting)| !waiting.lets_pass).filter_map(|(key, _)| of(key))
        {
            first.entry(thread).and_modify(|first| *first = place.min(*first)).or_insert(place);
        }
        self.waiting.iter().filter(move |(key, waiting)| {
            let is_first = of(key).is_none_or(|(place, thread)| first.get(&thread).is_none_or(|first| place <= *first));
            is_first && !waiting.in_flight
        })
    }

    /// Whether its time has come. One that lies further ahead than anybody is waited for was reckoned by a clock that was set back since.
    fn may_leave(&self, key: &(i64, String), now: DateTime<Utc>) -> bool {
        let Some((kept, waiting)) = self.alerts.get(&key.0).zip(self.waiting.get(key)) else { return false };
        let stored = kept.stored || now < kept.row.at || now - kept.row.at >= PATIENCE;
        stored && (waiting.next_at <= now || waiting.next_at > now + ASKED_MAX)
    }

    fn in_flight(&self, channel: &str) -> usize {
        self.waiting.iter().filter(|((_, of), waiting)| of == channel && waiting.in_flight).count()
    }

    /// A channel works: who has waited for it longest goes next, and whoever was refused keeps waiting.
    fn hurry(&mut self, channel: &str, now: DateTime<Utc>) {
        let of_channel = |((_, of), waiting): &(&(i64, String), &mut Waiting)| {
            of == channel && !waiting.in_flight && !waiting.lets_pass && waiting.next_at > now
        };
        if let Some((_, first)) = self.waiting.iter_mut().find(of_channel) {
            first.next_at = now;
        }
    }

    /// How a delivery stands is to be stored, with all that a history which has lost the alert would need.
    fn change(&mut self, alert: i64, channel: &str, waiting: &Waiting, delivered_at: Option<DateTime<Utc>>) {
        let Self { alerts, waiting: all, changes, .. } = self;
        changes.insert((alert, Some(channel.to_owned())), Change::Delivery(row(alert, channel, waiting, delivered_at)));
        if let Some(kept) = alerts.get(&alert) {
            changes.entry((alert, None)).or_insert_with(|| Change::Alert(kept.row.clone()));
        }
        for ((_, other), waiting) in all.range((alert, String::new())..).take_while(|((id, _), _)| *id == alert) {
            let change = || Change::Delivery(row(alert, other, waiting, None));
            changes.entry((alert, Some(other.clone()))).or_insert_with(change);
        }
    }

    /// What is everywhere need not be in memory.
    fn forget(&mut self) {
        let Self { alerts, waiting, .. } = self;
        alerts.retain(|id, _| waiting.range((*id, String::new())..).next().is_some_and(|((alert, _), _)| alert == id));
    }
}

/// How long to wait after a failure: a random part of a bound that doubles each time.
fn pause(attempts: u32, refused: bool, random: f64) -> TimeDelta {
    let doubled = 2_u32.checked_pow(attempts.saturating_sub(1)).and_then(|times| PAUSE_FIRST.checked_mul(times));
    let bound = if refused { PAUSE_MAX } else { doubled.unwrap_or(PAUSE_MAX).min(PAUSE_MAX) };
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 };
    TimeDelta::from_std(bound.mul_f64(random)).unwrap_or_default()
}

fn row(alert: i64, channel: &str, waiting: &Waiting, delivered_at: Option<DateTime<Utc>>) -> rows::Delivery {
    rows::Delivery {
        alert,
        channel: channel.to_owned(),
        attempts: waiting.attempts,
        next_at: if delivered_at.is_some() { None } else { Some(waiting.next_at) },
        delivered_at,
        withdrawn_by: None,
        failure: waiting.failure.clone(),
        refused_since: waiting.refused_since,
    }
}

fn renumbered(change: Change, from: i64, to: i64) -> Change {
    match change {
        Change::Alert(alert) if alert.id == from => Change::Alert(numbered(alert, to)),
        Change::Delivery(delivery) if delivery.alert == from => {
            Change::Delivery(rows::Delivery { alert: to, ..delivery })
        }
        other => other,
    }
}

/// The same by another number, which the message bears as well.
fn numbered(row: rows::Alert, id: i64) -> rows::Alert {
    let message = serde_json::from_str::<Message>(&row.message).map(|message| Message { id, ..message });
    let message = message.and_then(|message| serde_json::to_string(&message)).unwrap_or(row.message);
    rows::Alert { id, message, ..row }
}

/// What is told where the words of an alert cannot be read any more: that it was.
fn unreadable(alert: &rows::Alert, host: &str) -> Message {
    let standing: Option<Standing> = serde_json::from_str(&alert.standing).ok();
    // At a place that another has, receivers would take it for that one: where its own is not known, it is of no thread.
    let of_its_own = || (format!("unreadable-{}", alert.id), 0);
    let news = standing.as_ref().map_or(0, |standing| standing.news);
    let (thread, place) = standing.map_or_else(of_its_own, |standing| (alert.thread.clone(), standing.place));
    let lead = Lead {
        what: "An alert was to be told, and its text cannot be read from the history any more.".to_owned(),
        place: fit(&format!("Alert {}, thread {}.", alert.id, clean(&alert.thread)), LINE_MAX),
        why: "The history is damaged, or of another version.".to_owned(),
        stake: "What it told of may last.".to_owned(),
        act: "See what lasts: arraywatch status. Check the history: arraywatch db check.".to_owned(),
    };
    let title = format!(
        "{} on {}: an alert of {} cannot be read any more",
        alert.severity.code().to_uppercase(),
        clean(host),
        instant(alert.at)
    );
    Message {
        place_in_thread: place,
        news,
        title: fit(&title, TITLE_MAX),
        lead,
        ..Message::of_no_case(host, Kind::Watching, alert.severity, &thread, alert.at)
    }
}

#[cfg(test)]
mod tests;
