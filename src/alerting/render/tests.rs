use super::*;
use crate::alerting::{Kind, Lead};
use crate::model::Severity;
use chrono::DateTime;
use proptest::prelude::*;

/// A message all of whose texts are this one.
fn all(text: &str) -> Message {
    let own = || text.to_owned();
    let mut message = Message::of_no_case("db7", Kind::Fact, Severity::Critical, "t", DateTime::UNIX_EPOCH);
    message.title = own();
    message.lead = Lead { what: own(), place: own(), why: own(), stake: own(), act: own() };
    (message.host, message.case, message.code, message.subject) = (own(), Some(own()), Some(own()), own());
    (message.do_next, message.do_not, message.unknown) = (vec![own()], vec![own()], vec![own()]);
    (message.cases, message.remarks, message.suspects) = (vec![own()], vec![own()], vec![(61, own())]);
    message.evidence = vec![(DateTime::UNIX_EPOCH, own())];
    message.article = format!("{text}\n\n- {text}");
    message
}

/// Tags of HTML that a page consists of.
fn tags(html: &str) -> Vec<&str> {
    html.split('<')
        .skip(1)
        .map(|tag| tag.split(['>', ' ']).next().unwrap_or_default().trim_start_matches('/'))
        .collect()
}

#[test]
fn nothing_gets_out_of_its_place_in_html() {
    let known = tags(&html(&all("x"))).into_iter().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    for evil in
        ["<script>alert(1)</script>", "\"><img src=x onerror=y>", "</td></table>", "&lt;b", "a\u{202e}b\r\nc", "'"]
    {
        let page = html(&all(evil));
        assert!(tags(&page).iter().all(|tag| known.contains(*tag)), "{evil}: {page}");
        assert!(!page.contains("onerror=y>") && !page.contains('\u{202e}') && !page.contains('\r'), "{evil}");
    }
    assert!(html(&all("a & b")).contains("a &amp; b"));
}

#[test]
fn a_line_is_one_line_and_bounded() {
    let check = |text: &str| {
        let line = line(&all(text));
        assert!(line.len() <= LINE_MAX && !line.chars().any(char::is_control), "{line}");
    };
    check("plain");
    check("two\r\nlines \u{1b}[31m");
    check(&"\u{e9}".repeat(2_000));
}

#[test]
fn the_five_lines_come_first() {
    let message = all("words");
    let text = text(&message);
    let heads: Vec<&str> = text.lines().take(5).map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(heads, LABELS);
}

#[test]
fn a_place_that_is_no_count_is_not_counted() {
    let check = |place: u32, expect: &str| {
        let foot = foot(&Message { place_in_thread: place, ..all("words") }).pop().unwrap_or_default();
        assert!(foot.ends_with(expect), "{foot}");
    };
    check(0, "(fact, 1 of its thread).");
    check(2, "(fact, 3 of its thread).");
    check(UNCOUNTED - 1, "(fact, 1073741824 of its thread).");
    check(UNCOUNTED, "(fact, it is not known which of its thread).");
    check(u32::MAX, "(fact, it is not known which of its thread).");
}

proptest! {
    /// Whatever the words are: no control character, and no line that a mail reader would fold, but for words longer than a line.
    #[test]
    fn text_is_of_72_columns(words in "\\PC{0,60}( \\PC{0,30}){0,12}", control in "[\\x00-\\x1f\\x7f\\u{202e}]{0,3}") {
        let text = text(&all(&format!("{words}{control}")));
        for line in text.lines() {
            prop_assert!(textwrap::core::display_width(line) <= WIDTH, "{line}");
            prop_assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
        }
    }
}
