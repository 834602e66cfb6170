//! What was told to people: what waits first, then what arrived, then what is held.

use super::investigate::style;
use super::page::{BAD, DOUBTFUL, FAINT, GOOD, Page};
use crate::alerting::Message;
use crate::history::outbox::{Alert, Delivery, Sent};
use crate::report::json::Alerts;
use crate::words::{clean, instant, number_of};

/// What was told, and what is held.
pub fn alerts(told: &Alerts<'_>) -> String {
    let mut page = Page::new();
    let (waiting, settled): (Vec<&Sent>, Vec<&Sent>) =
        told.alerts.iter().partition(|(_, deliveries)| deliveries.iter().any(|one| one.next_at.is_some()));
    page.heading("WAITING");
    if waiting.is_empty() {
        page.styled(2, "", GOOD, "nothing: all that was said has arrived, or was taken back");
    }
    waiting.iter().for_each(|sent| one(&mut page, sent, told.alerts));
    page.heading("TOLD");
    if settled.is_empty() {
        page.item(2, "", "nothing in this time");
    }
    settled.iter().rev().for_each(|sent| one(&mut page, sent, told.alerts));
    if !told.held.is_empty() {
        page.heading("NOT TOLD FOR NOW");
    }
    for held in told.held {
        let until = held.until.map(|until| format!("until {}: ", instant(until))).unwrap_or_default();
        page.item(2, &format!("{}  ", held.case), &format!("{} {}", held.code.code(), held.subject));
        page.styled(14, "", FAINT, &format!("{until}{}", held.why));
    }
    page.finish()
}

fn one(page: &mut Page, (alert, deliveries): &Sent, all: &[Sent]) {
    let Alert { id, at, kind, severity, thread, message, .. } = alert;
    let read: Option<Message> = serde_json::from_str(message).ok();
    let title = read.map_or_else(|| format!("{kind} of {thread}, whose words cannot be read"), |message| message.title);
    page.styled(2, &format!("{id:>4}  {}  ", instant(*at)), style(*severity), &clean(&title));
    if deliveries.is_empty() {
        page.styled(8, "", DOUBTFUL, "no channel was there to tell it by");
    }
    for delivery in deliveries {
        delivered(page, delivery, goes_before(alert, delivery, all));
    }
}

/// The alert of the same thread that waits to arrive by the same channel before this one is sent.
fn goes_before(alert: &Alert, delivery: &Delivery, all: &[Sent]) -> Option<i64> {
    let waits =
        |one: &Delivery| one.channel == delivery.channel && one.next_at.is_some() && one.refused_since.is_none();
    let before = all.iter().filter(|(other, _)| other.thread == alert.thread && other.id < alert.id);
    before.filter(|(_, deliveries)| deliveries.iter().any(waits)).map(|(other, _)| other.id).min()
}

fn delivered(page: &mut Page, one: &Delivery, goes_before: Option<i64>) {
    let channel = format!("{}  ", clean(&one.channel));
    let why = one.failure.as_deref().map(|failure| format!(": {}", clean(failure))).unwrap_or_default();
    match (&one.withdrawn_by, one.delivered_at, one.next_at) {
        (Some(by), ..) => page.item(8, &channel, &format!("taken back by {}{why}", clean(by))),
        (None, Some(at), _) => page.item(8, &channel, &format!("arrived {}", instant(at))),
        (None, None, Some(_)) if one.attempts == 0 => {
            let told = goes_before.map_or_else(|| "waits to be sent".to_owned(), |id| format!("waits for alert {id}"));
            page.styled(8, &channel, DOUBTFUL, &told);
        }
        (None, None, Some(next)) => {
            let tried = number_of(one.attempts.into(), "time", "times");
            let refused = one.refused_since.map(|since| format!("refused since {}, ", instant(since)));
            let refused = refused.unwrap_or_default();
            page.styled(8, &channel, BAD, &format!("{refused}tried {tried}, again at {}{why}", instant(next)));
        }
        (None, None, None) => page.item(8, &channel, "nothing is known of it"),
    }
}

/// That an alert was taken back.
pub fn withdrawn(alert: i64, by: &str, deliveries: usize) -> String {
    let mut page = Page::new();
    let text = match deliveries {
        0 => format!("alert {alert}: nothing of it waited, nothing was changed"),
        some => format!(
            "alert {alert}: {} taken back by {}",
            number_of(some as u64, "delivery was", "deliveries were"),
            clean(by)
        ),
    };
    page.item(0, "", &text);
    page.finish()
}
