//! Why a case says what it says: the sums that its probabilities come from, where each number is from, and each observation back to
//! its bytes.

use super::cases::head;
use super::investigate::{as_written, style, when};
use super::page::{BAD, DOUBTFUL, FAINT, GOOD, Page};
use crate::keep::trace::{Quote, Traced};
use crate::model::{ObservationId, Term};
use crate::report::sums::{RAISED_DECIMALS, Sum, Sums, WEIGHT_DECIMALS};
use crate::report::why::{Why, line};
use crate::words::{clean, count, instant, number_of};
use anstyle::Style;
use std::collections::BTreeMap;
use std::ops::Range;

/// The page.
pub fn why(why: &Why<'_>) -> String {
    let mut page = Page::new();
    head(&mut page, why.case);
    page.item(2, "", &why.case.summary);
    let numbers = why.told.iter().enumerate().map(|(index, told)| (told.one.id, index + 1)).collect();
    let mut writer = Writer { page, numbers, sources: Vec::new() };
    // Of what is not watched no cause is weighed.
    if !why.case.suspects.is_empty() {
        writer.suspects(&Sums::by_hand(&why.case.suspects));
        writer.sources();
    }
    writer.observations(&why.told);
    writer.page.finish()
}

struct Writer<'a> {
    page: Page,
    /// The numbers by which terms name observations.
    numbers: BTreeMap<ObservationId, usize>,
    /// Where numbers come from, each once.
    sources: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    fn suspects(&mut self, sums: &Sums<'a>) {
        self.page.heading("SUSPECTS");
        let how = "A suspect's weights add up to its score. What e comes to when raised to the score, divided by what all suspects \
                   come to, is the probability.";
        self.page.styled(2, "", FAINT, how);
        for sum in &sums.of {
            self.suspect(sum, sums.total);
        }
        self.page.blank();
        let raised =
            sums.of.iter().map(|sum| format!("{:.RAISED_DECIMALS$}", sum.raised)).collect::<Vec<_>>().join(" + ");
        self.page.item(2, "all suspects: ", &format!("{raised} = {:.RAISED_DECIMALS$}", sums.total));
    }

    fn suspect(&mut self, sum: &Sum<'a>, total: f64) {
        let suspect = sum.suspect;
        let which = suspect.subject.as_ref().map(|subject| format!(" [{subject}]")).unwrap_or_default();
        self.page.blank();
        let percent = format!("{:.1} %", suspect.probability * 100.0);
        self.page.item(2, &format!("{percent:>6}  "), &format!("{}{which}", suspect.cause.describe()));
        for (weight, term) in &sum.weights {
            let told = self.told(term);
            self.page.item(4, &format!("{}  ", signed(*weight)), &told);
        }
        let raised = format!("{:.RAISED_DECIMALS$}", sum.raised);
        let share =
            format!("e^{0} = {raised}; {raised} / {total:.RAISED_DECIMALS$} = {percent}", signed(sum.score).trim());
        self.page.styled(4, &format!("{}  ", signed(sum.score)), GOOD, &format!("score; {share}"));
    }

    /// A reason, the observations that it rests on, and where its weight comes from.
    fn told(&mut self, term: &'a Term) -> String {
        let known = self.sources.iter().position(|source| *source == term.source);
        let source = known.unwrap_or_else(|| {
            self.sources.push(&term.source);
            self.sources.len() - 1
        });
        let numbers: Vec<String> =
            term.observations.iter().filter_map(|id| self.numbers.get(id)).map(ToString::to_string).collect();
        let numbers = if numbers.is_empty() { String::new() } else { format!(" ({})", numbers.join(", ")) };
        format!("{}{numbers} [{}]", term.because, letter(source))
    }

    fn sources(&mut self) {
        self.page.heading("WHERE THE WEIGHTS COME FROM");
        for (index, source) in self.sources.iter().enumerate() {
            self.page.item(2, &format!("[{}] ", letter(index)), source);
        }
    }

    fn observations(&mut self, told: &[Traced<'_>]) {
        self.page.heading("OBSERVATIONS");
        for (index, told) in told.iter().enumerate() {
            if index > 0 {
                self.page.blank();
            }
            let one = told.one;
            let lead = format!("({}) ", index + 1);
            let range = one.at.until.map(|until| format!(" to {}", instant(until))).unwrap_or_default();
            self.page.styled(
                2,
                &lead,
                style(one.severity),
                &format!("{}{range}{}", when(&one.at), as_written(&one.at)),
            );
            self.page.item(6, "", &format!("{}  {}  {}", one.id, one.subject, one.fact.code()));
            self.page.item(6, "", &clean(&one.text));
            if let (Some(by), Some(source)) = (told.said_by(), told.source) {
                self.page.item(6, "", &format!("said by {} on {}", clean(by), instant(source.read_at)));
            }
            if let Some(made) = &told.made {
                self.page.item(6, "", &made.how);
            }
            if told.quote != Quote::Said {
                self.bytes(told);
            }
        }
    }

    fn bytes(&mut self, told: &Traced<'_>) {
        let Some(evidence) = &told.one.evidence else {
            self.page.styled(6, "", FAINT, "no bytes: it is not from a source");
            return;
        };
        let read = told.source.map(|source| format!(", read {}", instant(source.read_at))).unwrap_or_default();
        let place = match &told.quote {
            Quote::Found(found) => {
                format!("{}, followed{read}", bytes_of(&found.path.to_string_lossy(), &found.span))
            }
            // Where it stood is of no use where nobody can look.
            Quote::NotFound | Quote::Followed | Quote::Watching => format!("{}{read}", clean(&evidence.source)),
            Quote::Printed(command) => format!("output of the command {}{read}", clean(command)),
            _ => format!("{}{read}", bytes_of(&evidence.source, &(evidence.start..evidence.end))),
        };
        self.page.item(6, "", &place);
        let (lead, style, text) = match &told.quote {
            Quote::Bytes(bytes) => ("| ", Style::new(), line(bytes)),
            Quote::Found(found) => ("| ", Style::new(), line(&found.bytes)),
            Quote::NotFound => (
                "! ",
                DOUBTFUL,
                "followed; not found in the file any more, nor in what was rotated away of it".to_owned(),
            ),
            Quote::Followed => {
                ("! ", FAINT, "read as a whole whenever it changed: what stood in it then is not kept".to_owned())
            }
            Quote::Printed(_) => ("! ", FAINT, "what commands print is not kept".to_owned()),
            Quote::Watching => ("! ", FAINT, "the daemon says so of its own watching: no bytes".to_owned()),
            Quote::Gone => ("! ", DOUBTFUL, "the file is gone, or not there from where this is run".to_owned()),
            Quote::Changed => ("! ", BAD, "the file has changed: what was read is not in it any more".to_owned()),
            Quote::Pipe if told.source.is_some_and(|source| source.format == "capture") => (
                "! ",
                FAINT,
                "a reading of the machine: its answers are not kept (arraywatch capture keeps them)".to_owned(),
            ),
            Quote::Pipe => ("! ", FAINT, "it was read from a pipe: its bytes are not kept".to_owned()),
            Quote::NotWhole => ("! ", DOUBTFUL, "it was not read to its end: what it was cannot be told".to_owned()),
            Quote::Unreadable(why) => ("! ", DOUBTFUL, format!("cannot be read again: {why}")),
            Quote::Said | Quote::Nowhere => ("! ", DOUBTFUL, "its source is not known any more".to_owned()),
        };
        self.page.styled(6, lead, style, &text);
    }
}

