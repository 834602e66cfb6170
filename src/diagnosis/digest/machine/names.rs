//! Which drive is which: one that cannot be asked is named by less than before.

use super::{Known, Machine, Told};
use crate::diagnosis::digest::Stay;
use crate::model::{DriveRead, Reading, Severity, Subject, Thing, UNNAMED};
use std::collections::{BTreeMap, BTreeSet};

/// How a serial number begins that stands for one that is not known: a world-wide name, as the kernel or the drive has it.
const WORLD_WIDE: [&str; 4] = ["naa.", "eui.", "t10.", "0x5"];

impl Machine {
    /// The same things, by the names by which they were known.
    pub(super) fn recognised(&self, things: BTreeMap<Subject, Told>) -> BTreeMap<Subject, Told> {
        let here: BTreeSet<Subject> = things.keys().cloned().collect();
        let known = |(subject, (source, mut reading, text)): (Subject, Told)| {
            let known = self.known_as(&subject, &reading).filter(|(known, _)| !here.contains(*known));
            let Some((known, was)) = known else { return (subject, (source, reading, text)) };
            if let Thing::Drive(drive) = &mut reading.thing {
                // Of the drive itself is known what it said when it could be asked.
                let DriveRead { vendor, model, firmware, wwn, bytes, .. } = was.clone();
                drive.vendor = vendor.or(drive.vendor.take());
                drive.model = model.or(drive.model.take());
                drive.firmware = firmware.or(drive.firmware.take());
                drive.wwn = wwn.or(drive.wwn.take());
                drive.bytes = bytes.or(drive.bytes);
            }
            (known.clone(), (source, reading, text))
        };
        things.into_iter().map(known).collect()
    }

    /// A drive that could not be asked may be named by less than before: by its world-wide name, the beginning of its serial number, or
    /// the bay. It is the one that was read last with that world-wide name; else the one that was read last in that bay, if nothing
    /// tells them apart.
    fn known_as(&self, subject: &Subject, reading: &Reading) -> Option<(&Subject, &DriveRead)> {
        let (Thing::Drive(drive), None) = (&reading.thing, self.things.get(subject)) else { return None };
        let serial = subject.serial().filter(|serial| reading.unread.is_some() || serial.starts_with(UNNAMED))?;
        let drives = self.things.iter().filter_map(|(subject, known)| match &known.reading.thing {
            Thing::Drive(was) => Some((subject, &**was, known.last.utc)),
            _ => None,
        });
        let named = |was: &DriveRead| drive.wwn.is_some() && was.wwn == drive.wwn;
        let apart = |was: &DriveRead| drive.wwn.is_some() && was.wwn.is_some() || models_differ(was, drive);
        let nameless = serial.starts_with(UNNAMED) || WORLD_WIDE.iter().any(|front| serial.starts_with(front));
        let cut = |was: &Subject| nameless || was.serial().is_some_and(|was| was.starts_with(serial));
        let by_name = drives.clone().filter(|(_, was, _)| named(was)).max_by_key(|(.., last)| *last);
        // One that was missing may have come back, or not.
        let there = |subject: &Subject| self.things.get(subject).is_some_and(|known| known.missing.is_none());
        let in_bay = drives.filter(|(subject, was, _)| was.bay == drive.bay && there(subject));
        let in_bay = in_bay.max_by_key(|(.., last)| *last);
        let in_bay = in_bay.filter(|(subject, was, _)| cut(subject) && !apart(was));
        by_name.or(in_bay).map(|(subject, was, _)| (subject, was))
    }

    /// A drive without a name, for what told of it told none, has one now. One that was ill may have been replaced by it.
    pub(super) fn named(&mut self, things: &BTreeMap<Subject, Told>, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        for (subject, (_, reading, _)) in things {
            let (Thing::Drive(drive), false) = (&reading.thing, is_nameless(subject)) else { continue };
            let same = |(known, was): (&Subject, &Known)| {
                let Thing::Drive(read) = &was.reading.thing else { return None };
                let well = was.reading.reasons.iter().all(|reason| reason.severity == Severity::Info);
                let there = was.missing.is_none() && read.bay == drive.bay && !things.contains_key(known);
                (is_nameless(known) && there && well && !models_differ(read, drive)).then(|| known.clone())
            };
            let was = self.things.iter().find_map(same).filter(|_| !self.things.contains_key(subject));
            let Some((was, known)) = was.and_then(|was| self.things.remove_entry(&was)) else { continue };
            self.things.insert(subject.clone(), known);
            let stay = stays.get_mut(&drive.bay).and_then(|stays| stays.last_mut());
            if let Some(stay) = stay.filter(|stay| Some(stay.serial.as_str()) == was.serial()) {
                stay.serial = subject.serial().unwrap_or_default().to_owned();
            }
        }
    }
}

fn is_nameless(drive: &Subject) -> bool {
    drive.serial().is_some_and(|serial| serial.starts_with(UNNAMED))
}

/// Whether the models tell two drives apart; the controller may have the beginning only.
fn models_differ(one: &DriveRead, other: &DriveRead) -> bool {
    let models = one.model.as_deref().zip(other.model.as_deref());
    models.is_some_and(|(one, other)| !one.starts_with(other) && !other.starts_with(one))
}

