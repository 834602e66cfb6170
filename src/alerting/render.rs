//! A message as people read it: plain text, HTML, one line. What is in a message is shown; nothing is added that another channel lacks.

use super::message::{Message, UNCOUNTED};
use crate::words::clean;
use std::fmt::Write as _;

/// Columns of plain text: what a mail reader shows without folding lines anew.
const WIDTH: usize = 72;

/// The words before the five lines, as wide as the widest.
const LABELS: [&str; 5] = ["What", "Where", "Why", "Risk", "Do"];

/// Bytes of the one line: datagrams of the system log are cut at a kilobyte by old receivers (RFC 3164, 4.1).
const LINE_MAX: usize = 900;

/// Plain text, in 72 columns, ending with a line feed. The five lines come first.
pub fn text(message: &Message) -> String {
    let mut out = String::new();
    for (label, line) in LABELS.iter().zip(lead(message)) {
        paragraph(&mut out, &format!("{label:<7}"), line);
    }
    for remark in &message.remarks {
        out.push('\n');
        paragraph(&mut out, "! ", remark);
    }
    list(&mut out, "DO NOT", message.do_not.iter().map(|advice| ("x ".to_owned(), advice.as_str())));
    let steps = message.do_next.iter().zip(1..);
    list(&mut out, "DO NEXT", steps.map(|(advice, number)| (format!("{number}. "), advice.as_str())));
    list(&mut out, "CASES", message.cases.iter().map(|case| ("- ".to_owned(), case.as_str())));
    let suspects = message.suspects.iter();
    list(&mut out, "SUSPECTS", suspects.map(|(percent, name)| (format!("{percent:>3} %  "), name.as_str())));
    let happened = message.evidence.iter();
    list(
        &mut out,
        "WHAT HAPPENED (UTC)",
        happened.map(|(at, text)| (format!("{}  ", at.format("%Y-%m-%d %H:%M:%S")), text.as_str())),
    );
    list(&mut out, "NOT KNOWN", message.unknown.iter().map(|unknown| ("? ".to_owned(), unknown.as_str())));
    if !message.article.is_empty() {
        out.push('\n');
        out.push_str(message.code.as_deref().map_or("ARTICLE", |_| "WHAT THIS KIND OF CASE IS"));
        out.push('\n');
        for line in message.article.lines() {
            paragraph(&mut out, if line.starts_with("- ") { "  " } else { "" }, line);
        }
    }
    out.push('\n');
    for line in foot(message) {
        paragraph(&mut out, "", &line);
    }
    out
}

/// One line: for the system log and wherever there is room for no more. At most 900 bytes, no line feed.
pub fn line(message: &Message) -> String {
    let [_, place, _, stake, act] = lead(message);
    let case = message.case.as_deref().map(|case| format!(" [case {}]", clean(case))).unwrap_or_default();
    let whole = clean_line(&format!("{}{case} | {place} | {stake} | {act}", message.title));
    if whole.len() <= LINE_MAX {
        return whole;
    }
    let mut end = LINE_MAX - '\u{2026}'.len_utf8();
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\u{2026}", whole.get(..end).unwrap_or_default())
}