fn bytes_of(name: &str, span: &Range<u64>) -> String {
    let length = number_of(span.end.saturating_sub(span.start), "byte", "bytes");
    format!("{}, {length} from {} to {}", clean(name), count(span.start), count(span.end))
}

fn signed(number: f64) -> String {
    let sign = if number < 0.0 { '\u{2212}' } else { '+' };
    format!("{sign}{:.WEIGHT_DECIMALS$}", number.abs())
}

/// `a` to `z`, then `a1` and so on.
fn letter(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    let round = index / 26;
    if round == 0 { letter.to_string() } else { format!("{letter}{round}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::diagnose;
    use crate::model::{Fact, Observation, Severity, When};
    use chrono::DateTime;

    /// Headings without content, and a sum of nothing that was `-0.000000`.
    #[test]
    fn of_a_case_without_suspects_nothing_is_weighed() {
        let lost = Observation {
            id: ObservationId(1),
            at: When::exactly(DateTime::UNIX_EPOCH),
            subject: "stream:db7/command/ls".parse().expect("a subject"),
            fact: Fact::NotWatched { why: "it hangs".to_owned() },
            severity: Severity::Warning,
            evidence: None,
            text: "it hangs".to_owned(),
        };
        let diagnosis = diagnose(&[lost]);
        let [case] = diagnosis.cases.as_slice() else { panic!("{:?}", diagnosis.cases) };
        assert!(case.suspects.is_empty(), "the scene has suspects by now");
        let page = why(&Why { case, told: Vec::new(), now: DateTime::UNIX_EPOCH });
        let listed = crate::report::text::cases(&[case], false);
        for not in ["SUSPECTS", "COME FROM", "0.000000", "suspects:"] {
            assert!(!page.contains(not) && !listed.contains(not), "{not}: {page}{listed}");
        }
        assert!(page.contains("OBSERVATIONS"), "{page}");
    }
}
