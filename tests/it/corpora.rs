//! Everything that others kept and published, read: by which family, how much of it was understood. No file makes it stop or take long.

use super::common::root;
use arraywatch::diagnosis::{Digests, diagnose};
use arraywatch::observe::{Options, recognise};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A kind of file, as the manifest has it, the families that such files are of, and how many of them at least are recognised. Those of no family:
/// nothing in them says what they are, or they say nothing (empty, an error message of the tool).
type Row = (&'static str, &'static [&'static str], usize);

const KINDS: &[Row] = &[
    ("arcconf-getconfig", &["arcconf-getconfig", "arcconf-getlogs"], 26),
    ("arcconf-getlogs", &["arcconf-getlogs"], 3),
    ("arcconf-getstatus", &["arcconf-getstatus"], 13),
    ("arcconf-misc", &["arcconf-getconfig"], 4),
    ("arcconf-phyerrorlog", &["arcconf-phyerrorlog"], 4),
    // The rest are the version, lists of devices, and what /proc has of the driver.
    ("cciss_vol_status", &["cciss-vol-status"], 10),
    ("corrupted-log", &["kernel-log"], 2),
    ("dmesg-bsd", &["kernel-log"], 70),
    ("event-log-adaptec", &["adaptec-storage-manager"], 1),
    ("event-log-megaraid+dmesg", &["kernel-log"], 32),
    ("event-log-smartarray+dmesg", &["kernel-log"], 10),
    ("hpacucli", &["ssacli"], 6),
    // The others are of ipmiutil and selview, and two that people wrote.
    ("ipmi-sel", &["ipmi-sel"], 3),
    ("mdadm-detail", &["mdstat", "mdadm"], 24),
    ("mdadm-examine", &["mdadm"], 20),
    ("mdstat", &["mdstat"], 14),
    ("megacli-bbu", &["megacli-controller"], 5),
    ("megacli-ldinfo", &["megacli-arrays"], 9),
    ("megacli-misc", &["megacli-arrays", "megacli-controller", "megacli-drives"], 9),
    ("megacli-pdlist", &["megacli", "megacli-arrays", "megacli-drives"], 12),
    ("nvme-json", &["nvme-cli"], 4),
    ("smart-blob", &["smart-blob"], 19),
    ("smartctl-json", &["smartctl"], 104),
    ("smartctl-text", &["smartctl"], 238),
    ("ssacli", &["ssacli"], 5),
    ("storcli-json", &["storcli"], 42),
    // The other one has no line of a kernel.
    ("syslog", &["kernel-log"], 1),
    ("ups-status-nut", &["upsc"], 9),
];

/// Families of logs: of their lines most are of other programs, and no share of them has to be understood.
const LOGS: &[&str] =
    &["adaptec-storage-manager", "apcupsd-events", "ipmi-sel", "kernel-log", "megaraid-events", "ups-syslog"];

/// What was read of the files of one kind by one family.
#[derive(Default)]
struct Read {
    files: usize,
    records: u64,
    lines: usize,
    not_understood: u64,
    slowest: Duration,
}

#[test]
fn all_that_others_published() {
    let corpora = root().join("../shared/corpora");
    let Ok(manifest) = std::fs::read_to_string(corpora.join("MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {} is absent, so no capture of others was read", corpora.display());
        return;
    };
    let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let mut read: BTreeMap<(&str, &str), Read> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (path, kind) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let Ok(bytes) = std::fs::read(corpora.join(path)) else {
            continue;
        };
        *of_kind.entry(kind).or_default() += 1;
        let front = bytes.get(..1 << 20).unwrap_or(&bytes);
        let Some(family) = recognise(front) else {
            continue;
        };
        let begun = Instant::now();
        let mut digests = Digests::default();
        let mut observer = family.observer(path.into(), front, &Options::default());
        observer.push(&bytes, &mut digests);
        let source = observer.finish(&mut digests);
        diagnose(&digests.observations());
        let sum = read.entry((family.name(), kind)).or_default();
        sum.files += 1;
        sum.records += source.records;
        sum.lines += bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        sum.not_understood += source.unrecognised;
        sum.slowest = sum.slowest.max(begun.elapsed());
    }
    eprintln!(
        "family                   kind                          files  of  records   lines  not understood  slowest"
    );
    for ((family, kind), sum) in &read {
        let share = sum.not_understood as f64 * 100.0 / sum.lines.max(1) as f64;
        let (of, Read { files, records, lines, not_understood, slowest }) = (of_kind[kind], sum);
        eprintln!(
            "{family:24} {kind:29} {files:5} {of:3} {records:8} {lines:7} {not_understood:6} = {share:4.1} %  {slowest:.1?}"
        );
    }
    let claims = |kind: &str| KINDS.iter().find(|(known, ..)| *known == kind);
    for (family, kind) in read.keys() {
        let known = claims(kind).is_some_and(|(_, families, _)| families.contains(family));
        assert!(known, "{family} claims a file of the kind {kind}");
    }
    for (kind, families, least) in KINDS {
        let files: usize = families.iter().filter_map(|family| read.get(&(*family, *kind))).map(|sum| sum.files).sum();
        assert!(files >= *least, "{kind}: {files} files of {} are recognised", of_kind[kind]);
    }
    for ((family, _), _) in read.iter().filter(|((family, _), _)| !LOGS.contains(family)) {
        let of_family = || read.iter().filter(|((one, _), _)| one == family).map(|(_, sum)| sum);
        let (lines, odd) =
            (of_family().map(|sum| sum.lines).sum::<usize>(), of_family().map(|sum| sum.not_understood).sum::<u64>());
        assert!(odd * 50 <= lines as u64, "{family}: {odd} of {lines} lines are not understood");
    }
}
