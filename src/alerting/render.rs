//! A message as people read it: plain text, HTML, one line. What is in a message is shown; nothing is added that another channel lacks.

use super::Kind;
use super::compose::SECTIONS;
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
    let (article, elsewhere) = article(message);
    if !article.is_empty() {
        out.push_str("\nWHAT THIS KIND OF CASE IS\n");
    }
    for part in article {
        match part {
            Part::Heading(heading) => {
                let _ = writeln!(out, "\n{}", heading.to_uppercase());
            }
            Part::Item(item) => paragraph(&mut out, "  - ", item),
            Part::Text(text) => paragraph(&mut out, "  ", text),
        }
    }
    if let Some(elsewhere) = elsewhere {
        out.push('\n');
        paragraph(&mut out, "", &elsewhere);
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
    let _ = writeln!(out, "<title>{}</title></head>", entities(&message.title));
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
    let happened = happened.map(|(at, text)| {
        format!("<b style=\"white-space:nowrap\">{}</b> {}", at.format("%Y-%m-%d %H:%M:%S"), escaped(text))
    });
    html_list(&mut out, "What happened (UTC)", "ul", happened);
    html_list(&mut out, "Not known", "ul", message.unknown.iter().map(|unknown| escaped(unknown)));
    let (article, elsewhere) = article(message);
    if !article.is_empty() {
        out.push_str("<h2 style=\"font-size:1em\">What this kind of case is</h2>\n");
    }
    for parts in article.chunk_by(|one, next| matches!((one, next), (Part::Item(_), Part::Item(_)))) {
        let items = |part: &Part<'_>| match part {
            Part::Item(item) => format!("<li>{}</li>\n", with_code(item)),
            Part::Heading(heading) => format!("<h3 style=\"font-size:.95em\">{}</h3>\n", escaped(heading)),
            Part::Text(text) => format!("<p>{}</p>\n", with_code(text)),
        };
        let shown: String = parts.iter().map(items).collect();
        let is_list = matches!(parts, [Part::Item(_), ..]);
        out.push_str(&if is_list { format!("<ul>\n{shown}</ul>\n") } else { shown });
    }
    if let Some(elsewhere) = elsewhere {
        let _ = writeln!(out, "<p>{}</p>", escaped(&elsewhere));
    }
    out.push_str("<hr><p style=\"font-size:.85em\">");
    out.push_str(&foot(message).iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>"));
    out.push_str("</p>\n</body></html>\n");
    out
}

/// A part of an article.
enum Part<'a> {
    Heading(&'a str),
    Item(&'a str),
    Text(&'a str),
}

/// The article, or where it stands: whoever reads what is no news in a thread has it from what the thread began with.
fn article(message: &Message) -> (Vec<Part<'_>>, Option<String>) {
    let follows = matches!(message.kind, Kind::Verdict | Kind::Reminder | Kind::Acknowledged);
    match &message.code {
        Some(code) if follows && message.place_in_thread > 0 && !message.article.is_empty() => {
            let of = format!(
                "What this kind of case is stands in the first message of this thread, and is shown by: arraywatch explain {code}"
            );
            (Vec::new(), Some(of))
        }
        _ => {
            let part = |line| match line {
                line if SECTIONS.contains(&line) => Part::Heading(line),
                line => line.strip_prefix("- ").map_or(Part::Text(line), Part::Item),
            };
            (message.article.lines().filter(|line| !line.is_empty()).map(part).collect(), None)
        }
    }
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
        let asks = !matches!(message.kind, Kind::Acknowledged | Kind::Repaired | Kind::Resolved);
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
    let text = glued(&clean_line(text));
    let hang = " ".repeat(textwrap::core::display_width(lead));
    // Dates are not broken at their hyphens.
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(lead)
        .subsequent_indent(&hang)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(&text, options) {
        out.push_str(&unglued(line.trim_end()));
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

/// As text of a page, and nothing else; dates with their times, and numbers with their percent signs, are kept on one line.
fn escaped(text: &str) -> String {
    let text = entities(text);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, time, after)) = next_time(rest) {
        let _ = write!(shown, "{before}<span style=\"white-space:nowrap\">{time}</span>");
        rest = after;
    }
    shown.push_str(rest);
    glued(&shown).replace(GLUE, "&nbsp;")
}

/// The same, and what stands between backticks is code.
fn with_code(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // A backtick that nothing closes is one.
    let closed = pieces.len() - usize::from(pieces.len().is_multiple_of(2));
    let (pairs, open) = pieces.split_at(closed);
    let piece = |(place, piece): (usize, &&str)| match place % 2 {
        0 => escaped(piece),
        _ => format!("<code>{}</code>", entities(piece)),
    };
    let shown: String = pairs.iter().enumerate().map(piece).collect();
    open.iter().fold(shown, |shown, piece| format!("{shown}`{}", escaped(piece)))
}

/// The first date in a text, with the time of day behind it, and what stands around it.
fn next_time(text: &str) -> Option<(&str, &str, &str)> {
    const DATE: &str = "0000-00-00";
    let is_like = |text: &str, form: &str| {
        let alike = |(c, like): (char, char)| if like == '0' { c.is_ascii_digit() } else { c == like };
        text.get(..form.len()).is_some_and(|front| front.chars().zip(form.chars()).all(alike))
    };
    let at =
        text.char_indices().map(|(at, _)| at).find(|at| text.get(*at..).is_some_and(|rest| is_like(rest, DATE)))?;
    let (before, rest) = text.split_at(at);
    let forms = ["0000-00-00 00:00:00 UTC", "0000-00-00 00:00 UTC", "0000-00-00 00:00:00", "0000-00-00 00:00", DATE];
    let form = forms.into_iter().find(|form| is_like(rest, form))?;
    let (time, after) = rest.split_at(form.len());
    Some((before, time, after))
}

/// Stands for a blank at which no line ends.
const GLUE: char = '\u{a0}';

/// A number stays with its percent sign.
fn glued(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

fn unglued(line: &str) -> String {
    line.replace(GLUE, " ")
}

/// With what HTML acts on as entities.
fn entities(text: &str) -> String {
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

#[cfg(test)]
mod tests;
