//! Which drives the reports of a controller list, and which they list no longer.

use crate::model::{Evidence, ObservationId, Said, Subject, When};
use chrono::serde::ts_seconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Records of a controller within this time are one report.
const BURST: TimeDelta = TimeDelta::seconds(60);

/// A bay listed in fewer reports may never have been there: a digit of its number may be damaged.
const REPORTS_MIN: u64 = 2;

/// So many reports in a row without a drive tell that it is gone, whatever stands at the end of the log.
const ABSENT_MIN: u64 = 2;

/// The reports of one controller.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct DriveList {
    bays: BTreeMap<Subject, Listed>,
    report: Option<Report>,
    /// The bays of the report before, by their order in it.
    before: BTreeMap<Subject, usize>,
    /// Absences that are over, in order of their ends.
    #[serde(default)]
    returned: Vec<Absence>,
}

/// A drive was not listed for some reports, and then in the same bay again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Absence {
    pub(super) bay: Subject,
    pub(super) serial: String,
    /// The first report without it.
    pub(super) since: Since,
    /// The first report with it again.
    #[serde(with = "ts_seconds")]
    pub(super) until: DateTime<Utc>,
}

/// A bay whose drive was listed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Listed {
    serial: String,
    reports: u64,
    /// Whole reports since that do not list it.
    absent: u64,
    /// The first of these.
    since: Option<Since>,
}

/// A report, by its first record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Since {
    pub(super) at: When,
    pub(super) id: ObservationId,
    /// All of the report.
    pub(super) evidence: Evidence,
}

/// A report being read.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Report {
    begins: Since,
    #[serde(with = "ts_seconds")]
    last: DateTime<Utc>,
    bays: BTreeMap<Subject, usize>,
    serials: BTreeSet<String>,
    /// Stretches that are no records, before the first record and up to the last.
    interrupted: [u64; 2],
}

/// A record of a report.
pub(super) struct Line<'a> {
    pub(super) bay: &'a Subject,
    pub(super) serial: &'a str,
    pub(super) said: &'a Said<'a>,
    /// Stretches of the log before it that are no records.
    pub(super) interrupted: u64,
}

impl DriveList {
    /// Takes a record; whether the drive is listed again after an absence.
    pub(super) fn see(&mut self, line: &Line<'_>) -> bool {
        let at = line.said.at.utc;
        match &mut self.report {
            // What stands a second time, or out of order, says nothing of what is listed no longer.
            Some(report) if at < report.last => return false,
            Some(report) if at - report.last <= BURST => {
                report.last = at;
                // A report may go on in the next file of a rotated log.
                let evidence = &mut report.begins.evidence;
                if evidence.source == *line.said.source {
                    evidence.end = evidence.end.max(line.said.span.end);
                }
                report.interrupted[1] = line.interrupted;
            }
            _ => {
                let before = self.report.as_ref().map_or(line.interrupted, |report| report.interrupted[1]);
                self.close(line.interrupted);
                self.report = Some(Report {
                    begins: Since { at: line.said.at.when(), id: line.said.id(), evidence: line.said.evidence() },
                    last: at,
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
        let new = Listed { serial: String::new(), reports: 0, absent: 0, since: None };
        let listed = match self.bays.get_mut(line.bay) {
            Some(listed) => listed,
            None => self.bays.entry(line.bay.clone()).or_insert(new),
        };
        let was_gone = listed.reports >= REPORTS_MIN && listed.absent >= ABSENT_MIN;
        let absence = listed.since.take().filter(|_| was_gone && listed.serial == line.serial);
        if listed.serial != line.serial {
            listed.serial = line.serial.to_owned();
        }
        (listed.reports, listed.absent) = (listed.reports + 1, 0);
        let returns = absence.is_some();
        self.returned.extend(absence.map(|since| Absence {
            bay: line.bay.clone(),
            serial: line.serial.to_owned(),
            since,
            until: at,
        }));
        returns
    }

    /// The absences that are over.
    pub(super) fn returned(&self) -> &[Absence] {
        &self.returned
    }

    /// A report is whole if nothing but records stands between its neighbours and in it.
    fn close(&mut self, interrupted: u64) {
        let Some(report) = self.report.take() else { return };
        // A drive that is listed elsewhere has moved.
        self.bays.retain(|bay, listed| report.bays.contains_key(bay) || !report.serials.contains(&listed.serial));
        if report.interrupted[0] == interrupted {
            for (_, listed) in self.bays.iter_mut().filter(|(bay, _)| !report.bays.contains_key(bay)) {
                listed.absent += 1;
                listed.since.get_or_insert_with(|| report.begins.clone());
            }
        }
        self.before = report.bays;
    }

    /// The bays whose drives are listed no longer when the log has ended, and since which report. `last` is the time of the
    /// log's last record.
    pub(super) fn finish(mut self, interrupted: u64, last: Option<DateTime<Utc>>) -> Vec<(Subject, Since)> {
        let before = std::mem::take(&mut self.before);
        let goes_on = self.report.as_ref().zip(last).is_some_and(|(report, last)| last > report.last + BURST);
        self.close(interrupted);
        // The log may have been cut off within its last report; not before a bay that stands there.
        let furthest = self.before.keys().filter_map(|bay| before.get(bay)).max();
        let cut = |bay: &Subject| !goes_on && before.get(bay).is_none_or(|order| furthest < Some(order));
        let gone = |bay: &Subject, listed: &Listed| {
            listed.reports >= REPORTS_MIN && (listed.absent >= ABSENT_MIN || listed.absent == 1 && !cut(bay))
        };
        let missing = self.bays.iter().filter(|(bay, listed)| gone(bay, listed));
        missing.filter_map(|(bay, listed)| listed.since.clone().map(|since| (bay.clone(), since))).collect()
    }
}
