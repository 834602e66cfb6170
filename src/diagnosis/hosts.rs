//! How each host stands: the gravest first, so that of hundreds the one to look at is on top.

use super::{Diagnosis, worst};
use crate::model::{Array, Bay, Case, CaseState, Drive, DriveState, Subject, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// A host, and what is on it.
#[derive(Debug, Clone)]
pub struct Host<'a> {
    /// Its name; none for what no source places.
    pub name: Option<&'a str>,
    /// What its cases and arrays come to.
    pub verdict: Verdict,
    /// Its cases that are not over, the gravest first.
    pub cases: Vec<&'a Case>,
    /// Its arrays.
    pub arrays: Vec<&'a Array>,
    /// Its bays, slot 9 before slot 10.
    pub bays: Vec<&'a Bay>,
    /// The drives that sat there last, those that were taken out not among them.
    pub drives: Vec<&'a Drive>,
}

impl Host<'_> {
    /// Its drives that failed or will.
    pub fn unwell(&self) -> impl Iterator<Item = &Drive> {
        let unwell = |drive: &&&Drive| matches!(drive.state, DriveState::Failed | DriveState::Failing);
        self.drives.iter().filter(unwell).copied()
    }
}

/// The hosts of a diagnosis and those that are known besides, the gravest first; what is retired is left out.
pub fn hosts<'a>(diagnosis: &'a Diagnosis, known: &BTreeSet<&'a str>) -> Vec<Host<'a>> {
    let is_retired =
        |subject: &Subject| diagnosis.retired.iter().any(|retired| retired == subject || retired.holds(subject));
    let mut hosts: BTreeMap<Option<&str>, Host<'_>> = BTreeMap::new();
    let inventory = &diagnosis.inventory;
    for name in known.iter().filter(|name| !is_retired(&Subject::host(name))) {
        of(&mut hosts, Some(name));
    }
    for bay in inventory.bays.values().filter(|bay| !is_retired(&bay.id)) {
        of(&mut hosts, bay.id.host_name()).bays.push(bay);
    }
    for array in inventory.arrays.values().filter(|array| !is_retired(&array.id)) {
        of(&mut hosts, array.id.host_name()).arrays.push(array);
    }
    let sits = |drive: &&Drive| drive.state != DriveState::Removed && !is_retired(&Subject::drive(&drive.serial));
    for drive in inventory.drives.values().filter(sits) {
        if drive.bay.as_ref().is_none_or(|bay| !is_retired(bay)) {
            of(&mut hosts, drive.bay.as_ref().and_then(Subject::host_name)).drives.push(drive);
        }
    }
    for case in diagnosis.cases.iter().filter(|case| case.state != CaseState::Closed) {
        let drive = case.subject.serial().and_then(|serial| inventory.drives.get(serial));
        let sits_in = drive.and_then(|drive| drive.bay.as_ref());
        of(&mut hosts, case.subject.host_name().or(sits_in.and_then(Subject::host_name))).cases.push(case);
    }
    let mut hosts: Vec<Host<'_>> = hosts.into_values().collect();
    for host in &mut hosts {
        let least = if host.arrays.is_empty() { Verdict::Unknown } else { Verdict::Healthy };
        host.bays.sort_by_cached_key(|bay| in_order(&bay.id.path()));
        let drives = inventory.sitting().filter(|drive| host.drives.iter().any(|one| one.serial == drive.serial));
        host.verdict = worst(host.cases.iter().copied(), host.arrays.iter().copied(), drives).max(least);
    }
    let rank = |case: &Case| diagnosis.cases.iter().position(|other| other.id == case.id);
    let first = |host: &Host<'_>| host.cases.first().and_then(|case| rank(case)).unwrap_or(usize::MAX);
    hosts.sort_by_cached_key(|host| (std::cmp::Reverse(host.verdict), first(host), host.name.map(str::to_owned)));
    hosts
}

/// The parts of a path, by their letters and then by their number.
fn in_order(path: &str) -> Vec<(String, u64)> {
    let part = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = part.strip_prefix(letters).and_then(|number| number.parse().ok());
        (letters.to_owned(), number.unwrap_or_default())
    };
    path.split('/').map(part).collect()
}

fn of<'h, 'a>(hosts: &'h mut BTreeMap<Option<&'a str>, Host<'a>>, name: Option<&'a str>) -> &'h mut Host<'a> {
    hosts.entry(name).or_insert_with(|| Host {
        name,
        verdict: Verdict::Unknown,
        cases: Vec::new(),
        arrays: Vec::new(),
        bays: Vec::new(),
        drives: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::diagnose;
    use crate::model::{ArrayState, Fact, Observation, ObservationId, Severity, When};

    fn observed((minute, (subject, fact)): (usize, &(&str, Fact))) -> Observation {
        let at = chrono::DateTime::from_timestamp(minute as i64 * 60, 0).expect("a time");
        Observation {
            id: ObservationId(minute as u64),
            at: When::exactly(at),
            subject: subject.parse().expect("a subject"),
            fact: fact.clone(),
            severity: Severity::Info,
            evidence: None,
            text: "in words".to_owned(),
        }
    }

    /// `expect`: each host with its verdict and how many cases, arrays and drives it has.
    fn check(said: &[(&str, Fact)], expect: &[(Option<&str>, Verdict, [usize; 3])]) {
        let observations: Vec<Observation> = said.iter().enumerate().map(observed).collect();
        let diagnosis = diagnose(&observations);
        let hosts = hosts(&diagnosis, &BTreeSet::from(["idle"]));
        let got: Vec<_> = hosts
            .iter()
            .map(|host| (host.name, host.verdict, [host.cases.len(), host.arrays.len(), host.drives.len()]))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn bays_are_in_the_order_of_their_numbers() {
        let mut paths = ["c1/e0/s10", "c10/e0/s0", "c1/e0/s9", "c1/e0", "c1/e10/s0", "c1/e2/s0", "nvme1", "c1/e0/s9x"];
        paths.sort_by_cached_key(|path| in_order(path));
        let expect = ["c1/e0", "c1/e0/s9", "c1/e0/s10", "c1/e0/s9x", "c1/e2/s0", "c1/e10/s0", "c10/e0/s0", "nvme1"];
        assert_eq!(paths, expect);
    }

    #[test]
    fn the_gravest_host_is_first() {
        let idle = (Some("idle"), Verdict::Unknown, [0, 0, 0]);
        let optimal = |array| (array, Fact::State(ArrayState::Optimal));
        let degraded = |array| (array, Fact::State(ArrayState::Degraded));
        let well = |host| (Some(host), Verdict::Healthy, [0, 1, 0]);
        let bad = |host| (Some(host), Verdict::Critical, [1, 1, 0]);
        check(&[], &[idle]);
        check(&[optimal("array:b/md0")], &[idle, well("b")]);
        check(&[optimal("array:a/md0"), degraded("array:z/md0")], &[bad("z"), idle, well("a")]);
        check(&[degraded("array:z/md0"), degraded("array:a/md0")], &[bad("z"), bad("a"), idle]);
        check(&[degraded("array:z/md0"), ("host:z", Fact::Retired)], &[idle]);
        check(&[("drive:LOOSE", Fact::DriveFailed)], &[(None, Verdict::Critical, [1, 0, 1]), idle]);
    }
}
