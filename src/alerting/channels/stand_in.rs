//! Stands where `alerting::render` will: plain renderings of a message.

use crate::alerting::Message;
use crate::words::clean;
use std::fmt::Write as _;

pub(super) fn text(message: &Message) -> String {
    let lead = &message.lead;
    let mut text = String::new();
    for line in [&lead.what, &lead.place, &lead.why, &lead.stake, &lead.act] {
        let _ = writeln!(text, "{}", clean(line));
    }
    for (at, what) in &message.evidence {
        let _ = writeln!(text, "{}  {}", crate::words::instant(*at), clean(what));
    }
    text + &message.article + "\n"
}

pub(super) fn html(message: &Message) -> String {
    let mut html = String::from("<!DOCTYPE html><html><body>");
    for line in text(message).lines() {
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(html, "<p>{line}</p>");
    }
    html + "</body></html>"
}

pub(super) fn line(message: &Message) -> String {
    format!("{}: {}", clean(&message.title), clean(&message.lead.act))
}
