//! What was told to people: what waits first, then what arrived, then what is held.

use super::investigate::style;
use super::page::{BAD, DOUBTFUL, FAINT, GOOD, Page};
use crate::alerting::Message;
use crate::history::outbox::{Alert, Delivery, Sent};
use crate::report::json::Alerts;
use crate::words::{clean, instant, number_of};

/// What was told, and what is held.
pub fn alerts<'a>(told: &Alerts<'a>) -> String {
    let mut page = Page::new();
    // Each stands by its channels: where it waits for some and has arrived by others, in both places.
    let of = |waits: bool| {
        let of = move |(alert, deliveries): &'a Sent| {
            let of: Vec<&Delivery> = deliveries.iter().filter(|one| one.next_at.is_some() == waits).collect();
            (!of.is_empty() || !waits && deliveries.is_empty()).then_some((alert, of))
        };
        told.alerts.iter().filter_map(of).collect::<Vec<_>>()
    };
    let (waiting, settled) = (of(true), of(false));
    page.heading("WAITING");
    if waiting.is_empty() {
        page.styled(2, "", GOOD, "nothing: all that was said has arrived, or was taken back");
    }
    waiting.iter().for_each(|(alert, deliveries)| one(&mut page, alert, deliveries, told.alerts));
    page.heading("TOLD");
    if settled.is_empty() {
        page.item(2, "", "nothing in this time");
    }
    settled.iter().rev().for_each(|(alert, deliveries)| one(&mut page, alert, deliveries, told.alerts));
    if !told.held.is_empty() {
        page.heading("NOT TOLD FOR NOW");
    }
    for held in told.held {
        let until = held.until.map(|until| format!("until {}: ", instant(until))).unwrap_or_default();
        page.item(2, &format!("{}  ", held.case), &format!("{} {}", held.code.code(), held.subject));
        page.styled(14, "", FAINT, &format!("{until}{}", held.why));
    }
    // The first heading has nothing to stand off from.
    page.finish().trim_start_matches('\n').to_owned()
}

/// An alert with those of its deliveries that are to be shown.
fn one(page: &mut Page, alert: &Alert, deliveries: &[&Delivery], all: &[Sent]) {
    let Alert { id, at, kind, severity, thread, message, .. } = alert;
    let read: Option<Message> = serde_json::from_str(message).ok();
    let title = read.map_or_else(|| format!("{kind} of {thread}, whose words cannot be read"), |message| message.title);
    page.styled(2, &format!("{id:>4}  {}  ", instant(*at)), style(*severity), &clean(&title));
    if deliveries.is_empty() {
        page.styled(8, "", DOUBTFUL, "no channel was there to tell it by");
    }
    let mut arrived: Vec<(String, Vec<String>)> = Vec::new();
    for delivery in deliveries {
        match (&delivery.withdrawn_by, delivery.delivered_at.map(instant)) {
            (None, Some(at)) => match arrived.iter_mut().find(|(other, _)| *other == at) {
                Some((_, channels)) => channels.push(clean(&delivery.channel)),
                None => arrived.push((at, vec![clean(&delivery.channel)])),
            },
            _ => waits(page, delivery, goes_before(alert, delivery, all)),
        }
    }
    for (at, channels) in arrived {
        page.item(8, &format!("arrived {at} by "), &channels.join(", "));
    }
}

/// The alert of the same thread that waits to arrive by the same channel before this one is sent.
fn goes_before(alert: &Alert, delivery: &Delivery, all: &[Sent]) -> Option<i64> {
    let waits =
        |one: &Delivery| one.channel == delivery.channel && one.next_at.is_some() && one.refused_since.is_none();
    let before = all.iter().filter(|(other, _)| other.thread == alert.thread && other.id < alert.id);
    before.filter(|(_, deliveries)| deliveries.iter().any(waits)).map(|(other, _)| other.id).min()
}

/// A delivery that did not arrive.
fn waits(page: &mut Page, one: &Delivery, goes_before: Option<i64>) {
    let channel = format!("{}  ", clean(&one.channel));
    let why = one.failure.as_deref().map(|failure| format!(": {}", clean(failure))).unwrap_or_default();
    match (&one.withdrawn_by, one.next_at) {
        (Some(by), _) => page.item(8, &channel, &format!("taken back by {}{why}", clean(by))),
        (None, Some(_)) if one.attempts == 0 => {
            let told = goes_before.map_or_else(|| "waits to be sent".to_owned(), |id| format!("waits for alert {id}"));
            page.styled(8, &channel, DOUBTFUL, &told);
        }
        (None, Some(next)) => {
            let tried = number_of(one.attempts.into(), "time", "times");
            let refused = one.refused_since.map(|since| format!("refused since {}, ", instant(since)));
            let refused = refused.unwrap_or_default();
            page.styled(8, &channel, BAD, &format!("{refused}tried {tried}, again at {}{why}", instant(next)));
        }
        (None, None) => page.item(8, &channel, "nothing is known of it"),
    }
}

/// That an alert was taken back, or what waited for a channel.
pub fn withdrawn(alert: Option<i64>, channel: Option<&str>, by: &str, deliveries: usize) -> String {
    let mut page = Page::new();
    let alert = alert.map(|alert| format!("alert {alert}"));
    let channel = channel.map(|channel| format!("channel {}", clean(channel)));
    let of = alert.into_iter().chain(channel).collect::<Vec<_>>().join(", ");
    let text = match deliveries {
        0 => format!("{of}: nothing of it waited, nothing was changed"),
        some => {
            format!("{of}: {} taken back by {}", number_of(some as u64, "delivery was", "deliveries were"), clean(by))
        }
    };
    page.item(0, "", &text);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use chrono::{DateTime, Utc};
    use std::path::Path;

    /// With one dead channel every alert stood under WAITING with all the channels that it had arrived by, and TOLD was "nothing".
    #[test]
    fn an_alert_waits_by_the_channels_that_it_waits_for() {
        let at: DateTime<Utc> = "2026-11-22T09:28:00Z".parse().expect("a time");
        let delivery = |channel: &str, arrived: bool| Delivery {
            alert: 1,
            channel: channel.to_owned(),
            attempts: 1,
            next_at: (!arrived).then_some(at),
            delivered_at: arrived.then_some(at),
            withdrawn_by: None,
            failure: (!arrived).then(|| "no answer".to_owned()),
            refused_since: None,
        };
        let alert = Alert {
            id: 1,
            thread: "t".to_owned(),
            at,
            kind: "fact".to_owned(),
            severity: Severity::Critical,
            standing: String::new(),
            message: String::new(),
        };
        let alerts: [Sent; 1] =
            [(alert, vec![delivery("dead", false), delivery("mail", true), delivery("pager", true)])];
        let page = super::alerts(&Alerts { database: Path::new("h.db"), now: at, alerts: &alerts, held: &[] });
        let page = anstream::adapter::strip_str(&page).to_string();
        let title = "     1  2026-11-22 09:28 UTC  fact of t, whose words cannot be read";
        let expect = format!(
            "WAITING\n{title}\n        dead  tried 1 time, again at 2026-11-22 09:28 UTC: no answer\n\n\
             TOLD\n{title}\n        arrived 2026-11-22 09:28 UTC by mail, pager\n"
        );
        assert_eq!(page, expect);
    }
}