/// Of two commands of one time, one names the drives and one does not: what is in one bay is one drive.
pub(super) fn one_in_a_bay(things: BTreeMap<Subject, Told>) -> BTreeMap<Subject, Told> {
    let (nameless, mut things): (BTreeMap<_, _>, BTreeMap<_, _>) =
        things.into_iter().partition(|(subject, _)| is_nameless(subject));
    for (subject, told) in nameless {
        let Thing::Drive(drive) = &told.1.thing else { continue };
        let same = |(_, reading, _): &&mut Told| matches!(&reading.thing, Thing::Drive(named) if named.bay == drive.bay && !models_differ(named, drive));
        let Some((_, named, _)) = things.values_mut().find(same) else {
            things.insert(subject, told);
            continue;
        };
        for reason in told.1.reasons {
            if !named.reasons.iter().any(|known| known.ailment == reason.ailment && known.key == reason.key) {
                named.reasons.push(reason);
            }
        }
        named.reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    }
    things
}

#[cfg(test)]
mod tests {
    use super::super::{Awake, Pending, Source};
    use super::*;
    use crate::model::{Evidence, Kind, ObservationId, Unread, When, WhyUnread};
    use chrono::DateTime;
    use std::sync::Arc;

    /// A drive in a bay: serial number, model, world-wide name; `?` behind it if it could not be asked.
    fn drive(text: &str) -> (Subject, Reading) {
        let (text, unread) = text.strip_suffix('?').map_or((text, false), |text| (text, true));
        let mut words = text.split_whitespace().map(|word| Some(word.to_owned()).filter(|word| word != "-"));
        let mut word = || words.next().flatten();
        let (bay, serial) = (word().unwrap_or_default(), word().unwrap_or_default());
        let read = DriveRead {
            bay: Subject::within(Kind::Bay, "h", &bay),
            vendor: None,
            model: word(),
            firmware: None,
            wwn: word(),
            bytes: None,
            names: Vec::new(),
            power: None,
        };
        let unread = unread.then(|| Unread { why: WhyUnread::NoWay, text: "given up".to_owned() });
        (Subject::drive(&serial), Reading { thing: Thing::Drive(Box::new(read)), reasons: Vec::new(), unread })
    }

    /// Who is read to sit in the bays, by the names by which they were known.
    #[test]
    fn drives_that_cannot_be_asked_are_known_by_what_was_read_before() {
        #[track_caller]
        fn check(readings: &[&[&str]], expect: &str) {
            let source =
                Source { id: ObservationId(1), evidence: Evidence { source: Arc::from("x"), start: 0, end: 1 } };
            let (mut machine, mut stays) = (Machine::default(), BTreeMap::new());
            for (second, reading) in (0..).zip(readings) {
                let told = |text: &&str| {
                    let (subject, reading) = drive(text);
                    (subject, (source.clone(), reading, String::new()))
                };
                let at = When::exactly(DateTime::from_timestamp(second, 0).unwrap_or_default());
                let things = reading.iter().map(told).collect();
                let whole = Some(Awake { boot: None, suspends: None });
                machine.reading = Some(Pending {
                    at,
                    whole,
                    whole_by: vec![(Subject::host("h"), source.clone())],
                    but_for: Vec::new(),
                    things,
                    of_machine: true,
                    starting: false,
                    asked: true,
                });
                machine.close(&mut stays);
            }
            let told = |(bay, stays): (&Subject, &Vec<Stay>)| {
                format!(
                    "{}={}",
                    bay.path(),
                    stays.iter().map(|stay| stay.serial.as_str()).collect::<Vec<_>>().join(",")
                )
            };
            assert_eq!(stays.iter().map(told).collect::<Vec<_>>().join(" "), expect, "{readings:?}");
        }
        let well = ["s0 SERIAL-0000A MODEL-LONG 0x5a", "s1 SERIAL-0000B MODEL-LONG 0x5b"];
        for one in [
            "s0 0x5a MODEL 0x5a?",
            "s0 SERIAL-0 MODEL 0x5a?",
            "s0 SERIAL-0000A MODEL 0x5a?",
            "s0 SERIAL-0 MODEL -?",
            "s0 unnamed-h-s0 - -?",
        ] {
            check(&[&well, &[one, well[1]], &well], "s0=SERIAL-0000A s1=SERIAL-0000B");
        }
        // What told of it first told no name; one of that model, and of another.
        check(&[&["s0 unnamed-h-s0 MODEL -"], &well[..1], &["s0 unnamed-h-s0 MODEL -"]], "s0=SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 OTHER -"], &well[..1]], "s0=unnamed-h-s0,SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 MODEL -", well[0]]], "s0=SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 MODEL -", well[1]]], "s0=unnamed-h-s0 s1=SERIAL-0000B");
        // It moved; another name, serial number or model; one that can be asked says who it is.
        check(&[&well[..1], &["s3 0x5a MODEL 0x5a?"]], "s0=SERIAL-0000A s3=SERIAL-0000A");
        check(&[&well[..1], &["s0 0x5c MODEL 0x5c?"]], "s0=SERIAL-0000A,0x5c");
        check(&[&well[..1], &["s0 OTHER-1 MODEL -?"]], "s0=SERIAL-0000A,OTHER-1");
        check(&[&well[..1], &["s0 unnamed-h-s0 OTHER -?"]], "s0=SERIAL-0000A,unnamed-h-s0");
        check(&[&well[..1], &["s0 SERIAL-0 MODEL 0x5a"]], "s0=SERIAL-0000A,SERIAL-0");
        // It is in another bay in the same reading.
        check(
            &[&well[..1], &["s0 unnamed-h-s0 - -?", "s3 SERIAL-0000A MODEL-LONG 0x5a"]],
            "s0=SERIAL-0000A,unnamed-h-s0 s3=SERIAL-0000A",
        );
        // The one that sat there last, not the one before it.
        let next = "s0 SERIAL-0000C MODEL-LONG 0x5c";
        check(&[&well[..1], &[next], &["s0 unnamed-h-s0 - -?"]], "s0=SERIAL-0000A,SERIAL-0000C");
    }
}
