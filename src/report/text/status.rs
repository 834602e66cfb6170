//! How what is kept stands, for whoever is woken by it: the verdict, the cases, what is waited for; then the hosts, the gravest first;
//! then how far all of that can be relied on.

use super::cases::suspect;
use super::coverage;
use super::investigate::{age, style, when};
use super::page::{BAD, DOUBTFUL, FAINT, Page};
use super::parts::{self, headline};
use crate::alerting::Held;
use crate::alerting::policy::Because;
use crate::diagnosis::{Hold, Host, Waits};
use crate::model::{Bay, CaseState, Code, Drive, DriveState, Verdict};
use crate::report::status::Status;
use crate::words::{clean, count, instant, number_of, serial_number};

/// Cases shown; `cases` has all.
const CASES_SHOWN: usize = 12;

/// Hosts shown one by one.
const HOSTS_SHOWN: usize = 12;

/// Lines of one kind that are shown where there may be hundreds; JSON has all.
const LINES_SHOWN: usize = 8;

/// Reports that are awaited, one by one; of more, their number.
const AWAITED_SHOWN: usize = 3;

/// The page.
pub fn status(status: &Status<'_>) -> String {
    let mut writer = Writer { page: Page::new(), of: status };
    writer.verdict();
    if !status.state.streams.is_empty() {
        writer.cases();
        writer.conflicts();
        writer.holds();
        writer.hosts();
    }
    writer.streams();
    writer.sources();
    writer.unknowns();
    writer.page.finish()
}

struct Writer<'a> {
    page: Page,
    of: &'a Status<'a>,
}

