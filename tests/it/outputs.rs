//! Outputs of tools, as people keep and send them: the verdict of each fixture, and that one that breaks off, wherever it does, is of
//! nothing that is well.

use super::common::{Scene, json, root};
use arraywatch::diagnosis::{Digests, diagnose};
use arraywatch::model::{DriveState, Verdict};
use arraywatch::observe::{Options, recognise};
use chrono::DateTime;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// A fixture, and what `investigate` says of it: family, exit status, the codes of its cases.
type Row = (&'static str, &'static str, i32, &'static str);

const FIXTURES: &[Row] = &[
    ("mdstat/healthy", "mdstat", 0, ""),
    ("mdstat/degraded", "mdstat", 2, "array-degraded"),
    ("mdstat/rebuilding", "mdstat", 1, ""),
    ("mdstat/resync", "mdstat", 1, ""),
    ("mdstat/failed", "mdstat", 2, "array-failed"),
    ("mdstat/new-word", "mdstat", 1, "member-errors"),
    ("ssacli/healthy", "ssacli", 0, ""),
    ("ssacli/degraded", "ssacli", 2, "array-degraded"),
    ("ssacli/rebuilding", "ssacli", 1, ""),
    ("ssacli/failed", "ssacli", 2, "array-failed"),
    ("ssacli/new-word", "ssacli", 1, "member-errors"),
    ("ssacli/cache", "ssacli", 1, "cache-unprotected"),
    ("ssacli/recharging", "ssacli", 0, ""),
    ("ssacli/media-errors", "ssacli", 1, "member-errors"),
    ("ssacli/redacted", "ssacli", 0, ""),
    ("ssacli/predicted", "ssacli", 2, "failure-predicted"),
    ("ssacli/status", "ssacli", 1, "cache-unprotected"),
    ("ssacli/states", "ssacli", 2, "array-degraded drive-failed"),
    ("ssacli/no-controller", "ssacli", 3, ""),
    ("cciss-vol-status/healthy", "cciss-vol-status", 0, ""),
    ("cciss-vol-status/degraded", "cciss-vol-status", 2, "array-degraded"),
    ("cciss-vol-status/rebuilding", "cciss-vol-status", 1, ""),
    ("cciss-vol-status/rebuilding-spare", "cciss-vol-status", 2, "drive-failed"),
    ("cciss-vol-status/failed", "cciss-vol-status", 2, "array-failed"),
    ("cciss-vol-status/new-word", "cciss-vol-status", 1, "member-errors"),
    ("cciss-vol-status/spare-active", "cciss-vol-status", 2, "drive-failed member-errors"),
    ("cciss-vol-status/spare-failed", "cciss-vol-status", 1, "drive-failed member-errors"),
    ("cciss-vol-status/cache", "cciss-vol-status", 1, "cache-unprotected"),
    ("cciss-vol-status/predicted", "cciss-vol-status", 2, "failure-predicted"),
    ("cciss-vol-status/supply", "cciss-vol-status", 2, "supply-failed"),
    // Of power alone, nobody knows how the arrays are: 3 is as well as it gets.
    ("ipmi-sel/healthy", "ipmi-sel", 3, ""),
    ("ipmi-sel/failed", "ipmi-sel", 2, "supply-failed housing-fault supply-failed"),
    ("ipmi-sel/crlf", "ipmi-sel", 2, "supply-failed housing-fault supply-failed"),
    ("ipmi-sel/recovered", "ipmi-sel", 1, "supply-failed"),
    ("ipmi-sel/freeipmi", "ipmi-sel", 2, "supply-failed supply-failed housing-fault sensor-contradicted"),
    ("ipmi-sel/undated", "ipmi-sel", 2, "supply-failed housing-fault"),
    ("ipmi-sel/new-word", "ipmi-sel", 1, "event-not-understood"),
    ("ipmi-sel-verbose/healthy", "ipmi-sel-verbose", 3, ""),
    ("ipmi-sel-verbose/failed", "ipmi-sel-verbose", 2, "supply-failed housing-fault"),
    ("ipmi-sensors/healthy", "ipmi-sensors", 3, ""),
    ("ipmi-sensors/degraded", "ipmi-sensors", 1, "supply-failed"),
    ("ipmi-sensors/failed", "ipmi-sensors", 2, "supply-failed housing-fault supply-failed"),
    ("ipmi-sensors/comma", "ipmi-sensors", 1, "housing-fault"),
    ("ipmi-sensors/new-word", "ipmi-sensors", 1, "housing-fault"),
    ("ipmi-sensors/elist-healthy", "ipmi-sensors", 3, ""),
    ("ipmi-sensors/elist-failed", "ipmi-sensors", 2, "supply-failed housing-fault supply-failed"),
    ("ipmi-sensors/elist-new-word", "ipmi-sensors", 1, "supply-failed"),
    ("ipmi-sensors/sdr", "ipmi-sensors", 1, "housing-fault"),
    ("upsc/healthy", "upsc", 3, ""),
    ("upsc/on-battery", "upsc", 1, "supply-failed"),
    ("upsc/failed", "upsc", 2, "supply-failed"),
    ("upsc/degraded", "upsc", 1, "supply-failed"),
    ("upsc/calibration", "upsc", 3, ""),
    ("upsc/new-word", "upsc", 1, "supply-failed"),
    ("upsc/silent", "upsc", 3, ""),
    ("upsc/sequence", "upsc", 2, "supply-failed"),
    ("apcaccess/healthy", "apcaccess", 3, ""),
    ("apcaccess/failed", "apcaccess", 2, "supply-failed"),
    ("apcaccess/degraded", "apcaccess", 1, "supply-failed"),
    ("apcaccess/new-word", "apcaccess", 1, "supply-failed"),
    ("apcaccess/silent", "apcaccess", 3, ""),
    ("apcupsd-events/recovered", "apcupsd-events", 1, "supply-failed"),
    ("apcupsd-events/failed", "apcupsd-events", 2, "supply-failed"),
    ("apcupsd-events/degraded", "apcupsd-events", 1, "supply-failed recorder-stopped"),
    ("ups-syslog/recovered", "ups-syslog", 1, "supply-failed"),
    ("ups-syslog/failed", "ups-syslog", 2, "supply-failed supply-failed"),
    ("ups-syslog/degraded", "ups-syslog", 1, "supply-failed recorder-stopped"),
    ("ups-syslog/new-word", "ups-syslog", 1, "event-not-understood"),
    ("ups-syslog/leap-day", "ups-syslog", 1, "supply-failed"),
    // A log in which nothing is the matter does not say how things are.
    ("kernel-log/quiet", "kernel-log", 3, ""),
    ("kernel-log/degraded", "kernel-log", 2, "array-degraded"),
    ("kernel-log/failed", "kernel-log", 2, "array-failed drive-silent"),
    ("kernel-log/rebuilding", "kernel-log", 1, ""),
    ("kernel-log/new-word", "kernel-log", 1, "member-errors"),
    ("kernel-log/unreadable", "kernel-log", 1, "media-errors"),
    ("kernel-log/controller", "kernel-log", 2, "array-degraded array-degraded drive-failed failure-predicted"),
    ("kernel-log/power", "kernel-log", 2, "supply-failed supply-failed"),
    ("kernel-log/damaged", "kernel-log", 1, "stream-damaged"),
    // Syslog in which no kernel speaks.
    ("kernel-log/mdadm", "kernel-log", 2, "array-degraded rebuild-failed member-errors member-errors"),
    ("kernel-log/mdadm-check", "kernel-log", 3, ""),
    ("kernel-log/mdadm-new-word", "kernel-log", 1, "event-not-understood"),
    ("kernel-log/smartd", "kernel-log", 2, "failure-predicted media-errors"),
    ("kernel-log/smartd-quiet", "kernel-log", 3, ""),
    ("megacli/healthy", "megacli", 0, ""),
    ("megacli/degraded", "megacli", 2, "array-degraded"),
    ("megacli/failed", "megacli", 2, "array-failed drive-failed drive-failed"),
    ("megacli/rebuilding", "megacli", 1, ""),
    ("megacli/new-word", "megacli", 1, "member-errors"),
    ("megacli/members-missing", "megacli", 1, "member-errors"),
    ("megacli/predicted", "megacli", 2, "failure-predicted failure-predicted"),
    ("megacli/drives", "megacli-drives", 3, ""),
    ("megacli/jbod", "megacli-drives", 0, ""),
    ("megacli/new-drive-word", "megacli-drives", 1, "drive-failed"),
    ("megacli/masked", "megacli-drives", 2, "failure-predicted"),
    ("megacli/foreign", "megacli-drives", 1, "drive-failed"),
    ("megacli/bad-blocks", "megacli-arrays", 1, "member-errors"),
    ("megacli/write-through", "megacli-arrays", 1, "cache-unprotected"),
    ("megacli/learn-cycle", "megacli-arrays", 0, ""),
    ("megacli/battery", "megacli-controller", 1, "cache-unprotected"),
    ("megacli/no-battery", "megacli-controller", 3, ""),
    ("megacli/adapter", "megacli-controller", 2, "array-degraded housing-fault"),
    ("storcli/healthy", "storcli", 0, ""),
    ("storcli/degraded", "storcli", 2, "array-degraded drive-failed"),
    ("storcli/rebuilding", "storcli", 1, ""),
    ("storcli/failed", "storcli", 2, "array-failed"),
    ("storcli/new-word", "storcli", 1, "member-errors"),
    ("storcli/drives", "storcli", 0, ""),
    ("storcli/predicted", "storcli", 2, "failure-predicted"),
    ("storcli/masked", "storcli", 2, "failure-predicted"),
    ("storcli/foreign", "storcli", 1, "drive-failed"),
    ("storcli/learning", "storcli", 0, ""),
    ("storcli/write-through", "storcli", 1, "cache-unprotected"),
    ("storcli/battery", "storcli", 1, "cache-unprotected"),
    ("storcli/failed-stripes", "storcli", 1, "member-errors"),
    ("storcli/overview", "storcli", 1, "housing-fault cache-unprotected"),
    ("storcli/gone", "storcli", 3, ""),
    ("mdadm/healthy", "mdadm", 0, ""),
    ("mdadm/checking", "mdadm", 0, ""),
    ("mdadm/degraded", "mdadm", 2, "array-degraded"),
    ("mdadm/windows-line-ends", "mdadm", 2, "array-degraded"),
    ("mdadm/failed", "mdadm", 2, "array-failed"),
    ("mdadm/inactive", "mdadm", 2, "array-failed"),
    ("mdadm/rebuilding", "mdadm", 1, ""),
    ("mdadm/replacing", "mdadm", 1, ""),
    ("mdadm/resync", "mdadm", 1, ""),
    ("mdadm/waiting", "mdadm", 2, "array-degraded"),
    ("mdadm/gone", "mdadm", 2, "array-degraded"),
    ("mdadm/given-up", "mdadm", 1, "member-errors"),
    ("mdadm/new-word", "mdadm", 1, "member-errors"),
    ("mdadm/new-kernel-word", "mdadm", 1, "member-errors"),
    ("mdadm/new-member-word", "mdadm", 1, "member-errors"),
    ("mdadm/superblocks", "mdadm", 3, ""),
    ("mdadm/superblocks-degraded", "mdadm", 2, "array-degraded"),
    ("mdadm/superblocks-rebuilding", "mdadm", 1, ""),
    ("mdadm/superblock-bad-blocks", "mdadm", 1, "member-errors"),
    ("mdadm/superblock-old-degraded", "mdadm", 2, "array-degraded"),
    ("mdadm/imsm", "mdadm", 3, ""),
    ("mdadm/imsm-degraded", "mdadm", 2, "array-degraded drive-failed"),
    ("mdadm/imsm-new-word", "mdadm", 1, "member-errors"),
    ("mdadm/export", "mdadm", 3, ""),
    ("mdadm/export-degraded", "mdadm", 2, "array-degraded"),
    ("mdadm/scan", "mdadm", 3, ""),
    ("mdadm/scan-inactive", "mdadm", 2, "array-failed"),
    ("mdadm-monitor/test", "mdadm-monitor", 0, ""),
    ("mdadm-monitor/fail", "mdadm-monitor", 2, "array-degraded"),
    ("mdadm-monitor/degraded-array", "mdadm-monitor", 2, "array-degraded"),
    ("mdadm-monitor/later-version", "mdadm-monitor", 2, "array-degraded"),
    ("mdadm-monitor/fail-spare", "mdadm-monitor", 2, "array-degraded rebuild-failed"),
    ("mdadm-monitor/spares-missing", "mdadm-monitor", 1, "member-errors"),
    ("mdadm-monitor/new-event", "mdadm-monitor", 1, "event-not-understood"),
    ("smartctl/healthy", "smartctl", 0, ""),
    ("smartctl/crlf", "smartctl", 0, ""),
    ("smartctl/old", "smartctl", 0, ""),
    ("smartctl/degraded", "smartctl", 1, "failure-predicted media-errors"),
    ("smartctl/failed", "smartctl", 2, "failure-predicted"),
    ("smartctl/new-word", "smartctl", 1, "failure-predicted"),
    ("smartctl/masked", "smartctl", 2, "failure-predicted"),
    ("smartctl/health-only", "smartctl", 3, ""),
    ("smartctl/standby", "smartctl", 3, ""),
    ("smartctl/denied", "smartctl", 3, ""),
    ("smartctl/sas", "smartctl", 0, ""),
    ("smartctl/sas-failed", "smartctl", 2, "failure-predicted"),
    ("smartctl/nvme", "smartctl", 0, ""),
    ("smartctl/nvme-failed", "smartctl", 2, "failure-predicted drive-worn"),
    ("smartctl/json", "smartctl", 0, ""),
    ("smartctl/json-failed", "smartctl", 2, "failure-predicted media-errors"),
    ("nvme-cli/healthy", "nvme-cli", 0, ""),
    ("nvme-cli/failed", "nvme-cli", 2, "failure-predicted"),
    ("nvme-cli/worn", "nvme-cli", 1, "drive-worn"),
    ("nvme-cli/new-bit", "nvme-cli", 1, "failure-predicted"),
    ("nvme-cli/errors", "nvme-cli", 3, ""),
    ("nvme-cli/list", "nvme-cli", 3, ""),
    ("arcconf-getconfig/healthy", "arcconf-getconfig", 0, ""),
    ("arcconf-getconfig/degraded", "arcconf-getconfig", 2, "array-degraded"),
    ("arcconf-getconfig/failed", "arcconf-getconfig", 2, "array-failed"),
    ("arcconf-getconfig/rebuilding", "arcconf-getconfig", 1, ""),
    ("arcconf-getconfig/new-word", "arcconf-getconfig", 1, "member-errors"),
    ("arcconf-getconfig/new-drive-word", "arcconf-getconfig", 1, "drive-failed"),
    ("arcconf-getconfig/failed-stripes", "arcconf-getconfig", 1, "member-errors"),
    ("arcconf-getconfig/predicted", "arcconf-getconfig", 2, "failure-predicted"),
    ("arcconf-getconfig/write-through", "arcconf-getconfig", 1, "cache-unprotected"),
    ("arcconf-getconfig/learning", "arcconf-getconfig", 0, ""),
    ("arcconf-getconfig/fan-failed", "arcconf-getconfig", 1, "housing-fault"),
    ("arcconf-getconfig/masked", "arcconf-getconfig", 0, ""),
    ("arcconf-getconfig/none-found", "arcconf-getconfig", 3, ""),
    ("arcconf-getconfig/smartraid-healthy", "arcconf-getconfig", 0, ""),
    ("arcconf-getconfig/smartraid-media-errors", "arcconf-getconfig", 0, ""),
    ("arcconf-getconfig/smartraid-foreign", "arcconf-getconfig", 1, "drive-failed"),
    ("arcconf-getconfig/smartraid-cache-off", "arcconf-getconfig", 1, "cache-unprotected"),
    ("arcconf-getstatus/idle", "arcconf-getstatus", 3, ""),
    ("arcconf-getstatus/rebuild", "arcconf-getstatus", 1, ""),
    ("arcconf-getstatus/verify", "arcconf-getstatus", 3, ""),
    ("arcconf-getstatus/new-word", "arcconf-getstatus", 1, "event-not-understood"),
    ("arcconf-getlogs/device", "arcconf-getlogs", 3, ""),
    ("arcconf-getlogs/event", "arcconf-getlogs", 3, ""),
    ("arcconf-getlogs/dead", "arcconf-getlogs", 2, "drive-failed"),
    ("arcconf-phyerrorlog/controller", "arcconf-phyerrorlog", 3, ""),
    ("arcconf-phyerrorlog/sata", "arcconf-phyerrorlog", 3, ""),
    ("smart-blob/healthy", "smart-blob", 0, ""),
    ("smart-blob/degraded", "smart-blob", 1, "media-errors"),
    ("smart-blob/failed", "smart-blob", 2, "failure-predicted media-errors"),
];

#[test]
fn verdicts_of_fixtures() {
    for (path, family, exit, codes) in FIXTURES {
        let (answer, run) = json(&["investigate", &fixture(path).to_string_lossy()]);
        assert_eq!(run.err, "", "{path}");
        let cases = answer["cases"].as_array().into_iter().flatten();
        let found: Vec<&str> = cases.filter_map(|case| case["code"].as_str()).collect();
        assert_eq!((run.code, found.join(" ").as_str()), (*exit, *codes), "{path}: {answer:#}");
        assert_eq!(answer["sources"][0]["format"].as_str(), Some(*family), "{path}");
    }
}

/// What the diagnosis says of an output; none if it is of no family.
fn verdict(bytes: &[u8]) -> Option<Verdict> {
    let family = recognise(bytes)?;
    let options = Options { host: Some("h".to_owned()), ..Options::default() };
    let mut digests = Digests::default();
    let mut observer = family.observer("x".into(), bytes, &options);
    observer.push(bytes, &mut digests);
    observer.finish(&mut digests);
    Some(diagnose(&digests.observations()).verdict)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_output_that_breaks_off_is_never_healthy(row in 0..FIXTURES.len(), at: prop::sample::Index) {
        let (path, ..) = FIXTURES[row];
        let bytes = std::fs::read(fixture(path)).expect("a fixture");
        // All but blanks at the end is cut somewhere.
        let end = bytes.trim_ascii_end().len();
        let cut = &bytes[..at.index(end)];
        prop_assert!(is_whole_so_far(cut) || verdict(cut) != Some(Verdict::Healthy), "{} up to {}", path, cut.len());
    }

    // All joints cannot be tried: those between lines alone are some hundred millions. Of 463,466 at random bytes two are left that are
    // taken for well: a mail from its sender on, which is whole (so a front is not empty here), and a table of mdadm that ends in
    // `/dev/sdeccessfully.`, for nobody knows how devices are called.
    #[test]
    fn outputs_that_are_mixed_are_never_healthy(rows in (0..FIXTURES.len(), 0..FIXTURES.len()), at: (prop::sample::Index, prop::sample::Index)) {
        let read = |row: usize| std::fs::read(fixture(FIXTURES[row].0)).expect("a fixture");
        let (one, other) = (read(rows.0), read(rows.1));
        let (to, from) = (at.0.index(one.trim_ascii_end().len() - 1) + 1, at.1.index(other.len() - 1) + 1);
        let mixed = [&one[..to], &other[from..]].concat();
        // Cut between the same lines of one family's outputs, it may be another one that could have been printed.
        let are_kin = kin(FIXTURES[rows.0].1) == kin(FIXTURES[rows.1].1);
        prop_assert!(are_kin || verdict(&mixed) != Some(Verdict::Healthy), "{}", String::from_utf8_lossy(&mixed));
    }
}

/// Whether a front ends where one of several outputs of MegaCli does, perhaps with the prompt behind it: that more was asked, nobody can tell.
fn is_whole_so_far(front: &[u8]) -> bool {
    let text = String::from_utf8_lossy(front);
    let lines = text.lines().rev().filter(|line| !line.trim().is_empty() && !line.ends_with('#'));
    lines.take(1).any(|line| line == "Exit Code: 0x00")
}

/// The family, or the one that its outputs hold: what MegaCli's commands print is also printed together, and a mail of mdadm ends in
/// /proc/mdstat.
fn kin(family: &str) -> &str {
    match family {
        "megacli-drives" | "megacli-arrays" | "megacli-controller" => "megacli",
        "mdadm-monitor" => "mdstat",
        family => family,
    }
}

fn fixture(path: &str) -> PathBuf {
    root().join("fixtures").join(path)
}

/// A drive that is gone bears no serial number in the output: it is the one that sat in that bay, and all that became of it is one case.
#[test]
fn what_a_tool_prints_day_after_day_is_a_history() {
    let mut digests = Digests::default();
    for (day, name) in (0..).zip(["healthy", "degraded", "rebuilding"]) {
        let bytes = std::fs::read(fixture(&format!("arcconf-getconfig/{name}"))).expect("a fixture");
        let modified = DateTime::from_timestamp(1_790_000_000 + day * 86_400, 0).unwrap_or_default();
        let options = Options { host: Some("h".to_owned()), modified, ..Options::default() };
        let mut observer = recognise(&bytes).expect("a family").observer("x".into(), &bytes, &options);
        observer.push(&bytes, &mut digests);
        observer.finish(&mut digests);
    }
    let diagnosis = diagnose(&digests.observations());
    let cases: Vec<(&str, String)> =
        diagnosis.cases.iter().map(|case| (case.code.code(), case.subject.to_string())).collect();
    assert_eq!(cases, [("array-degraded", "array:h/c1/l0".to_owned())]);
    let drives = ["Z1W00A02", "Z1W00A07"].map(|serial| diagnosis.inventory.drives.get(serial).map(|drive| drive.state));
    assert_eq!(drives, [Some(DriveState::Removed), Some(DriveState::Healthy)]);
}

/// What people really sent, with the verdict of a plugin that many rely on (`check_raid`): never healthy where it says otherwise.
#[test]
fn captures_with_an_expected_verdict() {
    let corpora = root().join("../shared/corpora");
    let Ok(expected) = std::fs::read(corpora.join("check_raid/EXPECTED.json")) else {
        eprintln!("NOT TESTED: {} is absent, so no capture of others was judged", corpora.display());
        return;
    };
    let expected: serde_json::Value = serde_json::from_slice(&expected).expect("JSON");
    let (mut agree, mut of, mut disagree) = (0, 0, Vec::new());
    let cases = expected.as_array().map(Vec::as_slice).unwrap_or_default();
    for case in cases {
        let files = case["files"].as_array().into_iter().flatten().filter_map(|file| file.as_str());
        let paths: Vec<String> = files.map(|file| corpora.join(file).to_string_lossy().into_owned()).collect();
        let known = |path: &String| std::fs::read(Path::new(path)).is_ok_and(|bytes| recognise(&bytes).is_some());
        let read: Vec<&str> = paths.iter().filter(|path| known(path)).map(String::as_str).collect();
        if read.is_empty() {
            continue;
        }
        let (name, status) = (case["case"].as_str().unwrap_or_default(), case["status"].as_str().unwrap_or_default());
        let name = format!("{}/{name} {status}", case["plugin"].as_str().unwrap_or_default());
        let (answer, _) = json(&[&["investigate", "--host", "h"], read.as_slice()].concat());
        let verdict = answer["verdict"].as_str().unwrap_or_default();
        let agrees = match status {
            "OK" => verdict == "healthy",
            "WARNING" | "RESYNC" => verdict == "warning",
            "CRITICAL" => verdict == "critical",
            _ => verdict == "unknown",
        };
        of += 1;
        agree += u32::from(agrees);
        let reason = DISAGREE.iter().find(|(known, ..)| *known == name);
        match reason {
            Some((_, ours, why)) => assert_eq!(verdict, *ours, "{name}: {why}"),
            None => disagree.extend((!agrees).then(|| format!("{name}: {verdict}, expected by {}", case["message"]))),
        }
        // One file is expected to be well, and with an option of the plugin that calls a routine check a warning it is not.
        let well = |other: &serde_json::Value| other["files"] == case["files"] && other["status"] == "OK";
        let asked = cases.iter().any(well);
        assert!(status == "OK" || asked || verdict != "healthy", "{name} is not healthy");
    }
    assert!(disagree.is_empty(), "{}", disagree.join("\n"));
    eprintln!("verdicts of captures: {agree} of {of} agree");
}

/// Where we disagree: case, our verdict, why.
const DISAGREE: &[(&str, &str, &str)] = &[
    ("arcconf/issue47_2 CRITICAL", "warning", "a rebuild is neither healthy nor failed"),
    (
        "arcconf/issue75 UNKNOWN",
        "warning",
        "the output's front is missing, but a sensor of the enclosure says \u{ab}Abnormal\u{bb}, which the plugin does not look at",
    ),
    ("arcconf/issue87 OK", "unknown", "the controller counts five logical devices, and four are listed"),
    (
        "arcconf/issue105 CRITICAL",
        "warning",
        "the battery failed, and the cache writes through since: nothing is lost with the power, writing is slow",
    ),
    (
        "mdstat/pr28_2 RESYNC",
        "critical",
        "an array works without a member, and its rebuild has not begun: it waits for another one",
    ),
    ("mdstat/pr24 WARNING", "healthy", "a routine check is no fault; the plugin has an option that calls it one"),
    (
        "mdstat/pr77 OK",
        "warning",
        "kernels of that age write resync=DELAYED of whatever waits; the plugin takes it for a check because another array runs one",
    ),
    ("cciss/issue100_1.09 OK", "warning", "a spare failed, and nothing will stand in for the next drive that does"),
    ("cciss/issue100_1.10 OK", "warning", "a spare failed, and nothing will stand in for the next drive that does"),
    (
        "hpacucli/145_error CRITICAL",
        "healthy",
        "the files of a case that is OK; an option of the plugin names a slot that no controller is in",
    ),
    (
        "hpacucli/pr207 WARNING",
        "unknown",
        "no controller is found; whether there should be one, only what was there before tells",
    ),
    (
        "megacli/megacli.pdlist.2 CRITICAL",
        "unknown",
        "the drives are well, and the plugin was not given the logical drives, which it then calls critical",
    ),
    (
        "megacli/issue39 CRITICAL",
        "warning",
        "a battery is to be replaced, and the controller writes through, as it should: nothing is lost with the power",
    ),
    ("megacli/pr74 OK", "unknown", "a version that prints no line at its end: nobody can tell whether it is whole"),
    ("megacli/issue32.8.01 CRITICAL", "unknown", "nothing but that the battery does not tell how it is"),
    ("megacli/issue32.8.07 CRITICAL", "unknown", "nothing but that there is no battery"),
    ("megacli/issue123 WARNING", "critical", "a drive of an array without spare predicted its failure 423 times"),
];

/// A drive that the tool of its controller, its own log and the kernel tell of is one drive in one bay, though only one of them names the
/// host, one the drive's bay, and one no drive.
#[test]
fn inventories_of_several_tools_agree() {
    let read = |path: &str| std::fs::read_to_string(fixture(path)).expect("a fixture");
    let scene = Scene::new()
        .with("storcli.json", read("storcli/drives"))
        .with("smartctl.txt", read("smartctl/healthy").replace("EXA7H2K0MPLE", "EX10000001"))
        .with(
            "messages",
            "Mar  9 02:13:07 db7 kernel: mfi0: 7101 (762833587s/0x0002/CRIT) - Predictive failure: PD 00(e0xfc/s0)\n\
             Mar  9 02:14:07 db7 kernel: mfi0: 7102 (762833647s/0x0002/info) - Patrol Read started\n",
        );
    let (answer, _) = json(&["investigate", &scene.arg("")]);
    let texts = |list: &str, key: &str| -> Vec<String> {
        let all = answer[list].as_array().into_iter().flatten();
        all.map(|one| one[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(texts("sources", "host"), ["db7", "db7", "db7"]);
    assert_eq!(texts("drives", "serial"), ["EX10000001", "EX10000002"], "{answer:#}");
    assert_eq!(texts("bays", "id"), ["bay:db7/c0/e252/s0", "bay:db7/c0/e252/s1"], "{answer:#}");
    assert_eq!(texts("cases", "code"), ["failure-predicted"]);
    assert!(texts("cases", "summary")[0].starts_with("drive EX10000001 in bay c0/e252/s0"), "{answer:#}");
}

/// Mixtures of two commands of one tool that were once taken for well: the devices of a `getconfig` behind the front of another output.
#[test]
fn devices_without_their_head_are_not_well() {
    let config = std::fs::read_to_string(fixture("arcconf-getconfig/healthy")).expect("a fixture");
    let device = config.rfind("Device #").expect("a device");
    let from = config[..device].rfind("Device #").expect("two devices");
    for front in ["Controllers found: ", "Controllers found: 1\n"] {
        let mixed = format!("{front}{}", &config[from..]);
        assert_ne!(verdict(mixed.as_bytes()), Some(Verdict::Healthy), "{mixed}");
    }
}

/// The front of an output, up to the last of some words, with another from the last of its words on, is not well.
fn joined(one: &str, to: &str, other: &str, from: &str) {
    let read = |path: &str| std::fs::read_to_string(fixture(path)).expect("a fixture");
    let (one, other) = (read(one), read(other));
    let (to, from) = (one.rfind(to).expect("its end"), other.rfind(from).expect("its front"));
    let mixed = [&one[..to], &other[from..]].concat();
    assert_ne!(verdict(mixed.as_bytes()), Some(Verdict::Healthy), "{mixed}");
}

/// Outputs of two families, each pair once taken for well.
#[test]
fn outputs_of_two_families_that_are_joined_are_not_well() {
    let (log, verbose) = ("ipmi-sel-verbose/healthy", "ipmi-sel-verbose/failed");
    // A drive of which not all is told, and then lines that are indented otherwise, or none.
    joined("ssacli/redacted", "ical Block Size", log, "Timestamp");
    joined("ssacli/recharging", "Interface Type", verbose, "  : Drive Slot / Bay");
    joined("ssacli/redacted", "     Logical/Physical Block Size", "smartctl/health-only", "assessment test result");
    joined("ssacli/healthy", "         WWID", "smartctl/standby", "\n");
    joined("ssacli/recharging", "\n         Rotational Speed", verbose, "       : Drive Fault");
    // No lines of a drive at all, but one that begins as its name.
    joined("ssacli/predicted", "aldrive 1I:1:2", log, ": 03/02/2024 08:14:40");
    // The table that ends it: its head alone, or a line of it that goes on as no such line does.
    joined("smartctl/healthy", "escription", "ssacli/degraded", "    Model: SRCv8x6G");
    joined("smartctl/crlf", "escription", "ssacli/degraded", "    Model: SRCv8x6G");
    joined("smartctl/healthy", "-to-host register", "ssacli/states", " physicaldrive 1I:1:3");
    joined("mdadm/given-up", "      -      faulty", "apcaccess/healthy", "00\n");
    // Two commands of arcconf have a part of that title.
    joined(
        "arcconf-getconfig/learning",
        "         Temperature",
        "arcconf-phyerrorlog/sata",
        "1\n\nPhysical Device Information:",
    );
    // Names that no mail has, a line that is no prompt.
    joined("cciss-vol-status/new-word", "x3354103c", "mdadm-monitor/test", "sage event on");
    joined("upsc/sequence", "hand\n", "mdadm-monitor/spares-missing", "he /proc/mdstat file");
}

/// Two outputs of one family, joined where it shows: each was once taken for well.
///
/// Of 4,183 joints at random bytes 42 were taken for well, and 32 are since mixed line ends tell. Most are a line that goes on as another one and
/// is not understood (`Con       Chunk Size : 512K`): between lines that are all there, that may be a later version's news, and of that alone
/// nobody is alarmed. The others are a value that goes on as another's, `sdbdb2[1]`, or lines of things that not all have. What falls
/// exactly between equal lines is an output that could have been printed.
#[test]
fn outputs_of_one_family_that_are_joined_are_not_well() {
    let (config, status) = ("arcconf-getconfig/healthy", "arcconf-getstatus/idle");
    // The front of a controller's section, and the end of another command.
    joined(config, "Channel description", status, "\n\nCommand");
    joined(config, "evice #7", status, "\n\nCommand");
    joined(config, "Controller Version", "arcconf-phyerrorlog/controller", "Running Disparity");
    // A line twice, a line that is missing, a drive that is missing, colons that stand elsewhere.
    joined(config, "Firmware  ", config, "Supported  ");
    joined(config, "Supported  ", config, "S.M.A.R.T.  ");
    joined(config, "Device #5", config, "Device #6");
    joined("arcconf-getconfig/smartraid-healthy", "Hard Read Errors", config, "NCQ status");
    joined("ssacli/healthy", "Firmware Revision", "ssacli/healthy", "Interface Type");
    joined("mdstat/healthy", " [2/2]", "mdstat/healthy", "\nunused");
    joined("mdadm/healthy", "Layout", "mdadm/healthy", "Raid Devices");
    joined("nvme-cli/healthy", "wctemp", "nvme-cli/healthy", "fr  ");
    joined("nvme-cli/healthy", "media_errors", "nvme-cli/healthy", "num_err_log_entries");
    joined("cciss-vol-status/healthy", "Read cache memory", "cciss-vol-status/healthy", "Total cache memory");
    joined("smartctl/healthy", "Firmware Version", "smartctl/healthy", "User Capacity");
    joined("mdadm/healthy", "        Raid Level", "mdadm/windows-line-ends", "        Array Size");
    joined("megacli/learn-cycle", "Learn Cycle Active", "megacli/learn-cycle", "Charging Status");
}
