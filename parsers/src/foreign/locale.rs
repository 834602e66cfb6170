//! The sources of glibc's locales: LC_COLLATE tables and the other categories, and character maps.
//!
//! Sources: locale(5) and charmap(5) of the Linux man-pages, ISO/IEC TR 14652, and glibc's `localedata/locales/`, whose large
//! files (`iso14651_t1_common`, the CJK collations) are what a random block of a locale mostly comes from. A line of their
//! tables names a character, then up to four weights: `<U0041> <S0041>;<BASE>;<CAP>;<U0041> % A`. `IGNORE` stands for a
//! weight that is skipped.

use super::Origin;
use super::bytes::window;
use super::format::{Find, Format, Work};
use super::text;
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) const FORMAT: Format =
    Format { origin: Origin::GlibcLocale, edges: &[], anchors: &[], sweep: Some(sweep), dense: false, detail };

/// Lines that say nothing (comments, blank lines) may lie between telling ones; more than this many end the table.
const SILENT: usize = 24;

fn sweep(bytes: &[u8], _: &mut Work) -> Vec<Find> {
    text::runs(bytes)
        .into_iter()
        .filter_map(|run| {
            let table = table(window(bytes, run.clone()))?;
            Some(Find::sized(run.start + table.start, run.start + table.end))
        })
        .collect()
}

/// The part of a text that is the source of a locale: from the first telling line to the last, and the ends of the text
/// where few lines are left over.
fn table(text: &[u8]) -> Option<Range<usize>> {
    let lines: Vec<(Range<usize>, &str)> = text::lines(text).collect();
    let telling: Vec<usize> =
        (0..).zip(&lines).filter(|(_, (_, line))| is_telling(line)).map(|(index, _)| index).collect();
    let (first, last) = (*telling.first()?, *telling.last()?);
    let sure = telling.len() >= 3 || lines.iter().any(|(_, line)| is_sure(line));
    let silent = lines.iter().take(last).skip(first).filter(|(_, line)| is_silent(line)).count();
    if !sure || telling.len() * 2 < last - first - silent {
        return None;
    }
    let start = if first <= silent_front(&lines, first) { 0 } else { first };
    let rest = lines.len() - 1 - last;
    let end = if rest <= silent_back(&lines, last) { lines.len() - 1 } else { last };
    Some(lines.get(start)?.0.start..lines.get(end)?.0.end)
}

/// How many of the lines before the first telling one can be the table's: all, if each is silent; else a part of one line.
fn silent_front(lines: &[(Range<usize>, &str)], first: usize) -> usize {
    let silent = lines.iter().take(first).skip(1).all(|(_, line)| is_silent(line));
    if silent { SILENT } else { 1 }
}

fn silent_back(lines: &[(Range<usize>, &str)], last: usize) -> usize {
    let until = lines.len().saturating_sub(1);
    let silent = lines.iter().take(until).skip(last + 1).all(|(_, line)| is_silent(line));
    if silent { SILENT } else { 1 }
}

fn is_silent(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('%')
}

/// A line that other texts hardly have.
fn is_sure(line: &str) -> bool {
    let line = line.trim();
    const STARTS: &[&str] =
        &["END LC_", "collating-symbol <", "collating-element <", "order_start ", "reorder-after <"];
    STARTS.iter().any(|start| line.starts_with(start))
        || matches!(line, "comment_char %" | "escape_char /" | "escape_char  /" | "order_end" | "translit_start")
        || line.contains(";IGNORE;IGNORE")
        || line.contains(">;<BASE>;")
}

/// A line that fits: in the midst of others like it, it is the source of a locale.
fn is_telling(line: &str) -> bool {
    let line = line.trim();
    is_sure(line)
        || starts_with_code_point(line)
        || line.contains("\"<U00")
        || line.contains("(<U")
        || line.ends_with(";/")
        || line.ends_with(">;IGNORE")
        || (line.starts_with("LC_") && line.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        || IDENTIFICATION
            .iter()
            .any(|keyword| line.strip_prefix(keyword).is_some_and(|rest| rest.trim_start().starts_with('"')))
        || KEYWORDS.iter().any(|keyword| line.strip_prefix(keyword).is_some_and(|rest| rest.starts_with([' ', '\t'])))
}

/// `<U0041>` or `<S4E00>`, the names of characters and of weights.
fn starts_with_code_point(line: &str) -> bool {
    let Some(name) = line.strip_prefix("<U").or_else(|| line.strip_prefix("<S")) else { return false };
    name.split_once('>').is_some_and(|(digits, _)| {
        (4..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Keywords of LC_IDENTIFICATION; a quoted string follows.
const IDENTIFICATION: &[&str] = &[
    "title",
    "source",
    "address",
    "contact",
    "email",
    "tel",
    "fax",
    "language",
    "territory",
    "revision",
    "date",
    "category",
    "copy",
    "include",
];

/// Keywords of the categories that no other kind of file starts its lines with.
const KEYWORDS: &[&str] = &[
    "abday",
    "abmon",
    "am_pm",
    "d_t_fmt",
    "date_fmt",
    "d_fmt",
    "t_fmt",
    "t_fmt_ampm",
    "first_weekday",
    "first_workday",
    "int_curr_symbol",
    "currency_symbol",
    "mon_decimal_point",
    "mon_thousands_sep",
    "mon_grouping",
    "int_frac_digits",
    "frac_digits",
    "p_cs_precedes",
    "p_sep_by_space",
    "n_cs_precedes",
    "n_sep_by_space",
    "p_sign_posn",
    "n_sign_posn",
    "postal_fmt",
    "country_ab2",
    "country_ab3",
    "country_num",
    "country_car",
    "lang_ab",
    "lang_term",
    "lang_lib",
    "tel_int_fmt",
    "tel_dom_fmt",
    "int_select",
    "int_prefix",
    "name_fmt",
    "yesexpr",
    "noexpr",
    "yesstr",
    "nostr",
    "comment_char",
    "escape_char",
    "reorder-after",
    "collating-symbol",
    "collating-element",
];

fn detail(piece: &[u8]) -> String {
    let text = String::from_utf8_lossy(piece);
    let named: BTreeSet<&str> = text.lines().filter_map(category).collect();
    let what = match Vec::from_iter(named).as_slice() {
        [] if text.contains("IGNORE") || text.contains(";<BASE>") => "LC_COLLATE table".to_owned(),
        [] => "locale source".to_owned(),
        [one] => format!("{one} of a locale"),
        [one, .., last] => format!("locale source, {one} to {last}"),
    };
    format!("{what}, {}", text::lines_of(piece))
}

/// The category that a line begins or ends.
fn category(line: &str) -> Option<&'static str> {
    let name = line.trim().trim_start_matches("END ");
    CATEGORIES.iter().find(|category| **category == name).copied()
}

const CATEGORIES: &[&str] = &[
    "LC_ADDRESS",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
];
