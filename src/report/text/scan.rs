//! A machine that was read, for a tired person: the verdict and what to do; what sits in which bay, is it well, and how we know.

use super::investigate::{Investigation, Writer, age};
use super::page::{BAD, DOUBTFUL, FAINT, GOOD};
use crate::model::{ArrayRead, DriveRead, DriveState, Fact, Observation, Reason, Role, Severity, Subject, Thing};
use crate::observe::machine::{NO_SENSORS, Read};
use crate::report::json::Scan;
use crate::report::machine::Told;
use crate::words::{bytes, clean, instant, number_of};
use anstyle::Style;
use chrono::{DateTime, Utc};

/// The page.
pub fn scan(scan: &Scan<'_>) -> String {
    let mut writer = Writer::new(Investigation {
        diagnosis: scan.diagnosis,
        sources: scan.sources,
        unread: &[],
        observations: scan.observations,
        now: scan.now,
    });
    if scan.told.is_empty() {
        writer.page.styled(0, "CANNOT TELL  ", DOUBTFUL, "this machine has no drive and no array that could be read");
    } else {
        writer.verdict();
    }
    if let Some(why) = scan.not_kept {
        writer.page.styled(0, "", DOUBTFUL, &format!("not kept: {}; judged by this reading alone", clean(why)));
    }
    writer.advice();
    writer.cases();
    writer.arrays(scan.told);
    writer.drives(scan);
    writer.rest(scan.told);
    writer.not_watched(scan.told);
    writer.unknowns();
    writer.page.finish()
}