impl Writer<'_> {
    fn verdict(&mut self) {
        let diagnosis = &self.of.state.diagnosis;
        if self.of.state.streams.is_empty() {
            let (style, word) = parts::verdict(Verdict::Unknown);
            let text = "the history is empty: arraywatch ingest PATH reads logs and notes into it";
            self.page.styled(0, &format!("{word}  "), style, text);
            self.watch();
            return;
        }
        headline(&mut self.page, diagnosis, &self.of.conflicts);
        self.watch();
        let mut facts = match (self.of.host, self.of.hosts.as_slice()) {
            (Some(host), _) => vec![format!("host {} only", clean(host))],
            (None, [one]) => vec![format!("host {}", one.name.map_or_else(|| "not known".to_owned(), clean))],
            (None, hosts) => vec![number_of(hosts.len() as u64, "host", "hosts")],
        };
        if let Some(until) = diagnosis.evidence_until {
            facts.push(format!("the evidence ends {}, {}", instant(until), age(self.of.now, until)));
        }
        self.page.styled(0, "", FAINT, &facts.join("; "));
        if let Some(from) = self.of.state.kept_from {
            let text = format!("what was said before {} is summed up, and not kept one by one", instant(from));
            self.page.styled(0, "", FAINT, &text);
        }
        if let Some((count, oldest)) = self.of.backlog {
            let waiting = number_of(count, "delivery of an alert waits", "deliveries of alerts wait");
            let text = format!("{waiting}, the oldest since {}: arraywatch alerts", instant(oldest));
            self.page.styled(0, "! ", DOUBTFUL, &text);
        }
        for one in &self.of.refused {
            let text = format!("{} refused since {}: {}", clean(&one.channel), instant(one.since), clean(&one.failure));
            self.page.styled(0, "! ", BAD, &text);
        }
    }

    /// That nobody watches who should: what is told here is of what was seen until then.
    fn watch(&mut self) {
        if self.of.watch.is_missing() {
            coverage::daemon(&mut self.page, self.of.watch);
        }
        coverage::channels(&mut self.page, self.of.watch);
    }

    fn cases(&mut self) {
        let lasting: Vec<_> = self.of.lasting().collect();
        self.page.heading("OPEN CASES");
        if lasting.is_empty() {
            self.page.item(2, "", "none");
        }
        for case in lasting.iter().take(CASES_SHOWN) {
            let lead = format!("{}  ", case.id);
            self.page.styled(2, &lead, style(case.severity), &format!("{}  {}", case.code.code(), case.subject));
            let mut told = vec![format!("{} since {}", case.severity.code(), when(&case.opened))];
            // What is not understood points nowhere.
            let first = case.suspects.first().filter(|_| case.code != Code::EventNotUnderstood);
            told.extend(first.map(|first| format!("suspect first: {}", suspect(first))));
            if case.state == CaseState::Acknowledged {
                told.push("acknowledged, see below".to_owned());
            }
            self.page.item(14, "", &told.join("; "));
        }
        self.more(lasting.len(), CASES_SHOWN, "arraywatch cases");
    }

    fn conflicts(&mut self) {
        let conflicts = &self.of.conflicts;
        if conflicts.is_empty() {
            return;
        }
        self.page.heading("CONFLICTS");
        let inventory = &self.of.state.diagnosis.inventory;
        for conflict in conflicts.iter().take(LINES_SHOWN) {
            let [one, other] = conflict.bays.each_ref().map(|bay| inventory.bay_name(bay));
            let text = format!(
                "listed in two bays at once, {one} and {other}, from {} to {}: two drives bear this number, or it was read wrongly",
                instant(conflict.from),
                instant(conflict.to)
            );
            self.page.styled(2, &format!("S/N {}  ", clean(&conflict.serial)), BAD, &text);
        }
        self.more(conflicts.len(), LINES_SHOWN, "--json has all");
    }

    /// Says how many are not shown, and where they are.
    fn more(&mut self, all: usize, shown: usize, seen_by: &str) {
        if all > shown {
            self.page.item(2, "", &format!("and {} more: {seen_by}", count((all - shown) as u64)));
        }
    }

    fn holds(&mut self) {
        let (awaited, held): (Vec<&Hold>, Vec<&Hold>) =
            self.of.holds.iter().partition(|hold| hold.waits == Waits::Report);
        // That work is done, that somebody has taken it and that it is on probation is shown of the diagnosis.
        let silent = |held: &&Held| matches!(held.because, Because::Storm | Because::NotSoBad | Because::Before);
        let silent: Vec<&Held> = self.of.not_told.iter().filter(silent).collect();
        if held.is_empty() && awaited.is_empty() && silent.is_empty() {
            return;
        }
        self.page.heading("ON HOLD");
        let few = if awaited.len() > AWAITED_SHOWN { &[] } else { awaited.as_slice() };
        for hold in held.iter().take(LINES_SHOWN).chain(few) {
            let until = hold.until.map(|until| format!("until {}: ", instant(until))).unwrap_or_default();
            self.page.item(2, &format!("{}  ", hold.subject), &format!("{until}{}", hold.why));
        }
        self.more(held.len(), LINES_SHOWN, "--json has all");
        for one in silent.iter().take(LINES_SHOWN) {
            let until = one.until.map(|until| format!(" until {}", instant(until))).unwrap_or_default();
            let text = format!("people are not told of case {}{until}: {}", one.case, one.why);
            self.page.item(2, &format!("{}  ", one.subject), &text);
        }
        self.more(silent.len(), LINES_SHOWN, "arraywatch alerts");
        if let (true, Some(first)) = (few.is_empty(), awaited.first().and_then(|hold| hold.until)) {
            let text = format!("reports are awaited, the first is overdue after {}: --json has all", instant(first));
            self.page.item(2, &format!("{} ", count(awaited.len() as u64)), &text);
        }
    }

    fn hosts(&mut self) {
        let hosts = &self.of.hosts;
        let detailed = self.of.host.is_some() || hosts.len() == 1;
        let grave = hosts.iter().filter(|host| detailed || host.verdict >= Verdict::Warning);
        let grave: Vec<&Host<'_>> = grave.collect();
        self.page.heading("ARRAYS, BAYS, DRIVES");
        for host in grave.iter().take(HOSTS_SHOWN) {
            self.host(host, detailed);
        }
        self.more(grave.len(), HOSTS_SHOWN, "--json has all, --host NAME shows one");
        if detailed {
            return;
        }
        for (verdict, what) in [
            (Verdict::Unknown, "nothing speaks against them, and no source says how their arrays are"),
            (Verdict::Healthy, "all arrays that the evidence names work with all their members"),
        ] {
            let of: Vec<&Host<'_>> = hosts.iter().filter(|host| host.verdict == verdict).collect();
            let drives: u64 = of.iter().map(|host| host.drives.len() as u64).sum();
            if !of.is_empty() {
                let (style, _) = parts::verdict(verdict);
                let lead = format!(
                    "{}, {}: ",
                    number_of(of.len() as u64, "host", "hosts"),
                    number_of(drives, "drive", "drives")
                );
                self.page.styled(2, &lead, style, what);
            }
        }
    }

    fn host(&mut self, host: &Host<'_>, detailed: bool) {
        let unknown = host.drives.iter().filter(|drive| drive.state == DriveState::Unknown).count() as u64;
        let mut told = vec![
            number_of(host.bays.len() as u64, "bay", "bays"),
            number_of(host.drives.len() as u64, "drive", "drives"),
        ];
        if unknown > 0 {
            told.push(format!("the health of {} is not known", count(unknown)));
        }
        let (style, _) = parts::verdict(host.verdict);
        let name =
            host.name.map_or_else(|| "host not known".to_owned(), |name| crate::model::Subject::host(name).to_string());
        self.page.styled(2, &format!("{name}  "), style, &told.join(", "));
        for array in &host.arrays {
            parts::array(&mut self.page, array);
        }
        if detailed {
            host.bays.iter().for_each(|bay| self.bay(bay));
            return;
        }
        for drive in host.unwell().take(LINES_SHOWN) {
            self.drive(drive);
        }
        self.more(host.unwell().count(), LINES_SHOWN, &format!("--host {}", clean(host.name.unwrap_or_default())));
    }

    fn drive(&mut self, drive: &Drive) {
        let bay = drive.bay.as_ref().map_or_else(|| "bay not known".to_owned(), ToString::to_string);
        let reason = drive.reasons.last().map(|reason| format!(": {}", clean(reason))).unwrap_or_default();
        let text = format!("{}, {}{reason}", serial_number(&drive.serial), drive.state.code());
        self.page.styled(2, &format!("{bay}  "), BAD, &text);
    }

    /// Who sits there, and how that drive is.
    fn bay(&mut self, bay: &Bay) {
        let label = bay.label.as_deref().map(|label| format!(" \u{201c}{}\u{201d}", clean(label))).unwrap_or_default();
        let drive = |serial: &str| self.of.state.diagnosis.inventory.drives.get(serial);
        let text = bay.occupants.last().map_or_else(
            || "no drive known".to_owned(),
            |last| {
                let state = drive(&last.serial).map_or("unknown", |drive| drive.state.code());
                let listed = if last.reports > 0 { "last listed" } else { "put in" };
                let before = match bay.occupants.len() {
                    0 | 1 => String::new(),
                    others => format!("; {} before it", number_of(others as u64 - 1, "drive", "drives")),
                };
                format!(
                    "{}, state {state}, {listed} {}{before}",
                    serial_number(&last.serial),
                    instant(last.last_seen.utc)
                )
            },
        );
        self.page.item(2, &format!("{}{label}  ", bay.id), &text);
    }

    fn streams(&mut self) {
        let reach = &self.of.reach;
        if reach.is_empty() {
            return;
        }
        self.page.heading("STREAMS");
        for one in reach.iter().take(LINES_SHOWN) {
            let last = one.last.map_or_else(
                || "nothing in it".to_owned(),
                |last| format!("ends {}, {}", instant(last), age(self.of.now, last)),
            );
            self.page.item(2, &format!("{}  ", one.stream), &last);
        }
        if let (Some(first), Some(last)) = (reach.get(LINES_SHOWN), reach.last()) {
            let ends = [first.last, last.last].map(|last| last.map(instant).unwrap_or_default());
            let more = count((reach.len() - LINES_SHOWN) as u64);
            self.page.item(2, "", &format!("and {more} more, that end {} to {}", ends[0], ends[1]));
        }
        let broken_off = reach.iter().filter(|one| one.broken_off).count() as u64;
        if broken_off > 0 {
            let text = format!(
                "a run was broken off: what it wrote of {} is made use of each time anew, until arraywatch ingest has run",
                number_of(broken_off, "stream", "streams")
            );
            self.page.styled(2, "! ", DOUBTFUL, &text);
        }
    }

    /// Those of which something is wrong; the others are a number.
    fn sources(&mut self) {
        let sources: Vec<_> = self.of.sources().collect();
        if sources.is_empty() {
            return;
        }
        self.page.heading("SOURCES");
        let whole = sources.iter().filter(|source| source.whole);
        let (records, bytes) =
            whole.fold((0, 0), |(records, bytes), source| (records + source.records, bytes + source.bytes));
        let last = sources.iter().map(|source| source.read_at).max();
        let last = last.map(|last| format!("; the last was read {}", instant(last))).unwrap_or_default();
        let all = format!(
            "{}, {}, {}{last}",
            number_of(sources.len() as u64, "source", "sources"),
            number_of(bytes, "byte", "bytes"),
            number_of(records, "record", "records")
        );
        self.page.item(2, "", &all);
        let troubled: Vec<_> = sources.iter().filter(|source| !source.whole || source.damaged > 0).collect();
        for source in troubled.iter().take(LINES_SHOWN) {
            let text = if source.whole {
                number_of(source.damaged, "damaged place", "damaged places")
            } else {
                let begun = instant(source.read_at);
                format!("not read to its end, begun {begun}: it is being read, or that was broken off; read it again")
            };
            let style = if source.whole { BAD } else { DOUBTFUL };
            self.page.styled(2, &format!("{}  ", clean(&source.name)), style, &text);
        }
        self.more(troubled.len(), LINES_SHOWN, "--json has all");
    }

    fn unknowns(&mut self) {
        let diagnosis = &self.of.state.diagnosis;
        if !diagnosis.retired.is_empty() {
            self.page.heading("RETIRED");
            self.page.styled(2, "", FAINT, "no longer there, and not waited for");
            diagnosis.retired.iter().take(LINES_SHOWN).for_each(|one| self.page.item(2, "", &one.to_string()));
            self.more(diagnosis.retired.len(), LINES_SHOWN, "--json has all");
        }
        if diagnosis.unknowns.is_empty() || self.of.state.streams.is_empty() {
            return;
        }
        self.page.heading("NOT KNOWN");
        for unknown in diagnosis.unknowns.iter().take(LINES_SHOWN) {
            self.page.item(2, "? ", &format!("{}: {}", unknown.subject, unknown.what));
        }
        self.more(diagnosis.unknowns.len(), LINES_SHOWN, "--json has all");
    }
}
