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

/// A whole message with an article, as mails have it.
fn with_article() -> Message {
    let mut message = all("Since 2026-11-22 09:35 UTC it had 40 %.");
    message.article =
        "It failed\n\nWhat it means\nA member failed.\n\nWhat to do\n- Read `cat /proc/mdstat` and write \
                       down which of the members it is that failed.\n- Wait."
            .to_owned();
    message
}

/// Its items hung at the wrong column, two blank lines stood before each of its headings, and in HTML it was raw text.
#[test]
fn an_article_is_set_as_the_rest() {
    let message = with_article();
    let expect = "\nWHAT THIS KIND OF CASE IS\n  It failed\n\nWHAT IT MEANS\n  A member failed.\n\nWHAT TO DO\n  \
                  - Read `cat /proc/mdstat` and write down which of the members it is\n    that failed.\n  - Wait.\n\nCase ";
    assert!(text(&message).contains(expect), "{}", text(&message));
    let expect = "<p>It failed</p>\n<h3 style=\"font-size:.95em\">What it means</h3>\n<p>A member failed.</p>\n\
                  <h3 style=\"font-size:.95em\">What to do</h3>\n<ul>\n<li>Read <code>cat /proc/mdstat</code> and write \
                  down which of the members it is that failed.</li>\n<li>Wait.</li>\n</ul>\n";
    assert!(html(&message).contains(expect), "{}", html(&message));
    assert_eq!(with_code("a `b` c ` d"), "a <code>b</code> c ` d");
    assert_eq!(with_code("`<`"), "<code>&lt;</code>");
}

#[test]
fn an_article_stands_once_in_a_thread() {
    let check = |kind, place_in_thread, expect: bool| {
        let message = Message { kind, place_in_thread, ..with_article() };
        for shown in [text(&message), html(&message)] {
            assert_eq!(shown.contains("A member failed."), expect, "{kind:?}");
            assert_eq!(shown.contains("arraywatch explain"), !expect, "{kind:?}");
        }
    };
    check(Kind::Fact, 0, true);
    check(Kind::Worse, 1, true);
    check(Kind::Verdict, 1, false);
    check(Kind::Reminder, 2, false);
    // The first that is known of its thread.
    check(Kind::Reminder, 0, true);
}

/// "Since 2026-11-" / "22 09:35 UTC", and "40" / "%".
#[test]
fn a_date_is_not_broken_nor_a_number_from_its_sign() {
    let check = |words: &str, keep: &str| {
        for before in 0..80 {
            let text = text(&all(&format!("{} {words}", "x".repeat(before))));
            assert!(text.contains(keep), "{before}: {text}");
        }
    };
    check("2026-11-22", "2026-11-22");
    check("40 %", "40 %");
    let nowrap = |text: &str| format!("<span style=\"white-space:nowrap\">{text}</span>");
    let check = |words: &str, expect: String| assert_eq!(escaped(words), expect);
    check("at 2026-11-22 09:35 UTC, 40 %", format!("at {}, 40&nbsp;%", nowrap("2026-11-22 09:35 UTC")));
    check("2026-11-22 09:35:07", nowrap("2026-11-22 09:35:07"));
    check("on 2026-11-22 and 2026-11-23.", format!("on {} and {}.", nowrap("2026-11-22"), nowrap("2026-11-23")));
    check("\u{e9} 2026-11", "\u{e9} 2026-11".to_owned());
    assert!(!html(&with_article()).contains("<title><"));
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
