//! Drives of the field by their own tools: the verdict of each output that others published, beside what they expected of it.

use super::common::root;
use arraywatch::diagnosis::{Digests, diagnose};
use arraywatch::model::{Fact, Reading, Said, Severity, Sink, Statement, Subject, Verdict};
use arraywatch::observe::{Options, recognise};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::ops::Range;

/// Where a drive that others call degraded may be well by us, by the front of its path, and why.
const DISAGREE: &[(&str, &str)] = &[
    (
        "bsdhw-SMART/attr-In_the_past/",
        "an attribute was below its threshold once and is above it: told, and no fault of today",
    ),
    ("bsdhw-SMART/realloc/", "sectors were replaced by spare ones: told, and a fault when there are more of them"),
    (
        "bsdhw-SMART/nvme-media-errors/",
        "errors were counted over its life: told, and a fault when there are more of them",
    ),
    (
        "bsdhw-SMART/ata-error-log/HDD__Seagate__ST9250__ST9250827AS__933586DC6046",
        "errors over its life, and six sectors replaced: as above",
    ),
    (
        "bsdhw-SMART/selftest-read-failure/HDD__Hitachi__HDT7225__HDT722516DLAT80__BBA620B59DFC",
        "self-tests failed once, and the same ones passed since",
    ),
    ("bsdhw-SMART/selftest-read-failure/HDD__WDC__WD5000__WD5000AAKX-001CA0__31197FE6BDC4", "the same"),
    (
        "scrutiny/webapp/backend/pkg/models/testdata/smart-nvme-failed.json",
        "seven media errors over its life: told, as above",
    ),
];

/// What is said, and the readings of it.
#[derive(Default)]
struct Told {
    digests: Digests,
    readings: Vec<Reading>,
}

impl Sink for Told {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        if let Fact::Read(reading) = statement().fact {
            self.readings.push(*reading);
        }
        self.digests.say(said, statement);
    }

    fn recant(&mut self, stream: &Subject, key: u64, at: DateTime<Utc>, span: &Range<u64>) {
        self.digests.recant(stream, key, at, span);
    }

    fn end(&mut self, stream: &Subject, interrupted: bool) {
        self.digests.end(stream, interrupted);
    }
}

#[test]
fn drives_that_others_published() {
    let corpora = root().join("../shared/corpora");
    let Ok(manifest) = std::fs::read_to_string(corpora.join("MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {} is absent, so no drive of the field was judged", corpora.display());
        return;
    };
    let loud = std::env::var_os("LOUD").is_some();
    let mut sums: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [path, kind, _, _, expected, ..] = columns.as_slice() else { continue };
        if !["smartctl-text", "smartctl-json", "nvme-json", "smart-blob"].contains(kind) {
            continue;
        }
        let Ok(bytes) = std::fs::read(corpora.join(path)) else { continue };
        let Some(family) = recognise(&bytes) else { continue };
        let options = Options { host: Some("h".to_owned()), ..Options::default() };
        let mut told = Told::default();
        let mut observer = family.observer("x".into(), &bytes, &options);
        observer.push(&bytes, &mut told);
        let source = observer.finish(&mut told);
        let verdict = match diagnose(&told.digests.observations()).verdict {
            Verdict::Healthy => "healthy",
            Verdict::Warning => "warning",
            Verdict::Critical => "critical",
            Verdict::Unknown => "cannot tell",
        };
        let expected = ["OK", "DEGRADED", "FAILED"].into_iter().find(|known| known == expected).unwrap_or("-");
        *sums.entry((kind, expected, verdict)).or_default() += 1;
        if loud {
            for reading in &told.readings {
                let why: Vec<String> = reading
                    .reasons
                    .iter()
                    .filter(|reason| reason.severity > Severity::Info || verdict == "healthy")
                    .map(|reason| format!("{:?}: {}", reason.severity, reason.text))
                    .chain(reading.unread.iter().map(|unread| format!("unread: {}", unread.text)))
                    .collect();
                eprintln!("{verdict}\t{expected}\t{path}\t{}\t{:?}", why.join("; "), source.problems);
            }
        }
        let known = DISAGREE.iter().any(|(front, _)| path.starts_with(front));
        let lives = match expected {
            "FAILED" => !["critical", "warning"].contains(&verdict),
            "DEGRADED" => verdict == "healthy",
            _ => false,
        };
        wrong.extend((lives && !known).then(|| format!("{path}: {verdict}, expected {expected}")));
    }
    eprintln!("kind            expected   verdict      files");
    for ((kind, expected, verdict), files) in sums {
        eprintln!("{kind:15} {expected:10} {verdict:12} {files:4}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is well as a whole is not once it is cut at the end of any of its lines, nor if the end of another output follows.
#[test]
fn cut_at_any_line() {
    let verdict = |bytes: &[u8]| {
        let family = recognise(bytes)?;
        let mut digests = Digests::default();
        let options = Options { host: Some("h".to_owned()), ..Options::default() };
        let mut observer = family.observer("x".into(), bytes, &options);
        observer.push(bytes, &mut digests);
        observer.finish(&mut digests);
        Some(diagnose(&digests.observations()).verdict)
    };
    let files = |family: &str| {
        let folder = root().join("fixtures").join(family);
        let files = std::fs::read_dir(folder).expect("fixtures").map(|file| file.expect("a fixture").path());
        files.map(|path| std::fs::read(path).expect("a fixture")).collect::<Vec<Vec<u8>>>()
    };
    let (mut cuts, mut well) = (0, 0);
    for family in ["smartctl", "nvme-cli", "smart-blob"] {
        for bytes in files(family).iter().filter(|bytes| verdict(bytes) == Some(Verdict::Healthy)) {
            well += 1;
            let end = bytes.trim_ascii_end().len();
            let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
            for at in ends.flat_map(|at| [at, at + 1]).filter(|at| *at < end) {
                let cut = &bytes[..at];
                assert_ne!(verdict(cut), Some(Verdict::Healthy), "{family}: {}", String::from_utf8_lossy(cut));
                let mixed = [cut, &b"\nunused devices: <none>\n\n"[..]].concat();
                let told = String::from_utf8_lossy(&mixed);
                assert_ne!(verdict(&mixed), Some(Verdict::Healthy), "{family}: {told}");
                cuts += 1;
            }
        }
    }
    eprintln!("{well} outputs that are well, cut at {cuts} places");
}
