//! A page of text being written: headings, paragraphs, lists, within a width.

use anstyle::{AnsiColor, Color, Style};
use std::fmt::Write as _;

/// Wider lines are hard to read, also where the terminal has them.
const WIDTH_MAX: usize = 110;

/// Narrower ones hold no word.
const WIDTH_MIN: usize = 40;

/// Where the width is not known: a pipe, a file, a mail.
const WIDTH_ELSEWHERE: usize = 100;

pub(super) const BAD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red))).bold();
pub(super) const DOUBTFUL: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow))).bold();
pub(super) const GOOD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green))).bold();
pub(super) const FAINT: Style = Style::new().dimmed();
const HEADING: Style = Style::new().bold();

/// The page. Its text holds colours; whoever prints it takes them out where they do not belong.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    pub(super) fn new() -> Self {
        let width = terminal_size::terminal_size().map_or(WIDTH_ELSEWHERE, |(width, _)| usize::from(width.0));
        Self { text: String::new(), width: width.clamp(WIDTH_MIN, WIDTH_MAX) }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn heading(&mut self, heading: &str) {
        let _ = writeln!(self.text, "\n{HEADING}{heading}{HEADING:#}");
    }

    /// A paragraph, `lead` before its first line, later lines indented as far.
    pub(super) fn item(&mut self, indent: usize, lead: &str, text: &str) {
        self.styled(indent, lead, Style::new(), text);
    }

    /// The same with a style for the lead.
    pub(super) fn styled(&mut self, indent: usize, lead: &str, style: Style, text: &str) {
        let hang = textwrap::core::display_width(lead);
        // A lead that takes half of a narrow line stands alone, and the text below it.
        let (hang, below) = if indent + hang > self.width / 2 { (4, true) } else { (hang, false) };
        let width = self.width.saturating_sub(indent + hang).max(16);
        let margin = " ".repeat(indent);
        let shown = if below || text.is_empty() { lead.trim_end() } else { lead };
        let _ = write!(self.text, "{margin}{style}{shown}{style:#}");
        if below {
            let _ = write!(self.text, "\n{margin}{}", " ".repeat(hang));
        }
        // Dates and serial numbers are not broken at their hyphens, nor paths and subjects anywhere: they are there to be copied.
        let options =
            textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation).break_words(false);
        // Nor a number from its percent sign: at this blank no line ends.
        let text = text.replace(" %", "\u{a0}%");
        for (index, line) in textwrap::wrap(&text, options).iter().enumerate() {
            if index > 0 {
                let _ = write!(self.text, "{margin}{}", " ".repeat(hang));
            }
            let _ = writeln!(self.text, "{}", line.replace("\u{a0}%", " %"));
        }
    }

    /// Plain text as it stands: paragraphs and lists of an article.
    pub(super) fn markdown(&mut self, indent: usize, text: &str) {
        for block in text.split("\n\n") {
            let mut items: Vec<(bool, String)> = Vec::new();
            for line in block.lines() {
                match (line.strip_prefix("- "), items.last_mut()) {
                    (Some(item), _) => items.push((true, item.trim().to_owned())),
                    (None, Some((_, last))) => *last = format!("{last} {}", line.trim()),
                    (None, None) => items.push((false, line.trim().to_owned())),
                }
            }
            for (is_item, text) in items {
                self.item(indent, if is_item { "- " } else { "" }, &text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "the drive itself 40" / "%".
    #[test]
    fn a_number_stays_with_its_percent_sign() {
        for before in 1..120 {
            let mut page = Page::new();
            page.item(2, "", &format!("{} itself 40 % or 2026-11-22", "x ".repeat(before)));
            assert!(page.text.contains("40 %") && page.text.contains("2026-11-22"), "{}", page.text);
        }
    }
}