/// A whole page of HTML: styles in place, no image, nothing loaded; readable by its order alone where a reader takes the styles out.
/// Colours are given in pairs, and a dark reader may turn them about.
pub fn html(message: &Message) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">",
    );
    let _ = writeln!(out, "<title>{}</title></head>", escaped(&message.title));
    out.push_str("<body style=\"margin:0;padding:12px;font:16px/1.45 system-ui,sans-serif;max-width:44em\">\n");
    let edge = match message.severity {
        crate::model::Severity::Critical => "#c62828",
        crate::model::Severity::Warning => "#b26a00",
        crate::model::Severity::Info => "#2e7d32",
    };
    let _ = writeln!(
        out,
        "<h1 style=\"font-size:1.15em;margin:0 0 .6em;padding-left:.6em;border-left:6px solid {edge}\">{}</h1>",
        escaped(&message.title)
    );
    out.push_str("<table role=\"presentation\" style=\"border-collapse:collapse\">\n");
    for (label, line) in LABELS.iter().zip(lead(message)) {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;padding:2px 12px 2px 0\">{label}</th>\
             <td style=\"padding:2px 0\">{}</td></tr>",
            escaped(line)
        );
    }
    out.push_str("</table>\n");
    for remark in &message.remarks {
        let _ = writeln!(out, "<p><strong>{}</strong></p>", escaped(remark));
    }
    html_list(&mut out, "Do not", "ul", message.do_not.iter().map(|advice| escaped(advice)));
    html_list(&mut out, "Do next", "ol", message.do_next.iter().map(|advice| escaped(advice)));
    html_list(&mut out, "Cases", "ul", message.cases.iter().map(|case| escaped(case)));
    let suspects = message.suspects.iter().map(|(percent, name)| format!("{percent}&nbsp;% {}", escaped(name)));
    html_list(&mut out, "Suspects", "ul", suspects);
    let happened = message.evidence.iter();
    let happened = happened.map(|(at, text)| format!("<b>{}</b> {}", at.format("%Y-%m-%d %H:%M:%S"), escaped(text)));
    html_list(&mut out, "What happened (UTC)", "ul", happened);
    html_list(&mut out, "Not known", "ul", message.unknown.iter().map(|unknown| escaped(unknown)));
    if !message.article.is_empty() {
        out.push_str("<h2 style=\"font-size:1em\">What this kind of case is</h2>\n");
        for part in message.article.split("\n\n") {
            let _ = writeln!(out, "<p>{}</p>", escaped_lines(part));
        }
    }
    out.push_str("<hr><p style=\"font-size:.85em\">");
    out.push_str(&foot(message).iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>"));
    out.push_str("</p>\n</body></html>\n");
    out
}

fn lead(message: &Message) -> [&str; 5] {
    let lead = &message.lead;
    [&lead.what, &lead.place, &lead.why, &lead.stake, &lead.act].map(String::as_str)
}

/// By what it is found again, and by what a person answers.
fn foot(message: &Message) -> Vec<String> {
    let mut foot = Vec::new();
    if let Some(case) = &message.case {
        foot.push(format!("Case {case}. What it rests on: arraywatch why {case}"));
        let asks = !matches!(message.kind, super::Kind::Acknowledged | super::Kind::Repaired | super::Kind::Resolved);
        if asks {
            foot.push(format!("Taking it: arraywatch ack {case} --by NAME"));
        }
    }
    let at = message.at.format("%Y-%m-%d %H:%M:%S UTC");
    let place = match message.place_in_thread {
        UNCOUNTED.. => "it is not known which of its thread".to_owned(),
        place => format!("{} of its thread", place + 1),
    };
    foot.push(format!("Said {at} by arraywatch, message {} ({}, {place}).", message.id, message.kind.code()));
    foot
}

/// No control character, a line feed least of all.
fn clean_line(text: &str) -> String {
    // By pieces, since `clean` bounds what it is given.
    text.split(' ').map(clean).collect::<Vec<_>>().join(" ")
}

fn paragraph(out: &mut String, lead: &str, text: &str) {
    let text = clean_line(text);
    let hang = " ".repeat(textwrap::core::display_width(lead));
    let options = textwrap::Options::new(WIDTH).initial_indent(lead).subsequent_indent(&hang);
    for line in textwrap::wrap(&text, options) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    if text.is_empty() {
        out.push_str(lead.trim_end());
        out.push('\n');
    }
}

fn list<'a>(out: &mut String, heading: &str, items: impl Iterator<Item = (String, &'a str)>) {
    let mut first = true;
    for (lead, text) in items {
        if std::mem::take(&mut first) {
            out.push('\n');
            out.push_str(heading);
            out.push('\n');
        }
        paragraph(out, &format!("  {lead}"), text);
    }
}

fn html_list(out: &mut String, heading: &str, tag: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if !items.is_empty() {
        let _ = write!(out, "<h2 style=\"font-size:1em\">{heading}</h2>\n<{tag}>\n{}</{tag}>\n", items.concat());
    }
}

/// As text of a page, and nothing else.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in clean_line(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            c => shown.push(c),
        }
    }
    shown
}

fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("<br>\n")
}

#[cfg(test)]
mod tests;