impl Writer<'_> {
    fn arrays(&mut self, told: &Told) {
        let arrays = told.things(|thing| matches!(thing, Thing::Array(_)));
        if !arrays.is_empty() {
            self.page.heading("ARRAYS");
        }
        for read in arrays {
            let Thing::Array(array) = &read.reading.thing else { continue };
            self.array(read, array);
        }
    }

    fn array(&mut self, read: &Read, array: &ArrayRead) {
        let style = match array.state {
            crate::model::ArrayState::Optimal => GOOD,
            crate::model::ArrayState::Degraded | crate::model::ArrayState::Failed => BAD,
            _ => DOUBTFUL,
        };
        let level = array.level.as_deref().map(|level| format!("RAID {}, ", clean(level))).unwrap_or_default();
        let text = format!("{level}{}: {}", array.state.code(), clean(&read.text));
        self.page.styled(2, &format!("{}  ", read.subject.path()), style, &text);
        for member in &array.members {
            let slot = member.slot.map_or("  - ".to_owned(), |slot| format!("{slot:>3} "));
            let set = member.mirror_set.map(|set| format!(", mirror set {set}")).unwrap_or_default();
            let name = member.name.as_deref().unwrap_or("nothing");
            let serial = member.serial.as_deref().map(|serial| format!(" {}", clean(serial))).unwrap_or_default();
            let bay = member
                .bay
                .as_ref()
                .map(|bay| format!(" in {}", self.of.diagnosis.inventory.bay_name(bay)))
                .unwrap_or_default();
            let style = match member.role {
                Role::Active => Style::new(),
                Role::Spare => FAINT,
                Role::Rebuilding => DOUBTFUL,
                Role::Failed | Role::Missing | Role::Gone => BAD,
            };
            self.page.styled(4, &slot, style, &format!("{}{serial}{bay}: {}{set}", clean(name), member.role.code()));
        }
        if !array.carries.is_empty() {
            let carries: Vec<String> = array.carries.iter().map(|what| clean(what)).collect();
            self.page.item(4, "carries  ", &carries.join(", "));
        }
        self.reasons(&read.reading.reasons);
    }

    fn drives(&mut self, scan: &Scan<'_>) {
        let drives = scan.told.things(|thing| matches!(thing, Thing::Drive(_)));
        if drives.is_empty() {
            return;
        }
        self.page.heading("DRIVES BY BAY");
        let commands = number_of(scan.told.commands(), "command", "commands");
        let slowest = scan.told.slowest() as f64 / 1_000.0;
        let read_at = instant(scan.read_at);
        self.page.styled(
            2,
            "",
            FAINT,
            &format!("read {read_at} by {commands}, none of which writes; the slowest took {slowest:.1} ms"),
        );
        let mut drives: Vec<(&Read, &DriveRead)> = drives
            .into_iter()
            .filter_map(|read| match &read.reading.thing {
                Thing::Drive(drive) => Some((read, drive.as_ref())),
                _ => None,
            })
            .collect();
        drives.sort_by(|a, b| a.1.bay.cmp(&b.1.bay));
        for (read, drive) in drives {
            self.drive(read, drive);
            let ill = read.reading.reasons.iter().any(|reason| reason.severity > Severity::Info);
            let disk = scan.told.machine.topology.disks.iter().find(|disk| disk.names == drive.names);
            if let Some(locate) = disk.and_then(|disk| disk.locate.as_deref()).filter(|_| ill) {
                self.page.item(
                    6,
                    "find it  ",
                    &format!("{} (lights its lamp; arraywatch does not run it)", clean(locate)),
                );
            }
        }
    }

    fn drive(&mut self, read: &Read, drive: &DriveRead) {
        let known = read.subject.serial().and_then(|serial| self.of.diagnosis.inventory.drives.get(serial));
        let (style, word) = match known.map(|drive| drive.state) {
            Some(DriveState::Failed) => (BAD, "failed"),
            _ => how(read),
        };
        let names = if drive.names.is_empty() { String::new() } else { format!("  {}", drive.names.join(" ")) };
        let lead = format!("{}{names}  ", self.place(&drive.bay));
        let firmware =
            drive.firmware.as_deref().map(|firmware| format!(", firmware {}", clean(firmware))).unwrap_or_default();
        let size = drive.bytes.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
        let model = drive.model.as_deref().map(clean).unwrap_or_default();
        let serial = clean(read.subject.serial().unwrap_or_default());
        self.page.styled(2, &lead, style, &format!("{model} {serial}{size}{firmware}: {word}").replace("  ", " "));
        self.reasons(&read.reading.reasons);
        if let Some(unread) = &read.reading.unread {
            let last = self.read_last(&read.subject);
            let last = last.map(|last| format!("; read last {}", age(self.of.now, last))).unwrap_or_default();
            self.page.styled(6, "not read  ", DOUBTFUL, &format!("{}{last}", clean(&unread.text)));
        }
    }

    /// When a thing was read whole the last time.
    fn read_last(&self, subject: &Subject) -> Option<DateTime<Utc>> {
        let of = |one: &Observation| match &one.fact {
            Fact::Health { unread: None, last, .. } if one.subject == *subject => Some(last.utc),
            _ => None,
        };
        self.of.observations.iter().filter_map(of).max()
    }

    fn place(&self, bay: &Subject) -> String {
        let label = self.of.diagnosis.inventory.bays.get(bay).and_then(|bay| bay.label.as_deref());
        match label {
            Some(label) => format!("{} ({})", clean(label), clean(&bay.plain_path())),
            None => clean(&bay.plain_path()),
        }
    }

    fn reasons(&mut self, reasons: &[Reason]) {
        for reason in reasons {
            let (style, mark) = match reason.severity {
                Severity::Critical => (BAD, "!! "),
                Severity::Warning => (DOUBTFUL, "!  "),
                Severity::Info => (FAINT, "\u{b7}  "),
            };
            self.page.styled(6, mark, style, &clean(&reason.text));
        }
    }

    /// Controllers, enclosures, supplies and the board; those that are well in a line.
    fn rest(&mut self, told: &Told) {
        let rest = told.things(|thing| !matches!(thing, Thing::Drive(_) | Thing::Array(_)));
        if rest.is_empty() {
            return;
        }
        self.page.heading("CONTROLLERS, ENCLOSURES, POWER");
        for read in rest {
            let (style, word) = how(read);
            self.page.styled(2, &format!("{}  ", read.subject), style, &format!("{}: {word}", clean(&read.text)));
            self.reasons(&read.reading.reasons);
        }
    }

    fn not_watched(&mut self, told: &Told) {
        let not = told.not_watched();
        if !not.is_empty() {
            self.page.heading("NOT READ");
        }
        for one in not {
            self.page.item(2, &format!("{}  ", clean(&one.what)), &clean(&one.text));
        }
    }
}

fn how(read: &Read) -> (Style, &'static str) {
    let worst = read.reading.reasons.iter().map(|reason| reason.severity).max();
    match (worst, &read.reading.unread) {
        (Some(Severity::Critical), _) => (BAD, "act now"),
        (Some(Severity::Warning), _) => (DOUBTFUL, "look at it"),
        (_, Some(unread)) if unread.why == crate::model::WhyUnread::Asleep => (FAINT, "asleep"),
        (_, Some(_)) => (DOUBTFUL, "not read"),
        (_, None) if read.text == NO_SENSORS => (FAINT, "nothing to tell"),
        (_, None) => (GOOD, "well"),
    }
}
