//! Which drives the reports of a controller list, and which they list no longer.

use crate::model::{Subject, When};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Records of a controller within this time are one report.
const BURST: TimeDelta = TimeDelta::seconds(60);

/// A bay listed in fewer reports may never have been there: a digit of its number may be damaged.
const REPORTS_MIN: u64 = 2;

/// So many reports in a row without a drive tell that it is gone, whatever stands at the end of the log.
const ABSENT_MIN: u64 = 2;

/// The reports of one controller.
#[derive(Default)]
pub(super) struct DriveList {
    bays: BTreeMap<Subject, Listed>,
    report: Option<Report>,
    /// The bays of the report before, by their order in it.
    before: BTreeMap<Subject, usize>,
}

/// A bay whose drive was listed.
struct Listed {
    serial: String,
    reports: u64,
    /// Whole reports since that do not list it.
    absent: u64,
    /// The first of these: its time and place.
    since: Option<(When, Range<u64>)>,
}

/// A report being read.
struct Report {
    at: When,
    last: When,
    span: Range<u64>,
    bays: BTreeMap<Subject, usize>,
    serials: BTreeSet<String>,
    /// Stretches that are no records, before the first record and up to the last.
    interrupted: [u64; 2],
}

/// A record of a report.
pub(super) struct Line<'a> {
    pub(super) bay: &'a Subject,
    pub(super) serial: &'a str,
    pub(super) at: &'a When,
    pub(super) span: &'a Range<u64>,
    /// Stretches of the log before it that are no records.
    pub(super) interrupted: u64,
}

impl DriveList {
    /// Takes a record.
    pub(super) fn see(&mut self, line: &Line<'_>) {
        match &mut self.report {
            // What stands a second time, or out of order, says nothing of what is listed no longer.
            Some(report) if line.at.utc < report.last.utc => return,
            Some(report) if line.at.utc - report.last.utc <= BURST => {
                report.last = line.at.clone();
                report.span.end = line.span.end;
                report.interrupted[1] = line.interrupted;
            }
            _ => {
                let before = self.report.as_ref().map_or(line.interrupted, |report| report.interrupted[1]);
                self.close(line.interrupted);
                self.report = Some(Report {
                    at: line.at.clone(),
                    last: line.at.clone(),
                    span: line.span.clone(),
                    bays: BTreeMap::new(),
                    serials: BTreeSet::new(),
                    interrupted: [before, line.interrupted],
                });
            }
        }
        if let Some(report) = &mut self.report {
            let order = report.bays.len();
            report.bays.entry(line.bay.clone()).or_insert(order);
            report.serials.insert(line.serial.to_owned());
        }
        let new = || Listed { serial: String::new(), reports: 0, absent: 0, since: None };
        let listed = self.bays.entry(line.bay.clone()).or_insert_with(new);
        if listed.serial != line.serial {
            listed.serial = line.serial.to_owned();
        }
        (listed.reports, listed.absent, listed.since) = (listed.reports + 1, 0, None);
    }

    /// A report is whole if nothing but records stands between its neighbours and in it.
    fn close(&mut self, interrupted: u64) {
        let Some(report) = self.report.take() else { return };
        // A drive that is listed elsewhere has moved.
        self.bays.retain(|bay, listed| report.bays.contains_key(bay) || !report.serials.contains(&listed.serial));
        if report.interrupted[0] == interrupted {
            for (_, listed) in self.bays.iter_mut().filter(|(bay, _)| !report.bays.contains_key(bay)) {
                listed.absent += 1;
                listed.since.get_or_insert_with(|| (report.at.clone(), report.span.clone()));
            }
        }
        self.before = report.bays;
    }

    /// The bays whose drives are listed no longer when the log has ended: since which report, and where that stands. `last` is
    /// the time of the log's last record.
    pub(super) fn finish(mut self, interrupted: u64, last: Option<&When>) -> Vec<(Subject, When, Range<u64>)> {
        let before = std::mem::take(&mut self.before);
        let goes_on = self.report.as_ref().zip(last).is_some_and(|(report, last)| last.utc > report.last.utc + BURST);
        self.close(interrupted);
        // The log may have been cut off within its last report; not before a bay that stands there.
        let furthest = self.before.keys().filter_map(|bay| before.get(bay)).max();
        let cut = |bay: &Subject| !goes_on && before.get(bay).is_none_or(|order| furthest < Some(order));
        let gone = |bay: &Subject, listed: &Listed| {
            listed.reports >= REPORTS_MIN && (listed.absent >= ABSENT_MIN || listed.absent == 1 && !cut(bay))
        };
        let missing = self.bays.iter().filter(|(bay, listed)| gone(bay, listed));
        missing.filter_map(|(bay, listed)| listed.since.clone().map(|(at, span)| (bay.clone(), at, span))).collect()
    }
}
